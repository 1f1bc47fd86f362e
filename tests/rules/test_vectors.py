"""The vectors of spec/vectors/rules.json: published votes and treaties, faults, canonical forms."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from comity.rules import (
    FixedSetting,
    GroundRule,
    RuleFault,
    Tally,
    WeightTable,
    blocking,
    check_blocking,
    check_proof,
    ground,
    holds,
    missing,
    parse_rule,
    plain_progress,
    plain_rule,
    progress,
    read_progress,
    smallest_blocking,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "spec" / "vectors" / "rules.json").read_text(encoding="utf-8")
)
DAY = date(2020, 1, 1)
SIDES = {"for": "for_", "against": "against", "abstaining": "abstaining", "absent": "absent"}


def setting(plain: dict[str, Any]) -> FixedSetting:
    def table(of: dict[str, Any]) -> WeightTable:
        total = Fraction(of["total"]) if "total" in of else None
        rows = {actor: Fraction(weight) for actor, weight in of["rows"].items()}
        return WeightTable(rows=rows, total=total, unit=of.get("unit", ""))

    def sets(name: str) -> dict[str, frozenset[str]]:
        return {key: frozenset(value) for key, value in plain.get(name, {}).items()}

    return FixedSetting(
        groups=sets("groups"),
        parties=sets("parties"),
        signatories=sets("signatories"),
        tables={key: table(value) for key, value in plain.get("weights", {}).items()},
        forces=plain.get("in_force", {}),
    )


def grounded(case: dict[str, Any]) -> GroundRule:
    rule = parse_rule(case["rule"], path="when", in_instrument=case.get("in_instrument", False))
    members = frozenset(case["members"]) if "members" in case else None
    return ground(rule, setting(case.get("setting", {})), DAY, members, adoption=DAY)


def sets(plain: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(members) for members in plain)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    rule = grounded(case)
    assert case["tallies"]
    for vector in case["tallies"]:
        tally = Tally(**{field: frozenset(vector.get(name, ())) for name, field in SIDES.items()})
        assert holds(rule, tally) is vector["holds"], vector
        if "progress" in vector:
            assert plain_progress(progress(rule, tally)) == vector["progress"]
            assert read_progress(vector["progress"]) == progress(rule, tally)
        if "missing" in vector:
            wanted = vector["missing"]
            answer = missing(rule, tally, wanted["candidates"])
            assert answer.size == wanted["size"]
            if "smallest" in wanted:
                assert answer.smallest == sets(wanted["smallest"])
            else:
                assert answer.smallest[0] == tuple(wanted["first"])
            assert check_proof(rule, tally, wanted["candidates"], answer)
    if "blocking" in case:
        wanted = case["blocking"]
        stops = smallest_blocking(rule, by=wanted["by"])
        assert stops.size == wanted["size"]
        if "smallest" in wanted:
            assert stops.smallest == sets(wanted["smallest"])
        else:
            assert stops.smallest[0] == tuple(wanted["first"])
        assert check_blocking(rule, stops, by=wanted["by"])
        for members in stops.smallest:
            assert blocking(rule, members, by=wanted["by"])
            assert not blocking(rule, members[1:], by=wanted["by"])


@pytest.mark.parametrize("vector", VECTORS["faults"], ids=lambda vector: json.dumps(vector["rule"]))
def test_faults_are_reported_all_at_once(vector: dict[str, Any]) -> None:
    with pytest.raises(RuleFault) as caught:
        parse_rule(vector["rule"], path="when", in_instrument=vector.get("in_instrument", False))
    assert [[fault.path, fault.code] for fault in caught.value.faults] == vector["faults"]
    assert all(fault.says and fault.do for fault in caught.value.faults)
    assert str(caught.value).startswith(vector["faults"][0][0])


@pytest.mark.parametrize(("written", "canonical"), VECTORS["canonical"])
def test_the_canonical_form(written: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert json.dumps(plain_rule(parse_rule(written, path="when"))) == json.dumps(canonical)
