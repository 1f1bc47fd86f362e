"""The command about inclusion: who had what part of a meeting or an agreement."""

from pathlib import Path

import click
import msgspec

from comity.cli import output
from comity.cli.layout import Block, Column, Lines, Row
from comity.cli.options import Ask, as_day, day_option, query
from comity.service import inclusion, votes

__all__ = ["inclusion_command"]


@click.command("inclusion")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reference", "references", multiple=True, metavar="COLUMN", help="A column that others are set beside.")
@click.option("--counts", multiple=True, metavar="COLUMN", help="A column that counts single things: what by lot?")
@click.option("--weights", default="", metavar="NAME", help="Dated weights of the register as one reference more.")
@day_option
@click.option("--draws", default=2000, show_default=True, metavar="NUMBER", help="How often things are given by lot.")
@click.option("--seed", default=0, show_default=True, metavar="NUMBER", help="For what is drawn.")
@query
def inclusion_command(  # noqa: PLR0913  # options
    *,
    file: Path,
    references: tuple[str, ...],
    counts: tuple[str, ...],
    weights: str,
    on: str | None,
    draws: int,
    seed: int,
    ask: Ask,
) -> None:
    """Who had what part of a meeting or an agreement by FILE (actor,group,minutes,…,population,need,contribution)."""
    asked = inclusion.InclusionAsked(
        text=votes.text_of(file),
        references=references,
        counts=counts,
        weights=weights,
        on=as_day(on).isoformat(),
        draws=draws,
        seed=seed,
    )
    found = inclusion.answer(ask.register(), asked)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        rows: list[dict[str, object]] = [msgspec.to_builtins(one) for one in found.parts]
        output.write_table(rows, inclusion.Part.__struct_fields__)
    else:
        _told(found)


def _told(found: inclusion.InclusionFound) -> None:
    out = Lines()
    out.say(("Who had what part", "title"))
    heads = ("Hoover", "by lot", "Gini", "Theil", "between groups")
    columns = (Column(head="of"), Column(head="beside"), *(Column(head=head, right=True) for head in heads))
    rows = tuple(
        Row(
            cells=tuple(
                (cell, "")
                for cell in (
                    one.measure,
                    one.reference,
                    f"{one.hoover:.3f}",
                    "" if one.lot_high is None else f"to {one.lot_high:.3f}",
                    f"{one.gini:.3f}",
                    "" if one.theil is None else f"{one.theil:.3f}",
                    "" if one.between is None else f"{one.between:.3f}",
                )
            )
        )
        for one in found.indices
    )
    out.table(Block(columns=columns, rows=rows))
    for index in found.indices:
        own = [
            one
            for one in found.parts
            if (one.measure, one.reference) == (index.measure, index.reference) and one.ratio is not None
        ]
        least, most = min(own, key=lambda one: one.ratio or 0), max(own, key=lambda one: one.ratio or 0)
        says = f"{index.measure} beside {index.reference}: {most.actor} has {most.ratio:.2f} times its part"
        out.say(f"{says}, {least.actor} {least.ratio:.2f} times.")
    if found.rates:
        out.raw()
        out.say(("Proposals accepted", "title"))
        columns = (Column(head="actor"), *(Column(head=head, right=True) for head in ("accepted", "of", "rate", "95%")))
        shown = tuple(
            Row(
                cells=(
                    (one.actor, ""),
                    (str(one.accepted), ""),
                    (str(one.made), ""),
                    (_rate(one), ""),
                    (_band(one), ""),
                )
            )
            for one in found.rates
        )
        out.table(Block(columns=columns, rows=shown))
    out.raw()
    for note in found.notes:
        out.say(f"· {note}", style="faint", hang=2)


def _rate(one: inclusion.Rate) -> str:
    return "" if one.rate is None else f"{one.rate:.0%}"


def _band(one: inclusion.Rate) -> str:
    return "" if one.low is None or one.high is None else f"{one.low:.0%} to {one.high:.0%}"
