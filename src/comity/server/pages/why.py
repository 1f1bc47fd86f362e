"""Why an actor has its status under an instrument, and what binds it toward another."""

from comity.instruments import Instrument
from comity.law.results import Relation
from comity.server.asking import Question
from comity.server.pages.citing import steps
from comity.server.pages.instrument import horizon
from comity.server.pages.participants import flag_words

__all__ = ["why_page"]


def why_page(question: Question, it: Instrument, actor: str, other: str | None) -> dict[str, object]:
    """All that the page shows."""
    words, register, on = question.words, question.register, question.on
    found = register.why(it.id, actor, on)
    status = register.status(it.id, on)
    own = next((one for one in status.actors if one.actor == actor), None)
    others = [(one.actor, words.name(one.actor)) for one in status.actors if one.actor != actor]
    return {
        "it": it,
        "instrument": words.title(it),
        "instrument_href": question.link(f"instruments/{it.id}"),
        "actor": words.name(actor),
        "actor_href": question.link(f"actors/{actor}"),
        "plain_heading": f"{words.name(actor)}: {words.plain_title(it)}",
        "status": found.status,
        "said": words.text("why.on", on=on, status=words.status(found.status)),
        "flags": [] if own is None else flag_words(words, own),
        "steps": steps(question, found.reasons, it.id),
        "horizon": horizon(words, status.known_until, found.reasons, on),
        "changes": _changes(question, it, actor),
        "participants": sorted(others, key=lambda pair: words.sort_key(pair[1])),
        "toward": other or "",
        "relation": None
        if other is None
        else _relation(question, register.relation(it.id, actor, other, on), (actor, other)),
    }


def _changes(question: Question, it: Instrument, actor: str) -> list[dict[str, object]]:
    words = question.words
    return [
        {
            "date": change.date,
            "href": question.link(f"instruments/{it.id}/{actor}", on=change.date),
            "said": words.text("why.change", before=words.status(change.before), after=words.status(change.after)),
        }
        for change in question.register.timeline(it.id)
        if change.actor == actor
    ]


def _relation(question: Question, found: Relation, pair: tuple[str, str]) -> dict[str, object]:
    words = question.words
    one, other = map(words.name, pair)
    key = "relation.bound" if found.bound else "relation.unbound"
    touched = [
        words.text(f"relation.{name.replace('_', '-')}", provisions=words.articles(provisions))
        for name in ("excluded", "modified", "not_settled")
        if (provisions := getattr(found, name))
    ]
    if found.bound and not touched:
        touched.append(words.text("relation.untouched"))
    return {
        "said": words.text(key, one=one, other=other, on=question.on),
        "touched": touched,
        "steps": steps(question, found.reasons, found.instrument),
    }
