"""Stability of every coalition of many players, in compiled code, where a gain from joining is linear in who is in.

With gains a_k + Σ_{j in} B_kj all 2^n coalitions are walked in blocks that stay in the nearest cache. Within a block
each differs from the one before in one player (Gray code), so that one column of B moves all gains at once. What comes
out is one bit a coalition and a kind of stability: internal, external, potential, and in doubt. Potential stability
costs nothing more: what members have together beyond their outside options is Σ_{k in} of their gains.

Gains are whole numbers wherever those fit (every answer is then exact), else floats; the bits in doubt say where a
float lies too near nought, and exact numbers settle those afterwards.
"""

from collections.abc import Callable
from math import lcm
from threading import Lock
from typing import Any

import msgspec
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from comity.analysis.clubs import LinearGains

__all__ = ["MOST_BITS", "Bits", "bits_of", "chosen"]

# 2^28 coalitions take four times 34 MB of bits.
MOST_BITS = 28
# Coalitions of one block: 2^12.
_BLOCK = 12
_DOUBT = 1e-9
# Coalitions in doubt that are settled one by one.
_MOST_DOUBTS = 200_000
_ONE = Lock()


class Bits(msgspec.Struct, frozen=True, kw_only=True):
    """One bit a coalition, by number (bit k of the number: player k is in); the first is the lowest of byte 0."""

    internal: NDArray[np.uint8]
    external: NDArray[np.uint8]
    potential: NDArray[np.uint8]
    exact: bool

    @property
    def stable(self) -> NDArray[np.uint8]:
        """Internally and externally stable."""
        return self.internal & self.external


def _compiled(function: Any) -> Any:  # noqa: ANN401  # what the compiler takes
    """Compiled when first used, kept for later runs where that can be."""
    options: Any = {"parallel": True, "nogil": True}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # there is no folder to keep it in
        return njit(**options)(function)


@_compiled
def _walk(  # noqa: C901, PLR0912  # one compiled loop
    alone: Any,  # noqa: ANN401  # arrays that numba compiles it for
    columns: Any,  # noqa: ANN401  # as above
    doubt: Any,  # noqa: ANN401  # as above
    n: int,
    low: int,
    out: Any,  # noqa: ANN401  # as above
) -> None:
    """Fill `out` (4, bytes) with the bits of all coalitions: internal, external, potential, in doubt."""
    wide = alone.size
    for block in prange(1 << (n - low)):
        gain = alone.copy()
        for k in range(low, n):
            if (block >> (k - low)) & 1:
                gain += columns[k]
        words = np.zeros((4, (1 << low) >> 3), np.uint8)
        high = block << low
        state = 0
        for step in range(1 << low):
            if step:
                k = 0
                while not (step >> k) & 1:
                    k += 1
                state ^= 1 << k
                column = columns[k]
                if (state >> k) & 1:
                    for t in range(wide):
                        gain[t] += column[t]
                else:
                    for t in range(wide):
                        gain[t] -= column[t]
            mask = high | state
            leaves, joins, unsure = np.int64(0), np.int64(0), np.int64(0)
            together = alone[0] - alone[0]
            slack = together
            for t in range(wide):
                g = gain[t]
                d = doubt[t]
                inside = (mask >> t) & 1
                leaves |= inside & np.int64(g < -d)
                joins |= (1 - inside) & np.int64(g > d)
                unsure |= np.int64(abs(g) <= d)
                together += g * inside
                slack += d * inside
            byte, bit = state >> 3, np.uint8(1 << (state & 7))
            if not leaves:
                words[0, byte] |= bit
            if not joins:
                words[1, byte] |= bit
            if together >= -slack:
                words[2, byte] |= bit
            if unsure or abs(together) <= slack:
                words[3, byte] |= bit
        start = high >> 3
        for which in range(4):
            for at in range((1 << low) >> 3):
                out[which, start + at] = words[which, at]


def bits_of(gains: LinearGains, progress: Callable[[int, int], None] | None = None) -> Bits:
    """The stability of every coalition.

    Raises ValueError for more than `MOST_BITS` players (it says what they would need), and where so many coalitions
    are near ties in numbers that do not fit a word that settling each would take too long.
    """
    n = len(gains.players)
    if n > MOST_BITS:
        need = 4 * (1 << n) / 8e9
        raise ValueError(
            f"the coalitions of {n} players would need {need:,.1f} GB of bits; {MOST_BITS} players are the most"
        )
    whole = _whole(gains)
    low = min(_BLOCK, max(n, 3))
    padded = max(n, 3)  # a byte holds the coalitions of three
    alone, columns, doubt = _floats(gains, padded) if whole is None else _padded(*whole, padded)
    out = np.zeros((4, 1 << (padded - 3)), np.uint8)
    with _ONE:
        _walk(alone, columns, doubt, padded, low, out)
    if progress is not None:
        progress(1, 1)
    found = out[:, : max(1, (1 << n) >> 3)]
    if n < padded:
        found = found & np.uint8((1 << (1 << n)) - 1)
    if whole is None:
        _settle(gains, found)
    return Bits(internal=found[0], external=found[1], potential=found[2], exact=True)


def _whole(gains: LinearGains) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The gains in whole numbers of one unit, and by whose being in they change; None where they fit no word."""
    every = [*gains.alone, *(one for row in gains.given for one in row)]
    unit = 1
    for one in every:
        unit = lcm(unit, one.denominator)
        if unit.bit_length() > 62:  # noqa: PLR2004  # of a word with a sign
            return None
    most = sum(abs(one) for one in every) * unit
    if most >= 1 << 62:
        return None
    n = len(gains.players)
    alone = np.array([int(one * unit) for one in gains.alone], np.int64)
    given = np.array([[int(one * unit) for one in row] for row in gains.given], np.int64).reshape(n, n)
    return alone, given


def _padded(
    alone: NDArray[np.int64], given: NDArray[np.int64], wide: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """With players who gain nothing, so that a byte is full; a column a player, nobody gaining by being there."""
    n = len(alone)
    own, columns = np.zeros(wide, np.int64), np.zeros((wide, wide), np.int64)
    own[:n] = alone
    columns[:n, :n] = given.T
    np.fill_diagonal(columns, 0)
    return own, columns, np.zeros(wide, np.int64)


def _floats(gains: LinearGains, wide: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    n = len(gains.players)
    own, columns = np.zeros(wide), np.zeros((wide, wide))
    # Gains in units of their own size would spoil what they add up to: one unit for all.
    own[:n] = [float(one) for one in gains.alone]
    columns[:n, :n] = np.array([[float(one) for one in row] for row in gains.given]).reshape(n, n).T
    np.fill_diagonal(columns, 0)
    return own, columns, _DOUBT * (np.abs(own) + np.abs(columns).sum(axis=0))


def chosen(bits: NDArray[np.uint8], most: int | None = None) -> list[int]:
    """The numbers of the coalitions whose bit is set, the first `most` of them."""
    found: list[int] = []
    for byte in np.flatnonzero(bits).tolist():
        held = int(bits[byte])
        found += [byte << 3 | at for at in range(8) if held >> at & 1]
        if most is not None and len(found) >= most:
            return found[:most]
    return found


def _settle(gains: LinearGains, found: NDArray[np.uint8]) -> None:
    """Decide in exact numbers what floats left in doubt, in place: only what they did not rule out anyway."""
    doubts = found[3] & (found[0] | found[1] | found[2])
    many = int(np.bitwise_count(doubts).sum()) if hasattr(np, "bitwise_count") else len(chosen(doubts))
    if many > _MOST_DOUBTS:
        raise ValueError(
            f"{many:,} coalitions are near ties that only exact fractions settle; write the numbers with fewer digits"
        )
    n = len(gains.players)
    unit = lcm(*(one.denominator for one in gains.alone), *(one.denominator for row in gains.given for one in row))
    alone = [int(one * unit) for one in gains.alone]
    given = [[0 if j == k else int(one * unit) for j, one in enumerate(row)] for k, row in enumerate(gains.given)]
    for mask in chosen(doubts):
        inside = [k for k in range(n) if mask >> k & 1]
        gain = [alone[k] + sum([row[j] for j in inside]) for k, row in enumerate(given)]
        holds = (
            all(gain[k] >= 0 for k in inside),
            all(gain[k] <= 0 for k in range(n) if not mask >> k & 1),
            sum(gain[k] for k in inside) >= 0,
        )
        byte, bit = mask >> 3, np.uint8(1 << (mask & 7))
        for which, held in enumerate(holds):
            found[which, byte] = found[which, byte] | bit if held else found[which, byte] & ~bit
