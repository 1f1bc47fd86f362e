"""Commands about votes: where members stand, and who votes with whom."""

from pathlib import Path

import click
import msgspec

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.layout import Block, Column, Lines, Row
from comity.cli.options import Ask, as_day, day_option, query
from comity.service import blocs, votes

__all__ = ["blocs_command", "ideal_points_command"]

_FILE = click.argument("file", required=False, type=click.Path(path_type=Path))
_BODY = click.option("--body", default="", metavar="ACTOR", help="Of the register's votes, those in this body.")
_SESSION = click.option("--session", type=int, metavar="NUMBER", help="One session alone (of a register: a year).")
_RULE = click.option("--rule", default="", metavar="RULE", help="A decision rule by its id; left out: more than half.")


@click.command("ideal-points")
@_FILE
@click.option("--positive", default="", metavar="ACTOR", help="Who lies on the positive side; left out: the USA.")
@_BODY
@_SESSION
@_RULE
@day_option
@query
def ideal_points_command(  # noqa: PLR0913  # options
    *, file: Path | None, positive: str, body: str, session: int | None, rule: str, on: str | None, ask: Ask
) -> None:
    """Where members stood, session by session, by the votes in FILE (rcid,session,actor,vote), or the register's."""
    asked = votes.VotesAsked(
        text="" if file is None else votes.text_of(file),
        positive=positive,
        body=body,
        session=session,
        rule=rule,
        on=as_day(on).isoformat(),
    )
    with bar("Finding where members stood", ask.form) as progress:
        found = votes.answer(ask.register(), asked, progress, "" if file is None else str(file))
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        rows: list[dict[str, object]] = [msgspec.to_builtins(one) for one in found.points]
        output.write_table(rows, votes.IdealPoint.__struct_fields__)
    else:
        _standing(found)


def _standing(found: votes.Standing) -> None:
    out = Lines()
    last = max(one.session for one in found.points)
    shown = sorted((one for one in found.points if one.session == last), key=lambda one: -one.point)
    out.say((f"Session {last}, of {found.votes:,} votes in all", "title"))
    out.say(
        f"{found.positive} lies on the positive side; one unit is a standard deviation of all members and sessions."
    )
    if not found.settled:
        out.say(f"Stopped after {found.turns} turns, when the points still moved a little.")
    pivot = next((one for one in found.pivots if one.session == last), None)
    if pivot is not None and (pivot.from_below or pivot.from_above):
        under = found.rule or "more than half of those voting"
        names = dict.fromkeys(name for name in (pivot.from_below, pivot.from_above) if name)
        decides = " and ".join(names)
        out.say(f"Who decides under {under}: {decides}; by the errors, as well one of {pivot.alike} others.")
    out.raw()
    heads = ("point", "error", "votes")
    columns = (Column(head="member"), *(Column(head=head, right=True) for head in heads))
    rows = tuple(
        Row(cells=((one.actor, ""), (f"{one.point:+.3f}", ""), (f"{one.error:.3f}", ""), (str(one.votes), "")))
        for one in shown
    )
    out.table(Block(columns=columns, rows=rows))
    out.raw()
    out.say("· A point says who votes like whom on what was put to the vote, not why, nor how strongly.", style="faint")


def _read(file: Path | None) -> str:
    return "" if file is None else votes.text_of(file)


@click.command("blocs")
@_FILE
@click.option("--issues", type=click.Path(path_type=Path), metavar="FILE", help="Issue areas: a CSV rcid,issue.")
@click.option("--groups", type=click.Path(path_type=Path), metavar="FILE", help="Blocs as given: a CSV actor,bloc.")
@click.option("--number", type=click.IntRange(1, 50), metavar="NUMBER", help="So many blocs; left out: as parts best.")
@_BODY
@_SESSION
@_RULE
@day_option
@click.option("--draws", default=100, show_default=True, metavar="NUMBER", help="How often roll calls are drawn again.")
@click.option("--seed", default=0, show_default=True, metavar="NUMBER", help="For what is drawn.")
@query
def blocs_command(  # noqa: PLR0913  # options
    *,
    file: Path | None,
    issues: Path | None,
    groups: Path | None,
    number: int | None,
    body: str,
    session: int | None,
    rule: str,
    on: str | None,
    draws: int,
    seed: int,
    ask: Ask,
) -> None:
    """Who votes with whom by the votes in FILE (rcid,session,actor,vote), or the register's."""
    asked = blocs.BlocsAsked(
        text=_read(file),
        issues=_read(issues),
        groups=_read(groups),
        number=number or 0,
        body=body,
        session=session,
        rule=rule,
        on=as_day(on).isoformat(),
        draws=draws,
        seed=seed,
    )
    with bar("Finding who votes with whom", ask.form) as progress:
        found = blocs.answer(ask.register(), asked, progress)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        rows: list[dict[str, object]] = [msgspec.to_builtins(one) for one in found.members]
        output.write_table(rows, blocs.Member.__struct_fields__)
    else:
        _blocs(found)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


_Cells = tuple[str, ...]


def _shown(out: Lines, title: str, heads: tuple[str, ...], rows: list[_Cells], left: int = 1) -> None:
    """A table whose first columns are words and whose others are numbers."""
    if not rows:
        return
    out.raw()
    out.say((title, "title"))
    columns = tuple(Column(head=head, right=at >= left) for at, head in enumerate(heads))
    out.table(Block(columns=columns, rows=tuple(Row(cells=tuple((cell, "") for cell in cells)) for cells in rows)))


def _blocs(found: blocs.BlocsFound) -> None:
    out = Lines()
    number = len(found.blocs)
    out.say((f"{number} bloc{'' if number == 1 else 's'}, by {found.questions:,} roll calls", "title"))
    if found.silhouette is not None and number > 1:
        says = "clear" if found.silhouette > 0.5 else "fair"  # noqa: PLR2004  # Kaufman and Rousseeuw's bounds
        whole = _share(found.agreement)
        out.say(f"Mean silhouette {found.silhouette:.2f} ({says}); the whole body: agreement {whole}.")
    for one in found.blocs:
        out.raw()
        held = f"agreement {_share(one.agreement)}, Rice {_share(one.rice)}"
        stable = "" if one.stability is None else f", stability {one.stability:.2f}"
        out.say(f"{one.bloc}: {one.size} around {one.around}; {held}{stable}")
        more = f" and {one.size - 12} more" if one.size > 12 else ""  # noqa: PLR2004  # as a line holds
        out.say(", ".join(one.actors[:12]) + more, style="faint")
    _shown(
        out,
        "Agreement between blocs",
        ("bloc", "bloc", "agreement"),
        [(one.one, one.other, _share(one.agreement)) for one in found.between],
        2,
    )
    least = sorted((one for one in found.members if one.loyalty is not None), key=lambda one: one.loyalty or 0)
    _shown(
        out,
        "Who leaves its bloc most often",
        ("member", "bloc", "with its bloc", "against it", "votes"),
        [(one.actor, one.bloc, _share(one.loyalty), str(one.against), str(one.judged)) for one in least[:8]],
        2,
    )
    under = found.rule or "more than half of those voting"
    often = sorted((one for one in found.members if one.pivotal), key=lambda one: (-one.pivotal, one.actor))
    _shown(
        out,
        f"Whose other vote would have changed the outcome ({under}; {found.carried:,} of {found.questions:,} carried)",
        ("member", "bloc", "roll calls"),
        [(one.actor, one.bloc, str(one.pivotal)) for one in often[:8]],
        2,
    )
    _shown(
        out,
        "Who could bridge two blocs",
        ("member", "bloc", "toward", "agrees with its own", "with the other", "decides alone", "carries"),
        [
            (one.actor, one.bloc, one.toward, _share(one.own), _share(one.other), str(one.alone), f"{one.carry:.1f}")
            for one in found.bridges[:12]
        ],
        3,
    )
    for title, parts in (("By issue area", found.issues), ("By session", found.sessions[-12:])):
        _shown(
            out,
            f"{title}: agreement within each bloc",
            ("", "roll calls", *(one.bloc for one in found.blocs), "whole body", "blocs there", "alike"),
            [
                (
                    one.part,
                    str(one.questions),
                    *(_share(one.agreement[bloc.bloc]) for bloc in found.blocs),
                    _share(one.body),
                    str(one.found),
                    _share(one.alike),
                )
                for one in parts
            ],
        )
    out.raw()
    for note in (*found.notes, *(one.says for one in found.findings)):
        out.say(f"· {note}", style="faint", hang=2)
