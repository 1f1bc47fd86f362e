"""When each spell begins to bind, and what binds without an act of one's own.

VCLT 24(2) and (3), 84 and their like: deposits up to the day that fixed the entry into force take effect with
the treaty, later ones after their own delay, and nobody is bound before the treaty is in force.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from comity.actors import Directory, Membership
from comity.dates import Delay
from comity.instruments import Instrument
from comity.law.ends import covering
from comity.law.history import End, Force, History, Record, Spell
from comity.law.replay import Replay

__all__ = ["Relatives", "end_with_instrument", "join", "settle"]


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
    for record in replay.records.values():
        end_with_instrument(replay, record.spells)
    parent = it.consent.parent
    if parent is not None and parent.required and it.of:
        _begin_with_parent(replay, around.history(it.of))
    _derive(replay, force, around)
    for record in replay.records.values():
        end_with_instrument(replay, record.derived)
        _check_taken_back(replay, record)
        _check_notices(replay, record, force)


def join(records: Iterable[Record]) -> None:
    """Whoever was bound without an act of its own and then consents goes on being bound since the first day."""
    for record in records:
        for spell in record.spells:
            for other in record.derived:
                since, until = other.since, min((e.until for e in other.ends if e.revoked is None), default=date.max)
                if spell.since is None or since is None or not since < spell.since < until:
                    continue
                spell.since, spell.since_told = since, max(spell.told, other.since_told or spell.told)


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


def end_with_instrument(replay: Replay, spells: list[Spell]) -> None:
    """Where the instrument was terminated, it ended for everybody."""
    for spell in spells:
        spell.ends.extend(
            End(told=ended.told, until=ended.until, by=ended.by, act=ended.act, revoked=ended.revoked)
            for ended in replay.terminations
        )


def _begin_with_parent(replay: Replay, parent: History | None) -> None:
    """Where a protocol's party must be party to the treaty it belongs to, it is bound from the day of both."""
    if parent is None:
        return
    for actor, record in replay.records.items():
        above = parent.records.get(actor)
        spells = [] if above is None else [one for one in (*above.spells, *above.derived) if one.since is not None]
        for spell in record.spells:
            _raise_to(spell, covering(spells, spell.since or spell.told))


def _raise_to(spell: Spell, under: Spell | None) -> None:
    """Let a spell begin no earlier than the parent's; without one it is not bound at all."""
    if spell.since is None or spell.since_told is None:
        return
    if under is None or under.since is None or under.since_told is None:
        spell.since = spell.since_told = None
        return
    # What the parent's date fixes is known only once both are.
    spell.since = max(spell.since, under.since)
    spell.since_told = max(spell.since_told, under.since_told)


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
                # Whoever continues a State joined when that State did.
                joined_later = (spell.told if spell.act is None else spell.act.day) > entry
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
                member = directory.actors.get(membership.actor)
                gone = None if member is None else member.until
                _through(replay.record(membership.actor), spell, membership, code, gone)


def _through(record: Record, spell: Spell, membership: Membership, via: str, gone: date | None) -> None:
    if spell.since is None or spell.since_told is None:
        return
    joined = membership.since or spell.since
    ends = list(spell.ends)
    if membership.until is not None:
        ends.append(End(told=membership.until, until=membership.until, by="withdrawal"))
    if gone is not None:
        ends.append(End(told=gone, until=gone, by="extinction"))
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


def _check_taken_back(replay: Replay, record: Record) -> None:
    """A consent may be taken back before it binds; after that only a withdrawal helps."""
    for spell in record.spells:
        for end in spell.ends:
            own = end.by == "consent-withdrawal" and end.act is not None and end.act.instrument == replay.it.id
            if own and end.act is not None and spell.bound(end.told - timedelta(days=1)):
                says = f"it was bound since {spell.since}, and could withdraw from the instrument only"
                do = "check the act and the dates; it is taken to end what stood"
                replay.find("warning", "consent-bound-already", end.act, says, do)


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
