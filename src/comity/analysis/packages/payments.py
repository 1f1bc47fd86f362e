"""Packages with side payments: money (or anything that can be passed on) moves between parties.

A party counts a unit of money as so much utility, its rate. The package is the one that is worth most in money, summed
over all, among those that payments within each one's means make acceptable to all. What is gained beyond the
disagreement points is shared by weights, as far as everybody's means allow: without limits that is the weighted Nash
solution of the game with transfers (Nash, 1953; Kalai, 1977); equal weights share the gain equally.

The payments are the fewest that do it, up to so many parties that pay or are paid: parties whose balances cancel
settle among themselves.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np

from comity.analysis.packages.linear import SPARES, Program
from comity.analysis.packages.offers import Grid, Offer, UnsettledError, checked, grid
from comity.analysis.packages.programs import most

__all__ = ["Paid", "Payment", "paid", "settled"]

# Parties among whom the fewest payments are found by looking at every set of them.
_FEWEST = 14
_NEAR = 1e-9


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Who pays whom how much."""

    payer: str
    payee: str
    amount: float


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """A package with payments: `utility` before them, `after` with them, `received` in money (paid: negative).

    `surplus` is what all gain together in money, which no package exceeds by more than `bound`; `without` the most
    that they gain together where nobody pays (None: then there is no agreement). `fewest`: no fewer payments do it.
    """

    status: Literal["optimal", "feasible", "no-agreement"]
    choice: tuple[int, ...] | None
    utility: tuple[float, ...] = ()
    after: tuple[float, ...] = ()
    received: tuple[float, ...] = ()
    payments: tuple[Payment, ...] = ()
    fewest: bool = True
    surplus: float | None = None
    bound: float | None = None
    without: float | None = None


def paid(
    offer: Offer,
    rates: Sequence[float],
    limits: Sequence[float | None] | None = None,
    *,
    seconds: float | None = None,
) -> Paid:
    """The package that is worth most in money, and the payments that share what it gains.

    `rates` is the utility of a unit of money to each party, 0 for whoever takes and gives none; guards do neither.
    `limits` is the most that each can pay, None for any amount. Raises ValueError as `checked`, and for rates or limits
    below 0.
    """
    table = grid(checked(offer))
    limits = [None] * len(rates) if limits is None else limits
    chiefs = len(offer.parties) - offer.guards
    if len(rates) != chiefs or len(limits) != chiefs:
        raise ValueError("rates and limits are one a party")
    if not np.isfinite(rates).all() or min(rates) < 0 or any(one is not None and not one >= 0 for one in limits):
        raise ValueError("rates and limits are numbers of 0 or more")
    payers = [p for p in range(chiefs) if rates[p] > 0]
    if not payers:
        raise ValueError("at least one rate is more than 0")
    caps = [float("inf") if limits[p] is None else float(limits[p] or 0) for p in payers]
    for spare in SPARES:
        found = _sought(offer, table, rates, payers, caps, spare, seconds)
        if isinstance(found, Paid):
            return found
        choice, bound, ended = found
        utility = offer.worth(choice)
        gains = [(utility[p] - offer.disagreement[p]) / rates[p] for p in payers]
        others = [p for p in range(len(offer.parties)) if p not in payers]
        surplus = sum(gains)
        near = _NEAR * max(1.0, *map(abs, gains))
        held = sum(max(0.0, gain - cap) for gain, cap in zip(gains, caps, strict=True))
        if surplus < held - near or any(utility[p] < offer.disagreement[p] - 1e-12 for p in others):
            continue
        shares = _shares(gains, caps, [offer.weights[p] for p in payers], max(surplus, held))
        received = [0.0] * chiefs
        for p, gain, share in zip(payers, gains, shares, strict=True):
            received[p] = 0.0 if abs(share - gain) <= near else share - gain
        money = [*received, *([0.0] * offer.guards)]
        payments, fewest = settled(received)
        return Paid(
            status="optimal" if ended and bound - surplus <= 1e-6 * max(1.0, abs(surplus)) else "feasible",
            choice=choice,
            utility=utility,
            after=tuple(own + (rates[p] if p < chiefs else 0.0) * money[p] for p, own in enumerate(utility)),
            received=tuple(received),
            payments=tuple(Payment(payer=offer.parties[a], payee=offer.parties[b], amount=c) for a, b, c in payments),
            fewest=fewest,
            surplus=surplus,
            bound=max(bound, surplus),
            without=_alone(offer, table, rates, payers, seconds),
        )
    raise UnsettledError("values lie too near to disagreement points to be told apart")


def _sought(  # noqa: PLR0913, PLR0917  # what the program is of
    offer: Offer,
    table: Grid,
    rates: Sequence[float],
    payers: Sequence[int],
    caps: Sequence[float],
    spare: float,
    seconds: float | None,
) -> Paid | tuple[tuple[int, ...], float, bool]:
    """The package worth most in money, its bound and whether the search ended; or that there is none."""
    program = Program(table)
    options = np.arange(len(table.values))
    money = np.concatenate([program.add(1, low=-cap) for cap in caps])
    program.row([(money, np.ones(len(money)))], 0.0, 0.0)
    worth = np.zeros(len(options))
    total = 0.0
    for p, low in enumerate(offer.disagreement):
        column = table.values[:, p]
        at = payers.index(p) if p in payers else None
        scale = max(float(np.abs(column).max()), abs(low), 0.0 if at is None else rates[p], 1e-300)
        parts = [(options, column / scale)]
        if at is not None:
            parts.append((money[at : at + 1], np.array([rates[p] / scale])))
            worth += column / rates[p]
            total += low / rates[p]
        program.row(parts, low / scale + spare)
    found = program.most(dict(enumerate(worth.tolist())), seconds)
    if found.empty:
        if not found.ended or spare:
            raise UnsettledError("in the time given no package was found that payments make acceptable")
        return Paid(status="no-agreement", choice=None)
    return table.choice(found.rows(table)), found.bound - total, found.ended


def _alone(
    offer: Offer, table: Grid, rates: Sequence[float], payers: Sequence[int], seconds: float | None
) -> float | None:
    """The most that all gain together in money where nobody pays."""
    worth = np.sum([table.values[:, p] / rates[p] for p in payers], axis=0)
    best = most(table, np.array(offer.disagreement), worth, seconds)
    if not best.rows:
        return None
    utility = offer.worth(table.choice(best.rows))
    return float(sum((utility[p] - offer.disagreement[p]) / rates[p] for p in payers))


def _shares(gains: Sequence[float], caps: Sequence[float], weights: Sequence[float], total: float) -> list[float]:
    """The gain of each after payments: by weight, but nobody pays more than it can. They add up to `total`."""
    floors = [max(0.0, gain - cap) for gain, cap in zip(gains, caps, strict=True)]
    own = list(weights) if any(weights) else [1.0] * len(floors)
    fixed: set[int] = set()
    while True:
        free = [k for k in range(len(floors)) if k not in fixed and own[k] > 0]
        left = total - sum(floors[k] for k in range(len(floors)) if k not in free)
        level = left / sum(own[k] for k in free) if free else 0.0
        short = [k for k in free if own[k] * level < floors[k]]
        if not short:
            return [own[k] * level if k in free else floors[k] for k in range(len(floors))]
        fixed.update(short)


def settled(received: Sequence[float]) -> tuple[list[tuple[int, int, float]], bool]:
    """Payments (from, to, amount) that bring about these balances, and whether no fewer do."""
    near = _NEAR * max(1.0, *map(abs, received)) if received else 0.0
    moving = [p for p, one in enumerate(received) if abs(one) > near]
    if len(moving) > _FEWEST:
        return list(_paired(received, moving, near)), False
    found = [one for group in _cancelling(received, moving, near * 10) for one in _paired(received, group, near)]
    return found, True


def _cancelling(received: Sequence[float], moving: Sequence[int], near: float) -> list[list[int]]:
    """The most groups into which parties fall whose balances cancel: over all sets of them."""
    count = len(moving)
    sums, best, last = [0.0] * (1 << count), [0] * (1 << count), [0] * (1 << count)
    for mask in range(1, 1 << count):
        lowest = (mask & -mask).bit_length() - 1
        sums[mask] = sums[mask & (mask - 1)] + received[moving[lowest]]
        best[mask], last[mask] = max((best[mask ^ (1 << k)], k) for k in range(count) if mask >> k & 1)
        best[mask] += abs(sums[mask]) <= near
    groups: list[list[int]] = []
    mask, group = (1 << count) - 1, list[int]()
    while mask:
        if abs(sums[mask]) <= near and group:
            groups.append(group)
            group = []
        group.append(moving[last[mask]])
        mask ^= 1 << last[mask]
    return [*groups, group] if group else groups


def _paired(received: Sequence[float], group: Sequence[int], near: float) -> Iterator[tuple[int, int, float]]:
    """Whoever owes most pays whoever is owed most, until all is settled."""
    left = {p: received[p] for p in group}
    while left and (amount := min(-min(left.values()), max(left.values()))) > near:
        payer, payee = min(left, key=lambda p: left[p]), max(left, key=lambda p: left[p])
        yield payer, payee, amount
        left[payer] += amount
        left[payee] -= amount
