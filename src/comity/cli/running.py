"""`comity run` and `comity rerun`: a method of the analysis with inputs from a file, saved, cited and done again."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, query
from comity.service import form, methods, runs
from comity.service.parquet import parquet_of
from comity.service.queries import refuse

if TYPE_CHECKING:
    from comity.cli.layout import Lines

__all__ = ["rerun_command", "run_command"]

# Above so many seconds what will be needed is said first.
_LONG = 5.0


@click.command("run")
@click.argument("method")
@click.argument("inputs", type=click.Path(path_type=Path), required=False)
@click.option(
    "--save", metavar="FILE", type=click.Path(path_type=Path), help="Keep the run, to be cited and done again."
)
@click.option("--table", metavar="NAME", help="Which table of the answer csv or parquet writes; left out: the longest.")
@click.option("--example", is_flag=True, help="Print inputs to try the method with, and end.")
@partial(query, forms=("table", "json", "csv", "parquet"))
def run_command(
    method: str, inputs: Path | None, *, save: Path | None, table: str | None, example: bool, ask: Ask
) -> None:
    """Run METHOD of the analysis with the inputs in the file INPUTS (JSON; - is the standard input)."""
    found = methods.method_of(method)
    if example:
        output.write_json(found.example)
        return
    if inputs is None:
        raise refuse("inputs-malformed", "no inputs are given", f"comity run {found.id} --example prints some to try")
    asked = form.inputs_of(found, _read(inputs, form.MOST))
    _need(found, asked)
    with bar(f"Running {found.id}", ask.form) as progress:
        done = runs.run(ask.register(), found, msgspec.to_builtins(asked), progress)
    if save is not None:
        _write(save, msgspec.json.format(msgspec.json.encode(done), indent=1) + b"\n")
    name, rows = _table(found.tables(done.result), table)
    if ask.form == "json":
        output.write_json(done.result)
    elif ask.form == "csv":
        output.write_table(rows, _columns(rows))
    elif ask.form == "parquet":
        sys.stdout.buffer.write(parquet_of(rows, {"comity.run": done.sha256, "comity.table": name}))
    else:
        _told(done, found, rows)


@click.command("rerun")
@click.argument("file", type=click.Path(path_type=Path))
@query
def rerun_command(file: Path, ask: Ask) -> None:
    """Do the run that FILE holds again, and say whether the same comes of it, or what differs (exit 1)."""
    before = runs.read_run(_read(file, runs.LARGEST), str(file))
    with bar(f"Running {before.method} again", ask.form) as progress:
        found = runs.again(before, ask.register(), progress)
    told: dict[str, Any] = {
        name: msgspec.to_builtins(getattr(found, name)) for name in found.__struct_fields__ if name != "run"
    }
    told |= {"sha256": {"before": before.sha256, "now": found.run.sha256}}
    if ask.form == "json":
        output.write_json(told)
    elif ask.form == "csv":
        output.write_table(told["differences"], ("at", "before", "now"))
    else:
        _compared(before, found)
    if found.outcome == "differs":
        sys.exit(1)


def _read(file: Path, most: int) -> bytes:
    """What a file or the standard input holds, and one byte more than may be."""
    if str(file) == "-":
        return sys.stdin.buffer.read(most + 1)
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        says = f"it cannot be read: {error.strerror}"
        raise refuse("file-unreadable", says, "check the path", str(file)) from error


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        says = f"it cannot be written: {error.strerror}"
        raise refuse("file-unwritable", says, "name a place that can be written to", str(file)) from error


def _need(method: form.Method, asked: object) -> None:
    """Say first what a long run will need; refuses what is too large."""
    need = form.needed(method, asked)
    if need.seconds > _LONG:
        click.echo(f"This will need about {need.seconds:,.0f} s and {need.memory / 2**20:,.0f} MB.", err=True)


def _table(tables: form.Tables, name: str | None) -> tuple[str, Sequence[Mapping[str, object]]]:
    """The table of this name, or else the longest."""
    if name is None:
        name = max(tables, key=lambda one: len(tables[one]), default="")
    if name not in tables:
        says = f"the answer has no table “{name:.40}”"
        raise refuse("table-unknown", says, f"there are {', '.join(tables)}")
    return name, tables[name]


def _columns(rows: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row))


def _told(done: runs.Run, method: form.Method, rows: Sequence[Mapping[str, object]]) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((method.summary, "title"))
    columns = _columns(rows)
    if rows:
        out.raw()
        heads = tuple(Column(head=one, right=isinstance(rows[0].get(one), int | float)) for one in columns)
        cells = (tuple((_cell(row.get(one)), "") for one in columns) for row in rows)
        out.table(Block(columns=heads, rows=tuple(Row(cells=one) for one in cells)))
    _cited(out, done)
    for source in method.sources:
        out.say(f"· {source}", style="faint")


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _cited(out: "Lines", done: runs.Run) -> None:
    out.raw()
    for stand in done.register:
        out.say(f"· {stand.kind} {stand.name}, {stand.size:,}, root {stand.root}", style="faint")
    out.say(
        f"· Comity {done.comity}, {done.finished:%Y-%m-%d %H:%M:%S} UTC, result SHA-256 {done.sha256}", style="faint"
    )


def _compared(before: runs.Run, found: runs.Again) -> None:
    from comity.cli.layout import Lines  # noqa: PLC0415  # where people read

    out = Lines()
    says = {
        "same": "The same to the last digit.",
        "close": f"Equal within {found.tolerance:g} of each number; the last digits differ.",
        "differs": f"It differs in {found.count:,} places.",
    }
    out.say((says[found.outcome], "title"))
    out.say(f"then {before.sha256}")
    out.say(f"now  {found.run.sha256}")
    for note in found.notes:
        out.say(f"· {note}", style="faint")
    for one in found.differences:
        out.say(f"{one.at}: {_cell(one.before)} then, {_cell(one.now)} now", hang=2)
