"""What is still missing: every smallest set, against the loop over combinations that one would write instead.

Run: python benchmarks/rules.py. Equal answers are asserted first, and the proof of each answer is checked. The
mark is 0.2 s for a question about 197 actors.
"""

import itertools
import time
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path

from comity.rules import (
    FixedSetting,
    GroundRule,
    Missing,
    Tally,
    WeightTable,
    check_proof,
    ground,
    holds,
    missing,
    parse_rule,
    smallest_blocking,
)

WEIGHTS = Path(__file__).resolve().parent.parent / "public" / "weights"
DAY = date(2022, 1, 1)
ALLOWED = 0.2
PEER_ENDS = 3


def table(name: str) -> WeightTable:
    """A weight table of the public register, with the rows that stand on DAY."""
    total, rows = None, dict[str, Fraction]()
    for line in (WEIGHTS / f"{name}.csv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# total:"):
            total = Fraction(line.removeprefix("# total:").strip())
        elif not line.startswith(("#", "actor")):
            actor, weight, *period = line.split(",")
            since, until = (*period, "", "")[:2]
            if since <= DAY.isoformat() < (until or "9"):
                rows[actor] = Fraction(weight)
    return WeightTable(rows=rows, total=total)


def rule(plain: object, members: Iterable[str] | None = None) -> GroundRule:
    """The rule, grounded upon the public weight tables."""
    names = ("paris-ghg", "kyoto-annex-i-1990", "imf-votes", "eu-population-estimate")
    setting = FixedSetting(tables={name: table(name) for name in names})
    return ground(parse_rule(plain, path="when"), setting, DAY, None if members is None else frozenset(members))


def naive(ground_rule: GroundRule, tally: Tally, candidates: Iterable[str]) -> Missing:
    """Every combination of one, of two, of three …, until some would do."""
    pool = sorted(frozenset(candidates) - tally.for_)
    for size in range(len(pool) + 1):
        every = itertools.combinations(pool, size)
        found = tuple(itertools.islice((c for c in every if holds(ground_rule, Tally(for_=tally.for_.union(c)))), 10))
        if found:
            return Missing(met=size == 0, size=size, smallest=found if size else ())
    return Missing(met=False, size=None)


def timed(work: Callable[[], Missing]) -> tuple[Missing, float]:
    """The answer, and the best of three times to have it, in seconds."""
    start = time.perf_counter()
    answer = work()
    best = time.perf_counter() - start
    for _ in range(2):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return answer, best


def question(name: str, ground_rule: GroundRule, consented: Iterable[str], everybody: Iterable[str]) -> None:
    """One question: the answer is proven, and compared with the naive one where that ends in reasonable time."""
    tally, everybody = Tally.of_consents(consented), sorted(everybody)
    answer, seconds = timed(lambda: missing(ground_rule, tally, everybody))
    assert check_proof(ground_rule, tally, everybody, answer)
    verdict = "met" if seconds <= ALLOWED else "MISSED"
    peer = "the naive loop would not end"
    if answer.size is not None and answer.size <= PEER_ENDS:
        start = time.perf_counter()
        assert naive(ground_rule, tally, everybody).smallest == answer.smallest
        slower = (time.perf_counter() - start) / seconds
        peer = f"the naive loop agrees, {slower:,.0f} times slower"
    figure = f"size {answer.size!s:>4}  {seconds * 1000:8.2f} ms  {verdict:<6}"
    print(f"{name:<52} {len(everybody):>4} actors  {figure}  {peer}")


def main() -> None:
    """All questions."""
    ghg, annex, imf, eu = (
        table(name).rows for name in ("paris-ghg", "kyoto-annex-i-1990", "imf-votes", "eu-population-estimate")
    )
    world = sorted(ghg)
    world += [f"X{i:02}" for i in range(197 - len(world))]
    paris = rule({"all": [{"count": 55}, {"share": "0.55", "of": "paris-ghg"}]})
    question("Paris, nobody yet", paris, (), world)
    question("Paris, 30 small emitters", paris, sorted(world, key=lambda a: ghg.get(a, 0))[:30], world)
    question("Paris, 54 small emitters", paris, sorted(world, key=lambda a: ghg.get(a, 0))[:54], world)
    question("Paris, all but the forty largest", paris, sorted(world, key=lambda a: ghg.get(a, 0))[:-40], world)
    question("Paris, all but the six largest", paris, sorted(world, key=lambda a: ghg.get(a, 0))[:-6], world)
    states = sorted(set(annex) | set(world))[:197]
    kyoto = rule({"all": [{"count": 55}, {"share": "0.55", "of": "kyoto-annex-i-1990"}]})
    question("Kyoto, nobody yet", kyoto, (), states)
    question("Kyoto, without Australia, Russia, USA", kyoto, sorted(set(states) - {"AUS", "RUS", "USA"}), states)
    pulling = {
        "all": [
            {"count": 60},
            {"share": "0.6", "of": "paris-ghg"},
            {"share": "0.9", "of": "imf-votes"},
            {"count": 20, "among": [a for a in world if a.startswith("X") or ghg.get(a, 0) < 5000]},
        ]
    }
    question("A count, two weights and a group of small States", rule(pulling), (), sorted(set(world) | set(imf))[:197])
    question("IMF, 85% of the votes", rule({"share": "0.85", "of": "imf-votes"}, imf), (), imf)
    qmv = rule(
        {
            "any": [
                {"all": [{"count": "0.55"}, {"share": "0.65", "of": "eu-population-estimate"}]},
                {"all": [{"count": "0.55"}, {"fewer_than": 4, "side": "not-for"}]},
            ]
        },
        eu,
    )
    question("Council of the EU, qualified majority", qmv, (), eu)
    start = time.perf_counter()
    stops = smallest_blocking(qmv)
    spent = (time.perf_counter() - start) * 1000
    print(f"Council of the EU: {stops.size} members can block, first {stops.smallest[0]}, {spent:.2f} ms")


if __name__ == "__main__":
    main()
