"""A log, as known at one size, as a layer of a register (spec/import.md).

Nothing is read before it is asked for. One pass over the bytes finds which entry speaks of what; an act is read
when its instrument is, so that a question about one treaty does not wait for a hundred.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

import msgspec

from comity.actors import Group
from comity.acts import Act
from comity.findings import Finding
from comity.notation import toml
from comity.notation.acts_file import ALL_COLUMNS, read_act
from comity.notation.directory_file import parse_groups
from comity.register.correcting import Correction, Held, apply_corrections
from comity.register.definitions import FILES, KINDS, PLACES, PREFACE, TABLES, joined
from comity.register.errors import LeafError
from comity.register.layers import Definition, DefinitionKind, is_id
from comity.register.leaf import Leaf, read_leaf
from comity.register.log import Log
from comity.register.store import Row
from comity.register.upcast import CURRENT, upcast

__all__ = ["ACTS", "ACT_KINDS", "RECTIFICATION", "LogLayer"]

ACT_KINDS: Final = frozenset({"treaty", "vote"})
# Says that an instrument's acts are kept here, though there may be none.
ACTS: Final = "acts"
# A procès-verbal by which the text of an instrument was set right (VCLT 79). It changes no status.
RECTIFICATION: Final = "rectification"
# What is written under names of its own, and not into a file that its id names.
_UNFILED: Final = frozenset({"actor", PREFACE})
_KNOWN: Final = {**CURRENT, "vote": 1, ACTS: 1, PREFACE: 1}


class _Body(msgspec.Struct, frozen=True):
    instrument: Any = ""
    id: Any = ""
    act: Any = ""


class _Peek(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As much of a leaf as tells where it belongs. What can be peeked at can be read (`Leaf`)."""

    v: int
    kind: str
    recorded: str
    body: _Body


_peek = msgspec.json.Decoder(_Peek).decode


class _Mark(NamedTuple):
    """An entry that waits to be read; `leaf` where it had to be read to know where it belongs."""

    row: Row
    leaf: Leaf | None


class _Index:
    """Which entry speaks of what."""

    def __init__(self) -> None:
        self.definitions: dict[str, dict[str, list[_Mark]]] = {kind: {} for kind in (*KINDS, *TABLES, PREFACE)}
        self.acts: dict[str, list[_Mark]] = {}
        self.rectifications: dict[str, list[_Mark]] = {}
        self.corrections: dict[str, int] = {}
        self.kept: set[str] = set()
        self.findings: list[Finding] = []
        self._next = 0

    def add(self, row: Row) -> None:
        """Take in one entry."""
        self.reach(row.idx)
        self._next = row.idx + 1
        leaf = None
        try:
            peek = _peek(row.data)
            if _KNOWN.get(peek.kind) != peek.v:
                leaf = upcast(read_leaf(row.data))
                peek = msgspec.convert(msgspec.to_builtins(leaf), _Peek)
        except (LeafError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._error("leaf-malformed", f"entry {row.idx} is no leaf ({error})")
            return
        if _KNOWN.get(peek.kind) != peek.v:
            says = (
                f"entry {row.idx} is of kind {peek.kind}, version {peek.v}, which this version of Comity does not know"
            )
            self._note("leaf-unknown", says, "it is kept, hashed and verified all the same")
            return
        self._place(peek, _Mark(row, leaf))

    def reach(self, index: int) -> None:
        """Note that the entries up to, not including, `index` are to have been taken in by now."""
        if self._next != index:
            many = f"entries {self._next} to {index - 1} are" if index - self._next > 1 else f"entry {self._next} is"
            self._error("leaf-missing", f"{many} missing from the log")

    def damage(self) -> tuple[Finding, ...]:
        """What no version of Comity ever wrote: an answer over it would leave out what was recorded."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    def _error(self, code: str, says: str) -> None:
        do = "comity verify says more; go back to a copy that verifies"
        self.findings.append(Finding(level="error", code=code, says=says, do=do))

    def _place(self, peek: _Peek, mark: _Mark) -> None:
        about = peek.kind in ACT_KINDS or peek.kind == RECTIFICATION
        name = peek.body.instrument if about else peek.body.id
        if not isinstance(name, str) or not name:
            self._note("leaf-malformed", f"entry {mark.row.idx} does not say what it is about", "it is left aside")
        elif peek.kind not in _UNFILED and not is_id(name):
            says = f"entry {mark.row.idx} is about “{name:.80}”, which is no id"
            self._note("leaf-malformed", says, "it is left aside")
        elif peek.kind in ACT_KINDS:
            self.acts.setdefault(name, []).append(mark)
            if peek.body.act == "correction":
                self.corrections[name] = self.corrections.get(name, 0) + 1
        elif peek.kind == RECTIFICATION:
            self.rectifications.setdefault(name, []).append(mark)
        elif peek.kind == ACTS:
            self.kept.add(name)
        else:
            self.definitions[peek.kind].setdefault(name, []).append(mark)

    def _note(self, code: str, says: str, do: str) -> None:
        self.findings.append(Finding(level="note", code=code, says=says, do=do))


class LogLayer:
    """The first `size` entries of a log. Two clocks: what was known is what was recorded by then."""

    has_two_clocks = True

    def __init__(self, log: Log, size: int, name: str = "") -> None:
        self.log, self.size = log, size
        self.name = name or log.origin
        self._texts: dict[tuple[str, str], str | None] = {}
        self._held: dict[str, tuple[tuple[Held, ...], tuple[Correction, ...], tuple[Finding, ...]]] = {}

    @cached_property
    def _index(self) -> _Index:
        index = _Index()
        for row in self.log.rows(0, self.size):
            index.add(row)
        index.reach(self.size)
        return index

    def damage(self) -> tuple[Finding, ...]:
        """An error for each entry that is gone or never was one; empty for a log that can be read whole."""
        return self._index.damage()

    def strays(self) -> Iterator[Finding]:
        """A note for each entry that this version of Comity does not know or cannot read; nothing is lost with it."""
        yield from self._index.findings

    # Definitions

    def text(self, kind: str, name: str) -> str | None:
        """The text that defines `name` now, or None where there is none or it was taken away."""
        key = (kind, name)
        if key not in self._texts:
            marks = self._index.definitions[kind].get(name, ())
            self._texts[key] = next((text for text in _texts_backwards(marks) if text is not None), None) or None
        return self._texts[key]

    def ids(self, kind: DefinitionKind) -> tuple[str, ...]:
        """The ids that the log defines, sorted."""
        return tuple(sorted(name for name in self._index.definitions[kind] if self.text(kind, name) is not None))

    def definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        """The newest text that defines `name`, or None."""
        text = self.text(kind, name)
        place, ending = PLACES[kind]
        return None if text is None else Definition(text=text, file=f"{place}/{name}{ending}")

    def tables(self, kind: str) -> dict[str, str]:
        """The texts of all actors (`actor`) or groups (`group`), by id, in the order of their first entries."""
        names = self._index.definitions[kind]
        return {name: text for name in names if (text := self.text(kind, name)) is not None}

    def actors(self) -> tuple[dict[str, object], str, tuple[Finding, ...]]:
        """The plain actor tables, the text they would stand in, and what is wrong with it."""
        text = joined(self.tables("actor").values())
        data, faults = toml.load(text, FILES["actor"])
        return data, text, (*self.damage(), *faults)

    def groups(self) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
        """The groups that the log defines."""
        return parse_groups(joined(self.tables("group").values()), FILES["group"])

    # Acts

    def acts_ids(self) -> tuple[str, ...]:
        """The ids of the instruments that the log has acts of, sorted."""
        return tuple(sorted(name for name in {*self._index.acts, *self._index.kept} if self._has_acts(name)))

    def keeps(self, name: str) -> bool:
        """Whether an entry says that the acts of an instrument are kept here, though there may be none."""
        removed = name in self._index.definitions["instrument"] and self.text("instrument", name) is None
        return name in self._index.kept and not removed

    def _has_acts(self, name: str) -> bool:
        corrections = self._index.corrections.get(name, 0)
        if self.keeps(name) or len(self._index.acts.get(name, ())) > 2 * corrections:
            return True  # no need to read them: a correction takes away one act at most
        return self.acts(name) is not None

    def acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]] | None:
        """The acts of an instrument as they stand, in the order of recording, or None where it has none of it.

        Corrections are applied, each to exactly the entry that it points at, and are no longer among them.
        """
        held, _, findings = self.held(name)
        standing = tuple(one.stands for one in held if one.stands is not None)
        if not standing and not findings and not self.keeps(name):
            return None
        return standing, findings

    def drafted(self, name: str, draft: str) -> int | None:
        """The entry of an instrument that a desk recorded under this `draft`, or None."""
        marks = (*self._index.acts.get(name, ()), *self._index.rectifications.get(name, ()))
        for row, known in marks:
            if draft.encode() in row.data and (known or read_leaf(row.data)).body.get("draft") == draft:
                return int(row.idx)
        return None

    def rectifications(self, name: str) -> tuple[dict[str, Any], ...]:
        """The procès-verbaux of rectification of an instrument, as they stand in the log."""
        marks = self._index.rectifications.get(name, ())
        return tuple((known or read_leaf(row.data)).body for row, known in marks)

    def held(self, name: str) -> tuple[tuple[Held, ...], tuple[Correction, ...], tuple[Finding, ...]]:
        """The entries of an instrument with what became of them, the corrections among them, and findings."""
        if name not in self._held:
            self._held[name] = self._read(name)
        return self._held[name]

    def _read(self, name: str) -> tuple[tuple[Held, ...], tuple[Correction, ...], tuple[Finding, ...]]:
        file = f"instruments/{name}.csv"
        held: list[Held] = []
        corrections: list[Correction] = []
        faults: dict[int, tuple[Finding, ...]] = {}
        for row, known in self._index.acts.get(name, ()):
            leaf = known or read_leaf(row.data)
            act, faults[row.idx] = _act(leaf.body, name, file, row.idx)
            if act is not None and act.kind == "correction":
                corrections.append(_correction(row, leaf, act))
            else:
                held.append(Held(index=row.idx, hash=row.hash, recorded=leaf.recorded, act=act, stands=act))
        standing, findings = apply_corrections(held, corrections, file)
        voided = {one.index for one, now in zip(held, standing, strict=True) if one is not now and now.stands is None}
        unread = [fault for index, found in faults.items() if index not in voided for fault in found]
        return standing, tuple(corrections), (*unread, *findings)


def _texts_backwards(marks: list[_Mark] | tuple[()]) -> Iterator[str | None]:
    """The texts that a definition's entries give, newest first; None for parts that are not all there."""
    parts: list[tuple[int, str]] = []
    for row, known in reversed(marks):
        body = (known or read_leaf(row.data)).body
        text, part, of = body.get("text", ""), body.get("part", 1), body.get("of", 1)
        if not isinstance(text, str) or not isinstance(part, int) or not isinstance(of, int):
            parts = []
            continue
        if part == of:
            parts = []
        parts.append((part, text))
        if part == 1:
            parts.reverse()
            # Counted, never laid out: `of` is whatever somebody wrote.
            whole = len(parts) == of and all(at == number for at, (number, _) in enumerate(parts, 1))
            yield "".join(text for _, text in parts) if whole else None
            parts = []


def _act(body: dict[str, Any], name: str, file: str, index: int) -> tuple[Act | None, tuple[Finding, ...]]:
    row = {column: body[column] for column in ALL_COLUMNS if column in body}
    if not all(isinstance(value, str) for value in row.values()):
        says = f"entry {index}: a column of an act is not text"
        return None, (Finding(level="note", code="leaf-malformed", file=file, says=says, do="it is left aside"),)
    act, faults = read_act({"date": "", "actor": "", "act": "", **row}, name, file, 0)
    return act, tuple(_of_entry(fault, index) for fault in faults)


def _of_entry(fault: Finding, index: int) -> Finding:
    """A fault of an entry. An act of a kind that is not known here may be of a later time: it is kept and noted."""
    level = "note" if fault.code == "act-unknown" else fault.level
    return msgspec.structs.replace(fault, level=level, says=f"entry {index}: {fault.says}")


def _correction(row: Row, leaf: Leaf, act: Act) -> Correction:
    corrects, proposal = leaf.body.get("corrects"), leaf.body.get("proposal")
    index = corrects.get("index") if isinstance(corrects, dict) else None
    hash_ = corrects.get("hash") if isinstance(corrects, dict) else ""
    return Correction(
        index=row.idx,
        hash=row.hash,
        recorded=leaf.recorded,
        act=act,
        target=index if isinstance(index, int) else None,
        target_hash=hash_ if isinstance(hash_, str) else "",
        proposal=proposal if isinstance(proposal, int) else None,
    )
