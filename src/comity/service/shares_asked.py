"""What is asked about fair shares: records, a TOML file, or words of a command line, read with every fault."""

import tomllib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import isfinite
from pathlib import Path

import msgspec

from comity.analysis.shares.sharing import PARAMETERS, RULES, WHOLE_YEARS, Kind, SharingRule
from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.service.figures import fault
from comity.service.queries import Refusal, refuse
from comity.service.units import AmbiguousUnitError, carbon_dioxide, mass_or_none, scale_of

__all__ = ["SharesAsked", "Vary", "asked_of_file", "rule_of", "rules_of", "total_of"]

_MOST = 20_000_000
_MOST_RULES = 20


class Vary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A choice to vary, uniformly from `low` to `high`: a parameter of a rule, or `parts.ID` of a mix."""

    rule: str
    parameter: str
    low: float
    high: float


class SharesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is shared, by which rules, on what figures.

    `data`: a table as text (actor,year,name,value and maybe unit, source). `tables`: figures by name from weight tables
    of the register, as on the day `on`. `year`: left out, the last one that most actors have figures of. `step`: the
    smallest unit (1 for troops or doses). `actors`: who shares; left out: whoever has figures. `vary`, `samples` (a
    power of 2) and `seed`: of the sensitivity; with `sensitivity` and no `vary`, each rule's own choices are varied.
    """

    total: float
    rules: tuple[SharingRule, ...]
    data: str = ""
    file: str = ""
    source: str = ""
    tables: Mapping[str, str] = {}
    on: date | None = None
    unit: str = ""
    kind: Kind = "burden"
    year: int | None = None
    step: float | None = None
    actors: tuple[str, ...] = ()
    sensitivity: bool = False
    vary: tuple[Vary, ...] = ()
    samples: int = 256
    seed: int = 1


def asked_of_file(path: Path) -> SharesAsked:
    """What a TOML file asks; `data` is the path of a table beside it. Raises `Refusal`."""
    text, faults = read_text(path, str(path), _MOST)
    if has_errors(faults):
        raise Refusal(faults)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refuse("toml-malformed", str(error), "mend the file", str(path)) from error
    if isinstance(found.get("data"), str):
        table = path.parent / found["data"]
        found["data"], faults = read_text(table, str(table), _MOST)
        found["file"] = str(table)
        if has_errors(faults):
            raise Refusal(faults)
    try:
        return msgspec.convert(found, SharesAsked)
    except msgspec.ValidationError as error:
        do = f"see docs/reference/commands.md, comity shares; the rules are {', '.join(RULES)}"
        raise refuse("shares-malformed", str(error), do, str(path)) from error


def rule_of(text: str) -> SharingRule:
    """A rule as a command line has it: `responsibility,since=1990,threshold=7500`. Raises `Refusal`."""
    name, *settings = (part.strip() for part in text.split(","))
    given: dict[str, object] = {"rule": name}
    parts: dict[str, float] = {}
    for setting in settings:
        key, _, value = (part.strip() for part in setting.partition("="))
        try:
            number = float(value)
        except ValueError:
            given[key] = {"yes": True, "no": False}.get(value, value)
            continue
        if key.startswith("parts."):
            parts[key.removeprefix("parts.")] = number
        else:
            given[key] = int(number) if number.is_integer() and key in WHOLE_YEARS else number
    if parts:
        given["parts"] = parts
    try:
        return msgspec.convert(given, SharingRule)
    except msgspec.ValidationError as error:
        do = f"write NAME,KEY=VALUE,… with one of {', '.join(RULES)}"
        raise refuse("shares-malformed", f"“{text:.80}”: {error}", do) from error


def rules_of(asked: SharesAsked) -> dict[str, SharingRule]:
    """The rules by id, each once, with nothing said that it does not know."""
    wrong: list[Finding] = []
    found: dict[str, SharingRule] = {}
    if not 0 < len(asked.rules) <= _MOST_RULES:
        wrong.append(fault("shares-malformed", "there is no rule, or more than 20", f"name some of {', '.join(RULES)}"))
    for rule in asked.rules[:_MOST_RULES]:
        if rule.name in found:
            wrong.append(fault("rule-twice", f"two rules are called “{rule.name}”", "give each an id of its own"))
        found[rule.name] = rule
        said = {field.name for field in msgspec.structs.fields(rule) if getattr(rule, field.name) != field.default}
        said -= {"rule", "id", "floor", "ceiling"} | ({"base"} if rule.base == (3, 6) else set())
        said -= set() if rule.parts else {"parts"}
        for name in sorted(said - PARAMETERS[rule.rule]):
            takes = ", ".join(sorted(PARAMETERS[rule.rule])) or "nothing but floor and ceiling"
            wrong.append(
                fault("parameter-unknown", f"{rule.name}: {name} says nothing to this rule", f"it takes {takes}")
            )
        wrong += _senseless(rule)
    if wrong:
        raise Refusal(wrong)
    return found


def _senseless(rule: SharingRule) -> list[Finding]:
    """Numbers that no rule can take."""
    bounds = (
        ("discount", rule.discount, 0.0, 1.0),
        ("weight", rule.weight, 0.0, 1.0),
        ("threshold", rule.threshold, 0.0, 1e12),
        ("floor", rule.floor, 0.0, 1.0),
        ("ceiling", rule.ceiling, 0.0, 1.0),
        ("steepness", rule.steepness, 0.0, 100.0),
        ("gradient", rule.gradient, 0.0, 1.0),
        ("largest_rate", rule.largest_rate, 0.0, 1.0),
        ("least_rate", rule.least_rate, 0.0, 1.0),
        ("poorest_rate", rule.poorest_rate, 0.0, 1.0),
        ("debt_part", rule.debt_part, 0.0, 1.0),
        *((name, getattr(rule, name), 1500, 2300) for name in sorted(WHOLE_YEARS)),
        *(("base", years, 1, 100) for years in rule.base),
        *((f"parts.{name}", weight, 0.0, 1e12) for name, weight in rule.parts.items()),
    )
    found = [
        fault("number-wrong", f"{rule.name}: {name} is {value:g}", f"it lies from {low:g} to {high:g}")
        for name, value, low, high in bounds
        if value is not None and not low <= value <= high
    ]
    if rule.rule == "proportional" and not rule.of:
        found.append(fault("shares-malformed", f"{rule.name}: of what figures?", "say of=NAME"))
    if rule.rule == "assessment-scale" and not rule.base:
        found.append(fault("shares-malformed", f"{rule.name}: there is no base period", "say how many years"))
    return found


# What takes emissions from the total itself, so that both must be in one unit.
_OF_EMISSIONS = ("cumulative-per-capita", "contraction-convergence")


def total_of(asked: SharesAsked, written: Mapping[str, str]) -> tuple[Fraction, Fraction]:
    """The total as it was said, and in single units: in tonnes of carbon dioxide where it is a mass.

    `written` has the units of the figures, by name. Raises `Refusal`, also where a rule takes figures from the total
    that are a mass of carbon dioxide or carbon, and the total does not say that it is one.
    """
    if not isfinite(asked.total) or asked.total <= 0:
        raise refuse("number-wrong", f"the total is {asked.total:g}", "share something above nought")
    total = Fraction(str(asked.total))
    try:
        factor = carbon_dioxide(asked.unit)
        doubt = f"“{asked.unit}” is no mass of either" if asked.unit else "no unit is said"
    except AmbiguousUnitError as error:
        factor, doubt = None, str(error)
    taken = any(rule.rule in _OF_EMISSIONS for rule in asked.rules)
    if asked.kind == "benefit" and "baseline" in written:
        taken |= mass_or_none(written["baseline"].partition(",")[0]) is not None
    if taken and asked.kind == "benefit" and factor is None:
        do = "write GtCO2 or the like, or GtC for carbon"
        raise refuse("unit-ambiguous", f"the total, from which emissions are taken: {doubt}", do)
    return total, total * (scale_of(asked.unit) if factor is None else factor)
