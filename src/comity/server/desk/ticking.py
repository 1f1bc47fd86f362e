"""What time brings, done by whoever comes to do it: safe to run twice, and twice at once.

Each step can be cut off anywhere and done again. A lock keeps two from doing the same work at once, for the sake of
order and not of safety: its holder says again and again that it is alive, and one that died is soon followed.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import Q, QuerySet
from django.utils import timezone

from comity.server.desk import alerts, outbox, recording, rectifying, subscribing
from comity.server.desk.models import Job
from comity.service import keeping

__all__ = ["Done", "every_minute", "tick"]

# Longer than any one letter or call takes, between which it is renewed; no longer than approvals may wait for a tick
# that died.
_LEASE: Final = timedelta(seconds=90)
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


def tick(at: datetime | None = None, stop: threading.Event | None = None) -> Done:
    """Do what is due by a moment (now): mend, lapse, alert, send, sign. Told to `stop`, it leaves the rest."""
    moment = (at or timezone.now()).astimezone(UTC)
    lease = _Lease()
    if not lease.take():
        return Done(at=moment.isoformat(), busy=True)
    found: dict[str, int] = {}
    failed: dict[str, str] = {}

    def going() -> bool:
        """Whether to go on: not told to stop, and nobody has taken over."""
        return not (stop is not None and stop.is_set()) and lease.renew()

    def step(name: str, work: Callable[[], int]) -> None:
        """One step: that it fails keeps nobody from the next."""
        try:
            if going():
                found[name] = work()
        except Exception as error:  # noqa: BLE001  # whatever it is: it is told, and the next step is done
            _log.exception("tick: %s", name)
            failed[name] = f"{type(error).__name__}: {error}"

    def deliver() -> int:
        sent, found["unsent"] = outbox.deliver(moment, going)
        return sent

    try:
        step("mended", lambda: len(recording.mend()))
        step("rectified", lambda: len(rectifying.lapse(moment)))
        step("alerts", lambda: alerts.alert(moment))
        step("forgotten", subscribing.forget_unconfirmed)
        step("sent", deliver)
        step("checkpoint", _sign)
    finally:
        lease.free()
    return msgspec.convert({"at": moment.isoformat(), "failed": failed, **found}, Done)


class _Lease:
    """The lock of one tick."""

    def __init__(self) -> None:
        self._mine = secrets.token_hex(16)

    def take(self) -> bool:
        """Take the lock, unless somebody holds it."""
        now = timezone.now()
        Job.objects.get_or_create(name="tick")
        free = Job.objects.filter(name="tick").filter(Q(holder="") | Q(until=None) | Q(until__lt=now))
        return bool(free.update(holder=self._mine, until=now + _LEASE))

    def renew(self) -> bool:
        """Hold it for longer; says whether it is still held."""
        return bool(self._held().update(until=timezone.now() + _LEASE))

    def free(self) -> None:
        """Let go of it."""
        self._held().update(holder="", until=None)

    def _held(self) -> QuerySet[Job]:
        return Job.objects.filter(name="tick", holder=self._mine)


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
    """A thread that ticks every minute until it is told to stop, and at once finishes what was cut off before it.

    The latter asks for no lock: whoever died with an approval in hand may have died with the lock as well.
    """

    def run() -> None:
        try:
            _safely(recording.mend)
            while not stop.wait(_MINUTE):
                _safely(lambda: tick(stop=stop))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name="tick", daemon=True)
    thread.start()
    return thread


def _safely(work: Callable[[], object]) -> None:
    """Do it; where it fails, a minute later the next one does."""
    try:
        work()
    except Exception:  # noqa: BLE001  # whatever it is, it is told
        _log.exception("tick")
    finally:
        close_old_connections()
