"""Options that every command takes, the clock, and how refusals reach the user."""

import functools
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click

from comity.cli import output
from comity.dates import parse_date
from comity.findings import Finding
from comity.service import Refusal, Register, open_register

__all__ = ["as_day", "command_options", "day_option", "opened", "refusing", "today"]

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("table", "json", "csv")


def today() -> date:
    """The clock of the command line: a legal day is the UTC day unless the user names one."""
    return datetime.now(UTC).date()


def command_options(function: Command) -> Command:
    """`--register`, `--known` and `--format`, which every query takes."""
    function = click.option(
        "--register", "address", metavar="FOLDER|LOG", help="A folder or a log; left out: the register that ships."
    )(function)
    function = click.option(
        "--known", metavar="MOMENT", help="As known then: a timestamp, a date (its end in UTC) or a tree size of a log."
    )(function)
    return format_option(function)


def format_option(function: Command) -> Command:
    """`--format`: tables for people on a terminal, JSON where the output goes to a program."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default=lambda: "table" if sys.stdout.isatty() else "json",
        show_default="table on a terminal, else json",
        help="How to answer.",
    )(function)


def day_option(function: Command) -> Command:
    """`--on`: the legal day asked about."""
    return click.option("--on", metavar="DATE", help="The day asked about, YYYY-MM-DD; left out: today.")(function)


def as_day(text: str | None, name: str = "--on") -> date:
    """The day that an option names; raises `Refusal` where it is none."""
    if text is None:
        return today()
    try:
        return parse_date(text)
    except ValueError as error:
        found = Finding(level="error", code="date-impossible", says=f"{name}: {error}", do="write YYYY-MM-DD")
        raise Refusal([found]) from error


def opened(address: str | None, known: str | None) -> Register:
    """The register that the options name."""
    return open_register(address, known)


def refusing(function: Command) -> Command:
    """Show a refusal as findings and exit 2; anything else is a fault of Comity's own and raises."""

    @functools.wraps(function)
    def run(*args: object, **options: object) -> object:
        form = str(options.get("form") or "table")
        try:
            return function(*args, **options)
        except Refusal as refusal:
            output.refusal(refusal.findings, form)
            sys.exit(2)

    return run  # type: ignore[return-value]  # the same signature, wrapped
