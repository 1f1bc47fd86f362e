"""Why a rule holds, or does not: a tree of message ids and parameters, and an English table to read it with.

No logic speaks a language: other tables render the same tree elsewhere.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

import msgspec

from comity.rules.ground import GroundRule
from comity.rules.judge import Tally
from comity.rules.plain import part_text
from comity.rules.progress import Progress, percent, progress

__all__ = ["ENGLISH", "Param", "RuleReason", "reasons", "reasons_of", "render"]

Param: TypeAlias = str | int | tuple[str, ...]


class RuleReason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason: whether it is `met`, a message id, its parameters (name, value), and what it rests on.

    Exact parts are text that reads back ("0.55", "2/3"); tuples are ids of actors.
    """

    id: str
    met: bool
    params: tuple[tuple[str, Param], ...] = ()
    children: tuple["RuleReason", ...] = ()


# One sentence for each message id, with the parameters it is given.
ENGLISH: Mapping[str, str] = {
    "rule.all": "{have} of all {of} conditions are met.",
    "rule.any": "{have} of {of} alternatives are met; one is enough.",
    "rule.at-least": "{have} of {of} conditions are met; {need} are needed.",
    "rule.count": "{have} are for; {need} are needed.",
    "rule.count.among": "{have} among {among} are for; {need} are needed.",
    "rule.count.part": "{have} of {total} ({base}) are for; {need} are needed ({part}).",
    "rule.count.part.among": "{have} of {total} among {among} ({base}) are for; {need} are needed ({part}).",
    "rule.share": "Those for hold {percent}% of {weights}; at least {part} is needed.",
    "rule.share.among": "Those for hold {percent}% of {weights} among {among}; at least {part} is needed.",
    "rule.share.ballot": "Those for hold {percent}% of {weights} ({base}); at least {part} is needed.",
    "rule.share.ballot.among": (
        "Those for hold {percent}% of {weights} among {among} ({base}); at least {part} is needed."
    ),
    "rule.share.strict": "Those for hold {percent}% of {weights}; more than {part} is needed.",
    "rule.share.strict.among": "Those for hold {percent}% of {weights} among {among}; more than {part} is needed.",
    "rule.share.strict.ballot": "Those for hold {percent}% of {weights} ({base}); more than {part} is needed.",
    "rule.share.strict.ballot.among": (
        "Those for hold {percent}% of {weights} among {among} ({base}); more than {part} is needed."
    ),
    "rule.members.met": "All {need} of those named ({among}) are for.",
    "rule.members.nobody": "Nobody is named by {among} on that day.",
    "rule.members.lacking": "{have} of the {need} named ({among}) are for; not {actors}.",
    "rule.veto.none": "None of {among} is against.",
    "rule.veto": "Against, and able to stop it: {actors}.",
    "rule.fewer-than": "{have} are {side}; {need} would stop it.",
    "rule.fewer-than.among": "{have} among {among} are {side}; {need} would stop it.",
    "rule.quorum": "{have} are present; {need} are needed.",
    "rule.quorum.among": "{have} among {among} are present; {need} are needed.",
    "rule.quorum.part": "{have} of {total} are present; {need} are needed ({part}).",
    "rule.quorum.part.among": "{have} of {total} among {among} are present; {need} are needed ({part}).",
    "rule.in-force": "{instrument} is in force.",
    "rule.in-force.not": "{instrument} is not in force.",
}


def reasons(ground: GroundRule, tally: Tally) -> RuleReason:
    """Why the rule holds for this tally, or does not, leaf by leaf."""
    return reasons_of(progress(ground, tally))


def render(reason: RuleReason, table: Mapping[str, str] = ENGLISH) -> str:
    """One reason in words, its children apart."""
    values = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in reason.params}
    return table[reason.id].format(**values)


def reasons_of(node: Progress) -> RuleReason:
    """The same, from a tree of progress."""
    children = tuple(map(reasons_of, node.children))
    name, params = _message(node)
    return RuleReason(id=f"rule.{name}", met=node.met, params=tuple(params.items()), children=children)


def _message(node: Progress) -> tuple[str, dict[str, Param]]:
    """The message id and the parameters of one node."""
    if node.children:
        counted: dict[str, Param] = {"have": int(node.have), "need": int(node.need), "of": len(node.children)}
        return node.kind.replace("_", "-"), counted
    if node.kind == "in_force":
        return "in-force" + ("" if node.met else ".not"), {"instrument": node.of}
    return _named(node) if node.kind in {"members", "none_against"} else _measured(node)


def _named(node: Progress) -> tuple[str, dict[str, Param]]:
    named: dict[str, Param] = {"among": node.among, "actors": node.actors}
    if node.kind == "none_against":
        return "veto" + (".none" if node.met else ""), named
    outcome = "met" if node.met else "lacking" if node.actors else "nobody"
    return f"members.{outcome}", named | {"have": int(node.have), "need": int(node.need)}


def _measured(node: Progress) -> tuple[str, dict[str, Param]]:
    name, params = node.kind.replace("_", "-"), dict[str, Param]()
    have, need = Fraction(node.have), Fraction(node.need)
    if node.kind == "share":
        name += (".strict" if node.strict else "") + (".ballot" if node.base != "members" else "")
        params |= {"weights": node.of, "have": part_text(have), "percent": percent(have), "part": part_text(need)}
    else:
        params |= {"have": int(have), "need": int(need)}
    if node.kind == "fewer_than":
        params |= {"side": str(node.side), "actors": node.actors}
    if node.part is not None and node.total is not None:
        name += ".part"
        params |= {"part": part_text(node.part), "total": node.total}
    params["base"] = node.base
    if node.among:
        name += ".among"
        params["among"] = node.among
    return name, params
