"""Forecasts: the chance of a rule against every outcome, the model against what made the data, the register's past."""

from datetime import date
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from comity.analysis.games import Game, Weighted
from comity.analysis.meeting import meeting
from comity.analysis.ratification import COVARIATES, Panel, brier, calibration, fit
from comity.service import Refusal, Register, open_register
from comity.service.forecasting import Forecast, forecast


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
    monkeypatch.setattr("comity.analysis.meeting._MOST_STATES", 1000)
    simulated = meeting(game, chances)
    assert simulated.error is not None
    assert abs(simulated.chance - exact.chance) < 5 * simulated.error


def test_the_model_finds_what_made_the_data() -> None:
    rng = np.random.default_rng(1)
    rows, instruments = 30_000, 30
    x = rng.normal(size=(rows, len(COVARIATES)))
    own = rng.normal(0, 0.5, instruments)
    instrument = rng.integers(0, instruments, rows)
    true = np.array([0.5, -1.0, 0.0, 0.3, 0.8, -0.4, 0.2, 0.0])
    joined = (rng.random(rows) < expit(-1.5 + x @ true + own[instrument])).astype(float)
    panel = Panel(
        x=x,
        instrument=instrument,
        state=np.zeros(rows, np.intp),
        year=np.zeros(rows, np.intp),
        joined=joined,
        instruments=instruments,
    )
    found = fit(panel)
    assert np.abs(found.coefficients - true).max() < 4 * found.errors.max()
    assert np.corrcoef(found.frailty, own)[0, 1] > 0.95
    with pytest.raises(ValueError, match="nothing to learn"):
        fit(panel.where(joined == 0))


def test_scores_by_hand() -> None:
    chance, happened = np.array([0.1, 0.8, 0.5]), np.array([0.0, 1.0, 1.0])
    assert brier(chance, happened) == pytest.approx((0.01 + 0.04 + 0.25) / 3)
    found = calibration(chance, happened, (0.0, 0.5, 1.0))
    assert [(one["number"], one["happened"]) for one in found] == [(1, 0.0), (2, 1.0)]


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
    assert tpnw.chance[-1] > 0.5
    assert all(error is None for error in tpnw.error)
    assert len(tpnw.drivers) == 10


def test_the_backtest_says_which_did_best(tpnw: Forecast) -> None:
    scores = tpnw.backtest["brier"]
    assert isinstance(scores, dict)
    best = min(scores, key=lambda name: scores[name])
    assert best in str(tpnw.backtest["says"])
    assert tpnw.backtest["learnt_before"] == "2000-01-01"


def test_what_is_met_already_has_chance_one(register: Register) -> None:
    found = forecast(register, "npt", "2010-01-01", "2010-06-01")
    assert set(found.chance) == {1.0}
    assert any("in force since" in note for note in found.notes)


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
