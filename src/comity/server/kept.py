"""Pages that are the same for everybody, and say so: they may be kept, by the portal and by what lies between."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["kept"]

Rest = ParamSpec("Rest")


def kept(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """A view whose answer depends on the address, the log and the day alone, unless somebody is logged in.

    Whoever keeps it asks whether it still holds (`no-cache`), so that what is recorded is seen at the next request.
    """

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
        response.headers.setdefault("Cache-Control", "private, no-cache" if known else "public, no-cache")
        return response

    return answer
