"""`comity shares`: what falls to whom under rules of fair sharing, who prefers which, and what moves it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from comity.analysis.shares.sharing import RULES
from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, as_day, query
from comity.findings import has_errors
from comity.register.folder import read_text
from comity.service import Refusal, refuse
from comity.service.shares import SharesAnswer, SharesAsked, Vary, answer, asked_of_file, rule_of

if TYPE_CHECKING:
    from comity.cli.layout import Lines

__all__ = ["shares_command"]

_MOST = 20_000_000
_COLUMNS = ("actor", "rule", "share", "amount", "rank")
_PERCENT = 100


@click.command("shares")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), metavar="FILE", help="A CSV with actor,year,name,value.")
@click.option("--source", metavar="TEXT", help="Where its figures come from, unless a column says it.")
@click.option(
    "--table", "tables", multiple=True, metavar="NAME=ID", help="Figures from a weight table, again for more."
)
@click.option("--on", metavar="DATE", help="The day on which weight tables are read.")
@click.option("--total", type=float, metavar="NUMBER", help="How much is shared.")
@click.option("--unit", metavar="TEXT", help="In what unit: GtCO2, US dollars, doses.")
@click.option("--kind", type=click.Choice(["burden", "benefit"]), help="Whether less of it is better, or more.")
@click.option("--step", type=float, metavar="NUMBER", help="The smallest unit: 1 shares whole things.")
@click.option("--year", type=int, help="The year of the figures; left out: the last that most have.")
@click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="Who shares, again for more; left out: all.")
@click.option(
    "--rule", "rules", multiple=True, metavar="RULE", help=f"NAME,KEY=VALUE,… again for more: {', '.join(RULES)}."
)
@click.option("--compare", is_flag=True, help="Show who prefers which rule, and which is nearest to consensus.")
@click.option("--sensitivity", is_flag=True, help="Show what moves the shares most (Sobol indices).")
@click.option("--vary", multiple=True, metavar="RULE.KEY=LOW:HIGH", help="A choice to vary, again for more.")
@click.option("--samples", type=int, metavar="NUMBER", help="A power of 2; left out: 256.")
@click.option("--seed", type=int, metavar="NUMBER", help="Of the draws; left out: 1.")
@query
def shares_command(file: Path | None, ask: Ask, *, compare: bool, **given: object) -> None:
    """What falls to whom of a total under rules of fair sharing, on figures in FILE (TOML) or --data."""
    asked = _asked(file, given)
    with bar("Working out what moves the shares", ask.form) as progress:
        found = answer(ask.register(), asked, progress)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        output.write_table(_rows(found), _COLUMNS)
    else:
        _told(found, compare=compare)


def _asked(file: Path | None, given: dict[str, object]) -> SharesAsked:
    """What the file asks, and the options instead of it where they say something."""
    said = {name: value for name, value in given.items() if value not in {None, False} and value != ()}
    changes: dict[str, object] = {
        name: said[name]
        for name in ("source", "total", "unit", "kind", "step", "year", "actors", "sensitivity", "samples", "seed")
        if name in said
    }
    if "rules" in said:
        changes["rules"] = tuple(rule_of(str(one)) for one in _several(said["rules"]))
    if "vary" in said:
        changes["vary"] = tuple(_vary(str(one)) for one in _several(said["vary"]))
    if "tables" in said:
        changes["tables"] = dict(_pair(str(one)) for one in _several(said["tables"]))
    if "on" in said:
        changes["on"] = _day(str(said["on"]))
    if "data" in said:
        text, faults = read_text(Path(str(said["data"])), str(said["data"]), _MOST)
        if has_errors(faults):
            raise Refusal(faults)
        changes |= {"data": text, "file": str(said["data"])}
    if file is not None:
        return msgspec.structs.replace(asked_of_file(file), **changes)
    lacking = [f"--{name}" for name, key in (("total", "total"), ("rule", "rules")) if key not in changes]
    if lacking:
        do = "say how much is shared and by which rules, or give a TOML file that does"
        raise refuse("parameter-missing", f"{' and '.join(lacking)} not said", do)
    return SharesAsked(**changes)  # type: ignore[arg-type]  # each was taken from an option of its type


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _day(text: str) -> date:
    return as_day(text)


def _pair(text: str) -> tuple[str, str]:
    name, mark, table = text.partition("=")
    if not mark or not name or not table:
        raise refuse("pair-wrong", f"“{text:.60}” is no pair", "write NAME=ID, such as emissions=paris-ghg")
    return name.strip(), table.strip()


def _vary(text: str) -> Vary:
    name, _, bounds = text.partition("=")
    rule, _, parameter = name.partition(".")
    low, _, high = bounds.partition(":")
    try:
        return Vary(rule=rule, parameter=parameter, low=float(low), high=float(high))
    except ValueError as error:
        raise refuse("pair-wrong", f"“{text:.60}” varies nothing", "write RULE.KEY=LOW:HIGH") from error


def _rows(found: SharesAnswer) -> list[dict[str, object]]:
    places = [
        {rule: place for place, group in enumerate(ranking, 1) for rule in group}
        for ranking in found.preferences.rankings
    ]
    return [
        {
            "actor": actor,
            "rule": one.id,
            "share": one.shares[at],
            "amount": float(one.amounts[at]),
            "rank": places[at][one.id],
        }
        for at, actor in enumerate(found.actors)
        for one in found.rules
    ]


def _told(found: SharesAnswer, *, compare: bool) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((f"{float(found.total):,g} {found.unit}".strip() + f" among {len(found.actors)}, a {found.kind}", "title"))
    for at, one in enumerate(found.rules, 1):
        out.say(f"{at}. {one.says}", hang=3)
    out.raw()
    heads = (Column(head="actor"), *(Column(head=f"{at}.", right=True) for at in range(1, len(found.rules) + 1)))
    order = sorted(range(len(found.actors)), key=lambda at: (-found.rules[0].shares[at], found.actors[at]))
    rows = tuple(
        Row(cells=((found.actors[at], ""), *((_amount(found, float(one.amounts[at])), "") for one in found.rules)))
        for at in order
    )
    out.table(Block(columns=heads, rows=rows))
    if compare:
        _compared(found, out)
    if found.sensitivity:
        _moved(found, out)
    for source in found.sources:
        out.say(f"· {source}", style="faint")
    for finding in found.findings:
        out.say(f"{finding.level} {finding.code}: {finding.says}", hang=2)


def _amount(found: SharesAnswer, value: float) -> str:
    if found.step is not None:
        digits = max(0, len(f"{found.step:.10f}".rstrip("0").partition(".")[2]))
        return f"{value:,.{digits}f}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"  # noqa: PLR2004  # four digits


def _compared(found: SharesAnswer, out: "Lines") -> None:
    from comity.cli.layout import Block, Column, Row  # noqa: PLC0415  # where people read

    out.raw()
    out.say(("Who prefers which rule, by its own share", "title"))
    numbers = {one.id: str(at) for at, one in enumerate(found.rules, 1)}
    for actor, ranking in zip(found.actors, found.preferences.rankings, strict=True):
        out.say(f"{actor}: {' > '.join(' = '.join(numbers[rule] for rule in group) for group in ranking)}", hang=2)
    out.raw()
    out.say(("Nearest to consensus", "title"))
    rows = tuple(
        Row(
            cells=(
                (one.criterion, ""),
                (one.voters, ""),
                (", ".join(numbers[rule] for rule in one.best) or "none", ""),
            )
        )
        for one in found.preferences.choices
    )
    out.table(Block(columns=(Column(head="criterion"), Column(head="voters"), Column(head="rule")), rows=rows))


def _moved(found: SharesAnswer, out: "Lines") -> None:
    from comity.cli.layout import Block, Column, Row  # noqa: PLC0415  # where people read

    for one in found.sensitivity:
        out.raw()
        out.say((f"What moves the shares by {one.rule}", "title"))
        varied = ", ".join(
            f"{choice.rule}.{choice.parameter} {choice.low:g} to {choice.high:g}"
            for choice in found.varied
            if any(told.choice == f"{choice.rule}.{choice.parameter}" for told in one.influences)
        )
        out.say(f"{varied}; {one.runs:,} runs, seed {one.seed}; indices to ±{one.widest:.2f} at the widest.")
        span = {told.actor: f"{told.low:.2%} to {told.high:.2%}" for told in one.ranges}
        rows = tuple(
            Row(
                cells=(
                    (told.actor, ""),
                    (span[told.actor], ""),
                    (told.choice.removeprefix(f"{one.rule}."), ""),
                    ("" if told.first is None else f"{told.first:.2f} ±{told.first_error:.2f}", ""),
                    ("" if told.total is None else f"{told.total:.2f} ±{told.total_error:.2f}", ""),
                )
            )
            for told in one.influences
        )
        heads = (
            Column(head="actor"),
            Column(head="90% of shares", right=True),
            Column(head="choice"),
            *(Column(head=head, right=True) for head in ("alone", "in all")),
        )
        out.table(Block(columns=heads, rows=rows))
