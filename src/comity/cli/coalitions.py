"""The command `comity coalitions`: which coalitions of a game are stable, and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
import msgspec

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, as_day, query
from comity.findings import has_errors
from comity.notation.rule_file import parse_decision_rule
from comity.register.folder import read_text
from comity.rules import plain_rule
from comity.service import Refusal, coalitions, form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comity.analysis.coalitions.reasons import Looked
    from comity.cli.layout import Lines

__all__ = ["coalitions_command"]

_MOST = 100_000
_GIGABYTE = 1e9


@click.command("coalitions")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--transfers", is_flag=True, help="Let members pay one another: stability with shared gains too.")
@click.option("--exclusive", is_flag=True, help="An outsider is let in only where no member loses by it.")
@click.option("--majority", is_flag=True, help="An outsider is let in where fewer than half of the members lose.")
@click.option("--clause", default="", metavar="RULE", help="Below it there is no agreement: a number, a rule, an id.")
@click.option(
    "--indifferent", type=click.Choice(["out", "in"]), help="Where an outsider goes that neither gains nor loses."
)
@click.option("--farsighted", type=click.Choice(["one", "together"]), help="Moves one by one, or together.")
@click.option("--look", multiple=True, metavar="LIST", help="Look at this coalition (names with commas between).")
@click.option("--most", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Stable ones to tell.")
@click.option("--on", metavar="DATE", help="The day on which a clause by id is read; left out: today.")
@query
def coalitions_command(  # noqa: PLR0913, PLR0917  # as many as the command has options
    file: Path,
    clause: str,
    indifferent: Literal["out", "in"] | None,
    farsighted: Literal["one", "together"] | None,
    look: tuple[str, ...],
    most: int,
    on: str | None,
    ask: Ask,
    *,
    transfers: bool,
    exclusive: bool,
    majority: bool,
) -> None:
    """Which coalitions of the game in FILE (JSON or CSV) nobody wants to leave and nobody wants to join, and why."""
    text, faults = read_text(file, str(file), form.MOST)
    if has_errors(faults):
        raise Refusal(faults)
    if exclusive and majority:
        raise click.UsageError("--exclusive and --majority are two ways to admit an outsider; say one")
    asked = coalitions.CoalitionsAsked(
        text=text,
        clause=_clause(clause),
        membership="exclusive" if exclusive else "majority" if majority else "",
        indifferent=indifferent or "",
        transfers=transfers,
        farsighted=farsighted or "",
        look=tuple(tuple(part.strip() for part in one.split(",") if part.strip()) for one in look),
        most=most,
        on=as_day(on),
    )
    needs = coalitions.need(asked)
    if ask.form == "table" and needs.memory > _GIGABYTE / 2:
        click.echo(f"This needs {needs.memory / _GIGABYTE:.1f} GB and about {needs.seconds:.0f} s.", err=True)
    with bar("Looking at every coalition", ask.form) as progress:
        found = coalitions.answer(ask.register(), asked, progress)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        output.write_table(_rows(found), ("kind", "number", "player", "many", "inside", "payoff", "gain", "transfer"))
    else:
        _table(found)


def _clause(text: str) -> str:
    """A rule file as the rule it holds; anything else as it is."""
    if not text.endswith(".toml"):
        return text
    path = Path(text)
    held, faults = read_text(path, text, _MOST)
    if not has_errors(faults):
        rule, more = parse_decision_rule(held, text, path.stem)
        faults = (*faults, *more)
        if rule is not None and rule.versions and not has_errors(faults):
            return msgspec.json.encode(plain_rule(rule.versions[-1].when)).decode()
    raise Refusal(faults)


def _rows(found: coalitions.CoalitionsAnswer) -> list[dict[str, object]]:
    """A row a player and coalition, of the stable ones and of those looked at."""
    kinds: tuple[tuple[str, Any], ...] = (
        ("stable", found.stable),
        ("stable_with_transfers", found.sharing),
        ("looked_at", found.looked),
    )
    return [
        {
            "kind": kind,
            "number": at,
            "player": row.player,
            "many": row.many,
            "inside": row.inside,
            "payoff": None if row.payoff is None else float(row.payoff),
            "gain": float(row.gain),
            "transfer": None if row.transfer is None else float(row.transfer),
        }
        for kind, coalitions_of in kinds
        for at, one in enumerate(coalitions_of, 1)
        for row in one.positions
    ]


_RULES = {
    "open": "anybody may join",
    "exclusive": "an outsider is let in only where no member loses by it",
    "majority": "an outsider is let in where fewer than half of the members lose by it",
}


_OUTSIDER = {"out": "an outsider stays out", "in": "an outsider joins"}


def _looked(out: "Lines", one: "Looked") -> None:
    from comity.cli.layout import Block, Column, Row  # noqa: PLC0415  # where people read

    out.head(f"Looked at: {coalitions.named(one)}")
    heads = ("player", "stands", "has", "gains by being in", "gets of the gains, or gives")
    columns = tuple(Column(head=head, right=at > 1) for at, head in enumerate(heads))
    rows = tuple(
        Row(
            cells=(
                (row.player if row.many == 1 else f"{row.player} ({row.many})", ""),
                (("in" if row.inside else "out") + (", would move" if row.moves else ""), ""),
                *(
                    ("" if value is None else f"{float(value):+,.6g}", "")
                    for value in (row.payoff, row.gain, row.transfer)
                ),
            )
        )
        for row in one.positions
    )
    out.table(Block(columns=columns, rows=rows))


def _listed(out: "Lines", head: str, which: "Sequence[Looked]") -> None:
    if which:
        out.head(head)
    for one in which:
        closed = "" if one.gap is None else f"; {float(one.gap):.1%} of what everybody together would add"
        out.say(f"· {sum(one.coalition.values())}: {coalitions.named(one)}{closed}", hang=4)


def _table(found: coalitions.CoalitionsAnswer) -> None:
    from comity.cli.layout import Lines  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((found.title or "Which coalitions are stable", "title"))
    for sentence in found.says:
        out.say(sentence, hang=2)
    counts = found.counts
    out.raw()
    if found.method == "integer program":
        out.say(f"{len(found.players)} players: found by integer programming, each held against exact numbers.")
    else:
        out.say(
            f"Of {counts['agreements']:,} agreements nobody would leave {counts['internal']:,} and nobody would join "
            f"{counts['external']:,}; payments among members could keep them in {counts['potential']:,}."
        )
    _listed(out, "Stable", found.stable)
    _listed(out, "Stable where members share the gains", found.sharing)
    for one in found.looked:
        _looked(out, one)
    if found.farsighted is not None:
        out.head("In the largest consistent set (Chwe 1994)")
        for coalition in found.farsighted[:50]:
            out.say(f"· {', '.join(coalition) or 'nobody'}", hang=4)
        if len(found.farsighted) > 50:  # noqa: PLR2004  # a page of them
            out.say(f"and {len(found.farsighted) - 50:,} more")
    out.raw()
    out.say(
        f"· {_RULES[found.membership]}; a member that is exactly indifferent stays in, {_OUTSIDER[found.indifferent]}.",
        style="faint",
    )
    if found.clause:
        out.say(
            f"· below the clause {found.clause} there is no agreement, and everybody has what it has alone.",
            style="faint",
        )
