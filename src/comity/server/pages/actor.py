"""The page of an actor: all that concerns it on a day, what it said and was told, and what lies ahead of it."""

from collections.abc import Iterator
from datetime import date

import msgspec
from django.utils.safestring import SafeString

from comity.actors import Actor, fold
from comity.instruments import AREAS, Instrument
from comity.law.results import ActorStatus, Change, Status
from comity.law.statements import Statement
from comity.server.asking import Question
from comity.server.charts import Chart, steps_over_time
from comity.server.exports.answer import Export
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.markup import format_html
from comity.server.pages.agenda import agenda
from comity.server.pages.listing import ASKED as LISTED
from comity.server.pages.listing import Field, Filter, Listing, chosen, filter_of, listed
from comity.server.pages.participants import flag_words, known_cell, legend_of, since_words
from comity.server.pages.said import Said, said_by, statements_table
from comity.server.words import Speaker
from comity.service.ahead import Scope

__all__ = ["ASKED", "actor_export", "actor_page"]

# What a reader may ask of the page, beside the day and the moment.
ASKED = ("name", "status", "area", *LISTED)
_STATUSES = ("party", "contracting", "signatory", "former")
_CONSTITUENT = frozenset({"constitution", "charter"})


def actor_page(question: Question, code: str) -> dict[str, object]:
    """All that the page shows."""
    words, register = question.words, question.register
    actor = register.reading.directory.actors[code]
    found = [
        (register.instrument(one.instrument), one, one.actors[0])
        for one in register.actor(code, question.on)
        if one.actors
    ]
    counts = {word: sum(own.status == word for _, _, own in found) for word in _STATUSES}
    changes = register.timeline(code)
    said = register.statements_of(code, question.on)
    listing = listed(question, _bound(question, found), first="instrument")
    return {
        "heading": words.name(code),
        "code": code,
        "facts": list(_facts(question, actor)),
        "counts": [
            (
                question.here(status=word, page="", mark="bound"),
                words.text("actor.count", status=words.status(word), n=words.number(n)),
            )
            for word, n in counts.items()
            if n
        ],
        "any": bool(found),
        "filter": _filter(question, found),
        "listing": listing,
        "legend": legend_of(words, listing, "consent_act"),
        "agenda": agenda(question, code, [(it, own) for it, _, own in found]),
        "groups": _groups(question, code),
        "organizations": _organizations(question, found),
        "said": list(_said(question, code, said)),
        "statements": statements_table(question, said),
        "steps": list(_steps(question, code)),
        "changes": _changes(question, changes),
        "chart": _chart(question, changes),
    }


def actor_export(question: Question, code: str, page: dict[str, object]) -> Export:
    """What the page gives away: the instruments that the filters leave, every change, what was said."""
    listing = page["listing"]
    tables = [listing.table] if isinstance(listing, Listing) else []
    tables += [table for name in ("changes", "statements") if isinstance(table := page[name], Table)]
    title = bare(question.words.text("actor.bound", on=question.on))
    return Export(
        name=code.lower(),
        title=f"{page['heading']}: {title}",
        tables=tuple(table for table in tables if table.rows),
        scope=Scope(actor=code),
    )


# Who it is


def _facts(question: Question, actor: Actor) -> Iterator[tuple[SafeString, object]]:
    words, on = question.words, question.on
    codes = {actor.id, *(code for scheme in ("iso3", "iso2", "m49") if (code := actor.code(scheme, on)))}
    yield words.text("actor.code"), words.list(sorted(codes, key=lambda code: (code != actor.id, code)))
    yield words.text("actor.kind"), words.text(f"actor.kind.{actor.kind}")
    lived = [words.text("actor.from", date=actor.since)] if actor.since else []
    lived += [words.text("actor.until", date=actor.until)] if actor.until else []
    if lived:
        yield words.text("actor.exists"), words.list(lived)
    formerly = list(_former_names(words, actor))
    if formerly:
        yield words.text("actor.formerly"), words.list(formerly)
    if actor.successors:
        yield words.text("actor.successors"), _linked(question, actor.successors)
    if actor.members:
        group = format_html('<a href="{}">{}</a>', question.link(f"groups/{actor.members}"), words.group(actor.members))
        yield words.text("actor.members"), group
    if actor.note:
        yield words.text("actor.note"), words.english(actor.note)


def _former_names(words: Speaker, actor: Actor) -> Iterator[SafeString]:
    for former in actor.formerly:
        name = former.names.get(words.code) or former.names.get("en")
        if name:
            yield words.text("actor.name-until", name=name, date=former.until)


def _linked(question: Question, codes: tuple[str, ...]) -> SafeString:
    links = (
        format_html('<a href="{}">{}</a>', question.link(f"actors/{code}"), question.words.name(code)) for code in codes
    )
    return question.words.list(links)


def _groups(question: Question, code: str) -> list[tuple[str, str, SafeString]]:
    """The groups that it is in on the day, each with since when; a list may have no dates at all."""
    words, found = question.words, []
    for group in question.register.reading.directory.groups.values():
        own = next((m for m in group.members if m.actor == code and m.covers(question.on)), None)
        if own is not None:
            since = words.text("actor.undated") if own.since is None else words.text("actor.from", date=own.since)
            found.append((question.link(f"groups/{group.id}"), words.group(group.id), since))
    return sorted(found, key=lambda one: words.sort_key(one[1]))


# What binds it

_Concerned = tuple[Instrument, Status, ActorStatus]


def _filter(question: Question, found: list[_Concerned]) -> Filter:
    words, asked = question.words, question.extra
    statuses = tuple((w, words.status(w)) for w in _STATUSES if any(own.status == w for _, _, own in found))
    areas = tuple((area, words.area(area)) for area in AREAS if any(area in it.areas for it, _, _ in found))
    return filter_of(
        question,
        "bound",
        Field("name", words.text("filter.title"), asked.get("name", "")),
        Field("status", words.text("col.status"), asked.get("status", ""), statuses),
        Field("area", words.text("instrument.areas"), asked.get("area", ""), areas),
    )


def _bound(question: Question, found: list[_Concerned]) -> Table:
    """The instruments that the filters leave, each with the status under it. Raises `Fault` for an unknown choice."""
    words, asked = question.words, question.extra
    status = chosen(question, "status", asked.get("status", ""), _STATUSES)
    area = chosen(question, "area", asked.get("area", ""), AREAS)
    text = fold(asked.get("name", "")).split()
    columns = (
        Column("instrument", words.text("col.instrument")),
        Column("id", words.text("col.id"), shown=False),
        Column("consent", words.text("col.consent-short"), "date"),
        Column("consent_act", words.text("col.consent-act"), shown=False),
        Column("since", words.text("col.since"), "date"),
        Column("until", words.text("col.until"), "date", shown=False),
        Column("status", words.text("col.status")),
        Column("known", words.text("col.known"), "date"),
    )
    rows = [
        _row(question, it, own)
        for it, _, own in found
        if status in {"", own.status}
        and (not area or area in it.areas)
        and all(word in fold(f"{words.plain_title(it)} {it.title} {it.id}") for word in text)
    ]
    return Table(id="bound", title=bare(words.text("actor.caption", on=question.on)), columns=columns, rows=tuple(rows))


def _row(question: Question, it: Instrument, own: ActorStatus) -> tuple[Cell, ...]:
    words = question.words
    why = question.link(f"instruments/{it.id}/{own.actor}")
    consent, said = own.consent, since_words(words, own)
    mark = words.mark(consent.act) if consent else ""
    dated = format_html('<bdi dir="ltr">{}</bdi>{}', consent.date if consent else "", f" {mark}" if mark else "")
    since = own.since if own.status == "party" else None
    return row(
        Cell(words.plain_title(it), words.title(it), question.link(f"instruments/{it.id}")),
        it.id,
        Cell(consent.date, dated, f"{why}#consent") if consent else Cell(),
        consent.act if consent else None,
        Cell(since, said[0], f"{why}#in-force", "", tuple(said[1:])) if said else Cell(),
        own.until,
        Cell(own.status, words.status(own.status), why, f"status {own.status}", tuple(flag_words(words, own))),
        known_cell(question, it),
    )


def _organizations(question: Question, found: list[_Concerned]) -> list[tuple[str, SafeString, SafeString]]:
    """The organizations whose constituent instruments bind it."""
    words = question.words
    return [
        (question.link(f"instruments/{it.id}/{own.actor}"), words.title(it), words.text("actor.from", date=own.since))
        for it, _, own in found
        if it.kind in _CONSTITUENT and own.status == "party"
    ]


# What it said, did at home, and became


class Under(msgspec.Struct, frozen=True):
    """What it said under one instrument."""

    href: str
    title: SafeString
    said: Said


def _said(question: Question, code: str, found: list[Statement]) -> Iterator[Under]:
    words, by_instrument = question.words, dict[str, list[Statement]]()
    for one in found:
        by_instrument.setdefault(one.instrument, []).append(one)
    named = sorted((question.register.instrument(name) for name in by_instrument), key=words.title_key)
    for it in named:
        for said in said_by(question, it, by_instrument[it.id], [code]):
            yield Under(question.link(f"instruments/{it.id}"), words.title(it), said)


def _steps(question: Question, code: str) -> Iterator[SafeString]:
    """Steps on the way to consent at home, and notices of the intention not to ratify."""
    words = question.words
    for it, history in question.register.histories():
        record = history.records.get(code)
        for act in () if record is None else (*record.steps, *record.intentions):
            if act.day <= question.on:
                params = {"instrument": words.titled(it.id), "actor": words.name(code), "act": words.act(act.kind)}
                said = words.text("cite.act", date=act.date, **params)
                yield words.text("cite.source", cite=said, source=words.english(act.note)) if act.note else said


def _changes(question: Question, found: list[Change]) -> Table:
    """Every change of its status, newest first."""
    words = question.words
    columns = (
        Column("date", words.text("ask"), "date"),
        Column("instrument", words.text("col.instrument")),
        Column("before", words.text("col.before")),
        Column("after", words.text("col.after")),
    )
    rows = [
        row(
            Cell(one.date, href=question.link(f"instruments/{one.instrument}/{one.actor}", on=one.date)),
            Cell(one.instrument, words.titled(one.instrument)),
            Cell(one.before, words.status(one.before)),
            Cell(one.after, words.status(one.after)),
        )
        for one in reversed(found)
    ]
    return Table(id="changes", title=bare(words.text("why.history")), columns=columns, rows=tuple(rows))


def _chart(question: Question, found: list[Change]) -> Chart | None:
    """The number of instruments that it is party to, over time."""
    number, by_day = 0, dict[date, int]()
    for one in found:
        number += (one.after == "party") - (one.before == "party")
        by_day[one.date] = number
    points = list(by_day.items())
    return steps_over_time(points, max(question.on, points[-1][0]), question.on) if points else None
