"""The acts of an instrument as a CSV file (NOTATION, "Its acts")."""

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterable, Sequence

from comity.acts import KINDS, REF_KINDS, Act, parse_act_ref
from comity.dates import LegalDate, parse_legal_date
from comity.findings import Finding

__all__ = ["ALL_COLUMNS", "COLUMNS", "MAX_BYTES", "act_row", "parse_acts", "print_acts", "read_act", "read_set"]

COLUMNS: tuple[str, ...] = ("date", "actor", "act", "effective", "ref", "at", "notified", "set", "note", "source")
# The hash of a document stands where there is one: files without it stay as they are.
ALL_COLUMNS: tuple[str, ...] = (*COLUMNS, "document")
REQUIRED: tuple[str, ...] = ("date", "actor", "act")
# The largest register of one treaty seen has under a thousand acts; a file past this is no register.
MAX_BYTES = 50_000_000

_SETTABLE = frozenset(ALL_COLUMNS)
_DOCUMENT = re.compile(r"sha256:[0-9a-f]{64}")


def parse_acts(text: str, file: str, instrument: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]]:
    """Read an acts file: the acts in file order, and every fault found.

    A row with a fault gives findings and no act; the other rows are still read, so that all faults show at once.
    """
    findings: list[Finding] = []
    acts: list[Act] = []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 0
    try:
        header = next(rows, [])
        findings.extend(_header_faults(header, file))
        if findings:
            return (), tuple(findings)
        line, width = rows.line_num, len(header)
        quick = _quick_reader(header, instrument)
        for row in rows:
            start, line = line + 1, rows.line_num
            if len(row) == width:
                act = quick(row, start)
                if act is None:
                    act, faults = read_act(dict(zip(header, row, strict=False)), instrument, file, start)
                    findings.extend(faults)
                if act is not None:
                    acts.append(act)
            elif row:
                findings.append(_row_length(file, start, len(row), width))
    except csv.Error as error:
        says = f"this is not CSV: {error}"
        do = "put a text with commas, quotes or line ends in double quotes, and double a quote inside it"
        findings.append(_error("csv-malformed", file, line + 1, says, do))
    return tuple(acts), tuple(findings)


def _header_faults(header: Sequence[str], file: str) -> Iterable[Finding]:
    for name in REQUIRED:
        if name not in header:
            do = "begin the file with a line of column names: date,actor,act and what else you use"
            yield _error("csv-column-missing", file, 1, f"the column “{name}” is missing", do)
    for name in sorted(set(header) - set(ALL_COLUMNS)):
        close = difflib.get_close_matches(name, ALL_COLUMNS, n=1)
        do = f"did you mean “{close[0]}”?" if close else f"the columns are {', '.join(ALL_COLUMNS)}"
        yield _error("csv-column-unknown", file, 1, f"no column is called “{name}”", do)
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield _error("csv-column-twice", file, 1, f"the column “{name}” stands twice", "keep one")


def _row_length(file: str, line: int, found: int, wanted: int) -> Finding:
    do = "give each row as many fields as the header; put a text that has commas in double quotes"
    return _error("csv-row-length", file, line, f"{found} fields where the header names {wanted}", do)


def _error(code: str, file: str, line: int, says: str, do: str) -> Finding:
    return Finding(level="error", code=code, file=file, line=line, says=says, do=do)


_PLAIN = KINDS - REF_KINDS - {"correction"}


def _quick_reader(header: Sequence[str], instrument: str) -> Callable[[list[str], int], Act | None]:
    """A reader of rows by position, for most rows by far: it leaves anything unusual to the careful one."""
    width = len(header)
    date_at, actor_at, kind_at, effective_at, ref_at, at_at, notified_at, set_at, note_at, source_at, document_at = (
        header.index(name) if name in header else width for name in ALL_COLUMNS
    )

    clean = set[str]()

    def quick(row: list[str], line: int) -> Act | None:
        row.append("")  # what a column that is not there holds
        actor, kind = row[actor_at], row[kind_at]
        if kind not in _PLAIN or not actor or row[notified_at] or row[set_at] or row[document_at]:
            return None
        ref, at, note, source = row[ref_at], row[at_at], row[note_at], row[source_at]
        if actor not in clean:
            if actor.strip() != actor:
                return None
            clean.add(actor)
        if (ref or at or note or source) and any(text.strip() != text for text in (ref, at, note, source)):
            return None
        try:
            day = parse_legal_date(row[date_at])
            stated = row[effective_at]
            effective = parse_legal_date(stated) if stated else None
        except ValueError:
            return None
        return Act(
            instrument=instrument,
            date=day,
            actor=actor,
            kind=kind,
            effective=effective,
            ref=ref,
            at=at,
            note=note,
            source=source,
            line=line,
        )

    return quick


def read_act(fields: dict[str, str], instrument: str, file: str, line: int) -> tuple[Act | None, tuple[Finding, ...]]:
    """One act from its columns, or None with what is wrong with them."""
    faults = [_error(code, file, line, says, do) for code, says, do in (*_wrong_words(fields), *_wrong_about(fields))]
    days: dict[str, LegalDate | None] = {}
    for name in ("date", "effective", "notified"):
        try:
            days[name] = parse_legal_date(fields[name]) if fields.get(name) else None
        except ValueError as error:
            do = "write the date as the source gives it"
            faults.append(_error("date-impossible", file, line, f"{name}: {error}", do))
    when = days.get("date")
    if faults or when is None:
        return None, tuple(faults)
    texts = {name: fields.get(name, "") for name in ("ref", "at", "set", "note", "source", "document")}
    act = Act(
        instrument=instrument,
        date=when,
        actor=fields["actor"],
        kind=fields["act"],
        effective=days["effective"],
        notified=days["notified"],
        line=line,
        **texts,
    )
    return act, ()


_Fault = tuple[str, str, str]  # code, says, do


def _wrong_words(fields: dict[str, str]) -> Iterable[_Fault]:
    """What is wrong with single columns, dates apart."""
    for name, value in fields.items():
        if value != value.strip():
            yield "space-around", f"{name}: “{value}” has spaces around it", "take them out"
    if not fields["date"]:
        yield "date-missing", "an act without a date", "give the date, or the year where no more is known"
    if not fields["actor"]:
        yield "actor-missing", "an act without an actor", "give the actor's id"
    kind = fields["act"]
    if kind not in KINDS:
        close = difflib.get_close_matches(kind, sorted(KINDS), n=3)
        do = f"did you mean {', '.join(close)}?" if close else "the acts are listed in spec/notation.md"
        yield "act-unknown", f"“{kind}” is no act that this version knows", do
    elif kind in REF_KINDS and not fields.get("ref"):
        yield "ref-missing", f"{kind} does not say whom or what it concerns", "fill the column ref"
    document = fields.get("document", "")
    if document and _DOCUMENT.fullmatch(document) is None:
        do = "write sha256: and its 64 hexadecimal digits, in lower case"
        yield "document-wrong", f"document: “{document:.80}” is no hash of a document", do


def _wrong_about(fields: dict[str, str]) -> Iterable[_Fault]:
    """What is wrong with an act about another act."""
    kind, ref = fields["act"], fields.get("ref", "")
    if kind in {"correction", "contest"} and ref:
        try:
            parse_act_ref(ref)
        except ValueError as error:
            yield "ref-wrong", str(error), "name the act by date, actor and kind"
    if kind == "correction":
        try:
            read_set(fields.get("set", ""))
        except ValueError as error:
            yield "set-wrong", str(error), "write set as “date=2016-10-04”, several parted by “; ”, or “void”"


def read_set(text: str) -> dict[str, str] | None:
    """What a correction sets: None for `void`, else the new columns; raises ValueError where it is neither."""
    if text == "void":
        return None
    changes: dict[str, str] = {}
    for part in text.split(";"):
        name, sign, value = part.strip().partition("=")
        if not sign or name not in _SETTABLE:
            raise ValueError(f"“{text}” sets nothing: it is neither “void” nor “column=value”")
        changes[name] = value
    return changes


def act_row(act: Act) -> dict[str, str]:
    """The columns of an act that are not empty, in the order of `ALL_COLUMNS`."""
    row = {
        "date": str(act.date),
        "actor": act.actor,
        "act": act.kind,
        "effective": "" if act.effective is None else str(act.effective),
        "ref": act.ref,
        "at": act.at,
        "notified": "" if act.notified is None else str(act.notified),
        "set": act.set,
        "note": act.note,
        "source": act.source,
        "document": act.document,
    }
    return {name: value for name, value in row.items() if value}


def print_acts(acts: Iterable[Act]) -> str:
    """Acts in canonical form: all columns, LF, quotes only where CSV needs them, in the order given."""
    rows = [act_row(act) for act in acts]
    out = io.StringIO(newline="")
    columns = ALL_COLUMNS if any("document" in row for row in rows) else COLUMNS
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
