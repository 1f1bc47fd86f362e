"""The first page."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.safestring import SafeString

from comity.instruments import AREAS, Instrument
from comity.law.history import History
from comity.law.results import DECLARED, Change
from comity.law.status import complete_until, past_horizon
from comity.server.asking import Question
from comity.server.exports.answer import Export
from comity.server.exports.table import bare
from comity.server.pages.maps import StateMap, bound_map
from comity.service.ahead import Scope

__all__ = ["home_export", "home_page"]

_LATELY = timedelta(days=365)
_SHOWN = 12
# Actors named where many change their status on one day; the others are counted.
_NAMED = 8


def home_page(question: Question) -> dict[str, object]:
    """All that the first page shows."""
    words, register, on = question.words, question.register, question.on
    example = "2021-02-18"
    return {
        "example": f"/{words.code}/instruments/paris-agreement/USA?on={example}",
        "example_on": example,
        "lately": _events(question, register.changes(on - _LATELY, on))[::-1][:_SHOWN],
        "coming": _events(question, _fixed(question, register.changes(on, on + _LATELY)))[:_SHOWN],
        "areas": _areas(question),
        "groups": _groups(question),
        "map": bound_map(question),
    }


def home_export(question: Question, page: dict[str, object]) -> Export:
    """What the first page gives away: the table of its map; what changes in the whole register as calendar and feed."""
    shown = page["map"]
    tables = (shown.table,) if isinstance(shown, StateMap) and shown.table is not None else ()
    return Export(name="comity", title=bare(question.words.text("home.changes")), tables=tables, scope=Scope())


def _fixed(question: Question, changes: Iterable[Change]) -> Iterator[Change]:
    """Changes that lie ahead of the day asked and that the acts told by then had fixed already."""
    ends: dict[str, dict[str, date | None]] = {}
    for change in changes:
        if change.instrument not in ends:
            status = question.register.status(change.instrument, question.on)
            ends[change.instrument] = {one.actor: one.until for one in status.actors}
            ends[change.instrument][""] = status.entry_into_force
        if ends[change.instrument].get(change.actor) == change.date:
            yield change


def _events(question: Question, changes: Iterable[Change]) -> list[dict[str, object]]:
    """Changes of one kind, under one instrument, on one day, as one line."""
    found: dict[tuple[date, str, str, str], list[str]] = {}
    for change in changes:
        key = (change.date, change.instrument, change.before, change.after)
        found.setdefault(key, []).extend([change.actor] if change.actor else [])
    return [_event(question, key, actors) for key, actors in found.items()]


def _event(question: Question, key: tuple[date, str, str, str], actors: list[str]) -> dict[str, object]:
    words = question.words
    day, name, before, after = key
    page = f"instruments/{name}/{actors[0]}" if len(actors) == 1 else f"instruments/{name}"
    names = sorted((words.name(actor) for actor in actors), key=words.sort_key)
    rest = len(names) - _NAMED
    return {
        "date": day,
        "href": question.link(page, on=day),
        "title": words.titled(name),
        "actors": words.list(names[:_NAMED]),
        "more": words.count("count.more", rest) if rest > 0 else "",
        "said": words.text("why.change", before=words.status(before), after=words.status(after)),
    }


def _areas(question: Question) -> list[dict[str, object]]:
    """Instruments under the first of their areas, each once, with how they stand on the day."""
    words = question.words
    by_area: dict[str, list[tuple[Instrument, History]]] = {area: [] for area in (*AREAS, "")}
    for it, history in question.register.histories():
        by_area[it.areas[0] if it.areas else ""].append((it, history))
    return [
        {
            "name": words.area(area) if area else words.text("home.other"),
            "instruments": [
                (question.link(f"instruments/{it.id}"), words.title(it), _standing(question, it, history))
                for it, history in sorted(found, key=lambda pair: words.title_key(pair[0]))
            ],
        }
        for area, found in by_area.items()
        if found
    ]


def _standing(question: Question, it: Instrument, history: History) -> SafeString | str:
    """How many parties it has in force, and up to when that is known; nothing for one that has no parties."""
    words, on = question.words, question.on
    if it.kind in DECLARED:
        return ""
    if history.force.over(on):
        return words.text("instrument.ended", on=on)
    if not history.force.in_force(on):
        return words.status("not-in-force")
    parties = words.count("count.party", len(history.parties(on)))
    until = complete_until(it)
    if until is None or not past_horizon(it, on):
        return parties
    return words.text("home.standing", parties=parties, until=words.text("home.known-until", date=until))


def _groups(question: Question) -> list[tuple[str, str, SafeString]]:
    """The groups that have members on the day."""
    words = question.words
    found = [(name, len(group.at(question.on))) for name, group in question.register.reading.directory.groups.items()]
    return [
        (question.link(f"groups/{name}"), words.group(name), words.count("count.member", number))
        for name, number in sorted(found, key=lambda one: words.sort_key(words.group(one[0])))
        if number
    ]
