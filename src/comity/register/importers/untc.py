"""Status tables of the UN Treaty Collection: the XML and the CSV in which it gives the participants of a treaty.

A row is a participant and, in each column, a date with a letter for the kind of act: “12 Mar 1992 a”. The table shows
the latest state of things: what was withdrawn, and what predecessor States did, stands in its notes, which a person
must read.
(spec/import.md)
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.etree import ElementTree as ET

import msgspec

from comity.register.importers.common import Collector, DateForm, Imported, Options, header_of, rows_of

__all__ = ["read_untc_csv", "read_untc_xml"]

# The letters of the tables' headings, as in “Ratification, Acceptance(A), Approval(AA), Accession(a), Succession(d)”.
_LETTERS: Final = {
    "A": "acceptance",
    "AA": "approval",
    "a": "accession",
    "c": "formal-confirmation",
    "d": "succession",
    "n": "provisional-application",
    "P": "provisional-application",
    "s": "definitive-signature",
}
_WORDS: Final = {
    "signature": "signature",
    "definitive signature": "definitive-signature",
    "ratification": "ratification",
    "acceptance": "acceptance",
    "approval": "approval",
    "accession": "accession",
    "succession": "succession",
    "formal confirmation": "formal-confirmation",
    "consent to be bound": "consent",
    "provisional application": "provisional-application",
}
_FORMS = tuple(DateForm(text) for text in ("D Mon YYYY", "Mon YYYY", "YYYY"))
_NOTES = re.compile(r"<\s*(sup(?:erscript)?)\b[^>]*>.*?<\s*/\s*\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_FOOTNOTES = re.compile(r"[\s,]*\d{1,3}(?:\s*,\s*\d{1,3})*\s*$")
_CELL = re.compile(r"(?P<date>(?:\d{1,2}\s+)?(?:[A-Za-z]{3,9}\.?\s+)?\d{4})(?:\s+(?P<letter>[A-Za-z]{1,2}))?")
# What the Collection calls so is one actor, whoever else was called so: it writes the other in full.
_TRUSTED: Final = frozenset({"Congo"})
_SOURCE = "UN Treaty Collection, status table"


class _Column(msgspec.Struct, frozen=True):
    """A column of acts: the kind where a date has no letter, or None where the heading does not say."""

    name: str
    plain: str | None


def read_untc_csv(text: str, options: Options) -> Imported:
    """A table as CSV: `Participant`, then columns of dates. `options.instrument` says which treaty it is of."""
    collector = Collector(options, options.file or _SOURCE, _TRUSTED)
    header = header_of(text)
    rows = ((line, [row[name] for name in header]) for line, row in rows_of(text, collector))
    return _read(header, rows, collector)


def read_untc_xml(data: bytes, options: Options) -> Imported:
    """The XML of a treaty, as it is served: `Treaty/Participants/Table/TGroup/Tbody/Rows/Row/Entry`."""
    collector = Collector(options, options.file or _SOURCE, _TRUSTED)
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:  # neither stands in these files; entities can be made to explode
        collector.fault("xml-declares", 0, "declares entities, which no status table does", "is this the right file?")
        return collector.done()
    try:
        root = ET.fromstring(data)  # noqa: S314  # entities are refused above
    except (ET.ParseError, LookupError, ValueError) as error:
        collector.fault("xml-malformed", 0, f"this is not XML: {error}", "fetch the file again")
        return collector.done()
    tables = [table for part in _named(root, "participants") for table in _named(part, "table")]
    if not tables:
        collector.fault("untc-no-table", 0, "has no table of participants", "is this the status of one treaty?")
        return collector.done()
    for other in ("declarations", "objections", "territorialapplications", "notifications", "endnotes"):
        if any("".join(part.itertext()).strip() for part in _named(root, other)):
            says = f"the part “{other}” is text, and is not read"
            collector.drop("untc-text", 0, says, "record what it says by hand: it is where history stands")
    made = [_xml_table(table) for table in tables]
    rows = (row for header, rows in made for row in enumerate(rows, 1))
    headers = {tuple(header) for header, _ in made}
    if len(headers) > 1:
        collector.fault("untc-tables", 0, "has tables with different columns", "import each as CSV")
        return collector.done()
    return _read(list(headers.pop()), rows, collector)


def _named(root: ET.Element, name: str) -> list[ET.Element]:
    return [part for part in root.iter() if part.tag.rpartition("}")[2].lower() == name]


def _xml_table(table: ET.Element) -> tuple[list[str], list[list[str]]]:
    """The header of a table, which is the row that begins with Participant, and the rows below it."""
    rows = [["".join(cell.itertext()) for cell in _named(row, "entry")] for row in _named(table, "row")]
    rows = [row for row in rows if row]
    at = next((n for n, row in enumerate(rows) if _plain(row[0]).lower().startswith("participant")), None)
    return ([], rows) if at is None else ([_plain(cell) for cell in rows[at]], rows[at + 1 :])


def _read(header: list[str], rows: Iterable[tuple[int, Sequence[str]]], collector: Collector) -> Imported:
    options = collector.options
    if not options.instrument:
        collector.fault("instrument-unstated", 0, "does not say which instrument it is of", "name it")
        return collector.done()
    if not header or not header[0].lower().startswith("participant") or len(header) == 1:
        says = "the first row is not “Participant” and columns of dates"
        collector.fault("untc-header", 1, says, "is this the table of one treaty, as the Collection gives it?")
        return collector.done()
    columns = [_column(name) for name in header[1:]]
    collector.about(options.instrument)
    for line, row in rows:
        if len(row) != len(header):
            says = f"{len(row)} fields where the header names {len(header)}"
            collector.fault("untc-row", line, says, "mend the row")
            continue
        name = _participant(row[0])
        for column, cell in zip(columns, row[1:], strict=True):
            for kind, date, note in _facts(column, cell, line, collector):
                when = collector.date(date, _FORMS, line, f"{name}, {column.name}")
                if when is not None:
                    collector.add(options.instrument, name, "name", kind, when, line, note=note, source=_SOURCE)
    return collector.done()


def _column(name: str) -> _Column:
    """What a date without a letter means under a heading: the one word that has no letter of its own."""
    words = [word.strip().lower() for word in name.split(",")]
    plain = [_WORDS[word] for word in words if word in _WORDS]
    return _Column(name, plain[0] if len(plain) == 1 else None)


def _plain(text: str) -> str:
    """Text without the markup and the numbers of notes that are raised in it."""
    return " ".join(_TAG.sub("", _NOTES.sub("", html.unescape(text))).split())


def _participant(cell: str) -> str:
    return _FOOTNOTES.sub("", _plain(cell)).strip(" ,")


def _facts(column: _Column, cell: str, line: int, collector: Collector) -> Iterator[tuple[str, str, str]]:
    """The acts in a cell: kind, date, note."""
    text = _plain(cell)
    if not text:
        return
    if text.startswith("[") and text.endswith("]"):
        says = f"“{text}” stands in brackets: there is a history, told in a note of the table"
        collector.drop("untc-brackets", line, says, "read the note, and record what went before")
        text = text[1:-1].strip()
    match = _CELL.fullmatch(_FOOTNOTES.sub("", text) if not _CELL.fullmatch(text) else text)
    if match is None:
        says = f"{column.name}: “{text}” is no date with a letter"
        collector.fault("untc-cell", line, says, "mend it, or read the note of the table")
        return
    letter = match["letter"]
    kind = column.plain if letter is None else _LETTERS.get(letter)
    if kind == "succession" and column.plain == "signature":
        # By succeeding to a signature a State becomes a signatory; it signed nothing that day.
        yield "signature", match["date"], "succession to signature"
        return
    if kind is None and letter is None:
        says = f"{column.name}: the heading does not say what a date without a letter means; “consent” is taken"
        collector.drop("untc-kind", line, says)
        kind = "consent"
    if kind is None:
        says = f"{column.name}: “{letter}” in “{text}” is no letter of the tables"
        collector.fault("untc-letter", line, says, "mend it")
        return
    yield kind, match["date"], ""
