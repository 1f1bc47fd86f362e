"""A list held against the register, act by act, and laid over it for those who brought it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import msgspec

from comity.acts import CONSENT, Act
from comity.dates import LegalDate
from comity.notation.acts_file import act_row
from comity.register.correcting import Held as Entry
from comity.register.importers.common import Imported
from comity.register.importing import Scope
from comity.register.matching import match, merged
from comity.service.lists.brought import Held, ListReading
from comity.service.queries import Register

__all__ = ["Difference", "differences", "overlay"]

Verdict = Literal["same", "differs", "only-list", "only-register", "private"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One act of the list, of the register, or of both; or (`act` = `in-force`) since when an actor is bound.

    `verdict`: `same` (the list may know a date less exactly), `differs`, `only-list`, `only-register`, or `private` for
    an instrument that only the list has. `line` is the row of the list (0: none).
    """

    instrument: str
    actor: str
    act: str
    yours: str
    register: str
    verdict: Verdict
    line: int = 0


def differences(found: ListReading, register: Register, own: str) -> tuple[Difference, ...]:
    """All differences between a list and the register, by instrument, actor and date.

    What only the register has is told of the actors that the list speaks of, under its instruments; and of `own`, the
    office's State, under every instrument.
    """
    kinds = _kinds(found)
    told = [*_of_acts(found, register, kinds), *_of_force(found, register), *_missed(found, register, own, kinds)]
    return tuple(sorted(told, key=lambda one: (one.instrument, one.actor, one.yours or one.register, one.act)))


def _kinds(found: ListReading) -> frozenset[str]:
    """The kinds of act that the list tells of: its silence about others means nothing."""
    kinds = {act.kind for acts in found.layer.by_instrument.values() for act in acts}
    return frozenset(kinds | CONSENT if kinds & CONSENT else kinds)


def _register_acts(register: Register, name: str) -> tuple[Act, ...]:
    return register.reading.acts(name) if register.reading.has_definition(name) else ()


def _of_acts(found: ListReading, register: Register, kinds: frozenset[str]) -> Iterator[Difference]:
    for name, acts in found.layer.by_instrument.items():
        if name in found.layer.definitions:
            yield from (_told(act, str(act.date), "", "private") for act in acts)
            continue
        actors = {act.actor for act in acts}
        known = [act for act in _register_acts(register, name) if act.actor in actors and act.kind in kinds]
        matched = match(list(acts), _entries(known), found.layer.scope.columns)
        for act, entry in matched.pairs:
            yield _pair(act, known[entry.index])
        yield from (_told(act, str(act.date), "", "only-list") for act in matched.new)
        yield from (
            _told(known[entry.index], "", str(known[entry.index].date), "only-register") for entry in matched.gone
        )


def _entries(acts: Iterable[Act]) -> list[Entry]:
    return [Entry(index=at, hash=b"", recorded="", act=act, stands=act) for at, act in enumerate(acts)]


def _pair(yours: Act, ours: Act) -> Difference:
    same = _agree(yours.date, ours.date) and (
        yours.kind in {ours.kind, "consent"} and (yours.kind == ours.kind or ours.kind in CONSENT)
    )
    return Difference(
        instrument=yours.instrument,
        actor=yours.actor,
        act=ours.kind if yours.kind == "consent" else yours.kind,
        yours=f"{yours.date} {yours.kind}" if yours.kind not in {ours.kind, "consent"} else str(yours.date),
        register=f"{ours.date} {ours.kind}" if yours.kind not in {ours.kind, "consent"} else str(ours.date),
        verdict="same" if same else "differs",
        line=yours.line,
    )


def _agree(one: LegalDate, other: LegalDate) -> bool:
    """Whether two dates can be one: equal, or one known less exactly and the other within it."""
    return _within(other, one) or _within(one, other)


def _within(one: LegalDate, other: LegalDate) -> bool:
    return other.first <= one.first and one.last <= other.last


def _told(act: Act, yours: str, register: str, verdict: Verdict) -> Difference:
    return Difference(
        instrument=act.instrument,
        actor=act.actor,
        act=act.kind,
        yours=yours,
        register=register,
        verdict=verdict,
        line=act.line if yours else 0,
    )


def _of_force(found: ListReading, register: Register) -> Iterator[Difference]:
    bound: dict[str, dict[str, list[date]]] = {}
    for held in found.in_force:
        if held.instrument in found.layer.definitions:
            yield _held(held, "", "private")
            continue
        if held.instrument not in bound:
            bound[held.instrument] = _bound_since(register, held.instrument)
        days = bound[held.instrument].get(held.actor, [])
        agrees = [day for day in days if _agree(held.since, LegalDate.of(day))]
        said = agrees[:1] or days
        verdict: Verdict = "same" if agrees else "differs" if days else "only-list"
        yield _held(held, ", ".join(map(str, said)), verdict)


def _bound_since(register: Register, name: str) -> dict[str, list[date]]:
    """For each actor the days from which it was bound by an instrument."""
    found: dict[str, list[date]] = {}
    for change in register.timeline(name):
        if change.after == "party":
            found.setdefault(change.actor, []).append(change.date)
    return found


def _held(held: Held, register: str, verdict: Verdict) -> Difference:
    return Difference(
        instrument=held.instrument,
        actor=held.actor,
        act="in-force",
        yours=str(held.since),
        register=register,
        verdict=verdict,
        line=held.line,
    )


def _missed(found: ListReading, register: Register, own: str, kinds: frozenset[str]) -> Iterator[Difference]:
    """What the register knows of the office's own State under instruments that its list does not have."""
    told = {*found.layer.by_instrument, *(held.instrument for held in found.in_force)}
    for name in register.reading.ids():
        if name not in told:
            for act in _register_acts(register, name):
                if act.actor == own and act.kind in kinds:
                    yield _told(act, "", str(act.date), "only-register")


def overlay(found: ListReading, register: Register) -> Register:
    """The register with the list laid over it: its acts in place of those they differ from, its own beside the rest."""
    by_instrument = {name: _laid(name, acts, found, register) for name, acts in found.layer.by_instrument.items()}
    for name in found.layer.definitions:
        by_instrument.setdefault(name, ())
    layer = Imported(
        name=found.layer.name,
        by_instrument=by_instrument,
        definitions=found.layer.definitions,
        scope=Scope(whole=False),
    )
    return Register([layer, *register.reading.layers])


def _laid(name: str, acts: tuple[Act, ...], found: ListReading, register: Register) -> tuple[Act, ...]:
    known = list(_register_acts(register, name))
    columns = found.layer.scope.columns
    matched = match(list(acts), _entries(known), columns)
    for act, entry in matched.pairs:
        if not _agree(act.date, known[entry.index].date) or act_row(act)["act"] != known[entry.index].kind:
            known[entry.index] = merged(known[entry.index], act, columns or frozenset())
    return (*known, *matched.new)
