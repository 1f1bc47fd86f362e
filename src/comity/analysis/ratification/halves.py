"""The chance of a double majority, exactly: a number of members, who together have a part of a weight.

The weights are large, so that no table holds their sums; but few members have one. They are parted in two halves, all
subsets of either are listed, and those of one that suffice beside each of the other are looked up in sorted order
(Horowitz and Sahni, 1974). The members without a weight only count (a Poisson binomial).
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST", "reached"]

Floats = NDArray[np.float64]
MOST = 36  # members with a weight: 2^18 subsets a half


def reached(weights: NDArray[np.int64], quota: int, counts: NDArray[np.int64], cap: int, chances: Floats) -> Floats:
    """The chance of each number of members, up to `cap` and more, together with the weight's quota.

    `weights` and `counts` (0 or 1) are of each player, `chances` rows × players; the answer is rows × (cap + 1) × 2:
    the weight's quota missed, and reached.
    """
    heavy = np.flatnonzero(weights)
    light = np.flatnonzero((weights == 0) & (counts > 0))
    # Large and small weights in either half.
    order = heavy[np.argsort(-weights[heavy], kind="stable")]
    one, other = (_Half(weights[part], counts[part], part) for part in (order[::2], order[1::2]))
    turn = np.argsort(other.sums, kind="stable")
    ranks = np.searchsorted(other.sums[turn], quota - one.sums)
    found = np.empty((len(chances), cap + 1, 2))
    for at, row in enumerate(chances):
        found[at] = _row(one, other, turn, ranks, row, _capped(_numbers(row[light]), cap))
    return found


class _Half:
    """All subsets of some members: what each weighs, how many it counts."""

    def __init__(self, weights: NDArray[np.int64], counts: NDArray[np.int64], members: NDArray[np.intp]) -> None:
        self.members = members
        self.sums, self.counts = _subsets(weights), _subsets(counts)

    def chances(self, row: Floats) -> Floats:
        """The chance of each subset, and of no other."""
        found = np.ones(1)
        for chance in row[self.members].tolist():
            found = np.concatenate([found * (1 - chance), found * chance])
        return found


def _subsets(values: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.zeros(1, np.int64)
    for value in values.tolist():
        found = np.concatenate([found, found + value])
    return found


def _row(
    one: _Half, other: _Half, turn: NDArray[np.intp], ranks: NDArray[np.intp], row: Floats, light: Floats
) -> Floats:
    """By the number of the first half, how many of the second suffice, and of what number they are."""
    first, second = one.chances(row), other.chances(row)[turn]
    numbers = other.counts[turn]
    cap = len(light) - 1
    most = int(one.counts.max(initial=0)) + int(numbers.max(initial=0))
    enough, all_ = np.zeros(most + 1), np.zeros(most + 1)
    own = np.bincount(one.counts, first)
    for number in range(int(numbers.max(initial=0)) + 1):
        here = np.where(numbers == number, second, 0.0)
        # The chance of those of this number from each rank on.
        above = np.concatenate([np.cumsum(here[::-1])[::-1], [0.0]])
        with_first = np.bincount(one.counts, first * above[ranks])
        enough[number : number + len(with_first)] += with_first
        all_[number : number + len(own)] += own * above[0]
    told = np.column_stack([_both(np.maximum(all_ - enough, 0), light, cap), _both(enough, light, cap)])
    return np.asarray(told)


def _both(some: Floats, others: Floats, cap: int) -> Floats:
    return _capped(np.convolve(some, others), cap)


def _capped(numbers: Floats, cap: int) -> Floats:
    """Numbers of which what is above the cap stands at it."""
    found = np.zeros(cap + 1)
    found[: min(len(numbers), cap + 1)] = numbers[: cap + 1]
    found[cap] += numbers[cap + 1 :].sum()
    return found


def _numbers(chances: Floats) -> Floats:
    """The chance of each number of independent events."""
    found = np.ones(1)
    for chance in chances.tolist():
        found = np.convolve(found, [1 - chance, chance])
    return found
