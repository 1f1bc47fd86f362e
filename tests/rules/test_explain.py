"""Reasons in words, and the proofs of `missing` taken apart."""

from datetime import date
from fractions import Fraction
from string import Formatter

import msgspec
import pytest

from comity.rules import (
    ENGLISH,
    FixedSetting,
    GroundRule,
    Tally,
    WeightTable,
    check_blocking,
    check_proof,
    ground,
    missing,
    parse_rule,
    plain_progress,
    progress,
    reasons,
    render,
    smallest_blocking,
)

DAY = date(2020, 1, 1)
SETTING = FixedSetting(
    groups={"p5": frozenset({"CHN", "FRA"}), "nobody": frozenset()},
    parties={"x": frozenset({"CHN"})},
    signatories={"x": frozenset({"CHN"})},
    tables={"w": WeightTable(rows={"CHN": Fraction(2), "FRA": Fraction(1)}, unit="t")},
    forces={"x": True, "y": False},
)
TALLY = Tally(for_=frozenset({"CHN"}), against=frozenset({"FRA"}), absent=frozenset({"USA"}))


def grounded(plain: object) -> GroundRule:
    return ground(parse_rule(plain, path="when"), SETTING, DAY, frozenset({"CHN", "FRA", "USA"}), DAY)


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({"count": 2}, "1 are for; 2 are needed."),
        ({"count": 1, "among": "p5"}, "1 among p5 are for; 1 are needed."),
        ({"count": "2/3"}, "1 of 3 (members) are for; 2 are needed (2/3)."),
        (
            {"count": "1/2", "strict": True, "among": "p5", "base": "present"},
            "1 of 2 among p5 (present) are for; 2 are needed (0.5).",
        ),
        ({"share": "2/3", "of": "w"}, "Those for hold 66.66% of w; at least 2/3 is needed."),
        (
            {"share": "2/3", "of": "w", "strict": True, "among": ["CHN", "FRA"], "base": "present-and-voting"},
            "Those for hold 66.66% of w among CHN, FRA (present-and-voting); more than 2/3 is needed.",
        ),
        ({"members": {"parties_to": "x"}}, "All 1 of those named (parties_to x) are for."),
        (
            {"members": {"parties_to": "x", "at": "adoption"}},
            "All 1 of those named (parties_to x at adoption) are for.",
        ),
        ({"members": "p5"}, "1 of the 2 named (p5) are for; not FRA."),
        ({"members": "nobody"}, "Nobody is named by nobody on that day."),
        ({"none_against": {"signatories_of": "x"}}, "None of signatories_of x is against."),
        ({"none_against": "p5"}, "Against, and able to stop it: FRA."),
        ({"fewer_than": 4, "side": "not-for"}, "2 are not-for; 4 would stop it."),
        ({"fewer_than": "1/2", "among": "p5"}, "1 among p5 are against; 1 would stop it."),
        ({"quorum": 2}, "2 are present; 2 are needed."),
        ({"quorum": "1/2", "among": "p5"}, "2 of 2 among p5 are present; 1 are needed (0.5)."),
        ({"in_force": "x"}, "x is in force."),
        ({"in_force": "y"}, "y is not in force."),
        ({"all": [{"count": 1}, {"count": 2}]}, "1 of all 2 conditions are met."),
        ({"any": [{"count": 1}, {"count": 2}]}, "1 of 2 alternatives are met; one is enough."),
        ({"at_least": 2, "of": [{"count": 1}, {"count": 2}]}, "1 of 2 conditions are met; 2 are needed."),
    ],
)
def test_a_reason_in_words(plain: object, says: str) -> None:
    assert render(reasons(grounded(plain), TALLY)) == says


def test_another_language_is_another_table() -> None:
    reason = reasons(grounded({"count": 2}), TALLY)
    assert reason.params == (("have", 1), ("need", 2), ("base", "members"))
    assert render(reason, {"rule.count": "{have} pour, il en faut {need}."}) == "1 pour, il en faut 2."


def test_every_message_is_a_whole_sentence_of_known_parameters() -> None:
    known = {
        "have",
        "need",
        "of",
        "among",
        "part",
        "total",
        "base",
        "weights",
        "percent",
        "side",
        "actors",
        "instrument",
    }
    for text in ENGLISH.values():
        assert text.endswith(".")
        assert {field for _, field, _, _ in Formatter().parse(text) if field} <= known


def test_a_percentage_never_looks_complete_where_it_is_not() -> None:
    table = WeightTable(rows={"A": Fraction(549_999), "B": Fraction(450_001)})
    rule = ground(parse_rule({"share": "0.55", "of": "w"}, path="when"), FixedSetting(tables={"w": table}), DAY)
    plain = plain_progress(progress(rule, Tally(for_=frozenset("A"))))
    assert plain["share"]["percent"] == "54.99"  # type: ignore[index]  # plain JSON
    assert plain["met"] is False


def test_a_share_of_no_weight_at_all_is_nothing() -> None:
    plain = plain_progress(progress(grounded({"share": "0.5", "of": "w", "among": ["USA"]}), TALLY))
    weight = {"have": "0", "need": "0", "total": "0"}
    share = {"have": "0.0", "need": "0.5", "of": "w", "percent": "0.00", "weight": weight, "unit": "t", "among": "USA"}
    assert plain == {"share": share, "met": False}


def test_a_wrong_answer_is_not_believed() -> None:
    everybody = frozenset("ABCDEF")
    plain = {"any": [{"count": 3}, {"members": ["A", "B", "C", "D"]}]}
    rule = ground(parse_rule(plain, path="when"), FixedSetting(), DAY, everybody)
    tally = Tally(for_=frozenset("F"))
    answer = missing(rule, tally, everybody)
    assert answer.size == 2
    assert check_proof(rule, tally, everybody, answer)
    for wrong in (
        {"met": True},
        {"size": 0, "smallest": ()},
        {"size": None, "smallest": ()},
        {"size": 3},
        {"size": 1, "smallest": (("A",),)},
        {"size": 3, "smallest": (("A", "B", "C"),)},
        {"smallest": ()},
        {"smallest": (("B", "A"),)},
        {"smallest": (("A", "A"),)},
        {"smallest": (("A", "Z"),)},
        {"smallest": (("A", "C"), ("A", "B"))},
        {"proof": ()},
        {"proof": answer.proof[:1]},
    ):
        assert not check_proof(rule, tally, everybody, msgspec.structs.replace(answer, **wrong)), wrong
    stops = smallest_blocking(rule)
    assert check_blocking(rule, stops)
    assert not check_blocking(rule, msgspec.structs.replace(stops, smallest=(("A",),)))
    assert not check_blocking(rule, msgspec.structs.replace(stops, size=None, smallest=()))
