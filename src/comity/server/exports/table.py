"""One table, from which a page, a CSV file, a workbook and JSON come.

A page function makes it; nothing else of a page is exported. A cell holds the value that programs get (text, a
number, a date that may be partial, a truth value, or nothing) and, where the page says more, how the page says it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import unescape
from typing import Literal

import msgspec
from django.utils.safestring import SafeString, mark_safe

from comity.dates import LegalDate
from comity.server.markup import format_html, format_html_join

__all__ = ["Cell", "Column", "Kind", "Table", "Value", "bare", "row"]

# In what is safe a sign that would end a tag early is escaped.
_TAG = re.compile(r"<[^>]*>")

Kind = Literal["text", "date", "number", "truth"]
Value = str | int | float | date | LegalDate | None


class Column(msgspec.Struct, frozen=True):
    """One column: its permanent id (the key in JSON, English), its heading in the words of the page, what it holds.

    A column that is not `shown` is exported but not on the page: the code of an actor whose name is shown, say.
    `head` stands over the column on the page where that is longer than what each cell is to carry.
    """

    id: str
    label: str
    kind: Kind = "text"
    shown: bool = True
    head: str = ""


class Cell(msgspec.Struct, frozen=True):
    """One cell: a value, and how the page shows it.

    `said` is how the page words the value (safe HTML, where it differs), `href` where it leads, `style` the class of
    its link or text, `flags` what stands beside it, `mark` the place that an address can lead to.
    """

    value: Value = None
    said: SafeString | str = ""
    href: str = ""
    style: str = ""
    flags: tuple[SafeString | str, ...] = ()
    mark: str = ""

    @property
    def html(self) -> SafeString:
        """The value as a page shows it, with a direction of its own."""
        if isinstance(self.said, SafeString):
            return self.said
        text = self.said or plain(self.value)
        if not text:
            return SafeString("")
        # A date or a number runs from left to right in every language.
        return format_html('<bdi dir="ltr">{}</bdi>' if _runs_right(self.value) else "<bdi>{}</bdi>", text)

    @property
    def text(self) -> str:
        """What the cell says, flags and all, without tags: what a CSV file or a workbook holds where it is text."""
        first = plain(self.value) if self.value is not None else bare(self.said)
        return "; ".join(text for text in (first, *map(bare, self.flags)) if text)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table: `id` names it in addresses and files, `title` says what it is about in the words of the page.

    Every row has as many cells as there are columns; the first shown column heads the row.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        width = len(self.columns)
        if any(len(cells) != width for cells in self.rows):
            raise ValueError(f"table {self.id}: every row needs {width} cells")

    @property
    def heads(self) -> tuple[Column, ...]:
        """The columns that the page shows."""
        return tuple(column for column in self.columns if column.shown)

    @property
    def tbody(self) -> SafeString:
        """The rows as a page shows them, in HTML: a long table takes a template ten times as long."""
        label = {column.id: format_html('<td data-label="{}">', column.label) for column in self.columns}
        rows = (format_html_join("", "{}{}{}", _framed(label, cells)) for cells in self.body)
        return format_html_join("\n", "<tr>{}</tr>", ((cells,) for cells in rows))

    @property
    def body(self) -> Iterator[list[tuple[Column, Cell]]]:
        """The rows that the page shows: the cells of the shown columns, each with its column."""
        for cells in self.rows:
            yield [(column, cell) for column, cell in zip(self.columns, cells, strict=True) if column.shown]

    def records(self) -> list[dict[str, object]]:
        """The rows for programs, by the ids of the columns: dates as ISO text, nothing as null.

        What stands beside a value is the list `<id>_flags`, in rows that have some.
        """
        return [dict(_fields(self.columns, cells)) for cells in self.rows]


_HEAD, _HEAD_END, _CELL_END = mark_safe('<th scope="row">'), mark_safe("</th>"), mark_safe("</td>")


def _framed(
    label: Mapping[str, SafeString], cells: Iterable[tuple[Column, Cell]]
) -> Iterator[tuple[SafeString, SafeString, SafeString]]:
    """The cells of one row with their tags: the first heads the row, the others carry the heading of their column."""
    for place, (column, cell) in enumerate(cells):
        head = format_html('<th scope="row" id="{}">', cell.mark) if cell.mark else _HEAD
        yield (label[column.id], _shown(cell), _CELL_END) if place else (head, _shown(cell), _HEAD_END)


def _shown(cell: Cell) -> SafeString:
    """A cell as a page shows it: its words, where they lead, and what stands beside them."""
    said = cell.html
    style = format_html(' class="{}"', cell.style) if cell.style else ""
    if cell.href:
        said = format_html('<a{} href="{}">{}</a>', style, cell.href, said)
    elif style:
        said = format_html("<span{}>{}</span>", style, said)
    if cell.flags:
        flags = format_html_join("", ' <span class="flag">{}</span>', ((flag,) for flag in cell.flags))
        said = format_html("{}{}", said, flags)
    return said


def row(*values: Cell | Value) -> tuple[Cell, ...]:
    """A row of cells; a bare value stands for a cell that holds nothing else."""
    return tuple(value if isinstance(value, Cell) else Cell(value) for value in values)


def plain(value: Value) -> str:
    """A value as text: a date as it is written in ISO 8601, as far as it is known."""
    return "" if value is None else str(value)


def bare(text: str) -> str:
    """Words of a page as plain text: without their tags, and with the signs that HTML has to write otherwise."""
    return unescape(_TAG.sub("", text)) if isinstance(text, SafeString) else text


def _fields(columns: Sequence[Column], cells: Iterable[Cell]) -> Iterator[tuple[str, object]]:
    for column, cell in zip(columns, cells, strict=True):
        value = cell.value
        if value is None and cell.said:
            value = bare(cell.said)
        yield column.id, str(value) if isinstance(value, date | LegalDate) else value
        if cell.flags:
            yield f"{column.id}_flags", [bare(flag) for flag in cell.flags]


def _runs_right(value: Value) -> bool:
    return not isinstance(value, str) and value is not None
