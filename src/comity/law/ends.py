"""Which ends a notice and the treaty above bring about: small rules that the replay and `settle` share."""

from collections.abc import Iterable
from datetime import date

from comity.instruments import Periods
from comity.law.history import End, Spell

__all__ = ["covering", "is_pending", "passed_on", "period_end"]


def is_pending(end: End, day: date) -> bool:
    """Whether this is a notice of withdrawal that stands and has not taken effect."""
    return end.by == "withdrawal" and end.stands(day) and end.until > day


def covering(spells: Iterable[Spell], start: date) -> Spell | None:
    """The parent's spell under which one that begins on `start` runs: the first that has not ended by then."""
    for above in spells:
        # An end that was told of later had not ended it by then; one that had ended before it began never stood.
        until = min((max(end.until, end.told) for end in above.ends if end.revoked is None), default=None)
        if until is None or until > max(start, above.told):
            return above
    return None


def passed_on(under: Spell, spell: Spell) -> list[End]:
    """The ends of a parent's spell as they end one that hangs on it."""
    return [
        End(told=max(end.told, spell.told), until=end.until, by=end.by, act=end.act, revoked=end.revoked)
        for end in under.ends
        if end.by != "extinction"
    ]


def period_end(periods: Periods, entry: date, notice: date) -> date:
    """The end of the first period that a notice given on a day comes in time for (Genocide Convention XIV)."""
    number, end = 0, periods.first.after(entry)
    while periods.notice.after(notice) > end:
        number += 1
        end = periods.then.times(number).after(periods.first.after(entry))
    return end
