"""Commands about decision rules: who has power under them, and what another rule, quota or vote would change."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, as_day, day_option, query
from comity.dates import parse_date
from comity.register.folder import read_text
from comity.service import Refusal, powers, reforms, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from comity.analysis.voting.power import Index, PowerOf
    from comity.cli.layout import Lines

__all__ = ["design_command", "power_command", "quota_command"]

_INDICES = ("banzhaf", "shapley")
_MOST = 1_000_000  # bytes of a weight table
_TOLD = 3  # members whose power a sweep tells at each quota


@click.command("power")
@click.option("--rule", required=True, metavar="RULE", help="The id of a decision rule, or a rule file (.toml).")
@click.option("--index", "indices", metavar="LIST", help="banzhaf, shapley, or both with a comma; left out: both.")
@click.option("--mode", default="exact", metavar="MODE", help="exact, or instant: Banzhaf within a proved bound.")
@click.option("--abstention", is_flag=True, help="Members may abstain too: for, against, or neither.")
@click.option("--members", default="", metavar="WHO", help="Who votes: a group, or codes with commas.")
@click.option("--compare", metavar="RULE|DATE", help="Another rule, another day, or RULE@DATE: who gains, who loses.")
@click.option("--per", default="", metavar="TABLE", help="Power for each unit of a weight table, or of a .csv file.")
@click.option("--blocking", is_flag=True, help="The smallest coalitions that win, and that block.")
@day_option
@query
def power_command(  # noqa: PLR0913  # an option each
    *,
    rule: str,
    on: str | None,
    indices: str | None,
    mode: str,
    abstention: bool,
    members: str,
    compare: str | None,
    per: str,
    blocking: bool,
    ask: Ask,
) -> None:
    """Who has what power under a decision rule: Banzhaf, Shapley–Shubik and Coleman, exactly."""
    chosen = tuple(part.strip() for part in (indices or ",".join(_INDICES)).split(","))
    if not set(chosen) <= set(_INDICES):
        raise refuse("index-unknown", f"“{indices}” names no index", "say banzhaf, shapley, or banzhaf,shapley")
    index, day, how = cast("tuple[Index, ...]", chosen), as_day(on), powers.mode_of(mode)
    if not (compare or per or blocking):
        found = ask.register().power(rule, day, index, mode=how, members=members, abstention=abstention)
        _write(ask, found.plain(), "members", lambda out: _table(out, found))
        return
    beside, then = _beside(compare or "")
    study = reforms.study(
        ask.register(),
        reforms.StudyAsked(
            rule=rule,
            on=day,
            beside=beside,
            then=then,
            per="" if per.endswith(".csv") else per,
            per_text=_brought(per),
            blocking=blocking,
            index=index,
            mode=how,
            abstention=abstention,
            members=members,
        ),
    )
    rows = "changes" if study.shifts else "per_members" if study.divided else "members"
    _write(ask, study.plain(), rows, lambda out: _study(out, study))


def _beside(compare: str) -> tuple[str, "date | None"]:
    """The other rule and the other day that are named so."""
    rule, _, day = compare.rpartition("@") if "@" in compare else (compare, "", "")
    try:
        return (rule, parse_date(day)) if day else ("", parse_date(rule)) if rule[:4].isdecimal() else (rule, None)
    except ValueError as error:
        raise refuse("date-impossible", f"“{compare}”: {error}", "write RULE, 2014-11-01 or RULE@2014-11-01") from error


def _brought(name: str) -> str:
    """The text of a weight table that is a file."""
    if not name.endswith(".csv"):
        return ""
    text, faults = read_text(Path(name), name, _MOST)
    if faults:
        raise Refusal(faults)
    return text


def _write(ask: Ask, plain: dict[str, object], rows: str, table: "Callable[[Lines], None]") -> None:
    if ask.form == "json":
        output.write_json(plain)
    elif ask.form == "csv":
        found = cast("list[dict[str, object]]", plain[rows])
        output.write_table(found, tuple(found[0]) if found else ("actor",))
    else:
        from comity.cli.layout import Lines  # noqa: PLC0415  # where people read

        table(Lines())


def _columns(out: "Lines", heads: tuple[str, ...], rows: "Iterable[tuple[str, ...]]") -> None:
    """A table whose first column is text, the others numbers."""
    from comity.cli.layout import Block, Column, Row  # noqa: PLC0415  # where people read

    columns = tuple(Column(head=head, right=at > 0) for at, head in enumerate(heads))
    out.table(Block(columns=columns, rows=tuple(Row(cells=tuple((cell, "") for cell in row)) for row in rows)))


def _head(out: "Lines", found: powers.PowerAnswer) -> None:
    out.say((found.title, "title"))
    out.say(f"{found.rule}{f', Article {found.article}' if found.article else ''}; on {found.on}.")
    power = found.power
    if power.collectivity is not None:
        ways = "ballots" if power.method == "ballots with abstentions" else "coalitions"
        out.say(f"Of all {ways} {power.collectivity:.4g} win; counted by {power.method}.")
    if power.within is not None:
        out.say(f"Not exact: proved to lie within {power.within.banzhaf_normalised:.1e} of each share.")
    out.raw()


def _table(out: "Lines", found: powers.PowerAnswer) -> None:
    _head(out, found)
    ranked = sorted(found.power.members, key=_rank)
    heads = ("member", "weight", "Banzhaf", "Shapley–Shubik")
    _columns(out, heads, ((one.actor, *_cells(one)) for one in ranked))
    for note in (*found.notes, *found.sources):
        out.say(f"· {note}", style="faint")


def _study(out: "Lines", found: reforms.Study) -> None:
    _head(out, found.first)
    if found.second is not None:
        out.say(f"beside {found.second.rule} on {found.second.on}:")
        _columns(
            out,
            ("member", "before", "after", "change", "relative"),
            (
                (one.actor, _part(one.before), _part(one.after), f"{one.change:+.4%}", _part(one.relative, "+.1%"))
                for one in found.shifts
            ),
        )
        out.raw()
    if found.divided:
        out.say(f"Share of power for each part of {found.per}{f' ({found.per_unit})' if found.per_unit else ''}:")
        ranked = sorted(found.divided, key=lambda one: (-(one.ratio or 0), one.actor))
        heads = ("member", "part", "power", "ratio") + (("after",) if found.second is not None else ())
        _columns(
            out,
            heads,
            (
                (one.actor, _part(one.part), _part(one.power), _part(one.ratio, ".3f"), _part(one.after, ".3f"))[
                    : len(heads)
                ]
                for one in ranked
            ),
        )
        out.raw()
    if found.coalitions is not None:
        for verb, size, some in (
            ("win", found.coalitions.winning_size, found.coalitions.winning),
            ("block", found.coalitions.blocking_size, found.coalitions.blocking),
        ):
            more = f"; the first {len(some)}" if len(some) >= reforms.LISTED else ""
            out.say(f"Smallest coalitions that {verb}: {'none' if size is None else f'{size} members{more}'}")
            for members in some:
                out.say(f"  {', '.join(members)}")
    for note in (*found.first.notes, *found.first.sources):
        out.say(f"· {note}", style="faint")


def _part(part: float | None, form: str = ".4%") -> str:
    return "" if part is None else format(part, form)


def _rank(one: "PowerOf") -> tuple[float, float, str]:
    return -(one.shapley or 0), -(one.banzhaf_normalised or 0), one.actor


def _cells(one: "PowerOf") -> tuple[str, ...]:
    weight = "" if one.weight is None else f"{one.weight:,}"
    return weight, *("" if part is None else f"{part:.4%}" for part in (one.banzhaf_normalised, one.shapley))


@click.command("quota")
@click.argument("rule")
@click.option("--from", "start", default="1/2", metavar="PART", help="The first quota: 0.5, 2/3 or 62%.")
@click.option("--to", "end", default="1", metavar="PART", help="The last quota.")
@click.option("--points", default=51, show_default=True, help="How many quotas.")
@click.option("--condition", type=int, metavar="N", help="Which count or share of the rule is moved, from 1.")
@click.option("--members", default="", metavar="WHO", help="Who votes: a group, or codes with commas.")
@day_option
@query
def quota_command(  # noqa: PLR0913  # an option each
    *,
    rule: str,
    on: str | None,
    start: str,
    end: str,
    points: int,
    condition: int | None,
    members: str,
    ask: Ask,
) -> None:
    """How the power of members moves with the quota of a rule."""
    asked = reforms.QuotaAsked(
        rule=rule, on=as_day(on), start=start, end=end, points=points, condition=condition, members=members
    )
    register = ask.register()
    with bar("quotas") as progress:
        found = reforms.sweep(register, asked, progress)
    if ask.form == "csv":
        rows = [
            {"quota": one.exact, "collectivity": one.collectivity} | dict(zip(found.members, one.shares, strict=True))
            for one in found.points
        ]
        output.write_table(rows, tuple(rows[0]))
        return
    _write(ask, found.plain(), "points", lambda out: _quotas(out, found))


def _quotas(out: "Lines", found: reforms.QuotaAnswer) -> None:
    out.say((found.title, "title"))
    out.say(f"{found.rule} on {found.on}; condition {found.condition}, now {found.now}. Shares of power (Banzhaf).")
    out.raw()
    spread = [max(one.shares[at] for one in found.points) for at in range(len(found.members))]
    told = sorted(range(len(found.members)), key=lambda at: (-spread[at], found.members[at]))
    told = [*told[:_TOLD], *told[_TOLD:][-1:]]
    _columns(
        out,
        ("quota", "adopted", *(found.members[at] for at in told)),
        (
            (f"{one.quota:.2%}", f"{one.collectivity:.3g}", *(f"{one.shares[at]:.3%}" for at in told))
            for one in found.points
        ),
    )


@click.command("design")
@click.argument("table")
@click.option("--law", type=click.Choice(["proportional", "square-root"]), default="proportional", show_default=True)
@click.option("--quota", default="", metavar="PART", help="The quota, a part of the votes; left out: the best.")
@click.option("--votes", "total", default=10_000, show_default=True, help="What the votes add up to, about.")
@click.option("--members", default="", metavar="WHO", help="For whom: a group, or codes with commas.")
@day_option
@query
def design_command(  # noqa: PLR0913  # an option each
    *, table: str, law: str, quota: str, total: int, members: str, on: str | None, ask: Ask
) -> None:
    """Votes under which power is in proportion to a weight table (an id, or a .csv file), or to its square roots."""
    asked = reforms.DesignAsked(
        on=as_day(on),
        weights="" if table.endswith(".csv") else table,
        text=_brought(table),
        law="square-root" if law == "square-root" else "proportional",
        quota=quota,
        total=total,
        members=members,
    )
    found = reforms.design_votes(ask.register(), asked)
    _write(ask, found.plain(), "members", lambda out: _designed(out, found))


def _designed(out: "Lines", found: reforms.DesignAnswer) -> None:
    design = found.design
    votes = sum(design.votes)
    out.say(f"Quota {design.quota:,} of {votes:,} votes ({design.quota / votes:.2%}).")
    out.say(
        f"No share of power is further than {design.largest:.2e} from the one wanted; distance {design.distance:.2e}. "
        + ("No weighted rule is nearer." if design.proved else "That no rule is nearer is not proved.")
    )
    if found.penrose_quota is not None:
        out.say(f"The quota of the Jagiellonian Compromise is {found.penrose_quota:.2%}.")
    out.raw()
    rows = sorted(zip(found.actors, design.votes, design.wanted, design.shares, strict=True), key=lambda row: -row[2])
    _columns(
        out,
        ("member", "votes", "wanted", "power"),
        ((actor, f"{votes:,}", f"{wanted:.4%}", f"{share:.4%}") for actor, votes, wanted, share in rows),
    )
