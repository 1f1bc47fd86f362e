"""Entry into force of Paris and Kyoto, day by day, from the acts and weights as published."""

import csv
import gzip
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from comity.rules import FixedSetting, GroundRule, Tally, WeightTable, check_proof, ground, holds, missing, parse_rule

CONSENT = {"ratification", "acceptance", "approval", "accession"}


def table(path: Path) -> WeightTable:
    total, rows = None, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# total:"):
            total = Fraction(line.removeprefix("# total:").strip())
        elif not line.startswith(("#", "actor")):
            actor, weight = line.split(",")[:2]
            rows[actor] = Fraction(weight)
    return WeightTable(rows=rows, total=total)


def consents(shared: Path, treaty: str) -> dict[date, set[str]]:
    """Who deposited on which day; regional organizations left out, for they do not count beside their members."""
    days: dict[date, set[str]] = {}
    with gzip.open(shared / "treaties" / "curated_acts.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["treaty"] == treaty and row["act"] in CONSENT and row["iso3"] not in {"EUU", "EU", "EUE"}:
                days.setdefault(date.fromisoformat(row["date"]), set()).add(row["iso3"])
    if treaty == "PARIS":
        # A table of latest statuses knows only the acceptance of 2021; the first was on 2016-09-03.
        days.setdefault(date(2016, 9, 3), set()).add("USA")
    return days


def double(root: Path, weights: str) -> GroundRule:
    rule = parse_rule({"all": [{"count": 55}, {"share": "0.55", "of": weights}]}, path="when", in_instrument=True)
    setting = FixedSetting(tables={weights: table(root / "public" / "weights" / f"{weights}.csv")})
    return ground(rule, setting, date(2016, 10, 5))


def first_met(rule: GroundRule, days: dict[date, set[str]]) -> date | None:
    so_far: set[str] = set()
    for day in sorted(days):
        so_far |= days[day]
        if holds(rule, Tally.of_consents(so_far)):
            return day
    return None


@pytest.mark.shared
@pytest.mark.parametrize(
    ("treaty", "weights", "met"),
    [("PARIS", "paris-ghg", date(2016, 10, 5)), ("KYOTO", "kyoto-annex-i-1990", date(2004, 11, 18))],
)
def test_the_day_the_double_threshold_was_met(root: Path, shared: Path, treaty: str, weights: str, met: date) -> None:
    # In force 30 and 90 days later: on 2016-11-04 and 2005-02-16.
    assert first_met(double(root, weights), consents(shared, treaty)) == met


@pytest.mark.shared
def test_what_paris_lacked_before_china_and_the_united_states(root: Path, shared: Path) -> None:
    """On 2016-09-02, the day before the two deposited, few States had consented, and with small emissions."""
    days = consents(shared, "PARIS")
    rule = double(root, "paris-ghg")
    so_far = frozenset[str]().union(*(who for day, who in days.items() if day < date(2016, 9, 3)))
    everybody = frozenset[str]().union(*days.values())
    tally = Tally.of_consents(so_far, everybody)
    answer = missing(rule, tally, everybody)
    assert answer.size == 55 - len(so_far)
    assert len(answer.smallest) == 10
    assert check_proof(rule, tally, everybody, answer)
