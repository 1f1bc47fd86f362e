"""`comity offers`: what could be agreed beyond the best package."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from comity.cli import output
from comity.cli.options import Ask, as_day, day_option, query
from comity.service import offer_studies
from comity.service.form import flat
from comity.service.offer_studies import STUDIES, StudyAsked

__all__ = ["offers_command"]


@click.command("offers")
@click.argument("asks", metavar="STUDY", type=click.Choice(STUDIES))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rule", default="", metavar="RULE", help="A decision rule, or a rule file (winning, --weights).")
@click.option("--members", default="", metavar="WHO", help="Who votes: a group, or codes with commas.")
@click.option(
    "--weights",
    default="given",
    type=click.Choice(["given", "banzhaf", "shapley"]),
    help="As FILE has them (left out: 1 each), or by power under --rule.",
)
@click.option(
    "--aim",
    default="sum",
    type=click.Choice(["sum", "widest", "maximin"]),
    help="The largest sum (left out), what most accept, or the least worst gain.",
)
@click.option("--budget", "budgets", multiple=True, type=click.FloatRange(min=0), help="Issues that turn out worst.")
@click.option("--draws", default=20_000, show_default=True, type=click.IntRange(1), help="How often values are drawn.")
@click.option("--seed", default=1, show_default=True, type=int, help="For what is drawn.")
@click.option("--seconds", type=click.FloatRange(min=0.1), metavar="NUMBER", help="Search for so long at most.")
@day_option
@query
def offers_command(  # noqa: PLR0913, PLR0917  # one parameter an option
    asks: offer_studies.Study,
    file: Path,
    rule: str,
    members: str,
    weights: Literal["given", "banzhaf", "shapley"],
    aim: Literal["sum", "widest", "maximin"],
    budgets: tuple[float, ...],
    draws: int,
    seed: int,
    seconds: float | None,
    on: str | None,
    ask: Ask,
) -> None:
    """One STUDY of what is on the table in FILE (JSON).

    zone: how many packages all accept. winning: the best that carries under a rule. payments: with money that moves.
    robust: where values are not sure. conditions: whether conditional offers close. proposals: who conceded what.
    """
    asked = StudyAsked(
        offer=offer_studies.offer_file(file),
        study=asks,
        rule=rule,
        on=as_day(on),
        members=members,
        weights=weights,
        aim=aim,
        budgets=budgets,
        draws=draws,
        seed=seed,
        seconds=seconds,
    )
    found = offer_studies.study(ask.register(), asked, file=str(file)).plain()
    if ask.form == "json":
        output.write_json(found)
    elif ask.form == "csv":
        rows = [
            {"table": table, "row": at, "what": name, "value": value}
            for table, each in flat(found).items()
            for at, row in enumerate(each, 1)
            for name, value in row.items()
        ]
        output.write_table(rows, ("table", "row", "what", "value"))
    else:
        _written(asks, found)


def _written(asks: str, found: Mapping[str, Any]) -> None:
    from comity.cli.layout import Lines  # noqa: PLC0415  # where people read

    out = Lines()
    for at, line in enumerate(_SAID[asks](found)):
        out.say((line, "title" if not at else ""), hang=2)
    for name, rows in _tables(asks, found):
        out.raw()
        out.say(name)
        _table(out, rows)


def _table(out: Any, rows: Sequence[Mapping[str, object]]) -> None:  # noqa: ANN401  # lines of a terminal
    from comity.cli.layout import Block, Column, Row  # noqa: PLC0415  # as above

    heads = [name for name in rows[0] if any(row[name] not in {None, ""} for row in rows)]
    numbers = {name for name in heads if all(isinstance(row[name], int | float | None) for row in rows)}
    columns = tuple(Column(head=name.replace("_", " "), right=name in numbers) for name in heads)
    out.table(
        Block(columns=columns, rows=tuple(Row(cells=tuple((_cell(row[name]), "") for name in heads)) for row in rows))
    )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _proved(found: Mapping[str, Any]) -> str:
    return {"optimal": "proved best", "feasible": "not proved best"}[found["status"]]


def _package(found: Mapping[str, Any]) -> str:
    return "; ".join(f"{issue}: {option}" for issue, option in found["package"].items())


def _zone(found: Mapping[str, Any]) -> Iterator[str]:
    total = int(found["packages"])
    if found["acceptable"] is None:
        low, high = found["interval"]
        about = f"{found['part']:.3g} ({low:.3g} to {high:.3g}, by draws)"
        yield f"Of {total:,} packages this part is acceptable to all: {about}"
    elif found["acceptable"] == "0":
        yield f"None of {total:,} packages is acceptable to all"
        for names in found["conflict"]:
            yield f"· {', '.join(names)} cannot be met together"
    else:
        yield f"{int(found['acceptable']):,} of {total:,} packages are acceptable to all ({found['part']:.3g})"


def _winning(found: Mapping[str, Any]) -> Iterator[str]:
    if found["package"] is None:
        yield "No package is accepted by enough to carry"
        return
    yield f"{_package(found)} ({_proved(found)})"
    accept, title = ", ".join(found["accept"]) or "nobody", found["title"] or found["rule"]
    yield f"Accepted by {accept} under {title}: {found['objective']:.6g}"
    if found["left_out"]:
        best = found["unanimous"]
        yield "No package is acceptable to all" if best is None else f"The best package that all accept: {best:.6g}"
    if found["absent"]:
        yield f"Counted as against, for FILE does not have them: {len(found['absent'])} members"


def _payments(found: Mapping[str, Any]) -> Iterator[str]:
    if found["package"] is None:
        yield "No package is acceptable to all, whatever is paid within these means"
        return
    yield f"{_package(found)} ({_proved(found)})"
    without = found["without"]
    rest = "without payments there is no agreement" if without is None else f"without payments {without:.6g}"
    yield f"All gain {found['surplus']:.6g} together, in money; {rest}"
    for one in found["payments"]:
        yield f"· {one['payer']} pays {one['payee']} {one['amount']:.6g}"
    if not found["payments"]:
        yield "Nobody has to pay"


def _robust(found: Mapping[str, Any]) -> Iterator[str]:
    first, last = found["budgets"][0], found["budgets"][-1]
    worst = f"stays acceptable when {last['budget']:g} issues turn out worst"
    if last["package"] is None:
        yield f"No package stays acceptable when {last['budget']:g} issues turn out worst for each"
    elif last["price"] is None:
        yield f"{_package(last)} {worst}"
    else:
        yield f"{_package(last)} {worst}, for {last['price']:.4g} less"
    if first["package"] is not None:
        low, high = first["interval"]
        yield f"{_package(first)}: all accept it in {first['chance']:.1%} of draws ({low:.1%} to {high:.1%})"
    scenarios = found["scenarios"]
    if scenarios and scenarios["package"] is not None:
        yield f"Of least regret: {_package(scenarios)}: at most {scenarios['regret']:.4g} short of the best"


def _conditions(found: Mapping[str, Any]) -> Iterator[str]:
    yield "The conditional offers close" if found["closes"] else "The conditional offers do not close"
    yield f"{_package(found)}; in force: {', '.join(map(str, found['in_force'])) or 'none'}"
    for one in found["missing"]:
        yield f"· missing: {one['party']} accepts {one['issue']}: {one['option']}"
    if not found["closes"]:
        yield f"The most that can be in force together: {', '.join(map(str, found['largest'])) or 'none'}"
    if found["worse_off"]:
        yield f"By the values given it would leave worse off: {', '.join(found['worse_off'])}"


def _proposals(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{len(found['proposals'])} proposals"
    for one in found["parties"]:
        steps = ", ".join(f"{count} {name}" for name, count in one["steps"].items())
        moved = f"conceded {one['conceded']:.1%} of its range, gave others {one['given']:.1%}"
        yield f"· {one['party']} {moved}: {steps or 'one proposal'}"


_SAID = {
    "zone": _zone,
    "winning": _winning,
    "payments": _payments,
    "robust": _robust,
    "conditions": _conditions,
    "proposals": _proposals,
}


def _tables(asks: str, found: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, object]]]]:
    if asks == "zone":
        rows = {"within it each has": found["ranges"], "what opens it, from one party alone": found["openings"]}
    elif asks == "winning":
        rows = {"left out": found.get("left_out", ())}
    elif asks == "payments" and found["package"] is not None:
        each = [
            {"party": name, "before": found["utility"][name], "received": found["received"][name], "after": after}
            for name, after in found["after"].items()
        ]
        rows = {"what each has": each}
    elif asks == "robust":
        kept: tuple[str, ...] = ("budget", "objective", "price", "chance")
        rows = {"budgets": [{name: one.get(name) for name in kept} for one in found["budgets"]]}
    elif asks == "proposals":
        kept = ("number", "party", "kind", "change", "unclaimed", "to_front", "to_nash")
        rows = {"proposals": [{name: one[name] for name in kept} for one in found["proposals"]]}
    else:
        rows = {}
    yield from ((name, each) for name, each in rows.items() if each)
