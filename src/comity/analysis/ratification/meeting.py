"""The chance that a rule is met when each member joins independently with a chance of its own.

Whoever is sure to be in, or out, is settled first. Then exactly: by a table over the capped sums of the rule's
conditions (a Poisson binomial where it only counts; a double majority in two dimensions), where that table is short; by
meeting in the middle, where one condition weighs few members in large numbers and the others only count. Else by
simulation, with its standard error.
"""

from collections.abc import Mapping, Sequence
from math import ceil, prod

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.ratification.halves import MOST, reached
from comity.analysis.voting.games import Game

__all__ = ["Chance", "meeting", "meetings"]

Floats = NDArray[np.float64]
_MOST_STATES = 60_000
# Cells of all tables held at once; steps of cells over which an exact answer is worth its time.
_CELLS, _WORK = 4_000_000, 4_000_000_000
_DRAWS = 20_000


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """A chance, and its standard error where it was simulated (None: exact but for rounding)."""

    chance: float
    error: float | None


def meeting(game: Game, chances: Mapping[str, float], seed: int = 0) -> Chance:
    """The chance that a coalition wins whose members each join with their own chance (left out: 0)."""
    one = np.array([[[chances.get(player, 0.0) for player in game.players]]])
    return meetings(game, np.ones(1), one, seed)[0]


def meetings(game: Game, weights: Floats, chances: Floats, seed: int = 0, *, exact: bool = True) -> list[Chance]:
    """The chance that a coalition wins, for each of many cases: `chances` is cases × values × players.

    The values are those of something unknown that moves all players together, and `weights` their chances (they add up
    to one). Simulated cases share their random numbers: their differences are surer than they. Where that would take
    seconds, a double majority is not counted unless it is to be `exact`.
    """
    cases, values, players = chances.shape
    flat = chances.reshape(cases * values, players)
    sure, open_ = (flat == 1).all(axis=0), ~((flat == 0).all(axis=0) | (flat == 1).all(axis=0))
    tables = np.array([one.weights for one in game.thresholds], np.int64).reshape(len(game.thresholds), players)
    needs = [max(one.quota - int(row[sure].sum()), 0) for one, row in zip(game.thresholds, tables, strict=True)]
    asked = [at for at, need in enumerate(needs) if need > 0]
    ways = [[asked.index(at) for at in way if needs[at] > 0] for way in game.ways]
    if not ways or any(not way for way in ways):
        return [Chance(chance=float(bool(ways)), error=None)] * cases
    caps = [needs[at] for at in asked]
    short = tables[asked][:, open_]
    if (
        prod(cap + 1 for cap in caps) <= _MOST_STATES
        and prod(cap + 1 for cap in caps) * short.shape[1] * len(flat) <= _WORK
    ):
        found = _exactly(short, caps, ways, flat[:, open_]).reshape(cases, values) @ weights
        return [Chance(chance=min(float(one), 1.0), error=None) for one in found]
    if exact and (double := _double(short, caps)) is not None:
        found = _doubly(short, caps, ways, flat[:, open_], double).reshape(cases, values) @ weights
        return [Chance(chance=min(float(one), 1.0), error=None) for one in found]
    return _simulated(short, caps, ways, weights, chances[:, :, open_], seed)


def _double(tables: NDArray[np.int64], caps: Sequence[int]) -> tuple[int, int | None] | None:
    """Which condition weighs few members, and which only counts; None for any other rule."""
    counts = [at for at in range(len(caps)) if tables[at].max(initial=0) <= 1]
    heavy = [at for at in range(len(caps)) if at not in counts]
    if len(heavy) != 1 or len(counts) > 1 or np.count_nonzero(tables[heavy[0]]) > MOST:
        return None
    return heavy[0], counts[0] if counts else None


def _doubly(
    tables: NDArray[np.int64],
    caps: Sequence[int],
    ways: Sequence[Sequence[int]],
    chances: Floats,
    double: tuple[int, int | None],
) -> Floats:
    """By halves of those who have a weight (`comity.analysis.ratification.halves`)."""
    heavy, count = double
    nobody = np.zeros(tables.shape[1], np.int64)
    cap = 0 if count is None else caps[count]
    told = reached(tables[heavy], caps[heavy], nobody if count is None else tables[count], cap, chances)
    won = np.zeros(told.shape[1:])
    for way in ways:
        won[cap if count in way else 0 :, 1 if heavy in way else 0 :] = 1
    found: Floats = (told * won).sum(axis=(1, 2))
    return found


def _exactly(tables: NDArray[np.int64], caps: Sequence[int], ways: Sequence[Sequence[int]], chances: Floats) -> Floats:
    """By adding one member after another to a table of the sums so far, each capped where more changes nothing."""
    shape = tuple(cap + 1 for cap in caps)
    won = _won(caps, ways)
    found = np.empty(len(chances))
    size = max(_CELLS // prod(shape), 1)
    for begin in range(0, len(chances), size):
        some = chances[begin : begin + size]
        table = np.zeros((len(some), *shape))
        table.reshape(len(some), -1)[:, 0] = 1.0
        for at in range(some.shape[1]):
            p = some[:, at].reshape(-1, *(1 for _ in shape))
            by = tables[:, at].tolist()
            if any(by):
                table = (1 - p) * table + p * _moved(table, by)
        found[begin : begin + size] = table.reshape(len(some), -1) @ won.ravel()
    return found


def _won(caps: Sequence[int], ways: Sequence[Sequence[int]]) -> Floats:
    """Which cells of a table of capped sums win."""
    places = np.indices([cap + 1 for cap in caps])
    won = np.zeros(places.shape[1:], bool)
    for way in ways:
        won |= np.all([places[at] == caps[at] for at in way], axis=0)
    return won.astype(float)


def _moved(table: Floats, by: Sequence[int]) -> Floats:
    """The table with its sums raised; what would pass the last place stays there."""
    found = table
    for axis, shift in enumerate(by, 1):
        if not shift:
            continue
        last = found.shape[axis] - 1
        raised = np.zeros_like(found)
        kept = np.moveaxis(found, axis, 0)
        into = np.moveaxis(raised, axis, 0)
        if shift <= last:
            into[shift:] += kept[: last + 1 - shift]
        into[last] += kept[max(last + 1 - shift, 0) :].sum(axis=0)
        found = raised
    return found


def _simulated(
    tables: NDArray[np.int64],
    caps: Sequence[int],
    ways: Sequence[Sequence[int]],
    weights: Floats,
    chances: Floats,
    seed: int,
) -> list[Chance]:
    """By drawing who joins, so often for each value as its weight asks; twice at the least."""
    shares = [max(ceil(_DRAWS * share), 2) for share in weights.tolist()]
    drawn = np.random.default_rng(seed).random((sum(shares), tables.shape[1]), dtype=np.float32)
    bounds = np.concatenate([[0], np.cumsum(shares)])
    found = []
    for case in chances:
        parts = [
            _part(tables, caps, ways, drawn[begin:end] < row)
            for row, begin, end in zip(case, bounds[:-1], bounds[1:], strict=True)
        ]
        part = np.array(parts)
        each = np.maximum(part * (1 - part), 1 / _DRAWS) / np.array(shares)
        error = float(np.sqrt((weights**2 * each).sum()))
        found.append(Chance(chance=min(float(weights @ part), 1.0), error=error))
    return found


def _part(
    tables: NDArray[np.int64], caps: Sequence[int], ways: Sequence[Sequence[int]], joined: NDArray[np.bool_]
) -> float:
    # Whole numbers below 2^53: a product of floats adds them exactly, and much faster.
    enough = joined.astype(float) @ tables.T.astype(float) >= np.array(caps, float)
    won = np.zeros(len(joined), bool)
    for way in ways:
        won |= enough[:, list(way)].all(axis=1)
    return float(won.mean())
