"""Days by which a State must speak, or its silence counts: objections to reservations, and rejections."""

import datetime as dt
from collections.abc import Iterator
from typing import Literal

import msgspec

from comity.instruments import Instrument, ReservationsClause
from comity.law.citing import cite, cite_clause
from comity.law.law import Law
from comity.law.relation import CONSTITUENT
from comity.law.reservations import TACIT, permitted

__all__ = ["Deadline", "deadlines"]


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """The last day to object to a reservation of `actor`, or (`actor` empty) to reject what else binds by silence.

    `notified` is the day from which the period runs: None where the register knows the reservation's own day alone,
    from which it is then counted, so that the period may end later.
    """

    date: dt.date
    kind: Literal["objection", "rejection"]
    instrument: str
    actor: str
    provisions: tuple[str, ...]
    notified: dt.date | None
    cites: tuple[str, ...]


def deadlines(law: Law, it: Instrument) -> list[Deadline]:
    """Every deadline that the acts under an instrument set, in order: VCLT 20(5), and the clause on tacit acceptance.

    A reservation that needs no acceptance, is not permitted, or awaits an organ sets none (VCLT 19, 20(1) and (3)); one
    withdrawn before its period closed sets none either. For who consents after such a day, the day of its own consent
    counts instead.
    """
    return sorted((*_objections(law, it), *_rejections(it)), key=lambda found: (found.date, found.actor))


def _objections(law: Law, it: Instrument) -> Iterator[Deadline]:
    clause = it.reservations or ReservationsClause()
    if it.kind in CONSTITUENT:
        return
    for entry in law.reservations(it.id).entries:
        if entry.holder != entry.act.actor:  # taken over by a successor: the period ran from the act itself
            continue
        closes = TACIT.after(entry.notified)
        provisions = tuple(p for p in entry.standing(closes) if permitted(clause, p) == "open")
        if provisions:
            yield Deadline(
                date=closes,
                kind="objection",
                instrument=it.id,
                actor=entry.holder,
                provisions=provisions,
                notified=None if entry.act.notified is None else entry.act.notified.last,
                cites=(cite(entry.act), "VCLT Art. 20(5)"),
            )


def _rejections(it: Instrument) -> Iterator[Deadline]:
    if it.tacit is not None:
        yield Deadline(
            date=it.tacit.period.after(it.tacit.notified),
            kind="rejection",
            instrument=it.id,
            actor="",
            provisions=(),
            notified=it.tacit.notified,
            cites=cite_clause(it.id, it.tacit.article),
        )
