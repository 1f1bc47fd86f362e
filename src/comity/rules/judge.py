"""Judging a ground rule against a tally: does it hold, and how far is it.

Every leaf measures a whole number against another. Whoever is for, and was not, can only help: no leaf is
hurt by one more for (tested as a property), which is why a treaty's rule, once met, stays met while nobody leaves.
"""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

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
    bar,
)

__all__ = ["Tally", "holds", "measure"]

_NOBODY: frozenset[str] = frozenset()


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Who is for, against, abstaining and absent. Nobody stands twice (ValueError).

    Where a rule knows its members, those in no set are absent.
    """

    for_: frozenset[str] = _NOBODY
    against: frozenset[str] = _NOBODY
    abstaining: frozenset[str] = _NOBODY
    absent: frozenset[str] = _NOBODY

    def __post_init__(self) -> None:
        sides = (self.for_, self.against, self.abstaining, self.absent)
        if sum(map(len, sides)) != len(frozenset().union(*sides)):
            raise ValueError("an actor stands on two sides of one tally")

    @classmethod
    def of_consents(cls, consenting: Iterable[str], others: Iterable[str] = ()) -> "Tally":
        """The tally of a treaty: who has consented is for, everybody else is absent."""
        for_ = frozenset(consenting)
        return cls(for_=for_, absent=frozenset(others) - for_)

    @property
    def voting(self) -> frozenset[str]:
        """Those present and voting: an abstention is no vote (rule 86 of the General Assembly)."""
        return self.for_ | self.against

    @property
    def present(self) -> frozenset[str]:
        """Those present: for, against or abstaining."""
        return self.for_ | self.against | self.abstaining


def within(actors: frozenset[str], who: frozenset[str] | None) -> frozenset[str]:
    """The actors that are counted; `who` None counts everybody."""
    return actors if who is None else actors & who


def side(node: GroundFewer, tally: Tally) -> frozenset[str]:
    """Those who stand on the side that must stay small."""
    name = node.rule.side
    if name == "against":
        return within(tally.against, node.who)
    if name == "abstaining":
        return within(tally.abstaining, node.who)
    # Grounding gives these two a set: whoever is not seen elsewhere is absent.
    everybody = node.who or _NOBODY
    return everybody - (tally.for_ if name == "not-for" else tally.present)


def opposed(node: GroundVeto, tally: Tally) -> frozenset[str]:
    """Those whose vote stops it: who is against, and who abstains where that is not allowed."""
    stops = tally.against if node.rule.abstention else tally.against | tally.abstaining
    return stops & node.who


def weight(node: GroundShare, actors: frozenset[str]) -> int:
    """The scaled weight of these actors."""
    rows = node.weights.rows
    return sum(rows[actor] for actor in rows.keys() & actors)


def base_size(node: GroundCount | GroundShare, tally: Tally) -> int:
    """How much a part is a part of, where that depends on the ballot: those present, or present and voting."""
    base = tally.voting if node.rule.base == "present-and-voting" else tally.present
    return weight(node, base) if isinstance(node, GroundShare) else len(within(base, node.who))


def bar_of(node: GroundCount | GroundShare, tally: Tally) -> int:
    """How much is needed, for this tally."""
    if node.need is not None:
        return node.need
    return bar(Fraction(node.rule.at_least), base_size(node, tally), strict=node.rule.strict)


def measure(node: GroundLeaf, tally: Tally) -> tuple[int, int]:
    """How much a leaf has and how much it needs, in whole (for a share: scaled) units: it holds from `need` on.

    For `fewer_than` both are negative, so that less is more; for a veto, what it lacks.
    """
    if isinstance(node, GroundCount | GroundShare):
        have = weight(node, tally.for_) if isinstance(node, GroundShare) else len(within(tally.for_, node.who))
        return have, bar_of(node, tally)
    if isinstance(node, GroundMembers):
        return len(node.who & tally.for_), max(len(node.who), 1)
    if isinstance(node, GroundVeto):
        return -len(opposed(node, tally)), 0
    if isinstance(node, GroundFewer):
        return -len(side(node, tally)), 1 - node.limit
    if isinstance(node, GroundQuorum):
        return len(within(tally.present, node.who)), node.need
    return int(node.holds), 1


def node_holds(node: GroundNode, tally: Tally) -> bool:
    """Whether one node holds."""
    if isinstance(node, GroundAll):
        return all(node_holds(child, tally) for child in node.of)
    if isinstance(node, GroundAny):
        return any(node_holds(child, tally) for child in node.of)
    if isinstance(node, GroundAtLeast):
        return sum(node_holds(child, tally) for child in node.of) >= node.number
    have, need = measure(node, tally)
    return have >= need


def holds(ground: GroundRule, tally: Tally) -> bool:
    """Whether the rule holds. Linear in the size of the sets; exact."""
    return node_holds(ground.root, tally)
