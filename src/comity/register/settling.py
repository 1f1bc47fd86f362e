"""What a person decides: proposals approved or rejected, and single acts recorded (spec/import.md)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from comity.actors import Group
from comity.acts import Act
from comity.dates import parse_legal_date
from comity.findings import Finding, has_errors, in_order
from comity.notation.acts_file import act_row, read_act
from comity.register.correcting import Held, as_set, changed_columns
from comity.register.definitions import definition_records
from comity.register.errors import LogError
from comity.register.importing import act_record, digest, guarded
from comity.register.layers import Definition, DefinitionKind, Layer
from comity.register.leaf import Record
from comity.register.log import Log, Recorded
from comity.register.logged import RECTIFICATION, LogLayer
from comity.register.matching import named
from comity.register.store import Proposal

__all__ = ["Outcome", "approve", "describe", "record", "rectify", "reject"]

FindingsOf = Callable[[Layer], Iterable[Finding]]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a decision: the entries appended, `first` up to, not including, `stop`. Errors mean: nothing."""

    first: int = 0
    stop: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether an error forbade it, and nothing was written."""
        return has_errors(self.findings)


def describe(proposal: Proposal) -> str:
    """A proposal in one line, for the person who is to decide."""
    payload = proposal.payload
    match payload.get("what"):
        case "act":
            before, after = payload["before"], payload.get("after")
            what = f"{payload['instrument']}, entry {payload['entry']['index']}: "
            what += " ".join((before["date"], before["actor"], before["act"]))
            if after is None:
                return f"{what}: has vanished"
            names = {**before, **after}
            changes = [
                f"{name} {before.get(name) or 'nothing'} → {after.get(name) or 'nothing'}"
                for name in names
                if before.get(name) != after.get(name)
            ]
            return f"{what}: {', '.join(changes)}"
        case "definition":
            return f"{payload['kind']} {payload['id']}: {'is changed' if payload['text'] else 'has vanished'}"
        case "instrument":
            return f"{payload['id']}: has vanished, with {len(payload['entries'])} acts"
        case what:
            return f"“{what}”, which this version of Comity does not know"


def _moment(recorded: Recorded) -> str:
    return recorded if isinstance(recorded, str) else recorded()


def _waiting(log: Log, numbers: Iterable[int]) -> tuple[list[Proposal], list[Finding]]:
    """The proposals of these numbers that wait for a verdict, and a finding for each number that is none of them."""
    waiting = {one.id: one for one in log.proposals()}
    found: list[Proposal] = []
    findings: list[Finding] = []
    for number in dict.fromkeys(numbers):
        if number in waiting:
            found.append(waiting[number])
        else:
            says, do = f"no proposal {number} waits for a verdict", "comity proposals lists those that do"
            findings.append(Finding(level="error", code="proposal-unknown", says=says, do=do))
    return found, findings


def reject(log: Log, numbers: Iterable[int], recorded: Recorded) -> Outcome:
    """Reject proposals, all or none. They are not made again for the same entry and change. Raises LogError."""
    found, findings = _waiting(log, numbers)
    if not findings:
        for proposal in found:
            log.settle(proposal.id, "rejected", _moment(recorded))
    return Outcome(findings=tuple(findings))


def approve(log: Log, numbers: Iterable[int], recorded: Recorded) -> Outcome:
    """Approve proposals, all or none: corrections and new definitions are appended in one piece.

    Refused where the log no longer says what a proposal would change, or two would change the same. The verdicts follow
    the append; after a process that was killed between, the next call finds the corrections there already. Raises
    MovedError, LogError.
    """
    found, findings = _waiting(log, numbers)
    layer = LogLayer(log, len(log))
    day = _moment(recorded)[:10]
    out: list[Record] = []
    touched: set[tuple[str, str, int]] = set()
    for proposal in found:
        try:
            records = _corrections(layer, proposal, day)
            _touch(touched, records)
            out += records
        except _StaleError as stale:
            says, do = f"proposal {proposal.id}: {stale}", "reject it, and import the source again"
            findings.append(Finding(level="error", code="proposal-stale", says=says, do=do))
    if findings:
        return Outcome(findings=tuple(findings))
    appended = log.append(out, guarded(log, layer.size, recorded)) if out else range(layer.size, layer.size)
    for proposal in found:
        log.settle(proposal.id, "approved", _moment(recorded))
    return Outcome(first=appended.start, stop=appended.stop)


def _touch(touched: set[tuple[str, str, int]], records: Iterable[Record]) -> None:
    """Remember what these records change; raises _StaleError where something else in hand changes it too."""
    for record_ in records:
        body = record_.body
        corrects = body.get("corrects")
        if corrects is None and "id" not in body:
            continue
        key = ("", "", corrects["index"]) if corrects is not None else (record_.kind, body["id"], body.get("part", 1))
        if key in touched:
            raise _StaleError("another proposal in hand changes the same")
        touched.add(key)


class _StaleError(Exception):
    """The log no longer says what the proposal would change."""


def _corrections(layer: LogLayer, proposal: Proposal, day: str) -> list[Record]:
    payload = proposal.payload
    match payload.get("what"):
        case "act":
            return _act_corrections(layer, proposal, day)
        case "definition":
            return _definition(layer, payload["kind"], payload["id"], payload["before"], payload["text"])
        case "instrument":
            voids = [
                _correction(held, "void", day, proposal.id)
                for entry in payload["entries"]
                if (held := _entry(layer, payload["id"], entry)).stands is not None
            ]
            return [*voids, *_definition(layer, "instrument", payload["id"], payload["before"], "")]
        case what:
            raise LogError(f"proposal {proposal.id} proposes “{what}”, which this version of Comity does not know")


def _entry(layer: LogLayer, instrument: str, entry: dict[str, Any]) -> Held:
    held = next((one for one in layer.held(instrument)[0] if one.index == entry["index"]), None)
    if held is None or held.hash.hex() != entry["hash"]:
        raise _StaleError(f"entry {entry['index']} is not the one that was meant")
    return held


def _act_corrections(layer: LogLayer, proposal: Proposal, day: str) -> list[Record]:
    payload = proposal.payload
    held = _entry(layer, payload["instrument"], payload["entry"])
    if any(one.proposal == proposal.id for one in layer.held(payload["instrument"])[1]):
        return []  # appended by a process that was killed before it could say so
    if held.stands is None or act_row(held.stands) != payload["before"]:
        raise _StaleError(f"entry {held.index} was corrected since")
    if "after" not in payload:
        return [_correction(held, "void", day, proposal.id)]
    fields = {"date": "", "actor": "", "act": "", **payload["after"]}
    act, faults = read_act(fields, payload["instrument"], "", 0)
    if act is None:
        raise _StaleError("; ".join(fault.says for fault in faults))
    change = as_set(changed_columns(held.stands, act))
    if change is not None:
        return [_correction(held, change, day, proposal.id)]
    # A text that `set` cannot hold (it has a semicolon): the old act goes and the new one is recorded.
    return [_correction(held, "void", day, proposal.id), act_record(act)]


def _correction(held: Held, change: str, day: str, proposal: int) -> Record:
    act = held.stands or held.act
    if act is None:
        raise _StaleError(f"entry {held.index} cannot be read")
    correction = Act(
        instrument=act.instrument,
        date=parse_legal_date(day),
        actor=act.actor,
        kind="correction",
        ref=f"{act.date} {act.actor} {act.kind}",
        set=change,
    )
    return act_record(correction, held, proposal)


def _definition(layer: LogLayer, kind: str, name: str, before: str, text: str) -> list[Record]:
    now = layer.text(kind, name) or ""
    if now == text:
        return []
    if digest(now) != before:
        raise _StaleError(f"the {kind} {name} was changed since")
    return definition_records(kind, name, text)


class _With:
    """A layer with more acts of one instrument: the register as it would be."""

    def __init__(self, layer: Layer, instrument: str, acts: Sequence[Act]) -> None:
        self._layer, self._instrument, self._acts = layer, instrument, tuple(acts)
        self.name, self.has_two_clocks = layer.name, layer.has_two_clocks

    def ids(self, kind: DefinitionKind) -> tuple[str, ...]:
        return self._layer.ids(kind)

    def acts_ids(self) -> tuple[str, ...]:
        return tuple(sorted({*self._layer.acts_ids(), self._instrument}))

    def definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        return self._layer.definition(kind, name)

    def acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]] | None:
        found = self._layer.acts(name)
        if name != self._instrument:
            return found
        acts, findings = found or ((), ())
        return (*acts, *self._acts), findings

    def actors(self) -> tuple[dict[str, object], str, tuple[Finding, ...]]:
        return self._layer.actors()

    def groups(self) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
        return self._layer.groups()

    def strays(self) -> Iterable[Finding]:
        return self._layer.strays()


def record(
    log: Log,
    act: Act,
    recorded: Recorded,
    *,
    findings_of: FindingsOf,
    under: Sequence[Layer] = (),
    draft: str = "",
) -> Outcome:
    """Append one act, unless it would bring an error into the register. Raises MovedError, LogError.

    `findings_of` gives all that is wrong with the act's instrument where a given layer lies on top; what the act
    newly causes comes back. Where the log has no act of the instrument and a layer `under` it has, what that layer
    knows is taken over first, in the same append: else one act would hide all the others. An act that is there already
    under the same `draft` is not appended again: its entry is the outcome.
    """
    layer = LogLayer(log, len(log))
    if damage := layer.damage():
        return Outcome(findings=damage)
    name = act.instrument
    if draft and (there := layer.drafted(name, draft)) is not None:
        return Outcome(first=there, stop=there + 1)
    base = None if layer.acts(name) is not None else next((one for one in under if one.acts(name) is not None), None)
    adopted = () if base is None else (base.acts(name) or ((), ()))[0]
    before = Counter(findings_of(_With(layer, name, adopted) if base is not None else layer))
    after = Counter(findings_of(_With(layer, name, (*adopted, act))))
    findings = list(in_order((after - before).keys()))
    if has_errors(findings):
        return Outcome(findings=tuple(findings))
    out = _adoption(layer, name, base)
    if base is not None:
        says = f"{len(adopted)} acts of {name} are taken over from {base.name}"
        findings.append(Finding(level="note", code="acts-adopted", says=says, do="see what comity export gives"))
    held = layer.held(name)[0]
    out.append(act_record(act, named(act, held) if act.kind == "correction" else None, draft=draft))
    appended = log.append(out, guarded(log, layer.size, recorded))
    return Outcome(first=appended.start, stop=appended.stop, findings=tuple(findings))


def rectify(log: Log, body: Mapping[str, str], recorded: Recorded) -> Outcome:
    """Append a procès-verbal of rectification (VCLT 79), unless one with the same `draft` is there already.

    Raises MovedError, LogError.
    """
    layer = LogLayer(log, len(log))
    if damage := layer.damage():
        return Outcome(findings=damage)
    there = layer.drafted(body["instrument"], body["draft"])
    if there is not None:
        return Outcome(first=there, stop=there + 1)
    appended = log.append([Record(kind=RECTIFICATION, body=dict(body))], guarded(log, layer.size, recorded))
    return Outcome(first=appended.start, stop=appended.stop)


def _adoption(layer: LogLayer, name: str, base: Layer | None) -> list[Record]:
    """What a layer below knows of an instrument, as entries."""
    if base is None:
        return []
    found = base.definition("instrument", name)
    own = layer.text("instrument", name)
    definition = definition_records("instrument", name, found.text) if found is not None and own is None else []
    return [*definition, *(act_record(one) for one in (base.acts(name) or ((), ()))[0])]
