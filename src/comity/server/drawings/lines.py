"""A line over time with a band about it: parts of one, from nought to the next round part above what is shown."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["Point", "line"]

# The size of the picture in its own units, and what is left free for the numbers beside and the years below.
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE, _RIGHT = 720, 260, 64, 28, 12, 16
_TOPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_STEPS, _YEARS = 5, 8


class Point(msgspec.Struct, frozen=True):
    """A day, the part that the line has there, and the ends of the band."""

    day: date
    value: float
    low: float
    high: float


def line(points: Sequence[Point], said: Callable[[float], str], labels: Labels) -> SafeString:
    """The line as a picture, drawn from left to right in every language; `said` words a part.

    It never stands without its table.
    """
    first, last = points[0].day.toordinal(), points[-1].day.toordinal()
    most = max(max(one.value, one.high) for one in points)
    top = next((one for one in _TOPS if one >= most), 1.0)
    bottom = _HEIGHT - _BELOW

    def x(day: int) -> str:
        return f"{_LEFT + (_WIDTH - _LEFT - _RIGHT) * (day - first) / max(last - first, 1):.1f}"

    def y(part: float) -> str:
        return f"{bottom - (bottom - _ABOVE) * min(part, top) / top:.1f}"

    drawn = "L".join(f"{x(one.day.toordinal())} {y(one.value)}" for one in points)
    there = (f"{x(one.day.toordinal())} {y(one.high)}" for one in points)
    back = (f"{x(one.day.toordinal())} {y(one.low)}" for one in reversed(points))
    numbers = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" dy="4" text-anchor="end">{}</text>',
        (
            (_LEFT, _WIDTH - _RIGHT, y(mark), y(mark), _LEFT - 6, y(mark), said(mark))
            for mark in (top * step / _STEPS for step in range(_STEPS + 1))
        ),
    )
    days = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((x(day), bottom + 20, anchor, words) for day, anchor, words in _days(points[0].day, points[-1].day)),
    )
    return format_html(
        '<div class="chart"><svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}'
        '<path class="area" d="M{}Z"/><path class="line" d="M{}"/></svg></div>',
        *(_WIDTH, _HEIGHT, labels.name, labels.name, labels.name, labels.title, labels.name, labels.description),
        *(numbers, days, "L".join(chain(there, back)), drawn),
    )


def _days(first: date, last: date) -> list[tuple[int, str, str]]:
    """Where years begin, as many as fit; the ends themselves where no two years do."""
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (last.year - first.year) / step <= _YEARS)
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1) if year % step == 0]
    if len(years) > 1:
        return [(day.toordinal(), "end" if day == last else "middle", str(day.year)) for day in years]
    return [(first.toordinal(), "start", str(first)), (last.toordinal(), "end", str(last))]
