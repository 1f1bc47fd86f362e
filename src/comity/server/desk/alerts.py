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
from comity.server.registers import log_at
from comity.server.words import LANGUAGES, Speaker
from comity.service import Register
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
    log = log_at(settings.COMITY_LOG)
    size = log.size()
    mark = _mark(size, today)
    if not size or Job.objects.filter(name="alerts", holder=mark).exists():
        return 0
    # A register of its own: the pages do not wait while the whole of it is gone through.
    register = log.register(size)
    words = {
        language.code: Speaker(language, register.reading.directory, register.reading.instrument, today)
        for language in LANGUAGES.values()
    }
    told = [
        (subscriber, one, _letter(words.get(subscriber.language) or words["en"], one))
        for one in (*_of_register(register, today), *_of_texts(register, today))
        for subscriber in wanting(one.instrument, [one.actor], one.areas, deadlines=True)
    ]
    with transaction.atomic():
        number = sum(_put(subscriber, one, letter, at) for subscriber, one, letter in told)
        Job.objects.update_or_create(name="alerts", defaults={"holder": mark})
    return number


def _mark(size: int, today: date) -> str:
    wishes = Wish.objects.aggregate(last=Max("pk"), number=Count("pk"))
    return hashlib.sha256(f"{today} {size} {wishes}".encode()).hexdigest()[:32]


def _of_register(register: Register, today: date) -> Iterator[_Coming]:
    end = today + timedelta(days=_AHEAD[-1])
    for change in changes_within(register, Scope(), today, end):
        yield _Coming(
            key=f"change/{change.instrument}/{change.actor}/{change.date}/{change.before}/{change.after}",
            kind="change" if change.actor else "force",
            day=change.date,
            instrument=change.instrument,
            actor=change.actor,
            status=change.after,
            areas=_areas(register, change.instrument),
        )
    for due in deadlines_within(register, Scope(), today, end):
        yield _Coming(
            key=f"due/{due.kind}/{due.instrument}/{due.actor}/{due.date}/{'+'.join(due.provisions)}",
            kind=due.kind,
            day=due.date,
            instrument=due.instrument,
            actor=due.actor,
            areas=_areas(register, due.instrument),
        )


def _of_texts(register: Register, today: date) -> Iterator[_Coming]:
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
                areas=_areas(register, one.instrument),
            )


def _areas(register: Register, name: str) -> tuple[str, ...]:
    it = register.reading.instrument(name)
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
