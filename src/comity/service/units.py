"""What a unit means: how many tonnes of carbon dioxide, or how many single things.

A tonne of carbon is 44/12 tonnes of carbon dioxide, by the masses of the molecule and the atom. A mass that does not
say which of the two it is of is refused: the figures would be wrong by a factor of almost four.
"""

import re
from fractions import Fraction

__all__ = ["CARBON", "AmbiguousUnitError", "carbon_dioxide", "mass_or_none", "scale_of"]

CARBON = Fraction(44, 12)
_LETTER = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15}
_WORD = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_MASS = re.compile(
    r"(?:(?i:(?P<word>thousand|million|billion))\s+)?(?i:metric\s+)?"
    r"(?:(?P<letter>[kMGTP]?)(?P<mass>t|g)|(?i:tonnes?|tons?))(?:\s+of)?\s*"
    r"(?P<of>CO2|CO₂|(?i:carbon dioxide)|(?i:carbon)|C)?(?:[ -]?(?i:e|eq|eq\.|equivalents?))?"
)


class AmbiguousUnitError(ValueError):
    """A mass of carbon or of carbon dioxide: the unit does not say which."""


def carbon_dioxide(unit: str) -> Fraction | None:
    """Tonnes of carbon dioxide (or its equivalent) in one unit; None where the unit is no mass.

    Raises `AmbiguousUnitError` for a mass that does not say of what.
    """
    found = _MASS.fullmatch(unit.strip())
    if found is None:
        return None
    if found["of"] is None:
        raise AmbiguousUnitError(f"“{unit}” does not say whether it is carbon or carbon dioxide")
    power = _WORD.get((found["word"] or "").lower(), 0) + _LETTER[found["letter"] or ""]
    tonnes = Fraction(10) ** (power - (6 if found["mass"] == "g" else 0))
    return tonnes * (CARBON if found["of"].lower() in {"c", "carbon"} else 1)


def mass_or_none(unit: str) -> float | None:
    """What a unit is in tonnes of carbon dioxide, or None where that is not said."""
    try:
        found = carbon_dioxide(unit)
    except AmbiguousUnitError:
        return None
    return None if found is None else float(found)


def scale_of(unit: str) -> int:
    """How many single things a unit is that begins with thousand, million, billion or trillion; else 1."""
    first = unit.strip().split(" ", 1)[0].lower()
    return int(10 ** _WORD.get(first, 0))
