"""Bars beside one another: two measures of each of several members, told apart by pattern as well as by colour."""

from collections.abc import Callable, Sequence

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["Bar", "bars", "points"]

# Sizes in units of the drawing: what is left for codes, a row, a bar, what is left for the number.
_WIDTH, _LEFT, _ROW, _BAR, _RIGHT = 640, 64, 30, 11, 70
_SIDE, _MARGIN, _DOT = 320, 48, 4


class Bar(msgspec.Struct, frozen=True):
    """One member: its code, and its measures, each with the words beside it."""

    code: str
    values: tuple[float, ...]
    said: tuple[str, ...]


def bars(rows: Sequence[Bar], labels: Labels) -> SafeString:
    """The bars as a picture, drawn from left to right in every language. It never stands without its table."""
    most = max((value for row in rows for value in row.values), default=0) or 1
    drawn = format_html_join("", "{}", ((_row(at, row, most),) for at, row in enumerate(rows)))
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(_WIDTH, _ROW * len(rows), labels.name, labels.name, labels.name, labels.title),
        *(labels.name, labels.description, drawn),
    )


def _row(at: int, row: Bar, most: float) -> SafeString:
    top = at * _ROW
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    code = format_html('<text class="code" x="{}" y="{}" text-anchor="end">{}</text>', _LEFT - 8, top + 17, row.code)
    measures = (
        (kind, top + 3 + kind * (_BAR + 1), value, said)
        for kind, (value, said) in enumerate(zip(row.values, row.said, strict=True))
    )
    drawn = format_html_join(
        "",
        '<rect class="m{}" x="{}" y="{}" width="{}" height="{}"/><text x="{}" y="{}">{}</text>',
        (
            (kind, _LEFT, y, _shown(value * scale), _BAR, _shown(_LEFT + value * scale + 5), y + 10, said)
            for kind, y, value, said in measures
        ),
    )
    return format_html("{}{}", code, drawn)


def _ends(
    lows: Sequence[float],
    highs: Sequence[float],
    x: Callable[[float], str],
    y: Callable[[float], str],
    low: float,
) -> SafeString:
    """The least and the most of each axis, as numbers."""
    ends = {(x(value), f"{low + 14:.1f}", "middle", f"{value:.4g}") for value in (lows[0], highs[0])}
    ends |= {(f"{_MARGIN - 16}", y(value), "end", f"{value:.4g}") for value in (lows[1], highs[1])}
    return format_html_join("", '<text x="{}" y="{}" text-anchor="{}">{}</text>', sorted(ends))


def _shown(value: float) -> str:
    """A length as a picture takes it, never in the decimals of a language."""
    return f"{value:.1f}"


def points(
    found: Sequence[tuple[float, float]], axes: tuple[str, str], labels: Labels, *, said: Sequence[str]
) -> SafeString:
    """Points in a plane, each with its words; the axes go from the least to the most of what is shown."""
    lows = [min(one[axis] for one in found) for axis in (0, 1)]
    highs = [max(one[axis] for one in found) for axis in (0, 1)]
    spans = [(high - low) or 1 for low, high in zip(lows, highs, strict=True)]

    def x(value: float) -> str:
        return _shown(_MARGIN + (value - lows[0]) / spans[0] * _SIDE)

    def y(value: float) -> str:
        return _shown(_MARGIN / 2 + (1 - (value - lows[1]) / spans[1]) * _SIDE)

    low, right = _MARGIN / 2 + _SIDE + 12, _MARGIN + _SIDE + 12
    size = _SIDE + 2 * _MARGIN
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        ((x(a), y(b), _DOT, words) for (a, b), words in zip(found, said, strict=True)),
    )
    frame = format_html(
        '<path class="axes" d="M{} {}V{}H{}"/><text x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text x="{}" y="{}" text-anchor="middle" transform="rotate(-90 {} {})">{}</text>{}',
        *(_MARGIN - 12, 12, low, right),
        *(_MARGIN + _SIDE / 2, low + 28, axes[0]),
        *(12, _SIDE / 2, 12, _SIDE / 2, axes[1]),
        _ends(lows, highs, x, y, low),
    )
    return format_html(
        '<svg class="points" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}</svg>',
        *(size, size, labels.name, labels.name, labels.name, labels.title, labels.name, labels.description),
        *(frame, dots),
    )
