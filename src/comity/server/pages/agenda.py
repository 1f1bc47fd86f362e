"""What lies ahead of an actor on a day: what takes effect, what ends, and by when silence would speak for it."""

from collections.abc import Iterator
from datetime import date

import msgspec
from django.utils.safestring import SafeString

from comity.instruments import Instrument
from comity.law.deadlines import Deadline
from comity.law.reservations import TACIT
from comity.law.results import ActorStatus
from comity.server.asking import Question
from comity.service.ahead import Scope, deadlines_within

__all__ = ["Coming", "agenda"]


class Coming(msgspec.Struct, frozen=True):
    """Something on a day ahead: the instrument, and what happens."""

    date: date
    href: str
    title: SafeString
    said: SafeString


def agenda(question: Question, code: str, found: list[tuple[Instrument, ActorStatus]]) -> list[Coming]:
    """In order of days. Only acts told by the day asked count, so that a past day shows what was ahead of it then."""
    return sorted((*_effects(question, found), *_deadlines(question, code)), key=lambda one: one.date)


def _effects(question: Question, found: list[tuple[Instrument, ActorStatus]]) -> Iterator[Coming]:
    for it, own in found:
        if own.until is None or own.until <= question.on:
            continue
        key = {"party": "agenda.leaves", "contracting": "agenda.bound", "signatory": "agenda.unsigned"}.get(own.status)
        if key is not None:
            page = question.link(f"instruments/{it.id}/{own.actor}")
            yield Coming(own.until, page, question.words.title(it), question.words.text(key))


def _deadlines(question: Question, code: str) -> Iterator[Coming]:
    register, on = question.register, question.on
    together: dict[tuple[date, str, str, bool], list[Deadline]] = {}
    for one in deadlines_within(register, Scope(actor=code), on, date.max):
        # Without a notification the period runs from the act itself, which must have been done by the day asked.
        if one.date <= TACIT.after(on) if one.notified is None else one.notified <= on:
            together.setdefault((one.date, one.instrument, one.actor, one.notified is None), []).append(one)
    for (day, name, _, _), due in together.items():
        page = question.link(f"instruments/{name}")
        yield Coming(day, page, question.words.titled(name), _due(question, due))


def _due(question: Question, due: list[Deadline]) -> SafeString:
    """What is due for several reservations of one actor that came together."""
    words, first = question.words, due[0]
    if first.kind == "rejection":
        return words.text("agenda.rejection")
    provisions = words.articles(p for one in due for p in one.provisions)
    key = "agenda.objection" if first.notified is not None else "agenda.objection.unnotified"
    return words.text(key, actor=words.name(first.actor), provisions=provisions)
