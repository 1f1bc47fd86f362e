"""The payoffs of every coalition of a game that somebody brings, or of a table of climate regions."""

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from comity.service.coalition_clauses import agreements, clause_rule
from comity.service.coalition_files import Brought
from comity.service.queries import Register, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from comity.analysis.coalitions.clubs import Region
    from comity.analysis.coalitions.stability import Payoffs

__all__ = ["payoffs_of", "payoffs_of_regions"]


def payoffs_of(register: Register, brought: Brought, day: date) -> "tuple[Payoffs, NDArray[np.bool_] | None]":
    """What everybody has in every coalition with the clause of the game, and which are an agreement under it.

    Raises `Refusal`, `FormulaError`.
    """
    from comity.analysis.coalitions.stability import (  # noqa: PLC0415  # of the extra `analysis`
        TooManyCoalitionsError,
        from_formula,
        from_table,
        with_clause,
    )

    if brought.formula is None and brought.table is None:
        says = "this needs the payoffs of every coalition; here only what each gains by being in is known"
        raise refuse("coalitions-gains", says, "give a formula or a table")
    try:
        if brought.formula is not None:
            found = from_formula(brought.players, brought.formula, brought.numbers)
        else:
            found = from_table(brought.players, brought.table or ())
    except TooManyCoalitionsError as error:
        raise refuse("coalitions-too-many", str(error), "put players who are alike into one kind") from error
    if brought.clause:
        agreement = agreements(brought, clause_rule(brought.clause, register, day), register, day)
        return with_clause(found, agreement), agreement
    return found, None


def payoffs_of_regions(regions: "Sequence[Region]", price: Fraction, tariff: Fraction) -> "Payoffs":
    """What every region has in every climate club. Raises `Refusal` for more coalitions than can be held."""
    from comity.analysis.coalitions.climate import climate_payoffs  # noqa: PLC0415  # of the extra `analysis`
    from comity.analysis.coalitions.stability import TooManyCoalitionsError  # noqa: PLC0415  # as above

    if price < 0 or not 0 <= tariff <= 1:
        raise refuse("number-wrong", "a price is not negative, and a tariff lies from 0 to 1", "3% is 0.03")
    try:
        return climate_payoffs(regions, price, tariff)
    except TooManyCoalitionsError as error:
        raise refuse("coalitions-too-many", str(error), "put regions together") from error
