"""Precedents: how alike two agreements are, with the reasons; and how long agreements take, as a survival curve.

Likeness is Gower's coefficient: each trait that is known of both gives a part from 0 to 1, and the mean of the parts is
the likeness. A trait that both lack ("no tacit acceptance") says nothing and is left out, as Gower has it for
characters that are only present or absent; sets are compared by Jaccard's coefficient.

Sources: Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27(4).
Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2).
Kaplan, E. L., and Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of the American
Statistical Association 53(282).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import exp, log, sqrt
from typing import Literal

import msgspec

__all__ = [
    "PARTS",
    "TRAITS",
    "Compared",
    "Curve",
    "Likeness",
    "Part",
    "Profile",
    "Step",
    "Trait",
    "Value",
    "alike",
    "closest",
    "jaccard",
    "overlap",
    "survival",
]

Part = Literal["structure", "area", "membership", "date"]
Value = frozenset[str] | str | bool | float
PARTS: Mapping[Part, float] = {"structure": 0.5, "area": 0.25, "membership": 0.15, "date": 0.1}


class Trait(msgspec.Struct, frozen=True, kw_only=True):
    """One trait of agreements.

    `kind` says how two values are compared: `word` (equal or not), `flag` (present or absent), `set` (Jaccard),
    `ratio` (numbers by their ratio: 20 and 40 are as far apart as 1 and 2), `span` (numbers by their difference, in
    parts of `range`).
    """

    part: Part
    kind: Literal["word", "flag", "set", "ratio", "span"]
    range: float = 0.0


def _structure(kind: Literal["word", "flag", "set", "ratio"]) -> Trait:
    return Trait(part="structure", kind=kind)


# What is compared, in the order in which it is told. Delays and waits are in days.
TRAITS: Mapping[str, Trait] = {
    "kind": _structure("word"),
    "rule": _structure("set"),
    "count": _structure("ratio"),
    "share": _structure("ratio"),
    "weight": _structure("word"),
    "named": _structure("flag"),
    "delay": _structure("ratio"),
    "fixed-date": _structure("flag"),
    "not-before": _structure("flag"),
    "tacit": _structure("flag"),
    "provisional": _structure("flag"),
    "binds-all": _structure("flag"),
    "own-parts": _structure("flag"),
    "regional": _structure("flag"),
    "parent": _structure("word"),
    "reservations": _structure("word"),
    "withdrawal": _structure("flag"),
    "notice": _structure("ratio"),
    "wait": _structure("ratio"),
    "window": _structure("flag"),
    "amendments": _structure("flag"),
    "annexes": _structure("flag"),
    "disputes": _structure("flag"),
    "compliance": _structure("flag"),
    "finance": _structure("flag"),
    "depositary": _structure("set"),
    "areas": Trait(part="area", kind="set"),
    "topics": Trait(part="area", kind="set"),
    "reach": Trait(part="membership", kind="word"),
    "parties": Trait(part="membership", kind="set"),
    "year": Trait(part="date", kind="span", range=50.0),
}


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as its traits, by their names in `TRAITS`. What is not known is left out."""

    id: str
    traits: Mapping[str, Value]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One trait that is known of both: how alike, from 0 to 1."""

    trait: str
    alike: float


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """How alike two agreements are, from 0 to 1: in all, by part, and trait by trait."""

    id: str
    score: float
    parts: Mapping[Part, float]
    compared: tuple[Compared, ...]


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of all that either has that both have; 0 where both are empty."""
    return len(one & other) / len(one | other) if one or other else 0.0


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of the smaller set that the larger has too (Szymkiewicz and Simpson); 0 where one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def alike(one: Profile, other: Profile, weights: Mapping[Part, float] = PARTS) -> Likeness:
    """How alike two agreements are: the mean of the traits within each part, and of the parts by their weights.

    A part of which nothing is known of both does not count. Raises ValueError for weights that are negative or all 0.
    """
    if any(weight < 0 for weight in weights.values()) or not any(weights.values()):
        raise ValueError("weights are not negative, and one at the least is above 0")
    compared = tuple(
        Compared(trait=name, alike=found)
        for name, trait in TRAITS.items()
        if (found := _compare(trait, one.traits.get(name), other.traits.get(name))) is not None
    )
    parts: dict[Part, float] = {}
    for part in PARTS:
        own = [each.alike for each in compared if TRAITS[each.trait].part == part]
        if own:
            parts[part] = sum(own) / len(own)
    weighed = sum(weights.get(part, 0.0) for part in parts)
    score = sum(weights.get(part, 0.0) * value for part, value in parts.items()) / weighed if weighed else 0.0
    return Likeness(id=other.id, score=score, parts=parts, compared=compared)


def _compare(trait: Trait, one: Value | None, other: Value | None) -> float | None:
    """How alike two values are; None where one is not known, and where both are absent."""
    if one is None or other is None:
        return None
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return jaccard(one, other) if one or other else None
    if isinstance(one, bool) or isinstance(other, bool):
        return float(one == other) if one or other else None
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _near(trait, float(one), float(other))
    return float(one == other)


def _near(trait: Trait, one: float, other: float) -> float:
    if one == other:
        return 1.0
    if trait.kind == "span":
        return max(0.0, 1.0 - abs(one - other) / trait.range)
    low, high = sorted((one, other))
    # At a ratio of eight, or against nothing at all, two numbers are no longer alike.
    return max(0.0, 1.0 - log(high / low, 8)) if low > 0 else 0.0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From `time` on this part is still waiting; `low` and `high` bound it at 95% (Greenwood, on the log-log scale).

    `at_risk` waited until then, and to `ended` of them it happened at that time.
    """

    time: float
    waiting: float
    low: float
    high: float
    at_risk: int
    ended: int


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """How long it took: a step for each time at which it happened; `median` is None where half were never reached."""

    steps: tuple[Step, ...]
    median: float | None
    number: int
    happened: int


_95 = 1.959963984540054


def survival(durations: Sequence[float], happened: Sequence[bool]) -> Curve:
    """The part still waiting over time, by Kaplan and Meier's product-limit estimate.

    `happened` is False where the wait was cut off by the end of what is known: it is counted as waiting up to then.
    Raises ValueError for lists of different lengths, and for a duration that is negative or no number.
    """
    if len(durations) != len(happened):
        raise ValueError("each duration needs its word on whether it happened")
    if not all(time >= 0 for time in durations):
        raise ValueError("a duration is a number that is not negative")
    pairs = sorted(zip(durations, happened, strict=True))
    waiting, greenwood, at_risk, steps = 1.0, 0.0, len(pairs), []
    for time, group in groupby(pairs, key=lambda pair: pair[0]):
        here = [ended for _, ended in group]
        ended = sum(here)
        if ended:
            waiting *= 1 - ended / at_risk
            greenwood += ended / (at_risk * (at_risk - ended)) if ended < at_risk else 0.0
            low, high = _bounds(waiting, greenwood)
            steps.append(Step(time=time, waiting=waiting, low=low, high=high, at_risk=at_risk, ended=ended))
        at_risk -= len(here)
    # An estimate of one half is one half, whatever the last digit of the product says.
    median = next((step.time for step in steps if step.waiting <= 0.5 + 1e-12), None)
    return Curve(steps=tuple(steps), median=median, number=len(pairs), happened=sum(map(bool, happened)))


def _bounds(waiting: float, greenwood: float) -> tuple[float, float]:
    """A 95% interval that stays within 0 and 1 (Kalbfleisch and Prentice)."""
    if not 0 < waiting < 1:
        return waiting, waiting
    spread = _95 * sqrt(greenwood) / abs(log(waiting))
    return waiting ** exp(spread), waiting ** exp(-spread)


def closest(asked: Profile, others: Iterable[Profile], weights: Mapping[Part, float] = PARTS) -> tuple[Likeness, ...]:
    """All others, the most alike first; of two that are as alike, the one whose id comes first."""
    found = (alike(asked, other, weights) for other in others if other.id != asked.id)
    return tuple(sorted(found, key=lambda one: (-one.score, one.id)))
