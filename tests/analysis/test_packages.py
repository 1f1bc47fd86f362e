"""Package deals: against every package looked at one by one, and what cannot be agreed."""

import json
from itertools import product
from math import log
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis.packages import SOLUTIONS, Offer, front, solve
from comity.cli.main import main

VALUES = st.integers(0, 8).map(lambda value: value / 4)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    parties, issues = draw(st.integers(1, 3)), draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    return Offer(
        parties=tuple(f"P{at}" for at in range(parties)),
        issues=tuple(f"i{at}" for at in range(len(issues))),
        options=tuple(tuple(f"o{at}" for at in range(number)) for number in issues),
        utility=tuple(tuple(tuple(draw(VALUES) for _ in range(number)) for number in issues) for _ in range(parties)),
        disagreement=tuple(draw(st.integers(0, 12).map(lambda value: value / 4)) for _ in range(parties)),
        weights=tuple(float(draw(st.integers(1, 3))) for _ in range(parties)),
    )


def acceptable(offer: Offer) -> dict[tuple[int, ...], tuple[float, ...]]:
    """Every package that nobody is worse off with, and what each party has from it."""
    found = {}
    for choice in product(*(range(len(options)) for options in offer.options)):
        values = tuple(sum(party[at][option] for at, option in enumerate(choice)) for party in offer.utility)
        if all(value >= low for value, low in zip(values, offer.disagreement, strict=True)):
            found[choice] = values
    return found


def measure(offer: Offer, solution: str, values: tuple[float, ...], ideal: list[float]) -> float:
    """How good a package is by an idea of fairness, by its definition."""
    gains = [value - low for value, low in zip(values, offer.disagreement, strict=True)]
    if solution == "nash":
        return sum(weight * log(gain) for weight, gain in zip(offer.weights, gains, strict=True))
    if solution == "utilitarian":
        return sum(weight * value for weight, value in zip(offer.weights, values, strict=True))
    if solution == "egalitarian":
        return min(gains)
    hopes = [best - low for best, low in zip(ideal, offer.disagreement, strict=True)]
    return min((gain / hope for gain, hope in zip(gains, hopes, strict=True) if hope > 0), default=0)


@pytest.mark.parametrize("solution", SOLUTIONS)
@settings(max_examples=40, deadline=None)
@given(offer=offers())
def test_no_package_is_better_than_the_best(solution: str, offer: Offer) -> None:
    found = solve(offer, solution)
    packages = acceptable(offer)
    if solution == "nash":
        packages = {
            choice: values
            for choice, values in packages.items()
            if all(value > low for value, low in zip(values, offer.disagreement, strict=True))
        }
    if not packages:
        assert found.status == "no-agreement"
        assert found.conflict
        return
    ideal = [max(values[at] for values in packages.values()) for at in range(len(offer.parties))]
    best = max(measure(offer, solution, values, ideal) for values in packages.values())
    assert found.status == "optimal"
    assert found.choice in packages
    assert found.objective == pytest.approx(best, abs=1e-8)
    assert found.bound == pytest.approx(best, abs=1e-7)


@settings(max_examples=80, deadline=None)
@given(offers())
def test_the_front_is_all_that_nothing_betters(offer: Offer) -> None:
    packages = acceptable(offer)
    unbettered = {
        values
        for values in packages.values()
        if not any(
            other != values and all(a >= b for a, b in zip(other, values, strict=True)) for other in packages.values()
        )
    }
    found = front(offer)
    assert {one.utility for one in found} == unbettered
    assert all(packages[one.choice] == one.utility for one in found)


def written(place: Path, **changed: object) -> Path:
    value = {
        "parties": ["A", "B", "C"],
        "issues": [{"id": "price", "options": ["low", "high"]}, {"id": "date", "options": ["soon", "late"]}],
        "utility": {
            party: {"price": {"low": a, "high": 1 - a}, "date": {"soon": b, "late": 1 - b}}
            for party, a, b in (("A", 1.0, 0.3), ("B", 0.2, 0.6), ("C", 0.5, 0.5))
        },
    }
    file = place / "offer.json"
    file.write_text(json.dumps(value | changed), encoding="utf-8")
    return file


def asked(file: Path, solution: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(main, ["package", str(file), "--solution", solution, "--format", "json"])
    return result.exit_code, json.loads(result.stdout)


def test_the_command_answers_as_said(tmp_path: Path) -> None:
    code, answer = asked(written(tmp_path), "nash")
    assert code == 0
    assert set(answer) == {"package", "utility", "objective", "bound", "status", "conflict"}
    # By hand, for A and B (C has 1 from each): (low, soon) 1.3, 0.8; (low, late) 1.7, 0.6; (high, soon) 0.3, 1.4;
    # (high, late) 0.7, 1.2.
    assert answer["package"] == {"price": "low", "date": "soon"}
    assert answer["objective"] == pytest.approx(log(1.3 * 0.8))
    assert answer["status"] == "optimal"
    _, fronts = asked(written(tmp_path), "pareto")
    assert [one["package"] for one in fronts["front"]] == [
        {"price": "low", "date": "late"},
        {"price": "low", "date": "soon"},
        {"price": "high", "date": "late"},
        {"price": "high", "date": "soon"},
    ]


def test_who_cannot_be_satisfied_together_is_named(tmp_path: Path) -> None:
    _, answer = asked(written(tmp_path, disagreement={"A": 1.5, "B": 1.3, "C": 0.9}), "egalitarian")
    assert answer == {
        "package": None,
        "utility": None,
        "objective": None,
        "bound": None,
        "status": "no-agreement",
        "conflict": [["A", "B"]],
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"parties": []}, "offer-empty"),
        ({"parties": ["A", "A"]}, "offer-twice"),
        ({"utility": {"A": {}}}, "offer-unvalued"),
        ({"weights": {"D": 1}}, "offer-unknown"),
        ({"weights": {"A": -1}}, "offer-unsolved"),
        ({"strange": 1}, "offer-malformed"),
        ({"parties": 3}, "offer-malformed"),
    ],
)
def test_a_faulty_offer_is_refused_with_its_faults(tmp_path: Path, changed: dict[str, object], code: str) -> None:
    exit_code, answer = asked(written(tmp_path, **changed), "nash")
    assert exit_code == 2
    assert code in {finding["code"] for finding in answer["findings"]}
