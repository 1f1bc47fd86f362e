"""A simple game on the axes of its weights: which sums a coalition of each size must reach to win.

Thresholds over the same weights share an axis; thresholds that only count members are none: they say which sizes do.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from comity.analysis.voting.games import Game

__all__ = ["Axes", "Corner"]

# What is asked on each axis, all at once.
Corner = tuple[int, ...]


class Axes(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A game in which coalitions are seen by their size and by one sum an axis."""

    game: Game

    @property
    def members(self) -> int:
        """How many members vote."""
        return len(self.game.players)

    @cached_property
    def weights(self) -> tuple[tuple[int, ...], ...]:
        """The distinct weights that tell members apart, the heaviest axis last."""
        used = {one.weights for one in self.game.thresholds if not one.uniform}
        return tuple(sorted(used, key=lambda weights: (sum(weights), weights)))

    @property
    def counts(self) -> bool:
        """Whether the number of members matters too."""
        return any(one.uniform for one in self.game.thresholds)

    @cached_property
    def corners(self) -> tuple[tuple[Corner, ...], ...]:
        """For each size: what has to be reached; any one corner is enough, and none asks for all that another does."""
        return tuple(_least(self._asked(size)) for size in range(self.members + 1))

    def _asked(self, size: int) -> Iterator[Corner]:
        thresholds = self.game.thresholds
        for way in self.game.ways:
            chosen = [thresholds[at] for at in way]
            possible = all(one.quota <= sum(one.weights) for one in chosen)
            if possible and all(one.quota <= size * one.weights[0] for one in chosen if one.uniform):
                yield tuple(
                    max((one.quota for one in chosen if one.weights == weights and not one.uniform), default=0)
                    for weights in self.weights
                )


def _least(corners: Iterable[Corner]) -> tuple[Corner, ...]:
    found = sorted({tuple(max(part, 0) for part in corner) for corner in corners})
    return tuple(one for one in found if not any(other != one and all(map(int.__le__, other, one)) for other in found))
