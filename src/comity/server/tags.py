"""What templates say: `{% say "key" name=value %}` and its like, in the words of the page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from comity.access import Thing
from comity.server.faults import Fault
from comity.server.frames import asset_at
from comity.server.identity import door
from comity.server.markup import format_html_join

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **params: object) -> SafeString:
    """A string of the page's language."""
    said: SafeString = context["words"].text(key, **params)
    return said


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], action: str) -> bool:
    """Whether to offer an action on what is the reader's own; without a session nobody is asked who they are."""
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    try:
        asking = door.who(request)
    except Fault:  # a token that is none, or is no longer one: the page itself says so
        return False
    return door.may(request, action, Thing(owner=asking.person, actor=asking.actor))


@register.simple_tag
def options(pairs: Iterable[tuple[str, object]]) -> SafeString:
    """What there is to choose from: values with their names."""
    return format_html_join("", '<option value="{}">{}</option>', pairs)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a style or script, which changes with it."""
    return asset_at(name)
