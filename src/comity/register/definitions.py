"""Definitions as leaves and back (spec/import.md): what a folder keeps in files, a log keeps entry by entry."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from comity.findings import Finding
from comity.notation import toml
from comity.notation.directory_file import print_group, split_tables
from comity.register.folder import FolderLayer, read_text
from comity.register.layers import DefinitionKind, Layer
from comity.register.leaf import LONGEST, Record

__all__ = [
    "FILES",
    "KINDS",
    "PLACES",
    "PREFACE",
    "TABLES",
    "Kind",
    "Tabled",
    "definition_records",
    "joined",
    "split_file",
    "tables_of",
]

Kind = str
KINDS: Final[tuple[DefinitionKind, ...]] = ("instrument", "weights", "rule")
TABLES: Final[tuple[str, ...]] = ("actor", "group")
# The comments above the first table of a file, such as a disclaimer: they are no part of any table.
PREFACE: Final = "preface"
PLACES: Final[Mapping[DefinitionKind, tuple[str, str]]] = {
    "instrument": ("instruments", ".toml"),
    "weights": ("weights", ".csv"),
    "rule": ("rules", ".toml"),
}
FILES: Final[Mapping[str, str]] = {"actor": "actors.toml", "group": "groups.toml"}

_FIRST = re.compile(r"^\[", re.MULTILINE)
_ROOM: Final = LONGEST - 1_000  # for what stands around the text in a leaf


def definition_records(kind: Kind, name: str, text: str) -> list[Record]:
    """The leaves that define `name`: one, or numbered parts where one cannot hold the text."""
    parts = list(_parts(text))
    if len(parts) == 1:
        return [Record(kind=kind, body={"id": name, "text": text})]
    return [
        Record(kind=kind, body={"id": name, "part": number, "of": len(parts), "text": part})
        for number, part in enumerate(parts, 1)
    ]


def _parts(text: str) -> Iterator[str]:
    """The text cut at ends of lines into pieces that a leaf holds; a longer line is cut where it must be."""
    if _length(text) <= _ROOM:
        yield text
        return
    piece: list[str] = []
    room = _ROOM
    for line in _lines(text):
        length = _length(line)
        if length > room and piece:
            yield "".join(piece)
            piece, room = [], _ROOM
        piece.append(line)
        room -= length
    yield "".join(piece)


def _lines(text: str) -> Iterator[str]:
    most = _ROOM // 6  # a character takes six bytes at most, as \u001f
    for line in text.splitlines(keepends=True):
        yield from (line[at : at + most] for at in range(0, len(line), most))


def _length(text: str) -> int:
    return len(msgspec.json.encode(text))


class Tabled(msgspec.Struct, frozen=True, kw_only=True):
    """A file of actors or groups, table by table in its order; no tables where there are findings."""

    tables: Mapping[str, str]
    preface: str = ""
    findings: tuple[Finding, ...] = ()


def split_file(text: str, file: str) -> Tabled:
    """The tables of a file, each with its own text, and the comments above the first."""
    tables: dict[str, str] = {}
    for name, part in split_tables(text):
        tables[name] = f"{tables[name]}\n{part}" if name in tables else part
    try:
        whole, again = tomllib.loads(text), tomllib.loads("\n".join(tables.values()))
    except tomllib.TOMLDecodeError:
        whole, again = toml.load(text, file)[0], {}
    if whole == again:
        above = text[: _FIRST.search(text).start()] if tables else ""  # type: ignore[union-attr]  # there is a first one
        preface = above.strip("\n")
        return Tabled(tables=tables, preface=f"{preface}\n" if preface else "")
    finding = Finding(
        level="error",
        code="tables-unsplit",
        file=file,
        says="cannot be taken apart table by table, as a log keeps it",
        do="give each actor or group a table under its own [header], and no keys above the first",
    )
    return Tabled(tables={}, findings=(finding,))


def tables_of(layer: Layer, kind: str) -> Tabled:
    """The tables of a source's actors (`actor`) or groups (`group`)."""
    own: Any = getattr(layer, "tables", None)
    if own is not None:
        return Tabled(tables=own(kind))
    if isinstance(layer, FolderLayer):
        return _file_tables(layer.root, FILES[kind])
    if kind == "actor":
        return split_file(layer.actors()[1], FILES[kind])
    return _printed(layer)


def _file_tables(root: Path, file: str) -> Tabled:
    if not (root / file).is_file():
        return Tabled(tables={})
    text, faults = read_text(root / file, file, toml.MAX_BYTES)
    if any(fault.level == "error" for fault in faults):
        return Tabled(tables={})  # the layer reports it
    return split_file(text, file)


def _printed(layer: Layer) -> Tabled:
    groups, _ = layer.groups()
    return Tabled(tables={group.id: print_group(group) for group in groups})


def joined(texts: Iterable[str]) -> str:
    """Tables as one file again."""
    return "\n".join(texts)
