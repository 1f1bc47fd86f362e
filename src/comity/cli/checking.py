"""`comity check`: all that is wrong with a register, in one list."""

import sys

import click

from comity.cli import output
from comity.cli.options import command_options, opened, refusing
from comity.findings import has_errors
from comity.law.results import plain

__all__ = ["check_command"]


@click.command("check")
@click.argument("folder", required=False)
@command_options
@refusing
def check_command(folder: str | None, address: str | None, known: str | None, form: str) -> None:
    """All findings of a register: exit 0 where none is an error, else 2."""
    register = opened(folder or address, known)
    findings = register.check()
    if form == "json":
        output.write_json({"findings": findings})
    elif form == "csv":
        columns = ("level", "code", "file", "line", "says", "do")
        output.write_csv([dict(plain(finding)) for finding in findings], columns)  # type: ignore[call-overload]  # a record's plain form is a dictionary
    else:
        from comity.cli.render import findings_table  # noqa: PLC0415  # rich takes time to load

        findings_table(findings)
    if has_errors(findings):
        sys.exit(2)
