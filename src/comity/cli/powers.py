"""Commands about decision rules: who has power under them, and what another rule would change."""

from typing import TYPE_CHECKING, cast

import click

from comity.cli import output
from comity.cli.options import Ask, as_day, day_option, query
from comity.service import powers, refuse

if TYPE_CHECKING:
    from comity.analysis.power import Index, PowerOf

__all__ = ["power_command"]

_INDICES = ("banzhaf", "shapley")


@click.command("power")
@click.option("--rule", required=True, metavar="RULE", help="The id of a decision rule, or a rule file (.toml).")
@click.option("--index", "indices", metavar="LIST", help="banzhaf, shapley, or both with a comma; left out: both.")
@click.option("--mode", default="exact", metavar="MODE", help="exact, or instant: Banzhaf within a proved bound.")
@click.option("--abstention", is_flag=True, help="Members may abstain too: for, against, or neither.")
@click.option("--members", default="", metavar="WHO", help="Who votes: a group, or codes with commas.")
@day_option
@query
def power_command(  # noqa: PLR0913  # an option each
    *, rule: str, on: str | None, indices: str | None, mode: str, abstention: bool, members: str, ask: Ask
) -> None:
    """Who has what power under a decision rule: Banzhaf, Shapley–Shubik and Coleman, exactly."""
    chosen = tuple(part.strip() for part in (indices or ",".join(_INDICES)).split(","))
    if not set(chosen) <= set(_INDICES):
        raise refuse("index-unknown", f"“{indices}” names no index", "say banzhaf, shapley, or banzhaf,shapley")
    found = ask.register().power(
        rule,
        as_day(on),
        cast("tuple[Index, ...]", chosen),
        mode=powers.mode_of(mode),
        members=members,
        abstention=abstention,
    )
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        rows = cast("list[dict[str, object]]", found.plain()["members"])
        output.write_table(rows, tuple(rows[0]) if rows else ("actor",))
    else:
        _table(found)


def _table(found: powers.PowerAnswer) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((found.title, "title"))
    out.say(f"{found.rule}{f', Article {found.article}' if found.article else ''}; on {found.on}.")
    power = found.power
    if power.collectivity is not None:
        out.say(f"Of all coalitions {power.collectivity:.4g} win; counted by {power.method}.")
    if power.within is not None:
        out.say(f"Not exact: proved to lie within {power.within.banzhaf_normalised:.1e} of each share.")
    out.raw()
    heads = (
        Column(head="member"),
        *(Column(head=head, right=True) for head in ("weight", "Banzhaf", "Shapley–Shubik")),
    )
    ranked = sorted(power.members, key=_rank)
    rows = tuple(Row(cells=((one.actor, ""), *((text, "") for text in _cells(one)))) for one in ranked)
    out.table(Block(columns=heads, rows=rows))
    for note in (*found.notes, *found.sources):
        out.say(f"· {note}", style="faint")


def _rank(one: "PowerOf") -> tuple[float, float, str]:
    return -(one.shapley or 0), -(one.banzhaf_normalised or 0), one.actor


def _cells(one: "PowerOf") -> tuple[str, ...]:
    weight = "" if one.weight is None else f"{one.weight:,}"
    return weight, *("" if part is None else f"{part:.4%}" for part in (one.banzhaf_normalised, one.shapley))
