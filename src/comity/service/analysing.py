"""Questions to the room of analysis: what a register says, given to a method as plain values.

The room itself (extra `analysis`) is only loaded when it is asked.
"""

from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from comity.service.form import Need, Progress
from comity.service.queries import Refusal, Register, refuse
from comity.service.regions import read_regions, regions_of

if TYPE_CHECKING:
    from comity.analysis.coalitions.clubs import Club, Region

__all__ = [
    "PRICES",
    "TARIFFS",
    "ClubAnswer",
    "ClubAsked",
    "answer_club",
    "club",
    "club_need",
    "club_of",
    "missing_extra",
    "regimes",
]

# The regimes of Nordhaus (2015): dollars a tonne of CO2, and parts of the price of what outsiders sell.
PRICES = tuple(map(Fraction, ("12.5", "25", "50", "100")))
TARIFFS = tuple(Fraction(part, 100) for part in range(11))


_DEAREST = 10**9  # a price that is no more than a slip


class ClubAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The stable clubs of a table of regions at a price and a tariff."""

    players: tuple[str, ...]
    price: Fraction
    tariff: Fraction
    stable: "tuple[Club, ...]"
    # The same table in every regime, where that was asked.
    regimes: "tuple[ClubAnswer, ...]" = ()

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        more: dict[str, object] = {"regimes": [one.plain() for one in self.regimes]} if self.regimes else {}
        return {
            "stable": [list(one.members) for one in self.stable],
            "unique": len(self.stable) == 1,
            "price": float(self.price),
            "tariff": float(self.tariff),
            "gains": [dict(zip(self.players, one.gains, strict=True)) for one in self.stable],
            "players": list(self.players),
            **more,
        }


class ClubAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of regions as text (CSV), a price, a tariff (3% is 0.03), and whether every regime is asked about too."""

    text: str
    price: float
    tariff: float
    regimes: bool = False


def club_need(asked: ClubAsked) -> Need:
    """All coalitions of its rows are looked at; refuses a table with more rows than can be."""
    from comity.analysis.coalitions.clubs import MOST_PLAYERS  # noqa: PLC0415  # of the extra `analysis`

    rows = asked.text.strip().count("\n")
    if rows > MOST_PLAYERS:
        says = f"there are {rows:,} regions, and of more than {MOST_PLAYERS} not every coalition can be looked at"
        raise refuse("club-too-large", says, "put regions together")
    times = 1 + len(PRICES) * len(TARIFFS) * asked.regimes
    return Need(seconds=times * 2**rows * 2e-7, memory=2**rows * 16)


def answer_club(register: Register, asked: ClubAsked, progress: Progress = None) -> ClubAnswer:
    """Every stable climate club of the table; the register is not asked. Raises `Refusal`."""
    del register
    club_need(asked)
    regions = regions_of(asked.text)
    found = club_of(regions, _exact(asked.price), _exact(asked.tariff))
    if not asked.regimes:
        return found
    each = []
    for tariff in TARIFFS:
        for price in PRICES:
            each.append(club_of(regions, price, tariff))
            if progress is not None:
                progress(len(each), len(PRICES) * len(TARIFFS))
    return msgspec.structs.replace(found, regimes=tuple(each))


def _exact(number: float) -> Fraction:
    """A number as it was written, exactly."""
    if not isfinite(number):
        raise refuse("number-wrong", "a price and a tariff are numbers", "3% is 0.03")
    return Fraction(str(number))


def club(path: Path, price: Fraction, tariff: Fraction) -> ClubAnswer:
    """Every stable climate club of a table of regions (`comity.analysis.coalitions.clubs`). Raises `Refusal`."""
    return club_of(read_regions(path), price, tariff)


def club_of(regions: "tuple[Region, ...]", price: Fraction, tariff: Fraction) -> ClubAnswer:
    """Every stable climate club of regions that were read. Raises `Refusal`."""
    from comity.analysis.coalitions.clubs import climate_gains, stable_clubs  # noqa: PLC0415  # of the extra `analysis`

    if not 0 <= price <= _DEAREST or not 0 <= tariff <= 1:
        raise refuse("number-wrong", "a price is not negative, and a tariff lies from 0 to 1", "3% is 0.03")
    try:
        found = stable_clubs(climate_gains(regions, price, tariff))
    except ValueError as error:
        raise refuse("club-too-large", str(error), "put regions together") from error
    return ClubAnswer(players=tuple(one.name for one in regions), price=price, tariff=tariff, stable=found)


def regimes(text: str) -> list[dict[str, object]]:
    """The stable clubs of a table of regions, as text, in every regime, as JSON holds them. Raises `Refusal`."""
    regions = regions_of(text)
    return [club_of(regions, price, tariff).plain() for tariff in TARIFFS for price in PRICES]


def missing_extra(error: ModuleNotFoundError) -> Refusal:
    """A refusal where the extra `analysis` is not installed."""
    return refuse("extra-missing", f"this needs {error.name}, not installed", "install comity[analysis]")
