"""Will it enter into force, or reach so many parties? What the analysis makes of the register as event history."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from comity.acts import CONSENT
from comity.instruments import Instrument
from comity.law.force import counted, ground_on
from comity.rules import Count, NoMembersError, Rule, UnknownNameError, ground, names, two_way
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.hurdles import hurdles_of, with_figures
from comity.service.parameters import Parameter
from comity.service.queries import Register, as_day, refuse

if TYPE_CHECKING:
    from comity.analysis.ratification.histories import Past
    from comity.analysis.ratification.race import Race
    from comity.analysis.voting.games import Game
    from comity.service.pasts import Learnt

__all__ = [
    "PARAMETERS",
    "Driver",
    "Forecast",
    "ForecastAsked",
    "Reached",
    "Veto",
    "answer",
    "forecast",
    "forecast_asked",
    "learn",
    "prepare",
]

# What the question of the table is asked with, beside the instrument.
PARAMETERS = (
    Parameter(
        name="from",
        argument="start",
        kind="day",
        summary="The first day; left out: today (UTC).",
        example="2024-03-13",
        required=False,
    ),
    Parameter(name="until", argument="end", kind="day", summary="The last day.", example="2035-01-01"),
    Parameter(
        name="parties",
        kind="number",
        summary="Ask whether so many have consented; left out: the conditions for entry into force.",
        example="180",
        required=False,
        within=(1, 1000),
    ),
    Parameter(
        name="hurdle",
        kind="list",
        argument="hurdles",
        summary="Who does not consent before a day (USA=2030-01-01), or at what part of its pace (USA=0.5).",
        example="USA=2030-01-01,CHN=0.5",
        required=False,
    ),
    Parameter(
        name="without",
        kind="list",
        summary="Actors, or groups of them, that stay out.",
        example="IND",
        required=False,
    ),
)
_POINTS, _HEAVY = 25, 13  # dates that a forecast gives at the most; where the rule weighs
_YEARS = 50  # that it looks ahead


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The first day by which the chance has come up to a level; null where it does not within fifty years."""

    chance: float
    date: date | None


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """A State on which the answer hangs.

    `effect` is what its consent on the first day would add to the chance on the last, `cost` what it takes away by
    staying out; `chance` is that it joins by then, and `days` by how many its consent brings the median date forward.
    """

    actor: str
    effect: float
    cost: float
    chance: float
    days: int | None


class Veto(msgspec.Struct, frozen=True, kw_only=True):
    """What the hurdles that were asked about cost: the chance on each date, and the median date, without them.

    `change` is by how much they alter the chance on the last day; `days` by how many they put off the median date.
    """

    hurdles: tuple[str, ...]
    chance: tuple[float, ...]
    median: date | None
    change: float
    days: int | None


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The chance on each date, who would move it most, the model behind it, and how such forecasts have done before.

    `chance` are parts of 1; `low` and `high` are what it would be were the instrument's own pace, which is not known
    exactly, at the ends of its middle four fifths; `error` is the standard error where a chance was simulated, else
    null. `start` is the day up to which consents are known: the forecast looks ahead from there, however late `dates`
    begin. `parties` is how many have consented by `start`, and how many are expected on the last day; `needed` are
    those who must consent, each of them, and have not; `unnamed` are in, though it is not known who they are.
    """

    instrument: str
    question: str
    start: date
    dates: tuple[date, ...]
    chance: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    error: tuple[float | None, ...]
    reached: tuple[Reached, ...]
    parties: dict[str, float]
    needed: tuple[str, ...]
    unnamed: int
    drivers: tuple[Driver, ...]
    veto: Veto | None
    model: dict[str, Any]
    backtest: dict[str, Any]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found

    @property
    def median(self) -> date | None:
        """The day by which it is as likely as not."""
        return next((one.date for one in self.reached if one.chance == 0.5), None)  # noqa: PLR2004  # the median


class ForecastAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument, the first and the last day, and how many consents it is asked about (else its own conditions).

    `hurdles` are lines `ACTOR=DATE` or `ACTOR=FACTOR`, `without` States that stay out, `covariates` a table
    `actor,year,name,value` and `covariates_source` whence it is.
    """

    instrument: str
    start: date
    end: date
    parties: Annotated[int, msgspec.Meta(ge=1)] | None = None
    hurdles: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    covariates: str = ""
    covariates_source: str = ""


def answer(register: Register, asked: ForecastAsked, progress: Progress = None) -> Forecast:
    """The chance by each date that an instrument's conditions are met (`forecast`). Raises `Refusal`."""
    del progress
    return forecast(
        register,
        asked.instrument,
        asked.start,
        asked.end,
        parties=asked.parties,
        hurdles=asked.hurdles,
        without=asked.without,
        covariates=asked.covariates,
        covariates_source=asked.covariates_source,
    )


def forecast_asked(  # noqa: PLR0913, PLR0917  # the parameters of the question
    register: Register,
    instrument: str,
    start: date,
    end: date,
    parties: int | None = None,
    hurdles: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Forecast:
    """The same, as programs ask the register: without a table. Raises `Refusal`."""
    return forecast(register, instrument, start, end, parties=parties, hurdles=hurdles, without=without)


def forecast(  # noqa: PLR0913  # all that an answer depends on
    register: Register,
    instrument: str,
    start: date | str,
    end: date | str,
    *,
    parties: int | None = None,
    hurdles: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    covariates: str = "",
    covariates_source: str = "",
) -> Forecast:
    """The chance that an instrument's conditions are met by each date, or that `parties` have consented.

    Raises `Refusal` where there is nothing to forecast, or too little to learn from.
    """
    try:
        import comity.analysis.ratification.race  # noqa: PLC0415, F401  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    first, last = as_day(start), as_day(end)
    if last < first:
        raise refuse("period-wrong", f"{first} to {last} runs backwards", "give the earlier day first")
    if last.year > first.year + _YEARS:
        raise refuse("period-wrong", f"{last} is more than {_YEARS} years ahead", "ask about an earlier day")
    it = register.instrument(instrument)
    standing_in_way = hurdles_of(register, hurdles, without)
    learnt = _learnt(register, it, first)
    if covariates:
        learnt = _with_figures(register, learnt, covariates)
    own = learnt.world.pasts[learnt.world.at[it.id]]
    race = _race(register, it, own, learnt, first, parties)
    dates = tuple(_dates(first, last, _HEAVY if weighs(it) and not parties else _POINTS))
    free = race
    race = race.with_hurdles(standing_in_way) if standing_in_way else race
    found = race.chances(dates)
    low, high = race.ends(dates)
    reached = dict(zip((0.1, 0.5, 0.9), race.reached(first, (0.1, 0.5, 0.9)), strict=True))
    return Forecast(
        instrument=it.id,
        question=f"{parties} have consented" if parties else "the conditions for entry into force are met",
        start=race.begin,
        dates=dates,
        chance=tuple(one.chance for one in found),
        low=tuple(low),
        high=tuple(high),
        error=tuple(one.error for one in found),
        reached=tuple(Reached(chance=chance, date=day) for chance, day in reached.items()),
        parties=race.number(last),
        needed=() if race.done else tuple(sorted(race.needed - race.sure)),
        unnamed=race.unnamed,
        drivers=tuple(
            Driver(actor=one.actor, effect=one.effect, cost=one.cost, chance=one.chance, days=one.days)
            for one in race.drivers(first, last, found[-1], reached[0.5])
        ),
        veto=_veto(free, (*hurdles, *(f"{name}=0" for name in without)), dates, found[-1].chance, reached[0.5])
        if standing_in_way
        else None,
        model=_told(learnt, covariates_source),
        backtest=msgspec.to_builtins(learnt.backtest),
        notes=tuple(_notes(it, own, race, first, standing_in_way, parties=parties)),
    )


def prepare(register: Register) -> None:
    """What a first forecast would wait for: the histories, where the extra is installed; the register is asked."""
    with suppress(ModuleNotFoundError):
        from comity.service.pasts import world_of  # noqa: PLC0415  # of the extra `analysis`

        world_of(register)


def learn(register: Register, day: date) -> None:
    """The rest of it, after `prepare`: the fit and how it has done, for which the register is not asked."""
    with suppress(ModuleNotFoundError, ValueError):
        from comity.service.pasts import learnt_of  # noqa: PLC0415  # of the extra `analysis`

        learnt_of(register, day)


def _learnt(register: Register, it: Instrument, first: date) -> "Learnt":
    from comity.service.pasts import learnt_of, world_of  # noqa: PLC0415  # of the extra `analysis`

    world = world_of(register)
    own = None if it.id not in world.at else world.pasts[world.at[it.id]]
    if own is None or own.opened > first or (own.known <= own.opened and (own.met is None or own.met[0] > first)):
        says = f"nothing says since when {it.id} is open, and up to when its consents are known"
        raise refuse("forecast-impossible", says, "ask about another instrument, or from a later day")
    try:
        return learnt_of(register, first)
    except ValueError as error:
        raise refuse("forecast-impossible", f"by {first} {error}", "ask from a later day") from error


def _with_figures(register: Register, learnt: "Learnt", text: str) -> "Learnt":
    from comity.analysis.ratification.hazards import fit  # noqa: PLC0415  # of the extra `analysis`

    world = with_figures(register, learnt.world, text)
    return msgspec.structs.replace(learnt, world=world, fitted=fit(world.panel(learnt.until)))


def _race(
    register: Register, it: Instrument, own: "Past", learnt: "Learnt", first: date, parties: int | None
) -> "Race":
    """What is to be met, who is in already, and what lies ahead of the others."""
    from comity.analysis.ratification.ahead import look_ahead, look_from_number  # noqa: PLC0415  # of the extra `analysis`
    from comity.analysis.ratification.race import Race, needed  # noqa: PLC0415  # as above

    law, directory = register.law, register.reading.directory
    standing = law.consenting(it.id, first)
    sure = standing if parties else counted(it, standing, directory, first)
    partly = own.met is not None and own.known < own.met[0] <= first
    begin = own.met[0] if own.met is not None and partly else min(first, own.known)
    game = _game(register, it, (own.eligible | sure) - (standing - sure), begin, parties)
    inside = law.consenting(it.id, begin)
    unnamed, among, game_needed = 0, None, needed(game)
    if own.met is not None and partly:
        # A consent of which only the month is known may be among those that were counted.
        named = counted(it, inside | _of_month(register, it.id, begin), directory, begin)
        unnamed = max(own.met[1] - len(named), 0)
        ahead, among = look_from_number(learnt.world, learnt.fitted, own.id, begin, inside=named, unnamed=unnamed)
    else:
        ahead = look_ahead(learnt.world, learnt.fitted, own.id, begin, inside=inside, needed=game_needed)
    return Race(
        game=game,
        ahead=ahead,
        sure=sure & set(game.players),
        unnamed=unnamed,
        among=among,
        needed=game_needed,
        done=not parties and own.entered is not None and own.entered <= first,
    )


def _of_month(register: Register, name: str, day: date) -> frozenset[str]:
    """Those of whose consent it is known that it was in the month, or the year, of a day, and no more."""
    acts = register.reading.acts(name)
    return frozenset(act.actor for act in acts if act.kind in CONSENT and act.date.first <= day < act.date.last)


def _game(register: Register, it: Instrument, players: frozenset[str], day: date, parties: int | None) -> "Game":
    """What is to be met, as a game among all who may join."""
    from comity.analysis.voting.games import game_of  # noqa: PLC0415  # of the extra `analysis`

    clause = it.entry_into_force
    rule: Rule | None = Count(at_least=parties) if parties else None if clause is None else clause.when
    if rule is None:
        says = f"{it.id} has no rule of entry into force to be met"
        raise refuse("forecast-impossible", says, "ask for a number of parties")
    try:
        judged = ground(rule, register.law, day, players) if parties else ground_on(it, rule, register.law, day)
        return game_of(two_way(judged, players), players)
    except (UnknownNameError, NoMembersError) as error:
        says = f"the clause of {it.id} cannot be judged: {error}"
        raise refuse("forecast-impossible", says, "add what it names, or ask for a number of parties") from error


def weighs(it: Instrument) -> bool:
    """Whether the conditions of an instrument weigh: their chance takes seconds."""
    clause = it.entry_into_force
    return clause is not None and clause.when is not None and bool(names(clause.when).weights)


def _dates(first: date, last: date, most: int) -> Iterator[date]:
    """The first day, the last, and between them days at equal distances."""
    days = (last - first).days
    steps = min(days, most - 1)
    for step in range(steps + 1):
        yield date.fromordinal(first.toordinal() + (days * step) // max(steps, 1))


def _veto(free: "Race", asked: tuple[str, ...], dates: tuple[date, ...], last: float, median: date | None) -> Veto:
    """The answer without the hurdles, beside the one with them."""
    chances = tuple(one.chance for one in free.chances(dates))
    day = free.reached(dates[0], (0.5,))[0]
    days = (median - day).days if median is not None and day is not None else None
    return Veto(hurdles=asked, chance=chances, median=day, change=last - chances[-1], days=days)


def _told(learnt: "Learnt", source: str) -> dict[str, Any]:
    """The model in numbers."""
    fitted, world = learnt.fitted, learnt.world
    named = zip(world.covariates, fitted.coefficients.tolist(), fitted.errors.tolist(), strict=True)
    return {
        "kind": "discrete-time logistic hazard, by year, with a shared frailty of instruments",
        "learnt_up_to": learnt.until.isoformat(),
        "instruments": sum(one.opened < learnt.until and one.known > one.opened for one in world.pasts),
        "years_at_risk": fitted.rows,
        "consents": fitted.events,
        "intercept": fitted.intercept,
        "coefficients": {name: {"value": value, "standard_error": error} for name, value, error in named},
        "spread_of_instruments": fitted.spread,
        "brought": sorted(world.brought),
        "brought_source": source if world.brought else "",
    }


def _notes(  # all that it speaks of
    it: Instrument, own: "Past", race: "Race", first: date, hurdles: Mapping[str, object], *, parties: int | None
) -> Iterator[str]:
    yield "States decide independently of one another, given what was known on the first day and the instrument’s pace."
    yield "What others do after that day does not change a State’s chance, and no State leaves."
    if race.among is not None and own.met is not None:
        yield (
            f"By the depositary’s date of entry into force {own.met[1]} had joined by {race.begin}; {race.unnamed} of "
            "them are not known by name, and who they are is judged by the model."
        )
    if race.begin < first:
        yield f"{it.id}: consents are known up to {race.begin} only; the forecast looks ahead from there."
    if own.entered is not None and own.entered <= first:
        yield f"{it.id} is in force since {own.entered}."
    waited = sorted(race.needed - race.sure)
    if waited:
        yield (
            f"Each of these must consent, and the consent of none stands: {', '.join(waited)}. The model knows their "
            "dates and habits, and nothing of what their governments declare."
        )
    clause = it.entry_into_force
    if clause is not None and clause.when is not None and not parties and not race.done:
        delay = clause.delay.after(first) - first
        if delay > timedelta(0):
            yield f"It enters into force about {delay.days} days after its conditions are met."
    idle = sorted(code for code in hurdles if code in race.sure)
    if idle:
        yield f"{', '.join(idle)}: consented already, so that the hurdle changes nothing."
