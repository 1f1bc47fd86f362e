"""What is about to happen, told to those who asked: treaties that enter into force, ends, and days to speak by.

Told a month ahead and a week ahead, each once. Nothing is looked for twice in the same register on the same day.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max

from comity.server.desk.letters import in_plain
from comity.server.desk.links import absolute
from comity.server.desk.models import Job, Rectification, Subscriber, Wish
from comity.server.desk.outbox import put, wanting
from comity.server.registers import Seen, ask
from comity.server.words import LANGUAGES, Speaker
from comity.service.ahead import Scope, changes_within, deadlines_within

__all__ = ["alert"]

# In days, the nearest first.
_AHEAD: Final = (7, 30)


class _Coming(msgspec.Struct, frozen=True, kw_only=True):
    """Something that will happen on a day: what makes it known, and its words (`desk.alert.<kind>`)."""

    key: str
    kind: str
    day: date
    instrument: str
    actor: str = ""
    status: str = ""
    areas: tuple[str, ...] = ()


def alert(at: datetime) -> int:
    """Put in what is to be told of the coming days; gives how many messages."""
    today = at.date()
    if not Wish.objects.filter(deadlines=True, waiting=False).exists():
        return 0
    with ask(settings.COMITY_LOG) as seen:
        if _done(seen, today):
            return 0
        coming = [*_of_register(seen, today), *_of_texts(seen, today)]
        words = {
            language.code: Speaker(language, seen.register.reading.directory, seen.register.reading.instrument, today)
            for language in LANGUAGES.values()
        }
        told = [
            (subscriber, one, _letter(words.get(subscriber.language) or words["en"], one))
            for one in coming
            for subscriber in wanting(one.instrument, [one.actor], one.areas, deadlines=True)
        ]
    with transaction.atomic():
        number = sum(_put(subscriber, one, letter, at) for subscriber, one, letter in told)
        Job.objects.update_or_create(name="alerts", defaults={"holder": _mark(seen, today)})
    return number


def _mark(seen: Seen, today: date) -> str:
    wishes = Wish.objects.aggregate(last=Max("pk"), number=Count("pk"))
    return hashlib.sha256(f"{today} {seen.size} {wishes}".encode()).hexdigest()[:32]


def _done(seen: Seen, today: date) -> bool:
    return Job.objects.filter(name="alerts", holder=_mark(seen, today)).exists()


def _of_register(seen: Seen, today: date) -> Iterator[_Coming]:
    end, register = today + timedelta(days=_AHEAD[-1]), seen.register
    for change in changes_within(register, Scope(), today, end):
        yield _Coming(
            key=f"change/{change.instrument}/{change.actor}/{change.date}/{change.before}/{change.after}",
            kind="change" if change.actor else "force",
            day=change.date,
            instrument=change.instrument,
            actor=change.actor,
            status=change.after,
            areas=_areas(seen, change.instrument),
        )
    for due in deadlines_within(register, Scope(), today, end):
        yield _Coming(
            key=f"due/{due.kind}/{due.instrument}/{due.actor}/{due.date}/{'+'.join(due.provisions)}",
            kind=due.kind,
            day=due.date,
            instrument=due.instrument,
            actor=due.actor,
            areas=_areas(seen, due.instrument),
        )


def _of_texts(seen: Seen, today: date) -> Iterator[_Coming]:
    open_ = Rectification.objects.filter(
        state=Rectification.CIRCULATED, until__gt=today, until__lte=today + timedelta(days=_AHEAD[-1])
    )
    for one in open_:
        if one.until is not None:
            yield _Coming(
                key=f"rectification/{one.key}",
                kind="rectification",
                day=one.until,
                instrument=one.instrument,
                areas=_areas(seen, one.instrument),
            )


def _areas(seen: Seen, name: str) -> tuple[str, ...]:
    it = seen.register.reading.instrument(name)
    return () if it is None else it.areas


def _letter(words: Speaker, one: _Coming) -> tuple[str, str]:
    params: dict[str, object] = {"instrument": words.titled(one.instrument), "date": one.day}
    if one.actor:
        params["actor"] = words.name(one.actor)
    if one.kind in {"change", "force"}:
        params["status"] = words.status(one.status)
    said = in_plain(words.text(f"desk.alert.{one.kind}", **params), isolates=words.language.direction == "rtl")
    page = f"/{words.code}/instruments/{one.instrument}{f'/{one.actor}' if one.actor else ''}?on={one.day}"
    return said, absolute(page)


def _put(subscriber: Subscriber, one: _Coming, letter: tuple[str, str], at: datetime) -> bool:
    said, link = letter
    left = (one.day - at.date()).days
    ahead = next(days for days in _AHEAD if left <= days)
    payload = {
        "event": "deadline",
        "kind": one.kind,
        "instrument": one.instrument,
        "actor": one.actor,
        "date": str(one.day),
        "days": ahead,
        "link": link,
    }
    # A key has room for 200 characters, and some ids are that long.
    key = f"deadline:{hashlib.sha256(one.key.encode()).hexdigest()}:{ahead}"
    return put(subscriber, key, said, f"{said}\n\n{link}\n", payload, at)
