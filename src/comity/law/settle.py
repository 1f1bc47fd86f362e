"""When each spell begins to bind, and what binds without an act of one's own.

VCLT 24(2) and (3), 84 and their like: deposits up to the day that fixed the entry into force take effect with
the treaty, later ones after their own delay, and nobody is bound before the treaty is in force.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from comity.actors import Directory, Membership
from comity.dates import Delay
from comity.instruments import Instrument, Parent, Periods
from comity.law.history import End, Force, History, Record, Spell
from comity.law.replay import Replay

__all__ = ["Relatives", "settle"]


class Relatives(Protocol):
    """The histories of other instruments that this one hangs on."""

    @property
    def directory(self) -> Directory:
        """The actors and groups."""

    def history(self, name: str) -> History | None:
        """The history of another instrument; None where it is unknown or hangs on this one in a circle."""


def settle(replay: Replay, force: Force, around: Relatives) -> None:
    """Fix the first bound day of every spell of the replay, add derived spells, and end what ends with others."""
    it = replay.it
    for record in replay.records.values():
        for spell in record.spells:
            if not spell.taken_over:
                _begin(replay, spell, force)
    _take_over(replay)
    _end_with_periods(replay, force)
    _terminate(replay, force)
    parent = it.consent.parent
    if parent is not None and it.of:
        _hang_on_parent(replay, parent, around.history(it.of))
    _derive(replay, force, around)
    for record in replay.records.values():
        _check_notices(replay, record, force)


def _begin(replay: Replay, spell: Spell, force: Force) -> None:
    act = spell.act
    if act is None or force.entry is None or force.told is None:
        return
    own = own_effect(replay.it, force, act.day)
    since, stated = own, act.effective.last if act.effective is not None else None
    if act.kind in {"succession", "continuation"}:
        since = max(stated or act.day, force.entry)
    elif stated is not None:
        if stated != own and stated >= force.entry:
            says = f"takes effect on {stated} as stated, and on {own} by the clause"
            replay.find("warning", "effect-differs", act, says, "check both; the stated date is used")
        since = max(stated, force.entry)
    if stated is not None and stated < force.entry:
        says = f"is stated to take effect on {stated}, before the instrument entered into force on {force.entry}"
        if act.kind not in {"succession", "continuation"}:
            replay.find("warning", "effect-before-force", act, says, "check the date; nobody is bound before that day")
    if spell.not_before is not None:
        since = max(since, spell.not_before)
    spell.since, spell.since_told = since, max(spell.told, force.told)


def own_effect(it: Instrument, force: Force, day: date) -> date:
    """The day on which a consent deposited on `day` takes effect by the clause; `force.entry` must be known."""
    clause = it.entry_into_force
    if force.entry is None:
        raise ValueError(f"nothing fixes the entry into force of {it.id}")
    if clause is None:
        return max(day, force.entry)
    if force.with_treaty is not None and day <= force.with_treaty:
        return force.entry
    delay = clause.others.delay if clause.others.delay is not None else clause.delay
    return max(delay.after(day), force.entry)


def _take_over(replay: Replay) -> None:
    """Whoever continues another State has its `since` (NOTATION, "continuation"), as soon as it continues it."""
    begun = {
        (id(spell.act)): spell
        for record in replay.records.values()
        for spell in record.spells
        if spell.act is not None and not spell.taken_over
    }
    for record in replay.records.values():
        for spell in record.spells:
            origin = begun.get(id(spell.act)) if spell.taken_over else None
            if origin is not None and origin.since is not None and origin.since_told is not None:
                spell.since, spell.since_told = origin.since, max(spell.told, origin.since_told)


def _end_with_periods(replay: Replay, force: Force) -> None:
    """Where the instrument runs in periods, a notice takes effect at the end of one (Genocide Convention XIV)."""
    periods = None if replay.it.withdrawal is None else replay.it.withdrawal.periods
    if periods is None or force.entry is None:
        return
    for record in replay.records.values():
        for end in (end for spell in record.spells for end in spell.ends):
            if end.by == "withdrawal" and end.act is not None and end.act.effective is None:
                end.until = period_end(periods, force.entry, end.act.day)


def period_end(periods: Periods, entry: date, notice: date) -> date:
    """The end of the first period that a notice given on a day comes in time for."""
    number, end = 0, periods.first.after(entry)
    while periods.notice.after(notice) > end:
        number += 1
        end = periods.then.times(number).after(periods.first.after(entry))
    return end


def _terminate(replay: Replay, force: Force) -> None:
    ended = replay.termination
    if ended is None:
        return
    for record in replay.records.values():
        for spell in record.spells:
            spell.ends.append(End(told=ended.told, until=ended.until, by=ended.by, act=ended.act))
    del force


def _hang_on_parent(replay: Replay, clause: Parent, parent: History | None) -> None:
    """A protocol's party must be party to the treaty it belongs to, and leaves it with that treaty."""
    if parent is None:
        return
    for actor, record in replay.records.items():
        above = parent.records.get(actor)
        spells = [] if above is None else [*above.spells, *above.derived]
        for spell in record.spells:
            under = _covering(spells, spell)
            if clause.required and not _raise_to(spell, under):
                continue
            if clause.cascade and under is not None:
                spell.ends.extend(
                    End(told=max(end.told, spell.told), until=end.until, by=end.by, act=end.act, revoked=end.revoked)
                    for end in under.ends
                    if end.by != "extinction"
                )


def _covering(spells: Iterable[Spell], spell: Spell) -> Spell | None:
    """The parent's spell under which this one runs: the first that has not ended when this one would begin."""
    start = spell.since or spell.told
    for above in spells:
        until = min((end.until for end in above.ends if end.revoked is None), default=None)
        if above.since is not None and (until is None or until > start):
            return above
    return None


def _raise_to(spell: Spell, under: Spell | None) -> bool:
    """Let a spell begin no earlier than the parent's; without one it is not bound at all."""
    if spell.since is None:
        return under is not None
    if under is None or under.since is None or under.since_told is None or spell.since_told is None:
        spell.since = spell.since_told = None
        return False
    # What the parent's date fixes is known only once both are.
    spell.since = max(spell.since, under.since)
    spell.since_told = max(spell.since_told, under.since_told)
    return True


def _derive(replay: Replay, force: Force, around: Relatives) -> None:
    """Spells that rest on the act of another: all parties to the amended treaty, or the members of an organization."""
    it, entry = replay.it, force.entry
    clause = it.entry_into_force
    if clause is None or entry is None or force.told is None:
        return
    as_amended = it.consent.later_parties == "as-amended"
    if (clause.binds == "all" or as_amended) and it.of:
        parent = around.history(it.of)
        for actor, above in () if parent is None else parent.records.items():
            for spell in (*above.spells, *above.derived):
                # VCLT 40(5): only those who join the treaty once it is amended; Charter 108: all.
                joined_later = spell.told > entry
                if clause.binds == "all" or joined_later:
                    _derive_from(replay.record(actor), spell, entry, force.told, via="")
    if clause.reio == "for-members":
        _through_organizations(replay, around.directory)


def _derive_from(record: Record, above: Spell, floor: date, told: date, via: str) -> None:
    if above.since is None or above.since_told is None:
        return
    spell = Spell(
        told=max(above.told, told),
        act=None,
        holder=above.holder,
        since=max(above.since, floor),
        since_told=max(above.since_told, told),
        via=via,
        ends=[End(told=e.told, until=e.until, by=e.by, act=e.act, revoked=e.revoked) for e in above.ends],
    )
    spell.ends.extend(record.derived_ends)
    record.derived.append(spell)


def _through_organizations(replay: Replay, directory: Directory) -> None:
    for code in list(replay.records):
        actor = directory.actors.get(code)
        group = None if actor is None or not actor.regional else directory.groups.get(actor.members)
        if group is None:
            continue
        for spell in replay.records[code].spells:
            for membership in group.members:
                _through(replay.record(membership.actor), spell, membership, code)


def _through(record: Record, spell: Spell, membership: Membership, via: str) -> None:
    if spell.since is None or spell.since_told is None:
        return
    joined = membership.since or spell.since
    ends = list(spell.ends)
    if membership.until is not None:
        ends.append(End(told=membership.until, until=membership.until, by="withdrawal"))
    record.derived.append(
        Spell(
            told=max(spell.told, joined),
            act=spell.act,
            holder=spell.holder,
            since=max(spell.since, joined),
            since_told=max(spell.since_told, joined),
            via=via,
            ends=ends,
        )
    )


def _check_notices(replay: Replay, record: Record, force: Force) -> None:
    """A notice given too early, or outside its window, is a warning and takes the effect it would have had."""
    clause = replay.it.withdrawal
    if clause is None:
        return
    for spell in record.spells:
        for end in spell.ends:
            act = end.act
            if act is None or act.kind != "withdrawal" or end.by != "withdrawal" or act.instrument != replay.it.id:
                continue
            start = force.entry
            if clause.allowed_after is not None:
                start = spell.since if clause.allowed_after.start == "party" else force.entry
                _check_early(replay, end, clause.allowed_after.delay, start)
            if clause.window is not None and force.entry is not None:
                base = start if start is not None else force.entry
                if not clause.window.contains(base, act.day):
                    says = "the notice lies outside the windows in which it may be given"
                    replay.find("warning", "notice-outside-window", act, says, "check the date, or [withdrawal] window")


def _check_early(replay: Replay, end: End, delay: Delay, start: date | None) -> None:
    if end.act is None or start is None:
        return
    earliest = delay.after(start)
    if end.act.day < earliest:
        says = f"the notice was given before {earliest}, the first day on which the clause allows it"
        replay.find("warning", "notice-early", end.act, says, "check the date, or [withdrawal] allowed_after")
