"""Fair shares: how much of a total falls to each actor under a rule.

- equal: each actor alike. proportional: to any figures.
- equal per capita: by population.
- equal cumulative per capita: by population over a period that begins in the past, less what was emitted since
  (van den Berg et al., Climatic Change 162, 2020, table S.1). A share may be negative: more was emitted than was due.
- contraction and convergence (Meyer, Contraction and Convergence, 2000): a path of emissions that adds up to the
  total, and shares in it that go from those of emissions to those of population by a target year; linearly, or by
  Meyer's weight exp(-a(1 - t)), where t goes from 0 to 1 and a is 4.
- grandfathering: by emissions of a year, or on average since one.
- capability: by income above a threshold, on average or within each country.
- responsibility: by emissions since a year; those that go with incomes below a threshold may be left out.
- greenhouse development rights (Baer, Athanasiou, Kartha and Kemp-Benedict, 2008): a weighted mean of responsibility
  and capability, both above a development threshold within each country.
- the scale of assessments of the United Nations: `comity.analysis.shares.assessments`.
- mixes: weighted means of other rules.

What shares a burden shares a benefit so: each has what it would take by itself (`baseline`) less its share of what
all together have to do without.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from comity.analysis.shares.assessments import scale
from comity.analysis.shares.dividing import fitted
from comity.analysis.shares.incomes import excess
from comity.analysis.shares.panel import LackingError, Panel, Vector
from comity.analysis.shares.sharing import Path, SharingRule, Task

__all__ = ["UnfitRuleError", "contracted", "converging", "shares"]

_MOST_TURNS = 2000
# Shares of so many times the total are differences of figures beside which the total is nothing.
_MOST_TIMES = 1e6


class UnfitRuleError(ValueError):
    """A rule that cannot share what is to be shared, and why."""


def shares(panel: Panel, task: Task, rule: SharingRule, rules: Mapping[str, SharingRule] | None = None) -> Vector:
    """Each actor's part of the total, in the order of the panel; they add up to 1.

    `rules` are those that a mix names. Raises `LackingError` (a figure is missing), `UnfitRuleError` (the rule does not
    fit), `BoundsError` (a floor or ceiling cannot be kept).
    """
    found = _WORK[rule.rule](panel, task, rule) if rule.rule != "mix" else _mix(panel, task, rule, rules or {})
    if not np.abs(found).max() < _MOST_TIMES:
        raise UnfitRuleError(
            f"{rule.name}: the total is nothing beside the figures; are both in the units that they say?"
        )
    if rule.floor is not None or rule.ceiling is not None:
        return fitted(found, rule.floor, rule.ceiling)
    return found


def _part(values: Vector, what: str) -> Vector:
    """Values as parts of their sum."""
    whole = float(values.sum())
    if not whole > 0 or (values < 0).any():
        raise UnfitRuleError(f"{what} of nobody is above nought, or somebody's is below it")
    return np.asarray(values / whole, dtype=np.float64)


def _equal(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    del task, rule
    return np.full(len(panel.actors), 1 / len(panel.actors))


def _proportional(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    return _part(panel.on(rule.of, task.year), rule.of)


def _per_capita(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    del rule
    return _part(panel.on("population", task.year), "population")


def _grandfathering(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    name = rule.of or "emissions"
    if rule.since is None:
        return _part(panel.on(name, task.year), name)
    return _part(panel.flow(name, rule.since, task.year).sum(axis=1), name)


def _ages(first: int, last: int, discount: float) -> Vector:
    """What a year counts for: less, the longer ago it is."""
    return np.asarray((1 + discount) ** (np.arange(first, last + 1) - float(last)), dtype=np.float64)


def _needs(value: int | None, name: str, rule: SharingRule) -> int:
    if value is None:
        raise UnfitRuleError(f"{rule.name}: “{name}” is not said")
    return value


def _cumulative(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    _only(task, rule, "benefit")
    since = _needs(rule.since, "since", rule)
    until = task.year if rule.until is None else rule.until
    if not since <= task.year <= until:
        raise UnfitRuleError(f"{rule.name}: the years {since}, {task.year} and {until} are not in this order")
    people = panel.level("population", since, until)
    ahead = people[:, task.year - since :].sum(axis=1)
    emitted = panel.flow("emissions", since, task.year)
    then = people[:, : task.year - since + 1]
    due = then / then.sum(axis=0) * emitted.sum(axis=0)
    owed = ((due - emitted) * _ages(since, task.year, rule.discount)).sum(axis=1)
    return np.asarray((ahead / ahead.sum() * task.total + owed) / task.total, dtype=np.float64)


def contracted(start: float, total: float, years: int, path: Path) -> Vector:
    """Amounts of so many years that add up to a total, on a path that goes on from what it was the year before.

    `linear`: by a like amount each year, down to nought and not below; `exponential`: by a like part each year.
    """
    step = np.arange(1, years + 1, dtype=np.float64)

    def at(slope: float) -> Vector:
        with np.errstate(over="ignore"):
            found = np.maximum(0.0, 1 + slope * step) if path == "linear" else np.exp(slope * step)
        return np.asarray(start * found, dtype=np.float64)

    low, high = -1.0, 1.0
    while path == "exponential" and at(low).sum() > total:
        low *= 2
    while at(high).sum() < total:
        high *= 2
    for _ in range(_MOST_TURNS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if at(middle).sum() < total else (low, middle)
    found = at(high)
    return np.asarray(found * (total / found.sum()), dtype=np.float64)


def converging(
    emissions: Vector, people: NDArray[np.float64], years: int, path: Path, steepness: float
) -> NDArray[np.float64]:
    """Shares year by year, of actors in rows: from parts of emissions to parts of population after so many years.

    `people` has a column a year, the first the year after the one whose emissions are given.
    """
    parts = people / people.sum(axis=0)
    now, found = emissions / emissions.sum(), []
    first = now
    for at in range(people.shape[1]):
        done = min(1.0, (at + 1) / years)
        if path == "linear":
            now = (1 - done) * first + done * parts[:, at]
        else:
            now = now - (now - parts[:, at]) * np.exp(-steepness * (1 - done))
        found.append(now)
    return np.array(found).T


def _contraction(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    _only(task, rule, "benefit")
    until = _needs(rule.until, "until", rule)
    target = until if rule.target is None else rule.target
    if not task.year < target <= until:
        raise UnfitRuleError(f"{rule.name}: the years {task.year}, {target} and {until} are not in this order")
    emissions = panel.on("emissions", task.year)
    _part(emissions, "emissions")
    people = panel.level("population", task.year + 1, until)
    if rule.cap is not None:
        frozen = panel.level("population", rule.cap, rule.cap)
        late = np.arange(task.year + 1, until + 1) > rule.cap
        people = np.where(late, frozen, people)
    amounts = contracted(float(emissions.sum()), task.total, until - task.year, rule.contraction)
    over = converging(emissions, people, target - task.year, rule.path, rule.steepness)
    return np.asarray(over @ amounts / task.total, dtype=np.float64)


def _only(task: Task, rule: SharingRule, kind: str) -> None:
    if task.kind != kind:
        raise UnfitRuleError(f"{rule.name}: this rule shares a {kind}, and a {task.kind} is to be shared")


def _excess(panel: Panel, rule: SharingRule, first: int, last: int, *, within: bool) -> NDArray[np.float64]:
    """Income above the threshold, of all persons of each actor, year by year."""
    people = panel.level("population", first, last)
    mean = panel.level("gdp", first, last) / people
    if not within:
        return people * np.maximum(mean - rule.threshold, 0.0)
    return people * excess(mean, panel.level("gini", first, last), rule.threshold)


def _capability(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    panel.on("gdp", task.year)  # figures of the year itself, not of another
    panel.on("population", task.year)
    within = rule.within or rule.rule == "development-rights"
    found = _excess(panel, rule, task.year, task.year, within=within)[:, 0]
    return _reduced(panel, task, rule, _part(found, "income above the threshold"))


def _responsibility(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    since = _needs(rule.since, "since", rule)
    if since > task.year:
        raise UnfitRuleError(f"{rule.name}: it counts since {since}, after {task.year}")
    emitted = panel.flow("emissions", since, task.year)
    if rule.threshold > 0:
        within = rule.within or rule.rule == "development-rights"
        income = panel.level("gdp", since, task.year)
        with np.errstate(divide="ignore", invalid="ignore"):
            counted = np.where(income > 0, _excess(panel, rule, since, task.year, within=within) / income, 0.0)
        emitted = emitted * counted
    found = (emitted * _ages(since, task.year, rule.discount)).sum(axis=1)
    return _reduced(panel, task, rule, _part(found, "emissions that count"))


def _development_rights(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    burden = Task(total=task.total, kind="burden", year=task.year)
    found = rule.weight * _responsibility(panel, burden, rule) + (1 - rule.weight) * _capability(panel, burden, rule)
    return _reduced(panel, task, rule, found)


def _scale(panel: Panel, task: Task, rule: SharingRule) -> Vector:
    return _reduced(panel, task, rule, scale(panel, rule, task.year).rates)


def _reduced(panel: Panel, task: Task, rule: SharingRule, found: Vector) -> Vector:
    """Of a burden, the shares as they are; of a benefit, what each would take less its share of what is cut."""
    if task.kind == "burden":
        return found
    try:
        baseline = panel.on("baseline", task.year)
    except LackingError as error:
        says = f"{rule.name} shares a burden; to share a benefit by it, what each would take by itself is needed"
        raise UnfitRuleError(f"{says}: {error}") from error
    return np.asarray((baseline - found * (baseline.sum() - task.total)) / task.total, dtype=np.float64)


def _mix(panel: Panel, task: Task, rule: SharingRule, rules: Mapping[str, SharingRule]) -> Vector:
    weights = np.array(list(rule.parts.values()), dtype=np.float64)
    if not len(weights) or (weights < 0).any() or not weights.sum() > 0:
        raise UnfitRuleError(f"{rule.name}: its parts have no weight")
    unknown = [name for name in rule.parts if name not in rules or rules[name].rule == "mix"]
    if unknown:
        raise UnfitRuleError(f"{rule.name}: {', '.join(unknown)} names no other rule here that is no mix itself")
    found = np.array([shares(panel, task, rules[name]) for name in rule.parts])
    return np.asarray(weights / weights.sum() @ found, dtype=np.float64)


_WORK: Mapping[str, Callable[[Panel, Task, SharingRule], Vector]] = {
    "equal": _equal,
    "proportional": _proportional,
    "equal-per-capita": _per_capita,
    "cumulative-per-capita": _cumulative,
    "contraction-convergence": _contraction,
    "grandfathering": _grandfathering,
    "capability": _capability,
    "responsibility": _responsibility,
    "development-rights": _development_rights,
    "assessment-scale": _scale,
}
