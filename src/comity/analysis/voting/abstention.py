"""Voting power where a member may also abstain: ternary games, judged as the rule itself judges a ballot.

All members are present; each votes for, abstains, or votes against, and the rule says what becomes of it. Felsenthal
and Machover (Ternary voting games, International Journal of Game Theory 26, 1997; they are the (3,2) games of Freixas
and Zwicker, 2003) generalise both indices:

- Banzhaf: in which part of the 3^(n-1) ways in which the others can vote the outcome depends on whether the member
  votes for or against; each way as likely.
- Shapley–Shubik: in which part of all roll-calls (members speak in any order, each votes in any of three ways) the
  member's vote is the first after which the outcome stands, however the rest vote.

A ballot is seen by the sums that the rule looks at: how many, or what weight, are for, are against, have voted. How
many ballots have which sums is counted in whole numbers, members of one kind being interchangeable.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from fractions import Fraction
from math import factorial
from typing import Literal

import msgspec

from comity.analysis.voting.sizes import TooManyError
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
    bar,
)

__all__ = ["Ternary", "TernaryOf", "kinds_of", "ternary"]

Vote = Literal["for", "abstain", "against"]
VOTES: tuple[Vote, ...] = ("for", "abstain", "against")
# Ballots told apart at once.
_MOST = 200_000

# What a ballot, or a vote, adds up to: one number a sum that the rule looks at.
Sums = tuple[int, ...]


class TernaryOf(msgspec.Struct, frozen=True, kw_only=True):
    """What one member can do. `swings` are the ways of the others to vote in which its vote decides.

    Of them it decides in `against_abstaining` already by abstaining instead of voting against, and in the others only
    by voting for. `shapley` is None where it was not counted.
    """

    actor: str
    swings: int
    against_abstaining: int
    banzhaf_absolute: float
    banzhaf_normalised: float
    shapley: float | None


class Ternary(msgspec.Struct, frozen=True, kw_only=True):
    """The power of all members where all may abstain; `winning` of the `ballots` (3^n) adopt."""

    members: tuple[TernaryOf, ...]
    winning: int
    ballots: int
    collectivity: float


def ternary(ground: GroundRule, members: Iterable[str], *, shapley: bool = True) -> Ternary:
    """The power of each member of a rule, grounded with them, under which members may abstain.

    Raises `TooManyError` where too many ballots differ for the rule.
    """
    players = tuple(sorted(members))
    seen = _Seen(ground.root, players)
    kinds = Counter(seen.kind(player) for player in players)
    ballots = _ballots(kinds, seen.width)
    winning = sum(count for sums, count in ballots.items() if seen.adopts(sums))
    by_kind = {}
    for kind in kinds:
        others = kinds - Counter({kind: 1})
        swings, mild = _swings(others, kind, seen)
        if not shapley:
            part = None
        elif len(kinds) == 1:
            part = Fraction(1, len(players)) if swings else Fraction(0)
        else:
            part = _roll_calls(others, kind, seen, len(players))
        by_kind[kind] = (swings, mild, part)
    every = 3 ** len(players)
    total = sum(number * by_kind[kind][0] for kind, number in kinds.items())
    told = []
    for player in players:
        swings, mild, part = by_kind[seen.kind(player)]
        told.append(
            TernaryOf(
                actor=player,
                swings=swings,
                against_abstaining=mild,
                banzhaf_absolute=float(Fraction(swings, every // 3)),
                banzhaf_normalised=float(Fraction(swings, total)) if total else 0.0,
                shapley=None if part is None else float(part),
            )
        )
    return Ternary(members=tuple(told), winning=winning, ballots=every, collectivity=float(Fraction(winning, every)))


def kinds_of(ground: GroundRule, members: Iterable[str]) -> int:
    """How many kinds of members a rule tells apart: of more than one, roll-calls of many members take long to count."""
    players = tuple(sorted(members))
    seen = _Seen(ground.root, players)
    return len({seen.kind(player) for player in players})


# One vote of each way, as sums.
Kind = tuple[Sums, Sums, Sums]


class _Seen:
    """A rule as it sees ballots of these players: by sums, each of which every vote adds to."""

    def __init__(self, root: GroundNode, players: tuple[str, ...]) -> None:
        self.players = frozenset(players)
        self._columns: dict[tuple[tuple[str, Sums], ...], int] = {}
        self._order = players
        self.monotone = True
        self.adopts: Callable[[Sums], bool] = self._node(root)
        self._rows = list(self._columns)

    @property
    def width(self) -> int:
        """How many sums the rule looks at."""
        return len(self._columns)

    def kind(self, player: str) -> Kind:
        """What a member's votes add to the sums."""
        at = self._order.index(player)
        by_vote = tuple(tuple(column[at][1][vote] for column in self._rows) for vote in range(3))
        return by_vote[0], by_vote[1], by_vote[2]

    def _sum(self, add: Callable[[str, Vote], int]) -> int:
        """The place of the sum to which each vote adds so much."""
        column = tuple((player, tuple(add(player, vote) for vote in VOTES)) for player in self._order)
        return self._columns.setdefault(column, len(self._columns))

    def _node(self, node: GroundNode) -> Callable[[Sums], bool]:
        if isinstance(node, GroundAll | GroundAny | GroundAtLeast):
            parts = [self._node(child) for child in node.of]
            least = {GroundAll: len(parts), GroundAny: 1}.get(type(node), getattr(node, "number", 0))
            return lambda sums: sum(part(sums) for part in parts) >= least
        return self._leaf(node)

    def _leaf(self, node: GroundLeaf) -> Callable[[Sums], bool]:
        if isinstance(node, GroundInForce):
            return lambda _: node.holds
        if isinstance(node, GroundCount | GroundShare):
            return self._threshold(node)
        who = node.who if node.who is not None else self.players
        if isinstance(node, GroundMembers):
            need = max(len(who), 1)
            at = self._sum(lambda player, vote: int(player in who and vote == "for"))
            return lambda sums: sums[at] >= need
        if isinstance(node, GroundQuorum):
            # Whoever abstains is present.
            present = len(who & self.players) >= node.need
            return lambda _: present
        if isinstance(node, GroundVeto):
            stopping = {"against"} if node.rule.abstention else {"against", "abstain"}
            at = self._sum(lambda player, vote: int(player in who and vote in stopping))
            return lambda sums: sums[at] == 0
        return self._fewer(node, who)

    def _fewer(self, node: GroundFewer, who: frozenset[str]) -> Callable[[Sums], bool]:
        sides = {"against": {"against"}, "abstaining": {"abstain"}, "absent": set(), "not-for": {"abstain", "against"}}
        counted = sides[node.rule.side]
        if node.rule.side == "abstaining":
            self.monotone = False
        # Whoever is no player is absent, and not for.
        fixed = len(who - self.players) if node.rule.side in {"absent", "not-for"} else 0
        at = self._sum(lambda player, vote: int(player in who and vote in counted))
        return lambda sums: sums[at] + fixed < node.limit

    def _threshold(self, node: GroundCount | GroundShare) -> Callable[[Sums], bool]:
        def gain(player: str) -> int:
            if isinstance(node, GroundShare):
                return node.weights.rows.get(player, 0)
            return int(node.who is None or player in node.who)

        have = self._sum(lambda player, vote: gain(player) if vote == "for" else 0)
        if node.need is not None:
            need = node.need
            return lambda sums: sums[have] >= need
        part, strict = Fraction(node.rule.at_least), node.rule.strict
        if node.rule.base == "present":
            fixed = bar(part, sum(map(gain, self._order)), strict=strict)
            return lambda sums: sums[have] >= fixed
        voting = self._sum(lambda player, vote: gain(player) if vote != "abstain" else 0)
        return lambda sums: sums[have] >= bar(part, sums[voting], strict=strict)


def _plus(one: Sums, other: Sums) -> Sums:
    return tuple(map(int.__add__, one, other))


def _multiples(kind: Kind, number: int) -> Iterator[tuple[Sums, int]]:
    """What so many members of a kind can add, and in how many ways."""
    ways = factorial(number)
    for for_ in range(number + 1):
        for abstain in range(number - for_ + 1):
            against = number - for_ - abstain
            sums = tuple(for_ * a + abstain * b + against * c for a, b, c in zip(*kind, strict=True))
            yield sums, ways // (factorial(for_) * factorial(abstain) * factorial(against))


def _bounded(table: Sized) -> None:
    if len(table) > _MOST:
        raise TooManyError("too many ballots differ where members may abstain; it would take hours")


def _ballots(kinds: Mapping[Kind, int], width: int) -> dict[Sums, int]:
    """How many ballots of these members have which sums."""
    table: dict[Sums, int] = {(0,) * width: 1}
    for kind, number in kinds.items():
        following: defaultdict[Sums, int] = defaultdict(int)
        steps: Counter[Sums] = Counter()
        for sums, ways in _multiples(kind, number):
            steps[sums] += ways
        for before, count in table.items():
            for sums, ways in steps.items():
                following[_plus(before, sums)] += count * ways
            _bounded(following)
        table = dict(following)
    return table


def _swings(others: Mapping[Kind, int], kind: Kind, seen: _Seen) -> tuple[int, int]:
    """Ways of the others in which a member's vote decides; and of those, by abstaining already."""
    found = mild = 0
    for sums, count in _ballots(others, seen.width).items():
        for_, abstain, against = (seen.adopts(_plus(sums, vote)) for vote in kind)
        if for_ and not against:
            found += count
            mild += count * abstain
    return found, mild


def _roll_calls(others: Mapping[Kind, int], kind: Kind, seen: _Seen, n: int) -> Fraction | None:
    """The part of all roll-calls in which a member decides; None where a vote for may hurt, or they are too many."""
    if not seen.monotone:
        return None
    part = Fraction(0)
    # Those who have not spoken vote against (then adoption stands), or for (then rejection does).
    for rest, wanted in ((2, True), (0, False)):
        try:
            spoken = _spoken(others, rest, seen.width)
        except TooManyError:
            return None
        for (size, sums), count in spoken.items():
            if seen.adopts(_plus(sums, kind[rest])) == wanted:
                continue  # it stood before
            deciding = sum(seen.adopts(_plus(sums, vote)) == wanted for vote in kind)
            orders = factorial(size) * factorial(n - 1 - size)
            part += Fraction(count * deciding * orders, factorial(n) * 3 ** (size + 1))
    return part


def _spoken(others: Mapping[Kind, int], rest: int, width: int) -> dict[tuple[int, Sums], int]:
    """How many beginnings of roll-calls there are, orders apart, by who has spoken and the sums if the rest vote so."""
    table: dict[tuple[int, Sums], int] = {(0, (0,) * width): 1}
    for kind, number in others.items():
        for _ in range(number):
            following: defaultdict[tuple[int, Sums], int] = defaultdict(int)
            for (size, sums), count in table.items():
                following[size, _plus(sums, kind[rest])] += count
                for vote in kind:
                    following[size + 1, _plus(sums, vote)] += count
            _bounded(following)
            table = dict(following)
    return table
