"""Dates as a calendar (iCalendar, RFC 5545), and changes as a feed (Atom, RFC 4287), of one part of the register.

A calendar holds what takes effect and what is due, from a year before the day asked; a feed what took effect by then.
An entry is known for ever by what happened, to whom and when: read again, it is the same entry.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET  # writes only; nothing that comes from outside is read with it

import icalendar
import msgspec
from django.utils.safestring import SafeString

from comity.law.deadlines import Deadline
from comity.law.results import Change
from comity.server.asking import Question
from comity.server.exports.provenance import Provenance, address
from comity.server.exports.table import bare
from comity.server.words import Speaker, Words
from comity.service.ahead import Scope, changes_within, deadlines_within

__all__ = ["Event", "ahead", "calendar_of", "feed_of"]

_BEFORE = timedelta(days=365)
# As far ahead as anything recorded can fix.
_EVER = date.max
# A feed is its newest entries; the table of changes has them all.
_ENTRIES = 200
# Actors named in one line; the others are counted.
_NAMED = 8
_ATOM = "http://www.w3.org/2005/Atom"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens on a day: `key` is what it is, in words that never change; the rest is in plain text."""

    key: str
    day: date
    title: str
    text: str
    path: str
    categories: tuple[str, ...]


def calendar_of(question: Question, scope: Scope, said: Provenance) -> bytes:
    """The calendar of a scope."""
    words, start = question.words, question.on - _BEFORE
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Comity//Register of diplomatic acts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = _titled(question, scope, said)
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("url", said.permalink)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"value": "DURATION"})
    found = [*_changes(question, scope, start, _EVER), *_due(question, scope, start)]
    for event in sorted(found, key=lambda event: (event.day, event.key)):
        calendar.add_component(_entry(event, said, words))
    return bytes(calendar.to_ical())


def ahead(question: Question, scope: Scope, until: date) -> list[Event]:
    """What takes effect and what is due within a scope after the day asked and up to another, in order."""
    due = (event for event in _due(question, scope, question.on) if event.day <= until)
    found = [*_changes(question, scope, question.on, until), *due]
    return sorted(found, key=lambda event: (event.day, event.key))


def _entry(event: Event, said: Provenance, words: Words) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", _permanent(said, event))
    entry.add("dtstamp", said.recorded.astimezone(UTC))
    entry.add("dtstart", event.day)
    entry.add("summary", event.title, parameters={"language": words.code})
    entry.add("description", event.text)
    entry.add("url", said.base + event.path)
    entry.add("categories", list(event.categories))
    entry.add("transp", "TRANSPARENT")
    return entry


def feed_of(question: Question, scope: Scope, said: Provenance) -> bytes:
    """The feed of a scope: the newest first."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": question.words.code})
    # What happened to one is read from its whole life; what happened anywhere, from the last year.
    start = date.min if scope.instrument or scope.actor else question.on - _BEFORE
    newest = list(_changes(question, scope, start, question.on))[::-1][:_ENTRIES]
    whole = f"{said.origin}/feed/{scope.instrument}/{scope.actor}/{scope.area}/{question.words.code}"
    _add(feed, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, whole)}")
    _add(feed, "title", _titled(question, scope, said))
    _add(feed, "updated", _instant(newest[0].day) if newest else _moment(said.recorded))
    _add(feed, "link", rel="self", href=said.base + address(question, format="atom", on="", known=""))
    _add(feed, "link", rel="alternate", type="text/html", href=said.base + address(question, on="", known=""))
    _add(_add(feed, "author"), "name", said.origin)
    _add(feed, "rights", bare(question.words.text("official")))
    for event in newest:
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:uuid:{_permanent(said, event)}")
        _add(entry, "title", event.title)
        _add(entry, "updated", _instant(event.day))
        _add(entry, "link", rel="alternate", type="text/html", href=said.base + event.path)
        _add(entry, "summary", event.text)
        for category in event.categories:
            _add(entry, "category", term=category)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _titled(question: Question, scope: Scope, said: Provenance) -> str:
    """The title of the page, and the area, where the page has several."""
    words = question.words
    return f"{said.title}{words.text('colon')}{words.area(scope.area)}" if scope.area else said.title


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _permanent(said: Provenance, event: Event) -> str:
    """The id of an entry: from the log's name and what happened, and so the same for ever and in every language."""
    return str(uuid5(NAMESPACE_URL, f"{said.origin}/{event.key}"))


def _instant(day: date) -> str:
    return _moment(datetime.combine(day, time(), UTC))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# What happens


def _changes(question: Question, scope: Scope, start: date, end: date) -> Iterator[Event]:
    """Changes after `start` and up to `end` in order: those of one kind, under one instrument, on one day, as one."""
    together: dict[tuple[date, str, str, str], list[Change]] = {}
    for change in changes_within(question.register, scope, start, end):
        key = (change.date, change.instrument, change.before, change.after)
        together.setdefault(key, []).append(change)
    for changes in together.values():
        yield _event(question, scope, changes)


def _event(question: Question, scope: Scope, changes: list[Change]) -> Event:
    words, first = question.words, changes[0]
    actors = [change.actor for change in changes if change.actor]
    page = f"instruments/{first.instrument}"
    params = {
        "instrument": words.titled(first.instrument),
        "said": words.text("why.change", before=words.status(first.before), after=words.status(first.after)),
    }
    whole = words.text("export.event.instrument", **params)
    return Event(
        # Who else changed on that day may still become known: the entry is then the same, and says more.
        key=f"change/{first.instrument}/{first.date}/{first.before}/{first.after}/{scope.actor}",
        day=first.date,
        title=bare(words.text("export.event", actors=_named(words, actors), **params) if actors else whole),
        text="\n".join(bare(words.reason(change.because)) for change in changes[:_NAMED]),
        path=question.link(f"{page}/{actors[0]}" if len(actors) == 1 else page, on=first.date),
        categories=_categories(question, first.instrument),
    )


def _due(question: Question, scope: Scope, start: date) -> Iterator[Event]:
    for due in deadlines_within(question.register, scope, start, _EVER):
        yield _deadline(question, due)


def _deadline(question: Question, due: Deadline) -> Event:
    words = question.words
    title = words.text(
        f"export.due.{due.kind}",
        instrument=words.titled(due.instrument),
        actor=words.name(due.actor),
        provisions=words.articles(due.provisions),
    )
    counted = "" if due.notified is not None else bare(words.text("export.due.counted"))
    return Event(
        key=f"due/{due.kind}/{due.instrument}/{due.date}/{due.actor}/{'+'.join(due.provisions)}",
        day=due.date,
        title=bare(title),
        text="\n".join(line for line in ("; ".join(due.cites), counted) if line),
        path=question.link(f"instruments/{due.instrument}{f'/{due.actor}' if due.actor else ''}", on=due.date),
        categories=_categories(question, due.instrument),
    )


def _categories(question: Question, name: str) -> tuple[str, ...]:
    it = question.register.reading.instrument(name)
    return () if it is None else tuple(question.words.area(area) for area in it.areas)


def _named(words: Speaker, actors: Iterable[str]) -> SafeString:
    names = sorted((words.name(actor) for actor in actors), key=words.sort_key)
    rest = len(names) - _NAMED
    more = [words.count("count.more", rest)] if rest > 0 else []
    return words.list([*names[:_NAMED], *more])
