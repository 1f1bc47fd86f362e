"""The law over one reading of a register: histories made when asked for, each once.

`Law` is also the setting in which rules are judged: it answers who is in a group, who is party to another
instrument, what weighs how much, and what is in force.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property

import msgspec

from comity.actors import Directory
from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.force import find_force, find_parts
from comity.law.history import End, Force, History, came_too_late
from comity.law.replay import Replay
from comity.law.reservations import Reservations, replay_reservations
from comity.law.settle import join, settle
from comity.law.tacit import find_tacit_force, settle_tacit
from comity.register.reading import Reading
from comity.rules.forms import InForce, PartiesTo, Rule, Share, SignatoriesOf, names, nodes, selector_of
from comity.rules.ground import NoMembersError, UnknownNameError, WeightTable

__all__ = ["Law"]


_SIGNING = frozenset({"signature", "definitive-signature", "signature-withdrawal", "continuation"})


class Law:
    """Histories of instruments over one reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._histories: dict[str, History] = {}
        self._reservations: dict[str, Reservations] = {}
        self._open: list[str] = []
        self._circles: set[tuple[str, str]] = set()
        self._tables: dict[tuple[str, tuple[tuple[str, object], ...]], WeightTable] = {}
        # Answers that hold from one turning day to the next are kept by the number of the period.
        self._periods: dict[str, tuple[date, ...]] = {}
        self._weighed: dict[tuple[str, int], WeightTable] = {}
        self._turnings: dict[str, frozenset[date]] = {}
        self._consenting: dict[tuple[str, int], frozenset[str]] = {}
        self._parties: dict[tuple[str, int], frozenset[str]] = {}

    @property
    def directory(self) -> Directory:
        """The actors and groups of the reading."""
        return self.reading.directory

    @cached_property
    def replacers(self) -> dict[str, tuple[str, ...]]:
        """For each instrument, the instruments that replace it."""
        return self.reading.pointing("replaces")

    @cached_property
    def belongings(self) -> dict[str, tuple[str, ...]]:
        """For each instrument, its protocols, amendments and annexes."""
        return self.reading.pointing("of")

    def history(self, name: str) -> History | None:
        """The history of an instrument, or None where it is unknown or is asked for in a circle."""
        if name in self._histories:
            return self._histories[name]
        if name in self._open:
            self._circles.add((self._open[-1], name))
            return None
        instrument = self.reading.instrument(name)
        if instrument is None:
            return None
        self._open.append(name)
        try:
            found = self._make(instrument)
        finally:
            self._open.pop()
        self._histories[name] = found
        return found

    def reservations(self, name: str) -> Reservations:
        """The reservations made to an instrument, and what was answered to them."""
        if name not in self._reservations:
            it = self.reading.instrument(name)
            if it is None:
                raise UnknownNameError("instrument", name)
            self._reservations[name] = replay_reservations(it, self.reading.acts(name))
        return self._reservations[name]

    def _make(self, it: Instrument) -> History:
        clause, periods = it.consent.parent, None if it.withdrawal is None else it.withdrawal.periods
        parent = self.history(it.of) if clause is not None and clause.cascade and it.of else None
        replay = Replay(it, self.directory, parent)
        replay.run(self.reading.acts(it.id))
        force, faults = self._force(it, replay)
        if periods is not None and force.entry is not None:
            # When a notice takes effect is counted from the entry into force, which the first replay gives.
            replay = Replay(it, self.directory, parent, force)
            replay.run(self.reading.acts(it.id))
        parts = () if faults else find_parts(it, replay.records, self, force)
        if replay.terminations:
            force = _with_end(force, replay.terminations[-1])
        settle(replay, force, self)
        if it.tacit is not None:
            settle_tacit(replay, it.tacit, force, self)
        join(replay.records.values())
        replay.check_ends()
        history = History(
            instrument=it.id,
            force=force,
            records=replay.records,
            parts=parts,
            territories=tuple(replay.territories),
            findings=(*replay.findings, *faults),
        )
        for name in self.replacers.get(it.id, ()):
            self._replace(history, name)
        history.findings = (*history.findings, *_too_late(it, history))
        return history

    def _force(self, it: Instrument, replay: Replay) -> tuple[Force, tuple[Finding, ...]]:
        try:
            if it.tacit is not None:
                return find_tacit_force(it, it.tacit, replay, self), ()
            return find_force(it, replay.records, self), ()
        except (UnknownNameError, NoMembersError) as error:
            return self._without_rule(it, error)

    def _without_rule(
        self, it: Instrument, error: UnknownNameError | NoMembersError
    ) -> tuple[Force, tuple[Finding, ...]]:
        """A rule that cannot be judged: the depositary's date still holds, where there is one."""
        clause = it.entry_into_force
        official = None if clause is None else clause.official
        missing = error.kind if isinstance(error, UnknownNameError) else "members"
        says = f"the entry-into-force rule cannot be judged: {error}"
        if isinstance(error, UnknownNameError):
            words = "weight table" if error.kind == "weights" else error.kind
            says = f"the entry-into-force rule cannot be judged: it names the {words} “{error.name}”, which is not here"
        if official is not None:
            says += f"; the date that the depositary states, {official}, is used"
        finding = Finding(
            level="warning" if official is not None and missing == "weights" else "error",
            code=f"{missing}-unknown",
            file=f"instruments/{it.id}.toml",
            says=says,
            do="add what it names",
        )
        if official is None or clause is None:
            return Force(), (finding,)
        stated = msgspec.structs.replace(clause, when=None, parts=())
        return find_force(msgspec.structs.replace(it, entry_into_force=stated), {}, self), (finding,)

    def _replace(self, history: History, by: str) -> None:
        """VCLT 59(1): a treaty ends when all its parties are bound by the one that replaces it."""
        newer = self.history(by)
        if newer is None:
            return
        for day in sorted(newer.turning_days() | history.turning_days()):
            old = history.parties(day)
            if old and newer.force.in_force(day) and old <= newer.parties(day):
                for record in history.records.values():
                    for spell in (*record.spells, *record.derived):
                        spell.ends.append(End(told=day, until=day, by="replacement"))
                history.force = _with_end(history.force, End(told=day, until=day, by="replacement"))
                return

    # What a rule asks of its surroundings.

    def group(self, name: str, on: date) -> frozenset[str]:
        """The members of a group on a day."""
        if name not in self.directory.groups:
            raise UnknownNameError("group", name)
        return self.directory.members(name, on)

    def parties_to(self, name: str, on: date) -> frozenset[str]:
        """The parties to an instrument on a day; nobody while the question goes round in a circle."""
        history = self._known(name)
        if history is None:
            return frozenset()
        period = self._period(name, lambda: self.turning_days(name), on)
        if (name, period) not in self._parties:
            self._parties[name, period] = history.parties(on)
        return self._parties[name, period]

    def signatories_of(self, name: str, on: date) -> frozenset[str]:
        """Whoever has signed an instrument by a day; it needs no history, so an instrument may ask for its own."""
        if self.reading.instrument(name) is None:
            raise UnknownNameError("instrument", name)
        return self._signed(name, on)

    def _signing_days(self, name: str) -> frozenset[date]:
        """The days on which who has signed may change."""
        acts = [act for act in self.reading.acts(name) if act.kind in _SIGNING]
        return frozenset(
            day for act in acts for day in (act.day, act.day if act.effective is None else act.effective.last)
        )

    def _signed(self, name: str, on: date) -> frozenset[str]:
        signed: set[str] = set()
        for act in self.reading.acts(name):
            if act.day > on:
                break
            if act.kind in {"signature", "definitive-signature"}:
                signed.add(act.actor)
            elif act.kind == "signature-withdrawal":
                if act.effective is None or act.effective.last <= on:
                    signed.discard(act.actor)
            elif act.kind == "continuation" and act.ref in signed:
                signed.discard(act.ref)
                signed.add(act.actor)
        # A State that is no more has signed nothing that still awaits it.
        ends = {code: self.directory.actors[code].until for code in signed & self.directory.actors.keys()}
        return frozenset(code for code in signed if (until := ends.get(code)) is None or on < until)

    def weights(self, name: str, on: date) -> WeightTable:
        """A weight table as it stands on a day; the same object for the same rows."""
        table = self.reading.weights(name)
        if table is None:
            raise UnknownNameError("weights", name)
        period = self._period(f"weights {name}", table.turning_days, on)
        if (name, period) not in self._weighed:
            rows = table.at(on)
            key = (name, tuple(rows.items()))
            if key not in self._tables:
                self._tables[key] = WeightTable(rows=rows, total=table.total, unit=table.unit, source=table.source)
            self._weighed[name, period] = self._tables[key]
        return self._weighed[name, period]

    def _period(self, name: str, turning_days: Callable[[], frozenset[date]], on: date) -> int:
        """The number of the period between turning days that a day lies in."""
        if name not in self._periods:
            self._periods[name] = tuple(sorted(turning_days()))
        return bisect_right(self._periods[name], on)

    def in_force(self, name: str, on: date) -> bool:
        """Whether an instrument is in force on a day."""
        history = self._known(name)
        return history is not None and history.force.in_force(on)

    def _known(self, name: str) -> History | None:
        if self.reading.instrument(name) is None:
            raise UnknownNameError("instrument", name)
        return self.history(name)

    # What entry into force asks beside.

    def entry_of(self, name: str) -> tuple[date, date] | None:
        """The entry into force of another instrument and the day by which it was fixed."""
        history = self._known(name)
        if history is None or history.force.entry is None or history.force.told is None:
            return None
        return history.force.entry, history.force.told

    def consenting(self, name: str, on: date) -> frozenset[str]:
        """Whoever's consent to an instrument stands on a day."""
        history = self.history(name)
        if history is None:
            return frozenset()
        period = self._period(name, lambda: self.turning_days(name), on)
        if (name, period) not in self._consenting:
            self._consenting[name, period] = frozenset(
                actor
                for actor, record in history.records.items()
                if record.live(on) is not None or record.bound(on) is not None
            )
        return self._consenting[name, period]

    def turning_days(self, name: str) -> frozenset[date]:
        """The days on which an answer about an instrument may change."""
        history = self.history(name)
        if history is None:
            return frozenset()
        if name not in self._turnings:
            self._turnings[name] = history.turning_days()
        return self._turnings[name]

    def turning_days_of(self, rule: Rule) -> frozenset[date]:
        """The days on which what a rule names may change."""
        days: set[date] = set()
        for name in names(rule).groups:
            group = self.directory.groups.get(name)
            for member in () if group is None else group.members:
                days.update(day for day in (member.since, member.until) if day is not None)
        for node in nodes(rule):
            if isinstance(node, Share):
                table = self.reading.weights(node.of)
                days |= frozenset() if table is None else table.turning_days()
        for name in _instruments_on_the_day(rule):
            days |= self.turning_days(name)
        for name in [s.instrument for s in map(selector_of, nodes(rule)) if isinstance(s, SignatoriesOf)]:
            days |= self._signing_days(name)
        return frozenset(days)

    # Findings.

    def findings(self, name: str) -> tuple[Finding, ...]:
        """What the law finds wrong with the acts and clauses of one instrument."""
        history = self.history(name)
        return () if history is None else (*history.findings, *self.reservations(name).findings)

    def circles(self) -> Iterator[tuple[str, str]]:
        """Pairs of instruments whose clauses ask for one another in a circle."""
        yield from sorted(self._circles)


def _instruments_on_the_day(rule: Rule) -> Iterable[str]:
    """The instruments whose state on the day judged a rule asks for; signatures change with the acts themselves."""
    for node in nodes(rule):
        selector = selector_of(node)
        if isinstance(selector, PartiesTo) and selector.at is None:
            yield selector.instrument
        elif isinstance(node, InForce):
            yield node.instrument


def _too_late(it: Instrument, history: History) -> Iterator[Finding]:
    """A warning for each consent to an instrument that had ended."""
    for record in history.records.values():
        for spell in record.spells:
            act, end = spell.act, spell.end(spell.told)
            if act is not None and not spell.taken_over and end is not None and came_too_late(spell, end, spell.told):
                says = f"{act.date} {act.actor} {act.kind}: the instrument had ended on {end.until}"
                do = "check the date, or the act that ended it; it binds nobody"
                file = f"instruments/{it.id}.csv"
                yield Finding(level="warning", code="consent-after-end", file=file, line=act.line, says=says, do=do)


def _with_end(force: Force, end: End) -> Force:
    return msgspec.structs.replace(force, ended=end)
