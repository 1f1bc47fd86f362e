"""A decision rule as a simple game: which coalitions win when whoever is not for is against.

(Taylor and Zwicker, Simple Games, 1999: a game in disjunctive form over weighted games.)
"""

from collections.abc import Iterable, Mapping
from math import gcd

import msgspec

from comity.rules import Cover

__all__ = ["Game", "Weighted", "game_of"]


class Weighted(msgspec.Struct, frozen=True, kw_only=True):
    """A weighted threshold: reached when the weights of those who are for (one a player, whole) add up to `quota`."""

    weights: tuple[int, ...]
    quota: int

    @property
    def uniform(self) -> bool:
        """Whether it only counts players."""
        return len(set(self.weights)) == 1


class Game(msgspec.Struct, frozen=True, kw_only=True):
    """A simple game. A coalition wins when it reaches every threshold of one of the `ways`.

    `ways` are sets of indexes into `thresholds`. No way: nobody ever wins; an empty way: even nobody at all wins.
    """

    players: tuple[str, ...]
    thresholds: tuple[Weighted, ...]
    ways: tuple[frozenset[int], ...]

    def wins(self, sums: tuple[int, ...]) -> bool:
        """Whether a coalition wins whose members' weights add up so, one sum a threshold."""
        return any(all(sums[at] >= self.thresholds[at].quota for at in way) for way in self.ways)

    def sums(self, coalition: Iterable[str]) -> tuple[int, ...]:
        """What the members' weights add up to, one sum a threshold."""
        chosen = [self.players.index(player) for player in coalition]
        return tuple(sum(threshold.weights[at] for at in chosen) for threshold in self.thresholds)


def game_of(cover: Cover, players: Iterable[str]) -> Game:
    """The game among the players that is left of a rule (`comity.rules.two_way`); equal thresholds become one."""
    order = tuple(sorted(players))
    places: dict[Weighted, int] = {}
    moved: dict[int, int] = {}
    for at, threshold in enumerate(cover.thresholds):
        weighted = _weighted(threshold.gains, threshold.need, order)
        moved[at] = places.setdefault(weighted, len(places))
    ways = {frozenset(moved[at] for at in way) for way in cover.ways}
    # A way that asks for more than another one does adds nothing.
    least = [way for way in ways if not any(other < way for other in ways)]
    return Game(players=order, thresholds=tuple(places), ways=tuple(sorted(least, key=sorted)))


def _weighted(gains: Mapping[str, int], need: int, order: tuple[str, ...]) -> Weighted:
    """In smallest whole numbers: a quota between two multiples of the divisor is the upper one."""
    weights = tuple(gains.get(player, 0) for player in order)
    divisor = gcd(*weights) or 1
    return Weighted(weights=tuple(weight // divisor for weight in weights), quota=-(-need // divisor))
