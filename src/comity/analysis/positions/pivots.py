"""Who is pivotal under a decision rule in roll calls that were taken, and who would carry a question across.

A rule that stands on a day (`comity.rules.GroundRule`) becomes a tree of thresholds, in each of which a member brings
whole numbers by how it votes. So all members' changes on all questions are judged at once, exactly, and not by trying
them one by one.

A member is pivotal on a question when the outcome would have been another had it voted otherwise, the others as they
did (critical, after Banzhaf; here on the ballot as cast, with abstention). On a line, the pivot is the member whose
support, added to that of all on one side of it, first carries the question (Krehbiel, Pivotal Politics, 1998): by
simple majority the median, by two thirds the members at the quantiles ⅓ and ⅔.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.positions.cohesion import positions
from comity.analysis.positions.roll_calls import ABSENT, ABSTAIN, NO, YES
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
)

__all__ = ["Bridge", "Chamber", "bridges", "chamber", "on_the_line", "outcomes", "pivotal"]

Numbers = NDArray[np.int64]
Ways = NDArray[np.int8]
Truths = NDArray[np.bool_]
_LARGEST = 1 << 62
_WAYS = 4


class _Leaf(msgspec.Struct, frozen=True):
    """What a member brings by its way of voting (members × 4): `have`, and `base` where the bar is a part of it."""

    have: Numbers
    need: int
    base: Numbers | None = None
    part: Fraction = Fraction(0)
    strict: bool = False


class _Branch(msgspec.Struct, frozen=True):
    """At least `number` of these."""

    number: int
    of: tuple["_Tree", ...]


_Tree: TypeAlias = _Leaf | _Branch
_Sums: TypeAlias = Callable[[Numbers], Numbers]


class Chamber(msgspec.Struct, frozen=True):
    """A rule among members in this order, ready to judge many ballots."""

    members: tuple[str, ...]
    tree: _Tree


def chamber(rule: GroundRule, members: tuple[str, ...]) -> Chamber:
    """The rule among these members, by name. Raises ValueError for weights too large to add up in 64 bits."""
    return Chamber(members, _tree(rule.root, members))


def _tree(node: GroundNode, members: tuple[str, ...]) -> _Tree:
    if isinstance(node, GroundAll | GroundAny | GroundAtLeast):
        of = tuple(_tree(one, members) for one in node.of)
        some = node.number if isinstance(node, GroundAtLeast) else 1
        return _Branch(len(of) if isinstance(node, GroundAll) else some, of)
    return _leaf(node, members)


def _leaf(node: GroundLeaf, members: tuple[str, ...]) -> _Leaf:
    if isinstance(node, GroundCount | GroundShare):
        weights = _weights(node, members)
        have = _brought(weights, YES)
        if node.need is not None:
            return _Leaf(have, node.need)
        voting = (NO, YES) if node.rule.base == "present-and-voting" else (NO, ABSTAIN, YES)
        return _Leaf(have, 0, _brought(weights, *voting), Fraction(node.rule.at_least), node.rule.strict)
    if isinstance(node, GroundInForce):
        return _Leaf(np.zeros((len(members), _WAYS), np.int64), 0 if node.holds else 1)
    ones = np.array([node.who is None or name in node.who for name in members], np.int64)
    if isinstance(node, GroundMembers):
        return _Leaf(_brought(ones, YES), max(len(node.who), 1))
    if isinstance(node, GroundVeto):
        return _Leaf(-_brought(ones, *((NO,) if node.rule.abstention else (NO, ABSTAIN))), 0)
    if isinstance(node, GroundQuorum):
        return _Leaf(_brought(ones, NO, ABSTAIN, YES), node.need)
    return _few(node, ones, members)


def _few(node: GroundFewer, ones: Numbers, members: tuple[str, ...]) -> _Leaf:
    name = node.rule.side
    sides = {"against": (NO,), "abstaining": (ABSTAIN,), "not-for": (NO, ABSTAIN, ABSENT), "absent": (ABSENT,)}
    # Whoever is counted as not for, or absent, without ever being in the room is so on every ballot.
    away = len((node.who or frozenset()) - frozenset(members)) if name in {"not-for", "absent"} else 0
    return _Leaf(-_brought(ones, *sides[name]), 1 - node.limit + away)


def _weights(node: GroundCount | GroundShare, members: tuple[str, ...]) -> Numbers:
    if isinstance(node, GroundCount):
        return np.array([node.who is None or name in node.who for name in members], np.int64)
    rows = node.weights.rows
    parts = 1 if node.need is not None else Fraction(node.rule.at_least).numerator
    if sum(rows.values()) * parts >= _LARGEST or abs(node.need or 0) >= _LARGEST:
        raise ValueError("the weights are too large, or have too many decimals, to be added up quickly")
    return np.array([rows.get(name, 0) for name in members], np.int64)


def _brought(weights: Numbers, *ways: int) -> Numbers:
    table = np.zeros((len(weights), _WAYS), np.int64)
    table[:, list(ways)] = weights[:, None]
    return table


def _holds(tree: _Tree, sums: _Sums) -> Truths:
    if isinstance(tree, _Branch):
        met = [_holds(one, sums) for one in tree.of]
        enough: Truths = np.sum(met, axis=0) >= tree.number
        return enough
    have = sums(tree.have)
    if tree.base is None:
        return have >= tree.need
    base = sums(tree.base) * tree.part.numerator
    bar = base // tree.part.denominator + 1
    if not tree.strict:
        bar = np.maximum(-(-base // tree.part.denominator), 1 if tree.part > 0 else 0)
    return have >= bar


def outcomes(room: Chamber, ways: Ways) -> Truths:
    """Which questions were carried, of members × questions."""
    rows = np.arange(len(ways))[:, None]

    def cast(table: Numbers) -> Numbers:
        sums: Numbers = table[rows, ways].sum(axis=0)
        return sums

    return _holds(room.tree, cast)


def pivotal(room: Chamber, ways: Ways) -> Truths:
    """Members × questions: who voted, and by another vote (yes, no or abstention) would have changed the outcome."""
    rows = np.arange(len(ways))[:, None]
    before = outcomes(room, ways)
    found = np.zeros(ways.shape, bool)
    for way in (NO, ABSTAIN, YES):

        def moved(table: Numbers, way: int = way) -> Numbers:
            own = table[rows, ways]
            changed: Numbers = own.sum(axis=0) - own + table[:, way][:, None]
            return changed

        found |= _holds(room.tree, moved) != before
    there: Truths = found & (ways != ABSENT)
    return there


def on_the_line(room: Chamber, order: NDArray[np.intp]) -> tuple[int | None, int | None]:
    """Who carries a question when support grows from the first of the order, and when it grows from the last.

    None where not even all of them carry it. Members that are not in the order are absent.
    """

    def first(line: NDArray[np.intp]) -> int | None:
        ways = np.full((len(room.members), len(line)), ABSENT, np.int8)
        ways[line] = np.where(np.arange(len(line))[:, None] <= np.arange(len(line))[None, :], YES, NO)
        carried = outcomes(room, ways)
        return int(line[int(carried.argmax())]) if carried.any() else None

    return first(order), first(order[::-1])


class Bridge(msgspec.Struct, frozen=True):
    """A member of one bloc that stands between it and another.

    `own` and `other` are its mean agreement with each; `alone` on how many questions that part the blocs its going over
    to the other bloc would have changed the outcome, `carry` the same with those who stand nearer, shared evenly among
    all who were needed; `parted` is on how many questions the blocs were parted and somebody's going over decides.
    """

    member: int
    home: int
    toward: int
    own: float
    other: float
    alone: int
    carry: float
    parted: int


def bridges(
    room: Chamber, ways: Ways, of: NDArray[np.intp], share: NDArray[np.float64], pair: tuple[int, int]
) -> list[Bridge]:
    """Who could bridge two blocs: all members of both that would ever be needed, who carries most first.

    On a question on which most of one bloc said yes and most of the other no, the members of the bloc that won go over
    to the side that lost, those first who agree most with the other bloc, until the outcome is another.
    """
    said = [positions(ways[of == bloc]) for bloc in pair]
    opposed = (said[0] >= 0) & (said[1] >= 0) & (said[0] != ABSTAIN) & (said[1] != ABSTAIN) & (said[0] != said[1])
    questions = np.flatnonzero(opposed)
    if not len(questions):
        return []
    found = []
    cast = ways[:, questions]
    won = np.where(outcomes(room, cast), YES, NO)
    for home, toward, own_said in ((pair[0], pair[1], said[0]), (pair[1], pair[0], said[1])):
        here = own_said[questions] == won
        found += _crossing(room, cast[:, here], of, share, (home, toward), won[here])
    return sorted(found, key=lambda one: (-one.carry, -one.other, one.member))


def _crossing(
    room: Chamber,
    ways: Ways,
    of: NDArray[np.intp],
    share: NDArray[np.float64],
    pair: tuple[int, int],
    won: NDArray[np.intp],
) -> list[Bridge]:
    home, toward = pair
    inside, there = np.flatnonzero(of == home), np.flatnonzero(of == toward)
    near = share[np.ix_(inside, there)].mean(axis=1)
    line = inside[np.argsort(-near, kind="stable")]
    before = ways[line]
    # Only who voted with the winners goes over.
    after = np.where(before == won, np.where(won == YES, NO, YES), before).astype(np.int8)
    rows = np.arange(len(line))[:, None]
    everybody = np.arange(len(ways))[:, None]

    def together(table: Numbers) -> Numbers:
        own = table[line]
        change = np.cumsum(own[rows, after] - own[rows, before], axis=0)
        sums: Numbers = table[everybody, ways].sum(axis=0) + change
        return sums

    def one(table: Numbers) -> Numbers:
        own = table[line]
        sums: Numbers = table[everybody, ways].sum(axis=0) + own[rows, after] - own[rows, before]
        return sums

    turned = _holds(room.tree, together) != (won == YES)
    alone = (_holds(room.tree, one) != (won == YES)).sum(axis=1)
    possible, last = turned.any(axis=0), turned.argmax(axis=0)
    moving = (before != after) & (rows <= last) & possible
    carry = (moving / np.maximum(moving.sum(axis=0), 1)).sum(axis=1)
    agrees = {int(at): _with_own(share, at, inside) for at in line}
    ranked = dict(zip(inside.tolist(), near.tolist(), strict=True))
    return [
        Bridge(at, home, toward, agrees[at], ranked[at], int(alone[place]), float(carry[place]), int(possible.sum()))
        for place, at in enumerate(line.tolist())
        if carry[place] > 0 or alone[place] > 0
    ]


def _with_own(share: NDArray[np.float64], member: int, inside: NDArray[np.intp]) -> float:
    others = inside[inside != member]
    return float(share[member, others].mean()) if len(others) else 1.0
