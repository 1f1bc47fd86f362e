"""Every status as spans of days: from when to when an answer of `status` holds.

The engine keeps all that the acts say, and why. Where only the word is asked for, and most instruments are plain
(signatures, consents, notices; a bare number of consents or the depositary's date), one pass over the acts
gives the same words many times faster. Whatever is not plain (an instrument, or one actor under it) goes
through the engine; tests hold the two ways to one answer.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeAlias

import msgspec

from comity.acts import CONSENT, Act
from comity.instruments import EntryIntoForce, Instrument
from comity.law.force import find_force, first_day_of, force_of, plain_count, standing_events
from comity.law.history import Force, History, Record
from comity.law.law import Law
from comity.law.replay import Replay
from comity.law.results import DECLARED, StatusWord
from comity.law.settle import own_effect, settle
from comity.law.timeline import changes_of

__all__ = ["OPEN", "Span", "Spans", "spans_of"]

# Actor, status, first day, first day no more.
Span: TypeAlias = tuple[str, StatusWord, date, date]

# The end of a span that has none.
OPEN = date.max

_CONSENTS = CONSENT - {"succession", "continuation"}
# Acts that change the word of their own actor alone, but not in the plain way.
_SINGLE = frozenset(
    {"signature-withdrawal", "consent-withdrawal", "withdrawal-revocation", "succession", "expulsion", "cessation"}
)
# Acts that change the word of others.
_ACROSS = frozenset({"continuation", "termination"})
_TWO = 2


def spans_of(history: History, record: Record) -> Iterator[Span]:
    """The spans of one actor, in order, from its history; days without a status lie in none."""
    word: StatusWord = "none"
    since = date.min
    for day, _, after in changes_of(history, record):
        if word != "none":
            yield record.actor, word, since, day
        word, since = after, day
    if word != "none":
        yield record.actor, word, since, OPEN


class _Told(msgspec.Struct):
    """What the acts of a plain instrument say, before it is known when it entered into force."""

    signed: dict[str, date] = {}
    consents: dict[str, Act] = {}
    notices: dict[str, Act] = {}
    refused: dict[str, date] = {}
    # Whoever needs the engine.
    others: set[str] = set()

    def take(self, acts: Sequence[Act]) -> bool:
        """Take acts in legal order; False where one of them reaches across actors."""
        for act in acts:
            kind = act.kind
            if kind == "signature":
                if act.actor not in self.signed:
                    self.signed[act.actor] = act.date.last
            elif kind in _CONSENTS:
                self._consent(act)
            elif kind == "withdrawal":
                self._notice(act)
            elif kind in _SINGLE:
                self.others.add(act.actor)
            elif kind in _ACROSS:
                return False
        return True

    def _consent(self, act: Act) -> None:
        actor = act.actor
        if actor not in self.consents:
            self.consents[actor] = act
        elif actor in self.notices:
            self.others.add(actor)
        else:
            self.refused[actor] = act.date.last

    def _notice(self, act: Act) -> None:
        actor = act.actor
        if actor in self.consents and actor not in self.notices:
            self.notices[actor] = act
            # It left and came back on one day.
            if self.refused.get(actor) == act.date.last:
                self.others.add(actor)


class Spans:
    """The spans of every actor under the instruments of one law."""

    def __init__(self, law: Law) -> None:
        self.law = law
        actors = law.directory.actors.values()
        self._extinct = frozenset(actor.id for actor in actors if actor.until is not None)
        self._regional = frozenset(actor.id for actor in actors if actor.regional)

    def of(self, it: Instrument) -> Iterator[Span]:
        """The spans of all actors, by actor and day; none where nobody can be party."""
        if it.kind in DECLARED:
            return
        if self._is_plain(it):
            told = _Told()
            acts = self.law.reading.acts(it.id)
            if told.take(acts) and not self._counts_organizations(it, told):
                yield from _Plain(self.law, it, acts, told, self._extinct).spans()
                return
        history = self.law.history(it.id) or History(instrument=it.id, force=Force(), records={})
        for _, record in sorted(history.records.items()):
            yield from spans_of(history, record)

    def _is_plain(self, it: Instrument) -> bool:
        """Whether the words under an instrument follow from its own acts, actor by actor."""
        consent, withdrawal, entry = it.consent, it.withdrawal, it.entry_into_force
        # Where only two may be parties, the notice of one ends the treaty for both.
        bilateral = isinstance(consent.open_to, tuple) and len(consent.open_to) == _TWO
        alone = (
            it.tacit is None
            and consent.parent is None
            and not bilateral
            and (consent.later_parties == "separate" or not it.of)
            and (withdrawal is None or withdrawal.periods is None)
            and it.id not in self.law.replacers
        )
        return alone and (entry is None or _is_plain_entry(entry))

    def _counts_organizations(self, it: Instrument, told: _Told) -> bool:
        """Whether a rule must decide if a regional organization counts beside its members."""
        entry = it.entry_into_force
        if entry is None or entry.when is None:
            return False
        return not self._regional.isdisjoint(told.consents) or not self._regional.isdisjoint(told.others)


def _is_plain_entry(entry: EntryIntoForce) -> bool:
    return (
        entry.binds == "acceptors"
        and entry.reio != "for-members"
        and not isinstance(entry.not_before, str)
        and (entry.when is None or plain_count(entry.when) is not None)
    )


class _Plain:
    """The spans of one plain instrument."""

    def __init__(self, law: Law, it: Instrument, acts: Sequence[Act], told: _Told, extinct: frozenset[str]) -> None:
        self.law, self.it, self.acts, self.told = law, it, acts, told
        others = told.others | (extinct & (told.signed.keys() | told.consents.keys()))
        self.replay = Replay(it, law.directory)
        self.gone = self._ends(others)
        self.engine = frozenset(others)
        if others:
            self.replay.run(act for act in acts if act.actor in others)
        self.force = self._force()
        if others:
            settle(self.replay, self.force, law)
        self.history = History(instrument=it.id, force=self.force, records=self.replay.records)
        self._effects: dict[date, date] = {}

    def _ends(self, others: set[str]) -> dict[str, tuple[date, date]]:
        """For each notice, the day of its effect and the day from which the consent is gone: not before it was told."""
        delay, found = self.replay.notice_delay(), {}
        for actor, act in self.told.notices.items():
            day = act.date.last
            until = delay.after(day) if act.effective is None else act.effective.last
            found[actor] = until, max(until, day)
            if found[actor][1] <= self.told.consents[actor].date.last:
                others.add(actor)  # it left on the day it came
        return found

    def _force(self) -> Force:
        entry = self.it.entry_into_force
        number = None if entry is None or entry.when is None else plain_count(entry.when)
        if entry is None or number is None:
            return find_force(self.it, {}, self.law)
        events = sorted(self._events(entry.counts), key=lambda event: event[:2])
        return force_of(entry, first_day_of(events, number), self.law, entry.others.deposited)

    def _events(self, counts: Sequence[str]) -> Iterator[tuple[date, int, str]]:
        for actor, act in self.told.consents.items():
            if actor not in self.engine and (not counts or act.kind in counts):
                yield act.date.last, 1, actor
                if actor in self.gone:
                    yield self.gone[actor][1], -1, actor
        for actor, record in self.replay.records.items():
            for spell in record.spells:
                if not counts or (spell.act is not None and spell.act.kind in counts):
                    yield from standing_events(actor, spell)

    def spans(self) -> Iterator[Span]:
        told = self.told
        for actor in sorted({*told.signed, *told.consents, *self.engine}):
            if actor in self.engine:
                yield from spans_of(self.history, self.replay.records[actor])
                continue
            signed, consent = told.signed.get(actor), told.consents.get(actor)
            if consent is not None:
                yield from self._bound(actor, signed, consent)
            else:
                yield actor, "signatory", told.signed[actor], OPEN

    def _bound(self, actor: str, signed: date | None, consent: Act) -> Iterator[Span]:
        """The spans of an actor that consented once: signatory, contracting, party, former."""
        begin, since = consent.date.last, self._since(consent)
        until, gone = self.gone.get(actor, (OPEN, OPEN))
        known = begin if self.force.told is None else max(begin, self.force.told)
        bound = max(since, known)
        if signed is not None and signed < begin:
            yield actor, "signatory", signed, begin
        if begin < bound:
            yield actor, "contracting", begin, min(bound, gone)
        if bound < gone:
            yield actor, "party", bound, gone
        if gone == OPEN:
            return
        if signed is None or since < until:
            yield actor, "former", gone, OPEN
            return
        if gone < signed:
            yield actor, "former", gone, signed
        yield actor, "signatory", max(gone, signed), OPEN

    def _since(self, consent: Act) -> date:
        """The first day bound, as `settle` has it; `OPEN` where nothing fixes it."""
        entry = self.force.entry
        if entry is None or self.force.told is None:
            return OPEN
        if consent.effective is not None:
            return max(consent.effective.last, entry)
        day = consent.date.last
        if day not in self._effects:
            self._effects[day] = own_effect(self.it, self.force, day)
        return self._effects[day]
