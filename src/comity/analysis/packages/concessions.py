"""The negotiation dance: what each party conceded from proposal to proposal, and how far it is from good packages.

A step from a party's last proposal to its next is of one of six kinds, by what it changes for itself and for another
(Hindriks, Jonker and Tykhonov, 2007, Negotiation dynamics: fortunate, selfish, concession, unfortunate, nice, silent).
Toward all others together what they have is added up in parts of the range between the worst and the best package of
each.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from comity.analysis.packages.fronts import frontier
from comity.analysis.packages.offers import Floats, Offer, TooLargeError, checked, grid
from comity.analysis.packages.programs import most
from comity.analysis.packages.solutions import solve

__all__ = ["Dance", "Mover", "Proposal", "concessions", "kind"]

Kind = Literal["fortunate", "selfish", "concession", "unfortunate", "nice", "silent"]
_SAME = 1e-12


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal. `kind` of the step from the party's last one (None: its first), `toward` the same by other party.

    `unclaimed` is what all could gain beyond it, nobody losing, in parts of ranges added up: 0 on the Pareto front.
    `to_front` and `to_nash` are distances in parts of ranges (Euclidean); None where they are not to be had.
    """

    party: str
    choice: tuple[int, ...]
    utility: tuple[float, ...]
    acceptable: bool
    change: float | None
    kind: Kind | None
    toward: tuple[tuple[str, Kind], ...]
    unclaimed: float | None
    to_front: float | None
    to_nash: float | None


class Mover(msgspec.Struct, frozen=True, kw_only=True):
    """One party over all its proposals: what it conceded from first to last, and what that gave the others.

    In parts of ranges. `sensitivity` is how many of its steps were good for the others, for one that was not (None:
    all were).
    """

    party: str
    proposals: int
    conceded: float
    given: float
    steps: dict[str, int]
    sensitivity: float | None


class Dance(msgspec.Struct, frozen=True, kw_only=True):
    """All proposals in order, and each party that made some; `nash` is the package that the Nash solution picks."""

    proposals: tuple[Proposal, ...]
    movers: tuple[Mover, ...]
    nash: tuple[int, ...] | None


def kind(own: float, other: float) -> Kind:
    """Which of the six a step is that changes what one has by `own`, and what the other has by `other`."""
    if abs(own) <= _SAME:
        return "nice" if other > _SAME else "silent" if other >= -_SAME else "unfortunate"
    if own > 0:
        return "fortunate" if other > _SAME else "selfish"
    return "concession" if other >= -_SAME else "unfortunate"


def concessions(offer: Offer, history: Sequence[tuple[int, tuple[int, ...]]], *, seconds: float | None = None) -> Dance:
    """The proposals in order, each a party's number and a package. Raises ValueError as `checked`, and for none."""
    if not history:
        raise ValueError("there are no proposals")
    table = grid(checked(offer))
    chiefs = len(offer.parties) - offer.guards
    highest = np.maximum.reduceat(table.values, table.starts[:-1], axis=0).sum(axis=0)[:chiefs]
    lowest = np.minimum.reduceat(table.values, table.starts[:-1], axis=0).sum(axis=0)[:chiefs]
    size: Floats = np.where(highest > lowest, highest - lowest, 1.0)
    nash = solve(offer, "nash", seconds=seconds).choice
    front = _front(offer, lowest)
    own: dict[int, list[Floats]] = {}
    proposals = []
    for party, choice in history:
        utility = offer.worth(choice)
        have = np.array(utility[:chiefs]) / size
        before = own.setdefault(party, [])
        step = have - before[-1] if before else None
        before.append(have)
        proposals.append(
            Proposal(
                party=offer.parties[party],
                choice=choice,
                utility=utility,
                acceptable=all(a >= b for a, b in zip(utility, offer.disagreement, strict=True)),
                change=None if step is None else float(step[party]),
                kind=None if step is None else kind(float(step[party]), float(step.sum() - step[party])),
                toward=()
                if step is None
                else tuple(
                    (offer.parties[other], kind(float(step[party]), float(step[other])))
                    for other in range(chiefs)
                    if other != party
                ),
                unclaimed=_unclaimed(offer, utility, size, seconds),
                to_front=None if front is None else float(np.sqrt(((front / size - have) ** 2).sum(axis=1)).min()),
                to_nash=None if nash is None else float(np.linalg.norm(offer.worth(nash)[:chiefs] / size - have)),
            )
        )
    movers = tuple(_mover(offer, party, have, proposals) for party, have in sorted(own.items()))
    return Dance(proposals=tuple(proposals), movers=movers, nash=nash)


def _mover(offer: Offer, party: int, have: Sequence[Floats], proposals: Sequence[Proposal]) -> Mover:
    moved = have[-1] - have[0]
    kinds = Counter(one.kind for one in proposals if one.party == offer.parties[party] and one.kind)
    good = sum(kinds[one] for one in ("fortunate", "nice", "concession"))
    bad = sum(kinds.values()) - good
    return Mover(
        party=offer.parties[party],
        proposals=len(have),
        conceded=float(-moved[party]),
        given=float(moved.sum() - moved[party]),
        steps=dict[str, int](kinds.items()),
        sensitivity=good / bad if bad else None,
    )


def _front(offer: Offer, lowest: Floats) -> Floats | None:
    """What parties have from each package that no other betters, acceptable or not; None where there are too many."""
    free = msgspec.structs.replace(
        offer,
        parties=offer.parties[: len(lowest)],
        utility=offer.utility[: len(lowest)],
        disagreement=tuple((lowest - 1.0).tolist()),
        weights=offer.weights[: len(lowest)],
        links=tuple(msgspec.structs.replace(one, utility=one.utility[: len(lowest)]) for one in offer.links),
        guards=0,
    )
    try:
        return frontier(free).utilities
    except TooLargeError:
        return None


def _unclaimed(offer: Offer, utility: Sequence[float], size: Floats, seconds: float | None) -> float | None:
    """The most that all could gain together, in parts of ranges, without anybody losing."""
    table = grid(offer)
    low = np.array(utility)
    best = most(table, low, table.values[:, : len(size)] @ (1.0 / size), seconds)
    if not best.rows:
        return None
    have = offer.worth(table.choice(best.rows))
    return max(0.0, float(((np.array(have[: len(size)]) - low[: len(size)]) / size).sum()))
