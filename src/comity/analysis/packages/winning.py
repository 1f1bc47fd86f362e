"""The best package that a winning coalition accepts under a decision rule: who is left out, what bringing it in costs.

A party accepts a package from which it does not lose; whoever loses is against. The rule is the rule language's own, as
a simple game. Which parties accept is chosen together with the package, by a mixed-integer program.
"""

from typing import Literal

import msgspec
import numpy as np

from comity.analysis.packages.linear import SPARES, Program
from comity.analysis.packages.offers import Grid, Offer, UnsettledError, checked, grid
from comity.analysis.voting.games import Game

__all__ = ["Aim", "LeftOut", "Winning", "winning"]

Aim = Literal["sum", "widest"]
_UNSETTLED = "in the time given no package was found that carries, and none was excluded"


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A party that loses, and how much; with it on board the best is worth `objective`, which is `costs` less.

    None: no package that carries is one that it accepts.
    """

    party: str
    loses: float
    objective: float | None
    costs: float | None


class Winning(msgspec.Struct, frozen=True, kw_only=True):
    """The best package that carries: who accepts it, who is left out, and what no such package exceeds (`bound`).

    `unanimous` is what the best package is worth that all accept (None: there is none).
    """

    status: Literal["optimal", "feasible", "no-agreement"]
    choice: tuple[int, ...] | None
    utility: tuple[float, ...] = ()
    accept: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    objective: float | None = None
    bound: float | None = None
    unanimous: float | None = None


def winning(offer: Offer, game: Game, aim: Aim = "sum", *, seconds: float | None = None) -> Winning:
    """The package with the largest Σ weight · utility over all parties among those that a winning coalition accepts.

    With `widest` the one that most parties accept, and among these the largest sum. Players of the game who are no
    parties are against; guards always have to accept. Raises ValueError as `checked`, and where a party is no player.
    """
    table = grid(checked(offer))
    chiefs = len(offer.parties) - offer.guards
    strange = [name for name in offer.parties[:chiefs] if name not in game.players]
    if strange:
        raise ValueError(f"{', '.join(strange)}: no vote under the rule")
    best = _best(offer, table, game, aim, (), seconds)
    if best is None:
        return Winning(status="no-agreement", choice=None)
    choice, objective, bound = best
    utility = offer.worth(choice)
    out = [p for p in range(chiefs) if not _accepts(offer, utility, p)]
    return Winning(
        status="optimal" if bound - objective <= 1e-6 * max(1.0, abs(objective)) else "feasible",
        choice=choice,
        utility=utility,
        accept=tuple(name for p, name in enumerate(offer.parties[:chiefs]) if p not in out),
        left_out=tuple(_left_out(offer, table, game, aim, p, (utility, objective), seconds) for p in out),
        objective=objective,
        bound=max(objective, bound),
        unanimous=objective if not out else _value(_best(offer, table, game, aim, tuple(range(chiefs)), seconds)),
    )


def _value(best: tuple[tuple[int, ...], float, float] | None) -> float | None:
    return None if best is None else best[1]


def _accepts(offer: Offer, utility: tuple[float, ...], party: int) -> bool:
    low = offer.disagreement[party]
    return utility[party] >= low - 1e-12 * max(1.0, abs(low))


def _left_out(  # noqa: PLR0913, PLR0917  # what the question is of
    offer: Offer,
    table: Grid,
    game: Game,
    aim: Aim,
    party: int,
    found: tuple[tuple[float, ...], float],
    seconds: float | None,
) -> LeftOut:
    utility, objective = found
    other = _value(_best(offer, table, game, aim, (party,), seconds))
    return LeftOut(
        party=offer.parties[party],
        loses=offer.disagreement[party] - utility[party],
        objective=other,
        costs=None if other is None else objective - other,
    )


def _best(  # what the question is of
    offer: Offer, table: Grid, game: Game, aim: Aim, held: tuple[int, ...], seconds: float | None
) -> tuple[tuple[int, ...], float, float] | None:
    """The best package that carries and that these parties accept, what it is worth, and a bound."""
    for spare in SPARES:
        program, accept = _program(offer, table, game, held, spare)
        chiefs = len(accept)
        weights = np.array(offer.weights[:chiefs])
        worth = dict(enumerate((table.values[:, :chiefs] @ weights).tolist()))
        if aim == "widest":
            most = program.most(dict.fromkeys(accept.tolist(), 1.0), seconds)
            if most.empty:
                _settled(ended=most.ended and not spare)
                return None
            program.row([(accept, np.ones(chiefs))], round(float(most.values[accept].sum())))
        found = program.most(worth, seconds)
        if found.empty:
            _settled(ended=found.ended and not spare)
            return None
        choice = table.choice(found.rows(table))
        utility = offer.worth(choice)
        content = {p for p in range(len(utility)) if _accepts(offer, utility, p)}
        named = [offer.parties[p] for p in content if p < chiefs]
        guarded = all(p in content for p in (*held, *range(chiefs, len(utility))))
        if guarded and game.wins(game.sums(named)):
            objective = sum(weight * own for weight, own in zip(weights.tolist(), utility, strict=False))
            return choice, objective, found.bound
    raise UnsettledError(_UNSETTLED)


def _settled(*, ended: bool) -> None:
    if not ended:
        raise UnsettledError(_UNSETTLED)


def _program(
    offer: Offer, table: Grid, game: Game, held: tuple[int, ...], spare: float
) -> tuple[Program, "np.ndarray[tuple[int], np.dtype[np.int64]]"]:
    program = Program(table)
    options = np.arange(len(table.values))
    chiefs = len(offer.parties) - offer.guards
    accept = program.add(chiefs, high=1.0, whole=True)
    lowest = np.minimum.reduceat(table.values, table.starts[:-1], axis=0).sum(axis=0)
    for p, low in enumerate(offer.disagreement):
        scale = max(float(np.abs(table.values[:, p]).max()), abs(low), 1e-300)
        parts = [(options, table.values[:, p] / scale)]
        if p >= chiefs:
            program.row(parts, low / scale + spare)
        elif lowest[p] < low:
            room = (low - lowest[p]) / scale + spare
            program.row([*parts, (accept[p : p + 1], np.array([-room]))], low / scale + spare - room)
    for p in held:
        program.row([(accept[p : p + 1], np.ones(1))], 1.0)
    ways = program.add(len(game.ways), high=1.0, whole=True)
    program.row([(ways, np.ones(len(ways)))], 1.0)
    seats = [game.players.index(name) for name in offer.parties[:chiefs]]
    for way, thresholds in zip(ways.tolist(), game.ways, strict=True):
        for at in thresholds:
            own = game.thresholds[at]
            scale = max(1, own.quota)
            weights = np.array([own.weights[seat] / scale for seat in seats])
            program.row([(accept, weights), ([way], [-own.quota / scale])], 0.0)
    return program, accept.astype(np.int64)
