"""Fair shares asked for: tables with every fault, totals and units told apart, the command, real figures."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import main
from comity.service import Refusal, Register
from comity.service.shares import SharesAnswer, SharesAsked, answer, rule_of
from comity.service.units import AmbiguousUnitError, carbon_dioxide, scale_of

TABLE = """\
actor,year,name,value,unit,source
A,2020,population,70,million,invented
B,2020,population,330,million,invented
C,2020,population,1200,million,invented
A,1990,emissions,600,MtCO2,invented
B,1990,emissions,5000,MtCO2,invented
C,1990,emissions,2000,MtCO2,invented
A,2020,emissions,400,MtCO2,invented
B,2020,emissions,4800,MtCO2,invented
C,2020,emissions,9000,MtCO2,invented
"""
PER_CAPITA = rule_of("equal-per-capita")


def asked(register: Register, data: str, *rules: str, **more: object) -> SharesAnswer:
    said = tuple(rule_of(one) for one in rules or ("equal-per-capita",))
    return answer(register, SharesAsked(data=data, rules=said, **{"total": 100, **more}))  # type: ignore[arg-type]  # fields


def refused(register: Register, data: str, *rules: str, **more: object) -> list[str]:
    with pytest.raises(Refusal) as caught:
        asked(register, data, *rules, **more)
    return [one.code for one in caught.value.findings if one.level == "error"]


def codes(found: SharesAnswer) -> list[str]:
    return [one.code for one in found.findings]


def test_units() -> None:
    for unit, tonnes in {
        "tCO2": 1,
        "t CO2e": 1,
        "MtCO2": 1e6,
        "GtCO2eq": 1e9,
        "Gg of CO2 equivalent": 1e3,
        "Tg CO2": 1e6,
        "kg CO2": 1e-3,
        "million tonnes of CO2": 1e6,
        "million metric tons of carbon dioxide": 1e6,
        "tC": 44 / 12,
        "GtC": 44e9 / 12,
        "thousand metric tons of carbon": 44e3 / 12,
    }.items():
        assert float(carbon_dioxide(unit) or 0) == pytest.approx(tonnes), unit
    for unit in ("Mt", "t", "million tonnes", "Gg", "kt"):
        with pytest.raises(AmbiguousUnitError):
            carbon_dioxide(unit)
    assert [carbon_dioxide(unit) for unit in ("", "US dollars", "persons", "megawatt")] == [None] * 4
    assert [scale_of(unit) for unit in ("million persons", "Billion US dollars", "persons", "")] == [10**6, 10**9, 1, 1]


def test_carbon_is_not_carbon_dioxide(shipped: Register) -> None:
    """The same emissions in two units give the same shares, and it is said; a mass of neither is refused."""
    rules = ("grandfathering", "cumulative-per-capita,since=1990")
    more = {"total": 300, "unit": "GtCO2", "kind": "benefit"}
    first = asked(shipped, TABLE, *rules, **more)
    lines = []
    for line in TABLE.splitlines():
        cells = line.split(",")
        if cells[2] == "emissions":
            cells[3], cells[4] = f"{float(cells[3]) * 12 / 44:.9f}", "MtC"
        lines.append(",".join(cells))
    second = asked(shipped, "\n".join(lines), *rules, **more)
    for one, other in zip(first.rules, second.rules, strict=True):
        assert one.shares == pytest.approx(other.shares)
    assert "unit-converted" in codes(second)
    assert "unit-converted" not in codes(first)
    third = asked(shipped, TABLE, *rules, **(more | {"total": 300 * 12 / 44, "unit": "GtC"}))
    assert third.rules[1].shares == pytest.approx(first.rules[1].shares)
    assert refused(shipped, TABLE.replace("MtCO2", "Mt"), *rules, **more) == ["unit-ambiguous"]
    assert refused(shipped, TABLE.replace("MtCO2", ""), *rules, **more) == ["unit-ambiguous"]
    for unit in ("Gt", "", "US dollars"):
        assert refused(shipped, TABLE, *rules, **(more | {"unit": unit})) == ["unit-ambiguous"]
    assert refused(shipped, TABLE, *rules, **(more | {"unit": "tCO2", "total": 1})) == ["rule-unfit"]


def test_a_total_beside_members_is_left_out_and_told(shipped: Register) -> None:
    found = asked(shipped, TABLE + "World,2020,population,1600,million,invented\nEU27,2020,population,440,million,x\n")
    assert found.actors == ("A", "B", "C")
    assert found.left_out == ("World", "EU27")
    assert "total-among-members" in codes(found)
    # One that bears a name of its own is only suspected.
    whole = "T,2020,population,1660,million,x\nT,2020,emissions,14320,MtCO2,x\nT,1990,emissions,7720,MtCO2,x\n"
    more = "D,2020,population,60,million,x\nD,2020,emissions,120,MtCO2,x\nD,1990,emissions,120,MtCO2,x\n"
    suspected = asked(shipped, TABLE + more + whole)
    assert "T" in suspected.actors
    assert "total-among-members" in codes(suspected)
    assert asked(shipped, TABLE + more + whole, actors=("A", "B", "C", "D")).actors == ("A", "B", "C", "D")


def test_actors_are_known_by_id_name_or_code(shipped: Register) -> None:
    def table(*names: str) -> str:
        return "actor,year,name,value\n" + "".join(f"{name},2020,population,{at}\n" for at, name in enumerate(names, 1))

    found = asked(shipped, table("USA", "France", "Китай", "Germny"))
    assert found.actors == ("USA", "FRA", "CHN")
    unknown = next(one for one in found.findings if one.code == "actor-unknown")
    assert "Germny (DEU" in unknown.says
    assert "source-unstated" in codes(found)
    assert refused(shipped, table("USA", "United States of America", "FRA")) == ["actor-twice"]
    assert refused(shipped, table("USA", "FRA"), actors=("USA", "DEU")) == ["figures-missing"]
    european = asked(shipped, table("FRA", "DEU", "USA", "European Union"))
    assert european.actors == ("FRA", "DEU", "USA")
    assert "total-among-members" in codes(european)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("actor,year,name,value", "actor,year,what,value"), "csv-column-missing"),
        (("A,2020,population,70", "A,2020,population,seventy"), "number-wrong"),
        (("A,2020,population,70", "A,2020,population,nan"), "number-wrong"),
        (("A,2020,population,70", "A,2020,population,-70"), "number-wrong"),
        (("A,2020,population,70", "A,20,population,70"), "number-wrong"),
        (("A,2020,population,70,million", "A,2020,population,70"), "csv-row-length"),
        (("A,1990,emissions", "A,2020,emissions"), "figure-twice"),
        (("A,2020,population,70,million", "A,2020,population,70,thousand"), "unit-mixed"),
    ],
)
def test_what_is_wrong_with_a_table(shipped: Register, change: tuple[str, str], code: str) -> None:
    assert code in refused(shipped, TABLE.replace(*change))


def test_whoever_lacks_a_figure_is_left_out_and_told(shipped: Register) -> None:
    found = asked(shipped, TABLE.replace("B,2020,population,330", "B,2020,population,"), "equal-per-capita", "equal")
    assert found.actors == ("A", "C")
    assert found.left_out == ("B",)
    assert [sum(one.shares) for one in found.rules] == pytest.approx([1, 1])
    assert "figures-missing" in codes(found)
    assert refused(shipped, TABLE, "capability") == ["figures-missing"]
    assert refused(shipped, TABLE, year=2019) == ["figures-missing"]
    # Gaps in a period are told too.
    assert "figures-partial" in codes(asked(shipped, TABLE, "responsibility,since=1990"))


@pytest.mark.parametrize(
    ("rules", "more", "code"),
    [
        (("equal,since=1990",), {}, "parameter-unknown"),
        (("equal", "equal"), {}, "rule-twice"),
        (("proportional",), {}, "shares-malformed"),
        (("equal,floor=0.5",), {}, "rule-unfit"),
        (("responsibility",), {}, "rule-unfit"),
        (("responsibility,since=1990,discount=2",), {}, "number-wrong"),
        (("cumulative-per-capita,since=1990",), {}, "rule-unfit"),
        (("responsibility,since=1990",), {"kind": "benefit"}, "figures-missing"),
        (("mix,parts.equal=1",), {}, "rule-unfit"),
        (("equal",), {"total": 0}, "number-wrong"),
        (("equal",), {"total": float("nan")}, "number-wrong"),
        (("equal",), {"total": 1.5, "step": 1}, "number-wrong"),
        (("equal",), {"sensitivity": True, "samples": 100}, "number-wrong"),
        (("responsibility,since=1990",), {"vary": ()}, ""),
        (("equal",), {"tables": {"emissions": "none-such"}, "year": 2015, "on": "2016-01-01"}, "weights-unknown"),
        (("equal",), {"tables": {"emissions": "paris-ghg"}}, "date-missing"),
    ],
)
def test_what_cannot_be_asked(shipped: Register, rules: Sequence[str], more: dict[str, object], code: str) -> None:
    if not code:
        asked(shipped, TABLE, *rules, **more)
        return
    assert code in refused(shipped, TABLE, *rules, **more)


def test_an_unknown_rule_names_those_there_are() -> None:
    with pytest.raises(Refusal) as caught:
        rule_of("polluter-pays")
    assert "responsibility" in caught.value.findings[0].do


def test_weight_tables_of_the_register(shipped: Register) -> None:
    more = {"tables": {"emissions": "paris-ghg"}, "on": "2016-01-01", "year": 2015}
    found = asked(shipped, "", "grandfathering", **more)
    # The rows add up to 37,168,344 Gg; China's is 7,465,862.
    at = dict(zip(found.actors, found.rules[0].shares, strict=True))
    assert at["CHN"] == pytest.approx(7465862 / 37168344)
    assert any("UNFCCC" in source for source in found.sources)


def test_what_moves_the_shares(shipped: Register) -> None:
    rules = ("equal-per-capita", "responsibility,since=1990", "mix,parts.equal-per-capita=1,parts.responsibility=1")
    found = asked(shipped, TABLE, *rules, sensitivity=True, samples=16, seed=3)
    assert [one.rule for one in found.sensitivity] == ["responsibility", "mix"]
    assert {one.choice for one in found.sensitivity[0].influences} == {
        "responsibility.since",
        "responsibility.discount",
    }
    assert (
        found.plain()["sensitivity"]
        == asked(shipped, TABLE, *rules, sensitivity=True, samples=16, seed=3).plain()["sensitivity"]
    )
    steps: list[tuple[int, int]] = []
    said = SharesAsked(data=TABLE, total=1, rules=tuple(map(rule_of, rules)), sensitivity=True, samples=16)
    answer(shipped, said, lambda done, every: steps.append((done, every)))
    assert steps[-1] == (16 * 4 + 16 * 6, 16 * 4 + 16 * 6)


# The command


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["shares", *words])


@pytest.mark.usefixtures("read_once")
def test_the_command(tmp_path: Path) -> None:
    table = tmp_path / "figures.csv"
    table.write_text(TABLE)
    (tmp_path / "ask.toml").write_text(
        'data = "figures.csv"\ntotal = 1000\nunit = "doses"\nkind = "benefit"\nstep = 1\n'
        '[[rules]]\nrule = "equal"\n[[rules]]\nrule = "equal-per-capita"\nfloor = 0.1\n'
    )
    found = json.loads(run(str(tmp_path / "ask.toml"), "--format", "json").stdout)
    assert found["rules"][0]["amounts"] == {"A": 334, "B": 333, "C": 333}
    assert sum(found["rules"][1]["amounts"].values()) == 1000
    assert found["rules"][1]["amounts"]["A"] == 100
    same = run("--data", str(table), "--total", "1000", "--step", "1", "--kind", "benefit", "--rule", "equal")
    assert json.loads(same.stdout)["rules"][0]["amounts"] == {"A": 334, "B": 333, "C": 333}
    told = run(str(tmp_path / "ask.toml"), "--format", "table", "--compare", "--sensitivity", "--samples", "16")
    assert "Nearest to consensus" in told.stdout
    rows = list(csv.DictReader(io.StringIO(run(str(tmp_path / "ask.toml"), "--format", "csv").stdout)))
    assert len(rows) == 6
    assert {row["rank"] for row in rows} == {"1", "2"}
    moved = run("--data", str(table), "--total", "1", "--rule", "responsibility,since=1990", "--samples", "16",
                "--vary", "responsibility.discount=0:0.05", "--format", "table")  # fmt: skip
    assert "discount" in moved.stdout


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--total", "5"), "parameter-missing"),
        (("--total", "5", "--rule", "equal"), "csv-empty"),
        (("--total", "5", "--rule", "equal", "--table", "x"), "pair-wrong"),
        (("--total", "5", "--rule", "equal", "--vary", "x"), "pair-wrong"),
        (("--total", "5", "--rule", "equal", "--data", "none.csv"), "file-unreadable"),
        (("none.toml",), "file-unreadable"),
    ],
)
def test_what_the_command_refuses(words: Sequence[str], code: str) -> None:
    found = run(*words, "--format", "json")
    assert found.exit_code == 2
    assert [one["code"] for one in json.loads(found.stdout)["findings"]] == [code]


@pytest.mark.usefixtures("read_once")
def test_files_that_ask_for_nothing(tmp_path: Path) -> None:
    for text, code in (("total =", "toml-malformed"), ("total = 1\nrules = []\nwhole = 1", "shares-malformed")):
        (tmp_path / "ask.toml").write_text(text)
        found = run(str(tmp_path / "ask.toml"), "--format", "json")
        assert [one["code"] for one in json.loads(found.stdout)["findings"]] == [code]


# Real figures


def _long(path: Path, name: str, unit: str, since: int, by: str = "Country Name") -> str:
    """A table of the World Bank's form, as rows of ours."""
    with gzip.open(path, "rt") as file:
        rows = [row for row in csv.DictReader(file) if int(row["Year"]) >= since and row["Value"]]
    return "".join(f'"{row[by]}",{row["Year"]},{name},{row["Value"]},{unit}\n' for row in rows)


@pytest.mark.shared
def test_real_figures_with_totals_among_them(shared: Path, shipped: Register) -> None:
    """About fifty totals stand among the countries of the World Bank's tables; all are left out and told."""
    data = "actor,year,name,value,unit\n" + _long(shared / "evidence" / "population.csv.gz", "population", "", 2019)
    data += _long(shared / "evidence" / "gdp.csv.gz", "gdp", "US dollars", 2019)
    found = asked(shipped, data, "equal-per-capita", "capability,threshold=7500", source="World Bank", year=2020)
    assert 180 <= len(found.actors) <= 200
    assert all(code in shipped.reading.directory.actors for code in found.actors)
    for total in ("World", "European Union", "Euro area", "OECD members", "High income", "Sub-Saharan Africa"):
        assert total in found.left_out
    assert {"total-among-members", "figures-missing"} <= set(codes(found))


@pytest.mark.shared
def test_real_figures_by_code(shared: Path, shipped: Register) -> None:
    """By code every State is known, and the codes of totals are nobody's."""
    data = "actor,year,name,value,unit\n"
    data += _long(shared / "evidence" / "population.csv.gz", "population", "", 2019, "Country Code")
    found = asked(shipped, data, source="World Bank", year=2020)
    at = dict(zip(found.actors, found.rules[0].shares, strict=True))
    # 1.41 and .33 of 7.8 thousand million.
    assert at["CHN"] == pytest.approx(0.18, abs=0.005)
    assert at["USA"] == pytest.approx(0.0425, abs=0.001)
    assert {"WLD", "EUU", "OED", "HIC", "SSF"} <= set(found.left_out)


@pytest.mark.shared
def test_real_emissions_in_carbon_units(shared: Path, shipped: Register) -> None:
    with gzip.open(shared / "evidence" / "fossil_co2_cdiac_carbon_units.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if int(row["Year"]) >= 1992 and row["Total"]]

    def table(unit: str) -> str:
        lines = (f'"{row["Country"].title()}",{row["Year"]},emissions,{row["Total"]},{unit}' for row in rows)
        return "\n".join(["actor,year,name,value,unit", *lines])

    assert "unit-ambiguous" in refused(shipped, table("thousand metric tons"), "grandfathering")
    more = {"actors": ("India", "Germany", "Brazil"), "year": 2014}
    found = asked(shipped, table("thousand metric tons of carbon"), "responsibility,since=1992", **more)
    assert set(found.actors) == {"BRA", "DEU", "IND"}
    assert "unit-converted" in codes(found)
