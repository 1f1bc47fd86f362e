"""Answers as a person reads them in a terminal. Colour only repeats what the words say."""

from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from comity.findings import Finding
from comity.law.compare import Comparison
from comity.law.messages import says
from comity.law.missing import Missing
from comity.law.results import ActorStatus, Change, Reason, Relation, Status, Why
from comity.law.search import Hit
from comity.service import Register

__all__ = ["actor", "changes", "comparison", "findings_table", "hits", "missing", "relation", "status", "why"]

_COLOURS = {
    "party": "green",
    "contracting": "cyan",
    "signatory": "yellow",
    "former": "red",
    "error": "bold red",
    "warning": "yellow",
    "note": "dim",
}


def _console(*, to_stderr: bool = False) -> Console:
    return Console(stderr=to_stderr, highlight=False, soft_wrap=False)


def _word(word: str) -> Text:
    return Text(word, style=_COLOURS.get(word, ""))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def findings_table(findings: Sequence[Finding], *, to_stderr: bool = False) -> None:
    """Each finding with where, what and what to do; a count at the end."""
    console = _console(to_stderr=to_stderr)
    for finding in findings:
        where = f"{finding.file}:{finding.line}" if finding.line else finding.file
        colour = _COLOURS[finding.level]
        head = f"[{colour}]{finding.level}[/] {escape(finding.code)}"
        console.print(f"{head}  {escape(where)}" if where else head)
        console.print(Padding(escape(finding.says), (0, 0, 0, 2)))
        if finding.do:
            console.print(Padding(f"→ {escape(finding.do)}", (0, 0, 0, 2)), style="dim")
    counts = {level: sum(f.level == level for f in findings) for level in ("error", "warning", "note")}
    words = [f"{number} {level}{'' if number == 1 else 's'}" for level, number in counts.items() if number]
    console.print(", ".join(words) if words else "nothing found wrong")


def status(register: Register, found: Status) -> None:
    """The status page: the instrument, its entry into force, counts, participants, what is not known."""
    console = _console()
    it = register.instrument(found.instrument)
    console.print(f"[bold]{escape(it.title)}[/]  ({it.id})")
    console.print(_force_line(found))
    counts = ", ".join(f"{number} {word}" for word, number in found.counts.items() if number)
    console.print(f"On {found.on}: {counts or 'nobody'}.")
    if found.actors:
        table = _table("", "", "status", "since", "until", "by", "")
        for one in found.actors:
            table.add_row(*_actor_cells(register, one))
        console.print(table)
    if found.voting is not None:
        vote = found.voting
        how = "without a vote" if vote.without_vote else f"{len(vote.votes_for)} for, {len(vote.against)} against"
        rest = f", {len(vote.abstaining)} abstaining, {len(vote.absent)} absent" if not vote.without_vote else ""
        console.print(f"Adopted {vote.date or '–'} ({escape(vote.symbol)}) {how}{rest}.")
    _findings_below(console, found.findings)


def _force_line(found: Status) -> str:
    if found.entry_into_force is None:
        return "Not in force: nothing yet fixes an entry into force." if not found.in_force else "In force."
    met = f" (conditions first met on {found.threshold_met})" if found.threshold_met else ""
    word = "In force since" if found.in_force else "Entry into force:"
    return f"{word} {found.entry_into_force}{met}."


def _actor_cells(register: Register, one: ActorStatus) -> tuple[str | Text, ...]:
    name = register.reading.directory.actors[one.actor].name()
    consent = "" if one.consent is None else f"{one.consent.act} {one.consent.date}"
    ended = f"by {one.ended_by}" if one.ended_by else consent
    return (
        one.actor,
        name,
        _word(one.status),
        "" if one.since is None else str(one.since),
        "" if one.until is None else str(one.until),
        ended,
        _flag_words(one),
    )


def _flag_words(one: ActorStatus) -> str:
    flags = one.flags
    words = [name for name in ("provisional", "suspended") if getattr(flags, name)]
    words += ["rights suspended"] if flags.rights_suspended else []
    words += [f"via {flags.via}"] if flags.via else []
    words += [f"contested by {c.by} ({c.date or 'no effect'})" for c in flags.contested]
    words += [f"not toward {', '.join(flags.not_toward)}"] if flags.not_toward else []
    return "; ".join(words)


def _findings_below(console: Console, findings: Sequence[Finding]) -> None:
    for finding in findings:
        console.print(f"[{_COLOURS[finding.level]}]{finding.level}[/] {escape(finding.says)}")


def _reasons(console: Console, reasons: Sequence[Reason]) -> None:
    for number, reason in enumerate(reasons, 1):
        console.print(f"{number}. {escape(says(reason))}")
        for cite in reason.cites:
            console.print(Padding(escape(cite), (0, 0, 0, 3)), style="dim")


def why(register: Register, found: Why) -> None:
    """The status and the chain of reasons."""
    console = _console()
    it = register.instrument(found.instrument)
    name = register.reading.directory.actors[found.actor].name()
    line = Text.assemble(f"{name} ({found.actor}), {it.title}, {found.on}: ", _word(found.status), style="bold")
    console.print(line)
    _reasons(console, found.reasons)
    _findings_below(console, [finding for finding in found.findings if finding.level != "note"])


def missing(register: Register, found: Missing) -> None:
    """What is missing, and the smallest sets that would do."""
    console = _console()
    it = register.instrument(found.instrument)
    console.print(f"[bold]{escape(it.title)}[/], {found.on}")
    if found.met:
        console.print("The conditions for entry into force are met.")
    elif found.size is None:
        console.print("Nobody's consent alone could meet the conditions.")
    else:
        console.print(f"{found.size} more {'consent' if found.size == 1 else 'consents'} would do; the smallest sets:")
        for members in found.smallest:
            console.print(Padding(", ".join(members), (0, 0, 0, 2)))


def relation(register: Register, found: Relation) -> None:
    """What binds two actors toward each other."""
    console = _console()
    it = register.instrument(found.instrument)
    one, other = found.parties
    word = "bound toward each other" if found.bound else "not bound toward each other"
    console.print(f"[bold]{one} and {other}[/], {escape(it.title)}, {found.on}: [bold]{word}[/]")
    for label, provisions in (
        ("does not apply", found.excluded),
        ("modified", found.modified),
        ("not settled", found.not_settled),
    ):
        if provisions:
            console.print(f"  {label}: {', '.join(provisions)}")
    _reasons(console, found.reasons)


def changes(found: Sequence[Change]) -> None:
    """Changes in order of date."""
    table = _table("date", "instrument", "actor", "from", "to", "because")
    for change in found:
        table.add_row(
            str(change.date),
            change.instrument,
            change.actor,
            _word(change.before),
            _word(change.after),
            says(change.because),
        )
    console = _console()
    console.print(table if found else "Nothing changed, as far as is known.")


def actor(register: Register, code: str, on: date, found: Sequence[Status]) -> None:
    """All that an actor is concerned in."""
    console = _console()
    name = register.reading.directory.actors[code].name(day=on)
    console.print(f"[bold]{escape(name)}[/] ({code}), {on}")
    table = _table("instrument", "status", "since", "until", "by", "")
    for one in found:
        for row in one.actors:
            cells = _actor_cells(register, row)
            table.add_row(one.instrument, *cells[2:])
    console.print(table)


def comparison(register: Register, found: Comparison) -> None:
    """A table of rows by instruments."""
    table = _table("", *found.instruments)
    width = len(found.instruments)
    for index, row in enumerate(found.actors):
        cells = found.cells[index * width : (index + 1) * width]
        words = [Text(f"{c.parties}/{c.of}") if c.of is not None else _word(c.status) for c in cells]
        table.add_row(row, *words)
    del register
    console = _console()
    console.print(f"On {found.on}")
    console.print(table)


def hits(found: Sequence[Hit]) -> None:
    """What was found."""
    table = _table("kind", "id", "", "")
    for hit in found:
        table.add_row(hit.kind, hit.where, hit.number, hit.text)
    console = _console()
    console.print(table if found else "Nothing found.")
