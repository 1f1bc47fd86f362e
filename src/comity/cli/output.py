"""Writing answers: JSON as the contract says, CSV for spreadsheets, and refusals in either."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from comity.findings import Finding
from comity.law.results import plain

__all__ = ["refusal", "write_csv", "write_json"]


def write_json(value: object) -> None:
    """One JSON document, readable, in UTF-8."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n")


def write_csv(rows: Sequence[Mapping[str, object]], columns: Iterable[str] = ()) -> None:
    """Rows with a header line; `columns` names them where there may be no row."""
    names = list(columns) or list(rows[0] if rows else [])
    writer = csv.DictWriter(sys.stdout, names, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)


def refusal(findings: Sequence[Finding], form: str) -> None:
    """Findings instead of an answer: as JSON for programs, else as lines on standard error."""
    if form == "json":
        write_json({"findings": findings})
        return
    from comity.cli.render import findings_table  # noqa: PLC0415  # rich takes time to load

    findings_table(findings, to_stderr=True)
