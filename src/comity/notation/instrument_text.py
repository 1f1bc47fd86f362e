"""Printing an instrument in canonical form, the inverse of `parse_instrument`."""

from collections.abc import Iterator
from datetime import date

from comity.dates import Delay, Window
from comity.instruments import ConsentClause, EntryIntoForce, Instrument, Part, Periods, Tacit, WithdrawalClause
from comity.notation.toml import section
from comity.rules.forms import Members, Rule, Selector
from comity.rules.plain import plain_rule

__all__ = ["plain_delay", "plain_selector", "print_instrument"]


def print_instrument(instrument: Instrument) -> str:
    """The instrument in canonical form: fixed order of keys, a blank line before each table, one LF at the end."""
    return "\n".join(_sections(instrument))


def _sections(it: Instrument) -> Iterator[str]:
    top = ("id", "title", "short", "kind", "of", "replaces", "areas", "adopted", "place", "depositary", "link")
    yield section("", {name: getattr(it, name) for name in (*top, "source", "notes")})
    yield from _repeated(it)
    yield from _clauses(it)


def _repeated(it: Instrument) -> Iterator[str]:
    for horizon in it.complete:
        yield section("[[complete]]", {"acts": horizon.acts, "until": horizon.until, "source": horizon.source})
    for provision in it.provisions:
        names = ("id", "heading", "topics", "link")
        yield section("[[provisions]]", {name: getattr(provision, name) for name in names})


def _clauses(it: Instrument) -> Iterator[str]:
    if it.adoption is not None:
        names = ("body", "rule", "symbol", "without_vote")
        yield section("[adoption]", {name: getattr(it.adoption, name) or None for name in names})
    if it.signature is not None:
        yield section("[signature]", {"opens": it.signature.opens, "closes": it.signature.closes})
    if it.consent != ConsentClause():
        yield section("[consent]", _consent(it.consent))
    if it.entry_into_force is not None:
        yield from _entry(it.entry_into_force)
    if it.tacit is not None:
        yield section("[tacit]", _tacit(it.tacit))
    if it.provisional is not None:
        clause = it.provisional
        pairs = {"article": clause.article, "by": clause.by, "opt_out": clause.opt_out or None}
        yield section("[provisional]", pairs)
    if it.withdrawal is not None:
        yield section("[withdrawal]", _withdrawal(it.withdrawal))
    if it.reservations is not None:
        names = ("article", "allowed", "provisions", "acceptance")
        yield section("[reservations]", {name: getattr(it.reservations, name) for name in names})


def plain_delay(delay: Delay) -> dict[str, object]:
    """A delay as the table that it is written as; no time at all is `{ days = 0 }`."""
    units = {unit: getattr(delay, unit) for unit in ("years", "months", "days") if getattr(delay, unit)}
    plain: dict[str, object] = dict(units)
    if delay.then is not None:
        plain["then"] = delay.then
    if delay.inclusive:
        plain["inclusive"] = True
    return plain or {"days": 0}


def plain_selector(selector: Selector | None) -> object | None:
    """A selector as it is written beside `members`, or None."""
    return None if selector is None else plain_rule(Members(who=selector))["members"]


def _rule(rule: Rule | None) -> object | None:
    return None if rule is None else plain_rule(rule, decimals=True)


def _delay(delay: Delay | None) -> object | None:
    return None if delay is None or delay == Delay() else plain_delay(delay)


def _floor(floor: date | str | None) -> object | None:
    return {"in_force": floor} if isinstance(floor, str) else floor


def _consent(clause: ConsentClause) -> dict[str, object]:
    parent = clause.parent
    return {
        "acts": clause.acts,
        "open_to": plain_selector(clause.open_to),
        "parent": None
        if parent is None
        else {name: True for name in ("required", "cascade") if getattr(parent, name)} or None,
        "accessions": None if clause.accessions == "effective" else clause.accessions,
        "later_parties": None if clause.later_parties == "separate" else clause.later_parties,
    }


def _entry(clause: EntryIntoForce) -> Iterator[str]:
    pairs = {
        **_conditions(clause),
        "counts": clause.counts,
        "reio": clause.reio,
        "binds": None if clause.binds == "acceptors" else clause.binds,
        "official": clause.official,
    }
    yield section("[entry_into_force]", pairs)
    others = clause.others
    if others.delay is not None or others.deposited is not None:
        delay = None if others.delay is None else plain_delay(others.delay)
        yield section("[entry_into_force.others]", {"delay": delay, "deposited": others.deposited})
    for part in clause.parts:
        pairs = {"provisions": part.provisions, **_conditions(part), "official": part.official}
        yield section("[[entry_into_force.part]]", pairs)


def _conditions(clause: EntryIntoForce | Part) -> dict[str, object]:
    return {
        "article": clause.article,
        "when": _rule(clause.when),
        "delay": _delay(clause.delay),
        "on": clause.on,
        "not_before": _floor(clause.not_before),
    }


def _tacit(clause: Tacit) -> dict[str, object]:
    return {
        "article": clause.article,
        "members_of": clause.members_of,
        "notified": clause.notified,
        "period": _delay(clause.period),
        "effect": _delay(clause.effect),
        "later": None if clause.later == "membership" else clause.later,
        "defeat_when": _rule(clause.defeat_when),
    }


def _withdrawal(clause: WithdrawalClause) -> dict[str, object]:
    after, survives = clause.allowed_after, clause.survives
    survival: dict[str, object] | None = None
    if survives is not None:
        survival = {} if survives.delay is None else plain_delay(survives.delay)
        survival |= {"provisions": survives.provisions} if survives.provisions else {}
    return {
        "article": clause.article,
        "clause": clause.clause,
        "later": clause.later,
        "allowed_after": None if after is None else {**plain_delay(after.delay), "from": after.start},
        "delay": None if clause.delay is None else plain_delay(clause.delay),
        "window": _window(clause.window),
        "periods": _periods(clause.periods),
        "survives": survival,
    }


def _periods(periods: Periods | None) -> object | None:
    if periods is None:
        return None
    plain = {"first": plain_delay(periods.first), "then": plain_delay(periods.then)}
    return plain if periods.notice == Delay() else {**plain, "notice": plain_delay(periods.notice)}


def _window(window: Window | None) -> object | None:
    return None if window is None else {"every": plain_delay(window.every), "open": plain_delay(window.open)}
