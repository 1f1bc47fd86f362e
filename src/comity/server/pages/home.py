"""The first page, and what was searched for."""

from collections.abc import Iterable
from datetime import date, timedelta

from comity.actors import fold
from comity.instruments import AREAS, Instrument
from comity.law.results import Change
from comity.server.asking import Question
from comity.server.pages.maps import bound_map

__all__ = ["home_page", "search_page"]

_LATELY = timedelta(days=365)
_SHOWN = 12
_FOUND = 40
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
        "coming": _events(question, register.changes(on, on + _LATELY))[:_SHOWN],
        "areas": _areas(question),
        "map": bound_map(question),
    }


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
    """Instruments under the first of their areas, each once."""
    words, reading = question.words, question.register.reading
    by_area: dict[str, list[Instrument]] = {area: [] for area in (*AREAS, "")}
    for name in reading.ids():
        it = reading.instrument(name)
        if it is not None:
            by_area[it.areas[0] if it.areas else ""].append(it)
    return [
        {
            "name": words.area(area) if area else words.text("home.other"),
            "instruments": [
                (question.link(f"instruments/{it.id}"), words.title(it))
                for it in sorted(found, key=lambda it: words.sort_key(words.plain_title(it)))
            ],
        }
        for area, found in by_area.items()
        if found
    ]


def search_page(question: Question, text: str) -> dict[str, object]:
    """What was found: instruments (also by their titles in this language), actors, provisions."""
    words, register = question.words, question.register
    hits = register.search(text)
    wanted = fold(text).split()
    ids = [hit.where for hit in hits if hit.kind == "instrument"]
    ids += [name for name, title in words.titles() if all(word in fold(title) for word in wanted)]
    known = [name for name in dict.fromkeys(ids) if register.reading.has_definition(name)]
    return {
        "q": text,
        "instruments": [(question.link(f"instruments/{name}"), words.titled(name)) for name in known[:_FOUND]],
        "actors": [
            (question.link(f"actors/{hit.where}"), words.name(hit.where), hit.where)
            for hit in hits
            if hit.kind == "actor"
        ][:_FOUND],
        "provisions": [
            (question.link(f"instruments/{hit.where}"), words.titled(hit.where), hit.number, words.english(hit.text))
            for hit in hits
            if hit.kind == "provision"
        ][:_FOUND],
    }
