"""Payoffs as formulas: a small language of sums, differences, products, quotients and whole powers.

It is read by hand and never run as code. A formula is worked out for one kind of player in many coalitions at once:
in floats, or in exact fractions where a sign is in doubt.

    expression = term { ("+" | "-") term }        term = signed { ("*" | "/") signed }
    signed     = [ "-" ] power                    power = atom [ "^" [ "-" ] whole number ]
    atom       = number | name | name "(" expression { "," expression } ")" | "(" expression ")"

A name is a parameter of the player, a quantity defined before, `size` (how many are in) or `players` (how many there
are). `members(e)`, `outsiders(e)` and `everyone(e)` add up e, each player with its own parameters; `min` and `max`
take two or more.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np

__all__ = ["SUMS", "TOO_LARGE", "Formula", "FormulaError", "Node", "Values", "names_of", "parse_formula"]

# Longer formulas are programs, and deeper ones are meant to break something.
_LONGEST, _DEEPEST, _STEEPEST = 2000, 50, 9
# Bits of an exact number.
_WIDEST = 100_000
TOO_LARGE = "it gives numbers too large to count with"
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d{1,2})?|\.\d+)|([A-Za-z_][A-Za-z0-9_]*)|([-+*/^(),]))")
SUMS = ("members", "outsiders", "everyone")
_BUILT_IN = ("size", "players")

# Floats, or Python's own exact numbers, one a coalition.
Values: TypeAlias = np.ndarray[Any, np.dtype[Any]]


class FormulaError(ValueError):
    """A formula that cannot be read or worked out; the text says where and why."""


class _Node(msgspec.Struct, frozen=True, kw_only=True):
    """What all nodes share."""


class Number(_Node, frozen=True, tag="number"):
    """A number, exactly as written."""

    value: Fraction


class Name(_Node, frozen=True, tag="name"):
    """A parameter of the player, or a quantity."""

    name: str


class Sum(_Node, frozen=True, tag="sum"):
    """What members, outsiders or all players add up to."""

    over: Literal["members", "outsiders", "everyone"]
    of: "Node"


class Power(_Node, frozen=True, tag="power"):
    """A whole power."""

    of: "Node"
    to: int


class Apply(_Node, frozen=True, tag="apply"):
    """Arithmetic, `min` or `max` of its parts."""

    what: Literal["+", "-", "*", "/", "min", "max"]
    parts: tuple["Node", ...]


Node: TypeAlias = Number | Name | Sum | Power | Apply


def parse_formula(text: str) -> Node:
    """The formula that a text writes. Raises `FormulaError`."""
    if len(text) > _LONGEST:
        raise FormulaError(f"it has {len(text):,} characters; {_LONGEST:,} is the most")
    return _Parser(text).whole()


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at, self.depth, end = 0, 0, 0
        while text[end:].strip():
            found = _TOKEN.match(text, end)
            if found is None:
                raise FormulaError(f"“{text[end:].strip():.20}” means nothing here")
            end = found.end()
            kind = ("number", "name", "sign")[(found.lastindex or 1) - 1]
            self.tokens.append((kind, found[found.lastindex or 1]))

    def whole(self) -> Node:
        found = self.expression()
        if self.at < len(self.tokens):
            raise FormulaError(f"“{self.tokens[self.at][1]}” stands where the formula could end")
        return found

    def is_next(self, *signs: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in signs

    def take(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise FormulaError("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, sign: str) -> None:
        kind, found = self.take()
        if (kind, found) != ("sign", sign):
            raise FormulaError(f"“{found}” stands where “{sign}” should")

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormulaError(f"parentheses are more than {_DEEPEST} deep")
        found = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.signed))
        self.depth -= 1
        return found

    def chain(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        found = part()
        while self.is_next(*signs):
            sign: Any = self.take()[1]
            found = Apply(what=sign, parts=(found, part()))
        return found

    def signed(self) -> Node:
        if self.is_next("-"):
            self.take()
            return Apply(what="-", parts=(Number(value=Fraction(0)), self.power()))
        return self.power()

    def power(self) -> Node:
        found = self.atom()
        if not self.is_next("^"):
            return found
        self.take()
        sign = -1 if self.is_next("-") and self.take() else 1
        kind, text = self.take()
        if kind != "number" or not text.isdigit() or int(text) > _STEEPEST:
            raise FormulaError(f"“^{text}”: a power is a whole number up to {_STEEPEST}")
        return Power(of=found, to=sign * int(text))

    def atom(self) -> Node:
        kind, text = self.take()
        if kind == "number":
            return Number(value=Fraction(text))
        if kind == "name":
            return self.call(text) if self.is_next("(") else Name(name=text)
        if text != "(":
            raise FormulaError(f"“{text}” stands where a number, a name or “(” should")
        found = self.expression()
        self.expect(")")
        return found

    def call(self, name: str) -> Node:
        self.take()
        parts = [self.expression()]
        while self.is_next(","):
            self.take()
            parts.append(self.expression())
        self.expect(")")
        if name in SUMS and len(parts) == 1:
            over: Any = name
            return Sum(over=over, of=parts[0])
        if name in {"min", "max"} and len(parts) > 1:
            what: Any = name
            return Apply(what=what, parts=tuple(parts))
        raise FormulaError(f"there is no {name}() of {len(parts)}; there are {', '.join(SUMS)}, min and max")


def names_of(node: Node) -> Iterator[str]:
    """Every name that a formula mentions, built-in ones left out."""
    if isinstance(node, Name):
        if node.name not in _BUILT_IN:
            yield node.name
    elif isinstance(node, Sum | Power):
        yield from names_of(node.of)
    elif isinstance(node, Apply):
        for part in node.parts:
            yield from names_of(part)


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """Payoffs: what a member has, what an outsider has, and quantities that both use, in the order they are defined.

    `parameters` has one number a kind of player.
    """

    parameters: Mapping[str, tuple[Fraction, ...]]
    inside: Node
    outside: Node
    where: tuple[tuple[str, Node], ...] = ()

    def values(self, *, inside: bool, kind: int, counts: Values, numbers: tuple[int, ...], exact: bool) -> Values:
        """The payoff of a kind of player, one a coalition.

        `counts` says how many of each kind are in: an array (coalitions, kinds). Raises `FormulaError` for a division
        by nought in exact numbers; in floats that is no finite number.
        """
        working = _Working(self, counts, numbers, exact=exact)
        try:
            with np.errstate(all="ignore"):
                found = working.value(self.inside if inside else self.outside, kind)
        except ZeroDivisionError as error:
            raise FormulaError("it divides by nought") from error
        return np.broadcast_to(found, (len(counts),))


class _Working:
    """One formula being worked out in one set of coalitions; sums are the same for every kind, and kept."""

    def __init__(self, formula: Formula, counts: Values, numbers: tuple[int, ...], *, exact: bool) -> None:
        self.formula, self.numbers, self.exact = formula, numbers, exact
        self.counts = counts.astype(object) if exact else counts.astype(np.float64)
        self.where = dict(formula.where)
        self.sums: dict[int, Any] = {}
        self.named: dict[tuple[str, int], Any] = {}

    def number(self, value: Fraction | int) -> Any:  # noqa: ANN401  # a float or a fraction
        return Fraction(value) if self.exact else float(value)

    def value(self, node: Node, kind: int) -> Any:  # noqa: ANN401  # an array, or a number that is the same everywhere
        if isinstance(node, Number):
            return self.number(node.value)
        if isinstance(node, Name):
            return self.name(node.name, kind)
        if isinstance(node, Sum):
            return self.sum(node)
        if isinstance(node, Power):
            return self.power(self.value(node.of, kind), node.to)
        parts = [self.value(part, kind) for part in node.parts]
        return self.bounded(reduce(_ARITHMETIC[node.what], parts) if node.what != "/" else self.quotient(*parts))

    def bounded(self, found: Any) -> Any:  # noqa: ANN401  # as above
        """The same; exact numbers that grow without end are refused before they take all memory."""
        if self.exact:
            values = found.ravel() if isinstance(found, np.ndarray) else (found,)
            for one in values:
                if max(one.numerator.bit_length(), one.denominator.bit_length()) > _WIDEST:
                    raise FormulaError(TOO_LARGE)
        return found

    def quotient(self, over: Any, under: Any) -> Any:  # noqa: ANN401  # as above
        return over / (under if self.exact else np.asarray(under, np.float64))

    def power(self, base: Any, to: int) -> Any:  # noqa: ANN401  # as above
        found = self.number(1)
        for _ in range(abs(to)):
            found = self.bounded(found * base)
        return found if to >= 0 else self.quotient(self.number(1), found)

    def name(self, name: str, kind: int) -> Any:  # noqa: ANN401  # as above
        if name == "size":
            # Fractions, for whole numbers of Python would divide into floats.
            return self.counts.sum(axis=1) * self.number(1)
        if name == "players":
            return self.number(sum(self.numbers))
        if name in self.formula.parameters:
            return self.number(self.formula.parameters[name][kind])
        key = (name, kind)
        if key not in self.named:
            self.named[key] = self.value(self.where[name], kind)
        return self.named[key]

    def sum(self, node: Sum) -> Any:  # noqa: ANN401  # as above
        if id(node) not in self.sums:
            total: Any = self.number(0)
            for kind, number in enumerate(self.numbers):
                inside = self.counts[:, kind]
                many = {"members": inside, "outsiders": number - inside, "everyone": number}[node.over]
                total = total + many * self.value(node.of, kind)
            self.sums[id(node)] = total
        return self.sums[id(node)]


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "min": np.minimum,
    "max": np.maximum,
}
