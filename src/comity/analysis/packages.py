"""Package deals over several issues: what could be agreed, what is best by which idea of fairness, and with what proof.

Parties value options issue by issue; a package picks one option an issue, and a party's utility is the sum. It is
acceptable when no party falls below its disagreement point d. Among acceptable packages:

- Nash (1950; weighted: Kalai 1977) maximises Σ w · ln(u - d);
- Kalai–Smorodinsky (1975) maximises the least part (u - d) / (ideal - d), where a party's ideal is the best it has from
  any acceptable package;
- egalitarian maximises the least gain u - d; utilitarian maximises Σ w · u;
- the Pareto front is every utility vector that no other acceptable package betters.

Best packages are mixed-integer programs, solved by HiGHS with a proved bound. Nash is solved by outer approximation:
the logarithm lies below its tangents, so a program with tangents bounds it from above, and what it picks from below
(Duran and Grossmann, 1986). Tangents begin at the best lottery over packages. Fronts are exact for additive values:
fronts of issues are added up one by one, and what is bettered on the way stays bettered whatever follows.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from math import inf
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

__all__ = ["SOLUTIONS", "Deal", "Offer", "Package", "Solution", "front", "solve"]

Solution = Literal["nash", "kalai-smorodinsky", "egalitarian", "utilitarian"]
SOLUTIONS: tuple[Solution, ...] = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")
Floats = NDArray[np.float64]

# How close bound and objective must be for a solution to count as proved, and how often tangents are added.
_PROVED = 1e-9
_TURNS = 60
# A gain below this is none.
_LEAST = 1e-9
# Parties in a conflict that all sets are looked at for; and vectors that a front may hold.
_SMALL = 3
_LONGEST = 200_000


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the table. `utility[p][i][o]` is what party p has from option o of issue i."""

    parties: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    utility: tuple[tuple[tuple[float, ...], ...], ...]
    disagreement: tuple[float, ...]
    weights: tuple[float, ...]


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """A solution. `choice` is an option's number an issue, None where there is no agreement.

    No package is better than `bound`; `status` is optimal where the objective reaches it. `conflict` are smallest sets
    of parties that cannot all be satisfied together, where not all can.
    """

    choice: tuple[int, ...] | None
    utility: tuple[float, ...]
    objective: float | None
    bound: float | None
    status: Literal["optimal", "feasible", "no-agreement"]
    conflict: tuple[tuple[str, ...], ...] = ()


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A package of the Pareto front, and what each party has from it."""

    choice: tuple[int, ...]
    utility: tuple[float, ...]


class _Program:
    """The offer as a program: a variable an option, one option an issue; `values` gives utilities as rows."""

    def __init__(self, offer: Offer, seconds: float | None) -> None:
        self.offer, self.seconds = offer, seconds
        self.n = sum(map(len, offer.options))
        rows = [[value for issue in party for value in issue] for party in offer.utility]
        self.values: Floats = np.array(rows, float).reshape(len(offer.parties), self.n)
        starts = np.cumsum([0, *map(len, offer.options)])
        picks = np.zeros((len(offer.issues), self.n))
        for at, (first, last) in enumerate(pairwise(starts)):
            picks[at, first:last] = 1
        self.starts, self.picks = starts, csr_array(picks)
        self.low = np.array(offer.disagreement, float)

    def choice(self, x: Floats) -> tuple[int, ...]:
        """The option picked of each issue."""
        return tuple(int(np.argmax(x[first:last])) for first, last in pairwise(self.starts))

    def utility(self, choice: Sequence[int]) -> Floats:
        """What each party has from a package."""
        chosen = [int(start) + option for start, option in zip(self.starts, choice, strict=False)]
        found: Floats = self.values[:, chosen].sum(axis=1)
        return found

    def best(
        self,
        objective: Floats,
        rows: Floats | None = None,
        above: Floats | None = None,
        *,
        extra: int = 0,
        whole: bool = True,
        floor: Sequence[int] | None = None,
    ) -> tuple[Floats, float] | None:
        """Maximise `objective` over packages and `extra` free variables, `rows` lying at or above `above`.

        `floor` are the parties that must reach their disagreement point (left out: all). None where nothing fits. Gives
        the variables, and an upper bound of the objective.
        """
        parties = range(len(self.low)) if floor is None else floor
        bounds = [LinearConstraint(hstack([self.picks, csr_array((self.picks.shape[0], extra))]), 1, 1)]
        own = hstack([csr_array(self.values[list(parties)]), csr_array((len(parties), extra))])
        if len(parties):
            bounds.append(LinearConstraint(own, self.low[list(parties)] - 1e-12, inf))
        if rows is not None:
            bounds.append(LinearConstraint(csr_array(rows), above, inf))
        free = np.concatenate([np.zeros(self.n), np.full(extra, -inf)])
        most = np.concatenate([np.ones(self.n), np.full(extra, inf)])
        integrality = np.concatenate([np.full(self.n, int(whole)), np.zeros(extra)])
        options = {"mip_rel_gap": 1e-10} | ({"time_limit": self.seconds} if self.seconds else {})
        found = milp(
            -objective, constraints=bounds, bounds=Bounds(free, most), integrality=integrality, options=options
        )
        if found.x is None:
            return None
        bound = found.mip_dual_bound if whole and found.mip_dual_bound is not None else found.fun
        return np.asarray(found.x, float), -float(bound)


def solve(offer: Offer, solution: Solution, *, seconds: float | None = None) -> Deal:
    """The best package by an idea of fairness, with a proved bound.

    With `seconds` each program stops after that long with the best it has. Raises ValueError for an offer without
    parties or issues, an issue without options, or a value that is no number.
    """
    _check(offer)
    program = _Program(offer, seconds)
    if program.best(np.zeros(program.n)) is None:
        return _nothing(program, strict=False)
    match solution:
        case "nash":
            return _nash(program)
        case "utilitarian":
            return _least_or_sum(program, np.array(offer.weights) @ program.values)
        case "egalitarian":
            return _least(program, np.ones(len(offer.parties)))
        case "kalai-smorodinsky":
            return _least(program, _ideal(program) - program.low)


def _check(offer: Offer) -> None:
    if not offer.parties or not offer.issues or not all(offer.options):
        raise ValueError("an offer has parties and issues, and each issue has options")
    numbers = [value for party in offer.utility for issue in party for value in issue]
    if not np.isfinite([*numbers, *offer.disagreement, *offer.weights]).all() or min(offer.weights) < 0:
        raise ValueError("values, disagreement points and weights are finite numbers, and no weight is negative")


def _deal(program: _Program, choice: tuple[int, ...], objective: float, bound: float) -> Deal:
    bound = max(bound, objective)
    proved = bound - objective <= _PROVED * max(1.0, abs(objective))
    return Deal(
        choice=choice,
        utility=tuple(program.utility(choice).tolist()),
        objective=objective,
        bound=bound,
        status="optimal" if proved else "feasible",
    )


def _least_or_sum(program: _Program, objective: Floats) -> Deal:
    found = program.best(objective)
    if found is None:
        return _nothing(program, strict=False)
    choice = program.choice(found[0])
    return _deal(program, choice, float(np.array(program.offer.weights) @ program.utility(choice)), found[1])


def _ideal(program: _Program) -> Floats:
    """What each party has from the acceptable package that is best for it."""
    found = [program.best(row) for row in program.values]
    return np.array([program.utility(program.choice(one[0]))[at] for at, one in enumerate(found) if one is not None])


def _least(program: _Program, scale: Floats) -> Deal:
    """Maximise the least gain by scale; among equals, more for all together. Who can gain nothing is left out."""
    counted = [at for at, size in enumerate(scale) if size > _LEAST]
    if not counted:
        found = program.best(program.values.sum(axis=0))
        return _nothing(program, strict=False) if found is None else _deal(program, program.choice(found[0]), 0.0, 0.0)
    rows = np.hstack([program.values[counted] / scale[counted, None], -np.ones((len(counted), 1))])
    above = program.low[counted] / scale[counted]
    objective = np.concatenate([np.zeros(program.n), [1.0]])
    found = program.best(objective, rows, above, extra=1)
    if found is None:
        return _nothing(program, strict=False)

    def least(choice: tuple[int, ...]) -> float:
        return float(((program.utility(choice) - program.low)[counted] / scale[counted]).min())

    choice = program.choice(found[0])
    reached = least(choice)
    # Many packages share the least gain: the one with most for all together is no worse for anybody who is worst off.
    together = program.best(program.values[counted].sum(axis=0), rows[:, :-1], above + reached - 1e-12)
    if together is not None and least(program.choice(together[0])) >= reached - 1e-12:
        choice = program.choice(together[0])
    return _deal(program, choice, least(choice), found[1])


def _nash(program: _Program) -> Deal:
    """Maximise Σ w ln(u - d) by outer approximation."""
    weights = np.array(program.offer.weights)
    counted = [at for at, weight in enumerate(weights) if weight > 0]
    values, low, own = program.values[counted], program.low[counted], weights[counted]
    start = _some_gain(program, counted)
    if start is None:
        return _nothing(program, strict=True)
    best, objective = start, float(own @ np.log(program.utility(start)[counted] - low))
    tangents = [values @ _indicator(program, start) - low]
    bound = inf
    for whole in (False, True):
        for _ in range(_TURNS):
            found = _touched(program, (values, low, own), tangents, whole=whole)
            if found is None:
                break
            gains, x, above = found
            if whole:
                bound = min(bound, above)
                choice = program.choice(x)
                gains = values @ _indicator(program, choice) - low
                if (gains > _LEAST).all() and (reached := float(own @ np.log(gains))) > objective:
                    best, objective = choice, reached
            if above - (objective if whole else float(own @ np.log(np.maximum(gains, _LEAST)))) <= _PROVED:
                break
            tangents.append(np.maximum(gains, _LEAST))
    return _deal(program, best, objective, bound)


def _indicator(program: _Program, choice: Sequence[int]) -> Floats:
    x = np.zeros(program.n)
    x[[int(start) + option for start, option in zip(program.starts, choice, strict=False)]] = 1
    return x


def _some_gain(program: _Program, counted: list[int]) -> tuple[int, ...] | None:
    """A package from which everybody who counts gains something, the worst off as much as can be."""
    rows = np.hstack([program.values[counted], -np.ones((len(counted), 1))])
    found = program.best(np.concatenate([np.zeros(program.n), [1.0]]), rows, program.low[counted], extra=1)
    choice = None if found is None else program.choice(found[0])
    if choice is None or ((program.utility(choice) - program.low)[counted] <= _LEAST).any():
        return None
    return choice


def _touched(
    program: _Program, own: tuple[Floats, Floats, Floats], tangents: Sequence[Floats], *, whole: bool
) -> tuple[Floats, Floats, float] | None:
    """The best package, or lottery, where each logarithm is replaced by the lowest of its tangents."""
    values, low, weights = own
    k = len(values)
    rows, above = [], []
    for gains in tangents:
        # t ≤ ln g + (u - d - g) / g
        rows.append(np.hstack([values / gains[:, None], -np.eye(k)]))
        above.append(low / gains + 1 - np.log(gains))
    objective = np.concatenate([np.zeros(program.n), weights])
    found = program.best(objective, np.vstack(rows), np.concatenate(above), extra=k, whole=whole)
    if found is None:
        return None
    x = found[0][: program.n]
    return values @ x - low, x, found[1]


def _nothing(program: _Program, *, strict: bool) -> Deal:
    return Deal(
        choice=None,
        utility=(),
        objective=None,
        bound=None,
        status="no-agreement",
        conflict=tuple(_conflicts(program, strict=strict)),
    )


def _conflicts(program: _Program, *, strict: bool) -> Iterator[tuple[str, ...]]:
    """The smallest sets of parties that no package satisfies together: all of up to three, or else one."""
    parties = program.offer.parties
    everyone = range(len(parties))
    for size in range(1, _SMALL + 1):
        found = [one for one in combinations(everyone, size) if not _together(program, one, strict=strict)]
        if found:
            yield from (tuple(parties[at] for at in one) for one in found)
            return
    left = list(everyone)
    for at in everyone:  # a set from which nobody can be taken (a deletion filter)
        without = [one for one in left if one != at]
        if not _together(program, without, strict=strict):
            left = without
    yield tuple(parties[at] for at in left)


def _together(program: _Program, chosen: Sequence[int], *, strict: bool) -> bool:
    if not strict:
        return program.best(np.zeros(program.n), floor=chosen) is not None
    rows = np.hstack([program.values[list(chosen)], -np.ones((len(chosen), 1))])
    objective = np.concatenate([np.zeros(program.n), [1.0]])
    found = program.best(objective, rows, program.low[list(chosen)], extra=1, floor=chosen)
    return found is not None and found[1] > _LEAST


def front(offer: Offer) -> tuple[Package, ...]:
    """The Pareto front of acceptable packages, exactly, by what the first party has, most first.

    Of packages with the same utilities the first in order of options stands for all. Raises ValueError as `solve`, and
    where the front grows beyond what can be held.
    """
    _check(offer)
    values = [np.array([party[at] for party in offer.utility], float).T for at in range(len(offer.issues))]
    points = np.zeros((1, len(offer.parties)))
    picks = np.zeros((1, 0), np.int16)
    for own in values:
        points = (points[:, None, :] + own[None, :, :]).reshape(-1, points.shape[1])
        options = np.tile(np.arange(len(own), dtype=np.int16), len(picks))
        picks = np.hstack([np.repeat(picks, len(own), axis=0), options[:, None]])
        kept = _unbettered(points)
        points, picks = points[kept], picks[kept]
        if len(points) > _LONGEST:
            raise ValueError(f"the front has more than {_LONGEST:,} packages: put parties or issues together")
    fine = (points >= np.array(offer.disagreement) - 1e-12).all(axis=1)
    found = [
        Package(choice=tuple(pick.tolist()), utility=tuple(point.tolist()))
        for point, pick in zip(points[fine], picks[fine], strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (tuple(-value for value in one.utility), one.choice)))


def _unbettered(points: Floats) -> NDArray[np.intp]:
    """The rows that no other row betters, in lexicographic order; of equal rows the first."""
    order = np.lexsort(tuple(-points[:, at] for at in reversed(range(points.shape[1]))))
    ranked = points[order]
    if points.shape[1] == 1:
        return order[:1]
    if points.shape[1] == 2:  # noqa: PLR2004  # in the plane one pass over the sorted points is enough
        highest = np.maximum.accumulate(ranked[:, 1])
        kept = np.concatenate([[True], ranked[1:, 1] > highest[:-1]])
        found: NDArray[np.intp] = order[kept]
        return found
    front_rows: list[int] = []
    best = np.empty((0, points.shape[1]))
    for at, row in enumerate(ranked):
        if not len(best) or not (best >= row).all(axis=1).any():
            front_rows.append(at)
            best = ranked[front_rows]
    return order[front_rows]
