"""Package deals: fronts beside negmas, and how many parties a best package is proved for.

Run: python benchmarks/packages.py. negmas (AGPL) is no dependency: it runs in an environment of its own, .venvs/peers,
where there is one, as a program apart that is given values and gives utilities. Equal fronts are asserted first. Code
is compiled before anything is timed, and the time of that is said apart. Marks: a front of 10^6 outcomes 1,000 times as
fast; of 10^20, two parties, within 10 ms; Nash proved for 27 parties, 20 issues and 5 options within 2 s, 60 × 20 × 5
within 10 s, 193 × 40 × 4 within 1% in 60 s.
"""

import json
import subprocess
import time
from functools import partial
from pathlib import Path
from random import Random

from msgspec.structs import replace

from comity.analysis.packages import Deal, Offer, Solution, frontier, solve
from figures import best, say

PEERS = Path(__file__).resolve().parent.parent / ".venvs" / "peers" / "bin" / "python"
SEEDS = range(5)
CLOSE = 1e-9
# What the peer is asked: the front of all outcomes, given its utilities as an array, and how long that took.
PEER = """
import json, sys, time
import numpy as np
from itertools import product
from negmas.outcomes import make_issue, make_os
from negmas.preferences import LinearAdditiveUtilityFunction, pareto_frontier

utility = json.load(sys.stdin)
issues = [make_issue([f"o{at}" for at in range(len(own))], f"i{n}") for n, own in enumerate(utility[0])]
outcomes = list(make_os(issues).enumerate())
functions = [
    LinearAdditiveUtilityFunction(
        values={f"i{n}": {f"o{at}": value for at, value in enumerate(own)} for n, own in enumerate(party)},
        weights={f"i{n}": 1.0 for n in range(len(party))},
        issues=issues,
    )
    for party in utility
]
start = time.perf_counter()
front, _ = pareto_frontier(functions, outcomes=outcomes, sort_by_welfare=False)
took = time.perf_counter() - start
said = [[float(one) for one in row] for row in front]
json.dump({"front": said, "took": took, "outcomes": len(outcomes)}, sys.stdout)
"""


def drawn(seed: int, parties: int, issues: int, options: int, *, low: float = 0.0, decimals: int = 16) -> Offer:
    """Values between 0 and 1, and a part of the most that each could have to fall back on."""
    dice = Random(seed)  # noqa: S311  # numbers to reckon with
    utility = tuple(
        tuple(tuple(round(dice.random(), decimals) for _ in range(options)) for _ in range(issues))
        for _ in range(parties)
    )
    return Offer(
        parties=tuple(f"P{at}" for at in range(parties)),
        issues=tuple(f"i{at}" for at in range(issues)),
        options=(tuple(f"o{at}" for at in range(options)),) * issues,
        utility=utility,
        disagreement=tuple(low * sum(max(own) for own in party) for party in utility),
        weights=(1.0,) * parties,
    )


def opposed(seed: int, parties: int, issues: int, options: int) -> Offer:
    """Two camps that want the opposite of each other, more or less, and a third of the most to fall back on."""
    dice = Random(seed)  # noqa: S311  # as above
    base = [[dice.random() for _ in range(options)] for _ in range(issues)]
    utility = tuple(
        tuple(tuple(0.3 * dice.random() + 0.7 * (value if party % 2 else 1 - value) for value in own) for own in base)
        for party in range(parties)
    )
    low = tuple(sum(max(own) for own in party) / 3 for party in utility)
    return replace(drawn(0, parties, issues, options), utility=utility, disagreement=low)


def fronts() -> None:
    """Fronts of 10^6 and of 10^20 outcomes."""
    for parties in (2, 3):
        offer = drawn(1, parties, 6, 10, decimals=3)
        found, took = best(lambda offer=offer: frontier(offer), 9)
        say(
            f"front of 10^6 outcomes, {parties} parties",
            f"{1000 * took:.2f} ms",
            beside=f"{len(found.choices)} packages",
        )
        beside(offer, took, sorted(map(tuple, found.utilities.tolist())))
    offer = drawn(1, 2, 20, 10)
    found, took = best(lambda: frontier(offer), 9)
    packages = f"{len(found.choices)} packages"
    say("front of 10^20 outcomes, 2 parties", f"{1000 * took:.2f} ms", "10 ms", met=took <= 0.01, beside=packages)


def beside(offer: Offer, took: float, own: list[tuple[float, ...]]) -> None:
    """The same of the peer, with equal fronts."""
    if not PEERS.exists():
        say("  negmas", "not there: .venvs/peers")
        return
    ran = subprocess.run(
        [PEERS, "-c", PEER], input=json.dumps(offer.utility), capture_output=True, text=True, check=True
    )
    said = json.loads(ran.stdout)
    assert said["outcomes"] == 10**6
    theirs = sorted(map(tuple, said["front"]))
    # The peer adds as computers round, so that packages with equal values may be there more than once.
    assert {tuple(round(one, 6) for one in row) for row in theirs} == {
        tuple(round(one, 6) for one in row) for row in own
    }
    times = said["took"] / took
    say(
        "  negmas, equal fronts",
        f"{said['took']:.2f} s",
        "1,000 times",
        met=times >= 1000,
        beside=f"{times:,.0f} times as long",
    )


def proved(offers: list[Offer], solution: Solution, seconds: float) -> tuple[float, float, list[Deal]]:
    """The longest time, of the clock, and the largest gap as a part of the objective."""
    longest, gap, found = 0.0, 0.0, []
    for offer in offers:
        start = time.perf_counter()
        one = solve(offer, solution, seconds=seconds)
        longest = max(longest, time.perf_counter() - start)
        found.append(one)
        if one.objective is not None and one.bound is not None:
            gap = max(gap, (one.bound - one.objective) / max(abs(one.objective), CLOSE))
    return longest, gap, found


def bests() -> None:
    """Best packages of many parties: the slowest of several draws."""
    for parties, issues, options, mark, near in ((27, 20, 5, 2, 0), (60, 20, 5, 10, 0), (193, 40, 4, 60, 0.01)):
        for what, make in (
            ("nothing to fall back on", partial(drawn, low=0.0)),
            ("a third of the most to fall back on", partial(drawn, low=1 / 3)),
            ("half of the most", partial(drawn, low=0.5)),
            ("two camps", opposed),
        ):
            offers = [make(seed, parties, issues, options) for seed in SEEDS]
            took, gap, found = proved(offers, "nash", mark)
            done = sum(one.status == "optimal" for one in found)
            within = f"{mark} s, within {near:.0%}" if near else f"{mark} s, proved"
            met = took <= mark + 1 and (gap <= near if near else done == len(found))
            say(f"Nash, {parties} × {issues} × {options}", f"{took:.3f} s", within, met=met, beside=what)
            say(f"  proved {done} of {len(found)}", f"gap {gap:.1g}")
    for solution in ("utilitarian", "egalitarian", "kalai-smorodinsky"):
        for parties, issues, options in ((27, 20, 5), (60, 20, 5)):
            took, gap, found = proved([drawn(1, parties, issues, options)], solution, 20)
            statuses = ", ".join(one.status for one in found)
            say(f"{solution}, {parties} × {issues} × {options}", f"{took:.3f} s", beside=f"{statuses}, gap {gap:.2g}")


def main() -> None:
    """All of it, compiled first."""
    start = time.perf_counter()
    for parties in (2, 3, 4):
        frontier(drawn(0, parties, 2, 2))
        frontier(drawn(0, parties, 2, 2, decimals=2))
    solve(drawn(0, 2, 2, 2), "nash")
    solve(drawn(0, 2, 2, 2), "egalitarian")
    say("to compile, or to load what was compiled", f"{time.perf_counter() - start:.2f} s")
    fronts()
    bests()


if __name__ == "__main__":
    main()
