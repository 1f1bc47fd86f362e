"""Counting the coalitions of a simple game by their size, exactly: by kinds of member, or by halves.

- *By states*: members with equal weights under every condition are of one kind. How many coalitions have which sums is
  a table over the sums, capped at the quotas; it is short where members are of few kinds or weights are small.
- *By halves* (Horowitz and Sahni, 1974): where all conditions that do not only count members are about one weight, a
  coalition wins when its weight reaches what its size asks for. Each half of the members is listed by size and sorted
  by weight; for each coalition of one half, those of the other that complete it are found by bisection. For some forty
  members.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import comb

import msgspec
import numpy as np

from comity.analysis.voting.axes import Axes, Corner
from comity.analysis.voting.games import Game

__all__ = ["BySize", "TooManyError", "by_halves", "by_states", "halves_are_worth", "members_for_halves"]

# States that a table may have, times the members that pass through it.
_MOST_STATES = 400_000
_MOST_HALVES = 40
# Numbers of tables that are there at once, however few members there are.
_SHORT = 10_000
# How much faster a coalition of one half is looked at than a number of a table of states.
_FASTER = 25
_LARGEST = 2**62

# The weights of a member, one a threshold.
Kind = tuple[int, ...]


class TooManyError(ValueError):
    """No method here counts the coalitions of this game in reasonable time."""


class BySize(msgspec.Struct, frozen=True, kw_only=True):
    """For one member: its swings by the size of the coalition that it joins, and all winning coalitions of the game."""

    swings: tuple[int, ...]
    winning: int


def by_states(game: Game, most: int = _MOST_STATES) -> tuple[BySize, ...] | None:
    """The swings of each member, or None where the tables would have more than `most` numbers."""
    n = len(game.players)
    kinds = Counter(_kinds(game))
    if _states(game, kinds) * len(kinds) * n > most:
        return None
    winning = sum(sum(sizes) for sums, sizes in _table(game, kinds, n).items() if game.wins(sums))
    by_kind = {kind: BySize(swings=_swings(game, kinds, kind, n), winning=winning) for kind in kinds}
    return tuple(by_kind[kind] for kind in _kinds(game))


def _kinds(game: Game) -> list[Kind]:
    return [tuple(one.weights[at] for one in game.thresholds) for at in range(len(game.players))]


def _states(game: Game, kinds: Mapping[Kind, int]) -> int:
    """An upper bound of the states: of the capped sums, or of the ways to take members of each kind."""
    sums, taken = 1, 1
    for one in game.thresholds:
        sums *= max(min(one.quota, sum(one.weights)), 0) + 1
    for number in kinds.values():
        taken *= number + 1
    return min(sums, taken)


def _swings(game: Game, kinds: Mapping[Kind, int], kind: Kind, n: int) -> tuple[int, ...]:
    others = dict(kinds) | {kind: kinds[kind] - 1}
    found = [0] * n
    for sums, sizes in _table(game, others, n).items():
        joined = tuple(total + gain for total, gain in zip(sums, kind, strict=True))
        if game.wins(joined) and not game.wins(sums):
            for size, count in enumerate(sizes[:n]):
                found[size] += count
    return tuple(found)


def _table(game: Game, kinds: Mapping[Kind, int], n: int) -> dict[tuple[int, ...], list[int]]:
    """For each tuple of sums, capped at the quotas: how many coalitions of each size have them."""
    caps = [max(one.quota, 0) for one in game.thresholds]
    table = {tuple(0 for _ in caps): [1] + [0] * n}
    for kind, number in kinds.items():
        following: defaultdict[tuple[int, ...], list[int]] = defaultdict(lambda: [0] * (n + 1))
        for sums, sizes in table.items():
            for taken in range(number + 1):
                ways = comb(number, taken)
                to = following[_capped(sums, kind, taken, caps)]
                for size, count in enumerate(sizes[: n + 1 - taken]):
                    to[size + taken] += ways * count
        table = dict(following)
    return table


def _capped(sums: tuple[int, ...], kind: Kind, taken: int, caps: list[int]) -> tuple[int, ...]:
    return tuple(min(total + taken * gain, cap) for total, gain, cap in zip(sums, kind, caps, strict=True))


# By halves


def members_for_halves(game: Game) -> int:
    """Up to how many members `by_halves` counts this game: 0 where its conditions weigh in more than one way."""
    weights = Axes(game=game).weights
    small = all(sum(one) < _LARGEST for one in weights)
    return _MOST_HALVES if len(weights) <= 1 and small else 0


def halves_are_worth(game: Game) -> int:
    """How many numbers of tables of states take as long as this game by halves."""
    n = len(game.players)
    return max(_SHORT, (n << (n + 1) // 2) // _FASTER)


def by_halves(game: Game) -> tuple[BySize, ...]:
    """The swings of each member of a game with at most one weight."""
    n = len(game.players)
    axes = Axes(game=game)
    weights = np.array(axes.weights[0] if axes.weights else [0] * n, np.int64)
    asked = [_asked(corners) for corners in axes.corners]
    # Heavy members apart: the halves come out alike.
    order = sorted(range(n), key=lambda at: -int(weights[at]))
    left, right = order[::2], order[1::2]
    having, winning = _winning_with(weights, left, right, asked)
    more, _ = _winning_with(weights, right, left, asked)
    having |= more
    return tuple(BySize(swings=_joined(having[at], winning, n), winning=int(sum(winning))) for at in range(n))


def _asked(corners: Sequence[Corner]) -> int:
    """The weight from which a coalition wins, of the size whose corners these are."""
    return min((min(sum(corner), _LARGEST) for corner in corners), default=_LARGEST)


def _listed(weights: np.ndarray, members: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The weight and the size of each coalition of some members, by the binary number of its members."""
    sums, sizes = np.zeros(1, np.int64), np.zeros(1, np.int64)
    for at in members:
        sums, sizes = np.concatenate([sums, sums + weights[at]]), np.concatenate([sizes, sizes + 1])
    return sums, sizes


def _winning_with(
    weights: np.ndarray, own: list[int], other: list[int], asked: list[int]
) -> tuple[dict[int, list[int]], list[int]]:
    """The winning coalitions by size: those with each member of one half, and all of them."""
    n = len(own) + len(other)
    sums, sizes = _listed(weights, own)
    # By size, so that what is of one size lies together and is added up at once.
    order = np.argsort(sizes, kind="stable")
    sums, sizes = sums[order], sizes[order]
    starts = np.searchsorted(sizes, np.arange(len(own) + 1))
    present = [((order >> bit) & 1).astype(np.int8) for bit in range(len(own))]
    having = {at: [0] * (n + 1) for at in own}
    winning = [0] * (n + 1)
    for size, sorted_sums in _by_size(*_listed(weights, other)):
        needed = np.array([asked[size + k] for k in range(len(own) + 1)], np.int64)[sizes]
        completing = len(sorted_sums) - np.searchsorted(sorted_sums, needed - sums, side="left")
        for k, count in enumerate(np.add.reduceat(completing, starts).tolist()):
            winning[size + k] += count
        for at, mine in zip(own, present, strict=True):
            for k, count in enumerate(np.add.reduceat(completing * mine, starts).tolist()):
                having[at][size + k] += count
    return having, winning


def _by_size(sums: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for size in range(int(sizes.max()) + 1):
        yield size, np.sort(sums[sizes == size])


def _joined(having: list[int], winning: list[int], n: int) -> tuple[int, ...]:
    """The swings by the size joined: coalitions that win with the member, less those that win without it already."""
    return tuple(having[size + 1] - (winning[size] - having[size]) for size in range(n))
