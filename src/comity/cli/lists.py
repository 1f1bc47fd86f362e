"""Answers that are lists: changes, all that concerns an actor, comparisons, finds and findings."""

from collections.abc import Sequence
from datetime import date

from comity.cli.layout import Block, Column, Lines, Row, Span, Words
from comity.cli.render import CONSENT_COLUMNS, HEADS, consent_words, day_cell, day_columns, title
from comity.cli.words import both, flag_words, horizon, name_of
from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.compare import Cell, Comparison
from comity.law.messages import says
from comity.law.results import DECLARED, ActorStatus, Change, Hit, Status
from comity.law.status import known_until, past_horizon
from comity.service import Register

__all__ = ["actor", "changes", "changes_horizon", "comparison", "findings_list", "hits"]

# From this width on a reason stands beside its change, not below it.
WIDE = 110


def changes(register: Register, found: Sequence[Change], *, of: str = "") -> None:
    """Changes in order of date; `of` is the one instrument or actor that they are about."""
    out = Lines()
    it = register.reading.instrument(of) if of else None
    if it is not None:
        title(out, it)
        horizon(out, it)
    elif of:
        code = register.actor_code(of)
        out.say((name_of(register, code), "title"), f" ({code})")
    if not found:
        out.say("Nothing changed, as far as is known.")
        return
    if of:
        out.raw()
    wide = out.width >= WIDE
    about_actor = bool(of) and it is None
    rows = []
    for change in found:
        because = says(change.because, both(register, change.date, (change.actor,)))
        who = name_of(register, change.actor, change.date) if change.actor else "the instrument itself"
        # Where instruments and names both stand, a narrow terminal has no room for the names beside the dates.
        crowded = not wide and it is None and not about_actor
        cells: tuple[Span, ...] = (
            (str(change.date), ""),
            (change.instrument if it is None else "", ""),
            ("" if about_actor else change.actor or "–", ""),
            ("" if about_actor or crowded else who, ""),
            (f"{change.before} → {change.after}", change.after),
            (because if wide else "", "faint"),
        )
        rows.append(Row(cells=cells, below=() if wide else (_named(who, because) if crowded else because,)))
    heads = ("date", "instrument", "code", "name", "change", "because")
    columns = tuple(Column(head=head, flexible=head in {"name", "because"}) for head in heads)
    out.table(Block(columns=columns, rows=tuple(rows)))
    out.raw()
    out.say(f"{len(found)} change{'' if len(found) == 1 else 's'}.")


def _named(who: str, because: str) -> str:
    return because if because.startswith(who) else f"{who}: {because}"


def changes_horizon(register: Register, end: date) -> None:
    """How many instruments are known beyond the last day looked at."""
    out = Lines()
    all_of = [register.reading.instrument(name) for name in register.reading.ids()]
    treaties = [it for it in all_of if it is not None and it.kind not in DECLARED]
    known = sum(not _beyond(it, end) for it in treaties)
    out.say(
        f"Of {len(treaties)} instruments {known} are known to be complete up to {end}; "
        "of the others, changes may be missing.",
        style="warning" if known < len(treaties) else "",
    )


def actor(register: Register, code: str, on: date, found: Sequence[Status]) -> None:
    """All that an actor is concerned in."""
    out = Lines()
    out.say((name_of(register, code, on), "title"), f" ({code})")
    rows = [(one, row) for one in found for row in one.actors]
    known = "what follows is all that the register holds" if found else "the register holds nothing"
    out.say(f"On {on}: {known}.")
    for word, head in {**HEADS, "party": "Party to"}.items():
        members = [(one, row) for one, row in rows if row.status == word]
        if members:
            out.head(f"{head} ({len(members)})")
            out.table(_instruments_table(register, members, word, on, wide=out.width >= WIDE))
    _supported(out, register, code, found)


def _instruments_table(
    register: Register, members: Sequence[tuple[Status, ActorStatus]], word: str, on: date, *, wide: bool
) -> Block:
    names = both(register, on)
    rows = []
    for one, row in members:
        it = register.instrument(one.instrument)
        cells = (
            (one.instrument, word),
            (it.short or it.title if wide else "", ""),
            day_cell(row.since),
            day_cell(row.until),
            (row.ended_by or "", ""),
            (consent_words(row), ""),
            (_consent_known(it), "warning" if _beyond(it, on) else ""),
        )
        rows.append(Row(cells=cells, below=flag_words(names, row)))
    named = (Column(head="instrument"), Column(head="title", flexible=True))
    columns = (*named, *day_columns(word), *CONSENT_COLUMNS, Column(head="known up to"))
    return Block(columns=columns, rows=tuple(rows))


def _consent_known(it: Instrument) -> str:
    known = known_until(it)
    return str(known.get("consent", "not stated"))


def _supported(out: Lines, register: Register, code: str, found: Sequence[Status]) -> None:
    votes = []
    for one in found:
        vote = one.voting
        if vote is None or register.instrument(one.instrument).kind not in DECLARED:
            continue
        sides = {"voted for": vote.votes_for, "voted against": vote.against, "abstained": vote.abstaining}
        word = next((side for side, who in sides.items() if code in who), "")
        votes.append(Row(cells=((one.instrument, ""), (word or "supports it" * (code in vote.supporters), ""))))
    if votes:
        out.head(f"Declarations ({len(votes)})")
        out.table(Block(columns=(Column(), Column()), rows=tuple(votes)))


def comparison(register: Register, found: Comparison) -> None:
    """A table of actors by instruments, turned round or folded where it would not fit."""
    out = Lines()
    out.say(f"On {found.on}")
    out.raw()
    cells = {(cell.row, cell.instrument): cell for cell in found.cells}
    if _width_across(found) <= out.width:
        heads = ("", *found.instruments)
        body = [(row, [cells[row, name] for name in found.instruments]) for row in found.actors]
    else:
        heads = ("", *found.actors)
        body = [(name, [cells[row, name] for row in found.actors]) for name in found.instruments]
    rows = tuple(Row(cells=((head, "title"), *map(_cell, line))) for head, line in body)
    out.table(Block(columns=tuple(Column(head=head) for head in heads), rows=rows))
    out.raw()
    for code in found.actors:
        group = register.reading.directory.groups.get(code)
        out.say(f"{code}: {name_of(register, code, found.on) if group is None else group.title}", style="faint")
    beyond = [name for name in found.instruments if _beyond(register.instrument(name), found.on)]
    if beyond:
        days = ", ".join(f"{name} ({_consent_known(register.instrument(name))})" for name in beyond)
        out.say((f"{found.on} lies past what is known to be complete of {days}.", "warning"))


def _beyond(it: Instrument, on: date) -> bool:
    """Whether consents or withdrawals by that day may be missing."""
    if it.kind in DECLARED:
        return False
    return not known_until(it) or bool({"consent", "withdrawal"} & set(past_horizon(it, on)))


def _width_across(found: Comparison) -> int:
    longest = len("contracting")
    return max(map(len, found.actors), default=0) + sum(max(len(name), longest) + 2 for name in found.instruments)


def _cell(cell: Cell) -> Span:
    if cell.of is not None:
        return (f"{cell.parties} of {cell.of}", "party" if cell.status == "all" else "")
    return ("–" if cell.status == "none" else cell.status, cell.status)


def hits(found: Sequence[Hit]) -> None:
    """What was found, by kind."""
    out = Lines()
    if not found:
        out.say("Nothing found.")
        return
    for kind in ("instrument", "actor", "provision", "group", "rule"):
        rows = tuple(
            Row(cells=((hit.where, ""), (hit.number, ""), (hit.text, ""))) for hit in found if hit.kind == kind
        )
        if rows:
            out.say((f"{kind.capitalize()}{'s' if len(rows) > 1 else ''} ({len(rows)})", "title"))
            columns = (Column(), Column(), Column(flexible=True))
            out.table(Block(columns=columns, rows=rows, indent=2))


def findings_list(findings: Sequence[Finding], *, to_stderr: bool = False) -> None:
    """Findings by file, each with its line, what is wrong and what to do; counts by code at the end."""
    out = Lines(to_stderr=to_stderr)
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    for file, members in by_file.items():
        if file:
            out.say((file, "title"))
        for finding in members:
            _finding(out, finding, indent=2 if file else 0)
    if len(findings) > 1:
        out.raw()
        _counts(out, findings)
    elif not findings:
        out.say("Nothing found wrong.")


def _finding(out: Lines, finding: Finding, indent: int) -> None:
    where: Words = (f"line {finding.line}: " if finding.line else "", "")
    out.say(where, (finding.level, finding.level), f" {finding.code}: {finding.says}", indent=indent, hang=2)
    if finding.do:
        out.say(f"→ {finding.do}", indent=indent + 2, hang=2, style="faint")


def _counts(out: Lines, findings: Sequence[Finding]) -> None:
    by_code: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.level, finding.code)
        by_code[key] = by_code.get(key, 0) + 1
    rows = tuple(
        Row(cells=((str(number), ""), (code, ""), (level, level))) for (level, code), number in by_code.items()
    )
    out.table(Block(columns=(Column(right=True), Column(), Column()), rows=rows))
    totals = {level: sum(finding.level == level for finding in findings) for level in ("error", "warning", "note")}
    words = [f"{number} {level}{'' if number == 1 else 's'}" for level, number in totals.items() if number]
    out.say((", ".join(words), "title"))
