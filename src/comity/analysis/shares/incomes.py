"""Incomes within a country as a lognormal distribution, from their mean and the Gini index.

The Gini index of a lognormal distribution is 2Φ(σ/√2) - 1 (Aitchison and Brown, The Lognormal Distribution, 1957), so
σ = √2·Φ⁻¹((1 + G)/2). With it the income above a threshold has the closed form of a call on a lognormal price. Baer,
Athanasiou, Kartha and Kemp-Benedict, The Greenhouse Development Rights Framework (2nd ed., 2008) take it so, and the
Climate Equity Reference Calculator after them.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = ["excess", "poor", "spread"]

Numbers = NDArray[np.float64]


def spread(gini: Numbers) -> Numbers:
    """σ of the logarithm of income, from Gini indices from 0 up to but not including 1."""
    return np.asarray(np.sqrt(2.0) * ndtri((1.0 + gini) / 2.0), dtype=np.float64)


def excess(mean: Numbers, gini: Numbers, threshold: float) -> Numbers:
    """Income a person above the threshold, on average over all persons: E[max(income - threshold, 0)].

    `mean` is income a person; all have one shape. Where the index is 0 everybody has the mean.
    """
    if threshold <= 0:
        return mean - threshold
    sigma = spread(gini)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.log(mean / threshold) / sigma
        found = mean * ndtr(middle + sigma / 2) - threshold * ndtr(middle - sigma / 2)
    flat = np.maximum(mean - threshold, 0.0)
    # What is left of a difference of like numbers is not negative.
    return np.maximum(np.where((sigma > 0) & (mean > 0), found, flat), 0.0)


def poor(mean: Numbers, gini: Numbers, threshold: float) -> Numbers:
    """The part of all persons whose income lies below the threshold."""
    sigma = spread(gini)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ndtr(np.log(threshold / mean) / sigma + sigma / 2)
    return np.where((sigma > 0) & (mean > 0), found, np.where(mean < threshold, 1.0, 0.0))
