"""The chance that a rule is met when each member joins independently with a chance of its own.

Exactly, by a table over the capped sums of the rule's conditions (a Poisson binomial where it only counts; a double
majority in two dimensions), where that table is short; else by simulation, with its standard error.
"""

from collections.abc import Mapping, Sequence
from math import prod, sqrt

import msgspec
import numpy as np

from comity.analysis.games import Game

__all__ = ["Chance", "meeting"]

_MOST_STATES = 60_000
_DRAWS = 40_000


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """A chance, and its standard error where it was simulated (None: exact but for rounding)."""

    chance: float
    error: float | None


def meeting(game: Game, chances: Mapping[str, float], seed: int = 0) -> Chance:
    """The chance that a coalition wins whose members each join with their own chance (left out: 0)."""
    p = [chances.get(player, 0.0) for player in game.players]
    caps = [max(one.quota, 0) for one in game.thresholds]
    if prod(cap + 1 for cap in caps) <= _MOST_STATES:
        return Chance(chance=_exactly(game, p, caps), error=None)
    draws = np.random.default_rng(seed).random((_DRAWS, len(p))) < np.array(p)
    sums = draws @ np.array([one.weights for one in game.thresholds], float).T
    reached = sums >= np.array([one.quota for one in game.thresholds])
    won = np.zeros(_DRAWS, bool)
    for way in game.ways:
        won |= reached[:, sorted(way)].all(axis=1)
    part = float(won.mean())
    return Chance(chance=part, error=sqrt(max(part * (1 - part), 1 / _DRAWS) / _DRAWS))


def _exactly(game: Game, p: Sequence[float], caps: Sequence[int]) -> float:
    """By adding one member after another to a table of the sums so far, each capped where more changes nothing."""
    table = np.zeros([cap + 1 for cap in caps])
    table[tuple(0 for _ in caps)] = 1.0
    for at, chance in enumerate(p):
        if not chance:
            continue
        table = (1 - chance) * table + chance * _moved(table, [one.weights[at] for one in game.thresholds])
    total = 0.0
    for sums in np.ndindex(*table.shape):
        if table[sums] and game.wins(sums):
            total += float(table[sums])
    return min(total, 1.0)


def _moved(
    table: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", by: Sequence[int]
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """The table with its sums raised; what would pass the last place stays there."""
    found = table
    for axis, shift in enumerate(by):
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
