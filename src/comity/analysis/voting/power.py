"""Voting power under a decision rule, exactly.

A member *swings* in a coalition of the others that loses without it and wins with it.

- Banzhaf (Penrose 1946; Banzhaf 1965; Dubey and Shapley 1979): absolute, swings / 2^(n-1); normalised, swings / all
  swings.
- Shapley–Shubik (1954): the part of all orders of the members in which a member turns the coalition of those before it.
- Coleman (1971): power to prevent, swings / winning coalitions; to initiate, swings / losing ones; of the collectivity
  to act, winning coalitions / 2^n.

Counts are whole numbers and exact. So is Shapley–Shubik where coalitions are counted by size; for a weighted rule with
many members it is integrated, exact but for rounding.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import factorial
from typing import TYPE_CHECKING, Literal

import msgspec

from comity.analysis.voting.axes import Axes
from comity.analysis.voting.games import Game
from comity.analysis.voting.sizes import (
    BySize,
    TooManyError,
    by_halves,
    by_states,
    halves_are_worth,
    members_for_halves,
)

if TYPE_CHECKING:
    from comity.analysis.voting.lattices import Counted

__all__ = ["INDICES", "Index", "Method", "Mode", "Power", "PowerOf", "TooManyError", "Within", "memory_needed", "power"]

Index = Literal["banzhaf", "shapley"]
Mode = Literal["exact", "instant"]
Method = Literal[
    "states",
    "halves",
    "all coalitions",
    "generating function",
    "generating function in several variables",
    "characteristic function",
    "ballots with abstentions",
]
INDICES: tuple[Index, ...] = ("banzhaf", "shapley")
# Weights that span a plane.
_PLANE = 2
# Members up to whom halves take some thousandths of a second, and those from whom tables may be large.
_SOON, _MANY = 24, 40
# Numbers of tables of states that plain Python makes at once, and additions that compiled code does.
_AT_ONCE, _SMALL = 40_000, 20_000_000


class PowerOf(msgspec.Struct, frozen=True, kw_only=True):
    """What one member can do. `weight` is None where the rule knows no weight, or several; None too what was not asked.

    `swings` is a whole number; the others are its parts, rounded to the nearest float. `by_abstaining` is told where
    members may abstain: in which part of its swings abstaining, instead of voting against, is enough to adopt.
    """

    actor: str
    weight: int | float | None
    swings: int | None
    banzhaf_absolute: float | None
    banzhaf_normalised: float | None
    shapley: float | None
    prevent: float | None
    initiate: float | None
    by_abstaining: float | None = None


class Within(msgspec.Struct, frozen=True, kw_only=True):
    """How far what is told may lie from the exact value, proved: for any member, and for the collectivity."""

    banzhaf_absolute: float
    banzhaf_normalised: float
    collectivity: float


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """The power of all members, in the order of the game. `winning` is how many of the 2^n coalitions win.

    Where members may abstain, it is how many of 3^n ballots adopt (`abstention`). `within`: None where it is exact.
    """

    members: tuple[PowerOf, ...]
    winning: int | None
    collectivity: float | None
    method: Method
    within: Within | None = None


def power(game: Game, indices: tuple[Index, ...] = INDICES, mode: Mode = "exact") -> Power:
    """The power of each member of a game.

    In the mode `instant` a rule with one weight and many members has Banzhaf within a proved bound (`modes`), and no
    whole numbers; where few members make the exact count as quick, it is exact.

    Raises `TooManyError` for a rule with so many members and weights that no method here counts its coalitions.
    """
    axes = Axes(game=game)
    ways = (
        (_few, _small_table, _kinds, _halves, _one_weight, _lattice)
        if mode == "exact"
        else (_few, _small_table, _kinds, _soon, _bounded)
    )
    for counts in ways:
        found = counts(axes, indices)
        if found is not None:
            return found
    raise TooManyError(_too_many(axes) if mode == "exact" else "the instant mode knows a rule with one weight alone")


def _few(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """By states, where that is done at once."""
    found = by_states(axes.game, _AT_ONCE)
    return None if found is None else _of_counts(axes.game, found, indices, "states")


def _small_table(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """In several variables, where that table is small."""
    if len(axes.weights) != 1 or axes.members > _MANY:
        return None
    from comity.analysis.voting.lattices import by_lattice, plan  # noqa: PLC0415  # compiled when first used

    planned = plan(axes, sized=True)
    if planned is None or planned.cells * planned.words * axes.members > _SMALL:
        return None
    return _of_lattice(axes, by_lattice(axes, planned), indices)


def _of_lattice(axes: Axes, found: "Counted", indices: tuple[Index, ...]) -> Power:
    counts = tuple(BySize(swings=one, winning=found.winning) for one in found.swings)
    return _of_counts(axes.game, counts, indices, "generating function in several variables")


def _kinds(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """By states, where they take less than halves would."""
    if len(axes.game.players) > members_for_halves(axes.game):
        return None
    found = by_states(axes.game, halves_are_worth(axes.game))
    return None if found is None else _of_counts(axes.game, found, indices, "states")


def _halves(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """By halves of the members: one weight, two, or more."""
    if axes.members <= members_for_halves(axes.game):
        return _of_counts(axes.game, by_halves(axes.game), indices, "halves")
    from comity.analysis.voting.quadrants import (  # noqa: PLC0415  # compiled when first used
        by_coalitions,
        by_quadrants,
        members_for_quadrants,
    )

    if axes.members > members_for_quadrants(axes):
        return None
    if len(axes.weights) == _PLANE:
        return _of_counts(axes.game, by_quadrants(axes), indices, "halves")
    return _of_counts(axes.game, by_coalitions(axes), indices, "all coalitions")


def _soon(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """By halves, where that is quicker than anybody reads."""
    return _halves(axes, indices) if axes.members <= _SOON else None


def _bounded(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """By the first modes of the characteristic function."""
    game = axes.game
    if len(game.ways) != 1 or len(game.ways[0]) != 1:
        return None
    from comity.analysis.voting.modes import banzhaf_bounded  # noqa: PLC0415  # loaded when first used

    one = game.thresholds[next(iter(game.ways[0]))]
    if "banzhaf" not in indices or not 1 <= one.quota <= sum(one.weights):
        return _one_weight(axes, indices)
    found = banzhaf_bounded(one.weights, one.quota)
    every = sum(found.absolute)
    weights = _weights(game)
    members = tuple(
        PowerOf(
            actor=player,
            weight=weights.get(player),
            swings=None,
            banzhaf_absolute=absolute,
            banzhaf_normalised=absolute / every if every else 0.0,
            shapley=None,
            prevent=None,
            initiate=None,
        )
        for player, absolute in zip(game.players, found.absolute, strict=True)
    )
    # A share is a quotient of what is off by no more than the error, and a sum of as many as there are members.
    share = min(found.error * (1 + len(members)) / every, 1.0) if every else 1.0
    within = Within(banzhaf_absolute=found.error, banzhaf_normalised=share, collectivity=found.error)
    return Power(
        members=members,
        winning=None,
        collectivity=found.collectivity,
        method="characteristic function",
        within=within,
    )


def _lattice(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """Several conditions, many members."""
    from comity.analysis.voting.lattices import by_lattice, plan  # noqa: PLC0415  # compiled when first used

    for sized in (True, False):
        planned = plan(axes, sized=sized)
        if planned is not None and planned.feasible and (planned.sized or "shapley" not in indices):
            return _of_lattice(axes, by_lattice(axes, planned), indices)
    return None


def memory_needed(game: Game) -> int:
    """Bytes that the exact count takes, where they are many: a rule with counts beside one weight, and many members."""
    axes = Axes(game=game)
    plain = len(game.ways) == 1 and len(game.ways[0]) == 1
    if plain or axes.members <= _MANY or len(axes.weights) == 0:
        return 0
    from comity.analysis.voting.lattices import plan  # noqa: PLC0415  # compiled when first used

    planned = plan(axes, sized=True)
    return 0 if planned is None else planned.cells * planned.words * 8


def _too_many(axes: Axes) -> str:
    return (
        f"{axes.members} members under {len(axes.game.thresholds)} conditions at once, {len(axes.weights)} of them "
        "weighted, are too many to count: it would take hours, or more memory than there is"
    )


def _of_counts(game: Game, counts: tuple[BySize, ...], indices: tuple[Index, ...], method: Method) -> Power:
    n = len(game.players)
    swings = [sum(one.swings) for one in counts]
    winning = counts[0].winning if counts else int(game.wins(tuple(0 for _ in game.thresholds)))
    shapley = [_shapley(one.swings, n) for one in counts] if "shapley" in indices else None
    return _told(game, swings if "banzhaf" in indices else None, winning, shapley, method)


def _shapley(swings: tuple[int, ...], n: int) -> Fraction:
    """From the swings by size of the coalition that is joined: each stands for |S|! (n - 1 - |S|)! orders."""
    orders = sum(count * factorial(size) * factorial(n - 1 - size) for size, count in enumerate(swings))
    return Fraction(orders, factorial(n))


def _one_weight(axes: Axes, indices: tuple[Index, ...]) -> Power | None:
    """A single weight, many members."""
    game = axes.game
    if len(game.ways) != 1 or len(game.ways[0]) != 1:
        return None
    from comity.analysis.voting.counting import pivot_chances, swings_below  # noqa: PLC0415  # compiled when first used

    one = game.thresholds[next(iter(game.ways[0]))]
    total = sum(one.weights)
    if not 1 <= one.quota <= total:
        zero = [0] * len(game.players)
        return _told(
            game, zero, (1 << len(zero)) if one.quota < 1 else 0, [Fraction(0)] * len(zero), "generating function"
        )
    swings = winning = shapley = None
    if "banzhaf" in indices:
        found, winning = swings_below(one.weights, one.quota)
        swings = list(found)
    if "shapley" in indices:
        shapley = [Fraction(part) for part in pivot_chances(one.weights, one.quota)]
    return _told(game, swings, winning, shapley, "generating function")


def _told(
    game: Game, swings: list[int] | None, winning: int | None, shapley: list[Fraction] | None, method: Method
) -> Power:
    n = len(game.players)
    every, total = 1 << n, sum(swings or ())
    weights = _weights(game)

    def part(of: Callable[[int], Fraction | None], at: int) -> float | None:
        found = None if swings is None else of(swings[at])
        return None if found is None else float(found)

    members = tuple(
        PowerOf(
            actor=player,
            weight=weights.get(player),
            swings=None if swings is None else swings[at],
            banzhaf_absolute=part(lambda one: Fraction(one, every // 2), at),
            banzhaf_normalised=part(lambda one: Fraction(one, total) if total else Fraction(0), at),
            shapley=None if shapley is None else float(shapley[at]),
            prevent=part(lambda one: Fraction(one, winning) if winning else None, at),
            initiate=part(lambda one: Fraction(one, every - winning) if winning not in {None, every} else None, at),
        )
        for at, player in enumerate(game.players)
    )
    act = None if winning is None else float(Fraction(winning, every))
    return Power(members=members, winning=winning, collectivity=act, method=method)


def _weights(game: Game) -> Mapping[str, int]:
    """The one weight of the rule that tells members apart, where there is just one."""
    weighted = [one.weights for one in game.thresholds if len(set(one.weights)) > 1]
    return dict(zip(game.players, weighted[0], strict=True)) if len(weighted) == 1 else {}
