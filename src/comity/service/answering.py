"""Answers to questions of the table that are more than one call of a method."""

from collections.abc import Sequence
from datetime import date

from comity.law.deadlines import Deadline
from comity.law.results import Change
from comity.law.statements import Statement
from comity.law.what_if import WhatIf
from comity.service.ahead import Scope, changes_within, deadlines_within
from comity.service.answers import OfActor, Reasoned, Supposed
from comity.service.queries import Register, refuse
from comity.service.supposing import read_lines

__all__ = ["changes", "deadlines", "of_actor", "of_instrument", "of_one_actor", "statements", "timeline", "what_if"]


def of_actor(register: Register, actor: str, on: date) -> OfActor:
    """All that concerns an actor on a day."""
    return OfActor(actor=register.actor_code(actor), on=on, statuses=tuple(register.actor(actor, on)))


def _told(changes: list[Change], *, reasons: bool) -> list[Change] | list[Reasoned]:
    return [Reasoned(change) for change in changes] if reasons else changes


def timeline(register: Register, name: str, *, reasons: bool = False) -> list[Change] | list[Reasoned]:
    """The changes under an instrument, or of an actor's status."""
    return _told(register.timeline(name), reasons=reasons)


def of_instrument(register: Register, instrument: str, *, reasons: bool = False) -> list[Change] | list[Reasoned]:
    """The changes under an instrument."""
    return timeline(register, register.instrument(instrument).id, reasons=reasons)


def of_one_actor(register: Register, actor: str, *, reasons: bool = False) -> list[Change] | list[Reasoned]:
    """The changes of an actor's status."""
    return timeline(register, register.actor_code(actor), reasons=reasons)


def changes(
    register: Register, start: date, end: date, *, reasons: bool = False, **within: str
) -> list[Change] | list[Reasoned]:
    """The changes after a day and up to another, within what is named."""
    if within:
        return _told(changes_within(register, _scope(register, **within), start, end), reasons=reasons)
    return _told(register.changes(start, end), reasons=reasons)


def deadlines(register: Register, start: date, end: date | None = None, **within: str) -> list[Deadline]:
    """The deadlines after a day and up to another, within what is named."""
    return deadlines_within(register, _scope(register, **within), start, end or date.max)


def _scope(register: Register, instrument: str = "", actor: str = "", area: str = "") -> Scope:
    """A part of the register, once what is named is there; raises `Refusal` for what is not."""
    if area and not any(area in it.areas for it in register.instruments()):
        raise refuse("area-unknown", f"no instrument is of the area “{area:.40}”", "instruments name their areas")
    name = register.instrument(instrument).id if instrument else ""
    return Scope(instrument=name, actor=register.actor_code(actor) if actor else "", area=area)


def statements(register: Register, instrument: str, on: date) -> list[Statement]:
    """The reservations and declarations under an instrument."""
    return register.statements(register.instrument(instrument).id, on)


def what_if(
    register: Register, instrument: str, acts: Sequence[str], on: date | None = None, *, reasons: bool = False
) -> WhatIf | Supposed:
    """What acts, as lines, would change."""
    found = register.what_if(read_lines(register, instrument, acts), on)
    return Supposed(found) if reasons else found
