"""What acts that have not happened would change, and when: two laws over one register, told apart.

Nothing here knows how the second law came about: it reads the same register with further acts in it. Every answer is
the difference of answers that `status`, `timeline`, `relation` and `missing` give from the one and from the other.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from comity.acts import Act
from comity.findings import Finding, has_errors
from comity.law.checks import instruments_named
from comity.law.history import Force, History
from comity.law.law import Law
from comity.law.messages import says
from comity.law.missing import missing
from comity.law.relation import relation
from comity.law.results import DECLARED, ActorStatus, Change, Reason, Relation
from comity.law.status import beyond_notes, status
from comity.law.timeline import changes_of, force_changes, timeline
from comity.rules.ground import NoMembersError, UnknownNameError

__all__ = ["ForceShift", "RelationShift", "Shift", "StatusShift", "WhatIf", "affected", "what_if"]

# Pairs that are compared at the most: beyond, only who is bound is told, not toward whom and how.
_PAIRS = 5_000


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A change of status that the acts would bring (`instead_of` is None), move, or prevent (`date` is None).

    `date` is the day with the acts, `instead_of` the day without them. `actor` is empty where the instrument itself
    changes. `because` explains the change on the day on which it happens.
    """

    instrument: str
    actor: str
    before: str
    after: str
    date: dt.date | None
    instead_of: dt.date | None
    because: Reason


class ForceShift(msgspec.Struct, frozen=True, kw_only=True):
    """How an entry into force, or an end, would move: each pair is the day without and the day with the acts.

    `provisions` is empty for the instrument itself, else those with a clause of their own. `lacking` is how many
    consents the entry into force still needs at the least on the day of the last act (None: no rule, or none could).
    """

    instrument: str
    provisions: tuple[str, ...] = ()
    threshold: tuple[dt.date | None, dt.date | None]
    entry: tuple[dt.date | None, dt.date | None]
    ended: tuple[dt.date | None, dt.date | None]
    lacking: tuple[int | None, int | None] = (None, None)


class StatusShift(msgspec.Struct, frozen=True, kw_only=True):
    """The status of an actor on the day compared, without and with the acts; None where it is none."""

    instrument: str
    actor: str
    before: ActorStatus | None
    after: ActorStatus | None


class RelationShift(msgspec.Struct, frozen=True, kw_only=True):
    """What binds two actors toward each other on the day compared, without and with the acts."""

    instrument: str
    parties: tuple[str, str]
    before: Relation
    after: Relation


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """What acts that have not happened would change.

    `findings` are what recording them would newly cause; with an error among them nothing else is answered. Statuses
    and relations are those of the day `on`, where they differ; changes and forces those of all days.
    """

    on: dt.date
    acts: tuple[Act, ...]
    findings: tuple[Finding, ...] = ()
    forces: tuple[ForceShift, ...] = ()
    changes: tuple[Shift, ...] = ()
    statuses: tuple[StatusShift, ...] = ()
    relations: tuple[RelationShift, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether an error forbids to record the acts."""
        return has_errors(self.findings)

    def rows(self) -> list[dict[str, object]]:
        """One row a change."""
        return [
            {
                "date": "" if shift.date is None else shift.date.isoformat(),
                "instead_of": "" if shift.instead_of is None else shift.instead_of.isoformat(),
                "instrument": shift.instrument,
                "actor": shift.actor,
                "from": shift.before,
                "to": shift.after,
                "because": says(shift.because),
            }
            for shift in self.changes
        ]


def affected(law: Law, instruments: Iterable[str]) -> tuple[str, ...]:
    """These instruments and all whose answers may rest on theirs: protocols, what one replaces, what a rule names."""
    resting: dict[str, set[str]] = {}
    for name in law.reading.ids():
        it = law.reading.instrument(name)
        if it is not None:
            for other in instruments_named(it):
                resting.setdefault(other, set()).add(name)
            # VCLT 59: an older treaty ends by what becomes of the newer, which names it.
            for older in it.replaces:
                resting.setdefault(name, set()).add(older)
    found, open_ = set[str](), list(instruments)
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += resting.get(name, ())
    return tuple(sorted(found))


def what_if(
    law: Law, supposed: Law, acts: Sequence[Act], findings: tuple[Finding, ...], on: dt.date | None = None
) -> WhatIf:
    """What `supposed`, the law with `acts` (one at the least) laid over the register of `law`, answers otherwise.

    `on` is the day on which statuses and relations are compared; left out, the last day on which anything differs.
    """
    names = sorted({act.instrument for act in acts})
    both = [_Both(law, supposed, name) for name in affected(law, names)]
    both = [one for one in both if one.it.kind not in DECLARED]
    last = max(act.day for act in acts)
    changes = sorted((shift for one in both for shift in one.shifts()), key=_shift_key)
    forces = tuple(shift for one in both for shift in one.forces(last, always=one.it.id in names))
    day = on or max([last, *(day for shift in changes for day in (shift.date, shift.instead_of) if day is not None)])
    relations, left_out = _relations(both, acts, day)
    return WhatIf(
        on=day,
        acts=tuple(acts),
        findings=(*findings, *left_out, *(note for one in both if one.it.id in names for note in one.beyond(day))),
        forces=forces,
        changes=tuple(changes),
        statuses=tuple(shift for one in both for shift in one.statuses(day)),
        relations=relations,
    )


def _shift_key(shift: Shift) -> tuple[dt.date, str, str]:
    return shift.date or shift.instead_of or dt.date.max, shift.instrument, shift.actor


class _Both:
    """One instrument without and with the acts."""

    def __init__(self, law: Law, supposed: Law, name: str) -> None:
        it, before, after = law.reading.instrument(name), law.history(name), supposed.history(name)
        if it is None or before is None or after is None:
            raise UnknownNameError("instrument", name)
        self.it = it
        self.laws, self.histories = (law, supposed), (before, after)

    # Changes

    def shifts(self) -> Iterator[Shift]:
        before, after = (_changes(history) for history in self.histories)
        actors = sorted(code for code in before.keys() | after.keys() if before.get(code) != after.get(code))
        old, new = (
            [*force_changes(self.it, history.force), *(c for actor in actors for c in self._timeline(index, actor))]
            for index, history in enumerate(self.histories)
        )
        yield from _paired(old, new)

    def _timeline(self, index: int, actor: str) -> list[Change]:
        return timeline(self.laws[index], self.it, self.histories[index], actor)

    # Entry into force

    def forces(self, last: dt.date, *, always: bool) -> Iterator[ForceShift]:
        """How force would move; `always` also where only fewer consents would be lacking."""
        lacking = (self._lacking(0, last), self._lacking(1, last)) if always else (None, None)
        own = _force_shift(self.it.id, (), self.histories[0].force, self.histories[1].force, lacking)
        if own is not None:
            yield own
        for before, after in zip(self.histories[0].parts, self.histories[1].parts, strict=False):
            part = _force_shift(self.it.id, after.provisions, before.force, after.force, (None, None))
            if part is not None:
                yield part

    def _lacking(self, index: int, day: dt.date) -> int | None:
        try:
            return missing(self.laws[index], self.it, self.histories[index], day).size
        except (UnknownNameError, NoMembersError):  # the rule names what is not here: `check` says so
            return None

    # One day

    def beyond(self, day: dt.date) -> tuple[Finding, ...]:
        return beyond_notes(self.it, day)

    def statuses(self, day: dt.date) -> Iterator[StatusShift]:
        before, after = (
            {one.actor: one for one in status(law, self.it, history, day).actors}
            for law, history in zip(self.laws, self.histories, strict=True)
        )
        for code in sorted(before.keys() | after.keys()):
            if before.get(code) != after.get(code):
                yield StatusShift(instrument=self.it.id, actor=code, before=before.get(code), after=after.get(code))

    def relation(self, pair: tuple[str, str], day: dt.date) -> RelationShift | None:
        old, new = (
            relation(law, self.it, history, *pair, day) for law, history in zip(self.laws, self.histories, strict=True)
        )
        if _bonds(old) == _bonds(new):
            return None
        return RelationShift(instrument=self.it.id, parties=pair, before=old, after=new)


_Key = tuple[dt.date, str, str]


def _changes(history: History) -> Mapping[str, list[_Key]]:
    return {code: list(changes_of(history, record)) for code, record in history.records.items()}


def _paired(old: Iterable[Change], new: Iterable[Change]) -> Iterator[Shift]:
    """Changes that only one side has; the same change of the same actor on two days is one that moves."""
    before = {(c.date, c.actor, c.before, c.after): c for c in old}
    after = {(c.date, c.actor, c.before, c.after): c for c in new}
    gone = [change for key, change in before.items() if key not in after]
    for key, change in after.items():
        if key not in before:
            was = next((one for one in gone if key[1:] == (one.actor, one.before, one.after)), None)
            if was is not None:
                gone.remove(was)
            yield _shift(change, change.date, None if was is None else was.date)
    for change in gone:
        yield _shift(change, None, change.date)


def _shift(change: Change, day: dt.date | None, instead_of: dt.date | None) -> Shift:
    return Shift(
        instrument=change.instrument,
        actor=change.actor,
        before=change.before,
        after=change.after,
        date=day,
        instead_of=instead_of,
        because=change.because,
    )


def _force_shift(
    name: str, provisions: tuple[str, ...], before: Force, after: Force, lacking: tuple[int | None, int | None]
) -> ForceShift | None:
    days = [(_threshold(force), force.entry, _ended(force)) for force in (before, after)]
    if days[0] == days[1] and lacking[0] == lacking[1]:
        return None
    threshold, entry, ended = zip(*days, strict=True)
    return ForceShift(
        instrument=name, provisions=provisions, threshold=threshold, entry=entry, ended=ended, lacking=lacking
    )


def _threshold(force: Force) -> dt.date | None:
    return force.threshold_on(dt.date.max)


def _ended(force: Force) -> dt.date | None:
    return None if force.ended is None or force.ended.revoked is not None else force.ended.until


def _bonds(found: Relation) -> tuple[object, ...]:
    return found.bound, found.excluded, found.modified, found.not_settled, found.as_amended_by


def _relations(
    both: Sequence[_Both], acts: Sequence[Act], day: dt.date
) -> tuple[tuple[RelationShift, ...], tuple[Finding, ...]]:
    """The relations of those who act, and of those whom their acts name, toward everybody else."""
    pairs = list(dict.fromkeys(_pairs(both, acts)))
    if len(pairs) > _PAIRS:
        says_ = f"{len(pairs):,} pairs of actors are concerned: what binds them toward each other is not compared"
        note = Finding(level="note", code="relations-left-out", says=says_, do="suppose fewer acts at a time")
        return (), (note,)
    by_name = {one.it.id: one for one in both}
    found = (by_name[name].relation(pair, day) for name, pair in pairs)
    return tuple(shift for shift in found if shift is not None), ()


def _pairs(both: Sequence[_Both], acts: Sequence[Act]) -> Iterator[tuple[str, tuple[str, str]]]:
    for one in both:
        everybody = sorted(one.histories[0].records.keys() | one.histories[1].records.keys())
        for act in acts:
            # An amendment decides what binds two parties under the treaty that it amends, too.
            if one.it.id == act.instrument or one.it.id == _parent(one, act):
                acting = [code for code in (act.actor, act.ref) if code in everybody]
                yield from ((one.it.id, _ordered(a, b)) for a in acting for b in everybody if a != b)


def _parent(one: _Both, act: Act) -> str:
    it = one.laws[0].reading.instrument(act.instrument)
    return "" if it is None else it.of


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
