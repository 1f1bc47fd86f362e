"""What templates say: `{% say "key" name=value %}` and its like, in the words of the page."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from comity.server.frames import asset_at

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **params: object) -> SafeString:
    """A string of the page's language."""
    said: SafeString = context["words"].text(key, **params)
    return said


@register.simple_tag
def asset(name: str) -> str:
    """The address of a style or script, which changes with it."""
    return asset_at(name)
