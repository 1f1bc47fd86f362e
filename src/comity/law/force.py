"""Entry into force: when the rule was first met by those who then counted, and what follows from it.

VCLT 24: a treaty enters into force in such manner and upon such date as it may provide.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

import msgspec

from comity.actors import Directory
from comity.dates import Delay
from comity.instruments import EntryIntoForce, Instrument, Part
from comity.law.history import Force, PartForce, Record, Spell
from comity.rules.forms import Count, Rule, SignatoriesOf, names, nodes, selector_of
from comity.rules.ground import GroundRule, Setting, ground
from comity.rules.judge import Tally, holds

__all__ = [
    "Surroundings",
    "counted",
    "find_force",
    "find_parts",
    "first_day_of",
    "force_of",
    "ground_on",
    "plain_count",
    "standing_events",
]


class Surroundings(Setting, Protocol):
    """What entry into force asks of the rest of the register, beside what a rule asks."""

    @property
    def directory(self) -> Directory:
        """The actors and groups."""

    def entry_of(self, name: str) -> tuple[date, date] | None:
        """The entry into force of another instrument, and the day by which it was fixed; None where nothing does."""

    def consenting(self, name: str, on: date) -> frozenset[str]:
        """Whoever's consent to an instrument stands on a day, bound yet or not."""

    def turning_days(self, name: str) -> frozenset[date]:
        """The days on which an answer about an instrument may change."""

    def turning_days_of(self, rule: Rule) -> frozenset[date]:
        """The days on which what a rule names may change."""


def find_force(it: Instrument, records: dict[str, Record], around: Surroundings) -> Force:
    """When the instrument entered into force, from its clause and the records of its acts."""
    clause = it.entry_into_force
    if clause is None:
        return Force()
    threshold = None
    if clause.when is not None:
        threshold = first_met(it, clause.when, clause, records, around)
    return force_of(clause, threshold, around, clause.others.deposited)


def find_parts(it: Instrument, records: dict[str, Record], around: Surroundings, whole: Force) -> tuple[PartForce, ...]:
    """When the provisions with a clause of their own entered into force: not before the instrument itself."""
    clause = it.entry_into_force
    if clause is None:
        return ()
    found = []
    for part in clause.parts:
        met = None if part.when is None else first_met(it, part.when, clause, records, around)
        force = _not_before(force_of(part, met, around, None), whole)
        found.append(PartForce(provisions=part.provisions, article=part.article, force=force))
    return tuple(found)


def _not_before(part: Force, whole: Force) -> Force:
    if part.entry is None or part.told is None or part.official is not None:
        return part
    if whole.entry is None or whole.told is None:
        return msgspec.structs.replace(part, entry=None, told=None)
    return msgspec.structs.replace(part, entry=max(part.entry, whole.entry), told=max(part.told, whole.told))


def force_of(
    clause: EntryIntoForce | Part, threshold: date | None, around: Surroundings, deposited: str | None
) -> Force:
    """Entry into force by a clause whose rule was first met on `threshold`; None where it was not."""
    computed, told = _computed(clause, threshold, around)
    entry, official = computed, clause.official
    if official is not None:
        entry = official
        told = official if told is None else min(told, official)
    fixed = clause.on is not None and entry == clause.on
    by_entry = deposited == "after-entry-into-force" or (deposited is None and fixed)
    if by_entry:
        with_treaty = entry
    elif official is not None and official != computed:
        with_treaty = last_day_whose_delay_ends_by(clause.delay, official)
    else:
        with_treaty = threshold
    return Force(
        threshold=threshold,
        entry=entry,
        told=told,
        computed=computed,
        official=official,
        fixed=fixed,
        with_treaty=with_treaty,
    )


def _computed(
    clause: EntryIntoForce | Part, threshold: date | None, around: Surroundings
) -> tuple[date | None, date | None]:
    """The computed day of entry into force, and the day by which it was fixed."""
    if clause.when is None:
        return clause.on, clause.on
    if threshold is None:
        return None, None
    by_date = clause.on is not None and threshold <= clause.on
    entry = clause.on if clause.on is not None and by_date else clause.delay.after(threshold)
    if isinstance(clause.not_before, date):
        return max(entry, clause.not_before), threshold
    if isinstance(clause.not_before, str):
        floor = around.entry_of(clause.not_before)
        return (None, None) if floor is None else (max(entry, floor[0]), max(threshold, floor[1]))
    return entry, threshold


def last_day_whose_delay_ends_by(delay: Delay, day: date) -> date:
    """The last deposit that the delay lets take effect by `day`: the threshold behind an official date."""
    span = delay.after(day) - day
    guess = day - span - timedelta(days=40)
    while delay.after(guess + timedelta(days=1)) <= day:
        guess += timedelta(days=1)
    return guess


def first_met(
    it: Instrument, rule: Rule, clause: EntryIntoForce, records: dict[str, Record], around: Surroundings
) -> date | None:
    """The first day at whose end the rule holds over those who count, or None."""
    ledger = _Ledger(records, clause.counts)
    plain = plain_count(rule)
    parent = it.of if it.consent.parent is not None and it.consent.parent.required else ""
    if plain is not None and not parent and not _has_regional(records, around.directory):
        return first_day_of(ledger.events, plain)
    turning = around.turning_days_of(rule)
    above = around.turning_days(parent) if parent else frozenset[date]()
    # With signatories among those named, every signature may change what is asked for.
    fresh = any(isinstance(selector_of(node), SignatoriesOf) for node in nodes(rule)) or bool(names(rule).instruments)
    judged: GroundRule | None = None
    for day in sorted(ledger.days | turning | above):
        changed = ledger.advance(day)
        if judged is None or fresh or day in turning:
            judged = ground_on(it, rule, around, day)
        elif not changed and not (ledger.standing and day in above):
            continue
        those_for = counted(it, ledger.standing, around.directory, day)
        if parent:
            # "… by Parties to the Convention": whoever is none does not count (Nagoya Protocol 33(1)).
            those_for &= around.consenting(parent, day)
        if holds(judged, Tally.of_consents(those_for)):
            return day
    return None


def ground_on(it: Instrument, rule: Rule, around: Surroundings, day: date) -> GroundRule:
    """The rule of an instrument as it stands on a day."""
    return ground(rule, around, day, adoption=it.adopted)


def plain_count(rule: Rule) -> int | None:
    """The number that a bare count asks for, which needs no surroundings; None for any other rule."""
    if isinstance(rule, Count) and rule.among is None and isinstance(rule.at_least, int) and not rule.strict:
        return rule.at_least
    return None


def _has_regional(records: Iterable[str], directory: Directory) -> bool:
    return any(code in directory.actors and directory.actors[code].regional for code in records)


def counted(it: Instrument, standing: frozenset[str], directory: Directory, day: date) -> frozenset[str]:
    """Those whose consent counts: a regional organization counts only where the clause says so."""
    clause = it.entry_into_force
    if clause is not None and clause.reio == "counted":
        return standing
    organizations = regional(standing, directory)
    if clause is not None and clause.reio == "for-members":
        # It consents in its members' place: one instrument, unless a member has deposited its own.
        return standing - {code for code in organizations if directory.regional_members(code, day) & standing}
    return standing - organizations


def regional(codes: Iterable[str], directory: Directory) -> frozenset[str]:
    """The regional organizations among these actors."""
    return frozenset(code for code in codes if code in directory.actors and directory.actors[code].regional)


def standing_events(actor: str, spell: Spell) -> Iterable[tuple[date, int, str]]:
    """From when to when a consent stands: the days on which it begins (1) and ends (-1)."""
    # Only a pending notice can be taken back, so a revoked one never ended anything.
    until = min((max(end.told, end.until) for end in spell.ends if end.revoked is None), default=None)
    if until is not None and until <= spell.told:
        return
    yield spell.told, 1, actor
    if until is not None:
        yield until, -1, actor


def first_day_of(events: Sequence[tuple[date, int, str]], number: int) -> date | None:
    """The first day at whose end so many consents stand; `events` in order of days."""
    held: dict[str, int] = {}
    standing = 0
    for index, (day, sign, actor) in enumerate(events):
        was = held.get(actor, 0)
        held[actor] = was + sign
        standing += (was + sign > 0) - (was > 0)
        last_of_day = index + 1 == len(events) or events[index + 1][0] != day
        if last_of_day and standing >= number:
            return day
    return None


class _Ledger:
    """Whose consent stands at the end of each day; advanced day by day, never back."""

    def __init__(self, records: dict[str, Record], counts: tuple[str, ...]) -> None:
        self.events: list[tuple[date, int, str]] = []
        for actor, record in records.items():
            for spell in record.spells:
                if self._counts(spell, counts):
                    self.events.extend(standing_events(actor, spell))
        self.events.sort(key=lambda event: (event[0], event[1]))
        self.days = frozenset(event[0] for event in self.events)
        self._next = 0
        self._held: dict[str, int] = {}
        self.standing: frozenset[str] = frozenset()

    @staticmethod
    def _counts(spell: Spell, counts: tuple[str, ...]) -> bool:
        return not counts or (spell.act is not None and spell.act.kind in counts)

    def advance(self, day: date) -> bool:
        """Take the events up to the end of `day`; whether anything changed."""
        before = self._next
        while self._next < len(self.events) and self.events[self._next][0] <= day:
            _, sign, actor = self.events[self._next]
            self._held[actor] = self._held.get(actor, 0) + sign
            self._next += 1
        if self._next == before:
            return False
        self.standing = frozenset(actor for actor, held in self._held.items() if held > 0)
        return True
