"""Packages that stay acceptable where it is not sure what options are worth.

Values may lie within a distance of what is given. With a budget Γ, at most Γ issues turn out worst for each party at
once: Γ = 0 trusts the values, Γ = all issues is the worst case (Bertsimas and Sim, 2004, The price of robustness).
The robust counterpart is a mixed-integer program by duality, so its bound is proved. How often a package would be
acceptable to all is drawn by chance, each value evenly within its distance.

Among scenarios, each a whole set of values with a chance, the package is one acceptable in the likeliest set of them
and, among those, of least largest regret (Savage, 1951): what it falls short of the best package of each scenario.
"""

from collections.abc import Sequence
from math import fsum
from typing import Literal

import msgspec
import numpy as np

from comity.analysis.packages.linear import SPARES, Program
from comity.analysis.packages.offers import Floats, Grid, Offer, UnsettledError, Wholes, checked, grid
from comity.analysis.packages.programs import most
from comity.analysis.packages.zones import wilson

__all__ = ["Least", "Protected", "Regretted", "regretted", "robust"]

Least = Literal["sum", "maximin"]
Spread = Sequence[Sequence[Sequence[float]]]
_SLACK = 1e-12


class Protected(msgspec.Struct, frozen=True, kw_only=True):
    """The best package that all still accept when `budget` issues turn out worst for each.

    `worst` is what each then has; `price` how much less the objective is than with budget 0; `chance` how often all
    accept it, with its 95% interval, and `each` how often each party does.
    """

    budget: float
    status: Literal["optimal", "feasible", "no-agreement"]
    choice: tuple[int, ...] | None
    utility: tuple[float, ...] = ()
    worst: tuple[float, ...] = ()
    objective: float | None = None
    bound: float | None = None
    price: float | None = None
    chance: float | None = None
    interval: tuple[float, float] | None = None
    each: tuple[float, ...] = ()


class Regretted(msgspec.Struct, frozen=True, kw_only=True):
    """The package of least largest regret: `regrets` one a scenario, `acceptable` whether all accept it there."""

    status: Literal["optimal", "feasible", "no-agreement"]
    choice: tuple[int, ...] | None
    chance: float = 0.0
    acceptable: tuple[bool, ...] = ()
    best: tuple[float | None, ...] = ()
    regrets: tuple[float | None, ...] = ()
    regret: float | None = None
    bound: float | None = None


def robust(  # noqa: PLR0913  # what a question takes
    offer: Offer,
    spread: Spread,
    budgets: Sequence[float],
    aim: Least = "sum",
    *,
    draws: int = 20_000,
    seed: int = 1,
    seconds: float | None = None,
) -> tuple[Protected, ...]:
    """For each budget the best package that stays acceptable: of the largest Σ weight · utility, or least worst gain.

    `spread[p][i][o]` is how far a value may lie from what is given, either way. Linked issues turn out together; what
    links are worth is sure. Raises ValueError as `checked`, and for a distance or budget below 0.
    """
    table = grid(checked(offer))
    far = np.array([value for party in spread for issue in party for value in issue])
    if not np.isfinite(far).all() or (far < 0).any() or min(budgets, default=0) < 0:
        raise ValueError("distances and budgets are numbers of 0 or more")
    rows = _spread_rows(table, spread)
    first: float | None = None
    found = []
    for budget in budgets:
        one = _protected(offer, table, rows, budget, aim, seconds)
        if one.choice is not None:
            chance, each = _simulated(offer, one.choice, spread, draws, seed)
            if budget == 0:
                first = one.objective
            one = msgspec.structs.replace(
                one,
                price=None if first is None or one.objective is None else first - one.objective,
                chance=chance / draws,
                interval=wilson(chance, draws),
                each=tuple(hits / draws for hits in each),
            )
        found.append(one)
    return tuple(found)


def _spread_rows(table: Grid, spread: Spread) -> Floats:
    """How far what a row of the grid is worth may lie, a column a party."""
    parts = [
        np.sum([np.array([party[issue] for party in spread]).T[picks[:, at]] for at, issue in enumerate(group)], axis=0)
        for group, picks in zip(table.groups, table.picks, strict=True)
    ]
    found: Floats = np.vstack(parts)
    return found


def _loss(spread: Floats, rows: Sequence[int], party: int, budget: float) -> float:
    """What a party loses where `budget` issues turn out worst for it: the largest distances, the last one in part."""
    falls = sorted((float(spread[row, party]) for row in rows), reverse=True)
    whole = int(budget)
    return fsum(falls[:whole]) + (budget - whole) * (falls[whole] if whole < len(falls) else 0.0)


def _protected(  # what the question is of
    offer: Offer, table: Grid, spread: Floats, budget: float, aim: Least, seconds: float | None
) -> Protected:
    chiefs = len(offer.parties) - offer.guards
    weights = np.array([*offer.weights[:chiefs], *([0.0] * offer.guards)])
    options = np.arange(len(table.values))
    for spare in SPARES:
        program = Program(table)
        level = int(program.add(1)[0])
        for p, low in enumerate(offer.disagreement):
            own = table.values[:, p]
            scale = max(float(np.abs(own).max()), abs(low), 1e-12)
            parts: list[tuple[Wholes, Floats]] = [
                (options, own / scale),
                *_guard(program, table, spread[:, p] / scale, budget),
            ]
            if aim == "maximin" and p < chiefs:
                parts.append((np.array([level]), np.array([-1.0 / scale])))
            program.row(parts, low / scale + spare)
        aims = {level: 1.0} if aim == "maximin" else dict(enumerate((table.values @ weights).tolist()))
        if aim == "sum":
            program.row([([level], [1.0])], 0.0, 0.0)
        found = program.most(aims, seconds)
        if found.empty:
            if not found.ended or spare:
                raise UnsettledError("in the time given no package was found that stays acceptable, and none excluded")
            return Protected(budget=budget, status="no-agreement", choice=None)
        rows = found.rows(table)
        choice = table.choice(rows)
        utility = offer.worth(choice)
        worst = tuple(own - _loss(spread, rows, p, budget) for p, own in enumerate(utility))
        gains = [have - low for have, low in zip(worst, offer.disagreement, strict=True)]
        if min(gains) >= -_SLACK * max(1.0, *map(abs, worst)):
            objective = (
                min(gains[:chiefs]) if aim == "maximin" else fsum(a * b for a, b in zip(weights, utility, strict=True))
            )
            near = found.bound - objective <= 1e-6 * max(1.0, abs(objective))
            return Protected(
                budget=budget,
                status="optimal" if near else "feasible",
                choice=choice,
                utility=utility,
                worst=worst,
                objective=objective,
                bound=max(found.bound, objective),
            )
    raise UnsettledError("values lie too near to disagreement points to be told apart")


def _guard(program: Program, table: Grid, spread: Floats, budget: float) -> list[tuple[Wholes, Floats]]:
    """The dual of the worst that may come: -Γ·θ - Σ q, with θ + q at least the distance of what each issue settles."""
    if budget <= 0 or not spread.any():
        return []
    issues = len(table.starts) - 1
    theta, above = program.add(1), program.add(issues)
    for at in range(issues):
        first, last = table.starts[at], table.starts[at + 1]
        parts = [(theta, np.ones(1)), (above[at : at + 1], np.ones(1))]
        program.row([*parts, (np.arange(first, last), -spread[first:last])], 0.0)
    return [(theta, np.array([-budget])), (above, -np.ones(issues))]


def _simulated(
    offer: Offer, choice: Sequence[int], spread: Spread, draws: int, seed: int
) -> tuple[int, tuple[int, ...]]:
    """How often all accept a package, and each: values drawn evenly within their distances, each by itself."""
    dice = np.random.default_rng(seed)
    everyone = np.ones(draws, bool)
    each = []
    for p, own in enumerate(offer.worth(choice)):
        have = np.full(draws, own)
        for issue, option in enumerate(choice):
            if spread[p][issue][option] > 0:
                have += spread[p][issue][option] * dice.uniform(-1.0, 1.0, draws)
        accepts = have >= offer.disagreement[p] - _SLACK * max(1.0, abs(offer.disagreement[p]))
        each.append(int(accepts.sum()))
        everyone &= accepts
    return int(everyone.sum()), tuple(each)


def regretted(scenarios: Sequence[Offer], chances: Sequence[float], *, seconds: float | None = None) -> Regretted:
    """The package of least largest regret over Σ weight · utility, among those acceptable in the likeliest scenarios.

    Scenarios are offers of the same parties and issues with other values; regret counts where the package is
    acceptable. Raises ValueError as `checked`.
    """
    tables = [grid(checked(one)) for one in scenarios]
    best = [_best(one, table, seconds) for one, table in zip(scenarios, tables, strict=True)]
    possible = {at: one for at, one in enumerate(best) if one is not None}
    if not possible:
        return Regretted(status="no-agreement", choice=None)
    for spare in SPARES:
        program = Program(tables[0])
        holds = program.add(len(scenarios), high=1.0, whole=True)
        worst = int(program.add(1)[0])
        options = np.arange(len(tables[0].values))
        for at, (one, table) in enumerate(zip(scenarios, tables, strict=True)):
            _held(program, one, table, int(holds[at]), spare, never=best[at] is None)
        likely = program.most(dict(zip(holds.tolist(), chances, strict=True)), seconds)
        if likely.empty:
            raise UnsettledError("in the time given no package was found, and none was excluded")
        chosen = np.round(likely.values[holds])
        reach = float(chosen @ np.array(chances))
        program.row([(holds, np.array(chances))], reach - 1e-9)
        for at, top in possible.items():
            worth = tables[at].values @ _weights(scenarios[at])
            scale = max(1.0, float(np.abs(worth).max()), abs(top))
            room = top - float(np.minimum.reduceat(worth, tables[at].starts[:-1]).sum())
            own = [(np.array([worst]), np.array([1.0 / scale])), (holds[at : at + 1], np.array([-room / scale]))]
            program.row([(options, worth / scale), *own], (top - room) / scale)
        found = program.most({worst: -1.0}, seconds)
        if found.empty:
            raise UnsettledError("in the time given no package was found, and none was excluded")
        choice = tables[0].choice(found.rows(tables[0]))
        answer = _told(scenarios, chances, best, choice, -found.bound)
        if answer.chance >= reach - 1e-9:
            return answer
    raise UnsettledError("values lie too near to disagreement points to be told apart")


def _weights(offer: Offer) -> Floats:
    return np.array([*offer.weights[: len(offer.weights) - offer.guards], *([0.0] * offer.guards)])


def _best(offer: Offer, table: Grid, seconds: float | None) -> float | None:
    worth = table.values @ _weights(offer)
    found = most(table, np.array(offer.disagreement), worth, seconds)
    return float(worth[list(found.rows)].sum()) if found.rows else None


def _held(  # what a scenario needs
    program: Program, offer: Offer, table: Grid, holds: int, spare: float, *, never: bool
) -> None:
    """All accept the package in this scenario wherever it is said to hold."""
    options = np.arange(len(table.values))
    if never:
        program.row([([holds], [1.0])], 0.0, 0.0)
    lowest = np.minimum.reduceat(table.values, table.starts[:-1], axis=0).sum(axis=0)
    for p, low in enumerate(offer.disagreement):
        if lowest[p] < low:
            scale = max(float(np.abs(table.values[:, p]).max()), abs(low), 1e-300)
            room = (low - lowest[p]) / scale + spare
            program.row([(options, table.values[:, p] / scale), ([holds], [-room])], low / scale + spare - room)


def _told(
    scenarios: Sequence[Offer],
    chances: Sequence[float],
    best: Sequence[float | None],
    choice: tuple[int, ...],
    bound: float,
) -> Regretted:
    acceptable, regrets = [], list[float | None]()
    for one, top in zip(scenarios, best, strict=True):
        utility = one.worth(choice)
        pairs = zip(utility, one.disagreement, strict=True)
        acceptable.append(top is not None and all(a >= b - _SLACK * max(1.0, abs(b)) for a, b in pairs))
        worth = fsum(weight * own for weight, own in zip(_weights(one).tolist(), utility, strict=True))
        regrets.append(max(0.0, top - worth) if top is not None and acceptable[-1] else None)
    regret = max((one for one in regrets if one is not None), default=None)
    near = regret is not None and regret - bound <= 1e-6 * max(1.0, abs(regret))
    return Regretted(
        status="optimal" if near else "feasible",
        choice=choice,
        chance=fsum(part for part, holds in zip(chances, acceptable, strict=True) if holds),
        acceptable=tuple(acceptable),
        best=tuple(best),
        regrets=tuple(regrets),
        regret=regret,
        bound=None if regret is None else max(0.0, min(bound, regret)),
    )
