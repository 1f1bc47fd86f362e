"""Counting coalitions by their weight, in compiled code: whole numbers of any width, and chances.

A table holds, for each sum below a quota, how many coalitions weigh exactly that: the coefficients of the generating
function ∏ (1 + x^w) (Mann and Shapley, 1962). Members come in ascending order of weight: early tables are short.
Numbers are as wide as they need to be, in words of 64 bits: arithmetic that wraps around modulo 2^(64·words) is exact
where the result fits.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from comity.analysis.compiling import ALONE, compiled

__all__ = ["pivot_chances", "swings_below"]

Words = NDArray[np.uint64]
_WORD = 64
# Numbers of a table that are worked on at once: they stay in the nearest cache.
_PIECE = 2048


@compiled()
def _cumulative(weights: Any, quota: int, words: int) -> Any:  # noqa: ANN401  # numba compiles it for what comes
    """How many coalitions weigh at most x, for each x below the quota: an array (quota, words), lowest word first."""
    table = np.zeros((quota, words), np.uint64)
    table[0, 0] = 1
    top = 0
    for weight in weights:
        top = min(top + weight, quota - 1)
        for x in range(top, weight - 1, -1):
            carry = np.uint64(0)
            for k in range(words):
                a = table[x, k]
                s = a + table[x - weight, k]
                over = np.uint64(s < a)
                t = s + carry
                table[x, k] = t
                carry = over + np.uint64(t < s)
    for x in range(1, quota):
        carry = np.uint64(0)
        for k in range(words):
            a = table[x, k]
            s = a + table[x - 1, k]
            over = np.uint64(s < a)
            t = s + carry
            table[x, k] = t
            carry = over + np.uint64(t < s)
    return table


@compiled()
def _add(total: Any, table: Any, x: int, negative: bool) -> None:  # noqa: ANN401, FBT001  # as above
    """Add or subtract the number at x, wrapping around; nothing where x lies below the table."""
    if x < 0:
        return
    carry = np.uint64(0)
    for k in range(total.size):
        a = total[k]
        b = table[x, k]
        if negative:
            s = a - b
            over = np.uint64(a < b)
            t = s - carry
            total[k] = t
            carry = over + np.uint64(s < carry)
        else:
            s = a + b
            over = np.uint64(s < a)
            t = s + carry
            total[k] = t
            carry = over + np.uint64(t < s)


@compiled()
def _swings(table: Any, weights: Any, quota: int, words: int) -> Any:  # noqa: ANN401  # as above
    """For each weight, the coalitions of the others that weigh from quota - weight up to below the quota.

    The table without a member is the alternating sum of the table with it, shifted by its weight again and again.
    """
    found = np.zeros((weights.size, words), np.uint64)
    for i in range(weights.size):
        weight = weights[i]
        if weight == 0:
            continue
        x, negative = quota - 1, False
        while x >= 0:
            _add(found[i], table, x, negative)
            _add(found[i], table, x - weight, not negative)
            x -= weight
            negative = not negative
    return found


def swings_below(weights: Sequence[int], quota: int) -> tuple[tuple[int, ...], int]:
    """For each member, the number of coalitions of the others that it turns from losing to winning; and all that win.

    `weights` are whole and not negative, `quota` lies from 1 to their sum. Takes time of the order of members times
    quota, and 8 bytes for each 64 members and unit of the quota.
    """
    total = sum(weights)
    # A member swings in a game as often as in its dual, whose quota may be the lower one.
    dual = total - quota + 1
    turned = dual < quota
    quota = min(quota, dual)
    words = len(weights) // _WORD + 1
    ordered = np.array(sorted(weights), np.int64)
    table = _cumulative(ordered, quota, words)
    kinds = np.array(sorted(set(weights)), np.int64)
    found = _swings(table, kinds, quota, words)
    by_weight = {int(kind): _whole(row) for kind, row in zip(kinds, found, strict=True)}
    # What weighs less than the quota loses; in the dual it is what the winning coalitions leave out.
    below = _whole(table[quota - 1])
    winning = below if turned else (1 << len(weights)) - below
    return tuple(by_weight[weight] for weight in weights), winning


def _whole(words: Words) -> int:
    return int.from_bytes(words.astype("<u8").tobytes(), "little")


@compiled()
def _blend(into: Any, source: Any, keep: float, take: float) -> None:  # noqa: ANN401  # as above
    """Mix two parts of a table that do not overlap: so the compiler may do several sums at once."""
    for x in range(into.size):
        into[x] = keep * into[x] + take * source[x]


@compiled(parallel=True)
def _chances(ordered: Any, kinds: Any, quota: int, nodes: Any) -> Any:  # noqa: ANN401  # as above
    """For each node t and weight: the chance that the others, each for with chance t, weigh from quota - weight."""
    found = np.zeros((nodes.size, kinds.size))
    for n in prange(nodes.size):
        t = nodes[n]
        table = np.zeros(quota)
        table[0] = 1.0
        top = 0
        for weight in ordered:
            if weight == 0:
                continue
            top = min(top + weight, quota - 1)
            high = top + 1
            while high > weight:  # from above, a piece at a time: what lies below is still without the member
                low = max(weight, high - min(weight, _PIECE))
                _blend(table[low:high], table[low - weight : high - weight], 1.0 - t, t)
                high = low
            for x in range(min(weight, quota) - 1, -1, -1):
                table[x] *= 1.0 - t
        for x in range(1, quota):
            table[x] += table[x - 1]
        for i in range(kinds.size):
            weight = kinds[i]
            if weight == 0:
                continue
            # Without the member: F(x) = (1 - t) G(x) + t G(x - w), solved upwards for G.
            x = (quota - 1) % weight
            g = 0.0
            before = 0.0
            while x <= quota - 1:
                before = g
                g = (table[x] - t * before) / (1.0 - t)
                x += weight
            found[n, i] = g - before
    return found


def pivot_chances(weights: Sequence[int], quota: int) -> tuple[float, ...]:
    """The Shapley–Shubik index of each member of a weighted game, by quadrature.

    It is the integral over t from 0 to 1 of the chance that a member is pivotal when each other is for with chance t
    (Owen, Multilinear extensions of games, 1972): a polynomial of degree n - 1, which Gauss–Legendre integrates exactly
    from ⌈n/2⌉ nodes on; what is left is rounding.
    """
    total = sum(weights)
    ordered = np.array(sorted(weights), np.int64)
    kinds = np.array(sorted(set(weights)), np.int64)
    points, shares = np.polynomial.legendre.leggauss((len(weights) + 1) // 2)
    nodes = (points + 1) / 2
    # Taking a member out again divides by 1 - t: the upper half is asked of the dual game, where t is 1 - t.
    low, dual = points <= 0, total - quota + 1
    chances = np.zeros((nodes.size, kinds.size))
    with ALONE:
        chances[low] = _chances(ordered, kinds, quota, nodes[low])
        chances[~low] = _chances(ordered, kinds, dual, 1 - nodes[~low])
    by_kind = dict(zip(kinds.tolist(), (shares / 2 @ chances).tolist(), strict=True))
    return tuple(by_kind[weight] for weight in weights)
