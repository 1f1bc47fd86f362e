"""Games with transferable utility: what every coalition is worth, and how what all earn together can be shared.

A sharing gives everybody so much that all is shared. A coalition S objects to it where its worth v(S) is above what
its members get together, by its excess e(S) = v(S) - x(S).

- The core: sharings to which nobody objects (Gillies 1959). The least core: those whose largest excess is as small as
  can be; the core is empty exactly where that excess is above nought (Maschler, Peleg and Shapley 1979).
- The nucleolus: the sharing whose excesses, the largest first, are lexicographically the smallest, among sharings that
  give everybody at least what it has alone (Schmeidler 1969); among all sharings it is the prenucleolus, which lies in
  the least core, and the two are one where the core is not empty.
- The Shapley value: what each adds, on the average over all orders in which they come (Shapley 1953).

The nucleolus is found by `coopgame` in floats, and then proved in fractions; the rest is reckoned in fractions.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb, lcm
from typing import Any

import msgspec
import numpy as np

from comity.analysis.coalitions.stability import Payoffs

__all__ = [
    "MOST_PLAYERS",
    "Objection",
    "Sharing",
    "Worths",
    "judge",
    "nucleolus",
    "of_payoffs",
    "prenucleolus",
    "shapley",
]

# 65,536 coalitions: the nucleolus is found and proved within a second or so.
MOST_PLAYERS = 16


class Worths(msgspec.Struct, frozen=True, kw_only=True):
    """What coalitions are worth: one number each of 2^n, bit k of whose place is set where player k is in; 0 first."""

    players: tuple[str, ...]
    values: tuple[Fraction, ...]

    def total(self) -> Fraction:
        """What all are worth together."""
        return self.values[-1]

    def alone(self, player: int) -> Fraction:
        """What one player is worth alone."""
        return self.values[1 << player]


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """A coalition, what it is worth, and what its members get; its excess is what it could gain by going alone."""

    members: tuple[str, ...]
    worth: Fraction
    gets: Fraction

    @property
    def excess(self) -> Fraction:
        """What the coalition is worth above what it gets."""
        return self.worth - self.gets


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Shares by player, and who objects: how many coalitions, and the nearest to it or worst of them, worst first.

    `proved` is False where the shares are floats that no proof in fractions stands behind.
    """

    shares: tuple[Fraction, ...]
    objecting: int
    worst: tuple[Objection, ...]
    proved: bool = True

    @property
    def in_core(self) -> bool:
        """Whether nobody objects."""
        return not self.objecting

    @property
    def largest(self) -> Fraction:
        """The largest excess of a coalition that is neither nobody nor everybody."""
        return self.worst[0].excess if self.worst else Fraction(0)


def of_payoffs(payoffs: Payoffs) -> Worths:
    """What members of each coalition have together, whoever is outside standing alone (Chander and Tulkens 1997).

    Raises ValueError where players are of kinds with several in them, or more than `MOST_PLAYERS`.
    """
    n = len(payoffs.players)
    if max(payoffs.numbers) > 1:
        raise ValueError("players who are alike are not told apart")
    _check(n)
    states = np.arange(1 << n)
    total = np.zeros(1 << n, object)
    for kind in range(n):
        inside = states[states >> kind & 1 > 0]
        total[inside] += payoffs.exact(inside, kind, is_in=True)
    return Worths(players=payoffs.players, values=tuple(map(Fraction, total)))


def shapley(worths: Worths) -> tuple[Fraction, ...]:
    """The Shapley value, exactly. Raises ValueError for more than `MOST_PLAYERS`."""
    n = len(worths.players)
    _check(n)
    unit, values = _whole(worths.values)
    states = np.arange(1 << n)
    sizes = np.bitwise_count(states)
    # One order in n! begins with a coalition of the size of S and then the player, n · C(n - 1, s) as a part of all.
    common = lcm(*(n * comb(n - 1, s) for s in range(n)))
    weights = np.array([common // (n * comb(n - 1, s)) for s in range(n)], object)
    found = []
    for player in range(n):
        without = states[states >> player & 1 == 0]
        added = values[without | 1 << player] - values[without]
        found.append(Fraction(int((added * weights[sizes[without]]).sum()), unit * common))
    return tuple(found)


def prenucleolus(worths: Worths) -> tuple[tuple[Fraction, ...], bool]:
    """The prenucleolus, and whether it is proved in fractions. Raises ValueError for more than `MOST_PLAYERS`."""
    return _nucleolus(worths, "preimputation")


def nucleolus(worths: Worths) -> tuple[tuple[Fraction, ...], bool] | None:
    """The nucleolus, and whether it is proved; None where all together have less than each alone.

    Raises ValueError for more than `MOST_PLAYERS`.
    """
    if sum((worths.alone(k) for k in range(len(worths.players))), Fraction(0)) > worths.total():
        return None
    return _nucleolus(worths, "imputation")


def _nucleolus(worths: Worths, domain: str) -> tuple[tuple[Fraction, ...], bool]:
    import coopgame  # noqa: PLC0415  # takes time to load

    _check(len(worths.players))
    # Of the size of one, so that what counts as nought in floats does not depend on the unit.
    size = max(map(abs, worths.values)) or Fraction(1)
    values = [one / size for one in worths.values[1:]]
    floats = coopgame.nucleolus(coopgame.Game([float(one) for one in values]), domain=domain)["allocation"]
    proof = coopgame.certify_rational(values, floats, domain=domain)
    if proof["satisfied"]:
        return tuple(Fraction(one) * size for one in proof["allocation"]), True
    shares = [Fraction(one) * size for one in floats]
    shares[-1] = worths.total() - sum(shares[:-1], Fraction(0))
    return tuple(shares), False


def judge(worths: Worths, shares: Sequence[Fraction], *, most: int = 5, proved: bool = True) -> Sharing:
    """Who objects to a sharing: the coalitions with the largest excess first, `most` of them."""
    n = len(worths.players)
    unit, both = _whole((*worths.values, *shares))
    values, parts = both[: 1 << n], both[1 << n :]
    gets = np.zeros(1 << n, object)
    for player in range(n):
        gets[1 << player : 2 << player] = gets[: 1 << player] + parts[player]
    excess = (values - gets)[1:-1]
    # The largest excess first; of equal ones the smallest coalition.
    order = sorted(range(len(excess)), key=lambda at: (-excess[at], (at + 1).bit_count(), at))[:most]
    return Sharing(
        shares=tuple(shares),
        objecting=int((excess > 0).sum()),
        worst=tuple(
            Objection(
                members=tuple(name for k, name in enumerate(worths.players) if at + 1 >> k & 1),
                worth=Fraction(int(values[at + 1]), unit),
                gets=Fraction(int(gets[at + 1]), unit),
            )
            for at in order
        ),
        proved=proved,
    )


def _whole(values: Sequence[Fraction]) -> tuple[int, Any]:
    """Fractions as whole numbers of one over a common unit: sums of fractions take many times as long."""
    unit = lcm(*(one.denominator for one in values))
    found = np.empty(len(values), object)
    found[:] = [one.numerator * (unit // one.denominator) for one in values]
    return unit, found


def _check(players: int) -> None:
    if players > MOST_PLAYERS:
        raise ValueError(
            f"{players} players have {2**players:,} coalitions, each to be proved; {MOST_PLAYERS} players are the most"
        )
