"""Will it enter into force, or gain so many parties: the chance by each date, on whom it hangs, what a veto costs."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.dates import parse_date
from comity.server.asking import Question, asked
from comity.server.drawings.bars import Bar, bars
from comity.server.drawings.labels import Labels
from comity.server.drawings.lines import Point, line
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.faults import Fault
from comity.server.pages.choosing import instruments_by_area
from comity.server.studio.common import decimal, number, part, saving, sources, wrong
from comity.service import Refusal, refuse
from comity.service.apart import Where, apart
from comity.service.forecasting import Forecast, ForecastAsked, weighs
from comity.service.forecasting import answer as forecast_of
from comity.service.methods import METHODS

__all__ = ["forecast_page"]

_EXTRA = ("instrument", "until", "parties", "without", "hurdle")
_EXAMPLES = (
    ("ctbt", "2035-01-01", "", ""),
    ("bbnj-agreement", "2028-01-01", "100", ""),
    ("tpnw", "2030-01-01", "100", ""),
    ("ctbt", "2035-01-01", "", "IND"),
)
_AHEAD = 10  # years that the form offers
_SMALL = 0.05
_BOTH = ("forecast", "happened")
_MOST = 6  # digits of a number of parties


@require_safe
def forecast_page(request: HttpRequest, language: str) -> HttpResponse:
    """The form; the chance by each date, what it hangs on, and how such forecasts have done."""
    with asked(request, language, *_EXTRA) as question:
        context = question.frame() | _form(question) | {"works": sources(question, METHODS["forecast"].sources)}
        export = Export(name="forecast", title="")
        if question.extra["instrument"]:
            try:
                inputs = _inputs(question)
                found = _found(question, inputs)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                tables = (_dates(question, found), _drivers(question, found), _tenths(question, found))
                context |= _told(question, found) | dict(zip(("table", "drivers", "tenths"), tables, strict=True))
                context |= saving("forecast", inputs)
                export = Export(name=f"forecast-{found.instrument}", title=tables[0].title, tables=tables)
        return answer(request, question, "studio/forecast.html", context, export)


def _inputs(question: Question) -> ForecastAsked:
    """What the page asks for, as the method takes it."""
    extra = question.extra
    number_of = extra["parties"]
    if number_of and not (number_of.isascii() and number_of.isdecimal() and len(number_of) <= _MOST):
        raise refuse("parameter-wrong", f"“{number_of:.40}” is no whole number", "write how many, such as 100")
    until = extra["until"] or str(_later(question.on))
    try:
        last = parse_date(until)
    except ValueError as error:
        raise Fault(400, question.words.text("fault.on", text=until, example="2030-01-01")) from error
    return ForecastAsked(
        instrument=extra["instrument"],
        start=question.on,
        end=last,
        parties=int(number_of) if number_of and int(number_of) else None,
        hurdles=_parts(extra["hurdle"]),
        without=_parts(extra["without"]),
    )


def _found(question: Question, inputs: ForecastAsked) -> Forecast:
    it = question.register.reading.instrument(inputs.instrument)
    if it is not None and weighs(it) and not inputs.parties:
        # What takes seconds holds up nobody else.
        where = Where(settings.COMITY_LOG, question.seen.size, past=bool(question.known))
        return msgspec.convert(apart("forecast", msgspec.to_builtins(inputs), where), Forecast)
    return forecast_of(question.register, inputs)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text[:1_000].split(",") if one.strip())


def _later(day: date) -> date:
    return date(day.year + _AHEAD, 1, 1)


def _form(question: Question) -> dict[str, object]:
    extra = question.extra
    return {
        "areas": instruments_by_area(question),
        "chosen": extra["instrument"],
        "until": extra["until"] or str(_later(question.on)),
        "parties": extra["parties"],
        "without": extra["without"],
        "hurdle": extra["hurdle"],
        "examples": list(_examples(question)),
    }


def _examples(question: Question) -> Iterator[tuple[str, SafeString]]:
    words, reading = question.words, question.register.reading
    for name, until, parties, without in _EXAMPLES:
        it = reading.instrument(name)
        if it is None:
            continue
        given = {"instrument": name, "until": until, "parties": parties, "without": without}
        key = "forecast.example.parties" if parties else "forecast.example"
        said = words.text(key, title=words.title(it), n=parties, day=until)
        if without:
            said = words.text("forecast.example.without", said=said, names=words.name(without))
        yield f"/{words.code}/analysis/forecast?{urlencode({k: v for k, v in given.items() if v})}", said


def _told(question: Question, found: Forecast) -> dict[str, object]:
    words = question.words
    it = question.register.instrument(found.instrument)
    points = [Point(*four) for four in zip(found.dates, found.chance, found.low, found.high, strict=True)]
    labels = Labels(
        title=bare(words.text("forecast.chart")),
        description=bare(words.text("forecast.chart.described")),
        name="forecast",
    )
    past = found.backtest
    best = min(past.get("brier", {}), key=lambda name: past["brier"][name], default="")
    return {
        "asked": words.text(
            "forecast.example.parties" if question.extra["parties"] else "forecast.example",
            title=words.title(it),
            n=question.extra["parties"],
            day=words.isolated(str(found.dates[-1])),
        ),
        "tenths_drawn": _tenths_drawn(question, found),
        "href": question.link(f"instruments/{it.id}"),
        "beaten": bool(best) and best != "model",
        "says": list(_says(question, found)),
        "drawing": line(points, lambda value: part(words, value, _digits(points)), labels) if len(points) > 1 else "",
        "past": list(_past(question, found, best)),
        "command": _command(found, question),
    }


def _digits(points: list[Point]) -> int:
    """How finely an axis is worded: where all is small, by tenths of a per cent."""
    return 0 if max(max(one.value, one.high) for one in points) > _SMALL else 2


def _says(question: Question, found: Forecast) -> Iterator[SafeString]:
    """What the numbers mean, in a few sentences."""
    words, last = question.words, found.dates[-1]
    day = words.isolated(str(last))
    if found.chance[0] == 1:
        yield words.text("forecast.met")
        return
    yield words.text("forecast.chance", day=day, part=part(words, found.chance[-1]))
    if found.veto is not None:
        before, after = (part(words, value) for value in (found.veto.chance[-1], found.chance[-1]))
        hurdles = words.list(_hurdle(question, one) for one in found.veto.hurdles)
        yield words.text("forecast.veto", hurdles=hurdles, day=day, before=before, after=after)
        if found.veto.days:
            yield words.text("forecast.veto.days", n=words.number(found.veto.days))
    for one, key in zip(found.reached, ("forecast.early", "forecast.median", "forecast.late"), strict=True):
        if one.date is not None:
            yield words.text(key, day=words.isolated(str(one.date)))
        elif key == "forecast.median":
            yield words.text("forecast.median.none")
    if found.needed:
        yield words.text("forecast.needed", names=words.names(found.needed))
    told = {name: words.number(round(value)) for name, value in found.parties.items()}
    yield words.text("forecast.number", day=day, **told)
    if found.unnamed:
        yield words.text("forecast.unnamed", day=words.isolated(str(found.start)), n=found.unnamed)
    elif found.start < found.dates[0]:
        yield words.text("forecast.known", day=words.isolated(str(found.start)))


def _hurdle(question: Question, text: str) -> SafeString:
    """`IND=0` as the name of who stays out; any other hurdle with what was written."""
    words = question.words
    name, _, value = text.partition("=")
    groups = question.register.reading.directory.groups
    who = words.group(name.strip()) if name.strip() in groups else words.name(name.strip())
    return words.text("forecast.out", name=who) if value == "0" else words.isolated(f"{who}: {value}")


def _past(question: Question, found: Forecast, best: str) -> Iterator[SafeString]:
    words, past = question.words, found.backtest
    if not best:
        return
    yield words.text("forecast.best" if best == "model" else "forecast.beaten")
    scores = {name.partition("-")[0]: decimal(words, value, 3) for name, value in past["brier"].items()}
    yield words.text("forecast.scores", n=words.number(past["forecasts"]), **scores)
    yield words.text("forecast.ranges", part=part(words, past["ranges"]["held"], 0))


def _command(found: Forecast, question: Question) -> str:
    said = [f"comity forecast {found.instrument} --from {found.dates[0]} --until {found.dates[-1]}"]
    said += [f"--parties {question.extra['parties']}"] if question.extra["parties"] else []
    said += [f"--without {one}" for one in _parts(question.extra["without"])]
    said += [f"--hurdle {one}" for one in _parts(question.extra["hurdle"])]
    return " ".join(said)


def _dates(question: Question, found: Forecast) -> Table:
    words = question.words
    columns = (
        Column("date", words.text("verify.col.date")),
        Column("chance", words.text("forecast.part"), "number"),
        Column("low", words.text("forecast.low"), "number"),
        Column("high", words.text("forecast.high"), "number"),
        Column("error", words.text("forecast.error"), "number", shown=any(one is not None for one in found.error)),
    )
    rows = (
        row(str(day), *(number(words, value, percent=True) for value in values))
        for day, *values in zip(found.dates, found.chance, found.low, found.high, found.error, strict=True)
    )
    return Table(id="dates", title=bare(words.text("forecast.chart")), columns=columns, rows=tuple(rows))


def _drivers(question: Question, found: Forecast) -> Table:
    words = question.words
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("name", words.text("verify.col.actor")),
        Column("chance", words.text("forecast.joins"), "number"),
        Column("effect", words.text("forecast.adds"), "number"),
        Column("cost", words.text("forecast.costs"), "number"),
        Column("days", words.text("forecast.days"), "number", shown=any(one.days is not None for one in found.drivers)),
    )
    rows = (
        row(
            one.actor,
            Cell(words.name(one.actor), href=question.link(f"actors/{one.actor}")),
            *(number(words, value, percent=True) for value in (one.chance, one.effect, one.cost)),
            Cell() if one.days is None else Cell(one.days, said=words.isolated(words.number(one.days))),
        )
        for one in found.drivers
    )
    return Table(id="drivers", title=bare(words.text("forecast.drivers")), columns=columns, rows=tuple(rows))


def _tenths_drawn(question: Question, found: Forecast) -> SafeString | str:
    """What was forecast beside what came of it, tenth by tenth."""
    words = question.words
    tenths = found.backtest.get("calibration", ())
    rows = [
        Bar(str(at), (one["forecast"], one["happened"]), tuple(part(words, one[name], 0) for name in _BOTH))
        for at, one in enumerate(tenths, 1)
    ]
    title = bare(words.text("forecast.tenths"))
    return bars(rows, Labels(title=title, description=title, name="tenths")) if rows else ""


def _tenths(question: Question, found: Forecast) -> Table:
    words = question.words
    columns = (
        Column("forecast", words.text("forecast.said"), "number"),
        Column("happened", words.text("forecast.came"), "number"),
        Column("number", words.text("forecast.cases"), "number"),
    )
    rows = (
        row(
            number(words, one["forecast"], percent=True),
            number(words, one["happened"], percent=True),
            Cell(one["number"], said=words.isolated(words.number(one["number"]))),
        )
        for one in found.backtest.get("calibration", ())
    )
    return Table(id="calibration", title=bare(words.text("forecast.tenths")), columns=columns, rows=tuple(rows))
