"""The command `comity alone`: what a country gains inside, outside and alone, and what would change its answer."""

from pathlib import Path

import click

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, as_day, query
from comity.findings import has_errors
from comity.register.folder import read_text
from comity.service import Refusal, alone, form
from comity.service.queries import refuse

__all__ = ["alone_command"]

_COLUMNS = (
    *("scenario", "price", "tariff", "clause", "alone", "inside", "outside", "gain", "joins", "transfer"),
    *("partners_gain", "affordable", "joins_with", "sets_of_partners", "stable", "stable_with"),
)


@click.command("alone")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--actor", required=True, metavar="PLAYER", help="Who chooses.")
@click.option("--partners", metavar="LIST", help="Who is in (names with commas between); left out: everybody else.")
@click.option("--price", "prices", metavar="NUMBERS", help="Of a table of regions: dollars a tonne of CO2.")
@click.option("--tariff", "tariffs", metavar="NUMBERS", help="Of a table of regions: on outsiders' goods.")
@click.option("--clause", "clauses", multiple=True, metavar="RULE", help="Below it there is no agreement.")
@click.option("--scenario", "others", multiple=True, type=click.Path(path_type=Path), help="Another game or table.")
@click.option("--most", type=click.IntRange(1, 1000), default=5, show_default=True, help="Sets of partners to tell.")
@click.option("--on", metavar="DATE", help="The day on which a clause by id is read; left out: today.")
@query
def alone_command(  # noqa: PLR0913, PLR0917  # as many as the command has options
    file: Path,
    actor: str,
    partners: str | None,
    prices: str | None,
    tariffs: str | None,
    clauses: tuple[str, ...],
    others: tuple[Path, ...],
    most: int,
    on: str | None,
    ask: Ask,
) -> None:
    """What one country gains inside, outside and alone in the game or table in FILE, and what changes its answer."""
    asked = alone.AloneAsked(
        text=_text(file),
        name=file.stem,
        actor=actor,
        partners=None if partners is None else tuple(one.strip() for one in partners.split(",") if one.strip()),
        price=_numbers(prices),
        tariff=_numbers(tariffs),
        clauses=clauses or ("",),
        scenarios=tuple(alone.Scenario(name=one.stem, text=_text(one)) for one in others),
        most=most,
        on=as_day(on),
    )
    with bar("Looking at every set of partners", ask.form) as progress:
        found = alone.answer(ask.register(), asked, progress)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        rows = ({name: one.plain()[name] for name in _COLUMNS} for one in found.outlooks)
        output.write_table(rows, _COLUMNS)
    else:
        _table(found)


def _text(file: Path) -> str:
    text, faults = read_text(file, str(file), form.MOST)
    if has_errors(faults):
        raise Refusal(faults)
    return text


def _numbers(text: str | None) -> tuple[float, ...]:
    try:
        return tuple(float(one) for one in (text or "").split(",") if one.strip())
    except ValueError as error:
        raise refuse("number-wrong", f"{text!r:.60}: these are no numbers", "3% is 0.03; commas between") from error


def _table(found: alone.AloneAnswer) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((f"Cooperate or go alone: {found.actor}", "title"))
    for sentence in found.says:
        out.say(sentence, hang=2)
    out.raw()
    heads = ("scenario", "no agreement", "outside", "inside", "answer", "payment above", "joins with", "stable with it")
    columns = tuple(Column(head=head, right=at not in {0, 4}) for at, head in enumerate(heads))
    rows = tuple(
        Row(
            cells=tuple(
                (cell, "")
                for cell in (
                    alone.titled(one),
                    f"{float(one.found.nothing):,.6g}",
                    f"{float(one.found.choice.outside):,.6g}",
                    f"{float(one.found.choice.inside):,.6g}",
                    "joins" if one.found.choice.joins else "stays out",
                    "" if one.found.choice.joins else f"{float(one.found.choice.transfer):,.6g}",
                    f"{one.found.joins:,} of {one.found.sets:,}",
                    f"{one.stable_with:,} of {one.stable:,}",
                )
            )
        )
        for one in found.outlooks
    )
    out.table(Block(columns=columns, rows=rows))
    out.raw()
    out.say("· whoever is exactly indifferent stays out; others stay where they are when it moves.", style="faint")
