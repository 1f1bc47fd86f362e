"""Plain values of TOML or JSON ⇄ rules: every fault collected, none of them raised one by one.

A whole number is a count; a decimal, or a fraction or decimal in quotes, is a part. TOML must be read with
`parse_float=Decimal`: a binary float is refused, because 0.55 is none.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeVar, cast

import msgspec

from comity.dates import parse_date
from comity.rules.forms import (
    BASES,
    SIDES,
    AllOf,
    AnyOf,
    AtLeast,
    Base,
    Count,
    FewerThan,
    InForce,
    Members,
    NoneAgainst,
    PartiesTo,
    Quorum,
    Rule,
    Selector,
    Share,
    Side,
    SignatoriesOf,
    needs_members,
)

__all__ = ["Fault", "RuleFault", "alternatives", "parse_rule"]

# Bounds that no real rule comes near, so that a hostile file cannot exhaust the machine.
MOST = 10**9
DEEPEST = 12
MOST_ALTERNATIVES = 1_000
_PLACES = 29

_FRACTION = re.compile(r"(\d{1,30})/(\d{1,30})", re.ASCII)
_DECIMAL = re.compile(r"\d{1,29}\.\d{1,29}", re.ASCII)
_PART_HELP = 'write a part as 0.55, "0.55" or "2/3"'

_OPTIONS: Mapping[str, frozenset[str]] = {
    "count": frozenset({"strict", "among", "base"}),
    "share": frozenset({"of", "strict", "among", "base"}),
    "members": frozenset(),
    "none_against": frozenset({"abstention"}),
    "fewer_than": frozenset({"side", "among"}),
    "quorum": frozenset({"strict", "among"}),
    "in_force": frozenset(),
    "all": frozenset(),
    "any": frozenset(),
    "at_least": frozenset({"of"}),
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a rule as written: where, what it says, and what to do. `code` is for programs."""

    path: str
    code: str
    says: str
    do: str


class RuleFault(ValueError):  # noqa: N818  # a fault is this house's word for what a user got wrong
    """The value is no rule; `faults` holds everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.says}" for fault in faults))
        self.faults = faults


class _Wrong(Exception):  # noqa: N818  # never leaves this module: it carries one fault up to the reader
    def __init__(self, code: str, says: str, do: str) -> None:
        super().__init__(says)
        self.code, self.says, self.do = code, says, do


def parse_rule(plain: object, *, path: str, in_instrument: bool = False) -> Rule:
    """Read a rule from plain values; `path` says where it stands, for the faults.

    `in_instrument` says that the rule stands in an instrument, where there is no ballot: a part of a count
    then needs `among`, and `base` means nothing. Raises `RuleFault` with every fault found.
    """
    reader = _Reader(in_instrument=in_instrument)
    rule = reader.rule(plain, path, 0)
    if rule is not None and not reader.faults and alternatives(rule) > MOST_ALTERNATIVES:
        reader.fault(
            path,
            _Wrong(
                "rule-too-wide",
                f"the rule can be met in more than {MOST_ALTERNATIVES} ways",
                "state it with fewer alternatives: `at_least` over single actors is a count among them",
            ),
        )
    if rule is None or reader.faults:
        raise RuleFault(tuple(reader.faults))
    return rule


def alternatives(rule: Rule) -> int:
    """In how many ways, each a set of leaves that must all hold, the rule can be met."""
    if isinstance(rule, AllOf | AnyOf | AtLeast):
        wanted = {AllOf: len(rule.of), AnyOf: 1}.get(type(rule)) or cast("AtLeast", rule).number
        ways = [1] + [0] * wanted  # ways[k]: ways to meet k of the children seen so far
        for child in rule.of:
            own = alternatives(child)
            for k in range(wanted, 0, -1):
                ways[k] += ways[k - 1] * own
        return ways[wanted]
    return 1


class _Reader:
    """One reading: the faults so far, and whether the rule stands in an instrument."""

    def __init__(self, *, in_instrument: bool) -> None:
        self.faults: list[Fault] = []
        self.in_instrument = in_instrument

    def fault(self, path: str, wrong: _Wrong) -> None:
        self.faults.append(Fault(path=path, code=wrong.code, says=wrong.says, do=wrong.do))

    def rule(self, plain: object, path: str, depth: int) -> Rule | None:
        """The rule, or None after noting at least one fault."""
        before = len(self.faults)
        try:
            head, table = _head(plain, depth)
        except _Wrong as wrong:
            self.fault(path, wrong)
            return None
        for key in table:
            if key != head and key not in _OPTIONS[head]:
                allowed = ", ".join(f"`{name}`" for name in (head, *sorted(_OPTIONS[head])))
                says = f"`{key}` has no meaning beside `{head}`"
                self.fault(f"{path}.{key}", _Wrong("rule-key", says, f"take it out: the keys here are {allowed}"))
        rule = self._form(head, table, path, depth)
        if rule is None or len(self.faults) > before:
            return None
        if isinstance(rule, Count | Share | Quorum) and rule.strict and _is_whole(rule.at_least):
            says = "more than the whole is never reached"
            self.fault(f"{path}.strict", _Wrong("rule-part", says, "take `strict` out"))
            return None
        if self.in_instrument and needs_members(rule):
            says = f"`{head}` asks for a part of the members, and an instrument does not say who they are"
            self.fault(f"{path}.{head}", _Wrong("rule-part", says, "name them with `among`, or write a whole number"))
            return None
        return rule

    def _form(self, head: str, table: Mapping[str, object], path: str, depth: int) -> Rule | None:
        if head in {"all", "any", "at_least"}:
            return self._node(head, table, path, depth)
        take = _Take(self, table, path)
        if head == "in_force":
            return InForce(instrument=take("in_force", _id, ""))
        if head == "members":
            return Members(who=take("members", _selector, _NO_ONE))
        if head == "none_against":
            abstention = take("abstention", _flag, default=True)
            return NoneAgainst(who=take("none_against", _selector, _NO_ONE), abstention=abstention)
        return self._threshold(head, take)

    def _threshold(self, head: str, take: "_Take") -> Rule:
        among = take("among", _optional_selector, None)
        if head == "fewer_than":
            side = cast("Side", take("side", _one_of(SIDES), "against"))
            return FewerThan(number=take("fewer_than", _limit, _ONE), side=side, among=among)
        strict = take("strict", _flag, default=False)
        if head == "quorum":
            return Quorum(at_least=take("quorum", _number, _ONE), strict=strict, among=among)
        base = self._base(take)
        if head == "count":
            return Count(at_least=take("count", _number, _ONE), strict=strict, among=among, base=base)
        part, table = take("share", _part, Fraction(1)), take("of", _id, "", required=True)
        return Share(at_least=part, of=table, strict=strict, among=among, base=base)

    def _base(self, take: "_Take") -> Base:
        base = cast("Base", take("base", _one_of(BASES), "members"))
        if self.in_instrument and base != "members":
            says = "nobody is present at an instrument: `base` is for ballots"
            self.fault(f"{take.path}.base", _Wrong("rule-base", says, "take it out"))
        return base

    def _node(self, head: str, table: Mapping[str, object], path: str, depth: int) -> Rule | None:
        key = "of" if head == "at_least" else head
        children = table.get(key)
        if not isinstance(children, list | tuple) or not children:
            says = f"`{key}` is not a list of rules, or an empty one"
            self.fault(f"{path}.{key}", _Wrong("rule-list", says, "list at least one rule"))
            return None
        rules = [self.rule(child, f"{path}.{key}[{i}]", depth + 1) for i, child in enumerate(children)]
        number = _Take(self, table, path)("at_least", _of_list(len(rules)), 1) if head == "at_least" else 0
        read = tuple(rule for rule in rules if rule is not None)
        if len(read) < len(rules):
            return None
        if head == "at_least":
            return AtLeast(number=number, of=read)
        return AllOf(of=read) if head == "all" else AnyOf(of=read)


_T = TypeVar("_T")

# What stands in for a value that could not be read: the rule around it is dropped, its fault noted.
_ONE: int | Fraction = 1
_NO_ONE: Selector = ""


class _Take:
    """Reads the values of one table, noting the faults of each."""

    def __init__(self, reader: _Reader, table: Mapping[str, object], path: str) -> None:
        self.reader, self.table, self.path = reader, table, path

    def __call__(self, key: str, read: Callable[[object], _T], default: _T, *, required: bool = False) -> _T:
        if key not in self.table:
            if required:
                self.reader.fault(f"{self.path}.{key}", _Wrong("rule-key", f"`{key}` is missing", f"add `{key}`"))
            return default
        try:
            return read(self.table[key])
        except _Wrong as wrong:
            self.reader.fault(f"{self.path}.{key}", wrong)
            return default


def _is_whole(bar: int | Fraction) -> bool:
    return isinstance(bar, Fraction) and bar == 1


def _head(plain: object, depth: int) -> tuple[str, Mapping[str, object]]:
    """The one key that says which form this is, and the table."""
    if depth > DEEPEST:
        raise _Wrong("rule-deep", f"rules nest more than {DEEPEST} deep", "state it with fewer levels")
    if not isinstance(plain, Mapping):
        raise _Wrong("rule-form", f"{_kind(plain)} is not a rule", "write a table such as { count = 55 }")
    heads = [head for head in _OPTIONS if head in plain]
    known = ", ".join(f"`{head}`" for head in _OPTIONS)
    if not heads:
        raise _Wrong("rule-form", "no form of rule is named", f"use one of {known}")
    if len(heads) > 1:
        both = " and ".join(f"`{head}`" for head in heads)
        raise _Wrong(
            "rule-form", f"{both} stand in one table", "put each in a table of its own, inside { all = [ … ] }"
        )
    return heads[0], plain


def _kind(plain: object) -> str:
    """What a value is, in words that a person who writes TOML knows."""
    kinds = ((bool, "true or false"), (str, "text"), (int, "a whole number"), (float | Decimal, "a decimal"))
    for kind, words in (*kinds, (date, "a date"), (list | tuple, "a list"), (Mapping, "a table")):
        if isinstance(plain, kind):
            return words
    return "this value"


def _number(plain: object) -> int | Fraction:
    if isinstance(plain, int) and not isinstance(plain, bool):
        if not 0 <= plain <= MOST:
            raise _Wrong("rule-number", "the count is negative or beyond reason", "write how many are needed")
        return plain
    return _part(plain)


def _limit(plain: object) -> int | Fraction:
    number = _number(plain)
    if number == 0:
        raise _Wrong("rule-number", "never are there fewer than none", "write a number of 1 or more")
    return number


def _part(plain: object) -> Fraction:
    """A part between 0 and 1, exactly as written."""
    if isinstance(plain, float):
        raise _Wrong("rule-part", "a binary number is not exact", _PART_HELP)
    if isinstance(plain, bool) or not isinstance(plain, str | Decimal):
        raise _Wrong("rule-part", f"{_kind(plain)} is not a part", _PART_HELP)
    part = _decimal_part(plain) if isinstance(plain, Decimal) else _text_part(plain)
    if not 0 <= part <= 1:
        raise _Wrong("rule-part", "a part lies between 0 and 1", _PART_HELP)
    return part


def _decimal_part(plain: Decimal) -> Fraction:
    # Tested before it becomes a fraction: Decimal("1E+999999999") is short as text and enormous as a number.
    if not plain.is_finite() or not 0 <= plain <= 1:
        raise _Wrong("rule-part", "a part lies between 0 and 1", _PART_HELP)
    if plain and cast("int", plain.as_tuple().exponent) < -_PLACES:
        raise _Wrong("rule-part", f"a part has at most {_PLACES} decimal places", _PART_HELP)
    return Fraction(plain)


def _text_part(plain: str) -> Fraction:
    if match := _FRACTION.fullmatch(plain):
        numerator, denominator = map(int, match.groups())
        if denominator == 0:
            raise _Wrong("rule-part", "a part of nothing: its denominator is 0", _PART_HELP)
        return Fraction(numerator, denominator)
    if _DECIMAL.fullmatch(plain):
        return Fraction(plain)
    if plain.isdecimal():
        raise _Wrong("rule-part", "a whole number in quotes", 'write 25 for a count, "1.0" for the whole')
    raise _Wrong("rule-part", "this text is not a part", _PART_HELP)


def _flag(plain: object) -> bool:
    if isinstance(plain, bool):
        return plain
    raise _Wrong("rule-flag", f"{_kind(plain)} is neither true nor false", "write true or false")


def _id(plain: object) -> str:
    if isinstance(plain, str) and plain:
        return plain
    raise _Wrong("rule-id", f"{_kind(plain)} is not an id", "write an id in quotes")


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str]:
    def read(plain: object) -> str:
        if isinstance(plain, str) and plain in choices:
            return plain
        known = ", ".join(f'"{choice}"' for choice in choices)
        raise _Wrong("rule-choice", f"{_kind(plain)} of no meaning here", f"write one of {known}")

    return read


def _of_list(size: int) -> Callable[[object], int]:
    def read(plain: object) -> int:
        if isinstance(plain, int) and not isinstance(plain, bool) and 1 <= plain <= size:
            return plain
        raise _Wrong("rule-number", f"`at_least` is not a number between 1 and {size}", "write how many must hold")

    return read


def _selector(plain: object) -> Selector:
    if isinstance(plain, str) and plain:
        return plain
    if isinstance(plain, list | tuple):
        return _actors(plain)
    if isinstance(plain, Mapping):
        return _relation(plain)
    does = 'write the id of a group, a list of codes, or { parties_to = "…" }'
    raise _Wrong("rule-who", f"{_kind(plain)} names nobody", does)


def _optional_selector(plain: object) -> Selector | None:
    return _selector(plain)


def _actors(plain: list[object] | tuple[object, ...]) -> tuple[str, ...]:
    codes = tuple(code for code in plain if isinstance(code, str) and code)
    if not codes or len(codes) < len(plain):
        raise _Wrong("rule-who", "the list is empty, or not all of it is text", 'write codes: ["FRA", "JPN"]')
    twice = sorted(code for code, times in Counter(codes).items() if times > 1)
    if twice:
        raise _Wrong("rule-who", f"{', '.join(twice)} named twice", "name each once")
    return codes


def _relation(plain: Mapping[str, object]) -> Selector:
    keys = frozenset(plain)
    if keys == {"signatories_of"}:
        return SignatoriesOf(instrument=_id(plain["signatories_of"]))
    if "parties_to" in keys and keys <= {"parties_to", "at"}:
        return PartiesTo(instrument=_id(plain["parties_to"]), at=_at(plain["at"]) if "at" in keys else None)
    does = 'write { parties_to = "…" }, also with `at`, or { signatories_of = "…" }'
    raise _Wrong("rule-who", "this table names nobody", does)


def _at(plain: object) -> date | Literal["adoption"]:
    if plain == "adoption":
        return "adoption"
    if isinstance(plain, date) and not isinstance(plain, datetime):
        return plain
    try:
        return parse_date(cast("str", plain))
    except (TypeError, ValueError):
        raise _Wrong("rule-date", f"{_kind(plain)} is not a day", 'write a date, or "adoption"') from None
