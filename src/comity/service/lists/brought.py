"""A list as its office reads it: what its columns mean, what its names mean, and the acts that come of it."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from comity.actors import fold
from comity.dates import LegalDate, parse_legal_date
from comity.findings import Finding, in_order
from comity.notation import toml
from comity.register.importers.common import ABSENT, DateForm, Imported, Options, slug
from comity.register.importers.names import SKIP, Decision, Resolver, Unresolved
from comity.register.importers.table import Mapped, read_rows
from comity.register.layers import is_id
from comity.register.reading import Reading
from comity.service.lists.sheet import Sheet

if TYPE_CHECKING:
    from datetime import date

__all__ = ["NEW", "Brought", "Columns", "Held", "ListReading", "TreatyName", "read_list"]

# What a person says of a treaty that the register does not have: it becomes an instrument of the list.
NEW: Final = "new"
_SUGGESTED: Final = 5
# Looking for like titles takes milliseconds each: no more are looked for than a person settles at a time.
_ASKED: Final = 50
_LONGEST: Final = 60  # characters of an id made of a title
_OWN: Final = "list-"


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Which column of the table says what; "" where none does.

    Without `actor` all rows are about the office's own State. `counterpart` is the other State of a bilateral treaty.
    Acts stand in `act` and `date`, or in columns of dates: `wide` gives the act that each dates.
    """

    treaty: str = ""
    actor: str = ""
    counterpart: str = ""
    adopted: str = ""
    in_force: str = ""
    act: str = ""
    date: str = ""
    note: str = ""
    wide: Mapping[str, str] = {}


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A table, and all that its office said about it. It is kept as JSON.

    `own` is the id of the office's State. `dates` are forms as in spec/import.md, 26. `treaties` gives, for a title as
    the table writes it, the id of an instrument, `new` or `skip`; `names` are decisions about States; `acts` gives the
    table's words for acts.
    """

    file: str
    own: str
    sheet: Sheet
    columns: Columns
    dates: tuple[str, ...] = ()
    treaties: Mapping[str, str] = {}
    names: tuple[Decision, ...] = ()
    acts: Mapping[str, str] = {}


class TreatyName(msgspec.Struct, frozen=True, kw_only=True):
    """A title of the table that is no instrument's exactly: in which rows it stands, and whom it may mean."""

    name: str
    lines: tuple[int, ...]
    suggestions: tuple[str, ...]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """That by the list an instrument is in force for an actor since a day."""

    instrument: str
    actor: str
    since: LegalDate
    line: int


class ListReading(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a list: acts and private instruments as a layer, what a person must settle, and what is wrong."""

    layer: Imported
    treaties: tuple[TreatyName, ...]
    names: tuple[Unresolved, ...]
    in_force: tuple[Held, ...]
    findings: tuple[Finding, ...]


def read_list(brought: Brought, reading: Reading, titles: Mapping[str, str] | None = None) -> ListReading:
    """Read a list against a register. `titles` are further titles of instruments (in other languages), to their ids.

    Nothing is guessed: a treaty is matched by its exact title, accents and case apart, and a State by its exact name.
    """
    return _Reader(brought, reading, titles or {}).read()


class _Reader:
    def __init__(self, brought: Brought, reading: Reading, titles: Mapping[str, str]) -> None:
        self.brought, self.reading = brought, reading
        self.findings: list[Finding] = []
        self.forms = tuple(map(DateForm, brought.dates))
        self.index = {**_index(reading), **{fold(title): name for title, name in titles.items()}}
        self.open: dict[str, list[int]] = {}
        self.resolver = Resolver(reading.directory, brought.names)
        self.definitions: dict[str, str] = {}
        self.in_force: list[Held] = []

    def read(self) -> ListReading:
        self.findings.extend(_faults_of(self.brought, self.reading))
        rows = [] if self.findings else list(self._rows())
        layer = read_rows(rows, _mapped(self.brought), self._options())
        names = {(one.name, one.why): one for one in (*layer.unresolved, *self.resolver.unresolved())}
        layer.definitions = {
            name: text
            for name, text in self.definitions.items()
            if name in layer.by_instrument or name in self._stated()
        }
        findings = [one for one in (*self.findings, *layer.findings) if one.code != "names-unresolved"]
        return ListReading(
            layer=layer,
            treaties=tuple(
                TreatyName(name=name, lines=tuple(at), suggestions=self._near(name) if number < _ASKED else ())
                for number, (name, at) in enumerate(self.open.items())
            ),
            names=tuple(names.values()),
            in_force=tuple(self.in_force),
            findings=in_order(dict.fromkeys(findings)),
        )

    def _stated(self) -> set[str]:
        return {one.instrument for one in self.in_force}

    def _options(self) -> Options:
        return Options(
            directory=self.reading.directory,
            file=self.brought.file,
            acts=self.brought.acts,
            decisions=self.brought.names,
        )

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows that speak of an instrument that is settled, each with its line and the instrument's id."""
        sheet, columns = self.brought.sheet, self.brought.columns
        for line, cells in enumerate(sheet.rows, sheet.first):
            row = dict(zip(sheet.columns, cells, strict=True))
            if not any(cells):
                continue
            title = row[columns.treaty]
            if not title:
                self._fault("row-empty", line, "the row names no treaty", "fill it in, or take the row out")
                continue
            name = self._instrument(title, row, line)
            if name in {None, SKIP}:
                continue
            own = row[columns.actor] if columns.actor else self.brought.own
            yield line, {**row, _INSTRUMENT: str(name), _ACTOR: own}
            self._take_in_force(str(name), own, row, line)

    def _instrument(self, title: str, row: Mapping[str, str], line: int) -> str | None:
        decided = self.brought.treaties.get(title) or self.index.get(fold(title))
        partner = row.get(self.brought.columns.counterpart, "")
        if decided is None and partner and partner not in ABSENT:
            decided = NEW  # a treaty with one other State is the office's own to keep
        if decided is None:
            self.open.setdefault(title, []).append(line)
        if decided != NEW:
            return decided
        return self._define(title, partner if partner not in ABSENT else "", row, line)

    def _define(self, title: str, partner: str, row: Mapping[str, str], line: int) -> str | None:
        columns = self.brought.columns
        adopted = self._date(row.get(columns.adopted, ""), line)
        held = self._date(row.get(columns.in_force, ""), line)
        dates = (self._date(row[name], line) for name in columns.wide)
        other = self._other(partner, adopted or held or next(filter(None, dates), None), line) if partner else ""
        if other is None or other == SKIP:
            return other
        name = _own_id(f"{title} {other}".strip(), line)
        if name not in self.definitions:
            members = sorted({self.brought.own, other}) if other else ()
            self.definitions[name] = _definition(name, title, members, adopted, held, self.brought.file)
        return name

    def _other(self, partner: str, when: LegalDate | None, line: int) -> str | None:
        if when is None:
            self._fault(
                "date-missing",
                line,
                f"nothing dates the treaty with “{partner}”",
                "fill in a date",
            )
            return None
        return self.resolver.resolve(partner, when)

    def _take_in_force(self, name: str, own: str, row: Mapping[str, str], line: int) -> None:
        since = self._date(row.get(self.brought.columns.in_force, ""), line)
        actor = own if not self.brought.columns.actor else self.resolver.resolve(own, since) if since else None
        if since is not None and actor not in {None, SKIP}:
            self.in_force.append(Held(instrument=name, actor=str(actor), since=since, line=line))

    def _date(self, cell: str, line: int) -> LegalDate | None:
        if cell.strip() in ABSENT:
            return None
        iso = next((found for form in self.forms if (found := form.read(cell.strip())) is not None), None)
        try:
            if iso is not None:
                return parse_legal_date(iso)
        except ValueError as error:
            self._fault("date-impossible", line, str(error), "mend the date")
            return None
        forms = ", ".join(self.brought.dates) or "none was stated"
        self._fault(
            "date-form", line, f"“{cell}” has none of the forms of dates ({forms})", "state its form, or mend it"
        )
        return None

    def _near(self, title: str) -> tuple[str, ...]:
        """Instruments that the title may mean: those that share its rare words, then those that are spelt alike."""
        words = set(fold(title).split())
        shares = {known: sum(self.rarity[word] for word in words & set(known.split())) for known in self.index}
        likely = sorted((known for known in shares if shares[known]), key=lambda known: (-shares[known], len(known)))
        close = difflib.get_close_matches(fold(title), self.index, n=_SUGGESTED, cutoff=0.8)
        return tuple(dict.fromkeys(self.index[known] for known in (*close, *likely)))[:_SUGGESTED]

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """What a word tells of a title: the fewer titles have it, the more."""
        found = Counter(word for known in self.index for word in set(known.split()))
        return {word: 1 / count for word, count in found.items()}

    def _fault(self, code: str, line: int, says: str, do: str) -> None:
        found = Finding(level="error", code=code, file=self.brought.file, line=line, says=says, do=do)
        self.findings.append(found)


# Columns that no sheet can have: none of its names holds a line break.
_INSTRUMENT, _ACTOR = "\ninstrument", "\nactor"


def _mapped(brought: Brought) -> Mapped:
    columns = brought.columns
    own = {"instrument": _INSTRUMENT, "actor": _ACTOR}
    own |= {name: column for name in ("act", "date", "note") if (column := getattr(columns, name))}
    return Mapped(
        columns=own,
        wide=columns.wide,
        acts=brought.acts,
        dates=brought.dates,
        actors="name" if columns.actor else "id",
    )


def _faults_of(brought: Brought, reading: Reading) -> Iterator[Finding]:
    def fault(code: str, says: str, do: str) -> Finding:
        return Finding(level="error", code=code, file=brought.file, says=says, do=do)

    columns = brought.columns
    if brought.own not in reading.directory.actors:
        yield fault("actor-unknown", f"no actor is called “{brought.own}”", "choose the State whose list it is")
    if not columns.treaty:
        yield fault("mapping-column", "nothing says where the treaty stands", "choose its column")
    if not columns.wide and not (columns.act and columns.date):
        yield fault(
            "mapping-column", "nothing says where acts and dates stand", "choose a column of dates, or act and date"
        )
    named = [
        getattr(columns, name)
        for name in ("treaty", "actor", "counterpart", "adopted", "in_force", "act", "date", "note")
    ]
    for name in sorted({*filter(None, named), *columns.wide} - set(brought.sheet.columns)):
        yield fault("csv-column-missing", f"there is no column “{name}”", f"it has {', '.join(brought.sheet.columns)}")
    for title, name in brought.treaties.items():
        if name not in {NEW, SKIP} and not reading.has_definition(name):
            yield fault(
                "instrument-unknown", f"“{title}” is said to be “{name}”, which no instrument is called", "choose anew"
            )


def _index(reading: Reading) -> dict[str, str]:
    """The instruments by title, short title and id, folded; titles that two bear are left out."""
    found: dict[str, set[str]] = {}
    for name in reading.ids():
        it = reading.instrument(name)
        for title in () if it is None else (it.title, it.short, it.id.replace("-", " ")):
            if title:
                found.setdefault(fold(title), set()).add(name)
    return {title: next(iter(names)) for title, names in found.items() if len(names) == 1}


def _own_id(text: str, line: int) -> str:
    made = _OWN + slug(text)[:_LONGEST].strip("-")
    return made if is_id(made) and re.search("[a-z]", made.removeprefix(_OWN)) else f"{_OWN}row-{line}"


def _definition(
    name: str, title: str, members: Iterable[str], adopted: LegalDate | None, held: LegalDate | None, file: str
) -> str:
    """The text of a private instrument: no more than the list tells."""
    members = tuple(members)
    day: date | None = adopted.first if adopted is not None and adopted.exact else None
    head: dict[str, object] = {"id": name, "title": title, "kind": "agreement" if members else "treaty", "adopted": day}
    text = toml.section("", {**head, "source": f"{file}, a private list"})
    if members:
        text += "\n" + toml.section("[consent]", {"open_to": members})
    if held is not None and held.exact:
        text += "\n" + toml.section("[entry_into_force]", {"on": held.first})
    elif members:
        text += "\n" + toml.section("[entry_into_force]", {"when": {"members": members}})
    return text
