"""Sharing what all earn together: against published games, and objections counted coalition by coalition."""

import json
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis.coalitions.stability import from_table
from comity.analysis.coalitions.worth import Worths, judge, nucleolus, of_payoffs, prenucleolus, shapley
from comity.cli.main import main
from comity.service import Refusal, Register
from comity.service.worths import CoreAsked, answer


def game(n: int, worth: Callable[[frozenset[int]], object]) -> Worths:
    values = [Fraction(str(worth(frozenset(k for k in range(n) if at >> k & 1)))) for at in range(1 << n)]
    return Worths(players=tuple(f"P{k}" for k in range(n)), values=tuple(values))


def proved(worths: Worths) -> list[Fraction]:
    found = nucleolus(worths)
    assert found is not None
    assert found[1]
    return list(found[0])


@pytest.mark.parametrize(
    ("estate", "shares"),
    # The contested estates of the Mishnah (Ketubot 93a), whose nucleolus Aumann and Maschler (1985) found.
    [(100, ["100/3", "100/3", "100/3"]), (200, ["50", "75", "75"]), (300, ["50", "100", "150"])],
)
def test_the_estates_of_the_talmud(estate: int, shares: list[str]) -> None:
    claims = (100, 200, 300)
    worths = game(3, lambda who: max(0, estate - sum(claims[k] for k in range(3) if k not in who)))
    assert proved(worths) == [Fraction(one) for one in shares]


def test_one_left_glove_and_two_right_ones() -> None:
    worths = game(3, lambda who: int(0 in who and len(who) > 1))
    # All goes to whom the others compete for; on the average each is the one who completes a pair (Shapley 1953).
    assert proved(worths) == [1, 0, 0]
    assert shapley(worths) == (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))
    assert judge(worths, proved(worths)).in_core
    found = judge(worths, shapley(worths))
    assert [(one.members, one.excess) for one in found.worst[:2]] == [
        (("P0", "P1"), Fraction(1, 6)),
        (("P0", "P2"), Fraction(1, 6)),
    ]
    assert found.objecting == 2


def test_a_runway_is_paid_for_by_those_who_need_its_length() -> None:
    costs = (1, 2, 3, 4)
    worths = game(4, lambda who: -max((costs[k] for k in who), default=0))
    # Littlechild and Owen (1973): each piece of the runway is paid in equal parts by those who use it.
    assert [-one for one in shapley(worths)] == [
        sum((Fraction(1, 4 - piece) for piece in range(k + 1)), Fraction(0)) for k in range(4)
    ]
    # Littlechild (1974), by his algorithm: the least of 1/2, 2/3, 3/4, 4/4 for the first; then of 3/4, 5/6, 7/6; …
    assert [-one for one in proved(worths)] == [Fraction(1, 2), Fraction(3, 4), Fraction(7, 8), Fraction(15, 8)]


def test_nobody_can_share_among_three_of_whom_two_suffice() -> None:
    worths = game(3, lambda who: int(len(who) > 1))
    found, sure = prenucleolus(worths)
    # The core of a simple game without a veto player is empty (Shapley 1962); two of three could gain a third.
    assert sure
    assert list(found) == [Fraction(1, 3)] * 3
    assert judge(worths, found).largest == Fraction(1, 3)


def test_the_veto_players_of_the_security_council_share_all_in_five_and_ten() -> None:
    worths = game(15, lambda who: int(all(k in who for k in range(5)) and len(who) > 8))
    assert proved(worths) == [Fraction(1, 5)] * 5 + [0] * 10
    assert shapley(worths) == (Fraction(421, 2145),) * 5 + (Fraction(4, 2145),) * 10


@settings(max_examples=40)
@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.integers(-3, 6), min_size=2**n - 1, max_size=2**n - 1)))
def test_the_prenucleolus_is_as_kohlberg_says_and_objections_are_those_of_the_definition(values: list[int]) -> None:
    worths = Worths(players=tuple("ABCD"[: len(values).bit_length()]), values=tuple(map(Fraction, (0, *values))))
    n = len(worths.players)
    shares, sure = prenucleolus(worths)
    assert sure
    assert sum(shares) == worths.total()
    found = judge(worths, shares, most=100)
    by_hand = {}
    for size in range(1, n):
        for who in combinations(range(n), size):
            by_hand[who] = worths.values[sum(1 << k for k in who)] - sum(shares[k] for k in who)
    assert [one.excess for one in found.worst] == sorted(by_hand.values(), reverse=True)
    assert found.objecting == sum(one > 0 for one in by_hand.values())
    # Kohlberg (1971): every player is in a coalition with the largest excess and out of one, moving nothing helps:
    # no direction raises all of them at once. Tried along every exchange between two players.
    worst = [who for who, one in by_hand.items() if one == found.largest]
    for one in range(n):
        for other in range(n):
            assert one == other or not all(one in who and other not in who for who in worst)
    assert sum(shapley(worths)) == worths.total()


def test_worths_of_payoffs_are_what_members_have_together() -> None:
    table = [[Fraction(at * 3 + k) for k in range(3)] for at in range(8)]
    found = of_payoffs(from_table(("A", "B", "C"), table))
    assert found.values[0b101] == table[5][0] + table[5][2]
    assert (found.values[0], found.values[7]) == (0, sum(table[7]))


def test_every_fault_of_a_table_is_told(shipped: Register) -> None:
    text = "coalition,worth\nA,1\nA;B,x\nA;A,2\nA,3\n"
    with pytest.raises(Refusal) as caught:
        answer(shipped, CoreAsked(text=text))
    codes = [one.code for one in caught.value.findings]
    assert codes == ["number-wrong", "coalitions-unknown", "coalitions-twice"]
    with pytest.raises(Refusal) as caught:
        answer(shipped, CoreAsked(text='{"players": ["A", "B"], "worth": {"A": 1}}'))
    assert {one.says for one in caught.value.findings} == {"there is no worth of B", "there is no worth of A;B"}
    many = json.dumps({"players": [f"P{k}" for k in range(17)], "worth": {"P0": 1}})
    with pytest.raises(Refusal, match="17 players"):
        answer(shipped, CoreAsked(text=many))


@pytest.mark.usefixtures("read_once")
def test_the_command_says_who_would_object(tmp_path: Path) -> None:
    file = tmp_path / "cost.json"
    file.write_text('{"players": ["A", "B"], "cost": {"A": 4, "B": 6, "A;B": 8}}', encoding="utf-8")
    found = CliRunner().invoke(main, ["core", str(file), "--share", "A=5", "--share", "B=3", "--format", "json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.output)
    assert not told["core"]["empty"]
    assert told["says"][-1] == "The proposal: A would object: 5 to bear, and alone 4."
    # Both save the same of what they would pay alone.
    assert told["sharings"][0]["exact"] == {"A": "3", "B": "5"}
    wrong = CliRunner().invoke(main, ["core", str(file), "--share", "A=5", "--share", "B=4", "--format", "json"])
    assert (wrong.exit_code, json.loads(wrong.output)["findings"][0]["code"]) == (2, "worth-total")


def test_sixteen_players_are_answered_in_seconds() -> None:
    worths = game(16, lambda who: len(who) ** 2)
    start = time.process_time()
    assert proved(worths) == [16] * 16
    assert shapley(worths) == (16,) * 16
    assert time.process_time() - start < 10
