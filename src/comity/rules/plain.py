"""Rules as plain values of TOML or JSON, in one canonical form: the inverse of `parse_rule`."""

from decimal import Decimal
from fractions import Fraction

from comity.rules.forms import (
    AllOf,
    AnyOf,
    AtLeast,
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
    SignatoriesOf,
)

__all__ = ["part_text", "plain_rule"]

_PLACES = 12


def part_text(part: Fraction) -> str:
    """A part as text that reads back exactly: a decimal where it ends within 12 places, else a fraction."""
    for places in range(1, _PLACES + 1):
        scaled = part * 10**places
        if scaled.denominator == 1:
            whole, rest = divmod(scaled.numerator, 10**places)
            return f"{whole}.{rest:0{places}d}"
    return f"{part.numerator}/{part.denominator}"


def plain_rule(rule: Rule, *, decimals: bool = False) -> dict[str, object]:
    """The rule as plain values, keys in canonical order and without defaults.

    Parts are text ("0.55", "2/3"), fit for JSON; with `decimals` those that end are `Decimal`, fit for TOML.
    Dates stay dates.
    """
    if isinstance(rule, AllOf | AnyOf | AtLeast):
        children = [plain_rule(child, decimals=decimals) for child in rule.of]
        if isinstance(rule, AtLeast):
            return {"at_least": rule.number, "of": children}
        return {"all" if isinstance(rule, AllOf) else "any": children}
    if isinstance(rule, InForce):
        return {"in_force": rule.instrument}
    if isinstance(rule, Members):
        return {"members": _selector(rule.who)}
    if isinstance(rule, NoneAgainst):
        return {"none_against": _selector(rule.who)} | ({} if rule.abstention else {"abstention": False})
    return _threshold(rule, decimals=decimals)


def _threshold(rule: Count | Share | FewerThan | Quorum, *, decimals: bool) -> dict[str, object]:
    among: dict[str, object] = {} if rule.among is None else {"among": _selector(rule.among)}
    if isinstance(rule, FewerThan):
        return {"fewer_than": _number(rule.number, decimals=decimals), "side": rule.side} | among
    head = {Count: "count", Share: "share", Quorum: "quorum"}[type(rule)]
    plain = {head: _number(rule.at_least, decimals=decimals)}
    if isinstance(rule, Share):
        plain["of"] = rule.of
    if rule.strict:
        plain["strict"] = True
    plain |= among
    if not isinstance(rule, Quorum) and rule.base != "members":
        plain["base"] = rule.base
    return plain


def _number(value: int | Fraction, *, decimals: bool) -> object:
    if not isinstance(value, Fraction):
        return value
    text = part_text(value)
    return Decimal(text) if decimals and "/" not in text else text


def _selector(selector: Selector) -> object:
    if isinstance(selector, tuple):
        return list(selector)
    if isinstance(selector, PartiesTo):
        return {"parties_to": selector.instrument} | ({} if selector.at is None else {"at": selector.at})
    if isinstance(selector, SignatoriesOf):
        return {"signatories_of": selector.instrument}
    return selector
