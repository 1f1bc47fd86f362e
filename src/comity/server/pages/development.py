"""How the number of parties to an instrument went up and down, as a line and as its table."""

from comity.instruments import Instrument
from comity.law.timeline import Movement
from comity.server.asking import Question
from comity.server.charts import Chart, steps_over_time
from comity.server.exports.table import Cell, Column, Table, bare, row

__all__ = ["chart_of", "movements_table"]


def movements_table(question: Question, it: Instrument, found: list[Movement]) -> Table:
    """Every day on which somebody became a party or ceased to be one, oldest first."""
    words = question.words

    def named(codes: tuple[str, ...]) -> Cell:
        return Cell(" ".join(codes), words.names(codes)) if codes else Cell()

    columns = (
        Column("date", words.text("ask"), "date"),
        Column("joined", words.text("movements.joined")),
        Column("left", words.text("movements.left")),
        Column("parties", words.text("movements.parties"), "number"),
    )
    rows = [
        row(
            Cell(one.date, href=question.link(f"instruments/{it.id}", on=one.date)),
            named(one.joined),
            named(one.left),
            one.parties,
        )
        for one in found
    ]
    return Table(id="movements", title=bare(words.text("movements.caption")), columns=columns, rows=tuple(rows))


def chart_of(question: Question, found: list[Movement]) -> Chart | None:
    """The line of the number of parties up to the day asked, or to the last change that is fixed already."""
    if not found:
        return None
    points = [(one.date, one.parties) for one in found]
    return steps_over_time(points, max(question.on, points[-1][0]), question.on)
