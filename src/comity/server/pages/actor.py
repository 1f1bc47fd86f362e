"""The page of an actor: all that concerns it on a day."""

from collections.abc import Callable

from comity.law.results import ActorStatus, Status
from comity.server.asking import Question
from comity.server.pages.participants import flag_words, since_words

__all__ = ["actor_page"]

_ORDER = ("party", "contracting", "signatory", "former")


def actor_page(question: Question, code: str) -> dict[str, object]:
    """All that the page shows."""
    words, register = question.words, question.register
    actor = register.reading.directory.actors[code]
    found = [(one, one.actors[0]) for one in register.actor(code, question.on) if one.actors]
    lived = [words.text("actor.from", date=actor.since)] if actor.since else []
    lived += [words.text("actor.until", date=actor.until)] if actor.until else []
    return {
        "heading": words.name(code),
        "code": code,
        "lived": lived,
        "counts": [
            f"{words.status(word)}{words.text('colon')}{words.number(number)}"
            for word in _ORDER
            if (number := sum(own.status == word for _, own in found))
        ],
        "rows": sorted((_row(question, status, own) for status, own in found), key=_rank(question)),
    }


def _row(question: Question, status: Status, own: ActorStatus) -> dict[str, object]:
    words, it = question.words, question.register.instrument(status.instrument)
    return {
        "title": words.title(it),
        "plain": words.plain_title(it),
        "instrument": question.link(f"instruments/{it.id}"),
        "why": question.link(f"instruments/{it.id}/{own.actor}"),
        "consent": own.consent.date if own.consent else "",
        "mark": words.mark(own.consent.act) if own.consent else "",
        "since": since_words(words, own),
        "status": own.status,
        "said": words.status(own.status),
        "flags": flag_words(words, own),
    }


def _rank(question: Question) -> Callable[[dict[str, object]], tuple[int, str]]:
    def rank(row: dict[str, object]) -> tuple[int, str]:
        return _ORDER.index(str(row["status"])), question.words.sort_key(str(row["plain"]))

    return rank
