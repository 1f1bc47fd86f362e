"""What every region has in every climate club: the model of `clubs`, as payoffs and not only gains from joining.

With S in, price P and tariff τ, a region k that is in has

    benefit - Y_k · c_k · µ_in² + (τ · α_k - τ² · β_k) · Σ_{j not in S} X_jk

and one that is out

    benefit - Y_k · c_k · µ_out² - τ · α_k · Σ_{c in S} X_kc      with its tariffs on nobody,

where the benefit is s_k · Σ_j E_j · µ_j / 1000 over all, each abating as it does in or out, and the loss of an outsider
j is τ · α_c · X_jc for each member c. All in billion dollars a year. What k gains by
joining is that of `climate_gains`.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.analysis.coalitions.clubs import Region
from comity.analysis.coalitions.stability import MOST_CELLS, Payoffs, TooManyCoalitionsError

__all__ = ["climate_payoffs"]

_FACTOR = Fraction(837, 1000)


def climate_payoffs(regions: Sequence[Region], price: Fraction, tariff: Fraction) -> Payoffs:
    """Payoffs at a price (dollars a tonne) and a tariff (a part of the price of goods).

    Raises `TooManyCoalitionsError` for more regions than can be held.
    """
    n = len(regions)
    if n << n > MOST_CELLS:
        raise TooManyCoalitionsError(
            f"{n} regions have {2**n:,} clubs; {MOST_CELLS:,} payoffs are the most that are held"
        )
    world = sum((one.gdp for one in regions), Fraction(0))
    costs = [_FACTOR * one.mckinsey for one in regions]
    owns = [price * one.gdp / world for one in regions]
    rates = [
        tuple(part * one.co2 / one.gdp / (2000 * cost) for part in (price, own))
        for one, cost, own in zip(regions, costs, owns, strict=True)
    ]
    # Emissions cut when nobody is in, and how many more when a region is.
    base = sum((one.co2 * out for one, (_, out) in zip(regions, rates, strict=True)), Fraction(0))
    more = [one.co2 * (inside - out) for one, (inside, out) in zip(regions, rates, strict=True)]
    alone: dict[bool, list[Fraction]] = {True: [], False: []}
    given: dict[bool, list[list[Fraction]]] = {True: [], False: []}
    for k, one in enumerate(regions):
        duty = tariff * one.tariff_alpha - tariff**2 * one.tariff_beta
        bought = [other.exports[k] if j != k else Fraction(0) for j, other in enumerate(regions)]
        benefit = owns[k] / 1000
        for is_in in (True, False):
            rate = rates[k][0 if is_in else 1]
            start = benefit * (base + (more[k] if is_in else 0)) - one.gdp * costs[k] * rate**2
            alone[is_in].append(start + (duty * sum(bought, Fraction(0)) if is_in else 0))
            given[is_in].append(
                [
                    benefit * more[j] - (duty * bought[j] if is_in else tariff * other.tariff_alpha * one.exports[j])
                    if j != k
                    else Fraction(0)
                    for j, other in enumerate(regions)
                ]
            )
    return _linear(tuple(one.name for one in regions), alone, given)


def _linear(
    players: tuple[str, ...], alone: dict[bool, list[Fraction]], given: dict[bool, list[list[Fraction]]]
) -> Payoffs:
    """Payoffs that are linear in who else is in."""
    n = len(players)
    tables = {}
    for is_in in (True, False):
        table = np.empty((1 << n, n))
        table[0] = [float(one) for one in alone[is_in]]
        for j in range(n):
            table[1 << j : 2 << j] = table[: 1 << j] + np.array([float(row[j]) for row in given[is_in]])
        member = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(bool)
        table[~member if is_in else member] = np.nan
        tables[is_in] = table

    def exact(asked: NDArray[np.int64], kind: int, *, is_in: bool) -> NDArray[Any]:
        row = given[is_in][kind]
        unit = lcm(alone[is_in][kind].denominator, *(one.denominator for one in row))
        whole = [one.numerator * (unit // one.denominator) for one in row]
        first = alone[is_in][kind].numerator * (unit // alone[is_in][kind].denominator)
        found = np.empty(len(asked), object)
        found[:] = [
            Fraction(first + sum(whole[j] for j in range(n) if state >> j & 1), unit) for state in asked.tolist()
        ]
        return found

    return Payoffs(players=players, numbers=(1,) * n, inside=tables[True], outside=tables[False], exact=exact)
