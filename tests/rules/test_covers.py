"""Smallest covers: against brute force, with proofs that hold and proofs that do not."""

import itertools
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.rules.covers import Bound, Cover, Split, Threshold, refutes, smallest_covers

NAMES = tuple("ABCDEFGHI")


@st.composite
def problems(draw: st.DrawFn) -> Cover:
    thresholds = []
    for _ in range(draw(st.integers(1, 4))):
        most = draw(st.sampled_from([1, 5, 30]))
        gains = draw(st.dictionaries(st.sampled_from(NAMES), st.integers(1, most), min_size=1))
        thresholds.append(Threshold(gains=gains, need=draw(st.integers(1, sum(gains.values()) + 1))))
    index = st.integers(0, len(thresholds) - 1)
    ways = draw(st.lists(st.frozensets(index, min_size=1), max_size=3))
    return Cover(thresholds=tuple(thresholds), ways=tuple(ways))


def covered(problem: Cover, chosen: tuple[str, ...]) -> bool:
    def reached(t: Threshold) -> bool:
        return sum(t.gains.get(a, 0) for a in chosen) >= t.need

    return any(all(reached(problem.thresholds[j]) for j in way) for way in problem.ways)


@settings(max_examples=500)
@given(problems(), st.integers(1, 12))
def test_the_first_smallest_covers(problem: Cover, limit: int) -> None:
    answer = smallest_covers(problem, NAMES, limit)
    for size in range(len(NAMES) + 1):
        found = [chosen for chosen in itertools.combinations(NAMES, size) if covered(problem, chosen)]
        if found:
            assert (answer.size, list(answer.smallest)) == (size, found[:limit])
            break
    else:
        assert answer.size is None
    if answer.size:
        assert len(answer.refutations) == len(problem.ways)
        for way, refutation in zip(problem.ways, answer.refutations, strict=True):
            assert refutes(problem, way, answer.size - 1, NAMES, refutation)
            largest = next((n for n in range(10) if any(covered_way(problem, way, c) for c in sets_of(n))), 10)
            # No proof of what is false: the same refutation must fail for a size that does cover.
            assert not refutes(problem, way, largest, NAMES, refutation) or largest == 10


def sets_of(size: int) -> list[tuple[str, ...]]:
    return list(itertools.combinations(NAMES, size))


def covered_way(problem: Cover, way: frozenset[int], chosen: tuple[str, ...]) -> bool:
    return covered(Cover(thresholds=problem.thresholds, ways=(way,)), chosen)


def test_nothing_needed_and_nothing_that_helps() -> None:
    assert smallest_covers(Cover(thresholds=(), ways=(frozenset(),)), NAMES, 10).size == 0
    assert smallest_covers(Cover(thresholds=(), ways=()), NAMES, 10).size is None
    unmet = Threshold(gains={}, need=1)
    assert smallest_covers(Cover(thresholds=(unmet,), ways=(frozenset({0}),)), (), 10).size is None


def weighted(rnd: random.Random, size: int, weights: int, part: float) -> Cover:
    """Weights that pull different ways, so that no single bound decides."""
    rows = [{f"S{i:02}": rnd.randint(1, 40) for i in range(size)} for _ in range(weights)]
    thresholds = tuple(Threshold(gains=row, need=int(sum(row.values()) * part)) for row in rows)
    return Cover(thresholds=thresholds, ways=(frozenset(range(weights)),))


@pytest.mark.parametrize("seed", range(30))
def test_weights_that_pull_different_ways(seed: int) -> None:
    rnd = random.Random(seed)  # noqa: S311  # an instance that can be had again, no secret
    problem = weighted(rnd, 12, 2 + seed % 3, rnd.choice([0.4, 0.6, 0.8]))
    names = sorted(problem.thresholds[0].gains)
    answer = smallest_covers(problem, names, 10)
    assert answer.size
    assert not any(covered(problem, chosen) for chosen in itertools.combinations(names, answer.size - 1))
    found = (chosen for chosen in itertools.combinations(names, answer.size) if covered(problem, chosen))
    assert list(answer.smallest) == list(itertools.islice(found, 10))
    assert refutes(problem, problem.ways[0], answer.size - 1, names, answer.refutations[0])


def test_a_refutation_that_splits() -> None:
    rnd = random.Random(7)  # noqa: S311  # an instance that can be had again, no secret
    way = frozenset({0, 1})
    for _ in range(200):
        problem = weighted(rnd, 9, 2, 0.67)
        names = sorted(problem.thresholds[0].gains)
        answer = smallest_covers(problem, names, 1)
        assert answer.size
        (refutation,) = answer.refutations
        if isinstance(refutation, Split):
            break
    else:
        pytest.fail("no instance split")
    size = answer.size - 1
    assert refutes(problem, way, size, names, refutation)
    # A proof with a part taken out, or about somebody else, proves nothing.
    nothing = Bound(multipliers=())
    for broken in (
        nothing,
        Bound(multipliers=((0, -1), (5, 3))),
        msgspec.structs.replace(refutation, taken=nothing),
        msgspec.structs.replace(refutation, left_out=nothing),
        msgspec.structs.replace(refutation, actor="Z"),
    ):
        assert not refutes(problem, way, size, names, broken)
