"""A decision rule on a day, as the analysis takes it: who votes, with what weights, and what makes them win."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from comity.findings import has_errors
from comity.instruments import DecisionRule
from comity.notation.rule_file import parse_decision_rule
from comity.register.folder import FolderLayer, read_text
from comity.rules import (
    GroundRule,
    NoMembersError,
    PartiesTo,
    Rule,
    Selector,
    SignatoriesOf,
    UnknownNameError,
    WeightTable,
    ground,
    names,
    two_way,
)
from comity.service.analysing import missing_extra
from comity.service.queries import Refusal, Register, refuse

if TYPE_CHECKING:
    from comity.analysis.voting.games import Game

__all__ = ["Ruling", "measurable", "measured_by", "ruling"]

_MOST = 1_000_000  # bytes of a rule file
_SHOWN = 5


class Ruling(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A rule as it stands on a day among its members; `tables` are the weights that it names.

    `register` is that of its names: beside a rule file lie groups and weights of its own.
    """

    rule: DecisionRule
    article: str
    when: Rule
    on: date
    members: frozenset[str]
    ground: GroundRule
    tables: dict[str, WeightTable]
    register: Register

    @property
    def sources(self) -> tuple[str, ...]:
        """What the rule and its weights rest on."""
        return (
            f"{self.rule.id}: {self.rule.source}",
            *(f"{name}: {table.source}" for name, table in self.tables.items()),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the rule's file notes, and where members and the rows of a table of weights are not the same."""
        return (*self.rule.notes, *(note for name, table in self.tables.items() for note in self._unlike(name, table)))

    def _unlike(self, name: str, table: WeightTable) -> Iterator[str]:
        beyond, without = sorted(table.rows.keys() - self.members), sorted(self.members - table.rows.keys())
        if beyond:
            yield f"{name} weighs {_few(beyond)}, no members here; a share is of the whole table, theirs included"
        if without:
            yield f"{name} has no row for {_few(without)}, who count for nothing in a share"

    def game(self) -> "Game":
        """The rule as a simple game. Raises `Refusal` where the extra `analysis` is not installed."""
        try:
            from comity.analysis.voting.games import game_of  # noqa: PLC0415  # of the extra `analysis`
        except ModuleNotFoundError as error:
            raise missing_extra(error) from error
        return game_of(two_way(self.ground, self.members), self.members)


def _few(actors: Sequence[str]) -> str:
    """Some of them by name, and how many more."""
    shown = ", ".join(actors[:_SHOWN])
    return shown if len(actors) <= _SHOWN else f"{shown} and {len(actors) - _SHOWN} more"


def ruling(register: Register, rule: str, on: date, members: str = "") -> Ruling:
    """A rule on a day: the id of one of the register, or the path of a rule file.

    Weights and groups of a rule file are looked for beside it, then in the register. `members` says who votes where the
    rule does not, or instead of it: a group, or codes with commas. Raises `Refusal`.
    """
    over, named = _named(register, rule)
    version = named.at(on)
    if version is None:
        raise refuse("rule-not-yet", f"{named.id} did not apply on {on}", "ask about a later day")
    tables = sorted(names(version.when).weights)
    try:
        voting = _members(over, _chosen(members) or version.members or named.members, tables, on)
        return Ruling(
            rule=named,
            article=version.article or named.article,
            when=version.when,
            on=on,
            members=voting,
            ground=ground(version.when, over.law, on, voting),
            tables={name: over.law.weights(name, on) for name in tables},
            register=over,
        )
    except (UnknownNameError, NoMembersError) as error:
        # A table that is there and cannot be read is no table that is missing.
        faults = [fault for name in tables for fault in over.reading.findings_of_weights(name)]
        if isinstance(error, UnknownNameError) and has_errors(faults):
            raise Refusal(faults) from error
        raise refuse("rule-unjudged", f"{named.id} cannot be judged: {error}", "add what it names") from error


def measurable(register: Register) -> list[DecisionRule]:
    """The rules of a register that say who their members are: a group, parties, or whoever has a weight."""
    return [
        one
        for one in register.rules()
        if one.members is not None or any(names(version.when).weights for version in one.versions)
    ]


def measured_by(table: WeightTable) -> dict[str, int | float]:
    """The weights of a table as it gives them: whole where they are."""
    return {actor: _number(weight) for actor, weight in table.rows.items()}


def _number(weight: Fraction) -> int | float:
    return weight.numerator if weight.denominator == 1 else float(weight)


def _chosen(members: str) -> Selector | None:
    codes = tuple(part.strip() for part in members.split(",") if part.strip())
    return codes if len(codes) > 1 else codes[0] if codes else None


def _members(register: Register, selector: Selector | None, tables: list[str], day: date) -> frozenset[str]:
    """Whoever may vote under the rule on a day: whom it names, or else whoever has a weight."""
    if selector is None and tables:
        return frozenset(actor for name in tables for actor in register.law.weights(name, day).rows)
    if selector is None:
        raise NoMembersError("it does not say who its members are; name them (members: a group, or codes)")
    if isinstance(selector, tuple):
        return frozenset(selector)
    if isinstance(selector, str):
        found, said = register.law.group(selector, day), f"the group {selector} has no members"
    elif isinstance(selector, SignatoriesOf):
        found, said = register.law.signatories_of(selector.instrument, day), f"nobody had signed {selector.instrument}"
    else:
        found, said = _parties(register, selector, day), f"{selector.instrument} has no parties"
    if not found:
        raise NoMembersError(f"{said} on {day}")
    return found


def _parties(register: Register, selector: PartiesTo, day: date) -> frozenset[str]:
    if selector.at == "adoption":
        raise NoMembersError(f"its members are the parties to {selector.instrument} at an adoption, and none is said")
    return register.law.parties_to(selector.instrument, selector.at or day)


def _named(register: Register, rule: str) -> tuple[Register, DecisionRule]:
    """The rule, and the register that its names are of."""
    if not rule.endswith(".toml"):
        found = register.reading.rule(rule)
        if found is None:
            raise unknown_rule(register, rule)
        return register, found
    path = Path(rule)
    text, faults = read_text(path, rule, _MOST)
    if not has_errors(faults):
        read, more = parse_decision_rule(text, rule, path.stem)
        faults = (*faults, *more)
        if read is not None and not has_errors(faults):
            return Register([FolderLayer(path.parent), *register.reading.layers]), read
    raise Refusal(faults)


def unknown_rule(register: Register, rule: str) -> Refusal:
    """A refusal of a rule that there is not, with those of similar names."""
    close = ", ".join(name for name in register.reading.ids("rule") if rule.partition("-")[0] in name)[:200]
    return refuse("rule-unknown", f"no rule is called “{rule:.40}”", f"there are {close}" if close else "")
