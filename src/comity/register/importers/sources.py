"""One door to all named importers: a file and what the user says about it, in; a layer that can be planned, out."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from comity.actors import Directory
from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.register.importers.common import Imported, Options
from comity.register.importers.manytreaties import read_manytreaties
from comity.register.importers.names import read_decisions
from comity.register.importers.openclimatedata import read_openclimatedata
from comity.register.importers.table import Mapped, mapping_of, read_mapping, read_table
from comity.register.importers.untc import read_untc_csv, read_untc_xml
from comity.register.layers import is_id

__all__ = ["FORMATS", "Request", "read_source"]

_MOST: Final = 200_000_000  # bytes, unpacked; the largest such table seen has 20 million
_MOST_SMALL: Final = 5_000_000
_GZIP: Final = b"\x1f\x8b"

_TEXTS: Final[Mapping[str, Callable[[str, Options], Imported]]] = MappingProxyType(
    {"untc-csv": read_untc_csv, "manytreaties": read_manytreaties, "openclimatedata": read_openclimatedata}
)
FORMATS: Final = (*_TEXTS, "untc-xml", "csv")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asks to read: `form` is one of `FORMATS`.

    `instrument` is what a table of one instrument is about; `instruments` and `acts` map the source's words to ours.
    `names` is a list that a person has filled in. `mapping` (a TOML file) or `columns` (ours = theirs) are for `csv`.
    """

    form: str
    path: Path
    instrument: str = ""
    instruments: Mapping[str, str] = {}
    acts: Mapping[str, str] = {}
    names: Path | None = None
    mapping: Path | None = None
    columns: Mapping[str, str] = {}


def read_source(request: Request, directory: Directory) -> Imported:
    """Read a source. Whatever is wrong, with it or with what the user says about it, is among its findings.

    Raises ValueError for a form that is none of `FORMATS`.
    """
    if request.form not in FORMATS:
        raise ValueError(f"“{request.form}” is none of {', '.join(FORMATS)}")
    findings: list[Finding] = []
    options = Options(
        directory=directory,
        file=str(request.path),
        instrument=request.instrument,
        instruments=request.instruments,
        acts=request.acts,
    )
    if request.names is not None:
        text, faults = read_text(request.names, str(request.names), _MOST_SMALL)
        decisions, more = read_decisions(text, str(request.names), directory)
        findings += faults if has_errors(faults) else (*faults, *more)
        options = msgspec.structs.replace(options, decisions=decisions)
    mapped = _mapped(request, findings) if request.form == "csv" else None
    data = _bytes(request.path, findings)
    if has_errors(findings) or data is None:
        return Imported(name=str(request.path), findings=tuple(findings))
    made = _read(request, data, options, mapped, findings)
    made.findings = (*findings, *made.findings, *_strange_ids(made, str(request.path)))
    return made


def _strange_ids(made: Imported, file: str) -> Iterator[Finding]:
    """Ids that the user gave and that no register can hold."""
    for name in sorted({*made.by_instrument, *made.definitions}):
        if not is_id(name):
            do = "ids are lower-case words with hyphens"
            yield Finding(level="error", code="id-wrong", file=file, says=f"“{name:.80}” is no id", do=do)


def _mapped(request: Request, findings: list[Finding]) -> Mapped | None:
    if request.mapping is None:
        return mapping_of(request.columns)
    text, faults = read_text(request.mapping, str(request.mapping), _MOST_SMALL)
    findings.extend(faults)
    if has_errors(faults):
        return None
    mapped, more = read_mapping(text, str(request.mapping))
    findings.extend(more)
    if mapped is None or not request.columns:
        return mapped
    return msgspec.structs.replace(mapped, columns={**mapped.columns, **request.columns})


def _read(request: Request, data: bytes, options: Options, mapped: Mapped | None, findings: list[Finding]) -> Imported:
    if request.form == "untc-xml":
        return read_untc_xml(data, options)
    text = _text(data, options.file, findings)
    if text is None:
        return Imported(name=options.file)
    return read_table(text, mapped, options) if mapped is not None else _TEXTS[request.form](text, options)


def _bytes(path: Path, findings: list[Finding]) -> bytes | None:
    """The bytes of a file, unpacked where it is packed by gzip; None, with a finding, where it cannot be read."""

    def fault(code: str, says: str, do: str) -> None:
        findings.append(Finding(level="error", code=code, file=str(path), says=says, do=do))

    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as stream:
            data = stream.read(_MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        says = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        fault("file-unreadable", says, "check the file and its rights")
        return None
    if len(data) > _MOST:
        fault("file-too-large", f"more than {_MOST // 1_000_000} MB", "is this the right file? split it if it is")
        return None
    return data


def _text(data: bytes, file: str, findings: list[Finding]) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        says = f"is not UTF-8 text (byte {error.start}, line {line})"
        do = "save it as UTF-8; a spreadsheet must be exported first"
        findings.append(Finding(level="error", code="file-not-text", file=file, says=says, do=do))
        return None
    if "\0" in text:
        says, do = "holds bytes that no text has", "is this the right file?"
        findings.append(Finding(level="error", code="file-not-text", file=file, says=says, do=do))
        return None
    return text
