"""Stable clubs: all coalitions in all regimes, against the loop over coalitions that one would write instead.

Run: python benchmarks/clubs.py. Fifteen regions with figures made from a fixed rule, the coalitions of which are all
looked at. Equal answers are asserted first. The mark is 0.5 s for the 44 regimes of Nordhaus (2015).
"""

import random
import time
from fractions import Fraction

import numpy as np

from comity.analysis.coalitions.clubs import LinearGains, Region, climate_gains, stable_clubs
from comity.service.analysing import PRICES, TARIFFS
from figures import best, say

REGIONS, MARK = 15, 0.5


def world() -> list[Region]:
    """Regions unlike one another, the same in every run."""
    chance = random.Random(15)  # noqa: S311  # figures to measure with
    gdp = [Fraction(chance.randrange(300, 16_000)) for _ in range(REGIONS)]
    return [
        Region(
            name=f"R{at}",
            gdp=one,
            co2=one * chance.randrange(20, 90) / 100,
            mckinsey=Fraction(chance.randrange(8, 60), 1000),
            tariff_alpha=Fraction(1, 2),
            tariff_beta=Fraction(3, 5),
            exports=tuple(
                Fraction(0) if at == to else Fraction(chance.randrange(1, 60)) * one / 16_000 for to in range(REGIONS)
            ),
        )
        for at, one in enumerate(gdp)
    ]


def loop(gains: LinearGains) -> set[tuple[str, ...]]:
    """Coalition by coalition, player by player, in floats."""
    n = len(gains.players)
    alone = np.array([float(one) for one in gains.alone])
    given = np.array([[float(one) for one in row] for row in gains.given])
    found = set()
    for mask in range(1 << n):
        inside = np.array([mask >> at & 1 for at in range(n)])
        gain = alone + given @ inside
        if ((inside == 1) == (gain >= 0)).all():
            found.add(tuple(gains.players[at] for at in range(n) if inside[at]))
    return found


def main() -> None:
    """All regimes; the loop in a few of them, for it takes long."""
    regions = world()
    asked = [(price, tariff) for price in PRICES for tariff in TARIFFS]
    start = time.perf_counter()
    few = asked[3:44:13]
    for price, tariff in few:
        gains = climate_gains(regions, price, tariff)
        assert {club.members for club in stable_clubs(gains)} == loop(gains)
    slow = (time.perf_counter() - start) / len(few) * len(asked)
    found, took = best(lambda: [stable_clubs(climate_gains(regions, *one)) for one in asked])
    sizes = sorted({len(club.members) for clubs in found for club in clubs})
    say(f"{len(asked)} regimes, {REGIONS} regions, every coalition", f"{took:.3f} s", f"{MARK} s", met=took <= MARK)
    say("  the loop, equal answers", f"{slow:.0f} s", beside=f"{slow / took:,.0f} times as long; sizes {sizes}")


if __name__ == "__main__":
    main()
