"""What moves the shares: which choices are varied, and how the shares are worked out for each draw."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from comity.analysis.shares.sharing import PARAMETERS, WHOLE_YEARS, SharingRule
from comity.service.figures import fault
from comity.service.form import Progress
from comity.service.queries import Refusal, refuse
from comity.service.shares_asked import SharesAsked, Vary

if TYPE_CHECKING:
    from comity.analysis.shares.panel import Panel, Vector
    from comity.analysis.shares.sharing import Task
    from comity.analysis.shares.sobol import Sensitivity
    from comity.findings import Finding

__all__ = ["own_choices", "sensitive"]


def own_choices(panel: "Panel", rules: Mapping[str, SharingRule]) -> tuple[Vary, ...]:
    """What a rule leaves to choose, varied as widely as is often argued for."""
    found: list[Vary] = []

    def vary(rule: SharingRule, parameter: str, low: float, high: float) -> None:
        found.append(Vary(rule=rule.name, parameter=parameter, low=low, high=high))

    for rule in rules.values():
        takes = PARAMETERS[rule.rule]
        if rule.since is not None:
            vary(rule, "since", max(panel.first, min(1850, rule.since)), max(rule.since, min(panel.last - 1, 2000)))
        if "threshold" in takes and rule.threshold:
            vary(rule, "threshold", 0.0, 2 * rule.threshold)
        if "discount" in takes:
            vary(rule, "discount", 0.0, 0.03)
        if "weight" in takes:
            vary(rule, "weight", 0.0, 1.0)
        if rule.target is not None and rule.until is not None:
            vary(rule, "target", min(rule.target, panel.last + 1), rule.until)
        for name in rule.parts:
            vary(rule, f"parts.{name}", 0.0, 1.0)
    return tuple(one for one in found if one.low < one.high)


def sensitive(  # what a run depends on
    panel: "Panel",
    task: "Task",
    rules: Mapping[str, SharingRule],
    varied: Sequence[Vary],
    asked: SharesAsked,
    progress: Progress,
) -> "tuple[Sensitivity, ...]":
    """The indices of each rule that one of the choices moves."""
    if not varied:
        return ()
    from comity.analysis.shares.sobol import Varied, runs, sobol  # noqa: PLC0415  # of the extra

    _told_choices(varied, rules)
    moving = {
        name: [one for one in varied if one.rule == name or one.rule in rule.parts] for name, rule in rules.items()
    }
    moving = {name: chosen for name, chosen in moving.items() if chosen}
    every = sum(runs(len(chosen), asked.samples) for chosen in moving.values())
    found: list[Sensitivity] = []
    before = 0
    for name, chosen in moving.items():
        found.append(
            sobol(
                name,
                panel.actors,
                [Varied(rule=one.rule, parameter=one.parameter, low=one.low, high=one.high) for one in chosen],
                _evaluated(panel, task, rules, name, chosen),
                samples=asked.samples,
                seed=asked.seed,
                progress=None if progress is None else _later(progress, before, every),
            )
        )
        before += runs(len(chosen), asked.samples)
    return tuple(found)


def _later(progress: Callable[[int, int], None], before: int, every: int) -> Callable[[int, int], None]:
    return lambda done, _: progress(before + done, every)


def _told_choices(varied: Sequence[Vary], rules: Mapping[str, SharingRule]) -> None:
    wrong: list[Finding] = []
    for one in varied:
        named = f"{one.rule}.{one.parameter}"
        rule = rules.get(one.rule)
        part = one.parameter.removeprefix("parts.")
        numbers = PARAMETERS[rule.rule] - {"of", "within", "path", "contraction", "base", "parts"} if rule else set()
        known = one.parameter in numbers or (
            rule is not None and one.parameter.startswith("parts.") and part in rule.parts
        )
        if rule is None or not known:
            do = f"{one.rule} takes {', '.join(sorted(numbers))}" if rule else f"one of {', '.join(rules)}"
            wrong.append(fault("parameter-unknown", f"{named} names nothing that can be varied", do))
        elif not one.low < one.high:
            wrong.append(fault("number-wrong", f"{named} from {one.low:g} to {one.high:g}", "write low before high"))
    if wrong:
        raise Refusal(wrong)


def _evaluated(
    panel: "Panel", task: "Task", rules: Mapping[str, SharingRule], name: str, chosen: Sequence[Vary]
) -> "Callable[[Sequence[float]], Vector]":
    """The shares by a rule when its choices, and those of its parts, have these values."""
    from comity.analysis.shares.allocation import UnfitRuleError, shares  # noqa: PLC0415  # of the extra

    def evaluate(values: Sequence[float]) -> "Vector":
        own = dict(rules)
        for one, value in zip(chosen, values, strict=True):
            own[one.rule] = _with(own[one.rule], one.parameter, value)
        try:
            return shares(panel, task, own[name], own)
        except (UnfitRuleError, ValueError) as error:
            said = ", ".join(f"{one.rule}.{one.parameter} {value:g}" for one, value in zip(chosen, values, strict=True))
            raise refuse("rule-unfit", f"with {said}: {error}", "narrow what is varied") from error

    return evaluate


def _with(rule: SharingRule, parameter: str, value: float) -> SharingRule:
    if parameter.startswith("parts."):
        # A weight of nought for every part would leave nothing to share by.
        return msgspec.structs.replace(rule, parts={**rule.parts, parameter.removeprefix("parts."): max(value, 1e-9)})
    return msgspec.structs.replace(rule, **{parameter: round(value) if parameter in WHOLE_YEARS else value})
