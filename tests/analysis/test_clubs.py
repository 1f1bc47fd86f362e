"""Stable clubs: every coalition looked at by the definition, ties, and the climate club of a small world."""

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.coalitions.clubs import MOST_PLAYERS, LinearGains, Region, climate_gains, stable_clubs
from comity.cli.main import main


@st.composite
def games(draw: st.DrawFn) -> LinearGains:
    n = draw(st.integers(0, 6))
    numbers = st.lists(st.integers(-3, 3).map(Fraction), min_size=n, max_size=n).map(tuple)
    return LinearGains(
        players=tuple(f"P{at}" for at in range(n)),
        alone=draw(numbers),
        given=tuple(draw(numbers) for _ in range(n)),
    )


def by_definition(gains: LinearGains) -> set[tuple[str, ...]]:
    found = set()
    n = len(gains.players)
    for size in range(n + 1):
        for members in combinations(range(n), size):
            gain = [gains.alone[k] + sum(gains.given[k][j] for j in members if j != k) for k in range(n)]
            if all(gain[k] >= 0 if k in members else gain[k] <= 0 for k in range(n)):
                found.add(tuple(gains.players[k] for k in members))
    return found


@given(games())
def test_every_stable_club_is_found_and_no_other(gains: LinearGains) -> None:
    found = [club.members for club in stable_clubs(gains)]
    assert set(found) == by_definition(gains)
    assert len(found) == len(set(found))


def payoff(regions: list[Region], members: set[int], k: int, price: Fraction, tariff: Fraction) -> Fraction:
    """What a region has, by the model itself: benefit from all abatement, less its own cost, with its tariffs."""
    world = sum(one.gdp for one in regions)
    one = regions[k]

    def rate(at: int) -> Fraction:
        other = regions[at]
        part = price if at in members else price * other.gdp / world
        return part * other.co2 / other.gdp / (2000 * Fraction("0.837") * other.mckinsey)

    abated = sum(other.co2 * rate(at) for at, other in enumerate(regions))
    total = price * one.gdp / world * abated / 1000 - one.gdp * Fraction("0.837") * one.mckinsey * rate(k) ** 2
    if k in members:
        own = tariff * one.tariff_alpha - tariff**2 * one.tariff_beta
        return total + sum(own * other.exports[k] for at, other in enumerate(regions) if at not in members)
    return total - sum(tariff * regions[at].tariff_alpha * one.exports[at] for at in members)


def world() -> list[Region]:
    """Four invented regions, unlike one another."""
    rows = [(900, 300, "0.01", 4), (2500, 700, "0.02", 7), (400, 350, "0.006", 2), (1500, 90, "0.03", 11)]
    return [
        Region(
            name=f"R{at}",
            gdp=Fraction(gdp),
            co2=Fraction(co2),
            mckinsey=Fraction(cost),
            tariff_alpha=Fraction("0.5"),
            tariff_beta=Fraction("0.6"),
            exports=tuple(Fraction(sold * (other + 1)) if other != at else Fraction(0) for other in range(len(rows))),
        )
        for at, (gdp, co2, cost, sold) in enumerate(rows)
    ]


@pytest.mark.parametrize("price", ["12.5", "50", "100"])
@pytest.mark.parametrize("tariff", ["0", "0.03", "0.1"])
def test_the_gain_from_joining_is_the_difference_that_the_model_makes(price: str, tariff: str) -> None:
    regions, p, t = world(), Fraction(price), Fraction(tariff)
    gains = climate_gains(regions, p, t)
    for size in range(len(regions)):
        for others in combinations(range(len(regions)), size):
            for k in set(range(len(regions))) - set(others):
                joined = payoff(regions, {*others, k}, k, p, t) - payoff(regions, set(others), k, p, t)
                assert joined == gains.alone[k] + sum(gains.given[k][j] for j in others)


def test_whoever_is_exactly_indifferent_stays() -> None:
    nothing = Fraction(0)
    gains = LinearGains(
        players=("A", "B"), alone=(nothing, Fraction(-1)), given=((nothing, nothing), (nothing, nothing))
    )
    assert [club.members for club in stable_clubs(gains)] == [(), ("A",)]


def test_too_many_players_are_refused() -> None:
    n = MOST_PLAYERS + 1
    row = tuple([Fraction(0)] * n)
    with pytest.raises(ValueError, match="too many coalitions"):
        stable_clubs(LinearGains(players=tuple(map(str, range(n))), alone=row, given=(row,) * n))


def written(place: Path, regions: list[Region], **changed: str) -> Path:
    names = ",".join(f"exports_to_{one.name}" for one in regions)
    lines = [changed.get("header", f"region,gdp,co2,abatement_alpha_mckinsey,tariff_alpha,tariff_beta,{names}")]
    for one in regions:
        numbers = (one.gdp, one.co2, one.mckinsey, one.tariff_alpha, one.tariff_beta, *one.exports)
        lines.append(",".join([one.name, *(str(float(number)) for number in numbers)]))
    file = place / "regions.csv"
    file.write_text("\n".join(lines).replace(changed.get("old", "\0"), changed.get("new", "")) + "\n", encoding="utf-8")
    return file


def test_the_command_answers_as_said(tmp_path: Path) -> None:
    file = written(tmp_path, world())
    asked = [str(file), "--price", "25", "--tariff", "0.03", "--format", "json"]
    answer = json.loads(CliRunner().invoke(main, ["club", *asked]).stdout)
    expected = stable_clubs(climate_gains(world(), Fraction(25), Fraction("0.03")))
    assert answer["stable"] == [list(club.members) for club in expected]
    assert answer["unique"] == (len(expected) == 1)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"old": "900.0", "new": "nan"}, {"number-wrong"}),
        ({"old": "900.0", "new": "-1"}, {"number-wrong"}),
        ({"old": "tariff_beta", "new": "beta"}, {"csv-column-missing"}),
        ({"old": "R1,", "new": "R0,"}, {"region-twice"}),
        ({"old": "R3,1500.0,", "new": "R3,"}, {"csv-row-length"}),
    ],
)
def test_a_faulty_table_is_refused_with_its_faults(tmp_path: Path, changed: dict[str, str], codes: set[str]) -> None:
    file = written(tmp_path, world(), **changed)
    result = CliRunner().invoke(main, ["club", str(file), "--price", "25", "--tariff", "0.03", "--format", "json"])
    assert result.exit_code == 2
    assert {finding["code"] for finding in json.loads(result.stdout)["findings"]} >= codes


@pytest.mark.shared
def test_the_published_regions(shared: Path) -> None:
    # Nordhaus (2015): without a penalty on outsiders nobody takes part; at low prices a small tariff brings all in.
    file = shared / "analysis" / "climate_club_regions.csv"
    sizes = []
    for tariff in ("0", "0.05", "0.1"):
        asked = ["club", str(file), "--price", "25", "--tariff", tariff, "--format", "json"]
        answer = json.loads(CliRunner().invoke(main, asked).stdout)
        assert answer["unique"]
        sizes.append(len(answer["stable"][0]))
    assert sizes == [0, 15, 15]
