"""What is still missing, and who can stop it: a rule and a tally turned into a cover problem, and solved.

Each leaf, for a given tally, is a *linear* threshold: one more actor for adds a fixed whole gain, and the leaf
holds when the gains reach what it lacks. That is so also for parts of those present (who comes and votes for
adds itself to both sides of the fraction), for a veto (who was against no longer is) and for a blocking minority.
Blocking is the same the other way round: from everybody for, each actor lost takes a fixed whole amount away.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

import msgspec

from comity.rules.covers import Cover, Refutation, Threshold, refutes, smallest_covers
from comity.rules.ground import (
    GroundAll,
    GroundAny,
    GroundAtLeast,
    GroundCount,
    GroundFewer,
    GroundInForce,
    GroundLeaf,
    GroundMembers,
    GroundNode,
    GroundQuorum,
    GroundRule,
    GroundShare,
    GroundVeto,
    NoMembersError,
    bar,
)
from comity.rules.judge import Tally, base_size, holds, measure, opposed, side, within

__all__ = [
    "Blocking",
    "By",
    "Missing",
    "blocking",
    "check_blocking",
    "check_proof",
    "missing",
    "smallest_blocking",
    "two_way",
]

By: TypeAlias = Literal["against", "abstaining", "absent"]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the rule is met; if not, the size of the smallest sets that would meet it, and the first of them.

    `size` is 0 where it is met, and None where no set of candidates would do. Members of a set are sorted, sets are in
    lexicographic order. `proof` refutes `size` - 1, once for each way to meet the rule (see `check_proof`).
    """

    met: bool
    size: int | None
    smallest: tuple[tuple[str, ...], ...] = ()
    proof: tuple[Refutation, ...] = ()


class Blocking(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest sets of actors who can stop it whatever the rest do; `size` 0: it fails anyway, None: nobody can."""

    size: int | None
    smallest: tuple[tuple[str, ...], ...] = ()
    proof: tuple[Refutation, ...] = ()


def missing(ground: GroundRule, tally: Tally, candidates: Iterable[str], limit: int = 10) -> Missing:
    """The smallest sets of candidates whose being for, beside those who are, would make the rule hold.

    All of them where there are at most `limit`, else the first `limit`. The others stay where they are: in a ballot
    the candidates are those who might still be won over, for a treaty those who may still consent.
    """
    pool = frozenset(candidates) - tally.for_
    covers = smallest_covers(_lacks(ground, tally, pool), pool, limit)
    return Missing(met=covers.size == 0, size=covers.size, smallest=covers.smallest, proof=covers.refutations)


def check_proof(ground: GroundRule, tally: Tally, candidates: Iterable[str], answer: Missing) -> bool:
    """Whether the answer is right: each set meets the rule, and the proof shows, by arithmetic, that none is smaller.

    It does not search, and trusts no part of the answer. That no set of the same size is left out is not proven.
    """
    pool = frozenset(candidates) - tally.for_

    def works(chosen: frozenset[str]) -> bool:
        return holds(ground, _moved(tally, chosen))

    if answer.met != works(frozenset()):
        return False
    return _checked(_lacks(ground, tally, pool), pool, (answer.size, answer.smallest, answer.proof), works)


def blocking(
    ground: GroundRule, members: Iterable[str], *, by: By = "against", everyone: frozenset[str] | None = None
) -> bool:
    """Whether these members stop it, by being `by`, whatever the rest do.

    `everyone` is who could be for: left out, the members that the rule was grounded with. Raises `NoMembersError`
    where neither is known.
    """
    # The rest do best by being for: no leaf is hurt by one more for.
    everyone = _everyone(ground, everyone)
    return not holds(ground, _without(everyone, frozenset(members) & everyone, by))


def smallest_blocking(
    ground: GroundRule, limit: int = 10, *, by: By = "against", everyone: frozenset[str] | None = None
) -> Blocking:
    """The smallest sets that stop it, by being `by`, whatever the rest do: the first `limit` in lexicographic order."""
    everyone = _everyone(ground, everyone)
    covers = smallest_covers(_breaks(ground, everyone, by), everyone, limit)
    return Blocking(size=covers.size, smallest=covers.smallest, proof=covers.refutations)


def check_blocking(
    ground: GroundRule, answer: Blocking, *, by: By = "against", everyone: frozenset[str] | None = None
) -> bool:
    """As `check_proof`, for blocking sets."""
    everybody = _everyone(ground, everyone)

    def works(chosen: frozenset[str]) -> bool:
        return not holds(ground, _without(everybody, chosen, by))

    return _checked(_breaks(ground, everybody, by), everybody, (answer.size, answer.smallest, answer.proof), works)


def two_way(ground: GroundRule, players: Iterable[str]) -> Cover:
    """The rule as a simple game among the players, where whoever is not for is against.

    A coalition wins when it reaches every threshold of one of the `ways`. This is what measures of voting power,
    stable coalitions and the chance that a rule will be met are computed from.
    """
    everybody = frozenset(players)
    return _lacks(ground, Tally(against=everybody), everybody)


def _everyone(ground: GroundRule, everyone: frozenset[str] | None) -> frozenset[str]:
    known = ground.members if everyone is None else everyone
    if known is None:
        raise NoMembersError("who could stop it, and nobody said who the members are")
    return known


def _moved(tally: Tally, chosen: frozenset[str]) -> Tally:
    """The tally once those chosen are for."""
    return Tally(
        for_=tally.for_ | chosen,
        against=tally.against - chosen,
        abstaining=tally.abstaining - chosen,
        absent=tally.absent - chosen,
    )


def _without(everyone: frozenset[str], lost: frozenset[str], by: By) -> Tally:
    """Everybody for, except those lost to the side `by`."""
    rest = everyone - lost
    if by == "against":
        return Tally(for_=rest, against=lost)
    return Tally(for_=rest, abstaining=lost) if by == "abstaining" else Tally(for_=rest, absent=lost)


def _checked(
    problem: Cover,
    pool: frozenset[str],
    answer: tuple[int | None, tuple[tuple[str, ...], ...], tuple[Refutation, ...]],
    works: Callable[[frozenset[str]], bool],
) -> bool:
    size, smallest, proof = answer
    if size is None:
        return not smallest and not works(pool)
    if size == 0:
        return not smallest and works(frozenset())
    fit = all(
        len(chosen) == size
        and list(chosen) == sorted(set(chosen))
        and pool.issuperset(chosen)
        and works(frozenset(chosen))
        for chosen in smallest
    )
    # One refutation for each way, and every way needs at least one: together they leave no smaller set.
    return (
        fit
        and bool(smallest)
        and list(smallest) == sorted(set(smallest))
        and len(proof) == len(problem.ways)
        and all(refutes(problem, way, size - 1, pool, why) for way, why in zip(problem.ways, proof, strict=True))
    )


_Ways: TypeAlias = Sequence[frozenset[int]]

# What a leaf is as it stands: settled one way or the other, or a threshold still to be reached.
_State: TypeAlias = bool | Threshold


def _lacks(ground: GroundRule, tally: Tally, pool: frozenset[str]) -> Cover:
    """What the rule still lacks for this tally, of those in the pool."""
    return _cover(ground.root, lambda leaf: _lacking(leaf, tally, pool), dual=False)


def _breaks(ground: GroundRule, everyone: frozenset[str], by: By) -> Cover:
    """What it takes to break the rule, from everybody for."""
    return _cover(ground.root, lambda leaf: _breaking(leaf, everyone, by), dual=True)


def _cover(root: GroundNode, state: Callable[[GroundLeaf], _State], *, dual: bool) -> Cover:
    thresholds: list[Threshold] = []

    def ways(node: GroundNode) -> _Ways:
        if isinstance(node, GroundAll | GroundAny | GroundAtLeast):
            wanted = _wanted(node)
            # To break `k of n` is to break n - k + 1 of them.
            return _combined([ways(child) for child in node.of], len(node.of) - wanted + 1 if dual else wanted)
        leaf = state(node)
        if isinstance(leaf, bool):
            return [frozenset()] if leaf else []
        thresholds.append(leaf)
        return [frozenset({len(thresholds) - 1})]

    return Cover(ways=tuple(ways(root)), thresholds=tuple(thresholds))


def _wanted(node: GroundAll | GroundAny | GroundAtLeast) -> int:
    if isinstance(node, GroundAtLeast):
        return node.number
    return len(node.of) if isinstance(node, GroundAll) else 1


def _combined(children: Sequence[_Ways], wanted: int) -> _Ways:
    """The ways to meet `wanted` of the children."""
    meet: list[_Ways] = [[frozenset()], *([] for _ in range(wanted))]  # meet[k]: k of the children seen so far
    for child in children:
        for k in range(wanted, 0, -1):
            meet[k] = _least([*meet[k], *(one | other for one in meet[k - 1] for other in child)])
    return meet[wanted]


def _least(ways: Iterable[frozenset[int]]) -> _Ways:
    """The ways without those that ask for everything another asks for, and more; in a fixed order."""
    least: list[frozenset[int]] = []
    for way in sorted(set(ways), key=lambda way: (len(way), sorted(way))):
        if not any(other <= way for other in least):
            least.append(way)
    return least


def _weights(node: GroundLeaf, actors: frozenset[str]) -> dict[str, int]:
    """What each of the actors counts at a leaf, where it counts at all."""
    if isinstance(node, GroundShare):
        return {actor: node.weights.rows[actor] for actor in actors & node.weights.rows.keys()}
    if isinstance(node, GroundInForce):
        return {}
    return dict.fromkeys(within(actors, node.who), 1)


def _threshold(gains: dict[str, int], need: int) -> Threshold:
    return Threshold(gains={actor: gain for actor, gain in gains.items() if gain > 0}, need=need)


def _lacking(node: GroundLeaf, tally: Tally, pool: frozenset[str]) -> _State:
    """Whether a leaf holds, or what each of the pool would add by being for, and how much it lacks."""
    have, need = measure(node, tally)
    if have >= need:
        return True
    if isinstance(node, GroundCount | GroundShare) and node.need is None:
        return _lacking_part(node, tally, pool)
    if isinstance(node, GroundVeto):
        pool &= opposed(node, tally)
    elif isinstance(node, GroundFewer):
        pool &= side(node, tally)
    elif isinstance(node, GroundQuorum):
        pool -= tally.present
    return _threshold(_weights(node, pool), need - have)


def _lacking_part(node: GroundCount | GroundShare, tally: Tally, pool: frozenset[str]) -> Threshold:
    """A part of those present (and voting): f for of n make it when d·f - m·n reaches 0 (strict: 1), the part m/d.

    Who was not in the base adds w·(d - m), who was adds w·d. Of an empty base nothing is a part, so that there any
    weight at all will do.
    """
    part, strict = Fraction(node.rule.at_least), node.rule.strict
    weights, size = _weights(node, pool), base_size(node, tally)
    if size == 0:
        return _threshold(weights if bar(part, 1, strict=strict) <= 1 else {}, 1)
    base = tally.voting if node.rule.base == "present-and-voting" else tally.present
    m, d = part.numerator, part.denominator
    gains = {actor: weight * (d if actor in base else d - m) for actor, weight in weights.items()}
    have, _ = measure(node, tally)
    return _threshold(gains, m * size - d * have + strict)


def _breaking(node: GroundLeaf, everyone: frozenset[str], by: By) -> _State:
    """Whether a leaf fails with everybody for, or what each would take away by being `by`, and how much is too much."""
    have, need = measure(node, Tally(for_=everyone))
    if have < need:
        return True
    spare = have - need + 1
    if isinstance(node, GroundCount | GroundShare) and node.need is None:
        if by == "absent" or (by == "abstaining" and node.rule.base == "present-and-voting"):
            # Who leaves, leaves the base too: those who stay are all for, until nobody stays.
            spare = have if bar(Fraction(node.rule.at_least), 0, strict=node.rule.strict) else have + 1
    elif isinstance(node, GroundVeto):
        spare = 1 if by == "against" or (by == "abstaining" and not node.rule.abstention) else 0
    elif isinstance(node, GroundFewer):
        spare = spare if node.rule.side in {by, "not-for"} else 0
    elif isinstance(node, GroundQuorum):
        spare = spare if by == "absent" else 0
    elif isinstance(node, GroundMembers):
        spare = 1
    elif isinstance(node, GroundInForce):
        spare = 0
    return _threshold(_weights(node, everyone), spare) if spare else False
