"""Counting the coalitions of many members under several conditions at once, where all weights but one are small.

The coalitions that lose are those below a surface: for each size, and each sum of the small weights (a *row*), those
whose heavy sum stays below what then is asked. What the winning coalitions leave out lies below a surface too. The
smaller of the two is counted in a table with as many columns in each row as lie below it (the generating function in
several variables, Mann and Shapley 1962; Bilbao et al. 2000 for several weighted games). A member is taken out again
by the alternating sum of the table shifted by its weights.

Where sizes are told apart, weights a + g·v are as good as v: a coalition of s members weighs a·s + g·(sum of v). The
votes of the Monetary Fund, 1,459 for each member and one for each 100,000 of its quota, need a tenth of the columns so.
"""

from collections import Counter
from itertools import product
from math import gcd, prod
from typing import Any, Literal

import msgspec
import numpy as np

from comity.analysis.compiling import compiled
from comity.analysis.voting.axes import Axes

__all__ = ["Counted", "Plan", "by_lattice", "plan"]

_WORD = 64
# Words of a table (8 bytes each), and additions of words: some hundred megabytes, some ten seconds.
_MOST_WORDS = 180_000_000
_MOST_STEPS = 40_000_000_000
_MOST_ROWS = 100_000

Row = tuple[int, ...]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The swings of each member, by the size of the coalition joined where sizes were told apart (else one sum)."""

    swings: tuple[tuple[int, ...], ...]
    winning: int
    sized: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A table to be counted: for each row how many columns it has, and what a member moves by.

    `side`: the table is of the coalitions that lose, or of what the winning ones leave out.
    """

    side: Literal["losing", "left out"]
    sized: bool
    rows: dict[Row, int]
    moves: tuple[Row, ...]
    columns: tuple[int, ...]
    words: int

    @property
    def cells(self) -> int:
        """Numbers in the table."""
        return sum(self.rows.values())

    @property
    def feasible(self) -> bool:
        """Whether it fits and ends."""
        needed = self.cells * self.words
        return needed <= _MOST_WORDS and needed * len(self.moves) <= _MOST_STEPS


def plan(axes: Axes, *, sized: bool) -> Plan | None:
    """The smaller of the two tables; None where its rows alone are too many, or there is no weight at all.

    `sized`: sizes are told apart also where the rule does not ask for them, as Shapley–Shubik does.
    """
    if not axes.weights:
        return None
    *small, wide = axes.weights
    sized = sized or axes.counts
    ranges = [axes.members + 1] * sized + [sum(weights) + 1 for weights in small]
    if prod(ranges) > _MOST_ROWS:
        return None
    surface = _surface(axes, ranges, sized=sized)
    moves = tuple(((1,) * sized + one) for one in zip(*small, strict=True)) if small else ((1,) * sized,) * axes.members
    both: tuple[Literal["losing", "left out"], ...] = ("losing", "left out")
    return min((_table(axes, wide, (surface, ranges, moves), side, sized) for side in both), key=lambda one: one.cells)


def _surface(axes: Axes, ranges: list[int], *, sized: bool) -> dict[Row, int | None]:
    """For each row, the heavy sum from which a coalition wins; None: none does."""
    found: dict[Row, int | None] = {}
    for row in product(*map(range, ranges)):
        size, sums = (row[0], row[1:]) if sized else (0, row)
        reached = [corner[-1] for corner in axes.corners[size] if all(map(int.__le__, corner[:-1], sums))]
        found[row] = min(reached, default=None)
    return found


def _table(
    axes: Axes,
    wide: tuple[int, ...],
    lattice: tuple[dict[Row, int | None], list[int], tuple[Row, ...]],
    side: Literal["losing", "left out"],
    sized: bool,  # noqa: FBT001  # an inner step
) -> Plan:
    surface, ranges, moves = lattice
    total = sum(wide)
    base, step = _affine(wide) if sized else (0, 1)
    rows = {}
    for row in surface:
        if side == "losing":
            needed = surface[row]
            below = total + 1 if needed is None else min(needed, total + 1)
        else:
            needed = surface[tuple(most - 1 - part for most, part in zip(ranges, row, strict=True))]
            below = 0 if needed is None else max(total - needed + 1, 0)
        columns = -(-(below - (base * row[0] if sized else 0)) // step)
        if columns > 0:
            rows[row] = columns
    return Plan(
        side=side,
        sized=sized,
        rows=rows,
        moves=moves,
        columns=tuple((weight - base) // step for weight in wide),
        words=axes.members // _WORD + 1,
    )


def _affine(weights: tuple[int, ...]) -> tuple[int, int]:
    """The least weight, and the divisor of what the others have above it."""
    least = min(weights)
    return least, gcd(*(weight - least for weight in weights)) or 1


def by_lattice(axes: Axes, planned: Plan) -> Counted:
    """The swings of each member, counted in the table planned."""
    rows = sorted(planned.rows)
    place = {row: at for at, row in enumerate(rows)}
    widths = np.array([planned.rows[row] for row in rows], np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(widths)])
    sizes = np.array([row[0] if planned.sized else 0 for row in rows], np.int64)
    members = Counter(zip(planned.moves, planned.columns, strict=True))
    distinct = sorted(set(planned.moves))
    links = np.array(
        [[[place.get(_moved(row, move, sign), -1) for row in rows] for move in distinct] for sign in (-1, 1)], np.int64
    )
    at_kind = {kind: at for at, kind in enumerate(sorted(members, key=lambda one: (one[1], one[0])))}
    kinds = (
        np.array([distinct.index(move) for move, _ in at_kind], np.int64),
        np.array([column for _, column in at_kind], np.int64),
        np.array([members[kind] for kind in at_kind], np.int64),
    )
    n = axes.members
    most = n if planned.sized else 1
    swings, inside = [[0] * most for _ in at_kind], 0
    if rows:
        layout = (starts, widths, sizes)
        table = _filled(layout, links[0], kinds, planned.words)
        found, below = _taken(table, layout, links, kinds, most)
        swings, inside = [[_whole(words) for words in by_size] for by_size in found], _whole(below)
    if planned.side == "left out":
        swings = [one[::-1] for one in swings]
    kind_of = (at_kind[kind] for kind in zip(planned.moves, planned.columns, strict=True))
    return Counted(
        swings=tuple(tuple(swings[at]) for at in kind_of),
        winning=inside if planned.side == "left out" else (1 << n) - inside,
        sized=planned.sized,
    )


def _moved(row: Row, move: Row, sign: int) -> Row:
    return tuple(part + sign * one for part, one in zip(row, move, strict=True))


def _whole(words: np.ndarray) -> int:
    return int.from_bytes(words.astype("<u8").tobytes(), "little")


@compiled()
def _plus(table: Any, to: int, source: int) -> None:  # noqa: ANN401  # numba compiles it for what comes
    """Add one number of the table to another: words from the lowest, with what is carried."""
    carry = np.uint64(0)
    for k in range(table.shape[1]):
        a = table[to, k]
        s = a + table[source, k]
        over = np.uint64(s < a)
        t = s + carry
        table[to, k] = t
        carry = over + np.uint64(t < s)


@compiled()
def _filled(layout: Any, back: Any, kinds: Any, words: int) -> Any:  # noqa: ANN401  # as above
    """How many coalitions of each row weigh at most so much, for each column below the surface."""
    starts, widths, _ = layout
    moves, columns, times = kinds
    table = np.zeros((starts[-1], words), np.uint64)
    table[starts[0], 0] = 1
    # What has been reached in each row: columns beyond are still nought.
    tops = np.full(widths.size, -1)
    tops[0] = 0
    for kind in range(moves.size):
        column = columns[kind]
        for _ in range(times[kind]):
            for row in range(widths.size - 1, -1, -1):
                source = back[moves[kind], row]
                if source < 0 or tops[source] < 0:
                    continue
                high = min(tops[source] + column, widths[row] - 1)
                for x in range(high, column - 1, -1):
                    _plus(table, starts[row] + x, starts[source] + x - column)
                tops[row] = max(tops[row], high)
    for row in range(widths.size):
        for x in range(starts[row] + 1, starts[row + 1]):
            _plus(table, x, x - 1)
    return table


@compiled()
def _gather(total: Any, table: Any, starts: Any, back: Any, place: Any, sign: int) -> None:  # noqa: ANN401  # as above
    """Add to `total` the coalitions of the others in a row that weigh at most x (or subtract them)."""
    row, x, column = place
    while row >= 0 and x >= 0:
        at = starts[row] + x
        carry = np.uint64(0)
        for k in range(total.size):
            a = total[k]
            b = table[at, k]
            if sign < 0:
                s = a - b
                over = np.uint64(a < b)
                t = s - carry
                carry = over + np.uint64(s < carry)
            else:
                s = a + b
                over = np.uint64(s < a)
                t = s + carry
                carry = over + np.uint64(t < s)
            total[k] = t
        row, x, sign = back[row], x - column, -sign


@compiled()
def _taken(table: Any, layout: Any, links: Any, kinds: Any, most: int) -> Any:  # noqa: ANN401  # as above
    """For each kind of member and size: what lies below the surface without it, not with it; and all that does."""
    starts, widths, sizes = layout
    moves, columns, _ = kinds
    found = np.zeros((moves.size, most, table.shape[1]), np.uint64)
    for kind in range(moves.size):
        before, after = links[0, moves[kind]], links[1, moves[kind]]
        if columns[kind] == 0 and before[0] == 0:
            continue  # it moves nothing, and never swings
        for row in range(widths.size):
            if sizes[row] >= most:
                continue
            total = found[kind, sizes[row]]
            _gather(total, table, starts, before, (row, widths[row] - 1, columns[kind]), 1)
            if after[row] >= 0:
                high = min(widths[after[row]] - 1 - columns[kind], widths[row] - 1)
                _gather(total, table, starts, before, (row, high, columns[kind]), -1)
    below = np.zeros((1, table.shape[1]), np.uint64)
    nowhere = np.full(widths.size, -1)
    for row in range(widths.size):
        _gather(below[0], table, starts, nowhere, (row, widths[row] - 1, 1), 1)
    return found, below[0]
