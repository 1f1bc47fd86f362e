"""Stability of every coalition of many players, in compiled code, for games that are separable.

Separable are gains that add up who is in: linear ones, a_k + Σ_{j in} B_kj (`LinearGains`), and those that hang on two
sums over the members, p_k + q_k·X + r_k·Y + s_k·X² with k's own part in X and Y (`SumGains`; a public good is one).

All 2^n coalitions are walked in blocks that stay in the nearest cache. Within a block each differs from the one before
in one player (Gray code). What comes out is one bit a coalition and a kind of stability. Potential stability costs
nothing more: what members have together beyond their outside options is Σ_{k in} of their gains.

Linear gains are whole numbers wherever those fit a word (every answer is then exact), else floats; bits of doubt say
where a float lies too near nought, and exact numbers settle those afterwards.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from threading import Lock
from typing import Any

import msgspec
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from comity.analysis.coalitions.clubs import LinearGains

__all__ = ["MOST_BITS", "Bits", "SumGains", "bits_of", "chosen", "gain_of", "largest", "public_good_gains"]

# 2^28 coalitions take five times 34 MB of bits, and three times more on the way.
MOST_BITS = 28
# Coalitions of one block: 2^12.
_BLOCK = 12
# The part of the terms' size below which the sign of a sum of floats is not trusted: a block adds 4,096 times.
_DOUBT = 1e-11
# Coalitions in doubt that are settled in exact numbers, and how many at once.
_MOST_DOUBTS, _TOGETHER = 2_000_000, 1 << 13
# Bytes of bits looked through at once.
_BYTES = 1 << 16
_ONE = Lock()
# What the rows of the bits stand for.
_INTERNAL, _EXTERNAL, _POTENTIAL, _SURPLUS, _UNSURE = range(5)
# In a byte, the coalitions without player 0, 1, 2.
_WITHOUT = (0x55, 0x33, 0x0F)


class SumGains(msgspec.Struct, frozen=True, kw_only=True):
    """What each gains by being in: p + q·X + r·Y + s·X², X and Y adding up `x` and `y` of it and who else is in."""

    players: tuple[str, ...]
    x: tuple[Fraction, ...]
    y: tuple[Fraction, ...]
    p: tuple[Fraction, ...]
    q: tuple[Fraction, ...]
    r: tuple[Fraction, ...]
    s: tuple[Fraction, ...]


def public_good_gains(players: Sequence[str], b: Sequence[Fraction], c: Sequence[Fraction]) -> SumGains:
    """The gains of the asymmetric public good (`models`): X adds up b, Y adds up 1 / c.

    With B and K the sums over the members, a member more adds B / c + b·K - 2·b / c to Q: that times b, less what its
    own cost rises by, (B² - b²) / 2c, is what it gains.
    """
    return SumGains(
        players=tuple(players),
        x=tuple(b),
        y=tuple(1 / one for one in c),
        p=tuple(-3 * one**2 / (2 * cost) for one, cost in zip(b, c, strict=True)),
        q=tuple(one / cost for one, cost in zip(b, c, strict=True)),
        r=tuple(one**2 for one in b),
        s=tuple(-1 / (2 * cost) for cost in c),
    )


def gain_of(gains: LinearGains | SumGains, player: int, members: Sequence[int]) -> Fraction:
    """What a player gains by being in with those members, exactly; whether it is among them makes no difference."""
    if isinstance(gains, LinearGains):
        row = gains.given[player]
        return gains.alone[player] + sum((row[j] for j in members if j != player), Fraction(0))
    there = {*members, player}
    x, y = (sum((values[j] for j in there), Fraction(0)) for values in (gains.x, gains.y))
    return gains.p[player] + gains.q[player] * x + gains.r[player] * y + gains.s[player] * x**2


class Bits(msgspec.Struct, frozen=True, kw_only=True):
    """One bit a coalition, by number (bit k of the number: player k is in); the first is the lowest of byte 0.

    `sharing` is stability where members share what they have together (`coalitions`).
    """

    internal: NDArray[np.uint8]
    external: NDArray[np.uint8]
    potential: NDArray[np.uint8]
    sharing: NDArray[np.uint8]

    @property
    def stable(self) -> NDArray[np.uint8]:
        """Internally and externally stable."""
        return self.internal & self.external


def _compiled(function: Any) -> Any:  # noqa: ANN401  # what the compiler takes
    """Compiled when first used, kept for later runs where that can be."""
    # Sums in whatever order is fastest: what that may change lies within the doubt.
    options: Any = {"parallel": True, "nogil": True, "fastmath": {"reassoc", "contract", "nsz"}}
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
    """Fill `out` (5, bytes) with the bits of all coalitions."""
    wide = alone.size
    for block in prange(1 << (n - low)):
        gain = alone.copy()
        for k in range(low, n):
            if (block >> (k - low)) & 1:
                gain += columns[k]
        words = np.zeros((5, (1 << low) >> 3), np.uint8)
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
            if together > slack:
                words[3, byte] |= bit
            if unsure or abs(together) <= slack:
                words[4, byte] |= bit
        start = high >> 3
        for which in range(5):
            for at in range((1 << low) >> 3):
                out[which, start + at] = words[which, at]


@_compiled
def _walk_sums(  # noqa: C901, PLR0912  # one compiled loop
    parts: Any,  # noqa: ANN401  # arrays that numba compiles it for: rows p, q, r, s, x, y, doubt
    n: int,
    low: int,
    out: Any,  # noqa: ANN401  # as above
) -> None:
    """As `_walk`, for gains that hang on two sums."""
    p, q, r, s = parts[0], parts[1], parts[2], parts[3]
    own_x, own_y, doubt = parts[4], parts[5], parts[6]
    for block in prange(1 << (n - low)):
        x, y = 0.0, 0.0
        for k in range(low, n):
            if (block >> (k - low)) & 1:
                x += own_x[k]
                y += own_y[k]
        words = np.zeros((5, (1 << low) >> 3), np.uint8)
        high = block << low
        state = 0
        for step in range(1 << low):
            if step:
                k = 0
                while not (step >> k) & 1:
                    k += 1
                state ^= 1 << k
                sign = 1.0 if (state >> k) & 1 else -1.0
                x += sign * own_x[k]
                y += sign * own_y[k]
            mask = high | state
            leaves, joins, unsure = np.int64(0), np.int64(0), np.int64(0)
            together, slack = 0.0, 0.0
            for t in range(n):
                inside = (mask >> t) & 1
                with_x = x + (1 - inside) * own_x[t]
                g = p[t] + q[t] * with_x + r[t] * (y + (1 - inside) * own_y[t]) + s[t] * with_x * with_x
                d = doubt[t]
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
            if together > slack:
                words[3, byte] |= bit
            if unsure or abs(together) <= slack:
                words[4, byte] |= bit
        start = high >> 3
        for which in range(5):
            for at in range((1 << low) >> 3):
                out[which, start + at] = words[which, at]


def bits_of(gains: LinearGains | SumGains) -> Bits:
    """The stability of every coalition; whoever is exactly indifferent stays where they are.

    Raises ValueError for more than `MOST_BITS` players (it says what they would need), and where so many coalitions
    are near ties in numbers that do not fit a word that settling each would take too long.
    """
    n = len(gains.players)
    if n > MOST_BITS:
        need = 8 * (1 << n) / 8e9
        raise ValueError(
            f"the coalitions of {n} players would need {need:,.1f} GB of bits; {MOST_BITS} players are the most"
        )
    wide = max(n, 3)  # a byte holds the coalitions of three
    low = min(_BLOCK, wide)
    found = np.zeros((5, 1 << (wide - 3)), np.uint8)
    whole = _whole(gains) if isinstance(gains, LinearGains) else None
    with _ONE:
        if isinstance(gains, SumGains):
            _walk_sums(_parts(gains, wide), wide, low, found)
        else:
            _walk(*(_floats(gains, wide) if whole is None else _padded(*whole, wide)), wide, low, found)
    if n < wide:
        found &= np.uint8((1 << (1 << n)) - 1)
    if whole is None:
        _settle(gains, found)
    return Bits(
        internal=found[_INTERNAL],
        external=found[_EXTERNAL],
        potential=found[_POTENTIAL],
        sharing=found[_POTENTIAL] & ~_larger(found[_SURPLUS], n),
    )


def _larger(bits: NDArray[np.uint8], n: int) -> NDArray[np.uint8]:
    """The coalitions that one more player makes one whose bit is set."""
    found = np.zeros_like(bits)
    for k in range(n):
        if k < len(_WITHOUT):
            found |= (bits >> np.uint8(1 << k)) & np.uint8(_WITHOUT[k])
        else:
            halves = (-1, 2, 1 << (k - 3))
            found.reshape(halves)[:, 0] |= bits.reshape(halves)[:, 1]
    return found


def _parts(gains: SumGains, wide: int) -> NDArray[np.float64]:
    """The rows that the compiled loop reads, with players who gain nothing, so that a byte is full."""
    n = len(gains.players)
    found = np.zeros((7, wide))
    for row, values in enumerate((gains.p, gains.q, gains.r, gains.s, gains.x, gains.y)):
        found[row, :n] = [float(one) for one in values]
    p, q, r, s, x, y = np.abs(found[:6])
    found[6] = _DOUBT * (p + q * x.sum() + r * y.sum() + s * x.sum() ** 2)
    return found


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


def chosen(bits: NDArray[np.uint8]) -> list[int]:
    """The numbers of the coalitions whose bit is set."""
    found: list[int] = []
    for start in range(0, len(bits), _BYTES):
        here = np.flatnonzero(np.unpackbits(bits[start : start + _BYTES], bitorder="little"))
        found += (here + 8 * start).tolist()
    return found


def largest(bits: NDArray[np.uint8], most: int) -> list[int]:
    """The numbers of the largest coalitions whose bit is set, those of one size in order; up to `most`."""
    kept = np.zeros(0, np.int64)
    for start in range(0, len(bits), _BYTES):
        here = np.flatnonzero(np.unpackbits(bits[start : start + _BYTES], bitorder="little")) + 8 * start
        kept = np.concatenate([kept, here])
        kept = kept[np.lexsort((kept, -np.bitwise_count(kept).astype(np.int64)))][:most]
    return [int(one) for one in kept]


def _settle(gains: LinearGains | SumGains, found: NDArray[np.uint8]) -> None:
    """Decide in exact numbers what floats left in doubt, in place: only what they did not rule out anyway."""
    doubts = np.array(chosen(found[_UNSURE] & (found[_INTERNAL] | found[_EXTERNAL] | found[_POTENTIAL])), np.int64)
    if len(doubts) > _MOST_DOUBTS:
        raise ValueError(
            f"{len(doubts):,} coalitions are near ties that only exact fractions settle; use numbers with fewer digits"
        )
    n = len(gains.players)
    exact = _exact_sums(gains) if isinstance(gains, SumGains) else _exact_linear(gains)
    for start in range(0, len(doubts), _TOGETHER):
        masks = doubts[start : start + _TOGETHER]
        inside = (masks[:, None] >> np.arange(n)) & 1
        gain = exact(inside)
        surplus = (gain * inside).sum(axis=1)
        holds = (
            ((gain >= 0) | (inside == 0)).all(axis=1),
            ((gain <= 0) | (inside == 1)).all(axis=1),
            surplus >= 0,
            surplus > 0,
        )
        bits = (1 << (masks & 7)).astype(np.uint8)
        for which, held in enumerate(holds):
            yes = held.astype(bool)
            np.bitwise_or.at(found[which], masks[yes] >> 3, bits[yes])
            np.bitwise_and.at(found[which], masks[~yes] >> 3, ~bits[~yes])


def _narrow(most: int) -> Any:  # noqa: ANN401  # a type of numbers
    """Words where everything fits, else Python's whole numbers."""
    return np.int64 if most < 1 << 62 else object


def _exact_linear(gains: LinearGains) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The gains of all players in coalitions (rows of 0 and 1), in whole numbers of one unit."""
    unit = lcm(*(one.denominator for one in gains.alone), *(one.denominator for row in gains.given for one in row))
    alone = [int(one * unit) for one in gains.alone]
    given = [[0 if j == k else int(one * unit) for j, one in enumerate(row)] for k, row in enumerate(gains.given)]
    kind = _narrow(sum(map(abs, alone)) + sum(abs(one) for row in given for one in row))
    own, columns = np.array(alone, kind), np.array(given, kind).T
    return lambda inside: own + inside.astype(kind) @ columns


def _exact_sums(gains: SumGains) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """As `_exact_linear`, for gains that hang on two sums."""
    of_x, of_y = (lcm(*(one.denominator for one in values)) for values in (gains.x, gains.y))
    rows = [
        gains.p,
        [one / of_x for one in gains.q],
        [one / of_y for one in gains.r],
        [one / of_x**2 for one in gains.s],
    ]
    unit = lcm(*(one.denominator for row in rows for one in row))
    x, y = [int(one * of_x) for one in gains.x], [int(one * of_y) for one in gains.y]
    p, q, r, s = ([int(one * unit) for one in row] for row in rows)
    in_x, in_y = sum(map(abs, x)), sum(map(abs, y))
    parts = ((p, 1), (q, in_x), (r, in_y), (s, in_x**2))
    kind = _narrow(sum(abs(one) * size for row, size in parts for one in row))
    own_x, own_y, by_p, by_q, by_r, by_s = (np.array(row, kind) for row in (x, y, p, q, r, s))

    def exact(inside: NDArray[Any]) -> NDArray[Any]:
        here = inside.astype(kind)
        with_x = (here @ own_x)[:, None] + (1 - here) * own_x
        with_y = (here @ own_y)[:, None] + (1 - here) * own_y
        found: NDArray[Any] = by_p + by_q * with_x + by_r * with_y + by_s * with_x * with_x
        return found

    return exact
