"""Fair shares: published worked figures, hand-made cases, brute force, and what must hold of any division."""

from fractions import Fraction
from math import erf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.shares.allocation import UnfitRuleError, contracted, converging, shares
from comity.analysis.shares.dividing import BoundsError, exactly, fitted, in_units
from comity.analysis.shares.incomes import excess, poor, spread
from comity.analysis.shares.panel import LackingError, Panel
from comity.analysis.shares.preferred import preferences
from comity.analysis.shares.sharing import SharingRule, Task
from comity.analysis.shares.sobol import Varied, sobol

TWO = ("North", "South")


def panel(first: int = 2020, actors: tuple[str, ...] = TWO, **values: list[list[float]]) -> Panel:
    return Panel(actors=actors, first=first, values={name: np.array(rows, float) for name, rows in values.items()})


def burden(total: float = 100, year: int = 2020) -> Task:
    return Task(total=total, kind="burden", year=year)


def benefit(total: float = 100, year: int = 2020) -> Task:
    return Task(total=total, kind="benefit", year=year)


# Incomes


def test_the_gini_index_of_a_lognormal_distribution() -> None:
    """Aitchison and Brown (1957): the index of σ is erf(σ/2), .5205 where σ is 1."""
    assert erf(0.5) == pytest.approx(0.5205, abs=5e-5)
    assert spread(np.array([erf(0.5), erf(0.25), 0.0])) == pytest.approx([1.0, 0.5, 0.0], abs=1e-12)


@pytest.mark.parametrize(("mean", "gini", "threshold"), [(45640, 0.41, 7500), (5899, 0.45, 7500), (2818, 0.33, 7500)])
def test_income_above_a_threshold_is_what_numbers_of_people_have(mean: float, gini: float, threshold: float) -> None:
    """Against a million quantiles of the distribution."""
    sigma = float(spread(np.array([gini]))[0])
    from scipy.special import ndtri  # noqa: PLC0415  # of the extra

    places = (np.arange(1_000_000) + 0.5) / 1_000_000
    incomes = mean * np.exp(sigma * ndtri(places) - sigma**2 / 2)
    found = float(excess(np.array([mean]), np.array([gini]), threshold)[0])
    assert found == pytest.approx(np.maximum(incomes - threshold, 0).mean(), rel=1e-3)
    assert float(poor(np.array([mean]), np.array([gini]), threshold)[0]) == pytest.approx(
        (incomes < threshold).mean(), abs=1e-5
    )


def test_where_all_have_the_same_the_mean_decides() -> None:
    assert excess(np.array([9000.0, 7000.0]), np.zeros(2), 7500).tolist() == [1500, 0]


# Published figures


def test_the_capacity_and_the_index_of_the_development_rights_calculator() -> None:
    """Values in 2020 of the Greenhouse Development Rights calculator (gdrights.org/calculator, defaults): national
    capacity in billion dollars, and shares of capacity, responsibility and their index, by group of countries."""
    capacity = [38527.32, 2990.03, 5044.77, 55.95]
    percent = [82.64, 6.41, 10.82, 0.12]
    responsibility = [63.97, 17.73, 18.09, 0.21]
    index = [73.31, 12.07, 14.46, 0.17]
    groups = ("High Income", "Upper Middle Income", "Lower Middle Income", "Low Income")
    made = panel(actors=groups, capacity=[[one] for one in capacity], responsibility=[[one] for one in responsibility])
    rules = {
        "c": SharingRule(rule="proportional", id="c", of="capacity"),
        "r": SharingRule(rule="proportional", id="r", of="responsibility"),
        "rci": SharingRule(rule="mix", id="rci", parts={"c": 0.5, "r": 0.5}),
    }
    assert 100 * shares(made, burden(), rules["c"]) == pytest.approx(percent, abs=0.006)
    assert 100 * shares(made, burden(), rules["rci"], rules) == pytest.approx(index, abs=0.011)


def test_largest_remainders_gave_the_first_house_of_representatives_hamiltons_seats() -> None:
    """120 seats by the census of 1790 (Balinski and Young, Fair Representation, 1982, table 2)."""
    people = {
        "VA": 630560,
        "MA": 475327,
        "PA": 432879,
        "NC": 353523,
        "NY": 331589,
        "MD": 278514,
        "CT": 236841,
        "SC": 206236,
        "NJ": 179570,
        "NH": 141822,
        "VT": 85533,
        "GA": 70835,
        "KY": 68705,
        "RI": 68446,
        "DE": 55540,
    }
    assert sum(people.values()) == 3615920
    found = in_units(Fraction(120), list(map(float, people.values())), Fraction(1))
    assert list(map(int, found)) == [21, 16, 14, 12, 11, 9, 8, 7, 6, 5, 3, 2, 2, 2, 2]


def test_the_indices_of_ishigamis_function() -> None:
    """Sobol and Levitan (1999): first order .3139, .4424, 0; total .5576, .4424, .2437 (a = 7, b = .1)."""
    choices = [Varied(rule="f", parameter=name, low=-np.pi, high=np.pi) for name in ("x", "y", "z")]

    def ishigami(at: list[float]) -> np.ndarray:
        x, y, z = at
        return np.array([np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x), 5.0])

    found = sobol("f", ("A", "B"), choices, ishigami, samples=1024, seed=7)  # type: ignore[arg-type]  # lists here
    first = {one.choice: one.first for one in found.influences if one.actor == "A"}
    total = {one.choice: one.total for one in found.influences if one.actor == "A"}
    assert first == pytest.approx({"f.x": 0.3139, "f.y": 0.4424, "f.z": 0}, abs=0.03)
    assert total == pytest.approx({"f.x": 0.5576, "f.y": 0.4424, "f.z": 0.2437}, abs=0.03)
    assert found.runs == 1024 * 5
    assert found.widest < 0.15
    # What nothing moves has no indices.
    assert [one.total for one in found.influences if one.actor == "B"] == [None] * 3
    again = sobol("f", ("A", "B"), choices, ishigami, samples=1024, seed=7)  # type: ignore[arg-type]  # as above
    assert again == found


# Rules by hand


def test_rules_that_divide_by_figures() -> None:
    made = panel(population=[[30], [70]], emissions=[[60], [40]], gdp=[[600_000], [350_000]], aid=[[1], [3]])
    cases = (
        (SharingRule(rule="equal"), [0.5, 0.5]),
        (SharingRule(rule="equal-per-capita"), [0.3, 0.7]),
        (SharingRule(rule="grandfathering"), [0.6, 0.4]),
        (SharingRule(rule="proportional", of="aid"), [0.25, 0.75]),
        # 20,000 and 5,000 a person: 30 × 16,000 and 70 × 1,000 lie above 4,000.
        (SharingRule(rule="capability", threshold=4000), [480 / 550, 70 / 550]),
    )
    for rule, expected in cases:
        assert shares(made, burden(), rule).tolist() == pytest.approx(expected)


def test_responsibility_counts_since_a_year_and_older_emissions_for_less() -> None:
    made = panel(2018, emissions=[[10, 10, 10], [0, 20, 40]])
    assert shares(made, burden(), SharingRule(rule="responsibility", since=2018)).tolist() == pytest.approx(
        [1 / 3, 2 / 3]
    )
    assert shares(made, burden(), SharingRule(rule="responsibility", since=2020)).tolist() == pytest.approx([0.2, 0.8])
    halved = shares(made, burden(), SharingRule(rule="responsibility", since=2018, discount=1.0))
    north, south = 10 / 4 + 10 / 2 + 10, 0 + 20 / 2 + 40
    assert halved.tolist() == pytest.approx([north / (north + south), south / (north + south)])


def test_development_rights_are_the_mean_of_what_lies_above_the_threshold() -> None:
    made = panel(population=[[10], [90]], gdp=[[400_000], [600_000]], gini=[[0.4], [0.4]], emissions=[[50], [50]])
    mean, gini = np.array([40_000, 600_000 / 90]), np.array([0.4, 0.4])
    above = np.array([10, 90]) * excess(mean, gini, 7500)
    counted = 50 * above / np.array([400_000, 600_000])
    for weight in (0.0, 0.3, 1.0):
        rule = SharingRule(rule="development-rights", since=2020, threshold=7500, weight=weight)
        expected = weight * counted / counted.sum() + (1 - weight) * above / above.sum()
        assert shares(made, burden(), rule) == pytest.approx(expected)


def test_a_burden_shared_as_a_benefit_is_taken_from_what_each_would_take() -> None:
    made = panel(gdp=[[300], [100]], population=[[1], [1]], baseline=[[80], [120]])
    # 200 without an agreement, 100 to share: of the 100 less, three quarters and a quarter.
    assert (100 * shares(made, benefit(), SharingRule(rule="capability"))).tolist() == pytest.approx([5, 95])
    with pytest.raises(UnfitRuleError, match="baseline"):
        shares(panel(gdp=[[300], [100]], population=[[1], [1]]), benefit(), SharingRule(rule="capability"))


def test_equal_cumulative_shares_take_from_whoever_emitted_more_than_was_due() -> None:
    """Van den Berg et al. (2020), table S.1: the part of population over the years ahead, and what was owed before."""
    made = panel(2018, population=[[10, 10, 10], [30, 30, 30]], emissions=[[40, 40, 40], [20, 20, 20]])
    found = shares(made, benefit(1000), SharingRule(rule="cumulative-per-capita", since=2018, until=2030))
    # Due of 60 a year: 15 and 45, so three years owe 75 from the first to the second.
    assert (1000 * found).tolist() == pytest.approx([250 - 75, 750 + 75])
    small = shares(made, benefit(100), SharingRule(rule="cumulative-per-capita", since=2018, until=2030))
    assert (100 * small).tolist() == pytest.approx([-50, 150])
    with pytest.raises(UnfitRuleError, match="shares a benefit"):
        shares(made, burden(), SharingRule(rule="cumulative-per-capita", since=2018))


def test_convergence_by_hand() -> None:
    """Linear: halfway, the mean of both parts; Meyer's weight: step by step; in the target year, population."""
    emissions, people = np.array([60.0, 40.0]), np.array([[30.0] * 5, [70.0] * 5])
    linear = converging(emissions, people, 4, "linear", 4)
    assert linear[0].tolist() == pytest.approx([0.525, 0.45, 0.375, 0.3, 0.3])
    now, steps = 0.6, []
    for year in range(1, 6):
        now -= (now - 0.3) * np.exp(-4 * (1 - min(1, year / 4)))
        steps.append(now)
    found = converging(emissions, people, 4, "exponential", 4)
    assert found[0].tolist() == pytest.approx(steps)
    assert found[:, 3].tolist() == pytest.approx([0.3, 0.7])
    assert found.sum(axis=0).tolist() == pytest.approx([1] * 5)


@pytest.mark.parametrize("path", ["linear", "exponential"])
@pytest.mark.parametrize("total", [30.0, 400.0, 1000.0, 2500.0])
def test_a_path_adds_up_to_its_total(path: str, total: float) -> None:
    found = contracted(100.0, total, 10, path)  # type: ignore[arg-type]  # one of two words
    assert found.sum() == pytest.approx(total)
    assert (found >= 0).all()
    steps = np.diff(np.append([100.0], found))
    alive = found > 0
    if path == "linear":
        assert np.ptp(steps[alive][:-1]) < 1e-6 * 100 if alive.sum() > 2 else True
    else:
        assert np.ptp(found[1:] / found[:-1]) < 1e-9


def test_contraction_and_convergence_is_its_path_times_its_shares() -> None:
    made = panel(population=[[30], [70]], emissions=[[60], [40]])
    rule = SharingRule(rule="contraction-convergence", until=2024, target=2024)
    amounts = contracted(100, 200, 4, "linear")
    assert (200 * shares(made, benefit(200), rule))[0] == pytest.approx(amounts @ [0.525, 0.45, 0.375, 0.3])
    # Population that grows after the cap does not count.
    growing = Panel(
        actors=TWO,
        first=2020,
        values={
            "population": np.array([[30, 30, 30, 30, 30], [70, 70, 700, 700, 700]], float),
            "emissions": np.array([[60, *[np.nan] * 4], [40, *[np.nan] * 4]]),
        },
    )
    capped = SharingRule(rule="contraction-convergence", until=2024, target=2024, cap=2021)
    assert shares(growing, benefit(200), capped).tolist() == pytest.approx(shares(made, benefit(200), rule).tolist())


def test_what_is_missing_or_does_not_fit_is_told() -> None:
    made = panel(population=[[30], [np.nan]])
    with pytest.raises(LackingError, match="population of South in 2020"):
        shares(made, burden(), SharingRule(rule="equal-per-capita"))
    with pytest.raises(LackingError, match="gdp"):
        shares(made, burden(), SharingRule(rule="capability"))
    with pytest.raises(UnfitRuleError, match="since"):
        shares(panel(emissions=[[1], [1]]), burden(), SharingRule(rule="responsibility"))
    with pytest.raises(UnfitRuleError, match="nought"):
        shares(panel(emissions=[[0], [0]]), burden(), SharingRule(rule="grandfathering"))
    with pytest.raises(UnfitRuleError, match="no other rule"):
        shares(made, burden(), SharingRule(rule="mix", parts={"none": 1}), {})
    with pytest.raises(UnfitRuleError, match="no weight"):
        shares(made, burden(), SharingRule(rule="mix"), {})
    with pytest.raises(UnfitRuleError, match="order"):
        shares(
            panel(population=[[1], [1]], emissions=[[1], [1]]),
            benefit(),
            SharingRule(rule="contraction-convergence", until=2019),
        )


# Dividing


def test_floors_and_ceilings() -> None:
    found = fitted(np.array([0.6, 0.3, 0.08, 0.02]), 0.05, 0.5)
    # At the bounds .5 and .05; the others share .45 as 30 to 8.
    assert found.tolist() == pytest.approx([0.5, 0.45 * 30 / 38, 0.45 * 8 / 38, 0.05])
    assert fitted(np.array([1.0, 0.0, 0.0]), None, 0.5).tolist() == pytest.approx([0.5, 0.25, 0.25])
    for bounds in ((0.3, None), (None, 0.2), (0.3, 0.2)):
        with pytest.raises(BoundsError):
            fitted(np.array([0.25] * 4), *bounds)
    with pytest.raises(BoundsError, match="negative"):
        fitted(np.array([1.5, -0.5]), 0.0, None)
    rule = SharingRule(rule="equal-per-capita", ceiling=0.6)
    assert shares(panel(population=[[10], [90]]), burden(), rule).tolist() == pytest.approx([0.4, 0.6])


parts = st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=12).filter(lambda found: sum(found) > 1)


@given(parts, st.integers(0, 10**9))
def test_whole_units_add_up_and_keep_to_quota(found: list[float], total: int) -> None:
    units = in_units(Fraction(total), found, Fraction(1))
    exact = exactly(Fraction(total), found)
    assert sum(units) == sum(exact) == total
    assert all(abs(unit - quota) < 1 for unit, quota in zip(units, exact, strict=True))
    more = ((one, other) for one in range(len(found)) for other in range(len(found)) if found[one] > found[other])
    assert all(units[one] >= units[other] for one, other in more)


def test_a_total_that_is_no_multiple_of_the_unit() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        in_units(Fraction(5, 2), [1, 1], Fraction(1))
    assert list(map(int, in_units(Fraction(-3), [1, 1], Fraction(1)))) == [-1, -2]


@given(parts, st.floats(0, 0.08), st.floats(0.5, 1))
def test_bounds_hold_and_order_is_kept(found: list[float], low: float, high: float) -> None:
    whole = np.array(found) / sum(found)
    if len(found) * high < 1:
        return
    between = fitted(whole, low, high)
    assert between.sum() == pytest.approx(1)
    assert between.min() >= low - 1e-9
    assert between.max() <= high + 1e-9
    order = np.argsort(whole, kind="stable")
    assert (np.diff(between[order]) >= -1e-9).all()


figure = st.floats(1, 1e6)
world = st.lists(st.tuples(figure, figure, figure, st.floats(0.2, 0.6)), min_size=2, max_size=6)
RULES = (
    SharingRule(rule="equal"),
    SharingRule(rule="equal-per-capita"),
    SharingRule(rule="grandfathering"),
    SharingRule(rule="responsibility", since=2020),
    SharingRule(rule="capability", threshold=0.1, within=True),
    SharingRule(rule="development-rights", since=2020, threshold=0.1),
    SharingRule(rule="assessment-scale", of="gdp", base=(1,), largest_rate=1.0),
)


def _world(rows: list[tuple[float, float, float, float]]) -> Panel:
    names = tuple(f"M{at}" for at in range(len(rows)))
    people, income, emitted, gini = zip(*rows, strict=True)
    columns = {"population": people, "gdp": income, "emissions": emitted, "gini": gini}
    values = {name: np.array(column, float)[:, None] for name, column in columns.items()}
    return Panel(actors=names, first=2020, values=values)


@given(world, st.randoms())
def test_shares_add_up_and_do_not_ask_who_comes_first(
    rows: list[tuple[float, float, float, float]], dice: object
) -> None:
    order = list(range(len(rows)))
    dice.shuffle(order)  # type: ignore[attr-defined]  # hypothesis's own dice
    for rule in RULES:
        found = shares(_world(rows), burden(), rule)
        assert found.sum() == pytest.approx(1)
        assert (found >= 0).all()
        turned = shares(_world([rows[at] for at in order]), burden(), rule)
        assert turned.tolist() == pytest.approx([found[at] for at in order], abs=1e-9)


@given(world, st.floats(1.1, 10))
def test_more_of_what_counts_is_never_a_smaller_share(rows: list[tuple[float, float, float, float]], by: float) -> None:
    people, income, emitted, gini = rows[0]
    for rule, more in (
        (RULES[1], (people * by, income, emitted, gini)),
        (RULES[2], (people, income, emitted * by, gini)),
        (RULES[3], (people, income, emitted * by, gini)),
        (RULES[4], (people, income * by, emitted, gini)),
        (RULES[5], (people, income * by, emitted, gini)),
    ):
        before, after = (shares(_world(one), burden(), rule)[0] for one in (rows, [more, *rows[1:]]))
        assert after >= before - 1e-12


# Who prefers what


def test_the_paradox_of_condorcet() -> None:
    """Three voters, three rules, no winner (Condorcet 1785)."""
    found = preferences(("a", "b", "c"), np.array([[3, 1, 2], [2, 3, 1], [1, 2, 3]]) / 6, "benefit")
    assert found.rankings == ((("a",), ("b",), ("c",)), (("b",), ("c",), ("a",)), (("c",), ("a",), ("b",)))
    said = {one.criterion: one for one in found.choices}
    assert said["condorcet"].best == ()
    assert said["borda"].best == ("a", "b", "c")
    assert [(one.one, one.other, one.states) for one in found.pairs] == [
        ("a", "b", (2, 1)),
        ("a", "c", (1, 2)),
        ("b", "c", (2, 1)),
    ]


def test_a_winner_by_states_is_not_one_by_people() -> None:
    shared = np.array([[0.5, 0.25, 0.25], [0.2, 0.4, 0.4], [1 / 3, 1 / 3, 1 / 3]])
    found = preferences(("one", "two", "same"), shared, "benefit", np.array([80.0, 10.0, 10.0]))
    best = {(one.criterion, one.voters): one.best for one in found.choices}
    assert best["condorcet", "states"] == ("two",)
    assert best["condorcet", "population"] == ("one",)
    # Means .3444, .3278, .3278: “same” lies .0111 of the total away. By “one” nobody loses more than .15, by “two” the
    # first loses .3, by “same” .1667.
    assert best["nearest-to-mean", "states"] == ("same",)
    assert best["least-regret", "states"] == ("one",)
    scores = next(one.scores for one in found.choices if one.criterion == "nearest-to-mean")
    assert scores["same"] == pytest.approx(0.0111, abs=1e-4)
    # Of a burden the least is best.
    turned = preferences(("one", "two", "same"), shared, "burden")
    assert [ranking[0] for ranking in turned.rankings] == [("two",), ("one",), ("one",)]


def test_rules_of_one_share_are_ranked_together() -> None:
    found = preferences(("x", "y"), np.array([[0.5, 0.5], [0.5, 0.5]]), "benefit")
    assert found.rankings == ((("x", "y"),), (("x", "y"),))
    assert all(one.states == (0, 0) for one in found.pairs)
    assert next(one.best for one in found.choices if one.criterion == "condorcet") == ()
