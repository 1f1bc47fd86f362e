"""The figures that rules of sharing take: in which year, of whom, and what of a period is not known."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from comity.analysis.shares.sharing import Kind, SharingRule
from comity.findings import Finding
from comity.rules import UnknownNameError
from comity.service.figures import Figure, Figures, fault
from comity.service.queries import Refusal, Register, refuse
from comity.service.shares_asked import SharesAsked

if TYPE_CHECKING:
    from comity.analysis.shares.panel import Panel
    from comity.analysis.shares.sharing import Task

__all__ = ["Lacking", "coverage", "figures_of_tables", "panel_of", "settled", "told_lacking", "year_of"]

_HALF = 2
# What figures a rule takes of the year itself.
_OF_THE_YEAR: Mapping[str, tuple[str, ...]] = {
    "equal-per-capita": ("population",),
    "cumulative-per-capita": ("population", "emissions"),
    "contraction-convergence": ("population", "emissions"),
    "capability": ("gdp", "population"),
    "responsibility": ("emissions",),
    "development-rights": ("gdp", "population", "emissions"),
    "assessment-scale": ("population",),
}


def figures_of_tables(register: Register, asked: SharesAsked) -> tuple[Figure, ...]:
    """Figures from weight tables of the register, as of the day asked."""
    if not asked.tables:
        return ()
    if asked.on is None or asked.year is None:
        says = "a weight table holds on a day, and its figures are of a year"
        raise refuse("date-missing", says, "say the day (on) and the year of the figures (year)")
    found: list[Figure] = []
    for name, table in asked.tables.items():
        try:
            held = register.law.weights(table, asked.on)
        except UnknownNameError as error:
            known = ", ".join(register.reading.ids("weights"))
            raise refuse("weights-unknown", f"there is no weight table “{table:.40}”", f"there are {known}") from error
        found += [
            Figure(
                actor=actor,
                year=asked.year,
                name=name,
                value=float(value),
                unit=held.unit,
                source=f"{table}: {held.source}",
            )
            for actor, value in sorted(held.rows.items())
        ]
    return tuple(found)


def panel_of(figures: Figures) -> "Panel":
    """The figures as a panel, with whoever has one in it."""
    import numpy as np  # noqa: PLC0415  # with the extra

    from comity.analysis.shares.panel import Panel  # noqa: PLC0415  # as above

    actors = tuple(dict.fromkeys(one.actor for one in figures.rows))
    first, last = min(one.year for one in figures.rows), max(one.year for one in figures.rows)
    values = {name: np.full((len(actors), last - first + 1), np.nan) for name in {one.name for one in figures.rows}}
    place = {actor: at for at, actor in enumerate(actors)}
    for one in figures.rows:
        values[one.name][place[one.actor], one.year - first] = one.value
    return Panel(actors=actors, first=first, values=values)


def _of_the_year(rule: SharingRule, kind: Kind) -> tuple[str, ...]:
    own = {
        "proportional": (rule.of,),
        "grandfathering": (rule.of or "emissions",),
        "assessment-scale": ("population", rule.of or "gni"),
    }.get(rule.rule, _OF_THE_YEAR.get(rule.rule, ()))
    burden = rule.rule in {"capability", "responsibility", "development-rights", "assessment-scale"}
    return (*own, "baseline") if burden and kind == "benefit" else own


def year_of(figures: Figures, rules: Mapping[str, SharingRule], kind: Kind) -> int:
    """The last year of which at least half of all actors have the figures that the rules take of the year itself."""
    wanted = {name for rule in rules.values() for name in _of_the_year(rule, kind)}
    held: dict[tuple[str, int], int] = {}
    for one in figures.rows:
        held[one.name, one.year] = held.get((one.name, one.year), 0) + 1
    actors = len({one.actor for one in figures.rows})
    years = [
        year
        for year in {one.year for one in figures.rows}
        if all(_HALF * held.get((name, year), 0) >= actors for name in wanted)
    ]
    if not years:
        names = ", ".join(sorted(wanted))
        there = ", ".join(sorted({one.name for one in figures.rows}))
        says = f"in no year half of the actors have figures for {names}"
        raise refuse("figures-missing", says, f"bring them, or say the year; the table has {there}")
    return max(years)


Lacking = list[tuple[str, str]]


def settled(
    panel: "Panel", task: "Task", rules: Mapping[str, SharingRule], asked: SharesAsked
) -> "tuple[Panel, Lacking]":
    """The panel of those who have all figures that the rules need, and whoever is left out for want of which."""
    from comity.analysis.shares.allocation import UnfitRuleError, shares  # noqa: PLC0415  # as above
    from comity.analysis.shares.dividing import BoundsError  # noqa: PLC0415  # of the extra
    from comity.analysis.shares.panel import LackingError  # noqa: PLC0415  # as above

    lacking: Lacking = []
    wrong: list[Finding] = []
    for rule in rules.values():
        while True:
            try:
                shares(panel, task, rule, rules)
            except LackingError as error:
                if not error.actors or len(error.actors) == len(panel.actors) or asked.actors:
                    there = ", ".join(sorted(panel.values))
                    do = f"bring the figures, or another year; the table has {there}"
                    wrong.append(fault("figures-missing", f"{rule.name}: {error}", do, asked.file))
                    break
                lacking += [(actor, f"{error.name} {error.when}") for actor in error.actors]
                panel = _without(panel, frozenset(error.actors))
            except (UnfitRuleError, BoundsError) as error:
                says = str(error) if str(error).startswith(rule.name) else f"{rule.name}: {error}"
                wrong.append(fault("rule-unfit", says, "mend the rule, or take it out", asked.file))
                break
            else:
                break
    if wrong:
        raise Refusal(wrong)
    return panel, lacking


def _without(panel: "Panel", gone: frozenset[str]) -> "Panel":
    keep = [at for at, actor in enumerate(panel.actors) if actor not in gone]
    return msgspec.structs.replace(
        panel,
        actors=tuple(panel.actors[at] for at in keep),
        values={name: table[keep] for name, table in panel.values.items()},
    )


def told_lacking(lacking: Lacking, file: str) -> list[Finding]:
    """Who is left out for want of which figure."""
    reasons: dict[str, list[str]] = {}
    for actor, reason in lacking:
        reasons.setdefault(reason, []).append(actor)
    return [
        Finding(
            level="warning",
            code="figures-missing",
            file=file,
            says=f"{len(actors)} left out without a figure for {reason}: {', '.join(actors[:20])}"
            f"{' …' if len(actors) > 20 else ''}; the others share the whole total",  # noqa: PLR2004  # a line
            do="bring their figures",
        )
        for reason, actors in reasons.items()
    ]


def _spans(rule: SharingRule, year: int) -> list[tuple[str, int, int, bool]]:
    """Which figures a rule takes of which years, and whether an unknown year counts for nothing."""
    found: list[tuple[str, int, int, bool]] = []
    since = year if rule.since is None else rule.since
    until = year if rule.until is None else rule.until
    if rule.rule in {"responsibility", "development-rights", "cumulative-per-capita", "grandfathering"}:
        found.append((rule.of or "emissions", since, year, True))
    if rule.rule in {"responsibility", "development-rights"} and rule.threshold:
        found += [(name, since, year, False) for name in ("population", "gdp")]
    if rule.rule == "cumulative-per-capita":
        found.append(("population", since, until, False))
    if rule.rule == "contraction-convergence":
        found.append(("population", year + 1, until, False))
    if rule.rule == "assessment-scale":
        found += [(name, year - max(rule.base) + 1, year, False) for name in (rule.of or "gni", "population")]
    if rule.within or rule.rule == "development-rights":
        found.append(("gini", since if rule.threshold else year, year, False))
    return found


def coverage(panel: "Panel", task: "Task", rules: Mapping[str, SharingRule], file: str) -> list[Finding]:
    """What of a period is not known, and how that was taken."""
    import numpy as np  # noqa: PLC0415  # with the extra

    found: dict[str, Finding] = {}
    for rule in rules.values():
        for name, first, last, flow in _spans(rule, task.year):
            if name not in panel.values:
                continue
            table = panel.values[name]
            years = np.arange(panel.first, panel.first + table.shape[1])
            inside = ~np.isnan(table[:, (years >= first) & (years <= last)])
            short = int((inside.sum(axis=1) < last - first + 1).sum())
            if not short:
                continue
            taken = (
                "a year without a figure counts for nothing"
                if flow
                else "what is missing lies straight between the years known, and level before and after"
            )
            says = f"{name} from {first} to {last}: {short} of {len(panel.actors)} lack some years; {taken}"
            found[f"{name} {first} {last}"] = Finding(
                level="warning" if flow else "note", code="figures-partial", file=file, says=says, do=""
            )
    return list(found.values())
