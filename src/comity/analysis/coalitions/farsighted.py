"""Farsighted stability: players who look at where a step will end, not only at the next one.

A state is a coalition of single players. From one to another a group moves: all whose being in or out changes, together
or one player at a time; where membership is exclusive, whoever joins also needs all who stay in. State s is indirectly
dominated by t when a chain of moves leads from s to t and every group that moves on the way would strictly rather be in
t than where it moves from. The largest consistent set (Chwe, Farsighted coalitional stability, Journal of Economic
Theory 63, 1994) is the largest set of states from each of which no group has a move worth the risk: wherever it moves,
the move may end (there, or in a state that dominates it indirectly) in a state of the set that not all of the group
strictly prefer. It rules out with confidence: a state that is not in it is not stable; one that is in it may be.

Payoffs are compared exactly; whoever is exactly indifferent does not move.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.coalitions.stability import Membership, Payoffs

__all__ = ["MOST_FARSIGHTED", "Farsighted", "largest_consistent_set"]

# States times states times states are looked at: 2^27 for nine.
MOST_FARSIGHTED = 9
Moves = Literal["together", "one"]


class Farsighted(msgspec.Struct, frozen=True, kw_only=True):
    """The largest consistent set: the numbers of its coalitions, and in how many rounds the others fell out."""

    consistent: tuple[int, ...]
    rounds: int


def largest_consistent_set(
    payoffs: Payoffs,
    *,
    moves: Moves = "together",
    membership: Membership = "open",
    progress: Callable[[int, int], None] | None = None,
) -> Farsighted:
    """The largest consistent set of coalitions of single players.

    Raises ValueError for more than `MOST_FARSIGHTED` players, for kinds of several players, and for admission by
    majority, which says nothing of who moves.
    """
    n = len(payoffs.players)
    if n > MOST_FARSIGHTED or max(payoffs.numbers) > 1:
        raise ValueError(f"farsighted stability is looked for among up to {MOST_FARSIGHTED} single players")
    if membership == "majority":
        raise ValueError("farsighted stability knows open and exclusive membership, not admission by majority")
    states = np.arange(1 << n)
    ranks = _ranks(payoffs, states)
    better = _better(ranks)
    group = _groups(states, membership)
    can = states[:, None] != states
    if moves == "one":
        can &= np.bitwise_count(states[:, None] ^ states) == 1
    reaches = _dominated(better, group, can, progress)
    return _consistent(better, group, can, reaches)


def _ranks(payoffs: Payoffs, states: NDArray[np.int64]) -> NDArray[np.int64]:
    """What place each state has in the order of each player, equal where payoffs are: an array (players, states)."""
    rows = []
    for kind in range(len(payoffs.players)):
        inside = (states >> kind & 1).astype(bool)
        values = np.empty(len(states), object)
        for is_in in (True, False):
            values[inside == is_in] = payoffs.exact(states[inside == is_in], kind, is_in=is_in)
        order = {value: place for place, value in enumerate(sorted(set(values)))}
        rows.append([order[value] for value in values])
    return np.array(rows)


def _better(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Who strictly prefers the second state to the first, as bits: an array (states, states)."""
    found = np.zeros((ranks.shape[1],) * 2, np.int64)
    for kind, row in enumerate(ranks):
        found |= (row[:, None] < row).astype(np.int64) << kind
    return found


def _groups(states: NDArray[np.int64], membership: Membership) -> NDArray[np.int64]:
    """Who must move for the first state to become the second, as bits."""
    change = states[:, None] ^ states
    if membership == "open":
        return change
    joins = (states & ~states[:, None]) != 0
    return change | np.where(joins, states[:, None] & states, 0)


def _dominated(
    better: NDArray[np.int64],
    group: NDArray[np.int64],
    can: NDArray[np.bool_],
    progress: Callable[[int, int], None] | None,
) -> NDArray[np.bool_]:
    """Whether the first state is indirectly dominated by the second: an array (states, states)."""
    many = len(better)
    found = np.zeros((many, many), bool)
    for end in range(many):
        prefers = better[:, end]
        # A step is taken when everybody who must move prefers the end to where it moves from.
        steps = can & ((group & ~prefers[:, None]) == 0)
        reached = np.zeros(many, bool)
        frontier = np.zeros(many, bool)
        frontier[end] = True
        while frontier.any():
            frontier = steps[:, frontier].any(axis=1) & ~reached
            reached |= frontier
        found[:, end] = reached
        if progress is not None:
            progress(end + 1, many)
    return found


def _consistent(
    better: NDArray[np.int64], group: NDArray[np.int64], can: NDArray[np.bool_], reaches: NDArray[np.bool_]
) -> Farsighted:
    many = len(better)
    ends: NDArray[Any] = reaches | np.eye(many, dtype=bool)
    kept = np.ones(many, bool)
    rounds = 0
    while True:
        rounds += 1
        falls = [state for state in np.flatnonzero(kept) if _moves_away(int(state), better, group, can, ends & kept)]
        if not falls:
            return Farsighted(consistent=tuple(np.flatnonzero(kept).tolist()), rounds=rounds)
        kept[falls] = False


def _moves_away(
    state: int, better: NDArray[np.int64], group: NDArray[np.int64], can: NDArray[np.bool_], ends: NDArray[np.bool_]
) -> bool:
    """Whether some group has a move from a state that can only end where all of it strictly prefers to be."""
    moved = np.flatnonzero(can[state])
    some_stays = (group[state, moved][:, None] & ~better[state]) != 0
    return bool((~(ends[moved] & some_stays).any(axis=1)).any())
