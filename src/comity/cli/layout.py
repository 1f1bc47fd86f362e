"""Laying out text for a terminal: words that wrap, tables that fit or fold into blocks, nothing ever cut.

No table library: a question is to be answered within a quarter of a second from a cold start, and loading one
takes half of that. Widths are those of the terminal's cells, so that Chinese and combining marks line up.
"""

import codecs
import io
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO, TypeAlias

import click
import msgspec

__all__ = [
    "FIXED",
    "Block",
    "Column",
    "Lines",
    "Row",
    "Span",
    "Words",
    "cells",
    "many",
    "soften",
    "visible",
]

NARROWEST, GAP = 20, 2

# Colour only repeats what the words say.
STYLES: dict[str, dict[str, object]] = {
    "party": {"fg": "green"},
    "contracting": {"fg": "cyan"},
    "signatory": {"fg": "yellow"},
    "former": {"fg": "red"},
    "yes": {"fg": "green"},
    "no": {"fg": "red"},
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "note": {"fg": "blue"},
    "title": {"bold": True},
    "faint": {"dim": True},
    "ask": {"fg": "cyan", "bold": True},
}

# A text and the name of its style ("" for none).
Span: TypeAlias = tuple[str, str]
Words: TypeAlias = str | Span | Sequence[Span]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table: `flexible` ones wrap where the table is wider than the terminal, `right` is for numbers."""

    head: str = ""
    flexible: bool = False
    right: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a table, and what stands on lines of its own below it."""

    cells: tuple[Span, ...]
    below: tuple[Words, ...] = ()


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A table: columns that hold nothing in any row are left out."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    indent: int = 0


def many(number: int, one: str, more: str) -> str:
    """`1 entry`, `2 entries`."""
    return f"{number:,} {one if number == 1 else more}"


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _width_of(stream: TextIO) -> int:
    """The width to write in: COLUMNS, or the terminal's; 80 where the output goes elsewhere."""
    del stream
    return max(shutil.get_terminal_size((80, 24)).columns, NARROWEST)


def has_colour(stream: TextIO) -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is a dumb one."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


# What stands for letters that a terminal cannot show; accents are dropped, and what is left is written by its number.
_PLAIN = dict(zip("“”‘’–—·✓✗×øØł\u00a0", "\"\"''--*+-xoOl ", strict=True)) | {
    "→": "->",
    "…": "...",
    "≥": ">=",
    "ß": "ss",
}


def _plainer(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = "".join(_PLAIN.get(char, char) for char in error.object[error.start : error.end])
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.encode("ascii", "backslashreplace").decode("ascii"), error.end


def soften() -> None:
    """Let a terminal that does not speak UTF-8 show what it can, instead of failing on the rest."""
    codecs.register_error("comity", _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors="comity")


def visible(text: str) -> str:
    """The text with what would steer the terminal (escapes, overrides of direction) written out instead."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in _KEPT else " " if char.isspace() else f"\\u{ord(char):04x}"
        for char in text
    )


# A space at which no line breaks; zero-width joiners are letters' own business in Persian, Hindi and others.
FIXED = "\u00a0"
_KEPT = f"{FIXED}\u200c\u200d"


def spans(words: Words) -> list[Span]:
    """Words in their general form."""
    if isinstance(words, str):
        return [(words, "")]
    if isinstance(words, tuple) and len(words) == 2 and isinstance(words[0], str):  # noqa: PLR2004  # a text and its style
        return [words]
    return list(words)


class Lines:
    """Lines being written to one stream, in its width and with its colours."""

    def __init__(self, *, to_stderr: bool = False) -> None:
        self.stream = sys.stderr if to_stderr else sys.stdout
        self.width = _width_of(self.stream)
        self.colour = has_colour(self.stream)

    def raw(self, line: str = "") -> None:
        """One line as it is."""
        click.echo(line, file=self.stream, color=self.colour)

    def say(self, *words: Words, indent: int = 0, hang: int = 0, style: str = "") -> None:
        """A paragraph; lines after the first stand `hang` further in."""
        flat = [(text, own or style) for one in words for text, own in spans(one)]
        for number, line in enumerate(self._wrapped(flat, self.width - indent, hang)):
            self.raw(" " * (indent + (hang if number else 0)) + self._painted(line))

    def head(self, text: str) -> None:
        """A heading, with a line of space before it."""
        self.raw()
        self.say((text, "title"))

    def paint(self, text: str, style: str) -> str:
        """The text in its colour, where colours are shown."""
        if not self.colour or not text or style not in STYLES:
            return text
        return click.style(text, **STYLES[style])  # type: ignore[arg-type]  # the keywords that click takes

    def _painted(self, line: Iterable[Span]) -> str:
        merged: list[Span] = []
        for text, style in line:
            if merged and merged[-1][1] == style:
                merged[-1] = (merged[-1][0] + text, style)
            else:
                merged.append((text, style))
        if merged:
            merged[-1] = (merged[-1][0].rstrip(), merged[-1][1])
        return "".join(self.paint(text.replace(FIXED, " "), style) for text, style in merged)

    @staticmethod
    def _wrapped(flat: Iterable[Span], width: int, hang: int = 0) -> list[list[Span]]:
        """Lines of spans. A word longer than the line has one to itself: the terminal folds it, and it copies whole."""
        lines: list[list[Span]] = [[]]
        taken, room = 0, width
        for group in _words(flat):
            size = sum(cells(text) for text, _ in group)
            if lines[-1] and taken + 1 + size > room:
                lines.append([])
                taken, room = 0, width - hang
            if lines[-1]:
                # The space belongs to the word before it, so that an underline or a colour does not break.
                lines[-1].append((" ", lines[-1][-1][1] if lines[-1][-1][1] == group[0][1] else ""))
                taken += 1
            lines[-1].extend(group)
            taken += size
        return lines

    def table(self, block: Block) -> None:
        """A table; where it cannot fit, each row becomes a block of lines."""
        kept = [index for index in range(len(block.columns)) if any(row.cells[index][0] for row in block.rows)]
        columns = [block.columns[index] for index in kept]
        rows = [Row(cells=tuple(_shown(row.cells[index]) for index in kept), below=row.below) for row in block.rows]
        if not rows:
            return
        widths = _fit(columns, rows, self.width - block.indent)
        if widths is None:
            for row in rows:
                self._stacked(columns, row, block.indent)
            return
        if any(column.head for column in columns):
            heads = tuple((column.head, "title") for column in columns)
            self._row(_aligned(columns, heads, widths), widths, block.indent)
        for row in rows:
            self._row(_aligned(columns, row.cells, widths), widths, block.indent)
            for below in row.below:
                self.say(*spans(below), indent=block.indent + widths[0] + GAP, style="faint")

    def _row(self, row: Sequence[Span], widths: Sequence[int], indent: int) -> None:
        wrapped = [
            [[cell]] if cells(cell[0]) <= width else self._wrapped([cell], width)
            for cell, width in zip(row, widths, strict=True)
        ]
        for level in range(max(map(len, wrapped))):
            out, owed = [], indent
            for column, width in zip(wrapped, widths, strict=True):
                line = column[level] if level < len(column) else []
                shown = self._painted(line)
                taken = sum(cells(text) for text, _ in line)
                if shown:
                    out.append(" " * owed + shown)
                    owed = max(width - taken, 0) + GAP
                else:
                    owed += width + GAP
            self.raw("".join(out))

    def _stacked(self, columns: Sequence[Column], row: Row, indent: int) -> None:
        head = [span for cell in row.cells[:2] for span in (cell, (" ", ""))]
        self.say(head, indent=indent, hang=2)
        for column, (text, style) in list(zip(columns, row.cells, strict=True))[2:]:
            if text:
                named = [(f"{column.head}: ", "faint")] if column.head else []
                self.say([*named, (text, style)], indent=indent + 2, hang=2)
        for below in row.below:
            self.say(*spans(below), indent=indent + 2, hang=2, style="faint")


def _shown(cell: Span) -> Span:
    return visible(cell[0]), cell[1]


def _aligned(columns: Sequence[Column], row: Sequence[Span], widths: Sequence[int]) -> tuple[Span, ...]:
    """The cells of a row, numbers moved to the right of their column."""
    return tuple(
        (" " * (width - cells(text)) + text if column.right else text, style)
        for column, (text, style), width in zip(columns, row, widths, strict=True)
    )


def _words(flat: Iterable[Span]) -> list[list[Span]]:
    """Words between spaces; a word may have several styles, as `(FRA)` with its code in colour."""
    groups: list[list[Span]] = []
    joined = False
    for text, style in flat:
        parts = visible(text).split(" ")
        for number, part in enumerate(parts):
            if number or not joined:
                groups.append([])
            joined = True
            if part:
                groups[-1].append((part, style))
    return [group for group in groups if group]


def _fit(columns: Sequence[Column], rows: Sequence[Row], room: int) -> list[int] | None:
    """A width for each column, or None where the table cannot fit."""
    natural = [
        max([cells(column.head), *(cells(row.cells[index][0]) for row in rows)]) for index, column in enumerate(columns)
    ]
    least = [
        max([cells(column.head), *(_longest_word(row.cells[index][0]) for row in rows)]) if column.flexible else width
        for (index, column), width in zip(enumerate(columns), natural, strict=True)
    ]
    room -= GAP * (len(columns) - 1)
    if sum(least) > room:
        return None
    widths = list(natural)
    while sum(widths) > room:
        widest = max(
            (index for index, width in enumerate(widths) if width > least[index]), key=lambda index: widths[index]
        )
        widths[widest] -= min(sum(widths) - room, max(widths[widest] - least[widest], 1), max(widths[widest] // 8, 1))
    return widths


def _longest_word(text: str) -> int:
    return max((cells(word) for word in text.split(" ")), default=0)
