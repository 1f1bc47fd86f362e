"""Whom a source means: exactly one actor who existed that day, or a line in a list for a person. Never a guess.

(spec/import.md)
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import msgspec

from comity.actors import Actor, Directory, fold
from comity.dates import LegalDate, parse_date
from comity.findings import Finding
from comity.register.importers.aliases import ALIASES, CODES, DOUBTFUL

__all__ = ["SKIP", "Decision", "Resolver", "Scheme", "Unresolved", "print_unresolved", "read_decisions"]

Scheme = Literal["name", "id", "iso2", "iso3", "m49"]
SKIP = "skip"
_COLUMNS = ("name", "actor", "from", "until", "rows", "why", "suggestions")
Fault = Callable[[int, str, str, str], None]
_UNKNOWN = "no actor is called so"
# Looking for the nearest name takes milliseconds: past so many, the column is of something else.
_SUGGESTED = 500


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided: `name`, as the source writes it, means `actor` (or: leave its rows out) in a period."""

    name: str
    actor: str
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the decision is about that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Unresolved(msgspec.Struct, frozen=True, kw_only=True):
    """A name that a person must decide on: where it stands, why it is not clear, whom it may mean."""

    name: str
    why: str
    suggestions: tuple[str, ...]
    first: date
    last: date
    rows: int


class Resolver:
    """Names and codes of one source. Remembers what it could not resolve."""

    def __init__(
        self,
        directory: Directory,
        decisions: Iterable[Decision] = (),
        *,
        codes: Mapping[str, tuple[str, ...]] = CODES,
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        """`trusted` are names that this source uses for one actor only, whoever else bore them."""
        self._directory, self._codes, self._trusted = directory, codes, trusted
        self._decisions: dict[str, list[Decision]] = {}
        for one in decisions:
            self._decisions.setdefault(one.name, []).append(one)
        self._open: dict[tuple[str, str, tuple[str, ...]], list[LegalDate]] = {}

    def resolve(self, name: str, when: LegalDate, scheme: Scheme = "name") -> str | None:
        """The id of the actor meant, `skip` where a person said so, or None, which is remembered."""
        day = when.last
        decided = next((one.actor for one in self._decisions.get(name, ()) if one.covers(day)), None)
        if decided is not None:
            return decided
        doubt = DOUBTFUL.get(name) if name not in self._trusted else None
        if doubt is not None and (not doubt.until or day < date.fromisoformat(doubt.until)):
            self._remember(name, when, doubt.why, doubt.actors)
            return None
        found = [actor for code in self._candidates(name, scheme) if (actor := self._directory.actors.get(code))]
        existing = [actor.id for actor in found if actor.exists(day)]
        if len(existing) == 1:
            return existing[0]
        if existing:
            self._remember(name, when, "several actors are called so", tuple(sorted(existing)))
        elif found:
            why = f"{', '.join(_period(actor) for actor in found)}: not on that day"
            self._remember(name, when, why, self._relatives(found, day))
        else:
            self._remember(name, when, _UNKNOWN, ())
        return None

    def _candidates(self, name: str, scheme: Scheme) -> tuple[str, ...]:
        if scheme == "id":
            return (name,)
        if scheme == "name":
            return tuple(sorted({*self._directory.named(name), *self._aliases.get(fold(name), ())}))
        return tuple(sorted({*self._by_code.get((scheme, name), ()), *(self._codes.get(name, ()))}))

    @cached_property
    def _aliases(self) -> dict[str, tuple[str, ...]]:
        return {fold(name): actors for name, actors in ALIASES.items()}

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], set[str]]:
        index: dict[tuple[str, str], set[str]] = {}
        for actor in self._directory.actors.values():
            for codes in (actor.codes, *(former.codes for former in actor.formerly)):
                for scheme, code in codes.items():
                    index.setdefault((scheme, code), set()).add(actor.id)
        return index

    def _relatives(self, actors: Iterable[Actor], day: date) -> tuple[str, ...]:
        """The predecessors or successors that existed that day, then the actors themselves."""
        codes = {actor.id for actor in actors}
        heirs = {code for actor in actors for code in actor.successors}
        kin = {
            other.id
            for other in self._directory.actors.values()
            if other.exists(day) and (other.id in heirs or codes & set(other.successors))
        }
        return (*sorted(kin), *sorted(codes))

    def _remember(self, name: str, when: LegalDate, why: str, suggestions: tuple[str, ...]) -> None:
        self._open.setdefault((name, why, suggestions), []).append(when)

    def unresolved(self) -> tuple[Unresolved, ...]:
        """What a person must decide, by name."""
        looked_for = set(sorted(name for name, why, _ in self._open if why == _UNKNOWN)[:_SUGGESTED])
        return tuple(
            Unresolved(
                name=name,
                why=why,
                suggestions=self._directory.nearest(name) if why == _UNKNOWN and name in looked_for else suggestions,
                first=min(day.first for day in days),
                last=max(day.last for day in days),
                rows=len(days),
            )
            for (name, why, suggestions), days in sorted(self._open.items())
        )


def _period(actor: Actor) -> str:
    return f"{actor.id} existed from {actor.since or '…'} to {actor.until or '…'}"


def print_unresolved(names: Iterable[Unresolved]) -> str:
    """The list for a person: a table whose column `actor` is to be filled in, and which is then given back.

    `from` and `until` bound the rows in question, so that each line decides on those alone.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in names:
        row = (one.name, "", one.first, one.last + timedelta(days=1), one.rows, one.why, " ".join(one.suggestions))
        writer.writerow(row)
    return out.getvalue()


def read_decisions(text: str, file: str, directory: Directory) -> tuple[tuple[Decision, ...], tuple[Finding, ...]]:
    """What a person decided: `name,actor[,from,until]`, the actor an id or `skip`. Rows without an actor stay open."""
    findings: list[Finding] = []

    def fault(line: int, code: str, says: str, do: str) -> None:
        findings.append(Finding(level="error", code=code, file=file, line=line, says=says, do=do))

    decisions = list(_decisions(text, directory, fault))
    return tuple(decisions), tuple(findings)


def _decisions(text: str, directory: Directory, fault: Fault) -> Iterator[Decision]:
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True, restval="")
    try:
        if not {"name", "actor"} <= set(table.fieldnames or ()):
            fault(1, "csv-column-missing", "the columns name and actor are needed", "begin with name,actor,from,until")
            return
        for row in table:
            actor, name = (row["actor"] or "").strip(), row["name"] or ""
            if not actor:
                continue
            if actor != SKIP and actor not in directory.actors:
                close = ", ".join(directory.nearest(actor))
                do = f"did you mean {close}?" if close else "give an id, or skip"
                fault(table.line_num, "actor-unknown", f"no actor is called “{actor}”", do)
                continue
            try:
                since, until = (parse_date(value) if (value := row.get(key)) else None for key in ("from", "until"))
            except ValueError as error:
                fault(table.line_num, "date-impossible", str(error), "write the date as YYYY-MM-DD")
                continue
            yield Decision(name=name, actor=actor, since=since, until=until)
    except csv.Error as error:
        fault(table.line_num, "csv-malformed", f"this is not CSV: {error}", "mend the quoting")
