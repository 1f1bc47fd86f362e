"""The best package by an idea of fairness, with a proved bound.

- Nash (1950; weighted: Kalai 1977) maximises Σ w · ln(u - d), where d is a party's disagreement point;
- Kalai–Smorodinsky (1975) maximises the least part (u - d) / (ideal - d), where a party's ideal is the best it has from
  any acceptable package;
- egalitarian maximises the least gain u - d, and among equals that of the next worst off, as far as they can be looked
  through; leximin (Sen, 1970) does so to the end, or says that it did not;
- utilitarian maximises Σ w · u.
"""

from math import fsum, log
from time import monotonic
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from comity.analysis.packages.branching import STRICT, TIES, TO_THE_END, Found, Progress, search
from comity.analysis.packages.conflicts import conflicts
from comity.analysis.packages.offers import Deal, Floats, Grid, Offer, UnsettledError, checked, grid
from comity.analysis.packages.programs import most

__all__ = ["SOLUTIONS", "Solution", "solve"]

Solution = Literal["nash", "kalai-smorodinsky", "egalitarian", "leximin", "utilitarian"]
SOLUTIONS: tuple[Solution, ...] = ("nash", "kalai-smorodinsky", "egalitarian", "leximin", "utilitarian")
# How close bound and objective must be for a solution to count as proved, by the larger of one and the objective.
PROVED = 1e-9
_SLACK = 1e-14


def solve(offer: Offer, solution: Solution, *, seconds: float | None = None, progress: Progress = None) -> Deal:
    """The best package by an idea of fairness; ties fall the same way each time.

    With `seconds` the search stops after about so long with the best it has. Raises ValueError for an offer that cannot
    be reckoned with (`checked`), TooLargeError, and UnsettledError where in that time nothing was found or
    excluded.
    """
    table = grid(checked(offer))
    low, weights = np.array(offer.disagreement), np.array(offer.weights)
    weights[len(weights) - offer.guards :] = 0.0
    run = _Run(offer, table, low, weights, seconds, progress)
    match solution:
        case "nash":
            return run.nash()
        case "utilitarian":
            return run.sum()
        case "egalitarian" | "leximin":
            return run.least(np.ones(len(low)), to_the_end=solution == "leximin", counted=run.chief)
        case "kalai-smorodinsky":
            return run.parts()


class _Run:
    """One question about one offer, and until when it may take."""

    def __init__(  # what every solution needs
        self, offer: Offer, table: Grid, low: Floats, weights: Floats, seconds: float | None, progress: Progress
    ) -> None:
        self.offer, self.table, self.low, self.weights, self.progress = offer, table, low, weights, progress
        self.end = None if seconds is None else monotonic() + seconds
        self.most: Floats = np.maximum.reduceat(table.values, table.starts[:-1], axis=0).sum(axis=0) - low
        size = np.maximum.reduceat(np.abs(table.values), table.starts[:-1], axis=0).sum(axis=0)
        self.chief = np.arange(len(low)) < len(low) - offer.guards
        self.slack: Floats = np.maximum(_SLACK * np.maximum(np.abs(low), size), 1e-290)

    def left(self) -> float | None:
        """Seconds that are left."""
        return None if self.end is None else max(self.end - monotonic(), 0.01)

    def deal(self, rows: tuple[int, ...], objective: float, bound: float, *, proved: bool) -> Deal:
        bound = max(bound, objective)
        choice = self.table.choice(rows)
        return Deal(
            choice=choice,
            utility=self.offer.worth(choice),
            objective=objective,
            bound=bound,
            status="optimal" if proved else "feasible",
        )

    def gains(self, rows: tuple[int, ...]) -> Floats:
        return np.array(self.offer.worth(self.table.choice(rows))) - self.low

    def nothing(self, *, strict: Floats | None = None) -> Deal:
        """No agreement, and who cannot be satisfied together; `strict` are those for whom their floor is too little."""
        low = self.low if strict is None else self.low + strict
        found = tuple(tuple(self.offer.parties[at] for at in one) for one in conflicts(self.table, low))
        return Deal(choice=None, utility=(), objective=None, bound=None, status="no-agreement", conflict=found)

    def scaled(self, scale: Floats) -> Grid:
        values = np.ascontiguousarray(self.table.values / scale)
        return Grid(values=values, starts=self.table.starts, groups=self.table.groups, picks=self.table.picks)

    def searched(self, scale: Floats, weight: Floats, aim: Literal["product", "least"], ties: int = 0) -> Found | None:
        """A search in parts of `scale`; None where there is nothing to find. Raises UnsettledError."""
        found = search(
            self.scaled(scale),
            (self.low - np.where((weight > 0) & (aim == "product"), 0.0, self.slack)) / scale,
            weight,
            aim=aim,
            seconds=self.left(),
            ties=ties,
            progress=self.progress,
        )
        if found.rows:
            return found
        if found.told:
            return None
        raise UnsettledError("in the time given no package was found that all accept, and none was excluded")

    def nash(self) -> Deal:
        """The largest Σ weight · ln(gain)."""
        counted = self.weights > 0
        if not counted.any():
            raise ValueError("at least one weight is more than 0")
        scale = np.maximum(self.most, 2 * self.slack / STRICT)
        strict = np.where(counted, STRICT * scale, 0.0)
        found = None
        if (self.most >= strict - self.slack).all():
            found = self.searched(scale, self.weights / self.weights.max(), "product")
        if found is None:
            return self.nothing(strict=strict)
        gains = self.gains(found.rows)
        largest = float(self.weights.max())
        own = [(float(weight), float(gain)) for weight, gain in zip(self.weights, gains, strict=True) if weight > 0]
        objective = fsum(weight * log(gain) for weight, gain in own)
        shift = fsum(
            weight * log(size) for weight, size in zip(self.weights.tolist(), scale.tolist(), strict=True) if weight > 0
        )
        return self.deal(found.rows, objective, found.bound * largest + shift, proved=found.proved)

    def sum(self) -> Deal:
        """The largest Σ weight · utility."""
        found = most(self.table, self.low, self.table.values @ self.weights, self.left())
        if not found.rows:
            return self.none(ended=found.ended)
        worth = self.offer.worth(self.table.choice(found.rows))
        objective = fsum(weight * value for weight, value in zip(self.weights.tolist(), worth, strict=True))
        proved = found.bound - objective <= PROVED * max(1.0, abs(objective))
        return self.deal(found.rows, objective, found.bound, proved=proved)

    def none(self, *, ended: bool) -> Deal:
        if not ended:
            raise UnsettledError("in the time given no package was found that all accept, and none was excluded")
        return self.nothing()

    def least(self, scale: Floats, *, to_the_end: bool = False, counted: NDArray[np.bool_] | None = None) -> Deal:
        """The largest least gain by `scale`, over those who are counted: who can gain nothing is not."""
        counts = np.ones(len(scale), bool) if counted is None else counted
        if (self.most < -self.slack).any():
            return self.nothing()
        parts = (self.most / scale)[counts]
        size = scale * (max(float(parts.min()), 0.01 * float(parts.max()), 0.0) or 1.0)
        size = np.where(counts, size, np.maximum(self.most, 1.0))
        ties = TO_THE_END if to_the_end else TIES
        found = self.searched(size, counts.astype(float), "least", ties)
        if found is None:
            return self.nothing()
        factor = float((size / scale)[counts][0])
        objective = float((self.gains(found.rows) / scale)[counts].min())
        return self.deal(found.rows, objective, found.bound * factor, proved=found.told if to_the_end else found.proved)

    def parts(self) -> Deal:
        """The largest least part of what each could gain at best."""
        gains: list[float] = []
        for column in self.table.values.T[self.chief]:
            best = most(self.table, self.low, column, self.left())
            if not best.rows:
                return self.none(ended=best.ended)
            gains.append(float(self.gains(best.rows)[len(gains)]))
            if best.bound - (gains[-1] + self.low[len(gains) - 1]) > PROVED * max(1.0, abs(best.bound)):
                raise UnsettledError("in the time given the best that a party could have was not settled")
        ideal = np.array([*gains, *(0.0 for _ in range(self.offer.guards))])
        counted = ideal > np.maximum(2 * self.slack, 1e-9 * np.abs(self.most))
        if counted.any():
            return self.least(np.where(counted, ideal, 1.0), counted=counted)
        found = most(self.table, self.low, self.table.values[:, self.chief].sum(axis=1), self.left())
        return self.deal(found.rows, 0.0, 0.0, proved=True)
