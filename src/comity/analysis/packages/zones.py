"""The zone of agreement: how many packages all can accept, what each party has in it, and who would have to give way.

Packages are counted exactly, issue by issue (dynamic programming): what each party has so far is held once with how
many packages come to it; what can no longer reach somebody's disagreement point is dropped, what can no longer miss one
is counted at once, and whoever can no longer lose is not told apart. Where that is still too much, packages are drawn
by chance, and the part that is acceptable is told with Wilson's interval (1927).
"""

from itertools import pairwise
from math import prod, sqrt
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.packages.conflicts import conflicts, together
from comity.analysis.packages.fronts import unit_of, whole
from comity.analysis.packages.offers import Grid, Offer, checked, grid
from comity.analysis.packages.programs import most

__all__ = ["Opening", "Range", "Zone", "wilson", "zone"]

# Numbers that a step of the count may hold, and draws where it would hold more, so many together.
_HELD, _DRAWS, _TOGETHER = 4_000_000, 200_000, 10_000
_SLACK = 1e-12
_WIDE = 1 << 62


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """The least and the most that a party has from an acceptable package; None where it was not settled in time."""

    party: str
    least: float | None
    most: float | None


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What opens a zone where there is none: if this party alone gave way by `gives`, down to `down_to`.

    None: whatever it gave up, the others would still not come together.
    """

    party: str
    gives: float | None
    down_to: float | None


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """How many of all packages are acceptable to all: `acceptable` exactly, or None and `part` with its 95% interval.

    `conflict` are smallest sets of parties and demands that cannot be met together, `openings` who could give way.
    """

    packages: int
    acceptable: int | None
    part: float
    interval: tuple[float, float]
    ranges: tuple[Range, ...] = ()
    conflict: tuple[tuple[str, ...], ...] = ()
    openings: tuple[Opening, ...] = ()


def zone(offer: Offer, *, seed: int = 1, seconds: float = 20.0) -> Zone:
    """The zone of agreement of an offer. Raises ValueError as `checked`, and TooLargeError."""
    unit = unit_of(checked(offer))
    table = grid(offer, unit)
    low = np.array([whole(value, unit) for value in offer.disagreement]) if unit else np.array(offer.disagreement)
    sizes = [last - first for first, last in pairwise(table.starts.tolist())]
    packages = prod(sizes)
    real, floor = grid(offer), np.array(offer.disagreement)
    found = _counted(table, low, 0 if unit else _SLACK)
    part = (found or 0) / packages
    interval = (part, part)
    if found is None:
        part, interval = _drawn(table, low, 0 if unit else _SLACK, seed)
        if not part and together(real, floor, range(len(floor)), seconds / 4) is False:
            found, interval = 0, (0.0, 0.0)  # draws miss what is rare; that there is none is proved
    each = seconds / max(1, 2 * len(offer.parties))
    ranges: tuple[Range, ...] = ()
    if found != 0:
        ranges = tuple(_range(offer, real, p, each) for p in range(len(offer.parties) - offer.guards))
    closed = found == 0
    return Zone(
        packages=packages,
        acceptable=found,
        part=part,
        interval=interval,
        ranges=ranges,
        conflict=tuple(tuple(offer.parties[at] for at in one) for one in conflicts(real, floor)) if closed else (),
        openings=tuple(_opening(offer, real, p, each) for p in range(len(offer.parties))) if closed else (),
    )


def _range(offer: Offer, table: Grid, party: int, seconds: float) -> Range:
    column, low = table.values[:, party], np.array(offer.disagreement)
    ends = []
    for sign in (-1.0, 1.0):
        best = most(table, low, sign * column, seconds)
        near = best.rows and best.bound - float(sign * column[list(best.rows)].sum()) <= 1e-6 * max(1, abs(best.bound))
        ends.append(offer.worth(table.choice(best.rows))[party] if near else None)
    return Range(party=offer.parties[party], least=ends[0], most=ends[1])


def _opening(offer: Offer, table: Grid, party: int, seconds: float) -> Opening:
    low, column = np.array(offer.disagreement), table.values[:, party]
    low[party] = np.minimum.reduceat(column, table.starts[:-1]).sum() - 1.0
    best = most(table, low, column, seconds)
    if not best.rows:
        return Opening(party=offer.parties[party], gives=None, down_to=None)
    reached = offer.worth(table.choice(best.rows))[party]
    gives = max(0.0, offer.disagreement[party] - reached)
    return Opening(party=offer.parties[party], gives=gives, down_to=reached)


def _counted(table: Grid, low: NDArray[Any], slack: float) -> int | None:
    """How many packages give everybody `low`; None where it would take too much to say."""
    groups = [table.values[first:last] for first, last in pairwise(table.starts.tolist())]
    groups.sort(key=lambda group: -int(len(group) > 1) * float((group.max(axis=0) - group.min(axis=0)).sum()))
    highest, lowest = _rest([g.max(axis=0) for g in groups]), _rest([g.min(axis=0) for g in groups])
    after = [prod(len(group) for group in groups[at + 1 :]) for at in range(len(groups))]
    exact = object if prod(len(group) for group in groups) >= _WIDE else np.int64
    sums, counts, total = np.zeros((1, len(low)), table.values.dtype), np.ones(1, exact), 0
    for at, group in enumerate(groups):
        if len(sums) * group.size > _HELD:
            return None
        sums = (sums[:, None, :] + group[None, :, :]).reshape(-1, len(low))
        counts = np.repeat(counts, len(group))
        open_ = (sums + highest[at] >= low - slack).all(axis=1)
        sure = (sums + lowest[at] >= low - slack).all(axis=1)
        total += int(counts[sure].sum()) * after[at]
        sums, counts = sums[open_ & ~sure], counts[open_ & ~sure]
        if not len(sums):
            break
        sums, inverse = np.unique(np.minimum(sums, low - lowest[at]), axis=0, return_inverse=True)
        order = np.argsort(inverse.ravel(), kind="stable")
        first = np.searchsorted(inverse.ravel()[order], np.arange(len(sums)))
        counts = np.add.reduceat(counts[order], first)
    return total


def _rest(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """What the issues after each one add up to."""
    stacked = np.array(parts)
    return np.vstack([np.cumsum(stacked[::-1], axis=0)[::-1][1:], np.zeros_like(stacked[:1])])


def _drawn(table: Grid, low: NDArray[Any], slack: float, seed: int) -> tuple[float, tuple[float, float]]:
    dice, hits = np.random.default_rng(seed), 0
    for _ in range(_DRAWS // _TOGETHER):
        sums = np.zeros((_TOGETHER, len(low)), table.values.dtype)
        for first, last in pairwise(table.starts.tolist()):
            sums += table.values[dice.integers(first, last, _TOGETHER)]
        hits += int((sums >= low - slack).all(axis=1).sum())
    return hits / _DRAWS, wilson(hits, _DRAWS)


def wilson(hits: int, draws: int) -> tuple[float, float]:
    """The 95% interval of a chance by so many hits among draws (Wilson, 1927)."""
    z, part = 1.959963984540054, hits / draws
    middle = (part + z * z / (2 * draws)) / (1 + z * z / draws)
    half = z / (1 + z * z / draws) * sqrt(part * (1 - part) / draws + z * z / (4 * draws * draws))
    return max(0.0, middle - half), min(1.0, middle + half)
