"""What acts that have not happened would change, as a person reads it in a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date

from comity.cli.layout import Block, Column, Lines, Row, Span
from comity.cli.render import title
from comity.cli.words import both, findings_below, horizon
from comity.law.messages import says
from comity.law.what_if import ForceShift, RelationShift, Shift, WhatIf
from comity.service import Register
from comity.service.supposing import act_line

__all__ = ["what_if"]

# Of acts and changes alike, so many are shown one by one, and the rest counted.
MOST_ACTS = 12
MOST = 30


def what_if(register: Register, found: WhatIf) -> None:
    """The acts supposed, what would be wrong with them, and what they would change."""
    out = Lines()
    _supposed(out, register, found)
    if found.refused:
        out.say(("These acts could not be recorded.", "error"))
    else:
        _forces(out, found.forces)
        _changes(out, register, found.changes)
        _relations(out, found)
    findings_below(out, found.findings)


def _supposed(out: Lines, register: Register, found: WhatIf) -> None:
    for name in dict.fromkeys(act.instrument for act in found.acts):
        title(out, it := register.instrument(name))
        horizon(out, it, found.on)
        acts = [act for act in found.acts if act.instrument == name]
        for act in acts[:MOST_ACTS]:
            out.say(act_line(act), indent=2)
        if len(acts) > MOST_ACTS:
            out.say(f"and {len(acts) - MOST_ACTS} more", indent=2, style="faint")
    out.say("Supposed only: nothing is recorded.", style="faint")


def _forces(out: Lines, forces: Sequence[ForceShift]) -> None:
    if forces:
        out.raw()
    for shift in forces:
        what = f"{shift.instrument}, {', '.join(shift.provisions)}" if shift.provisions else shift.instrument
        for line in _force_lines(shift):
            out.say((f"{what}: {line}", "title"))


def _force_lines(shift: ForceShift) -> Iterator[str]:
    lacking = shift.lacking
    if lacking[0] != lacking[1] and lacking[1]:
        yield f"at least {lacking[1]} more consents would be needed for entry into force, not {lacking[0]}"
    for word, (before, after) in (
        ("the conditions would be met", shift.threshold),
        ("it would enter into force", shift.entry),
        ("it would end", shift.ended),
    ):
        if before != after:
            yield f"{word} {_moved(before, after)}"


def _moved(before: date | None, after: date | None) -> str:
    if after is None:
        return f"no more (without the acts: on {before})"
    return f"on {after}{'' if before is None else f', and not on {before}'}"


def _changes(out: Lines, register: Register, changes: Sequence[Shift]) -> None:
    if not changes:
        out.raw()
        out.say("No status would change.")
        return
    out.head(f"What would change ({len(changes)})")
    rows = tuple(Row(cells=_cells(shift), below=(_because(register, shift),)) for shift in changes[:MOST])
    heads = ("date", "without", "instrument", "code", "change")
    out.table(Block(columns=tuple(Column(head=head, flexible=head == "change") for head in heads), rows=rows))
    if len(changes) > MOST:
        out.say(f"and {len(changes) - MOST} more: --format csv has them all", style="faint")


def _cells(shift: Shift) -> tuple[Span, ...]:
    return (
        ("never" if shift.date is None else str(shift.date), ""),
        ("–" if shift.instead_of is None else str(shift.instead_of), "faint"),
        (shift.instrument, ""),
        (shift.actor or "–", ""),
        (f"{shift.before} → {shift.after}", shift.after if shift.date else ""),
    )


def _because(register: Register, shift: Shift) -> str:
    return says(shift.because, both(register, shift.date or shift.instead_of, (shift.actor,)))


def _relations(out: Lines, found: WhatIf) -> None:
    kinds: dict[tuple[str, str], int] = {}
    for shift in found.relations:
        key = (shift.instrument, _relation_words(shift))
        kinds[key] = kinds.get(key, 0) + 1
    if kinds:
        out.head(f"Between those who act and others, on {found.on}")
        for (name, words), number in kinds.items():
            out.say(f"{name}: between {number} pair{'' if number == 1 else 's'}, {words}", indent=2, hang=2)


def _relation_words(shift: RelationShift) -> str:
    before, after = shift.before, shift.after
    if after.bound != before.bound:
        return "it would be in force" if after.bound else "it would no longer be in force"
    touched = [
        f"{word.replace('_', ' ')} {_names(getattr(after, word))} (without the acts: {_names(getattr(before, word))})"
        for word in ("excluded", "modified", "not_settled", "as_amended_by")
        if getattr(after, word) != getattr(before, word)
    ]
    return "; ".join(touched)


def _names(found: Sequence[str]) -> str:
    return ", ".join(found) or "nothing"
