"""How far a rule is: a tree of what it has and what it needs, exact, and its plain form for JSON."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from comity.rules.forms import (
    Base,
    PartiesTo,
    Selector,
    Side,
    SignatoriesOf,
    selector_of,
)
from comity.rules.ground import (
    GroundAll,
    GroundAny,
    GroundAtLeast,
    GroundCount,
    GroundFewer,
    GroundLeaf,
    GroundMembers,
    GroundNode,
    GroundQuorum,
    GroundRule,
    GroundShare,
    GroundVeto,
)
from comity.rules.judge import Tally, base_size, measure, opposed, side
from comity.rules.plain import part_text

__all__ = ["Progress", "Weighed", "label", "percent", "plain_progress", "progress", "read_progress"]


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """The weights behind a share, in `unit`: what those for hold, what is needed, and the whole."""

    have: Fraction
    need: Fraction
    total: Fraction
    unit: str = ""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the tree. Which fields mean something depends on `kind` (the head of the rule's form).

    `have` and `need` are numbers of actors; for a `share` parts between 0 and 1, exact; for a node with
    `children` numbers of them; for `in_force` 0 or 1. A `fewer_than` and a `none_against` are met while `have`
    stays *below* `need`. `part` and `total` say where the need of a count came from.
    """

    kind: str
    met: bool
    have: int | Fraction
    need: int | Fraction
    among: str = ""
    of: str = ""
    part: Fraction | None = None
    total: int | None = None
    strict: bool = False
    base: Base = "members"
    side: Side | None = None
    actors: tuple[str, ...] = ()
    weight: Weighed | None = None
    children: tuple["Progress", ...] = ()


def label(selector: Selector | None) -> str:
    """A selector in one short text, for people: `p5`, `FRA, JPN`, `parties to paris-agreement`."""
    if selector is None:
        return ""
    if isinstance(selector, tuple):
        return ", ".join(selector)
    if isinstance(selector, PartiesTo):
        return f"parties_to {selector.instrument}" + ("" if selector.at is None else f" at {selector.at}")
    if isinstance(selector, SignatoriesOf):
        return f"signatories_of {selector.instrument}"
    return selector


def progress(ground: GroundRule, tally: Tally) -> Progress:
    """The tree of have and need. `progress(g, t).met` equals `holds(g, t)`."""
    return _node(ground.root, tally)


def _node(node: GroundNode, tally: Tally) -> Progress:
    if isinstance(node, GroundAll | GroundAny | GroundAtLeast):
        children = tuple(_node(child, tally) for child in node.of)
        have = sum(child.met for child in children)
        kind, need = _NODES[type(node)]
        need = node.number if isinstance(node, GroundAtLeast) else need or len(children)
        return Progress(kind=kind, met=have >= need, have=have, need=need, children=children)
    have, need = measure(node, tally)
    return _leaf(node, tally, have, need)


# The kind of a node and how many of its children it needs (0: all of them).
_NODES: dict[type, tuple[str, int]] = {GroundAll: ("all", 0), GroundAny: ("any", 1), GroundAtLeast: ("at_least", 0)}


def _leaf(node: GroundLeaf, tally: Tally, have: int, need: int) -> Progress:
    met = have >= need
    among = label(selector_of(node.rule))
    if isinstance(node, GroundShare):
        return _share(node, tally, have, met=met)
    if isinstance(node, GroundCount | GroundQuorum):
        return _count(node, tally, have, need)
    if isinstance(node, GroundMembers):
        lacking = tuple(sorted(node.who - tally.for_))
        return Progress(kind="members", met=met, have=have, need=need, among=among, actors=lacking)
    if isinstance(node, GroundVeto):
        actors = tuple(sorted(opposed(node, tally)))
        return Progress(kind="none_against", met=met, have=len(actors), need=1, among=among, actors=actors)
    if isinstance(node, GroundFewer):
        actors = tuple(sorted(side(node, tally)))
        return Progress(
            kind="fewer_than",
            met=met,
            have=len(actors),
            need=node.limit,
            among=among,
            side=node.rule.side,
            actors=actors,
        )
    return Progress(kind="in_force", met=met, have=have, need=need, of=node.rule.instrument)


def _count(node: GroundCount | GroundQuorum, tally: Tally, have: int, need: int) -> Progress:
    part = node.rule.at_least if isinstance(node.rule.at_least, Fraction) else None
    base: Base = "members" if isinstance(node, GroundQuorum) else node.rule.base
    total = None
    if part is not None:
        total = len(node.who or ())
        if isinstance(node, GroundCount) and node.need is None:
            total = base_size(node, tally)
    return Progress(
        kind="quorum" if isinstance(node, GroundQuorum) else "count",
        met=have >= need,
        have=have,
        need=need,
        among=label(node.rule.among),
        part=part,
        total=total,
        strict=part is not None and node.rule.strict,
        base=base,
    )


def _share(node: GroundShare, tally: Tally, have: int, *, met: bool) -> Progress:
    rule, scale = node.rule, node.weights.scale
    total = node.total if node.need is not None else base_size(node, tally)
    return Progress(
        kind="share",
        met=met,
        have=Fraction(have, total) if total else Fraction(),
        need=rule.at_least,
        among=label(rule.among),
        of=rule.of,
        strict=rule.strict,
        base=rule.base,
        weight=Weighed(
            have=Fraction(have, scale),
            need=rule.at_least * total / scale,
            total=Fraction(total, scale),
            unit=node.unit,
        ),
    )


def percent(part: Fraction) -> str:
    """A part in percent with two decimals, rounded down, so that what falls short never looks complete."""
    hundredths = part.numerator * 10_000 // part.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _number(value: int | Fraction) -> str | int:
    return part_text(value) if isinstance(value, Fraction) else value


def _weight(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else part_text(value)


def plain_progress(progress: Progress) -> dict[str, object]:
    """The tree as plain JSON values (spec/rules.md, "Progress"): whole numbers, and text for what is exact."""
    if progress.children:
        children = [plain_progress(child) for child in progress.children]
        if progress.kind == "at_least":
            counted = {"have": progress.have, "need": progress.need}
            return {"at_least": counted, "of": children, "met": progress.met}
        return {progress.kind: children, "met": progress.met}
    if progress.kind == "in_force":
        return {"in_force": progress.of, "met": progress.met}
    return {progress.kind: _plain_leaf(progress), "met": progress.met}


def _plain_leaf(progress: Progress) -> dict[str, object]:
    plain: dict[str, object] = {"have": _number(progress.have), "need": _number(progress.need)}
    if progress.weight is not None:
        weight = progress.weight
        plain["of"] = progress.of
        plain["percent"] = percent(Fraction(progress.have))
        plain["weight"] = {name: _weight(getattr(weight, name)) for name in ("have", "need", "total")}
        if weight.unit:
            plain["unit"] = weight.unit
    if progress.part is not None:
        plain |= {"part": part_text(progress.part), "total": progress.total}
    optional = (
        ("strict", progress.strict),
        ("base", progress.base if progress.base != "members" else ""),
        ("among", progress.among),
        ("side", progress.side),
        (_ACTORS.get(progress.kind, ""), list(progress.actors)),
    )
    return plain | {key: value for key, value in optional if value}


# What the actors of a leaf are to it.
_ACTORS = {"members": "lacking", "none_against": "against", "fewer_than": "actors"}


def read_progress(plain: Mapping[str, Any]) -> Progress:
    """The tree of which `plain` is the plain form; raises KeyError or ValueError where it is none."""
    kind, value, met = next(iter(plain)), next(iter(plain.values())), plain["met"]
    if kind == "at_least" or isinstance(value, list):
        children = tuple(map(read_progress, plain["of"] if kind == "at_least" else value))
        counted = {"have": sum(child.met for child in children), "need": 1 if kind == "any" else len(children)}
        counted = value if kind == "at_least" else counted
        return Progress(kind=kind, met=met, have=counted["have"], need=counted["need"], children=children)
    if kind == "in_force":
        return Progress(kind=kind, met=met, have=int(met), need=1, of=value)
    weight = value.get("weight")
    return Progress(
        kind=kind,
        met=met,
        have=_exact(value["have"]),
        need=_exact(value["need"]),
        among=value.get("among", ""),
        of=value.get("of", ""),
        part=None if "part" not in value else Fraction(value["part"]),
        total=value.get("total"),
        strict=value.get("strict", False),
        base=value.get("base", "members"),
        side=value.get("side"),
        actors=tuple(value.get(_ACTORS.get(kind, ""), ())),
        weight=None if weight is None else _read_weighed(weight, value.get("unit", "")),
    )


def _exact(value: int | str) -> int | Fraction:
    return Fraction(value) if isinstance(value, str) else value


def _read_weighed(plain: Mapping[str, str], unit: str) -> Weighed:
    return Weighed(**{name: Fraction(plain[name]) for name in ("have", "need", "total")}, unit=unit)
