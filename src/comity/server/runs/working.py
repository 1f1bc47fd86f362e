"""Runs are computed in the background, one after another, and can be called off: a thread follows each process.

What a run needs to know lies in the data base, so that any process that serves may show it or cancel it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import BoundedSemaphore, Thread

import msgspec
from django.conf import settings
from django.db import close_old_connections, connection

from comity.server.registers import log_at
from comity.server.runs.models import SavedRun
from comity.service import Refusal, refuse
from comity.service.apart import StoppedError, Task, Where, compute
from comity.service.methods import method_of
from comity.service.runs import Stand, finished, stands

__all__ = ["LARGEST", "SECONDS", "start", "work"]

SECONDS = 600.0
LARGEST = 10_000_000  # bytes of a run that is kept
# Apart from the seats of readers who wait for a page, so that nobody is kept waiting by what takes long.
_SEATS = BoundedSemaphore(1)
_BEAT = 2.0


def start(run: SavedRun) -> None:
    """Have a run computed, and come back at once."""
    Thread(target=_in_thread, args=(run.pk,), name=f"run {run.key}", daemon=True).start()


def _in_thread(number: int) -> None:
    close_old_connections()
    try:
        work(number)
    finally:
        connection.close()


def work(number: int) -> None:
    """Compute a run and keep what comes of it; a fault of the program ends it, and is in the log."""
    run = SavedRun.objects.get(pk=number)
    own = SavedRun.objects.filter(pk=number)
    wanted = _heartbeat(number)
    try:
        with _seat(wanted):
            own.update(state=SavedRun.RUNNING, beat=datetime.now(UTC))
            told = _computed(run, wanted)
        own.update(state=SavedRun.DONE, told=told)
    except Refusal as refusal:
        own.update(state=SavedRun.REFUSED, told=msgspec.json.encode(refusal.findings))
    except StoppedError:
        own.update(state=SavedRun.CANCELLED)
    except Exception:
        logging.getLogger("comity").exception("run %s", run.key)
        own.update(state=SavedRun.ENDED)


@contextmanager
def _seat(wanted: Callable[[], bool]) -> Iterator[None]:
    """A place to compute in, waited for as long as the run is wanted. Raises `StoppedError`."""
    while wanted():
        if _SEATS.acquire(timeout=_BEAT):
            try:
                yield
            finally:
                _SEATS.release()
            return
    raise StoppedError


def _computed(run: SavedRun, wanted: Callable[[], bool]) -> bytes:
    method, inputs = method_of(run.method), msgspec.json.decode(bytes(run.inputs))
    started = datetime.now(UTC).replace(microsecond=0)
    where: Where | None = None
    layers: tuple[Stand, ...] = ()
    if method.of_register:
        where = Where(settings.COMITY_LOG, run.size, run.past)
        layers = stands(log_at(settings.COMITY_LOG).register(run.size, past=run.past))

    def progress(done: int, total: int) -> None:
        SavedRun.objects.filter(pk=run.pk).update(done=max(done, 0), total=max(total, 0))

    found = compute(Task(method.id, inputs, where, SECONDS), progress, wanted)
    told = msgspec.json.encode(finished(method, inputs, layers, started, found))
    if len(told) > LARGEST:
        says = f"the result is {len(told) / 1e6:,.0f} MB, more than is kept ({LARGEST / 1e6:,.0f} MB)"
        raise refuse("run-too-large", says, "ask about less, or use the command on your own machine")
    return told


def _heartbeat(number: int) -> Callable[[], bool]:
    """Says whether a run is still wanted, and in doing so that it is still computed; looks every few seconds."""
    last, still = 0.0, True

    def look() -> bool:
        nonlocal last, still
        if still and time.monotonic() - last > _BEAT:
            last = time.monotonic()
            still = bool(SavedRun.objects.filter(pk=number, wanted=True).update(beat=datetime.now(UTC)))
        return still

    return look
