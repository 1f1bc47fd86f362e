"""Commands of the analysis: which coalitions are stable, what could be agreed."""

from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

import click

from comity.cli import output
from comity.cli.bars import bar
from comity.cli.options import Ask, as_day, day_option, format_option, query, refusing
from comity.service import analysing, offers

__all__ = ["club_command", "package_command"]


class _Number(click.ParamType[Fraction]):
    """A decimal number, exactly."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """The number; a usage error for anything else."""
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            self.fail(f"{value!r} is no number", param, ctx)


@click.command("club")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--price", required=True, type=_Number(), metavar="NUMBER", help="Dollars a tonne of CO2.")
@click.option("--tariff", required=True, type=_Number(), metavar="NUMBER", help="On outsiders' goods; 3% is 0.03.")
@format_option
@refusing
def club_command(file: Path, price: Fraction, tariff: Fraction, form: str) -> None:
    """Every stable climate club of the regions in FILE, at a price of carbon and a tariff on outsiders."""
    found = analysing.club(file, price, tariff)
    if form == "json":
        output.write_json(found.plain())
    elif form == "csv":
        rows = [
            {"club": at, "region": name, "member": name in one.members, "gain_from_being_in": gain}
            for at, one in enumerate(found.stable, 1)
            for name, gain in zip(found.players, one.gains, strict=True)
        ]
        output.write_table(rows, ("club", "region", "member", "gain_from_being_in"))
    else:
        _clubs(found)


def _clubs(found: analysing.ClubAnswer) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say(
        (f"Stable clubs at {float(found.price):g} dollars a tonne and a tariff of {float(found.tariff):.4g}", "title")
    )
    if not found.stable:
        out.say("No coalition is stable: from each one somebody gains by leaving or joining.")
    for one in found.stable:
        named = ", ".join(one.members) or "nobody: no club forms"
        out.raw()
        out.say(f"{len(one.members)} of {len(found.players)}: {named}")
        heads = (
            Column(head="region"),
            Column(head="in"),
            Column(head="gain from being in, billion dollars", right=True),
        )
        rows = tuple(
            Row(cells=((name, ""), ("in" if name in one.members else "out", ""), (f"{gain:+,.3f}", "")))
            for name, gain in zip(found.players, one.gains, strict=True)
        )
        out.table(Block(columns=heads, rows=rows))


@click.command("package")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--solution",
    default="nash",
    show_default=True,
    type=click.Choice(["nash", "kalai-smorodinsky", "egalitarian", "leximin", "utilitarian", "pareto"]),
    help="By which idea of fairness, or all that nobody can better.",
)
@click.option("--seconds", type=click.FloatRange(min=0.1), metavar="NUMBER", help="Search for so long at most.")
@click.option(
    "--weights",
    default="given",
    type=click.Choice(["given", "power"]),
    help="As FILE has them (left out: 1 each), or by power under a rule.",
)
@click.option("--rule", default="", metavar="RULE", help="With --weights power: a decision rule, or a rule file.")
@click.option(
    "--index", default="banzhaf", type=click.Choice(["banzhaf", "shapley"]), help="Power by which index: banzhaf."
)
@day_option
@query
def package_command(  # noqa: PLR0913, PLR0917  # one parameter an option
    file: Path,
    solution: offers.Asked,
    seconds: float | None,
    weights: str,
    rule: str,
    index: Literal["banzhaf", "shapley"],
    on: str | None,
    ask: Ask,
) -> None:
    """The best package deal over the issues in FILE (JSON), with a proved bound; or the Pareto front."""
    form = ask.form
    if weights == "power":
        from comity.service import offer_studies  # noqa: PLC0415  # only where power is asked

        found = offer_studies.by_power(ask.register(), file, solution, seconds, (rule, as_day(on), index))
    else:
        with bar("packages", form) as progress:
            found = offers.package(file, solution, seconds=seconds, progress=progress)
    if form == "json":
        output.write_json(found)
        return
    packages = cast("list[dict[str, dict[str, object]]]", found.get("front", [found] if found.get("package") else []))
    rows: list[dict[str, object]] = [
        {"number": 1, "what": "answer", "name": name, "value": found[name]}
        for name in ("status", "objective", "bound")
        if found.get(name) is not None
    ]
    rows += [
        {"number": at, "what": "conflict", "name": party, "value": ""}
        for at, one in enumerate(cast("list[list[str]]", found.get("conflict") or []), 1)
        for party in one
    ]
    rows += [
        {"number": at, "what": what, "name": name, "value": value}
        for at, one in enumerate(packages, 1)
        for what in ("package", "utility")
        for name, value in one[what].items()
    ]
    if form == "csv":
        output.write_table(rows, ("number", "what", "name", "value"))
    else:
        _packages(found, packages)


def _packages(found: dict[str, object], packages: "list[dict[str, dict[str, object]]]") -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    status = found.get("status")
    if status is None:
        out.say((f"{len(packages)} packages that no other betters for everybody", "title"))
    elif status == "no-agreement":
        out.say(("There is no package that all accept.", "title"))
        for one in cast("list[list[str]]", found["conflict"]):
            out.say(f"· {', '.join(one)} cannot be satisfied together", hang=2)
    else:
        out.say((f"{status}: objective {found['objective']:.9g}, and none is above {found['bound']:.9g}", "title"))
    if packages:
        names = [*packages[0]["package"], *packages[0]["utility"]]
        parties = set(packages[0]["utility"])
        columns = tuple(Column(head=name, right=name in parties) for name in names)
        rows = tuple(
            Row(
                cells=tuple(
                    (f"{one['utility'][name]:.4g}" if name in parties else str(one["package"][name]), "")
                    for name in names
                )
            )
            for one in packages
        )
        out.raw()
        out.table(Block(columns=columns, rows=rows))
