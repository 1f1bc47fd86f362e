"""The command `comity sweep`: a method of the analysis over a grid of its inputs, on one machine or on many."""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import click
import msgspec

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, query
from comity.service import methods, sweeps
from comity.service.clusters import Cluster
from comity.service.form import MOST
from comity.service.parquet import parquet_of
from comity.service.queries import refuse

__all__ = ["sweep_command"]


@click.command("sweep")
@click.argument("method")
@click.argument("inputs", type=click.Path(path_type=Path))
@click.option("--over", "axes", multiple=True, required=True, metavar="FIELD=VALUES", help="a,b,c or from:to:step.")
@click.option(
    "--table", default="answer", show_default=True, metavar="NAME", help="Which table of the answer has rows."
)
@click.option(
    "--workers", type=click.IntRange(1, 1024), metavar="NUMBER", help="Processes here; left out: one a processor."
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Work on the machines of this Dask scheduler.")
@partial(query, forms=("table", "json", "csv", "parquet"))
def sweep_command(  # noqa: PLR0913, PLR0917  # as many as the command has options
    method: str,
    inputs: Path,
    axes: tuple[str, ...],
    table: str,
    workers: int | None,
    scheduler: str,
    ask: Ask,
) -> None:
    """Ask METHOD with the inputs in the file INPUTS (JSON; - is the standard input) at every point of a grid."""
    found = methods.method_of(method)
    with bar(f"Sweeping {found.id}", ask.form) as progress:
        done = sweeps.sweep(
            found,
            _read(inputs),
            tuple(map(sweeps.axis_of, axes)),
            address=_whole(ask.address),
            known=ask.known,
            cluster=Cluster(scheduler=scheduler, workers=workers or os.cpu_count() or 1),
            table=table,
            progress=progress,
        )
    if ask.form == "json":
        output.write_json(done.plain())
    elif ask.form == "csv":
        output.write_table(done.rows, _columns(done.rows))
    elif ask.form == "parquet":
        sys.stdout.buffer.write(parquet_of(done.rows, {"comity.method": done.method, "comity.table": table}))
    else:
        _table(done)


def _read(file: Path) -> object:
    try:
        data = sys.stdin.buffer.read(MOST + 1) if str(file) == "-" else file.read_bytes()
        return msgspec.json.decode(data)
    except OSError as error:
        says = f"it cannot be read: {error.strerror}"
        raise refuse("file-unreadable", says, "check the path", str(file)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        says = f"the inputs are no JSON: {error}"
        raise refuse("inputs-malformed", says, "`comity run METHOD --example` prints some", str(file)) from error


def _whole(address: str | None) -> str | None:
    """The register's address as a worker with another working folder finds it."""
    return str(Path(address).resolve()) if address and Path(address).exists() else address


def _columns(rows: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row))


def _table(done: sweeps.Sweep) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    refused = f", {done.refused:,} of them refused" if done.refused else ""
    out.say((f"{done.method} at {done.points:,} points{refused}", "title"))
    columns = _columns(done.rows)
    heads = tuple(Column(head=one, right=isinstance(done.rows[0].get(one), int | float)) for one in columns)
    out.table(
        Block(columns=heads, rows=tuple(Row(cells=tuple(_cell(row, one) for one in columns)) for row in done.rows))
    )


def _cell(row: Mapping[str, object], name: str) -> tuple[str, str]:
    value = row.get(name)
    if name == "sha256":
        return f"{value!s:.12}", ""
    return ("" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)), ""
