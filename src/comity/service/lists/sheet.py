"""A spreadsheet as a treaty office has it: CSV in whatever form it was saved, or a workbook."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final

import msgspec

from comity.findings import Finding

__all__ = ["MOST_BYTES", "MOST_ROWS", "Sheet", "read_sheet"]

# An office of a large State keeps some ten thousand treaties.
MOST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 100_000
_MOST_COLUMNS: Final = 200
_MOST_SHEETS: Final = 200
_MOST_UNPACKED: Final = 200_000_000
# A workbook says a text once, and may place it in every cell.
_MOST_CHARACTERS: Final = 2 * MOST_BYTES
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
# Titles and dates of a report may stand above the names of the columns.
_ABOVE: Final = 20


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A table as text: `columns` names them, each row has as many cells; `first` is the line of the first row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int = 2

    def cells(self, column: str) -> tuple[str, ...]:
        """The cells of a column. Raises ValueError where there is no such column."""
        at = self.columns.index(column)
        return tuple(row[at] for row in self.rows)


def read_sheet(data: bytes, name: str) -> tuple[Sheet | None, tuple[Finding, ...]]:
    """Read a CSV or XLSX file; `name` is its name, for findings. None, with an error, where it is neither."""
    if len(data) > MOST_BYTES:
        return None, (_fault(name, "file-too-large", f"more than {MOST_BYTES // 1_000_000} MB", "split it"),)
    if data.startswith(_OLD_EXCEL):
        do = "save it as XLSX or CSV"
        return None, (_fault(name, "sheet-unknown", "this is a workbook of the old kind (XLS)", do),)
    lines, findings = _workbook(data, name) if data.startswith(_ZIP) else _csv(data, name)
    if lines is None:
        return None, findings
    sheet, more = _sheet(lines, name)
    return sheet, (*findings, *more)


def _fault(file: str, code: str, says: str, do: str) -> Finding:
    return Finding(level="error", code=code, file=file, says=says, do=do)


_Lines = Sequence[Sequence[str]]


class _TooMuchError(Exception):
    """A workbook holds more than it seems to."""


def _workbook(data: bytes, name: str) -> tuple[_Lines | None, tuple[Finding, ...]]:
    """The rows of the first sheet that has any; values, not formulae."""
    try:
        found, sheets = _first_of(data)
    except _TooMuchError:
        return None, (_fault(name, "file-too-large", "the workbook unpacks to too much", "split it"),)
    except Exception as error:  # noqa: BLE001  # openpyxl lets through whatever it meets in a damaged workbook
        says = f"the workbook cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}"
        return None, (_fault(name, "sheet-unknown", says, "save it again as XLSX, or as CSV"),)
    if not found:
        return None, (_fault(name, "sheet-empty", "there is nothing in it", "is this the right file?"),)
    if sheets == 1:
        return found, ()
    says = f"the workbook has {sheets} sheets; the first is read"
    do = "bring the others as lists of their own"
    return found, (Finding(level="warning", code="sheets-many", file=name, says=says, do=do),)


def _first_of(data: bytes) -> tuple[_Lines, int]:
    """The rows of the first sheet that has any, one more at most than there may be; how many sheets have any."""
    import openpyxl  # noqa: PLC0415  # of the extra `portal`, and slow to load

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
            raise _TooMuchError
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found: _Lines = ()
    sheets = 0
    for sheet in book.worksheets[:_MOST_SHEETS]:
        sheet.reset_dimensions()  # what a workbook says of its own size may be wrong
        # A row of any number may follow the first: those between are made up while reading.
        rows = islice(sheet.iter_rows(values_only=True), MOST_ROWS + 1)
        if sheets:
            sheets += any(cell is not None for row in rows for cell in row)
        elif any(lines := _cells(rows)):
            found, sheets = lines, 1
    book.close()
    return found, sheets


def _cells(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    """Rows as text, each up to its last cell with anything in it; nothing after a row that is too wide."""
    found: list[list[str]] = []
    left = _MOST_CHARACTERS
    for row in rows:
        far = row[_MOST_COLUMNS:]
        wide = far.count(None) < len(far)
        texts = list(map(_text, row if wide else row[:_MOST_COLUMNS]))
        while texts and not texts[-1]:
            texts.pop()
        found.append(texts)
        left -= sum(map(len, texts))
        if left < 0:
            raise _TooMuchError
        if wide:
            break
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _csv(data: bytes, name: str) -> tuple[_Lines | None, tuple[Finding, ...]]:
    text, findings = _decoded(data, name)
    if text is None:
        return None, findings
    head = "\n".join(text.splitlines()[:_ABOVE])
    delimiter = max(",;\t|", key=head.count)
    try:
        rows = [
            [" ".join(cell.split()) for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        return None, (*findings, _fault(name, "csv-malformed", f"this is not CSV: {error}", "mend the quoting"))
    return rows, findings


def _decoded(data: bytes, name: str) -> tuple[str | None, tuple[Finding, ...]]:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding != "cp1252":
            return text, ()
        says = "it is not UTF-8: read as Windows-1252 (Western European)"
        do = "look whether accents came out right; else save it as UTF-8"
        return text, (Finding(level="warning", code="encoding-guessed", file=name, says=says, do=do),)
    return None, (
        _fault(name, "file-not-text", "this is neither text nor a workbook", "save it as CSV (UTF-8) or XLSX"),
    )


def _sheet(lines: _Lines, name: str) -> tuple[Sheet | None, tuple[Finding, ...]]:
    at = _header(lines)
    if at is None:
        return None, (_fault(name, "sheet-empty", "there is no row with the names of columns", "add one"),)
    width = max(len(row) for row in lines[at:])
    if width > _MOST_COLUMNS or len(lines) > MOST_ROWS:
        says = f"more than {_MOST_COLUMNS} columns or {MOST_ROWS:,} rows"
        return None, (_fault(name, "file-too-large", says, "take out what is empty, or split it"),)
    columns = _named([*lines[at], *[""] * (width - len(lines[at]))])
    rows = tuple((*row, *[""] * (width - len(row))) for row in lines[at + 1 :])
    while rows and not any(rows[-1]):
        rows = rows[:-1]
    if not rows:
        return None, (_fault(name, "sheet-empty", "there are no rows below the names of columns", "add some"),)
    return Sheet(columns=columns, rows=rows, first=at + 2), ()


def _header(lines: _Lines) -> int | None:
    """The first row that is nearly as full as the fullest of the first rows: what stands above is a heading."""
    filled = [sum(map(bool, row)) for row in lines[:_ABOVE]]
    most = max(filled, default=0)
    # Nearly: an office leaves a column without a name now and then.
    return next((at for at, count in enumerate(filled) if count and count >= 0.6 * most), None)


def _named(names: Iterable[str]) -> tuple[str, ...]:
    """Each column with a name of its own."""
    found: list[str] = []
    for at, name in enumerate(names, 1):
        own = name or f"({at})"
        found.append(own if own not in found else f"{own} ({at})")
    return tuple(found)
