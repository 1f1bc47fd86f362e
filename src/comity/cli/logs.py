"""Keeping a log: each command is one use case of the service, shown as a line or two, or as JSON."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.layout import Lines, many
from comity.cli.options import format_option, refusing
from comity.findings import Finding
from comity.law.results import plain
from comity.register.exporting import Form
from comity.register.store import Proposal
from comity.service import keeping, refuse

__all__ = [
    "approve_command",
    "checkpoint_command",
    "export_command",
    "import_command",
    "init_command",
    "proposals_command",
    "record_command",
    "reject_command",
    "verify_command",
]


def _show(answer: dict[str, object], form: str, lines: Sequence[str], findings: Sequence[Finding] = ()) -> None:
    """One answer: the whole for programs, its lines and findings for people."""
    if form == "json":
        output.write_json({**answer, "findings": findings} if findings or "findings" in answer else answer)
        return
    if form == "csv":
        output.write_table([{name: _cell(value) for name, value in answer.items()}], list(answer))
        return
    out = Lines()
    for line in lines:
        out.say(line, hang=2)
    if findings:
        from comity.cli.lists import findings_list  # noqa: PLC0415  # an answer seldom needs it

        findings_list(findings, to_stderr=True)


def _cell(value: object) -> object:
    if isinstance(value, list | tuple) and value and isinstance(value[0], Finding | dict):
        return len(value)
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


@click.command("init")
@click.argument("log")
@click.option("--origin", metavar="NAME", help="The name of the log in its checkpoints; left out: that of the file.")
@click.option("--key", metavar="FILE", help="The key that signs checkpoints; left out: made beside the log.")
@format_option
@refusing
def init_command(log: str, origin: str | None, key: str | None, form: str) -> None:
    """Create an empty LOG: a file, or a postgresql:// address."""
    # Of an address only the data base names the log: user and password stand before it, settings behind.
    named = log.partition("://")[2].partition("/")[2].partition("?")[0] if "://" in log else Path(log).stem
    name = origin or named or "comity"
    made = keeping.create(log, name, key)
    lines = [
        f"Created the log {made.log}, named {made.origin}.",
        f"Its key stands in {made.key_file}: keep it safe and to yourself.",
        "Give this public key to whoever is to verify the log:",
        made.key,
    ]
    _show(plain_dict(made), form, lines)


def plain_dict(value: object) -> dict[str, object]:
    """The plain form of a record."""
    found = plain(value)
    if not isinstance(found, dict):
        raise TypeError(f"{type(value).__name__} is no record")
    return found


@click.command("import")
@click.argument("source")
@click.option("--into", "log", required=True, metavar="LOG", help="The log that takes it in.")
@click.option(
    "--as",
    "source_form",
    type=click.Choice(keeping.FORMATS),
    default="notation",
    show_default=True,
    help="What the source is: a folder in the notation, or a file in a named format.",
)
@click.option("--part", is_flag=True, help="The folder is a part of the log: what it does not have has not vanished.")
@click.option("--instrument", default="", metavar="ID", help="The instrument that a table of one is about.")
@click.option("--id", "ids", multiple=True, metavar="THEIRS=OURS", help="An instrument as the source calls it.")
@click.option("--act", "acts", multiple=True, metavar="WORD=ACT", help="An act as the source calls it; or =skip.")
@click.option("--mapping", metavar="FILE", help="How a CSV is to be read: a mapping file (TOML).")
@click.option("--map", "columns", multiple=True, metavar="NAME=COLUMN", help="The same, column by column.")
@click.option("--names", metavar="FILE", help="A person's decisions about names: name, actor (or skip).")
@click.option("--unresolved", metavar="FILE", help="Where names that do not resolve go; left out: unresolved.csv.")
@format_option
@refusing
def import_command(  # noqa: PLR0913, PLR0917  # one parameter an option
    source: str,
    log: str,
    source_form: str,
    part: bool,  # noqa: FBT001  # a flag of the command line
    instrument: str,
    ids: tuple[str, ...],
    acts: tuple[str, ...],
    mapping: str | None,
    columns: tuple[str, ...],
    names: str | None,
    unresolved: str | None,
    form: str,
) -> None:
    """Bring SOURCE into a log: what is new is appended, what changed or vanished is proposed to a person."""
    request: keeping.Request | Path = Path(source)
    if source_form != "notation":
        request = keeping.Request(
            form=source_form,
            path=Path(source),
            instrument=instrument,
            instruments=dict(_pair("--id", text) for text in ids),
            acts=dict(_pair("--act", text) for text in acts),
            names=None if names is None else Path(names),
            mapping=None if mapping is None else Path(mapping),
            columns=dict(_pair("--map", text) for text in columns),
        )
    with bar("Comparing", form, keeps=True) as progress:
        place = None if unresolved is None else Path(unresolved)
        found = keeping.import_source(request, log, whole=not part, unresolved=place, progress=progress)
    lines = [f"{many(found.appended, 'entry', 'entries')} appended; the log has {found.size}."]
    if found.proposals:
        proposed = many(len(found.proposals), "correction", "corrections")
        lines.append(f"{proposed} proposed; see comity proposals {log}.")
    if found.waiting:
        lines.append(f"{many(found.waiting, 'proposal waits', 'proposals wait')} already.")
    if found.findings:
        lines.append(f"{many(len(found.findings), 'finding', 'findings')}, none an error; comity check shows them.")
    _show(plain_dict(found), form, lines)


def _pair(option: str, text: str) -> tuple[str, str]:
    ours, sign, theirs = text.partition("=")
    if not sign or not ours or not theirs:
        raise refuse("pair-wrong", f"{option} {text}: that is no pair", f"write it as {option} ONE=OTHER")
    return ours, theirs


@click.command("record")
@click.argument("log")
@click.argument("instrument")
@click.argument("actor")
@click.argument("act")
@click.option("--date", required=True, metavar="DATE", help="Of deposit or receipt, as far as known.")
@click.option("--effective", default="", metavar="DATE", help="The day of effect that the depositary states.")
@click.option("--ref", default="", help="What or whom the act concerns, as in an acts file.")
@click.option("--at", default="", metavar="CODE", help="The depositary, where there are several.")
@click.option("--notified", default="", metavar="DATE", help="When the others were told.")
@click.option("--set", "change", default="", help="What a correction sets: column=value, or void.")
@click.option("--note", default="", help="A note.")
@click.option("--source", default="", help="The document behind it.")
@format_option
@refusing
def record_command(  # noqa: PLR0913, PLR0917  # one parameter an option
    log: str,
    instrument: str,
    actor: str,
    act: str,
    date: str,
    effective: str,
    ref: str,
    at: str,
    notified: str,
    change: str,
    note: str,
    source: str,
    form: str,
) -> None:
    """Record one ACT of ACTOR under INSTRUMENT in LOG, unless it would bring an error in."""
    fields = {
        "date": date,
        "actor": actor,
        "act": act,
        "effective": effective,
        "ref": ref,
        "at": at,
        "notified": notified,
        "set": change,
        "note": note,
        "source": source,
    }
    outcome = keeping.record(log, instrument, fields)
    answer: dict[str, object] = {"first": outcome.first, "size": outcome.stop}
    _show(answer, form, [f"Recorded as entry {outcome.stop - 1}."], outcome.findings)


@click.command("export")
@click.argument("log")
@click.option("--to", "folder", required=True, metavar="FOLDER", help="A folder that does not exist yet, or is empty.")
@click.option("--as", "kind", required=True, type=click.Choice(get_args(Form)), help="In which form.")
@click.option("--known", metavar="MOMENT", help="As known then: a timestamp, a date (its end in UTC) or a tree size.")
@click.option("--key", metavar="FILE", help="The key that signs the checkpoint of tiles and jsonl.")
@format_option
@refusing
def export_command(log: str, folder: str, kind: Form, known: str | None, key: str | None, form: str) -> None:
    """Write LOG into a folder: in the notation, as JSON lines, as one CSV, or as tiles that verify offline."""
    with bar("Writing", form, keeps=True) as progress:
        size = keeping.export(log, folder, kind, known=known, key=key, progress=progress)
    _show(
        {"folder": folder, "as": kind, "size": size},
        form,
        [f"{many(size, 'entry', 'entries')} written to {folder} as {kind}."],
    )


@click.command("checkpoint")
@click.argument("log")
@click.option("--key", metavar="FILE", help="The key that signs; left out: the one beside the log.")
@format_option
@refusing
def checkpoint_command(log: str, key: str | None, form: str) -> None:
    """Sign LOG as it stands, and print the signed note to publish."""
    del form  # the signed note is the answer, whoever asks
    click.echo(keeping.checkpoint(log, key), nl=False)


@click.command("verify")
@click.argument("source", metavar="LOG|FOLDER")
@click.option("--key", metavar="KEY", help="The public key, as text or in a file.")
@click.option("--published", metavar="FILE", help="A checkpoint kept from before, with which it must still agree.")
@format_option
@refusing
def verify_command(source: str, key: str | None, published: str | None, form: str) -> None:
    """Verify a log or an exported folder: exit 0 where all agrees, else 1, naming the first bad entry."""
    found = keeping.verify_source(source, key, published)
    size = many(found.size, "entry", "entries")
    head = f"{'Verified' if found.ok else 'NOT verified'}: {size}, root {found.root or 'unknown'}."
    lines = [head, *found.says]
    if found.first_bad is not None:
        lines.insert(1, f"The first bad entry is {found.first_bad}.")
    _show(plain_dict(found), form, lines)
    if not found.ok:
        sys.exit(1)


@click.command("proposals")
@click.argument("log")
@click.option("--settled", is_flag=True, help="Those decided, instead of those that wait.")
@format_option
@refusing
def proposals_command(log: str, settled: bool, form: str) -> None:  # noqa: FBT001  # a flag of the command line
    """The corrections proposed to LOG that wait for a person."""
    found = keeping.proposals(log, settled=settled)
    rows = [_proposal_row(one) for one in found]
    if form == "json":
        output.write_json([plain_dict(one) for one in found])
    elif form == "csv":
        output.write_table(rows, ("id", "what", "before", "after", "proposed", "verdict"))
    else:
        out = Lines()
        for row in rows:
            verdict = f" ({row['verdict']})" if row["verdict"] else ""
            out.say(f"{row['id']}. {row['what']}: {row['before']} → {row['after']}{verdict}", hang=3)
        if not rows:
            out.say("None.")


def _proposal_row(one: Proposal) -> dict[str, object]:
    payload = one.payload
    before, after = payload.get("before"), payload.get("after")
    if payload["what"] == "act":
        what = str(payload["instrument"])
        was, becomes = _act_words(before), _act_words(after) if after else "void"
    else:
        what = f"{payload.get('kind', 'instrument')} {payload['id']}"
        was, becomes = "as it stands", "another text" if payload.get("text") else "no longer in the source"
    return {
        "id": one.id,
        "what": what,
        "before": was,
        "after": becomes,
        "proposed": one.proposed,
        "verdict": one.verdict,
    }


def _act_words(fields: object) -> str:
    if not isinstance(fields, dict):
        return str(fields)
    head = f"{fields.get('date', '')} {fields.get('actor', '')} {fields.get('act', '')}"
    rest = [f"{name}={value}" for name, value in fields.items() if name not in {"date", "actor", "act"}]
    return " ".join([head, *rest])


@click.command("approve")
@click.argument("log")
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="NUMBER…")
@format_option
@refusing
def approve_command(log: str, numbers: tuple[int, ...], form: str) -> None:
    """Approve proposals by number: their corrections are appended to LOG."""
    outcome = keeping.approve(log, numbers)
    answer: dict[str, object] = {"approved": numbers, "first": outcome.first, "size": outcome.stop}
    _show(
        answer,
        form,
        [f"Approved; {many(outcome.stop - outcome.first, 'entry', 'entries')} appended."],
        outcome.findings,
    )


@click.command("reject")
@click.argument("log")
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="NUMBER…")
@format_option
@refusing
def reject_command(log: str, numbers: tuple[int, ...], form: str) -> None:
    """Reject proposals by number; they are not made again."""
    keeping.reject(log, numbers)
    _show({"rejected": numbers}, form, ["Rejected."])
