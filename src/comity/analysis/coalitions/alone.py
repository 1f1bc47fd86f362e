"""Cooperate or go alone: what one player has inside, outside and with no agreement, whoever else is in.

A player joins a set of partners where it has more inside than outside, they staying where they are; whoever is exactly
indifferent stays out. What would change its answer:

- partners: the smallest sets of them with whom it joins;
- a transfer: what it lacks inside, and whether the partners together gain as much by its joining;
- a clause: with "no agreement below k members" a player that is the k-th chooses between being in and no agreement at
  all, and not between being in and riding free (Carraro, Marchiori and Oreffice 2009).
"""

from collections.abc import Mapping
from fractions import Fraction

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.coalitions.reasons import names_of_state
from comity.analysis.coalitions.stability import Payoffs, exactly

__all__ = ["Alone", "BySize", "Choice", "cooperate_or_not"]

_DOUBT = 1e-9


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What the player chooses between when these partners are in.

    `others` is what the partners together gain by its joining.
    """

    partners: Mapping[str, int]
    inside: Fraction
    outside: Fraction
    others: Fraction

    @property
    def gain(self) -> Fraction:
        """What it gains by being in."""
        return self.inside - self.outside

    @property
    def joins(self) -> bool:
        """Whether it joins; indifferent, it stays out."""
        return self.gain > 0

    @property
    def transfer(self) -> Fraction:
        """What it lacks to be as well off inside: a payment above it makes it join."""
        return max(-self.gain, Fraction(0))

    @property
    def affordable(self) -> bool:
        """Whether the partners gain more by its joining than it lacks."""
        return self.others > self.transfer


class BySize(msgspec.Struct, frozen=True, kw_only=True):
    """Agreements of so many members with the player: sets of partners (of kinds), in how many of them it joins.

    `joins_with_clause`: in how many it joins where a clause says that below this size there is no agreement.
    """

    members: int
    sets: int
    joins: int
    joins_with_clause: int


class Alone(msgspec.Struct, frozen=True, kw_only=True):
    """The choice of one player. `nothing` is what it has where nobody is in.

    `pivotal` are partners whose coming or going turns its answer to `choice`; `fewest` the smallest sets with whom it
    joins (the first `most`), of which there are `fewest_count`; `cheapest` the choice with the smallest transfer.
    """

    actor: str
    nothing: Fraction
    choice: Choice
    pivotal: tuple[str, ...]
    fewest: tuple[Mapping[str, int], ...]
    fewest_count: int
    cheapest: Choice
    by_size: tuple[BySize, ...]

    @property
    def joins(self) -> int:
        """With how many sets of partners it joins."""
        return sum(one.joins for one in self.by_size)

    @property
    def sets(self) -> int:
        """How many sets of partners there are."""
        return sum(one.sets for one in self.by_size)


def cooperate_or_not(
    payoffs: Payoffs, actor: str, partners: Mapping[str, int] | None = None, *, most: int = 20
) -> Alone:
    """What `actor` chooses when `partners` are in (left out: everybody else), and what would change its answer.

    Raises ValueError for an actor or partners who are not in the game, or more of a kind than there are.
    """
    if actor not in payoffs.players:
        raise ValueError(f"“{actor}” is no player")
    kind = payoffs.players.index(actor)
    stride = payoffs.strides[kind]
    counts = payoffs.counts(np.arange(len(payoffs.inside)))
    others = np.flatnonzero(counts[:, kind] < payoffs.numbers[kind])
    at = _place(payoffs, partners, kind)
    nothing = exactly(payoffs, 0)[kind][1] or Fraction(0)
    here = payoffs.inside[others + stride, kind]
    signs = _signs(payoffs, others, kind, payoffs.outside[others, kind])
    alone = _signs(payoffs, others, kind, np.full(len(others), float(nothing)), nothing)
    sizes = counts[others].sum(axis=1)
    joins = signs > 0
    fewest = others[joins & (sizes == sizes[joins].min())] if joins.any() else others[:0]
    dearest = np.argmax(np.where(np.isnan(here), -np.inf, here - payoffs.outside[others, kind]))
    answers = dict(zip(others.tolist(), joins.tolist(), strict=True))
    return Alone(
        actor=actor,
        nothing=nothing,
        choice=_choice(payoffs, at, kind),
        pivotal=tuple(
            name
            for other, (name, step) in enumerate(zip(payoffs.players, payoffs.strides, strict=True))
            for moved in (at - step if counts[at, other] else at + step,)
            if (other != kind or counts[at, kind]) and answers[moved] != answers[at]
        ),
        fewest=tuple(names_of_state(payoffs, int(state)) for state in fewest[:most]),
        fewest_count=len(fewest),
        cheapest=_choice(payoffs, int(others[dearest]), kind),
        by_size=tuple(
            BySize(
                members=int(size) + 1,
                sets=int((sizes == size).sum()),
                joins=int((joins & (sizes == size)).sum()),
                joins_with_clause=int(((alone > 0) & (sizes == size)).sum()),
            )
            for size in np.unique(sizes)
        ),
    )


def _place(payoffs: Payoffs, partners: Mapping[str, int] | None, kind: int) -> int:
    """The number of the coalition of the partners, the actor being out of it."""
    if partners is None:
        return len(payoffs.inside) - 1 - payoffs.strides[kind]
    most = dict(zip(payoffs.players, payoffs.numbers, strict=True))
    most[payoffs.players[kind]] -= 1
    for name, many in partners.items():
        if not 0 <= many <= most.get(name, -1):
            raise ValueError(f"“{name}” is no partner of {payoffs.players[kind]}, or not so often")
    return payoffs.number(partners)


def _choice(payoffs: Payoffs, at: int, kind: int) -> Choice:
    before, after = exactly(payoffs, at), exactly(payoffs, at + payoffs.strides[kind])
    counts = payoffs.counts(np.array([at]))[0].tolist()
    gained = sum(
        (
            many * (then[0] - was[0])
            for many, was, then in zip(counts, before, after, strict=True)
            if was[0] is not None and then[0] is not None
        ),
        Fraction(0),
    )
    return Choice(
        partners=names_of_state(payoffs, at),
        inside=after[kind][0] or Fraction(0),
        outside=before[kind][1] or Fraction(0),
        others=gained,
    )


def _signs(
    payoffs: Payoffs,
    others: NDArray[np.int64],
    kind: int,
    outside: NDArray[np.float64],
    nothing: Fraction | None = None,
) -> NDArray[np.int8]:
    """The sign of what it gains by being in, exactly where floats leave it in doubt."""
    stride = payoffs.strides[kind]
    inside = payoffs.inside[others + stride, kind]
    gain = inside - outside
    found: NDArray[np.int8] = np.sign(gain).astype(np.int8)
    unsure = np.flatnonzero(np.abs(gain) <= _DOUBT * max(np.abs(inside).max(), np.abs(outside).max()))
    if len(unsure):
        some = others[unsure]
        exact = payoffs.exact(some + stride, kind, is_in=True)
        exact = exact - (payoffs.exact(some, kind, is_in=False) if nothing is None else nothing)
        found[unsure] = (exact > 0).astype(np.int8) - (exact < 0).astype(np.int8)
    return found
