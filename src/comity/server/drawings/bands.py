"""Members on a line, each with a band in which it may lie: dots and bars, told apart by place as well as by colour."""

from collections.abc import Sequence

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["COLOURS", "Band", "bands"]

# Sizes in units of the drawing: what is left for names, a row, what is left for the number.
_WIDTH, _LEFT, _ROW, _RIGHT, _TOP = 640, 190, 18, 60, 8
_LONGEST = 26
COLOURS = 4


class Band(msgspec.Struct, frozen=True):
    """One member: its name, where it lies, the band in which it may lie, the number of its group, the words beside."""

    name: str
    point: float
    low: float
    high: float
    group: int
    said: str


def bands(rows: Sequence[Band], labels: Labels) -> SafeString:
    """The bands as a picture, drawn from left to right in every language. It never stands without its table."""
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    scale = (_WIDTH - _LEFT - _RIGHT) / ((high - low) or 1)

    def x(value: float) -> str:
        return f"{_LEFT + (value - low) * scale:.1f}"

    height = _ROW * len(rows) + 2 * _TOP
    zero = ""
    if low < 0 < high:
        zero = format_html('<path class="axes" d="M{} {}V{}"/>', x(0), _TOP / 2, height - _TOP / 2)
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><g class="g{}"><path d="M{} {}H{}"/>'
        '<circle cx="{}" cy="{}" r="4"/></g><text x="{}" y="{}">{}</text>',
        (
            (
                *(_LEFT - 10, middle + 4, _short(row.name), row.group % COLOURS, x(row.low), middle, x(row.high)),
                *(x(row.point), middle, _WIDTH - _RIGHT + 8, middle + 4, row.said),
            )
            for middle, row in ((_TOP + _ROW * at + _ROW // 2, row) for at, row in enumerate(rows))
        ),
    )
    return format_html(
        '<svg class="bars bands" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}</svg>',
        *(_WIDTH, height, labels.name, labels.name, labels.name, labels.title),
        *(labels.name, labels.description, zero, drawn),
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
