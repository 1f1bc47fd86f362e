"""Each question over HTTP: one view for the whole table."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response

from comity.server.api.description import File, description, example_of, sections
from comity.server.api.paging import CURSOR, LIMIT, USUAL, Lists, page
from comity.server.api.problems import faulty, problem, served
from comity.server.asking import today
from comity.server.frames import frame
from comity.server.registers import Seen, ask
from comity.service import Refusal, shipped_folder
from comity.service.methods import METHODS
from comity.service.parameters import KNOWN, read
from comity.service.questions import Question, plain

__all__ = ["answer", "index", "kept", "openapi", "received", "state_of", "unknown"]


_lists = Lists()


@served
def answer(request: HttpRequest, question: Question, **named: str) -> HttpResponseBase:
    """The answer to a question of the table, or one page of it."""
    given = received(request, [one.name for one in question.parameters if one.kind == "lines"])
    paging = (LIMIT, CURSOR) if question.many else ()
    values = read((*question.parameters, KNOWN, *paging), {**given, **named}, today())
    known, limit, cursor = values.pop("known", None), values.pop("limit", USUAL), values.pop("cursor", "")
    with ask(settings.COMITY_LOG, None if known is None else str(known)) as seen:
        state = state_of(seen, request.path, values, past=known is not None)
        # The limit and the cursor choose among pages of one state.
        tag = f'"{sha256(f"{state}{limit}{cursor}".encode()).hexdigest()[:32]}"'
        unchanged = get_conditional_response(request, etag=tag)
        if unchanged is not None:
            return kept(unchanged, tag, seen, known)
        more = ""
        if question.many:
            whole = _lists.of((settings.COMITY_LOG, state), lambda: question.answer(seen.register, **values))
            one = page(whole, given, state, int(str(limit)), str(cursor))
            found: object = one.items
            more = one.next
        else:
            found = question.answer(seen.register, **values)
        body = msgspec.json.encode(plain(found))
    response = HttpResponse(body, content_type="application/json")
    if more:
        response.headers["Link"] = f'<{request.path}?{more}>; rel="next"'
    return kept(response, tag, seen, known)


def received(request: HttpRequest, lines: Collection[str] = ()) -> dict[str, str]:
    """What the query of an address says, `lines` given again and again as one text.

    Raises `Refusal` where it says anything else twice.
    """
    twice = [name for name, values in request.GET.lists() if len(values) > 1 and name not in lines]
    if twice:
        do = "a list is parted by commas"
        raise Refusal(faulty("parameter-wrong", f"“{name[:40]}” is given more than once", do) for name in twice)
    return {name: "\n".join(map(str, values)) for name, values in request.GET.lists()}


def kept(response: HttpResponseBase, tag: str, seen: Seen, known: object) -> HttpResponseBase:
    """How long an answer may be kept: one as known at a size for a day, any other until it is asked for again."""
    pinned = known is not None and str(known).isdecimal()
    response.headers["Cache-Control"] = "public, max-age=86400" if pinned else "public, no-cache"
    response.headers["ETag"] = tag
    response.headers["Comity-Size"] = str(seen.size)
    return response


def state_of(seen: Seen, path: str, values: Mapping[str, object], *, past: bool) -> str:
    """What an answer is a function of, as one word: this program, the log and its size, and what was asked."""
    asked = sorted((name, str(value)) for name, value in values.items())
    return sha256(repr((_program(), seen.origin, seen.size, past, path, asked)).encode()).hexdigest()


@cache
def _program() -> str:
    """The version, and the register that ships as it was installed."""
    files = sorted(path for path in shipped_folder().rglob("*") if path.is_file())
    marks = [(path.name, stat.st_size, stat.st_mtime_ns) for path in files for stat in (path.stat(),)]
    return sha256(repr((version("comity"), marks)).encode()).hexdigest()


@served
def openapi(request: HttpRequest) -> HttpResponseBase:
    """The description of the API, OpenAPI 3.1."""
    _nothing_given(request)
    body = _described(today())
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type="application/json")
    response.headers["ETag"], response.headers["Cache-Control"] = tag, "public, no-cache"
    return response


@lru_cache(maxsize=1)
def _described(day: date) -> bytes:
    with ask(settings.COMITY_LOG) as seen:
        return msgspec.json.encode(description(seen.register, day))


def _nothing_given(request: HttpRequest) -> None:
    read((), received(request), today())


@served
def index(request: HttpRequest) -> HttpResponseBase:
    """What there is to ask, for people."""
    groups = [(group, [_shown(one) for one in listed]) for group, listed in sections()]
    context = {**frame("en", ""), "methods": METHODS.values(), "sections": groups, "known": KNOWN, "usual": USUAL}
    return render(request, "api/index.html", context)


def _shown(one: Question | File) -> dict[str, object]:
    names = ("id", "path", "summary", "parameters")
    return {**{name: getattr(one, name) for name in names}, "example": example_of(one)}


@served
def unknown(request: HttpRequest) -> HttpResponse:
    """An address of the API where nothing is."""
    do = "/api/v1/ lists what there is; names in an address are percent-encoded"
    return problem(request, 404, [faulty("address-unknown", "there is nothing at this address", do)])
