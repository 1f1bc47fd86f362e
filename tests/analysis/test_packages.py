"""Package deals: against every package looked at one by one, and what cannot be agreed."""

import json
from fractions import Fraction
from itertools import combinations, product
from math import log
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from comity.analysis.packages import (
    SOLUTIONS,
    Link,
    Offer,
    Solution,
    TooLargeError,
    UnsettledError,
    front,
    solve,
)
from comity.cli.main import main
from comity.service import Refusal
from comity.service.offers import OfferFile, PackageAsked, answer

VALUES = st.integers(0, 8).map(lambda value: value / 4)
SHARES = st.sampled_from((0.0, 0.3, 0.5, 0.7))


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    parties, issues = draw(st.integers(1, 4)), draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    utility = tuple(tuple(tuple(draw(VALUES) for _ in range(number)) for number in issues) for _ in range(parties))
    links = []
    for _ in range(draw(st.integers(0, 2)) if len(issues) > 1 else 0):
        joined = sorted(draw(st.sets(st.integers(0, len(issues) - 1), min_size=2, max_size=3)))
        where = tuple((at, (draw(st.integers(0, issues[at] - 1)),)) for at in joined)
        links.append(Link(where=where, utility=tuple(draw(st.integers(-4, 4)) / 4 for _ in range(parties))))
    return Offer(
        parties=tuple(f"P{at}" for at in range(parties)),
        issues=tuple(f"i{at}" for at in range(len(issues))),
        options=tuple(tuple(f"o{at}" for at in range(number)) for number in issues),
        utility=utility,
        disagreement=tuple(round(4 * draw(SHARES) * sum(max(own) for own in party)) / 4 for party in utility),
        weights=tuple(float(draw(st.integers(1, 3))) for _ in range(parties)),
        links=tuple(links),
    )


def packages_of(offer: Offer) -> dict[tuple[int, ...], tuple[Fraction, ...]]:
    """Every package, and what each party has from it, in fractions."""
    found = {}
    for choice in product(*(range(len(options)) for options in offer.options)):
        held = [link for link in offer.links if all(choice[at] in options for at, options in link.where)]
        found[choice] = tuple(
            sum(Fraction(own[at][option]) for at, option in enumerate(choice))
            + sum(Fraction(link.utility[party]) for link in held)
            for party, own in enumerate(offer.utility)
        )
    return found


def acceptable(offer: Offer, *, strict: bool = False) -> dict[tuple[int, ...], tuple[Fraction, ...]]:
    """Every package that nobody is worse off with; `strict`: that everybody gains from."""
    return {
        choice: values
        for choice, values in packages_of(offer).items()
        if all(a > b or (a == b and not strict) for a, b in zip(values, offer.disagreement, strict=True))
    }


def measure(offer: Offer, solution: str, values: tuple[Fraction, ...], ideal: list[Fraction]) -> Any:  # noqa: ANN401  # a number, or a list of them
    """How good a package is by an idea of fairness, by its definition."""
    gains = [value - Fraction(low) for value, low in zip(values, offer.disagreement, strict=True)]
    if solution == "nash":
        return sum(weight * log(gain) for weight, gain in zip(offer.weights, gains, strict=True))
    if solution == "utilitarian":
        return sum(Fraction(weight) * value for weight, value in zip(offer.weights, values, strict=True))
    if solution == "egalitarian":
        return min(gains)
    if solution == "leximin":
        return sorted(gains)
    hopes = [best - Fraction(low) for best, low in zip(ideal, offer.disagreement, strict=True)]
    return min((gain / hope for gain, hope in zip(gains, hopes, strict=True) if hope > 0), default=0)


@pytest.mark.parametrize("solution", SOLUTIONS)
@settings(max_examples=40, deadline=None)
@given(offer=offers())
def test_no_package_is_better_than_the_best(solution: Solution, offer: Offer) -> None:
    found = solve(offer, solution)
    packages = acceptable(offer, strict=solution == "nash")
    if not packages:
        assert found.status == "no-agreement"
        assert found.conflict
        return
    ideal = [max(values[at] for values in packages.values()) for at in range(len(offer.parties))]
    best = max(measure(offer, solution, values, ideal) for values in packages.values())
    assert found.status == "optimal"
    assert found.choice in packages
    if solution == "leximin":
        assert sorted(value - low for value, low in zip(found.utility, offer.disagreement, strict=True)) == best
        best = best[0]
    assert found.utility == packages[found.choice]
    assert found.objective == pytest.approx(float(best), abs=1e-9)
    assert found.bound == pytest.approx(float(best), abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(offer=offers(), strict=st.booleans())
def test_conflicts_are_all_the_smallest_sets_that_cannot_be_satisfied(offer: Offer, *, strict: bool) -> None:
    found = solve(offer, "nash" if strict else "egalitarian")
    everything = packages_of(offer).values()

    def content(values: tuple[Fraction, ...], one: tuple[int, ...]) -> bool:
        return all(values[p] > offer.disagreement[p] - (0 if strict else Fraction(1, 8)) for p in one)

    for size in range(1, len(offer.parties) + 1):
        smallest = {
            tuple(offer.parties[p] for p in one)
            for one in combinations(range(len(offer.parties)), size)
            if not any(content(values, one) for values in everything)
        }
        if smallest:
            break
    else:
        smallest = set()
    assert set(found.conflict) == smallest
    assert (found.choice is None) == bool(smallest)


@settings(max_examples=80, deadline=None)
@given(offers())
def test_the_front_is_all_that_nothing_betters(offer: Offer) -> None:
    packages = acceptable(offer)
    unbettered = {
        values
        for values in packages.values()
        if not any(
            other != values and all(a >= b for a, b in zip(other, values, strict=True)) for other in packages.values()
        )
    }
    found = front(offer)
    assert {one.utility for one in found} == unbettered
    assert len(found) == len(unbettered)
    assert all(packages[one.choice] == one.utility for one in found)


def drawn(seed: int, parties: int, issues: int, options: int, *, low: float, decimals: int = 16) -> Offer:
    """Values between 0 and 1, and a part of the most that each could have to fall back on."""
    dice = Random(seed)  # noqa: S311  # numbers to reckon with
    utility = tuple(
        tuple(tuple(round(dice.random(), decimals) for _ in range(options)) for _ in range(issues))
        for _ in range(parties)
    )
    return Offer(
        parties=tuple(f"P{at}" for at in range(parties)),
        issues=tuple(f"i{at}" for at in range(issues)),
        options=(tuple(f"o{at}" for at in range(options)),) * issues,
        utility=utility,
        disagreement=tuple(low * sum(max(own) for own in party) for party in utility),
        weights=(1.0,) * parties,
    )


@pytest.mark.parametrize(("parties", "issues", "options"), [(27, 20, 5), (60, 20, 5), (193, 40, 4)])
def test_nash_is_proved_for_as_many_as_the_world_has(parties: int, issues: int, options: int) -> None:
    offer = drawn(parties, parties, issues, options, low=0.3)
    found = solve(offer, "nash", seconds=60)
    assert found.status == "optimal"
    assert found.choice is not None
    gains = [value - low for value, low in zip(found.utility, offer.disagreement, strict=True)]
    assert found.objective == pytest.approx(sum(map(log, gains)), abs=1e-9)
    # No package with one other option is better.
    for at in range(issues):
        for option in range(options):
            other = offer.worth((*found.choice[:at], option, *found.choice[at + 1 :]))
            parts = [value - low for value, low in zip(other, offer.disagreement, strict=True)]
            assert min(parts) <= 0 or sum(map(log, parts)) <= found.objective + 1e-9


def test_the_proof_agrees_with_cuts_at_tangents() -> None:
    """The logarithm lies below its tangents: a program of them, solved by HiGHS, gives the same package's worth."""
    offer = drawn(3, 8, 8, 4, low=0.45)
    found = solve(offer, "nash")
    values = np.array(offer.utility).reshape(8, 32)
    low = np.array(offer.disagreement)
    issues = np.kron(np.eye(8), np.ones((1, 4)))
    tangents = np.geomspace(0.05, 6, 400)
    rows = [(values[p] / g, p, low[p] / g + 1 - log(g)) for p in range(8) for g in tangents]
    cuts = np.array([np.concatenate([row, -np.eye(8)[p]]) for row, p, _ in rows])
    best = milp(
        np.concatenate([np.zeros(32), -np.ones(8)]),
        constraints=[
            LinearConstraint(np.hstack([issues, np.zeros((8, 8))]), 1, 1),
            LinearConstraint(cuts, [above for *_, above in rows], np.inf),
        ],
        bounds=Bounds([0] * 32 + [-np.inf] * 8, [1] * 32 + [np.inf] * 8),
        integrality=[1] * 32 + [0] * 8,
    )
    assert found.status == "optimal"
    assert found.objective is not None
    assert found.objective <= -best.fun + 1e-6
    assert found.objective == pytest.approx(-best.fun, abs=5e-3)


def test_a_long_front_of_two_parties_is_that_of_every_sum() -> None:
    offer = drawn(7, 2, 20, 10, low=0, decimals=2)
    reach: dict[int, int] = {0: 0}  # the most that the second can have, by what the first has, in hundredths
    for first, second in zip(*offer.utility, strict=True):
        sums: dict[int, int] = {}
        for a, b in reach.items():
            for x, y in zip(first, second, strict=True):
                at = a + round(100 * x)
                sums[at] = max(sums.get(at, 0), b + round(100 * y))
        reach = sums
    highest = -1
    expected = []
    for a in sorted(reach, reverse=True):
        if reach[a] > highest:
            highest = reach[a]
            expected.append((a / 100, highest / 100))
    found = front(offer)
    assert [one.utility for one in found] == expected
    assert all(offer.worth(one.choice) == one.utility for one in found)


def test_what_would_take_too_much_is_refused_first() -> None:
    rising = tuple(map(float, range(4000)))
    opposed = ((rising, rising), (rising[::-1], rising[::-1]))
    many = msgspec.structs.replace(drawn(1, 2, 2, 4000, low=0), utility=opposed)
    with pytest.raises(TooLargeError, match="16,000,000 packages"):
        front(many)
    joined = Link(where=tuple((at, (0,)) for at in range(10)), utility=(1.0, 1.0))
    with pytest.raises(TooLargeError, match="9,765,625 combinations"):
        solve(msgspec.structs.replace(drawn(1, 2, 10, 5, low=0), links=(joined,)), "nash")
    with pytest.raises(UnsettledError):
        solve(drawn(1, 60, 20, 5, low=0.585), "kalai-smorodinsky", seconds=0.1)


def test_a_search_stopped_says_how_far_it_came() -> None:
    found = solve(drawn(1, 60, 20, 5, low=0), "egalitarian", seconds=0.3)
    assert found.status == "feasible"
    assert found.bound is not None
    assert found.objective is not None
    assert found.objective < found.bound < 1.2 * found.objective


def written(place: Path, **changed: object) -> Path:
    value = {
        "parties": ["A", "B", "C"],
        "issues": [{"id": "price", "options": ["low", "high"]}, {"id": "date", "options": ["soon", "late"]}],
        "utility": {
            party: {"price": {"low": a, "high": 1 - a}, "date": {"soon": b, "late": 1 - b}}
            for party, a, b in (("A", 1.0, 0.3), ("B", 0.2, 0.6), ("C", 0.5, 0.5))
        },
    }
    file = place / "offer.json"
    file.write_text(json.dumps(value | changed), encoding="utf-8")
    return file


def asked(file: Path, solution: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(main, ["package", str(file), "--solution", solution, "--format", "json"])
    return result.exit_code, json.loads(result.stdout)


def test_the_command_answers_as_said(tmp_path: Path) -> None:
    code, answer = asked(written(tmp_path), "nash")
    assert code == 0
    assert set(answer) == {"package", "utility", "objective", "bound", "status", "conflict"}
    # By hand, for A and B (C has 1 from each): (low, soon) 1.3, 0.8; (low, late) 1.7, 0.6; (high, soon) 0.3, 1.4;
    # (high, late) 0.7, 1.2.
    assert answer["package"] == {"price": "low", "date": "soon"}
    assert answer["objective"] == pytest.approx(log(1.3 * 0.8))
    assert answer["status"] == "optimal"
    _, fronts = asked(written(tmp_path), "pareto")
    assert [one["package"] for one in fronts["front"]] == [
        {"price": "low", "date": "late"},
        {"price": "low", "date": "soon"},
        {"price": "high", "date": "late"},
        {"price": "high", "date": "soon"},
    ]


def test_a_link_changes_what_is_best(tmp_path: Path) -> None:
    link = {"options": {"price": ["high"], "date": "soon"}, "utility": {"A": 1.2}}
    _, found = asked(written(tmp_path, links=[link]), "nash")
    # A has 0.3 + 1.2 from (high, soon), B 1.4: 2.1 is more than 1.04.
    assert found["package"] == {"price": "high", "date": "soon"}
    assert found["utility"] == {"A": 1.5, "B": 1.4, "C": 1.0}


def test_no_number_is_a_finding() -> None:
    given = {
        "parties": ["A"],
        "issues": [{"id": "i", "options": ["o"]}],
        "utility": {"A": {"i": {"o": float("nan")}}},
    }
    with pytest.raises(Refusal) as refused:
        answer(None, PackageAsked(offer=msgspec.convert(given, OfferFile)))  # type: ignore[arg-type]  # it is not asked
    assert [finding.code for finding in refused.value.findings] == ["offer-number"]


def test_who_cannot_be_satisfied_together_is_named(tmp_path: Path) -> None:
    _, found = asked(written(tmp_path, disagreement={"A": 1.5, "B": 1.3, "C": 0.9}), "egalitarian")
    assert found == {
        "package": None,
        "utility": None,
        "objective": None,
        "bound": None,
        "status": "no-agreement",
        "conflict": [["A", "B"]],
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"parties": []}, "offer-empty"),
        ({"parties": ["A", "A"]}, "offer-twice"),
        ({"utility": {"A": {}}}, "offer-unvalued"),
        ({"weights": {"D": 1}}, "offer-unknown"),
        ({"weights": {"A": -1}}, "offer-weight"),
        ({"weights": {"A": 0, "B": 0, "C": 0}}, "offer-weight"),
        ({"links": [{"options": {"price": "low"}, "utility": {}}]}, "offer-link"),
        ({"links": [{"options": {"price": "low", "date": []}, "utility": {}}]}, "offer-link"),
        ({"links": [{"options": {"price": "low", "date": "never"}, "utility": {}}]}, "offer-unknown"),
        ({"links": [{"options": {"price": "low", "place": "here"}, "utility": {"D": 1}}]}, "offer-unknown"),
        ({"disagreement": {"A": float("inf")}}, "offer-malformed"),
        ({"strange": 1}, "offer-malformed"),
        ({"parties": 3}, "offer-malformed"),
    ],
)
def test_a_faulty_offer_is_refused_with_its_faults(tmp_path: Path, changed: dict[str, object], code: str) -> None:
    exit_code, answer = asked(written(tmp_path, **changed), "nash")
    assert exit_code == 2
    assert code in {finding["code"] for finding in answer["findings"]}


def test_a_table_of_no_agreement_says_who_stands_in_the_way(tmp_path: Path) -> None:
    file = tmp_path / "offer.json"
    file.write_text(
        '{"parties": ["A", "B"], "issues": [{"id": "f", "options": ["x", "y"]}], "disagreement": {"A": 0.5, "B": 0.5},'
        '"utility": {"A": {"f": {"x": 1, "y": 0}}, "B": {"f": {"x": 0, "y": 1}}}}',
        encoding="utf-8",
    )
    said = CliRunner().invoke(main, ["package", str(file), "--format", "csv"]).output
    assert said.splitlines()[1:] == ["1,answer,status,no-agreement", "1,conflict,A,", "1,conflict,B,"]
