"""Power where members may abstain: against every ballot judged one by one, and against published values."""

from datetime import date
from fractions import Fraction
from itertools import permutations, product
from math import comb, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis.voting.abstention import ternary
from comity.analysis.voting.games import game_of
from comity.analysis.voting.power import TooManyError, power
from comity.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Count,
    FewerThan,
    FixedSetting,
    GroundRule,
    Members,
    NoneAgainst,
    Quorum,
    Rule,
    Share,
    Tally,
    WeightTable,
    ground,
    holds,
    two_way,
)
from comity.service import Refusal, open_register
from comity.service.powers import power as power_under

DAY = date(2020, 1, 1)
PLAYERS = ("A", "B", "C", "D")
SIDES = ("for_", "abstaining", "against")

some = st.lists(st.sampled_from((*PLAYERS, "Z")), min_size=1, max_size=3, unique=True).map(tuple)
numbers = st.integers(1, 3) | st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)])
parts = st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(7, 10)])
bases = st.sampled_from(["members", "present", "present-and-voting"])
leaves = st.one_of(
    st.builds(Count, at_least=numbers, strict=st.booleans(), among=st.none() | some, base=bases),
    st.builds(Share, at_least=parts, of=st.just("w"), strict=st.booleans(), among=st.none() | some, base=bases),
    st.builds(Members, who=some),
    st.builds(NoneAgainst, who=some, abstention=st.booleans()),
    st.builds(FewerThan, number=numbers, side=st.sampled_from(["against", "abstaining", "not-for"]), among=some),
    st.builds(Quorum, at_least=numbers, among=st.none() | some),
)


def joined(children: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(AllOf, of=several),
        st.builds(AnyOf, of=several),
        several.flatmap(lambda of: st.builds(AtLeast, number=st.integers(1, len(of)), of=st.just(of))),
    )


@st.composite
def rules(draw: st.DrawFn) -> GroundRule:
    """Any rule of the algebra, grounded."""
    rows = {player: Fraction(draw(st.integers(0, 6))) for player in PLAYERS}
    setting = FixedSetting(tables={"w": WeightTable(rows=rows)})
    rule = draw(st.recursive(leaves, joined, max_leaves=4))
    return ground(rule, setting, DAY, frozenset(PLAYERS))


def adopts(judged: GroundRule, votes: dict[str, int]) -> bool:
    sides = {side: frozenset(p for p, vote in votes.items() if vote == at) for at, side in enumerate(SIDES)}
    return holds(judged, Tally(**sides))


def ballots(players: tuple[str, ...]) -> list[dict[str, int]]:
    return [dict(zip(players, votes, strict=True)) for votes in product(range(3), repeat=len(players))]


@settings(max_examples=60, deadline=None)
@given(rules())
def test_any_rule_is_judged_ballot_by_ballot(judged: GroundRule) -> None:
    found = ternary(judged, PLAYERS)
    assert found.winning == sum(adopts(judged, ballot) for ballot in ballots(PLAYERS))
    for one in found.members:
        others = ballots(tuple(p for p in PLAYERS if p != one.actor))
        decided = [b for b in others if adopts(judged, b | {one.actor: 0}) and not adopts(judged, b | {one.actor: 2})]
        assert one.swings == len(decided)
        assert one.against_abstaining == sum(adopts(judged, ballot | {one.actor: 1}) for ballot in decided)


@settings(max_examples=12, deadline=None)
@given(rules())
def test_roll_calls_are_counted_right(judged: GroundRule) -> None:
    found = ternary(judged, PLAYERS)
    if any(one.shapley is None for one in found.members):
        return
    pivots = dict.fromkeys(PLAYERS, 0)
    for order in permutations(PLAYERS):
        for ballot in ballots(PLAYERS):
            for at in range(len(order) + 1):
                spoken = {player: ballot[player] for player in order[:at]}
                ends = {adopts(judged, dict.fromkeys(order[at:], rest) | spoken) for rest in (0, 2)}
                if len(ends) == 1:
                    if at:
                        pivots[order[at - 1]] += 1
                    break
    every = factorial(len(PLAYERS)) * 3 ** len(PLAYERS)
    assert {one.actor: one.shapley for one in found.members} == pytest.approx(
        {player: count / every for player, count in pivots.items()}, abs=1e-15
    )


@settings(max_examples=60, deadline=None)
@given(rules())
def test_without_abstention_any_rule_is_a_simple_game(judged: GroundRule) -> None:
    found = power(game_of(two_way(judged, PLAYERS), PLAYERS))
    swings = dict.fromkeys(PLAYERS, 0)
    for chosen in product((0, 2), repeat=len(PLAYERS)):
        votes = dict(zip(PLAYERS, chosen, strict=True))
        for player in PLAYERS:
            if votes[player] == 2 and adopts(judged, votes | {player: 0}) and not adopts(judged, votes):
                swings[player] += 1
    assert {one.actor: one.swings for one in found.members} == swings


def test_the_security_council_with_abstentions() -> None:
    found = power_under(open_register(), "unsc-substantive", "2022-06-01", abstention=True).power
    by_actor = {one.actor: one for one in found.members}
    # Counted by hand: nobody permanent against, eight of the others for, the rest as they like.
    permanent = sum(comb(4, a) * comb(10, b) * 2 ** (10 - b) for a in range(5) for b in range(11) if a + b >= 8)
    # One's own abstention is enough where nine of the others are for.
    mild = sum(comb(4, a) * comb(10, b) * 2 ** (10 - b) for a in range(5) for b in range(11) if a + b >= 9)
    elected = sum(comb(5, a) * comb(9, b) * 2 ** (9 - b) for a in range(6) for b in range(10) if a + b == 8)
    assert {by_actor[code].swings for code in ("CHN", "FRA", "GBR", "RUS", "USA")} == {permanent}
    assert by_actor["FRA"].by_abstaining == pytest.approx(mild / permanent, abs=1e-15)
    assert by_actor["IND"].swings == elected
    assert by_actor["IND"].by_abstaining == 0
    # Felsenthal and Machover, Ternary voting games (1997): 0.1009 and 0.0495.
    assert by_actor["FRA"].banzhaf_normalised == pytest.approx(0.1009, abs=5e-5)
    assert by_actor["IND"].banzhaf_normalised == pytest.approx(0.0495, abs=5e-5)


def test_members_alike_share_power_alike_in_the_assembly() -> None:
    found = power_under(open_register(), "unga-important", "2022-06-01", abstention=True).power
    assert {one.shapley for one in found.members} == {1 / 193}
    assert found.winning is not None
    assert 0 < found.winning < 3**193


def test_too_many_ballots_are_refused() -> None:
    with pytest.raises(Refusal, match="ballots"):
        power_under(open_register(), "eu-council-qmv", "2022-06-01", abstention=True)
    rows = {f"P{at}": Fraction(2**at) for at in range(30)}
    setting = FixedSetting(tables={"w": WeightTable(rows=rows)})
    judged = ground(Share(at_least=Fraction(1, 2), of="w"), setting, DAY, frozenset(rows))
    with pytest.raises(TooManyError, match="ballots"):
        ternary(judged, rows)
