"""Depositary notifications as pages, text, documents and a feed: public, like the acts that they tell of."""

from datetime import UTC
from xml.etree import ElementTree as ET  # writes only; nothing that comes from outside is read with it

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.server.asking import Question, asked
from comity.server.desk.issuing import told_in
from comity.server.desk.links import absolute
from comity.server.desk.models import Notification
from comity.server.exports.pdf import render as typeset
from comity.server.exports.provenance import address
from comity.server.words import words_in

__all__ = ["as_pdf", "as_text", "feed", "listed", "notification"]

_A_PAGE = 50
_ATOM = "http://www.w3.org/2005/Atom"


def _one(year: int, number: int) -> Notification:
    found = Notification.objects.select_related("document").filter(year=year, number=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
def listed(request: HttpRequest, language: str) -> HttpResponse:
    """The notifications, the newest first, of one instrument or year where these are asked for."""
    with asked(request, language, "instrument", "year", "page") as question:
        found = _asked_for(question)
        page = Paginator(found, _A_PAGE).get_page(question.extra["page"])
        words = question.words
        context = question.frame() | {
            "page": page,
            "rows": [_row(question, one) for one in page],
            "chosen": question.extra,
            "instruments": [
                (name, words.titled(name))
                for name in Notification.objects.order_by("instrument").values_list("instrument", flat=True).distinct()
            ],
            "years": Notification.objects.order_by("-year").values_list("year", flat=True).distinct(),
            "feed": _address(question, "notifications/feed"),
            "older": address(question, page=str(page.next_page_number())) if page.has_next() else "",
            "newer": address(question, page=str(page.previous_page_number())) if page.has_previous() else "",
        }
    return render(request, "desk/notifications.html", context)


def _asked_for(question: Question) -> QuerySet[Notification]:
    found = Notification.objects.all()
    if question.extra["instrument"]:
        found = found.filter(instrument=question.extra["instrument"])
    year = question.extra["year"]
    return found.filter(year=int(year)) if year.isascii() and year.isdecimal() and len(year) == len("2026") else found


def _address(question: Question, path: str) -> str:
    name = question.extra["instrument"]
    return f"/{question.words.code}/{path}{f'?instrument={name}' if name and name.isascii() else ''}"


def _row(question: Question, one: Notification) -> dict[str, object]:
    return {
        "href": f"/{question.words.code}/{one.path}",
        "name": str(one),
        "issued": one.issued.astimezone(UTC).date(),
        "subject": told_in(one, question.words.code)["subject"],
    }


@require_safe
def notification(request: HttpRequest, language: str, year: int, number: int) -> HttpResponse:
    """One notification, as it was issued."""
    one = _one(year, number)
    told = told_in(one, language)
    with asked(request, language) as question:
        context = question.frame() | {
            "one": one,
            "subject": told["subject"],
            "told": told,
            "body": [_parted(paragraph) for paragraph in told["body"]],
            "entry": "" if one.entry is None else f"/{language}/log/{one.entry}",
            "permalink": "",
            "instrument": question.words.titled(one.instrument),
            "instrument_href": question.link(f"instruments/{one.instrument}"),
            "known": "",
        }
    return render(request, "desk/notification.html", context)


def _parted(paragraph: str) -> tuple[str, list[str]]:
    """A paragraph, and the lines that are a list under it."""
    first, *rest = paragraph.split("\n")
    return first, [line.strip().removeprefix("–").strip() for line in rest]


@require_safe
def as_text(request: HttpRequest, language: str, year: int, number: int) -> HttpResponse:
    """One notification as plain text."""
    del request
    text = told_in(_one(year, number), language)["text"]
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def as_pdf(request: HttpRequest, language: str, year: int, number: int) -> HttpResponse:
    """One notification as a document."""
    del request
    one, words = _one(year, number), words_in(language)
    told = told_in(one, language)
    name, *more, _subject = told["head"]
    data = {
        "title": told["subject"],
        "reference": name,
        "asked": " · ".join(more[1:]),
        "author": str(words.text("site")),
        "running": str(one),
        "paragraphs": told["body"],
        "facts": told["facts"],
        "attention": told["addressed"],
        "date": told["issued"],
    }
    response = HttpResponse(typeset("notification", data, language, one.issued), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{one}.{language}.pdf"'
    return response


# The feed


@require_safe
def feed(request: HttpRequest, language: str) -> HttpResponse:
    """The newest notifications as a feed (Atom, RFC 4287), of one instrument where one is asked for."""
    with asked(request, language, "instrument", "year") as question:
        newest = list(_asked_for(question)[:_A_PAGE])
        body = _feed(question, newest)
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


def _feed(question: Question, newest: list[Notification]) -> bytes:
    ET.register_namespace("", _ATOM)
    code = question.words.code
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": code})
    own = absolute(_address(question, "notifications/feed"))
    _add(root, "id", own)
    _add(root, "title", str(question.words.text("desk.notifications")))
    _add(root, "updated", _moment(newest[0]) if newest else "1970-01-01T00:00:00Z")
    _add(root, "link", rel="self", href=own)
    _add(root, "link", rel="alternate", type="text/html", href=absolute(_address(question, "notifications")))
    _add(_add(root, "author"), "name", question.seen.origin)
    for one in newest:
        told = told_in(one, code)
        entry = _add(root, "entry")
        link = absolute(f"/{code}/{one.path}")
        _add(entry, "id", link)
        _add(entry, "title", f"{one}: {told['subject']}")
        _add(entry, "updated", _moment(one))
        _add(entry, "link", rel="alternate", type="text/html", href=link)
        _add(entry, "content", told["text"]).set("type", "text")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _moment(one: Notification) -> str:
    return one.issued.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
