"""Reforms of a rule: who gains, other quotas, other votes; against published figures and every game there is."""

import json
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from comity.analysis.voting.counting import swings_below
from comity.analysis.voting.reweighting import best_quota, design, every_game, penrose
from comity.cli.main import main
from comity.service import Refusal, open_register
from comity.service.powers import power
from comity.service.reforms import DesignAsked, QuotaAsked, StudyAsked, design_votes, fraction, study, sweep

LISBON = date(2014, 11, 1)

# Population in thousands of the 27 of the Treaty of Nice, as Bilbao and others had them (test_power).
POPULATION = (
    *(82038, 59247, 58966, 57612, 39394, 38667, 22489, 15760, 10533, 10290, 10213, 10092, 9980, 8854, 8230, 8082, 5393),
    *(5313, 5160, 3744, 3701, 2439, 1978, 1446, 752, 429, 379),
)


# Compared


def test_two_days_are_compared_member_by_member() -> None:
    found = study(open_register(), StudyAsked(rule="eu-council-qmv", on=date(2014, 10, 31), then=LISBON))
    before = {one.actor: one for one in power(open_register(), "eu-council-qmv", "2014-10-31").power.members}
    after = {one.actor: one for one in power(open_register(), "eu-council-qmv", "2014-11-01").power.members}
    by_actor = {one.actor: one for one in found.shifts}
    germany = by_actor["DEU"]
    assert (germany.before, germany.after) == (before["DEU"].banzhaf_normalised, after["DEU"].banzhaf_normalised)
    assert germany.change == (germany.after or 0) - (germany.before or 0)
    assert germany.relative == pytest.approx((germany.after or 0) / (germany.before or 1) - 1)
    assert germany.shapley_change == (after["DEU"].shapley or 0) - (before["DEU"].shapley or 0)
    # From votes to population: Germany gains most, Poland loses most.
    assert (found.shifts[0].actor, found.shifts[-1].actor) == ("DEU", "POL")
    assert sum(one.change for one in found.shifts) == pytest.approx(0, abs=1e-12)


def test_who_leaves_has_no_share_after() -> None:
    found = study(open_register(), StudyAsked(rule="eu-council-qmv", on=date(2020, 1, 31), then=date(2020, 2, 1)))
    last = found.shifts[-1]
    assert (last.actor, last.after, last.relative) == ("GBR", None, -1)


def test_power_is_divided_by_a_table_of_the_register_or_one_brought() -> None:
    text = "# unit: persons\nactor,weight\nDEU,3\nFRA,1\n"
    found = study(open_register(), StudyAsked(rule="eu-council-simple", on=LISBON, per_text=text))
    by_actor = {one.actor: one for one in found.divided}
    assert found.per_unit == "persons"
    assert by_actor["DEU"].part == 0.75
    assert by_actor["DEU"].ratio == pytest.approx(1 / 28 / 0.75)
    assert by_actor["MLT"].ratio is None
    known = study(open_register(), StudyAsked(rule="eu-council-qmv", on=LISBON, per="eu-population"))
    assert sum(one.part or 0 for one in known.divided) == pytest.approx(1)
    # Citizens of small States have more power each.
    ratios = {one.actor: one.ratio or 0 for one in known.divided}
    assert ratios["MLT"] > ratios["NLD"] > ratios["DEU"]
    with pytest.raises(Refusal, match="no weights are called"):
        study(open_register(), StudyAsked(rule="eu-council-qmv", on=LISBON, per="gold"))
    with pytest.raises(Refusal):
        study(open_register(), StudyAsked(rule="eu-council-qmv", on=LISBON, per_text="actor,weight\nDEU,-1\n"))


def test_the_smallest_coalitions_of_the_security_council() -> None:
    found = study(open_register(), StudyAsked(rule="unsc-substantive", on=date(2022, 6, 1), blocking=True)).coalitions
    assert found is not None
    assert (found.winning_size, found.blocking_size) == (9, 1)
    assert found.blocking == (("CHN",), ("FRA",), ("GBR",), ("RUS",), ("USA",))
    permanent = {"CHN", "FRA", "GBR", "RUS", "USA"}
    assert all(permanent < set(one) for one in found.winning)


# Quotas


def test_power_moves_with_the_quota() -> None:
    found = sweep(open_register(), QuotaAsked(rule="imf-85", on=date(2022, 6, 1), start="0.5", end="0.85", points=8))
    assert [one.exact for one in found.points][:2] == ["0.5", "0.55"]
    exact = power(open_register(), "imf-85", "2022-06-01", ("banzhaf",)).power
    last = found.points[-1]
    for share, one in zip(last.shares, exact.members, strict=True):
        assert abs(share - (one.banzhaf_normalised or 0)) <= last.within
    usa = found.members.index("USA")
    # The largest member has more than its share of the votes at a simple majority, and far less at a large one.
    assert found.points[0].shares[usa] > 831401 / 5039930 > last.shares[usa]
    adopted = [one.collectivity for one in found.points]
    assert adopted == sorted(adopted, reverse=True)


def test_a_sweep_passes_through_the_rule_as_it_is() -> None:
    asked = QuotaAsked(rule="eu-council-qmv", on=LISBON, start="55%", end="75%", points=3)
    found = sweep(open_register(), asked)
    assert (found.condition, found.now) == (2, "0.65")
    exact = power(open_register(), "eu-council-qmv", "2014-11-01").power
    assert found.points[1].shares == tuple(one.banzhaf_normalised for one in exact.members)


@pytest.mark.parametrize(
    "asked",
    [
        {"start": "0.9", "end": "0.5"},
        {"points": 1},
        {"points": 10**6},
        {"start": "some"},
        {"condition": 9},
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        sweep(open_register(), QuotaAsked(rule="imf-85", on=date(2022, 6, 1), **asked))  # type: ignore[arg-type]  # faults


def test_parts_are_read_as_people_write_them() -> None:
    assert fraction("62%") == fraction("0.62") == fraction("31/50") == Fraction(31, 50)


# Votes


def test_every_weighted_game_of_a_few_members_is_tried() -> None:
    # So many there are up to the order of the members, those apart in which nobody or everybody wins (Kurz, On minimum
    # sum representations for weighted voting games, Annals of Operations Research 196, 2012).
    for n, number in ((2, 3), (3, 8), (4, 25), (5, 117), (6, 1111)):
        coalitions = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
        sums: dict[tuple[int, ...], np.ndarray] = {}
        games = set()
        for votes, quota in every_game(n):
            if votes not in sums:
                sums[votes] = coalitions @ np.array(votes)
            games.add((sums[votes] >= quota).tobytes())
        assert len(games) == number


def test_few_members_have_the_nearest_votes_there_are() -> None:
    found = design([0.4, 0.3, 0.2, 0.1])
    assert found.proved
    # By hand: Banzhaf shares (5, 3, 3, 1)/12 belong to the rule [4; 3, 2, 2, 1].
    assert found.shares == pytest.approx([5 / 12, 3 / 12, 3 / 12, 1 / 12])
    swings = {
        name: sum(
            sum(votes) < found.quota <= sum(votes) + found.votes[name]
            for size in range(4)
            for votes in combinations([found.votes[at] for at in range(4) if at != name], size)
        )
        for name in range(4)
    }
    assert [part / sum(swings.values()) for part in swings.values()] == pytest.approx(found.shares)


def test_the_jagiellonian_compromise() -> None:
    # Słomczyński and Życzkowski: square-root votes are power at a quota of some 61.5% for the 27.
    assert 0.61 < best_quota(POPULATION) < 0.62
    wanted = np.array(penrose(POPULATION))
    votes = [round(part * 20_000) for part in wanted]

    def away(quota: float) -> float:
        swings, _ = swings_below(votes, round(quota * sum(votes)))
        shares = np.array([one / sum(swings) for one in swings])
        return float(((shares - wanted) ** 2).sum())

    quotas = [part / 1000 for part in range(560, 700, 5)]
    assert abs(min(quotas, key=away) - best_quota(POPULATION)) < 0.005


def test_votes_are_found_for_a_power_wanted() -> None:
    found = design(POPULATION, Fraction(62, 100))
    assert not found.proved
    assert found.largest < 1e-3
    swings, _ = swings_below(found.votes, found.quota)
    assert [one / sum(swings) for one in swings] == pytest.approx(found.shares, abs=1e-12)
    assert found.distance == pytest.approx(
        sum((a - b / sum(POPULATION)) ** 2 for a, b in zip(found.shares, POPULATION, strict=True)) ** 0.5
    )


@pytest.mark.parametrize(
    "asked",
    [{"weights": "gold"}, {"weights": "eu-population", "total": 1}, {"weights": "eu-population", "quota": "3/2"}],
)
def test_a_design_that_makes_no_sense_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        design_votes(open_register(), DesignAsked(on=LISBON, **asked))  # type: ignore[arg-type]  # faults


# Commands


def run(*args: str) -> dict[str, object]:
    done = CliRunner().invoke(main, [*args, "--format", "json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_commands_tell_it(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("actor,weight\nFRA,65\nDEU,80\n", encoding="utf-8")
    found = run(
        *("power", "--rule", "eu-council-qmv", "--on", "2014-10-31", "--compare", "2014-11-01"),
        *("--per", str(people), "--blocking"),
    )
    assert {"rule", "members", "winning", "method", "compared", "changes", "per", "coalitions"} <= set(found)
    other = run("power", "--rule", "unga-simple", "--on", "2020-01-01", "--compare", "unga-important@2021-01-01")
    assert other["compared"]["rule"] == "unga-important"  # type: ignore[index]  # JSON
    swept = run("quota", "eu-council-qmv", "--on", "2014-11-01", "--from", "0.6", "--to", "0.7", "--points", "2")
    assert len(swept["points"]) == 2  # type: ignore[arg-type]  # JSON
    made = run("design", str(people), "--quota", "0.6", "--on", "2014-11-01", "--votes", "100")
    assert {"members", "quota", "votes", "distance", "proved_nearest"} <= set(made)
    done = CliRunner().invoke(main, ["power", "--rule", "imf-85", "--compare", "2014-99-01"])
    assert done.exit_code == 2
