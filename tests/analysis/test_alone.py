"""Cooperate or go alone: against definitions worked out set by set, and the model's own gains from joining."""

import csv
import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.coalitions.alone import cooperate_or_not
from comity.analysis.coalitions.climate import climate_payoffs
from comity.analysis.coalitions.clubs import climate_gains, stable_clubs
from comity.analysis.coalitions.models import model_formula
from comity.analysis.coalitions.stability import from_formula, from_table, stability
from comity.cli.main import main
from comity.service import Refusal, Register
from comity.service.alone import AloneAsked, answer
from comity.service.methods import METHODS
from comity.service.regions import read_regions, regions_of

REGIONS = str(METHODS["alone"].example["text"])
GOOD = {
    "players": [
        {"name": "A", "parameters": {"b": 3, "c": 1}},
        {"name": "B", "parameters": {"b": 2, "c": 0.5}},
        {"name": "C", "parameters": {"b": 1, "c": 1}},
    ],
    "model": "public-good",
}


@given(st.lists(st.lists(st.integers(-2, 2).map(Fraction), min_size=3, max_size=3), min_size=8, max_size=8))
def test_each_answer_is_that_of_the_definition(table: list[list[Fraction]]) -> None:
    found = cooperate_or_not(from_table(("A", "B", "C"), table), "A", {"B": 1}, most=9)
    gains = {state: table[state | 1][0] - table[state][0] for state in (0, 2, 4, 6)}
    joining = [state for state in gains if gains[state] > 0]
    assert (found.nothing, found.choice.inside, found.choice.outside) == (table[0][0], table[3][0], table[2][0])
    assert found.choice.others == table[3][1] - table[2][1]
    assert found.choice.transfer == max(Fraction(0), -gains[2])
    assert (found.joins, found.sets) == (len(joining), 4)
    fewest = [state for state in joining if state.bit_count() == min(one.bit_count() for one in joining)]
    named = {0: set(), 2: {"B"}, 4: {"C"}, 6: {"B", "C"}}
    assert [set(one) for one in found.fewest] == [named[state] for state in fewest]
    assert found.cheapest.gain == max(gains.values())
    turns = {name for name, other in (("B", 0), ("C", 6)) if (gains[other] > 0) != (gains[2] > 0)}
    assert set(found.pivotal) == turns
    with_clause = [sum(table[s | 1][0] > table[0][0] for s in gains if s.bit_count() == size) for size in range(3)]
    assert [one.joins_with_clause for one in found.by_size] == with_clause


def test_of_countries_alike_the_third_is_the_last_to_gain_nothing_by_staying_out() -> None:
    # Barrett (1994), linear benefit and quadratic cost: a third gains exactly nothing by joining two, a fourth loses.
    payoffs = from_formula(
        ("country",), model_formula("public-good", {"b": (Fraction(1),), "c": (Fraction(1),)}), (10,)
    )
    gains = [cooperate_or_not(payoffs, "country", {"country": m}).choice.gain for m in range(4)]
    assert [(one > 0) - (one < 0) for one in gains] == [0, 1, 0, -1]
    found = cooperate_or_not(payoffs, "country")
    # As the last of a clause it compares being in with nothing at all, and joins whatever the size from two up.
    assert [one.joins_with_clause for one in found.by_size] == [0] + [1] * 9
    assert found.choice.affordable


def test_payoffs_of_the_climate_club_give_its_gains_and_its_clubs() -> None:
    regions = regions_of(REGIONS)
    for price, tariff in ((25, Fraction(3, 100)), (50, Fraction(0)), (100, Fraction(1, 10))):
        gains, payoffs = (make(regions, Fraction(price), tariff) for make in (climate_gains, climate_payoffs))
        for k, one in enumerate(regions):
            rest = [j for j in range(3) if j != k]
            for others in (who for size in range(3) for who in combinations(rest, size)):
                found = cooperate_or_not(payoffs, one.name, {regions[j].name: 1 for j in others}).choice
                assert found.gain == gains.alone[k] + sum((gains.given[k][j] for j in others), Fraction(0))
        clubs = {frozenset(one.members) for one in stable_clubs(gains)}
        stable = [int(state) for state in np.flatnonzero(stability(payoffs).stable)]
        assert {frozenset(one.name for k, one in enumerate(regions) if s >> k & 1) for s in stable} == clubs


def test_tariffs_only_move_goods_not_the_climate_without_a_price() -> None:
    regions = regions_of(REGIONS)
    payoffs = climate_payoffs(regions, Fraction(0), Fraction(1, 10))
    found = cooperate_or_not(payoffs, "A", {"B": 1}).choice
    # Outside, A loses τ · α_B of what it sells to B; inside it has (τ · α_A - τ² · β_A) of what C sells to it.
    assert found.outside == -Fraction(1, 10) * Fraction("0.5") * 310
    assert found.inside == (Fraction(1, 10) * Fraction("0.5") - Fraction("0.01") * Fraction("0.6")) * 560


def test_the_fifteen_regions_are_whole(shared: Path) -> None:
    regions = read_regions(shared / "analysis" / "climate_club_regions.csv")
    gains, payoffs = (make(regions, Fraction(25), Fraction(3, 100)) for make in (climate_gains, climate_payoffs))
    for k, one in enumerate(regions):
        every = sum((gains.given[k][j] for j in range(15) if j != k), gains.alone[k])
        assert cooperate_or_not(payoffs, one.name).choice.gain == every


def test_scenarios_and_faults(shipped: Register) -> None:
    found = answer(shipped, AloneAsked(text=REGIONS, actor="B", price=(25, 50), tariff=(0, 0.03), clauses=("", "3")))
    assert len(found.outlooks) == 8
    assert found.plain()["joins"] == sum(one.found.choice.gain > 0 for one in found.outlooks)
    for asked, code in (
        (AloneAsked(text=REGIONS, actor="B"), "alone-regime"),
        (AloneAsked(text=json.dumps(GOOD), actor="B", price=(1,), tariff=(0,)), "alone-regime"),
        (AloneAsked(text=json.dumps(GOOD), actor="Z"), "coalitions-unknown"),
        (AloneAsked(text=json.dumps(GOOD), actor="A", partners=("A",)), "coalitions-unknown"),
        (AloneAsked(text=REGIONS, actor="B", price=(1,) * 40, tariff=(0,) * 40), "alone-too-many"),
    ):
        with pytest.raises(Refusal) as caught:
            answer(shipped, asked)
        assert [one.code for one in caught.value.findings] == [code]


@pytest.mark.usefixtures("read_once")
def test_the_command_tells_a_row_a_scenario(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(json.dumps(GOOD), encoding="utf-8")
    other.write_text(json.dumps(GOOD).replace('"b": 3,', '"b": 30,'), encoding="utf-8")
    command = ["alone", str(one), "--actor", "B", "--scenario", str(other), "--partners", "C", "--format"]
    rows = list(csv.DictReader(CliRunner().invoke(main, [*command, "csv"]).output.splitlines()))
    assert [row["scenario"] for row in rows] == ["one", "other"]
    # Two with b 2 and 1, c 1/2 and 1: together 3, so Q = 3 + 6 + 3 = 12 and B has 24 - 9; outside Q = 3 + 4 + 1 = 8,
    # and B has 16 - 4.
    assert (rows[0]["inside"], rows[0]["outside"], rows[0]["joins"]) == ("15.0", "12.0", "True")
    said = CliRunner().invoke(main, [*command, "table"]).output
    assert "B joins in 2 of 2 scenarios." in said
