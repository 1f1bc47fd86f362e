"""Dividing a total so that the parts add up to it exactly, within bounds, in whole units."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

import numpy as np

from comity.analysis.shares.panel import Vector

__all__ = ["BoundsError", "exactly", "fitted", "in_units"]


class BoundsError(ValueError):
    """A floor or a ceiling that no division can keep to."""


def fitted(shares: Vector, least: float | None, most: float | None) -> Vector:
    """Shares between bounds: whoever would pass one stands at it, and the rest is divided in proportion.

    `shares` are not negative and add up to 1. Raises `BoundsError` where n·least > 1 or n·most < 1.
    """
    n = len(shares)
    low, high = least or 0.0, 1.0 if most is None else most
    if low > high or n * low > 1 or n * high < 1:
        raise BoundsError(f"{n} shares from {low:.6g} to {high:.6g} of the total cannot add up to it")
    if (shares < 0).any():
        raise BoundsError("a share is negative: a floor or a ceiling has no meaning there")
    # Proportional fitting: one factor for all, each share clipped; what they add up to only grows with the factor.
    bottom, top = 0.0, 1.0
    while np.clip(shares * top, low, high).sum() < 1 and top < 1e300:  # noqa: PLR2004  # where floats end
        top *= 2
    for _ in range(2000):
        middle = (bottom + top) / 2
        if middle in {bottom, top}:
            break
        bottom, top = (middle, top) if np.clip(shares * middle, low, high).sum() < 1 else (bottom, middle)
    found = np.clip(shares * top, low, high)
    short = 1 - found.sum()
    if short > 1e-9:  # noqa: PLR2004  # whoever has a share of nought grows with no factor
        room = high - found
        found = found + short * room / room.sum()
    return np.asarray(found, dtype=np.float64)


def exactly(total: Fraction, shares: Sequence[float]) -> tuple[Fraction, ...]:
    """The parts of a total, which add up to it exactly: shares are rational numbers, divided by their own sum."""
    parts = [Fraction(share) for share in shares]
    whole = sum(parts)
    return tuple(total * part / whole for part in parts)


def in_units(total: Fraction, shares: Sequence[float], unit: Fraction) -> tuple[Fraction, ...]:
    """The parts of a total as multiples of a unit, by largest remainder (Hamilton 1792), which add up to it exactly.

    Of equal remainders the one whose share is larger comes first, and then whoever stands first. Raises ValueError
    where the total is no multiple of the unit.
    """
    if unit <= 0 or (total / unit).denominator != 1:
        raise ValueError(f"{float(total):g} is no multiple of {float(unit):g}")
    quotas = [part / unit for part in exactly(total, shares)]
    down = [floor(quota) for quota in quotas]
    left = int(total / unit) - sum(down)
    order = sorted(range(len(quotas)), key=lambda at: (-(quotas[at] - down[at]), -quotas[at], at))
    for at in order[:left]:
        down[at] += 1
    return tuple(unit * one for one in down)
