"""The scale of assessments of the United Nations: who pays what part of the regular budget.

The elements are those of General Assembly resolution 73/271 (and 70/245 before it, 76/238 after it): gross national
income over base periods of three and six years; a debt-burden adjustment (an eighth of the external debt, as if it were
repaid in eight years); an adjustment for low income a person of 80 per cent, with the average of all members as
threshold; a least rate of 0.001, for the least developed at most 0.01, and at most 22 per cent. The order of the steps
is that of the reports of the Committee on Contributions (A/73/11, annex; A/76/11, annex).
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.shares.dividing import BoundsError
from comity.analysis.shares.panel import Panel, Vector
from comity.analysis.shares.sharing import SharingRule

__all__ = ["STEPS", "Scale", "machine_scale", "scale"]

Mask = NDArray[np.bool_]
_CLOSE = 1e-9
# The steps; after each there are rates that add up to 1.
STEPS = ("income", "debt", "low income", "least rate", "least developed", "largest rate")


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """Rates that add up to 1, and those after each of `STEPS`, as the average over the base periods."""

    rates: Vector
    steps: tuple[Vector, ...]


def scale(panel: Panel, rule: SharingRule, year: int) -> Scale:
    """The scale for base periods that end in a year: the average of one machine scale a period (the last step).

    Figures: `of` (gni), `population`; and where they are there `debt` (external debt)
    and `ldc` (1 for the least developed).
    Raises `LackingError`, and `BoundsError` where no rates between the bounds add up.
    """
    found = [_period(panel, rule, year - length + 1, year) for length in rule.base]
    steps = tuple(np.mean([one[at] for one in found], axis=0) for at in range(len(STEPS)))
    return Scale(rates=steps[-1], steps=steps)


def _period(panel: Panel, rule: SharingRule, first: int, last: int) -> tuple[Vector, ...]:
    income = panel.level(rule.of or "gni", first, last).mean(axis=1)
    people = panel.level("population", first, last).mean(axis=1)
    debt, poorest = np.zeros(len(panel.actors)), np.zeros(len(panel.actors), np.bool_)
    if panel.has("debt"):
        debt = np.nan_to_num(_within(panel, "debt", first, last)).mean(axis=1)
    if panel.has("ldc"):
        poorest = np.nan_to_num(_within(panel, "ldc", last, last))[:, 0] > 0
    return machine_scale(income, people, debt, poorest, rule)


def _within(panel: Panel, name: str, first: int, last: int) -> NDArray[np.float64]:
    """Figures that not every member has."""
    columns = [at - panel.first for at in range(first, last + 1)]
    table = panel.values[name]
    return np.array([table[:, at] if 0 <= at < table.shape[1] else np.full(len(table), np.nan) for at in columns]).T


def machine_scale(income: Vector, people: Vector, debt: Vector, poorest: Mask, rule: SharingRule) -> tuple[Vector, ...]:
    """The rates after each step, for one base period.

    Points that one member is relieved of go to others in proportion: for low income to the members above the threshold
    but not to those at the largest rate; for the least rate from, and for the least developed to, all but those at a
    bound. Raises `BoundsError` where no rates between the bounds add up to 1.
    """
    threshold = float(income.sum() / people.sum())
    owing = debt if rule.debt_threshold is None else np.where(income / people < rule.debt_threshold, debt, 0.0)
    adjusted = np.maximum(income - rule.debt_part * owing, 0.0)
    steps = (income / income.sum(), adjusted / adjusted.sum())
    # Who is at the largest rate takes none of the points of others, which may bring another one there.
    largest = steps[1] > rule.largest_rate
    low = min(rule.least_rate, rule.poorest_rate)
    while True:
        bounded = _bounded(_lightened(adjusted, people, threshold, largest, rule), largest, poorest, rule)
        again = largest | (bounded[2] > rule.largest_rate)
        if (again == largest).all():
            last = bounded[-1]
            if abs(last.sum() - 1) > _CLOSE or last.max() > rule.largest_rate + _CLOSE or last.min() < low - _CLOSE:
                says = f"{len(income)} rates of {rule.least_rate:g} to {rule.largest_rate:g} do not add up to the whole"
                raise BoundsError(says)
            return (*steps, *bounded)
        largest = again


def _lightened(adjusted: Vector, people: Vector, threshold: float, largest: Mask, rule: SharingRule) -> Vector:
    """The rates when incomes of those with little a person are counted for less, and others bear the difference."""
    mean = adjusted / people
    relief = np.maximum(0.0, 1 - mean / threshold) * rule.gradient * adjusted
    payers = (mean >= threshold) & ~largest
    lighter = adjusted - relief + _spread_over(float(relief.sum()), adjusted, payers if payers.any() else relief == 0)
    return np.asarray(lighter / lighter.sum(), dtype=np.float64)


def _bounded(rates: Vector, largest: Mask, poorest: Mask, rule: SharingRule) -> tuple[Vector, ...]:
    """The rates as they are, and after the least, the least developed members' and the largest rate."""
    floored = np.zeros(len(rates), np.bool_)
    least = rates
    while (more := (least < rule.least_rate) & ~floored).any():
        floored |= more
        least = _moved(rates, floored, rule.least_rate, ~floored & ~largest)
    over = poorest & (least > rule.poorest_rate)
    developed = _moved(least, over, rule.poorest_rate, ~over & ~floored & ~largest)
    top = np.zeros(len(rates), np.bool_)
    last = developed
    while (more := (last > rule.largest_rate) & ~top).any():
        top |= more
        last = _moved(developed, top, rule.largest_rate, ~top & ~floored & ~over)
    return rates, least, developed, last


def _spread_over(points: float, by: Vector, who: Mask) -> Vector:
    share = np.where(who, by, 0.0)
    whole = float(share.sum())
    return np.asarray(points * share / whole if whole else share, dtype=np.float64)


def _moved(rates: Vector, bound: Mask, at: float, others: Mask) -> Vector:
    """The rates with some put at a bound, and the difference taken from, or given to, others in proportion."""
    found = np.where(bound, at, rates)
    points = float(rates.sum() - found.sum())
    if rates[others].sum() <= 0:  # nobody is free to: whoever is not at this bound, though at another
        others = ~bound
    if float(rates[others].sum()) + points <= 0:  # they have less than is to be taken from them
        return np.asarray(found / found.sum(), dtype=np.float64)
    return np.asarray(found + _spread_over(points, rates, others), dtype=np.float64)
