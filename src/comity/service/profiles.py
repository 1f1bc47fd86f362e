"""What an instrument is like, as traits that can be compared; and what became of it, as far as the register knows."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import msgspec

from comity.acts import Act
from comity.analysis.precedents.likeness import Profile, Value
from comity.dates import Delay
from comity.instruments import EntryIntoForce, Instrument
from comity.law.history import History
from comity.law.results import DECLARED
from comity.law.status import known_until
from comity.law.timeline import changes_of
from comity.rules.forms import Count, InForce, Members, Rule, Share, nodes
from comity.service.queries import Refusal, Register

__all__ = ["AFTER", "Became", "Held", "became_of", "profile_of", "weight_kind"]

# Years after its opening at which an instrument's parties are counted.
AFTER = (5, 10, 20)
# Groups of which an instrument is regional where nine in ten of its parties are their members.
_REGIONS = (
    *("un-africa", "un-asia-pacific", "un-eastern-europe", "un-latin-america-caribbean", "un-western-europe-others"),
    *("european-union", "council-of-europe", "african-union", "asean", "arab-league"),
)
_NINE_TENTHS, _FEWEST = 0.9, 3
# What tables of weights measure, by a part of their ids.
_WEIGHTS = {
    "emissions": ("ghg", "emission", "co2", "kyoto-annex-i"),
    "tonnage": ("tonnage",),
    "capital": ("schedule-a", "quota", "subscription", "imf-votes"),
    "population": ("population",),
    "consumption": ("consumption",),
}
_FORMAL = frozenset({"final clauses", "final-clauses", "definitions", "definition", "institutions", "scope"})
_YEAR, _MONTH = 365.25, 30.4375


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A number that the register holds, and up to when it is complete (None: nothing says so; it may be more)."""

    number: int
    complete: date | None


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an instrument by a day, from its acts alone.

    `opened` is when it opened for signature, or else was adopted. `days` is how long it took from then to its entry
    into force, or how long it is known to have waited where it is not in force (`entered` None). `parties` is how many
    have consented and not left on `counted`, the day asked or the end of what is known; `after` that number so many
    years after the opening (None: later than is known); `course` the days on which it changed. `reservations` and
    `objections` are States that made some. `compliance` are the provisions on compliance: the register holds no acts
    about it.
    """

    opened: date | None
    entered: date | None
    days: int | None
    known: date | None
    counted: date | None
    parties: int | None
    after: tuple[tuple[int, int | None], ...]
    course: tuple[tuple[date, int], ...]
    reservations: Held
    objections: Held
    withdrawals: Held
    compliance: tuple[str, ...]


def profile_of(register: Register, it: Instrument, on: date) -> Profile:
    """The traits of an instrument as its file states them, and its parties on a day or at the end of what is known."""
    traits: dict[str, Value | None] = {
        "kind": it.kind,
        "provisional": it.provisional is not None,
        "tacit": it.tacit is not None,
        "areas": frozenset(it.areas),
        "topics": frozenset(topic for one in it.provisions for topic in one.topics) - _FORMAL,
        "year": None if it.adopted is None else float(it.adopted.year),
        "depositary": frozenset(it.depositary),
        "parent": "required" if it.consent.parent and it.consent.parent.required else "belongs" if it.of else "none",
        "reservations": it.reservations.allowed if it.reservations else None,
        **_of_entry(it.entry_into_force),
        **_of_withdrawal(it),
        **_of_provisions(it),
    }
    parties = _parties(register, it, on)
    if parties:
        traits |= {"parties": parties, "reach": _reach(register, parties, on)}
    return Profile(id=it.id, traits={name: value for name, value in traits.items() if value is not None})


def _of_entry(clause: EntryIntoForce | None) -> dict[str, Value | None]:
    if clause is None:
        return {}
    found: dict[str, Value | None] = {
        "fixed-date": clause.on is not None,
        "not-before": clause.not_before is not None,
        "binds-all": clause.binds == "all",
        "own-parts": bool(clause.parts),
        "regional": clause.reio == "counted",
    }
    if clause.when is not None:
        found |= {"delay": _days(clause.delay), **_of_rule(clause.when)}
    return found


def _of_rule(rule: Rule) -> dict[str, Value | None]:
    """The rule as a tree: which forms it has, and the first of its numbers."""
    leaves = list(nodes(rule))
    forms = {
        "count": any(isinstance(one, Count) and isinstance(one.at_least, int) and one.among is None for one in leaves),
        "part": any(isinstance(one, Count) and isinstance(one.at_least, Fraction) for one in leaves),
        "some-of": any(isinstance(one, Count) and one.among is not None for one in leaves),
        "share": any(isinstance(one, Share) for one in leaves),
        "named": any(isinstance(one, Members) for one in leaves),
        "in-force": any(isinstance(one, InForce) for one in leaves),
    }
    counts = [one.at_least for one in leaves if isinstance(one, Count) and isinstance(one.at_least, int)]
    plain = [
        one.at_least for one in leaves if isinstance(one, Count) and isinstance(one.at_least, int) and one.among is None
    ]
    parts = [one.at_least for one in leaves if isinstance(one, Count) and isinstance(one.at_least, Fraction)]
    shares = [one for one in leaves if isinstance(one, Share)]
    first = next(iter([*plain, *counts]), None)
    return {
        "rule": frozenset(name for name, there in forms.items() if there),
        "count": None if first is None else float(first),
        "share": float(shares[0].at_least) if shares else float(parts[0]) if parts else None,
        "weight": weight_kind(shares[0].of) if shares else None,
        "named": forms["named"],
    }


def weight_kind(table: str) -> str:
    """What a table of weights measures, told by its id; the id itself where that tells nothing."""
    return next((kind for kind, parts in _WEIGHTS.items() if any(part in table for part in parts)), table)


def _of_withdrawal(it: Instrument) -> dict[str, Value | None]:
    clause = it.withdrawal
    if clause is None:
        return {}
    if clause.clause == "none":
        return {"withdrawal": False}
    return {
        "withdrawal": True,
        "notice": None if clause.delay is None else _days(clause.delay),
        "wait": 0.0 if clause.allowed_after is None else _days(clause.allowed_after.delay),
        "window": clause.window is not None or clause.periods is not None,
    }


def _of_provisions(it: Instrument) -> dict[str, Value | None]:
    """What the provisions listed speak of; where none are listed nothing is known."""
    if not it.provisions:
        return {}
    headings = [f"{one.id} {one.heading}".casefold() for one in it.provisions]
    topics = {topic for one in it.provisions for topic in one.topics}
    return {
        "amendments": "amendment" in topics or any("amendment" in text for text in headings),
        "annexes": any("annex" in text or "appendi" in text or "schedule" in text for text in headings),
        "disputes": "disputes" in topics or any("dispute" in text for text in headings),
        "compliance": "compliance" in topics,
        "finance": "finance" in topics,
    }


def _days(delay: Delay) -> float:
    return round(delay.years * _YEAR + delay.months * _MONTH + delay.days, 1)


def _horizon(it: Instrument, *kinds: str) -> date | None:
    known = known_until(it)
    days = [known[kind] for kind in kinds if kind in known]
    return min(days) if days else None


def _parties(register: Register, it: Instrument, on: date) -> frozenset[str]:
    if it.kind in DECLARED:
        return frozenset()
    until = _horizon(it, "consent")
    try:
        found = register.status(it.id, on if until is None else min(on, until))
    except Refusal:
        return frozenset()
    return frozenset(one.actor for one in found.actors if one.status == "party")


def _reach(register: Register, parties: frozenset[str], on: date) -> str | None:
    """`regional` where nine in ten parties are of one region, else `universal`; None for too few to tell."""
    if len(parties) < _FEWEST:
        return None
    groups = register.reading.directory.groups
    most = max((len(parties & groups[name].at(on)) for name in _REGIONS if name in groups), default=0)
    return "regional" if most >= _NINE_TENTHS * len(parties) else "universal"


def became_of(register: Register, it: Instrument, on: date) -> Became:
    """What became of an instrument by a day. Raises `Refusal` where the instrument has errors."""
    opened = it.signature.opens if it.signature and it.signature.opens else it.adopted
    known = _horizon(it, "consent")
    counted = None if known is None else min(on, known)
    course = [] if it.kind in DECLARED else _course(register.history(it.id))
    entered = None if it.kind in DECLARED else register.status(it.id, on).entry_into_force
    entered = entered if entered is not None and entered <= on else None
    end = entered or counted
    told = [(day, number) for day, number in course if counted is not None and day <= counted]
    acts = [act for act in register.reading.acts(it.id) if act.day <= on]
    return Became(
        opened=opened,
        entered=entered,
        days=None if opened is None or end is None or end < opened or it.kind in DECLARED else (end - opened).days,
        known=known,
        counted=counted,
        parties=None if counted is None or it.kind in DECLARED else told[-1][1] if told else 0,
        after=tuple((years, _at(told, opened, years, counted)) for years in AFTER),
        course=tuple(told),
        reservations=Held(
            number=len({act.actor for act in acts if act.kind == "reservation"}), complete=_horizon(it, "reservation")
        ),
        objections=Held(
            number=len({act.actor for act in acts if act.kind == "objection"}), complete=_horizon(it, "objection")
        ),
        withdrawals=Held(number=_left(acts), complete=_horizon(it, "withdrawal")),
        compliance=tuple(one.id for one in it.provisions if "compliance" in one.topics),
    )


def _course(history: History) -> list[tuple[date, int]]:
    """How many actors had consented and not left, from each day on which that number changed."""
    steps: dict[date, int] = {}
    inside = {"contracting", "party"}
    for record in history.records.values():
        for day, before, now in changes_of(history, record):
            step = (now in inside) - (before in inside)
            if step:
                steps[day] = steps.get(day, 0) + step
    found, number = [], 0
    for day in sorted(steps):
        number += steps[day]
        found.append((day, number))
    return found


def _at(told: list[tuple[date, int]], opened: date | None, years: int, counted: date | None) -> int | None:
    if opened is None or counted is None:
        return None
    try:
        day = opened.replace(year=opened.year + years)
    except ValueError:  # the 29th of February
        day = opened.replace(year=opened.year + years, day=28)
    if day > counted:
        return None
    return next((parties for when, parties in reversed(told) if when <= day), 0)


def _left(acts: Iterable[Act]) -> int:
    """Actors that gave notice of withdrawal and did not take it back."""
    last: dict[str, str] = {}
    for act in acts:
        if act.kind in {"withdrawal", "withdrawal-revocation"}:
            last[act.actor] = act.kind
    return sum(kind == "withdrawal" for kind in last.values())
