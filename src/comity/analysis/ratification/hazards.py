"""Who will consent, and when: ratification as event history, in discrete time.

(Allison, Discrete-time methods for the analysis of event histories, 1982; Box-Steffensmeier and Jones, 2004.)

For each year that an instrument is open to a State that has not consented, the chance that it consents within the year
is logistic in what was known when the year began (`histories`). Each instrument has an effect of its
own, drawn toward zero (a shared frailty: normal on the logit, its spread estimated by turns of the penalised likelihood
and the moments that it implies; Breslow and Clayton, 1993). Years that reach past what is known of an instrument are
left out: they are censored, and say nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

__all__ = ["DRIFT", "Fitted", "Panel", "brier", "calibration", "deciles", "fit", "own_effect"]

Floats = NDArray[np.float64]
# How far an instrument's pace drifts from its past within a forecast, on the logit. Chosen, like the covariates, by how
# well the numbers of consents were forecast from 1985, 1990 and 1995 with what was known before (docs: forecasts).
DRIFT = 0.7
_HALF = 10.0
# The spread of the coefficients: a weak prior.
_SPREAD = 5.0
_STEPS, _TURNS = 50, 3
_SMALL = 1e-7


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """Years at risk, a row each: `x` the covariates, `instrument` and `state` as numbers, `joined` what happened."""

    x: Floats
    instrument: NDArray[np.intp]
    state: NDArray[np.intp]
    year: NDArray[np.intp]
    joined: Floats
    instruments: int

    def where(self, chosen: NDArray[np.bool_]) -> "Panel":
        """The chosen rows."""
        return Panel(
            x=self.x[chosen],
            instrument=self.instrument[chosen],
            state=self.state[chosen],
            year=self.year[chosen],
            joined=self.joined[chosen],
            instruments=self.instruments,
        )


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """Coefficients on the logit; the instruments' own effects and their spread; standard errors."""

    intercept: float
    coefficients: Floats
    errors: Floats
    frailty: Floats
    frailty_errors: Floats
    spread: float
    rows: int
    events: int

    def chance(self, x: Floats, own: Floats | float) -> Floats:
        """The chance of joining within the year, a column a row of `x`, with effects of its `own` (which broadcast)."""
        found: Floats = expit(self.intercept + x @ self.coefficients + own)
        return found


def fit(panel: Panel, spread: float | None = None) -> Fitted:
    """Fit by Newton's method to the penalised likelihood; the spread of the effects is estimated where none is given.

    Raises ValueError where nothing ever happened.
    """
    n = len(panel.joined)
    events = int(panel.joined.sum())
    if not 0 < events < n:
        raise ValueError("there is nothing to learn from: nobody joined, or everybody at once")
    x = np.column_stack([np.ones(n), panel.x])
    penalty = np.concatenate([[0.0], np.full(panel.x.shape[1], 1 / _SPREAD**2)])
    beta, own = np.zeros(x.shape[1]), np.zeros(panel.instruments)
    beta[0] = np.log(events / (n - events))
    wide = 1.0 if spread is None else spread
    beta, own, errors, own_errors = _newton(panel, x, penalty, beta, own, wide)
    for _ in range(_TURNS if spread is None else 0):
        # The moments of the effects, given what they were found to be and how surely.
        wide = max(float(np.sqrt(np.mean(own**2 + own_errors**2))), _SMALL)
        beta, own, errors, own_errors = _newton(panel, x, penalty, beta, own, wide)
    return Fitted(
        intercept=float(beta[0]),
        coefficients=beta[1:],
        errors=errors[1:],
        frailty=own,
        frailty_errors=own_errors,
        spread=wide,
        rows=n,
        events=events,
    )


def _newton(
    panel: Panel, x: Floats, penalty: Floats, beta: Floats, own: Floats, spread: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """The coefficients and effects of greatest penalised likelihood, and their standard errors.

    The effects stand on the diagonal of the information, so they are solved for by its Schur complement.
    """
    m, at = panel.instruments, panel.instrument
    taken = 0
    while True:
        taken += 1
        chance = expit(x @ beta + own[at])
        weight, rest = chance * (1 - chance), panel.joined - chance
        slope = x.T @ rest - penalty * beta
        slope_own = np.bincount(at, rest, m) - own / spread**2
        weighted = weight[:, None] * x
        among = x.T @ weighted + np.diag(penalty)
        between = np.column_stack([np.bincount(at, column, m) for column in weighted.T])
        diagonal = np.bincount(at, weight, m) + 1 / spread**2
        within = between / diagonal[:, None]
        complement = among - between.T @ within
        step = np.linalg.solve(complement, slope - within.T @ slope_own)
        step_own = (slope_own - between @ step) / diagonal
        far = max(float(np.abs(step).max()), float(np.abs(step_own).max()))
        # A long step on a curved likelihood overshoots.
        part = min(1.0, 5.0 / max(far, _SMALL))
        beta, own = beta + part * step, own + part * step_own
        if far < _SMALL or taken == _STEPS:
            break
    covariance = np.linalg.inv(complement)
    own_variance = 1 / diagonal + np.einsum("ij,jk,ik->i", within, covariance, within)
    return beta, own, np.sqrt(np.diag(covariance)), np.sqrt(own_variance)


def own_effect(fitted: Fitted, x: Floats, joined: Floats, ago: Floats, beside: float = 0.0) -> tuple[float, float]:
    """What an instrument's own record says of its effect, the coefficients as they were learnt: mode and error.

    What lies `ago` years back counts by half for every ten: the pace of an instrument is not what it once was. The
    effect comes `beside` another that is known.
    """
    effect, base = 0.0, fitted.intercept + x @ fitted.coefficients + beside
    counts = 0.5 ** (ago / _HALF)
    curve = 1 / fitted.spread**2
    for _ in range(_STEPS):
        chance = expit(base + effect)
        curve = float((counts * chance * (1 - chance)).sum()) + 1 / fitted.spread**2
        step = (float((counts * (joined - chance)).sum()) - effect / fitted.spread**2) / curve
        effect += max(-1.0, min(1.0, step))
        if abs(step) < _SMALL:
            break
    return effect, curve**-0.5


def brier(chance: Floats, happened: Floats) -> float:
    """The mean squared distance of forecasts from what happened (Brier, 1950): 0 is perfect."""
    return float(np.mean((chance - happened) ** 2))


def deciles(chance: Floats) -> tuple[float, ...]:
    """Bounds between which a tenth of the forecasts lie each; bounds that coincide are one."""
    inner = sorted(set(np.quantile(chance, np.arange(1, 10) / 10).tolist()))
    return (0.0, *inner, 1.0)


def calibration(chance: Floats, happened: Floats, bins: Sequence[float]) -> list[dict[str, float]]:
    """For forecasts between two bounds: their mean, how often it happened, and how many there were."""
    found = []
    for low, high in pairwise(bins):
        chosen = (chance >= low) & ((chance < high) | (high == bins[-1]))
        if chosen.any():
            found.append(
                {
                    "from": low,
                    "to": high,
                    "forecast": float(chance[chosen].mean()),
                    "happened": float(happened[chosen].mean()),
                    "number": int(chosen.sum()),
                }
            )
    return found
