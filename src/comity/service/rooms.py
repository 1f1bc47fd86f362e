"""A decision rule among those who voted: the register's rule, grounded, ready to judge many ballots."""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from comity.rules import Count, NoMembersError, Rule, UnknownNameError, ground
from comity.service.queries import Register, refuse

if TYPE_CHECKING:
    from comity.analysis.positions.pivots import Chamber

__all__ = ["MAJORITY", "chambers"]

# More than half of those present and voting: what is asked where no rule is named.
MAJORITY = Count(at_least=Fraction(1, 2), strict=True, base="present-and-voting")


def chambers(register: Register, rule: str, on: date, actors: tuple[str, ...]) -> Callable[[Iterable[str]], "Chamber"]:
    """What makes a chamber of those actors who are members: the members matter where a rule counts from all of them.

    `rule` is the id of one of the register, or nothing: a simple majority of those voting. An actor may be written by
    its code or its name in any language. Raises `Refusal`.
    """
    from comity.analysis.positions.pivots import chamber  # noqa: PLC0415  # of the extra `analysis`

    when = MAJORITY if not rule else _when(register, rule, on)
    named = tuple(_code(register, actor) for actor in actors)
    codes = dict(zip(actors, named, strict=True))

    def made(members: Iterable[str]) -> "Chamber":
        try:
            grounded = ground(when, register.law, on, frozenset(codes[actor] for actor in members))
            return chamber(grounded, named)
        except (UnknownNameError, NoMembersError, ValueError) as error:
            raise refuse("rule-unjudged", f"{rule} cannot be judged: {error}", "add what it names") from error

    return made


def _when(register: Register, rule: str, on: date) -> Rule:
    found = register.reading.rule(rule)
    if found is None:
        names = ", ".join(one for one in register.reading.ids("rule") if rule.partition("-")[0] in one)[:200]
        raise refuse("rule-unknown", f"no rule is called “{rule:.40}”", f"there are {names}" if names else "")
    version = found.at(on)
    if version is None:
        raise refuse("rule-not-yet", f"{found.id} did not apply on {on}", "ask about a later day")
    return version.when


def _code(register: Register, actor: str) -> str:
    """The id of an actor in the register, by its id or name; one that the register does not know stays as it is."""
    directory = register.reading.directory
    if actor in directory.actors:
        return actor
    found = directory.named(actor)
    return next(iter(found)) if len(found) == 1 else actor
