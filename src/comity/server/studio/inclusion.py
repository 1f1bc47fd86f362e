"""Who had what part of a meeting or an agreement: a table that somebody brings, beside people, need, contribution."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, decimal, part, saving, sources, wrong
from comity.service import Refusal
from comity.service.apart import Where, apart
from comity.service.methods import METHODS

__all__ = ["inclusion_page"]

# Four invented delegations of two regions: minutes, proposals, people in millions.
_EXAMPLE = """\
actor,group,minutes,proposals_made,proposals_accepted,population,contribution
A,north,60,8,6,10,50
B,north,30,4,2,10,30
C,south,10,4,1,60,15
D,south,0,1,0,20,5
"""
_Json = Mapping[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
def inclusion_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The form, and the parts that the table tells of; the example has an address of its own."""
    with asked(request, language, "example") as question:
        post = request.method == "POST"
        example = not post and bool(question.extra["example"])
        text = brought(request, question) if post else _EXAMPLE if example else ""
        context = framed(question, request, example="1" if example else "") | {
            "text": text,
            "works": sources(question, METHODS["inclusion"].sources),
        }
        export = Export(name="inclusion", title="")
        if text.strip():
            where = Where(settings.COMITY_LOG, question.seen.size, past=bool(question.known))
            inputs = {"text": text, "on": str(question.on)}
            try:
                found = apart("inclusion", inputs, where)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                tables = tuple(
                    table
                    for table in (_indices(question, found), _parts(question, found), _rates(question, found))
                    if table.rows
                )
                context |= {"tables": tables, "says": _says(question, found)} | saving("inclusion", inputs)
                export = Export(name="inclusion", title=bare(question.words.text("inclusion.title")), tables=tables)
        response = answer(request, question, "studio/inclusion.html", context, export)
        # What somebody brought is nobody else's to keep.
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _name(question: Question, actor: str) -> str:
    return question.words.name(actor) if actor in question.register.reading.directory.actors else actor


def _says(question: Question, found: _Json) -> list[SafeString]:
    """Of each measure beside each reference: who has most, and who least, of what would be its part."""
    words, said = question.words, []
    for index in found["indices"]:
        own = [
            one
            for one in found["parts"]
            if (one["measure"], one["reference"]) == (index["measure"], index["reference"]) and one["ratio"] is not None
        ]
        if index["reference"] == "equal" or not own:
            continue
        most, least = max(own, key=lambda one: one["ratio"]), min(own, key=lambda one: one["ratio"])
        said.append(
            words.text(
                "inclusion.says",
                measure=index["measure"],
                reference=index["reference"],
                most=_name(question, most["actor"]),
                more=decimal(words, most["ratio"], 2),
                least=_name(question, least["actor"]),
                less=decimal(words, least["ratio"], 2),
            )
        )
    return said


def _number(question: Question, value: float | None) -> Cell:
    if value is None:
        return Cell()
    return Cell(value, said=question.words.isolated(decimal(question.words, round(value, 3), 3)))


def _percent(question: Question, value: float | None) -> Cell:
    if value is None:
        return Cell()
    return Cell(value, said=question.words.isolated(part(question.words, value, 1)))


def _indices(question: Question, found: _Json) -> Table:
    words = question.words
    names = ("hoover", "lot_high", "gini", "theil", "between")
    columns = (
        Column("measure", words.text("inclusion.measure")),
        Column("reference", words.text("inclusion.reference")),
        *(Column(name, words.text(f"inclusion.{name.replace('_', '-')}"), "number") for name in names),
    )
    rows = (
        row(
            one["measure"],
            _reference(question, one["reference"]),
            *((_percent if name in {"hoover", "lot_high"} else _number)(question, one[name]) for name in names),
        )
        for one in found["indices"]
    )
    return Table(id="indices", title=bare(words.text("inclusion.indices")), columns=columns, rows=tuple(rows))


def _reference(question: Question, name: str) -> Cell:
    return Cell(name, said=question.words.text("inclusion.equal") if name == "equal" else "")


def _parts(question: Question, found: _Json) -> Table:
    words = question.words
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("measure", words.text("inclusion.measure")),
        Column("reference", words.text("inclusion.reference")),
        Column("share", words.text("inclusion.share"), "number"),
        Column("reference_share", words.text("inclusion.beside"), "number"),
        Column("ratio", words.text("inclusion.ratio"), "number"),
    )
    rows = (
        row(
            one["actor"],
            _name(question, one["actor"]),
            one["measure"],
            _reference(question, one["reference"]),
            *(_percent(question, one[name]) for name in ("share", "reference_share")),
            _number(question, one["ratio"]),
        )
        for one in found["parts"]
    )
    return Table(id="parts", title=bare(words.text("inclusion.parts")), columns=columns, rows=tuple(rows))


def _rates(question: Question, found: _Json) -> Table:
    words = question.words
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        *(
            Column(name, words.text(f"inclusion.{name}"), "number")
            for name in ("accepted", "made", "rate", "low", "high")
        ),
    )
    rows = (
        row(
            one["actor"],
            _name(question, one["actor"]),
            *(Cell(one[name], said=words.isolated(words.number(one[name]))) for name in ("accepted", "made")),
            *(_percent(question, one[name]) for name in ("rate", "low", "high")),
        )
        for one in found["rates"]
    )
    return Table(id="rates", title=bare(words.text("inclusion.rates")), columns=columns, rows=tuple(rows))
