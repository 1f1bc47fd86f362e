"""Stable clubs: coalitions that nobody wants to leave and nobody wants to join.

The climate club of Nordhaus (Climate Clubs, American Economic Review 105, 2015): members price carbon at an agreed
price and put a uniform tariff on what outsiders sell them. With GDP Y, emissions E, exports X_jc of j to c, price P,
tariff τ:

    own share of damage     s_k = P · Y_k / ΣY
    rate of abatement       µ = P · (E_k / Y_k) / (2000 · c_k) inside, with s_k in place of P outside
    cost of abatement       Y_k · c_k · µ²,   c_k = 0.837 · the McKinsey column
    benefit                 s_k · Σ E · µ / 1000
    tariff                  (τ · α_c - τ² · β_c) · X_jc to member c, -τ · α_c · X_jc to outsider j

What k gains by joining those who are in, M, is therefore linear in who is in, a_k + Σ_{j ∈ M} B_kj:

    a_k  = s_k · E_k · (µ_in - µ_out) / 1000 - Y_k · c_k · (µ_in² - µ_out²) + (τ · α_k - τ² · β_k) · Σ_{j ≠ k} X_jk
    B_kj = τ · α_j · X_kj - (τ · α_k - τ² · β_k) · X_jk

for its tariffs fall on those who stay out, and theirs on it while it stays out. All coalitions are looked at. A sign is
decided in whole numbers wherever floats leave it in doubt: who is exactly indifferent stays where they are.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOST_PLAYERS", "Club", "LinearGains", "Region", "climate_gains", "stable_clubs"]

# All coalitions of so many are looked at one by one: 16 million.
MOST_PLAYERS = 24
_CHUNK = 1 << 16
# The part of the terms' size below which the sign of a sum of floats is not trusted.
_DOUBT = 1e-9
_FACTOR = Fraction(837, 1000)


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A region of the climate club: GDP (billion dollars), CO2 (million tonnes), parameters, exports by region."""

    name: str
    gdp: Fraction
    co2: Fraction
    mckinsey: Fraction
    tariff_alpha: Fraction
    tariff_beta: Fraction
    exports: tuple[Fraction, ...]


class LinearGains(msgspec.Struct, frozen=True, kw_only=True):
    """What each player gains by being in, given who else is: `alone` plus the sum over those others of its row."""

    players: tuple[str, ...]
    alone: tuple[Fraction, ...]
    given: tuple[tuple[Fraction, ...], ...]


class Club(msgspec.Struct, frozen=True, kw_only=True):
    """A stable coalition, and what each player gains by being in rather than out, the others staying where they are."""

    members: tuple[str, ...]
    gains: tuple[float, ...]


def climate_gains(regions: Sequence[Region], price: Fraction, tariff: Fraction) -> LinearGains:
    """The gains of the climate club at a price (dollars a tonne) and a tariff (a part of the price of goods)."""
    world = sum((one.gdp for one in regions), Fraction(0))
    tariffs = [tariff * one.tariff_alpha - tariff**2 * one.tariff_beta for one in regions]
    alone, given = [], []
    for k, one in enumerate(regions):
        cost = _FACTOR * one.mckinsey
        own = price * one.gdp / world
        inside, outside = (part * one.co2 / one.gdp / (2000 * cost) for part in (price, own))
        abating = own * one.co2 * (inside - outside) / 1000 - one.gdp * cost * (inside**2 - outside**2)
        bought = sum((other.exports[k] for j, other in enumerate(regions) if j != k), Fraction(0))
        alone.append(abating + tariffs[k] * bought)
        given.append(
            tuple(
                tariff * other.tariff_alpha * one.exports[j] - tariffs[k] * other.exports[k] if j != k else Fraction(0)
                for j, other in enumerate(regions)
            )
        )
    return LinearGains(players=tuple(one.name for one in regions), alone=tuple(alone), given=tuple(given))


def stable_clubs(gains: LinearGains) -> tuple[Club, ...]:
    """Every stable coalition, the smallest first; whoever is exactly indifferent stays where they are.

    A member stays whose gain is not negative, and an outsider stays out whose gain is not positive. Raises ValueError
    for more players than `MOST_PLAYERS`.
    """
    n = len(gains.players)
    if n > MOST_PLAYERS:
        raise ValueError(f"{n} players have too many coalitions to look at each; {MOST_PLAYERS} is the most")
    exact = [_Whole.of(alone, row, at) for at, (alone, row) in enumerate(zip(gains.alone, gains.given, strict=True))]
    candidates = (_members(mask, n) for mask in _candidates(gains))
    found = [members for members in candidates if _is_stable(exact, members)]
    found.sort(key=lambda members: (len(members), members))
    return tuple(
        Club(
            members=tuple(gains.players[at] for at in members),
            gains=tuple(one.gain(members) / one.unit for one in exact),
        )
        for members in found
    )


class _Whole(msgspec.Struct, frozen=True):
    """What one player gains, in whole numbers of 1 / `unit`: sums of fractions take many times as long."""

    unit: int
    alone: int
    given: tuple[int, ...]

    @classmethod
    def of(cls, alone: Fraction, row: tuple[Fraction, ...], player: int) -> "_Whole":
        unit = lcm(alone.denominator, *(one.denominator for one in row))
        # Nobody gains by being there already.
        given = (0 if at == player else one.numerator * (unit // one.denominator) for at, one in enumerate(row))
        return cls(unit, alone.numerator * (unit // alone.denominator), tuple(given))

    def gain(self, members: tuple[int, ...]) -> int:
        given = self.given
        return self.alone + sum([given[at] for at in members])


def _candidates(gains: LinearGains) -> Iterator[int]:
    """Coalitions that are stable as far as floats can tell, or nearly: by the bits of their number.

    Each player is asked in turn about the coalitions that all before it are content with: about half are left.
    """
    n = len(gains.players)
    alone = [float(one) for one in gains.alone]
    given = np.array([[float(one) for one in row] for row in gains.given]).reshape(n, n)
    np.fill_diagonal(given, 0)  # nobody gains by being there already
    doubt = _DOUBT * (np.abs(alone) + np.abs(given).sum(axis=1))
    for start in range(0, 1 << n, _CHUNK):
        inside = _bits(start, min(start + _CHUNK, 1 << n), n)
        left = np.arange(len(inside))
        for k in range(n):
            chosen = inside[left]
            gain = chosen @ given[k] + alone[k]
            left = left[np.where(chosen[:, k] > 0, gain >= -doubt[k], gain <= doubt[k])]
        yield from (start + left).tolist()


@lru_cache(maxsize=8)
def _bits(start: int, stop: int, n: int) -> "NDArray[np.float64]":
    """Who is in each coalition of a range of numbers: 1 or 0."""
    return ((np.arange(start, stop)[:, None] >> np.arange(n)) & 1).astype(np.float64)


def _members(mask: int, n: int) -> tuple[int, ...]:
    return tuple(at for at in range(n) if mask >> at & 1)


def _is_stable(exact: Sequence[_Whole], members: tuple[int, ...]) -> bool:
    inside = set(members)
    return all(
        one.gain(members) >= 0 if player in inside else one.gain(members) <= 0 for player, one in enumerate(exact)
    )
