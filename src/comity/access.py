"""Who may do what: one table of roles and actions, and a verdict with its reason. Faces ask here and nowhere else."""

from collections.abc import Mapping
from typing import Literal

import msgspec

__all__ = ["ACTIONS", "ANYONE", "MATRIX", "ROLES", "SCOPES", "SCOPE_OF", "Thing", "Verdict", "Who", "verdict"]

ROLES: tuple[str, ...] = ("public", "delegation", "officer", "chief", "administrator")

# What a cell of the table may say.
Cell = Literal["never", "always", "person", "own", "state", "second"]

# never    not in this role
# always   also without having logged in
# person   whoever is logged in in this role
# own      what is one's own: a draft, a list, a saved analysis, a token
# state    what concerns the State or organization that the person speaks for
# second   what somebody else drafted (four eyes)
#
# An administrator keeps the instance and its people, and takes no part in what depositaries do: whoever grants roles
# must not be able to approve acts.
_TABLE = """
action              scope          public  delegation  officer  chief   administrator
read                read           always  always      always   always  always
draft.write         drafts         never   state       person   person  never
draft.read          drafts         never   state       person   person  never
draft.change        drafts         never   own         own      own     never
draft.submit        drafts         never   own         own      own     never
draft.withdraw      drafts         never   own         own      own     never
draft.approve       -              never   never       never    second  never
draft.reject        -              never   never       never    second  never
corrigendum.draft   drafts         never   never       person   person  never
corrigendum.issue   -              never   never       never    second  never
correction.propose  drafts         never   never       person   person  never
correction.object   drafts         never   state       person   person  never
notification.read   read           always  always      always   always  always
notification.send   -              never   never       person   person  never
proposal.settle     -              never   never       never    person  never
subscription.keep   subscriptions  own     own         own      own     own
webhook.keep        subscriptions  never   own         own      own     own
list.keep           lists          own     own         own      own     own
run.keep            -              own     own         own      own     own
token.keep          -              own     own         own      own     own
account.keep        -              own     own         own      own     own
people.manage       -              never   never       never    never   person
audit.read          -              never   never       never    never   person
key.manage          -              never   never       never    never   person
backup.make         -              never   never       never    never   person
settings.change     -              never   never       never    never   person
"""


def _read() -> tuple[dict[str, dict[str, Cell]], dict[str, str]]:
    head, *rows = (line.split() for line in _TABLE.strip().splitlines())
    matrix = {row[0]: msgspec.convert(dict(zip(head[2:], row[2:], strict=True)), dict[str, Cell]) for row in rows}
    return matrix, {row[0]: row[1] for row in rows if row[1] != "-"}


# Action, then role: the cell. And the scope by which a token may do it; without one it is done in person.
MATRIX: Mapping[str, Mapping[str, Cell]]
SCOPE_OF: Mapping[str, str]
MATRIX, SCOPE_OF = _read()
ACTIONS: tuple[str, ...] = tuple(MATRIX)
SCOPES: tuple[str, ...] = tuple(dict.fromkeys(SCOPE_OF.values()))


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. `person` is empty for whoever has not logged in; `scopes` is what a token may do, None in person."""

    person: str = ""
    role: str = "public"
    actor: str = ""
    scopes: frozenset[str] | None = None


ANYONE = Who()


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What the action is done to: the actor that it concerns (a State's act), and the person who made it."""

    actor: str = ""
    owner: str = ""
    name: str = ""


_NOTHING = Thing()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it may be done, and why: the id of a reason, and its parameters (ids: of actions, roles, actors)."""

    allowed: bool
    reason: str
    params: dict[str, str | tuple[str, ...]]


def verdict(who: Who, action: str, thing: Thing = _NOTHING, *, four_eyes: bool = True) -> Verdict:
    """Judge an action.

    Without `four_eyes` somebody may approve what they drafted themselves. Raises KeyError for an action or a role that
    is not in the table.
    """
    cell = MATRIX[action][who.role]
    said: dict[str, str | tuple[str, ...]] = {"action": action, "role": who.role}
    if cell == "always":
        return _scoped(who, action, said) or Verdict(allowed=True, reason="anyone", params=said)
    if not who.person:
        return Verdict(allowed=False, reason="log-in", params=said)
    if cell == "never":
        may = tuple(role for role in ROLES if MATRIX[action][role] != "never")
        return Verdict(allowed=False, reason="role", params=said | {"roles": may})
    return _scoped(who, action, said) or _by_cell(who, cell, thing, said, four_eyes=four_eyes)


def _scoped(who: Who, action: str, said: dict[str, str | tuple[str, ...]]) -> Verdict | None:
    """What a token may not do, whoever its owner is."""
    if who.scopes is None:
        return None
    scope = SCOPE_OF.get(action)
    if scope is None:
        return Verdict(allowed=False, reason="in-person", params=said)
    if scope not in who.scopes:
        return Verdict(allowed=False, reason="scope", params=said | {"scope": scope})
    return None


def _by_cell(who: Who, cell: Cell, thing: Thing, said: dict[str, str | tuple[str, ...]], *, four_eyes: bool) -> Verdict:
    """The verdict on somebody who is logged in, and whose role may do this to some things at least."""
    if cell == "own":
        mine = thing.owner == who.person
        return Verdict(allowed=mine, reason="own" if mine else "not-own", params=said)
    if cell == "state":
        said |= {"actor": who.actor, "other": thing.actor}
        if not who.actor:
            return Verdict(allowed=False, reason="no-state", params=said)
        mine = thing.actor == who.actor
        return Verdict(allowed=mine, reason="own-state" if mine else "other-state", params=said)
    if cell == "second" and thing.owner == who.person:
        return Verdict(allowed=not four_eyes, reason="four-eyes" if four_eyes else "two-eyes", params=said)
    return Verdict(allowed=True, reason="second" if cell == "second" else "by-role", params=said)
