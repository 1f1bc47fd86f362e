"""Weight tables as CSV: `actor,weight[,from,until]` under leading `# title:`, `# unit:`, `# source:` lines."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

import msgspec

from comity.dates import parse_date
from comity.findings import Finding
from comity.rules.plain import part_text

Fault = Callable[[int, str, str, str], None]

__all__ = ["Weight", "Weights", "parse_weights", "print_weights"]

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
        if not {"actor", "weight"} <= set(table.fieldnames or ()):
            fault(skipped + 1, "csv-column-missing", "the columns actor and weight are needed", "add them")
        else:
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
    return found, ()


def _rows(table: "csv.DictReader[str]", skipped: int, fault_at: Fault) -> Iterator[Weight]:
    seen: set[tuple[str, str]] = set()
    for row in table:
        line = skipped + table.line_num
        actor, weight = row.get("actor") or "", _number(row.get("weight") or "")
        if None in row or None in row.values():
            fault_at(line, "csv-row-length", "the row has not as many fields as the header", "mend the row")
            continue
        if not actor or weight is None or weight < 0:
            fault_at(line, "weight-wrong", f"“{row.get('weight')}” is no weight", "digits, with a point for decimals")
            continue
        try:
            since, until = (parse_date(row[n]) if row.get(n) else None for n in ("from", "until"))
        except ValueError as error:
            fault_at(line, "date-impossible", str(error), "write the date as YYYY-MM-DD")
            continue
        if (actor, row.get("from") or "") in seen:
            fault_at(line, "weight-twice", f"{actor} has two weights from the same day", "keep one")
        seen.add((actor, row.get("from") or ""))
        yield Weight(actor=actor, weight=weight, since=since, until=until)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text) if "/" not in text and "e" not in text.lower() else None
    except (ValueError, ZeroDivisionError):
        return None


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
