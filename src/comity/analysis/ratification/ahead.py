"""What lies ahead of one instrument: the chance that each State has joined by a day, and what a hurdle does to it.

The instrument's own effect is not known exactly, and its pace drifts: every chance is told for some values of both,
with the weight of each (the trapezoidal rule). They move all States together; given them, States decide
independently, by what was known on the first day.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from comity.analysis.ratification.hazards import DRIFT, Fitted, own_effect
from comity.analysis.ratification.histories import World

__all__ = ["FAR", "Ahead", "Hurdle", "look_ahead", "look_from_number", "nodes", "of_number"]

Floats = NDArray[np.float64]
FAR = 50  # years that a forecast looks ahead at the most
# Near together, not few and well placed: that a rule is met jumps from 0 to 1 within a narrow band of them.
_NODES, _REACH = 41, 5.0
_YEAR = 365.25
# Values of an instrument's effect at which a bare number of consents is weighed: so many, so many spreads to each side.
_GRID, _WIDE = 121, 5.0
_STEEP, _HALVINGS = 60.0, 80


class Hurdle(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before a State's consent at home: none before `since`; its pace `factor` times what it would be."""

    since: date | None = None
    factor: float = 1.0


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """Who may still join, and the logarithm of the chance not to within each year ahead: years × values × States."""

    codes: tuple[str, ...]
    begin: date
    weights: Floats
    logs: Floats
    hurdles: Mapping[str, Hurdle] = {}

    @property
    def points(self) -> Floats:
        """The values of a standard normal at which chances are told."""
        return nodes()[0]

    def by(self, day: date) -> Floats:
        """The chance that each State has joined by a day: values × States."""
        end = (day - self.begin).days / _YEAR
        spans = np.array([self._span(self.hurdles.get(code), end) for code in self.codes]).reshape(-1, 3)
        left = self._until(np.minimum(spans[:, 1], len(self.logs))) - self._until(
            np.minimum(spans[:, 0], len(self.logs))
        )
        found: Floats = -np.expm1(np.minimum(left * spans[:, 2], 0))
        return found

    def _span(self, hurdle: Hurdle | None, end: float) -> tuple[float, float, float]:
        """From when until when a State may join, in years ahead, and how fast beside its pace."""
        if hurdle is None:
            return 0.0, max(end, 0.0), 1.0
        since = 0.0 if hurdle.since is None else max((hurdle.since - self.begin).days / _YEAR, 0.0)
        return since, max(end, since), hurdle.factor

    def _until(self, years: Floats) -> Floats:
        """The logarithm of the chance not to have joined within so many years, a number a State: values × States."""
        total = np.concatenate([np.zeros_like(self.logs[:1]), np.cumsum(self.logs, axis=0)])
        whole = np.minimum(years.astype(np.intp), len(self.logs) - 1)
        states = np.arange(len(self.codes))
        found: Floats = (total[whole, :, states] + (years - whole)[:, None] * self.logs[whole, :, states]).T
        return found


@cache
def nodes() -> tuple[Floats, Floats]:
    """Values of a standard normal, and the weight of each."""
    points = np.linspace(-_REACH, _REACH, _NODES)
    weights = np.exp(-(points**2) / 2)
    return points, weights / weights.sum()


def look_ahead(  # noqa: PLR0913  # all that it depends on
    world: World,
    fitted: Fitted,
    name: str,
    begin: date,
    *,
    inside: frozenset[str] | None = None,
    needed: frozenset[str] = frozenset(),
    years: int = FAR,
) -> Ahead:
    """What lies ahead of an instrument from a day, by what is known then.

    Its own effect is what its record up to that day says. States whose consent is `needed`, each of them, have one more
    in common: what their own record says since the last of them joined, beside that of the others (who refuses what
    waits for it is not as likely to consent as who does not).
    """
    state, x, joined, ago = world.record(name, begin)
    effect, error = own_effect(fitted, x, joined, ago) if len(joined) else (0.0, fitted.spread)
    points, _ = nodes()
    risk, now = world.seen(name, begin, inside=inside)
    wide = float(np.hypot(error, DRIFT))
    own = np.full((len(points), len(risk)), effect) + wide * points[:, None]
    waited_for = np.isin(state, [world.numbers[code] for code in needed if code in world.numbers])
    theirs = waited_for & (ago < np.min(ago[waited_for & (joined > 0)], initial=np.inf))
    if theirs.any():
        more, unsure = own_effect(fitted, x[theirs], joined[theirs], ago[theirs], effect)
        among = np.isin(risk, state[waited_for])
        own[:, among] = effect + more + np.hypot(wide, unsure) * points[:, None]
    return _ahead(world, fitted, (risk, now), begin, own, years)


def _ahead(
    world: World, fitted: Fitted, at_risk: tuple[NDArray[np.intp], Floats], begin: date, own: Floats, years: int
) -> Ahead:
    """Year by year; `at_risk` are States and their covariates, `own` effects, values × States (or × 1)."""
    risk, x = at_risk
    weights = nodes()[1]
    logs = np.empty((max(years, 1), len(weights), len(risk)))
    for year in range(len(logs)):
        logs[year] = np.log1p(-np.minimum(fitted.chance(world.aged(x, year), own), 1 - 1e-12))
    return Ahead(codes=tuple(world.codes[at] for at in risk), begin=begin, weights=weights, logs=logs)


def look_from_number(
    world: World, fitted: Fitted, name: str, begin: date, *, inside: frozenset[str], unnamed: int
) -> tuple[Ahead, Floats]:
    """What lies ahead where it is known how many had joined by a day, but not of all who: `unnamed` beside `inside`.

    The instrument's own effect is what that number says of it. With it comes the chance of each State at risk that it
    is one of the unnamed: odds raised alike until they add up to their number.
    """
    opened = world.pasts[world.at[name]].opened
    risk, x = world.seen(name, begin, inside=inside, scale=(len(inside) + unnamed) / max(len(inside), 1))
    span = max((begin - opened).days / _YEAR, 1 / _YEAR)
    grid = np.linspace(-_WIDE, _WIDE, _GRID) * fitted.spread
    before = -np.expm1(span * np.log1p(-fitted.chance(world.opening(x), grid[:, None])))
    likely = of_number(before)[:, unnamed] * np.exp(-((grid / fitted.spread) ** 2) / 2)
    weights = likely / likely.sum()
    effect = float(weights @ grid)
    error = float(np.sqrt(weights @ (grid - effect) ** 2))
    points, _ = nodes()
    own = effect + float(np.hypot(error, DRIFT)) * points[:, None]
    found = _ahead(world, fitted, (risk, x), begin, own, FAR)
    return found, _raised(weights @ before, unnamed)


def of_number(chances: Floats) -> Floats:
    """The chance of each number of events that are independent, a row a set of chances (a Poisson binomial).

    From the characteristic function at the roots of unity (Hong, 2013), to about 1e-12.
    """
    size = chances.shape[1] + 1
    turned = np.exp(-2j * np.pi * np.arange(size) / size)
    rows = [np.prod(1 - row[:, None] + row[:, None] * turned, axis=0) for row in chances]
    found: Floats = np.maximum(np.fft.ifft(np.array(rows)).real, 0)
    return found


def _raised(chances: Floats, total: int) -> Floats:
    """These chances with all odds raised or lowered alike, so that they add up to a number (by bisection)."""
    if not 0 < total < len(chances):
        return np.full(len(chances), float(total > 0))
    odds = np.log(chances) - np.log1p(-chances)
    low, high = -_STEEP, _STEEP
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(odds + middle).sum() < total else (low, middle)
    found: Floats = expit(odds + low)
    return found
