"""Best sums over packages that nobody loses from, as mixed-integer programs solved by HiGHS."""

from itertools import pairwise
from math import inf

import msgspec
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from comity.analysis.packages.offers import Floats, Grid

__all__ = ["Best", "most"]

# How far HiGHS may miss a floor, by its manual, and how far a package that is kept may.
_MISSES, _FLOOR = 1e-6, 1e-12


class Best(msgspec.Struct, frozen=True, kw_only=True):
    """A best sum: the rows of its package (empty: none is acceptable, or none was found in time) and a bound."""

    rows: tuple[int, ...]
    bound: float
    ended: bool


def most(grid: Grid, low: Floats, objective: Floats, seconds: float | None = None) -> Best:
    """The package with the largest sum of `objective`, a number an option, among those from which nobody loses."""
    separate = tuple(
        int(first + np.lexsort((-grid.values[first:last].sum(axis=1), -objective[first:last]))[0])
        for first, last in pairwise(grid.starts.tolist())
    )
    if _acceptable(grid, low, separate):
        return Best(rows=separate, bound=float(objective[list(separate)].sum()), ended=True)
    scale = np.maximum(np.abs(grid.values).max(axis=0), 1e-300)
    picks = np.zeros((len(grid.starts) - 1, len(objective)))
    for at, (first, last) in enumerate(pairwise(grid.starts.tolist())):
        picks[at, first:last] = 1
    options = {"mip_rel_gap": 1e-10} | ({"time_limit": seconds} if seconds else {})
    bound = inf
    for spare in (-_FLOOR, _MISSES):
        # What HiGHS finds may miss a floor by its tolerance: then it is asked again for packages that clearly do not,
        # and the bound stays the first.
        found = milp(
            -objective,
            constraints=[
                LinearConstraint(csr_array(picks), 1, 1),
                LinearConstraint(csr_array(grid.values.T / scale[:, None]), low / scale + spare, inf),
            ],
            bounds=Bounds(0, 1),
            integrality=np.ones(len(objective)),
            options=options,
        )
        if bound == inf and found.mip_dual_bound is not None:
            bound = -float(found.mip_dual_bound)
        ended = found.status in {0, 2}
        if found.x is None:
            return Best(rows=(), bound=bound, ended=ended)
        rows = tuple(first + int(np.argmax(found.x[first:last])) for first, last in pairwise(grid.starts.tolist()))
        if _acceptable(grid, low, rows):
            return Best(rows=rows, bound=max(bound, float(objective[list(rows)].sum())), ended=ended)
    return Best(rows=(), bound=bound, ended=False)


def _acceptable(grid: Grid, low: Floats, rows: tuple[int, ...]) -> bool:
    scale = np.maximum(np.abs(low), np.abs(grid.values).max(axis=0))
    return bool((grid.values[list(rows)].sum(axis=0) >= low - _FLOOR * scale).all())
