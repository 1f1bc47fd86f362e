"""Parts of pages for other sites, in a frame: no script, no cookie, nothing that would know who reads them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.instruments import AREAS, Instrument
from comity.law.results import DECLARED, ActorStatus, Status
from comity.server.asking import Question, asked
from comity.server.exports.events import ahead
from comity.server.faults import Fault
from comity.server.frames import asset_at
from comity.server.headers import FRAMED
from comity.server.kept import kept
from comity.server.pages.choosing import actor_named, chosen_instrument, framed, instruments_by_area, names_to_choose
from comity.server.pages.instrument import horizon
from comity.server.pages.participants import flag_words, since_words
from comity.server.routes import page
from comity.server.words import LANGUAGES
from comity.service.ahead import Scope

__all__ = ["urlpatterns"]

_COUNTED = ("party", "contracting", "signatory", "former")
# How far ahead deadlines are listed, in days, and how many at the most.
_DAYS, _MOST = 730, 50


def _language(request: HttpRequest) -> str:
    """The language that the frame was asked in; a frame does not follow the reader's browser, but its own page."""
    found = request.GET.get("lang", "").lower()
    return found if found in LANGUAGES else "en"


def _framed(request: HttpRequest, question: Question, template: str, context: Mapping[str, object]) -> HttpResponse:
    """A small page of its own, which other sites may put a frame around."""
    direction: Literal["ltr", "rtl"] = question.words.language.direction
    base = settings.COMITY_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    frame = {
        "words": question.words,
        "language": question.words.language,
        "direction": asked_for if (asked_for := request.GET.get("dir", "")) in {"ltr", "rtl"} else direction,
        "style": asset_at("embed.css"),
        "base": base,
        "origin": question.seen.origin,
        "on": question.on,
    }
    # Without the request, so that nothing of a session can be looked at.
    response = HttpResponse(render_to_string(template, frame | dict(context)))
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def status_frame(request: HttpRequest, name: str) -> HttpResponse:
    """The status of an instrument: whether it is in force, how many, and who; `actors` narrows whom it lists."""
    with asked(request, _language(request), "actors") as question:
        it = chosen_instrument(question, name)
        if it.kind in DECLARED:
            raise Fault(404, question.words.text("answer.declared", instrument=question.words.title(it)))
        words, on = question.words, question.on
        status = question.register.status(it.id, on)
        wanted = _wanted(question)
        shown = [one for one in status.actors if not wanted or one.actor in wanted]
        reasons = question.register.why(it.id, next(iter(question.register.reading.directory.actors)), on).reasons
        context = {
            "title": words.title(it),
            "plain": words.plain_title(it),
            "href": question.link(f"instruments/{quote(it.id)}"),
            "force": _force(question, status),
            "counts": [words.count(f"count.{word}", n) for word in _COUNTED if (n := status.counts.get(word))],
            "past": horizon(words, status.known_until, reasons, on).past,
            "rows": sorted(
                (_row(question, it, one) for one in shown), key=lambda row: words.sort_key(str(row["name"]))
            ),
        }
        return _framed(request, question, "pages/embed_status.html", context)


def _wanted(question: Question) -> set[str]:
    """Whom the frame lists; a group stands for its members on the day."""
    directory, found = question.register.reading.directory, set[str]()
    for text in question.extra["actors"].split(","):
        if text.strip():
            code = actor_named(question, text, groups=True)
            found |= directory.members(code, question.on) if code in directory.groups else {code}
    return found


def _force(question: Question, status: Status) -> SafeString:
    words = question.words
    if status.in_force:
        return words.text("instrument.in-force", date=status.entry_into_force)
    ended = status.entry_into_force is not None and status.entry_into_force <= question.on
    return words.text("instrument.ended" if ended else "instrument.not-in-force", on=question.on)


def _row(question: Question, it: Instrument, one: ActorStatus) -> dict[str, object]:
    words = question.words
    return {
        "name": words.name(one.actor),
        "href": question.link(f"instruments/{it.id}/{one.actor}"),
        "said": words.status(one.status),
        "since": since_words(words, one),
        "flags": flag_words(words, one),
    }


@require_safe
def deadlines_frame(request: HttpRequest) -> HttpResponse:
    """What takes effect and what is due, of one instrument, one actor, one area, or all."""
    with asked(request, _language(request), "instrument", "actor", "area", "days") as question:
        scope = _scope(question)
        events = ahead(question, scope, question.on + timedelta(days=_days(question)))
        context = {
            "title": _scoped(question, scope),
            "plain": str(question.words.text("embed.deadlines")),
            "href": _page_of(question, scope),
            "events": events[:_MOST],
            "more": question.words.count("count.more", len(events) - _MOST) if len(events) > _MOST else "",
            "days": _days(question),
        }
        return _framed(request, question, "pages/embed_deadlines.html", context)


def _scope(question: Question) -> Scope:
    instrument, actor, area = (question.extra[name] for name in ("instrument", "actor", "area"))
    if area and area not in AREAS:
        raise Fault(404, question.words.text("embed.area", area=area, areas=question.words.list(AREAS)))
    return Scope(
        instrument=chosen_instrument(question, instrument).id if instrument else "",
        actor=actor_named(question, actor) if actor else "",
        area=area,
    )


def _days(question: Question) -> int:
    text = question.extra["days"]
    return min(int(text), _DAYS * 10) if text.isdecimal() and len(text) < len(str(_DAYS * 100)) else _DAYS


def _scoped(question: Question, scope: Scope) -> SafeString:
    words = question.words
    parts = [words.titled(scope.instrument)] if scope.instrument else []
    parts += [words.isolated(words.name(scope.actor))] if scope.actor else []
    parts += [words.isolated(words.area(scope.area))] if scope.area else []
    return words.list(parts) if parts else format_html("{}", words.text("embed.all"))


def _page_of(question: Question, scope: Scope) -> str:
    if scope.instrument:
        return question.link(f"instruments/{scope.instrument}")
    return question.link(f"actors/{scope.actor}" if scope.actor else "")


@require_safe
def embed_page(request: HttpRequest, language: str) -> HttpResponse:
    """What to copy into another site's page."""
    with asked(request, language, "instrument", "actor", "area") as question:
        base = settings.COMITY_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
        scope = _scope(question)
        shared = {"lang": language}
        addresses = []
        if scope.instrument:
            addresses.append(("embed.status", f"/embed/instrument/{scope.instrument}/status?{urlencode(shared)}", 480))
        of = {name: getattr(scope, name) for name in ("instrument", "actor", "area") if getattr(scope, name)}
        addresses.append(("embed.deadlines", f"/embed/deadlines?{urlencode(of | shared)}", 360))
        words = question.words
        context = framed(question, request, **of) | {
            "frames": [
                {
                    "title": words.text(key),
                    "href": address,
                    "snippet": _snippet(str(words.text(key)), base + address, tall),
                }
                for key, address, tall in addresses
            ],
            "areas": instruments_by_area(question),
            "names": names_to_choose(question),
            "themes": [(area, words.area(area)) for area in AREAS],
            "chosen": scope,
        }
    return render(request, "pages/embed.html", context)


def _snippet(title: str, address: str, tall: int) -> str:
    """What is to be copied, as text: the page escapes it once more, to show it."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="{tall}" loading="lazy" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )


urlpatterns = [
    path("embed/instrument/<str:name>/status", kept(status_frame)),
    path("embed/deadlines", kept(deadlines_frame)),
    page("embed", kept(embed_page)),
]
