"""What took effect and what lies ahead, within a part of the register: one instrument, one actor, one area."""

from collections.abc import Iterator
from datetime import date

import msgspec

from comity.instruments import Instrument
from comity.law.deadlines import Deadline, deadlines
from comity.law.results import Change
from comity.service.queries import Register

__all__ = ["Scope", "changes_within", "deadlines_within"]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the register, by ids; what is empty leaves all in."""

    instrument: str = ""
    actor: str = ""
    area: str = ""

    def holds(self, it: Instrument) -> bool:
        """Whether an instrument is within it."""
        return self.instrument in {"", it.id} and (not self.area or self.area in it.areas)


def changes_within(register: Register, scope: Scope, start: date, end: date) -> list[Change]:
    """Changes of status after `start` and up to `end`, within a scope, in order.

    Raises `Refusal` for what is no instrument or actor, or has errors. The entry into force of an instrument concerns
    an actor only through its own status.
    """
    if scope.instrument or scope.actor:
        every = register.timeline(scope.instrument or scope.actor)
    else:
        every = register.changes(start, end)
    return [
        change
        for change in every
        if start < change.date <= end
        and scope.actor in {"", change.actor}
        and ((it := register.reading.instrument(change.instrument)) is None or scope.holds(it))
    ]


def deadlines_within(register: Register, scope: Scope, start: date, end: date) -> list[Deadline]:
    """Deadlines after `start` and up to `end`, within a scope, in order.

    To an actor, those count under the instruments that it is concerned in: any of their States may have to speak.
    """
    found = [
        one
        for it in _instruments(register, scope)
        for one in deadlines(register.law, it)
        if start < one.date <= end and one.actor != (scope.actor or None)
    ]
    return sorted(found, key=lambda one: (one.date, one.instrument, one.actor))


def _instruments(register: Register, scope: Scope) -> Iterator[Instrument]:
    for it, history in register.histories():
        if scope.holds(it) and (not scope.actor or scope.actor in history.records):
            yield it
