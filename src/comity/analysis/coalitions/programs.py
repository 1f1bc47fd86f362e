"""Stable coalitions of more players than can be walked through, by integer programming.

Where a gain from joining is linear in who else is in, stability is a set of linear conditions on x ∈ {0, 1}^n:

    a_k + Σ_j B_kj x_j ≥ -L_k (1 - x_k)        a member does not gain by leaving (L_k: the most it could lose)
    a_k + Σ_j B_kj x_j ≤  U_k x_k              an outsider does not gain by joining (U_k: the most it could gain)

Players whose answer does not depend on the others', or on those whose answer is known, are settled first in exact
numbers (so a unique stable club is often proved without a program). HiGHS then looks for a solution (the most, or the
fewest, members first); each found is held against exact numbers and excluded by a cut that every other coalition
satisfies (Balas and Jeroslow 1972), until none is left. The conditions are loosened by more than the tolerance of the
solver, so that none that is exactly stable is cut off: "no other" is a proof as far as the solver's search is right.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal

import msgspec

from comity.analysis.coalitions.clubs import LinearGains

__all__ = ["MOST_PROGRAM", "Found", "search_stable"]

MOST_PROGRAM = 250
# Conditions are scaled so that the largest part of each is 1; a solver meets them within 1e-7.
_LOOSE, _TOLERANCE = 1e-6, 1e-7


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The stable coalitions that were found, and whether they are all.

    `settled` of the players were in or out in every stable coalition for reasons shown in exact numbers; `programs` is
    how many programs the solver answered. `complete` is False where `most` were found or time ran out.
    """

    stable: tuple[tuple[str, ...], ...]
    complete: bool
    settled: int
    programs: int


def search_stable(
    gains: LinearGains,
    *,
    most: int = 20,
    seconds: float | None = None,
    first: Literal["largest", "smallest"] = "largest",
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Up to `most` stable coalitions of a threshold game, and whether there are others.

    Whoever is exactly indifferent stays where they are. `seconds` ends the search. Raises ValueError for more players
    than `MOST_PROGRAM`.
    """
    n = len(gains.players)
    if n > MOST_PROGRAM:
        raise ValueError(f"{n} players are too many for an integer program; {MOST_PROGRAM} is the most")
    fixed = _settled(gains)
    free = [k for k in range(n) if fixed[k] is None]
    if not free:
        members = tuple(k for k in range(n) if fixed[k])
        stable = (members,) if is_stable(gains, members) else ()
        return Found(stable=_named(gains, stable), complete=True, settled=n, programs=0)
    program = _Program(gains, fixed, first, seconds)
    found: list[tuple[int, ...]] = []
    complete = False
    while len(found) < most:
        asked = program.next()
        if asked is None:
            complete = program.proved
            break
        if is_stable(gains, asked):
            found.append(asked)
            if progress is not None:
                progress(len(found), most)
        program.exclude(asked)
    return Found(stable=_named(gains, found), complete=complete, settled=n - len(free), programs=program.answered)


def is_stable(gains: LinearGains, members: Sequence[int]) -> bool:
    """Whether a coalition is stable, in exact numbers."""
    inside = set(members)
    for k, (alone, row) in enumerate(zip(gains.alone, gains.given, strict=True)):
        gain = alone + sum((row[j] for j in members if j != k), Fraction(0))
        if gain < 0 if k in inside else gain > 0:
            return False
    return True


def _named(gains: LinearGains, found: Sequence[tuple[int, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(gains.players[k] for k in members) for members in found)


def _settled(gains: LinearGains) -> list[bool | None]:
    """Who is in, or out, of every stable coalition: by the least and the most that each could gain, again and again."""
    n = len(gains.players)
    fixed: list[bool | None] = [None] * n
    while True:
        changed = False
        for k in range(n):
            if fixed[k] is not None:
                continue
            least, most = _range(gains, fixed, k)
            if least > 0 or most < 0:
                fixed[k] = least > 0
                changed = True
        if not changed:
            return fixed


def _range(gains: LinearGains, fixed: Sequence[bool | None], k: int) -> tuple[Fraction, Fraction]:
    """The least and the most that a player could gain by being in."""
    least = most = gains.alone[k]
    for j, given in enumerate(gains.given[k]):
        if j == k or fixed[j] is False:
            continue
        least += given if fixed[j] or given < 0 else 0
        most += given if fixed[j] or given > 0 else 0
    return least, most


class _Program:
    """The conditions over those who are not settled, as HiGHS holds them."""

    def __init__(self, gains: LinearGains, fixed: Sequence[bool | None], first: str, seconds: float | None) -> None:
        import highspy  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types; only where a program is solved

        self.highs: Any = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)  # noqa: FBT003  # as the solver takes options
        self.highs.setOptionValue("mip_feasibility_tolerance", _TOLERANCE)
        self.highs.setOptionValue("primal_feasibility_tolerance", _TOLERANCE)
        if seconds is not None:
            self.highs.setOptionValue("time_limit", seconds)
        self.infinity, self.status = highspy.kHighsInf, highspy.HighsModelStatus
        self.fixed = fixed
        self.free = [k for k, one in enumerate(fixed) if one is None]
        self.proved, self.answered = False, 0
        for at in range(len(self.free)):
            self.highs.addVar(0.0, 1.0)
            self.highs.changeColIntegrality(at, highspy.HighsVarType.kInteger)
            self.highs.changeColCost(at, -1.0 if first == "largest" else 1.0)
        for at, k in enumerate(self.free):
            self._conditions(gains, at, k)

    def _conditions(self, gains: LinearGains, at: int, k: int) -> None:
        least, most = _range(gains, self.fixed, k)
        row = gains.given[k]
        known = gains.alone[k] + sum((row[j] for j, one in enumerate(self.fixed) if one and j != k), Fraction(0))
        size = max([abs(known), abs(least), abs(most), *(abs(row[j]) for j in self.free if j != k)]) or Fraction(1)
        others = [other for other in range(len(self.free)) if other != at and row[self.free[other]]]
        values = [float(row[self.free[other]] / size) for other in others]
        loss, gain = float(-least / size), float(most / size)
        # With x_k = 1 the first is gain ≥ 0, with 0 it is gain ≥ least; the second the other way round.
        self._row(-self.infinity, float(known / size) + loss + _LOOSE, [*others, at], [*(-v for v in values), loss])
        self._row(-self.infinity, float(-known / size) + _LOOSE, [*others, at], [*values, -gain])

    def _row(self, lower: float, upper: float, columns: list[int], values: list[float]) -> None:
        self.highs.addRow(lower, upper, len(columns), columns, values)

    def next(self) -> tuple[int, ...] | None:
        """The next coalition that the solver takes for stable; None when there is none, or time ran out."""
        self.highs.run()
        self.answered += 1
        status = self.highs.getModelStatus()
        self.proved = status == self.status.kInfeasible
        if status != self.status.kOptimal:
            return None
        values = self.highs.getSolution().col_value
        chosen = {k for at, k in enumerate(self.free) if values[at] > 0.5}  # noqa: PLR2004  # in or out
        return tuple(k for k, one in enumerate(self.fixed) if one or k in chosen)

    def exclude(self, members: Sequence[int]) -> None:
        """Ask for any coalition but this one."""
        inside = set(members)
        signs = [1.0 if k in inside else -1.0 for k in self.free]
        self._row(-self.infinity, sum(k in inside for k in self.free) - 1.0, list(range(len(self.free))), signs)
