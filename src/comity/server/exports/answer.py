"""A page, or what it gives away: the same address and parameters, with `format=` for the form.

There is one way: `?format=csv` beside whatever else the page was asked, and `table=` where a page has several tables.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from comity.server.asking import Question
from comity.server.exports.drawn import alone
from comity.server.exports.events import calendar_of, feed_of
from comity.server.exports.offline import offline
from comity.server.exports.provenance import Provenance, address, provenance
from comity.server.exports.sheets import write_csv, write_json, write_parquet, write_workbook
from comity.server.exports.table import Table, bare
from comity.server.faults import Fault
from comity.service.ahead import Scope

__all__ = ["Export", "answer"]

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
# What a program follows, and no file to keep: it asks again without a day, and gets what is so by then.
_FOLLOWED = ("ics", "atom")


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What a page gives away.

    `name` begins the names of files; `title` is the question in the words of the page, without tags. `known_until`
    says up to when acts are complete, a line each. Within `scope` there are a calendar and a feed; `document` makes
    the page a PDF, when that is asked for.
    """

    name: str
    title: str
    tables: tuple[Table, ...] = ()
    known_until: tuple[str, ...] = ()
    scope: Scope | None = None
    document: Callable[[Provenance], bytes] | None = None
    # Drawings as the page has them, and whether its tables may be had as columns too: answers of the analysis.
    drawings: tuple[str, ...] = ()
    columnar: bool = False

    def forms(self) -> tuple[str, ...]:
        """The forms that it can be had in."""
        return (
            *(("csv", "xlsx", "json") if self.tables else ()),
            *(("parquet",) if self.tables and self.columnar else ()),
            *(("svg",) if self.drawings else ()),
            *(("pdf",) if self.document is not None else ()),
            *(("html",) if self.title else ()),
            *(_FOLLOWED if self.scope is not None else ()),
        )


class Link(msgspec.Struct, frozen=True):
    """Where a form can be had."""

    label: str
    href: str
    kind: str


def answer(
    request: HttpRequest, question: Question, template: str, context: dict[str, object], export: Export
) -> HttpResponse:
    """The page, with links to what it gives away; or the form that was asked. Raises `Fault` for one it has not.

    To be called while the question is still open, since some of it is only made here.
    """
    # What was brought with a form is asked for with it again: no address holds it.
    export = _of_analysis(question, context, export)
    form = (request.POST if request.method == "POST" else request.GET).get("format", "").strip().lower()
    if not form:
        links = list(_links(question, export))
        feed = next((link.href for link in links if link.kind == _TYPES["atom"]), "")
        return render(request, template, context | {"exports": links, "feed": feed, "drawings": export.drawings})
    if form not in export.forms():
        words = question.words
        raise Fault(404, words.text("export.form", form=form, forms=words.list(export.forms())))
    if form == "html":
        page = render_to_string(template, context | {"live": ""}, request)
        said = provenance(request, question, export.title, export.known_until)
        body = offline(page, said, question.words, datetime.now(UTC))
    else:
        body = _written(request, question, export, form)
    response = HttpResponse(body, content_type=_TYPES[form])
    response.headers["X-Robots-Tag"] = "noindex"
    if form not in _FOLLOWED:
        name = f"{export.name}-{question.on}.{form}"
        if form == "html":  # it says when it was saved
            response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _written(request: HttpRequest, question: Question, export: Export, form: str) -> bytes:
    if form == "csv":
        return write_csv(_table(request, question, export))
    said = provenance(request, question, export.title, export.known_until)
    if form == "parquet":
        return write_parquet(_table(request, question, export), said)
    if form == "svg":
        return alone(export.drawings[0])
    if form == "xlsx":
        return write_workbook(export.tables, said, question.words)
    if form == "json":
        return write_json(export.tables, said)
    if form == "pdf" and export.document is not None:
        return export.document(said)
    scope = export.scope or Scope()
    return calendar_of(question, scope, said) if form == "ics" else feed_of(question, scope, said)


def _of_analysis(question: Question, context: Mapping[str, object], export: Export) -> Export:
    """What a page of the analysis gives away besides: what it drew, and its tables for programs that read columns."""
    if not question.path.startswith("analysis"):
        return export
    drawings = tuple(one for one in context.values() if isinstance(one, str) and one.startswith("<svg"))
    return msgspec.structs.replace(export, drawings=drawings, columnar=find_spec("pyarrow") is not None)


def _table(request: HttpRequest, question: Question, export: Export) -> Table:
    wanted = (request.GET.get("table") or request.POST.get("table", "")).strip() or export.tables[0].id
    found = next((table for table in export.tables if table.id == wanted), None)
    if found is None:
        words = question.words
        raise Fault(404, words.text("export.table", table=wanted, tables=words.list(t.id for t in export.tables)))
    return found


def _links(question: Question, export: Export) -> Iterator[Link]:
    words = question.words
    for form in export.forms():
        label = bare(words.text(f"export.{form}"))
        if form == "csv" and len(export.tables) > 1:
            for table in export.tables:
                yield Link(f"{label}: {table.title}", address(question, format=form, table=table.id), _TYPES[form])
        elif form in _FOLLOWED:
            yield Link(label, address(question, format=form, on="", known=""), _TYPES[form])
        elif form == "html" and "page" in question.extra:  # a long table whole, since no further page can be asked for
            yield Link(label, address(question, format=form, page="all"), _TYPES[form])
        else:
            yield Link(label, address(question, format=form), _TYPES[form])
