"""Every status of every actor under every instrument at once, as columns.

`Spans` tells from when to when each answer holds; laid out as arrays of day numbers, a day of the whole world
is one comparison over all spans, and the complete history one pass over neighbours.
"""

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.law.law import Law
from comity.law.results import StatusWord
from comity.law.spans import OPEN, Spans

__all__ = ["WORDS", "Atlas", "Changes", "Whole"]

# What the numbers in the columns of statuses stand for.
WORDS: tuple[StatusWord, ...] = ("none", "signatory", "contracting", "party", "former")

Numbers: TypeAlias = NDArray[np.int32]
Columns: TypeAlias = Mapping[str, NDArray[np.generic]]

_NUMBER = {word: number for number, word in enumerate(WORDS)}
# `numpy` counts days from 1970-01-01, Python from 0001-01-01.
_EPOCH = date(1970, 1, 1).toordinal()
_OPEN = OPEN.toordinal()


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """Every status on one day: row by row the numbers of instrument, actor and word; none where there is no status.

    `since` is the day number from which the answer holds, in the proleptic Gregorian calendar (`date.toordinal`).
    """

    atlas: "Atlas"
    on: date
    instrument: Numbers
    actor: Numbers
    status: Numbers
    since: Numbers

    def __len__(self) -> int:
        return len(self.status)

    def columns(self) -> Columns:
        """The rows as columns of texts and days, which pandas and polars take as they are."""
        return {
            "instrument": self.atlas.instruments[self.instrument],
            "actor": self.atlas.actors[self.actor],
            "status": _TEXTS[self.status],
            "since": _days(self.since),
        }


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Every change of status, in order of day, instrument and actor; numbers as in `Whole`."""

    atlas: "Atlas"
    day: Numbers
    instrument: Numbers
    actor: Numbers
    before: Numbers
    after: Numbers

    def __len__(self) -> int:
        return len(self.day)

    def columns(self) -> Columns:
        """The rows as columns of texts and days, which pandas and polars take as they are."""
        return {
            "date": _days(self.day),
            "instrument": self.atlas.instruments[self.instrument],
            "actor": self.atlas.actors[self.actor],
            "from": _TEXTS[self.before],
            "to": _TEXTS[self.after],
        }


class Atlas:
    """The spans of a whole register as columns, in order of instrument, actor and day.

    `instruments` and `actors` are the names that the numbers in the columns stand for. A span holds from its
    day `since` up to, not including, `until`.
    """

    def __init__(self, law: Law) -> None:
        """Lay out all that can be read of a register. Linear in its acts."""
        spans = Spans(law)
        names = law.reading.ids()
        codes: dict[str, int] = {}
        instrument, actor, status, since, until = (array("i") for _ in range(5))
        days: dict[date, int] = {OPEN: _OPEN}
        for number, name in enumerate(names):
            it = law.reading.instrument(name)
            if it is None:
                continue
            for code, word, first, last in spans.of(it):
                instrument.append(number)
                actor.append(codes.setdefault(code, len(codes)))
                status.append(_NUMBER[word])
                since.append(_ordinal(first, days))
                until.append(_ordinal(last, days))
        self.instruments, self.actors = _texts(names), _texts(list(codes))
        self.instrument, self.actor, self.status = _numbers(instrument), _numbers(actor), _numbers(status)
        self.since, self.until = _numbers(since), _numbers(until)

    def on(self, day: date) -> Whole:
        """Every status on a day. One comparison over all spans: see `benchmarks/` for the time."""
        number = day.toordinal()
        rows = np.flatnonzero((self.since <= number) & (number < self.until))
        return Whole(
            atlas=self,
            on=day,
            instrument=self.instrument[rows],
            actor=self.actor[rows],
            status=self.status[rows],
            since=self.since[rows],
        )

    def history(self) -> Changes:
        """Every change of status that there ever was, or that is already fixed."""
        # A span that begins where the one before it ended changes one word into another; where there is a gap, or
        # no span follows, it ends in “none”.
        same = (self.instrument[1:] == self.instrument[:-1]) & (self.actor[1:] == self.actor[:-1])
        joined = np.zeros(len(self.since), dtype=bool)
        joined[1:] = same & (self.since[1:] == self.until[:-1])
        before = np.zeros_like(self.status)
        before[1:][joined[1:]] = self.status[:-1][joined[1:]]
        stops = self.until != _OPEN
        stops[:-1] &= ~joined[1:]
        day = np.concatenate([self.since, self.until[stops]])
        instrument = np.concatenate([self.instrument, self.instrument[stops]])
        actor = np.concatenate([self.actor, self.actor[stops]])
        after = np.concatenate([self.status, np.zeros(int(stops.sum()), dtype=np.int32)])
        before = np.concatenate([before, self.status[stops]])
        rank = np.argsort(np.argsort(self.actors))[actor] if len(self.actors) else actor
        order = np.lexsort((rank, instrument, day))
        return Changes(
            atlas=self,
            day=day[order],
            instrument=instrument[order],
            actor=actor[order],
            before=before[order],
            after=after[order],
        )


def _ordinal(day: date, known: dict[date, int]) -> int:
    number = known.get(day)
    if number is None:
        number = known[day] = day.toordinal()
    return number


def _numbers(values: "array[int]") -> Numbers:
    return np.array(values, dtype=np.int32)


def _texts(values: Sequence[str]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _days(numbers: Numbers) -> NDArray[np.datetime64]:
    return (numbers.astype(np.int64) - _EPOCH).astype("datetime64[D]")


_TEXTS = _texts(WORDS)
