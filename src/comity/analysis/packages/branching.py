"""The best package by branch and bound, proved: compiled search over issues, bounded by lotteries.

A node is what is still allowed of each issue; the best lottery bounds it (`relaxed`). What an option lacks to the best
of its issue at the lottery's prices comes off the bound of every package with it: options that cannot come up to the
best package known are struck out (reduced costs; Dantzig, Fulkerson and Johnson, 1954). The issue that is most mixed,
by what mixing it gains, is settled next: each option held becomes a node, and all others together one.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, Literal

import msgspec
import numpy as np

from comity.analysis.compiling import compiled
from comity.analysis.packages.offers import Floats, Grid, Wholes
from comity.analysis.packages.relaxed import gained, lottery, measured

__all__ = ["STRICT", "TIES", "TO_THE_END", "Found", "Progress", "search"]

Progress = Callable[[int, int], None] | None
# A gain, as a part of the most that a party could gain, from which it is one; and how far a floor gives way.
STRICT = 1e-11
_FLOOR = -1e-12
# From where least gains are measured: so far below the floor that what just reaches it counts as a gain.
_BASE = -1e-11
# How near a bound must come to what it bounds: a sum of logarithms, and a least gain.
_PRODUCT, _LEAST = 2e-10, 5e-13
# Numbers that open nodes may hold, and how many nodes at least and at most.
_ROOM, _FEWEST, _MOST = 8_000_000, 256, 20_000
# Nodes that only tie, looked at to tell equals apart once the value is proved.
TIES, TO_THE_END = 20_000, 1 << 62
# Gains that are the same; and below which somebody hardly gains, as a part of the most.
_SAME, _TIGHT = 1e-11, 1e-3
# Times that a lottery is bettered in all issues: at a node, and at the first; and every which node is climbed from.
_SWEEPS, _FIRST, _CLIMB = 16, 2_000, 8
_CHUNK = 64


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found: rows of the grid (empty: nothing) and their value.

    No package is worth more than `bound`; `proved` says that the value comes up to it, `told` that nothing is left to
    be looked at, `nodes` how many were.
    """

    rows: tuple[int, ...]
    value: float
    bound: float
    proved: bool
    told: bool
    nodes: int


@compiled()
def _value(problem: Any, gain: Any) -> float:  # noqa: ANN401  # numba compiles it for what comes
    """What a package is worth by its gains; minus infinity where it is not acceptable."""
    _, _, weight, least = problem
    total = np.inf if least else 0.0
    for p in range(gain.size):
        if weight[p] > 0:
            if least:
                total = min(total, gain[p])
            elif gain[p] <= STRICT:
                return -np.inf
            else:
                total += weight[p] * np.log(gain[p])
        elif gain[p] < _FLOOR:
            return -np.inf
    return -np.inf if least and total < _FLOOR else total


@compiled()
def _sorted(problem: Any, gain: Any, into: Any) -> None:  # noqa: ANN401  # as above
    """The gains of those who count, least first."""
    count = 0
    for p in range(gain.size):
        if problem[2][p] > 0:
            into[count] = gain[p]
            count += 1
    into[:count].sort()


@compiled()
def _ranked(rows: Any, best: Any) -> int:  # noqa: ANN401  # as above
    """1 where a package is better for the worst off of whom it is not the same (leximin), -1 where it is worse.

    Where it is the same for all: 1 where it comes first in the order of options.
    """
    _, choice, ranked, fresh = best
    for k in range(fresh.size):
        if abs(fresh[k] - ranked[k]) > _SAME:
            return 1 if fresh[k] > ranked[k] else -1
    for k in range(choice.size):
        if rows[k] != choice[k]:
            return 1 if rows[k] < choice[k] else -1
    return 0


@compiled()
def _better(problem: Any, gain: Any, rows: Any, best: Any, tie: bool) -> bool:  # noqa: ANN401, FBT001  # as above
    """Keep a package that is better than the best known, or as good and better for the next worst off."""
    value, own, choice = _value(problem, gain), best[0], best[1]
    if value == -np.inf or value < own[0] - _SAME or (value <= own[0] and not tie):
        return False
    if tie:
        _sorted(problem, gain, best[3])
        if choice[0] >= 0 and _ranked(rows, best) <= 0:
            return False
        best[2][:] = best[3]
    own[0] = max(own[0], value)
    choice[:] = rows
    return True


@compiled()
def _after(problem: Any, gain: Any, out: int, into: int, change: Any) -> Any:  # noqa: ANN401  # as above
    """The gains, into `change`, and the sum of the functions, with one option for another."""
    values, _, weight, _ = problem
    for p in range(gain.size):
        change[p] = gain[p] + values[into, p] - values[out, p]
    return measured(weight, change)


@compiled()
def _pair(problem: Any, rows: Any, gain: Any, level: float, room: Any) -> Any:  # noqa: ANN401  # as above
    """The two options of two issues that better the sum of the functions most, or -1."""
    starts = problem[1]
    found, one, other = level, -1, -1
    for i in range(rows.size):
        for a in range(starts[i], starts[i + 1]):
            if a != rows[i]:
                _after(problem, gain, rows[i], a, room[0])
                for j in range(i):
                    for b in range(starts[j], starts[j + 1]):
                        level = _after(problem, room[0], rows[j], b, room[1])
                        if level > found and b != rows[j]:
                            found, one, other = level, a, b
    return found, one, other


@compiled()
def _single(problem: Any, rows: Any, gain: Any, level: float, room: Any) -> Any:  # noqa: ANN401  # as above
    """The option that betters the sum of the functions most, or -1."""
    starts = problem[1]
    found, one = level, -1
    for i in range(rows.size):
        for a in range(starts[i], starts[i + 1]):
            level = _after(problem, gain, rows[i], a, room[0])
            if level > found and a != rows[i]:
                found, one = level, a
    return found, one


@compiled()
def _climbed(problem: Any, rows: Any, gain: Any, two: bool) -> None:  # noqa: ANN401, FBT001  # as above
    """Change one option, or two at a time, while that betters the sum of the functions."""
    values, starts, weight, _ = problem
    room = (np.empty(gain.size), np.empty(gain.size))
    level = measured(weight, gain)
    while True:
        least = level + 1e-12 * max(1.0, abs(level))
        level, one = _single(problem, rows, gain, least, room)
        other = -1
        if one < 0 and two:
            level, one, other = _pair(problem, rows, gain, least, room)
        if one < 0:
            return
        for row in (one, other):
            if row >= 0:
                issue = np.searchsorted(starts, row, "right") - 1
                for p in range(gain.size):
                    gain[p] += values[row, p] - values[rows[issue], p]
                rows[issue] = row


@compiled()
def _tried(problem: Any, low: Any, held: Any, best: Any, gain: Any, rows: Any, depth: int, tie: bool) -> None:  # noqa: ANN401, FBT001, PLR0913, PLR0917  # as above
    """Round a lottery, climb from there (`depth` 1: one option at a time, 2: two), and keep what is better."""
    values, starts, weight, least = problem
    for k in range(rows.size):
        rows[k] = starts[k] + np.argmax(held[starts[k] : starts[k + 1]])
    for p in range(gain.size):
        gain[p] = -low[p]
        for k in range(rows.size):
            gain[p] += values[rows[k], p]
    better = _better(problem, gain, rows, best, tie)
    while depth > 0:
        if least and best[0][0] > -np.inf:
            for p in range(gain.size):
                gain[p] -= best[0][0] if weight[p] > 0 else 0.0
        _climbed(problem, rows, gain, depth > 1 or better)
        for p in range(gain.size):
            gain[p] = -low[p]
            for k in range(rows.size):
                gain[p] += values[rows[k], p]
        better = _better(problem, gain, rows, best, tie)
        if not better:
            return


@compiled()
def _spread(problem: Any, held: Any, gain: Any, issue: int) -> Any:  # noqa: ANN401  # as above
    """What mixing an issue gains, to the second order: the variance of each party, by the square of its gain."""
    values, starts, weight, least = problem
    spread = 0.0
    for p in range(weight.size):
        mean, square = 0.0, 0.0
        for row in range(starts[issue], starts[issue + 1]):
            mean += held[row] * values[row, p]
            square += held[row] * values[row, p] * values[row, p]
        scale = max(gain[p], _TIGHT)
        if weight[p] > 0 or gain[p] < _TIGHT:
            spread += (1.0 if least else max(weight[p], _TIGHT)) * (square - mean * mean) / (scale * scale)
    return spread


@compiled()
def _second(starts: Any, mask: Any, held: Any, lacks: Any, issue: int) -> Any:  # noqa: ANN401  # as above
    """What the best of the other options of an issue lacks; infinity where it is settled."""
    best, least = -1, np.inf
    for row in range(starts[issue], starts[issue + 1]):
        if mask[row] and (best < 0 or held[row] > held[best]):
            best = row
    for row in range(starts[issue], starts[issue + 1]):
        if mask[row] and row != best:
            least = min(least, lacks[row])
    return least


@compiled()
def _mixed(problem: Any, mask: Any, held: Any, gain: Any, lacks: Any) -> int:  # noqa: ANN401  # as above
    """The open issue that gains most by being mixed; where none is, the one nearest to it; -1 where all are settled."""
    starts = problem[1]
    pick, most, near, close = -1, 1e-12, -1, np.inf
    for issue in range(starts.size - 1):
        second = _second(starts, mask, held, lacks, issue)
        if second == np.inf:
            continue
        if second < close:
            near, close = issue, second
        spread = _spread(problem, held, gain, issue)
        if spread > most:
            pick, most = issue, spread
    return pick if pick >= 0 else near


@compiled()
def _next(pool: Any, state: Any) -> Any:  # noqa: ANN401  # as above
    """The node to look at: the one just made that looks best; else of the best bound; the newest where room ends."""
    _, _, bounds, live = pool
    if state[1] >= 0:
        return state[1]
    found = -1
    if 4 * state[0] < 3 * live.size:
        for at in range(state[4]):
            if live[at] and (found < 0 or bounds[at] > bounds[found]):
                found = at
    else:
        for at in range(state[4]):
            if live[at] and (found < 0 or live[at] > live[found]):
                found = at
    return found


@compiled()
def _put(pool: Any, state: Any, at: int, issue: Any, lacks: Any) -> Any:  # noqa: ANN401  # as above
    """A node as `at`, but of an issue (its rows) only what is held of it (`kept` a row), or only what is not (-1)."""
    masks, helds, _, live = pool
    first, last, kept, best = issue
    place = 0
    while live[place] or place == at:
        place += 1
    state[0] += 1
    state[4] = max(state[4], place + 1)
    live[place] = state[2]
    masks[place] = masks[at]
    helds[place] = helds[at]
    likely = -1
    for row in range(first, last):
        if not (row == kept or (kept < 0 and row != best and helds[at, row] <= 0)):
            masks[place, row] = 0
        helds[place, row] = 0.0
        if masks[place, row] and (likely < 0 or lacks[row] < lacks[likely]):
            likely = row
    helds[place, likely] = 1.0
    return place, lacks[likely]


@compiled()
def _split(problem: Any, pool: Any, state: Any, at: int, issue: int, bounded: Any, lacks: Any) -> None:  # noqa: ANN401, PLR0913, PLR0917  # as above
    """Nodes for the options held of an issue, and one for all others; the most likely is looked at next."""
    masks, helds, bounds, _ = pool
    first, last = problem[1][issue], problem[1][issue + 1]
    best, others = -1, 0
    for row in range(first, last):
        if masks[at, row] and (best < 0 or helds[at, row] > helds[at, best]):
            best = row
    state[1] = -1
    for row in range(first, last):
        if row != best and masks[at, row] and helds[at, row] <= 0:
            others += 1
        elif masks[at, row]:
            place, lack = _put(pool, state, at, (first, last, row, best), lacks)
            bounds[place] = min(bounded[0], bounded[1] - lack)
            if row == best:
                state[1] = place
    if others:
        place, lack = _put(pool, state, at, (first, last, -1, best), lacks)
        bounds[place] = min(bounded[0], bounded[1] - lack)


@compiled()
def _struck(problem: Any, mask: Any, held: Any, lacks: Any, spare: float) -> None:  # noqa: ANN401  # as above
    """Strike out the options that lack more than there is to spare."""
    starts = problem[1]
    for issue in range(starts.size - 1):
        for row in range(starts[issue], starts[issue + 1]):
            if mask[row] and held[row] <= 0 and lacks[row] >= spare:
                mask[row] = 0


@compiled()
def _bounded(problem: Any, low: Any, node: Any, cut: float, sweeps: int, room: Any) -> Any:  # noqa: ANN401  # as above
    """The bounds of a node, of which the lottery is bettered; gains are left in `room`."""
    _, _, weight, least = problem
    gain, floor = room[3], room[4]
    base = max(cut, _BASE) if least else cut
    for p in range(low.size):
        floor[p] = low[p] + base if least and weight[p] > 0 else low[p]
    gained(problem[0], node[1], floor, gain)
    return lottery(problem, node[0], node[1], gain, base, sweeps, (room[0], room[1], room[2]))


@compiled()
def _taken(pool: Any, state: Any, tied: float) -> Any:  # noqa: ANN401  # as above
    """Take the next node; one that only ties is not gone on with before the others are done."""
    if state[1] >= 0 and pool[2][state[1]] <= tied:
        state[1] = -1
    at = _next(pool, state)
    state[1] = -1
    pool[3][at] = 0
    state[0] -= 1
    return at


@compiled()
def _searched(problem: Any, low: Any, pool: Any, state: Any, best: Any, limits: Any) -> None:  # noqa: ANN401  # as above
    """Look at so many nodes.

    `state`: open nodes, the next (-1: to be chosen), nodes so far, of them such as only tie, and how much of the pool
    was ever used.
    """
    masks, helds, bounds, live = pool
    budget, ties, enough = limits
    tie, least, slack = ties > 0, problem[3], _LEAST if problem[3] else _PRODUCT
    lacks, each = np.empty(masks.shape[1]), np.empty((4, low.size))
    room = (lacks, each[0], each[1], each[2], each[3])
    rows = np.empty(best[1].size, np.int64)
    until = state[2] + budget
    while state[0] > 0 and state[2] < until and best[0][0] < enough:
        cut = best[0][0] - _SAME if tie else best[0][0] + slack
        at = _taken(pool, state, best[0][0] + slack if tie else -np.inf)
        if bounds[at] <= cut:
            continue
        if tie and bounds[at] <= best[0][0] + slack:
            state[3] += 1
            if state[3] > ties:
                live[at] = state[2]
                state[0] += 1
                return
        state[2] += 1
        bound, now = _bounded(problem, low, (masks[at], helds[at]), cut, _FIRST if state[2] == 1 else _SWEEPS, room)
        bounds[at] = min(bounds[at], bound)
        if bounds[at] <= cut:
            continue
        issue = _mixed(problem, masks[at], helds[at], room[3], room[0])
        depth = 2 if state[2] == 1 else int(state[2] % _CLIMB == 0 or not least)
        _tried(problem, low, helds[at], best, room[3], rows, depth, tie)
        cut = best[0][0] - _SAME if tie else best[0][0] + slack
        if issue >= 0 and bounds[at] > cut:
            _struck(problem, masks[at], helds[at], room[0], now - cut)
            _split(problem, pool, state, at, issue, (bounds[at], now), room[0])


def search(  # noqa: PLR0913  # what a search depends on
    grid: Grid,
    low: Floats,
    weight: Floats,
    *,
    aim: Literal["product", "least"],
    seconds: float | None = None,
    ties: int = 0,
    enough: float = np.inf,
    progress: Progress = None,
) -> Found:
    """The package with the largest Σ weight · ln(gain), or the largest least gain.

    Gains are values less `low`, of about one where they are large. Who has weight 0 must only not lose; with `least`
    nobody may. `ties` is how many nodes that only tie are looked at so as to choose among equals (`least`: who is
    worse off decides); a search ends early at a value of `enough`, and after so many seconds.
    """
    count, issues = grid.values.shape[0], len(grid.starts) - 1
    size = max(_FEWEST, min(_MOST, _ROOM // count)) + 2 * int(np.diff(grid.starts).max())
    pool = (np.zeros((size, count), np.uint8), np.zeros((size, count)), np.zeros(size), np.zeros(size, np.int64))
    pool[0][0] = 1
    pool[1][0] = np.repeat(1.0 / np.diff(grid.starts), np.diff(grid.starts))
    pool[2][0], pool[3][0] = np.inf, 1
    state = np.array([1, 0, 0, 0, 1])
    own: tuple[Floats, Wholes, Floats, Floats] = (
        np.array([-np.inf]),
        np.full(issues, -1),
        np.full(len(low), -np.inf),
        np.empty(len(low)),
    )
    problem = (grid.values, grid.starts, weight, aim == "least")
    end, chunk = monotonic() + (seconds or np.inf), _CHUNK
    while state[0] and state[3] <= ties and own[0][0] < enough:
        begun = monotonic()
        if begun >= end:
            break
        _searched(problem, low, pool, state, own, (chunk, ties, enough))
        if progress is not None:
            progress(int(state[2]), int(state[2] + state[0]))
        if monotonic() - begun < 0.05:  # noqa: PLR2004  # seconds between looks at the clock
            chunk *= 2
    value = float(own[0][0])
    bound = max(value, float(pool[2][pool[3] > 0].max(initial=-np.inf)))
    rows = tuple(own[1].tolist()) if own[1][0] >= 0 else ()
    proved = bool(rows) and bound - value <= (_LEAST if aim == "least" else _PRODUCT)
    return Found(rows=rows, value=value, bound=bound, proved=proved, told=not state[0], nodes=int(state[2]))
