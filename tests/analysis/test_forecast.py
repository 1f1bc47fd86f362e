"""Forecasts: the chance of a rule against every outcome, the model against what made the data, the register's past."""

from datetime import date
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from comity.analysis.ratification.ahead import Ahead, Hurdle, look_ahead, look_from_number, nodes, of_number
from comity.analysis.ratification.halves import reached
from comity.analysis.ratification.hazards import Panel, brier, calibration, deciles, fit, own_effect
from comity.analysis.ratification.histories import COVARIATES, Past, World
from comity.analysis.ratification.meeting import meeting, meetings
from comity.analysis.ratification.race import Race, needed
from comity.analysis.voting.games import Game, Weighted
from comity.cli.forecasts import forecast_command
from comity.service import Refusal, Register, open_register
from comity.service.forecasting import Forecast, forecast
from comity.service.pasts import learnt_of
from comity.service.questions import QUESTIONS, ask


@st.composite
def games(draw: st.DrawFn) -> tuple[Game, list[float]]:
    n = draw(st.integers(1, 6))
    thresholds = tuple(
        Weighted(weights=tuple(draw(st.integers(0, 5)) for _ in range(n)), quota=draw(st.integers(-1, 12)))
        for _ in range(draw(st.integers(1, 2)))
    )
    indexes = st.frozensets(st.sampled_from(range(len(thresholds))))
    game = Game(
        players=tuple(f"P{at}" for at in range(n)),
        thresholds=thresholds,
        ways=tuple(draw(st.lists(indexes, min_size=1, max_size=2))),
    )
    return game, [draw(st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])) for _ in range(n)]


@given(games())
def test_the_chance_of_a_rule_is_the_sum_over_all_outcomes(asked: tuple[Game, list[float]]) -> None:
    game, chances = asked
    total = 0.0
    for joined in product((False, True), repeat=len(chances)):
        members = [player for player, one in zip(game.players, joined, strict=True) if one]
        if game.wins(game.sums(members)):
            total += prod(p if one else 1 - p for p, one in zip(chances, joined, strict=True))
    found = meeting(game, dict(zip(game.players, chances, strict=True)))
    assert found.error is None
    assert found.chance == pytest.approx(total, abs=1e-12)


def test_the_pace_is_told_closely_enough_for_a_rule_that_jumps() -> None:
    # With few values far apart the chance climbs in steps, and days of a tenth or nine tenths are years off.
    points, weights = nodes()
    for level in np.linspace(-3, 3, 61):
        jump = expit((points - level) / 0.12)
        near = np.linspace(-9, 9, 40_001)
        density = np.exp(-(near**2) / 2) / np.sqrt(2 * np.pi)
        exact = float((expit((near - level) / 0.12) * density).sum() * (near[1] - near[0]))
        assert float(weights @ jump) == pytest.approx(exact, abs=2e-3)


def test_a_long_table_is_simulated_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = tuple(100 + 37 * at for at in range(40))
    game = Game(
        players=tuple(f"P{at:02}" for at in range(40)),
        thresholds=(Weighted(weights=weights, quota=sum(weights) * 45 // 100),),
        ways=(frozenset({0}),),
    )
    chances = dict.fromkeys(game.players, 0.5)
    exact = meeting(game, chances)
    assert exact.error is None
    monkeypatch.setattr("comity.analysis.ratification.meeting._MOST_STATES", 1000)
    simulated = meetings(game, np.ones(1), np.full((1, 1, 40), 0.5), exact=False)[0]
    assert simulated.error is not None
    assert abs(simulated.chance - exact.chance) < 5 * simulated.error


def made(rows: int, instruments: int, seed: int = 1) -> tuple[Panel, np.ndarray, np.ndarray]:
    """Years at risk drawn from a known model: the panel, its coefficients, its instruments' effects."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, len(COVARIATES)))
    own = rng.normal(0, 0.5, instruments)
    instrument = np.sort(rng.integers(0, instruments, rows))
    true = np.array([0.5, -1.0, 0.0, 0.3, 0.8, -0.4, 0.2, 0.0, -0.3])
    joined = (rng.random(rows) < expit(-1.5 + x @ true + own[instrument])).astype(float)
    nobody = np.zeros(rows, np.intp)
    panel = Panel(x=x, instrument=instrument, state=nobody, year=nobody, joined=joined, instruments=instruments)
    return panel, true, own


def test_the_model_finds_what_made_the_data() -> None:
    panel, true, own = made(30_000, 60)
    found = fit(panel)
    assert np.abs(found.coefficients - true).max() < 4 * found.errors.max()
    assert np.corrcoef(found.frailty, own)[0, 1] > 0.95
    assert found.spread == pytest.approx(own.std(), abs=0.1)
    with pytest.raises(ValueError, match="nothing to learn"):
        fit(panel.where(panel.joined == 0))


def test_the_fit_is_that_of_an_independent_search_of_the_likelihood() -> None:
    # The same penalised likelihood, written out anew and climbed by a general optimiser that knows no Newton steps.
    panel, _, _ = made(600, 5, seed=3)
    spread, k = 0.7, panel.x.shape[1]

    def less(at: np.ndarray) -> float:
        eta = at[0] + panel.x @ at[1 : k + 1] + at[k + 1 :][panel.instrument]
        chances = 1 / (1 + np.exp(-eta))
        told = np.where(panel.joined == 1, np.log(chances), np.log(1 - chances)).sum()
        return float(-told + (at[1 : k + 1] ** 2).sum() / (2 * 5.0**2) + (at[k + 1 :] ** 2).sum() / (2 * spread**2))

    best = minimize(less, np.zeros(k + 6), method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9})
    found = fit(panel, spread)
    mine = np.concatenate([[found.intercept], found.coefficients, found.frailty])
    assert less(mine) <= best.fun + 1e-9
    assert mine == pytest.approx(best.x, abs=1e-3)


def test_the_effect_of_one_instrument_is_found_from_its_own_record() -> None:
    panel, _, _ = made(5_000, 5)
    found = fit(panel)
    for one in range(5):
        rows = panel.where(panel.instrument == one)
        effect, error = own_effect(found, rows.x, rows.joined, np.zeros(len(rows.joined)))
        assert effect == pytest.approx(found.frailty[one], abs=1e-6)
        assert error <= found.frailty_errors[one]
    # What lies far back says little: the effect is drawn toward none.
    rows = panel.where(panel.instrument == int(np.argmax(np.abs(found.frailty))))
    faded, unsure = own_effect(found, rows.x, rows.joined, np.full(len(rows.joined), 90.0))
    assert abs(faded) < np.abs(found.frailty).max()
    assert unsure > found.frailty_errors.max()


def test_scores_by_hand() -> None:
    chance, happened = np.array([0.1, 0.8, 0.5]), np.array([0.0, 1.0, 1.0])
    assert brier(chance, happened) == pytest.approx((0.01 + 0.04 + 0.25) / 3)
    found = calibration(chance, happened, (0.0, 0.5, 1.0))
    assert [(one["number"], one["happened"]) for one in found] == [(1, 0.0), (2, 1.0)]
    tenths = calibration(np.linspace(0, 1, 100), np.zeros(100), deciles(np.linspace(0, 1, 100)))
    assert [one["number"] for one in tenths] == [10] * 10


def days(told: dict[str, str]) -> dict[str, date]:
    return {code: date.fromisoformat(day) for code, day in told.items()}


@pytest.fixture(scope="module")
def small() -> World:
    """Two invented instruments and five invented States; the second is the protocol of nobody's treaty."""
    first = Past(
        id="first",
        of="",
        areas=("sea",),
        opened=date(1990, 1, 1),
        known=date(1999, 12, 31),
        eligible=frozenset("ABCDE"),
        signed=days({"A": "1990-01-01", "B": "1990-06-01"}),
        joined=days({"A": "1990-03-01", "B": "1992-05-01", "C": "1995-02-01"}),
        entered=date(1992, 6, 1),
    )
    second = Past(
        id="second",
        of="",
        areas=("sea",),
        opened=date(1996, 1, 1),
        known=date(1999, 12, 31),
        eligible=frozenset("ABCDE"),
        signed={},
        joined=days({"C": "1996-07-01"}),
        entered=None,
    )
    return World(
        pasts=(first, second),
        codes=tuple("ABCDE"),
        regions=np.array([0, 0, 1, 1, -1]),
        since=np.array([date(1900, 1, 1).toordinal()] * 4 + [date(1993, 1, 1).toordinal()]),
        until=np.full(5, date.max.toordinal()),
    )


def test_a_row_for_each_year_at_risk_and_none_past_what_is_known(small: World) -> None:
    panel = small.panel(date(2020, 1, 1))
    # By hand. First: A joins in year 1, B in 3, C in 6, D never in nine whole years; E exists from 1993 on, so that it
    # is at risk in the years that begin in 1993 to 1998. Second: three whole years; C joins in its first.
    first, second = panel.where(panel.instrument == 0), panel.where(panel.instrument == 1)
    assert len(first.joined) == 1 + 3 + 6 + 9 + 6
    assert first.joined.sum() == 3
    assert len(second.joined) == 3 * 4 + 1
    assert second.joined.sum() == 1
    assert len(small.panel(date(1992, 12, 31)).joined) == 1 + 2 + 2 + 2
    assert max(panel.year) == 1998


def test_what_was_known_when_a_year_began(small: World) -> None:
    risk, x = small.seen("first", date(1993, 1, 1))
    assert [small.codes[at] for at in risk] == ["C", "D", "E"]
    told = [dict(zip(COVARIATES, row, strict=True)) for row in x]
    assert [one["signed"] for one in told] == [0, 0, 0]
    assert [one["in-force"] for one in told] == [1, 1, 1]
    assert [one["joined-region"] for one in told] == [0, 0, 0]
    # One of four joined in the year before (B); drawn toward one in twenty.
    assert told[0]["log-rate-last-year"] == pytest.approx(np.log((1 + 1) / (3 + 1 + 20)), abs=0.05)
    assert told[0]["log-years-at-risk"] == pytest.approx(np.log(1 + 3), abs=0.01)
    assert told[2]["log-years-at-risk"] == 0
    # Of what was open to it for a year, A had joined one of one; D none.
    _, then = small.seen("second", date(1996, 1, 1))
    habit = dict(zip("ABCDE", then[:, COVARIATES.index("habit")].tolist(), strict=True))
    assert habit["A"] == pytest.approx(np.log(2))
    assert habit["D"] == pytest.approx(-np.log(2))
    # In two years nothing of this has changed but for what was not done.
    aged = small.aged(x, 2)
    assert aged[0, -1] == pytest.approx(np.log(1 + 5), abs=0.01)
    assert (aged[:, :-1] == x[:, :-1]).all()


def certain(codes: str, yearly: float, hurdles: dict[str, Hurdle] | None = None) -> Ahead:
    """What lies ahead where each joins with the same chance a year, whatever else is unknown."""
    logs = np.full((50, len(nodes()[0]), len(codes)), np.log1p(-yearly))
    return Ahead(codes=tuple(codes), begin=date(2020, 1, 1), weights=nodes()[1], logs=logs, hurdles=hurdles or {})


def test_a_hurdle_puts_off_slows_or_ends() -> None:
    hurdles = {"B": Hurdle(since=date(2022, 1, 1)), "C": Hurdle(factor=0.5), "D": Hurdle(factor=0)}
    found = certain("ABCD", 0.2, hurdles).by(date(2024, 1, 1))[0]
    assert found == pytest.approx([1 - 0.8**4, 1 - 0.8**2, 1 - 0.8**2, 0], abs=1e-3)
    assert certain("ABCD", 0.2, hurdles).by(date(2021, 12, 31))[0][1] == 0
    assert certain("AB", 0.2).by(date(2019, 1, 1)) == pytest.approx(0)


def count(players: str, number: int) -> Game:
    thresholds = (Weighted(weights=(1,) * len(players), quota=number),)
    return Game(players=tuple(players), thresholds=thresholds, ways=(frozenset({0}),))


def test_when_it_is_met_and_on_whom_it_hangs() -> None:
    # Three who must all join, each with a chance of .2 a year: P(t) = (1 - .8^t)^3.
    race = Race(game=count("ABC", 3), ahead=certain("ABC", 0.2), sure=frozenset())
    five = race.chances([date(2025, 1, 1)])[0]
    assert five.chance == pytest.approx((1 - 0.8**5) ** 3, abs=2e-3)
    median = race.reached(date(2020, 1, 1), [0.5])[0]
    assert median is not None
    years = np.log(1 - 0.5 ** (1 / 3)) / np.log(0.8)
    assert abs((median - date(2020, 1, 1)).days / 365.25 - years) < 0.01
    drivers = race.drivers(date(2020, 1, 1), date(2025, 1, 1), five, median)
    assert [one.actor for one in drivers] == ["A", "B", "C"]
    assert drivers[0].effect == pytest.approx((1 - 0.8**5) ** 2 - five.chance, abs=2e-3)
    assert drivers[0].cost == pytest.approx(five.chance)
    assert drivers[0].days is not None
    assert drivers[0].days > 0
    assert needed(count("ABC", 3)) == frozenset()
    vetoed = race.with_hurdles({"A": Hurdle(factor=0)})
    assert vetoed.chances([date(2060, 1, 1)])[0].chance == 0
    assert vetoed.reached(date(2020, 1, 1), [0.5]) == [None]
    assert Race(game=count("ABC", 3), ahead=certain("ABC", 0.2), sure=frozenset("ABC")).number(date(2021, 1, 1)) == {
        "now": 3,
        "expected": 3,
        "low": 3,
        "high": 3,
    }


def test_those_without_each_of_whom_it_cannot_be_met() -> None:
    thresholds = (
        Weighted(weights=(1, 1, 0, 0), quota=2),
        Weighted(weights=(1, 1, 1, 1), quota=3),
    )
    game = Game(players=tuple("ABCD"), thresholds=thresholds, ways=(frozenset({0, 1}),))
    assert needed(game) == frozenset("AB")


def test_those_in_whom_nobody_knows_by_name_count() -> None:
    # Of ten, four are in and nobody knows who: six are wanted, so two of the other six must join.
    ahead = certain("ABCDEFGHIJ", 0.2)
    among = np.full(10, 0.4)
    race = Race(game=count("ABCDEFGHIJ", 6), ahead=ahead, sure=frozenset(), unnamed=4, among=among)
    p = 0.6 * (1 - 0.8**3)
    wanted = 1 - (1 - p) ** 10 - 10 * p * (1 - p) ** 9
    assert race.chances([date(2023, 1, 1)])[0].chance == pytest.approx(wanted, abs=2e-3)
    assert race.number(date(2020, 1, 1))["now"] == 4


def test_a_number_alone_moves_the_pace(small: World) -> None:
    fitted = fit(small.panel(date(2000, 1, 1)), 1.0)
    found = []
    for unnamed in (0, 1, 2):
        ahead, among = look_from_number(
            small, fitted, "second", date(1999, 1, 1), inside=frozenset("C"), unnamed=unnamed
        )
        assert among.sum() == pytest.approx(unnamed)
        found.append(float((ahead.weights @ ahead.by(date(2001, 1, 1))).sum()))
    assert found == sorted(found)
    assert found[2] > found[0] * 1.5


def test_who_is_needed_and_did_not_join_has_a_pace_of_its_own(small: World) -> None:
    fitted = fit(small.panel(date(2000, 1, 1)), 1.0)
    plain = look_ahead(small, fitted, "first", date(1999, 1, 1))
    told = look_ahead(small, fitted, "first", date(1999, 1, 1), needed=frozenset("D"))
    assert plain.codes == told.codes == ("D", "E")
    # At the middle of what is not known: D did not join in nine years, so it is slower than the instrument.
    middle = len(plain.weights) // 2
    assert told.by(date(2000, 1, 1))[middle][0] < plain.by(date(2000, 1, 1))[middle][0]
    assert told.by(date(2000, 1, 1))[:, 1] == pytest.approx(plain.by(date(2000, 1, 1))[:, 1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_number_of_events_is_that_of_all_outcomes(chances: list[float]) -> None:
    table = np.zeros(len(chances) + 1)
    for outcome in product((0, 1), repeat=len(chances)):
        table[sum(outcome)] += prod(p if one else 1 - p for p, one in zip(chances, outcome, strict=True))
    assert of_number(np.array([chances]))[0] == pytest.approx(table, abs=1e-9)


@given(st.integers(1, 9), st.integers(0, 6), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_a_double_majority_is_the_sum_over_all_outcomes(heavy: int, light: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = heavy + light
    weights = np.concatenate([rng.integers(1, 10**7, heavy), np.zeros(light, np.int64)])
    counts = rng.integers(0, 2, n)
    quota, cap = int(weights.sum() * 0.55), int(rng.integers(0, n + 1))
    chances = rng.choice([0.0, 0.25, 0.5, 0.9, 1.0], (2, n))
    wanted = np.zeros((2, cap + 1, 2))
    for outcome in product((0, 1), repeat=n):
        joined = np.array(outcome)
        place = min(int(counts @ joined), cap), int(weights @ joined >= quota)
        wanted[:, place[0], place[1]] += np.prod(np.where(joined == 1, chances, 1 - chances), axis=1)
    assert reached(weights, quota, counts, cap, chances) == pytest.approx(wanted, abs=1e-12)


def test_counted_in_halves_a_rule_is_as_often_met_as_when_it_is_played() -> None:
    # Fifty-five parties, among them some with 55% of a weight: as Article 25 of the Kyoto Protocol asks.
    rng = np.random.default_rng(2)
    weights = (*rng.integers(1_000, 5_000_000, 20).tolist(), *(0,) * 80)
    game = Game(
        players=tuple(f"P{at:03}" for at in range(100)),
        thresholds=(
            Weighted(weights=(1,) * 100, quota=55),
            Weighted(weights=weights, quota=sum(weights) * 55 // 100),
        ),
        ways=(frozenset({0, 1}),),
    )
    chances = rng.uniform(0.4, 0.7, (1, 1, 100))
    exact, played = (meetings(game, np.ones(1), chances, exact=one)[0] for one in (True, False))
    assert exact.error is None
    assert played.error is not None
    assert abs(exact.chance - played.chance) < 4 * played.error


def test_many_cases_at_once_are_each_case_by_itself() -> None:
    rng = np.random.default_rng(5)
    weights = tuple(rng.integers(1, 30, 12).tolist())
    game = Game(
        players=tuple("ABCDEFGHIJKL"),
        thresholds=(Weighted(weights=(1,) * 12, quota=7), Weighted(weights=weights, quota=sum(weights) // 2)),
        ways=(frozenset({0, 1}),),
    )
    chances, shares = rng.random((4, 3, 12)), np.array([0.2, 0.5, 0.3])
    found = [one.chance for one in meetings(game, shares, chances)]
    for one, case in zip(found, chances, strict=True):
        each = [meeting(game, dict(zip(game.players, row.tolist(), strict=True))).chance for row in case]
        assert one == pytest.approx(float(shares @ each), abs=1e-12)


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


@pytest.fixture(scope="module")
def tpnw(register: Register) -> Forecast:
    return forecast(register, "tpnw", "2019-01-01", "2023-01-01")


def test_a_forecast_looks_ahead_from_what_was_known(tpnw: Forecast) -> None:
    # The fiftieth ratification was deposited on 2020-10-24; on the first day nineteen had joined.
    assert tpnw.start == date(2019, 1, 1)
    assert (tpnw.dates[0], tpnw.dates[-1]) == (date(2019, 1, 1), date(2023, 1, 1))
    assert tpnw.chance[0] == 0
    assert list(tpnw.chance) == sorted(tpnw.chance)
    assert all(low <= high for low, high in zip(tpnw.low, tpnw.high, strict=True))
    # Sixty-eight were parties when 2022 ended (UN Office for Disarmament Affairs).
    assert tpnw.parties["now"] == 19
    assert tpnw.parties["low"] <= 68 <= tpnw.parties["high"]
    assert all(error is None for error in tpnw.error)
    assert len(tpnw.drivers) == 10


def test_the_backtest_says_which_did_best(tpnw: Forecast) -> None:
    scores = tpnw.backtest["brier"]
    best = min(scores, key=lambda name: scores[name])
    assert best in str(tpnw.backtest["says"])
    assert tpnw.backtest["learnt_before"] == "2000-01-01"


def test_what_is_met_already_has_chance_one(register: Register) -> None:
    found = forecast(register, "npt", "2010-01-01", "2010-06-01")
    assert set(found.chance) == {1.0}
    assert any("in force since" in note for note in found.notes)


def test_the_page_tells_the_scores(tpnw: Forecast) -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "forecasts.md").read_text(encoding="utf-8")
    told = tpnw.backtest
    for rule, name in (("model", "model"), ("last year’s rate", "last-year"), ("constant", "constant")):
        scores = " | ".join(f"{told[kind][name]:.3f}".removeprefix("0") for kind in ("brier", "brier_opened_since"))
        assert f"| {rule} | {scores} |" in page
    assert f"{told['forecasts']:,} forecasts, of which {told['joined']:,} came true" in page
    assert f"held in {told['ranges']['held']:.0%} of {told['ranges']['number']} treaties and days" in page


def test_the_backtest_is_that_of_the_rows_themselves(register: Register) -> None:
    # One of its scores done again by hand: the constant rule, from the panel and what came after.
    learnt = learnt_of(register, date(2019, 1, 1))
    world = learnt.world
    before = world.panel(date(2000, 1, 1))
    said = 1 - (1 - before.joined.sum() / len(before.joined)) ** 5
    wrong = []
    for start in (date(2000, 1, 1), date(2005, 1, 1), date(2010, 1, 1)):
        stop = start.replace(year=start.year + 5)
        for at, own in enumerate(world.pasts):
            if own.opened < start and own.known >= stop:
                risk, _ = world.seen(own.id, start)
                wrong += [(said - (world.joined[at][one] <= stop.toordinal())) ** 2 for one in risk]
    assert learnt.backtest.forecasts == len(wrong)
    assert learnt.backtest.brier["constant"] == pytest.approx(np.mean(wrong), abs=1e-12)


def test_a_treaty_that_named_states_hold_up(register: Register) -> None:
    found = forecast(register, "ctbt", "2026-11-23", "2035-01-01")
    # Annex 2: nine of the 44 are missing since Russia withdrew its ratification (CTBTO, 2024).
    nine = {"CHN", "EGY", "IND", "IRN", "ISR", "PAK", "PRK", "RUS", "USA"}
    assert {one.actor for one in found.drivers} == nine
    assert any("CHN, EGY, IND, IRN, ISR, PAK, PRK, RUS, USA" in note for note in found.notes)
    assert found.start == date(2024, 3, 13)
    assert found.chance[-1] < 0.05
    assert found.median is None
    one = forecast(register, "ctbt", "2026-11-23", "2035-01-01", without=("IND",))
    assert one.veto is not None
    assert set(one.chance) == {0.0}
    assert one.veto.chance == found.chance
    assert one.veto.change == -found.chance[-1]


def test_a_number_that_the_official_date_tells(register: Register) -> None:
    # Sixty had joined on 2025-09-19 (Article 68, in force on 2026-01-17); the register names forty of them.
    found = forecast(register, "bbnj-agreement", "2026-11-23", "2028-01-01", parties=100)
    assert found.start == date(2025, 9, 19)
    assert found.parties["now"] == 61  # with the European Union
    assert 0 < found.chance[0] < found.chance[-1] < 1
    with pytest.raises(Refusal):
        forecast(register, "bbnj-agreement", "2024-01-01", "2028-01-01", parties=100)


def test_a_weighed_rule_is_counted_exactly(register: Register) -> None:
    # The Kyoto Protocol, as asked on the day it could be ratified by few: in force on 2005-02-16 in the end.
    found = forecast(register, "kyoto-protocol", "2002-11-01", "2006-01-01")
    assert set(found.error) == {None}
    assert len(found.dates) == 13
    # Only Russia, or the United States, brought the emissions that were missing when others had joined.
    assert {one.actor for one in found.drivers[:2]} == {"RUS", "USA"}


def test_hurdles_cost_and_slower_is_later(register: Register, tpnw: Forecast) -> None:
    found = forecast(register, "tpnw", "2019-01-01", "2023-01-01", hurdles=("un-africa=2022-06-01", "AUT=1"))
    assert found.veto is not None
    assert found.veto.chance == tpnw.chance
    assert found.veto.change == pytest.approx(found.chance[-1] - tpnw.chance[-1])
    assert found.veto.change < 0
    assert found.veto.days is not None
    assert found.veto.days > 0
    assert any("AUT" in note for note in found.notes)  # a party by then: the hurdle changes nothing


_FIGURES = "actor,year,name,value\n" + "\n".join(
    f"{code},1990,chambers,{number}" for code, number in (("FRA", 2), ("DEU", 2), ("SWE", 1), ("NZL", 1), ("BRA", 2))
)


def test_figures_that_somebody_brings_become_covariates(register: Register) -> None:
    found = forecast(
        register, "tpnw", "2019-01-01", "2023-01-01", covariates=_FIGURES, covariates_source="constitutions"
    )
    assert found.model["brought"] == ["chambers"]
    assert found.model["brought_source"] == "constitutions"
    told = found.model["coefficients"]["chambers"]
    assert told["standard_error"] > 0
    assert "chambers" not in forecast(register, "tpnw", "2019-01-01", "2019-06-01").model["coefficients"]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"hurdles": ("FRA=soon",)}, {"hurdle-wrong"}),
        ({"hurdles": ("FRA=-1", "FRA=nan")}, {"hurdle-wrong"}),
        ({"without": ("nowhere",)}, {"actor-unknown"}),
        ({"covariates": "actor,value\nFRA,2"}, {"figures-malformed"}),
        (
            {"covariates": "actor,year,name,value\nFRA,1990,chambers,nan\nXXX,90,,"},
            {"figures-malformed", "actor-unknown"},
        ),
        ({"covariates": "actor,year,name,value\n"}, {"figures-none"}),
    ],
)
def test_what_is_brought_is_read_with_every_fault(register: Register, asked: dict[str, Any], codes: set[str]) -> None:
    with pytest.raises(Refusal) as caught:
        forecast(register, "tpnw", "2019-01-01", "2023-01-01", **asked)
    assert {one.code for one in caught.value.findings} == codes


def test_as_programs_ask(register: Register) -> None:
    found = ask(
        register,
        "forecast",
        {"instrument": "tpnw", "from": "2019-01-01", "until": "2023-01-01", "hurdle": "KAZ=0.5", "without": "BRA"},
        date(2026, 1, 1),
    )
    assert isinstance(found, dict)
    assert found["veto"]["hurdles"] == ["KAZ=0.5", "BRA=0"]
    assert QUESTIONS["forecast"].read_all(found)


def test_the_command_says_what_a_veto_costs(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.cli.options.open_register", lambda *_: register)
    asked = ["tpnw", "--from", "2019-01-01", "--until", "2023-01-01", "--without", "un-africa", "--format", "table"]
    found = CliRunner().invoke(forecast_command, asked)
    assert found.exit_code == 0, found.output
    assert "un-africa=0: costs" in found.output
    assert "on whom it hangs most" in found.output


@pytest.mark.parametrize(
    ("instrument", "start", "end", "code"),
    [
        ("udhr", "2020-01-01", "2021-01-01", "forecast-impossible"),
        ("tpnw", "2021-01-01", "2020-01-01", "period-wrong"),
        ("nothing", "2020-01-01", "2021-01-01", "instrument-unknown"),
    ],
)
def test_what_cannot_be_forecast_is_refused(
    register: Register, instrument: str, start: str, end: str, code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        forecast(register, instrument, start, end)
    assert [one.code for one in caught.value.findings] == [code]


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 40))
def test_more_parties_are_less_likely(number: int) -> None:
    game = Game(
        players=tuple(f"P{at:02}" for at in range(40)),
        thresholds=(Weighted(weights=(1,) * 40, quota=number),),
        ways=(frozenset({0}),),
    )
    more = Game(players=game.players, thresholds=(Weighted(weights=(1,) * 40, quota=number + 1),), ways=game.ways)
    chances = dict.fromkeys(game.players, 0.3)
    assert meeting(game, chances).chance > meeting(more, chances).chance
