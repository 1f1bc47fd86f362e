"""Permanent addresses, after the manner of the European Legislation Identifier: they name, and lead on.

`/eli/instruments/paris-agreement/2020-12-01/14021` names the Agreement as it stood on that day, as known when the log
had that many entries; a shorter address leaves what follows open. A reader is led to the page, a program to the API
(303, "See Other", for a treaty is not its description). What they name never changes; where they lead may.
"""

import re
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
from comity.service import logbook, refuse
from comity.service.entries import index_of_hash
from comity.service.parameters import read

__all__ = ["urlpatterns"]

_PAGE, _JSON = "text/html", "application/json"
# The hash of an entry, and the beginning of one that may stand behind an index; an index is as long as the API takes.
_HASH, _START, _LONGEST = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{8,64}"), 12


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
def act(request: HttpRequest, named: str) -> HttpResponseBase:
    """An act, or any other entry: by its place in the log, which no later entry changes, or by its hash, or by both.

    The beginning of a hash after the place holds the address to the entry that was meant, in whatever log it is asked.
    """
    index, _, start = named.partition("-")
    with ask(settings.COMITY_LOG) as seen:
        if _HASH.fullmatch(named):
            at = index_of_hash(seen.register, named)
        elif index.isdecimal() and len(index) <= _LONGEST and (not start or _START.fullmatch(start)):
            at = int(index) if logbook.entry(seen.register, int(index)).hash.startswith(start) else None
        else:
            at = None
    if at is None:
        says = f"“{named:.80}” names no entry of this log"
        raise refuse("entry-unknown", says, "an entry is named by its index, by its hash, or by index-hash")
    return _see(request, f"log/{at}", f"log/entries/{at}", {})


@_led
def actor(request: HttpRequest, code: str) -> HttpResponseBase:
    """A State, an organization or an entity."""
    with ask(settings.COMITY_LOG) as seen:
        found = quote(seen.register.actor_code(code))
    return _see(request, f"actors/{found}", f"actors/{found}", {})


urlpatterns = [
    path("instruments/<str:name>", instrument),
    path("instruments/<str:name>/provisions/<str:number>", provision),
    path("instruments/<str:name>/<str:on>", instrument),
    path("instruments/<str:name>/<str:on>/<str:size>", instrument),
    path("actors/<str:code>", actor),
    path("acts/<str:named>", act),
]
