"""The permanent address of what a page shows, in its head: what to cite, whatever the page's own address is."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from comity.dates import parse_date

__all__ = ["cited", "permanent"]

_Answer = Callable[[HttpRequest], HttpResponseBase]


def cited(answer: _Answer) -> _Answer:
    """The middleware that names it (`rel="cite-as"`, RFC 8574)."""

    def with_link(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        match = request.resolver_match
        found = permanent(match, request.GET.get("on", ""), request.GET.get("known", "")) if match else ""
        if found and response.status_code == 200:  # noqa: PLR2004  # a page, and neither a fault nor a way on
            link = f'<{found}>; rel="cite-as"'
            response.headers["Link"] = ", ".join(filter(None, (response.headers.get("Link"), link)))
        return response

    return with_link


def permanent(match: ResolverMatch, on: str = "", known: str = "") -> str:
    """The permanent address of what an address shows on a day, as known at a size of the log; "" where none has one."""
    kwargs = {name: quote(str(value)) for name, value in match.kwargs.items()}
    match match.route.partition("/")[2]:
        case "instruments/<str:name>":
            version = "".join(f"/{part}" for part in _version(on, known))
            return f"/eli/instruments/{kwargs['name']}{version}"
        case "actors/<str:code>":
            return f"/eli/actors/{kwargs['code']}"
        case "log/<int:index>":
            return f"/eli/acts/{kwargs['index']}"
    return ""


def _version(on: str, known: str) -> tuple[str, ...]:
    """The day, and the size of the log where a size was asked: what else `known` may be moves with the log."""
    try:
        parse_date(on)
    except ValueError:
        return ()
    return (on, known) if known.isdecimal() else (on,)
