"""Every change of status in order: the answers of `status` on every day, told as the days on which they change."""

from collections.abc import Iterator
from datetime import date

import msgspec

from comity.instruments import Instrument
from comity.law.history import Force, History, Record, record_days
from comity.law.law import Law
from comity.law.results import DECLARED, Change, Reason, StatusWord
from comity.law.status import status_word
from comity.law.why import why

__all__ = ["Movement", "changes_of", "force_changes", "movements", "timeline"]


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Who became party to an instrument on a day and who ceased to be, and the number of its parties from then on."""

    date: date
    joined: tuple[str, ...]
    left: tuple[str, ...]
    parties: int


def timeline(
    law: Law,
    it: Instrument,
    history: History,
    actor: str | None = None,
    after: date = date.min,
    until: date = date.max,
) -> list[Change]:
    """Every change of status under an instrument, of all actors or of one, in order of date and actor.

    Only those after the day `after` and up to `until`, where these are given.
    """
    if it.kind in DECLARED:
        return []
    found = []
    for code, record in history.records.items():
        if actor is None or code == actor:
            for day, before, now in changes_of(history, record, after, until):
                because = _because(law, it, history, code, day, now)
                found.append(Change(date=day, instrument=it.id, actor=code, before=before, after=now, because=because))
    return sorted(found, key=lambda change: (change.date, change.actor))


def movements(history: History) -> list[Movement]:
    """Every day on which the number or the names of the parties change, in order."""
    joined: dict[date, list[str]] = {}
    left: dict[date, list[str]] = {}
    for code, record in sorted(history.records.items()):
        for day, before, now in changes_of(history, record):
            if now == "party":
                joined.setdefault(day, []).append(code)
            elif before == "party":
                left.setdefault(day, []).append(code)
    found, parties = [], 0
    for day in sorted({*joined, *left}):
        came, went = tuple(joined.get(day, ())), tuple(left.get(day, ()))
        parties += len(came) - len(went)
        found.append(Movement(date=day, joined=came, left=went, parties=parties))
    return found


def changes_of(
    history: History, record: Record, after: date = date.min, until: date = date.max
) -> Iterator[tuple[date, StatusWord, StatusWord]]:
    """The days after `after` and up to `until` on which the status of one actor changes, with the words around them."""
    force = history.force
    every = {*record_days(record), force.threshold, force.told}
    days = sorted(day for day in every if day is not None and after < day <= until)
    before: StatusWord = "none" if after == date.min or not days else status_word(history, record, after)
    for day in days:
        now = status_word(history, record, day)
        if now != before:
            yield day, before, now
            before = now


def force_changes(it: Instrument, force: Force) -> Iterator[Change]:
    """The entry into force and the end of the instrument itself, as changes without an actor."""
    if it.kind in DECLARED or force.entry is None or force.told is None:
        return
    day, ended = max(force.entry, force.told), force.ended
    gone = None if ended is None or ended.revoked is not None else max(ended.until, ended.told)
    if gone is None or day < gone:
        because = Reason(id="in-force", params={"entry": force.entry})
        yield Change(date=day, instrument=it.id, actor="", before="not-in-force", after="in-force", because=because)
    if ended is not None and gone is not None and day < gone:
        because = Reason(id="no-longer-in-force", params={"until": ended.until})
        yield Change(date=gone, instrument=it.id, actor="", before="in-force", after="not-in-force", because=because)


# The reasons that say what happened, before those that say why it could.
_TELLING = (
    "ended-by-",
    "signature-withdrawn",
    "effect-",
    "bound-",
    "waiting",
    "continues",
    "consented",
    "signed",
)


def _because(law: Law, it: Instrument, history: History, actor: str, day: date, after: StatusWord) -> Reason:
    """The reason that explains a change best: the newest event among the reasons for the new status."""
    reasons = why(law, it, history, actor, day).reasons
    # Whoever becomes contracting does so by its own consent, whatever that consent will lead to; and an end that
    # lies ahead makes nobody a party.
    begins = {"contracting": ("consented", *_TELLING[2:]), "party": _TELLING[2:]}
    for prefix in begins.get(after, _TELLING):
        for reason in reversed(reasons):
            if reason.id.startswith(prefix):
                return reason
    return reasons[0] if reasons else Reason(id="status-changed", params={"actor": actor, "before": "", "after": ""})
