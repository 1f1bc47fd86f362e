"""Weight tables as CSV: `actor,weight[,from,until]` under leading `# title:`, `# unit:`, `# source:` lines."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction

import msgspec

from comity.dates import parse_date
from comity.findings import Finding, Level
from comity.rules.plain import part_text

Fault = Callable[[int, str, str, str], None]

__all__ = ["Weight", "Weights", "parse_weights", "print_weights"]

# Fraction would read more: signs, underscores, spaces, the digits of other scripts.
_DIGITS = re.compile(r"\d+(\.\d+)?", re.ASCII)
_LONGEST = 40
# Printed totals differ from the sum of rounded rows, as that of the Paris Agreement does by five in 37 million.
_ROUNDED = Fraction(101, 100)
_HEADS = ("title", "unit", "source", "total", "note")


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """The weight of one actor in one period."""

    actor: str
    weight: Fraction
    since: date | None = None
    until: date | None = None


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """A dated weight table. `total` stands for more than the rows where it is given."""

    id: str
    title: str = ""
    unit: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    total: Fraction | None = None
    rows: tuple[Weight, ...] = ()

    def at(self, day: date) -> dict[str, Fraction]:
        """The weights that hold on `day`."""
        return {
            row.actor: row.weight
            for row in self.rows
            if (row.since is None or row.since <= day) and (row.until is None or day < row.until)
        }

    def turning_days(self) -> frozenset[date]:
        """The days on which the table changes."""
        return frozenset(day for row in self.rows for day in (row.since, row.until) if day is not None)


def parse_weights(text: str, file: str, name: str) -> tuple[Weights | None, tuple[Finding, ...]]:
    """Read a weight table; None where a fault leaves it unfit to count with."""
    findings: list[Finding] = []

    def fault(line: int, code: str, says: str, do: str) -> None:
        findings.append(Finding(level="error", code=code, file=file, line=line, says=says, do=do))

    heads: dict[str, list[str]] = {name: [] for name in _HEADS}
    lines = text.split("\n")
    skipped = 0
    for line in lines:
        if not line.startswith("#"):
            break
        skipped += 1
        label, colon, value = line.lstrip("# ").partition(":")
        if colon and label in heads:
            heads[label].append(value.strip())
        else:
            fault(skipped, "weights-head", f"“{line}” is no heading", f"one of {', '.join(_HEADS)} and a colon")
    rows: list[Weight] = []
    try:
        table = csv.DictReader(io.StringIO("\n".join(lines[skipped:]), newline=""), strict=True)
        if not _header_faults(table.fieldnames or (), skipped + 1, fault):
            rows.extend(_rows(table, skipped, fault_at=fault))
    except csv.Error as error:
        fault(skipped + 1, "csv-malformed", f"this is not CSV: {error}", "mend the quoting")
    total = None
    if heads["total"]:
        total = _number(heads["total"][-1])
        if total is None or total <= 0:
            fault(1, "weights-total", "the total is no number above zero", "write it as digits")
    if findings:
        return None, tuple(findings)
    found = Weights(
        id=name,
        title="; ".join(heads["title"]),
        unit="; ".join(heads["unit"]),
        source="; ".join(heads["source"]),
        notes=tuple(heads["note"]),
        total=total,
        rows=tuple(rows),
    )
    return _within_total(found, file)


def _header_faults(names: Sequence[str], line: int, fault: Fault) -> bool:
    """Whether the column names are not those of a weight table, once told."""
    if not {"actor", "weight"} <= set(names):
        fault(line, "csv-column-missing", "the columns actor and weight are needed", "add them")
        return True
    strange = sorted(set(names) - {"actor", "weight", "from", "until"})
    for name in strange:
        fault(line, "csv-column-unknown", f"no column is called “{name}”", "the columns are actor, weight, from, until")
    twice = len(names) > len(set(names))
    if twice:
        fault(line, "csv-column-twice", "a column stands twice", "keep one")
    return twice or bool(strange)


def _within_total(table: Weights, file: str) -> tuple[Weights | None, tuple[Finding, ...]]:
    """The table with a warning where it weighs more than its total; None where it weighs nothing."""
    if not any(row.weight for row in table.rows) and table.total is None:
        says = "the weights add up to nothing, and there is no part of nothing"
        return None, (_total_wrong("error", file, says, "give the weights, or the total that stands for them"),)
    for day in sorted({date.min, *table.turning_days()}) if table.total is not None else ():
        weight = sum(table.at(day).values(), Fraction())
        if table.total is not None and weight > table.total * _ROUNDED:
            says = f"the rows add up to {float(weight):g}, and the total is given as {float(table.total):g}"
            return table, (_total_wrong("warning", file, says, "check the weights and the total"),)
    return table, ()


def _total_wrong(level: Level, file: str, says: str, do: str) -> Finding:
    return Finding(level=level, code="weights-total", file=file, says=says, do=do)


def _rows(table: "csv.DictReader[str]", skipped: int, fault_at: Fault) -> Iterator[Weight]:
    seen: dict[str, list[Weight]] = {}
    for row in table:
        line = skipped + table.line_num
        actor, weight = row.get("actor") or "", _number(row.get("weight") or "")
        if None in row or None in row.values():
            fault_at(line, "csv-row-length", "the row has not as many fields as the header", "mend the row")
            continue
        if not actor or weight is None or weight < 0:
            says = f"“{row.get('weight'):.40}” is no weight" if actor else "a weight without an actor"
            do = "digits, with a point for decimals" if actor else "give the actor's id"
            fault_at(line, "weight-wrong", says, do)
            continue
        try:
            since, until = (parse_date(row[n]) if row.get(n) else None for n in ("from", "until"))
        except ValueError as error:
            fault_at(line, "date-impossible", str(error), "write the date as YYYY-MM-DD")
            continue
        if since is not None and until is not None and until <= since:
            says = f"the period of {actor} ends on {until}, and begins on {since}"
            fault_at(line, "date-impossible", says, "check both days; until is the day after the last")
            continue
        found = Weight(actor=actor, weight=weight, since=since, until=until)
        before = seen.setdefault(actor, [])
        if any(_meet(found, other) for other in before):
            fault_at(
                line, "weight-twice", f"{actor} has two weights on the same day", "keep one, or part their periods"
            )
        before.append(found)
        yield found


def _meet(one: Weight, other: Weight) -> bool:
    """Whether both hold on some day; an `other` left open, which came first, holds until `one` begins."""
    if other.until is None and one.since is not None and (other.since is None or other.since < one.since):
        return False
    return (one.since is None or other.until is None or one.since < other.until) and (
        other.since is None or one.until is None or other.since < one.until
    )


def _number(text: str) -> Fraction | None:
    return Fraction(text) if _DIGITS.fullmatch(text) and len(text) <= _LONGEST else None


def print_weights(weights: Weights) -> str:
    """The table in canonical form."""
    heads = {"title": weights.title, "unit": weights.unit, "source": weights.source}
    out = [f"# {name}: {value}\n" for name, value in heads.items() if value]
    if weights.total is not None:
        out.append(f"# total: {_digits(weights.total)}\n")
    out.extend(f"# note: {note}\n" for note in weights.notes)
    dated = any(row.since or row.until for row in weights.rows)
    out.append("actor,weight,from,until\n" if dated else "actor,weight\n")
    for row in weights.rows:
        period = f",{row.since or ''},{row.until or ''}" if dated else ""
        out.append(f"{row.actor},{_digits(row.weight)}{period}\n")
    return "".join(out)


def _digits(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else part_text(number)
