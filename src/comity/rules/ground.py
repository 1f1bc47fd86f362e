"""Grounding: from a rule, which names groups, instruments and weights, to a value that can be judged at once.

A ground rule holds sets of actors and whole numbers only. Weights are scaled to whole numbers, and every
bar is the smallest whole number that reaches it, so that judging compares integers and nothing is rounded.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Protocol, TypeAlias, TypeVar

import msgspec

from comity.rules.forms import (
    AllOf,
    AnyOf,
    AtLeast,
    Count,
    FewerThan,
    InForce,
    Leaf,
    Members,
    NoneAgainst,
    PartiesTo,
    Quorum,
    Rule,
    Selector,
    Share,
    SignatoriesOf,
    needs_members,
)

__all__ = [
    "FixedSetting",
    "GroundAll",
    "GroundAny",
    "GroundAtLeast",
    "GroundCount",
    "GroundFewer",
    "GroundInForce",
    "GroundLeaf",
    "GroundMembers",
    "GroundNode",
    "GroundQuorum",
    "GroundRule",
    "GroundShare",
    "GroundVeto",
    "NoMembersError",
    "ScaledWeights",
    "Setting",
    "UnknownNameError",
    "WeightTable",
    "bar",
    "ground",
]


class UnknownNameError(LookupError):
    """The setting knows no `kind` (group, instrument, weights) of this `name`; checking references finds it before."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"no {kind} is called {name!r}")
        self.kind, self.name = kind, name


class NoMembersError(ValueError):
    """The rule asks for a part of the members, or for a day of adoption, and the caller gave none."""


class ScaledWeights(msgspec.Struct, frozen=True, kw_only=True):
    """Weights as whole numbers: an actor's weight is `rows[actor] / scale`, the table's is `total / scale`."""

    rows: Mapping[str, int]
    total: int
    scale: int

    def __hash__(self) -> int:
        return hash((self.total, self.scale, len(self.rows)))


class WeightTable(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The weights of actors on one day; `total` (None: the sum of the rows) may stand for more than the rows.

    A setting that returns the same object twice saves the scaling to whole numbers.
    """

    rows: Mapping[str, Fraction]
    total: Fraction | None = None
    unit: str = ""
    source: str = ""

    @cached_property
    def scaled(self) -> ScaledWeights:
        """The table in whole numbers; raises ValueError where a weight is negative."""
        if any(weight < 0 for weight in self.rows.values()):
            raise ValueError("a weight is negative")
        total = sum(self.rows.values(), Fraction()) if self.total is None else self.total
        scale = lcm(total.denominator, *(weight.denominator for weight in self.rows.values()))
        rows = {actor: int(weight * scale) for actor, weight in self.rows.items()}
        return ScaledWeights(rows=rows, total=int(total * scale), scale=scale)


class Setting(Protocol):
    """What grounding asks of its surroundings. Each raises `UnknownNameError` for an id that it does not know."""

    def group(self, name: str, on: date) -> frozenset[str]:
        """The members of a group on a day."""

    def parties_to(self, name: str, on: date) -> frozenset[str]:
        """The parties to an instrument on a day."""

    def signatories_of(self, name: str, on: date) -> frozenset[str]:
        """Whoever has signed an instrument by a day."""

    def weights(self, name: str, on: date) -> WeightTable:
        """A weight table as it stands on a day."""

    def in_force(self, name: str, on: date) -> bool:
        """Whether an instrument is in force on a day."""


class FixedSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that stays the same on every day, from plain mappings: for one ballot, an analysis, a test."""

    groups: Mapping[str, frozenset[str]] = {}
    parties: Mapping[str, frozenset[str]] = {}
    signatories: Mapping[str, frozenset[str]] = {}
    tables: Mapping[str, WeightTable] = {}
    forces: Mapping[str, bool] = {}

    def group(self, name: str, on: date) -> frozenset[str]:  # noqa: ARG002  # the same on every day
        """The members of a group."""
        return _known("group", self.groups, name)

    def parties_to(self, name: str, on: date) -> frozenset[str]:  # noqa: ARG002  # as above
        """The parties to an instrument."""
        return _known("instrument", self.parties, name)

    def signatories_of(self, name: str, on: date) -> frozenset[str]:  # noqa: ARG002  # as above
        """Whoever has signed an instrument."""
        return _known("instrument", self.signatories, name)

    def weights(self, name: str, on: date) -> WeightTable:  # noqa: ARG002  # as above
        """A weight table."""
        return _known("weights", self.tables, name)

    def in_force(self, name: str, on: date) -> bool:  # noqa: ARG002  # as above
        """Whether an instrument is in force."""
        return _known("instrument", self.forces, name)


_T = TypeVar("_T")


def _known(kind: str, table: Mapping[str, _T], name: str) -> _T:
    if name not in table:
        raise UnknownNameError(kind, name)
    return table[name]


class GroundCount(msgspec.Struct, frozen=True, kw_only=True):
    """At least `need` of `who` (None: of everybody in the tally) are for; `need` None: it depends on who is present."""

    rule: Count
    who: frozenset[str] | None
    need: int | None


class GroundShare(msgspec.Struct, frozen=True, kw_only=True):
    """Those for hold at least `need` of `total`; `weights` has the rows of those counted only."""

    rule: Share
    weights: ScaledWeights
    total: int
    unit: str
    need: int | None


class GroundMembers(msgspec.Struct, frozen=True, kw_only=True):
    """All of `who` are for; an empty set is never met."""

    rule: Members
    who: frozenset[str]


class GroundVeto(msgspec.Struct, frozen=True, kw_only=True):
    """None of `who` is against."""

    rule: NoneAgainst
    who: frozenset[str]


class GroundFewer(msgspec.Struct, frozen=True, kw_only=True):
    """Fewer than `limit` of `who` (None: of everybody in the tally) stand on the side of the rule."""

    rule: FewerThan
    who: frozenset[str] | None
    limit: int


class GroundQuorum(msgspec.Struct, frozen=True, kw_only=True):
    """At least `need` of `who` (None: of everybody in the tally) are present."""

    rule: Quorum
    who: frozenset[str] | None
    need: int


class GroundInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The instrument is in force, or is not: `holds`, whatever anybody does."""

    rule: InForce
    holds: bool


class GroundAll(msgspec.Struct, frozen=True, kw_only=True):
    """Every one of these."""

    of: tuple["GroundNode", ...]


class GroundAny(msgspec.Struct, frozen=True, kw_only=True):
    """At least one of these."""

    of: tuple["GroundNode", ...]


class GroundAtLeast(msgspec.Struct, frozen=True, kw_only=True):
    """At least `number` of these."""

    number: int
    of: tuple["GroundNode", ...]


GroundLeaf: TypeAlias = (
    GroundCount | GroundShare | GroundMembers | GroundVeto | GroundFewer | GroundQuorum | GroundInForce
)
GroundNode: TypeAlias = GroundLeaf | GroundAll | GroundAny | GroundAtLeast


class GroundRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it stands on a day, ready to be judged; `members` is None where nobody said who they are."""

    root: GroundNode
    members: frozenset[str] | None
    on: date


def bar(part: Fraction, total: int, *, strict: bool = False) -> int:
    """The smallest whole number that is at least (`strict`: more than) `part` of `total`.

    A part of nothing is never reached: of no votes cast, none is two thirds.
    """
    if strict:
        return part.numerator * total // part.denominator + 1
    return max(-(-part.numerator * total // part.denominator), 1 if part > 0 else 0)


def ground(
    rule: Rule,
    setting: Setting,
    on: date,
    members: frozenset[str] | None = None,
    adoption: date | None = None,
) -> GroundRule:
    """The rule with every name resolved on the day `on`.

    `members` are those who may vote, where there is a ballot; `adoption` is the day that `at = "adoption"`
    means. Raises `UnknownNameError` for an id that the setting does not know, and `NoMembersError` where the
    rule needs the members or the adoption and they were not given.
    """
    return GroundRule(root=_Grounding(setting, on, members, adoption).node(rule), members=members, on=on)


class _Grounding:
    def __init__(self, setting: Setting, on: date, members: frozenset[str] | None, adoption: date | None) -> None:
        self.setting, self.on, self.members, self.adoption = setting, on, members, adoption

    def node(self, rule: Rule) -> GroundNode:
        if isinstance(rule, AllOf):
            return GroundAll(of=tuple(map(self.node, rule.of)))
        if isinstance(rule, AnyOf):
            return GroundAny(of=tuple(map(self.node, rule.of)))
        if isinstance(rule, AtLeast):
            return GroundAtLeast(number=rule.number, of=tuple(map(self.node, rule.of)))
        return self.leaf(rule)

    def leaf(self, rule: Leaf) -> GroundLeaf:
        if isinstance(rule, InForce):
            return GroundInForce(rule=rule, holds=self.setting.in_force(rule.instrument, self.on))
        if isinstance(rule, Members):
            return GroundMembers(rule=rule, who=self.actors(rule.who))
        if isinstance(rule, NoneAgainst):
            return GroundVeto(rule=rule, who=self.actors(rule.who))
        return self.threshold(rule)

    def threshold(self, rule: Count | Share | FewerThan | Quorum) -> GroundLeaf:
        who = self.members if rule.among is None else self.actors(rule.among)
        if who is None and needs_members(rule):
            raise NoMembersError("a part of the members, and nobody said who they are")
        if isinstance(rule, Share):
            return self.share(rule, who)
        size = len(who) if who is not None else 0
        if isinstance(rule, FewerThan):
            limit = bar(rule.number, size) if isinstance(rule.number, Fraction) else rule.number
            return GroundFewer(rule=rule, who=who, limit=limit)
        part = rule.at_least
        need = bar(part, size, strict=rule.strict) if isinstance(part, Fraction) else part + rule.strict
        if isinstance(rule, Quorum):
            return GroundQuorum(rule=rule, who=who, need=need)
        moving = rule.base != "members" and isinstance(part, Fraction)
        return GroundCount(rule=rule, who=who, need=None if moving else need)

    def share(self, rule: Share, who: frozenset[str] | None) -> GroundShare:
        table = self.setting.weights(rule.of, self.on)
        scaled = table.scaled
        if who is None:
            weights = scaled
        else:
            rows = {actor: weight for actor, weight in scaled.rows.items() if actor in who}
            weights = ScaledWeights(rows=rows, total=sum(rows.values()), scale=scaled.scale)
        # A part is of the group that `among` names, or else of the whole table (NOTATION, "Rules").
        total = weights.total if rule.among is not None else scaled.total
        need = bar(rule.at_least, total, strict=rule.strict) if rule.base == "members" else None
        return GroundShare(rule=rule, weights=weights, total=total, unit=table.unit, need=need)

    def actors(self, selector: Selector) -> frozenset[str]:
        if isinstance(selector, tuple):
            return frozenset(selector)
        if isinstance(selector, str):
            return self.setting.group(selector, self.on)
        if isinstance(selector, SignatoriesOf):
            return self.setting.signatories_of(selector.instrument, self.on)
        return self.setting.parties_to(selector.instrument, self.day(selector))

    def day(self, selector: PartiesTo) -> date:
        if selector.at is None:
            return self.on
        if selector.at != "adoption":
            return selector.at
        if self.adoption is None:
            raise NoMembersError("the parties at adoption, and nobody said when that was")
        return self.adoption
