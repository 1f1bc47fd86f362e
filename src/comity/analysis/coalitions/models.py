"""Worked models of agreements over a public good, as formulas: exact in every coalition.

`public-good` (asymmetric; Barrett 1994, section 3; Carraro and Siniscalco 1993; McGinty 2007): player i has
b_i · Q - c_i · q_i² / 2, where Q adds up what all contribute. An outsider contributes what is best for it alone,
q_i = b_i / c_i; members what is best for them together, q_i = Σ b / c_i over the members. With players alike no
agreement of more than three is stable: a member of three gains exactly nothing by leaving.

`barrett-1994` (Barrett, Self-enforcing international environmental agreements, Oxford Economic Papers 46, 1994): N
players alike, each with b · (a · Q - Q² / 2) / N - c · q² / 2. Outsiders contribute what is best for each; members, who
move first and know it, what is best for them together. With r = N · c / b and p = r / (r + N - s) for s members,
members contribute Qs = a · s² · p² / (r + s² · p²) together, an outsider (a - Qs) · p / r. `nash-1994` is the same with
all moving at once: members do not reckon with the outsiders' answer, and Qs = a · s² / (r + N - s + s²). Nothing keeps
contributions from falling below nought (Rubio and Ulph 2006).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from comity.analysis.coalitions.formulas import Formula, parse_formula

__all__ = ["MODELS", "Model", "formula_of", "model_formula"]


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A worked model: which parameters each kind of player needs, its formulas, and where it comes from."""

    parameters: tuple[str, ...]
    inside: str
    outside: str
    where: tuple[tuple[str, str], ...]
    source: str


_BENEFIT = "b * (a * Q - Q^2 / 2) / players"
_BARRETT = "Barrett (1994), Oxford Economic Papers 46"

MODELS: Mapping[str, Model] = {
    "public-good": Model(
        parameters=("b", "c"),
        where=(("together", "members(b)"), ("Q", "members(together / c) + outsiders(b / c)")),
        inside="b * Q - together^2 / (2 * c)",
        outside="b * Q - b^2 / (2 * c)",
        source=f"{_BARRETT}; Carraro and Siniscalco (1993), Journal of Public Economics 52",
    ),
    "barrett-1994": Model(
        parameters=("a", "b", "c"),
        where=(
            ("r", "players * c / b"),
            ("p", "r / (r + players - size)"),
            ("Qs", "a * size^2 * p^2 / (r + size^2 * p^2)"),
            ("alone", "(a - Qs) * p / r"),
            ("Q", "Qs + (players - size) * alone"),
        ),
        inside=f"{_BENEFIT} - c * (Qs / size)^2 / 2",
        outside=f"{_BENEFIT} - c * alone^2 / 2",
        source=_BARRETT,
    ),
    "nash-1994": Model(
        parameters=("a", "b", "c"),
        where=(
            ("r", "players * c / b"),
            ("Qs", "a * size^2 / (r + players - size + size^2)"),
            ("alone", "(a - Qs) / (r + players - size)"),
            ("Q", "Qs + (players - size) * alone"),
        ),
        inside=f"{_BENEFIT} - c * (Qs / size)^2 / 2",
        outside=f"{_BENEFIT} - c * alone^2 / 2",
        source=f"{_BARRETT}; Carraro and Siniscalco (1993), Journal of Public Economics 52",
    ),
}


def formula_of(
    parameters: Mapping[str, Sequence[Fraction]], inside: str, outside: str, where: Sequence[tuple[str, str]] = ()
) -> Formula:
    """A formula read from its texts. Raises `FormulaError`."""
    return Formula(
        parameters={name: tuple(values) for name, values in parameters.items()},
        inside=parse_formula(inside),
        outside=parse_formula(outside),
        where=tuple((name, parse_formula(text)) for name, text in where),
    )


def model_formula(model: str, parameters: Mapping[str, Sequence[Fraction]]) -> Formula:
    """The formula of a worked model with these parameters, one number a kind of player. Raises KeyError."""
    found = MODELS[model]
    return formula_of(parameters, found.inside, found.outside, found.where)
