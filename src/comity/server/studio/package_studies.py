"""What could be agreed beyond the best package, on the page of packages: the zone, payments, doubt, conditions."""

from collections.abc import Iterator
from typing import Any

from comity.server.asking import Question
from comity.server.exports.table import Column, Table, bare, row
from comity.server.studio.common import decimal, number, part

__all__ = ["STUDIES", "study_tables", "study_told"]

STUDIES = ("zone", "payments", "robust", "conditions")


def study_told(question: Question, found: Any) -> dict[str, object]:  # noqa: ANN401  # JSON of the analysis
    """The heading of an answer, and what is said below it."""
    words, asks = question.words, found["study"]
    if asks == "zone":
        return _zone(question, found)
    if asks == "conditions":
        missing = [words.text("package.lacks", **one) for one in found["missing"]]
        return {"heading": words.text("package.closes" if found["closes"] else "package.open"), "conflicts": missing}
    if asks == "robust":
        some = any(one["package"] for one in found["budgets"])
        return {"heading": words.text("package.by.robust" if some else "package.no-agreement")}
    if found["package"] is None:
        return {"heading": words.text("package.no-agreement")}
    without = found["without"]
    said = words.text("package.no-agreement") if without is None else decimal(words, without)
    surplus = decimal(words, found["surplus"])
    return {
        "heading": words.text(f"package.{found['status']}"),
        "bound": words.text("package.paid", surplus=surplus, without=said),
    }


def _zone(question: Question, found: Any) -> dict[str, object]:  # noqa: ANN401  # as above
    words = question.words
    if found["acceptable"] is None:
        low, high = (part(words, one) for one in found["interval"])
        return {"heading": words.text("package.zone.drawn", low=low, high=high)}
    counts = {name: words.number(int(found[key])) for name, key in (("n", "acceptable"), ("all", "packages"))}
    return {
        "heading": words.text("package.zone", **counts),
        "conflicts": [words.text("package.conflict", names=words.list(names)) for names in found["conflict"]],
    }


def study_tables(question: Question, found: Any) -> Iterator[Table]:  # noqa: ANN401  # as above
    """The tables of an answer."""
    words, asks = question.words, found["study"]
    party = Column("party", words.text("package.party"))
    if asks == "zone":
        yield from _ranges(question, found)
    elif asks == "robust":
        yield from _budgets(question, found)
    elif found["package"] is not None:
        columns = (Column("issue", words.text("package.issue")), Column("option", words.text("package.option")))
        rows = tuple(row(issue, option) for issue, option in found["package"].items())
        yield Table(id="package", title=bare(words.text("package.agreed")), columns=columns, rows=rows)
        if asks == "payments":
            yield from _paid(question, found)
        else:
            own = Column("utility", words.text("package.utility"), "number")
            rows = tuple(row(name, number(words, value)) for name, value in found["utility"].items())
            yield Table(id="utility", title=bare(words.text("package.each")), columns=(party, own), rows=rows)


def _ranges(question: Question, found: Any) -> Iterator[Table]:  # noqa: ANN401  # as above
    words = question.words
    party = Column("party", words.text("package.party"))
    if found["ranges"]:
        columns = [Column(name, words.text(f"package.{name}"), "number") for name in ("least", "most")]
        rows = tuple(
            row(one["party"], *(number(words, one[name]) for name in ("least", "most"))) for one in found["ranges"]
        )
        yield Table(id="ranges", title=bare(words.text("package.ranges")), columns=(party, *columns), rows=rows)
    opening = [one for one in found["openings"] if one["gives"] is not None]
    if opening:
        gives = Column("gives", words.text("package.gives"), "number")
        rows = tuple(row(one["party"], number(words, one["gives"])) for one in opening)
        yield Table(id="openings", title=bare(words.text("package.openings")), columns=(party, gives), rows=rows)


def _paid(question: Question, found: Any) -> Iterator[Table]:  # noqa: ANN401  # as above
    words = question.words
    columns = (
        Column("party", words.text("package.party")),
        Column("utility", words.text("package.utility"), "number"),
        Column("after", words.text("package.after"), "number"),
    )
    rows = tuple(
        row(name, number(words, found["utility"][name]), number(words, after))
        for name, after in found["after"].items()
        if name in found["utility"]
    )
    yield Table(id="utility", title=bare(words.text("package.each")), columns=columns, rows=rows)
    if found["payments"]:
        heads = (
            Column("payer", words.text("package.payer")),
            Column("payee", words.text("package.payee")),
            Column("amount", words.text("package.amount"), "number"),
        )
        rows = tuple(row(one["payer"], one["payee"], number(words, one["amount"])) for one in found["payments"])
        yield Table(id="payments", title=bare(words.text("package.payments")), columns=heads, rows=rows)


def _budgets(question: Question, found: Any) -> Iterator[Table]:  # noqa: ANN401  # as above
    words = question.words
    held = [one for one in found["budgets"] if one["package"]]
    if not held:
        return
    columns = (
        Column("budget", words.text("package.worst"), "number"),
        *(Column(f"issue_{at}", issue) for at, issue in enumerate(held[0]["package"], 1)),
        Column("price", words.text("package.price"), "number"),
        Column("chance", words.text("package.chance"), "number"),
    )
    rows = tuple(
        row(
            number(words, one["budget"]),
            *one["package"].values(),
            number(words, one["price"]),
            number(words, one["chance"], percent=True),
        )
        for one in held
    )
    yield Table(id="robust", title=bare(words.text("package.robust")), columns=columns, rows=rows)
