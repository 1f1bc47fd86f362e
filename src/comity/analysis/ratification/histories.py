"""Treaties as event history: who could join, who did, and what was known of each State when a year began.

Days are proleptic ordinals (`datetime.date.toordinal`). A table of years at risk has a row for each whole year that an
instrument was open to a State that had not joined; what lies past the day up to which the instrument's consents are
known is left out (censored).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.ratification.hazards import Panel

__all__ = ["COVARIATES", "NEVER", "Past", "World", "later"]

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
NEVER = 10**7  # a day that does not come
COVARIATES: tuple[str, ...] = (
    "signed",
    "log-years-since-signature",
    "in-force",
    "joined-region",
    "log-rate-last-year",
    "log-rate-region",
    "habit",
    "habit-area",
    "log-years-at-risk",
)
_SIGNED, _SINCE, _FORCE, _SHARE, _PACE, _NEAR, _, _, _RISK = range(len(COVARIATES))
_LONGEST = 60  # years that an instrument is followed
_YEAR = 365.25
# What a rate is drawn toward where little is known: so many consents in so many years at risk.
_PRIOR, _PRIOR_YEARS = 1.0, 20.0
_REGION_YEARS = 2  # over which the pace of a region is taken


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument: its parent and areas, when it opened, up to when its consents are known, who may join, and when.

    `eligible` are those to whom it is open; `signed` and `joined` give the first day of each. `met` is a day on which
    it is certain how many had joined, where not all are known by name.
    """

    id: str
    of: str
    areas: tuple[str, ...]
    opened: date
    known: date
    eligible: frozenset[str]
    signed: Mapping[str, date]
    joined: Mapping[str, date]
    entered: date | None
    met: tuple[date, int] | None = None

    def joined_by(self, day: date) -> frozenset[str]:
        """Whoever had joined by a day."""
        return frozenset(code for code, when in self.joined.items() if when <= day)


def later(day: date, years: int) -> date:
    """The same day of another year; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class World(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All instruments in the order of their opening; States, with their region and their lives (as days).

    `brought` are covariates that somebody brought: for each name a table of States by years (`brought_from` the first),
    standardised, nought where nothing is known.
    """

    pasts: tuple[Past, ...]
    codes: tuple[str, ...]
    regions: NDArray[np.intp]
    since: Days
    until: Days
    brought: Mapping[str, Floats] = {}
    brought_from: int = 0

    @property
    def covariates(self) -> tuple[str, ...]:
        """What each column of a table of years at risk holds."""
        return (*COVARIATES, *self.brought)

    def bring(self, tables: Mapping[str, Floats], first: int) -> "World":
        """The same with covariates that somebody brings, from a first year on."""
        return msgspec.structs.replace(self, brought=tables, brought_from=first)

    @cached_property
    def at(self) -> Mapping[str, int]:
        """Instruments as numbers."""
        return {one.id: at for at, one in enumerate(self.pasts)}

    @cached_property
    def joined(self) -> Days:
        """The day on which each State joined, a row an instrument."""
        return np.array([self._days(one.joined) for one in self.pasts]).reshape(-1, len(self.codes))

    @cached_property
    def signed(self) -> Days:
        """The day on which each State signed, a row an instrument."""
        return np.array([self._days(one.signed) for one in self.pasts]).reshape(-1, len(self.codes))

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """Whether an instrument is open to a State, a row an instrument."""
        numbers = self.numbers
        found = np.zeros((len(self.pasts), len(self.codes)), bool)
        for at, one in enumerate(self.pasts):
            found[at, [numbers[code] for code in one.eligible if code in numbers]] = True
        return found

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """States as numbers."""
        return {code: at for at, code in enumerate(self.codes)}

    def _days(self, told: Mapping[str, date]) -> Days:
        numbers = self.numbers
        found = np.full(len(self.codes), NEVER)
        for code, day in told.items():
            if code in numbers:
                found[numbers[code]] = day.toordinal()
        return found

    def living(self, day: int) -> NDArray[np.bool_]:
        """Who exists on a day."""
        found: NDArray[np.bool_] = (self.since <= day) & (day < self.until)
        return found

    @cached_property
    def _records(self) -> tuple[int, Floats, Floats, dict[str, Floats]]:
        """For each first of January and State: what was open to it for a year, what of that it had joined; by area."""
        if not self.pasts:
            nothing = np.zeros((1, len(self.codes)))
            return 1900, nothing, nothing, {}
        first = self.pasts[0].opened.year
        last = max(one.known for one in self.pasts).year + 1
        days = np.array([date(year, 1, 1).toordinal() for year in range(first, last + 1)])
        shape = (len(days), len(self.codes))
        asked, inside = np.zeros(shape), np.zeros(shape)
        areas: dict[str, Floats] = {}
        alive = (self.since <= days[:, None]) & (days[:, None] < self.until)
        for at, own in enumerate(self.pasts):
            told = (later(own.opened, 1).toordinal() <= days) & (days <= own.known.toordinal())
            open_to = told[:, None] & alive & self.eligible[at]
            has = open_to & (self.joined[at] < days[:, None])
            asked += open_to
            inside += has
            for area in own.areas:
                by = areas.setdefault(area, np.zeros((2, *shape)))
                by += open_to, has
        return first, asked, inside, areas

    def panel(self, until: date) -> Panel:
        """A row for each whole year that an instrument was open to a State, as far as is known by a day."""
        whole, stops, _ = self._whole
        return whole.where(stops <= until.toordinal())

    def record(self, name: str, until: date) -> tuple[NDArray[np.intp], Floats, Floats, Floats]:
        """The rows of one instrument up to a day: States, covariates, who joined, and how many years ago."""
        whole, stops, bounds = self._whole
        rows = slice(*bounds[self.at[name]])
        chosen = stops[rows] <= until.toordinal()
        ago = (until.toordinal() - stops[rows][chosen]) / _YEAR
        return whole.state[rows][chosen], whole.x[rows][chosen], whole.joined[rows][chosen], ago

    @cached_property
    def _whole(self) -> tuple[Panel, Days, list[tuple[int, int]]]:
        """All rows, the last day of the year of each, and where those of each instrument begin and end."""
        rows = [(at, *row) for at in range(len(self.pasts)) for row in self._years(at)]
        sizes = [len(row[2]) for row in rows]
        x = np.concatenate([row[3] for row in rows]) if rows else np.zeros((0, len(self.covariates)))
        instrument = np.repeat([row[0] for row in rows], sizes).astype(np.intp)
        ends = np.searchsorted(instrument, np.arange(len(self.pasts) + 1)).tolist()
        none = [np.zeros(0, np.intp)]
        panel = Panel(
            x=x,
            instrument=instrument,
            state=np.concatenate([*none, *(row[2] for row in rows)]),
            year=np.repeat([row[1][0].year for row in rows], sizes).astype(np.intp),
            joined=np.concatenate([np.zeros(0), *(row[4] for row in rows)]),
            instruments=len(self.pasts),
        )
        stops = np.repeat([row[1][1].toordinal() for row in rows], sizes).astype(np.int64)
        return panel, stops, list(pairwise(ends))

    def _years(self, at: int) -> Iterator[tuple[tuple[date, date], NDArray[np.intp], Floats, Floats]]:
        """For each whole year of an instrument: its ends, the States at risk, their covariates, and who joined."""
        own = self.pasts[at]
        for k in range(_LONGEST):
            start, stop = later(own.opened, k), later(own.opened, k + 1)
            if stop > own.known:
                return
            risk, x = self.seen(own.id, start)
            joined = self.joined[at][risk]
            yield (start, stop), risk, x, ((start.toordinal() < joined) & (joined <= stop.toordinal())).astype(float)

    def aged(self, x: Floats, years: int) -> Floats:
        """Covariates some years on, all else as it was: signatures grow older, and so does what was not done."""
        found = x.copy()
        found[:, _RISK] = np.log(np.exp(x[:, _RISK]) + years)
        found[:, _SINCE] = np.where(x[:, _SIGNED] > 0, np.log(np.exp(x[:, _SINCE]) + years), 0.0)
        return found

    def seen(
        self, name: str, day: date, *, inside: frozenset[str] | None = None, scale: float = 1.0
    ) -> tuple[NDArray[np.intp], Floats]:
        """Whoever is at risk of joining an instrument on a day, as numbers, and the covariates of each, a row a State.

        `inside` is who is a party, where that is not whoever ever joined (some may have left). Where only a part of the
        consents is known by name, `scale` is by how much more there were.
        """
        at = self.at[name]
        own, now = self.pasts[at], day.toordinal()
        open_to = self.eligible[at] & self.living(now)
        joined = self.joined[at]
        member = joined <= now if inside is None else self._among(inside)
        risk = np.flatnonzero(open_to & ~member)
        signed = self.signed[at][risk]
        has_signed = (signed <= now).astype(float)
        since = np.maximum(now - signed, 0) / _YEAR
        region, regions = self.regions + 1, int(self.regions.max(initial=-1)) + 2
        share = np.bincount(region[open_to & member], minlength=regions) / np.maximum(
            np.bincount(region[open_to], minlength=regions), 1
        )
        age = max(now - own.opened.toordinal(), 0) / _YEAR
        alone = np.zeros(len(self.codes), np.intp)
        entered = own.entered is not None and own.entered <= day
        columns = [
            has_signed,
            has_signed * np.log1p(since),
            np.full(len(risk), float(entered)),
            np.minimum(share * scale, 1.0)[region[risk]],
            np.full(len(risk), _rate(joined[open_to], alone[open_to], now, min(1.0, age), scale)[0]),
            _rate(joined[open_to], region[open_to], now, min(_REGION_YEARS, age), scale, regions)[region[risk]],
            *self._habits(own, day.year, risk),
            np.log1p(np.minimum(age, np.maximum(now - self.since[risk], 0) / _YEAR)),
            *(self._figure(table, day.year)[risk] for table in self.brought.values()),
        ]
        return risk, np.column_stack(columns)

    def _figure(self, table: Floats, year: int) -> Floats:
        """What was known by a year began: nothing before the first figures, the last ones after."""
        at = min(year - 1 - self.brought_from, len(table) - 1)
        return table[at] if at >= 0 else np.zeros(len(self.codes))

    def opening(self, x: Floats) -> Floats:
        """Covariates as they were when the instrument opened and nobody had joined; signatures as they are."""
        found = x.copy()
        found[:, [_SINCE, _FORCE, _SHARE, _RISK]] = 0.0
        found[:, [_PACE, _NEAR]] = np.log(_PRIOR / _PRIOR_YEARS)
        return found

    def _among(self, codes: frozenset[str]) -> NDArray[np.bool_]:
        found = np.zeros(len(self.codes), bool)
        found[[self.numbers[code] for code in codes if code in self.numbers]] = True
        return found

    def _habits(self, own: Past, year: int, risk: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """How often each joined what was open to it, on the logit; how much oftener in the same areas."""
        first, asked, inside, areas = self._records
        at = min(max(year - first, 0), len(asked) - 1)
        whole = (inside[at][risk] + 1) / (asked[at][risk] + 2)
        near_asked, near_in = np.zeros(len(risk)), np.zeros(len(risk))
        for area in own.areas:
            if area in areas:
                near_asked += areas[area][0][at][risk]
                near_in += areas[area][1][at][risk]
        # Drawn toward what the State does everywhere.
        part = (near_in + 2 * whole) / (near_asked + 2)
        return _logit(whole), _logit(part) - _logit(whole)


def _logit(part: Floats) -> Floats:
    found: Floats = np.log(part / (1 - part))
    return found


def _rate(joined: Days, group: NDArray[np.intp], now: int, span: float, scale: float, groups: int = 1) -> Floats:
    """The pace of a group over the years before, on the log, drawn toward one in twenty where little is known."""
    before = now - round(span * _YEAR)
    lately = np.bincount(group[(before < joined) & (joined <= now)], minlength=groups) * scale
    years = np.bincount(group[joined > before], minlength=groups) * span
    found: Floats = np.log((lately + _PRIOR) / (years + _PRIOR_YEARS))
    return found
