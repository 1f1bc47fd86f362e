"""Grounding: names, days and weights resolved, and what it refuses."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from comity.rules import (
    Count,
    FixedSetting,
    GroundRule,
    NoMembersError,
    Tally,
    UnknownNameError,
    WeightTable,
    ground,
    holds,
    names,
    parse_rule,
    smallest_blocking,
)
from comity.rules.ground import bar

DAY, ADOPTED = date(2020, 5, 4), date(1999, 1, 1)


class Dated:
    """A setting whose answers are the names and days it was asked for."""

    def group(self, name: str, on: date) -> frozenset[str]:
        return frozenset({f"group {name} {on}"})

    def parties_to(self, name: str, on: date) -> frozenset[str]:
        return frozenset({f"parties {name} {on}"})

    def signatories_of(self, name: str, on: date) -> frozenset[str]:
        return frozenset({f"signatories {name} {on}"})

    def weights(self, name: str, on: date) -> WeightTable:
        return WeightTable(rows={f"{name} {on}": Fraction(1)})

    def in_force(self, name: str, on: date) -> bool:
        return name == "vienna" and on == DAY


def grounded(plain: object, adoption: date | None = None, members: frozenset[str] | None = None) -> GroundRule:
    return ground(parse_rule(plain, path="when"), Dated(), DAY, members, adoption)


@pytest.mark.parametrize(
    ("who", "named"),
    [
        ("p5", "group p5 2020-05-04"),
        (["FRA"], "FRA"),
        ({"parties_to": "x"}, "parties x 2020-05-04"),
        ({"parties_to": "x", "at": date(2001, 2, 3)}, "parties x 2001-02-03"),
        ({"parties_to": "x", "at": "2001-02-03"}, "parties x 2001-02-03"),
        ({"parties_to": "x", "at": "adoption"}, "parties x 1999-01-01"),
        ({"signatories_of": "x"}, "signatories x 2020-05-04"),
    ],
)
def test_whom_a_selector_means(who: object, named: str) -> None:
    rule = grounded({"members": who}, adoption=ADOPTED)
    assert holds(rule, Tally(for_=frozenset({named})))
    assert not holds(rule, Tally(for_=frozenset({"another"})))


def test_the_day_judged_is_the_day_asked() -> None:
    assert holds(grounded({"in_force": "vienna"}), Tally())
    assert not holds(grounded({"in_force": "montreal"}), Tally())
    assert holds(grounded({"share": "1.0", "of": "w"}), Tally(for_=frozenset({"w 2020-05-04"})))


def test_what_a_rule_names() -> None:
    plain = {
        "all": [
            {"count": 1, "among": "p5"},
            {"share": "0.5", "of": "ghg", "among": ["FRA", "JPN"]},
            {"any": [{"in_force": "vienna"}, {"members": {"parties_to": "montreal"}}]},
            {"at_least": 1, "of": [{"none_against": {"signatories_of": "kyoto"}}, {"quorum": 3}, {"fewer_than": 2}]},
        ]
    }
    found = names(parse_rule(plain, path="when"))
    assert found.groups == {"p5"}
    assert found.actors == {"FRA", "JPN"}
    assert found.instruments == {"vienna", "montreal", "kyoto"}
    assert found.weights == {"ghg"}


@pytest.mark.parametrize(
    ("plain", "kind", "name"),
    [
        ({"members": "p5"}, "group", "p5"),
        ({"members": {"parties_to": "x"}}, "instrument", "x"),
        ({"members": {"signatories_of": "y"}}, "instrument", "y"),
        ({"in_force": "z"}, "instrument", "z"),
        ({"share": "0.5", "of": "w"}, "weights", "w"),
    ],
)
def test_an_unknown_name_is_named(plain: object, kind: str, name: str) -> None:
    with pytest.raises(UnknownNameError, match=name) as caught:
        ground(parse_rule(plain, path="when"), FixedSetting(), DAY)
    assert (caught.value.kind, caught.value.name) == (kind, name)


@pytest.mark.parametrize(
    "plain",
    [
        {"count": "2/3"},
        {"quorum": "1/2"},
        {"fewer_than": "1/2"},
        {"fewer_than": 4, "side": "not-for"},
        {"fewer_than": 4, "side": "absent"},
        {"members": {"parties_to": "x", "at": "adoption"}},
    ],
)
def test_what_nobody_said_is_not_assumed(plain: object) -> None:
    with pytest.raises(NoMembersError):
        grounded(plain)


def test_who_could_stop_it_is_not_assumed() -> None:
    rule = grounded({"count": 2})
    with pytest.raises(NoMembersError):
        smallest_blocking(rule)
    assert smallest_blocking(rule, everyone=frozenset("ABC")).smallest == (("A", "B"), ("A", "C"), ("B", "C"))


def test_without_members_the_tally_says_who_is_counted() -> None:
    tally = Tally(for_=frozenset("AB"), against=frozenset("C"), abstaining=frozenset("D"))
    assert holds(grounded({"count": "2/3", "base": "present-and-voting"}), tally)
    assert not holds(grounded({"count": "2/3", "base": "present"}), tally)
    assert holds(grounded({"quorum": 4}), tally)
    assert not holds(grounded({"quorum": 4, "strict": True}), tally)
    assert holds(grounded({"fewer_than": 2, "side": "abstaining"}), tally)
    assert not holds(grounded({"fewer_than": 1}), tally)


def test_a_ground_rule_is_a_value() -> None:
    plain = {"all": [{"share": "0.5", "of": "w"}, {"count": 3, "among": "p5"}, {"quorum": "1/2"}]}
    one, other = (grounded(plain, members=frozenset("AB")) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != grounded({"count": 3})


def test_a_count_is_not_the_part_of_the_same_number() -> None:
    assert Count(at_least=1) != Count(at_least=Fraction(1))
    assert Count(at_least=1) != 1


@pytest.mark.parametrize(
    ("part", "total", "strict", "needed"),
    [
        ("2/3", 193, False, 129),
        ("1/2", 100, True, 51),
        ("1/2", 101, True, 51),
        ("0.55", 27, False, 15),
        ("0.55", 100, False, 55),
        ("2/3", 0, False, 1),
        ("0", 0, False, 0),
        ("0", 0, True, 1),
        ("1", 7, False, 7),
    ],
)
def test_the_smallest_number_that_is_enough(part: str, total: int, strict: bool, needed: int) -> None:  # noqa: FBT001  # a case
    assert bar(Fraction(part), total, strict=strict) == needed


def test_weights_are_scaled_exactly_and_never_negative() -> None:
    table = WeightTable(rows={"A": Fraction(1, 3), "B": Fraction(1, 4)}, total=Fraction(5))
    assert (table.scaled.rows, table.scaled.total, table.scaled.scale) == ({"A": 4, "B": 3}, 60, 12)
    with pytest.raises(ValueError, match="negative"):
        _ = WeightTable(rows={"A": Fraction(-1)}).scaled


def test_nobody_stands_on_two_sides() -> None:
    with pytest.raises(ValueError, match="two sides"):
        Tally(for_=frozenset("A"), absent=frozenset("A"))
    assert Tally.of_consents("AB", "ABC") == Tally(for_=frozenset("AB"), absent=frozenset("C"))


def test_a_rule_too_deep_or_too_wide_is_refused() -> None:
    deep: Any = {"count": 1}
    for _ in range(50):
        deep = {"all": [deep]}
    with pytest.raises(ValueError, match="nest"):
        parse_rule(deep, path="when")
    wide = {"at_least": 7, "of": [{"members": [f"S{i}"]} for i in range(14)]}
    with pytest.raises(ValueError, match="ways"):
        parse_rule(wide, path="when")
