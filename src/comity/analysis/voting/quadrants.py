"""Counting the coalitions of some forty members under several weights at once, by halves of the members.

Two weights: for each size, the coalitions that win lie beyond one of a few corners in the plane of the two sums. Each
half of the members is listed by size. For each coalition of one half, those of the other that complete it lie beyond a
corner too; they are counted for all of them together, the coalitions in the order of one sum, the other sum in a tree
of counts (Fenwick, 1994). More weights: every coalition is looked at, for up to 28 members.

This is meet in the middle (Horowitz and Sahni, 1974) with dominance counting in the plane (Kung, Luccio and
Preparata, 1975).
"""

from typing import Any

import msgspec
import numpy as np
from numba import prange
from numpy.typing import NDArray

from comity.analysis.compiling import ALONE, compiled
from comity.analysis.voting.axes import Axes
from comity.analysis.voting.sizes import BySize

__all__ = ["by_coalitions", "by_quadrants", "members_for_quadrants"]

_MOST_TWO, _MOST_MORE = 40, 28
# The most corners, sizes apart, that every coalition is held against.
_MOST_CORNERS = 6
_LARGEST = 2**61

Whole = NDArray[np.int64]


def members_for_quadrants(axes: Axes) -> int:
    """Up to how many members are counted so."""
    if any(sum(weights) >= _LARGEST for weights in axes.weights):
        return 0
    if len(axes.weights) <= 2:  # noqa: PLR2004  # a plane
        return _MOST_TWO
    return _MOST_MORE if max(map(len, axes.corners)) <= _MOST_CORNERS else 0


class _Half(msgspec.Struct, frozen=True, kw_only=True):
    """Every coalition of one half of the members: its sums on each axis, by size; and who is in it."""

    members: tuple[int, ...]
    sums: Whole  # (axes, coalitions)
    starts: Whole
    present: list[NDArray[np.bool_]]


def _half(axes: Axes, members: list[int]) -> _Half:
    weights = np.array(axes.weights, np.int64).reshape(-1, axes.members)
    sums = np.zeros((len(weights), 1), np.int64)
    sizes = np.zeros(1, np.int64)
    for at in members:
        sums = np.concatenate([sums, sums + weights[:, at : at + 1]], axis=1)
        sizes = np.concatenate([sizes, sizes + 1])
    # By size, then by the first sum.
    order = np.lexsort((sums[0], sizes)) if len(weights) else np.argsort(sizes, kind="stable")
    starts = np.searchsorted(sizes[order], np.arange(len(members) + 2))
    present = [((order >> bit) & 1).astype(np.bool_) for bit in range(len(members))]
    return _Half(members=tuple(members), sums=np.ascontiguousarray(sums[:, order]), starts=starts, present=present)


def _halves(axes: Axes) -> tuple[_Half, _Half]:
    # Heavy members apart: the halves come out alike.
    order = sorted(range(axes.members), key=lambda at: [-weights[at] for weights in reversed(axes.weights)])
    return _half(axes, order[::2]), _half(axes, order[1::2])


def by_quadrants(axes: Axes) -> tuple[BySize, ...]:
    """The swings of each member of a game with two weights."""

    def completing(own: _Half, other: _Half) -> Whole:
        found = np.zeros((len(own.members) + len(other.members) + 1, own.sums.shape[1]), np.int64)
        for k in range(len(other.members) + 1):
            part = slice(other.starts[k], other.starts[k + 1])
            ranked = np.sort(other.sums[1, part])
            ranks = np.searchsorted(ranked, other.sums[1, part])
            for m in range(len(own.members) + 1):
                corners = _staircase(axes, k + m)
                mine = slice(own.starts[m], own.starts[m + 1])
                if len(corners):
                    sums = (own.sums[0, mine], own.sums[1, mine])
                    _beyond(sums, other.sums[0, part], (ranks, ranked), corners, found[k + m, mine])
        return found

    return _attributed(axes, completing)


def _staircase(axes: Axes, size: int) -> Whole:
    """Quadrants that do not overlap: from a on, and from b up to below c."""
    found, above = [], _LARGEST
    for a, b in axes.corners[size]:
        found.append((a, b, above))
        above = b
    return np.array(found, np.int64).reshape(-1, 3)


def by_coalitions(axes: Axes) -> tuple[BySize, ...]:
    """The swings of each member of a game with any number of weights: every coalition is looked at."""
    most = max(map(len, axes.corners))
    corners = np.full((axes.members + 1, most, len(axes.weights)), _LARGEST, np.int64)
    for size, asked in enumerate(axes.corners):
        for at, corner in enumerate(asked):
            corners[size, at] = corner

    def completing(own: _Half, other: _Half) -> Whole:
        own_sizes = np.repeat(np.arange(len(own.members) + 1), np.diff(own.starts))
        with ALONE:
            found: Whole = _reached(own.sums, own_sizes, other.sums, other.starts, corners)
        return found

    return _attributed(axes, completing)


def _attributed(axes: Axes, completing: Any) -> tuple[BySize, ...]:  # noqa: ANN401  # a function of two halves
    """From the coalitions of one half, and how many of the other complete each to a winning one of each size."""
    left, right = _halves(axes)
    n = axes.members
    having: dict[int, list[int]] = {}
    winning: list[int] = []
    for own, other in ((left, right), (right, left)):
        found = completing(own, other)
        winning = [int(one) for one in found.sum(axis=1)]
        for at, present in zip(own.members, own.present, strict=True):
            having[at] = [int(one) for one in found[:, present].sum(axis=1)]
    return tuple(
        BySize(
            swings=tuple(having[at][size + 1] - (winning[size] - having[at][size]) for size in range(n)),
            winning=sum(winning),
        )
        for at in range(n)
    )


@compiled()
def _beyond(own: Any, first: Any, ranking: Any, corners: Any, found: Any) -> None:  # noqa: ANN401  # compiled for what comes
    """For each of one's own (in the order of the first sum): how many of the others reach a corner with it."""
    own_first, own_second = own
    ranks, ranked = ranking
    size = first.size
    tree = np.zeros(size + 1, np.int64)
    for corner in range(corners.shape[0]):
        a, b, above = corners[corner]
        tree[:] = 0
        at = size - 1
        for i in range(own_first.size):
            while at >= 0 and first[at] + own_first[i] >= a:
                node = ranks[at] + 1
                while node <= size:
                    tree[node] += 1
                    node += node & -node
                at -= 1
            low = np.searchsorted(ranked, b - own_second[i])
            high = np.searchsorted(ranked, above - own_second[i])
            node = high
            while node > 0:
                found[i] += tree[node]
                node -= node & -node
            node = low
            while node > 0:
                found[i] -= tree[node]
                node -= node & -node


@compiled(parallel=True)
def _reached(own: Any, own_sizes: Any, other: Any, starts: Any, corners: Any) -> Any:  # noqa: ANN401  # as above
    """For each of one's own, how many of the others complete it, by the size of both: every pair is looked at."""
    sizes, most, axes = corners.shape
    found = np.zeros((sizes, own_sizes.size), np.int64)
    for i in prange(own_sizes.size):
        for k in range(starts.size - 1):
            size = own_sizes[i] + k
            if corners[size, 0, 0] >= _LARGEST:
                continue
            count = 0
            for j in range(starts[k], starts[k + 1]):
                wins = False
                for at in range(most):
                    reached = True
                    for axis in range(axes):
                        reached = reached and own[axis, i] + other[axis, j] >= corners[size, at, axis]
                    wins = wins or reached
                count += wins
            found[size, i] = count
    return found
