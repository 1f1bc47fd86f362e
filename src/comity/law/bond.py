"""Since when, and until when, a treaty is in force between two actors: the answer of `relation`, placed in time."""

from collections.abc import Iterator
from datetime import date

import msgspec

from comity.instruments import Instrument
from comity.law.history import History
from comity.law.law import Law
from comity.law.relation import relation
from comity.law.results import Relation
from comity.law.toward import cuts

__all__ = ["Bond", "bond"]


class Bond(msgspec.Struct, frozen=True, kw_only=True):
    """The relation between two actors on a day, with the first day of its being in force between them without a break.

    `until` is the day on which it ends between them, where an act has fixed one by the day asked. Both are None where
    it is not in force between the two.
    """

    relation: Relation
    since: date | None = None
    until: date | None = None


def bond(law: Law, it: Instrument, history: History, one: str, other: str, on: date) -> Bond:
    """What binds two actors toward each other on a day, since when and until when."""
    found = relation(law, it, history, one, other, on)
    spells = [history.records[code].bound(on) for code in (one, other)] if found.bound else []
    bound = [spell for spell in spells if spell is not None]
    days = [day for spell in bound if (day := spell.since_on(on)) is not None]
    if not days:
        return Bond(relation=found)
    ends = [end.until for spell in bound if (end := spell.end(on)) is not None]
    since = _unbroken(law, it, history, (one, other), (max(days), on))
    return Bond(relation=found, since=since, until=min(ends, default=None))


def _unbroken(law: Law, it: Instrument, history: History, pair: tuple[str, str], period: tuple[date, date]) -> date:
    """The first day of a period since which nothing has kept it from being in force between the two."""
    begun, on = period
    key, since = (min(pair), max(pair)), on
    for day in sorted(set(_days(law, it, history, begun, on)), reverse=True):
        if key in cuts(law, it, history, day):
            return since
        since = day
    return begun


def _days(law: Law, it: Instrument, history: History, begun: date, on: date) -> Iterator[date]:
    """The days of a period on which something between two parties may begin or end."""
    days = {begun, *history.turning_days(), *(act.day for act in law.reading.acts(it.id))}
    for name in law.replacers.get(it.id, ()):
        days |= law.turning_days(name)
    yield from (day for day in days if begun <= day <= on)
