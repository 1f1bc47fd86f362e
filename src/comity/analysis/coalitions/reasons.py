"""Why a coalition holds or falls apart: who would leave first, who would join, what payments would hold it together.

What members have together beyond what each would have outside is the surplus. With equal shares of it each member has
its outside option and one share, which is one of the schemes of Eyckmans and Finus (2009): they all hold the same
coalitions together. All numbers here are exact.
"""

from collections.abc import Mapping
from fractions import Fraction

import msgspec
import numpy as np

from comity.analysis.coalitions.bits import SumGains, gain_of
from comity.analysis.coalitions.clubs import LinearGains
from comity.analysis.coalitions.stability import Membership, Payoffs, exactly

__all__ = ["Looked", "Position", "look", "look_gains", "names_of_state"]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where players of one kind stand: `many` of them in (or out), what each has, and what each would gain by moving.

    `payoff` and `otherwise` are what each has now and would have after leaving or joining alone (None where only gains
    are known); `gain` is from being in rather than out. `welcome` says of an outsider whether those who are in would
    let it in, `transfer` of a member what it gets (or gives, where negative) when the surplus is shared equally.
    """

    player: str
    many: int
    inside: bool
    payoff: Fraction | None
    otherwise: Fraction | None
    gain: Fraction
    welcome: bool = True
    transfer: Fraction | None = None

    @property
    def moves(self) -> bool:
        """Whether it gains by moving, and may."""
        return self.gain < 0 if self.inside else self.gain > 0 and self.welcome


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One coalition looked at. `leaving` and `joining` name who gains by it, who gains most first.

    `total` is what all players have together, `gap` what part of the way from nobody to everybody that is (None where
    only gains are known, or everybody together have no more than alone); `surplus` is None where nobody is in.
    """

    coalition: Mapping[str, int]
    agreement: bool
    positions: tuple[Position, ...]
    surplus: Fraction | None
    total: Fraction | None = None
    gap: Fraction | None = None

    @property
    def leaving(self) -> tuple[str, ...]:
        """Members who gain by leaving, who gains most first."""
        found = sorted((one for one in self.positions if one.inside and one.moves), key=lambda one: one.gain)
        return tuple(one.player for one in found)

    @property
    def joining(self) -> tuple[str, ...]:
        """Outsiders who gain by joining and are let in, who gains most first."""
        found = sorted((one for one in self.positions if not one.inside and one.moves), key=lambda one: -one.gain)
        return tuple(one.player for one in found)


def names_of_state(payoffs: Payoffs, state: int) -> dict[str, int]:
    """How many of each kind are in a coalition given by number; kinds of whom none is in are left out."""
    counts = payoffs.counts(np.array([state]))[0].tolist()
    return {name: many for name, many in zip(payoffs.players, counts, strict=True) if many}


def look(payoffs: Payoffs, state: int, *, membership: Membership = "open", agreement: bool = True) -> Looked:
    """One coalition, by number. Where there is a clause, `payoffs` are those with it (`with_clause`)."""
    here = exactly(payoffs, state)
    counts = payoffs.counts(np.array([state]))[0].tolist()
    rows: list[Position] = []
    for kind, (player, stride) in enumerate(zip(payoffs.players, payoffs.strides, strict=True)):
        inside, outside = here[kind]
        if inside is not None:
            alone = exactly(payoffs, state - stride)[kind][1] or Fraction(0)
            rows.append(
                Position(
                    player=player, many=counts[kind], inside=True, payoff=inside, otherwise=alone, gain=inside - alone
                )
            )
        if outside is not None:
            after = exactly(payoffs, state + stride)
            joined = after[kind][0] or Fraction(0)
            rows.append(
                Position(
                    player=player,
                    many=payoffs.numbers[kind] - counts[kind],
                    inside=False,
                    payoff=outside,
                    otherwise=joined,
                    gain=joined - outside,
                    welcome=_welcome(here, after, counts, membership),
                )
            )
    total = _total(payoffs, state)
    nobody, everybody = _total(payoffs, 0), _total(payoffs, len(payoffs.inside) - 1)
    gap = (total - nobody) / (everybody - nobody) if everybody > nobody else None
    surplus, shared = _shared(rows)
    return Looked(
        coalition=names_of_state(payoffs, state),
        agreement=agreement,
        positions=shared,
        surplus=surplus,
        total=total,
        gap=gap,
    )


def look_gains(gains: LinearGains | SumGains, members: tuple[int, ...]) -> Looked:
    """One coalition where only gains from joining are known."""
    inside = set(members)
    rows = [
        Position(
            player=gains.players[k],
            many=1,
            inside=k in inside,
            payoff=None,
            otherwise=None,
            gain=gain_of(gains, k, members),
        )
        for k in range(len(gains.players))
    ]
    surplus, shared = _shared(rows)
    return Looked(coalition={gains.players[k]: 1 for k in members}, agreement=True, positions=shared, surplus=surplus)


def _total(payoffs: Payoffs, state: int) -> Fraction:
    counts = payoffs.counts(np.array([state]))[0].tolist()
    return sum(
        (
            (inside or 0) * many + (outside or 0) * (number - many)
            for (inside, outside), many, number in zip(exactly(payoffs, state), counts, payoffs.numbers, strict=True)
        ),
        Fraction(0),
    )


def _welcome(
    here: tuple[tuple[Fraction | None, Fraction | None], ...],
    after: tuple[tuple[Fraction | None, Fraction | None], ...],
    counts: list[int],
    membership: Membership,
) -> bool:
    if membership == "open":
        return True
    lose = sum(
        many
        for many, (before, _), (then, _) in zip(counts, here, after, strict=True)
        if before is not None and then is not None and then < before
    )
    return lose == 0 if membership == "exclusive" else 2 * lose < max(sum(counts), 1)


def _shared(rows: list[Position]) -> tuple[Fraction | None, tuple[Position, ...]]:
    """The surplus, and what each member gets or gives when it is shared equally: nought in all."""
    size = sum(one.many for one in rows if one.inside)
    if not size:
        return None, tuple(rows)
    surplus = sum((one.many * one.gain for one in rows if one.inside), Fraction(0))
    return surplus, tuple(
        msgspec.structs.replace(one, transfer=surplus / size - one.gain) if one.inside else one for one in rows
    )
