"""What time brings, done by whoever comes to do it: safe to run twice, and twice at once.

Each step can be cut off anywhere and done again. A lock keeps two from doing the same work at once, for the sake of
order and not of safety: a lock whose holder died is taken over when its time is up.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from comity.server.desk import alerts, outbox, recording, rectifying, subscribing
from comity.server.desk.models import Job
from comity.service import keeping

__all__ = ["Done", "every_minute", "tick"]

_LEASE: Final = timedelta(minutes=10)
_MINUTE: Final = 60.0
_log = logging.getLogger("comity.desk")


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a tick did. `busy`: another one is at work, and this one did nothing. `failed`: what went wrong, by step."""

    at: str
    busy: bool = False
    mended: int = 0
    rectified: int = 0
    alerts: int = 0
    sent: int = 0
    unsent: int = 0
    forgotten: int = 0
    checkpoint: int = 0
    failed: dict[str, str] = {}


def tick(at: datetime | None = None) -> Done:
    """Do what is due by a moment (now): mend, lapse, alert, send, sign."""
    moment = (at or timezone.now()).astimezone(UTC)
    mine = secrets.token_hex(16)
    if not _take(mine):
        return Done(at=moment.isoformat(), busy=True)
    found: dict[str, int] = {}
    failed: dict[str, str] = {}

    def step(name: str, work: Callable[[], int]) -> None:
        """One step: that it fails keeps nobody from the next."""
        try:
            found[name] = work()
        except Exception as error:  # noqa: BLE001  # whatever it is: it is told, and the next step is done
            _log.exception("tick: %s", name)
            failed[name] = f"{type(error).__name__}: {error}"

    def deliver() -> int:
        sent, found["unsent"] = outbox.deliver(moment)
        return sent

    try:
        step("mended", lambda: len(recording.mend()))
        step("rectified", lambda: len(rectifying.lapse(moment)))
        step("alerts", lambda: alerts.alert(moment))
        step("forgotten", subscribing.forget_unconfirmed)
        step("sent", deliver)
        step("checkpoint", _sign)
    finally:
        Job.objects.filter(name="tick", holder=mine).update(holder="", until=None)
    return msgspec.convert({"at": moment.isoformat(), "failed": failed, **found}, Done)


def _take(mine: str) -> bool:
    """Take the lock, unless somebody holds it."""
    now = timezone.now()
    Job.objects.get_or_create(name="tick")
    free = Job.objects.filter(name="tick").filter(Q(holder="") | Q(until=None) | Q(until__lt=now))
    return bool(free.update(holder=mine, until=now + _LEASE))


def _sign() -> int:
    """Sign the log where this instance does that by itself and it has grown; gives its size, or 0."""
    if not settings.COMITY_CHECKPOINTS:
        return 0
    size = keeping.unsigned(settings.COMITY_LOG)
    if not size:
        return 0
    keeping.checkpoint(settings.COMITY_LOG, settings.COMITY_CHECKPOINT_KEY or None)
    return size


def every_minute(stop: threading.Event) -> threading.Thread:
    """A thread that ticks every minute until it is told to stop."""

    def run() -> None:
        while not stop.wait(_MINUTE):
            try:
                tick()
            except Exception:  # noqa: BLE001  # a minute later the next one
                _log.exception("tick")
            finally:
                close_old_connections()

    thread = threading.Thread(target=run, name="tick", daemon=True)
    thread.start()
    return thread
