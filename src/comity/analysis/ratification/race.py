"""When will it be met: a rule, those who are in already, and what lies ahead of the others."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.ratification.ahead import FAR, Ahead, Hurdle, of_number
from comity.analysis.ratification.meeting import Chance, meetings
from comity.analysis.voting.games import Game

__all__ = ["Moved", "Race", "needed"]

Floats = NDArray[np.float64]
_DRIVERS = 10
# States of whom it is asked what their consent would add: fewer where each answer is simulated.
_ASKED, _SIMULATED = 60, 12
# The middle four fifths of a normal distribution.
_END = 1.2815515655446004
_LOW, _HIGH = 0.1, 0.9
_NEAR = 8


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a State does to the chance on a day by joining on the first, and by staying out; its own chance to join.

    `days` is by how many its consent brings the median date forward; None where there is none.
    """

    actor: str
    effect: float
    cost: float
    chance: float
    days: int | None


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """A game, what lies ahead, who is `sure` to be in; `done` where all is over.

    `needed` are those without each of whom it is not met. `unnamed` of those at risk are in though nobody knows who;
    `among` is the chance of each to be one of them.
    """

    game: Game
    ahead: Ahead
    sure: frozenset[str]
    unnamed: int = 0
    among: Floats | None = None
    needed: frozenset[str] = frozenset()
    done: bool = False

    @property
    def begin(self) -> date:
        """The day from which it looks ahead."""
        return self.ahead.begin

    def with_hurdles(self, hurdles: Mapping[str, Hurdle]) -> "Race":
        """The same with hurdles before some."""
        return msgspec.structs.replace(self, ahead=msgspec.structs.replace(self.ahead, hurdles=hurdles))

    def chances(self, days: Sequence[date]) -> list[Chance]:
        """The chance that the rule is met by each day."""
        return self._judged([self._row(day) for day in days], exact=True)

    def ends(self, days: Sequence[date]) -> tuple[list[float], list[float]]:
        """The chance by each day at either end of the middle four fifths of what is not known of the instrument."""
        points = self.ahead.points
        found = []
        for end in (-_END, _END):
            rows = [_between(self._row(day), points, end) for day in days]
            found.append([one.chance for one in self._judged(rows, np.ones(1))])
        return found[0], found[1]

    def number(self, day: date) -> dict[str, float]:
        """How many are in on the first day, and by another: the mean, and the middle four fifths."""
        now = len(self.sure) + self.unnamed
        chances = self._row(day)[:, [at for at, code in enumerate(self.game.players) if code not in self.sure]]
        spread = self.ahead.weights @ of_number(chances)
        sums = np.cumsum(spread)
        mean = now + float(spread @ np.arange(len(spread)))
        low, high = (now + int(np.searchsorted(sums, part)) for part in (_LOW, _HIGH))
        return {"now": now, "expected": mean, "low": low, "high": high}

    def reached(self, first: date, levels: Sequence[float]) -> list[date | None]:
        """The first day, not before `first`, by which the chance has come up to each level; None past fifty years."""
        return self._first_days(first, [(level, "", "") for level in levels])

    def drivers(self, first: date, last: date, base: Chance, median: date | None) -> list[Moved]:
        """On whom the chance on the last day hangs most: by how much of what is open it is theirs to settle.

        (The part of the variance of the outcome that knowing a State's own decision would remove.)
        """
        if self.done or base.chance in {0.0, 1.0}:
            return []
        row = self._row(last)
        # Differences are taken between answers of one kind: all counted, or all simulated with the same numbers.
        base = self._judged([row])[0]
        own = dict(zip(self.game.players, (self.ahead.weights @ row).tolist(), strict=True))
        open_to = [code for code in self.ahead.codes if code in self.game.players and code not in self.sure]
        asked = sorted(open_to, key=lambda code: (-self._pull(code), own[code] * (own[code] - 1), code))
        asked = asked[: _ASKED if base.error is None else _SIMULATED]
        cases = [self._row(last, code, "") for code in asked] + [self._row(last, "", code) for code in asked]
        told = [one.chance for one in self._judged(cases)]
        found = [
            (code, into - base.chance, base.chance - out)
            for code, into, out in zip(asked, told[: len(asked)], told[len(asked) :], strict=True)
        ]
        found = sorted(found, key=lambda one: (-_share(own[one[0]], one[1], one[2]), one[0]))[:_DRIVERS]
        found = [one for one in found if one[1] > 0]
        exact = median is not None and base.error is None
        days = self._first_days(first, [(0.5, code, "") for code, _, _ in found]) if exact else ()
        sooner = [None if day is None or median is None else (median - day).days for day in days] or [None] * len(found)
        return [
            Moved(actor=code, effect=effect, cost=cost, chance=own[code], days=moved)
            for (code, effect, cost), moved in zip(found, sooner, strict=True)
        ]

    def _pull(self, code: str) -> float:
        """How much of a condition somebody brings alone, at the most."""
        at = self.game.players.index(code)
        return max((one.weights[at] / one.quota for one in self.game.thresholds if one.quota > 0), default=0.0)

    def _row(self, day: date, also: str = "", never: str = "") -> Floats:
        """The chance of each player to be in by a day, values × players; with one more who joins at once, or never."""
        places = {code: at for at, code in enumerate(self.game.players)}
        found = np.zeros((len(self.ahead.weights), len(places)))
        found[:, [places[code] for code in self.sure]] = 1.0
        chances = self.ahead.by(day)
        if self.among is not None:
            chances = chances * (1 - self.among)
        for at, code in enumerate(self.ahead.codes):
            if code in places and code not in self.sure:
                found[:, places[code]] = chances[:, at]
                if code in {also, never}:
                    left = 1.0 if self.among is None else 1 - float(self.among[at])
                    found[:, places[code]] = left if code == also else 0.0
        return found

    def _judged(self, rows: Sequence[Floats], weights: Floats | None = None, *, exact: bool = False) -> list[Chance]:
        if self.done:
            return [Chance(chance=1.0, error=None)] * len(rows)
        game = self.game
        if self.unnamed:
            # Only a plain number is asked about here: those whom nobody knows by name count beside the others.
            lower = tuple(msgspec.structs.replace(one, quota=one.quota - self.unnamed) for one in game.thresholds)
            game = msgspec.structs.replace(game, thresholds=lower)
        shares = self.ahead.weights if weights is None else weights
        return meetings(game, shares, np.array(rows), exact=exact)

    def _first_days(self, first: date, asked: Sequence[tuple[float, str, str]]) -> list[date | None]:
        """By halving the days ahead, all questions (a level, who joins at once, who never does) together."""
        far = (self.begin + timedelta(days=int(FAR * 365.25)) - first).days
        low, high = [-1] * len(asked), [far + 1] * len(asked)
        # A day told by simulation is no surer than some days.
        near = 1 if self._judged([self._row(first)])[0].error is None else _NEAR
        while open_ := [at for at in range(len(asked)) if high[at] - low[at] > near]:
            middle = {at: (low[at] + high[at]) // 2 for at in open_}
            rows = [self._row(first + timedelta(days=middle[at]), *asked[at][1:]) for at in open_]
            for at, one in zip(open_, self._judged(rows), strict=True):
                if one.chance >= asked[at][0]:
                    high[at] = middle[at]
                else:
                    low[at] = middle[at]
        return [None if day > far else first + timedelta(days=day) for day in high]


def needed(game: Game) -> frozenset[str]:
    """The players each of whom must join in every way to win, where these are not all."""
    found: frozenset[str] | None = None
    for way in game.ways:
        here = {
            player
            for at in way
            for player, weight in zip(game.players, game.thresholds[at].weights, strict=True)
            if sum(game.thresholds[at].weights) - weight < game.thresholds[at].quota
        }
        found = frozenset(here) if found is None else found & here
    return frozenset() if found is None or len(found) == len(game.players) else found


def _share(own: float, effect: float, cost: float) -> float:
    return own * (1 - own) * (effect + cost) ** 2


def _between(row: Floats, points: Floats, end: float) -> Floats:
    """The chances at a value between those told, on the logit; one row."""
    above = int(np.searchsorted(points, end))
    part = (end - points[above - 1]) / (points[above] - points[above - 1])
    low, high = np.clip(row[above - 1], 1e-300, 1.0), np.clip(row[above], 1e-300, 1.0)
    found = np.exp((1 - part) * np.log(low) + part * np.log(high))
    return np.asarray(np.where(row[above] == 0, 0.0, found))[None, :]
