"""Any CSV, read by a mapping that the user writes: which column says what, in which words, in which form of dates.

(spec/import.md)
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, cast, get_args

import msgspec

from comity.acts import KINDS
from comity.findings import Finding
from comity.notation.acts_file import ALL_COLUMNS
from comity.notation.tables import Faults, Table
from comity.notation.toml import load
from comity.register.importers.common import (
    ABSENT,
    ISO_FORMS,
    Collector,
    DateForm,
    Imported,
    Options,
    header_of,
    rows_of,
    slug,
)
from comity.register.importers.names import SKIP, Scheme
from comity.register.importing import Scope

__all__ = ["Mapped", "mapping_of", "read_mapping", "read_rows", "read_table"]

_OWN: Final = ("instrument", *ALL_COLUMNS)
_CARRIED: Final = ("ref", "at", "set", "note", "source", "document")


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """How a table is to be read.

    `columns` gives, for a name of ours (`instrument`, `date`, `actor`, `act` and the other columns of the notation),
    that of the table. `wide` gives, for a column of dates, the act that it dates; `acts` the table's words (or letters)
    for acts; `instruments` its names for instruments. `dates` are the forms of its dates, `actors` what stands in its
    column of actors.
    """

    columns: Mapping[str, str]
    wide: Mapping[str, str] = {}
    acts: Mapping[str, str] = {}
    instruments: Mapping[str, str] = {}
    dates: tuple[str, ...] = ()
    actors: Scheme = "name"
    absent: tuple[str, ...] = ()
    delimiter: str = ","
    instrument: str = ""


def read_mapping(text: str, file: str) -> tuple[Mapped | None, tuple[Finding, ...]]:
    """Read a mapping file (TOML), with every fault."""
    data, findings = load(text, file)
    if findings:
        return None, findings
    faults = Faults(file, text)
    top = Table(data, faults)
    found = Mapped(
        columns=_words(top, "columns"),
        wide=_words(top, "wide"),
        acts=_words(top, "acts"),
        instruments=_words(top, "instruments"),
        dates=top.texts("dates"),
        actors=top.choice("actors", cast("tuple[Scheme, ...]", get_args(Scheme))) or "name",
        absent=top.texts("absent"),
        delimiter=top.text("delimiter") or ",",
        instrument=top.text("instrument"),
    )
    top.done(tuple(Mapped.__struct_fields__))
    faults.findings.extend(_faults_of(found, file))
    return (None if faults.findings else found), tuple(faults.findings)


def mapping_of(pairs: Mapping[str, str], **more: object) -> Mapped:
    """The mapping that `--map actor=Country` options make; `more` are other fields of `Mapped`."""
    return msgspec.convert({"columns": dict(pairs), **more}, Mapped)


def _words(top: Table, name: str) -> dict[str, str]:
    table = top.sub(name)
    if table is None:
        return {}
    words = table.keys()
    return {word: table.text(word) for word in words}


def _faults_of(found: Mapped, file: str) -> Iterator[Finding]:
    def fault(code: str, says: str, do: str) -> Finding:
        return Finding(level="error", code=code, file=file, says=says, do=do)

    for name in sorted(set(found.columns) - set(_OWN)):
        yield fault("mapping-column", f"columns: “{name}” is no column of ours", f"one of {', '.join(_OWN)}")
    if "actor" not in found.columns:
        yield fault("mapping-column", "columns: nothing says where the actor stands", "add actor = “…”")
    if not found.wide and not {"act", "date"} <= set(found.columns):
        do = "map act and date, or name the columns of dates under [wide]"
        yield fault("mapping-column", "nothing says where acts and dates stand", do)
    if len(found.delimiter) != 1:
        yield fault("mapping-delimiter", f"“{found.delimiter}” is not one character", "one of , ; or a tab")
    yield from _faults_of_words(found, fault)


def _faults_of_words(found: Mapped, fault: Callable[[str, str, str], Finding]) -> Iterator[Finding]:
    for where, words in (("wide", found.wide), ("acts", found.acts)):
        for word, kind in words.items():
            if kind not in KINDS and kind != SKIP:
                yield fault("act-unknown", f"{where}.{word}: “{kind}” is no act", "one of spec/notation.md, or skip")
    for form in found.dates:
        try:
            DateForm(form)
        except ValueError as error:
            yield fault("mapping-dates", str(error), "write it of YYYY, MM, DD, M, D, Mon")


def read_table(text: str, mapped: Mapped, options: Options) -> Imported:
    """Read a table by its mapping."""
    collector = Collector(options, options.file or "table")
    collector.findings.extend(_faults_of(mapped, options.file))
    if "instrument" not in mapped.columns and not (mapped.instrument or options.instrument):
        collector.fault("instrument-unstated", 0, "nothing says which instrument it is about", "name it")
    wanted = {*mapped.columns.values(), *mapped.wide}
    header = header_of(text, mapped.delimiter) if not collector.findings else []
    missing = sorted(wanted - set(header))
    if collector.findings or missing:
        if header:
            says = f"the columns {', '.join(missing)} are not there"
            collector.fault("csv-column-missing", 1, says, f"it has {', '.join(header)}")
        return collector.done()
    return _take(rows_of(text, collector, mapped.delimiter), mapped, collector)


def read_rows(rows: Iterable[tuple[int, Mapping[str, str]]], mapped: Mapped, options: Options) -> Imported:
    """Read rows that were taken apart already, each with its line, by a mapping whose columns they all have."""
    return _take(rows, mapped, Collector(options, options.file or "table"))


def _take(rows: Iterable[tuple[int, Mapping[str, str]]], mapped: Mapped, collector: Collector) -> Imported:
    reader = _Reader(mapped, collector)
    for line, row in rows:
        reader.take(row, line)
    columns = frozenset(name for name in ("effective", "notified", *_CARRIED) if name in mapped.columns) - {"source"}
    return collector.done(scope=Scope(columns=columns, whole=False))


class _Reader:
    """Rows of one table."""

    def __init__(self, mapped: Mapped, collector: Collector) -> None:
        self._mapped, self._collector = mapped, collector
        self._forms = tuple(DateForm(form) for form in mapped.dates) or ISO_FORMS
        self._absent = ABSENT | set(mapped.absent)

    def take(self, row: Mapping[str, str], line: int) -> None:
        """Take the facts of one row."""
        instrument, who = self._instrument(row), self._cell(row, "actor")
        if not instrument or not who:
            what = "actor" if instrument else "instrument"
            self._collector.fault("row-empty", line, f"the row names no {what}", "fill it in, or take the row out")
            return
        if self._mapped.wide:
            for column, kind in self._mapped.wide.items():
                self._fact(instrument, who, kind, row[column], row, line)
            return
        kind = self._kind(self._cell(row, "act"), line)
        if kind:
            self._fact(instrument, who, kind, row[self._mapped.columns["date"]], row, line)

    def _cell(self, row: Mapping[str, str], name: str) -> str:
        column = self._mapped.columns.get(name)
        value = "" if column is None else row[column].strip()
        return "" if value in self._absent and name != "actor" else value

    def _instrument(self, row: Mapping[str, str]) -> str:
        own = self._cell(row, "instrument")
        maps = {**self._mapped.instruments, **self._collector.options.instruments}
        return maps.get(own) or (slug(own) if own else self._mapped.instrument or self._collector.options.instrument)

    def _kind(self, word: str, line: int) -> str:
        kind = {**self._mapped.acts, **self._collector.options.acts}.get(word) or (word if word in KINDS else "")
        if kind == SKIP:
            self._collector.drop("rows-skipped", line, f"“{word}” is left out, as mapped")
            return ""
        if not kind:
            says = f"“{word}” is no act, and is not mapped to one"
            self._collector.fault("act-unknown", line, says, f"add “{word}” = “…” under [acts]")
        return kind

    def _fact(self, instrument: str, who: str, kind: str, date: str, row: Mapping[str, str], line: int) -> None:
        if date.strip() in self._absent:
            if not self._mapped.wide:
                self._collector.fault("date-missing", line, "the row has no date", "fill it in, or take the row out")
            return
        when = self._collector.date(date, self._forms, line, kind)
        if when is None or kind == SKIP:
            return
        columns = {name: value for name in _CARRIED if (value := self._cell(row, name))}
        for name in ("effective", "notified"):
            found = self._collector.date(self._cell(row, name), self._forms, line, name)
            if found is not None:
                columns[name] = str(found)
        self._collector.add(instrument, who, self._mapped.actors, kind, when, line, **columns)
