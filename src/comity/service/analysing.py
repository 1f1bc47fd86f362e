"""Questions to the room of analysis: what a register says, given to a method as plain values.

The room itself (extra `analysis`) is only loaded when it is asked.
"""

from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from comity.findings import has_errors
from comity.instruments import DecisionRule
from comity.notation.rule_file import parse_decision_rule
from comity.register.folder import FolderLayer, read_text
from comity.rules import NoMembersError, Selector, UnknownNameError, ground, names, two_way
from comity.service import shapes
from comity.service.form import Need, Progress
from comity.service.queries import Refusal, Register, as_day, refuse
from comity.service.regions import read_regions, regions_of

if TYPE_CHECKING:
    from comity.analysis.clubs import Club, Region
    from comity.analysis.games import Game
    from comity.analysis.power import Index, Power

__all__ = [
    "PRICES",
    "TARIFFS",
    "ClubAnswer",
    "ClubAsked",
    "PowerAnswer",
    "PowerAsked",
    "answer_club",
    "answer_power",
    "club",
    "club_need",
    "club_of",
    "measurable",
    "missing_extra",
    "power",
    "power_asked",
    "read_power",
    "regimes",
]

_MOST = 1_000_000  # bytes of a rule file
# Rules of many members take seconds and a hundred megabytes: one at a time is counted, and who waits longer is told.
_ONE, _PATIENCE = Lock(), 30.0
_KEPT = 64
INDICES: "tuple[Index, ...]" = ("banzhaf", "shapley")


class PowerAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision rule of the register by its id, the day on which it is asked about, and which indices."""

    rule: str
    on: date
    index: tuple[Literal["banzhaf", "shapley"], ...] = INDICES


def answer_power(register: Register, asked: PowerAsked, progress: Progress = None) -> "PowerAnswer":
    """Who has what power under a rule of the register (`power_asked`). Raises `Refusal`."""
    del progress  # it takes seconds at the most
    return power_asked(register, asked.rule, asked.on, asked.index)


class PowerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who has what power under a rule on a day, and what the rule and its weights rest on."""

    rule: str
    title: str
    article: str
    on: date
    weights: str
    power: "Power"
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it; counts are text, for they are larger than programs take for numbers."""
        members = [msgspec.to_builtins(one) for one in self.power.members]
        for one in members:
            one["swings"] = None if one["swings"] is None else str(one["swings"])
        return {
            "rule": self.rule,
            "title": self.title,
            "article": self.article,
            "on": self.on.isoformat(),
            "members": members,
            "winning": None if self.power.winning is None else str(self.power.winning),
            "collectivity": self.power.collectivity,
            "method": self.power.method,
            "weights": self.weights,
            "notes": self.notes,
            "sources": self.sources,
        }


def power(register: Register, rule: str, on: date | str, indices: "tuple[Index, ...]" = INDICES) -> PowerAnswer:
    """The power of each member under a decision rule: the id of one of the register, or the path of a rule file.

    Weights and groups of a rule file are looked for beside it, then in the register. Raises `Refusal`.
    """
    try:
        from comity.analysis.games import game_of  # noqa: PLC0415  # of the extra `analysis`
        from comity.analysis.power import TooManyError  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    day = as_day(on)
    over, named = _named(register, rule)
    version = named.at(day)
    if version is None:
        raise refuse("rule-not-yet", f"{named.id} did not apply on {day}", "ask about a later day")
    try:
        members = _members(over, version.members or named.members, names(version.when).weights, day)
        game = game_of(two_way(ground(version.when, over.law, day, members), members), members)
        measured = _one_by_one(game, indices)
        tables = {name: over.law.weights(name, day) for name in sorted(names(version.when).weights)}
    except (UnknownNameError, NoMembersError) as error:
        raise refuse("rule-unjudged", f"{named.id} cannot be judged: {error}", "add what it names") from error
    except TooManyError as error:
        raise refuse(
            "power-uncounted", f"{named.id}: {error}", "ask about fewer members, or about one condition"
        ) from error
    rows = next(iter(tables.values())).rows if len(tables) == 1 else {}
    own = tuple(msgspec.structs.replace(one, weight=_number(rows.get(one.actor))) for one in measured.members)
    sources = (f"{named.id}: {named.source}", *(f"{name}: {table.source}" for name, table in tables.items()))
    return PowerAnswer(
        rule=named.id,
        title=named.title,
        article=version.article or named.article,
        on=day,
        weights=", ".join(tables),
        power=msgspec.structs.replace(measured, members=own),
        notes=named.notes,
        sources=sources,
    )


def measurable(register: Register) -> list[DecisionRule]:
    """The rules of a register that say who their members are: a group, or whoever has a weight."""
    return [
        one
        for one in register.rules()
        if isinstance(one.members, str | tuple) or any(names(version.when).weights for version in one.versions)
    ]


def _one_by_one(game: "Game", indices: "tuple[Index, ...]") -> "Power":
    """The power in a game: counted once, kept, and never twice at the same time."""
    if not _ONE.acquire(timeout=_PATIENCE):
        raise refuse("analysis-busy", "another question of power is being counted", "ask again in a minute")
    try:
        return _measured(game, indices)
    finally:
        _ONE.release()


@lru_cache(maxsize=_KEPT)
def _measured(game: "Game", indices: "tuple[Index, ...]") -> "Power":
    from comity.analysis.power import power as power_in  # noqa: PLC0415  # of the extra `analysis`

    return power_in(game, indices)


def power_asked(register: Register, rule: str, on: date, index: tuple[str, ...] = INDICES) -> PowerAnswer:
    """The power of each member under a rule of the register, as programs ask: never a file. Raises `Refusal`."""
    if not set(index) <= set(INDICES):
        raise refuse("index-unknown", f"“{', '.join(index):.40}” names no index", "say banzhaf, shapley, or both")
    if register.reading.rule(rule) is None:
        raise _unknown_rule(register, rule)
    # In one order, so that what was counted once is found again.
    return power(register, rule, on, tuple(one for one in INDICES if one in index))


def read_power(found: Any) -> PowerAnswer:  # noqa: ANN401  # whatever JSON holds
    """The answer that this JSON tells of."""
    from comity.analysis.power import Power, PowerOf  # noqa: PLC0415  # of the extra `analysis`

    def whole(text: str | None) -> int | None:
        return None if text is None else int(text)

    read = msgspec.convert(found, shapes.Power)
    members = tuple(PowerOf(**msgspec.structs.asdict(one) | {"swings": whole(one.swings)}) for one in read.members)
    power = Power(
        members=members,
        winning=whole(read.winning),
        collectivity=read.collectivity,
        method=read.method,
    )
    kept = {name: getattr(read, name) for name in PowerAnswer.__struct_fields__ if name != "power"}
    return PowerAnswer(power=power, **kept)


def _number(weight: Fraction | None) -> int | float | None:
    """A weight as the table gives it: whole where it is."""
    if weight is None:
        return None
    return weight.numerator if weight.denominator == 1 else float(weight)


def _members(register: Register, selector: Selector | None, tables: frozenset[str], day: date) -> frozenset[str]:
    """Whoever may vote under the rule on a day: whom it names, or else whoever has a weight."""
    if selector is None and tables:
        return frozenset(actor for name in tables for actor in register.law.weights(name, day).rows)
    if selector is None:
        raise NoMembersError("it does not say who its members are")
    if isinstance(selector, tuple):
        return frozenset(selector)
    if not isinstance(selector, str):
        raise NoMembersError("its members are no group")
    found = register.law.group(selector, day)
    if not found:
        raise NoMembersError(f"the group {selector} has no members on {day}")
    return found


def _named(register: Register, rule: str) -> tuple[Register, DecisionRule]:
    """The rule, and the register that its names are of."""
    if not rule.endswith(".toml"):
        found = register.reading.rule(rule)
        if found is None:
            raise _unknown_rule(register, rule)
        return register, found
    path = Path(rule)
    text, faults = read_text(path, rule, _MOST)
    if not has_errors(faults):
        read, more = parse_decision_rule(text, rule, path.stem)
        faults = (*faults, *more)
        if read is not None and not has_errors(faults):
            return Register([FolderLayer(path.parent), *register.reading.layers]), read
    raise Refusal(faults)


def _unknown_rule(register: Register, rule: str) -> Refusal:
    close = ", ".join(name for name in register.reading.ids("rule") if rule.partition("-")[0] in name)[:200]
    return refuse("rule-unknown", f"no rule is called “{rule:.40}”", f"there are {close}" if close else "")


# The regimes of Nordhaus (2015): dollars a tonne of CO2, and parts of the price of what outsiders sell.
PRICES = tuple(map(Fraction, ("12.5", "25", "50", "100")))
TARIFFS = tuple(Fraction(part, 100) for part in range(11))


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
    from comity.analysis.clubs import MOST_PLAYERS  # noqa: PLC0415  # of the extra `analysis`

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
    """Every stable climate club of a table of regions (`comity.analysis.clubs`). Raises `Refusal`."""
    return club_of(read_regions(path), price, tariff)


def club_of(regions: "tuple[Region, ...]", price: Fraction, tariff: Fraction) -> ClubAnswer:
    """Every stable climate club of regions that were read. Raises `Refusal`."""
    from comity.analysis.clubs import climate_gains, stable_clubs  # noqa: PLC0415  # of the extra `analysis`

    if price < 0 or not 0 <= tariff <= 1:
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
