"""Permanent addresses, after the manner of the European Legislation Identifier: they name, and lead on.

`/eli/instruments/paris-agreement/2020-12-01/14021` names the Agreement as it stood on that day, as known when the log
had that many entries; a shorter address leaves what follows open. A reader is led to the page, a program to the API
(303, "See Other", for a treaty is not its description). What they name never changes; where they lead may.
"""

from functools import wraps
from http import HTTPStatus
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.cache import patch_vary_headers

from comity.dates import parse_date
from comity.server.api.problems import View, served
from comity.server.api.views import received
from comity.server.asking import today
from comity.server.faults import language_for
from comity.server.registers import ask
from comity.service import Register, logbook, refuse
from comity.service.parameters import read

__all__ = ["urlpatterns"]

_PAGE, _JSON = "text/html", "application/json"


def _led(view: View) -> View:
    """A view of the API, whose reader is shown a page where nothing is named."""
    answer = served(view)

    @wraps(answer)
    def run(request: HttpRequest, **named: str) -> HttpResponseBase:
        response = answer(request, **named)
        if response.status_code == HTTPStatus.NOT_FOUND and not _prefers_data(request):
            raise Http404
        return response

    return run


def _see(request: HttpRequest, page: str, data: str, asked: dict[str, str]) -> HttpResponse:
    """On to the page in the reader's language, or to the API, by what the client prefers."""
    read((), received(request), today())  # a permanent address has no parameters
    query = f"?{urlencode(asked)}" if asked else ""
    whole = f"{page}{query}"
    if "#" in page:
        place, _, mark = page.partition("#")
        whole = f"{place}{query}#{mark}"
    to = f"/api/v1/{data}{query}" if _prefers_data(request) else f"/{language_for(request)}/{whole}"
    response = HttpResponse(status=303, headers={"Location": to, "Cache-Control": "public, no-cache"})
    response.headers["Link"] = f'</api/v1/{data}{query}>; rel="alternate"; type="{_JSON}"'
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def _prefers_data(request: HttpRequest) -> bool:
    return request.get_preferred_type([_PAGE, _JSON]) == _JSON


def _asked(on: str, size: str) -> dict[str, str]:
    """What an address pins, as the query of a page has it; raises `Refusal` for what is no day and no size."""
    if on:
        try:
            parse_date(on)
        except ValueError as error:
            raise refuse("date-impossible", str(error), "an address names a whole day, YYYY-MM-DD") from error
    if size and not size.isdecimal():
        raise refuse("moment-wrong", f"“{size:.20}” is no size of the log", "an address names how many entries it had")
    return {name: value for name, value in (("on", on), ("known", size)) if value}


@_led
def instrument(request: HttpRequest, name: str, on: str = "", size: str = "") -> HttpResponseBase:
    """An instrument; as it stood on a day; and as known at a size of the log."""
    asked = _asked(on, size)
    with ask(settings.COMITY_LOG, size or None) as seen:
        found = quote(seen.register.instrument(name).id)
    data = f"instruments/{found}/status" if on else f"instruments/{found}"
    return _see(request, f"instruments/{found}", data, asked)


@_led
def provision(request: HttpRequest, name: str, number: str) -> HttpResponseBase:
    """A provision of an instrument, by its number."""
    with ask(settings.COMITY_LOG) as seen:
        it = seen.register.instrument(name)
    if it.provision(number) is None:
        known = ", ".join(one.id for one in it.provisions) or "none"
        raise refuse("entry-unknown", f"{it.id} lists no provision “{number:.40}”", f"it lists {known:.300}")
    found = f"instruments/{quote(it.id)}"
    return _see(request, f"{found}#provision-{quote(number)}", found, {})


@_led
def act(request: HttpRequest, index: str) -> HttpResponseBase:
    """An act, by its place in the log, which no later entry changes."""
    if not index.isdecimal() or len(index) > 12:  # noqa: PLR2004  # as long as a number of the API may be
        raise refuse("entry-unknown", f"“{index:.20}” is no index of the log", "entries count from 0")
    with ask(settings.COMITY_LOG) as seen:
        page = _page_of(seen.register, int(index))
    return _see(request, page, f"log/entries/{int(index)}", {})


def _page_of(register: Register, index: int) -> str:
    """Where a reader sees what an entry is about: the actor under the instrument, the instrument, or what a log is."""
    leaf = logbook.entry(register, index).leaf or {}
    body = leaf.get("body", {})
    name = body.get("id" if leaf.get("kind") == "instrument" else "instrument", "")
    actor = body.get("actor", "")
    reading = register.reading
    if not isinstance(name, str) or not reading.has_definition(name):
        return "about"
    known = isinstance(actor, str) and actor in reading.directory.actors
    return f"instruments/{quote(name)}/{quote(actor)}" if known else f"instruments/{quote(name)}"


urlpatterns = [
    path("instruments/<str:name>", instrument),
    path("instruments/<str:name>/provisions/<str:number>", provision),
    path("instruments/<str:name>/<str:on>", instrument),
    path("instruments/<str:name>/<str:on>/<str:size>", instrument),
    path("acts/<str:index>", act),
]
