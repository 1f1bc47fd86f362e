"""Blocs, cohesion, pivots and bridges: against brute force, textbook figures, and the General Assembly of history."""

import csv
import gzip
import itertools
import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.positions.blocs import agreement, blocs, rand_index
from comity.analysis.positions.cohesion import agreement_index, cohesion, defections, loyal, rice_index
from comity.analysis.positions.pivots import bridges, chamber, on_the_line, outcomes, pivotal
from comity.analysis.positions.roll_calls import ABSENT, ABSTAIN, NO, YES
from comity.cli.main import main
from comity.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Count,
    FewerThan,
    FixedSetting,
    Members,
    NoneAgainst,
    Quorum,
    Rule,
    Share,
)
from comity.rules.ground import GroundRule, WeightTable, ground
from comity.rules.judge import Tally, holds
from comity.service import Refusal, Register, open_register
from comity.service.blocs import BlocsAsked, answer

WAYS = st.sampled_from([NO, ABSTAIN, YES, ABSENT])
NAMES = ("A", "B", "C", "D", "E")


def drawn(seed: int, members: int = 7, questions: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4, (members, questions)).astype(np.int8)


# Agreement and blocs


@pytest.mark.parametrize("seed", range(4))
def test_agreement_is_lijpharts_pair_by_pair(seed: int) -> None:
    ways = drawn(seed)
    found = agreement(ways)
    for one, other in itertools.combinations(range(len(ways)), 2):
        pairs = [(int(a), int(b)) for a, b in zip(ways[one], ways[other], strict=True) if ABSENT not in {a, b}]
        # (f + g / 2) / t: agreed, with an abstention of one of them, of all on which both voted.
        says = sum(1 if a == b else 0.5 if ABSTAIN in {a, b} else 0 for a, b in pairs) / len(pairs)
        assert found.share[one, other] == pytest.approx(says, abs=1e-6)
        assert found.common[one, other] == len(pairs)


def test_who_never_met_is_placed_by_third_members() -> None:
    # A and B never voted on one question; C and D met both, agreed with A as much as with B.
    ways = np.array([[2, 2, 3, 3], [3, 3, 2, 2], [2, 0, 2, 0], [2, 2, 2, 2]], np.int8)
    found = agreement(ways)
    assert found.guessed == 1
    assert found.share[0, 1] == pytest.approx(1)


def camps(sizes: tuple[int, ...], noise: float = 0.05, seed: int = 1, questions: int = 60) -> np.ndarray:
    """Camps that vote each for itself."""
    rng = np.random.default_rng(seed)
    line = rng.choice([NO, YES], (len(sizes), questions))
    ways = np.repeat(line, sizes, axis=0)
    lots = rng.random(ways.shape) < noise
    return np.where(lots, rng.integers(0, 3, ways.shape), ways).astype(np.int8)


@pytest.mark.parametrize("sizes", [(8, 5), (9, 6, 4), (10, 7, 5, 3)])
def test_camps_are_found_again_and_are_stable(sizes: tuple[int, ...]) -> None:
    ways = camps(sizes)
    shuffled = np.random.default_rng(2).permutation(len(ways))
    found = blocs(ways[shuffled])
    true = np.repeat(np.arange(len(sizes)), sizes)[shuffled]
    assert rand_index(found.of, true) == pytest.approx(1)
    assert sorted(np.bincount(found.of), reverse=True) == list(sizes)
    assert min(found.stability) > 0.95


def test_silhouettes_and_rand_index_against_their_definitions() -> None:
    found = blocs(camps((8, 5), noise=0.4), number=3, draws=0)
    apart = 1 - agreement(camps((8, 5), noise=0.4)).share
    members = range(13)
    groups = [[at for at in members if found.of[at] == group] for group in range(3)]
    for at in members:
        own = groups[found.of[at]]
        inside = sum(apart[at, one] for one in own) / max(len(own) - 1, 1)
        others = min(sum(apart[at, one] for one in group) / len(group) for group in groups if group is not own)
        says = 0 if len(own) == 1 else (others - inside) / max(others, inside)
        assert found.silhouettes[at] == pytest.approx(says, abs=1e-6)
    # Adjusted Rand index by its definition: pairs together in both, less those expected by chance.
    other = np.random.default_rng(0).integers(0, 3, 13)
    pairs = list(itertools.combinations(members, 2))
    one, two = ([bool(of[a] == of[b]) for a, b in pairs] for of in (found.of, other))
    both, expected = sum(map(min, one, two)), sum(one) * sum(two) / len(pairs)
    assert rand_index(found.of, other) == pytest.approx((both - expected) / ((sum(one) + sum(two)) / 2 - expected))


def test_votes_by_lot_make_no_blocs() -> None:
    found = blocs(np.random.default_rng(4).choice([NO, YES], (20, 400)).astype(np.int8))
    assert found.of.max() == 0
    assert max(found.tried) < 0.25


@pytest.mark.parametrize(
    "ways", [np.zeros((1, 1), np.int8), np.ones((4, 1), np.int8), np.full((3, 2), ABSENT, np.int8)]
)
def test_one_member_one_vote_and_all_abstaining_are_one_bloc(ways: np.ndarray) -> None:
    found = blocs(ways)
    assert found.of.max() == 0
    assert not np.isnan(agreement(ways).share).any()


# Cohesion


def test_the_indices_are_as_published() -> None:
    # Hix, Noury and Roland (2005): 1 where all vote alike, 0 where the three are as many. Rice: 25 to 75 is .5.
    counts = np.array([[0, 0, 10], [5, 5, 5], [25, 0, 75], [5, 0, 5], [0, 1, 0]], float)
    assert agreement_index(counts)[:4] == pytest.approx([1, 0, 0.625, 0.25])
    assert rice_index(counts)[:4] == pytest.approx([1, 0, 0.5, 0])
    assert np.isnan([agreement_index(counts)[4], rice_index(counts)[4]]).all()


def test_a_group_is_the_mean_of_its_questions_and_silence_is_left_out() -> None:
    ways = np.array([[YES, NO, ABSENT], [YES, YES, YES], [NO, ABSTAIN, ABSENT]], np.int8)
    found = cohesion(ways)
    assert (found.rice, found.rice_on) == (pytest.approx((1 / 3 + 0) / 2), 2)
    assert (found.agreement, found.agreement_on) == (pytest.approx((0.5 + 0) / 2), 2)


def test_defections_and_loyalty_against_a_plain_count() -> None:
    ways, of = drawn(9, 9, 30), np.array([0, 0, 0, 0, 1, 1, 1, 1, -1])
    judged, went, against = loyal(ways, of)
    seen = defections(ways, of, 10_000)
    rows = {(who, question) for who, question, _, _ in seen.rows}
    for who in range(9):
        mine = np.flatnonzero(of == of[who])
        tally = [0, 0, 0]
        for question in range(30):
            cast = [int(ways[one, question]) for one in mine if ways[one, question] != ABSENT]
            counts = [cast.count(way) for way in (NO, ABSTAIN, YES)]
            own = int(ways[who, question])
            if of[who] < 0 or own == ABSENT or len(cast) < 3 or counts.count(max(counts)) > 1:
                assert (who, question) not in rows
                continue
            position = counts.index(max(counts))
            tally[0] += 1
            tally[1] += own == position
            tally[2] += {own, position} == {NO, YES}
            assert ((who, question) in rows) == ({own, position} == {NO, YES})
        assert [judged[who], went[who], against[who]] == tally
    assert seen.number == len(rows) == against.sum()
    assert len(defections(ways, of, 3).rows) == 3


# Pivots


SETTING = FixedSetting(
    groups={"big": frozenset({"A", "B"})},
    tables={"w": WeightTable(rows={name: Fraction(at + 1, 2) for at, name in enumerate(NAMES)})},
)
BASES = st.sampled_from(["present", "present-and-voting"])
PARTS = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 5)])
LEAVES = st.one_of(
    st.builds(Count, at_least=st.integers(0, 5)),
    st.builds(Count, at_least=PARTS, base=BASES, strict=st.booleans()),
    st.builds(Share, of=st.just("w"), at_least=PARTS, base=BASES, strict=st.booleans()),
    st.builds(Share, of=st.just("w"), at_least=PARTS),
    st.builds(Members, who=st.just("big")),
    st.builds(NoneAgainst, who=st.just("big"), abstention=st.booleans()),
    st.builds(
        FewerThan, number=st.integers(1, 4), side=st.sampled_from(["against", "abstaining", "not-for", "absent"])
    ),
    st.builds(Quorum, at_least=PARTS),
)


def all_rules() -> st.SearchStrategy[Rule]:
    some = st.lists(LEAVES, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        LEAVES,
        st.builds(AllOf, of=some),
        st.builds(AnyOf, of=some),
        st.builds(AtLeast, number=st.just(2), of=st.lists(LEAVES, min_size=2, max_size=3).map(tuple)),
    )


def grounded(rule: Rule) -> GroundRule:
    return ground(rule, SETTING, date(2000, 1, 1), frozenset(NAMES))


def tally(column: tuple[int, ...]) -> Tally:
    by = {way: frozenset(name for name, cast in zip(NAMES, column, strict=True) if cast == way) for way in range(4)}
    return Tally(for_=by[YES], against=by[NO], abstaining=by[ABSTAIN], absent=by[ABSENT])


@given(rule=all_rules(), columns=st.lists(st.tuples(WAYS, WAYS, WAYS, WAYS, WAYS), min_size=1, max_size=5))
def test_outcomes_and_pivots_are_those_of_the_rule_language(rule: Rule, columns: list[tuple[int, ...]]) -> None:
    judged = grounded(rule)
    room, ways = chamber(judged, NAMES), np.array(columns, np.int8).T
    found, critical = outcomes(room, ways), pivotal(room, ways)
    for at, column in enumerate(columns):
        before = holds(judged, tally(column))
        assert found[at] == before
        for who in range(len(NAMES)):
            others = [(*column[:who], way, *column[who + 1 :]) for way in (NO, ABSTAIN, YES)]
            turns = column[who] != ABSENT and any(holds(judged, tally(one)) != before for one in others)
            assert critical[who, at] == turns


def test_the_pivot_on_a_line_is_the_median_and_by_two_thirds_the_thirds() -> None:
    names = tuple(f"M{at}" for at in range(9))
    line = np.arange(9)

    def pivots(part: Fraction, *, strict: bool) -> tuple[int | None, int | None]:
        rule = Count(at_least=part, strict=strict, base="present-and-voting")
        return on_the_line(chamber(ground(rule, FixedSetting(), date(2000, 1, 1), frozenset(names)), names), line)

    assert pivots(Fraction(1, 2), strict=True) == (4, 4)
    # Six of nine are two thirds: the sixth from either end.
    assert pivots(Fraction(2, 3), strict=False) == (5, 3)
    assert pivots(Fraction(1), strict=True) == (None, None)


def test_a_veto_moves_the_pivot() -> None:
    rule = AllOf(of=(Count(at_least=3), NoneAgainst(who="big")))
    found = on_the_line(chamber(grounded(rule), NAMES), np.array([4, 3, 2, 1, 0]))
    # From E: A is the last of those with a veto; from A: B is, and C makes three.
    assert found == (0, 2)


def test_who_bridges_two_blocs_is_who_is_nearest_and_needed() -> None:
    # Five against four on every question; D of the larger bloc agrees with the smaller on one question more.
    ways = np.array([[YES] * 4] * 4 + [[YES, YES, YES, NO]] + [[NO] * 4] * 4, np.int8)
    of = np.array([0] * 5 + [1] * 4)
    names = tuple("ABCDEFGHI")
    rule = ground(
        Count(at_least=Fraction(1, 2), strict=True, base="present-and-voting"),
        FixedSetting(),
        date(2000, 1, 1),
        frozenset(names),
    )
    found = bridges(chamber(rule, names), ways, of, agreement(ways).share, (0, 1))
    first = found[0]
    assert (first.member, first.home, first.toward) == (4, 0, 1)
    # On the first three questions one vote decides, and E stands nearest; on the fourth it is with the others already.
    assert (first.alone, first.carry) == (3, pytest.approx(3))
    assert {one.member for one in found if one.alone == 3} == {0, 1, 2, 3, 4}


# The question as it is asked


def table(ways: np.ndarray, session: int = 1) -> str:
    words = ("no", "abstain", "yes", "absent")
    rows = (f"q{q},{session},M{who},{words[ways[who, q]]}" for q in range(ways.shape[1]) for who in range(len(ways)))
    return "\n".join(("rcid,session,actor,vote", *rows)) + "\n"


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def test_the_answer_tells_of_blocs_sessions_and_issues(register: Register) -> None:
    ways = camps((5, 4))
    text = table(ways[:, :30]) + table(ways[:, 30:], 2).partition("\n")[2].replace("\nq", "\np")
    asked = BlocsAsked(text=text, issues="rcid,issue\nq1,peace\nq2,peace\nq2,trade\n", draws=20)
    found = answer(register, asked)
    assert [one.size for one in found.blocs] == [5, 4]
    assert [one.part for one in found.sessions] == ["1", "2"]
    assert {one.part: one.questions for one in found.issues} == {"peace": 2, "trade": 1}
    assert found.members[0].pivotal <= found.members[0].votes
    again = answer(register, asked)
    assert again == found
    json.dumps(found.plain(), allow_nan=False)


def test_groups_that_are_named_are_judged_as_they_are(register: Register) -> None:
    groups = "actor,bloc\nM0,west\nM1,west\nM2,east\nM3,east\n"
    found = answer(register, BlocsAsked(text=table(camps((3, 3))), groups=groups))
    assert {one.bloc: one.actors for one in found.blocs} == {"east": ("M2", "M3"), "west": ("M0", "M1")}
    assert [one.bloc for one in found.members] == ["west", "west", "east", "east", "", ""]
    assert found.silhouette is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"text": "rcid,session,actor,vote\n1,1,A,maybe\n"}, "vote-unknown"),
        ({"text": "rcid,session,actor,vote\n1,1,,yes\n"}, "number-wrong"),
        ({"text": "rcid,session,actor,vote\n1,nan,A,yes\n"}, "number-wrong"),
        ({"text": "rcid,session,actor,vote\n1,1,A,\n"}, "csv-empty"),
        ({"text": table(camps((3, 3))), "session": 9}, "session-unknown"),
        ({"text": table(camps((3, 3))), "rule": "nobody-decides", "on": "2020-01-01"}, "rule-unknown"),
        ({"text": table(camps((3, 3))), "rule": "unga-simple"}, "parameter-missing"),
        ({"text": table(camps((3, 3))), "number": 99}, "number-wrong"),
        ({"text": table(camps((3, 3))), "groups": "actor,bloc\nM0,a\nM0,b\n"}, "bloc-twice"),
        ({"text": table(camps((3, 3))), "groups": "actor,bloc\nZ,a\n"}, "bloc-unknown"),
        ({"text": table(camps((3, 3))), "issues": "question,issue\n"}, "csv-column-missing"),
    ],
)
def test_what_cannot_be_answered_is_said(register: Register, asked: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        answer(register, BlocsAsked(**asked))
    assert code in {finding.code for finding in refusal.value.findings}


def test_very_many_members_are_refused_before_anything_is_multiplied(register: Register) -> None:
    text = "rcid,session,actor,vote\n" + "".join(f"1,1,M{at},yes\n" for at in range(3001))
    with pytest.raises(Refusal) as refusal:
        answer(register, BlocsAsked(text=text))
    assert refusal.value.findings[0].code == "blocs-too-large"


def test_who_votes_twice_in_a_roll_call_is_counted_once_and_again_in_the_next_session(register: Register) -> None:
    text = "rcid,session,actor,vote\n1,1,A,yes\n1,1,A,no\n1,1,B,yes\n1,1,C,yes\n1,2,A,yes\n1,2,B,no\n"
    found = answer(register, BlocsAsked(text=text, draws=0))
    assert found.votes == 5
    assert found.questions == 2
    assert [one.code for one in found.findings] == ["vote-twice"]


HEAD = """\
id = "{id}"
title = "{id}"
kind = "resolution"
adopted = 2001-0{n}-01
source = "invented"
[adoption]
body = "united-nations"
"""


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of four resolutions with the votes on them."""
    folder = tmp_path_factory.mktemp("voted")
    (folder / "instruments").mkdir()
    cast = {
        "FRA": "for for against for",
        "DEU": "for for against for",
        "CHN": "against against for for",
        "IND": "against against for abstaining",
        "BRA": "against absent for abstaining",
    }
    for n in range(1, 5):
        name = f"vote-{n}"
        (folder / "instruments" / f"{name}.toml").write_text(HEAD.format(id=name, n=n), encoding="utf-8")
        rows = [f"2001-0{n}-01,{who},vote-{ways.split()[n - 1]}" for who, ways in cast.items()]
        (folder / "instruments" / f"{name}.csv").write_text(
            "date,actor,act\n" + "\n".join(rows) + "\n", encoding="utf-8"
        )
    return folder


def test_the_votes_of_a_register_are_asked_as_those_of_a_table(voted: Path) -> None:
    found = answer(open_register(voted), BlocsAsked(body="united-nations", session=2001, draws=0))
    assert [set(one.actors) for one in found.blocs] == [{"BRA", "CHN", "IND"}, {"DEU", "FRA"}]
    assert found.questions == 4
    assert {one.actor: one.votes for one in found.members}["BRA"] == 3
    with pytest.raises(Refusal):
        answer(open_register(voted), BlocsAsked(body="nowhere"))


def asked_of(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.stdout


def test_the_command_answers_a_file_and_a_register(tmp_path: Path, voted: Path) -> None:
    file = tmp_path / "votes.csv"
    file.write_text(table(camps((5, 4))), encoding="utf-8")
    code, said = asked_of("blocs", str(file), "--rule", "unga-important", "--on", "2020-01-01", "--format", "json")
    assert code == 0
    found = json.loads(said)
    assert [one["size"] for one in found["blocs"]] == [5, 4]
    assert found["rule"] == "unga-important"
    code, said = asked_of("blocs", str(file), "--format", "table")
    assert code == 0
    assert "2 blocs" in said
    code, said = asked_of(
        "blocs", "--register", str(voted), "--body", "united-nations", "--session", "2001", "--format", "csv"
    )
    assert code == 0
    assert said.splitlines()[0].startswith("actor,bloc,")
    code, said = asked_of("blocs", str(tmp_path / "none.csv"), "--format", "json")
    assert code == 2


@pytest.mark.shared
def test_the_soviet_bloc_of_1950_is_found(shared: Path, register: Register) -> None:
    # The five members of the fifth session that accounts of those years name as one bloc.
    with gzip.open(shared / "votes" / "un_roll_calls.csv.gz", "rt", encoding="utf-8") as lines:
        fifth = {row["rcid"] for row in csv.DictReader(lines) if row["session"] == "5.0"}
    with gzip.open(shared / "votes" / "un_votes.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [
            f"{question},5,{row['country']},{row['vote']}"
            for row in itertools.islice(csv.DictReader(lines), 40_000)
            if (question := row["rcid"].removesuffix(".0")) in fifth
        ]
    found = answer(register, BlocsAsked(text="\n".join(("rcid,session,actor,vote", *rows)), draws=20))
    smaller = found.blocs[-1]
    assert set(smaller.actors) == {"Belarus", "Czechoslovakia", "Poland", "Russia", "Ukraine"}
    assert (smaller.rice or 0) > 0.95
