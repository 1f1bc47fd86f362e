"""How such forecasts would have done: learnt before a day alone, held against what came after and two simple rules."""

from collections.abc import Iterator
from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.ratification.ahead import look_ahead, of_number
from comity.analysis.ratification.hazards import Fitted, brier, calibration, deciles, fit
from comity.analysis.ratification.histories import Past, World, later

__all__ = ["BACK", "STARTS", "Backtest", "backtest"]

Floats = NDArray[np.float64]
BACK = date(2000, 1, 1)
STARTS = (date(2000, 1, 1), date(2005, 1, 1), date(2010, 1, 1))
YEARS = 5
_SURE = 0.8  # of the intervals for the number of consents


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of the model and of the simple rules (Brier: lower is better), and how the model was calibrated.

    `constant`: every State joins each year with the chance that States had before. `last-year`: with the part of those
    left that joined the instrument in the year before. `ranges` are of the number of consents within the years ahead:
    for how many instruments it was told, in what part it lay within the range meant to hold four times of five.
    """

    says: str
    learnt_before: date
    starts: tuple[date, ...] = ()
    years_ahead: int = YEARS
    forecasts: int = 0
    joined: int = 0
    brier: dict[str, float] = {}
    brier_opened_since: dict[str, float] = {}
    calibration: tuple[dict[str, float], ...] = ()
    ranges: dict[str, float] = {}

    @property
    def best(self) -> str:
        """Which did best: `model`, `constant` or `last-year`; empty where nothing could be compared."""
        return min(self.brier, key=lambda name: self.brier[name], default="")


class _Row(msgspec.Struct, frozen=True):
    """The forecasts from one day for all whom one instrument was open to."""

    model: Floats
    constant: float
    lately: float
    happened: Floats
    young: bool
    held: bool


def backtest(world: World, back: date = BACK, starts: tuple[date, ...] = STARTS, until: date = date.max) -> Backtest:
    """Learnt before `back` alone: forecasts over five years from each start, of all that is known to have come.

    Coefficients are those of what was known before `back`; an instrument's own effect follows its record up to the
    start, as it would have. `until` is the last day that may be looked at.
    """
    try:
        learnt = fit(world.panel(back))
    except ValueError as error:
        return Backtest(says=str(error), learnt_before=back)
    rows = [row for start in starts for row in _looked_back(world, learnt, start, back, until)]
    if not rows:
        return Backtest(says="nothing is known of the years since", learnt_before=back)
    happened = np.concatenate([row.happened for row in rows])
    model = np.concatenate([row.model for row in rows])
    scores = _scores(rows)
    best = min(scores, key=lambda name: scores[name])
    young = [row for row in rows if row.young]
    return Backtest(
        says="the model did best" if best == "model" else f"the simple rule “{best}” did better than the model",
        learnt_before=back,
        starts=starts,
        forecasts=len(happened),
        joined=int(happened.sum()),
        brier=scores,
        brier_opened_since=_scores(young) if young else {},
        calibration=tuple(calibration(model, happened, deciles(model))),
        ranges={"asked": _SURE, "held": float(np.mean([row.held for row in rows])), "number": len(rows)},
    )


def _scores(rows: list[_Row]) -> dict[str, float]:
    happened = np.concatenate([row.happened for row in rows])
    told = {
        "model": np.concatenate([row.model for row in rows]),
        "constant": np.concatenate([np.full(len(row.happened), row.constant) for row in rows]),
        "last-year": np.concatenate([np.full(len(row.happened), row.lately) for row in rows]),
    }
    return {name: brier(chance, happened) for name, chance in told.items()}


def _looked_back(world: World, learnt: Fitted, start: date, back: date, until: date) -> Iterator[_Row]:
    stop = later(start, YEARS)
    rate = learnt.events / learnt.rows
    for at, own in enumerate(world.pasts):
        if own.opened >= start or min(own.known, until) < stop:
            continue
        seen = look_ahead(world, learnt, own.id, start, years=YEARS + 1)
        if not seen.codes:
            continue
        places = [world.numbers[code] for code in seen.codes]
        happened = (world.joined[at][places] <= stop.toordinal()).astype(float)
        chances = seen.by(stop)
        lately = _last_year(own, seen.codes, start)
        yield _Row(
            seen.weights @ chances,
            1 - (1 - rate) ** YEARS,
            1 - (1 - lately) ** YEARS,
            happened,
            own.opened >= back,
            _held(seen.weights, chances, int(happened.sum())),
        )


def _last_year(own: Past, left: tuple[str, ...], start: date) -> float:
    """The part of those who could that joined in the year before."""
    lately = sum(later(start, -1) < day <= start for day in own.joined.values())
    return lately / (lately + len(left))


def _held(weights: Floats, chances: Floats, number: int) -> bool:
    """Whether a number lies within the middle of what was forecast (the point itself counted by half)."""
    spread = weights @ of_number(chances)
    below = float(spread[:number].sum() + spread[number] / 2)
    return bool((1 - _SURE) / 2 <= below <= (1 + _SURE) / 2)
