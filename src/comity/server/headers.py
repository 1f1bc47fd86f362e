"""Headers that every answer carries: what a page may load, and from where."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["FRAMED", "POLICY", "SAFE", "allow", "strict"]

# Nothing but what comes from here: scripts, styles and pictures from files of their own, and the stream of changes; no
# script or style inside a page, no frame around it (Content Security Policy, level 3).
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What may stand in a page of another site: a style and nothing else, nothing sent, and a frame around it anywhere.
FRAMED = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
# What protects in answers that do not pass through Django.
SAFE = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)

_Answer = Callable[[HttpRequest], HttpResponseBase]


def allow(response: HttpResponseBase, directive: str, source: str) -> None:
    """Let one answer load from, or send to, one place more."""
    policy = response.headers.get("Content-Security-Policy", POLICY)
    response.headers["Content-Security-Policy"] = policy.replace(f"{directive} 'self'", f"{directive} 'self' {source}")


def strict(answer: _Answer) -> _Answer:
    """The middleware that sets them."""

    def with_headers(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if response.headers["Content-Security-Policy"] != FRAMED:
            response.headers["X-Frame-Options"] = "DENY"
        return response

    return with_headers
