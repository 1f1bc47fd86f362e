"""Addresses that leave the portal: whole, and signed where they let somebody do something without logging in."""

from django.conf import settings
from django.core import signing

from comity.server.desk.models import Subscriber

__all__ = ["absolute", "confirm_link", "manage_link", "read_confirm", "read_token", "token_of", "unsubscribe_link"]

_SALT, _CONFIRM = "desk.subscriber", "desk.confirm"
# In seconds: how long a mailbox may take to say yes.
_PATIENCE = 3 * 24 * 3600


def absolute(path: str) -> str:
    """A path as a whole address, as readers know this instance."""
    return f"{settings.COMITY_PUBLIC_URL or settings.COMITY_LOCAL_URL}{path}"


def token_of(subscriber: Subscriber) -> str:
    """What shows that somebody reads a mailbox. A new secret makes the old links worthless."""
    return signing.dumps([subscriber.pk, subscriber.secret[:8]], salt=_SALT)


def read_token(token: str) -> Subscriber | None:
    """The subscriber whose letters bear this token, or None."""
    return _read(token, _SALT)


def _read(token: str, salt: str, max_age: int | None = None) -> Subscriber | None:
    try:
        pk, secret = signing.loads(token, salt=salt, max_age=max_age)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Subscriber.objects.filter(pk=pk).first()
    return found if found is not None and found.secret[:8] == secret else None


def confirm_link(subscriber: Subscriber) -> str:
    """Where a mailbox says yes; good for three days."""
    token = signing.dumps([subscriber.pk, subscriber.secret[:8]], salt=_CONFIRM)
    return absolute(f"/{subscriber.language}/subscriptions/confirm/{token}")


def read_confirm(token: str) -> Subscriber | None:
    """The subscriber who was asked by this link, or None."""
    return _read(token, _CONFIRM, _PATIENCE)


def manage_link(subscriber: Subscriber) -> str:
    """Where a mailbox sees and changes what it gets."""
    return absolute(f"/{subscriber.language}/subscriptions/of/{token_of(subscriber)}")


def unsubscribe_link(subscriber: Subscriber) -> str:
    """Where a mailbox leaves."""
    return absolute(f"/{subscriber.language}/subscriptions/leave/{token_of(subscriber)}")
