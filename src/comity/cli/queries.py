"""The questions: each command asks the service and shows the answer as a table, JSON or CSV."""

from collections.abc import Sequence

import click

from comity.cli import output
from comity.cli.options import as_day, command_options, day_option, opened, refusing
from comity.law.messages import says
from comity.law.results import Change, Reason, plain

__all__ = [
    "actor_command",
    "changes_command",
    "compare_command",
    "missing_command",
    "relation_command",
    "search_command",
    "status_command",
    "timeline_command",
    "why_command",
]


@click.command("status")
@click.argument("instrument")
@click.option("--actor", metavar="CODE", help="Show this actor only.")
@day_option
@command_options
@refusing
def status_command(
    instrument: str, actor: str | None, on: str | None, address: str | None, known: str | None, form: str
) -> None:
    """Who is bound by INSTRUMENT on a day."""
    register = opened(address, known)
    found = register.status(instrument, as_day(on), actor)
    if form == "json":
        output.write_json(found)
    elif form == "csv":
        output.write_csv(found.rows(), _STATUS_COLUMNS)
    else:
        from comity.cli import render  # noqa: PLC0415  # rich takes time to load

        render.status(register, found)


_STATUS_COLUMNS = (
    "instrument",
    "on",
    "actor",
    "status",
    "since",
    "until",
    "ended_by",
    "consent_act",
    "consent_date",
    "provisional",
    "suspended",
    "rights_suspended",
    "contested",
    "via",
    "not_toward",
)


def plain_reason(reason: Reason) -> dict[str, object]:
    """A reason as programs get it: its message id, its words in English, what it rests on, and its parameters."""
    return {"id": reason.id, "says": says(reason), "cites": list(reason.cites), "params": plain(reason.params)}


@click.command("why")
@click.argument("instrument")
@click.argument("actor")
@day_option
@command_options
@refusing
def why_command(instrument: str, actor: str, on: str | None, address: str | None, known: str | None, form: str) -> None:
    """Why ACTOR has its status under INSTRUMENT on a day."""
    register = opened(address, known)
    found = register.why(instrument, actor, as_day(on))
    reasons = [plain_reason(reason) for reason in found.reasons]
    if form == "json":
        head = {"instrument": found.instrument, "actor": found.actor, "on": found.on, "status": found.status}
        output.write_json({**head, "reasons": reasons, "findings": found.findings})
    elif form == "csv":
        output.write_csv(_reason_rows(reasons), ("id", "says", "cites"))
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.why(register, found)


def _reason_rows(reasons: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return [{"id": r["id"], "says": r["says"], "cites": "; ".join(map(str, r["cites"]))} for r in reasons]  # type: ignore[call-overload]  # a list, made above


@click.command("missing")
@click.argument("instrument")
@day_option
@command_options
@refusing
def missing_command(instrument: str, on: str | None, address: str | None, known: str | None, form: str) -> None:
    """What is missing for the entry into force of INSTRUMENT, and whose consent would bring it about."""
    register = opened(address, known)
    found = register.missing(instrument, as_day(on))
    if form == "json":
        output.write_json(found.plain())
    elif form == "csv":
        output.write_csv(found.rows(), ("instrument", "on", "set", "actor"))
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.missing(register, found)


@click.command("relation")
@click.argument("instrument")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@day_option
@command_options
@refusing
def relation_command(
    instrument: str, one: str, other: str, on: str | None, address: str | None, known: str | None, form: str
) -> None:
    """What binds A and B toward each other under INSTRUMENT, provision by provision."""
    register = opened(address, known)
    found = register.relation(instrument, one, other, as_day(on))
    reasons = [plain_reason(reason) for reason in found.reasons]
    if form == "json":
        answer: dict[str, object] = {
            "instrument": found.instrument,
            "actors": found.parties,
            "on": found.on,
            "bound": found.bound,
            "excluded": found.excluded,
            "modified": found.modified,
            "not_settled": found.not_settled,
            "reasons": reasons,
        }
        if found.as_amended_by:
            answer["as_amended_by"] = found.as_amended_by
        output.write_json(answer)
    elif form == "csv":
        output.write_csv(_reason_rows(reasons), ("id", "says", "cites"))
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.relation(register, found)


def plain_change(change: Change) -> dict[str, object]:
    """A change as programs get it."""
    return {
        "date": change.date,
        "instrument": change.instrument,
        "actor": change.actor,
        "from": change.before,
        "to": change.after,
        "because": says(change.because),
    }


_CHANGE_COLUMNS = ("date", "instrument", "actor", "from", "to", "because")


@click.command("timeline")
@click.argument("name", metavar="INSTRUMENT|CODE")
@command_options
@refusing
def timeline_command(name: str, address: str | None, known: str | None, form: str) -> None:
    """Every change of status of an instrument, or of an actor under all instruments."""
    register = opened(address, known)
    _show_changes(register.timeline(name), form)


@click.command("changes")
@click.option("--from", "start", metavar="DATE", required=True, help="The day after which to look.")
@click.option("--to", "end", metavar="DATE", help="The last day to look at; left out: today.")
@command_options
@refusing
def changes_command(start: str, end: str | None, address: str | None, known: str | None, form: str) -> None:
    """What became different in the world between two days."""
    register = opened(address, known)
    _show_changes(register.changes(as_day(start, "--from"), as_day(end, "--to")), form)


def _show_changes(changes: Sequence[Change], form: str) -> None:
    rows = [plain_change(change) for change in changes]
    if form == "json":
        output.write_json(rows)
    elif form == "csv":
        output.write_csv(rows, _CHANGE_COLUMNS)
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.changes(changes)


@click.command("actor")
@click.argument("code")
@day_option
@command_options
@refusing
def actor_command(code: str, on: str | None, address: str | None, known: str | None, form: str) -> None:
    """All that binds the actor CODE on a day, and what it has only signed."""
    register = opened(address, known)
    day = as_day(on)
    found = register.actor(code, day)
    rows = [row for one in found for row in one.rows()]
    if form == "json":
        output.write_json({"actor": register.actor_code(code), "on": day, "instruments": rows})
    elif form == "csv":
        output.write_csv(rows, _STATUS_COLUMNS)
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.actor(register, register.actor_code(code), day, found)


@click.command("compare")
@click.option("--actors", required=True, metavar="A,B,…", help="Actors or groups, parted by commas.")
@click.option("--instruments", required=True, metavar="X,Y,…", help="Instruments, parted by commas.")
@day_option
@command_options
@refusing
def compare_command(
    actors: str, instruments: str, on: str | None, address: str | None, known: str | None, form: str
) -> None:
    """Actors or groups by instruments, on a day."""
    register = opened(address, known)
    found = register.compare(_split(actors), _split(instruments), as_day(on))
    if form == "json":
        output.write_json(found)
    elif form == "csv":
        output.write_csv(found.rows(), ("on", "row", "instrument", "status", "since", "parties", "of"))
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.comparison(register, found)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@command_options
@refusing
def search_command(words: tuple[str, ...], address: str | None, known: str | None, form: str) -> None:
    """Find instruments, provisions and actors by WORDS."""
    register = opened(address, known)
    hits = register.search(" ".join(words))
    if form == "json":
        output.write_json(hits)
    elif form == "csv":
        output.write_csv([dict(plain(hit)) for hit in hits], ("kind", "where", "number", "text"))  # type: ignore[call-overload]  # a record's plain form is a dictionary
    else:
        from comity.cli import render  # noqa: PLC0415  # as above

        render.hits(hits)
