"""The language of a request, taken from its address, for everything that Django and allauth say themselves."""

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

from comity.server.faults import language_for
from comity.server.frames import frame, language_of

__all__ = ["code_of", "django_code", "framed", "in_its_language", "under_language"]

# Django's names for the languages of the portal, where they differ.
_DJANGO = {"zh": "zh-hans"}
_OURS = {theirs: ours for ours, theirs in _DJANGO.items()}

_Answer = Callable[[HttpRequest], HttpResponseBase]


def code_of(active: str | None) -> str:
    """The portal's code of the language that Django speaks at the moment."""
    return _OURS.get(active or "en", active or "en")


def django_code(language: str) -> str:
    """Django's code of a language of the portal."""
    return _DJANGO.get(language, language)


def in_its_language(answer: _Answer) -> _Answer:
    """The middleware that lets Django speak the language of the address, or else the reader's."""

    def spoken(request: HttpRequest) -> HttpResponseBase:
        language = language_for(request)
        with translation.override(django_code(language)):
            return answer(request)

    return spoken


def framed(request: HttpRequest) -> dict[str, object]:
    """What every page needs, for views that do not say it themselves (a context processor)."""
    path = quote(language_of(request.path)[1])
    shared = frame(language_for(request), path, request.META.get("QUERY_STRING", ""))
    return shared | {"open_signup": settings.COMITY_OPEN_SIGNUP}


class _Prefix(LocalePrefixPattern):
    """The language that an address begins with; addresses are built in the language spoken at the moment."""

    @property
    def language_prefix(self) -> str:
        """Such as `en/`."""
        return f"{code_of(translation.get_language())}/"


def under_language(*patterns: URLPattern | URLResolver) -> list[URLResolver]:
    """Addresses under their language whose views need not be told it."""
    return [URLResolver(_Prefix(), list(patterns))]
