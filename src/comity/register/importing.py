"""From a source into a log: what is new is appended, what changed or vanished is proposed to a person.

A source is a folder in the notation, or what a named importer made of somebody else's table. Nothing is appended
where anything is wrong, and what is appended enters in one piece (spec/import.md).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from comity.acts import Act, family
from comity.findings import Finding, has_errors, in_order
from comity.notation.acts_file import act_row
from comity.register.correcting import Held
from comity.register.definitions import FILES, KINDS, PREFACE, TABLES, definition_records, tables_of
from comity.register.errors import LeafError, LogError, OutOfOrderError
from comity.register.layers import DefinitionKind, Layer
from comity.register.leaf import Record, prepare, recorded_of
from comity.register.log import Clock, Log, Recorded
from comity.register.logged import ACTS, LogLayer
from comity.register.matching import apart, match, merged, named
from comity.register.reading import Reading

__all__ = [
    "Applied",
    "MovedError",
    "NewAct",
    "NewDefinition",
    "Plan",
    "Progress",
    "Scope",
    "act_record",
    "apply",
    "digest",
    "guarded",
    "plan",
    "records",
]

Progress = Callable[[int, int], None]

_LONG: Final = 8_000  # characters: an act shorter than this fits into a leaf whatever it holds


class MovedError(LogError):
    """The log has grown since the plan was made: nothing was written; make the plan again."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a source speaks of, so that its silence about the rest means nothing.

    `columns`: those that it gives beside date, actor and act (None: all), of which an empty one says nothing. `whole`:
    it tells all, and what the log holds and it does not have has vanished. A table of the latest status is not whole:
    it has lost whatever a State did before it left and came back.
    """

    columns: frozenset[str] | None = None
    whole: bool = True


class NewDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that the log does not have yet."""

    kind: str
    id: str
    text: str


class NewAct(msgspec.Struct, frozen=True, kw_only=True):
    """An act that the log does not have yet; a correction points at the entry that it corrects, where it is there."""

    act: Act
    corrects: Held | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do to a log of `size` entries.

    `proposals` are the payloads of corrections for a person to decide. Not among them are those that wait already, and
    those that a person has rejected before. Where `findings` has an error, nothing can be applied.
    """

    size: int
    source: str
    definitions: tuple[NewDefinition, ...] = ()
    kept: tuple[str, ...] = ()
    acts: tuple[NewAct, ...] = ()
    proposals: tuple[dict[str, Any], ...] = ()
    waiting: int = 0
    rejected: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether an error forbids to apply it."""
        return has_errors(self.findings)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.definitions or self.kept or self.acts or self.proposals)


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: the entries appended (`first` up to, not including, `stop`) and the proposals made."""

    first: int
    stop: int
    proposals: tuple[int, ...] = ()


def plan(
    source: Layer,
    target: LogLayer,
    under: Sequence[Layer] = (),
    *,
    scope: Scope | None = None,
    also: Iterable[Finding] = (),
    progress: Progress | None = None,
) -> Plan:
    """Compare a source with a log as it is now.

    `under` are the layers below the log (the register that ships), whose actors and definitions the source may use.
    `also` are findings of higher floors that forbid or accompany the import. `progress` is told how many
    instruments are done, of how many.
    """
    scope = scope or getattr(source, "scope", None) or Scope()
    work = _Comparison(source, target, scope, under)
    reading = Reading([source, target, *under])
    work.findings.extend((*getattr(source, "findings", ()), *also))
    work.compare_definitions(reading)
    names = sorted({*source.ids("instrument"), *source.acts_ids()})
    for done, name in enumerate(names):
        work.compare_acts(name, reading)
        if progress is not None:
            progress(done + 1, len(names))
    if scope.whole:
        work.compare_vanished(frozenset(names))
    return work.plan()


class _Comparison:
    """One comparison under way."""

    def __init__(self, source: Layer, target: LogLayer, scope: Scope, under: Sequence[Layer]) -> None:
        self.source, self.target, self.scope, self.under = source, target, scope, under
        self.findings: list[Finding] = []
        self.beside = 0
        self.definitions: list[NewDefinition] = []
        self.kept: list[str] = []
        self.acts: list[NewAct] = []
        self.corrections: list[NewAct] = []
        self.proposals: list[dict[str, Any]] = []

    def plan(self) -> Plan:
        """What was found."""
        acts = (*self.acts, *self.corrections)
        self.findings.extend(_too_long(acts))
        if self.beside:
            columns = ", ".join(sorted(self.scope.columns or ()))
            says = f"{self.beside} rows say more ({columns}) of acts that the log has; that is left aside"
            do = "where it matters, record a correction"
            self.findings.append(Finding(level="note", code="more-said", file=self.source.name, says=says, do=do))
        fresh, waiting, rejected = _undecided(self.proposals, self.target.log)
        return Plan(
            size=self.target.size,
            source=self.source.name,
            definitions=tuple(self.definitions),
            kept=tuple(self.kept),
            acts=acts,
            proposals=fresh,
            waiting=waiting,
            rejected=rejected,
            findings=in_order(self.findings),
        )

    # Definitions

    def compare_definitions(self, reading: Reading) -> None:
        """Actors, groups, weights, rules and instruments: new ones, changed ones, and what is wrong with them."""
        self.findings.extend(reading.directory_findings())
        for kind in TABLES:
            found = tables_of(self.source, kind)
            self.findings.extend(found.findings)
            self._compare_texts(kind, found.tables, self.target.tables(kind))
            if found.preface:
                file = FILES[kind]
                known = {file: before} if (before := self.target.text(PREFACE, file)) else {}
                self._compare_texts(PREFACE, {file: found.preface}, known)
        for kind in reversed(KINDS):
            texts = {name: self.source.definition(kind, name) for name in self.source.ids(kind)}
            own = {name: found.text for name, found in texts.items() if found is not None and self._defines(kind, name)}
            known = {name: self.target.text(kind, name) or "" for name in self.target.ids(kind)}
            self._compare_texts(kind, own, known)
        # Where acts are left and no definition is; what is gone altogether is one proposal (`compare_vanished`).
        for name in set(self.source.acts_ids()) - set(self.source.ids("instrument")) if self.scope.whole else ():
            if (text := self.target.text("instrument", name)) is not None:
                self._propose_definition("instrument", name, text, "")
        for name in self.source.ids("weights"):
            self.findings.extend(reading.findings_of_weights(name))
        for name in self.source.ids("rule"):
            self.findings.extend(reading.findings_of_rule(name))

    def _compare_texts(self, kind: str, own: Mapping[str, str], known: Mapping[str, str]) -> None:
        for name, text in own.items():
            if name not in known:
                self.definitions.append(NewDefinition(kind=kind, id=name, text=text))
            elif known[name] != text:
                self._propose_definition(kind, name, known[name], text)
        if self.scope.whole and kind != "instrument":
            for name, text in known.items():
                if name not in own:
                    self._propose_definition(kind, name, text, "")

    def _defines(self, kind: DefinitionKind, name: str) -> bool:
        """Whether a definition of the source counts: one that knows little counts only where there is none."""
        return self.scope.columns is None or all(
            one.definition(kind, name) is None for one in (self.target, *self.under)
        )

    def _propose_definition(self, kind: str, name: str, before: str, text: str) -> None:
        payload = {"what": "definition", "kind": kind, "id": name, "before": digest(before), "text": text}
        self.proposals.append(payload)

    # Acts

    def compare_acts(self, name: str, reading: Reading) -> None:
        """The acts of one instrument: new ones, changed ones, vanished ones."""
        file = f"instruments/{name}.csv"
        self.findings.extend(reading.findings_of(name))
        found = self.source.acts(name)
        held, corrections, _ = self.target.held(name)
        if found is None:
            self._match([], [one for one in held if one.stands is not None])
            return
        if not reading.has_definition(name):
            says = "there are acts here and no instrument of that name"
            do = f"add instruments/{name}.toml"
            self.findings.append(Finding(level="error", code="instrument-missing", file=file, says=says, do=do))
        if not found[0] and self.scope.columns is None and not self.target.keeps(name):
            self.kept.append(name)
        if self.scope.columns is not None:
            self._note_hidden(name, file)
        acts, fresh = apart(found[0], corrections, file)
        self._match(acts, [one for one in held if one.stands is not None])
        for act in fresh:
            self.corrections.append(NewAct(act=act, corrects=named(act, held)))

    def _note_hidden(self, name: str, file: str) -> None:
        below = next((found[0] for one in self.under if (found := one.acts(name)) is not None), ())
        if below and self.target.acts(name) is None:
            says = f"the log has no acts of {name}: those of this source will hide the {len(below)} that lie below it"
            do = "import the register that ships first, and the two are compared"
            self.findings.append(Finding(level="warning", code="acts-hidden", file=file, says=says, do=do))

    def _match(self, acts: list[Act], held: list[Held]) -> None:
        """Match the acts of the source with the entries: equal, changed, then new and vanished."""
        columns = self.scope.columns
        found = match(acts, held, columns)
        for act, one in found.pairs:
            if columns is None:
                self._propose_change(one, act)
            elif one.stands is not None:
                self._propose_change(one, merged(one.stands, act, columns))
                self.beside += any(getattr(act, name) and not getattr(one.stands, name) for name in columns)
        self.acts.extend(NewAct(act=act) for act in found.new)
        if self.scope.whole:
            for one in found.gone:
                self._propose_change(one, None)

    def _propose_change(self, one: Held, after: Act | None) -> None:
        if one.stands is None:
            return
        before = act_row(one.stands)
        if after is not None and act_row(after) == before:
            return
        payload = {
            "what": "act",
            "instrument": one.stands.instrument,
            "entry": {"index": one.index, "hash": one.hash.hex()},
            "before": before,
        }
        self.proposals.append(payload if after is None else {**payload, "after": act_row(after)})

    # Instruments that the source no longer has

    def compare_vanished(self, names: frozenset[str]) -> None:
        """Instruments of the log that a whole source does not have: one proposal for each, with all of its acts."""
        for name in sorted({*self.target.ids("instrument"), *self.target.acts_ids()} - names):
            held, _, _ = self.target.held(name)
            entries = [{"index": one.index, "hash": one.hash.hex()} for one in held if one.stands is not None]
            text = self.target.text("instrument", name) or ""
            if entries or text:
                payload = {"what": "instrument", "id": name, "before": digest(text), "entries": entries}
                self.proposals.append(payload)


def digest(text: str) -> str:
    """How a proposal names the text that it would replace."""
    return hashlib.sha256(text.encode()).hexdigest()


# Limits, and what was decided before


def _too_long(acts: Iterable[NewAct]) -> Iterable[Finding]:
    for new in acts:
        act = new.act
        if len(act.note) + len(act.source) + len(act.ref) + len(act.set) < _LONG:
            continue
        try:
            prepare(act_record(act))
        except LeafError as error:
            file, line = f"instruments/{act.instrument}.csv", act.line
            do = "shorten the note; a document enters by its hash or its address"
            yield Finding(level="error", code="act-too-long", file=file, line=line, says=str(error), do=do)


def _undecided(proposals: list[dict[str, Any]], log: Log) -> tuple[tuple[dict[str, Any], ...], int, int]:
    """The proposals that nobody has seen yet; how many wait already, and how many were rejected before."""
    if not proposals:
        return (), 0, 0
    pending = {_fingerprint(one.payload) for one in log.proposals()}
    rejected = {_fingerprint(one.payload) for one in log.proposals(settled=True) if one.verdict == "rejected"}
    fresh = [one for one in proposals if _fingerprint(one) not in pending | rejected]
    waiting = sum(1 for one in proposals if _fingerprint(one) in pending)
    return tuple(fresh), waiting, len(proposals) - len(fresh) - waiting


def _fingerprint(payload: dict[str, Any]) -> bytes:
    return msgspec.json.encode({key: value for key, value in payload.items() if key != "source"}, order="sorted")


# Doing it


def act_record(act: Act, corrects: Held | None = None, proposal: int | None = None, draft: str = "") -> Record:
    """An act as it enters a log; `draft` is what a desk calls it by (spec/log.md, 7)."""
    body: dict[str, Any] = {"instrument": act.instrument, **act_row(act)}
    if corrects is not None:
        body["corrects"] = {"index": corrects.index, "hash": corrects.hash.hex()}
    if proposal is not None:
        body["proposal"] = proposal
    if draft:
        body["draft"] = draft
    return Record(kind=family(act.kind), body=body)


def records(found: Plan) -> list[Record]:
    """The entries that a plan would append, in their order: definitions, then acts, then corrections."""
    out = [record for new in found.definitions for record in definition_records(new.kind, new.id, new.text)]
    out.extend(Record(kind=ACTS, body={"id": name}) for name in found.kept)
    out.extend(act_record(new.act, new.corrects) for new in found.acts)
    return out


def guarded(log: Log, size: int, recorded: Recorded) -> Clock:
    """A moment that is given only while the log still has `size` entries; raises MovedError otherwise.

    The log asks for it when the writer's turn has come and no other can write: so nothing comes between
    what was compared and what is appended.
    """

    def moment() -> str:
        if len(log) != size:
            raise MovedError(f"the log has grown past {size} entries meanwhile; nothing was written")
        if not isinstance(recorded, str):
            return recorded()
        # A log bends a clock that lags a little; a stated moment is not to be bent.
        last = next((recorded_of(row.data) for row in log.rows(size - 1, size)), "") if size else ""
        if recorded < last:
            raise OutOfOrderError(f"recorded {recorded} would be earlier than the entry before, recorded {last}")
        return recorded

    return moment


def apply(log: Log, found: Plan, recorded: Recorded) -> Applied:
    """Append what is new, all or nothing, and propose the rest.

    Proposals follow the append: a process that is killed between leaves them to the next import, which
    finds them again. Raises ValueError for a plan with errors, MovedError, LogError.
    """
    if found.refused:
        raise ValueError("a plan with errors is not applied")
    appended = log.append(records(found), guarded(log, found.size, recorded))
    if not found.proposals:
        return Applied(first=appended.start, stop=appended.stop)
    proposed = recorded if isinstance(recorded, str) else recorded()
    made = tuple(log.propose({**payload, "source": found.source}, proposed) for payload in found.proposals)
    return Applied(first=appended.start, stop=appended.stop, proposals=made)
