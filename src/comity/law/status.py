"""Who is bound by an instrument on a day: histories projected onto that day."""

from collections.abc import Iterator
from datetime import date

from comity.acts import CONSENT
from comity.dates import LegalDate
from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.history import Contest, End, Force, History, Period, Record, Spell
from comity.law.law import Law
from comity.law.results import (
    DECLARED,
    ActorStatus,
    Consent,
    Contested,
    Flags,
    PartStatus,
    Status,
    StatusWord,
    TerritoryStatus,
)
from comity.law.toward import not_toward
from comity.law.voting import voting_record

__all__ = [
    "actor_status",
    "beyond_notes",
    "complete_until",
    "known_until",
    "last_ended",
    "past_horizon",
    "status",
    "status_word",
    "tacitly_waiting",
    "touches",
]

_WORDS: tuple[StatusWord, ...] = ("signatory", "contracting", "party", "former")


def status(law: Law, it: Instrument, history: History, on: date, actor: str | None = None) -> Status:
    """The status of every actor under an instrument on a day, or of one where `actor` is given."""
    toward = not_toward(law, it, history, on)
    found = []
    counts: dict[str, int] = dict.fromkeys(_WORDS, 0)
    for code in sorted(history.records):
        one = actor_status(it, history, history.records[code], on, toward.get(code, frozenset()))
        if one.status == "none" or it.kind in DECLARED:
            continue
        counts[one.status] += 1
        if actor is None or code == actor:
            found.append(one)
    force = history.force
    return Status(
        instrument=it.id,
        on=on,
        in_force=force.in_force(on),
        threshold_met=force.threshold_on(on),
        entry_into_force=force.entry_on(on),
        known_until=known_until(it),
        counts=counts,
        actors=tuple(found),
        findings=(*law.findings(it.id), *_notes(it, history, on)),
        parts=_parts(history, on),
        territories=_territories(history, on),
        voting=voting_record(law, it, history, on),
    )


def actor_status(
    it: Instrument, history: History, record: Record, on: date, toward: frozenset[str] = frozenset()
) -> ActorStatus:
    """The status of one actor on a day, with its flags."""
    flags = _flags(it, history, record, on, toward)
    bound = record.bound(on)
    if bound is not None:
        end = bound.end(on)
        return ActorStatus(
            actor=record.actor,
            status="party",
            since=bound.since,
            until=None if end is None else end.until,
            flags=flags,
            consent=None if bound.via else _consent(bound),
        )
    live = record.live(on)
    if live is not None:
        return ActorStatus(
            actor=record.actor,
            status="contracting",
            since=_contracting_since(record, live),
            until=_contracting_until(live, on),
            flags=flags,
            consent=_consent(live),
        )
    return _unbound(history.force, record, on, flags)


def status_word(history: History, record: Record, on: date) -> StatusWord:
    """The bare status word of one actor on a day."""
    if record.bound(on) is not None:
        return "party"
    if record.live(on) is not None:
        return "contracting"
    return _unbound(history.force, record, on, Flags()).status


def _unbound(force: Force, record: Record, on: date, flags: Flags) -> ActorStatus:
    """Former, about to be bound tacitly, signatory or nothing."""
    ended = last_ended(record, on)
    waiting = tacitly_waiting(force, record, on)
    signed = record.signed(on)
    if waiting is not None and force.threshold is not None:
        since = max(force.threshold, waiting.told)
        return ActorStatus(actor=record.actor, status="contracting", since=since, until=waiting.since, flags=flags)
    if ended is not None and (signed is None or _was_ever_bound(record, on)):
        spell, end = ended
        return ActorStatus(
            actor=record.actor,
            status="former",
            since=end.until,
            ended_by=end.by,
            flags=flags,
            consent=None if spell.via else _consent(spell),
        )
    if signed is not None:
        until = signed.until if signed.told_until is not None and signed.told_until <= on else None
        return ActorStatus(actor=record.actor, status="signatory", since=_as_known(signed), until=until, flags=flags)
    return ActorStatus(actor=record.actor, status="none", flags=flags)


def last_ended(record: Record, on: date) -> tuple[Spell, End] | None:
    """The last spell that has ended by a day: one of its own, or one through others that had begun."""
    own = record.ended(on)
    return own if own is not None else max(_ended_through(record, on), key=lambda one: one[1].until, default=None)


def _ended_through(record: Record, on: date) -> Iterator[tuple[Spell, End]]:
    for spell in record.derived:
        end = spell.end(on)
        if end is not None and end.until <= on and spell.told <= on and _was_bound(spell, end, on):
            yield spell, end


def _was_ever_bound(record: Record, on: date) -> bool:
    """Whether it was bound before: whoever then takes a new consent back is no mere signatory again."""
    own = ((spell, spell.end(on)) for spell in record.spells if spell.told <= on)
    bound = any(end is not None and end.until <= on and _was_bound(spell, end, on) for spell, end in own)
    return bound or any(True for _ in _ended_through(record, on))


def _was_bound(spell: Spell, end: End, on: date) -> bool:
    since = spell.since_on(on)
    return since is not None and since < end.until


def tacitly_waiting(force: Force, record: Record, on: date) -> Spell | None:
    """The spell of a member that let the period pass, before the day of effect."""
    if force.threshold is None or force.threshold > on:
        return None
    for spell in record.derived:
        since = spell.since_on(on)
        if spell.act is not None or spell.told > on or since is None or since <= on:
            continue
        end = spell.end(on)
        if end is None or end.until > since:
            return spell
    return None


def _consent(spell: Spell) -> Consent | None:
    return None if spell.act is None else Consent(act=spell.act.kind, date=str(spell.act.date))


def _as_known(period: Period) -> date | LegalDate:
    """The day, or the month or year where no more is known."""
    act = period.act
    return act.date if act is not None and not act.date.exact else period.since


def _contracting_since(record: Record, spell: Spell) -> date | LegalDate:
    """From its consent, or from the end of the spell before, for which a new consent waits."""
    if spell.act is not None and (spell.taken_over is not None or not spell.act.date.exact):
        return spell.act.day if spell.act.date.exact else spell.act.date
    del record
    return spell.told if spell.not_before is None else max(spell.told, spell.not_before)


def _contracting_until(spell: Spell, on: date) -> date | None:
    """The day it will be bound, or freed before that, as far as the acts fix it."""
    end = spell.end(on)
    days = [day for day in (spell.since_on(on), None if end is None else end.until) if day is not None]
    return min(days, default=None)


def _flags(it: Instrument, history: History, record: Record, on: date, toward: frozenset[str]) -> Flags:
    bound = record.bound(on)
    return Flags(
        provisional=bound is None and applies_provisionally(it, history, record, on),
        suspended=any(touches(period, bound, on) for period in record.suspended),
        rights_suspended=any(touches(period, bound, on) for period in record.rights),
        contested=tuple(_contested(contest) for contest in record.contests if contest.act.day <= on),
        via=bound.via if bound is not None and bound.via else None,
        not_toward=tuple(sorted(toward)) if bound is not None else (),
    )


def touches(period: Period, bound: Spell | None, on: date) -> bool:
    """Whether a suspension holds on a day: it ends with the spell in which it came."""
    return bound is not None and period.covers(on) and period.told >= bound.told


def _contested(contest: Contest) -> Contested:
    return Contested(by=contest.by, claim=contest.claim, date=contest.rival)


def applies_provisionally(it: Instrument, history: History, record: Record, on: date) -> bool:
    """Whether an actor that is not bound applies the instrument provisionally (VCLT 25)."""
    if record.extinct is not None and record.extinct <= on:
        return False
    if any(period.covers(on) for period in record.provisional):
        return True
    clause = it.provisional
    if clause is None or clause.by == "declaration" or last_ended(record, on) is not None:
        return False
    if any(period.until is not None and period.told <= on and period.until <= on for period in record.provisional):
        return False
    if any(act.day <= on for act in record.intentions):
        return False
    del history
    if clause.by == "signature":
        return record.signed(on) is not None or record.live(on) is not None
    voted = any(act.kind == "vote-for" and act.day <= on for act in record.votes)
    return voted or record.signed(on) is not None or record.live(on) is not None


def known_until(it: Instrument) -> dict[str, date]:
    """Up to when the acts of each class are complete."""
    found: dict[str, date] = {}
    for horizon in it.complete:
        for name in horizon.acts:
            found[name] = max(horizon.until, found.get(name, horizon.until))
    return found


def complete_until(it: Instrument) -> date | None:
    """Up to when both consents and withdrawals, on which a status rests, are complete; None where not stated."""
    known = known_until(it)
    kinds = [day for name, day in known.items() if name in CONSENT - {"consent"}]
    days = (known.get("consent") or min(kinds, default=None), known.get("withdrawal"))
    return min((day for day in days if day is not None), default=None) if None not in days else None


def past_horizon(it: Instrument, on: date) -> tuple[str, ...]:
    """The classes of acts that a status rests on and that are not known to be complete up to `on`.

    Of an instrument that states no horizon at all nothing is past it: `check` asks for one, and `known_until` is empty.
    """
    known = known_until(it)
    if not known:
        return ()
    kinds = [date_ for name, date_ in known.items() if name in CONSENT - {"consent"}]
    consent = known.get("consent") or min(kinds, default=None)
    horizon = {**known, **({"consent": consent} if consent is not None else {})}
    # Many instruments were never open for signature, so its horizon counts only where it is stated.
    classes = ("signature", "consent", "withdrawal") if "signature" in known else ("consent", "withdrawal")
    return tuple(name for name in classes if name not in horizon or horizon[name] < on)


def _notes(it: Instrument, history: History, on: date) -> tuple[Finding, ...]:
    found = list(beyond_notes(it, on))
    for record in history.records.values():
        found.extend(_open_dates(it, record, on))
    return tuple(found)


def beyond_notes(it: Instrument, on: date) -> tuple[Finding, ...]:
    """A note where a day lies past what is known to be complete."""
    beyond = past_horizon(it, on)
    if not beyond or it.kind in DECLARED:
        return ()
    known = known_until(it)
    parts = [f"{name} up to {known[name]}" if name in known else f"{name}: not stated" for name in beyond]
    says = f"{on} lies past what is known to be complete ({'; '.join(parts)}): what happened since may be missing"
    do = "read the answer as of those days, or ask the depositary"
    return (Finding(level="note", code="past-horizon", file=f"instruments/{it.id}.toml", says=says, do=do),)


def _open_dates(it: Instrument, record: Record, on: date) -> tuple[Finding, ...]:
    """A note for each act that may or may not have happened by the day asked, its date being known in part only."""
    acts = [spell.act for spell in record.spells if not spell.taken_over]
    acts += [end.act for spell in record.spells for end in spell.ends]
    acts += [period.act for period in record.signatures]
    file = f"instruments/{it.id}.csv"
    return tuple(
        Finding(
            level="note",
            code="date-open",
            file=file,
            line=act.line,
            says=f"{act.actor}: {act.kind} is dated {act.date} only, and counts from {act.day}",
            do="give the day where a source has it",
        )
        for act in acts
        if act is not None and act.date.leaves_open(on)
    )


def _parts(history: History, on: date) -> tuple[PartStatus, ...]:
    return tuple(
        PartStatus(
            provisions=part.provisions,
            in_force=part.force.in_force(on) and history.force.in_force(on),
            threshold_met=part.force.threshold_on(on),
            entry_into_force=part.force.entry_on(on),
        )
        for part in history.parts
    )


def _territories(history: History, on: date) -> tuple[TerritoryStatus, ...]:
    return tuple(
        TerritoryStatus(
            territory=entry.territory,
            by=entry.by,
            applies=entry.applies,
            since=entry.period.since,
            until=entry.period.until if (entry.period.told_until or date.max) <= on else None,
        )
        for entry in history.territories
        if entry.period.covers(on)
    )
