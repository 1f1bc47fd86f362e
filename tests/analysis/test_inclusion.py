"""Inclusion: published values of the indices, brute force, a whole table, and bad ones."""

import json
from math import log
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from comity.analysis.positions.inclusion import by_lot, parts
from comity.cli.main import main
from comity.service import Refusal, Register, open_register
from comity.service.inclusion import InclusionAsked, _wilson, answer

TABLE = """\
actor,group,minutes,proposals_made,proposals_accepted,population,need
A,north,60,8,6,10,1
B,north,30,4,2,10,2
C,south,10,4,1,60,5
D,south,0,0,0,20,2
"""


def test_the_indices_of_the_first_numbers_and_of_one_who_has_all() -> None:
    # Of 1, 2, … n the Gini coefficient is (n - 1) / 3n; where one has all, it is (n - 1) / n and Theil's T is ln n.
    ones, alone = np.ones(5), np.zeros(5, np.intp)
    assert parts(np.arange(1.0, 6), ones, alone).gini == pytest.approx(4 / 15)
    found = parts(np.array([0, 0, 0, 0, 7.0]), ones, alone)
    assert [found.gini, found.theil, found.hoover] == pytest.approx([0.8, log(5), 0.8])
    even = parts(np.array([2.0, 4, 6]), np.array([1.0, 2, 3]), np.zeros(3, np.intp))
    assert [even.gini, even.theil, even.hoover] == pytest.approx([0, 0, 0], abs=1e-12)


def test_what_lies_between_groups_and_within_them_is_all() -> None:
    rng = np.random.default_rng(5)
    values, reference, groups = rng.random(9), rng.random(9), np.repeat([0, 1, 2], 3)
    found = parts(values, reference, groups)
    within = 0.0
    for group in range(3):
        own, other = values[groups == group], reference[groups == group]
        s, r = own / own.sum(), other / other.sum()
        within += own.sum() / values.sum() * float((s * np.log(s / r)).sum())
    assert found.within == pytest.approx(within)
    assert found.theil == pytest.approx(found.between + within)
    # Gini by its definition over pairs, weighted by the reference.
    r, ratio = found.reference, found.ratio
    pairs = sum(r[a] * r[b] * abs(ratio[a] - ratio[b]) for a in range(9) for b in range(9))
    assert found.gini == pytest.approx(pairs / 2)


def test_by_lot_one_thing_among_two_is_always_uneven() -> None:
    lot = by_lot(np.array([1.0, 0]), np.ones(2), 500, 0)
    assert lot is not None
    assert (lot.mean, lot.high, lot.chance) == (0.5, 0.5, 1.0)
    assert by_lot(np.array([0.5, 0.5]), np.ones(2), 500, 0) is None


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def test_a_meeting_is_told_beside_everything_brought(register: Register) -> None:
    found = answer(register, InclusionAsked(text=TABLE))
    assert {(one.measure, one.reference) for one in found.indices} == {
        (measure, reference)
        for measure in ("minutes", "proposals_made", "proposals_accepted")
        for reference in ("equal", "population", "need")
    }
    # Minutes are no single things that could be given by lot; proposals are.
    assert {one.measure for one in found.indices if one.lot_mean is not None} == {
        "proposals_made",
        "proposals_accepted",
    }
    by_actor = {one.actor: one for one in found.parts if (one.measure, one.reference) == ("minutes", "population")}
    assert by_actor["A"].ratio == pytest.approx(0.6 / 0.1)
    assert by_actor["C"].ratio == pytest.approx(0.1 / 0.6)
    assert [one.rate for one in found.rates] == [0.75, 0.5, 0.25, None]
    json.dumps(found.plain(), allow_nan=False)


def test_wilsons_interval_as_published() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263 is .2553 to .3662, 0 of 20 is 0 to .1611.
    assert _wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert _wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_dated_weights_of_the_register_are_a_reference(register: Register) -> None:
    asked = InclusionAsked(text="actor,minutes\nUSA,10\nFRA,10\n", weights="imf-votes", on="2022-06-01")
    found = answer(register, asked)
    ratio = {one.actor: one.ratio for one in found.parts if one.reference == "imf-votes"}
    assert (ratio["USA"] or 0) < 1 < (ratio["FRA"] or 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("minutes\n1\n", "csv-column-missing"),
        ("actor,minutes\nA,nan\n", "number-wrong"),
        ("actor,minutes\nA,1\nA,2\n", "actor-twice"),
        ("actor,minutes\nA\n", "csv-row-length"),
        ("actor,minutes\n", "csv-empty"),
        ("actor,population\nA,1\n", "csv-column-missing"),
        ("actor,minutes\nA,0\nB,0\n", "inclusion-empty"),
        ("actor,minutes\nA,-1\nB,2\n", "inclusion-empty"),
        ("actor,proposals_made,proposals_accepted\nA,1,2\n", "number-wrong"),
        ("actor,minutes\n" + "".join(f"A{at},1\n" for at in range(10_001)), "inclusion-too-large"),
    ],
)
def test_a_faulty_table_is_refused(register: Register, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        answer(register, InclusionAsked(text=text))
    assert code in {finding.code for finding in refusal.value.findings}


def test_the_command_answers(tmp_path: Path) -> None:
    file = tmp_path / "meeting.csv"
    file.write_text(TABLE, encoding="utf-8")
    for form, says in (("json", '"indices"'), ("csv", "actor,group,measure"), ("table", "times its part")):
        result = CliRunner().invoke(main, ["inclusion", str(file), "--format", form])
        assert result.exit_code == 0, result.output
        assert says in result.output
