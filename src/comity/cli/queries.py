"""The questions: each command asks the service and shows the answer as a table, JSON or CSV."""

import sys
from collections.abc import Sequence

import click

from comity.cli import output
from comity.cli.options import Ask, as_day, day_option, query
from comity.law.compare import Comparison
from comity.law.missing import Missing
from comity.law.pairs import Pairs
from comity.law.results import Change, Relation, Status, Why, plain
from comity.law.rows import plain_change, plain_reason, plain_what_if
from comity.law.search import Hit
from comity.law.what_if import WhatIf
from comity.service.supposing import read_lines

__all__ = [
    "actor_command",
    "changes_command",
    "compare_command",
    "missing_command",
    "pairs_command",
    "relation_command",
    "search_command",
    "status_command",
    "timeline_command",
    "what_if_command",
    "why_command",
]

# The tables are loaded where one is asked for: programs that read JSON do not wait for them.
# ruff: noqa: PLC0415


@click.command("status")
@click.argument("instrument")
@click.option("--actor", metavar="CODE", help="Show this actor only.")
@day_option
@query
def status_command(instrument: str, actor: str | None, on: str | None, ask: Ask) -> None:
    """Who is bound by INSTRUMENT on a day."""
    register = ask.register()
    found = register.status(instrument, as_day(on), actor)
    if ask.form == "json":
        output.write_json(found)
    elif ask.form == "csv":
        output.write_csv(found, Status)
    else:
        from comity.cli import render

        render.status(register, found, actor)


@click.command("why")
@click.argument("instrument")
@click.argument("actor")
@day_option
@query
def why_command(instrument: str, actor: str, on: str | None, ask: Ask) -> None:
    """Why ACTOR has its status under INSTRUMENT on a day."""
    register = ask.register()
    found = register.why(instrument, actor, as_day(on))
    if ask.form == "json":
        head = {"instrument": found.instrument, "actor": found.actor, "on": found.on, "status": found.status}
        reasons = [plain_reason(reason) for reason in found.reasons]
        output.write_json({**head, "reasons": reasons, "findings": found.findings})
    elif ask.form == "csv":
        output.write_csv(found, Why)
    else:
        from comity.cli import render

        render.why(register, found)


@click.command("missing")
@click.argument("instrument")
@day_option
@query
def missing_command(instrument: str, on: str | None, ask: Ask) -> None:
    """What is missing for the entry into force of INSTRUMENT, and whose consent would bring it about."""
    register = ask.register()
    found = register.missing(instrument, as_day(on))
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        output.write_csv(found, Missing)
    else:
        from comity.cli import render

        render.missing(register, found)


@click.command("relation")
@click.argument("instrument")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@day_option
@query
def relation_command(instrument: str, one: str, other: str, on: str | None, ask: Ask) -> None:
    """What binds A and B toward each other under INSTRUMENT, provision by provision."""
    register = ask.register()
    found = register.relation(instrument, one, other, as_day(on))
    if ask.form == "json":
        output.write_json(_plain_relation(found))
    elif ask.form == "csv":
        output.write_csv(found, Relation)
    else:
        from comity.cli import render

        render.relation(register, found)


def _plain_relation(found: Relation) -> dict[str, object]:
    answer: dict[str, object] = {
        "instrument": found.instrument,
        "actors": found.parties,
        "on": found.on,
        "bound": found.bound,
        "excluded": found.excluded,
        "modified": found.modified,
        "not_settled": found.not_settled,
        "reasons": [plain_reason(reason) for reason in found.reasons],
    }
    if found.as_amended_by:
        answer["as_amended_by"] = found.as_amended_by
    return answer


@click.command("pairs")
@click.argument("instrument")
@day_option
@query
def pairs_command(instrument: str, on: str | None, ask: Ask) -> None:
    """Between how many pairs of parties to INSTRUMENT a reservation touches which provision."""
    register = ask.register()
    found = register.pairs(instrument, as_day(on))
    if ask.form == "json":
        output.write_json(found)
    elif ask.form == "csv":
        output.write_csv(found, Pairs)
    else:
        from comity.cli import render

        render.pairs(register, found)


@click.command("timeline")
@click.argument("name", metavar="INSTRUMENT|CODE")
@query
def timeline_command(name: str, ask: Ask) -> None:
    """Every change of status of an instrument, or of an actor under all instruments."""
    register = ask.register()
    found = register.timeline(name)
    if ask.form != "table":
        _write_changes(found, ask.form)
    else:
        from comity.cli import lists

        lists.changes(register, found, of=name)


@click.command("changes")
@click.option("--from", "start", metavar="DATE", required=True, help="The day after which to look.")
@click.option("--to", "end", metavar="DATE", help="The last day to look at; left out: today.")
@query
def changes_command(start: str, end: str | None, ask: Ask) -> None:
    """What became different in the world between two days."""
    register = ask.register()
    first, last = as_day(start, "--from"), as_day(end, "--to")
    found = register.changes(first, last)
    if ask.form != "table":
        _write_changes(found, ask.form)
    else:
        from comity.cli import lists

        lists.changes(register, found)
        lists.changes_horizon(register, last)


def _write_changes(changes: Sequence[Change], form: str) -> None:
    if form == "json":
        output.write_json([plain_change(change) for change in changes])
    else:
        output.write_csv(changes, Change)


@click.command("actor")
@click.argument("code")
@day_option
@query
def actor_command(code: str, on: str | None, ask: Ask) -> None:
    """All that binds the actor CODE on a day, and what it has only signed."""
    register = ask.register()
    day = as_day(on)
    found = register.actor(code, day)
    actor = register.actor_code(code)
    if ask.form == "json":
        listed = [{"instrument": one.instrument, **dict(plain(row))} for one in found for row in one.actors]  # type: ignore[call-overload]  # a record's plain form is a dictionary
        output.write_json({"actor": actor, "on": day, "instruments": listed})
    elif ask.form == "csv":
        output.write_csv(found, Status)
    else:
        from comity.cli import lists

        lists.actor(register, actor, day, found)


@click.command("compare")
@click.option("--actors", required=True, metavar="A,B,…", help="Actors or groups, parted by commas.")
@click.option("--instruments", required=True, metavar="X,Y,…", help="Instruments, parted by commas.")
@day_option
@query
def compare_command(actors: str, instruments: str, on: str | None, ask: Ask) -> None:
    """Actors or groups by instruments, on a day."""
    register = ask.register()
    found = register.compare(_split(actors), _split(instruments), as_day(on))
    if ask.form == "json":
        output.write_json(found)
    elif ask.form == "csv":
        output.write_csv(found, Comparison)
    else:
        from comity.cli import lists

        lists.comparison(register, found)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@click.command("what-if")
@click.argument("instrument")
@click.option(
    "--act",
    "acts",
    multiple=True,
    required=True,
    metavar="'DATE ACTOR ACT'",
    help="An act that has not happened, as “2026-12-01 USA ratification”; may be given again and again.",
)
@click.option("--on", metavar="DATE", help="The day to compare; left out: the last on which anything differs.")
@query
def what_if_command(instrument: str, acts: tuple[str, ...], on: str | None, ask: Ask) -> None:
    """What acts under INSTRUMENT that have not happened would change, and when. Nothing is recorded."""
    register = ask.register()
    day = None if on is None else as_day(on)
    found = register.what_if(read_lines(register, instrument, acts), day)
    if ask.form == "json":
        output.write_json(plain_what_if(found))
    elif ask.form == "csv":
        output.write_csv(found, WhatIf)
    else:
        from comity.cli import suppositions

        suppositions.what_if(register, found)
    if found.refused:
        sys.exit(2)


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@query
def search_command(words: tuple[str, ...], ask: Ask) -> None:
    """Find instruments, provisions and actors by WORDS."""
    register = ask.register()
    hits = register.search(" ".join(words))
    if ask.form == "json":
        output.write_json(hits)
    elif ask.form == "csv":
        output.write_csv(hits, Hit)
    else:
        from comity.cli import lists

        lists.hits(hits)
