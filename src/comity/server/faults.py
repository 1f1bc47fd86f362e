"""What cannot be answered, as a page: what is wrong, what may have been meant, and never a traceback."""

import logging
from collections.abc import Callable
from copy import copy
from http import HTTPStatus
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import parse_accept_lang_header

from comity.server.frames import frame, language_of
from comity.server.words import LANGUAGES, words_in

__all__ = [
    "Fault",
    "as_pages",
    "bad_request",
    "forbidden",
    "forged",
    "language_for",
    "not_found",
    "server_error",
    "too_many",
]


# What may be asked again after a log-in: a form is not sent twice.
_READING = frozenset({"GET", "HEAD"})
# What pages take; a form can be sent with POST alone.
_TAKEN = _READING | {"POST"}


class Fault(Exception):  # noqa: N818  # not an error of ours: what the reader asked cannot be answered, and why
    """What was asked cannot be answered: `lines` say why; `nearest` are addresses and names perhaps meant.

    A status of 401 says that somebody must log in first: a reader of pages is led there.
    """

    def __init__(self, status: int, *lines: SafeString, nearest: tuple[tuple[str, object], ...] = ()) -> None:
        super().__init__(status)
        self.status, self.lines, self.nearest = status, lines, nearest


class as_pages:  # noqa: N801  # a middleware, named like the functions beside it
    """The middleware that turns faults into pages."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, as it comes."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of a fault; any other exception is a fault of the program, and goes on."""
        if not isinstance(error, Fault):
            return None
        if error.status == HTTPStatus.UNAUTHORIZED and "Authorization" not in request.headers:
            back = {"next": request.get_full_path()} if request.method in _READING else {}
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode(back)}".rstrip("?"))
        return _page(request, error)


def language_for(request: HttpRequest) -> str:
    """The language of the address, or else the first that the reader's browser asks for and that there is."""
    first, _ = language_of(request.path)
    if first:
        return first
    for asked, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        # A weight of nought is a language that the reader does not want (RFC 9110, 12.4.2).
        if weight and asked.partition("-")[0] in LANGUAGES:
            return asked.partition("-")[0]
    return "en"


def _page(request: HttpRequest, fault: Fault) -> HttpResponse:
    language = language_for(request)
    context = frame(language, quote(language_of(request.path)[1]), request.META.get("QUERY_STRING", ""))
    context |= {"status": fault.status, "lines": fault.lines, "nearest": fault.nearest}
    context["heading"] = words_in(language).text(f"fault.{fault.status}")
    return render(request, "fault.html", context, status=fault.status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address without a page."""
    del exception
    return _page(request, Fault(404, words_in(language_for(request)).text("fault.page")))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is none, such as one for a name that this instance does not answer to."""
    del request
    logging.getLogger("comity").warning("refused: %s", exception)
    return HttpResponse("Bad request\n", status=400, content_type="text/plain")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is refused without a verdict of ours."""
    del exception
    return _page(request, Fault(403, words_in(language_for(request)).text("fault.403.text")))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or came too late; 405 where the page takes no form at all."""
    methods = _methods_at(request)
    if methods and request.method not in methods:
        return HttpResponseNotAllowed(methods)
    logging.getLogger("comity").warning("refused: %s", reason)
    return _page(request, Fault(403, words_in(language_for(request)).text("fault.csrf")))


def _methods_at(request: HttpRequest) -> list[str]:
    """What the page may be asked with, as it says when asked with OPTIONS; nothing where it does not say.

    Django looks at the token of a form before the page can look at the method.
    """
    if request.resolver_match is None:
        return []
    view, positional, named = request.resolver_match
    asked = copy(request)
    asked.method = "OPTIONS"
    try:
        said = view(asked, *positional, **named).headers.get("Allow", "")
    except (Fault, Http404):  # it asks first who somebody is, or what there is
        return []
    return [method.strip() for method in said.split(",") if method.strip() in _TAKEN]


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """More attempts than one reader makes."""
    del exception
    return _page(request, Fault(429, words_in(language_for(request)).text("fault.429.text")))


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of the program: said without details, which are in the log."""
    return _page(request, Fault(500, words_in(language_for(request)).text("fault.500.text")))
