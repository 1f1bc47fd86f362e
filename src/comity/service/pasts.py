"""The register as event history: for each instrument who could join, who did, and what each knew when a year began."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from math import log

import msgspec
import numpy as np

from comity.acts import CONSENT
from comity.analysis.ratification import COVARIATES, Fitted, Panel, brier, calibration, fit
from comity.instruments import Instrument
from comity.law.missing import candidates
from comity.service.queries import Register

__all__ = ["Past", "World", "backtest", "make_world"]

# The regional groups of the United Nations, whose members look to one another.
_REGIONS = (
    "un-africa",
    "un-asia-pacific",
    "un-eastern-europe",
    "un-latin-america-caribbean",
    "un-western-europe-others",
)
_BINDING = frozenset({"consent", *CONSENT})
_LONGEST = 60  # years that an instrument is followed
_YEAR = 365.25
_BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_BACK = date(2000, 1, 1)
_STARTS = (date(2000, 1, 1), date(2005, 1, 1), date(2010, 1, 1))
_AHEAD = 5  # years that the back-test looks ahead


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument: when it opened, up to when its consents are known, who may join, who signed and joined when."""

    it: Instrument
    opened: date
    known: date
    eligible: frozenset[str]
    signed: Mapping[str, date]
    joined: Mapping[str, date]
    entered: date | None

    def joined_by(self, day: date) -> frozenset[str]:
        """Whoever had joined by a day."""
        return frozenset(code for code, when in self.joined.items() if when <= day)


class World(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All instruments as known by a day, in the order of their opening; States with their region and their lives."""

    pasts: tuple[Past, ...]
    until: date
    regions: Mapping[str, int]
    lives: Mapping[str, tuple[date, date]]

    def past(self, name: str) -> Past | None:
        """The history of an instrument, or None."""
        return next((one for one in self.pasts if one.it.id == name), None)

    def known_by(self, day: date) -> "World":
        """The same, without what happened later."""
        return World(
            pasts=tuple(one for one in self.pasts if one.opened < day),
            until=day,
            regions=self.regions,
            lives=self.lives,
        )

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """States as numbers."""
        return {code: at for at, code in enumerate(sorted(self.lives))}

    def panel(self) -> Panel:
        """A row for each whole year that an instrument was open to a State, as far as is known."""
        rows = [row for at, own in enumerate(self.pasts) for row in self._years(at, own)]
        return Panel(
            x=np.array([row[4] for row in rows]).reshape(len(rows), len(COVARIATES)),
            instrument=np.array([row[0] for row in rows], np.intp),
            state=np.array([row[1] for row in rows], np.intp),
            year=np.array([row[2] for row in rows], np.intp),
            joined=np.array([row[3] for row in rows], float),
            instruments=len(self.pasts),
        )

    def _years(self, at: int, own: Past) -> Iterator[tuple[int, int, int, bool, tuple[float, ...]]]:
        end = min(own.known, self.until)
        for k in range(_LONGEST):
            start, stop = _later(own.opened, k), _later(own.opened, k + 1)
            if stop > end:
                return
            seen = _Seen(self, own, start, k)
            for code in seen.open_to:
                joined = code in own.joined and start < own.joined[code] <= stop
                yield at, self.numbers[code], start.year, joined, seen.of(code)

    def habit(self, code: str, day: date) -> float:
        """How often a State has joined what was open to it for a year or more, on the logit, drawn toward even odds."""
        asked, joined = self._habits.get((code, day.year), (0, 0))
        return log((joined + 1) / (asked - joined + 1))

    @cached_property
    def _habits(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """For each State and year: what was open to it a year before, and what of that it had joined."""
        found: dict[tuple[str, int], tuple[int, int]] = {}
        years = range(self.pasts[0].opened.year, self.until.year + 1) if self.pasts else range(0)
        for year in years:
            day = date(year, 1, 1)
            for own in self.pasts:
                if _later(own.opened, 1) <= min(day, own.known):
                    for code in own.eligible:
                        if self.exists(code, day):
                            asked, joined = found.get((code, year), (0, 0))
                            found[code, year] = asked + 1, joined + (own.joined.get(code, date.max) < day)
        return found

    def exists(self, code: str, day: date) -> bool:
        """Whether the State exists on a day."""
        since, until = self.lives.get(code, (date.max, date.max))
        return since <= day < until

    def chances(self, fitted: Fitted, own: Past, begin: date, day: date, shift: float = 0.0) -> dict[str, float]:
        """For each State that has not joined by `begin`: the chance that it will have by `day`, as things stood then.

        `shift` moves what is peculiar to the instrument by so many standard errors.
        """
        at = next(number for number, one in enumerate(self.pasts) if one.it.id == own.it.id)
        open_to = sorted(_Seen(self, own, begin, 0).open_to)
        left = dict.fromkeys(open_to, 1.0)
        years = max((day - begin).days, 0) / _YEAR
        k = max((begin - own.opened).days, 0) / _YEAR
        while years > 0 and open_to:
            seen = _Seen(self, own, begin, k)
            rows = np.array([seen.of(code) for code in open_to])
            yearly = fitted.chance(rows, np.full(len(open_to), at, np.intp), shift)
            for code, chance in zip(open_to, yearly.tolist(), strict=True):
                left[code] *= (1 - chance) ** min(years, 1.0)
            years, k = years - 1, k + 1
        return {code: 1 - one for code, one in left.items()}

    def told(self, fitted: Fitted) -> dict[str, object]:
        """The model in numbers."""
        return {
            "kind": "discrete-time logistic hazard, by year, with a shared frailty of instruments",
            "learnt_up_to": self.until.isoformat(),
            "instruments": len(self.pasts),
            "years_at_risk": fitted.rows,
            "consents": fitted.events,
            "intercept": fitted.intercept,
            "coefficients": {
                name: {"value": float(value), "standard_error": float(error)}
                for name, value, error in zip(COVARIATES, fitted.coefficients, fitted.errors, strict=True)
            },
        }


class _Seen:
    """What was known of an instrument when a year began, by which all States are judged."""

    def __init__(self, world: World, own: Past, start: date, years: float) -> None:
        self.world, self.own, self.start, self.years = world, own, start, years
        living = {code for code in own.eligible if world.exists(code, start)}
        inside = {code for code in living if own.joined.get(code, date.max) <= start}
        before = _later(start, -1)
        lately = sum(before < own.joined[code] <= start for code in inside)
        self.open_to = living - inside
        self.part = len(inside) / max(len(living), 1)
        self.lately = lately / max(len(living) - len(inside) + lately, 1)
        self.by_region: dict[int, tuple[int, int]] = {}
        for code in living:
            region = world.regions.get(code, -1)
            joined, number = self.by_region.get(region, (0, 0))
            self.by_region[region] = joined + (code in inside), number + 1

    def of(self, code: str) -> tuple[float, ...]:
        """The covariates of one State, in the order of `COVARIATES`."""
        joined, number = self.by_region.get(self.world.regions.get(code, -1), (0, 1))
        entered = self.own.entered
        return (
            log(1 + self.years),
            float(self.years < 1),
            float(self.own.signed.get(code, date.max) <= self.start),
            float(entered is not None and entered <= self.start),
            self.part,
            joined / number,
            self.lately,
            self.world.habit(code, self.start),
        )


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def make_world(register: Register, until: date) -> World:
    """All instruments of a register whose consents are told, and known for some time."""
    directory = register.reading.directory
    states = {code: actor for code, actor in directory.actors.items() if actor.kind == "state"}
    regions: dict[str, int] = {}
    for at, group in enumerate(_REGIONS):
        members = frozenset() if group not in directory.groups else directory.groups[group].at(until)
        regions |= dict.fromkeys(members, at)
    found = [past for it, _ in register.histories() if (past := _past(register, it)) is not None]
    return World(
        pasts=tuple(sorted(found, key=lambda one: (one.opened, one.it.id))),
        until=until,
        regions=regions,
        lives={code: (actor.since or date.min, actor.until or date.max) for code, actor in states.items()},
    )


def _past(register: Register, it: Instrument) -> Past | None:
    """The history of an instrument, where it is told from its opening on."""
    known = [horizon.until for horizon in it.complete if _BINDING & set(horizon.acts)]
    acts = register.reading.acts(it.id)
    joined = _first(act for act in acts if act.kind in CONSENT)
    if not known or not joined or it.tacit is not None:
        return None
    signed = _first(act for act in acts if act.kind == "signature")
    days = [it.adopted, *signed.values(), *joined.values()]
    opened = min(day for day in days if day is not None)
    if min(known) <= opened:
        return None
    force = register.status(it.id, min(known))
    return Past(
        it=it,
        opened=opened,
        known=min(known),
        eligible=candidates(register.law, it, min(known)) | frozenset(joined),
        signed=signed,
        joined=joined,
        entered=force.entry_into_force,
    )


def _first(acts: Iterable[object]) -> dict[str, date]:
    found: dict[str, date] = {}
    for act in acts:
        found.setdefault(act.actor, act.day)  # type: ignore[attr-defined]  # acts in legal order
    return found


def backtest(everything: World) -> dict[str, object]:
    """Learnt before 2000 alone: forecasts over the next five years from three days, against two simple rules.

    *constant*: every State joins each year with the chance that States had before 2000. *last-year*: with the part of
    those left that joined the instrument in the year before. Scores are Brier's; lower is better.
    """
    try:
        learnt = fit(everything.known_by(_BACK).panel())
    except ValueError as error:
        return {"learnt_before": _BACK.isoformat(), "says": str(error)}
    rate = learnt.events / learnt.rows
    rows: list[tuple[float, float, float, float]] = []
    for start in _STARTS:
        rows += _looked_back(everything, learnt, start, rate)
    if not rows:
        return {"learnt_before": _BACK.isoformat(), "says": "nothing is known of the years since"}
    model, constant, lately, happened = (np.array(column) for column in zip(*rows, strict=True))
    scores = {
        name: brier(one, happened) for name, one in (("model", model), ("constant", constant), ("last-year", lately))
    }
    best = min(scores, key=lambda name: scores[name])
    said = "the model did best" if best == "model" else f"the simple rule “{best}” did better than the model"
    return {
        "says": said,
        "learnt_before": _BACK.isoformat(),
        "from": [day.isoformat() for day in _STARTS],
        "years_ahead": _AHEAD,
        "forecasts": len(rows),
        "joined": int(happened.sum()),
        "brier": scores,
        "calibration": calibration(model, happened, _BINS),
    }


def _looked_back(
    everything: World, learnt: Fitted, start: date, rate: float
) -> Iterator[tuple[float, float, float, float]]:
    """A row for each State and instrument at risk on a day: three forecasts, and whether it joined in time."""
    then = everything.known_by(start)
    stop = _later(start, _AHEAD)
    # Instruments stand in the order of their opening: what the model learnt from comes first, under the same numbers.
    for own in then.pasts[: len(learnt.frailty)]:
        if own.known < stop:
            continue
        seen = _Seen(then, own, start, 0)
        for code, chance in then.chances(learnt, own, start, stop).items():
            happened = start < own.joined.get(code, date.max) <= stop
            yield chance, 1 - (1 - rate) ** _AHEAD, 1 - (1 - seen.lately) ** _AHEAD, float(happened)
