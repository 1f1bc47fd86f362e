"""Safe HTML from templates and values, as Django makes it, for values that are there already.

Django's own functions look at every value for a text that is to be translated only later (`keep_lazy`). There is none
here, and a page has thousands of values: that look took a good part of its time.
"""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

__all__ = ["conditional_escape", "format_html", "format_html_join"]


def conditional_escape(value: object) -> SafeString:
    """A value as HTML: escaped, unless it is safe already."""
    return value if isinstance(value, SafeString) else SafeString(escape(str(value)))


def format_html(template: str, *values: object, **named: object) -> SafeString:
    """A template with values in it, each escaped unless it is safe already."""
    safe = {name: _safe(value) for name, value in named.items()}
    return SafeString(template.format(*map(_safe, values), **safe))


def format_html_join(between: str, template: str, rows: Iterable[Iterable[object]]) -> SafeString:
    """The template once for each row of values, with something between them."""
    return SafeString(_safe(between).join(template.format(*map(_safe, row)) for row in rows))


def _safe(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))
