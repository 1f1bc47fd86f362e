"""Weights, groups and rules that would count wrongly without a word."""

from datetime import date

import pytest

from comity.findings import Finding
from comity.notation.directory_file import parse_groups
from comity.notation.rule_file import parse_decision_rule
from comity.notation.toml import load
from comity.notation.weights_file import parse_weights

NOT_DIGITS = [
    "-5",
    "+5",
    " 5",
    "1_000",
    "1,0",
    "1e3",
    "0x10",
    "½",
    "１２",
    "٣",
    "nan",
    "inf",
    "",
    ".",
    "1.",
    "9" * 5_000,
]


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, int]]:
    """Level, code and line of each."""
    return [(finding.level, finding.code, finding.line) for finding in findings]


@pytest.mark.parametrize("text", NOT_DIGITS, ids=lambda text: repr(text[:8]))
def test_weights_are_plain_digits(text: str) -> None:
    table, findings = parse_weights(f'actor,weight\nFRA,"{text}"\n', "weights/w.csv", "w")
    assert table is None
    assert told(findings) == [("error", "weight-wrong", 2)]
    assert len(findings[0].says) < 100


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("FRA,1,2000-01-01,2001-01-01\nFRA,2,2000-06-01,\n", ("error", "weight-twice", 3)),
        ("FRA,2,2000-06-01,\nFRA,1,,\n", ("error", "weight-twice", 3)),
        ("FRA,1,,\nFRA,2,,\n", ("error", "weight-twice", 3)),
        ("FRA,1,2001-01-01,2000-01-01\n", ("error", "date-impossible", 2)),
        ("FRA,1,2001-01-01,2001-01-01\n", ("error", "date-impossible", 2)),
        (",1,,\n", ("error", "weight-wrong", 2)),
        ("FRA,0,,\n", ("error", "weights-total", 0)),
        ("", ("error", "weights-total", 0)),
    ],
)
def test_weights_that_hold_twice_backwards_or_not_at_all(rows: str, wanted: tuple[str, str, int]) -> None:
    table, findings = parse_weights(f"actor,weight,from,until\n{rows}", "weights/w.csv", "w")
    assert table is None
    assert told(findings) == [wanted]


def test_periods_that_follow_one_another_are_in_order() -> None:
    text = "actor,weight,from,until\nFRA,1,,2000-01-01\nFRA,2,2000-01-01,2001-01-01\nFRA,3,2001-01-01,\n"
    table, findings = parse_weights(text, "weights/w.csv", "w")
    assert table is not None
    assert findings == ()


def test_a_weight_left_open_holds_until_the_next() -> None:
    text = "actor,weight,from,until\nFRA,1,,\nFRA,2,2000-01-01,\n"
    table, findings = parse_weights(text, "weights/w.csv", "w")
    assert table is not None
    assert findings == ()
    assert [table.at(date(year, 6, 1))["FRA"] for year in (1999, 2000)] == [1, 2]


@pytest.mark.parametrize(("total", "levels"), [("100", []), ("299", []), ("200", ["warning"])])
def test_a_total_below_the_rows(total: str, levels: list[str]) -> None:
    table, findings = parse_weights(f"# total: {total}\nactor,weight\nFRA,100\n", "weights/w.csv", "w")
    assert table is not None
    assert findings == ()
    table, findings = parse_weights(f"# total: {total}\nactor,weight\nFRA,100\nDEU,201\n", "weights/w.csv", "w")
    assert table is not None
    assert [finding.level for finding in findings] == (levels or (["warning"] if total == "100" else []))


@pytest.mark.parametrize(
    ("header", "code"), [("actor,weight,wieght", "csv-column-unknown"), ("actor,weight,weight", "csv-column-twice")]
)
def test_columns_of_weights(header: str, code: str) -> None:
    table, findings = parse_weights(f"{header}\nFRA,1,2\n", "weights/w.csv", "w")
    assert table is None
    assert told(findings) == [("error", code, 1)]


@pytest.mark.parametrize(
    "members",
    [
        '{ actor = "FRA", from = 2001-01-01, until = 2000-01-01 }',
        '{ actor = "FRA" }, { actor = "FRA" }',
        '{ actor = "FRA", until = 2000-01-02 }, { actor = "DEU" }, { actor = "FRA", from = 2000-01-01 }',
    ],
)
def test_members_that_never_belong_or_belong_twice(members: str) -> None:
    _, findings = parse_groups(f'[g]\ntitle = "G"\nmembers = [{members}]\n', "groups.toml")
    assert told(findings) == [("error", "value-wrong", 3)]


def test_members_who_left_and_came_back_are_in_order() -> None:
    members = '{ actor = "FRA", until = 2000-01-01 }, { actor = "FRA", from = 2000-01-01 }'
    assert parse_groups(f'[g]\ntitle = "G"\nmembers = [{members}]\n', "groups.toml")[1] == ()


@pytest.mark.parametrize(
    "body",
    [
        "when = { count = 1 }\n[[version]]\nfrom = 1999-01-01\nwhen = { count = 2 }\n",
        "[[version]]\nfrom = 1999-01-01\nwhen = { count = 1 }\n[[version]]\nfrom = 1999-01-01\nwhen = { count = 2 }\n",
    ],
)
def test_two_rules_for_one_day(body: str) -> None:
    text = f'id = "r"\ntitle = "R"\nmembers = ["FRA", "DEU"]\n{body}'
    _, findings = parse_decision_rule(text, "rules/r.toml", "r")
    assert [finding.code for finding in findings] == ["value-wrong"]


@pytest.mark.parametrize("number", ["nan", "-inf", "1e99999999999999999999"])
def test_what_is_no_number_is_found_on_its_line(number: str) -> None:
    _, findings = load(f'a = "nan"\n# b = inf\nc = {{ count = {number} }}\nd = 3\n', "x.toml")
    assert told(findings) == [("error", "toml-malformed", 3)]
