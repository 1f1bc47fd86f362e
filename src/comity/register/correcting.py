"""Corrections: acts that set right what an earlier entry says (NOTATION, "about other acts"; spec/import.md)."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from comity.acts import Act, parse_act_ref
from comity.findings import Finding
from comity.notation.acts_file import act_row, read_act, read_set

__all__ = ["Correction", "Held", "apply_corrections", "as_set", "changed_columns"]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An act as an entry holds it: as recorded, and as it stands.

    `stands` is None where a correction voided it, or where nothing could be read. `corrected_by` are the entries of the
    corrections applied to it; `settled` says that a person approved one of them: it is no act of the depositary.
    """

    index: int
    hash: bytes
    recorded: str
    act: Act | None
    stands: Act | None
    settled: bool = False
    corrected_by: tuple[int, ...] = ()


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A correction as an entry holds it: `target` and its hash point at one entry; `proposal` is what was approved."""

    index: int
    hash: bytes
    recorded: str
    act: Act
    target: int | None = None
    target_hash: str = ""
    proposal: int | None = None


def apply_corrections(
    held: Sequence[Held], corrections: Sequence[Correction], file: str
) -> tuple[tuple[Held, ...], tuple[Finding, ...]]:
    """The entries as corrected, in their order, and each correction that could not be applied.

    A correction that points at an entry touches that entry or none; one that only names an act touches the first that
    stands under that name. One that voids another correction undoes it.
    """
    entries = {one.index: one for one in held}
    findings: list[Finding] = []
    undone = _undone(corrections)
    for correction in corrections:
        if correction.index in undone or correction.target in undone:
            continue
        found = _target(correction, entries, findings, file)
        if found is not None:
            entries[found.index] = _corrected(found, correction, findings, file)
    return tuple(entries.values()), tuple(findings)


def _undone(corrections: Iterable[Correction]) -> frozenset[int]:
    """The corrections that a later one, itself not undone, voids."""
    every = {one.index: one for one in corrections}
    undone: set[int] = set()
    for index in sorted(every, reverse=True):
        one = every[index]
        other = None if one.target is None else every.get(one.target)
        if index in undone or other is None or one.act.set != "void" or other.hash.hex() != one.target_hash:
            continue
        undone.add(other.index)
    return frozenset(undone)


def _target(correction: Correction, entries: Mapping[int, Held], findings: list[Finding], file: str) -> Held | None:
    where = f"entry {correction.index}"
    if correction.target is None:
        name = parse_act_ref(correction.act.ref)
        found = next((one for one in entries.values() if one.stands is not None and name.names(one.stands)), None)
        if found is None:
            says = f"{where} corrects “{correction.act.ref}”, and there is no such act"
            findings.append(_warning("correction-of-nothing", file, says))
        return found
    found = entries.get(correction.target)
    if found is None:
        says = f"{where} corrects entry {correction.target}, which is no act that it could correct"
        findings.append(_warning("correction-of-nothing", file, says))
    if found is not None and found.hash.hex() != correction.target_hash:
        says = f"{where} corrects entry {correction.target} by another hash than that entry has; it is not applied"
        findings.append(_warning("correction-hash", file, says))
        return None
    return found


def _corrected(held: Held, correction: Correction, findings: list[Finding], file: str) -> Held:
    changes = read_set(correction.act.set)
    act = None
    if changes is not None:
        if held.stands is None:
            says = f"entry {correction.index} corrects entry {held.index}, which no longer stands"
            findings.append(_warning("correction-of-nothing", file, says))
            return held
        fields = {"date": "", "actor": "", "act": "", **act_row(held.stands), **changes}
        act, faults = read_act(fields, correction.act.instrument, file, 0)
        findings.extend(msgspec.structs.replace(fault, level="warning") for fault in faults)
        if act is None:
            return held
    return msgspec.structs.replace(
        held,
        stands=act,
        settled=held.settled or correction.proposal is not None,
        corrected_by=(*held.corrected_by, correction.index),
    )


def _warning(code: str, file: str, says: str) -> Finding:
    # Never an error: nothing can be taken out of a log, and one bad entry must not close the whole instrument.
    do = "record a correction that names the entry by its index and hash"
    return Finding(level="warning", code=code, file=file, says=says, do=do)


def changed_columns(old: Act, new: Act) -> dict[str, str]:
    """The columns in which two acts differ, as the new one has them (empty: taken away)."""
    before, after = act_row(old), act_row(new)
    return {name: after.get(name, "") for name in {**before, **after} if before.get(name, "") != after.get(name, "")}


def as_set(changes: Mapping[str, str]) -> str | None:
    """The column `set` of a correction that makes these changes, or None where the notation cannot write one."""
    if not changes or any(";" in value or value != value.strip() for value in changes.values()):
        return None
    return "; ".join(f"{name}={value}" for name, value in changes.items())
