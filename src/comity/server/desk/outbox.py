"""What is to be sent, and sending it: at least once, never lost, and told apart by a key where it comes twice.

A message is put in with what it tells of, in one transaction, under a key that stands once a subscriber. `deliver`
takes what is due, holds it, sends it, and marks it; who dies while holding one leaves it to the next.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.utils import timezone

from comity.server.desk import webhooks
from comity.server.desk.links import absolute, unsubscribe_link
from comity.server.desk.models import Message, Notification, Subscriber, Wish

__all__ = ["deliver", "put", "put_notification", "wanting"]

# After each failure, in minutes: a day and a half in all, then it is given up.
_AGAIN: Final = (1, 5, 15, 60, 180, 360, 720, 720)
# Messages to a program that failed one after another, until it is not tried any more.
_ENOUGH: Final = 20
_HOLD: Final = timedelta(minutes=5)
_DIGEST_AT: Final = time(6, 0)
_log = logging.getLogger("comity.desk")


def wanting(
    instrument: str, actors: Iterable[str], areas: Iterable[str], *, deadlines: bool = False
) -> list[Subscriber]:
    """The subscribers who asked to hear of this, each once."""
    topics = (
        Q(kind=Wish.ALL)
        | Q(kind=Wish.INSTRUMENT, value=instrument)
        | Q(kind=Wish.ACTOR, value__in=list(actors))
        | Q(kind=Wish.AREA, value__in=list(areas))
    )
    kind = Q(deadlines=True) if deadlines else Q(acts=True)
    wishes = Wish.objects.filter(topics & kind, waiting=False)
    found = Subscriber.objects.filter(pk__in=wishes.values("subscriber"), confirmed__isnull=False, disabled=None)
    return list(found.order_by("pk"))


def put(subscriber: Subscriber, key: str, subject: str, text: str, payload: dict[str, Any], at: datetime) -> bool:
    """Put a message in, unless one of this key is there; says whether it was new."""
    due = _next_digest(at) if subscriber.digest else at
    columns = {"subject": subject, "text": text, "payload": payload, "due": due}
    return Message.objects.get_or_create(subscriber=subscriber, key=key, defaults=columns)[1]


def _next_digest(at: datetime) -> datetime:
    today = datetime.combine(at.date(), _DIGEST_AT, tzinfo=at.tzinfo)
    return today if at <= today else today + timedelta(days=1)


def put_notification(notification: Notification) -> None:
    """A message to each who asked for it. Inside the transaction that issues it."""
    payload = {
        "event": "notification",
        "notification": str(notification),
        "kind": notification.kind,
        "instrument": notification.instrument,
        "actors": notification.actors,
        "act": notification.act,
        "date": notification.date,
        "entry": notification.entry,
        "leaf_hash": notification.leaf_hash,
        "issued": notification.issued.isoformat(),
    }
    for subscriber in wanting(notification.instrument, notification.actors, notification.areas):
        letter = notification.texts.get(subscriber.language) or notification.texts["en"]
        link = absolute(f"/{subscriber.language}/{notification.path}")
        text = f"{letter['text']}\n{link}\n"
        key = f"notification:{notification.year}:{notification.number}"
        put(
            subscriber, key, f"{notification}: {letter['subject']}", text, payload | {"link": link}, notification.issued
        )


# Sending


def deliver(at: datetime, going: Callable[[], bool]) -> tuple[int, int]:
    """Send what is due; gives how many messages went out, and how many failed and are to be tried again.

    `going` is asked before each message whether to go on.
    """
    sent = failed = 0
    due = Message.objects.filter(sent=None, dropped=None, due__lte=at).exclude(subscriber__disabled__isnull=False)
    # Mailboxes first: a program that answers slowly keeps nobody waiting but programs.
    for pk in list(due.order_by("subscriber__channel", "due", "pk").values_list("pk", flat=True)):
        if not going():
            break
        message = _held(pk, at)
        if message is None:
            continue
        batch = [message, *_others_of_digest(message, at)]
        error = _send(batch, at)
        for one in batch:
            _mark(one, error, at)
        sent, failed = (sent, failed + 1) if error else (sent + len(batch), failed)
    return sent, failed


def _held(pk: int, at: datetime) -> Message | None:
    """Take a message to send it, unless another one has it in hand."""
    free = Message.objects.filter(pk=pk, sent=None, dropped=None, due__lte=at)
    if not free.filter(Q(held=None) | Q(held__lt=at - _HOLD)).update(held=at):
        return None
    return Message.objects.select_related("subscriber").get(pk=pk)


def _others_of_digest(message: Message, at: datetime) -> list[Message]:
    if not message.subscriber.digest:
        return []
    others = Message.objects.filter(subscriber=message.subscriber, sent=None, dropped=None, due__lte=at)
    found = (_held(pk, at) for pk in others.exclude(pk=message.pk).values_list("pk", flat=True))
    return [one for one in found if one is not None]


def _send(batch: list[Message], at: datetime) -> str:
    """Send one letter or call; gives what went wrong, or nothing."""
    subscriber = batch[0].subscriber
    try:
        if subscriber.channel == Subscriber.WEBHOOK:
            webhooks.call(subscriber, batch[0], at)
        else:
            _mail(subscriber, batch)
    except (OSError, webhooks.CallError) as error:  # smtplib's own errors are OSErrors
        _log.warning("message %s was not sent: %s", batch[0].pk, type(error).__name__)
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _mail(subscriber: Subscriber, batch: list[Message]) -> None:
    leave = unsubscribe_link(subscriber)
    subject = batch[0].subject if len(batch) == 1 else f"{batch[0].subject} (+{len(batch) - 1})"
    text = f"\n{'-' * 72}\n".join(one.text for one in batch)
    headers = {
        # So that a mailbox tells the same letter, sent twice, from another.
        "Message-ID": f"<{batch[0].key.replace(':', '.')}.{subscriber.pk}@{settings.COMITY_MAIL_DOMAIN}>",
        "Auto-Submitted": "auto-generated",
    }
    if subscriber.confirmed is not None:
        # RFC 2369 and RFC 8058: one click, without a page between.
        headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        text = f"{text}\n-- \n{leave}\n"
    EmailMessage(" ".join(subject.split()), text, to=[subscriber.address], headers=headers).send()


def _mark(message: Message, error: str, at: datetime) -> None:
    held = Message.objects.filter(pk=message.pk)
    subscriber = Subscriber.objects.filter(pk=message.subscriber.pk)
    if not error:
        held.update(sent=at, error="")
        subscriber.update(failures=0)
        return
    tries = message.tries + 1
    given_up = at if tries > len(_AGAIN) else None
    wait = timedelta(minutes=_AGAIN[min(tries, len(_AGAIN)) - 1])
    held.update(tries=tries, error=error, held=None, due=at + wait, dropped=given_up)
    subscriber.update(failures=F("failures") + 1)
    subscriber.filter(channel=Subscriber.WEBHOOK, failures__gte=_ENOUGH, disabled=None).update(disabled=timezone.now())
