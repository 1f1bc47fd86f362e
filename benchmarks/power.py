"""Voting power: exact counts, against the two packages that count coalitions too.

Run: python benchmarks/power.py. Equal answers are asserted first. Code is compiled before anything is timed, and the
time of that is said apart. Marks: the 190 members of the Monetary Fund, Banzhaf exactly within 0.5 s and
Shapley–Shubik to 1e-12 within 4 s; the 28 members of the Council of the European Union, both within 0.05 s.
"""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from power_bdd.bdd import BDD, WeightedGame
from powerindex.powerindex import Game as PeerGame

from comity.analysis.counting import pivot_chances, swings_below
from comity.analysis.games import Game, Weighted
from comity.analysis.power import Power, power
from comity.analysis.sizes import by_states
from figures import best, say

WEIGHTS = Path(__file__).resolve().parent.parent / "public" / "weights"
# Population on 1 January 2019 (Eurostat, table tps00001), the smallest of the 28 member States first.
POPULATION = (
    *(493559, 613894, 875898, 1324820, 1919968, 2080908, 2794184, 4076246, 4904226, 5450421, 5517919, 5806081),
    *(7000039, 8858775, 9772756, 10230185, 10276617, 10649800, 10722287, 11467923, 17282163, 19401658, 37972812),
    *(46934632, 60359546, 66647112, 67028048, 83019214),
)
CLOSE = 1e-12


def table(name: str, day: date) -> tuple[int, ...]:
    """The weights of a table of the public register on a day."""
    found = []
    for line in (WEIGHTS / f"{name}.csv").read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "actor")):
            _, weight, *period = line.split(",")
            since, until = (*period, "", "")[:2]
            if since <= day.isoformat() < (until or "9"):
                found.append(int(weight))
    return tuple(found)


def game(ways: Sequence[frozenset[int]], *thresholds: tuple[tuple[int, ...], int]) -> Game:
    """A game of these weights and quotas."""
    return Game(
        players=tuple(f"M{at:03}" for at in range(len(thresholds[0][0]))),
        thresholds=tuple(Weighted(weights=weights, quota=quota) for weights, quota in thresholds),
        ways=tuple(ways),
    )


def alike(one: Sequence[float | None], other: Sequence[float | None]) -> None:
    """Two lists of numbers that agree."""
    assert len(one) == len(other)
    assert all(a is not None and b is not None and abs(a - b) < CLOSE for a, b in zip(one, other, strict=True))


def absolute(found: Power) -> list[float | None]:
    """The absolute Banzhaf index of each member."""
    return [one.banzhaf_absolute for one in found.members]


def shapley(found: Power) -> list[float | None]:
    """The Shapley–Shubik index of each member."""
    return [one.shapley for one in found.members]


def normalised(found: Power) -> list[float | None]:
    """The normalised Banzhaf index of each member."""
    return [one.banzhaf_normalised for one in found.members]


def lisbon() -> None:
    """The Council of 28: 16 with 65% of the population, or 25 (TEU 16(4))."""
    count, quota = (1,) * 28, -(-65 * sum(POPULATION) // 100)
    own = game([frozenset({0, 1}), frozenset({2})], (count, 16), (POPULATION, quota), (count, 25))

    def peer() -> BDD:
        found = BDD(WeightedGame(16, list(count))) & (
            BDD(WeightedGame(quota, list(POPULATION))) | BDD(WeightedGame(25, list(count)))
        )
        found.calc_banzhaf()
        found.calc_shapley()
        return found

    found, took = best(lambda: power(own))
    other, theirs = best(peer, 1)
    alike(absolute(found), other.beta[1:])
    alike(shapley(found), other.phi[1:])
    say("Council of 28, Lisbon rule, both indices", f"{took:.3f} s", "0.05 s", met=took <= 0.05)
    say("  power-bdd, equal answers", f"{theirs:.3f} s", beside=f"{theirs / took:,.0f} times as long")


def votes() -> None:
    """The votes of the Council of 28 in 2014, 260 of 352: one weight, in which all three can count."""
    weights = table("eu-council-votes", date(2014, 1, 1))
    assert (len(weights), sum(weights)) == (28, 352)
    own = game([frozenset({0})], (weights, 260))

    def bdd() -> BDD:
        found = BDD(WeightedGame(260, list(weights)))
        found.calc_banzhaf()
        found.calc_shapley()
        return found

    def generating() -> PeerGame:
        found = PeerGame(260, weights=list(weights))
        found.calc_banzhaf()
        found.calc_shapley_shubik()
        return found

    found, took = best(lambda: power(own))
    other, theirs = best(bdd, 1)
    third, slower = best(generating, 1)
    alike(absolute(found), other.beta[1:])
    alike(shapley(found), other.phi[1:])
    alike(normalised(found), third.banzhaf)
    alike(shapley(found), third.shapley_shubik)
    # What the Monetary Fund is counted with, where it can be held against the exact count too.
    counted, _ = swings_below(weights, 260)
    assert counted == tuple(one.swings for one in found.members)
    alike(shapley(found), pivot_chances(weights, 260))
    say("Council of 28, weighted votes, both indices", f"{took:.3f} s")
    say("  power-bdd, equal answers", f"{theirs:.3f} s", beside=f"{theirs / took:,.1f} times as long")
    say("  powerindex, equal answers", f"{slower:.3f} s", beside=f"{slower / took:,.1f} times as long")


def fund() -> None:
    """The 190 members of the Monetary Fund, a majority of the votes: the peers do not end."""
    weights = table("imf-votes", date(2022, 6, 1))
    own = game([frozenset({0})], (weights, sum(weights) // 2 + 1))
    assert by_states(own) is None
    found, took = best(lambda: power(own, ("banzhaf",)), 3)
    assert abs(sum(one.banzhaf_normalised or 0 for one in found.members) - 1) < CLOSE
    say("Monetary Fund, 190 members, Banzhaf exactly", f"{took:.3f} s", "0.5 s", met=took <= 0.5)
    integral, longer = best(lambda: power(own, ("shapley",)), 3)
    assert abs(sum(one.shapley or 0 for one in integral.members) - 1) < CLOSE
    say("Monetary Fund, 190 members, Shapley–Shubik", f"{longer:.3f} s", "4 s", met=longer <= 4)


def main() -> None:
    """All of it, compiled first."""
    start = time.perf_counter()
    swings_below((3, 2, 1), 4)
    pivot_chances((3, 2, 1), 4)
    say("to compile, or to load what was compiled", f"{time.perf_counter() - start:.2f} s")
    lisbon()
    votes()
    fund()


if __name__ == "__main__":
    main()
