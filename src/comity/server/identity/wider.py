"""Pages of allauth under a policy that reaches farther, each for one reason."""

from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.providers.openid_connect.views import login
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comity.server.headers import allow
from comity.server.identity.providers import origin_of

__all__ = ["to_provider", "with_drawn_code"]


def with_drawn_code(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The square that an authenticator app scans is drawn within the page, so that no file ever holds the secret."""

    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        allow(response, "img-src", "data:")
        return response

    return shown


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The form that leads to a provider: browsers hold a form to its policy also where it is sent on."""
    response: HttpResponseBase = login(request, provider_id)
    for app in settings.COMITY_PROVIDERS:
        if app["provider_id"] == provider_id:
            allow(response, "form-action", origin_of(app))
    return response
