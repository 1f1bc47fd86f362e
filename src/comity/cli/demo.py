"""`comity demo`: a handful of real questions, answered with their reasons, and how much the acts alone reproduce."""

from datetime import date

import click

from comity.cli.layout import Block, Column, Lines, Row, Span
from comity.cli.options import refusing, today
from comity.cli.render import EFFECTS, force_words, heading
from comity.cli.words import both, counted, horizon, name_of, progress_tree, reasons_list
from comity.law.results import ActorStatus
from comity.service import Register, open_register

__all__ = ["demo_command"]


@click.command("demo")
@refusing
def demo_command() -> None:
    """Answer a handful of real questions over the register that ships, with reasons."""
    register = open_register()
    out = Lines()
    out.say(("Comity: who is bound by what, on any date, as far as is known, and why.", "title"))
    _paris(out, register, today())
    _way(out, register)
    _ctbt(out, register, today())
    _kyoto(out, register)
    _reservation(out, register)
    _contest(out, register)
    _reproduced(out, register)


def _ask(out: Lines, question: str, command: str) -> None:
    out.raw()
    out.say((question, "ask"))
    out.say(f"$ comity {command}", style="faint", hang=4)


def _paris(out: Lines, register: Register, day: date) -> None:
    _ask(out, "Who is bound by the Paris Agreement today?", "status paris-agreement")
    found = register.status("paris-agreement", day)
    out.say(f"{day}: {force_words(found)}.", indent=2)
    out.say((f"{counted(found.counts)}.", "title"), indent=2)
    gone = [f"{name_of(register, one.actor, day)} since {one.since}" for one in found.actors if one.status == "former"]
    if gone:
        out.say(f"Former: {', '.join(gone)}.", indent=2)
    horizon(out, register.instrument("paris-agreement"), day, indent=2)


def _way(out: Lines, register: Register) -> None:
    _ask(out, "How did the United States come, go and return?", "timeline USA")
    changes = [change for change in register.timeline("USA") if change.instrument == "paris-agreement"]
    rows = tuple(
        Row(cells=((str(change.date), ""), (f"{change.before} → {change.after}", change.after))) for change in changes
    )
    out.table(Block(columns=(Column(), Column()), rows=rows, indent=2))
    on = date(2021, 2, 18)
    _ask(out, f"Was it bound on {on}?", f"why paris-agreement USA --on {on}")
    found = register.why("paris-agreement", "USA", on)
    out.say((f"{found.status}.", found.status), " Because:", indent=2)
    reasons_list(out, found.reasons, both(register, on, ("USA",)), indent=2)


def _ctbt(out: Lines, register: Register, day: date) -> None:
    _ask(out, "What keeps the nuclear-test-ban treaty from entering into force?", "missing ctbt")
    found = register.missing("ctbt", day)
    if found.progress is not None:
        progress_tree(out, register, found.progress)
    for members in found.smallest:
        names = ", ".join(name_of(register, code, day) for code in members)
        out.say((f"{len(members)} consents are missing: ", "title"), f"{names}.", indent=2)
    horizon(out, register.instrument("ctbt"), day, indent=2)


def _kyoto(out: Lines, register: Register) -> None:
    on = date(2004, 11, 17)
    _ask(
        out,
        "Kyoto had twice the 55 consents that it asked for: why was it not in force?",
        f"missing kyoto-protocol --on {on}",
    )
    found = register.missing("kyoto-protocol", on)
    if found.progress is not None:
        progress_tree(out, register, found.progress)
    alone = " or ".join(name_of(register, code, on) for members in found.smallest for code in members)
    out.say((f"One more consent would do: {alone}.", "title"), indent=2)
    after = register.status("kyoto-protocol", date(2005, 2, 16))
    entry = f"With Russia's it was met on {after.threshold_met}, and in force ninety days later"
    out.say(f"{entry}, on {after.entry_into_force}.", indent=2)


def _reservation(out: Lines, register: Register) -> None:
    on = date(2014, 4, 2)
    command = f"relation vcdr GBR QAT --on {on}"
    _ask(out, "Qatar reserved on diplomatic bags; what holds between it and the United Kingdom?", command)
    found = register.relation("vcdr", "GBR", "QAT", on)
    it = register.instrument("vcdr")
    for field, effect in EFFECTS:
        for number in getattr(found, field):
            words: Span = (effect, "no" if field == "excluded" else "")
            out.say(f"Article {number}, “{heading(it, number)}”: ", words, indent=2)
    reasons_list(out, found.reasons, both(register, on), indent=2)
    count = register.pairs("vcdr", on)
    out.say(f"A reservation touches {count.touched:,} of the {count.total:,} pairs of its parties.", indent=2)


def _contest(out: Lines, register: Register) -> None:
    on = date(2010, 1, 1)
    _ask(out, "Is the DPRK party to the Non-Proliferation Treaty? Not all agree.", f"why npt PRK --on {on}")
    found = register.status("npt", on, "PRK")
    for one in found.actors:
        _contested(out, register, one, on)


def _contested(out: Lines, register: Register, one: ActorStatus, on: date) -> None:
    out.say((one.status, one.status), f" since {one.since}, by {one.ended_by}; but:", indent=2)
    for contest in one.flags.contested:
        held = "that it had no effect" if contest.date is None else contest.date
        name = name_of(register, contest.by, on)
        out.say(f"· {name} holds {held}. {contest.claim}.", indent=2, hang=2)


def _reproduced(out: Lines, register: Register) -> None:
    _ask(out, "How far do the acts alone give the official dates of entry into force?", "check")
    found = register.reproductions()
    stated = [one for one in found if one.outcome != "named"]
    right = [one for one in stated if one.outcome == "reproduced"]
    named = len(found) - len(stated)
    beside = f", beside {named} whose text names the day" if named else ""
    out.say((f"{len(right)} of {len(stated)} to the day", "title"), f"{beside}. The others, and why:", indent=2)
    for one in stated:
        if one.outcome == "differs":
            computed = "never met" if one.computed is None else f"acts give {one.computed}"
            out.say((one.instrument, "warning"), f" {one.official}, {computed}: {one.cause}", indent=2, hang=2)
