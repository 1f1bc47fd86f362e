"""Who cannot be satisfied together: the smallest sets of parties that no package leaves content.

Every set that cannot be satisfied holds somebody who lacks from each set that can. So the smallest sets that meet all
of those are looked at: one that cannot be satisfied is a smallest conflict, one that can shows another set to meet
(Ignatiev, Previti, Liffiton and Marques-Silva, 2015, Smallest MUS extraction with minimal hitting set dualization).
"""

from collections.abc import Iterator, Sequence
from math import inf
from time import monotonic

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from comity.analysis.packages.branching import search
from comity.analysis.packages.offers import Floats, Grid

__all__ = ["conflicts", "together"]

# Conflicts that are named, sets that are looked at, and how long one is: what is not settled by then is not said.
_NAMED, _LOOKED, _SECONDS = 60, 2_000, 0.5
_FLOOR = -1e-12


def together(grid: Grid, low: Floats, parties: Sequence[int], seconds: float | None = None) -> bool | None:
    """Whether a package gives each of these parties at least `low`; None where that was not settled in time."""
    if not parties:
        return True
    chosen = list(parties)
    values, floor = grid.values[:, chosen], low[chosen]
    room = np.maximum.reduceat(values, grid.starts[:-1], axis=0).sum(axis=0) - floor
    tolerance = np.maximum(1e-14 * np.maximum(np.abs(floor), np.abs(values).max(axis=0)), 1e-290)
    if (room < -tolerance).any():
        return False
    size = np.maximum(room, tolerance)
    # Who can just be satisfied, and no more, counts as satisfied within the tolerance.
    part = Grid(values=np.ascontiguousarray(values / size), starts=grid.starts, groups=grid.groups, picks=grid.picks)
    floor = (floor - tolerance) / size
    found = search(part, floor, np.ones(len(chosen)), aim="least", seconds=seconds, enough=_FLOOR)
    return True if found.rows else (False if found.told else None)


def conflicts(grid: Grid, low: Floats, seconds: float = 10.0) -> Iterator[tuple[int, ...]]:
    """The smallest sets of parties that no package gives at least `low` together, as numbers of parties.

    After so many seconds it ends: with those found, or, where there are none yet, with one from which nobody was found
    that could be taken.
    """
    end = monotonic() + seconds
    count = len(low)
    lacking: list[tuple[int, ...]] = []
    named: list[tuple[int, ...]] = []
    for _ in range(_LOOKED):
        candidate = _meeting(count, lacking, named)
        if candidate is None or (named and len(candidate) > len(named[0])) or len(named) == _NAMED:
            return
        content = together(grid, low, candidate, _SECONDS) if monotonic() < end else None
        if content is None:
            break
        if not content:
            named.append(candidate)
            yield candidate
            continue
        kept = list(candidate)
        for party in range(count):
            if party not in candidate and monotonic() < end and together(grid, low, [*kept, party], _SECONDS):
                kept.append(party)
        lacking.append(tuple(party for party in range(count) if party not in kept))
        if not lacking[-1]:
            return
    if not named:
        yield _one(grid, low, monotonic() + seconds)


def _one(grid: Grid, low: Floats, end: float) -> tuple[int, ...]:
    """A set from which nobody can be taken, as far as can be told in time: a deletion filter."""
    left = list(range(len(low)))
    for party in tuple(left):
        without = [one for one in left if one != party]
        if monotonic() < end and together(grid, low, without, _SECONDS) is False:
            left = without
    return tuple(left)


def _meeting(count: int, lacking: Sequence[Sequence[int]], named: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    """The smallest set that has somebody of each of `lacking`, and not all of any of `named`; the first of its size."""
    if not lacking:
        return ()
    rows = np.zeros((len(lacking) + len(named), count))
    least, largest = np.full(len(rows), -inf), np.full(len(rows), inf)
    for at, members in enumerate(lacking):
        rows[at, list(members)], least[at] = 1, 1
    for at, members in enumerate(named, len(lacking)):
        rows[at, list(members)], largest[at] = 1, len(members) - 1
    found = milp(
        1 + np.arange(count) * 1e-6,
        constraints=LinearConstraint(rows, least, largest),
        bounds=Bounds(0, 1),
        integrality=np.ones(count),
    )
    return None if found.x is None else tuple(np.flatnonzero(found.x > 0.5).tolist())  # noqa: PLR2004  # 0 or 1
