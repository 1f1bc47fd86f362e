"""Bars in groups: several numbered measures of each of several members, from a line at nought to either side."""

from collections.abc import Sequence

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["Group", "grouped"]

# Sizes in units of the drawing: what is left for names, for numbers of measures, a bar, between groups, for values.
_WIDTH, _LEFT, _NUMBER, _BAR, _BETWEEN, _RIGHT = 640, 120, 24, 14, 10, 76
_LONGEST = 16


class Group(msgspec.Struct, frozen=True):
    """One member: its name, and its measures, each with the words beside it."""

    name: str
    values: tuple[float, ...]
    said: tuple[str, ...]


def grouped(rows: Sequence[Group], labels: Labels) -> SafeString:
    """The bars as a picture, drawn from left to right in every language. It never stands without its table."""
    every = [value for row in rows for value in row.values]
    low, high = min(0.0, *every), max(0.0, *every)
    scale = (_WIDTH - _LEFT - _NUMBER - _RIGHT) / ((high - low) or 1)
    nought = _LEFT + _NUMBER - low * scale
    tall = sum(len(row.values) * _BAR + _BETWEEN for row in rows)
    drawn, top = [], 0
    for row in rows:
        drawn.append(_group(row, top, nought, scale))
        top += len(row.values) * _BAR + _BETWEEN
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(_WIDTH, tall, labels.name, labels.name, labels.name, labels.title),
        *(labels.name, labels.description, format_html_join("", "{}", ((one,) for one in drawn))),
    )


def _group(row: Group, top: int, nought: float, scale: float) -> SafeString:
    name = row.name if len(row.name) <= _LONGEST else f"{row.name[: _LONGEST - 1]}…"
    head = format_html('<text class="code" x="{}" y="{}" text-anchor="end">{}</text>', _LEFT - 8, top + 12, name)
    measures = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><rect class="m0" x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{}">{}</text>',
        (
            (
                *(_LEFT + _NUMBER - 8, top + at * _BAR + 11, f"{at + 1}."),
                *(_shown(nought + min(0.0, value) * scale), top + at * _BAR + 1, _shown(abs(value) * scale), _BAR - 3),
                *(_shown(nought + max(0.0, value) * scale + 5), top + at * _BAR + 11, said),
            )
            for at, (value, said) in enumerate(zip(row.values, row.said, strict=True))
        ),
    )
    return format_html("{}{}", head, measures)


def _shown(value: float) -> str:
    """A length as a picture takes it, never in the decimals of a language."""
    return f"{value:.1f}"
