"""The next achievable step: on which narrow issue enough positions already agree to build on.

For each option of each issue: who has said it could accept it, who has said it could not, and who has said nothing
(which is no yes). The group of all who accept is the largest that could agree on it as things stand; the decision rule
judges that group, and the smallest sets of others who would have to join are found exactly (`comity.rules.missing`).
Options are put in order by how little is missing: an early agreement on one of the first is a candidate to build on.

Sources: Fisher, R. (1964). Fractionating conflict. In Fisher (ed.), International Conflict and Behavioral Science.
Sebenius, J. K. (1983). Negotiation arithmetic: adding and subtracting issues and parties. International Organization
37(2), for why issues are taken apart, and for what is lost where one that a party wanted to trade is.
"""

from collections.abc import Mapping, Sequence

import msgspec

from comity.rules import GroundRule, Tally, holds, missing

__all__ = ["Candidate", "Gain", "Issue", "Option", "next_steps"]

# Smallest sets that are told of one option.
_SETS = 3


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option: what each actor has said of it (True: could accept), and what it gains by it where that is told."""

    id: str
    said: Mapping[str, bool]
    gains: Mapping[str, float] = {}


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One issue with its options; `linked` are the issues that somebody wants settled together with it."""

    id: str
    options: tuple[Option, ...]
    linked: tuple[str, ...] = ()


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """Where an actor that is left behind would gain more than it loses here: what it might be offered in return."""

    actor: str
    loses: float
    issue: str
    option: str
    gains: float


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One option of one issue, and how far it is from an agreement.

    `accept`, `refuse` and `unknown` are all members. `met`: those who accept meet the rule, even if all others were
    against. `possible`: they would with
    all who have said nothing. `lacks` is the size of the smallest sets that would have to join (0 where met, None where
    nobody could bring it about), `smallest` the first of them, taken from those who have said nothing wherever that is
    enough, else from everybody (`from_refusing`). `rank` begins at 1; options as near as one another share it.
    """

    rank: int
    issue: str
    option: str
    accept: tuple[str, ...]
    refuse: tuple[str, ...]
    unknown: tuple[str, ...]
    met: bool
    possible: bool
    lacks: int | None
    smallest: tuple[tuple[str, ...], ...]
    from_refusing: bool
    linked: tuple[str, ...]
    returns: tuple[Gain, ...]


def next_steps(issues: Sequence[Issue], rule: GroundRule, members: frozenset[str]) -> tuple[Candidate, ...]:
    """Every option of every issue, the nearest to an agreement first.

    In order: what meets the rule; what lacks fewer; what would not need any who refuse; what more accept; what fewer
    refuse; then as they stand in `issues`. Those alike in all of these share a rank.
    """
    found = [_candidate(issues, issue, option, rule, members) for issue in issues for option in issue.options]
    ordered = sorted(found, key=_key)
    ranked: list[Candidate] = []
    for place, one in enumerate(ordered, 1):
        tied = ranked and _key(ranked[-1]) == _key(one)
        ranked.append(msgspec.structs.replace(one, rank=ranked[-1].rank if tied else place))
    return tuple(ranked)


def _key(one: Candidate) -> tuple[bool, float, bool, int, int]:
    lacks = float("inf") if one.lacks is None else one.lacks
    return not one.met, lacks, one.from_refusing, -len(one.accept), len(one.refuse)


def _candidate(
    issues: Sequence[Issue], issue: Issue, option: Option, rule: GroundRule, members: frozenset[str]
) -> Candidate:
    accept = frozenset(actor for actor in members if option.said.get(actor) is True)
    refuse = frozenset(actor for actor in members if option.said.get(actor) is False)
    unknown = members - accept - refuse
    # Who has said nothing might yet object, so that a consensus of the silent is none.
    now = Tally(for_=accept, against=refuse | unknown)
    met = holds(rule, now)
    possible = met or holds(rule, Tally(for_=accept | unknown, against=refuse))
    lacking = missing(rule, now, unknown if possible else unknown | refuse, _SETS)
    return Candidate(
        rank=0,
        issue=issue.id,
        option=option.id,
        accept=tuple(sorted(accept)),
        refuse=tuple(sorted(refuse)),
        unknown=tuple(sorted(unknown)),
        met=met,
        possible=possible,
        lacks=lacking.size,
        smallest=() if met else lacking.smallest,
        from_refusing=not possible and lacking.size is not None,
        linked=issue.linked,
        returns=tuple(_returns(issues, issue, option, refuse)),
    )


def _returns(issues: Sequence[Issue], issue: Issue, option: Option, refuse: frozenset[str]) -> list[Gain]:
    """For each that refuses and says by how much: the option of another issue that would make good the most."""
    found = []
    for actor in sorted(refuse & set(option.gains)):
        loses = -option.gains[actor]
        others = [
            (other.gains[actor], -at, each.id, other.id)
            for at, each in enumerate(issues)
            if each.id != issue.id
            for other in each.options
            if actor in other.gains
        ]
        if others and (best := max(others, key=lambda one: one[:2]))[0] >= loses:
            found.append(Gain(actor=actor, loses=loses, issue=best[2], option=best[3], gains=best[0]))
    return found
