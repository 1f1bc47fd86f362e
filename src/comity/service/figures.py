"""Figures by actor, year and name, as somebody brings them: read with every fault, in one unit, members only."""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

import msgspec

from comity.actors import Directory, fold
from comity.findings import Finding, has_errors
from comity.service.queries import Refusal
from comity.service.units import AmbiguousUnitError, carbon_dioxide, mass_or_none, scale_of

__all__ = ["MASSES", "Figure", "Figures", "fault", "members_only", "read_figures"]

_COLUMNS = ("actor", "year", "name", "value")
_MOST_ROWS, _MOST_ACTORS, _MOST_NAMES = 500_000, 1000, 50
_FIRST, _LAST = 1500, 2300
# What is smaller or greater is no figure of anything, and would be lost in what is worked out with it.
_LEAST, _GREATEST = 1e-30, 1e30
_SHOWN = 12
_FULL = 100
# Figures that may be masses of carbon or carbon dioxide, by how their names begin.
MASSES = ("emissions", "baseline", "co2", "ghg")
_NEVER_NEGATIVE = ("population", "gdp", "gni", "gini", "debt", "ldc")
# How rows that are sums of others are called, where no register knows them.
_TOTAL = re.compile(
    r"\b(world|global|total|sum|all (countries|parties|members|states)|eu ?-?(15|25|27|28)|euro area|european union"
    r"|oecd|g ?77|g ?20|g ?7|dac|nato|opec|asean|income|region|regions|annex|ldcs?|rest of)\b"
)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, in the unit that was written beside it."""

    actor: str
    year: int
    name: str
    value: float
    unit: str = ""
    source: str = ""
    line: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of members, in single units and tonnes of carbon dioxide; what was left out, and what is to be said."""

    rows: tuple[Figure, ...]
    units: Mapping[str, str]
    sources: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def fault(code: str, says: str, do: str, file: str = "", line: int = 0) -> Finding:
    """A finding that no answer can be given with."""
    return Finding(level="error", code=code, file=file, line=line, says=says, do=do)


def read_figures(text: str, file: str = "", source: str = "") -> tuple[Figure, ...]:
    """The rows of a table with the columns actor, year, name, value, and maybe unit and source.

    Raises `Refusal` with all that is wrong with it.
    """
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip().casefold() for name in next(table, [])]
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        says = f"the columns {', '.join(missing)} are missing"
        do = "begin the table with actor,year,name,value (and unit, source): one figure a row"
        raise Refusal([fault("csv-column-missing", says, do, file, 1)])
    if text.rstrip().count("\n") > _MOST_ROWS:
        raise Refusal([fault("shares-too-large", f"there are more than {_MOST_ROWS:,} rows", "bring fewer", file)])
    wrong: list[Finding] = []
    found = list(_rows(table, header, file, source, wrong))
    if not found and not wrong:
        wrong.append(fault("csv-empty", "there are no figures", "add some below the names of columns", file, 1))
    wrong += _too_many(found, file)
    wrong += _twice(found, file)
    if wrong:
        more = len(wrong) - _SHOWN
        extra = [fault("csv-row-length", f"{more} more rows have such faults", "mend the first ones", file)]
        raise Refusal([*wrong[:_SHOWN], *(extra if more > 0 else [])])
    return tuple(found)


def _rows(
    table: Iterable[list[str]], header: list[str], file: str, source: str, wrong: list[Finding]
) -> Iterator[Figure]:
    for line, cells in enumerate(table, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            says = f"{len(cells)} fields where there should be {len(header)}"
            wrong.append(fault("csv-row-length", says, "mend the row", file, line))
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        if not row["value"]:
            continue  # what is not known is left empty
        value = _number(row["value"])
        if value is None or not row["actor"] or not row["name"]:
            says = f"“{row['value']:.40}” is no number, or the actor or name is empty"
            wrong.append(fault("number-wrong", says, "write a decimal number with a point", file, line))
            continue
        year = row["year"].removesuffix(".0")
        if not (year.isdecimal() and _FIRST <= int(year) <= _LAST):
            says = f"“{row['year']:.40}” is no year from {_FIRST} to {_LAST}"
            wrong.append(fault("number-wrong", says, "write a year, such as 2020", file, line))
            continue
        name = row["name"].casefold()
        if value < 0 and name in _NEVER_NEGATIVE:
            wrong.append(fault("number-wrong", f"{name} of {row['actor']:.40} is negative", "mend it", file, line))
            continue
        yield Figure(
            actor=row["actor"],
            year=int(year),
            name=name,
            value=value,
            unit=row.get("unit", ""),
            source=row.get("source", "") or source,
            line=line,
        )


def _number(text: str) -> float | None:
    try:
        value = float(text) if "_" not in text else float("nan")
    except ValueError:
        return None
    if not isfinite(value) or (value and not _LEAST < abs(value) < _GREATEST):
        return None
    return value


def _too_many(found: list[Figure], file: str) -> Iterator[Finding]:
    for what, names, most in (
        ("actors", {one.actor for one in found}, _MOST_ACTORS),
        ("kinds of figures", {one.name for one in found}, _MOST_NAMES),
    ):
        if len(names) > most:
            says = f"there are {len(names):,} {what}; {most:,} is the most"
            yield fault("shares-too-large", says, "bring only those that share", file)


def _twice(found: list[Figure], file: str) -> Iterator[Finding]:
    seen: dict[tuple[str, int, str], int] = {}
    for one in found:
        key = (one.actor, one.year, one.name)
        if key in seen:
            says = f"{one.name} of {one.actor} in {one.year} stands in line {seen[key]} already"
            yield fault("figure-twice", says, "keep one of them", file, one.line)
        seen.setdefault(key, one.line)


def members_only(rows: Iterable[Figure], directory: Directory, wanted: tuple[str, ...], file: str = "") -> Figures:
    """Figures of those who share, under their ids, in single units; totals beside members and the unknown are told.

    `wanted` names whoever shares; left out: whoever the register knows, or, in a table of which it knows less than
    half, everybody whose name is not that of a total. Raises `Refusal` for units that leave doubt, and for names that
    are wanted and not there.
    """
    found = tuple(rows)
    labels = tuple(dict.fromkeys(one.actor for one in found))
    ids, findings = _identified(labels, directory, wanted, file)
    kept = tuple(msgspec.structs.replace(one, actor=ids[one.actor]) for one in found if one.actor in ids)
    findings += _doubled(ids, file)
    units, kept, more = _in_units(kept, file)
    findings += more
    findings += _sums(kept, wanted, file)
    if has_errors(findings):
        raise Refusal(findings)
    sources = tuple(dict.fromkeys(one.source for one in kept if one.source))
    if not sources:
        says, do = "the table does not say where its figures come from", "add a column source, or say --source"
        findings.append(Finding(level="warning", code="source-unstated", file=file, says=says, do=do))
    left_out = tuple(label for label in labels if label not in ids)
    return Figures(rows=kept, units=units, sources=sources, left_out=left_out, findings=tuple(findings))


def _identified(
    labels: tuple[str, ...], directory: Directory, wanted: tuple[str, ...], file: str
) -> tuple[dict[str, str], list[Finding]]:
    """Which labels are of members, and under which ids; and what is to be said of the others."""
    own = {label: _known(label, directory) for label in labels}
    findings: list[Finding] = []
    if wanted:
        ids = {label: own[label] or label for label in labels}
        asked = {_known(name, directory) or name: name for name in wanted}
        for name in sorted(set(asked) - set(ids.values())):
            close = difflib.get_close_matches(asked[name], [*labels, *ids.values()], n=3, cutoff=0.5)
            do = f"did you mean {', '.join(dict.fromkeys(close))}?" if close else "add its figures to the table"
            findings.append(fault("figures-missing", f"there is no figure of {asked[name]}", do, file))
        return {label: code for label, code in ids.items() if code in asked}, findings
    members = {label for label, code in own.items() if code and not _is_total(code, directory, own.values())}
    whole = {label for label in labels if label not in members and _total(label, own[label], directory)}
    strangers = [label for label in labels if label not in members and label not in whole]
    if whole:
        says = f"totals beside members, left out: {_listed(whole)}"
        do = "take them out of the table, or name whoever shares"
        findings.append(Finding(level="warning", code="total-among-members", file=file, says=says, do=do))
    if strangers and 2 * len(members) >= len(labels):
        hints = (f"{label} ({', '.join(directory.nearest(label, 2)) or 'nothing like it'})" for label in strangers)
        says = f"no register actor, left out; the nearest ids beside each: {_listed(hints)}"
        do = "write the id of an actor, or name whoever shares, this one among them"
        findings.append(Finding(level="warning", code="actor-unknown", file=file, says=says, do=do))
        strangers = []
    elif strangers:
        says = f"taken as they are, for the register does not know them: {_listed(strangers)}"
        findings.append(Finding(level="note", code="actor-unknown", file=file, says=says, do=""))
    return {label: own[label] or label for label in labels if label in members or label in strangers}, findings


def _known(label: str, directory: Directory) -> str:
    """The id that a label names exactly: an id, a name in some language, or a code of ISO 3166."""
    if label in directory.actors:
        return label
    named = directory.named(label)
    if not named:
        codes = {one.code("iso3") for one in directory.actors.values()}
        named = frozenset(one.id for one in directory.actors.values() if label in codes and one.code("iso3") == label)
    return next(iter(named)) if len(named) == 1 else ""


def _is_total(code: str, directory: Directory, others: Iterable[str]) -> bool:
    """Whether an actor is an organization among States: its figures are those of its members, or of its borrowers."""
    states = ("state", "entity")
    beside = any(directory.actors[other].kind in states for other in others if other)
    return directory.actors[code].kind not in states and beside


def _total(label: str, code: str, directory: Directory) -> bool:
    groups = {name for group in directory.groups.values() for name in (fold(group.id), fold(group.title))}
    return bool(code) or fold(label) in groups or _TOTAL.search(fold(label)) is not None


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{', '.join(found[:_SHOWN])}{more}"


def _doubled(ids: Mapping[str, str], file: str) -> list[Finding]:
    labels: dict[str, list[str]] = {}
    for label, code in ids.items():
        labels.setdefault(code, []).append(label)
    return [
        fault("actor-twice", f"{', '.join(names)} are one actor, {code}", "keep one name for it", file)
        for code, names in labels.items()
        if len(names) > 1
    ]


def _in_units(rows: tuple[Figure, ...], file: str) -> tuple[dict[str, str], tuple[Figure, ...], list[Finding]]:
    """The rows in tonnes of carbon dioxide or in single things, and the units as they were written."""
    findings: list[Finding] = []
    written: dict[str, dict[str, int]] = {}
    for one in rows:
        written.setdefault(one.name, {}).setdefault(one.unit, one.line)
    factors: dict[tuple[str, str], float] = {}
    for name, units in written.items():
        for unit, line in units.items():
            factors[name, unit] = _factor(name, unit, file, line, findings)
        if len({unit for unit in units if mass_or_none(unit) is None}) > 1:
            said = ", ".join(unit or "none" for unit in units)
            findings.append(fault("unit-mixed", f"{name} stands in several units: {said}", "use one", file))
    gini = [one.value for one in rows if one.name == "gini"]
    percent = any(value > 1 for value in gini)
    if percent:
        findings.append(
            Finding(level="note", code="unit-converted", file=file, says="gini is taken as per cent (0 to 100)", do="")
        )
    if any(value >= (_FULL if percent else 1) for value in gini):
        findings.append(fault("number-wrong", "a Gini index lies from 0 up to 1, or to 100", "mend it", file))
    converted = tuple(
        msgspec.structs.replace(
            one, value=one.value / _FULL if one.name == "gini" and percent else one.value * factors[one.name, one.unit]
        )
        for one in rows
    )
    return {name: ", ".join(filter(None, units)) for name, units in written.items()}, converted, findings


def _factor(name: str, unit: str, file: str, line: int, findings: list[Finding]) -> float:
    """What one unit of a figure is; what leaves doubt is found."""
    if not name.startswith(MASSES):
        return float(scale_of(unit))
    do = "write tCO2, MtCO2, GgCO2 or the like, or tC, MtC for carbon, in a column unit"
    try:
        found = carbon_dioxide(unit)
    except AmbiguousUnitError as error:
        findings.append(fault("unit-ambiguous", f"{name}: {error}, which differ by 44/12", do, file, line))
        return 1.0
    if found is None and name == "baseline":
        return float(scale_of(unit))
    if found is None:
        says = f"{name}: {'no unit is said' if not unit else f'“{unit:.40}” is no mass of carbon or carbon dioxide'}"
        findings.append(fault("unit-ambiguous", says, do, file, line))
        return 1.0
    if found.denominator % 3 == 0:
        says = f"{name} is in {unit}: carbon, taken times 44/12 to be carbon dioxide"
        findings.append(Finding(level="note", code="unit-converted", file=file, says=says, do=""))
    return float(found)


def _sums(rows: tuple[Figure, ...], wanted: tuple[str, ...], file: str) -> list[Finding]:
    """Whoever has, in every year, as much as all others together looks like a total."""
    if wanted:
        return []
    slices: dict[tuple[str, int], dict[str, float]] = {}
    for one in rows:
        if one.name not in {"gini", "ldc"}:
            slices.setdefault((one.name, one.year), {})[one.actor] = one.value
    whole = [one for one in slices.values() if len(one) > 3]  # noqa: PLR2004  # of fewer it may be chance
    likely: set[str] | None = None
    for values in whole:
        total = sum(values.values())
        alike = {actor for actor, value in values.items() if total and abs(2 * value - total) <= 0.001 * abs(total)}
        likely = alike if likely is None else likely & alike
    if not likely or len(whole) < 2:  # noqa: PLR2004  # as above
        return []
    says = f"{_listed(sorted(likely))} has as much as all others together in every year: a total among members?"
    do = "take it out, or name whoever shares"
    return [Finding(level="warning", code="total-among-members", file=file, says=says, do=do)]
