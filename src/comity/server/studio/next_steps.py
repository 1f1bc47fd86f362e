"""The next achievable step: positions that somebody brings, judged by a decision rule of the register."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.analysis.precedents.next_step import Candidate
from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, saving, sources, wrong
from comity.service import Refusal
from comity.service.form import read_inputs
from comity.service.methods import METHODS
from comity.service.next_steps import NextStep, next_step_of

__all__ = ["next_step_page"]

_TOLD = 6
# Invented positions of five delegations on three issues; one has said nothing of one.
_EXAMPLE = """\
actor,issue,option,utility,status_quo
A,review,every five years,2,0
B,review,every five years,1,0
C,review,every five years,1,0
D,review,every five years,3,0
E,review,every five years,,0
A,fund,new,-2,0
B,fund,new,4,0
C,fund,new,5,0
D,fund,new,3,0
E,fund,new,2,0
A,reporting,yearly,3,0
B,reporting,yearly,-1,0
C,reporting,yearly,-2,0
D,reporting,yearly,1,0
E,reporting,yearly,1,0
"""


@require_http_methods(["GET", "HEAD", "POST"])
def next_step_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The form, and the options in order; the example has an address of its own."""
    with asked(request, language, "example") as question:
        post = request.method == "POST"
        sent = request.POST if post else request.GET
        example = not post and bool(question.extra["example"])
        text = brought(request, question) if post else _EXAMPLE if example else ""
        rule = sent.get("rule", "")[:100]
        context = framed(question, request, example="1" if example else "") | {
            "text": text,
            "rules": [(one.id, one.title) for one in question.register.rules()],
            "rule": rule,
            "works": sources(question, METHODS["next-step"].sources),
        }
        export = Export(name="next-step", title="")
        if post or example:
            try:
                # Never the path of a rule file: inputs name rules of the register.
                inputs = read_inputs(METHODS["next-step"], {"text": text, "on": str(question.on), "rule": rule})
                found = next_step_of(question.register, text, rule, question.on)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                table = _table(question, found)
                context |= _told(question, found) | {"table": table}
                context |= saving("next-step", inputs)
                export = Export(name="next-step", title=table.title, tables=(table,))
        response = answer(request, question, "studio/next-step.html", context, export)
        # What somebody brought is nobody else's to keep.
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _told(question: Question, found: NextStep) -> dict[str, object]:
    words = question.words
    met, n = sum(one.met for one in found.candidates), len(found.candidates)
    heading = words.english(found.title) if found.title else words.text("next-step.everybody")
    return {
        "heading": heading,
        "says": words.text("next-step.met", met=words.number(met), n=words.number(n)),
        "notes": [words.english(note) for note in found.notes],
    }


def _table(question: Question, found: NextStep) -> Table:
    words = question.words
    returns = any(one.returns for one in found.candidates)
    linked = any(one.linked for one in found.candidates)
    names = ("issue", "option", "accept", "refuse", "unknown", "missing")
    columns = (
        Column("rank", "#", "number"),
        *(Column(name, bare(words.text(f"next-step.{name}"))) for name in names),
        *((Column("returns", bare(words.text("next-step.returns"))),) if returns else ()),
        *((Column("linked", bare(words.text("next-step.linked"))),) if linked else ()),
    )
    rows = tuple(_row(question, one, returns=returns, linked=linked) for one in found.candidates)
    return Table(id="options", title=bare(words.text("next-step.table")), columns=columns, rows=rows)


def _row(question: Question, one: Candidate, *, returns: bool, linked: bool) -> tuple[Cell, ...]:
    words = question.words
    won = [
        words.text("next-step.return", actor=_name(question, each.actor), issue=each.issue, option=each.option)
        for each in one.returns
    ]
    return row(
        one.rank,
        one.issue,
        one.option,
        *(_group(question, group) for group in (one.accept, one.refuse, one.unknown)),
        _missing(question, one),
        *((Cell("; ".join(map(bare, won)), said=format_html_join(" · ", "{}", ((each,) for each in won))),) * returns),
        *((Cell(", ".join(one.linked)),) * linked),
    )


def _group(question: Question, codes: Iterable[str]) -> Cell:
    """How many, and the first of them by name; what is exported has all, by code."""
    listed = list(codes)
    if not listed:
        return Cell("", said="0")
    return Cell(", ".join(listed), said=_counted(question, listed))


def _counted(question: Question, codes: list[str]) -> SafeString:
    words = question.words
    names = [_name(question, code) for code in codes[:_TOLD]]
    said = words.list([*names, "…"] if len(codes) > _TOLD else names)
    return format_html_join("", "{}{}{}", ((words.number(len(codes)), words.text("colon"), said),))


def _missing(question: Question, one: Candidate) -> Cell:
    words = question.words
    if one.lacks is None:
        return Cell(None, said=words.text("next-step.never"))
    if one.met:
        return Cell(0, said=words.text("next-step.enough"))
    flags = (words.text("next-step.from-refusing"),) if one.from_refusing else ()
    first = "; ".join(", ".join(each) for each in one.smallest)
    return Cell(first, said=_counted(question, list(one.smallest[0])), flags=flags)


def _name(question: Question, actor: str) -> str:
    """The name of an actor that the register knows; any other as it was written."""
    return question.words.name(actor) if actor in question.register.reading.directory.actors else actor
