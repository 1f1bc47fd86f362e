"""Long tables on a page: put in order, cut into pages, by links alone. What is not shown is a link away."""

from collections.abc import Iterable

import msgspec
from django.utils.safestring import SafeString

from comity.server.asking import Question
from comity.server.exports.table import Cell, Column, Table
from comity.server.faults import Fault
from comity.server.words import Speaker

__all__ = ["ASKED", "Field", "Filter", "Listing", "chosen", "filter_of", "listed"]

# What a page with such a table lets its readers ask, beside its own filters.
ASKED = ("sort", "page")
_PAGE = 100


class Head(msgspec.Struct, frozen=True):
    """The heading of a column: where it leads to be put in order by it, and the order it is in now, if any."""

    label: str
    href: str
    order: str


class Leaf(msgspec.Struct, frozen=True):
    """One page of a long table."""

    said: object
    href: str
    current: bool


class Listing(msgspec.Struct, frozen=True):
    """What a page shows of a table: `table` holds all rows that were asked for, `shown` those of this page."""

    table: Table
    shown: Table
    heads: tuple[Head, ...]
    leaves: tuple[Leaf, ...]
    said: SafeString


class Field(msgspec.Struct, frozen=True):
    """One thing a table can be narrowed by: free words where there are no options to choose from."""

    name: str
    label: SafeString
    value: str
    options: tuple[tuple[str, str], ...] = ()


class Filter(msgspec.Struct, frozen=True):
    """The form over a table: its fields, what else the address says, and where all rows are shown again."""

    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    clear: str


def filter_of(question: Question, mark: str, *fields: Field) -> Filter:
    """The form; a new choice begins on the first page again."""
    names = {field.name for field in fields}
    kept = {"on": str(question.on) if question.dated else "", "known": question.known} | question.extra
    hidden = tuple((name, value) for name, value in kept.items() if value and name not in {*names, "page"})
    clear = question.here(mark=mark, page="", **dict.fromkeys(names, "")) if any(f.value for f in fields) else ""
    return Filter(fields, hidden, clear)


def listed(question: Question, table: Table, *, first: str, size: int = _PAGE) -> Listing:
    """The rows of one page in the order asked for; `first` is the column that orders them where none is named.

    Raises `Fault` for a column that there is not, or a page that is no number.
    """
    sort = question.extra.get("sort") or first
    names = [column.id for column in table.heads]
    chosen(question, "sort", sort.removeprefix("-"), names)
    rows = _ordered(question.words, table, sort)
    whole = msgspec.structs.replace(table, rows=tuple(rows))
    page, pages = _page(question, len(rows), size)
    part = rows if page == 0 else rows[(page - 1) * size : page * size]
    words = question.words
    start = 0 if page == 0 else (page - 1) * size
    first_row, last_row = (start + 1 if part else 0), start + len(part)
    params = {"first": words.number(first_row), "last": words.number(last_row), "all": words.number(len(rows))}
    return Listing(
        whole,
        msgspec.structs.replace(table, rows=tuple(part)),
        tuple(_head(question, table.id, column, sort) for column in table.heads),
        tuple(_leaves(question, table.id, page, pages)),
        words.text("listing.shown", **params),
    )


def chosen(question: Question, name: str, value: str, known: Iterable[str]) -> str:
    """One of a closed list that the reader named, or ""; raises `Fault` naming the list for any other."""
    known = list(known)
    if value and value not in known:
        words = question.words
        raise Fault(400, words.text("fault.choice", text=value, name=name, known=words.list(known)))
    return value


def _page(question: Question, rows: int, size: int) -> tuple[int, int]:
    """The page asked for, 0 meaning all on one, and how many there are; one past the end is the last."""
    asked, pages = question.extra.get("page", ""), max(1, -(-rows // size))
    if asked == "all":
        return 0, pages
    if asked and not (asked.isdecimal() and asked.isascii() and int(asked[:9])):
        raise Fault(400, question.words.text("fault.page-number", text=asked))
    return min(int(asked[:9] or 1) if asked else 1, pages), pages


def _head(question: Question, mark: str, column: Column, sort: str) -> Head:
    turned = {column.id: "-" + column.id}.get(sort, column.id)
    order = {column.id: "ascending", f"-{column.id}": "descending"}.get(sort, "")
    return Head(column.head or column.label, question.here(sort=turned, page="", mark=mark), order)


def _leaves(question: Question, mark: str, page: int, pages: int) -> Iterable[Leaf]:
    if pages == 1:
        return
    for number in range(1, pages + 1):
        yield Leaf(number, question.here(page="" if number == 1 else str(number), mark=mark), number == page)
    yield Leaf(question.words.text("listing.all"), question.here(page="all", mark=mark), page == 0)


def _ordered(words: Speaker, table: Table, sort: str) -> list[tuple[Cell, ...]]:
    """Rows by one column, those that have nothing in it last either way; else as they came."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    index = next(i for i, column in enumerate(table.columns) if column.id == name)

    def key(row: tuple[Cell, ...]) -> str:
        value = row[index].value
        return f"{value:012}" if isinstance(value, int) else words.sort_key(str(value))

    full = [row for row in table.rows if row[index].value not in {None, ""}]
    empty = [row for row in table.rows if row[index].value in {None, ""}]
    return sorted(full, key=key, reverse=down) + empty
