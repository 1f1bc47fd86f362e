"""Headers that every answer carries: what a page may load, and from where."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["POLICY", "strict"]

# No script at all, styles and pictures from here only, no frame around a page (Content Security Policy, level 3).
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_Answer = Callable[[HttpRequest], HttpResponseBase]


def strict(answer: _Answer) -> _Answer:
    """The middleware that sets them."""

    def with_headers(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["X-Frame-Options"] = "DENY"
        return response

    return with_headers
