"""What is to be shared, and the rules by which it may be: plain records, which need no library.

A *burden* (a cost, dues, troops) is the heavier the larger the share; a *benefit* (an emissions budget, doses, funds
received) is the better the larger it is.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

__all__ = ["PARAMETERS", "RULES", "WHOLE_YEARS", "Kind", "Path", "RuleName", "SharingRule", "Task"]

Kind = Literal["burden", "benefit"]
Path = Literal["linear", "exponential"]
RuleName = Literal[
    "equal",
    "proportional",
    "equal-per-capita",
    "cumulative-per-capita",
    "contraction-convergence",
    "grandfathering",
    "capability",
    "responsibility",
    "development-rights",
    "assessment-scale",
    "mix",
]

# What each rule may be told, beside `id`, `floor` and `ceiling`, which every rule may.
PARAMETERS: Mapping[str, frozenset[str]] = {
    "equal": frozenset(),
    "proportional": frozenset({"of"}),
    "equal-per-capita": frozenset(),
    "cumulative-per-capita": frozenset({"since", "until", "discount"}),
    "contraction-convergence": frozenset({"until", "target", "cap", "path", "contraction", "steepness"}),
    "grandfathering": frozenset({"of", "since"}),
    "capability": frozenset({"threshold", "within"}),
    "responsibility": frozenset({"since", "discount", "threshold", "within"}),
    "development-rights": frozenset({"since", "discount", "threshold", "weight"}),
    "assessment-scale": frozenset(
        {"of", "base", "gradient", "least_rate", "poorest_rate", "largest_rate", "debt_part", "debt_threshold"}
    ),
    "mix": frozenset({"parts"}),
}
RULES: tuple[str, ...] = tuple(PARAMETERS)
WHOLE_YEARS = frozenset({"since", "until", "target", "cap"})


class SharingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One rule with what it is told. Years are whole; `floor` and `ceiling` are parts of the total, from 0 to 1.

    `of`: the figures that shares are proportional to. `since`: the first year that counts. `until`: the last year of a
    budget. `target`: the year of convergence. `cap`: population growth after this year does not count. `discount`: how
    much less, a year, older emissions count (0.02 is 2%). `threshold`: income a person that does not count. `within`:
    incomes within a country differ (lognormal, by the Gini index). `weight`: of responsibility beside capability.
    `steepness`: of exponential convergence. `parts`: rules by id with their weights. The last ones are of the scale of
    assessments (`comity.analysis.shares.assessments`).
    """

    rule: RuleName
    id: str = ""
    of: str = ""
    since: int | None = None
    until: int | None = None
    target: int | None = None
    cap: int | None = None
    discount: float = 0.0
    threshold: float = 0.0
    within: bool = False
    weight: float = 0.5
    path: Path = "linear"
    contraction: Path = "linear"
    steepness: float = 4.0
    floor: float | None = None
    ceiling: float | None = None
    parts: Mapping[str, float] = {}
    base: tuple[int, ...] = (3, 6)
    gradient: float = 0.8
    least_rate: float = 0.00001
    poorest_rate: float = 0.0001
    largest_rate: float = 0.22
    debt_part: float = 0.125
    debt_threshold: float | None = None

    @property
    def name(self) -> str:
        """What the rule is called in answers."""
        return self.id or self.rule


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is shared: how much (in tonnes of CO2 where it is emissions), of what kind, and in which year."""

    total: float
    kind: Kind
    year: int
