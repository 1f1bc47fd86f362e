"""The inverse problem: votes and a quota under which members have the power that they should have.

- For up to six members every weighted game is tried, so that the answer is the nearest there is. Weights up to 1, 1, 2,
  3, 5 and 9 represent all games of one to six members (Muroga, Toda and Kondo, 1970; the tests count the games).
- For more, weights are moved towards the power wanted again and again (Leech, Power indices as an aid to institutional
  design, 2002). The power of what is found is counted exactly, and so is its distance; that nothing is nearer is not
  proved.

Distance is the root of the sum of squares of the differences of shares.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import sqrt

import msgspec
import numpy as np

__all__ = ["Design", "best_quota", "design", "every_game", "penrose"]

_LARGEST_WEIGHT = (1, 1, 1, 2, 3, 5, 9)
_TRIED = 6
_ROUNDS, _PATIENCE = 80, 12
_QUOTAS = tuple(Fraction(part, 100) for part in range(50, 91, 2))


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """Whole votes and a quota, the shares of power under them (Banzhaf, normalised), and how far those are off.

    `proved`: no weighted rule of any votes and quota is nearer.
    """

    votes: tuple[int, ...]
    quota: int
    shares: tuple[float, ...]
    wanted: tuple[float, ...]
    distance: float
    largest: float
    proved: bool


def penrose(populations: Sequence[Fraction | int]) -> tuple[float, ...]:
    """Shares in proportion to square roots (Penrose, 1946): as much power for every citizen in a union of States."""
    roots = [sqrt(one) for one in populations]
    return tuple(root / sum(roots) for root in roots)


def best_quota(populations: Sequence[Fraction | int]) -> float:
    """The quota at which square-root votes are power, nearly: ½(1 + √ΣN / Σ√N).

    (Słomczyński and Życzkowski, From a toy model to the double square root voting system, 2007: the Jagiellonian
    Compromise.)
    """
    return (1 + sqrt(sum(populations)) / sum(map(sqrt, populations))) / 2


def design(wanted: Sequence[float], quota: Fraction | None = None, total: int = 10_000) -> Design:
    """Votes adding up to about `total` under which power is near the shares wanted (none negative, not all nought).

    `quota` is the part of the votes that is asked for, more than none and at most all; None looks for one from a half.
    Where all games are tried, both are as they come.
    """
    shares = np.array(wanted, float) / sum(wanted)
    if len(shares) <= _TRIED and quota is None:
        return _nearest(shares)
    tried = (quota,) if quota is not None else _QUOTAS
    found = [_moved(shares, one, total, _ROUNDS if quota is not None else _PATIENCE) for one in tried]
    best = min(found, key=lambda one: one.distance)
    if quota is not None:
        return best
    longer = _moved(shares, Fraction(best.quota, sum(best.votes)), total, _ROUNDS)
    return min((best, longer), key=lambda one: one.distance)


def _powers(votes: Sequence[int], quota: int) -> np.ndarray:
    from comity.analysis.voting.counting import swings_below  # noqa: PLC0415  # compiled when first used

    swings, _ = swings_below(votes, quota)
    every = sum(swings)
    return np.array([float(Fraction(one, every)) for one in swings])


def _told(votes: Sequence[int], quota: int, shares: np.ndarray, wanted: np.ndarray, *, proved: bool) -> Design:
    away = shares - wanted
    return Design(
        votes=tuple(votes),
        quota=quota,
        shares=tuple(shares.tolist()),
        wanted=tuple(wanted.tolist()),
        distance=float(np.sqrt((away**2).sum())),
        largest=float(np.abs(away).max()),
        proved=proved,
    )


def _moved(wanted: np.ndarray, part: Fraction, total: int, rounds: int) -> Design:
    """From votes as the power wanted: more for who has too little, until nothing improves."""
    weights = wanted.copy()
    best: Design | None = None
    since, force = 0, 1.0
    for _ in range(rounds):
        votes = [max(round(one), 0) for one in (weights * total / weights.sum()).tolist()]
        asked = max(1, -(-part.numerator * sum(votes) // part.denominator))
        shares = _powers(votes, asked)
        found = _told(votes, asked, shares, wanted, proved=False)
        since += 1
        if best is None or found.distance < best.distance:
            best, since = found, 0
        elif since > _PATIENCE // 2:
            force, since = force / 2, 0
            weights = np.array(best.votes, float)
            shares = np.array(best.shares)
        weights *= np.clip(np.where(shares > 0, wanted / np.maximum(shares, 1e-12), 2.0), 0.5, 2.0) ** force
    assert best is not None  # noqa: S101  # there is at least one round
    return best


def every_game(members: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every weighted game of a few members, up to their order, at least once: weights that fall, and a quota."""
    largest = _LARGEST_WEIGHT[members]
    for votes in combinations_with_replacement(range(largest, -1, -1), members):
        for quota in range(1, sum(votes) + 1):
            yield votes, quota


def _nearest(wanted: np.ndarray) -> Design:
    """The nearest game of all: each tried with the most votes for whoever should have most power."""
    n = len(wanted)
    order = np.argsort(-wanted, kind="stable")
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    best, found = np.inf, ((0,) * n, 0)
    for votes in combinations_with_replacement(range(_LARGEST_WEIGHT[n], -1, -1), n):
        if not any(votes):
            continue
        sums = members @ np.array(votes)
        quotas = np.arange(1, sum(votes) + 1)
        wins = sums[None, :] >= quotas[:, None]
        having = wins.astype(float) @ (2 * members - 1)
        shares = having / having.sum(axis=1, keepdims=True)
        away = ((shares - wanted[order]) ** 2).sum(axis=1)
        at = int(np.argmin(away))
        if away[at] < best - 1e-15:  # rounding
            best, found = float(away[at]), (votes, int(quotas[at]))
    votes_of = [0] * n
    for place, vote in zip(order.tolist(), found[0], strict=True):
        votes_of[place] = vote
    return _told(votes_of, found[1], _powers(votes_of, found[1]), wanted, proved=True)
