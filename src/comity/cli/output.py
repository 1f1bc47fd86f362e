"""Writing answers: JSON as the contract says, CSV for spreadsheets, and refusals in either.

Both are for programs and are UTF-8 whatever the terminal speaks; JSON escapes what a terminal could not show.
"""

import codecs
import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from comity.findings import Finding
from comity.law.results import plain
from comity.law.rows import COLUMNS, Rows, rows
from comity.service.cells import harmless

__all__ = ["refusal", "write_csv", "write_json", "write_table"]


def write_json(value: object) -> None:
    """One JSON document, readable."""
    unicode = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=not unicode, indent=1) + "\n")


def write_csv(answer: Rows, kind: type) -> None:
    """The rows of an answer under the columns of its kind, which are there also where no row is."""
    write_table(rows(answer), COLUMNS[kind])


def write_table(found: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Plain rows under these columns; text that a spreadsheet could run gets an apostrophe."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in row.items()} for row in found)
    sys.stdout.flush()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.buffer.write(text.getvalue().encode("utf-8"))
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write(text.getvalue())


def refusal(findings: Sequence[Finding], form: str) -> None:
    """Findings instead of an answer: as JSON for programs, else as lines on standard error."""
    if form == "json":
        write_json({"findings": findings})
        return
    from comity.cli.lists import findings_list  # noqa: PLC0415  # an answer seldom needs it

    findings_list(findings, to_stderr=True)
