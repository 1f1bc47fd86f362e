"""What if: acts that have not happened, laid over the register; what they would change, and when."""

from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.results import DECLARED
from comity.law.what_if import ForceShift, Shift, WhatIf
from comity.server.asking import Question, asked
from comity.server.kept import kept
from comity.server.pages.choosing import (
    actor_named,
    chosen_instrument,
    framed,
    instruments_by_area,
    names_to_choose,
)
from comity.server.routes import page
from comity.service import Refusal
from comity.service.supposing import act_line, read_lines

__all__ = ["urlpatterns"]

# What a reader may suppose; the command takes every kind of act.
_KINDS = (
    *("ratification", "accession", "acceptance", "approval", "signature", "definitive-signature", "succession"),
    *("provisional-application", "withdrawal", "consent-withdrawal", "withdrawal-revocation"),
    *("reservation", "reservation-withdrawal", "objection", "rejection", "termination"),
)
# Lines that a form has at the least, and the most that an address may hold.
_LINES, _MOST = 3, 60
# Actors named where many change alike; the others open on demand.
_NAMED = 8
# Instruments not in force, offered to begin with; and sets that would bring one into force.
_OFFERED, _SETS = 12, 5


class Line(msgspec.Struct, frozen=True):
    """One line of the form: who does what, and when; `ref` says what it concerns."""

    actor: str = ""
    act: str = ""
    date: str = ""
    ref: str = ""


@require_safe
def what_if(request: HttpRequest, language: str) -> HttpResponse:
    """The form, and what the acts in it would change."""
    with asked(request, language) as question:
        name = request.GET.get("instrument", "").strip()
        it = chosen_instrument(question, name) if name else None
        lines = _lines(request)
        context = framed(question, request, instrument=name, **_columns(lines))
        context |= _form(question, it, lines)
        if it is None:
            context["offered"] = list(_offered(question))
        elif lines:
            context |= _answer(question, it, lines)
    return render(request, "pages/what_if.html", context)


def _lines(request: HttpRequest) -> tuple[Line, ...]:
    """The lines that say something: each parameter stands once a line, and lines without an actor are passed over."""
    columns = [request.GET.getlist(name)[:_MOST] for name in ("actor", "act", "date", "ref")]
    width = len(columns[0])
    filled = zip(
        *([value.strip() for value in column] + [""] * (width - len(column)) for column in columns), strict=False
    )
    return tuple(Line(*values) for values in filled if values[0])


def _columns(lines: Iterable[Line]) -> dict[str, list[str]]:
    """The lines as parameters that stand once a line, an empty one among them too."""
    return {name: [getattr(line, name) or " " for line in lines] for name in ("actor", "act", "date", "ref")}


def _form(question: Question, it: Instrument | None, lines: tuple[Line, ...]) -> dict[str, object]:
    words = question.words
    blank = max(1, _LINES - len(lines))
    default = Line(act="ratification", date=str(question.on))
    return {
        "it": it,
        "chosen": "" if it is None else it.id,
        "title": "" if it is None else words.title(it),
        "instrument_href": "" if it is None else question.link(f"instruments/{it.id}"),
        "areas": instruments_by_area(question),
        "names": names_to_choose(question, groups=True),
        "kinds": [(kind, words.act(kind)) for kind in _KINDS],
        "lines": [*lines, *[default] * blank],
        "suggestions": [] if it is None else list(_suggestions(question, it)),
    }


# To begin with


def _offered(question: Question) -> Iterator[dict[str, object]]:
    """Instruments that are not in force, with how many consents they lack."""
    found = 0
    for it, history in question.register.histories():
        if found < _OFFERED and it.kind not in DECLARED and history.force.entry_on(question.on) is None:
            size = _lacking(question, it)
            if size:
                found += 1
                yield {
                    "href": _address(question, it.id, ()),
                    "title": question.words.title(it),
                    "lacking": question.words.count("whatif.lacking", size),
                }


def _lacking(question: Question, it: Instrument) -> int | None:
    try:
        return question.register.missing(it.id, question.on).size
    except Refusal:  # its rule cannot be judged, or its data have errors: its own page says so
        return None


def _suggestions(question: Question, it: Instrument) -> Iterator[dict[str, object]]:
    """The smallest sets that would bring it into force, each as one link."""
    words, register = question.words, question.register
    try:
        found = register.missing(it.id, question.on)
    except Refusal:
        return
    signed = register.law.signatories_of(it.id, question.on)
    for members in found.smallest[:_SETS]:
        day = str(question.on)
        lines = [Line(code, "ratification" if code in signed else "accession", day) for code in members[:_MOST]]
        names = [words.name(code) for code in members]
        yield {
            "href": _address(question, it.id, lines),
            "count": words.count("whatif.suggestion", len(members)),
            "names": words.list(names[:_NAMED]),
            "more": words.count("count.more", len(names) - _NAMED) if len(names) > _NAMED else "",
        }


def _address(question: Question, name: str, lines: Iterable[Line]) -> str:
    query = [("on", str(question.on))] if question.dated else []
    query += [("known", question.known)] if question.known else []
    query += [("instrument", name)]
    query += [pair for line in lines for pair in (("actor", line.actor), ("act", line.act), ("date", line.date))]
    return f"/{question.words.code}/what-if?{urlencode(query)}#answer"


# The answer


def _answer(question: Question, it: Instrument, lines: tuple[Line, ...]) -> dict[str, object]:
    said = [_said(question, line) for line in lines]
    try:
        acts = read_lines(question.register, it.id, said)
        found = question.register.what_if(acts) if acts else None
    except Refusal as refusal:
        return {"wrong": [_finding(question, one) for one in refusal.findings]}
    if found is None:
        return {"nobody": True}
    words = question.words
    command = ["comity what-if", it.id, *(f'--act "{act_line(act)}"' for act in acts[:_LINES])]
    return {
        "answered": not found.refused,
        "refused": found.refused,
        "acts": len(acts),
        "findings": [_finding(question, one) for one in found.findings if one.code != "past-horizon"],
        "past": [words.titled(name) for name in _past(found)],
        "compared": found.on,
        "forces": [line for shift in found.forces for line in _force(question, it, shift)],
        "changes": list(_changes(question, it, found.changes)),
        "relations": list(_relations(question, it, found)),
        "command": " ".join(command) if len(acts) <= _LINES else "",
    }


def _said(question: Question, line: Line) -> str:
    """The line as the service reads it, once its actor is known by code."""
    actor = actor_named(question, line.actor, groups=True)
    ref = f" ref={line.ref}" if line.ref else ""
    return f"{line.date or question.on} {actor} {line.act or 'ratification'}{ref}"


def _past(found: WhatIf) -> list[str]:
    """The instruments that the day compared lies past the horizon of."""
    files = [one.file for one in found.findings if one.code == "past-horizon"]
    return [file.removeprefix("instruments/").removesuffix(".toml") for file in files]


def _finding(question: Question, one: Finding) -> dict[str, object]:
    words = question.words
    return {
        "level": words.text(f"whatif.level.{one.level}"),
        "says": words.english(one.says),
        "do": words.english(one.do) if one.do else "",
        "line": one.line,
    }


def _of(question: Question, it: Instrument, shift: ForceShift) -> SafeString:
    """What it is that enters into force: the instrument asked of, another one, or provisions of either."""
    words = question.words
    title = words.titled(shift.instrument) if shift.instrument != it.id else words.isolated(words.title(it))
    if shift.provisions:
        return words.text("whatif.provisions", instrument=title, provisions=words.list(shift.provisions))
    return title


def _force(question: Question, it: Instrument, shift: ForceShift) -> Iterator[SafeString]:
    words, what = question.words, _of(question, it, shift)
    for name, (before, after) in (("threshold", shift.threshold), ("entry", shift.entry), ("end", shift.ended)):
        if before != after:
            key = "moved" if before and after else ("new" if after else "gone")
            yield words.text(f"whatif.{name}.{key}", instrument=what, date=after or "–", before=before or "–")
    had, has = shift.lacking
    if had is not None and has and has != had:
        yield words.text("whatif.lacks", instrument=what, before=had, after=has)


_Key = tuple[date | None, date | None, str, str, str]


def _changes(question: Question, it: Instrument, changes: Iterable[Shift]) -> Iterator[dict[str, object]]:
    """Changes of one kind on one day as one row; a single one with its reason."""
    words = question.words
    found: dict[_Key, list[Shift]] = {}
    for shift in changes:
        key = (shift.date, shift.instead_of, shift.instrument, shift.before, shift.after)
        found.setdefault(key, []).append(shift)
    for (day, was, name, before, after), shifts in found.items():
        names = sorted((words.name(shift.actor) for shift in shifts if shift.actor), key=words.sort_key)
        yield {
            "date": day,
            "was": was,
            "other": "" if name == it.id else words.titled(name),
            "names": words.list(names[:_NAMED]) if names else words.text("whatif.itself"),
            "rest": words.list(names[_NAMED:]) if len(names) > _NAMED else "",
            "more": words.count("count.more", len(names) - _NAMED) if len(names) > _NAMED else "",
            "status": after,
            "said": words.text("why.change", before=words.status(before), after=words.status(after)),
            "because": words.reason(shifts[0].because) if len(shifts) == 1 and names else "",
        }


def _relations(question: Question, it: Instrument, found: WhatIf) -> Iterator[SafeString]:
    """How many pairs come to be bound, cease to be, or have provisions touched otherwise."""
    words = question.words
    counts: dict[tuple[str, str], int] = {}
    for shift in found.relations:
        bound = (shift.before.bound, shift.after.bound)
        kind = {(False, True): "bound", (True, False): "unbound"}.get(bound, "touched")
        counts[shift.instrument, kind] = counts.get((shift.instrument, kind), 0) + 1
    for (name, kind), number in counts.items():
        said = words.count(f"whatif.pairs.{kind}", number)
        yield said if name == it.id else words.text("whatif.under", instrument=words.titled(name), said=said)


urlpatterns = [page("what-if", kept(what_if))]
