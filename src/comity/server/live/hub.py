"""How large the log is now, for everything in this process that waits for it to grow."""

import asyncio
from contextlib import suppress

import msgspec

from comity.server.registers import log_at
from comity.service.opened import LogError, Moved, Watch

__all__ = ["Event", "Hub"]

# In seconds: between two looks while nobody asks.
_LOOK = 0.1
# Events kept at hand: everybody who listens asks for the same one at the same time.
_EVENTS = 64


class Event(msgspec.Struct, frozen=True):
    """What the entries between two sizes are about, and the bytes that say so in a stream of events."""

    about: Moved
    text: bytes


class Hub:
    """One watch over the log at an address. It belongs to one event loop; `start` and `end` stand around its use."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._watch: Watch | None = None
        self._size = 0
        self._turn: asyncio.Future[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._events: dict[tuple[int, int], asyncio.Task[Event]] = {}
        self.ended = False

    def size(self) -> int:
        """How many entries the log has: microseconds. Raises LogError where that cannot be known now."""
        if self._watch is None:
            raise LogError("the log is not open yet")
        found = self._watch.size()
        if found != self._size:
            self._size = found
            self._wake()
        return found

    async def start(self) -> None:
        """Begin to look; a log that cannot be opened is tried again and again."""
        if self._looking is None:
            await self._open()
            self._looking = asyncio.create_task(self._look())

    def stop(self) -> None:
        """Let everybody go who waits: the process is about to end."""
        self.ended = True
        self._wake()

    async def end(self) -> None:
        """Look no more."""
        self.stop()
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        if self._watch is not None:
            await asyncio.to_thread(self._watch.close)

    async def beyond(self, size: int, seconds: float, gone: asyncio.Future[None]) -> int:
        """The size once it is another than `size`, or after some seconds, or once `gone` is done."""
        if self._size == size and not self.ended:
            if self._turn is None:
                self._turn = asyncio.get_running_loop().create_future()
            await asyncio.wait({self._turn, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return self._size

    async def event(self, start: int, stop: int) -> Event:
        """What to say of the entries from `start` up to, not including, `stop`. Raises LogError."""
        task = self._events.get((start, stop))
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._events[start, stop] = asyncio.create_task(self._told(start, stop))
            while len(self._events) > _EVENTS:
                del self._events[next(iter(self._events))]
        return await asyncio.shield(task)

    async def _told(self, start: int, stop: int) -> Event:
        # A log that has fewer entries than before is another one, put in its place.
        log = await asyncio.to_thread(log_at, self._address)
        about = Moved(others=True) if stop < start else await asyncio.to_thread(log.moved, start, stop)
        said = {"size": stop, "instruments": about.instruments, "actors": about.actors, "others": about.others}
        return Event(about, b"id: %d\nevent: changed\ndata: %b\n\n" % (stop, msgspec.json.encode(said)))

    async def _open(self) -> None:
        with suppress(LogError):
            self._watch = await asyncio.to_thread(lambda: log_at(self._address).watch())
            self._size = self._watch.size()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            if self._watch is None:
                await self._open()
            with suppress(LogError):
                self.size()

    def _wake(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and not turn.done():
            turn.set_result(None)
