"""Tacit acceptance: whoever does not reject in time is bound (IHR 59; SOLAS VIII and the like)."""

from datetime import date

from comity.instruments import Instrument, Tacit
from comity.law.force import Surroundings
from comity.law.history import End, Force, Record, Spell
from comity.law.replay import Replay
from comity.law.settle import Relatives, end_with_instrument
from comity.rules.ground import ground
from comity.rules.judge import Tally, holds

__all__ = ["find_tacit_force", "settle_tacit"]


def find_tacit_force(it: Instrument, clause: Tacit, replay: Replay, around: Surroundings) -> Force:
    """Entry into force on the day of effect, unless enough rejected within the period."""
    closes, entry = clause.period.after(clause.notified), clause.effect.after(clause.notified)
    if clause.defeat_when is not None:
        rejecting = frozenset(actor for actor, record in replay.records.items() if rejects_by(record, closes))
        judged = ground(clause.defeat_when, around, closes, adoption=it.adopted)
        if holds(judged, Tally.of_consents(rejecting)):
            return Force()
    official = it.entry_into_force.official if it.entry_into_force is not None else None
    # The date stands in the notification; whether enough rejected shows when the period closes.
    told = clause.notified if clause.defeat_when is None else closes
    return Force(
        threshold=closes,
        entry=official or entry,
        told=told,
        computed=entry,
        official=official,
        fixed=True,
        with_treaty=official or entry,
    )


def rejects_by(record: Record, closes: date) -> bool:
    """Whether the actor rejected within the period."""
    return any(act.day <= closes for act in record.rejections)


def settle_tacit(replay: Replay, clause: Tacit, force: Force, around: Relatives) -> None:
    """Give every member that did not reject in time a spell of its own, from its membership or the entry into force."""
    parent = around.history(clause.members_of)
    closes = clause.period.after(clause.notified)
    for record in replay.records.values():
        for act in record.rejections:
            if act.day > closes:
                says = f"the period to reject closed on {closes}"
                replay.find("warning", "rejection-late", act, says, "check the date; it has no effect")
    if parent is None or force.entry is None or force.told is None:
        return
    for actor, above in parent.records.items():
        for spell in (*above.spells, *above.derived):
            derived = _of_member(spell, force, clause)
            if derived is None:
                continue
            record = replay.record(actor)
            derived.ends.extend(record.derived_ends)
            _give_way(record, derived)
            _reject(record, derived, closes)
            end_with_instrument(replay, [derived])
            record.derived.append(derived)


def _of_member(above: Spell, force: Force, clause: Tacit) -> Spell | None:
    if above.since is None or above.since_told is None or force.entry is None or force.told is None:
        return None
    if clause.later == "by-act" and above.since > clause.notified:
        return None
    since = max(above.since, force.entry)
    ends = [End(told=e.told, until=e.until, by=e.by, act=e.act, revoked=e.revoked) for e in above.ends]
    told = max(above.told, force.told)
    return Spell(
        told=told, act=None, holder=above.holder, since=since, since_told=max(above.since_told, told), ends=ends
    )


def _give_way(record: Record, spell: Spell) -> None:
    """A member's own act, known before silence would have bound it, states the day instead (IHR 59 and 60)."""
    for own in record.spells:
        if spell.since is not None and own.told < spell.since:
            spell.ends.append(End(told=own.told, until=spell.since, by="own-act", act=own.act))


def _reject(record: Record, spell: Spell, closes: date) -> None:
    """Whoever rejects in time is not bound from the day it does: its spell ends before it begins."""
    for act in record.rejections:
        if act.day <= closes and spell.since is not None:
            spell.ends.append(End(told=act.day, until=spell.since, by="rejection", act=act))
