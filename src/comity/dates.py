"""Legal dates, delays and windows.

Treaties count in days, months and years, never in hours: every date here is a calendar day of the
proleptic Gregorian calendar without a time zone. What is known only to the month or the year stays so
(`LegalDate`), and counts from the last day of that period.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache
from typing import Literal

import msgspec

__all__ = ["EARLIEST", "LATEST", "Delay", "LegalDate", "Then", "Window", "parse_date", "parse_legal_date"]

# Years outside are sentinels of some data set (9999, 2899, 1000), never the date of an act. The room
# above also keeps every sum of a date and a delay inside the calendar.
EARLIEST = date(1600, 1, 1)
LATEST = date(2499, 12, 31)

Then = Literal["first-of-month", "end-of-year"]

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class LegalDate(msgspec.Struct, frozen=True):
    """A date as far as it is known: a day, a month (`1951-07`) or a year (`1951`).

    `first` and `last` bound the period; they are equal where the day is known. The law counts from
    `last` (NOTATION, "Its acts"), so `last` is the day to compare and to add delays to.
    """

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> "LegalDate":
        """The legal date of one known day."""
        return cls(day, day)

    @property
    def exact(self) -> bool:
        """Whether the day itself is known."""
        return self.first == self.last

    @property
    def as_known(self) -> "date | LegalDate":
        """The day where it is known, else the period: what an answer gives."""
        return self.first if self.exact else self

    def leaves_open(self, day: date) -> bool:
        """Whether `day` lies inside the period, before the last day: the act may or may not have happened by then."""
        return self.first <= day < self.last

    def __str__(self) -> str:
        """The ISO text, no more precise than what is known."""
        if self.exact:
            return self.first.isoformat()
        same_month = (self.first.year, self.first.month) == (self.last.year, self.last.month)
        return self.first.isoformat()[: 7 if same_month else 4]


@cache
def parse_legal_date(text: str) -> LegalDate:
    """Read `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.

    Raises ValueError, with a message fit for a user, where the text is no such date or lies outside
    `EARLIEST` to `LATEST` (a sentinel).
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not a date: write YYYY-MM-DD, or YYYY-MM or YYYY where no more is known")
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or not EARLIEST.year <= year <= LATEST.year:
        raise ValueError(f"“{text}” lies outside {EARLIEST.year} to {LATEST.year}: it looks like a placeholder")
    try:
        first = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError as error:
        raise ValueError(f"“{text}” is not a day of the calendar") from error
    if day is not None:
        return LegalDate(first, first)
    last_month = 12 if month is None else month
    return LegalDate(first, date(year, last_month, monthrange(year, last_month)[1]))


def parse_date(text: str) -> date:
    """Read one whole day, `YYYY-MM-DD`; raises ValueError where it is anything else."""
    legal = parse_legal_date(text)
    if not legal.exact or len(text) != len("YYYY-MM-DD"):
        raise ValueError(f"“{text}” is not a whole date: write YYYY-MM-DD")
    return legal.first


def _add_months(day: date, months: int) -> date:
    """The same day `months` later; a day that the month lacks becomes its last day (NOTATION, "Delays")."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("the delay runs past the calendar")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """A period between an act and its effect, e.g. "the ninetieth day after the date of deposit".

    `years`, `months` and `days` are added largest first; `inclusive` takes one day less (a period that
    begins on the day of deposit, as in Article 34 of the BEPS Convention); `then` moves the result on to
    the first day of the next month (also from a first) or to 31 December.
    """

    years: int = 0
    months: int = 0
    days: int = 0
    then: Then | None = None
    inclusive: bool = False

    def after(self, day: date) -> date:
        """The day on which a delay that starts on `day` ends; raises OverflowError past the year 9999."""
        end = _add_months(_add_months(day, 12 * self.years), self.months)
        end += timedelta(days=self.days - (1 if self.inclusive else 0))
        if self.then == "first-of-month":
            return _add_months(end.replace(day=1), 1)
        if self.then == "end-of-year":
            return end.replace(month=12, day=31)
        return end

    def times(self, count: int) -> "Delay":
        """`count` such periods end to end, as one delay, so that a day clipped in one month does not stay clipped."""
        return msgspec.structs.replace(
            self, years=count * self.years, months=count * self.months, days=count * self.days
        )


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Recurring times in which a right may be used: for `open` after each full period of `every`.

    The International Labour Conventions let a Member denounce within the year that follows each ten
    years since the Convention first came into force.
    """

    every: Delay
    open: Delay

    def openings(self, start: date, until: date) -> Iterator[tuple[date, date]]:
        """The windows (first day, day after the last) that open by `until`, counted from `start`."""
        number, previous = 1, start
        # An `every` of nothing would not move on, and opens nothing.
        while previous < (opens := self.every.times(number).after(start)) <= until:
            yield opens, self.open.after(opens)
            number, previous = number + 1, opens

    def contains(self, start: date, day: date) -> bool:
        """Whether a window counted from `start` is open on `day`."""
        return any(opens <= day < closes for opens, closes in self.openings(start, day))
