"""Ratification, coalitions, payments, doubt, conditions, concessions: against every package looked at one by one."""

import json
from itertools import chain, combinations, product
from math import inf, log, prod
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from comity.analysis.packages import Offer, Solution, UnsettledError, front, solve
from comity.analysis.packages.concessions import concessions, kind
from comity.analysis.packages.conditional import Need, Statement, closing
from comity.analysis.packages.payments import paid, settled
from comity.analysis.packages.robust import Least, regretted, robust
from comity.analysis.packages.winning import winning
from comity.analysis.packages.zones import zone
from comity.analysis.voting.games import Game, Weighted
from comity.cli.main import main

FEW = settings(max_examples=30, deadline=None)
VALUES = st.integers(0, 8).map(lambda value: value / 4)


@st.composite
def offers(draw: st.DrawFn, *, guards: int = 0, parties: int = 3) -> Offer:
    count = draw(st.integers(2, parties)) + guards
    issues = draw(st.lists(st.integers(2, 3), min_size=1, max_size=3))
    utility = tuple(tuple(tuple(draw(VALUES) for _ in range(number)) for number in issues) for _ in range(count))
    return Offer(
        parties=tuple(f"P{at}" for at in range(count)),
        issues=tuple(f"i{at}" for at in range(len(issues))),
        options=tuple(tuple(f"o{at}" for at in range(number)) for number in issues),
        utility=utility,
        disagreement=tuple(draw(st.integers(0, 3 * len(issues))) / 2 for _ in range(count)),
        weights=tuple(float(draw(st.integers(1, 3))) for _ in range(count)),
        guards=guards,
    )


def every(offer: Offer) -> dict[tuple[int, ...], tuple[float, ...]]:
    return {one: offer.worth(one) for one in product(*(range(len(options)) for options in offer.options))}


def accepted(offer: Offer) -> dict[tuple[int, ...], tuple[float, ...]]:
    return {
        one: own
        for one, own in every(offer).items()
        if all(a >= b for a, b in zip(own, offer.disagreement, strict=True))
    }


def subsets(items: list[int]) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


@FEW
@given(offers(guards=1))
def test_who_ratifies_only_has_to_accept(offer: Offer) -> None:
    count = len(offer.parties) - 1
    gains = {
        one: [a - b for a, b in zip(own[:count], offer.disagreement, strict=False)]
        for one, own in accepted(offer).items()
    }
    strict = {one: own for one, own in gains.items() if min(own) > 0}
    nash = solve(offer, "nash")
    assert (nash.choice is None) == (not strict)
    if strict:
        best = max(sum(w * log(g) for w, g in zip(offer.weights, own, strict=False)) for own in strict.values())
        assert nash.objective == pytest.approx(best)
    least: tuple[Solution, ...] = ("egalitarian", "leximin")
    for name in least:
        found = solve(offer, name)
        assert (found.choice is None) == (not gains)
        if gains:
            assert found.objective == pytest.approx(max(map(min, gains.values())), abs=1e-9)
    values = {own[:count] for own in accepted(offer).values()}
    unbettered = {
        one
        for one in values
        if not any(other != one and all(a >= b for a, b in zip(other, one, strict=True)) for other in values)
    }
    assert {one.utility[:count] for one in front(offer)} == unbettered


@FEW
@given(offers(guards=1))
def test_the_zone_is_counted_and_measured(offer: Offer) -> None:
    found, inside = zone(offer), accepted(offer)
    assert found.acceptable == len(inside)
    assert found.packages == len(every(offer))
    for at, one in enumerate(found.ranges):
        assert (one.least, one.most) == (
            min(own[at] for own in inside.values()),
            max(own[at] for own in inside.values()),
        )
    if inside:
        assert len(found.ranges) == len(offer.parties) - 1
        return
    assert found.conflict
    for at, opening in enumerate(found.openings):
        others = [
            own[at]
            for own in every(offer).values()
            if all(a >= b for p, (a, b) in enumerate(zip(own, offer.disagreement, strict=True)) if p != at)
        ]
        assert opening.down_to == (max(others) if others else None)


def test_a_zone_of_ten_to_the_twentieth_is_counted() -> None:
    """Two opposed parties over twenty issues of ten options 0 to 9: sums of 20 digits, counted by convolution."""
    rising = tuple(map(float, range(10)))
    offer = Offer(
        parties=("A", "B"),
        issues=tuple(f"i{at}" for at in range(20)),
        options=(tuple(map(str, range(10))),) * 20,
        utility=((rising,) * 20, (rising[::-1],) * 20),
        disagreement=(85.0, 80.0),
        weights=(1.0, 1.0),
    )
    ways = [1]
    for _ in range(20):
        ways = [sum(ways[max(0, at - 9) : at + 1]) for at in range(len(ways) + 9)]
    assert zone(offer).acceptable == sum(ways[85:101])  # the second has 180 less what the first has


def test_that_there_is_no_zone_is_proved_where_draws_only_find_none() -> None:
    rows = np.random.default_rng(7).random((8, 20, 4))
    offer = Offer(
        parties=tuple(f"P{at}" for at in range(8)),
        issues=tuple(f"i{at}" for at in range(20)),
        options=(("a", "b", "c", "d"),) * 20,
        utility=tuple(tuple(tuple(map(float, issue)) for issue in party) for party in rows),
        disagreement=(15.0,) * 8,
        weights=(1.0,) * 8,
    )
    found = zone(offer, seconds=2)
    assert found.acceptable == 0
    assert found.conflict


def test_a_zone_too_large_to_count_is_drawn() -> None:
    dice = np.random.default_rng(5)
    utility = dice.random((9, 20, 4))
    offer = Offer(
        parties=tuple(f"P{at}" for at in range(9)),
        issues=tuple(f"i{at}" for at in range(20)),
        options=(("a", "b", "c", "d"),) * 20,
        utility=tuple(tuple(tuple(map(float, issue)) for issue in party) for party in utility),
        disagreement=(9.5,) * 9,
        weights=(1.0,) * 9,
    )
    found = zone(offer, seconds=1)
    assert found.acceptable is None
    assert found.interval[0] < found.part < found.interval[1]
    picks = dice.integers(0, 4, (300_000, 20))
    sums = np.sum([utility[:, issue, picks[:, issue]] for issue in range(20)], axis=0)
    assert found.part == pytest.approx(float((sums >= 9.5).all(axis=0).mean()), rel=0.2)
    assert zone(offer, seconds=1).part == found.part


@FEW
@given(offers(guards=1), st.data())
def test_payments_open_what_is_worth_most(offer: Offer, data: st.DataObject) -> None:
    count = len(offer.parties) - 1
    rates = [data.draw(st.sampled_from((0.5, 1.0, 2.0))) for _ in range(count)]
    limits = [data.draw(st.sampled_from((None, 0.0, 0.5))) for _ in range(count)]
    best = -inf
    for own in every(offer).values():
        gains = [(own[p] - offer.disagreement[p]) / rates[p] for p in range(count)]
        means = linprog(
            [0.0] * count,
            A_eq=[[1.0] * count],
            b_eq=[0.0],
            bounds=[(max(-g, -inf if cap is None else -cap), None) for g, cap in zip(gains, limits, strict=True)],
        )
        if own[-1] >= offer.disagreement[-1] and means.status == 0:
            best = max(best, sum(gains))
    found = paid(offer, rates, limits)
    assert (found.choice is None) == (best == -inf)
    if found.choice is None:
        return
    assert found.surplus == pytest.approx(best, abs=1e-7)
    assert found.status == "optimal"
    assert sum(found.received) == pytest.approx(0, abs=1e-7)
    for p in range(count):
        assert found.after[p] >= offer.disagreement[p] - 1e-7
        limit = limits[p]
        assert limit is None or found.received[p] >= -limit - 1e-7
        moved = sum(one.amount for one in found.payments if one.payee == offer.parties[p])
        moved -= sum(one.amount for one in found.payments if one.payer == offer.parties[p])
        assert moved == pytest.approx(found.received[p], abs=1e-7)
    if not any(limit is not None for limit in limits):
        shares = [(found.after[p] - offer.disagreement[p]) / rates[p] / offer.weights[p] for p in range(count)]
        assert shares == pytest.approx([best / sum(offer.weights[:count])] * count, abs=1e-7)


def test_the_fewest_payments_settle_who_cancels_out() -> None:
    payments, fewest = settled([5, -5, 3, -2, -1, 7, -4, -3])
    assert fewest
    assert len(payments) == 8 - 3  # {5, -5}, {3, -2, -1} and {7, -4, -3}
    balance = [0.0] * 8
    for payer, payee, amount in payments:
        balance[payer] -= amount
        balance[payee] += amount
    assert balance == pytest.approx([5, -5, 3, -2, -1, 7, -4, -3])


@FEW
@given(offers(parties=4), st.integers(1, 6), st.sampled_from(("sum", "widest")))
def test_the_best_package_that_carries(offer: Offer, quota: int, aim: str) -> None:
    """Weights 1, 2, 3 … with a quota, or the first two together."""
    count = len(offer.parties)
    weights = Weighted(weights=tuple(range(1, count + 1)), quota=quota)
    pair = Weighted(weights=(1, 1, *([0] * (count - 2))), quota=2)
    game = Game(players=offer.parties, thresholds=(weights, pair), ways=(frozenset({0}), frozenset({1})))

    def content(own: tuple[float, ...]) -> list[str]:
        return [offer.parties[p] for p in range(count) if own[p] >= offer.disagreement[p]]

    def best(held: str | None) -> tuple[int, float] | None:
        found = [
            (len(content(own)) if aim == "widest" else 0, sum(w * u for w, u in zip(offer.weights, own, strict=True)))
            for own in every(offer).values()
            if game.wins(game.sums(content(own))) and (held is None or held in content(own))
        ]
        return max(found, default=None)

    found, expected = winning(offer, game, aim), best(None)  # type: ignore[arg-type]  # one of the aims
    assert (found.choice is None) == (expected is None)
    if expected is not None and found.choice is not None:
        assert found.objective == pytest.approx(expected[1])
        assert list(found.accept) == content(found.utility)
        for one in found.left_out:
            other = best(one.party)
            assert one.objective == (None if other is None else pytest.approx(other[1]))


@FEW
@given(offers(), st.data())
def test_robust_packages_bear_the_worst_of_every_few_issues(offer: Offer, data: st.DataObject) -> None:
    spread = tuple(tuple(tuple(data.draw(VALUES) / 4 for _ in issue) for issue in party) for party in offer.utility)
    budget = data.draw(st.integers(0, len(offer.issues)))
    aim: Least = data.draw(st.sampled_from(("sum", "maximin")))

    def worst(choice: tuple[int, ...]) -> list[float]:
        own = offer.worth(choice)
        return [
            min(
                own[p] - sum(spread[p][issue][choice[issue]] for issue in hit)
                for hit in subsets(list(range(len(choice))))
                if len(hit) <= budget
            )
            for p in range(len(own))
        ]

    best = -inf
    for choice, own in every(offer).items():
        gains = [a - b for a, b in zip(worst(choice), offer.disagreement, strict=True)]
        if min(gains) >= 0:
            value = min(gains) if aim == "maximin" else sum(w * u for w, u in zip(offer.weights, own, strict=True))
            best = max(best, value)
    (found,) = robust(offer, spread, [budget], aim, draws=200)
    assert (found.choice is None) == (best == -inf)
    if found.choice is not None:
        assert found.objective == pytest.approx(best, abs=1e-7)
        assert list(found.worst) == pytest.approx(worst(found.choice))
        assert found.chance is not None
        if budget == len(offer.issues):
            assert found.chance == 1.0


def test_the_chance_of_acceptance_is_that_of_the_draws() -> None:
    """One party with 1 ± 1 against 1.5: a quarter of the draws; and a second, by itself, half."""
    offer = Offer(
        parties=("A", "B"),
        issues=("i",),
        options=(("o",),),
        utility=(((1.0,),), ((2.0,),)),
        disagreement=(1.0, 2.0),
        weights=(1.0, 1.0),
    )
    (found,) = robust(offer, (((1.0,),), ((1.0,),)), [0.0], draws=40_000, seed=3)
    assert found.interval is not None
    assert found.interval[0] < 0.25 < found.interval[1]
    assert found.each == pytest.approx((0.5, 0.5), abs=0.01)


@FEW
@given(offers(), st.data())
def test_the_least_regret_over_scenarios(offer: Offer, data: st.DataObject) -> None:
    other = tuple(tuple(tuple(data.draw(VALUES) for _ in issue) for issue in party) for party in offer.utility)
    scenarios = (offer, msgspec.structs.replace(offer, utility=other))
    chances = data.draw(st.sampled_from(((0.5, 0.5), (0.7, 0.3))))

    def total(at: int, choice: tuple[int, ...]) -> float:
        return sum(w * u for w, u in zip(offer.weights, scenarios[at].worth(choice), strict=True))

    inside = [set(accepted(one)) for one in scenarios]
    tops = [max((total(at, one) for one in held), default=None) for at, held in enumerate(inside)]
    ranked = []
    for choice in every(offer):
        regrets = [(tops[at] or 0) - total(at, choice) for at, held in enumerate(inside) if choice in held]
        chance = sum(chances[at] for at, held in enumerate(inside) if choice in held)
        if regrets:
            ranked.append((-chance, max(regrets)))
    found = regretted(scenarios, chances)
    assert (found.choice is None) == (not ranked)
    if ranked:
        assert (-found.chance, found.regret) == pytest.approx(min(ranked), abs=1e-6)
        assert found.status == "optimal"


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Offer, list[Statement]]:
    offer = draw(offers())

    def settled_so() -> tuple[int, tuple[int, ...]]:
        issue = draw(st.integers(0, len(offer.issues) - 1))
        return issue, (draw(st.integers(0, len(offer.options[issue]) - 1)),)

    statements = []
    for _ in range(draw(st.integers(1, 5))):
        party = draw(st.integers(0, len(offer.parties) - 1))
        needs = []
        for _ in range(draw(st.integers(0, 2))):
            issue, options = settled_so()
            who = draw(st.sampled_from((None, *range(len(offer.parties)))))
            needs.append(Need(issue=issue, options=options, party=who))
        statements.append(Statement(party=party, accepts=(settled_so(),), needs=tuple(needs)))
    return offer, statements


def in_force(
    choice: tuple[int, ...], chosen: tuple[int, ...], statements: list[Statement], given: set[tuple[int, int]]
) -> bool:
    says = {(statements[at].party, issue) for at in chosen for issue, _ in statements[at].accepts} | given
    return all(
        all(choice[issue] in options for issue, options in statements[at].accepts)
        and all(
            choice[need.issue] in need.options and (need.party is None or (need.party, need.issue) in says)
            for need in statements[at].needs
        )
        for at in chosen
    )


@FEW
@given(conditions())
def test_conditional_offers_close_as_far_as_they_can(case: tuple[Offer, list[Statement]]) -> None:
    offer, statements = case
    found = closing(offer, statements)
    sets = subsets(list(range(len(statements))))
    packages = list(every(offer))
    largest = max(len(one) for choice in packages for one in sets if in_force(choice, one, statements, set()))
    assert len(found.largest) == largest
    speaking = {(one.party, issue) for one in statements for issue, _ in one.accepts}
    asked = {(n.party, n.issue) for one in statements for n in one.needs if n.party is not None}
    fewest = min(
        len(given)
        for size in range(len(speaking | asked) + 1)
        for given in map(set, combinations(sorted(speaking | asked), size))
        for choice in packages
        for one in sets
        if in_force(choice, one, statements, given)
        and speaking <= given | {(statements[at].party, issue) for at in one for issue, _ in statements[at].accepts}
    )
    assert len(found.missing) == fewest
    assert in_force(found.choice, found.in_force, statements, {(a, b) for a, b, _ in found.missing})


def test_steps_are_of_the_six_kinds() -> None:
    """Hindriks, Jonker and Tykhonov (2007): signs of what changes for oneself and for the other."""
    assert [kind(*one) for one in ((1, 1), (1, 0), (1, -1), (-1, 0), (-1, 1), (-1, -1), (0, -1), (0, 1), (0, 0))] == [
        "fortunate",
        "selfish",
        "selfish",
        "concession",
        "concession",
        "unfortunate",
        "unfortunate",
        "nice",
        "silent",
    ]


def test_a_dance_is_measured() -> None:
    """Two parties, two issues, by hand: A asks for all, then gives the issue that matters less to it."""
    offer = Offer(
        parties=("A", "B"),
        issues=("i", "j"),
        options=(("a", "b"), ("a", "b")),
        utility=(((3.0, 0.0), (1.0, 0.0)), ((0.0, 1.0), (0.0, 3.0))),
        disagreement=(0.0, 0.0),
        weights=(1.0, 1.0),
    )
    found = concessions(offer, [(0, (0, 0)), (1, (1, 1)), (0, (0, 1)), (1, (1, 0))])
    first, _, third, last = found.proposals
    assert found.nash == (0, 1)
    assert (first.kind, first.to_front, first.unclaimed) == (None, 0, 0)
    assert (third.kind, third.change, third.toward) == ("concession", -0.25, (("B", "concession"),))
    assert (third.to_nash, third.unclaimed) == (0, 0)
    # B gave its dear issue for the cheap one: (1, 1) of 4 each; both have 3 with (a, b).
    assert last.kind == "concession"
    assert last.unclaimed == pytest.approx(1.0)
    assert last.to_front == pytest.approx((0.5**2 + 0.5**2) ** 0.5)
    assert [(one.conceded, one.given) for one in found.movers] == [(0.25, 0.75), (0.75, 0.25)]


def test_what_cannot_be_asked_is_refused() -> None:
    offer = Offer(
        parties=("A", "B"),
        issues=("i",),
        options=(("o",),),
        utility=(((1.0,),), ((2.0,),)),
        disagreement=(0.0, 0.0),
        weights=(1.0, 1.0),
    )
    with pytest.raises(ValueError, match="one a party"):
        paid(offer, [1.0])
    with pytest.raises(ValueError, match="0 or more"):
        paid(offer, [1.0, -1.0])
    with pytest.raises(ValueError, match="no vote"):
        winning(offer, Game(players=("A",), thresholds=(), ways=(frozenset(),)))
    with pytest.raises(ValueError, match="no proposals"):
        concessions(offer, [])
    assert prod(map(len, offer.options)) == zone(offer).packages
    assert issubclass(UnsettledError, ValueError)


FILE = {
    "parties": ["DEU", "FRA"],
    "issues": [{"id": "fund", "options": ["small", "large"]}, {"id": "date", "options": ["2030", "2035"]}],
    "utility": {
        "DEU": {"fund": {"small": 4, "large": 1}, "date": {"2030": 2, "2035": 1}},
        "FRA": {"fund": {"small": 0, "large": 8}, "date": {"2030": 1, "2035": 1.5}},
    },
    "disagreement": {"DEU": 2, "FRA": 3},
    "ratifiers": [{"name": "Parliament", "of": "DEU", "minimum": 3}],
    "demands": [{"by": "FRA", "options": {"fund": "large"}}],
    "uncertainty": {"share": 0.1, "scenarios": [{"name": "as given"}, {"name": "other", "disagreement": {"FRA": 9}}]},
    "statements": [{"by": "DEU", "accepts": {"fund": "large"}, "if": [{"by": "FRA", "options": {"date": "2030"}}]}],
    "proposals": [
        {"by": "DEU", "package": {"fund": "small", "date": "2030"}},
        {"by": "DEU", "package": {"fund": "large", "date": "2030"}},
    ],
}


def said(place: Path, *words: str, form: str = "json", code: int = 0, **changed: object) -> Any:  # noqa: ANN401  # JSON
    file = place / "offer.json"
    file.write_text(json.dumps(FILE | changed), encoding="utf-8")
    result = CliRunner().invoke(main, [*words, "--format", form])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if form == "json" else result.stdout


def test_the_command_answers_each_study(tmp_path: Path) -> None:
    file = str(tmp_path / "offer.json")
    # With the demand and the ratifier only (large, 2030) is left: 3 and 9.
    zone = said(tmp_path, "offers", "zone", file)
    assert (zone["packages"], zone["acceptable"]) == ("4", "1")
    best = said(tmp_path, "package", file)
    assert best["package"] == {"fund": "large", "date": "2030"}
    assert best["guards"] == {"Parliament": 3.0, "FRA demands fund: large": 1.0}
    won = said(
        tmp_path, "offers", "winning", file, "--rule", "unga-simple", "--members", "DEU,FRA", "--on", "2025-01-01"
    )
    assert (won["accept"], won["objective"], won["unanimous"]) == (["DEU", "FRA"], 12.0, 12.0)
    paid_for = said(tmp_path, "offers", "payments", file)
    # They gain 1 and 6 and share 7.
    assert paid_for["payments"] == [{"payer": "FRA", "payee": "DEU", "amount": 2.5}]
    doubt = said(tmp_path, "offers", "robust", file, "--budget", "0", "--budget", "2", "--draws", "500")
    assert [one["status"] for one in doubt["budgets"]] == ["optimal", "optimal"]
    assert doubt["scenarios"]["chance"] == 1.0
    open_ = said(tmp_path, "offers", "conditions", file)
    assert open_["missing"] == [{"party": "FRA", "issue": "date", "option": "2030"}]
    dance = said(tmp_path, "offers", "proposals", file)
    assert [one["kind"] for one in dance["proposals"]] == [None, "concession"]
    assert "FRA pays DEU 2.5" in said(tmp_path, "offers", "payments", file, form="table")


def test_power_under_a_rule_weighs_the_parties(tmp_path: Path) -> None:
    file = str(tmp_path / "offer.json")
    rule = ("--weights", "power", "--rule", "eu-council-qmv", "--on", "2021-01-01")
    found = said(tmp_path, "package", file, "--solution", "utilitarian", *rule, ratifiers=[], demands=[])
    power = said(tmp_path, "power", *rule[2:])
    own = {one["actor"]: one["banzhaf_normalised"] for one in power["members"]}
    assert found["weights"] == {name: own[name] for name in ("DEU", "FRA")}
    assert found["objective"] == pytest.approx(own["DEU"] * 3 + own["FRA"] * 9)


def test_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    file = str(tmp_path / "offer.json")
    changed: dict[str, Any] = {
        "statements": [{"by": "ITA", "accepts": {"fund": "huge"}}],
        "payments": {"rates": {"DEU": -1}},
        "ratifiers": [{"name": "DEU", "of": "DEU", "minimum": 1}],
        "proposals": [{"by": "DEU", "package": {"fund": "small"}}],
    }
    found = said(tmp_path, "offers", "zone", file, code=2, **changed)
    codes = [one["code"] for one in found["findings"]]
    assert sorted(codes) == ["offer-number", "offer-twice", "offer-unknown", "offer-unknown", "offer-unvalued"]
    assert said(tmp_path, "offers", "winning", file, code=2)["findings"][0]["code"] == "rule-missing"
