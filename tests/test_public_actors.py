"""The actors, groups, weights and rules that ship, against what the institutions themselves publish."""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from comity.actors import LANGUAGES, Actor, Directory, Group
from comity.instruments import DecisionRule
from comity.notation.directory_file import parse_actor, parse_groups, print_actor, print_group
from comity.notation.rule_file import parse_decision_rule, print_decision_rule
from comity.notation.tables import Faults
from comity.notation.toml import load
from comity.notation.weights_file import Weights, parse_weights, print_weights
from comity.rules import FixedSetting, PartiesTo, Tally, WeightTable, ground, holds, names

PUBLIC = Path(__file__).resolve().parent.parent / "public"
TODAY = date(2026, 6, 1)
# New Year's Day and midsummer of every year: no list below changes twice in between without being seen on one of them.
DAYS = tuple(date(year, month, 1) for year in range(1946, 2027) for month in (1, 7))
SCRIPTS = {"ar": "ARABIC", "ru": "CYRILLIC", "zh": "CJK", "en": "LATIN", "es": "LATIN", "fr": "LATIN"}


def on(text: str) -> date:
    return date.fromisoformat(text)


def body(text: str) -> str:
    """A file without the comment at its head, which the printer does not know."""
    return text.split("\n\n", 1)[1]


@pytest.fixture(scope="module")
def actors() -> dict[str, Actor]:
    text = (PUBLIC / "actors.toml").read_text(encoding="utf-8")
    tables, findings = load(text, "actors.toml")
    assert not findings
    faults = Faults("actors.toml", text)
    found: dict[str, Actor] = {}
    for code, fields in tables.items():
        assert isinstance(fields, dict)
        found[code] = parse_actor(code, fields, faults)
    assert not faults.findings
    return found


@pytest.fixture(scope="module")
def groups() -> dict[str, Group]:
    found, findings = parse_groups((PUBLIC / "groups.toml").read_text(encoding="utf-8"), "groups.toml")
    assert not findings
    return {group.id: group for group in found}


@pytest.fixture(scope="module")
def weights() -> dict[str, Weights]:
    found: dict[str, Weights] = {}
    for path in sorted((PUBLIC / "weights").glob("*.csv")):
        table, findings = parse_weights(path.read_text(encoding="utf-8"), path.name, path.stem)
        assert not findings
        assert table is not None
        found[path.stem] = table
    return found


@pytest.fixture(scope="module")
def rules() -> dict[str, DecisionRule]:
    found: dict[str, DecisionRule] = {}
    for path in sorted((PUBLIC / "rules").glob("*.toml")):
        rule, findings = parse_decision_rule(path.read_text(encoding="utf-8"), path.name, path.stem)
        assert not findings
        assert rule is not None
        found[path.stem] = rule
    return found


# The files ------------------------------------------------------------------------------------------------------


def test_files_are_canonical(
    actors: dict[str, Actor], groups: dict[str, Group], weights: dict[str, Weights], rules: dict[str, DecisionRule]
) -> None:
    assert body((PUBLIC / "actors.toml").read_text(encoding="utf-8")) == "\n".join(map(print_actor, actors.values()))
    assert body((PUBLIC / "groups.toml").read_text(encoding="utf-8")) == "\n".join(map(print_group, groups.values()))
    assert list(actors) == sorted(actors)
    assert list(groups) == sorted(groups)
    for name, table in weights.items():
        assert (PUBLIC / "weights" / f"{name}.csv").read_text(encoding="utf-8") == print_weights(table)
    for name, rule in rules.items():
        assert (PUBLIC / "rules" / f"{name}.toml").read_text(encoding="utf-8") == print_decision_rule(rule)


def test_every_group_table_and_rule_names_its_source(
    groups: dict[str, Group], weights: dict[str, Weights], rules: dict[str, DecisionRule]
) -> None:
    things: tuple[Group | Weights | DecisionRule, ...] = (*groups.values(), *weights.values(), *rules.values())
    for thing in things:
        assert thing.title, thing.id
        assert thing.source, thing.id
    assert all(table.unit for table in weights.values())


def test_every_id_that_is_referred_to_exists(
    actors: dict[str, Actor], groups: dict[str, Group], weights: dict[str, Weights], rules: dict[str, DecisionRule]
) -> None:
    for actor in actors.values():
        assert set(actor.successors) <= set(actors), actor.id
        assert not actor.members or actor.members in groups, actor.id
        assert not actor.regional or (actor.kind == "organization" and actor.members), actor.id
    for group in groups.values():
        assert {member.actor for member in group.members} <= set(actors), group.id
    for table in weights.values():
        assert {row.actor for row in table.rows} <= set(actors), table.id
    for rule in rules.values():
        for version in rule.versions:
            used = names(version.when)
            assert set(used.weights) <= set(weights), rule.id
            assert set(used.groups) <= set(groups), rule.id
        for who in (rule.members, *(version.members for version in rule.versions)):
            assert not isinstance(who, str) or who in groups, rule.id


# The actors -----------------------------------------------------------------------------------------------------


def test_every_state_has_a_name_in_the_six_languages(actors: dict[str, Actor]) -> None:
    for actor in actors.values():
        if actor.kind == "state":
            assert set(actor.names) == set(LANGUAGES), actor.id


def test_names_are_written_in_their_script_and_hold_no_stray_sign(actors: dict[str, Actor]) -> None:
    for actor in actors.values():
        for spelled in (actor.names, *(former.names for former in actor.formerly)):
            for language, name in spelled.items():
                assert name == unicodedata.normalize("NFC", name.strip()), actor.id
                assert not set("*’_\u00a0\u200e\u200f\ufeff") & set(name), actor.id
                letters = [sign for sign in name if sign.isalpha()]
                assert all(SCRIPTS[language] in unicodedata.name(sign) for sign in letters), (actor.id, name)


@pytest.mark.parametrize("what", [*LANGUAGES, "iso2", "iso3", "m49"])
def test_no_two_actors_bear_one_name_or_code_on_one_day(actors: dict[str, Actor], what: str) -> None:
    field = "names" if what in LANGUAGES else "codes"
    for day in DAYS:
        bearers: dict[str, list[str]] = defaultdict(list)
        for actor in actors.values():
            value = actor._dated(field, day).get(what) if actor.exists(day) else None  # type: ignore[arg-type]  # one of the two
            if value is not None:
                bearers[value].append(actor.id)
        assert [found for found in bearers.values() if len(found) > 1] == [], day


def test_codes_have_the_form_of_their_list(actors: dict[str, Actor]) -> None:
    forms = {"iso2": r"[A-Z]{2}", "iso3": r"[A-Z]{3}", "m49": r"\d{3}", "icao": r"[A-Z]{3}"}
    for actor in actors.values():
        for codes in (actor.codes, *(former.codes for former in actor.formerly)):
            assert all(re.fullmatch(forms[scheme], code) for scheme, code in codes.items()), actor.id


def test_former_names_follow_one_another(actors: dict[str, Actor]) -> None:
    for actor in actors.values():
        for earlier, later in itertools.pairwise(actor.formerly):
            assert earlier.until <= (later.since or later.until), actor.id
        assert all(former.names or former.codes for former in actor.formerly), actor.id


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("MKD", "2019-02-13", "The former Yugoslav Republic of Macedonia"),
        ("MKD", "2019-02-14", "North Macedonia"),
        ("TUR", "2022-05-31", "Turkey"),
        ("TUR", "2022-06-01", "Türkiye"),
        ("SWZ", "2018-04-18", "Swaziland"),
        ("MMR", "1988-01-01", "Burma"),
        ("LKA", "1972-05-21", "Ceylon"),
        ("BEN", "1975-11-29", "Dahomey"),
        ("BFA", "1984-08-03", "Upper Volta"),
        ("COD", "1990-01-01", "Zaire"),
        ("COD", "1997-05-17", "Democratic Republic of the Congo"),
        ("SCG", "2003-02-03", "Federal Republic of Yugoslavia"),
        ("SCG", "2003-02-04", "Serbia and Montenegro"),
        ("EUU", "1993-10-31", "European Economic Community"),
        ("EUU", "2009-11-30", "European Community"),
        ("EUU", "2009-12-01", "European Union"),
        ("TZA", "1964-04-25", "Tanganyika"),
        ("TZA", "1964-11-01", "United Republic of Tanzania"),
        ("KHM", "1970-10-08", "Cambodia"),
        ("KHM", "1980-01-01", "Democratic Kampuchea"),
    ],
)
def test_names_are_those_of_the_day(actors: dict[str, Actor], code: str, day: str, name: str) -> None:
    assert actors[code].name("en", on(day)) == name


@pytest.mark.parametrize(
    ("code", "last", "first"),
    [
        ("SUN", "1991-12-23", "RUS"),
        ("CSK", "1992-12-31", "CZE"),
        ("CSK", "1992-12-31", "SVK"),
        ("YUG", "1992-04-26", "SCG"),
        ("SCG", "2006-06-02", "SRB"),
        ("SCG", "2006-06-02", "MNE"),
    ],
)
def test_the_successor_begins_where_the_predecessor_ends(
    actors: dict[str, Actor], code: str, last: str, first: str
) -> None:
    before, after = actors[code], actors[first]
    assert before.exists(on(last))
    assert before.until == after.since
    assert first in before.successors


def test_germany_is_two_states_until_the_third_of_october_1990(actors: dict[str, Actor]) -> None:
    assert actors["DDR"].exists(on("1990-10-02"))
    assert not actors["DDR"].exists(on("1990-10-03"))
    assert actors["DEU"].exists(on("1990-10-02"))


def test_who_is_no_state_in_the_practice_of_the_united_nations_is_none_here(actors: dict[str, Actor]) -> None:
    assert {actors[code].kind for code in ("RHO", "HKG", "MAC", "TPE", "XKX", "XSA")} == {"entity"}
    assert "resolution 1244 (1999)" in actors["XKX"].note
    assert all(actors[code].kind == "state" for code in ("VAT", "PSE", "COK", "NIU"))


def test_names_resolve_exactly(actors: dict[str, Actor], groups: dict[str, Group]) -> None:
    directory = Directory(actors.values(), groups.values())
    assert directory.named("Côte d'Ivoire") == directory.named("ivory coast") == {"CIV"}
    assert directory.named("Нигер") == {"NER"}
    assert directory.named("多米尼加") == {"DOM"}
    assert directory.named("多米尼克") == {"DMA"}
    assert directory.regional_members("EUU", on("2004-05-01")) == groups["european-union"].at(on("2004-05-01"))


# The groups -----------------------------------------------------------------------------------------------------


def test_members_exist_while_they_are_members(actors: dict[str, Actor], groups: dict[str, Group]) -> None:
    for group in groups.values():
        for member in group.members:
            actor = actors[member.actor]
            assert member.since is None or actor.exists(member.since), (group.id, member)
            end = member.until or date.max
            assert actor.until is None or end <= actor.until, (group.id, member)
            assert actor.since is None or actor.since < end, (group.id, member)


def test_no_member_is_listed_twice_for_one_day(groups: dict[str, Group]) -> None:
    for group in groups.values():
        spells: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for member in group.members:
            spells[member.actor].append((member.since or date.min, member.until or date.max))
        for actor, periods in spells.items():
            assert all(a[1] <= b[0] for a, b in itertools.pairwise(sorted(periods))), (group.id, actor)


@pytest.mark.parametrize(
    ("day", "count"),
    [
        # United Nations, "Growth in United Nations membership", at the end of each year. From 1992 to 1999 its figures
        # count Yugoslavia, which the list does not: see the note of the group.
        *[(f"{year}-12-31", n) for year, n in {1945: 51, 1946: 55, 1947: 57, 1948: 58, 1949: 59, 1950: 60}.items()],
        *[(f"{year}-12-31", n) for year, n in {1955: 76, 1956: 80, 1957: 82, 1958: 82, 1960: 99, 1961: 104}.items()],
        *[(f"{year}-12-31", n) for year, n in {1962: 110, 1964: 115, 1965: 117, 1966: 122, 1967: 123}.items()],
        *[(f"{year}-12-31", n) for year, n in {1968: 126, 1970: 127, 1971: 132, 1973: 135, 1974: 138}.items()],
        *[(f"{year}-12-31", n) for year, n in {1975: 144, 1976: 147, 1977: 149, 1978: 151, 1979: 152}.items()],
        *[(f"{year}-12-31", n) for year, n in {1980: 154, 1981: 157, 1983: 158, 1984: 159, 1990: 159}.items()],
        *[(f"{year}-12-31", n) for year, n in {1991: 166, 2000: 189, 2002: 191, 2006: 192}.items()],
        ("2011-07-13", 192),
        ("2011-07-14", 193),
        ("2026-06-01", 193),
        *[(f"{year}-12-31", n - 1) for year, n in {1992: 179, 1993: 184, 1994: 185, 1999: 188}.items()],
    ],
)
def test_united_nations_membership_grew_as_published(groups: dict[str, Group], day: str, count: int) -> None:
    assert len(groups["un-members"].at(on(day))) == count


def test_the_original_members_are_fifty_one(groups: dict[str, Group]) -> None:
    original = groups["un-members"].at(on("1945-12-31"))
    assert {"BLR", "UKR", "SUN", "IND", "PHL", "CSK", "YUG", "ZAF"} <= original
    assert len(groups["un-members"].at(on("1945-10-24"))) == 29
    assert not {"DEU", "ITA", "JPN", "CHE", "RUS", "AFG"} & original


@pytest.mark.parametrize("day", DAYS[1:])
def test_the_security_council_has_eleven_then_fifteen_members(groups: dict[str, Group], day: date) -> None:
    members = groups["unsc"].at(day)
    # On 1980-01-01 one seat was empty: Mexico was elected on the 7th, after 155 ballots.
    assert len(members) == (14 if day == on("1980-01-01") else 11 if day.year < 1966 else 15)
    assert groups["unsc-permanent"].at(day) <= members


@pytest.mark.parametrize(
    ("group", "day", "count"),
    [
        ("unsc-permanent", "1946-01-01", 5),
        ("unsc-permanent", "2026-06-01", 5),
        ("european-union", "1958-01-01", 6),
        ("european-union", "1973-01-01", 9),
        ("european-union", "1981-01-01", 10),
        ("european-union", "1986-01-01", 12),
        ("european-union", "1995-01-01", 15),
        ("european-union", "2004-05-01", 25),
        ("european-union", "2007-01-01", 27),
        ("european-union", "2013-07-01", 28),
        ("european-union", "2020-01-31", 28),
        ("european-union", "2020-02-01", 27),
        ("eurozone", "1999-01-01", 11),
        ("eurozone", "2023-01-01", 20),
        ("african-union", "2002-07-09", 53),
        ("african-union", "2026-06-01", 55),
        ("asean", "1967-08-08", 5),
        ("asean", "2025-10-25", 10),
        ("asean", "2025-10-26", 11),
        ("g7", "1975-11-15", 6),
        ("g7", "2026-06-01", 7),
        ("g20", "2023-09-08", 20),
        ("g20", "2023-09-09", 21),
        ("brics", "2009-06-16", 4),
        ("brics", "2025-01-06", 10),
        ("oecd", "2020-12-31", 37),
        ("oecd", "2021-05-25", 38),
        ("g77", "2021-01-01", 134),
        ("lldc", "2021-01-01", 32),
        ("ldc", "1971-12-31", 24),
        ("ldc", "2021-01-01", 46),
        ("ldc", "2024-12-13", 44),
        ("aosis", "2021-01-01", 39),
        ("annex-i", "1993-06-01", 35),
        ("annex-i", "2014-01-01", 43),
        ("annex-ii", "2010-01-01", 24),
        ("kyoto-annex-b", "1997-12-11", 39),
        ("kyoto-annex-b-doha", "2012-12-08", 38),
        ("ctbt-annex-2", "1996-09-24", 44),
        ("nuclear-weapon-states", "1970-03-05", 5),
        ("nuclear-weapon-states", "2026-06-01", 5),
        ("npt-depositaries", "1968-07-01", 3),
        ("council-of-europe", "1949-08-03", 10),
        ("council-of-europe", "2022-03-15", 47),
        ("council-of-europe", "2022-03-16", 46),
        ("nato", "1949-08-24", 12),
        ("nato", "2024-03-07", 32),
        ("imf-members", "1947-03-01", 40),
        ("imf-members", "2009-06-29", 186),
        ("imf-members", "2010-06-24", 187),
        ("imf-members", "2012-04-18", 188),
        ("imf-members", "2016-04-12", 189),
        ("imf-members", "2022-12-31", 190),
        ("imf-members", "2024-10-21", 191),
        ("ibrd-members", "1946-06-25", 38),
        ("ibrd-members", "2010-06-24", 187),
        ("ibrd-members", "2012-04-18", 188),
        ("ibrd-members", "2022-12-31", 189),
        ("wto-members", "1995-01-01", 76),
        ("wto-members", "2024-08-30", 166),
        ("who-members", "2006-08-29", 193),
        ("who-members", "2011-09-27", 194),
        ("who-members", "2024-12-31", 194),
        ("commonwealth", "2022-06-25", 56),
        ("arab-league", "2021-01-01", 22),
        ("montreal-high-ambient", "2016-10-15", 34),
    ],
)
def test_groups_have_the_size_that_they_publish(groups: dict[str, Group], group: str, day: str, count: int) -> None:
    assert len(groups[group].at(on(day))) == count


def test_the_regional_groups_hold_every_member_of_the_united_nations_once(groups: dict[str, Group]) -> None:
    ids = ("un-africa", "un-asia-pacific", "un-eastern-europe", "un-latin-america-caribbean")
    parts = [groups[name].at(TODAY) for name in (*ids, "un-western-europe-others")]
    assert sum(map(len, parts)) == 193
    assert frozenset().union(*parts) == groups["un-members"].at(TODAY)


def test_annex_i_and_the_others_are_the_parties_to_the_convention(groups: dict[str, Group]) -> None:
    annex, others = groups["annex-i"].at(on("2021-01-01")), groups["non-annex-i"].at(on("2021-01-01"))
    assert not annex & others
    assert len(annex | others) == 197


# The weights ----------------------------------------------------------------------------------------------------


def total(table: Weights, day: str) -> Fraction:
    return sum(table.at(on(day)).values(), Fraction())


def test_paris_emissions_keep_the_printed_total(weights: dict[str, Weights]) -> None:
    table = weights["paris-ghg"]
    assert table.total == 37_168_339
    assert total(table, "2016-10-05") == 37_168_344
    shares = {code: table.at(TODAY)[code] / table.total * 100 for code in ("CHN", "USA", "IND", "RUS")}
    assert {code: f"{float(share):.2f}" for code, share in shares.items()} == {
        "CHN": "20.09",
        "USA": "17.89",
        "IND": "4.10",
        "RUS": "7.53",
    }


def test_kyoto_emissions_have_the_published_shares(weights: dict[str, Weights]) -> None:
    table = weights["kyoto-annex-i-1990"]
    assert table.total == total(table, "2005-02-16") == 13_728_306
    assert f"{float(table.at(TODAY)['USA'] / table.total * 100):.1f}" == "36.1"
    assert f"{float(table.at(TODAY)['RUS'] / table.total * 100):.1f}" == "17.4"


def test_imf_votes_add_up(weights: dict[str, Weights], groups: dict[str, Group]) -> None:
    table = weights["imf-votes"]
    assert total(table, "2022-12-31") == 5_039_930
    assert frozenset(table.at(TODAY)) == groups["imf-members"].at(on("2022-12-31"))


@pytest.mark.parametrize(
    ("day", "votes"),
    [
        ("1958-01-01", 17),
        ("1973-01-01", 58),
        ("1981-01-01", 63),
        ("1986-01-01", 76),
        ("1995-01-01", 87),
        ("2004-05-01", 124),
        ("2004-11-01", 321),
        ("2007-01-01", 345),
        ("2013-07-01", 352),
    ],
)
def test_council_votes_add_up(weights: dict[str, Weights], groups: dict[str, Group], day: str, votes: int) -> None:
    assert total(weights["eu-council-votes"], day) == votes
    assert frozenset(weights["eu-council-votes"].at(on(day))) == groups["european-union"].at(on(day))


def test_council_populations_are_those_of_the_decisions(weights: dict[str, Weights]) -> None:
    table = weights["eu-population"]
    # Decision 2013/746/EU and the decisions before it.
    assert total(table, "2014-06-01") == 505_572_500
    assert total(table, "2013-07-01") == 508_077_900
    assert table.at(on("2007-06-01"))["DEU"] == 82_438_000
    assert table.at(on("2014-06-01"))["BEL"] == 11_161_600
    assert table.at(on("2014-06-01"))["CZE"] == 10_516_100
    assert table.at(on("2014-06-01"))["SVN"] == 2_058_800


@pytest.mark.parametrize("name", ["eu-population", "eu-population-estimate"])
def test_every_member_state_has_a_population_and_nobody_else(
    weights: dict[str, Weights], groups: dict[str, Group], name: str
) -> None:
    first, last = (2005, 2014) if name == "eu-population" else (2015, 2026)
    for day in DAYS:
        if first <= day.year <= last:
            assert frozenset(weights[name].at(day)) == groups["european-union"].at(day), day


# The rules ------------------------------------------------------------------------------------------------------


def carried(
    rule: DecisionRule,
    day: date,
    known: tuple[Mapping[str, Group], Mapping[str, Weights]],
    tally: Tally,
) -> bool:
    """Whether the rule that stood on `day` holds over `tally`."""
    groups, weights = known
    when = next(v.when for v in reversed(rule.versions) if v.since is None or v.since <= day)
    tables = {name: WeightTable(rows=table.at(day), total=table.total) for name, table in weights.items()}
    setting = FixedSetting(groups={name: group.at(day) for name, group in groups.items()}, tables=tables)
    assert isinstance(rule.members, str)
    return holds(ground(when, setting, day, members=groups[rule.members].at(day)), tally)


def actors_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Vote(NamedTuple):
    """A vote as it was cast, and whether it carried."""

    rule: str
    day: str
    yes: str
    no: str
    abstaining: str
    carried: bool


UKRAINE_2022 = "ALB BRA FRA GAB GHA IRL KEN MEX NOR GBR USA"
EIGHT_OF_1965 = "BOL CIV JOR MYS NLD URY GBR USA"
VOTES = {
    # The USSR was absent.
    "S/RES/82": Vote("unsc-substantive", "1950-06-25", "CHN CUB ECU EGY FRA IND NOR GBR USA", "", "YUG", carried=True),
    "S/2022/155, vetoed": Vote("unsc-substantive", "2022-02-25", UKRAINE_2022, "RUS", "CHN IND ARE", carried=False),
    "S/RES/2623": Vote("unsc-procedural", "2022-02-27", UKRAINE_2022, "RUS", "CHN IND ARE", carried=True),
    # Invented: eight votes on the days before and after the amendment of Article 27.
    "eight where seven are needed": Vote("unsc-procedural", "1965-08-30", EIGHT_OF_1965, "", "", carried=True),
    "eight where nine are needed": Vote("unsc-procedural", "1965-08-31", EIGHT_OF_1965, "", "", carried=False),
    # Appeal committee on glyphosate: eighteen members with 65.71% of the population.
    "glyphosate, by a narrow margin": Vote(
        "eu-council-qmv",
        "2017-11-27",
        "BGR CZE DNK DEU EST IRL ESP LVA LTU HUN NLD POL ROU SVN SVK FIN SWE GBR",
        "BEL GRC FRA HRV ITA CYP LUX MLT AUT",
        "PRT",
        carried=True,
    ),
}


@pytest.mark.parametrize("vote", VOTES.values(), ids=VOTES)
def test_votes_end_as_they_ended(
    rules: dict[str, DecisionRule], groups: dict[str, Group], weights: dict[str, Weights], vote: Vote
) -> None:
    sides = {"for_": vote.yes, "against": vote.no, "abstaining": vote.abstaining}
    assert actors_of(" ".join(sides.values())) <= groups[str(rules[vote.rule].members)].at(on(vote.day))
    tally = Tally(**{side: actors_of(text) for side, text in sides.items()})
    assert carried(rules[vote.rule], on(vote.day), (groups, weights), tally) is vote.carried


def test_the_estimated_population_comes_near_to_the_published_share(weights: dict[str, Weights]) -> None:
    vote = VOTES["glyphosate, by a narrow margin"]
    table = weights["eu-population-estimate"].at(on(vote.day))
    share = sum((table[code] for code in actors_of(vote.yes)), Fraction()) / sum(table.values(), Fraction())
    assert abs(share - Fraction("0.6571")) < Fraction("0.003")


def test_three_members_of_the_union_block_nothing_and_four_do(
    rules: dict[str, DecisionRule], groups: dict[str, Group], weights: dict[str, Weights]
) -> None:
    everybody = groups["european-union"].at(on("2014-12-01"))
    for against, outcome in (("DEU FRA GBR", True), ("DEU FRA GBR MLT", False), ("MLT LUX CYP EST", True)):
        tally = Tally(for_=everybody - actors_of(against), against=actors_of(against))
        assert carried(rules["eu-council-qmv"], on("2014-12-01"), (groups, weights), tally) is outcome


def test_the_united_states_alone_block_eighty_five_per_cent(
    rules: dict[str, DecisionRule], groups: dict[str, Group], weights: dict[str, Weights]
) -> None:
    everybody = frozenset(weights["imf-votes"].at(TODAY))
    for lone, outcome in (("USA", False), ("JPN", True), ("CHN", True)):
        tally = Tally(for_=everybody - {lone}, against=frozenset({lone}))
        assert carried(rules["imf-85"], TODAY, (groups, weights), tally) is outcome


def test_three_fourths_of_the_members_of_the_wto_are_a_hundred_and_twenty_four(
    rules: dict[str, DecisionRule], groups: dict[str, Group], weights: dict[str, Weights]
) -> None:
    voters = sorted(groups["wto-voting"].at(TODAY))
    assert len(voters) == 165
    for count, outcome in ((123, False), (124, True)):
        tally = Tally(for_=frozenset(voters[:count]))
        assert carried(rules["wto-waiver"], TODAY, (groups, weights), tally) is outcome


def test_the_rules_that_other_work_relies_on_are_there(rules: dict[str, DecisionRule]) -> None:
    wanted = (
        "unga-simple unga-important unsc-procedural unsc-substantive eu-council-qmv imf-simple imf-70 imf-85 consensus"
    )
    assert set(wanted.split()) <= set(rules)
    assert isinstance(rules["cop-consensus"].members, PartiesTo)
