"""A minimum-participation clause as a rule: which coalitions of a game are an agreement at all.

The clause is a number of members; a rule of the rule language (spec/rules.md) as JSON; or the id of an instrument,
whose rule for entry into force it then is, or of a decision rule, in a register. Weights and groups that the game
brings go before those of the register. Players of one kind count as so many actors.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from comity.findings import Finding
from comity.rules import (
    Count,
    NoMembersError,
    Rule,
    RuleFault,
    UnknownNameError,
    WeightTable,
    ground,
    names,
    parse_rule,
    two_way,
)
from comity.service.coalition_files import Brought
from comity.service.queries import Refusal, Register, refuse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["agreements", "clause_rule"]


def clause_rule(clause: Any, register: Register, day: date) -> Rule:  # noqa: ANN401  # as JSON or a text holds it
    """The rule that a clause means: a number, an object or text of JSON, or an id. Raises `Refusal`."""
    text = clause.strip() if isinstance(clause, str) else clause
    if isinstance(text, str) and text.isdigit():
        text = int(text)
    if isinstance(text, int) and not isinstance(text, bool):
        return Count(at_least=text)
    if isinstance(text, str) and text.startswith("{"):
        try:
            text = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise refuse("clause-malformed", f"the clause is no JSON: {error}", 'such as {"count": 3}') from error
    if isinstance(text, Mapping):
        try:
            return parse_rule(_decimals(text), path="clause")
        except RuleFault as error:
            raise Refusal(
                [
                    Finding(level="error", code=one.code, says=f"{one.path}: {one.says}", do=one.do)
                    for one in error.faults
                ]
            ) from error
    return _named(str(text), register, day)


def _decimals(value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """The same with decimals as they were written: a part of 0.55 is no float."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {name: _decimals(one) for name, one in value.items()}
    return [_decimals(one) for one in value] if isinstance(value, list) else value


def _named(name: str, register: Register, day: date) -> Rule:
    rule = register.reading.rule(name)
    version = rule.at(day) if rule is not None else None
    if version is not None:
        return version.when
    instrument = register.reading.instrument(name)
    force = instrument.entry_into_force if instrument is not None else None
    if force is None or force.when is None:
        says = f"“{name:.60}” is no number, no rule, and no instrument with a rule for entry into force"
        raise refuse("clause-unknown", says, "say a number, a rule as JSON, or such an id")
    return force.when


class _Setting:
    """What a game brings, before what a register knows."""

    def __init__(self, brought: Brought, actors: Mapping[str, tuple[str, ...]], register: Register) -> None:
        self.law, self.actors = register.law, actors
        self.own = {name: frozenset(_all(actors, who)) for name, who in brought.groups.items()}
        self.tables = {
            name: WeightTable(
                rows={actor: weight for player, weight in rows.items() for actor in actors[player]},
                total=sum((weight * len(actors[player]) for player, weight in rows.items()), Fraction(0)),
            )
            for name, rows in brought.weights.items()
        }

    def group(self, name: str, on: date) -> frozenset[str]:
        if name in self.own:
            return self.own[name]
        return frozenset(self.actors[name]) if name in self.actors else self.law.group(name, on)

    def parties_to(self, name: str, on: date) -> frozenset[str]:
        return self.law.parties_to(name, on)

    def signatories_of(self, name: str, on: date) -> frozenset[str]:
        return self.law.signatories_of(name, on)

    def weights(self, name: str, on: date) -> WeightTable:
        return self.tables[name] if name in self.tables else self.law.weights(name, on)

    def in_force(self, name: str, on: date) -> bool:
        return self.law.in_force(name, on)


def _all(actors: Mapping[str, tuple[str, ...]], who: tuple[str, ...]) -> list[str]:
    return [actor for player in who for actor in actors[player]]


def agreements(brought: Brought, rule: Rule, register: Register, day: date) -> "NDArray[np.bool_]":
    """Which coalitions, by number, reach a clause. Raises `Refusal` where it names what is not known."""
    import numpy as np  # noqa: PLC0415  # of the extra `analysis`

    from comity.analysis.coalitions.stability import counts_of  # noqa: PLC0415  # as above
    from comity.analysis.voting.games import game_of  # noqa: PLC0415  # as above

    actors = {
        name: (name,) if number == 1 else tuple(f"{name} {at}" for at in range(1, number + 1))
        for name, number in zip(brought.players, brought.numbers, strict=True)
    }
    everybody = frozenset(_all(actors, brought.players))
    unknown = sorted(names(rule).actors - everybody - set(register.reading.directory.actors))
    if unknown:
        raise refuse("clause-unknown", f"the clause names {', '.join(unknown)[:200]}, no player", "name players")
    try:
        standing = ground(rule, _Setting(brought, actors, register), day, everybody)
        game = game_of(two_way(standing, everybody), everybody)
    except (UnknownNameError, NoMembersError) as error:
        raise refuse("clause-unjudged", f"the clause cannot be judged: {error}", "add what it names") from error
    counts = counts_of(brought.numbers)
    sums = [
        (counts @ np.array([one.weights[game.players.index(actors[name][0])] for name in brought.players], np.int64))
        >= one.quota
        for one in game.thresholds
    ]
    found = np.zeros(len(counts), bool)
    for way in game.ways:
        reached = np.ones(len(counts), bool)
        for at in way:
            reached &= sums[at]
        found |= reached
    return found
