"""Who hears of what: mailboxes that said yes twice, people with an account, and other people's programs."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from comity.access import Thing, Who, verdict
from comity.instruments import AREAS
from comity.server.desk import webhooks
from comity.server.desk.acting import Acting, Refused
from comity.server.desk.letters import in_plain
from comity.server.desk.links import confirm_link
from comity.server.desk.models import Message, Subscriber, Wish
from comity.server.desk.outbox import put
from comity.server.words import words_in
from comity.service import Register

__all__ = ["Wanted", "ask", "checked", "confirm", "forget_unconfirmed", "hook", "keep", "leave", "mine", "own", "want"]

# Wishes of one subscriber, and programs of one owner: more is a mistake, or worse.
_MOST_WISHES: Final = 200
_MOST_HOOKS: Final = 10
# Of an address (RFC 5321, 4.5.3.1).
_LONGEST: Final = 254
# Between two letters that ask the same mailbox, and until one that never answered is forgotten.
_QUIET: Final = timedelta(minutes=10)
_DAY, _A_DAY, _MOST_WAITING = timedelta(days=1), 3, 20
_FORGOTTEN: Final = timedelta(days=3)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Something to hear of (`Wish`)."""

    kind: str
    value: str = ""


def checked(register: Register, instrument: str, actor: str, area: str) -> list[Wanted]:
    """What a form asks for; nothing chosen is everything. Raises `Refused` for what the register does not know."""
    known = {
        Wish.INSTRUMENT: (instrument, register.reading.has_definition),
        Wish.ACTOR: (actor, register.reading.directory.actors.__contains__),
        Wish.AREA: (area, AREAS.__contains__),
    }
    found = []
    for kind, (value, there) in known.items():
        if value and not there(value):
            raise Refused("desk.subscribe.unknown", status=400, value=value)
        if value:
            found.append(Wanted(kind=kind, value=value))
    return found or [Wanted(kind=Wish.ALL)]


def want(subscriber: Subscriber, wanted: Iterable[Wanted], *, deadlines: bool, waiting: bool = False) -> None:
    """Add to what a subscriber hears of; what is there already stays confirmed."""
    for one in wanted:
        if subscriber.wishes.count() >= _MOST_WISHES:
            raise Refused("desk.subscribe.many", most=_MOST_WISHES)
        found, new = Wish.objects.get_or_create(
            subscriber=subscriber,
            kind=one.kind,
            value=one.value,
            defaults={"deadlines": deadlines, "waiting": waiting},
        )
        if not new and not waiting:
            found.deadlines = found.deadlines or deadlines
            found.waiting = False
            found.save(update_fields=["deadlines", "waiting"])


# Mailboxes without an account


def ask(address: str, language: str, wanted: Iterable[Wanted], *, deadlines: bool) -> None:
    """Ask a mailbox whether it wants to hear of something. Whoever asked is told nothing of what is known of it.

    Raises `Refused` where the address is none.
    """
    address = address.strip().lower()
    if not _is_address(address):
        raise Refused("desk.subscribe.address", status=400)
    with transaction.atomic():
        subscriber, _ = Subscriber.objects.get_or_create(
            channel=Subscriber.EMAIL, address=address, defaults={"language": language}
        )
        now = timezone.now()
        asked = subscriber.messages.filter(key__startswith="confirm:")
        lately = asked.filter(due__gt=now - _QUIET).exists()
        too_often = asked.filter(due__gt=now - _DAY).count() >= _A_DAY
        if too_often or subscriber.wishes.filter(waiting=True).count() >= _MOST_WAITING:
            return
        want(subscriber, wanted, deadlines=deadlines, waiting=True)
        if not lately:
            words = words_in(language)
            subject = in_plain(words.text("desk.subscribe.confirm.subject"))
            text = in_plain(words.text("desk.subscribe.confirm.text", link=f"\n\n{confirm_link(subscriber)}\n\n"))
            # At once, also to a mailbox that otherwise gets one letter a day.
            columns = {"subject": subject, "text": f"{text}\n", "due": now}
            Message.objects.create(subscriber=subscriber, key=f"confirm:{secrets.token_hex(8)}", **columns)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _LONGEST


def confirm(subscriber: Subscriber) -> None:
    """A mailbox says yes."""
    with transaction.atomic():
        Subscriber.objects.filter(pk=subscriber.pk, confirmed=None).update(confirmed=timezone.now())
        subscriber.wishes.update(waiting=False)


def leave(subscriber: Subscriber) -> None:
    """Forget a subscriber, with all that is kept of them."""
    subscriber.delete()


def forget_unconfirmed() -> int:
    """Forget mailboxes that never said yes, and wishes that were never confirmed; gives how many mailboxes."""
    Wish.objects.filter(waiting=True, made__lt=timezone.now() - _FORGOTTEN).delete()
    old = Subscriber.objects.filter(confirmed=None, made__lt=timezone.now() - _FORGOTTEN)
    number = old.count()
    old.delete()
    return number


# Those with an account


def own(by: Acting) -> Subscriber | None:
    """The mailbox of somebody who logged in, where it subscribes."""
    return Subscriber.objects.filter(channel=Subscriber.EMAIL, owner=by.person).first()


def keep(by: Acting, wanted: Iterable[Wanted], *, deadlines: bool) -> Subscriber:
    """Let somebody who logged in hear of something; their address is known to be theirs. Raises `Refused`."""
    person = by.person
    with transaction.atomic():
        subscriber, _ = Subscriber.objects.get_or_create(
            channel=Subscriber.EMAIL, address=person.email, defaults={"language": person.language}
        )
        subscriber.owner = person
        subscriber.confirmed = subscriber.confirmed or timezone.now()
        subscriber.save(update_fields=["owner", "confirmed"])
        want(subscriber, wanted, deadlines=deadlines)
    return subscriber


def hook(by: Acting, url: str, wanted: Iterable[Wanted], *, deadlines: bool) -> Subscriber:
    """Let a program hear of something. Raises `Refused` for an address that nobody should be made to call."""
    by.allow("webhook.keep", owner=by.person.pk)
    fault = webhooks.faults_of_url(url)
    if fault:
        raise Refused(fault, status=400)
    with transaction.atomic():
        mine_ = Subscriber.objects.filter(channel=Subscriber.WEBHOOK, owner=by.person)
        if not mine_.filter(address=url).exists() and mine_.count() >= _MOST_HOOKS:
            raise Refused("desk.webhook.many", most=_MOST_HOOKS)
        subscriber, _ = Subscriber.objects.get_or_create(
            channel=Subscriber.WEBHOOK, address=url, owner=by.person, defaults={"confirmed": timezone.now()}
        )
        want(subscriber, wanted, deadlines=deadlines)
    return subscriber


def ping(subscriber: Subscriber) -> None:
    """Put in a call that tells of nothing, to try a program."""
    now = timezone.now()
    put(subscriber, f"ping:{secrets.token_hex(8)}", "ping", "", {"event": "ping"}, now)


def mine(subscriber: Subscriber, by: Acting | None) -> None:
    """Raise `Refused` or `Fault` unless a subscriber is theirs who ask: by account, or by a link from their mailbox."""
    if by is not None:
        by.allow("subscription.keep", owner=subscriber.owner_id)
        return
    name = f"mailbox {subscriber.pk}"
    found = verdict(Who(person=name), "subscription.keep", Thing(owner=name))
    if not found.allowed:
        raise Refused("desk.refused.state", status=403)
