"""The Pareto front of a package deal, exactly: fronts of issues added up one by one (Minkowski sums).

What is bettered on the way stays bettered whatever follows, so it is dropped at once (dominance pruning: Nemhauser and
Ullmann, 1969), and so is what cannot reach somebody's disagreement point any more. Values are added as whole numbers,
in units of their last decimal, where 64 bits hold them; then equal is equal and nothing is rounded. Otherwise, with
more decimals than that, sums are rounded as computers round. Among sorted points those that nothing betters are found
in one pass for two parties, and against a staircase for three (Kung, Luccio and Preparata, 1975).
"""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.compiling import compiled
from comity.analysis.packages.offers import Floats, Offer, Package, TooLargeError, Wholes, checked, grid

__all__ = ["Front", "front", "frontier", "unit_of", "whole"]

# Packages of a front, points looked at in one step, and comparisons in it: some hundred megabytes, some seconds.
LONGEST = 200_000
_POINTS = 10_000_000
_COMPARED = 3_000_000_000
_LARGEST, _DIGITS = 1 << 61, 18
_EVEN, _STAIR = 2, 3
_SLACK = 1e-12


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """A front as arrays: a row a package, the option of each issue, and what each party has; most first."""

    choices: Wholes
    utilities: Floats


def front(offer: Offer) -> tuple[Package, ...]:
    """The Pareto front of acceptable packages, by what the first party has, most first (`frontier`)."""
    found = frontier(offer)
    return tuple(
        Package(choice=tuple(choice), utility=tuple(utility))
        for choice, utility in zip(found.choices.tolist(), found.utilities.tolist(), strict=True)
    )


def frontier(offer: Offer) -> Front:
    """The Pareto front of acceptable packages; of packages with equal utilities one stands for all.

    Who only has to accept does not better a package. Raises ValueError as `checked`, and TooLargeError where the front
    outgrows what can be held.
    """
    unit = unit_of(checked(offer))
    table = grid(offer, unit)
    values, starts = table.values, table.starts
    low = np.array([whole(value, unit) for value in offer.disagreement]) if unit else np.array(offer.disagreement)
    slack = 0 if unit else _SLACK
    groups = [values[first:last] for first, last in pairwise(starts.tolist())]
    rest = np.array([group.max(axis=0) for group in groups])
    rest = np.vstack([np.cumsum(rest[::-1], axis=0)[::-1][1:], np.zeros_like(rest[:1])])
    points = np.zeros((1, len(low)), values.dtype)
    steps: list[tuple[Wholes, Wholes]] = []
    for at, group in enumerate(groups):
        own = _unbettered(group)
        _affordable(len(points) * len(own), at, offer)
        sums = (points[:, None, :] + group[own][None, :, :]).reshape(-1, points.shape[1])
        near = np.flatnonzero((sums >= low - rest[at] - slack).all(axis=1))
        kept = near[_unbettered(sums[near])]
        if len(kept) > LONGEST:
            raise TooLargeError(
                f"the front of the first {at + 1} of {len(groups)} issues has {len(kept):,} packages already, and "
                f"{LONGEST:,} is the most: put parties or issues together, or give values fewer decimals"
            )
        points = sums[kept]
        steps.append((kept // len(own), own[kept % len(own)]))
    choices = np.empty((len(points), len(offer.issues)), np.int64)
    place = np.arange(len(points))
    for (before, option), issues, picks in zip(
        reversed(steps), reversed(table.groups), reversed(table.picks), strict=True
    ):
        choices[:, list(issues)] = picks[option[place]]
        place = before[place]
    if offer.guards:  # what is bettered for all is dropped already; here also what is only better for guards
        kept = _unbettered(points[:, : -offer.guards])
        points, choices = points[kept], choices[kept]
    utilities = points / unit if unit else points.astype(float)
    return Front(choices=choices, utilities=utilities)


def _affordable(points: int, at: int, offer: Offer) -> None:
    if points > _POINTS:
        raise TooLargeError(
            f"issue {at + 1} of {len(offer.issues)} would make {points:,} packages of which to take the front, and "
            f"{_POINTS:,} is the most: put parties or issues together, or give values fewer decimals"
        )


def unit_of(offer: Offer) -> int:
    """How many of the smallest decimals make one; 0 where sums in them would not fit into 64 bits."""
    tables = [[value for issue in party for value in issue] for party in offer.utility]
    numbers = {value for table in tables for value in table} | {value for one in offer.links for value in one.utility}
    numbers |= set(offer.disagreement)
    digits = max(0, *(-int(Decimal(repr(float(value))).normalize().as_tuple().exponent) for value in numbers))
    most = max(map(abs, numbers)) * (len(offer.issues) + len(offer.links) + 1)
    return 10**digits if digits <= _DIGITS and most * 10**digits < _LARGEST else 0


def whole(value: float, unit: int) -> int:
    """A number in such units."""
    return int(Decimal(repr(float(value))) * unit)


def _unbettered(points: NDArray[Any]) -> Wholes:
    """The rows that no other row betters, in descending lexicographic order; of equal rows the first."""
    parties = points.shape[1]
    order: Wholes = np.lexsort(tuple(-points[:, at] for at in reversed(range(parties))))
    if parties == 1 or not len(order):
        return order[:1]
    ranked = points[order]
    if parties == _EVEN:
        highest = np.maximum.accumulate(ranked[:, 1])
        return np.asarray(order[np.concatenate([[True], ranked[1:, 1] > highest[:-1]])])
    kept: Wholes = _stairs(ranked) if parties == _STAIR else _compared(ranked, _COMPARED // parties)
    if not len(kept):
        raise TooLargeError(
            f"the front is too large for {parties} parties: after {_COMPARED:,} comparisons it has no end; "
            f"put parties or issues together"
        )
    return np.asarray(order[kept])


@compiled()
def _step(high: Any, deep: Any, size: int, first: int, step: Any) -> int:  # noqa: ANN401  # numba compiles it
    """Put a step into a staircase before the first lower one, in place of those that it covers; gives the new size."""
    begin = first - 1 if first > 0 and high[first - 1] == step[0] else first
    end = first
    while end < size and deep[end] <= step[1]:
        end += 1
    gone = end - begin
    if gone == 0:
        for k in range(size, begin, -1):
            high[k], deep[k] = high[k - 1], deep[k - 1]
    elif gone > 1:
        for k in range(end, size):
            high[k - gone + 1], deep[k - gone + 1] = high[k], deep[k]
    high[begin], deep[begin] = step
    return size + 1 - gone


@compiled()
def _stairs(points: Any) -> Any:  # noqa: ANN401  # numba compiles it for what comes
    """Of sorted points in space those that none before betters: a staircase of the other two numbers is kept."""
    count = points.shape[0]
    kept = np.empty(count, np.int64)
    high = np.empty(count, points.dtype)  # falls from step to step, while deep rises
    deep = np.empty(count, points.dtype)
    size, found = 0, 0
    for at in range(count):
        y, z = points[at, 1], points[at, 2]
        first, last = 0, size  # the first step that is lower than y
        while first < last:
            middle = (first + last) // 2
            if high[middle] >= y:
                first = middle + 1
            else:
                last = middle
        if first > 0 and deep[first - 1] >= z:
            continue
        kept[found] = at
        found += 1
        size = _step(high, deep, size, first, (y, z))
    return kept[:found]


@compiled()
def _compared(points: Any, most: int) -> Any:  # noqa: ANN401  # as above
    """Of sorted points those that none before betters; nothing after too many comparisons.

    What bettered one point often betters the next: it is moved to the front of those that are compared first.
    """
    count, parties = points.shape
    kept = np.empty(count, np.int64)
    first = np.empty(count, np.int64)
    found, done = 0, 0
    for at in range(count):
        bettered = False
        for k in range(found):
            done += 1
            other = first[k]
            bettered = True
            for p in range(1, parties):
                if points[other, p] < points[at, p]:
                    bettered = False
                    break
            if bettered:
                first[k] = first[k // 2]
                first[k // 2] = other
                break
        if bettered:
            continue
        if done > most:
            return kept[:0]
        kept[found] = at
        first[found] = at
        found += 1
    return kept[:found]
