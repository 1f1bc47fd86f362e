"""Voting power: against every coalition counted one by one, and against published values."""

from fractions import Fraction
from itertools import combinations
from math import factorial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis.voting.axes import Axes
from comity.analysis.voting.counting import pivot_chances, swings_below
from comity.analysis.voting.games import Game, Weighted
from comity.analysis.voting.lattices import by_lattice, plan
from comity.analysis.voting.modes import banzhaf_bounded
from comity.analysis.voting.power import PowerOf, TooManyError, power
from comity.analysis.voting.quadrants import by_coalitions, by_quadrants
from comity.analysis.voting.sizes import by_halves, by_states, members_for_halves
from comity.service import Refusal, open_register
from comity.service.powers import power as power_under

MOST = 7


@st.composite
def games(draw: st.DrawFn, *, counts: bool = False) -> Game:
    """Any game in disjunctive form; `counts`: all thresholds but the first only count."""
    n = draw(st.integers(1, MOST))
    weights = st.lists(st.integers(0, 9), min_size=n, max_size=n).map(tuple)
    found = [Weighted(weights=draw(weights), quota=draw(st.integers(0, 30)))]
    for _ in range(draw(st.integers(0, 2))):
        own = tuple([1] * n) if counts else draw(weights)
        found.append(Weighted(weights=own, quota=draw(st.integers(0, 12))))
    indexes = st.frozensets(st.sampled_from(range(len(found))), max_size=len(found))
    return Game(
        players=tuple(f"P{at}" for at in range(n)),
        thresholds=tuple(found),
        ways=tuple(draw(st.lists(indexes, max_size=3))),
    )


def one_by_one(game: Game) -> tuple[int, dict[str, tuple[int, Fraction]]]:
    """All coalitions that win, and the swings and the Shapley–Shubik index of each player, by their definitions."""
    players = game.players
    winning = {
        frozenset(chosen)
        for size in range(len(players) + 1)
        for chosen in combinations(players, size)
        if game.wins(game.sums(chosen))
    }
    found = {}
    for player in players:
        joined = [one - {player} for one in winning if player in one and one - {player} not in winning]
        orders = sum(factorial(len(one)) * factorial(len(players) - 1 - len(one)) for one in joined)
        found[player] = (len(joined), Fraction(orders, factorial(len(players))))
    return len(winning), found


@settings(max_examples=150)
@given(games())
def test_any_rule_is_counted_right(game: Game) -> None:
    winning, expected = one_by_one(game)
    found = power(game)
    assert found.winning == winning
    for one in found.members:
        assert (one.swings, one.shapley) == (expected[one.actor][0], float(expected[one.actor][1]))


@settings(max_examples=150)
@given(games(counts=True))
def test_halves_count_what_states_count(game: Game) -> None:
    assert members_for_halves(game)
    assert by_halves(game) == by_states(game)


@settings(max_examples=60, deadline=None)
@given(games())
def test_many_members_and_several_weights_are_counted_right(game: Game) -> None:
    axes = Axes(game=game)
    winning, expected = one_by_one(game)
    by_size = by_states(game)
    assert by_size is not None
    if axes.weights:
        planned = [plan(axes, sized=sized) for sized in (True, False)]
        assert all(planned)
        for found in (by_lattice(axes, one) for one in planned if one is not None):
            assert found.winning == winning
            assert [sum(one) for one in found.swings] == [expected[name][0] for name in game.players]
            if found.sized:
                assert found.swings == tuple(one.swings for one in by_size)
        assert by_coalitions(axes) == by_size
    if len(axes.weights) == 2:
        assert by_quadrants(axes) == by_size


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=9).filter(any), st.data())
def test_the_generating_function_counts_the_same(weights: list[int], data: st.DataObject) -> None:
    quota = data.draw(st.integers(1, sum(weights)))
    names = tuple(f"P{at}" for at in range(len(weights)))
    game = Game(
        players=names,
        thresholds=(Weighted(weights=tuple(weights), quota=quota),),
        ways=(frozenset({0}),),
    )
    winning, expected = one_by_one(game)
    assert swings_below(weights, quota) == (tuple(expected[name][0] for name in names), winning)
    assert pivot_chances(weights, quota) == pytest.approx([float(expected[name][1]) for name in names], abs=1e-12)


def by_actor(rule: str, on: str) -> dict[str, PowerOf]:
    return {one.actor: one for one in power_under(open_register(), rule, on).power.members}


def test_the_security_council() -> None:
    # 848 and 84 swings (Banzhaf); 421/2145 and 4/2145 (Shapley and Shubik, for fifteen members).
    found = by_actor("unsc-substantive", "2022-06-01")
    assert {one.swings for code, one in found.items() if code in {"CHN", "FRA", "GBR", "RUS", "USA"}} == {848}
    assert {one.swings for code, one in found.items() if code not in {"CHN", "FRA", "GBR", "RUS", "USA"}} == {84}
    assert found["FRA"].shapley == float(Fraction(421, 2145))
    assert found["IND"].shapley == float(Fraction(4, 2145))
    assert found["FRA"].prevent == 1


# Population on 1 January 2019 (Eurostat, table tps00001), from the smallest of the 28 member States to the largest.
POPULATION_2019 = (
    *(493559, 613894, 875898, 1324820, 1919968, 2080908, 2794184, 4076246, 4904226, 5450421, 5517919, 5806081),
    *(7000039, 8858775, 9772756, 10230185, 10276617, 10649800, 10722287, 11467923, 17282163, 19401658, 37972812),
    *(46934632, 60359546, 66647112, 67028048, 83019214),
)


def test_the_council_of_28_under_the_lisbon_rule() -> None:
    # 16 members with 65% of the population, or all but three (TEU 16(4)): absolute Banzhaf and Shapley–Shubik, as
    # power-bdd 1.0 has them from decision diagrams over the same figures (tests, Council of 2019).
    n = len(POPULATION_2019)
    count = tuple([1] * n)
    game = Game(
        players=tuple(f"M{at:02}" for at in range(n)),
        thresholds=(
            Weighted(weights=count, quota=16),
            Weighted(weights=POPULATION_2019, quota=-(-65 * sum(POPULATION_2019) // 100)),
            Weighted(weights=count, quota=25),
        ),
        ways=(frozenset({0, 1}), frozenset({2})),
    )
    first, *_, last = power(game).members
    assert first.banzhaf_absolute == pytest.approx(0.02993607521057129, abs=1e-15)
    assert last.banzhaf_absolute == pytest.approx(0.17020191252231598, abs=1e-15)
    assert first.shapley == pytest.approx(0.00883986193482761, abs=1e-15)
    assert last.shapley == pytest.approx(0.14645588268787893, abs=1e-15)


def test_the_register_estimates_the_population_and_comes_near() -> None:
    # The register has an estimate in place of the figures of the Council, with the whole island of Cyprus.
    found = by_actor("eu-council-qmv", "2019-06-01")
    assert len(found) == 28
    assert found["MLT"].banzhaf_absolute == pytest.approx(0.0299360752, rel=0.01)
    assert found["DEU"].banzhaf_absolute == pytest.approx(0.1702019125, rel=0.01)
    assert found["MLT"].shapley == pytest.approx(0.0088398619, rel=0.01)
    assert found["DEU"].shapley == pytest.approx(0.1464558827, rel=0.01)


def test_the_monetary_fund() -> None:
    found = power_under(open_register(), "imf-simple", "2022-06-01", ("banzhaf",))
    members = found.power.members
    assert len(members) == 190
    assert sum(one.banzhaf_normalised or 0 for one in members) == pytest.approx(1, abs=1e-12)
    most = max(members, key=lambda one: one.swings or 0)
    # The largest member swings more often than its share of the votes, 831,401 of 5,039,930 (Leech, 2002, on the Fund).
    assert (most.actor, most.weight) == ("USA", 831401)
    assert (most.banzhaf_normalised or 0) > 831401 / 5039930
    assert {one.shapley for one in members} == {None}


# Population in millions and votes in the Council of 27 of the Treaty of Nice, as Bilbao and others had them
# (Bilbao, Fernández, Jiménez and López, Voting power in the European Union enlargement, European Journal of
# Operational Research 143, 2002; the page of their group, niza.htm).
NICE_POPULATION = (
    *(82038, 59247, 58966, 57612, 39394, 38667, 22489, 15760, 10533, 10290, 10213, 10092, 9980, 8854, 8230, 8082, 5393),
    *(5313, 5160, 3744, 3701, 2439, 1978, 1446, 752, 429, 379),
)
NICE_VOTES = (29,) * 4 + (27,) * 2 + (14, 13) + (12,) * 5 + (10,) * 3 + (7,) * 5 + (4,) * 5 + (3,)


def test_the_council_of_27_under_the_treaty_of_nice() -> None:
    # 255 of 345 votes, 14 of 27 members, 62% of the population; their table has four places.
    n = len(NICE_VOTES)
    assert (n, sum(NICE_VOTES)) == (27, 345)
    game = Game(
        players=tuple(f"M{at:02}" for at in range(n)),
        thresholds=(
            Weighted(weights=NICE_VOTES, quota=255),
            Weighted(weights=(1,) * n, quota=14),
            Weighted(weights=NICE_POPULATION, quota=-(-62 * sum(NICE_POPULATION) // 100)),
        ),
        ways=(frozenset({0, 1, 2}),),
    )
    found = power(game)
    assert found.method == "halves"
    by_votes = {votes: one.banzhaf_normalised for votes, one in zip(NICE_VOTES, found.members, strict=True)}
    published = {
        29: 0.0778,
        27: 0.0742,
        14: 0.0426,
        13: 0.0397,
        12: 0.0368,
        10: 0.0309,
        7: 0.0218,
        4: 0.0125,
        3: 0.0094,
    }
    assert by_votes == pytest.approx(published, abs=5e-5)


def test_the_triple_majority_of_the_council_is_counted() -> None:
    for day, members in (("2004-12-01", 25), ("2010-01-01", 27), ("2014-01-01", 28)):
        found = by_actor("eu-council-qmv", day)
        assert len(found) == members
        assert sum(one.shapley or 0 for one in found.values()) == pytest.approx(1, abs=1e-12)


def holds_within(weights: list[int], quota: int) -> float:
    """The bound that the instant mode gives, held against the exact count."""
    swings, winning = swings_below(weights, quota)
    found = banzhaf_bounded(weights, quota)
    half = 1 << (len(weights) - 1)
    for told, count in zip(found.absolute, swings, strict=True):
        assert abs(Fraction(told) - Fraction(count, half)) <= found.error
    assert abs(Fraction(found.collectivity) - Fraction(winning, 2 * half)) <= found.error
    return found.error


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=12).filter(any), st.data())
def test_the_bound_of_the_instant_mode_holds_for_any_game(weights: list[int], data: st.DataObject) -> None:
    holds_within(weights, data.draw(st.integers(1, sum(weights))))


@pytest.mark.parametrize(("n", "most", "share"), [(60, 500, 0.5), (90, 3000, 0.7), (75, 1000, 0.9)])
def test_the_bound_is_small_where_members_are_many(n: int, most: int, share: float) -> None:
    chance = Random(n)  # noqa: S311  # a test draws weights
    weights = [chance.randint(1, most) for _ in range(n)]
    assert holds_within(weights, max(1, int(share * sum(weights)))) < 1e-6


@pytest.mark.parametrize("rule", ["imf-simple", "imf-70", "imf-85"])
def test_the_instant_mode_on_the_monetary_fund(rule: str) -> None:
    exact = power_under(open_register(), rule, "2022-06-01", ("banzhaf",)).power
    found = power_under(open_register(), rule, "2022-06-01", ("banzhaf",), mode="instant").power
    assert found.method == "characteristic function"
    assert found.within is not None
    assert found.within.banzhaf_absolute < 1e-9
    for told, known in zip(found.members, exact.members, strict=True):
        assert abs((told.banzhaf_absolute or 0) - (known.banzhaf_absolute or 0)) <= found.within.banzhaf_absolute
        assert abs((told.banzhaf_normalised or 0) - (known.banzhaf_normalised or 0)) <= found.within.banzhaf_normalised


def test_the_instant_mode_is_exact_where_members_are_few() -> None:
    found = power_under(open_register(), "unsc-substantive", "2022-06-01", mode="instant").power
    assert found.within is None
    assert {one.swings for one in found.members} == {848, 84}
    with pytest.raises(Refusal, match="one weight"):
        power_under(open_register(), "imf-amendment", "2022-06-01", mode="instant")


def test_members_are_parties_or_whom_one_names() -> None:
    # CITES had 184 parties in 2022: the European Union is one, and has no vote beside those of its members.
    assert len(by_actor("cites-appendices", "2022-06-01")) == 183
    found = power_under(open_register(), "silence", "2022-06-01", members="FRA, DEU,ITA").power
    assert [(one.actor, one.swings) for one in found.members] == [("DEU", 1), ("FRA", 1), ("ITA", 1)]


def test_too_many_members_under_several_weights_are_refused() -> None:
    n = 60
    thresholds = tuple(
        Weighted(weights=tuple(10**6 + at**power for at in range(1, n + 1))[::step], quota=30 * 10**6)
        for power, step in ((2, 1), (3, -1))
    )
    game = Game(players=tuple(map(str, range(n))), thresholds=thresholds, ways=(frozenset({0, 1}),))
    with pytest.raises(TooManyError, match="60 members"):
        power(game)


@pytest.mark.parametrize(
    ("rule", "code"),
    [("nobody-decides", "rule-unknown"), ("eu-council-qmv", "rule-unjudged"), ("no.toml", "file-unreadable")],
)
def test_what_cannot_be_measured_is_refused(rule: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        power_under(open_register(), rule, "1900-01-01")
    assert [one.code for one in caught.value.findings] == [code]


def test_a_faulty_table_beside_a_rule_file_is_told_as_it_is(tmp_path: Path) -> None:
    rule = tmp_path / "mine.toml"
    rule.write_text(
        'id = "mine"\ntitle = "Mine"\nsource = "invented"\nwhen = { share = 0.6, of = "own" }\n', encoding="utf-8"
    )
    with pytest.raises(Refusal) as caught:
        power_under(open_register(), str(rule), "2024-01-01")
    assert [one.code for one in caught.value.findings] == ["rule-unjudged"]
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "own.csv").write_text("actor,weight\nFRA,-3\nDEU,4\n", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        power_under(open_register(), str(rule), "2024-01-01")
    assert [(one.file, one.line) for one in caught.value.findings] == [("weights/own.csv", 2)]


def test_rows_of_no_member_and_members_without_a_row_are_noted(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "w.csv").write_text("actor,weight\nFRA,3\nDEU,4\nCHE,3\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text(
        'id = "mine"\ntitle = "Mine"\nmembers = ["DEU", "FRA", "ITA"]\nwhen = { share = 0.6, of = "w" }\n',
        encoding="utf-8",
    )
    found = power_under(open_register(), str(tmp_path / "mine.toml"), "2020-01-01")
    assert [note for note in found.notes if "w " in note] == [
        "w weighs CHE, no members here; a share is of the whole table, theirs included",
        "w has no row for ITA, who count for nothing in a share",
    ]
