"""Rules judged on published facts."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from comity.rules import FixedSetting, Tally, WeightTable, ground, holds, parse_rule

DAY = date(2020, 1, 1)


def of(count: int, prefix: str = "S") -> frozenset[str]:
    return frozenset(f"{prefix}{i:03}" for i in range(count))


def test_exactly_the_part_meets_it_and_a_hair_less_does_not() -> None:
    table = WeightTable(rows={"A": Fraction("0.55"), "B": Fraction("0.449999"), "C": Fraction("0.000001")})
    rule = parse_rule({"share": Decimal("0.55"), "of": "w"}, path="when")
    g = ground(rule, FixedSetting(tables={"w": table}), DAY)
    assert holds(g, Tally.of_consents({"A"}))
    assert not holds(g, Tally.of_consents({"B", "C"}))


@pytest.mark.parametrize(("for_", "carried"), [(50, False), (51, True)])
def test_a_tie_is_no_majority(for_: int, *, carried: bool) -> None:
    rule = parse_rule({"count": "1/2", "strict": True, "base": "present-and-voting"}, path="when")
    everybody = sorted(of(120))
    tally = Tally(for_=frozenset(everybody[:for_]), against=frozenset(everybody[for_:100]))
    assert holds(ground(rule, FixedSetting(), DAY, frozenset(everybody)), tally) is carried
