"""The forms of a rule: one frozen record a form (NOTATION, "Rules, wherever one is asked for").

A whole number (`int`) is a count, a `Fraction` is a part. The two are kept apart also where they are equal
as numbers: `Count(at_least=1)` asks for one actor, `Count(at_least=Fraction(1))` for all of them.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Literal, TypeAlias, get_args

import msgspec

__all__ = [
    "BASES",
    "SIDES",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Base",
    "Count",
    "FewerThan",
    "InForce",
    "Leaf",
    "Members",
    "Names",
    "NoneAgainst",
    "PartiesTo",
    "Quorum",
    "Rule",
    "Selector",
    "Share",
    "Side",
    "SignatoriesOf",
    "names",
    "needs_members",
    "nodes",
    "selector_of",
]

Base: TypeAlias = Literal["members", "present", "present-and-voting"]
Side: TypeAlias = Literal["against", "abstaining", "absent", "not-for"]
BASES: tuple[Base, ...] = get_args(Base)
SIDES: tuple[Side, ...] = get_args(Side)


class PartiesTo(msgspec.Struct, frozen=True, kw_only=True, tag="parties_to"):
    """Whoever is party to `instrument` on `at`: a day, its own adoption, or (None) the day judged."""

    instrument: str
    at: date | Literal["adoption"] | None = None


class SignatoriesOf(msgspec.Struct, frozen=True, kw_only=True, tag="signatories_of"):
    """Whoever has signed `instrument` by the day judged."""

    instrument: str


# Who is meant: the id of a group, the ids of actors, or those in some relation to an instrument.
Selector: TypeAlias = str | tuple[str, ...] | PartiesTo | SignatoriesOf


class _Form(msgspec.Struct, frozen=True, kw_only=True):
    """What all forms share: equality that tells the count 1 from the part 1, which Python's numbers do not."""

    def _key(self) -> tuple[object, ...]:
        values = tuple(getattr(self, name) for name in self.__struct_fields__)
        return (type(self), values, tuple(type(value) for value in values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


class Count(_Form, frozen=True, kw_only=True, tag="count"):
    """At least so many, or at least that part of `base` (`strict`: more than that), are for."""

    at_least: int | Fraction
    strict: bool = False
    among: Selector | None = None
    base: Base = "members"


class Share(_Form, frozen=True, kw_only=True, tag="share"):
    """Those for hold at least that part (`strict`: more) of the weight in the table `of`."""

    at_least: Fraction
    of: str
    strict: bool = False
    among: Selector | None = None
    base: Base = "members"


class Members(_Form, frozen=True, kw_only=True, tag="members"):
    """All of these are for."""

    who: Selector


class NoneAgainst(_Form, frozen=True, kw_only=True, tag="none_against"):
    """None of these is against: a veto. Where `abstention` is False, none may abstain either."""

    who: Selector
    abstention: bool = True


class FewerThan(_Form, frozen=True, kw_only=True, tag="fewer_than"):
    """Fewer than so many, or than that part of the members, stand on `side`: a blocking minority, silence."""

    number: int | Fraction
    side: Side = "against"
    among: Selector | None = None


class Quorum(_Form, frozen=True, kw_only=True, tag="quorum"):
    """At least so many, or that part of the members (`strict`: more), are present."""

    at_least: int | Fraction
    strict: bool = False
    among: Selector | None = None


class InForce(_Form, frozen=True, kw_only=True, tag="in_force"):
    """The instrument is in force on the day judged."""

    instrument: str


class AllOf(_Form, frozen=True, kw_only=True, tag="all"):
    """Every one of these rules holds."""

    of: tuple["Rule", ...]


class AnyOf(_Form, frozen=True, kw_only=True, tag="any"):
    """At least one of these rules holds."""

    of: tuple["Rule", ...]


class AtLeast(_Form, frozen=True, kw_only=True, tag="at_least"):
    """At least `number` of these rules hold."""

    number: int
    of: tuple["Rule", ...]


Leaf: TypeAlias = Count | Share | Members | NoneAgainst | FewerThan | Quorum | InForce
Rule: TypeAlias = Leaf | AllOf | AnyOf | AtLeast


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The ids that a rule mentions, for checking that each exists."""

    groups: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()


def nodes(rule: Rule) -> Iterator[Rule]:
    """The rule and every rule inside it, outermost first, in the order written."""
    yield rule
    if isinstance(rule, AllOf | AnyOf | AtLeast):
        yield from chain.from_iterable(map(nodes, rule.of))


def selector_of(rule: Rule) -> Selector | None:
    """Whom a leaf is about (`among`, or those named), or None where it names nobody."""
    if isinstance(rule, Members | NoneAgainst):
        return rule.who
    return rule.among if isinstance(rule, Count | Share | FewerThan | Quorum) else None


def names(rule: Rule) -> Names:
    """The groups, actors, instruments and weight tables that a rule mentions."""
    groups: set[str] = set()
    actors: set[str] = set()
    instruments: set[str] = set()
    weights: set[str] = set()
    for node in nodes(rule):
        selector = selector_of(node)
        if isinstance(selector, str):
            groups.add(selector)
        elif isinstance(selector, tuple):
            actors.update(selector)
        elif selector is not None:
            instruments.add(selector.instrument)
        if isinstance(node, InForce):
            instruments.add(node.instrument)
        if isinstance(node, Share):
            weights.add(node.of)
    return Names(
        groups=frozenset(groups),
        actors=frozenset(actors),
        instruments=frozenset(instruments),
        weights=frozenset(weights),
    )


def needs_members(rule: Rule) -> bool:
    """Whether one leaf (its children apart) asks for a part of the members, or for those not for, and names nobody.

    Such a leaf means nothing until somebody says who the members are: a ballot does, an instrument does not.
    """
    if isinstance(rule, Count):
        return rule.among is None and rule.base == "members" and isinstance(rule.at_least, Fraction)
    if isinstance(rule, Quorum):
        return rule.among is None and isinstance(rule.at_least, Fraction)
    if isinstance(rule, FewerThan):
        open_side = rule.side in {"absent", "not-for"}
        return rule.among is None and (open_side or isinstance(rule.number, Fraction))
    return False
