"""The smallest sets of actors that cover a rule, exactly, with a proof that none is smaller.

A cover problem is what is left of a rule when everything else is settled: some *thresholds*, each a sum of
whole gains that must reach a need, and the *ways* to meet the rule, each a set of thresholds to be reached
together (its disjunctive normal form). Finding a smallest cover is hard in general; real rules have one count
and one or two weights, and there the following is quick.

- One threshold: take the largest gains first. A threshold that every actor serves alike only fixes the number.
- Several: a *surrogate* bound (Glover 1968). Whatever covers every threshold covers any sum of them with
  multipliers of zero or more; if even the best actors fall short of that sum, no set of that size does it.
  Multipliers are improved by their violation (a subgradient step on the Lagrangian dual), then exact arithmetic
  on whole numbers decides.
- What remains is split on one actor: in, or out; and if it is out, so is whoever gains nowhere more than it
  does, for in any cover they could change places.

The sets are found in lexicographic order by taking each actor in turn where the rest can still be covered.
"""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from itertools import islice
from math import exp
from operator import ge, gt, mul
from typing import TypeAlias

import msgspec

__all__ = ["Bound", "Cover", "Covers", "Refutation", "Split", "Threshold", "refutes", "smallest_covers"]


# Fineness of the multipliers, how often they are improved before splitting, and how far they may drift.
_BITS = 20
_TURNS = 4
_LEAST = 1e-3


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """Reached when the `gains` of those chosen add up to `need` (both whole, gains 1 or more)."""

    gains: Mapping[str, int]
    need: int


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """A problem: `ways` are sets of indexes into `thresholds`; one way, reached in full, is enough.

    An empty way means that nothing is needed, no way that nothing suffices.
    """

    thresholds: tuple[Threshold, ...]
    ways: tuple[frozenset[int], ...]


class Bound(msgspec.Struct, frozen=True, kw_only=True, tag="bound"):
    """Refutes a size: with these multipliers (threshold, whole number) even the best actors fall short."""

    multipliers: tuple[tuple[int, int], ...]


class Split(msgspec.Struct, frozen=True, kw_only=True, tag="split"):
    """Refutes a size both with the actor and without it (and without whoever gains nowhere more than it)."""

    actor: str
    taken: "Refutation"
    left_out: "Refutation"


Refutation: TypeAlias = Bound | Split


class Covers(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: `size` (None: out of reach), the first smallest sets, and for each way a refutation of `size` - 1."""

    size: int | None
    smallest: tuple[tuple[str, ...], ...] = ()
    refutations: tuple[Refutation, ...] = ()


def smallest_covers(problem: Cover, candidates: Iterable[str], limit: int) -> Covers:
    """The smallest sets of candidates that cover the problem: the first `limit` in lexicographic order.

    Members of a set are sorted. Where nothing is needed the size is 0 and no set is listed.
    """
    search = _Search(problem, sorted(set(candidates)))
    size, refutations = search.size()
    if not size:
        return Covers(size=size)
    return Covers(size=size, smallest=tuple(search.first(size, limit)), refutations=refutations)


class _Search:
    """One search over candidates numbered in sorted order."""

    def __init__(self, problem: Cover, candidates: Sequence[str]) -> None:
        self.names = candidates
        self.ways = problem.ways
        self.needs = [threshold.need for threshold in problem.thresholds]
        # A gain beyond the need helps no more than the need itself; cut there, the bounds are sharper.
        self.gains = [[min(t.gains.get(name, 0), t.need) for name in candidates] for t in problem.thresholds]
        # A threshold that all serve alike says how many are needed, and nothing about whom.
        self.alike = [bool(row) and min(row) == max(row) for row in self.gains]
        self.multipliers = [1.0] * len(self.needs)

    def size(self) -> tuple[int | None, tuple[Refutation, ...]]:
        """The smallest size, and why each way fails with one fewer."""
        if not any(all(sum(self.gains[j]) >= self.needs[j] for j in way) for way in self.ways):
            return None, ()
        everybody = range(len(self.names))
        size, refutations = 0, tuple[Refutation, ...]()
        while True:
            found = [self.attempt(way, self.needs, everybody, size) for way in self.ways]
            refuted = tuple(outcome for outcome in found if not isinstance(outcome, list))
            if len(refuted) < len(found):
                return size, refutations
            size, refutations = size + 1, refuted

    def first(self, size: int, limit: int) -> list[tuple[str, ...]]:
        """The first covers of the smallest size in lexicographic order: depth-first search without dead ends.

        A level holds what is still needed and the pool of those who may still be taken, in order. The witness
        is a set from the pool that completes those chosen, None where there is no further one.
        """
        found: list[tuple[str, ...]] = []
        chosen: list[int] = []
        levels: list[tuple[Sequence[int], list[int]]] = [(self.needs, list(range(len(self.names))))]
        witness = self.witness(*levels[0], size)
        while len(found) < limit:
            if witness is None:
                if not chosen:
                    break
                chosen.pop()
                levels.pop()
                needs, pool = levels.pop()
                levels.append((needs, pool[1:]))
                witness = self.witness(needs, pool[1:], size - len(chosen))
            elif len(chosen) == size:
                found.append(tuple(self.names[c] for c in chosen))
                witness = None
            else:
                needs, pool = levels[-1]
                taken = self.less(needs, pool[0])
                with_it = self.swapped(witness, pool[0], needs)
                if with_it is None:
                    with_it = self.witness(taken, pool[1:], size - len(chosen) - 1)
                if with_it is None:
                    # Nor does anybody help who gains nowhere more: the two could change places.
                    levels[-1] = (needs, self.beyond(pool[1:], pool[0]))
                else:
                    witness = with_it
                    chosen.append(pool[0])
                    levels.append((taken, pool[1:]))
        return found

    def less(self, needs: Sequence[int], actor: int) -> list[int]:
        """What is still needed once the actor is taken."""
        return [need - row[actor] for need, row in zip(needs, self.gains, strict=True)]

    def beyond(self, pool: Sequence[int], actor: int) -> list[int]:
        """Those of the pool who gain more than the actor at some threshold."""
        best = [(row, row[actor]) for row in self.gains]
        return [c for c in pool if any(row[c] > gain for row, gain in best)]

    def swapped(self, witness: frozenset[int], actor: int, needs: Sequence[int]) -> frozenset[int] | None:
        """The witness without one of its own, whose place the actor can take; None where no such swap is seen."""
        if actor in witness:
            return witness - {actor}
        spare = [
            sum(map(row.__getitem__, witness)) + row[actor] - need for row, need in zip(self.gains, needs, strict=True)
        ]
        for way in self.ways:
            for c in witness:
                if all(self.gains[j][c] <= spare[j] for j in way):
                    return witness - {c}
        return None

    def witness(self, needs: Sequence[int], pool: Sequence[int], left: int) -> frozenset[int] | None:
        """Actors of the pool, `left` of them, who cover what is needed."""
        for way in self.ways:
            outcome = self.attempt(way, needs, pool, left)
            if isinstance(outcome, list):
                others = (c for c in pool if c not in outcome)
                return frozenset(outcome).union(islice(others, left - len(outcome)))
        return None

    def attempt(
        self, way: frozenset[int], needs: Sequence[int], pool: Sequence[int], left: int
    ) -> list[int] | Refutation:
        """At most `left` of the pool who, made up to `left`, reach every threshold of the way; or why none do."""
        several = []
        best: list[int] = []
        for j in sorted(way):
            if needs[j] <= 0:
                continue
            row = self.gains[j]
            if self.alike[j]:
                if min(left, len(pool)) * row[0] < needs[j]:
                    return Bound(multipliers=((j, 1),))
                continue
            best = sorted(pool, key=row.__getitem__, reverse=True)[:left]
            if sum(map(row.__getitem__, best)) < needs[j]:
                return Bound(multipliers=((j, 1),))
            several.append(j)
        return self.split(several, needs, pool, left) if len(several) > 1 else best

    def split(
        self, active: Sequence[int], needs: Sequence[int], pool: Sequence[int], left: int
    ) -> list[int] | Refutation:
        """As `attempt`, where several thresholds pull different ways: split on one actor where bounds do not decide."""
        # Some need is left: an actor who met all of them would have been among the best of every bound.
        active = [j for j in active if needs[j] > 0]
        rows = [[min(self.gains[j][c], needs[j]) for c in pool] for j in active]
        outcome = self.surrogate(active, [needs[j] for j in active], rows, left)
        if isinstance(outcome, Bound):
            return outcome
        if isinstance(outcome, list):
            return [pool[i] for i in outcome]
        pivot, best = pool[outcome], [row[outcome] for row in rows]
        kept = [c for c, gains in zip(pool, zip(*rows, strict=True), strict=True) if any(map(gt, gains, best))]
        left_out = self.split(active, needs, kept, left)
        if isinstance(left_out, list):
            return left_out
        taken = self.split(active, self.less(needs, pivot), [c for c in pool if c != pivot], left - 1)
        if isinstance(taken, list):
            return [pivot, *taken]
        return Split(actor=self.names[pivot], taken=taken, left_out=left_out)

    def surrogate(
        self, active: Sequence[int], needs: Sequence[int], rows: Sequence[Sequence[int]], left: int
    ) -> Bound | list[int] | int:
        """A refutation by one bound, positions that cover, or the position to split on."""
        for j, row, need in zip(active, rows, needs, strict=True):
            if sum(sorted(row, reverse=True)[:left]) < need:
                return Bound(multipliers=((j, 1),))
        scale = max(needs) << _BITS
        values: list[int] = []
        for turn in range(_TURNS):
            factors = [
                max(int(self.multipliers[j] * (1 << _BITS)), 1) * (scale // need)
                for j, need in zip(active, needs, strict=True)
            ]
            values = [sum(map(mul, factors, gains)) for gains in zip(*rows, strict=True)]
            chosen = sorted(range(len(values)), key=values.__getitem__, reverse=True)[:left]
            if sum(map(values.__getitem__, chosen)) < sum(map(mul, factors, needs)):
                return Bound(multipliers=tuple(zip(active, factors, strict=True)))
            sums = [sum(map(row.__getitem__, chosen)) for row in rows]
            if all(map(ge, sums, needs)):
                return chosen
            for j, total, need in zip(active, sums, needs, strict=True):
                change = exp((1 - total / need) / (1 + turn))
                self.multipliers[j] = min(max(self.multipliers[j] * change, _LEAST), 1 / _LEAST)
        return max(range(len(values)), key=values.__getitem__)


def refutes(problem: Cover, way: frozenset[int], size: int, candidates: Iterable[str], refutation: Refutation) -> bool:
    """Whether the refutation shows that no `size` candidates reach every threshold of the way; by arithmetic alone."""
    thresholds = {j: problem.thresholds[j] for j in way}
    needs = {j: threshold.need for j, threshold in thresholds.items()}
    return _refutes(thresholds, needs, size, frozenset(candidates), refutation)


def _refutes(
    thresholds: Mapping[int, Threshold],
    needs: Mapping[int, int],
    size: int,
    pool: frozenset[str],
    refutation: Refutation,
) -> bool:
    # A gain beyond the need covers no more than the need itself, and a threshold reached asks for nothing.
    def gain(j: int, actor: str) -> int:
        return min(thresholds[j].gains.get(actor, 0), max(needs[j], 0))

    if isinstance(refutation, Bound):
        factors = [(j, factor) for j, factor in refutation.multipliers if needs.get(j, 0) > 0 and factor > 0]
        values = (sum(factor * gain(j, actor) for j, factor in factors) for actor in pool)
        return sum(nlargest(size, values)) < sum(factor * needs[j] for j, factor in factors)
    pivot = refutation.actor
    if pivot not in pool:
        return False
    rest = pool - {pivot}
    left_out = frozenset(a for a in rest if any(gain(j, a) > gain(j, pivot) for j in needs))
    after = {j: need - thresholds[j].gains.get(pivot, 0) for j, need in needs.items()}
    return _refutes(thresholds, needs, size, left_out, refutation.left_out) and _refutes(
        thresholds, after, size - 1, rest, refutation.taken
    )
