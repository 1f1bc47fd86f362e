"""What all named importers share: a table's rows become acts, and every fault a finding (spec/import.md)."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from comity.actors import Directory, Group
from comity.acts import Act
from comity.dates import EARLIEST, LATEST, LegalDate, parse_legal_date
from comity.findings import Finding, Level
from comity.notation import toml
from comity.notation.acts_file import read_act
from comity.register.importers.names import SKIP, Decision, Resolver, Scheme, Unresolved
from comity.register.importing import Scope
from comity.register.layers import Definition, DefinitionKind

__all__ = [
    "ABSENT",
    "ISO_FORMS",
    "Collector",
    "DateForm",
    "Imported",
    "Options",
    "columns_missing",
    "header_of",
    "minimal",
    "rows_of",
    "slug",
]

ABSENT: Final = frozenset({"", "NA", "N/A", "n/a", "-", "--", "..", "…", "NULL", "None", "nan", "NaN"})
# What stands in data sets for “open” or “unknown”, and is no date of any act.
_SENTINEL = re.compile(r"-9+|0+|(?:0000|9999|2899|2999|1000|1111)(?:\D.*)?|.*\D(?:9999|2899|2999)")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}
_TOKENS = {"YYYY": r"(?P<y>\d{4})", "MM": r"(?P<m>\d{2})", "DD": r"(?P<d>\d{2})", "Mon": r"(?P<mon>[A-Za-z]+)\.?"}
_TOKENS |= {"D": r"(?P<d>\d{1,2})", "M": r"(?P<m>\d{1,2})"}
_TOKEN = re.compile("YYYY|MM|DD|Mon|D|M")


class DateForm:
    """A form of dates as a user states it, of YYYY, MM or M, DD or D, and Mon (the month's English name)."""

    def __init__(self, text: str) -> None:
        """Raises ValueError where the text has no year, or a token twice."""
        parts: list[str] = []
        at = 0
        for token in _TOKEN.finditer(text):
            parts += [re.escape(text[at : token.start()]), _TOKENS[token.group()]]
            at = token.end()
        parts.append(re.escape(text[at:]))
        try:
            self._form = re.compile("".join(parts).replace(r"\ ", r"\s+"))
        except re.error as error:
            raise ValueError(f"“{text}” names a part of the date twice") from error
        if "y" not in self._form.groupindex:
            raise ValueError(f"“{text}” is no form of a date: it has no YYYY")
        self.text = text

    def read(self, text: str) -> str | None:
        """The date as ISO text, or None where the text does not have this form."""
        match = self._form.fullmatch(text)
        if match is None:
            return None
        found = match.groupdict()
        month = found.get("m")
        if found.get("mon"):
            number = _MONTHS.get(found["mon"].lower())
            if number is None:
                return None
            month = str(number)
        parts = [found["y"], month, found.get("d")]
        return "-".join(f"{int(part):02d}" if len(part) < len("YYYY") else part for part in parts if part)


ISO_FORMS: Final = tuple(DateForm(text) for text in ("YYYY-MM-DD", "YYYY-MM", "YYYY"))


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a user tells an importer.

    `instrument` is the id that a table of one instrument is about; `instruments` maps the source's own ids to those of
    the register; `acts` maps its words to kinds of acts (`skip` leaves rows out); `decisions` are a person's about
    names; `define` lets it define instruments of which it knows no more than the title.
    """

    directory: Directory
    file: str = ""
    instrument: str = ""
    instruments: Mapping[str, str] = {}
    acts: Mapping[str, str] = {}
    decisions: tuple[Decision, ...] = ()
    define: bool = True


class Imported(msgspec.Struct, kw_only=True):  # a `Layer` may be renamed, so this is not frozen
    """What an importer made of a source: a layer that can be planned and applied. Errors forbid that."""

    name: str
    by_instrument: Mapping[str, tuple[Act, ...]] = {}
    definitions: Mapping[str, str] = {}
    findings: tuple[Finding, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    scope: Scope = Scope(columns=frozenset({"effective"}), whole=False)
    has_two_clocks: bool = False

    def ids(self, kind: DefinitionKind) -> tuple[str, ...]:
        """See `Layer`."""
        return tuple(sorted(self.definitions)) if kind == "instrument" else ()

    def acts_ids(self) -> tuple[str, ...]:
        """See `Layer`."""
        return tuple(sorted(self.by_instrument))

    def definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        """See `Layer`."""
        text = self.definitions.get(name) if kind == "instrument" else None
        return None if text is None else Definition(text=text, file=f"instruments/{name}.toml")

    def acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]] | None:
        """See `Layer`."""
        return (self.by_instrument[name], ()) if name in self.by_instrument else None

    def actors(self) -> tuple[dict[str, object], str, tuple[Finding, ...]]:
        """See `Layer`."""
        return {}, "", ()

    def groups(self) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
        """See `Layer`."""
        return (), ()

    def strays(self) -> Iterable[Finding]:
        """See `Layer`."""
        return ()


class Collector:
    """Takes facts row by row, and gives acts, findings and names for a person."""

    def __init__(self, options: Options, name: str, trusted: frozenset[str] = frozenset()) -> None:
        self.options, self.name = options, name
        self.resolver = Resolver(options.directory, options.decisions, trusted=trusted)
        self.findings: list[Finding] = []
        self._acts: dict[str, dict[Act, Act]] = {}
        self._dropped: Counter[tuple[str, str, str]] = Counter()
        self._lines: dict[tuple[str, str, str], int] = {}

    def fault(self, code: str, line: int, says: str, do: str, level: Level = "error") -> None:
        """Add a finding."""
        finding = Finding(level=level, code=code, file=self.options.file, line=line, says=says, do=do)
        self.findings.append(finding)

    def drop(self, code: str, line: int, says: str, do: str = "") -> None:
        """Report a fact that is left out. Facts left out for one reason are counted together."""
        key = (code, says, do)
        self._dropped[key] += 1
        self._lines.setdefault(key, line)

    def date(self, text: str, forms: Sequence[DateForm], line: int, what: str) -> LegalDate | None:
        """The date in one of the forms; None where there is none, or where it is none, which is reported."""
        text = text.strip()
        if text in ABSENT:
            return None
        if _SENTINEL.fullmatch(text):
            self.drop("date-placeholder", line, f"{what}: “{text}” stands for no date, and is left out")
            return None
        iso = next((found for form in forms if (found := form.read(text)) is not None), None)
        if iso is None:
            known = ", ".join(form.text for form in forms)
            self.fault(
                "date-form", line, f"{what}: “{text}” has none of the forms {known}", "state its form, or mend it"
            )
            return None
        try:
            return parse_legal_date(iso)
        except ValueError as error:
            year = int(iso[:4])
            if not EARLIEST.year <= year <= LATEST.year:
                self.drop("date-placeholder", line, f"{what}: “{text}” stands for no date, and is left out")
            else:
                self.fault("date-impossible", line, f"{what}: {error}", "mend the date")
            return None

    def add(
        self,
        instrument: str,
        who: str,
        scheme: Scheme,
        kind: str,
        when: LegalDate,
        line: int,
        **columns: str,
    ) -> None:
        """Take one fact."""
        actor = self.resolver.resolve(who, when, scheme)
        if actor is None:
            return
        if actor == SKIP:
            self.drop("rows-skipped", line, f"“{who}” is left out, as decided")
            return
        fields = {"date": str(when), "actor": actor, "act": kind, **columns}
        act, faults = read_act(fields, instrument, self.options.file, line)
        self.findings.extend(faults)
        if act is None:
            return
        acts = self._acts.setdefault(instrument, {})
        bare = msgspec.structs.replace(act, line=0)
        if bare in acts:
            self.drop("row-twice", line, "stands twice in the source, and is taken once")
        acts.setdefault(bare, act)

    def about(self, instrument: str) -> None:
        """Say that the source speaks of an instrument, though it may list no act."""
        self._acts.setdefault(instrument, {})

    def done(self, definitions: Mapping[str, str] | None = None, scope: Scope | None = None) -> Imported:
        """What came of it."""
        for key, count in self._dropped.items():
            code, says, do = key
            text = says if count == 1 else f"{says} ({count} times, first here)"
            self.fault(code, self._lines[key], text, do, "note" if code == "rows-skipped" else "warning")
        unresolved = self.resolver.unresolved()
        if unresolved:
            rows = sum(one.rows for one in unresolved)
            says = f"{len(unresolved)} names in {rows} rows do not stand for exactly one actor who existed that day"
            do = "fill the column actor of the list of names, and give it back with --names"
            self.fault("names-unresolved", 0, says, do)
        made = Imported(
            name=self.name,
            by_instrument={name: tuple(acts.values()) for name, acts in self._acts.items()},
            definitions=definitions or {},
            findings=tuple(self.findings),
            unresolved=unresolved,
        )
        return made if scope is None else msgspec.structs.replace(made, scope=scope)


def rows_of(text: str, collector: Collector, delimiter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV text with their lines; a row of another length, or broken quoting, is reported."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                says = f"{len(row)} fields where the header names {len(header)}"
                collector.fault("csv-row-length", reader.line_num, says, "mend the row; is the delimiter right?")
                continue
            yield reader.line_num, dict(zip(header, row, strict=True))
    except csv.Error as error:
        collector.fault("csv-malformed", reader.line_num, f"this is not CSV: {error}", "mend the quoting")


def header_of(text: str, delimiter: str = ",") -> list[str]:
    """The names of the columns."""
    try:
        row = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
    return [name.strip() for name in row]


def slug(text: str) -> str:
    """An id of the register made of a source's own: lower-case words with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def minimal(name: str, title: str, adopted: LegalDate | None, source: str) -> str:
    """The definition of an instrument of which no more is known than its title and the day of its adoption."""
    pairs: dict[str, object] = {"id": name, "title": title or name, "kind": "treaty"}
    if adopted is not None and adopted.exact:
        pairs["adopted"] = adopted.first
    return toml.section("", {**pairs, "source": source})


def columns_missing(header: Iterable[str], needed: Iterable[str]) -> list[str]:
    """The columns that a source should have and has not."""
    found = set(header)
    return [name for name in needed if name not in found]
