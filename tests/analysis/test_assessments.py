"""The scale of assessments: its steps by hand, its bounds, and the rates that the General Assembly adopted."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.shares.assessments import STEPS, machine_scale, scale
from comity.analysis.shares.dividing import BoundsError
from comity.analysis.shares.panel import Panel
from comity.analysis.shares.sharing import SharingRule
from comity.service import Register

RULE = SharingRule(rule="assessment-scale")


def steps(
    income: list[float], people: list[float], debt: list[float] | None = None, rule: SharingRule = RULE
) -> dict[str, list[float]]:
    found = machine_scale(
        np.array(income), np.array(people), np.array(debt or [0.0] * len(income)), np.zeros(len(income), bool), rule
    )
    return {name: [round(float(rate), 6) for rate in rates] for name, rates in zip(STEPS, found, strict=True)}


def test_the_steps_by_hand() -> None:
    """The average is 10 a person. The second has 7.5, a quarter less: 80% of a quarter of its 150 is 30. The third has
    5: 80% of half of its 50 is 20. The first bears these 50."""
    free = SharingRule(rule="assessment-scale", largest_rate=1.0)
    found = steps([300, 150, 50], [20, 20, 10], rule=free)
    assert found["income"] == [0.6, 0.3, 0.1]
    assert found["low income"] == [0.7, 0.24, 0.06]
    # The largest rate: what the first does not pay goes to the others in proportion.
    assert steps([300, 150, 50], [20, 20, 10], rule=SharingRule(rule="assessment-scale", largest_rate=0.5))[
        "largest rate"
    ] == [0.5, 0.4, 0.1]


def test_who_is_at_the_largest_rate_bears_no_points_of_others() -> None:
    """The first two are above the average of 10. The first pays the largest rate whatever it bears, so that the second
    bears the 20 of the third: 100 + 20 and 30, and the rest of the first one's in proportion."""
    found = steps([400, 100, 50], [35, 10, 10], rule=SharingRule(rule="assessment-scale", largest_rate=0.5))
    assert found["low income"] == [round(400 / 550, 6), round(120 / 550, 6), round(30 / 550, 6)]
    assert found["largest rate"] == [0.5, 0.4, 0.1]


def test_bounds_that_leave_no_room() -> None:
    with pytest.raises(BoundsError, match="do not add up"):
        steps([300, 150, 50], [20, 20, 10])  # three of at most 22%


def test_an_eighth_of_the_debt_is_no_income() -> None:
    free = SharingRule(rule="assessment-scale", largest_rate=1.0, gradient=0.0)
    assert steps([100, 100], [10, 10], [160, 0], rule=free)["debt"] == [round(80 / 180, 6), round(100 / 180, 6)]
    rich = SharingRule(rule="assessment-scale", largest_rate=1.0, gradient=0.0, debt_threshold=5)
    assert steps([100, 100], [10, 10], [160, 0], rule=rich)["debt"] == [0.5, 0.5]


members = st.lists(st.tuples(st.floats(1e3, 2e4), st.floats(100, 2000), st.booleans()), min_size=12, max_size=40)


@given(members)
def test_rates_add_up_and_keep_to_their_bounds(rows: list[tuple[float, float, bool]]) -> None:
    income, people, poorest = (np.array(column) for column in zip(*rows, strict=True))
    rule = SharingRule(rule="assessment-scale", least_rate=0.001, poorest_rate=0.01)
    for rates in machine_scale(income, people, np.zeros(len(rows)), poorest & (np.arange(len(rows)) > 5), rule):
        assert rates.sum() == pytest.approx(1)
        assert (rates >= 0).all()
    last = machine_scale(income, people, np.zeros(len(rows)), np.zeros(len(rows), np.bool_), rule)
    assert last[3].min() >= 0.001 - 1e-9


RATES = ((2019, 2011, 2016, 0.025), (2022, 2014, 2019, 0.031))


@pytest.mark.shared
@pytest.mark.parametrize(("year", "first", "last", "moved"), RATES)
def test_the_rates_the_general_assembly_adopted(
    shared: Path, shipped: Register, year: int, first: int, last: int, moved: float
) -> None:
    """Rates for 2019–2021 and 2022–2024, from gross domestic product as the World Bank gives it in place of the gross
    national income that the Committee had, and without debts: no more than about 3% of all dues lie elsewhere."""
    directory = shipped.reading.directory
    adopted: dict[str, float] = {}
    with gzip.open(shared / "evidence" / "un_regular_budget_contributors_2019_2026.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            code = directory.named(row["name"])
            if int(row["year"]) == year and len(code) == 1:
                adopted[next(iter(code))] = float(row["assessment_rate"])
    assert len(adopted) == 193
    assert sum(adopted.values()) == pytest.approx(100)
    tables = {name: _table(shared / "evidence" / f"{name}.csv.gz") for name in ("gdp", "population")}
    with (shared / "actors" / "groups" / "ldc.csv").open() as file:
        poorest = {row["Code"] for row in csv.DictReader(file)}
    years = range(first, last + 1)
    actors = tuple(
        sorted(
            one
            for one in adopted
            if any((one, at) in tables["gdp"] for at in years) and (one, last) in tables["population"]
        )
    )
    assert len(actors) >= 191
    values = {
        name: np.array([[table.get((one, at), np.nan) for at in years] for one in actors])
        for name, table in tables.items()
    }
    values["ldc"] = np.array([[float(one in poorest) for _ in years] for one in actors])
    panel = Panel(actors=actors, first=first, values=values)
    found = 100 * scale(panel, SharingRule(rule="assessment-scale", of="gdp"), last).rates
    rates = np.array([adopted[one] for one in actors])
    assert np.corrcoef(found, rates)[0, 1] > 0.998
    assert np.abs(found / found.sum() - rates / rates.sum()).sum() / 2 < moved
    at = {one: float(rate) for one, rate in zip(actors, found, strict=True)}
    assert at["USA"] == pytest.approx(22)
    assert at["BGD"] == pytest.approx(0.01)
    assert at["TUV"] == pytest.approx(0.001)
    assert at["GBR"] == pytest.approx(adopted["GBR"], rel=0.02)


def _table(path: Path) -> dict[tuple[str, int], float]:
    with gzip.open(path, "rt") as file:
        return {
            (row["Country Code"], int(row["Year"])): float(row["Value"]) for row in csv.DictReader(file) if row["Value"]
        }
