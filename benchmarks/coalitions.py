"""Stability of every coalition: bits in compiled code, payoffs as arrays, many players by integer programming.

Run: python benchmarks/coalitions.py. Games are made from a fixed rule. Equal answers are asserted first, against the
loop over coalitions and players that one would write instead. The marks are 2 s for all of 2^24 coalitions of a
separable game and 20 s for 2^27.
"""

import random
import time
from fractions import Fraction

import numpy as np

from comity.analysis.coalitions.bits import Bits, SumGains, bits_of, chosen, public_good_gains
from comity.analysis.coalitions.clubs import LinearGains
from comity.analysis.coalitions.models import model_formula
from comity.analysis.coalitions.programs import search_stable
from comity.analysis.coalitions.stability import from_formula, stability
from figures import best, megabytes, say

MARKS = {24: 2.0, 27: 20.0}
_LOOPED, _DENSE, _SEARCHED = 14, 16, 40


def linear(n: int) -> LinearGains:
    """Players unlike one another, the same in every run; fractions that fit no word."""
    chance = random.Random(n)  # noqa: S311  # figures to measure with
    return LinearGains(
        players=tuple(f"P{k}" for k in range(n)),
        alone=tuple(Fraction(chance.uniform(-300, 300)) for _ in range(n)),
        given=tuple(tuple(Fraction(chance.uniform(-60, 60)) for _ in range(n)) for _ in range(n)),
    )


def public_good(n: int) -> tuple[SumGains, list[Fraction], list[Fraction]]:
    """A public good, as gains and as the parameters of its formula."""
    chance = random.Random(n)  # noqa: S311  # as above
    b, c = ([Fraction(chance.randint(10, 99), 10) for _ in range(n)] for _ in "bc")
    return public_good_gains([f"P{k}" for k in range(n)], b, c), b, c


def loop(gains: LinearGains) -> set[int]:
    """The stable coalitions, coalition by coalition, player by player, in floats."""
    n = len(gains.players)
    alone = [float(one) for one in gains.alone]
    given = [[float(one) for one in row] for row in gains.given]
    found = set()
    for mask in range(1 << n):
        inside = [k for k in range(n) if mask >> k & 1]
        gain = [alone[k] + sum([row[j] for j in inside if j != k]) for k, row in enumerate(given)]
        if all(gain[k] >= 0 if mask >> k & 1 else gain[k] <= 0 for k in range(n)):
            found.add(mask)
    return found


def counted(bits: Bits) -> str:
    """How many coalitions are stable, and how many with transfers."""
    stable, sharing = (int(np.bitwise_count(one).sum()) for one in (bits.stable, bits.sharing))
    return f"{stable:,} stable, {sharing:,} where gains are shared; {megabytes():,.0f} MB at most"


def main() -> None:
    """Bits, then arrays, then programs."""
    few = linear(_LOOPED)
    start = time.perf_counter()
    expected = loop(few)
    slow = time.perf_counter() - start
    start = time.perf_counter()
    assert set(chosen(bits_of(few).stable)) == expected
    bits_of(public_good(_LOOPED)[0])
    say("compiling the bits, or reading them back", f"{time.perf_counter() - start:.1f} s")
    for n, mark in MARKS.items():
        for name, gains in (("linear", linear(n)), ("public good", public_good(n)[0])):
            found, took = best(lambda gains=gains: bits_of(gains), rounds=3 if n < 26 else 1)  # type: ignore[misc]  # a default ties it down
            say(
                f"2^{n} coalitions, {name}, every stability",
                f"{took:.2f} s",
                f"{mark:g} s",
                counted(found),
                met=took <= mark,
            )
    say(
        f"  the loop on 2^{_LOOPED}, equal answers",
        f"{slow:.2f} s",
        beside=f"{slow * 2**10 * 24 / _LOOPED:,.0f} s for 2^24",
    )
    gains, b, c = public_good(_DENSE)
    payoffs, made = best(lambda: from_formula(gains.players, model_formula("public-good", {"b": b, "c": c})), rounds=1)
    whole, took = best(lambda: stability(payoffs), rounds=1)
    bits = bits_of(gains)
    for which, held in (
        (bits.internal, whole.internal),
        (bits.external, whole.external),
        (bits.potential, whole.potential),
    ):
        assert (np.unpackbits(which, bitorder="little").astype(bool) == held).all()
    say(f"2^{_DENSE} coalitions of a formula, equal answers", f"{took:.2f} s", beside=f"its payoffs {made:.2f} s")
    searched, took = best(lambda: search_stable(linear(_SEARCHED), seconds=60), rounds=1)
    proof = "and no other" if searched.complete else "not proved to be all"
    say(
        f"{_SEARCHED} players by integer programming", f"{took:.2f} s", beside=f"{len(searched.stable)} stable, {proof}"
    )


if __name__ == "__main__":
    main()
