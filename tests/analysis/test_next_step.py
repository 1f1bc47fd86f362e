"""The next achievable step: which option is nearest to an agreement, by the rule, with everything missing told."""

import json
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.precedents.next_step import Issue, Option, next_steps
from comity.rules import AllOf, Count, FixedSetting, GroundRule, Tally, ground, holds
from comity.rules.forms import NoneAgainst
from comity.service import Refusal, Register, open_register
from comity.service.next_steps import NextStepAsked, answer, next_step, next_step_of

ON = date(2022, 6, 1)
ACTORS = ("A", "B", "C", "D", "E")


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def grounded(rule: Count | AllOf, actors: tuple[str, ...] = ACTORS) -> GroundRule:
    return ground(rule, FixedSetting(), ON, frozenset(actors))


@given(
    st.dictionaries(st.sampled_from(ACTORS), st.booleans()),
    st.integers(1, 5),
    st.sampled_from([(), ("A",), ("B", "C")]),
)
def test_what_is_missing_is_the_least_by_brute_force(
    said: dict[str, bool], least: int, vetoes: tuple[str, ...]
) -> None:
    rule = grounded(AllOf(of=(Count(at_least=least), NoneAgainst(who=vetoes))) if vetoes else Count(at_least=least))
    found = next_steps([Issue(id="i", options=(Option(id="o", said=said),))], rule, frozenset(ACTORS))[0]
    accept = {actor for actor, yes in said.items() if yes}

    def enough(more: tuple[str, ...]) -> bool:
        for_ = frozenset(accept | set(more))
        return holds(rule, Tally(for_=for_, against=frozenset(ACTORS) - for_))

    def sizes(pool: tuple[str, ...]) -> list[int]:
        return [n for n in range(len(pool) + 1) if any(enough(one) for one in combinations(pool, n))]

    unsaid = tuple(actor for actor in ACTORS if actor not in said)
    among_unsaid = sizes(unsaid)
    everybody = sizes(tuple(actor for actor in ACTORS if actor not in accept))
    assert found.met == enough(())
    if found.possible and among_unsaid:
        assert found.lacks == among_unsaid[0]
        assert all(set(one) <= set(unsaid) for one in found.smallest)
    else:
        assert found.lacks == (everybody[0] if everybody else None)
    assert all(len(one) == found.lacks and enough(one) for one in found.smallest)


def test_the_order_and_its_ties() -> None:
    def issue(name: str, said: dict[str, bool]) -> Issue:
        return Issue(id=name, options=(Option(id="o", said=said),))

    issues = [
        issue("far", {"A": True}),
        issue("tied", {"A": True, "B": True, "C": True}),
        issue("near", {"A": True, "B": True, "C": True, "D": True}),
        issue("also", {"C": True, "D": True, "E": True}),
    ]
    found = next_steps(issues, grounded(Count(at_least=4)), frozenset(ACTORS))
    assert [(one.rank, one.issue) for one in found] == [(1, "near"), (2, "tied"), (2, "also"), (4, "far")]


def test_silence_is_no_yes(register: Register) -> None:
    """Nobody objects, but of five only two have said yes: that is no consensus of five."""
    rule = grounded(AllOf(of=(NoneAgainst(who=ACTORS),)))
    issues = [Issue(id="i", options=(Option(id="o", said={"A": True, "B": True}),))]
    found = next_steps(issues, rule, frozenset(ACTORS))[0]
    assert (found.met, found.possible, found.unknown) == (False, True, ("C", "D", "E"))
    assert found.smallest == (("C", "D", "E"),)
    told = next_step_of(register, "actor,issue,option,position\nFRA,i,o,yes\n", "cop-consensus", ON)
    assert not told.candidates[0].met
    assert "which is no yes" in told.notes[0]


TABLE = """\
actor,issue,option,utility,status_quo
A,fund,small,2,1
B,fund,small,-1,0
C,fund,small,,
A,review,yearly,0.5,1
B,review,yearly,4,0
C,review,yearly,1,1
"""


def test_a_table_of_utilities(register: Register) -> None:
    fund, review = sorted(next_step_of(register, TABLE, "", ON).candidates, key=lambda one: one.issue)
    assert (fund.accept, fund.refuse, fund.unknown) == (("A",), ("B",), ("C",))
    assert (review.accept, review.refuse, review.unknown) == (("B", "C"), ("A",), ())
    back = fund.returns[0]
    assert (back.actor, back.loses, back.issue, back.gains) == ("B", 1.0, "review", 4.0)
    assert [(one.actor, one.gains) for one in review.returns] == [("A", 1.0)]


def test_the_same_as_json_and_with_links(register: Register) -> None:
    positions = {
        "A": {"fund": {"small": 2}, "review": {"yearly": 0.5}},
        "B": {"fund": {"small": -1}, "review": {"yearly": 4}},
        "C": {"fund": {"small": None}, "review": {"yearly": 1}},
    }
    quo = {"A": {"fund": 1, "review": 1}, "C": {"review": 1}}
    text = json.dumps({"positions": positions, "status_quo": quo, "linked": [["fund", "review"]]})
    found = next_step_of(register, text, "", ON)
    same = next_step_of(register, TABLE, "", ON)
    assert [one.accept for one in found.candidates] == [one.accept for one in same.candidates]
    assert found.candidates[0].linked == ("fund" if found.candidates[0].issue == "review" else "review",)


def test_a_package_file_is_read_too(register: Register) -> None:
    offer = {
        "parties": ["A", "B"],
        "issues": [{"id": "i", "options": ["x", "y"]}, {"id": "j", "options": ["z"]}],
        "utility": {"A": {"i": {"x": 1, "y": 0}, "j": {"z": 1}}, "B": {"i": {"x": 1, "y": 1}, "j": {"z": 0}}},
        "disagreement": {"A": 1.0},
    }
    found = next_step_of(register, json.dumps(offer), "", ON)
    first = found.candidates[0]
    assert (first.issue, first.option, first.met, first.accept) == ("i", "x", True, ("A", "B"))
    assert {(one.option, one.refuse) for one in found.candidates[1:]} == {("y", ("A",)), ("z", ())}
    assert "even part" in found.notes[0]


def test_the_council_decides_with_fifteen_of_twenty_seven_and_65_percent(register: Register) -> None:
    """Article 16(4) TEU: the four largest without Germany are 45% of the people; all but four small ones meet it."""
    members = next_step_of(register, "actor,issue,option,position\nDEU,i,o,yes\n", "eu-council-qmv", ON).members
    assert len(members) == 27
    against = {"MLT", "LUX", "CYP", "EST"}
    rows = "".join(f"{code},i,o,{'no' if code in against else 'yes'}\n" for code in members)
    found = next_step_of(register, "actor,issue,option,position\n" + rows, "eu-council-qmv", ON)
    assert found.candidates[0].met
    assert found.candidates[0].refuse == tuple(sorted(against))


def test_actors_who_are_no_members_are_named_and_not_counted(register: Register) -> None:
    found = next_step_of(register, "actor,issue,option,position\nCHE,i,o,yes\nFRA,i,o,yes\n", "eu-council-qmv", ON)
    assert found.candidates[0].accept == ("FRA",)
    assert "CHE" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "positions-empty"),
        ("actor,issue,option,position\n", "positions-empty"),
        ("actor,issue\nA,i\n", "positions-malformed"),
        ("actor,issue,option,position\nA,i,o,perhaps\n", "positions-malformed"),
        ("actor,issue,option,position\nA,,o,yes\n", "positions-malformed"),
        ("actor,issue,option,position\nA,i,o,yes\nA,i,o,\n", "positions-twice"),
        ("actor,issue,option,utility\nA,i,o,nan\n", "number-wrong"),
        ('{"positions": {}}', "positions-empty"),
        ('{"positions": 3}', "positions-malformed"),
        ('{"positions": {"A": {"i": {"o": true}}}, "linked": [["i", "k"]]}', "positions-malformed"),
        ('{"issues": [{"id": "i", "options": []}], "positions": {"A": {"i": {"o": true}}}}', "positions-malformed"),
        ("actor,issue,option,position\n" + "".join(f"A,i,o{n},yes\n" for n in range(5001)), "positions-too-large"),
    ],
)
def test_what_is_wrong_with_a_file(register: Register, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        next_step_of(register, text, "", ON)
    assert code in {one.code for one in refused.value.findings}


def test_all_faults_are_told_at_once(register: Register, tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_text("actor,issue,option,position\nA,i,o,perhaps\nA,,o,yes\nB,i,o,no\n", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        next_step(register, file, "", ON)
    assert [one.line for one in refused.value.findings] == [2, 3]
    with pytest.raises(Refusal, match="no rule"):
        next_step_of(register, TABLE, "nobody-decides", ON)


def test_the_form_that_every_method_has(register: Register) -> None:
    plain = answer(register, NextStepAsked(text=TABLE, on=ON)).plain()
    assert plain["members"] == ["A", "B", "C"]
    assert json.loads(json.dumps(plain)) == plain


def test_everybody_is_asked_where_no_rule_is_named(register: Register) -> None:
    found = next_step_of(register, "actor,issue,option,position\nA,i,o,yes\nB,i,o,yes\nC,i,o,\n", "", ON).candidates[0]
    assert (found.met, found.lacks, found.smallest) == (False, 1, (("C",),))
    rule = grounded(Count(at_least=Fraction(1)), ("A", "B"))
    assert next_steps([Issue(id="i", options=(Option(id="o", said={"A": True, "B": True}),))], rule, frozenset("AB"))[
        0
    ].met
