"""What a replay leaves behind: for each actor its signatures, spells and flags, each with the day that told of it.

Every fact carries `told`, the day of the act that fixes it. A question asked on a day sees the facts told by
then (NOTATION, "Status": only acts dated on or before the date asked count; dates that they already fix may
lie later), so that one replay answers for every day.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from comity.acts import Act
from comity.findings import Finding

__all__ = ["Contest", "End", "Force", "History", "PartForce", "Period", "Record", "Spell", "Territory", "came_too_late"]


class Period(msgspec.Struct, kw_only=True):
    """Something that holds from `since` up to, not including, `until`, which an act of `told_until` fixed."""

    since: date
    told: date
    act: Act | None = None
    until: date | None = None
    told_until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it holds on `day`, by what was told by then."""
        if self.told > day or self.since > day:
            return False
        return self.until is None or self.told_until is None or self.told_until > day or day < self.until


class End(msgspec.Struct, kw_only=True):
    """A notice or event that ends a spell on `until`; `revoked` is the day on which it was taken back."""

    told: date
    until: date
    by: str
    act: Act | None = None
    revoked: date | None = None

    def stands(self, day: date) -> bool:
        """Whether it was told by `day` and not taken back by then."""
        return self.told <= day and (self.revoked is None or self.revoked > day)


class Spell(msgspec.Struct, kw_only=True):
    """One stretch of being bound, from the act of consent on.

    `told` is the day from which the spell is known; `since` the first day bound (None: nothing fixes it yet);
    `since_told` the day by which that was fixed; `not_before` the end of an older spell that still ran;
    `taken_over` the act by which the holder continues the one who consented.
    """

    told: date
    act: Act | None
    holder: str
    since: date | None = None
    since_told: date | None = None
    not_before: date | None = None
    taken_over: Act | None = None
    via: str = ""
    ends: list[End] = msgspec.field(default_factory=list)

    def end(self, day: date) -> End | None:
        """The end that stands on `day`, the earliest in effect, or None."""
        best: End | None = None
        for end in self.ends:
            if end.stands(day) and (best is None or end.until < best.until):
                best = end
        return best

    def since_on(self, day: date) -> date | None:
        """The first day bound, as far as it was fixed by `day`."""
        return self.since if self.since_told is not None and self.since_told <= day else None

    def bound(self, day: date) -> bool:
        """Whether the spell binds on `day`."""
        since = self.since_on(day)
        if since is None or since > day or self.told > day:
            return False
        end = self.end(day)
        return end is None or day < end.until


class Contest(msgspec.Struct, kw_only=True):
    """What one actor disputes of an act of another, and the rival date, where there is one."""

    act: Act
    by: str
    claim: str
    rival: str | None


class Territory(msgspec.Struct, kw_only=True):
    """The application of an instrument to a territory, or its exclusion, by the actor responsible for it."""

    territory: str
    by: str
    applies: bool
    period: Period


class Record(msgspec.Struct, kw_only=True):
    """All that the acts say of one actor under one instrument."""

    actor: str
    signatures: list[Period] = msgspec.field(default_factory=list)
    spells: list[Spell] = msgspec.field(default_factory=list)
    derived: list[Spell] = msgspec.field(default_factory=list)
    derived_ends: list[End] = msgspec.field(default_factory=list)
    provisional: list[Period] = msgspec.field(default_factory=list)
    suspended: list[Period] = msgspec.field(default_factory=list)
    rights: list[Period] = msgspec.field(default_factory=list)
    contests: list[Contest] = msgspec.field(default_factory=list)
    intentions: list[Act] = msgspec.field(default_factory=list)
    rejections: list[Act] = msgspec.field(default_factory=list)
    steps: list[Act] = msgspec.field(default_factory=list)
    votes: list[Act] = msgspec.field(default_factory=list)
    endorsements: list[Period] = msgspec.field(default_factory=list)
    extinct: date | None = None

    def signed(self, day: date) -> Period | None:
        """The signature that stands on `day`, or None; a State that is no more has none."""
        if self.extinct is not None and self.extinct <= day:
            return None
        return next((period for period in self.signatures if period.covers(day)), None)

    def live(self, day: date) -> Spell | None:
        """The spell that has not ended by `day` (the oldest such: a new one waits for the old), or None."""
        for spell in self.spells:
            if spell.told <= day:
                end = spell.end(day)
                if end is None or end.until > day:
                    return spell
        return None

    def standing(self, day: date) -> list[Spell]:
        """The spells that have not ended by `day`, oldest first: the live one, and one that waits for its end."""
        ends = ((spell, spell.end(day)) for spell in self.spells if spell.told <= day)
        return [spell for spell, end in ends if end is None or end.until > day]

    def ended(self, day: date) -> tuple[Spell, End] | None:
        """The spell that was the last to end by `day`, with its end, or None.

        A consent given when the instrument itself had ended began nothing.
        """
        last: tuple[Spell, End] | None = None
        for spell in self.spells:
            end = spell.end(day)
            if spell.told <= day and end is not None and end.until <= day and not came_too_late(spell, end, day):
                last = (spell, end) if last is None or end.until >= last[1].until else last
        return last

    def bound(self, day: date) -> Spell | None:
        """The spell that binds the actor on `day`: one of its own before one through others; None where none does."""
        live = self.live(day)
        if live is not None and live.bound(day):
            return live
        return next((spell for spell in self.derived if spell.bound(day)), None)


def came_too_late(spell: Spell, end: End, day: date) -> bool:
    """Whether a spell began after the end of the instrument, and not by succession with effect before it."""
    since = spell.since_on(day)
    with_all = end.by in {"termination", "replacement"} and end.until <= spell.told
    return with_all and (since is None or since >= end.until)


class Force(msgspec.Struct, frozen=True, kw_only=True):
    """Entry into force: the day the rule was first met, the day of effect, and when each was known.

    `threshold` is computed from the acts; `entry` is the depositary's date where one is stated, else computed.
    `with_treaty` is the last day whose deposits take effect together with the instrument.
    """

    threshold: date | None = None
    entry: date | None = None
    told: date | None = None
    computed: date | None = None
    official: date | None = None
    fixed: bool = False
    with_treaty: date | None = None
    ended: End | None = None

    def entry_on(self, day: date) -> date | None:
        """The entry into force as far as it was fixed by `day`."""
        return self.entry if self.told is not None and self.told <= day else None

    def threshold_on(self, day: date) -> date | None:
        """The day the rule was first met, by what was told by `day`; None where the acts known cannot be right."""
        if self.threshold is None or self.threshold > day:
            return None
        return self.threshold if self.entry is None or self.threshold <= self.entry else None

    def in_force(self, day: date) -> bool:
        """Whether the instrument is in force on `day`."""
        entry = self.entry_on(day)
        if entry is None or entry > day:
            return False
        return self.ended is None or not self.ended.stands(day) or day < self.ended.until

    def over(self, day: date) -> bool:
        """Whether the instrument was in force before `day` and no longer is."""
        entry = self.entry_on(day)
        return entry is not None and entry <= day and not self.in_force(day)


class PartForce(msgspec.Struct, frozen=True, kw_only=True):
    """The entry into force of provisions that have a clause of their own."""

    provisions: tuple[str, ...]
    article: str
    force: Force


class History(msgspec.Struct, kw_only=True):
    """The whole history of one instrument, as far as the acts known tell it."""

    instrument: str
    force: Force
    records: dict[str, Record]
    parts: tuple[PartForce, ...] = ()
    territories: tuple[Territory, ...] = ()
    findings: tuple[Finding, ...] = ()

    def parties(self, day: date) -> frozenset[str]:
        """Whoever is bound on `day`."""
        return frozenset(actor for actor, record in self.records.items() if record.bound(day) is not None)

    def turning_days(self) -> frozenset[date]:
        """Every day on which an answer about a status may change."""
        days: set[date | None] = {self.force.threshold, self.force.entry, self.force.told}
        if self.force.ended is not None:
            days |= {self.force.ended.told, self.force.ended.until}
        for record in self.records.values():
            days |= record_days(record)
        return frozenset(day for day in days if day is not None)


def _period_days(periods: Iterable[Period]) -> Iterable[date | None]:
    for period in periods:
        yield from (period.told, period.since, period.told_until, period.until)


def record_days(record: Record) -> set[date | None]:
    """The days on which an answer about this actor may change."""
    days: set[date | None] = {record.extinct}
    days.update(_period_days(record.signatures))
    for spell in (*record.spells, *record.derived):
        days |= {spell.told, spell.since, spell.since_told, spell.not_before}
        for end in spell.ends:
            days |= {end.told, end.until, end.revoked}
    return days
