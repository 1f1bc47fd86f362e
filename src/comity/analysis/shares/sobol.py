"""How much each choice within a rule moves each actor's share: Sobol indices.

Sobol (2001), sampled and estimated after Saltelli et al. (2010) by SALib (Herman and Usher 2017): of the variance of a
share, the part that one choice explains by itself (first order) and with all others (total), each with the half-width
of its 95% bootstrap interval. Choices are uniform between their bounds, and independent.
"""

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module

import msgspec
import numpy as np

from comity.analysis.shares.panel import Vector

__all__ = ["Influence", "Range", "Sensitivity", "Varied", "runs", "sobol"]

_FLAT = 1e-12


class Varied(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A choice that is varied from low to high: a rule's parameter, or the weight of a part (`parts.ID`)."""

    rule: str
    parameter: str
    low: float
    high: float

    @property
    def name(self) -> str:
        """What the choice is called in answers."""
        return f"{self.rule}.{self.parameter}"


class Influence(msgspec.Struct, frozen=True, kw_only=True):
    """Of the variance of an actor's share, the part that a choice explains; None where the share does not vary."""

    actor: str
    choice: str
    first: float | None
    first_error: float | None
    total: float | None
    total_error: float | None


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Between which shares 90% of the runs lie, and their mean."""

    actor: str
    low: float
    mean: float
    high: float


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """What varies a rule's shares. `widest` is the widest half-interval: what is smaller is not told apart."""

    rule: str
    influences: tuple[Influence, ...]
    ranges: tuple[Range, ...]
    runs: int
    seed: int
    widest: float


def runs(choices: int, samples: int) -> int:
    """How often the shares are worked out."""
    return samples * (choices + 2)


def sobol(  # noqa: PLR0913  # what a run depends on
    rule: str,
    actors: Sequence[str],
    choices: Sequence[Varied],
    evaluate: Callable[[Sequence[float]], Vector],
    *,
    samples: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """The indices of one rule's shares; `samples` is a power of 2. Needs the extra `sensitivity`."""
    sample, analyze = import_module("SALib.sample.sobol").sample, import_module("SALib.analyze.sobol").analyze
    names = [one.name for one in choices]
    problem = {"num_vars": len(names), "names": names, "bounds": [[one.low, one.high] for one in choices]}
    drawn = sample(problem, samples, calc_second_order=False, seed=seed)
    found = np.empty((len(drawn), len(actors)))
    for at, values in enumerate(drawn):
        found[at] = evaluate([float(value) for value in values])
        if progress is not None:
            progress(at + 1, len(drawn))
    influences: list[Influence] = []
    widest = 0.0
    for at, actor in enumerate(actors):
        column = found[:, at]
        if column.std() <= _FLAT * max(1.0, abs(column.mean())):
            influences += [_told(actor, name, None) for name in names]
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where one choice alone does nothing
            said = analyze(problem, column, calc_second_order=False, seed=seed, conf_level=0.95)
        for place, name in enumerate(names):
            four = tuple(float(said[key][place]) for key in ("S1", "S1_conf", "ST", "ST_conf"))
            widest = max(widest, four[1], four[3])
            influences.append(_told(actor, name, four))
    low, high = np.quantile(found, [0.05, 0.95], axis=0)
    ranges = tuple(
        Range(actor=actor, low=float(low[at]), mean=float(found[:, at].mean()), high=float(high[at]))
        for at, actor in enumerate(actors)
    )
    return Sensitivity(
        rule=rule, influences=tuple(influences), ranges=ranges, runs=len(drawn), seed=seed, widest=widest
    )


def _told(actor: str, choice: str, four: tuple[float, ...] | None) -> Influence:
    first, first_error, total, total_error = four or (None,) * 4
    return Influence(
        actor=actor, choice=choice, first=first, first_error=first_error, total=total, total_error=total_error
    )
