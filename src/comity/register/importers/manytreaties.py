"""Tables of globalgov/manytreaties: one row an act, or one row a membership with a column for each event.

(spec/import.md)
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from comity.acts import KINDS
from comity.dates import LegalDate
from comity.register.importers.common import (
    ABSENT,
    ISO_FORMS,
    Collector,
    DateForm,
    Imported,
    Options,
    columns_missing,
    header_of,
    minimal,
    rows_of,
    slug,
)

__all__ = ["read_manytreaties"]

# A column may be called either way: the first is that of the long table.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "treaty": ("treaty", "treatyid", "manyid"),
    "title": ("title",),
    "adopted": ("adopted", "begin"),
    "actor": ("iso3", "stateid"),
}
_FORMS = (*ISO_FORMS, DateForm("DD.MM.YYYY"))
_ACTS: Final = {"signature": "signature", "consent": "consent"}
_SOURCE = "globalgov/manytreaties (CC BY 4.0)"


class _Fact(NamedTuple):
    act: str
    date: str
    effective: str


def read_manytreaties(text: str, options: Options) -> Imported:
    """A table, long (`treaty,iso3,act,date,…`) or wide (`treatyID,stateID,StateSignature,StateRatification,…`).

    The compilation does not say by which act a State consented, and gives the end of a membership without saying how it
    ended: ends are left out and reported, unless `options.acts` says what `end` means. What `options.instruments` does
    not map is defined by its title and date alone.
    """
    collector = Collector(options, options.file or _SOURCE)
    header = [name.lower() for name in header_of(text)]
    columns = {key: next((name for name in names if name in header), "") for key, names in _NAMES.items()}
    long = "act" in header
    missing = [_NAMES[key][0] for key in ("treaty", "actor") if not columns[key]]
    missing += columns_missing(header, ("date",) if long else ("statesignature", "stateratification"))
    if missing:
        says = f"the columns {', '.join(missing)} are missing"
        collector.fault("csv-column-missing", 1, says, "is this a table of memberships of manytreaties?")
        return collector.done()
    definitions: dict[str, str] = {}
    for line, row in _lowered(text, collector):
        treaty = row[columns["treaty"]]
        name = options.instruments.get(treaty) or slug(treaty)
        if name not in definitions and treaty not in options.instruments and options.define:
            title = row.get(columns["title"], "").strip()
            adopted = collector.date(row.get(columns["adopted"], ""), _FORMS, line, "adopted")
            definitions[name] = minimal(name, title, adopted, f"{_SOURCE}, {treaty}")
        for fact in _long(row) if long else _wide(row):
            _take(collector, name, row[columns["actor"]], fact, line)
    return collector.done(definitions)


def _lowered(text: str, collector: Collector) -> Iterator[tuple[int, dict[str, str]]]:
    for line, row in rows_of(text, collector):
        yield line, {name.lower(): value for name, value in row.items()}


def _long(row: Mapping[str, str]) -> Iterator[_Fact]:
    yield _Fact(row["act"], row["date"], row.get("state_eif", ""))


def _wide(row: Mapping[str, str]) -> Iterator[_Fact]:
    """The events of a membership. `Succession` and `Accession` are marks (0, 1) or dates."""
    yield _Fact("signature", row["statesignature"], "")
    marks = {name: row.get(name, "").strip() for name in ("accession", "succession")}
    kind = next((name for name, mark in marks.items() if mark not in ABSENT and mark != "0"), "consent")
    own = marks.get(kind, "")
    yield _Fact(kind, row["stateratification"] if own in {"", "1"} else own, row.get("stateforce", ""))
    yield _Fact("end", row.get("stateend", ""), "")


def _take(collector: Collector, name: str, who: str, fact: _Fact, line: int) -> None:
    if not _is_date(fact.date):
        return
    kind = collector.options.acts.get(fact.act) or _ACTS.get(fact.act) or (fact.act if fact.act in KINDS else "")
    if kind == "skip":
        return
    if not kind:
        says = f"“{fact.act}” does not say which act it was, and is left out"
        collector.drop("act-unclear", line, says, f"map it: --act {fact.act}=withdrawal, or read the source")
        return
    when = collector.date(fact.date, _FORMS, line, fact.act)
    if when is None:
        return
    effective = collector.date(fact.effective, _FORMS, line, "date of effect") if fact.effective else None
    collector.add(name, who, "iso3", kind, when, line, effective=_later(effective, when), source=_SOURCE)


def _is_date(text: str) -> bool:
    return text.strip() not in ABSENT


def _later(effective: LegalDate | None, when: LegalDate) -> str:
    return "" if effective is None or effective.last < when.first else str(effective)
