"""Other quotas and other votes: how power moves with the majority required, and votes for a power wanted."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from comity.server.asking import Question, asked
from comity.server.drawings.curves import Curve, curves
from comity.server.drawings.labels import Labels
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.studio.common import number, part, saving, sources, wrong
from comity.server.studio.power import rule_choices
from comity.service import Refusal
from comity.service.methods import METHODS
from comity.service.reforms import DesignAnswer, DesignAsked, QuotaAnswer, QuotaAsked, design_votes, fraction, sweep

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

__all__ = ["design_page", "quota_page"]

_POINTS = 41
# Lines of the chart, and members that sentences are about.
_DRAWN, _TOLD = 6, 3
_QUOTA_EXAMPLE = ("imf-85", "2022-06-01", "rule=imf-85&on=2022-06-01&from=0.5&to=0.9")
_DESIGN_EXAMPLE = ("eu-population", "2010-01-01", "weights=eu-population&on=2010-01-01&law=square-root")


@require_safe
def quota_page(request: HttpRequest, language: str) -> HttpResponse:
    """How the power of members moves with the majority that a rule requires."""
    with asked(request, language, "rule", "from", "to") as question:
        given = question.extra
        context = (
            question.frame()
            | {
                "rules": rule_choices(question),
                "rule": given["rule"],
                "start": given["from"] or "0.5",
                "end": given["to"] or "0.9",
                "works": sources(question, METHODS["power-quota"].sources),
            }
            | _example(question, "quota", _QUOTA_EXAMPLE)
        )
        export = Export(name="quota", title="")
        if given["rule"]:
            inputs = QuotaAsked(
                rule=given["rule"],
                on=question.on,
                start=given["from"] or "0.5",
                end=given["to"] or "0.9",
                points=_POINTS,
            )
            try:
                _known(question, given["rule"])
                found = sweep(question.register, inputs)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                table = _swept(question, found)
                context |= _quota(question, found) | {"table": table} | saving("power-quota", inputs)
                export = Export(name=f"quota-{found.rule}", title=table.title, tables=(table,))
        return answer(request, question, "studio/quota.html", context, export)


def _example(question: Question, page: str, example: tuple[str, str, str]) -> dict[str, object]:
    words, reading = question.words, question.register.reading
    named, on, query = example
    known = reading.rule(named) or reading.weights(named)
    title = words.english(known.title) if known is not None else named
    return {
        "example": f"/{words.code}/analysis/{page}?{query}",
        "example_said": words.text("power.example", rule=title, on=on),
    }


def _known(question: Question, rule: str) -> None:
    """Never a file: what is no rule of the register is refused as such."""
    if question.register.reading.rule(rule) is None:
        from comity.service.rulings import unknown_rule  # noqa: PLC0415  # where it is refused

        raise unknown_rule(question.register, rule)


def _largest(found: QuotaAnswer) -> list[int]:
    """The members by the largest share that each comes to."""
    most = [max(one.shares[at] for one in found.points) for at in range(len(found.members))]
    return sorted(range(len(found.members)), key=lambda at: (-most[at], found.members[at]))


def _quota(question: Question, found: QuotaAnswer) -> dict[str, object]:
    words, ranked = question.words, _largest(found)
    says = []
    now = _now(found)
    if now is not None:
        says.append(words.text("quota.now", part=part(words, now, 1)))
    for at in ranked[:_TOLD]:
        high = max(found.points, key=lambda one: one.shares[at])
        low = min(found.points, key=lambda one: one.shares[at])
        says.append(
            words.text(
                "quota.most",
                member=words.name(found.members[at]),
                most=part(words, high.shares[at]),
                at=part(words, high.quota, 1),
                least=part(words, low.shares[at]),
                low=part(words, low.quota, 1),
            )
        )
    labels = Labels(
        title=bare(words.text("quota.chart")), description=bare(words.text("quota.chart.described")), name="quota"
    )
    lines = [Curve(found.members[at], tuple(one.shares[at] for one in found.points)) for at in ranked[:_DRAWN]]
    within = max(one.within for one in found.points)
    return {
        "title": words.english(found.title),
        "says": says,
        "drawing": curves([one.quota for one in found.points], lines, lambda one: part(words, one, 1), labels, now),
        "exact": words.text("quota.within", part=part(words, within)) if within else words.text("power.exact"),
        "data": [words.english(source) for source in found.sources],
        "command": (
            f"comity quota {found.rule} --on {found.on} --from {found.points[0].exact} --to {found.points[-1].exact}"
        ),
    }


def _now(found: QuotaAnswer) -> float | None:
    """The part that the rule asks for, where it is a part."""
    try:
        now = fraction(found.now)
    except Refusal:
        return None
    return float(now) if now <= 1 and found.now != "1" else None


def _swept(question: Question, found: QuotaAnswer) -> Table:
    words, ranked = question.words, _largest(found)
    columns = (
        Column("quota", words.text("quota.column"), "number"),
        Column("adopted", words.text("quota.adopted"), "number"),
        *(
            Column(found.members[at], words.name(found.members[at]), "number", shown=place < _DRAWN)
            for place, at in enumerate(ranked)
        ),
    )
    rows = (
        row(
            Cell(one.quota, said=words.isolated(part(words, one.quota, 1))),
            number(words, one.collectivity, percent=True),
            *(number(words, one.shares[at], percent=True) for at in ranked),
        )
        for one in found.points
    )
    title = bare(words.text("quota.chart"))
    return Table(id="quota", title=title, columns=columns, rows=tuple(rows))


@require_safe
def design_page(request: HttpRequest, language: str) -> HttpResponse:
    """Votes and a majority under which power follows a weight table."""
    with asked(request, language, "weights", "law", "quota") as question:
        given = question.extra
        tables = [(name, question.register.reading.weights(name)) for name in question.register.reading.ids("weights")]
        context = (
            question.frame()
            | {
                "tables": [(name, one.title) for name, one in tables if one is not None],
                "weights": given["weights"],
                "root": given["law"] == "square-root",
                "quota": given["quota"],
                "works": sources(question, METHODS["power-design"].sources),
            }
            | _example(question, "design", _DESIGN_EXAMPLE)
        )
        export = Export(name="design", title="")
        if given["weights"]:
            inputs = DesignAsked(
                on=question.on,
                weights=given["weights"],
                law="square-root" if given["law"] == "square-root" else "proportional",
                quota=given["quota"],
            )
            try:
                found = design_votes(question.register, inputs)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                table = _votes(question, found)
                context |= _designed(question, found, inputs) | {"table": table} | saving("power-design", inputs)
                export = Export(name="design", title=table.title, tables=(table,))
        return answer(request, question, "studio/design.html", context, export)


def _designed(question: Question, found: DesignAnswer, inputs: DesignAsked) -> dict[str, Any]:
    words, design = question.words, found.design
    votes = sum(design.votes)
    says: list[SafeString] = [
        words.text(
            "design.found",
            quota=words.number(design.quota),
            votes=words.number(votes),
            part=part(words, float(Fraction(design.quota, votes))),
        ),
        words.text("design.near", part=part(words, design.largest, 4)),
        words.text("design.proved" if design.proved else "design.unproved"),
    ]
    if found.penrose_quota is not None:
        says.append(words.text("design.penrose", part=part(words, found.penrose_quota)))
    quota = f" --quota {inputs.quota}" if inputs.quota else ""
    return {
        "says": says,
        "data": [words.english(found.source)] if found.source else [],
        "command": f"comity design {inputs.weights} --law {inputs.law}{quota} --on {inputs.on}",
    }


def _votes(question: Question, found: DesignAnswer) -> Table:
    words, design = question.words, found.design
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("votes", words.text("design.votes"), "number"),
        Column("wanted", words.text("design.wanted"), "number"),
        Column("power", words.text("power.banzhaf"), "number"),
    )
    members = sorted(
        zip(found.actors, design.votes, design.wanted, design.shares, strict=True), key=lambda one: (-one[2], one[0])
    )
    rows = (
        row(
            actor,
            Cell(words.name(actor), href=question.link(f"actors/{actor}")),
            Cell(votes, said=words.isolated(words.number(votes))),
            *(number(words, one, percent=True) for one in (wanted, share)),
        )
        for actor, votes, wanted, share in members
    )
    return Table(id="design", title=bare(words.text("design.title")), columns=columns, rows=tuple(rows))
