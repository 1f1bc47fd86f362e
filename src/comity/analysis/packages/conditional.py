"""Conditional offers: who would accept what if others accept something in return.

A statement is in force where the package settles its issues as it accepts, and all that it asks for is given: others
accept it too, by statements that are in force themselves. Statements may hold each other up in a ring: that is how
conditional offers close. Who has said nothing on an issue leaves it to the others.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from comity.analysis.packages.linear import Program, Reached
from comity.analysis.packages.offers import Grid, Offer, UnsettledError, checked, grid

__all__ = ["Closing", "Need", "Statement", "closing"]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a statement asks for: that an issue is settled by one of these options, and that a party accepts it (None: nobody in particular)."""  # noqa: E501  # one sentence

    issue: int
    options: tuple[int, ...]
    party: int | None = None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A party accepts that issues are settled by these options, if all that it needs is given."""

    party: int
    accepts: tuple[tuple[int, tuple[int, ...]], ...]
    needs: tuple[Need, ...] = ()


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """How far conditional offers close, proved.

    `largest` is a largest set of statements that can be in force together, by number. `choice` is the package on which
    the fewest acceptances are missing, `in_force` the statements that then are, and `missing` who would still have to
    accept which option of which issue, whatever else: none, and the offers close.
    """

    largest: tuple[int, ...]
    choice: tuple[int, ...]
    in_force: tuple[int, ...]
    missing: tuple[tuple[int, int, int], ...]


def closing(offer: Offer, statements: Sequence[Statement], *, seconds: float | None = None) -> Closing:
    """Whether conditional offers close, the most that can be in force together, and the fewest acceptances missing.

    Raises ValueError as `checked`, and UnsettledError where time runs out.
    """
    table = grid(checked(offer))
    pairs = sorted(
        {(one.party, issue) for one in statements for issue, _ in one.accepts}
        | {(need.party, need.issue) for one in statements for need in one.needs if need.party is not None}
    )
    alone, _ = _asked(table, statements, [], seconds)
    whole, given = _asked(table, statements, pairs, seconds)
    choice = table.choice(whole.rows(table))
    said = len(table.values)
    force = tuple(at for at in range(len(statements)) if whole.values[said + at] > 0.5)  # noqa: PLR2004  # 0 or 1
    missing = [pair for pair, at in given.items() if whole.values[at] > 0.5]  # noqa: PLR2004  # 0 or 1
    return Closing(
        largest=tuple(at for at in range(len(statements)) if alone.values[said + at] > 0.5),  # noqa: PLR2004  # 0 or 1
        choice=choice,
        in_force=force,
        missing=tuple((party, issue, choice[issue]) for party, issue in missing),
    )


def _asked(
    table: Grid, statements: Sequence[Statement], pairs: Sequence[tuple[int, int]], seconds: float | None
) -> tuple[Reached, dict[tuple[int, int], int]]:
    """The most statements in force; with `pairs` the fewest of these acceptances missing, all issues accepted."""
    program = Program(table)
    force = program.add(len(statements), high=1.0, whole=True)
    given = dict(zip(pairs, program.add(len(pairs), high=1.0, whole=True).tolist(), strict=True))
    for at, one in enumerate(statements):
        here = int(force[at])
        for issue, options in one.accepts:
            _settled(program, table, here, issue, options)
        for need in one.needs:
            _settled(program, table, here, need.issue, need.options)
            if need.party is not None:
                others = _helping(statements, force.tolist(), given, need.party, need.issue)
                program.row([(others, [1.0] * len(others)), ([here], [-1.0])], 0.0)
    for party, issue in sorted({(one.party, issue) for one in statements for issue, _ in one.accepts} & set(pairs)):
        helping = _helping(statements, force.tolist(), given, party, issue)
        program.row([(helping, [1.0] * len(helping))], 1.0)
    aim = dict.fromkeys(force.tolist(), 1.0) | dict.fromkeys(given.values(), -float(len(statements) + 1))
    found = program.most(aim, seconds)
    if found.empty or not found.ended:
        raise UnsettledError("in the time given the conditional offers were not settled")
    return found, given


def _helping(
    statements: Sequence[Statement], force: Sequence[int], given: dict[tuple[int, int], int], party: int, issue: int
) -> list[int]:
    """What says that a party accepts how an issue is settled: statements of its own, or an acceptance to be given."""
    own = [
        force[at]
        for at, one in enumerate(statements)
        if one.party == party and any(issue == named for named, _ in one.accepts)
    ]
    return own + ([given[party, issue]] if (party, issue) in given else [])


def _settled(program: Program, table: Grid, here: int, issue: int, options: Sequence[int]) -> None:
    """Where the variable is 1, the issue is settled by one of the options."""
    at = next(at for at, group in enumerate(table.groups) if issue in group)
    column = table.picks[at][:, table.groups[at].index(issue)]
    rows = table.starts[at] + np.flatnonzero(np.isin(column, list(options)))
    program.row([(rows, np.ones(len(rows))), ([here], [-1.0])], 0.0)
