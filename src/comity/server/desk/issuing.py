"""Issuing depositary notifications: a number of the year, texts in every language, and a message to each who asked.

All of it happens in the transaction of what is notified, so that no number is given twice or lost.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import F

from comity.acts import Act, parse_act_ref
from comity.instruments import Instrument
from comity.law.what_if import WhatIf
from comity.server.desk.letters import Letter, act_letter, rectification_letter
from comity.server.desk.models import Draft, Notification, Rectification, Series
from comity.server.desk.outbox import put_notification
from comity.server.registers import Seen, ask
from comity.server.words import LANGUAGES, Speaker
from comity.service import Refusal, logbook
from comity.service.shapes import Entry

__all__ = ["entry_at", "issue_act", "issue_rectification", "next_number", "told_in"]

Compose = Callable[[Speaker], Letter]


def entry_at(index: int) -> Entry:
    """An entry of the log as it stands."""
    with ask(settings.COMITY_LOG) as seen:
        return logbook.entry(seen.register, index)


def next_number(year: int) -> int:
    """The next number of a year's series; held until the transaction ends, and taken back with it."""
    Series.objects.get_or_create(year=year)
    Series.objects.filter(year=year).update(last=F("last") + 1)
    return Series.objects.get(year=year).last


def issue_act(draft: Draft, act: Act, entry: Entry, at: datetime) -> Notification:
    """Issue the notification of an act that is in the log as `entry`. Inside a transaction."""
    notification = Notification(
        kind="corrigendum" if act.kind == "correction" else "act",
        issued=at,
        instrument=draft.instrument,
        actors=_concerned(act),
        act=act.kind,
        date=str(act.date),
        entry=entry.index,
        leaf_hash=entry.hash,
        document=draft.file,
        draft=draft,
    )
    # As known before the entry: what it changed is what it would have changed then.
    with ask(settings.COMITY_LOG, str(entry.index)) as seen:
        it = seen.register.instrument(draft.instrument)
        found = _effects(seen, act)
        return _issue(
            notification, seen, it, lambda words: act_letter(words, it, act, found, notification, _moment(entry))
        )


def issue_rectification(one: Rectification, kind: str, at: datetime, entry: Entry | None = None) -> Notification:
    """Issue a notification about the correction of a text: proposed, objected to, or made. Inside a transaction."""
    notification = Notification(
        kind=kind,
        issued=at,
        instrument=one.instrument,
        date=at.date().isoformat(),
        entry=None if entry is None else entry.index,
        leaf_hash="" if entry is None else entry.hash,
        rectification=one,
    )
    with ask(settings.COMITY_LOG) as seen:
        it = seen.register.instrument(one.instrument)
        return _issue(
            notification, seen, it, lambda words: rectification_letter(words, it, one, notification, _moment(entry))
        )


def _issue(notification: Notification, seen: Seen, it: Instrument, compose: Compose) -> Notification:
    notification.areas = list(it.areas)
    notification.year = notification.issued.year
    notification.number = next_number(notification.year)
    reading = seen.register.reading
    for language in LANGUAGES.values():
        words = Speaker(language, reading.directory, reading.instrument, notification.issued.date())
        letter = compose(words)
        notification.texts[language.code] = {**msgspec.to_builtins(letter), "text": letter.text}
    notification.save()
    put_notification(notification)
    return notification


def told_in(notification: Notification, language: str) -> Mapping[str, Any]:
    """What a notification says in a language, or in English where it was issued without it."""
    return notification.texts.get(language) or notification.texts["en"]


def _moment(entry: Entry | None) -> str:
    return "" if entry is None or entry.leaf is None else str(entry.leaf["recorded"])


def _effects(seen: Seen, act: Act) -> WhatIf:
    """What the act changed; nothing where the law cannot say it."""
    try:
        return seen.register.what_if([act])
    except Refusal as refusal:
        return WhatIf(on=act.day, acts=(act,), findings=refusal.findings)


def _concerned(act: Act) -> list[str]:
    """Whom an act concerns: who did it, and whom it names."""
    return sorted({act.actor, *_named(act)})


def _named(act: Act) -> Iterable[str]:
    if act.kind == "correction":
        return [parse_act_ref(act.ref).actor]
    word = act.ref.partition("@")[0].rstrip("!")
    return [word] if word.isalpha() and word.isupper() else []
