"""Charts as pictures made here: a line that goes up in steps, with years below and numbers beside it.

A chart never stands without its table. It is drawn from left to right in every language, as its dates are.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

__all__ = ["Chart", "Mark", "steps_over_time"]

# The size of the picture in its own units, and what is left free for the numbers beside and the years below.
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE, _RIGHT = 720, 240, 44, 26, 12, 12
_YEARS, _NUMBERS = 9, 5


class Mark(msgspec.Struct, frozen=True):
    """A mark on an axis: where, as text (a template would write numbers as a language does), and what it says."""

    at: str
    said: str


class Chart(msgspec.Struct, frozen=True):
    """A line over time, ready to be drawn: `line` and `area` are the points of a path in the picture's units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    line: str
    area: str
    years: tuple[Mark, ...]
    numbers: tuple[Mark, ...]
    on: str


def steps_over_time(points: Sequence[tuple[date, int]], until: date, on: date) -> Chart | None:
    """A step line through the points (a day, and the number from then on) up to `until`, with the day asked marked.

    None for fewer than two days, between which there is nothing to draw.
    """
    shown = [(day, number) for day, number in points if day <= until]
    if not shown or shown[0][0] >= until:
        return None
    first, last = date(shown[0][0].year, 1, 1), date(until.year + 1, 1, 1)
    top = _rounded(max(number for _, number in shown))
    bottom = _HEIGHT - _BELOW

    def x(day: date) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (day - first).days / (last - first).days, 1)

    def y(number: int) -> float:
        return round(bottom - (bottom - _ABOVE) * number / top, 1)

    steps = "".join(f"H{x(day)}V{y(number)}" for day, number in shown)
    line = f"M{x(shown[0][0])} {y(0)}{steps}H{x(until)}"
    return Chart(
        _WIDTH,
        _HEIGHT,
        _LEFT,
        _WIDTH - _RIGHT,
        _ABOVE,
        bottom,
        line,
        f"{line}V{y(0)}Z",
        tuple(Mark(str(x(date(year, 1, 1))), str(year)) for year in _years(first.year, last.year)),
        tuple(Mark(str(y(number)), str(number)) for number in range(0, top + 1, max(1, top // _NUMBERS))),
        str(x(on)) if first <= on <= last else "",
    )


def _rounded(number: int) -> int:
    """The next number that falls into even parts."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if step * _NUMBERS >= number)
    return step * _NUMBERS


def _years(first: int, last: int) -> range:
    step = next(step for step in (1, 2, 5, 10, 20, 25, 50, 100, 1000) if (last - first) / step <= _YEARS)
    return range(-(-first // step) * step, last, step)
