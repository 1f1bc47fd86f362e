"""Who prefers which rule by its own share, and which rule is nearest to what all could live with.

Each criterion is stated, for they differ: minimax regret (Savage 1951), the mean of what the rules give, Borda's count
(1784) and the Condorcet winner (1785). Each voter is one State, or as heavy as its population.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.shares.panel import Vector
from comity.analysis.shares.sharing import Kind

__all__ = ["CRITERIA", "Choice", "Pair", "Preferences", "preferences"]

# Shares nearer to one another than this are the same to whoever has them.
_SAME = 1e-9
CRITERIA = ("least-regret", "least-regret-of-own", "nearest-to-mean", "borda", "condorcet")
Voters = Literal["states", "population"]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """How many prefer one rule to another, and the other to it; `people` are parts of all people, None if unknown."""

    one: str
    other: str
    states: tuple[int, int]
    people: tuple[float, float] | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a criterion says: a score a rule, and the best (all of equal score; none where no Condorcet winner is)."""

    criterion: str
    voters: Voters
    scores: Mapping[str, float]
    best: tuple[str, ...]
    lower_is_better: bool


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """Rankings (best first, rules of one share together) in the order of the actors, pairs, and choices."""

    rankings: tuple[tuple[tuple[str, ...], ...], ...]
    pairs: tuple[Pair, ...]
    choices: tuple[Choice, ...]


def preferences(
    rules: tuple[str, ...], shares: NDArray[np.float64], kind: Kind, people: Vector | None = None
) -> Preferences:
    """What follows from shares, a row a rule and a column an actor.

    Whoever is to have a share wants the most of a benefit, and the least of a burden; nothing else is asked.
    """
    gain = shares if kind == "benefit" else -shares
    voters: dict[Voters, Vector] = {"states": np.full(shares.shape[1], 1 / shares.shape[1])}
    if people is not None:
        voters["population"] = people / people.sum()
    wins = np.array([[_better(gain, a, b) for b in range(len(rules))] for a in range(len(rules))])
    pairs = tuple(
        Pair(
            one=rules[a],
            other=rules[b],
            states=(int(wins[a, b].sum()), int(wins[b, a].sum())),
            people=None
            if people is None
            else (float(wins[a, b] @ voters["population"]), float(wins[b, a] @ voters["population"])),
        )
        for a in range(len(rules))
        for b in range(a + 1, len(rules))
    )
    choices = tuple(one for name, weight in voters.items() for one in _choices(rules, gain, shares, wins, name, weight))
    return Preferences(rankings=tuple(_ranking(rules, column) for column in gain.T), pairs=pairs, choices=choices)


def _better(gain: NDArray[np.float64], one: int, other: int) -> NDArray[np.bool_]:
    return np.asarray(gain[one] - gain[other] > _SAME, dtype=np.bool_)


def _ranking(rules: tuple[str, ...], gain: Vector) -> tuple[tuple[str, ...], ...]:
    order = sorted(range(len(rules)), key=lambda at: (-gain[at], at))
    found: list[list[int]] = []
    for at in order:
        if found and gain[found[-1][0]] - gain[at] <= _SAME:
            found[-1].append(at)
        else:
            found.append([at])
    return tuple(tuple(rules[at] for at in sorted(group)) for group in found)


def _choices(  # what the criteria are of
    rules: tuple[str, ...],
    gain: NDArray[np.float64],
    shares: NDArray[np.float64],
    wins: NDArray[np.bool_],
    voters: Voters,
    weight: Vector,
) -> tuple[Choice, ...]:
    def choice(criterion: str, scores: Vector, best: tuple[str, ...] | None = None, *, low: bool) -> Choice:
        edge = scores.min() if low else scores.max()
        found = tuple(rule for rule, score in zip(rules, scores, strict=True) if abs(score - edge) <= _SAME)
        named = {rule: float(score) for rule, score in zip(rules, scores, strict=True)}
        return Choice(
            criterion=criterion,
            voters=voters,
            scores=named,
            best=found if best is None else best,
            lower_is_better=low,
        )

    points = (wins @ weight).sum(axis=1) + ((~wins & ~wins.transpose(1, 0, 2)) @ weight).sum(axis=1) / 2 - 0.5
    margins = wins @ weight - (wins @ weight).T
    beats = (margins > _SAME) | np.eye(len(rules), dtype=bool)
    winner = tuple(rule for rule, row in zip(rules, beats, strict=True) if row.all())
    voted = (
        choice("borda", points, low=False),
        choice("condorcet", (beats.sum(axis=1) - 1).astype(np.float64), winner, low=False),
    )
    if voters == "population":
        return voted
    regret = gain.max(axis=0) - gain
    own = np.abs(shares).mean(axis=0)
    relative = np.divide(regret, own, out=np.zeros_like(regret), where=own > 0)
    distance = np.abs(shares - shares.mean(axis=0)).sum(axis=1) / 2
    return (
        choice("least-regret", regret.max(axis=1), low=True),
        choice("least-regret-of-own", relative.max(axis=1), low=True),
        choice("nearest-to-mean", distance, low=True),
        *voted,
    )
