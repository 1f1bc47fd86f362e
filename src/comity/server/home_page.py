"""The first page, and what was searched for."""

from datetime import date, timedelta

from comity.actors import fold
from comity.instruments import AREAS, Instrument
from comity.law.results import Change
from comity.server.asking import Question

__all__ = ["home_page", "search_page"]

_LATELY = timedelta(days=365)
_SHOWN = 12
_FOUND = 40


def home_page(question: Question) -> dict[str, object]:
    """All that the first page shows."""
    words, on = question.words, question.on
    lately = question.register.changes(on - _LATELY, on)[-_SHOWN:]
    coming = question.register.changes(on, on + _LATELY)[:_SHOWN]
    return {
        "example": f"/{words.code}/instruments/paris-agreement/USA?on=2021-02-18",
        "lately": [_change(question, change) for change in reversed(lately)],
        "coming": [_change(question, change) for change in coming],
        "areas": _areas(question),
    }


def _change(question: Question, change: Change) -> dict[str, object]:
    words = question.words
    page = f"instruments/{change.instrument}" + (f"/{change.actor}" if change.actor else "")
    return {
        "date": change.date,
        "href": question.link(page, on=_day(change.date)),
        "actor": words.name(change.actor) if change.actor else "",
        "title": words.titled(change.instrument),
        "said": words.text("why.change", before=words.status(change.before), after=words.status(change.after)),
    }


def _day(day: date) -> str:
    return day.isoformat()


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
    ids += [name for name, title in words.table.TITLES.items() if all(word in fold(title) for word in wanted)]
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
