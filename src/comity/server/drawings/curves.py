"""Parts of one that move with another part: a line a member, each with its name at one end, told apart by dashes."""

from collections.abc import Callable, Sequence

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["Curve", "curves"]

# The size of the picture in its own units, and what is left free for the numbers beside and below, and the names.
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE, _RIGHT = 720, 320, 70, 28, 12, 70
_TOPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_STEPS, _APART, _DASHES = 5, 19, 4


class Curve(msgspec.Struct, frozen=True):
    """One line: what stands beside it, and its value at each place."""

    name: str
    values: tuple[float, ...]


def curves(
    places: Sequence[float], lines: Sequence[Curve], said: Callable[[float], str], labels: Labels, mark: float | None
) -> SafeString:
    """The lines as a picture, drawn from left to right in every language; `said` words a part, `mark` is a place shown.

    It never stands without its table.
    """
    first, last = places[0], places[-1]
    most = max((value for one in lines for value in one.values), default=1.0)
    top = next((one for one in _TOPS if one >= most), 1.0)
    bottom, right = _HEIGHT - _BELOW, _WIDTH - _RIGHT

    def x(place: float) -> str:
        return f"{_LEFT + (right - _LEFT) * (place - first) / ((last - first) or 1):.1f}"

    def y(value: float) -> str:
        return f"{bottom - (bottom - _ABOVE) * min(value, top) / top:.1f}"

    # Names stand where the lines are further apart, numbers on the other side.
    end = -1 if _spread(lines, -1) >= _spread(lines, 0) else 0
    sides = ((_LEFT - 6, "end"), (right + 6, "start"))
    numbers, named = sides if end else sides[::-1]
    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" dy="4" text-anchor="{}">{}</text>',
        (
            (_LEFT, right, y(value), y(value), numbers[0], y(value), numbers[1], said(value))
            for value in (top * step / _STEPS for step in range(_STEPS + 1))
        ),
    )
    below = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (x(place), bottom + 20, said(place))
            for place in (first + (last - first) * step / _STEPS for step in range(_STEPS + 1))
        ),
    )
    shown = "" if mark is None or not first <= mark <= last else x(mark)
    there = format_html('<line class="now" x1="{}" x2="{}" y1="{}" y2="{}"/>', shown, shown, _ABOVE, bottom)
    drawn = format_html_join(
        "",
        '<path class="line d{}" d="M{}"/>',
        (
            (
                at % _DASHES,
                "L".join(f"{x(place)} {y(value)}" for place, value in zip(places, one.values, strict=True)),
            )
            for at, one in enumerate(lines)
        ),
    )
    names = format_html_join(
        "",
        '<text x="{}" y="{}" dy="4" text-anchor="{}">{}</text>',
        ((named[0], f"{place:.1f}", named[1], one.name) for one, place in _apart(lines, y, end)),
    )
    return format_html(
        '<div class="chart"><svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}{}{}</svg></div>',
        *(_WIDTH, _HEIGHT, labels.name, labels.name, labels.name, labels.title, labels.name, labels.description),
        *(grid, below, there if shown else "", drawn, names),
    )


def _spread(lines: Sequence[Curve], end: int) -> float:
    return max(one.values[end] for one in lines) - min(one.values[end] for one in lines)


def _apart(lines: Sequence[Curve], y: Callable[[float], str], end: int) -> list[tuple[Curve, float]]:
    """Where the names stand: from the lowest up, far enough apart to be read."""
    found: list[tuple[Curve, float]] = []
    for one in sorted(lines, key=lambda one: one.values[end]):
        place = float(y(one.values[end]))
        found.append((one, min(place, found[-1][1] - _APART) if found else place))
    return found
