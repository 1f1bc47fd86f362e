"""What time brings to the portal: for a timer of the system, or by hand."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from comity.cli import output
from comity.cli.options import format_option, refusing
from comity.service import is_postgres, refuse

__all__ = ["tick_command"]


@click.command("tick")
@click.option(
    "--log", default="instance/register.comity", show_default=True, metavar="FILE", help="The log that is served."
)
@click.option("--database", metavar="ADDRESS", help="The PostgreSQL data base that is served, instead of files.")
@click.option("--at", "moment", metavar="MOMENT", help="As if it were then: a timestamp with its offset, or a day.")
@format_option
@refusing
def tick_command(log: str, database: str | None, moment: str | None, form: str) -> None:
    """Do what is due: finish approvals cut off, accept silence, tell of deadlines, send, sign. Safe to run twice."""
    if database is not None and not is_postgres(database):
        raise refuse("address-wrong", f"“{database}” is no address of a data base", "write postgresql://HOST/NAME")
    at = None if moment is None else _moment(moment)
    if database is None and not Path(log).is_file():
        raise refuse("register-missing", f"there is no log “{log}”", "check the path; comity serve makes one")
    from comity.server.run import prepare_people  # noqa: PLC0415  # the commands start without Django

    prepare_people(database or log)
    from comity.server.desk.ticking import tick  # noqa: PLC0415  # once Django is set up
    from comity.server.registers import close  # noqa: PLC0415  # as above

    try:
        done = tick(at)
    finally:
        close()
    if form == "json":
        output.write_json({name: getattr(done, name) for name in done.__struct_fields__})
    else:
        counts = {name: getattr(done, name) for name in _SAID}
        for line in _lines(counts, done.failed, busy=done.busy):
            click.echo(line)
    if done.failed:
        sys.exit(1)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise refuse("moment-wrong", f"--at: “{text}” is no moment", "write 2026-01-31T12:00:00Z, or a day") from error
    if found.tzinfo is None and len(text) != len("2026-01-31"):
        raise refuse("moment-wrong", f"--at: “{text}” lacks its offset from UTC", "end it in Z or in +01:00")
    return found.replace(tzinfo=found.tzinfo or UTC)


_SAID = {
    "mended": "Approvals finished that had been cut off",
    "rectified": "Corrections of texts made, since nobody objected",
    "alerts": "Messages put in about coming days",
    "sent": "Messages sent",
    "unsent": "Messages that could not be sent yet",
    "forgotten": "Mailboxes forgotten that never said yes",
    "checkpoint": "Entries signed",
}


def _lines(counts: Mapping[str, int], failed: Mapping[str, str], *, busy: bool) -> list[str]:
    if busy:
        return ["Another tick is at work: nothing was done."]
    lines = [f"{said}: {counts[name]:,}" for name, said in _SAID.items() if counts[name]]
    lines += [f"{name} failed: {why}" for name, why in failed.items()]
    return lines or ["Nothing was due."]
