"""`comity check`: all that is wrong with a register, in one list."""

import sys

import click

from comity.cli import output
from comity.cli.options import Ask, query
from comity.findings import Finding, has_errors

__all__ = ["check_command"]

# Each level with those above it.
LEVELS = {"error": ("error",), "warning": ("error", "warning"), "note": ("error", "warning", "note")}


@click.command("check")
@click.argument("folder", required=False)
@click.option(
    "--level",
    type=click.Choice(tuple(LEVELS)),
    default="note",
    show_default=True,
    help="Show findings of this level and above; the exit code does not depend on it.",
)
@query
def check_command(folder: str | None, level: str, ask: Ask) -> None:
    """All findings of a register (FOLDER, or --register): exit 0 where none is an error, else 2."""
    findings = ask.register(folder).check()
    shown = [finding for finding in findings if finding.level in LEVELS[level]]
    if ask.form == "json":
        output.write_json({"findings": shown})
    elif ask.form == "csv":
        output.write_csv(shown, Finding)
    else:
        from comity.cli.lists import findings_list  # noqa: PLC0415  # loaded where a table is asked for

        findings_list(shown)
    if has_errors(findings):
        sys.exit(2)
