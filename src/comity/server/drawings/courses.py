"""Numbers that grow by steps, several of them over the years since each began: each line carries its number."""

from collections.abc import Callable, Sequence

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["Course", "courses"]

# The size of the picture in its own units, and what is left free for the numbers beside and the years below.
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE, _RIGHT = 720, 260, 44, 28, 12, 28
_STEPS, _YEARS = 5, 8
_ROUND = (5, 10, 20, 50, 100, 150, 200, 250, 500, 1000, 10**6)
_APART = 13

Axis = Callable[[float], str]


class Course(msgspec.Struct, frozen=True):
    """One line: what stands at its end, and its steps, each a time in years and the number from then on."""

    name: str
    steps: tuple[tuple[float, int], ...]
    until: float


def courses(lines: Sequence[Course], labels: Labels) -> SafeString:
    """The lines as a picture, drawn from left to right in every language. It never stands without its table."""
    longest = max((one.until for one in lines), default=1.0) or 1.0
    most = max((number for one in lines for _, number in one.steps), default=1)
    top = next(one for one in _ROUND if one >= most)
    bottom = _HEIGHT - _BELOW

    def x(years: float) -> str:
        return f"{_LEFT + (_WIDTH - _LEFT - _RIGHT) * years / longest:.1f}"

    def y(number: float) -> str:
        return f"{bottom - (bottom - _ABOVE) * number / top:.1f}"

    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" dy="4" text-anchor="end">{}</text>',
        (
            (_LEFT, _WIDTH - _RIGHT, y(mark), y(mark), _LEFT - 6, y(mark), f"{mark:g}")
            for mark in (top * step / _STEPS for step in range(_STEPS + 1))
        ),
    )
    step = next(step for step in (1, 2, 5, 10, 20, 50, 1000) if longest / step <= _YEARS)
    years = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x(year), bottom + 20, str(year)) for year in range(0, int(longest) + 1, step)),
    )
    drawn = format_html_join(
        "", '<path class="line" d="M{} {}{}H{}"/>', ((x(0), y(0), _steps(one, x, y), x(one.until)) for one in lines)
    )
    ends = format_html_join(
        "",
        '<text x="{}" y="{}" dy="4">{}</text>',
        ((float(x(one.until)) + 5, place, one.name) for one, place in _apart(lines, y)),
    )
    return format_html(
        '<div class="chart"><svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}{}</svg></div>',
        *(_WIDTH, _HEIGHT, labels.name, labels.name, labels.name, labels.title, labels.name, labels.description),
        *(grid, years, drawn, ends),
    )


def _steps(one: Course, x: Axis, y: Axis) -> SafeString:
    return format_html_join("", "H{}V{}", ((x(when), y(number)) for when, number in one.steps))


def _apart(lines: Sequence[Course], y: Axis) -> list[tuple[Course, str]]:
    """The ends of the lines, those that would lie on one another moved down in turn."""
    found: list[tuple[Course, str]] = []
    taken: list[tuple[float, float]] = []
    for one in lines:
        place = float(y(one.steps[-1][1] if one.steps else 0))
        while any(abs(place - other) < _APART and abs(one.until - when) < 1 for when, other in taken):
            place += _APART
        taken.append((one.until, place))
        found.append((one, f"{place:.1f}"))
    return found
