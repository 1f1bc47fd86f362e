"""Tables as CSV, as a workbook, as JSON."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from comity.dates import LegalDate
from comity.server.exports.provenance import Provenance, told
from comity.server.exports.table import Cell, Column, Table, bare
from comity.server.words import Words
from comity.service.cells import harmless
from comity.service.parquet import parquet_of

__all__ = ["write_csv", "write_json", "write_parquet", "write_workbook"]

# What a workbook can count as a day: its calendar has a 29 February 1900 that never was.
_FIRST_DAY = date(1900, 3, 1)
_WIDTHS = range(9, 61)
_TITLE = 31
_UNTITLED = re.compile(r"[\[\]:*?/\\]")


def write_csv(table: Table) -> bytes:
    """RFC 4180, in UTF-8 with the mark by which spreadsheets know it; the headings are those of the page."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in table.columns])
    writer.writerows([_flat(cell) for cell in cells] for cells in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _flat(cell: Cell) -> object:
    """A number as it is; everything else as text that no spreadsheet runs."""
    return cell.value if isinstance(cell.value, int | float) and not cell.flags else harmless(cell.text)


def write_json(tables: Iterable[Table], said: Provenance) -> bytes:
    """The tables with the ids of their columns as keys, and what they rest on."""
    found = {
        "question": said.title,
        "on": str(said.on),
        **({"known": said.known} if said.known else {}),
        "known_until": list(said.known_until),
        "log": {"origin": said.origin, "size": said.size, "root": said.root},
        "permalink": said.permalink,
        "tables": [
            {
                "id": table.id,
                "title": table.title,
                "columns": [{"id": c.id, "label": c.label, "kind": c.kind} for c in table.columns],
                "rows": table.records(),
            }
            for table in tables
        ],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def write_parquet(table: Table, said: Provenance) -> bytes:
    """The table with the ids of its columns, and what it rests on among the metadata."""
    rows = [
        {column.id: _columnar(cell) for column, cell in zip(table.columns, cells, strict=True)} for cells in table.rows
    ]
    log = {"origin": said.origin, "size": str(said.size), "root": said.root}
    told = {"title": table.title, "permalink": said.permalink, **log}
    return parquet_of(rows, {f"comity.{name}": value for name, value in told.items()})


def _columnar(cell: Cell) -> object:
    return cell.value if isinstance(cell.value, int | float) and not cell.flags else cell.text or None


def write_workbook(tables: Sequence[Table], said: Provenance, words: Words) -> bytes:
    """A sheet a table and one that says what they rest on, in the direction of the language."""
    file = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    options |= dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(file, options)
    # The same answer is the same file: no clock but that of the log.
    book.set_properties({"title": said.title, "comments": said.permalink, "created": _naive(said.recorded)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EEF2F7"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    names = set[str]()
    for table in tables:
        sheet = _sheet(book, table.title, names, words)
        _fill(sheet, table, bold, day)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    _provenance(_sheet(book, bare(words.text("export.provenance")), names, words), said, bold, wrapped, words)
    book.close()
    return file.getvalue()


def _sheet(book: Workbook, title: str, names: set[str], words: Words) -> Worksheet:
    """A sheet under a title that spreadsheets take: short, without some signs, and given once."""
    bare = " ".join(_UNTITLED.sub(" ", title).split()).strip("'") or "–"
    tries = [bare[:_TITLE], *(f"{bare[: _TITLE - 3]} {number}" for number in range(2, 99))]
    name = next(name for name in tries if name.casefold() not in names)
    names.add(name.casefold())
    sheet = book.add_worksheet(name)
    if words.language.direction == "rtl":
        sheet.right_to_left()
    return sheet


def _fill(sheet: Worksheet, table: Table, bold: Format, day: Format) -> None:
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, str(harmless(column.label)), bold)
        sheet.set_column(number, number, _width(column, [cells[number] for cells in table.rows]))
    for line, cells in enumerate(table.rows, 1):
        for number, cell in enumerate(cells):
            _write(sheet, line, number, cell, day)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _write(sheet: Worksheet, line: int, number: int, cell: Cell, day: Format) -> None:
    value = cell.value.first if isinstance(cell.value, LegalDate) and cell.value.exact else cell.value
    if cell.flags or value is None:
        if cell.text:
            sheet.write_string(line, number, str(harmless(cell.text)))
    elif isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, number, value)
    elif isinstance(value, date) and value >= _FIRST_DAY:
        sheet.write_datetime(line, number, value, day)
    else:
        sheet.write_string(line, number, str(harmless(cell.text)))


def _width(column: Column, cells: Iterable[Cell]) -> int:
    widest = max([len(column.label), *(len(cell.text) for cell in cells)]) + 2
    return min(max(widest, _WIDTHS[0]), _WIDTHS[-1])


def _provenance(sheet: Worksheet, said: Provenance, heads: Format, wrapped: Format, words: Words) -> None:
    lines = (
        *told(said, words),
        ("export.by.permalink", said.permalink),
        ("export.by.note", bare(words.text("official"))),
        ("export.by.note", bare(words.text("designations"))),
    )
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    for line, (label, value) in enumerate(lines):
        sheet.write_string(line, 0, bare(words.text(label)), heads)
        sheet.write_string(line, 1, str(harmless(value)), wrapped)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
