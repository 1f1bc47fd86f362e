"""Options that every command takes, the clock, and how refusals reach the user."""

import functools
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click
import msgspec

from comity.cli import output
from comity.dates import parse_date
from comity.findings import Finding
from comity.service import Refusal, Register, open_register

__all__ = ["Ask", "as_day", "day_option", "default_form", "format_option", "query", "refusing", "today"]

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("table", "json", "csv")


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """How a question is asked: of which register, as known when, and in what form the answer is wanted."""

    address: str | None
    known: str | None
    form: str

    def register(self, folder: str | None = None) -> Register:
        """The register that the options name, or the folder that an argument does; raises `Refusal`."""
        return open_register(self.address if folder is None else folder, self.known)


def today() -> date:
    """The clock of the command line: a legal day is the UTC day unless the user names one."""
    return datetime.now(UTC).date()


def default_form() -> str:
    """`table` on a terminal, `json` where a program reads."""
    return "table" if sys.stdout.isatty() else "json"


def query(function: Callable[..., None], forms: Sequence[str] = FORMATS) -> Callable[..., None]:
    """`--register`, `--known` and `--format`, which every question takes, as one `Ask`; refusals as findings."""

    @functools.wraps(function)
    def run(*args: object, address: str | None, known: str | None, form: str, **options: object) -> None:
        function(*args, ask=Ask(address=address, known=known, form=form), **options)

    wrapped = refusing(run)
    wrapped = click.option(
        "--register",
        "address",
        metavar="FOLDER|LOG",
        help="A folder, a log, or https://… of another Comity; left out: the register that ships.",
    )(wrapped)
    wrapped = click.option(
        "--known", metavar="MOMENT", help="As known then: a timestamp, a date (its end in UTC) or a tree size of a log."
    )(wrapped)
    return format_option(wrapped, forms)


def format_option(function: Command, forms: Sequence[str] = FORMATS) -> Command:
    """`--format`: tables for people on a terminal, JSON where the output goes to a program."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=lambda: default_form(),  # noqa: PLW0108  # looked up when asked, so that a test may answer
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


def refusing(function: Callable[..., None]) -> Callable[..., None]:
    """Show a refusal as findings and exit 2; anything else is a fault of Comity's own and raises."""

    @functools.wraps(function)
    def run(*args: object, **options: object) -> None:
        try:
            function(*args, **options)
        except Refusal as refusal:
            output.refusal(refusal.findings, str(options.get("form") or "table"))
            sys.exit(2)

    return run
