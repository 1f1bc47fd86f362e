"""Mixed-integer programs over packages, and what else a question asks about them, solved by HiGHS."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf

import msgspec
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from comity.analysis.packages.offers import Floats, Grid, TooLargeError, Wholes

__all__ = ["SPARES", "Program", "Reached"]

# What a floor is raised by, in parts of what it is about: nothing at first; then HiGHS's tolerance, so that what it
# finds does not miss the floor.
SPARES = (0.0, 1e-6)
# Numbers other than nought that a program may hold: some hundred megabytes.
_MOST = 5_000_000


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Where a program came to: what each variable is (empty: nothing fits, or nothing was found), and its bound."""

    values: Floats
    bound: float
    ended: bool

    @property
    def empty(self) -> bool:
        """Whether there is no answer."""
        return not len(self.values)

    def rows(self, grid: Grid) -> tuple[int, ...]:
        """The row of each issue. There is an answer."""
        held = self.values
        return tuple(first + int(np.argmax(held[first:last])) for first, last in pairwise(grid.starts.tolist()))


class Program:
    """Variables and rows of a program; the first variables are the options of the grid, one an issue."""

    def __init__(self, grid: Grid) -> None:
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[int] = []
        self._cells: list[tuple[Wholes, Floats]] = []
        self._between: list[tuple[float, float]] = []
        self._held = 0
        self.add(len(grid.values), high=1.0, whole=True)
        for first, last in pairwise(grid.starts.tolist()):
            self.row([(np.arange(first, last), np.ones(last - first))], 1.0, 1.0)

    def add(self, count: int, *, low: float = 0.0, high: float = inf, whole: bool = False) -> Wholes:
        """More variables; gives their places."""
        at = len(self._low)
        self._low += [low] * count
        self._high += [high] * count
        self._whole += [int(whole)] * count
        return np.arange(at, at + count)

    def row(
        self, parts: Sequence[tuple[Wholes | Sequence[int], Floats | Sequence[float]]], low: float, high: float = inf
    ) -> None:
        """One more thing that holds: the sum of these variables times these numbers lies between two bounds.

        Raises TooLargeError where the program gets too large to hold.
        """
        places = np.concatenate([np.asarray(place, np.int64) for place, _ in parts])
        self._held += len(places)
        if self._held > _MOST:
            raise TooLargeError(f"the program would hold more than {_MOST:,} numbers: leave out parties, or options")
        self._cells.append((places, np.concatenate([np.asarray(value, float) for _, value in parts])))
        self._between.append((low, high))

    def most(self, objective: Mapping[int, float], seconds: float | None = None) -> Reached:
        """The largest sum of the variables times their numbers."""
        count = len(self._low)
        aim: Floats = np.zeros(count)
        aim[list(objective)] = list(objective.values())
        places = np.repeat(np.arange(len(self._cells)), [len(cell[0]) for cell in self._cells])
        table = coo_array(
            (
                np.concatenate([cell[1] for cell in self._cells]),
                (places, np.concatenate([cell[0] for cell in self._cells])),
            ),
            shape=(len(self._cells), count),
        )
        between = np.array(self._between)
        found = milp(
            -aim,
            constraints=[LinearConstraint(table.tocsr(), between[:, 0], between[:, 1])],
            bounds=Bounds(np.array(self._low), np.array(self._high)),
            integrality=np.array(self._whole),
            options={"mip_rel_gap": 1e-10} | ({"time_limit": seconds} if seconds else {}),
        )
        bound = inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
        values = np.empty(0) if found.x is None else found.x
        return Reached(values=values, bound=bound, ended=found.status in {0, 2})
