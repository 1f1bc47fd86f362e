"""The table of regions that a model of clubs is asked about: read with every fault."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.service.queries import Refusal, refuse

if TYPE_CHECKING:
    from comity.analysis.coalitions.clubs import Region

__all__ = ["read_regions", "regions_of"]

_MOST = 10_000_000
_MOST_LINES = 1_000
_COLUMNS = ("region", "gdp", "co2", "abatement_alpha_mckinsey", "tariff_alpha", "tariff_beta")
# What would be divided by.
_POSITIVE = ("gdp", "abatement_alpha_mckinsey")
_EXPORTS = "exports_to_"


def read_regions(path: Path) -> "tuple[Region, ...]":
    """The regions of a file (`regions_of`). Raises `Refusal`."""
    text, findings = read_text(path, str(path), _MOST)
    if has_errors(findings):
        raise Refusal(findings)
    return regions_of(text, str(path))


def regions_of(text: str, file: str = "") -> "tuple[Region, ...]":
    """The regions of a table, in its order: name, parameters, and a column `exports_to_NAME` for each region.

    Raises `Refusal` with all that is wrong with it.
    """
    from comity.analysis.coalitions.clubs import MOST_PLAYERS, Region  # noqa: PLC0415  # of the extra `analysis`

    lines = text.count("\n")
    if lines > _MOST_LINES:
        says = f"the table has {lines:,} lines, and a line is a region"
        raise refuse("club-too-large", says, "put regions together", file)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        says = f"the table cannot be read: {error}"
        raise refuse("csv-broken", says, "mend the table", file) from error
    if len(rows) > MOST_PLAYERS:
        says = f"there are {len(rows):,} regions, and of more than {MOST_PLAYERS} not every coalition can be looked at"
        raise refuse("club-too-large", says, "put regions together", file)
    faults = list(_faults(rows, file))
    if faults:
        raise Refusal(faults)
    names = [row["region"] for row in rows]
    return tuple(
        Region(
            name=row["region"],
            gdp=_number(row["gdp"]),
            co2=_number(row["co2"]),
            mckinsey=_number(row["abatement_alpha_mckinsey"]),
            tariff_alpha=_number(row["tariff_alpha"]),
            tariff_beta=_number(row["tariff_beta"]),
            exports=tuple(_number(row[_EXPORTS + name]) for name in names),
        )
        for row in rows
    )


def _number(text: str) -> Fraction:
    """A decimal number, exactly; raises ValueError for anything else."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"“{text:.40}” is no number") from error
    if not found.is_finite() or abs(found.adjusted()) > 300:  # noqa: PLR2004  # what a float holds
        raise ValueError(f"“{text:.40}” is no number that can be counted with")
    return Fraction(found)


def _faults(rows: Sequence[Mapping[str, str | None]], file: str) -> Iterator[Finding]:
    def fault(code: str, line: int, says: str, do: str) -> Finding:
        return Finding(level="error", code=code, file=file, line=line, says=says, do=do)

    if not rows:
        yield fault("csv-empty", 1, "there are no regions", f"begin with {','.join(_COLUMNS)}")
        return
    names = [row.get("region") or "" for row in rows]
    wanted = (*_COLUMNS, *(_EXPORTS + name for name in names))
    for column in wanted:
        if column not in rows[0]:
            yield fault("csv-column-missing", 1, f"the column “{column}” is missing", "add it")
    for line, (name, row) in enumerate(zip(names, rows, strict=True), 2):
        if not name or names.count(name) > 1:
            yield fault(
                "region-twice", line, f"“{name}” stands twice, or is empty", "give each region a name of its own"
            )
        if None in row or None in row.values():
            yield fault("csv-row-length", line, "more or fewer fields than the header names", "mend the row")
            continue
        for column in wanted[1:]:
            if column in row:
                yield from _faults_of(column, row[column] or "", line, fault)


def _faults_of(column: str, text: str, line: int, fault: Callable[[str, int, str, str], Finding]) -> Iterator[Finding]:
    try:
        value = _number(text)
    except ValueError as error:
        yield fault("number-wrong", line, f"{column}: {error}", "write a decimal number")
        return
    if value < 0 or (value == 0 and column in _POSITIVE):
        yield fault("number-wrong", line, f"{column}: {text} is too small", "a positive number is needed")
