"""Voting power: exact counts, against the two packages that count coalitions too.

Run: python benchmarks/power.py. Equal answers are asserted first. Code is compiled before anything is timed, and the
time of that is said apart. Marks: the 190 members of the Monetary Fund, Banzhaf exactly within 0.5 s and
Shapley–Shubik to 1e-12 within 4 s, all members within a proved bound within 5 ms; the 28 members of the Council of the
European Union, both within 0.05 s.
"""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from power_bdd.bdd import BDD, WeightedGame
from powerindex.powerindex import Game as PeerGame

from comity.analysis.voting.axes import Axes
from comity.analysis.voting.counting import pivot_chances, swings_below
from comity.analysis.voting.games import Game, Weighted
from comity.analysis.voting.modes import banzhaf_bounded
from comity.analysis.voting.power import Power, power
from comity.analysis.voting.quadrants import by_quadrants
from comity.analysis.voting.sizes import by_states
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


def triple() -> None:
    """The Council of 28 in 2014: 260 of 352 votes, 15 members, 62% of the population (Protocol No 36, 3(3))."""
    day = date(2014, 1, 1)
    votes, people = table("eu-council-votes", day), table("eu-population", day)
    assert len(votes) == len(people) == 28
    count, quota = (1,) * 28, -(-62 * sum(people) // 100)
    own = game([frozenset({0, 1, 2})], (votes, 260), (count, 15), (people, quota))

    def peer() -> BDD:
        found = BDD(WeightedGame(260, list(votes))) & BDD(WeightedGame(15, list(count)))
        found &= BDD(WeightedGame(quota, list(people)))
        found.calc_banzhaf()
        found.calc_shapley()
        return found

    found, took = best(lambda: power(own))
    other, theirs = best(peer, 1)
    alike(absolute(found), other.beta[1:])
    alike(shapley(found), other.phi[1:])
    say("Council of 28, three conditions, both indices", f"{took:.3f} s", "0.05 s", met=took <= 0.05)
    say("  power-bdd, equal answers", f"{theirs:.3f} s", beside=f"{theirs / took:,.0f} times as long")


def amendment() -> None:
    """The Fund's members, three fifths of them with 85% of the votes (Article XXVIII(a)): the peers do not end."""
    weights = table("imf-votes", date(2022, 6, 1))
    both = game([frozenset({0, 1})], ((1,) * 190, 114), (weights, -(-85 * sum(weights) // 100)))
    found, took = best(lambda: power(both), 1)
    assert abs(sum(one.shapley or 0 for one in found.members) - 1) < CLOSE
    say("Monetary Fund, members and votes, both exactly", f"{took:.1f} s")


def instant(weights: Sequence[int], quota: int, exact: Power) -> None:
    """All members within a proved bound, held against the exact count."""
    found, took = best(lambda: banzhaf_bounded(weights, quota), 20)
    away = max(abs(a - (b or 0)) for a, b in zip(found.absolute, absolute(exact), strict=True))
    assert away <= found.error
    within = f"bound {found.error:.0e}, off by {away:.0e}"
    say("Monetary Fund, 190 members, instant", f"{took * 1000:.1f} ms", "5 ms", within, met=took <= 0.005)


def fund() -> None:
    """The 190 members of the Monetary Fund, a majority of the votes: the peers do not end."""
    weights = table("imf-votes", date(2022, 6, 1))
    own = game([frozenset({0})], (weights, sum(weights) // 2 + 1))
    assert by_states(own) is None
    found, took = best(lambda: power(own, ("banzhaf",)), 3)
    assert abs(sum(one.banzhaf_normalised or 0 for one in found.members) - 1) < CLOSE
    say("Monetary Fund, 190 members, Banzhaf exactly", f"{took:.3f} s", "0.5 s", met=took <= 0.5)
    instant(weights, sum(weights) // 2 + 1, found)
    integral, longer = best(lambda: power(own, ("shapley",)), 3)
    assert abs(sum(one.shapley or 0 for one in integral.members) - 1) < CLOSE
    say("Monetary Fund, 190 members, Shapley–Shubik", f"{longer:.3f} s", "4 s", met=longer <= 4)


def main() -> None:
    """All of it, compiled first."""
    start = time.perf_counter()
    swings_below((3, 2, 1), 4)
    pivot_chances((3, 2, 1), 4)
    one = game([frozenset({0, 1})], ((3, 2, 1), 4), ((1, 2, 3), 3))
    by_quadrants(Axes(game=one))
    say("to compile, or to load what was compiled", f"{time.perf_counter() - start:.2f} s")
    lisbon()
    votes()
    triple()
    fund()
    amendment()


if __name__ == "__main__":
    main()
