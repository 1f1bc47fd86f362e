"""The command `comity core`: whether what all earn together can be shared so that nobody objects."""

from pathlib import Path

import click

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, query
from comity.findings import has_errors
from comity.register.folder import read_text
from comity.service import Refusal, form, worths
from comity.service.queries import refuse

__all__ = ["core_command"]


@click.command("core")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--share", "shares", multiple=True, metavar="PLAYER=NUMBER", help="A share somebody proposes; one a player."
)
@click.option("--most", type=click.IntRange(1, 1000), default=5, show_default=True, help="Objections to tell.")
@query
def core_command(file: Path, shares: tuple[str, ...], most: int, ask: Ask) -> None:
    """Whether what all in FILE (JSON or CSV) earn together can be shared so that no coalition does better alone."""
    text, faults = read_text(file, str(file), form.MOST)
    if has_errors(faults):
        raise Refusal(faults)
    asked = worths.CoreAsked(text=text, proposal=dict(map(_share, shares)), most=most)
    with bar("Proving the nucleolus", ask.form) as progress:
        found = worths.answer(ask.register(), asked, progress)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        sign = -1 if found.cost else 1
        rows = [
            {"sharing": one.id, "player": player, "share": float(sign * share), "in_core": one.judged.in_core}
            for one in found.sharings
            for player, share in zip(found.worths.players, one.judged.shares, strict=True)
        ]
        output.write_table(rows, ("sharing", "player", "share", "in_core"))
    else:
        _table(found)


def _share(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    try:
        return name.strip(), float(number)
    except ValueError as error:
        raise refuse("number-wrong", f"--share {text:.60}: no number after “=”", "write PLAYER=NUMBER") from error


def _table(found: worths.CoreAnswer) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((found.title or "Can it be shared so that nobody objects?", "title"))
    for sentence in found.says:
        out.say(sentence, hang=2)
    out.raw()
    heads = ("player", "alone", *(one.id.replace("-", " ") for one in found.sharings))
    sign = -1 if found.cost else 1
    rows = tuple(
        Row(
            cells=(
                (player, ""),
                *(
                    (f"{float(sign * value):,.6g}", "")
                    for value in (found.worths.alone(at), *(one.judged.shares[at] for one in found.sharings))
                ),
            )
        )
        for at, player in enumerate(found.worths.players)
    )
    out.table(Block(columns=tuple(Column(head=head, right=at > 0) for at, head in enumerate(heads)), rows=rows))
    out.raw()
    proved = all(one.judged.proved for one in found.sharings) and found.proved
    if proved:
        out.say("· proved in exact fractions over every coalition.", style="faint")
    else:
        out.say("· the nucleolus is of floats, and could not be proved in exact fractions.", style="faint")
