"""Properties of every rule: against brute force where there is one."""

import itertools
import string
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.rules import (
    ENGLISH,
    By,
    Fault,
    FixedSetting,
    RuleFault,
    RuleReason,
    Tally,
    WeightTable,
    blocking,
    check_blocking,
    check_proof,
    ground,
    holds,
    missing,
    names,
    parse_rule,
    plain_progress,
    plain_rule,
    progress,
    read_progress,
    reasons,
    render,
    smallest_blocking,
    two_way,
)
from comity.rules.forms import BASES, SIDES

ACTORS = ("A", "B", "C", "D", "E", "F")

parts = st.one_of(
    st.sampled_from(["0.0", "0.5", "0.55", "2/3", "1.0", "1/3", "0.85"]),
    st.fractions(min_value=0, max_value=1, max_denominator=9).map(lambda f: f"{f.numerator}/{f.denominator}"),
)
numbers = st.one_of(st.integers(0, 7), parts)
actor_lists = st.lists(st.sampled_from(ACTORS), min_size=1, max_size=4, unique=True)
selectors = st.one_of(
    st.sampled_from(["g", "h", "empty"]),
    actor_lists,
    st.sampled_from(
        [
            {"parties_to": "x"},
            {"parties_to": "x", "at": "adoption"},
            {"parties_to": "x", "at": date(2001, 2, 3)},
            {"signatories_of": "x"},
        ]
    ),
)


def table(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def sound(rule: dict[str, Any]) -> bool:
    """Whether it does not ask for more than the whole, or for fewer than none, which is refused."""
    bar = rule.get("count", rule.get("share", rule.get("quorum")))
    whole = isinstance(bar, str) and Fraction(bar) == 1
    never = "fewer_than" in rule and Fraction(rule["fewer_than"]) == 0
    return not never and not (rule.get("strict") and whole)


leaves = st.one_of(
    table({"count": numbers}, {"strict": st.booleans(), "among": selectors, "base": st.sampled_from(BASES)}),
    table(
        {"share": parts, "of": st.sampled_from(["w", "v"])},
        {"strict": st.booleans(), "among": selectors, "base": st.sampled_from(BASES)},
    ),
    table({"members": selectors}, {}),
    table({"none_against": selectors}, {"abstention": st.booleans()}),
    table({"fewer_than": numbers}, {"side": st.sampled_from(SIDES), "among": selectors}),
    table({"quorum": numbers}, {"strict": st.booleans(), "among": selectors}),
    table({"in_force": st.sampled_from(["x", "y"])}, {}),
).filter(sound)


def branch(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        lists.map(lambda of: {"all": of}),
        lists.map(lambda of: {"any": of}),
        lists.flatmap(lambda of: st.integers(1, len(of)).map(lambda k: {"at_least": k, "of": of})),
    )


plain_rules = st.recursive(leaves, branch, max_leaves=6)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    sides = draw(st.lists(st.sampled_from(["for_", "against", "abstaining", "absent"]), min_size=6, max_size=6))
    return Tally(**{side: frozenset(a for a, s in zip(ACTORS, sides, strict=True) if s == side) for side in set(sides)})


@st.composite
def settings_(draw: st.DrawFn) -> FixedSetting:
    def subset() -> frozenset[str]:
        return frozenset(draw(actor_lists))

    def weights() -> WeightTable:
        rows = {actor: Fraction(draw(st.integers(0, 9)), draw(st.integers(1, 3))) for actor in sorted(subset())}
        extra = draw(st.sampled_from([None, 0, 3]))
        return WeightTable(rows=rows, total=None if extra is None else sum(rows.values(), Fraction(extra)))

    return FixedSetting(
        groups={"g": subset(), "h": subset(), "empty": frozenset()},
        parties={"x": subset()},
        signatories={"x": subset()},
        tables={"w": weights(), "v": weights()},
        forces={"x": draw(st.booleans()), "y": draw(st.booleans())},
    )


DAY = date(2020, 1, 1)
EVERYBODY = frozenset(ACTORS)
AWAY = ("against", "abstaining", "absent")


def move(tally: Tally, chosen: Iterable[str]) -> Tally:
    """The tally with those chosen for, written apart from the code under test."""
    moved = frozenset(chosen)
    rest = {side: getattr(tally, side) - moved for side in AWAY}
    return Tally(for_=tally.for_ | moved, **rest)


def brute(pool: Iterable[str], works: Callable[[tuple[str, ...]], bool]) -> tuple[int | None, list[tuple[str, ...]]]:
    pool = sorted(pool)
    for size in range(len(pool) + 1):
        found = [chosen for chosen in itertools.combinations(pool, size) if works(chosen)]
        if found:
            return size, found if size else []
    return None, []


@given(plain_rules)
def test_parsing_what_is_printed_gives_the_same_rule(plain: dict[str, Any]) -> None:
    rule = parse_rule(plain, path="when")
    for decimals in (False, True):
        printed = plain_rule(rule, decimals=decimals)
        again = parse_rule(printed, path="when")
        assert again == rule
        assert hash(again) == hash(rule)
        assert plain_rule(again, decimals=decimals) == printed


@given(plain_rules, settings_(), tallies(), st.sampled_from(ACTORS))
def test_one_more_for_never_hurts(plain: dict[str, Any], setting: FixedSetting, tally: Tally, actor: str) -> None:
    rule = ground(parse_rule(plain, path="when"), setting, DAY, EVERYBODY, DAY)
    assert holds(rule, move(tally, [actor])) >= holds(rule, tally)


@settings(max_examples=400)
@given(plain_rules, settings_(), tallies(), st.frozensets(st.sampled_from(ACTORS)), st.integers(1, 30))
def test_missing_agrees_with_brute_force(
    plain: dict[str, Any], setting: FixedSetting, tally: Tally, candidates: frozenset[str], limit: int
) -> None:
    rule = ground(parse_rule(plain, path="when"), setting, DAY, EVERYBODY, DAY)
    answer = missing(rule, tally, candidates, limit)
    size, sets = brute(candidates - tally.for_, lambda chosen: holds(rule, move(tally, chosen)))
    assert (answer.met, answer.size, list(answer.smallest)) == (size == 0, size, sets[:limit])
    assert check_proof(rule, tally, candidates, answer)


@settings(max_examples=400)
@given(plain_rules, settings_(), st.sampled_from(AWAY))
def test_blocking_agrees_with_brute_force(plain: dict[str, Any], setting: FixedSetting, by: By) -> None:
    rule = ground(parse_rule(plain, path="when"), setting, DAY, EVERYBODY, DAY)

    def stops(chosen: tuple[str, ...]) -> bool:
        lost = frozenset(chosen)
        return not holds(rule, Tally(for_=EVERYBODY - lost, **{by: lost}))

    answer = smallest_blocking(rule, 50, by=by)
    size, sets = brute(EVERYBODY, stops)
    assert (answer.size, list(answer.smallest)) == (size, sets)
    assert check_blocking(rule, answer, by=by)
    for chosen in itertools.combinations(ACTORS, 2):
        assert blocking(rule, chosen, by=by) == stops(chosen)


@settings(max_examples=60)
@given(plain_rules, settings_())
def test_whatever_the_others_do_a_blocking_set_blocks(plain: dict[str, Any], setting: FixedSetting) -> None:
    rule = ground(parse_rule(plain, path="when"), setting, DAY, EVERYBODY, DAY)
    for chosen in smallest_blocking(rule, 1).smallest:
        rest = sorted(EVERYBODY.difference(chosen))
        for sides in itertools.product(("for_", *AWAY), repeat=len(rest)):
            where = {side: frozenset(a for a, s in zip(rest, sides, strict=True) if s == side) for side in set(sides)}
            tally = Tally(**(where | {"against": where.get("against", frozenset()) | frozenset(chosen)}))
            assert not holds(rule, tally)


@given(plain_rules, settings_())
def test_the_game_wins_where_the_rule_holds(plain: dict[str, Any], setting: FixedSetting) -> None:
    rule = ground(parse_rule(plain, path="when"), setting, DAY, EVERYBODY, DAY)
    game = two_way(rule, ACTORS)
    for size in range(len(ACTORS) + 1):
        for chosen in itertools.combinations(ACTORS, size):
            reached = {i for i, t in enumerate(game.thresholds) if sum(t.gains.get(a, 0) for a in chosen) >= t.need}
            wins = any(way <= reached for way in game.ways)
            assert wins == holds(rule, Tally(for_=frozenset(chosen), against=EVERYBODY.difference(chosen)))


def every(reason: RuleReason) -> Iterable[RuleReason]:
    yield reason
    for child in reason.children:
        yield from every(child)


@given(plain_rules, settings_(), tallies())
def test_progress_and_reasons_say_what_holds(plain: dict[str, Any], setting: FixedSetting, tally: Tally) -> None:
    rule = ground(parse_rule(plain, path="when"), setting, DAY, EVERYBODY, DAY)
    met = holds(rule, tally)
    tree = progress(rule, tally)
    assert plain_progress(tree)["met"] is tree.met is met
    assert read_progress(plain_progress(tree)) == tree
    because = reasons(rule, tally)
    assert because.met is met
    for reason in every(because):
        assert "{" not in render(reason)
        assert reason.id in ENGLISH


KEYS = ("count", "share", "of", "strict", "among", "base", "members", "none_against", "abstention", "fewer_than")
MORE_KEYS = ("side", "quorum", "in_force", "all", "any", "at_least", "parties_to", "at", "signatories_of", "other")

json_like = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.dates(),
        st.datetimes(),
        st.text(string.printable, max_size=8),
        st.sampled_from(["g", "2/3", "0.5", "members", "adoption", "not-for"]),
    ),
    lambda children: st.one_of(
        st.lists(children, max_size=3),
        st.dictionaries(
            st.sampled_from(KEYS + MORE_KEYS),
            children,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=400)
@given(json_like, st.booleans())
def test_whatever_it_is_given_the_parser_answers(plain: object, in_instrument: bool) -> None:  # noqa: FBT001  # drawn
    faults: tuple[Fault, ...] = ()
    try:
        rule = parse_rule(plain, path="when", in_instrument=in_instrument)
        assert parse_rule(plain_rule(rule), path="when", in_instrument=in_instrument) == rule
        names(rule)
    except RuleFault as wrong:
        faults = wrong.faults
    assert all(fault.path.startswith("when") and fault.says and fault.do for fault in faults)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-0.1", "1.0000001", "1E+999999999", "1E-999999999"])
def test_a_decimal_that_is_no_part(value: str) -> None:
    with pytest.raises(RuleFault, match="part"):
        parse_rule({"count": Decimal(value)}, path="when")
