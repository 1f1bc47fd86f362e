"""How the address of a page is written: under its language."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from comity.server.words import LANGUAGES

__all__ = ["page"]


class _Language:
    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_Language, "language")


def page(route: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
    """A page at `/en/…`, `/ar/…` and so on; the view is given its `language`."""
    return path(f"<language:language>/{route}", view)
