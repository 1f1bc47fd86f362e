"""The best lottery over packages, issue by issue, in compiled code: what bounds every package.

Each party counts by a concave function of its gain: the logarithm; and for who only has to accept, nothing above zero
and a penalty below. Where a lottery stands, the slopes of these functions are prices; no package is worth more at them
than the sum over issues of the option that is worth most (Lagrange; the duality gap of Frank and Wolfe, 1956). Weight
is moved issue by issue from the worst option held to the best, which comes near the best lottery quickly (pairwise
steps: Lacoste-Julien and Jaggi, 2015). Below a small gain the logarithm goes on as its own Taylor polynomial, which
lies above it: bounds stay bounds, also where a lottery leaves somebody with a loss.
"""

from typing import Any

import numpy as np

from comity.analysis.compiling import compiled

__all__ = ["gained", "lottery", "measured"]

# The gain, as a part of the most that a party could gain, below which the polynomial stands for the logarithm.
_SMALL = 1e-3
# Steps of Newton's method at most, and when they are near enough, as a part of the way.
_STEPS, _NEAR = 40, 1e-8
# Gains at prices that are none; how near a bound is that is exact; and as what part of the room above the best package
# known a gap is small enough to go on and split.
_NOTHING, _EXACT, _PART = 1e-12, 1e-10, 20.0


@compiled(inline="always")
def _level(weight: float, gain: float) -> Any:  # noqa: ANN401  # numba compiles it for what comes
    if weight > 0:
        if gain >= _SMALL:
            return weight * np.log(gain)
        part = (gain - _SMALL) / _SMALL
        return weight * (np.log(_SMALL) + part - 0.5 * part * part)
    if gain >= 0:
        return 0.0
    return -(gain / _SMALL) * (gain / _SMALL)


@compiled(inline="always")
def _slope(weight: float, gain: float) -> Any:  # noqa: ANN401  # as above
    if weight > 0:
        if gain >= _SMALL:
            return weight / gain
        return weight * (2.0 - gain / _SMALL) / _SMALL
    if gain >= 0:
        return 0.0
    return -2.0 * gain / (_SMALL * _SMALL)


@compiled()
def measured(weight: Any, gain: Any) -> Any:  # noqa: ANN401  # as above
    """The sum of the functions."""
    total = 0.0
    for p in range(gain.size):
        total += _level(weight[p], gain[p])
    return total


@compiled()
def gained(values: Any, held: Any, low: Any, gain: Any) -> None:  # noqa: ANN401  # as above
    """What each party gains from a lottery, into `gain`."""
    for p in range(low.size):
        gain[p] = -low[p]
    for row in range(held.size):
        part = held[row]
        if part > 0:
            for p in range(low.size):
                gain[p] += part * values[row, p]


@compiled()
def _slopes(weight: Any, gain: Any, change: Any, at: float) -> Any:  # noqa: ANN401  # as above
    """The first and the second derivative at `gain + at * change`, along `change`."""
    first, second = 0.0, 0.0
    for p in range(gain.size):
        value = gain[p] + at * change[p]
        if weight[p] > 0 and value >= _SMALL:
            part = change[p] / value
            first += weight[p] * part
            second -= weight[p] * part * part
        elif weight[p] > 0:
            part = change[p] / _SMALL
            first += weight[p] * part * (2.0 - value / _SMALL)
            second -= weight[p] * part * part
        elif value < 0:
            part = change[p] / _SMALL
            first -= 2.0 * part * value / _SMALL
            second -= 2.0 * part * part
    return first, second


@compiled()
def _moved(weight: Any, gain: Any, change: Any, most: float) -> Any:  # noqa: ANN401  # as above
    """How far to go from `gain` along `change`, at most `most`: Newton's method between bounds."""
    low, high, at = 0.0, most, 0.0
    for _ in range(_STEPS):
        first, second = _slopes(weight, gain, change, at)
        if first > 0 and at == most:
            return most
        if first > 0:
            low = at
        else:
            high = at
        towards = at - first / second if second < 0 else (most if first > 0 else 0.0)
        if towards <= 0 and at == 0:
            return 0.0
        if towards >= high and high == most and at < most:
            towards = most
        elif towards <= low or towards >= high:
            towards = 0.5 * (low + high)
        if abs(towards - at) <= _NEAR * most:
            return towards
        at = towards
    return at


@compiled()
def _ends(problem: Any, mask: Any, held: Any, issue: int, price: Any) -> Any:  # noqa: ANN401  # as above
    """The option of an issue that is worth most, the option held that is worth least, and the difference."""
    values, starts, weight, _ = problem
    best, worst, most, least = -1, -1, 0.0, 0.0
    for row in range(starts[issue], starts[issue + 1]):
        if mask[row]:
            worth = 0.0
            for p in range(weight.size):
                worth += price[p] * values[row, p]
            if best < 0 or worth > most:
                best, most = row, worth
            if held[row] > 0 and (worst < 0 or worth < least):
                worst, least = row, worth
    return best, worst, most - least


@compiled()
def _swept(problem: Any, mask: Any, held: Any, gain: Any, room: Any) -> None:  # noqa: ANN401  # as above
    """Move weight in every issue, at most twice."""
    values, starts, weight, _ = problem
    _, price, change = room
    for twice in range(2 * (starts.size - 1)):
        for p in range(weight.size):
            price[p] = _slope(weight[p], gain[p])
        best, worst, gap = _ends(problem, mask, held, twice // 2, price)
        if best == worst or gap <= 0:
            continue
        for p in range(weight.size):
            change[p] = values[best, p] - values[worst, p]
        part = _moved(weight, gain, change, held[worst])
        if part > 0:
            held[best] += part
            held[worst] = 0.0 if part >= held[worst] else held[worst] - part
            for p in range(weight.size):
                gain[p] += part * change[p]


@compiled()
def _lacking(problem: Any, mask: Any, held: Any, price: Any, lacks: Any) -> Any:  # noqa: ANN401  # as above
    """What each option lacks to the best of its issue, and what the lottery lacks to the best of all."""
    values, starts, weight, _ = problem
    gap = 0.0
    for issue in range(starts.size - 1):
        most, own = -np.inf, 0.0
        for row in range(starts[issue], starts[issue + 1]):
            if mask[row]:
                worth = 0.0
                for p in range(weight.size):
                    worth += price[p] * values[row, p]
                lacks[row] = worth
                most = max(most, worth)
                own += held[row] * worth
        for row in range(starts[issue], starts[issue + 1]):
            lacks[row] = most - lacks[row] if mask[row] else np.inf
        gap += most - own
    return gap


@compiled()
def lottery(problem: Any, mask: Any, held: Any, gain: Any, cut: float, sweeps: int, room: Any) -> Any:  # noqa: ANN401, PLR0913, PLR0917  # compiled code holds no objects
    """Better the lottery `held` over the options in `mask` until its bound is at `cut`, or nearly what it is worth.

    `problem` is (values, starts, weight, least): with `least` gains are measured from `cut` already, and the bound is
    that of the least gain. Gives the best bound, and that at the last prices, at which `room[0]` says what each option
    lacks to the best of its issue.
    """
    _, _, weight, least = problem
    lacks, price, _ = room
    best, now, total = np.inf, np.inf, 1.0
    for sweep in range(sweeps):
        total, inner, lowest = 0.0, 0.0, np.inf
        for p in range(weight.size):
            price[p] = _slope(weight[p], gain[p])
            inner += price[p] * gain[p]
            if weight[p] > 0:
                total += price[p]
                lowest = min(lowest, gain[p])
        gap = _lacking(problem, mask, held, price, lacks)
        if inner + gap <= _NOTHING * total:  # at these prices no package leaves all with a gain (Farkas)
            return -np.inf, -np.inf
        if least:
            now = cut + (inner + gap) / total
            near = lowest > 0.5 * (inner + gap) / total or gap < 1e-3 * weight.size
        else:
            level = measured(weight, gain)
            now = level + gap
            near = gap < _EXACT * max(1.0, abs(level)) or (cut > -np.inf and gap < (level - cut) / _PART)
        best = min(best, now)
        if best <= cut or near or sweep == sweeps - 1:
            break
        _swept(problem, mask, held, gain, room)
    if least:
        for row in range(lacks.size):
            lacks[row] /= total
    return best, now
