"""What was said beside consent: reservations and declarations, with what was answered to them and to what effect."""

from collections.abc import Iterator
from datetime import date

import msgspec

from comity.acts import Act
from comity.instruments import Instrument
from comity.law.history import History
from comity.law.law import Law
from comity.law.relation import effects_toward
from comity.law.reservations import TACIT, Answer, Reservation

__all__ = ["Reply", "Statement", "statements"]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An objection to a reservation, or an acceptance of it (VCLT 20).

    `opposed`: it opposes the entry into force of the treaty between the two. `effect` is the id of the reason for what
    it does between the two on the day asked, "" where they are not both bound; `provisions` are those it is limited to.
    """

    act: Act
    accepts: bool
    opposed: bool
    provisions: tuple[str, ...]
    withdrawn: date | None
    effect: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation or declaration as its holder has it on a day.

    `standing` are the provisions it still touches; `withdrawn` those it does no more, with the day; `unconfirmed` a
    reservation made on signature and not repeated with consent (VCLT 23(2)); `open_until` the day on which the time to
    object runs out, where it still runs for whoever consented by then (VCLT 20(5)).
    """

    instrument: str
    holder: str
    act: Act
    standing: tuple[str, ...] = ()
    withdrawn: tuple[tuple[str, date], ...] = ()
    unconfirmed: bool = False
    open_until: date | None = None
    replies: tuple[Reply, ...] = ()


def statements(law: Law, it: Instrument, history: History, on: date, actor: str | None = None) -> list[Statement]:
    """All reservations and declarations made by a day, in legal order within each holder, holders by code.

    Where an actor is named: its own, and those of others that it answered, with its answers alone.
    """
    found = [*_reservations(law, it, history, on, actor), *_declarations(law, it, on, actor)]
    return sorted(found, key=lambda one: (one.holder, one.act.day))


def _declarations(law: Law, it: Instrument, on: date, actor: str | None) -> Iterator[Statement]:
    for act in law.reading.acts(it.id):
        if act.kind == "declaration" and act.day <= on and actor in {None, act.actor}:
            yield Statement(instrument=it.id, holder=act.actor, act=act)


def _reservations(law: Law, it: Instrument, history: History, on: date, actor: str | None) -> Iterator[Statement]:
    made = law.reservations(it.id)
    for entry in made.entries:
        if entry.since > on or not (actor in {None, entry.holder} or actor in entry.answers):
            continue
        answering = None if actor == entry.holder else actor
        record = history.records.get(entry.holder)
        bound = None if record is None else record.bound(on)
        closes = TACIT.after(entry.notified)
        yield Statement(
            instrument=it.id,
            holder=entry.holder,
            act=entry.act,
            standing=entry.standing(on),
            withdrawn=tuple((p, until) for p, until in entry.provisions.items() if until is not None and until <= on),
            unconfirmed=bound is not None and not made.confirmed(entry, bound.act),
            open_until=closes if on < closes and entry.standing(on) else None,
            replies=tuple(_replies(law, it, history, (entry, answering), on)),
        )


def _replies(
    law: Law, it: Instrument, history: History, asked: tuple[Reservation, str | None], on: date
) -> Iterator[Reply]:
    """The answers to a reservation, of all or of one actor."""
    entry, actor = asked
    given = [
        (who, answer)
        for who, answers in entry.answers.items()
        if actor in {None, who}
        for answer in answers
        # One that names provisions may have been meant for another reservation of the same holder.
        if answer.act.day <= on and any(map(answer.concerns, entry.provisions))
    ]
    for who, answer in sorted(given, key=lambda one: (one[1].act.day, one[0])):
        gone = answer.withdrawn
        yield Reply(
            act=answer.act,
            accepts=answer.accepts,
            opposed=answer.opposed,
            provisions=answer.provisions,
            withdrawn=gone if gone is not None and gone <= on else None,
            effect=_effect(law, it, history, (entry, answer, who), on),
        )


def _effect(law: Law, it: Instrument, history: History, answered: tuple[Reservation, Answer, str], on: date) -> str:
    """What an answer does between the two on a day, by the id of the reason that the relation gives for it."""
    entry, answer, who = answered
    own, other = history.records.get(entry.holder), history.records.get(who)
    if own is None or other is None or own.bound(on) is None or not answer.stands(on):
        return ""
    spell = other.bound(on)
    if spell is None:
        return ""
    effects = [one for one in effects_toward(law, it, (entry.holder, who), spell, on) if one.reservation is entry]
    # Where all or an organ must accept, or none need, no single answer decides: what does is the same for all.
    own_or_common = (e for e in effects if e.answer is answer or e.word in {"fallen", "not_settled"})
    return next((e.message for e in own_or_common), "")
