"""Will it enter into force, or reach so many parties? What the analysis makes of the register as event history."""

from collections.abc import Iterator, Mapping
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING, Annotated

import msgspec

from comity.law.force import ground_on
from comity.rules import Count, Rule, ground, two_way
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.queries import Register, as_day, refuse

if TYPE_CHECKING:
    from comity.analysis.games import Game
    from comity.analysis.meeting import Chance
    from comity.analysis.ratification import Fitted
    from comity.service.pasts import Past, World

__all__ = ["Forecast", "ForecastAsked", "answer", "forecast"]

_DRIVERS = 10
# A rule whose chance is simulated is asked about so many States only, those whose consent matters most by its weight.
_SIMULATED = 12
_ASKED = 40  # States of whom it is asked what their consent would add
_NODES = 7
_POINTS = 25  # dates that a forecast gives at the most


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The chance on each date, who would move it most, the model behind it, and how such forecasts have done before.

    `chance` are parts of 1; `error` is the standard error where a chance was simulated, else null. `effect` of a driver
    is what its consent on the first day would add to the chance on the last. `start` is the day up to which acts are
    known: the forecast looks ahead from there, however late `dates` begin.
    """

    instrument: str
    question: str
    start: date
    dates: tuple[date, ...]
    chance: tuple[float, ...]
    error: tuple[float | None, ...]
    drivers: tuple[dict[str, object], ...]
    model: dict[str, object]
    backtest: dict[str, object]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found


class ForecastAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument, the first and the last day, and how many consents it is asked about (else its own conditions)."""

    instrument: str
    start: date
    end: date
    parties: Annotated[int, msgspec.Meta(ge=1)] | None = None


def answer(register: Register, asked: ForecastAsked, progress: Progress = None) -> Forecast:
    """The chance by each date that an instrument's conditions are met (`forecast`). Raises `Refusal`."""
    del progress
    return forecast(register, asked.instrument, asked.start, asked.end, parties=asked.parties)


def forecast(
    register: Register, instrument: str, start: date | str, end: date | str, *, parties: int | None = None
) -> Forecast:
    """The chance that an instrument's conditions are met by each date, or that `parties` have consented.

    Raises `Refusal` where there is nothing to forecast, or too little to learn from.
    """
    try:
        from comity.analysis.ratification import fit  # noqa: PLC0415  # of the extra `analysis`
        from comity.service.pasts import backtest, make_world  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    first, last = as_day(start), as_day(end)
    if last < first:
        raise refuse("period-wrong", f"{first} to {last} runs backwards", "give the earlier day first")
    it = register.instrument(instrument)
    everything = make_world(register, last)
    own = everything.past(it.id)
    if own is None:
        says = f"nothing says since when {it.id} is open, and up to when its consents are known"
        raise refuse("forecast-impossible", says, "ask about another instrument")
    begin = min(first, own.known)
    world = everything.known_by(begin)
    try:
        fitted = fit(world.panel())
    except ValueError as error:
        raise refuse("forecast-impossible", f"by {begin} {error}", "ask from a later day") from error
    standing = own.joined_by(begin)
    game = _game(register, own, begin, parties)
    dates = tuple(_dates(first, last))
    found = [_met(game, standing, _ahead(world, fitted, own, begin, day)) for day in dates]
    return Forecast(
        instrument=it.id,
        question=f"{parties} have consented" if parties else "the conditions for entry into force are met",
        start=begin,
        dates=dates,
        chance=tuple(one.chance for one in found),
        error=tuple(one.error for one in found),
        drivers=tuple(_drivers(game, standing, _ahead(world, fitted, own, begin, last), found[-1])),
        model=world.told(fitted),
        backtest=backtest(everything),
        notes=tuple(_notes(own, begin, first)),
    )


def _game(register: Register, own: "Past", day: date, parties: int | None) -> "Game":
    """What is to be met, as a game among all who may join."""
    from comity.analysis.games import game_of  # noqa: PLC0415  # of the extra `analysis`

    clause = own.it.entry_into_force
    players = own.eligible | own.joined_by(day)
    rule: Rule | None = Count(at_least=parties) if parties else None if clause is None else clause.when
    if rule is None:
        says = f"{own.it.id} has no rule of entry into force to be met"
        raise refuse("forecast-impossible", says, "ask for a number of parties")
    judged = ground(rule, register.law, day, players) if parties else ground_on(own.it, rule, register.law, day)
    return game_of(two_way(judged, players), players)


# The chances of each State, for some values of what is peculiar to the instrument, and the weight of each value.
_Mixed = list[tuple[float, Mapping[str, float]]]


def _ahead(world: "World", fitted: "Fitted", own: "Past", begin: date, day: date) -> _Mixed:
    """The chances by a day, for some values of what is peculiar to the instrument.

    The younger it is, the less that is known; and it moves all States together (Gauss–Hermite quadrature).
    """
    from numpy.polynomial.hermite_e import hermegauss  # noqa: PLC0415  # of the extra `analysis`

    points, weights = hermegauss(_NODES)
    shares = (weights / weights.sum()).tolist()
    return [
        (share, world.chances(fitted, own, begin, day, at)) for share, at in zip(shares, points.tolist(), strict=True)
    ]


def _met(game: "Game", standing: frozenset[str], mixed: _Mixed, also: str = "") -> "Chance":
    """The chance that the rule is met; with one more who joins at once."""
    from comity.analysis.meeting import Chance, meeting  # noqa: PLC0415  # of the extra `analysis`

    sure = dict.fromkeys((*standing, also) if also else standing, 1.0)
    found = [(share, meeting(game, {**chances, **sure})) for share, chances in mixed]
    squares = [(share * one.error) ** 2 for share, one in found if one.error is not None]
    return Chance(chance=sum(share * one.chance for share, one in found), error=sqrt(sum(squares)) if squares else None)


def _dates(first: date, last: date) -> Iterator[date]:
    """The first day, the last, and between them days at equal distances."""
    days = (last - first).days
    steps = min(days, _POINTS - 1)
    for step in range(steps + 1):
        yield date.fromordinal(first.toordinal() + (days * step) // max(steps, 1))


def _drivers(game: "Game", standing: frozenset[str], mixed: _Mixed, base: "Chance") -> list[dict[str, object]]:
    """Whose consent on the first day would add most to the chance on the last."""
    middle = mixed[len(mixed) // 2][1]
    asked = sorted(middle, key=lambda code: (-_pull(game, code), middle[code], code))
    asked = asked[: _ASKED if base.error is None else _SIMULATED]
    found = [(code, _met(game, standing, mixed, code).chance - base.chance) for code in asked]
    ranked = sorted(found, key=lambda pair: (-pair[1], pair[0]))
    return [{"actor": code, "effect": effect} for code, effect in ranked[:_DRIVERS] if effect > 0]


def _pull(game: "Game", code: str) -> float:
    """How much of a condition somebody brings alone, at the most."""
    at = game.players.index(code)
    return max((one.weights[at] / one.quota for one in game.thresholds if one.quota > 0), default=0.0)


def _notes(own: "Past", begin: date, first: date) -> Iterator[str]:
    yield "States decide independently of one another, given what was known on the first day and the instrument."
    yield "What others do after that day does not change a State's chance, and no State leaves."
    if begin < first:
        yield f"{own.it.id}: consents are known up to {begin} only; the forecast looks ahead from there."
    if own.it.entry_into_force is not None and own.entered is not None and own.entered <= begin:
        yield f"{own.it.id} is in force since {own.entered}."
