"""Who signed an instrument and when, as far as is told by a day: a column of every depositary's table."""

import datetime as dt

import msgspec

from comity.dates import LegalDate
from comity.law.history import History, Record

__all__ = ["Signature", "signatures"]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The first signature of an actor, and the day on which it was withdrawn, if it was."""

    date: LegalDate
    withdrawn: dt.date | None = None


def signatures(history: History, on: dt.date) -> dict[str, Signature]:
    """The first signature of each actor that is told by a day, also where consent or an end followed."""
    found = {code: _first(record, on) for code, record in history.records.items()}
    return {code: signature for code, signature in found.items() if signature is not None}


def _first(record: Record, on: dt.date) -> Signature | None:
    for period in record.signatures:
        if period.told <= on and period.act is not None:
            withdrawn = period.told_until is not None and period.told_until <= on
            return Signature(date=period.act.date, withdrawn=period.until if withdrawn else None)
    return None
