"""`comity next-step`: the narrow issues on which most positions already agree."""

from pathlib import Path

import click

from comity.analysis.precedents.next_step import Candidate
from comity.cli import output
from comity.cli.options import Ask, as_day, day_option, query
from comity.service.next_steps import NextStep, next_step

__all__ = ["next_step_command"]

_COLUMNS = (
    *("rank", "issue", "option", "met", "possible", "lacks", "accept", "refuse", "unknown"),
    *("smallest", "from_refusing", "linked", "returns"),
)


_TOLD = 8  # names of one set
_PLAIN = ("rank", "issue", "option", "met", "possible", "lacks", "from_refusing")


@click.command("next-step")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rule", default="", metavar="RULE", help="A decision rule or rule file; left out: everybody agrees.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(min=1), help="Options that a table shows.")
@day_option
@query
def next_step_command(file: Path, rule: str, limit: int, on: str | None, ask: Ask) -> None:
    """The options nearest to an agreement, by the positions in FILE (CSV or JSON), under a decision rule."""
    found = next_step(ask.register(), file, rule, as_day(on))
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        output.write_table(map(_row, found.candidates), _COLUMNS)
    else:
        _table(found, limit)


def _row(one: Candidate) -> dict[str, object]:
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        **{name: ", ".join(getattr(one, name)) for name in ("accept", "refuse", "unknown", "linked")},
        "smallest": "; ".join(", ".join(each) for each in one.smallest),
        "returns": "; ".join(f"{each.actor}: {each.issue}: {each.option}" for each in one.returns),
    }


def _table(found: NextStep, limit: int) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((found.title or "Everybody agrees", "title"))
    met = sum(one.met for one in found.candidates)
    out.say(f"{met} of {len(found.candidates)} options already have enough who could accept them.")
    out.raw()
    heads = (
        *(Column(head="", right=True), Column(head="issue"), Column(head="option")),
        *(Column(head=head, right=True) for head in ("accept", "refuse", "unknown")),
    )
    rows = tuple(
        Row(
            cells=tuple(
                (text, "")
                for text in (
                    *(str(one.rank), one.issue, one.option),
                    *(str(len(group)) for group in (one.accept, one.refuse, one.unknown)),
                    _lacks(one.lacks, one.smallest, refusing=one.from_refusing),
                )
            )
        )
        for one in found.candidates[:limit]
    )
    out.table(Block(columns=(*heads, Column(head="missing", flexible=True)), rows=rows))
    for one in found.candidates[:limit]:
        said = [f"leaves behind {_and(one.refuse)}"] if one.refuse else []
        said += [f"wanted together with {', '.join(one.linked)}"] if one.linked else []
        said += [f"{each.actor} would gain more by {each.issue}: {each.option}" for each in one.returns]
        if said:
            out.say(f"{one.rank}. {one.issue}: {one.option}: {'; '.join(said)}", hang=3)
    for note in found.notes:
        out.say(f"· {note}", style="faint")


def _and(names: tuple[str, ...]) -> str:
    more = len(names) - _TOLD
    return " and ".join(names) if more <= 0 else f"{', '.join(names[:_TOLD])} and {more} more"


def _lacks(size: int | None, sets: tuple[tuple[str, ...], ...], *, refusing: bool) -> str:
    if size is None:
        return "cannot be met"
    if size == 0:
        return "nothing: enough accept"
    first = " or ".join(_and(one) for one in sets)
    return f"{first}{', who refuse' if refusing else ''}"
