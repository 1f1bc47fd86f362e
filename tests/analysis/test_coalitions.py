"""Stability of every coalition: against definitions worked out set by set in fractions, and what was published."""

import json
import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis.coalitions import bits as coalition_bits
from comity.analysis.coalitions.clubs import LinearGains, Region, climate_gains, stable_clubs
from comity.analysis.coalitions.farsighted import largest_consistent_set
from comity.analysis.coalitions.formulas import Formula, FormulaError, parse_formula
from comity.analysis.coalitions.models import formula_of, model_formula
from comity.analysis.coalitions.programs import search_stable
from comity.analysis.coalitions.reasons import look
from comity.analysis.coalitions.stability import (
    Membership,
    Payoffs,
    TooManyCoalitionsError,
    exactly,
    from_formula,
    from_model,
    from_table,
    stability,
)
from comity.cli.main import main

Table = list[list[Fraction]]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Payoffs of up to four players, small whole numbers so that ties are frequent."""
    n = draw(st.integers(1, 4))
    row = st.lists(st.integers(-2, 2).map(Fraction), min_size=n, max_size=n)
    return draw(st.lists(row, min_size=1 << n, max_size=1 << n))


def members(state: int, n: int) -> set[int]:
    return {k for k in range(n) if state >> k & 1}


def admitted(table: Table, state: int, k: int, membership: Membership) -> bool:
    inside = members(state, len(table[0]))
    lose = sum(table[state | 1 << k][i] < table[state][i] for i in inside)
    return membership == "open" or lose == 0 or (membership == "majority" and 2 * lose < len(inside))


def surplus(table: Table, state: int) -> Fraction:
    inside = members(state, len(table[0]))
    return sum((table[state][i] - table[state ^ 1 << i][i] for i in inside), Fraction(0))


@given(tables(), st.sampled_from(["open", "exclusive", "majority"]), st.sampled_from(["out", "in"]))
def test_every_coalition_is_judged_as_the_definitions_say(
    table: Table, membership: Membership, indifferent: str
) -> None:
    n = len(table[0])
    payoffs = from_table([f"P{k}" for k in range(n)], table)
    found = stability(payoffs, membership=membership, indifferent="in" if indifferent == "in" else "out")

    def wants(gain: Fraction) -> bool:
        return gain > 0 or (gain == 0 and indifferent == "in")

    for state in range(1 << n):
        inside = members(state, n)
        outside = set(range(n)) - inside
        assert found.internal[state] == all(table[state][i] >= table[state ^ 1 << i][i] for i in inside)
        assert found.external[state] == (
            not any(
                wants(table[state | 1 << k][k] - table[state][k]) and admitted(table, state, k, membership)
                for k in outside
            )
        )
        assert found.potential[state] == (surplus(table, state) >= 0)
        idle = len(inside) == 1 and table[state] == table[0]
        assert found.agreement[state] == (not idle)
        shared = surplus(table, state) >= 0 and not any(wants(surplus(table, state | 1 << k)) for k in outside)
        assert found.sharing[state] == (shared and (not idle or state == 0))
        assert found.stable[state] == (found.internal[state] and found.external[state] and not idle)


def public_good(b: list[Fraction], c: list[Fraction], state: int) -> list[Fraction]:
    """What each has when members contribute what is best for them together, outsiders what is best for each."""
    inside = members(state, len(b))
    together = sum((b[i] for i in inside), Fraction(0))
    given = [together / c[i] if i in inside else b[i] / c[i] for i in range(len(b))]
    return [b[i] * sum(given) - c[i] * given[i] ** 2 / 2 for i in range(len(b))]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_the_asymmetric_public_good_is_the_model_it_says(pairs: list[tuple[int, int]]) -> None:
    b, c = [Fraction(one) for one, _ in pairs], [Fraction(one) for _, one in pairs]
    players = [f"P{k}" for k in range(len(b))]
    payoffs = from_formula(players, model_formula("public-good", {"b": b, "c": c}))
    for state in range(1 << len(b)):
        expected = public_good(b, c, state)
        for k, (inside, outside) in enumerate(exactly(payoffs, state)):
            assert (inside, outside) == ((expected[k], None) if state >> k & 1 else (None, expected[k]))


@pytest.mark.parametrize("n", [3, 5, 10, 100])
def test_with_linear_benefit_and_quadratic_cost_no_more_than_three_agree(n: int) -> None:
    # Barrett 1994, section 3; Carraro and Siniscalco 1993: three at most. The third gains exactly nothing by staying,
    # and an outsider to two nothing by joining: where the indifferent stay out two are stable as well.
    payoffs = from_formula(("country",), model_formula("public-good", {"b": [Fraction(2)], "c": [Fraction(7)]}), (n,))
    assert np.flatnonzero(stability(payoffs, indifferent="in").stable).tolist() == [3]
    assert np.flatnonzero(stability(payoffs).stable).tolist() == [0, 2, 3]
    assert look(payoffs, 3).positions[0].gain == 0


def barrett(a: str, b: str, c: str, n: int) -> Payoffs:
    numbers = {name: [Fraction(value)] for name, value in (("a", a), ("b", b), ("c", c))}
    return from_formula(("country",), model_formula("barrett-1994", numbers), (n,))


def test_what_barrett_published_for_ten_countries() -> None:
    # Barrett 1994, table 1 (N = 10, a = 100, b = 1, c = .25): payoffs of signatories and others; four sign.
    payoffs = barrett("100", "1", "0.25", 10)
    published = {0: (None, 472.0), 1: (476.8, 468.1), 2: (474.0, 466.6), 3: (472.3, 468.9), 4: (472.2, 474.9)}
    for size, expected in published.items():
        found = tuple(None if one is None else round(float(one), 1) for one in exactly(payoffs, size)[0])
        assert found == expected
    assert np.flatnonzero(stability(payoffs).stable).tolist() == [4]


def test_any_number_from_two_to_everybody_may_sign_where_members_lead() -> None:
    # Barrett 1994, as Rubio and Ulph 2006 restate it: from two to the grand coalition, as c / b falls.
    sizes = [
        np.flatnonzero(stability(barrett("100", "1", c, 100)).stable).tolist() for c in ("100", "1", "0.01", "0.0001")
    ]
    assert sizes == [[2], [3], [51], [100]]


@settings(max_examples=25)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 10_000))
def test_players_who_are_alike_are_as_many_single_ones(first: int, second: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # games to try
    b, c = [Fraction(chance.randint(1, 3)) for _ in "AB"], [Fraction(chance.randint(1, 3)) for _ in "AB"]
    numbers = (first, second)
    kinds = from_formula(("A", "B"), model_formula("public-good", {"b": b, "c": c}), numbers)
    each = {name: [value[k] for k in (0, 1) for _ in range(numbers[k])] for name, value in (("b", b), ("c", c))}
    names = [f"{name}{at}" for name, many in zip("AB", numbers, strict=True) for at in range(many)]
    single = from_formula(names, model_formula("public-good", each))
    small, large = stability(kinds), stability(single)
    for state in range(len(single.inside)):
        counts = [sum(state >> at & 1 for at, name in enumerate(names) if name[0] == kind) for kind in "AB"]
        alike = counts[0] + counts[1] * (first + 1)
        for what in ("internal", "external", "potential", "stable", "sharing"):
            assert getattr(small, what)[alike] == getattr(large, what)[state]


# A gain that is linear in who else is in


def linear(n: int, seed: int, most: int = 3) -> LinearGains:
    chance = random.Random(seed)  # noqa: S311  # games to try
    return LinearGains(
        players=tuple(f"P{k}" for k in range(n)),
        alone=tuple(Fraction(chance.randint(-most, most)) for _ in range(n)),
        given=tuple(tuple(Fraction(chance.randint(-most, most)) for _ in range(n)) for _ in range(n)),
    )


@pytest.mark.parametrize("part", [Fraction(0), Fraction(1, 10**30)])
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_bits_are_what_the_definitions_say(n: int, part: Fraction) -> None:
    """Whole numbers, and fractions so fine that floats cannot tell them from a tie."""
    for seed in range(12):
        gains = linear(n, seed)
        gains = LinearGains(players=gains.players, alone=tuple(one + part for one in gains.alone), given=gains.given)
        bits = coalition_bits.bits_of(gains)
        found = {
            name: set(coalition_bits.chosen(getattr(bits, name))) for name in ("internal", "external", "potential")
        }
        expected: dict[str, set[int]] = {name: set() for name in found}
        for state in range(1 << n):
            gain = [
                gains.alone[k] + sum((gains.given[k][j] for j in members(state, n) if j != k), Fraction(0))
                for k in range(n)
            ]
            inside = members(state, n)
            holds = {
                "internal": all(gain[k] >= 0 for k in inside),
                "external": all(gain[k] <= 0 for k in range(n) if k not in inside),
                "potential": sum((gain[k] for k in inside), Fraction(0)) >= 0,
            }
            for name, held in holds.items():
                if held:
                    expected[name].add(state)
        assert found == expected


@pytest.mark.parametrize("alike", [False, True])
def test_bits_of_a_public_good_are_those_of_its_payoffs(alike: bool) -> None:  # noqa: FBT001  # a case
    for n in (1, 2, 4, 6):
        chance = random.Random(n)  # noqa: S311  # games to try
        b, c = ([Fraction(1) if alike else Fraction(chance.randint(1, 4), 3) for _ in range(n)] for _ in "bc")
        players = [f"P{k}" for k in range(n)]
        bits = coalition_bits.bits_of(coalition_bits.public_good_gains(players, b, c))
        whole = stability(from_formula(players, model_formula("public-good", {"b": b, "c": c})))
        listed = whole.agreement | (np.arange(1 << n) == 0)
        for name in ("internal", "external", "potential", "sharing"):
            found = np.zeros(1 << n, bool)
            found[coalition_bits.chosen(getattr(bits, name))] = True
            assert ((found & listed) == (getattr(whole, name) & listed)).all()


def test_the_bits_of_the_climate_club_are_its_stable_clubs() -> None:
    chance = random.Random(7)  # noqa: S311  # games to try
    regions = [
        Region(
            name=f"R{at}",
            gdp=Fraction(chance.randint(300, 16_000)),
            co2=Fraction(chance.randint(100, 9_000)),
            mckinsey=Fraction(chance.randint(8, 60), 1000),
            tariff_alpha=Fraction(1, 2),
            tariff_beta=Fraction(3, 5),
            exports=tuple(Fraction(0 if at == to else chance.randint(1, 400)) for to in range(8)),
        )
        for at in range(8)
    ]
    for price in (Fraction(25, 2), Fraction(50)):
        for tariff in (Fraction(0), Fraction(1, 20)):
            gains = climate_gains(regions, price, tariff)
            found = [
                {k for k in range(8) if mask >> k & 1}
                for mask in coalition_bits.chosen(coalition_bits.bits_of(gains).stable)
            ]
            expected = [{int(name[1:]) for name in club.members} for club in stable_clubs(gains)]
            assert sorted(map(sorted, found)) == sorted(map(sorted, expected))
            programs = search_stable(gains, most=50)
            assert programs.complete
            assert sorted(programs.stable) == sorted(club.members for club in stable_clubs(gains))


def test_the_largest_come_first() -> None:
    bits = np.array([0b10010110, 0b11], np.uint8)
    assert coalition_bits.largest(bits, 4) == [7, 9, 1, 2]


def test_bits_of_too_many_are_refused_with_what_they_would_need() -> None:
    with pytest.raises(ValueError, match=r"players would need [\d.,]+ GB"):
        coalition_bits.bits_of(linear(coalition_bits.MOST_BITS + 1, 0))


@pytest.mark.parametrize("seed", range(12))
def test_programs_find_every_stable_coalition_and_prove_that_there_is_no_other(seed: int) -> None:
    gains = linear(3 + seed % 6, seed)
    found = search_stable(gains, most=300)
    assert found.complete
    assert sorted(found.stable) == sorted(club.members for club in stable_clubs(gains))
    if len(found.stable) > 1:
        fewer = search_stable(gains, most=len(found.stable) - 1)
        assert not fewer.complete
        assert set(fewer.stable) < set(found.stable)


def test_forty_players_with_one_stable_coalition_that_is_proved() -> None:
    # Each gains when the one before is in, the first in any case: only everybody together is stable.
    n = 40
    gains = LinearGains(
        players=tuple(f"P{k}" for k in range(n)),
        alone=tuple(Fraction(1 if k == 0 else -1) for k in range(n)),
        given=tuple(tuple(Fraction(2 if j == k - 1 else 0) for j in range(n)) for k in range(n)),
    )
    found = search_stable(gains)
    assert found.complete
    assert found.settled == n
    assert found.stable == (gains.players,)


def test_a_game_of_thirty_without_a_stable_coalition_is_proved_to_have_none() -> None:
    # Two of them chase one another: one joins what the other is in, the other leaves what it is in.
    n = 30
    rows = [[Fraction(0)] * n for _ in range(n)]
    rows[0][1], rows[1][0] = Fraction(2), Fraction(-2)
    for k in range(2, n):
        rows[k][k - 1 if k > 2 else n - 1] = Fraction(1)
    alone = (Fraction(-1), Fraction(1), *([Fraction(0)] * (n - 2)))
    found = search_stable(LinearGains(players=tuple(map(str, range(n))), alone=alone, given=tuple(map(tuple, rows))))
    assert found.complete
    assert found.stable == ()


# Farsighted


def consistent_by_definition(table: Table, *, one_by_one: bool) -> set[int]:
    """Chwe 1994, definitions 1 and 2, by chains of moves."""
    n = len(table[0])
    states = range(1 << n)

    def moves(state: int) -> list[tuple[int, set[int]]]:
        found = [(end, members(state ^ end, n)) for end in states if end != state]
        return [(end, group) for end, group in found if not one_by_one or len(group) == 1]

    def prefer(group: set[int], before: int, after: int) -> bool:
        return all(table[before][k] < table[after][k] for k in group)

    dominated: set[tuple[int, int]] = set()
    for end in states:
        while True:
            more = {
                (state, end)
                for state in states
                for step, group in moves(state)
                if prefer(group, state, end) and (step == end or (step, end) in dominated)
            } - dominated
            if not more:
                break
            dominated |= more
    kept = set(states)
    while True:
        still = {
            state
            for state in kept
            if all(
                any(not prefer(group, state, end) for end in kept if end == step or (step, end) in dominated)
                for step, group in moves(state)
            )
        }
        if still == kept:
            return kept
        kept = still


@given(tables(), st.booleans())
def test_the_largest_consistent_set_is_as_chwe_defines_it(table: Table, one_by_one: bool) -> None:  # noqa: FBT001  # drawn
    if len(table[0]) > 3:
        table = [row[:3] for row in table[:8]]
    payoffs = from_table([f"P{k}" for k in range(len(table[0]))], table)
    found = largest_consistent_set(payoffs, moves="one" if one_by_one else "together")
    assert set(found.consistent) == consistent_by_definition(table, one_by_one=one_by_one)


def test_farsighted_members_keep_larger_agreements() -> None:
    # A member of s stays where leaving ends in the next smaller agreement that holds: with s² / 2 + n - s inside
    # and s² + n - s - 1 / 2 outside, after three that is five and then eight.
    one = [Fraction(1)] * 8
    payoffs = from_formula([f"P{k}" for k in range(8)], model_formula("public-good", {"b": one, "c": one}))
    found = largest_consistent_set(payoffs, moves="one")
    assert {state.bit_count() for state in found.consistent} == {2, 3, 5, 8}


# Formulas


def formula(parameters: Mapping[str, list[Fraction]], inside: str) -> Formula:
    return formula_of(parameters, inside, "0")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 2", 5),
        ("-2^2 + 6", 2),
        ("2^-1 * 4", 2),
        ("members(b) + outsiders(b) - everyone(b)", 0),
        ("members(members(b) * b)", 9),
        ("min(size, 5, players) + max(b, 0)", 3),
        ("1.5e1 / (1 + 2)", 5),
    ],
)
def test_formulas_are_arithmetic(text: str, value: int) -> None:
    model = {"b": [Fraction(1), Fraction(2), Fraction(4)]}
    payoffs = from_formula(("A", "B", "C"), formula(model, text))
    assert exactly(payoffs, 0b011)[0][0] == value
    assert payoffs.inside[0b011, 0] == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("__import__('os')", "means nothing"),
        ("1 +", "ends too early"),
        ("(1", "ends too early"),
        ("1 2", "could end"),
        ("b^1000000", "whole power|a power is"),
        ("exp(b)", "there is no exp"),
        ("(" * 60 + "1" + ")" * 60, "deep"),
        ("-" * 3 + "1", "stands where"),
        ("1+" * 2000 + "1", "characters"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        parse_formula(text)


def test_a_division_by_nought_is_refused_where_somebody_would_have_it() -> None:
    with pytest.raises(FormulaError, match="nought"):
        from_formula(("A", "B"), formula({"b": [Fraction(0), Fraction(1)]}, "1 / b"))


def test_numbers_that_grow_without_end_are_refused() -> None:
    grows = "(" * 6 + "b" + "^9)" * 6
    with pytest.raises(FormulaError, match="too large"):
        from_formula(("A",), formula({"b": [Fraction(7)]}, grows))
    # As nought in floats, where only exact numbers would decide.
    with pytest.raises(FormulaError, match="too large"):
        stability(from_formula(("A",), formula({"b": [Fraction(7)]}, f"min(0, {grows})")))


def test_more_coalitions_than_can_be_held_are_refused_first() -> None:
    many = [f"P{k}" for k in range(40)]
    with pytest.raises(TooManyCoalitionsError, match="GB"):
        from_formula(many, formula({"b": [Fraction(1)] * 40}, "b"))


def test_a_model_is_asked_about_every_coalition_in_exact_numbers() -> None:
    asked: list[frozenset[str]] = []

    def model(inside: frozenset[str]) -> dict[str, Fraction]:
        asked.append(inside)
        return {name: Fraction(len(inside), 3) - (name in inside) for name in "ABC"}

    found = stability(from_model("ABC", model))
    assert len(set(asked)) == 8
    assert np.flatnonzero(found.stable).tolist() == [0]
    with pytest.raises(ValueError, match="finite"):
        from_model("AB", lambda inside: dict.fromkeys("AB", float("nan") if inside else 0.0))


# The command

GOOD = {
    "players": [
        {"name": name, "parameters": {"b": b, "c": c}} for name, b, c in (("A", 3, 1), ("B", 2, 0.5), ("C", 1, 1))
    ],
    "model": "public-good",
}


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Result]:
    def run(game: object, *options: str, name: str = "game.json") -> Result:
        file = tmp_path / name
        file.write_text(game if isinstance(game, str) else json.dumps(game), encoding="utf-8")
        return CliRunner().invoke(main, ["coalitions", str(file), "--format", "json", *options], catch_exceptions=False)

    return run


def test_the_command_says_who_would_leave_and_what_would_hold_them(ask: Callable[..., Result]) -> None:
    answer = json.loads(ask(GOOD, "--look", "A,B", "--transfers").stdout)
    b, c = [Fraction(3), Fraction(2), Fraction(1)], [Fraction(1), Fraction(1, 2), Fraction(1)]
    (looked,) = answer["looked_at"]
    both, without_a, without_b = (public_good(b, c, state) for state in (0b011, 0b010, 0b001))
    gains = {"A": both[0] - without_a[0], "B": both[1] - without_b[1]}
    assert looked["leaving"] == [name for name, gain in gains.items() if gain < 0] == ["B"]
    assert looked["surplus"] == sum(gains.values())
    transfers = {row["player"]: row["transfer"] for row in looked["positions"] if row["inside"]}
    assert sum(transfers.values()) == 0
    assert all(gains[name] + paid == sum(gains.values()) / 2 for name, paid in transfers.items())
    assert any("B would leave first: it gains 5 by leaving" in one for one in answer["says"])


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("2", 4),
        ('{"all": [{"members": ["A"]}, {"count": 2}]}', 3),
        # A, who has half, alone changes nothing, and agrees on nothing.
        ('{"share": 0.5, "of": "w"}', 4),
        ('{"count": 2, "among": "g"}', 2),
    ],
)
def test_below_a_clause_there_is_no_agreement(ask: Callable[..., Result], clause: str, expected: int) -> None:
    game = GOOD | {"weights": {"w": {"A": 2, "B": 1, "C": 1}}, "groups": {"g": ["A", "C"]}}
    assert json.loads(ask(game, "--clause", clause).stdout)["counts"]["agreements"] == expected


def test_a_clause_may_be_a_rule_of_the_register(ask: Callable[..., Result]) -> None:
    # Nine of fifteen and no veto, of a game among the five permanent members: nobody else is there to make nine.
    five = [{"name": name, "parameters": {"b": 1, "c": 1}} for name in ("CHN", "FRA", "GBR", "RUS", "USA")]
    game = {"players": five, "model": "public-good"}
    assert (
        json.loads(ask(game, "--clause", "unsc-substantive", "--on", "2024-01-01").stdout)["counts"]["agreements"] == 0
    )
    rule = '{"all": [{"count": 3}, {"none_against": ["CHN", "USA"]}]}'
    assert json.loads(ask(game, "--clause", rule).stdout)["counts"]["agreements"] == 7


def test_a_clause_makes_whoever_would_leave_end_the_agreement(ask: Callable[..., Result]) -> None:
    alike = {"players": [{"name": "S", "number": 10, "parameters": {"b": 1, "c": 1}}], "model": "public-good"}
    for clause, sizes in (("2", [3, 2, 0]), ("7", [7, 0]), ("10", [10, 0])):
        assert [one["size"] for one in json.loads(ask(alike, "--clause", clause).stdout)["stable"]] == sizes


def test_tables_are_read_long_and_wide(ask: Callable[..., Result]) -> None:
    wide = "coalition,A,B\n,0,0\nA,0,0\nB,0,0\nA;B,2,1\n"
    long = "coalition,player,payoff\n" + "".join(
        f"{who},{player},{2 - at if who == 'A|B' else 0}\n"
        for who in ("", "A", "B", "A|B")
        for at, player in enumerate("AB")
    )
    answers = [json.loads(ask(text, name="game.csv").stdout) for text in (wide, long)]
    assert answers[0] == answers[1]
    assert [one["coalition"] for one in answers[0]["stable"]] == [["A", "B"], []]


def test_gains_of_many_players_are_searched(ask: Callable[..., Result]) -> None:
    names = [f"P{k}" for k in range(30)]
    gains = {"alone": dict.fromkeys(names, -1), "given": {name: dict.fromkeys(names, 0.1) for name in names}}
    answer = json.loads(ask({"players": names, "gains": gains}).stdout)
    assert answer["method"] == "integer program"
    assert [one["size"] for one in answer["stable"]] == [30, 0]
    assert answer["complete"]
    good = [{"name": name, "parameters": {"b": 1, "c": 1}} for name in names[:21]]
    answer = json.loads(ask({"players": good, "model": "public-good"}, "--transfers", "--most", "1").stdout)
    assert answer["counts"]["stable"] == 21 * 20 * 19 // 6 + 21 * 10 + 1
    assert answer["stable_with_transfers"][0]["size"] == 3
    few = {"players": names[:5], "gains": {"alone": dict.fromkeys(names[:5], -1)}}
    assert json.loads(ask(few).stdout)["stable"][0]["coalition"] == []


@pytest.mark.parametrize(
    ("game", "options", "codes"),
    [
        ("{", (), {"coalitions-malformed"}),
        ({"players": []}, (), {"coalitions-empty", "coalitions-payoffs"}),
        (GOOD | {"model": "nobody's"}, (), {"coalitions-model"}),
        (GOOD | {"gains": {"alone": {}}}, (), {"coalitions-payoffs"}),
        ({"players": ["A", "A"], "model": "public-good"}, (), {"coalitions-twice"}),
        ({"players": ["A"], "model": "public-good"}, (), {"coalitions-parameter"}),
        ({"players": ["A"], "formula": {"inside": "x", "outside": "1 +"}}, (), {"formula-unknown", "formula-wrong"}),
        ({"players": ["A"], "formula": {"inside": "1 / 0", "outside": "0"}}, (), {"formula-wrong"}),
        ({"players": ["A"], "formula": {"inside": "1", "outside": "0", "where": {"size": "1"}}}, (), {"formula-name"}),
        ("coalition,A,B\n,0,0\nA,0,nan\nC,0,0\nA;B,1,x\n", (), {"number-wrong", "coalitions-unknown"}),
        ("coalition,player,payoff\nA,A,1\n,A,0\nA,A,1\nB,B,2\n", (), {"coalitions-twice", "coalitions-missing"}),
        ("a,b\n1,2\n", (), {"csv-column-missing"}),
        ("coalition,player,payoff\n", (), {"csv-empty"}),
        (GOOD, ("--look", "Z"), {"coalitions-unknown"}),
        (GOOD, ("--clause", "no-such-thing"), {"clause-unknown"}),
        (GOOD, ("--clause", '{"count": "x"}'), {"rule-part"}),
        (GOOD, ("--clause", '{"members": ["ZZZ"]}'), {"clause-unknown"}),
        (GOOD, ("--clause", '{"share": 0.5, "of": "w"}'), {"clause-unjudged"}),
        ({"players": ["A"], "gains": {"alone": {"A": 1}}}, ("--exclusive",), {"coalitions-gains"}),
        ({"players": [{"name": "A", "number": 1000000000}], "model": "public-good"}, (), {"coalitions-number"}),
    ],
)
def test_a_faulty_game_is_refused_with_its_faults(
    ask: Callable[..., Result], game: object, options: tuple[str, ...], codes: set[str]
) -> None:
    result = ask(game, *options)
    assert result.exit_code == 2
    assert {finding["code"] for finding in json.loads(result.stdout)["findings"]} >= codes


def test_what_people_read_says_it_in_words(ask: Callable[..., Result]) -> None:
    result = ask(GOOD, "--format", "table", "--transfers", "--farsighted", "one", "--clause", "2")
    heads = ("would leave first", "Stable where members share", "largest consistent set", "below the clause")
    assert [words for words in heads if words not in result.stdout] == []
