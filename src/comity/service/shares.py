"""Fair shares of a total: figures somebody brings, rules, who prefers which, and what moves the answer.

The room itself (extra `analysis`; `sensitivity` for the Sobol indices) is only loaded when it is asked.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from comity.analysis.shares.sharing import Kind, SharingRule
from comity.findings import Finding
from comity.service.analysing import missing_extra
from comity.service.figures import members_only, read_figures
from comity.service.form import Need, Progress, Tables
from comity.service.queries import Register, refuse
from comity.service.shares_asked import SharesAsked, Vary, asked_of_file, rule_of, rules_of, total_of
from comity.service.shares_panel import coverage, figures_of_tables, panel_of, settled, told_lacking, year_of
from comity.service.shares_varied import own_choices, sensitive

if TYPE_CHECKING:
    from comity.analysis.shares.panel import Panel, Vector
    from comity.analysis.shares.preferred import Preferences
    from comity.analysis.shares.sharing import Task
    from comity.analysis.shares.sobol import Sensitivity

__all__ = [
    "EXAMPLE",
    "SOURCES",
    "Shared",
    "SharesAnswer",
    "SharesAsked",
    "Vary",
    "answer",
    "asked_of_file",
    "need",
    "rule_of",
    "tables",
]

_MOST_SAMPLES, _MOST_WORK = 8192, 30_000_000
# Runs of the shares of one actor and one year in a second, on a small machine, and what one estimate takes.
_SPEED, _ESTIMATE = 2_000_000, 0.004
SOURCES: tuple[str, ...] = (
    "Meyer, A. (2000). Contraction and Convergence: The Global Solution to Climate Change. Schumacher Briefing 5.",
    (
        "Baer, P., Athanasiou, T., Kartha, S., and Kemp-Benedict, E. (2008). The Greenhouse Development Rights "
        "Framework, revised second edition. Heinrich Böll Foundation."
    ),
    (
        "Van den Berg, N. J., et al. (2020). Implications of various effort-sharing approaches for national carbon "
        "budgets and emission pathways. Climatic Change 162."
    ),
    "United Nations General Assembly, resolution 73/271, Scale of assessments (A/RES/73/271).",
    (
        "Saltelli, A., et al. (2010). Variance based sensitivity analysis of model output. "
        "Computer Physics Communications 181."
    ),
)


EXAMPLE: Mapping[str, object] = {
    "data": "actor,year,name,value,unit,source\n"
    + "".join(
        f"{actor},2020,{name},{value},{unit},invented\n"
        for name, unit, values in (
            ("population", "million", (70, 330, 1300)),
            ("emissions", "MtCO2", (480, 5000, 9800)),
        )
        for actor, value in zip("ABC", values, strict=True)
    ),
    "total": 100,
    "unit": "billion US dollars",
    "rules": [{"rule": "equal-per-capita"}, {"rule": "grandfathering"}],
}


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule gives: each actor's part of the total, and its amount; `steps` where the rule goes in steps."""

    id: str
    rule: str
    says: str
    shares: tuple[float, ...]
    amounts: tuple[Fraction, ...]
    steps: tuple[tuple[str, tuple[float, ...]], ...] = ()


class SharesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The shares of all actors by each rule, who prefers which, what moves them, and what all of it rests on."""

    total: Fraction
    unit: str
    kind: Kind
    year: int
    step: float | None
    actors: tuple[str, ...]
    rules: tuple[Shared, ...]
    preferences: "Preferences"
    sensitivity: "tuple[Sensitivity, ...]"
    varied: tuple[Vary, ...]
    units: Mapping[str, str]
    sources: tuple[str, ...]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        return {
            "total": _plain(self.total),
            "unit": self.unit,
            "kind": self.kind,
            "year": self.year,
            "step": self.step,
            "rules": [
                {
                    "id": one.id,
                    "rule": one.rule,
                    "says": one.says,
                    "shares": dict(zip(self.actors, one.shares, strict=True)),
                    "amounts": dict(zip(self.actors, map(_plain, one.amounts), strict=True)),
                }
                | ({"steps": {name: dict(zip(self.actors, rates, strict=True)) for name, rates in one.steps}})
                for one in self.rules
            ],
            "preferences": [
                {"actor": actor, "ranking": [list(group) for group in ranking]}
                for actor, ranking in zip(self.actors, self.preferences.rankings, strict=True)
            ],
            "pairs": [msgspec.to_builtins(one) for one in self.preferences.pairs],
            "choices": [msgspec.to_builtins(one) for one in self.preferences.choices],
            "sensitivity": [msgspec.to_builtins(one) for one in self.sensitivity],
            "varied": [msgspec.to_builtins(one) for one in self.varied],
            "data": {"units": dict(self.units), "sources": list(self.sources), "left_out": list(self.left_out)},
            "findings": [msgspec.to_builtins(one) for one in self.findings],
        }


def tables(plain: Mapping[str, Any]) -> Tables:
    """The JSON of an answer as flat rows: one an actor and rule, one a criterion, one a pair, and what moves shares."""
    ranks = {
        (one["actor"], rule): place
        for one in plain["preferences"]
        for place, group in enumerate(one["ranking"], 1)
        for rule in group
    }
    shared = [
        {
            "actor": actor,
            "rule": one["id"],
            "share": share,
            "amount": one["amounts"][actor],
            "rank": ranks[actor, one["id"]],
        }
        for one in plain["rules"]
        for actor, share in one["shares"].items()
    ]
    choices = [
        {
            "criterion": one["criterion"],
            "voters": one["voters"],
            "rule": rule,
            "score": score,
            "best": rule in one["best"],
        }
        for one in plain["choices"]
        for rule, score in one["scores"].items()
    ]
    moved = [{"rule": one["rule"], **told} for one in plain["sensitivity"] for told in one["influences"]]
    found: dict[str, list[dict[str, object]]] = {"shares": shared, "choices": choices}
    return found | ({"sensitivity": moved} if moved else {})


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def need(asked: SharesAsked) -> Need:
    """What the sensitivity will need; all else is quick. Raises `Refusal` for what is too large."""
    rows = asked.data.count("\n") + 1
    if not (asked.sensitivity or asked.vary):
        return Need(seconds=rows / 200_000)
    _samples(asked)
    actors = len({line.split(",", 1)[0] for line in asked.data.split("\n", 200_000)})
    runs = asked.samples * (len(asked.vary) or 3) * max(len(asked.rules), 1)
    if runs * max(actors, 1) > _MOST_WORK:
        says = f"this takes some {runs:,} runs over {actors:,} actors"
        raise refuse("shares-too-large", says, "take fewer samples, rules or actors")
    return Need(seconds=runs * max(actors * 100, 400) / _SPEED + actors * len(asked.rules) * 3 * _ESTIMATE)


def answer(register: Register, asked: SharesAsked, progress: Progress = None) -> SharesAnswer:
    """The shares of a total by each of several rules. Raises `Refusal`."""
    try:
        import comity.analysis.shares.allocation  # noqa: F401, PLC0415  # of the extra `analysis`
        from comity.analysis.shares.preferred import preferences  # noqa: PLC0415  # as above
        from comity.analysis.shares.sharing import Task  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    need(asked)
    rules = rules_of(asked)
    rows = read_figures(asked.data, asked.file, asked.source) if asked.data.strip() else ()
    rows += figures_of_tables(register, asked)
    if not rows:
        raise refuse("csv-empty", "there are no figures", "bring a table (data), or name weight tables", asked.file)
    figures = members_only(rows, register.reading.directory, asked.actors, asked.file)
    total, single = total_of(asked, figures.units)
    year = asked.year or year_of(figures, rules, asked.kind)
    task = Task(total=float(single), kind=asked.kind, year=year)
    panel, lacking = settled(panel_of(figures), task, rules, asked)
    shared = tuple(_shared(panel, task, rule, rules, total, asked) for rule in rules.values())
    people = _people(panel, year)
    preferred = preferences(tuple(rules), _matrix(shared), asked.kind, people)
    varied = (asked.vary or own_choices(panel, rules)) if asked.sensitivity or asked.vary else ()
    moved = sensitive(panel, task, rules, varied, asked, progress)
    return SharesAnswer(
        total=total,
        unit=asked.unit,
        kind=asked.kind,
        year=year,
        step=asked.step,
        actors=panel.actors,
        rules=shared,
        preferences=preferred,
        sensitivity=moved,
        varied=varied,
        units=figures.units,
        sources=figures.sources,
        left_out=(*figures.left_out, *(name for name, _ in lacking)),
        findings=(*figures.findings, *told_lacking(lacking, asked.file), *coverage(panel, task, rules, asked.file)),
    )


def _samples(asked: SharesAsked) -> None:
    if find_spec("SALib") is None:
        raise refuse("extra-missing", "the sensitivity needs SALib, not installed", "install comity[sensitivity]")
    if not 16 <= asked.samples <= _MOST_SAMPLES or asked.samples & (asked.samples - 1):  # noqa: PLR2004  # of use
        raise refuse("number-wrong", f"{asked.samples} samples", f"a power of 2 from 16 to {_MOST_SAMPLES}")


def _shared(  # what a rule is asked with
    panel: "Panel",
    task: "Task",
    rule: SharingRule,
    rules: Mapping[str, SharingRule],
    total: Fraction,
    asked: SharesAsked,
) -> Shared:
    from comity.analysis.shares.allocation import shares  # noqa: PLC0415  # as above
    from comity.analysis.shares.assessments import STEPS, scale  # noqa: PLC0415  # of the extra
    from comity.analysis.shares.dividing import exactly, in_units  # noqa: PLC0415  # as above

    parts = [float(one) for one in shares(panel, task, rule, rules)]
    try:
        amounts = exactly(total, parts) if asked.step is None else in_units(total, parts, Fraction(str(asked.step)))
    except (ValueError, ZeroDivisionError) as error:
        raise refuse(
            "number-wrong", f"step: {error}", "take a total that is a multiple of the smallest unit"
        ) from error
    steps: tuple[tuple[str, tuple[float, ...]], ...] = ()
    if rule.rule == "assessment-scale":
        taken = scale(panel, rule, task.year).steps
        steps = tuple((name, tuple(map(float, one))) for name, one in zip(STEPS, taken, strict=True))
    return Shared(
        id=rule.name, rule=rule.rule, says=_says(rule, task), shares=tuple(parts), amounts=amounts, steps=steps
    )


def _says(rule: SharingRule, task: "Task") -> str:
    """The rule and what it was told, in a line."""
    named = {
        field: getattr(rule, field)
        for field in ("of", "since", "until", "target", "cap", "threshold", "discount", "floor", "ceiling")
        if getattr(rule, field)
    }
    if rule.rule == "contraction-convergence":
        named |= {"path": rule.path, "contraction": rule.contraction}
    if rule.rule == "development-rights":
        named |= {"weight": rule.weight}
    if rule.within:
        named |= {"within": "yes"}
    if rule.parts:
        named |= {"parts": " + ".join(f"{weight:g} {name}" for name, weight in rule.parts.items())}
    told = ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in named.items()
    )
    return f"{rule.rule} in {task.year}{f' ({told})' if told else ''}"


def _matrix(shared: Sequence[Shared]) -> "Vector":
    import numpy as np  # noqa: PLC0415  # with the extra

    return np.array([one.shares for one in shared])


def _people(panel: "Panel", year: int) -> "Vector | None":
    """The population of the year, where it is known of all."""
    from comity.analysis.shares.panel import LackingError  # noqa: PLC0415  # of the extra

    try:
        found = panel.on("population", year)
    except LackingError:
        return None
    return found if found.sum() > 0 else None
