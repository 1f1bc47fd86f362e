"""Who will consent, and when: ratification as event history, in discrete time.

(Allison, Discrete-time methods for the analysis of event histories, 1982; Box-Steffensmeier and Jones, 2004.)

For each year that an instrument is open to a State that has not consented, the chance that it consents within the year
is logistic in what was known when the year began: how long the instrument has been open, whether the State has signed,
whether the instrument is in force, which part of all States and of the State's region has joined, how many joined in
the year before, and how often the State has joined what was open to it. Each instrument has an effect of its own, drawn
toward zero (a shared frailty: a normal prior on the logit). Years that reach past what is known of an instrument are
left out: they are censored, and say nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, hstack
from scipy.special import expit

__all__ = ["COVARIATES", "Fitted", "Panel", "brier", "calibration", "fit"]

Floats = NDArray[np.float64]
COVARIATES: tuple[str, ...] = (
    "log-years-open",
    "first-year",
    "signed",
    "in-force",
    "joined-all",
    "joined-region",
    "joined-last-year",
    "habit",
)
# The spread of instruments' own effects on the logit, and of the other coefficients: weak priors.
_FRAILTY = 1.0
_SPREAD = 5.0
_STEPS = 50
_SMALL = 1e-8


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
    """Coefficients on the logit, and the instruments' own effects, with their standard errors."""

    intercept: float
    coefficients: Floats
    errors: Floats
    frailty: Floats
    frailty_errors: Floats
    rows: int
    events: int

    def chance(self, x: Floats, instrument: NDArray[np.intp], shift: float = 0.0) -> Floats:
        """The chance of joining within the year, a row each; the instruments' effects `shift` standard errors off."""
        own = self.frailty[instrument] + shift * self.frailty_errors[instrument]
        found: Floats = expit(self.intercept + x @ self.coefficients + own)
        return found


def fit(panel: Panel) -> Fitted:
    """Fit by Newton's method to the penalised likelihood. Raises ValueError where nothing ever happened."""
    n, k = panel.x.shape
    events = int(panel.joined.sum())
    if not 0 < events < n:
        raise ValueError("there is nothing to learn from: nobody joined, or everybody at once")
    own = csr_array((np.ones(n), (np.arange(n), panel.instrument)), shape=(n, panel.instruments))
    design = csr_array(hstack([csr_array(np.ones((n, 1))), csr_array(panel.x), own]))
    penalty = np.concatenate([[0.0], np.full(k, 1 / _SPREAD**2), np.full(panel.instruments, 1 / _FRAILTY**2)])
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(events / (n - events))
    information = np.eye(len(beta))
    for _ in range(_STEPS):
        chance = expit(design @ beta)
        slope = design.T @ (panel.joined - chance) - penalty * beta
        weights = diags_array(chance * (1 - chance))
        information = (design.T @ weights @ design).toarray() + np.diag(penalty)
        step = np.linalg.solve(information, slope)
        # A long step on a curved likelihood overshoots.
        beta += step * min(1.0, 5.0 / max(float(np.abs(step).max()), _SMALL))
        if float(np.abs(step).max()) < _SMALL:
            break
    spread = np.sqrt(np.diag(np.linalg.inv(information)))
    return Fitted(
        intercept=float(beta[0]),
        coefficients=beta[1 : k + 1],
        errors=spread[1 : k + 1],
        frailty=beta[k + 1 :],
        frailty_errors=spread[k + 1 :],
        rows=n,
        events=events,
    )


def brier(chance: Floats, happened: Floats) -> float:
    """The mean squared distance of forecasts from what happened (Brier, 1950): 0 is perfect."""
    return float(np.mean((chance - happened) ** 2))


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
