"""Positions and blocs: every recorded vote of the General Assembly to 2020, against the published ideal points.

Run: python benchmarks/positions.py. The votes (dgrtwo/unvotes) and the published points (Bailey, Strezhnev and Voeten
2017) are in ../shared/data/votes beside the checkout; without them only the chambers made from known points are asked.
Marks: all points within 10 s, correlation with the published ones .985 (median of sessions) and .970 (pooled); blocs of
all within 10 s; a band of 95% that holds 92 to 98 of 100 true points.
"""

import csv
import gzip
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np

from comity.analysis.positions.ideal_points import ideal_points
from comity.analysis.positions.roll_calls import ABSENT, RollCalls
from comity.service import open_register
from comity.service.blocs import BlocsAsked
from comity.service.blocs import answer as blocs_of
from comity.service.votes import Standing, VotesAsked
from comity.service.votes import answer as points_of
from figures import best, say

VOTES = Path(__file__).resolve().parents[2] / "shared" / "data" / "votes"
POINTS, MEDIAN, POOLED, BLOCS, LOW, HIGH = 10.0, 0.985, 0.97, 10.0, 0.92, 0.98
_LEAST = 20  # members of a session of which a correlation is taken


def chamber(seed: int, members: int, sessions: int, questions: int, walk: float) -> tuple[RollCalls, np.ndarray]:
    """Votes made from known points by the model itself: members that drift, questions of all slopes, some absent."""
    rng = np.random.default_rng(seed)
    point = rng.normal(size=(members, 1)) + np.cumsum(rng.normal(0, walk, (members, sessions)), axis=1)
    number = sessions * questions
    slope, middle = rng.normal(0, 1.5, number), rng.normal(0, 1, number)
    at = np.repeat(np.arange(sessions), questions)
    drive = slope * point[:, at] + rng.logistic(size=(members, number))
    vote = (drive > middle - 0.4).astype(int) + (drive > middle + 0.4)
    vote[rng.random(vote.shape) < 0.1] = ABSENT  # one in ten is absent
    who, what = np.nonzero(vote != ABSENT)
    votes = RollCalls(
        actors=tuple(map(str, range(members))),
        sessions=tuple(range(1, sessions + 1)),
        actor=who,
        session=at[what],
        question=what,
        vote=vote[who, what],
    )
    return votes, point


def covered(chambers: int, shape: tuple[int, int, int], walk: float) -> float:
    """How many of 100 true points lie in the band of 1.96 errors."""
    held = []
    for seed in range(chambers):
        votes, point = chamber(seed, *shape, walk)
        found = ideal_points(votes, "0")
        true = point[found.actor, found.session]
        true = (true - true.mean()) / true.std()
        true *= np.sign(np.corrcoef(found.point, true)[0, 1])
        held.append((np.abs(found.point - true) < 1.96 * found.error).mean())
    return float(np.mean(held))


def assembly() -> tuple[str, str]:
    """All votes, and the issue areas, as the commands take them."""
    with gzip.open(VOTES / "un_roll_calls.csv.gz", "rt", encoding="utf-8") as lines:
        session = {row["rcid"]: int(float(row["session"])) for row in csv.DictReader(lines)}
    rows = ["rcid,session,actor,vote"]
    with gzip.open(VOTES / "un_votes.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            question = str(int(float(row["rcid"])))
            if question in session:
                rows.append(f"{question},{session[question]},{row['country']},{row['vote']}")
    with gzip.open(VOTES / "un_roll_call_issues.csv.gz", "rt", encoding="utf-8") as lines:
        issues = ["rcid,issue", *(f"{row['rcid']},{row['issue']}" for row in csv.DictReader(lines))]
    return "\n".join(rows), "\n".join(issues)


def agreement(found: Standing) -> tuple[float, float]:
    """The correlation with the published points: the median of the sessions, and over all."""
    with gzip.open(VOTES / "ideal_points_all_2020.csv.gz", "rt", encoding="latin-1") as lines:
        published = {
            (row["Countryname"], int(row["session"])): float(row["IdealPoint"]) for row in csv.DictReader(lines)
        }
    pairs: dict[int, list[tuple[float, float]]] = {}
    for one in found.points:
        if (one.actor, one.session) in published:
            pairs.setdefault(one.session, []).append((one.point, published[one.actor, one.session]))
    by_session = [_correlation(some) for some in pairs.values() if len(some) > _LEAST]
    everything = [pair for some in pairs.values() for pair in some]
    return float(np.median(by_session)), _correlation(everything)


def _correlation(pairs: list[tuple[float, float]]) -> float:
    return float(np.corrcoef(np.array(pairs).T)[0, 1])


def main() -> None:
    """Coverage first, then the General Assembly, each with what compiling and importing take left out."""
    start = time.perf_counter()
    ideal_points(chamber(0, 3, 1, 8, 0.0)[0], "0")
    say("to compile, or to load what was compiled", f"{time.perf_counter() - start:.2f} s")
    for title, shape, walk in (
        ("40 members, 6 sessions, 60 questions", (40, 6, 60), 0.15),
        ("40 members, 6 sessions, drifting as assumed", (40, 6, 60), 0.3),
        ("20 members, 1 session, 30 questions", (20, 1, 30), 0.0),
    ):
        share = covered(12, shape, walk)
        say(f"95% bands: {title}", f"{share:.1%}", f"{LOW:.0%} to {HIGH:.0%}", met=LOW <= share <= HIGH)
    if not VOTES.exists():
        say("General Assembly", "not asked", beside="../shared/data is not beside this checkout")
        return
    text, issues = assembly()
    register = open_register()
    number = text.count("\n")
    found, took = best(lambda: points_of(register, VotesAsked(text=text)), 2)
    median, pooled = agreement(found)
    say(f"points of {number:,} votes, from text", f"{took:.1f} s", f"{POINTS:g} s", met=took <= POINTS)
    say("  correlation, median of sessions", f"{median:.4f}", f"{MEDIAN}", met=median >= MEDIAN)
    say("  correlation, pooled", f"{pooled:.4f}", f"{POOLED}", met=pooled >= POOLED, beside=f"{found.turns} turns")
    asked = BlocsAsked(text=text, issues=issues, rule="unga-important", on="2020-01-01")
    some, took = best(lambda: blocs_of(register, asked), 2)
    sizes = ", ".join(str(one.size) for one in some.blocs)
    say(
        f"blocs of {some.questions:,} roll calls, 100 draws",
        f"{took:.1f} s",
        f"{BLOCS:g} s",
        f"sizes {sizes}",
        met=took <= BLOCS,
    )
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        start = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", "comity", "ideal-points", file.name, "--format", "json"],
            capture_output=True,
            check=True,
        )
        took = time.perf_counter() - start
    assert len(msgspec.json.decode(run.stdout)["points"]) == len(found.points)
    say("comity ideal-points, all of the process", f"{took:.1f} s", f"{POINTS:g} s", met=took <= POINTS)


if __name__ == "__main__":
    main()
