"""The questions: each command asks the service and shows the answer as a table, JSON or CSV."""

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import click

from comity.cli import output
from comity.cli.options import Ask, as_day, day_option, query
from comity.law.compare import Comparison
from comity.law.missing import Missing
from comity.law.pairs import Pairs
from comity.law.results import Change, Hit, Relation, Status, Why
from comity.law.rows import Rows
from comity.law.what_if import WhatIf
from comity.service.answers import OfActor, plain
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


def _show(form: str, found: Rows, kind: type, table: Callable[[], None]) -> None:
    """The answer in the form asked for: `kind` names the columns of CSV, `table` shows it to people."""
    if form == "json":
        output.write_json(plain(found))
    elif form == "csv":
        output.write_csv(found, kind)
    else:
        table()


def _tables(name: str) -> ModuleType:
    """The module that lays answers out, loaded where one is asked for: programs that read JSON do not wait for it."""
    return import_module(f"comity.cli.{name}")


@click.command("status")
@click.argument("instrument")
@click.option("--actor", metavar="CODE", help="Show this actor only.")
@day_option
@query
def status_command(instrument: str, actor: str | None, on: str | None, ask: Ask) -> None:
    """Who is bound by INSTRUMENT on a day."""
    register = ask.register()
    found = register.status(instrument, as_day(on), actor)
    _show(ask.form, found, Status, lambda: _tables("render").status(register, found, actor))


@click.command("why")
@click.argument("instrument")
@click.argument("actor")
@day_option
@query
def why_command(instrument: str, actor: str, on: str | None, ask: Ask) -> None:
    """Why ACTOR has its status under INSTRUMENT on a day."""
    register = ask.register()
    found = register.why(instrument, actor, as_day(on))
    _show(ask.form, found, Why, lambda: _tables("render").why(register, found))


@click.command("missing")
@click.argument("instrument")
@day_option
@query
def missing_command(instrument: str, on: str | None, ask: Ask) -> None:
    """What is missing for the entry into force of INSTRUMENT, and whose consent would bring it about."""
    register = ask.register()
    found = register.missing(instrument, as_day(on))
    _show(ask.form, found, Missing, lambda: _tables("render").missing(register, found))


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
    _show(ask.form, found, Relation, lambda: _tables("render").relation(register, found))


@click.command("pairs")
@click.argument("instrument")
@day_option
@query
def pairs_command(instrument: str, on: str | None, ask: Ask) -> None:
    """Between how many pairs of parties to INSTRUMENT a reservation touches which provision."""
    register = ask.register()
    found = register.pairs(instrument, as_day(on))
    _show(ask.form, found, Pairs, lambda: _tables("render").pairs(register, found))


@click.command("timeline")
@click.argument("name", metavar="INSTRUMENT|CODE")
@query
def timeline_command(name: str, ask: Ask) -> None:
    """Every change of status of an instrument, or of an actor under all instruments."""
    register = ask.register()
    found = register.timeline(name)
    _show(ask.form, found, Change, lambda: _tables("lists").changes(register, found, of=name))


@click.command("changes")
@click.option("--from", "start", metavar="DATE", required=True, help="The day after which to look.")
@click.option("--to", "end", metavar="DATE", help="The last day to look at; left out: today.")
@query
def changes_command(start: str, end: str | None, ask: Ask) -> None:
    """What became different in the world between two days."""
    register = ask.register()
    first, last = as_day(start, "--from"), as_day(end, "--to")
    found = register.changes(first, last)

    def table() -> None:
        _tables("lists").changes(register, found)
        _tables("lists").changes_horizon(register, last)

    _show(ask.form, found, Change, table)


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
        output.write_json(plain(OfActor(actor=actor, on=day, statuses=tuple(found))))
    else:
        _show(ask.form, found, Status, lambda: _tables("lists").actor(register, actor, day, found))


@click.command("compare")
@click.option("--actors", required=True, metavar="A,B,…", help="Actors or groups, parted by commas.")
@click.option("--instruments", required=True, metavar="X,Y,…", help="Instruments, parted by commas.")
@day_option
@query
def compare_command(actors: str, instruments: str, on: str | None, ask: Ask) -> None:
    """Actors or groups by instruments, on a day."""
    register = ask.register()
    found = register.compare(_split(actors), _split(instruments), as_day(on))
    _show(ask.form, found, Comparison, lambda: _tables("lists").comparison(register, found))


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
    _show(ask.form, found, WhatIf, lambda: _tables("suppositions").what_if(register, found))
    if found.refused:
        sys.exit(2)


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@query
def search_command(words: tuple[str, ...], ask: Ask) -> None:
    """Find instruments, provisions, actors, groups and rules by WORDS, in any of six languages."""
    register = ask.register()
    hits = register.search(" ".join(words))
    _show(ask.form, hits, Hit, lambda: _tables("lists").hits(hits))
