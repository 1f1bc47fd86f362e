"""The command that looks ahead: whether an instrument enters into force, by when, and what a veto costs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.cli import output
from comity.cli.options import Ask, as_day, query
from comity.findings import has_errors
from comity.register.folder import read_text
from comity.service import Refusal, forecasting, refuse

if TYPE_CHECKING:
    from comity.cli.layout import Lines

__all__ = ["forecast_command"]

_MOST = 5_000_000  # bytes of a table of figures


@click.command("forecast")
@click.argument("instrument")
@click.option("--from", "start", metavar="DAY", help="The first day; left out: today.")
@click.option("--until", "end", required=True, metavar="DAY", help="The last day.")
@click.option("--parties", type=click.IntRange(min=1), metavar="NUMBER", help="Ask whether so many have consented.")
@click.option("--without", multiple=True, metavar="ACTOR", help="Somebody, or a group, stays out. May be repeated.")
@click.option(
    "--hurdle",
    "hurdles",
    multiple=True,
    metavar="ACTOR=DATE|FACTOR",
    help="No consent before a day, or so much of the pace (0.5: half). May be repeated.",
)
@click.option(
    "--covariates", type=click.Path(path_type=Path), metavar="FILE", help="Figures of your own: actor,year,name,value."
)
@click.option("--source", default="", metavar="TEXT", help="Whence those figures are.")
@query
def forecast_command(  # noqa: PLR0913  # an option each
    *,
    instrument: str,
    start: str | None,
    end: str,
    parties: int | None,
    without: tuple[str, ...],
    hurdles: tuple[str, ...],
    covariates: Path | None,
    source: str,
    ask: Ask,
) -> None:
    """The chance that INSTRUMENT's conditions for entry into force are met, or that so many States have joined."""
    found = ask.register().forecast(
        instrument,
        as_day(start, "--from"),
        as_day(end, "--until"),
        parties=parties,
        hurdles=hurdles,
        without=without,
        covariates=_figures(covariates, source),
        covariates_source=source,
    )
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        columns = ("date", "chance", "low", "high", "error")
        values = zip(found.dates, found.chance, found.low, found.high, found.error, strict=True)
        output.write_table([dict(zip(columns, row, strict=True)) for row in values], columns)
    else:
        _shown(found)


def _figures(file: Path | None, source: str) -> str:
    if file is None:
        return ""
    if not source.strip():
        raise refuse("source-missing", "figures have no source", "say whence they are with --source")
    text, findings = read_text(file, str(file), _MOST)
    if has_errors(findings):
        raise Refusal(findings)
    return text


def _shown(found: forecasting.Forecast) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    out.say((f"{found.instrument}: the chance that {found.question}", "title"))
    out.say(f"As known on {found.start}. In forecasts of the past {found.backtest['says']}.")
    out.raw()
    rows = tuple(
        Row(
            cells=(
                (day.isoformat(), ""),
                (f"{chance:.1%}", ""),
                (f"{low:.0%} to {high:.0%}", "faint"),
                ("" if error is None else f"±{error:.1%}", ""),
            )
        )
        for day, chance, low, high, error in zip(
            found.dates, found.chance, found.low, found.high, found.error, strict=True
        )
    )
    heads = (
        Column(head="by"),
        Column(head="chance", right=True),
        Column(head="if slow, if fast", right=True),
        Column(),
    )
    out.table(Block(columns=heads, rows=rows))
    for one in found.reached:
        said = "not within fifty years" if one.date is None else f"by {one.date}"
        out.say(f"A chance of {one.chance:.0%}: {said}.")
    number = found.parties
    out.say(
        f"Consents: {number['now']:.0f} as known, {number['expected']:.0f} expected by {found.dates[-1]} "
        f"({number['low']:.0f} to {number['high']:.0f} four times of five)."
    )
    if found.veto is not None:
        _veto(out, found, found.veto)
    if found.drivers:
        out.raw()
        _drivers(out, found)
    for note in found.notes:
        out.say(f"· {note}", style="faint")


def _veto(out: "Lines", found: forecasting.Forecast, veto: forecasting.Veto) -> None:
    late = "" if veto.days is None else f" and puts the median date off by {veto.days} days"
    out.say(
        f"{', '.join(veto.hurdles)}: {'costs' if veto.change <= 0 else 'adds'} {abs(veto.change) * 100:.2g} points of "
        f"the chance by {found.dates[-1]} ({veto.chance[-1]:.1%} without){late}."
    )


def _drivers(out: "Lines", found: forecasting.Forecast) -> None:
    from comity.cli.layout import Block, Column, Row  # noqa: PLC0415  # where people read

    heads = (
        Column(head="on whom it hangs most"),
        *(Column(head=head, right=True) for head in ("joins by then", "joining now adds", "staying out costs", "days")),
    )
    rows = tuple(
        Row(
            cells=(
                (one.actor, ""),
                (f"{one.chance:.0%}", ""),
                (f"+{one.effect:.2%}", ""),
                (f"-{one.cost:.2%}", ""),
                ("" if one.days is None else str(one.days), ""),
            )
        )
        for one in found.drivers
    )
    out.table(Block(columns=heads, rows=rows))
