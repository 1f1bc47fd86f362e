"""Figures by actor and year, with what is not known."""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["LackingError", "Panel", "Vector"]

Vector = NDArray[np.float64]


class LackingError(ValueError):
    """A rule needs figures that are not there: which, when, and of whom."""

    def __init__(self, name: str, when: str, actors: tuple[str, ...] = ()) -> None:
        self.name, self.when, self.actors = name, when, actors
        whose = f" of {', '.join(actors[:8])}{' …' if len(actors) > 8 else ''}" if actors else ""  # noqa: PLR2004  # a line
        super().__init__(f"there is no figure for {name}{whose} {when}")


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """Figures: `values[name]` has a row an actor and a column a year (from `first`), NaN where nothing is known."""

    actors: tuple[str, ...]
    first: int
    values: Mapping[str, NDArray[np.float64]]

    @property
    def last(self) -> int:
        """The last year."""
        return self.first + next((one.shape[1] for one in self.values.values()), 1) - 1

    def has(self, name: str) -> bool:
        """Whether anything at all is known of these figures."""
        return name in self.values

    def on(self, name: str, year: int) -> Vector:
        """The figures of one year. Raises `LackingError` where one is not known."""
        found = self._columns(name, year, year)[:, 0]
        self._whole(name, found, f"in {year}")
        return found

    def flow(self, name: str, first: int, last: int) -> NDArray[np.float64]:
        """What flows year by year: where nothing is known of a year, nothing flowed. Raises `LackingError`."""
        found = self._columns(name, first, last)
        known = ~np.isnan(found)
        self._whole(name, np.where(known.any(axis=1), 0.0, np.nan), f"from {first} to {last}")
        return np.where(known, found, 0.0)

    def level(self, name: str, first: int, last: int) -> NDArray[np.float64]:
        """What has a level: straight between the years known, and flat before and after. Raises `LackingError`."""
        if name not in self.values:
            raise LackingError(name, f"from {first} to {last}")
        table = self.values[name]
        known = ~np.isnan(table)
        self._whole(name, np.where(known.any(axis=1), 0.0, np.nan), "in any year")
        own, wanted = np.arange(self.first, self.first + table.shape[1]), np.arange(first, last + 1)
        return np.array([np.interp(wanted, own[seen], row[seen]) for row, seen in zip(table, known, strict=True)])

    def _columns(self, name: str, first: int, last: int) -> NDArray[np.float64]:
        """The years asked for, NaN where they lie outside the table."""
        if name not in self.values:
            raise LackingError(name, f"in {first}" if first == last else f"from {first} to {last}")
        table = self.values[name]
        found = np.full((len(self.actors), max(last - first + 1, 0)), np.nan)
        low, high = max(first, self.first), min(last, self.first + table.shape[1] - 1)
        if low <= high:
            found[:, low - first : high - first + 1] = table[:, low - self.first : high - self.first + 1]
        return found

    def _whole(self, name: str, found: Vector, when: str) -> None:
        lacking = tuple(actor for actor, value in zip(self.actors, found, strict=True) if np.isnan(value))
        if lacking:
            raise LackingError(name, when, lacking)
