"""Registers ready to be asked, one for each size of the log: nothing is ever invalidated, only forgotten."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from comity.service import Register
from comity.service.opened import OpenLog

__all__ = ["EmptyThenError", "Seen", "ask", "close", "log_at"]

# Registers kept ready. Each holds the histories that were asked of it: some tens of megabytes at the most.
_KEPT = 4


class EmptyThenError(Exception):
    """Asked as known before the log had recorded anything; `first` is when it began."""

    def __init__(self, first: str) -> None:
        super().__init__(first)
        self.first = first


class Seen(msgspec.Struct, frozen=True):
    """A register as known at one size of the log."""

    register: Register
    size: int
    origin: str
    recorded: str


class _Ready(msgspec.Struct, frozen=True):
    """A register kept ready. One question at a time: histories are made when asked for, and kept."""

    seen: Seen
    asking: threading.RLock


class _Registers:
    """The registers of one log."""

    def __init__(self, address: str) -> None:
        self.log = OpenLog(address)
        self._ready: OrderedDict[tuple[int, bool], _Ready] = OrderedDict()
        self._finding = threading.Lock()

    @contextmanager
    def asked(self, known: str | None) -> Iterator[Seen]:
        ready = self._find(known)
        with ready.asking:
            yield ready.seen

    def _find(self, known: str | None) -> _Ready:
        # As known at a moment, nothing without a clock shines through the log: another register, though as long.
        size, past = self._size(known), known is not None
        with self._finding:
            ready = self._ready.get((size, past))
            if ready is None:
                register = self.log.register(size, past=past)
                seen = Seen(register, size, self.log.origin, self.log.recorded(size - 1))
                ready = self._ready[size, past] = _Ready(seen, threading.RLock())
            self._ready.move_to_end((size, past))
            while len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
            return ready

    def _size(self, known: str | None) -> int:
        size = self.log.size() if known is None else self.log.size_at(known)
        if not size:
            raise EmptyThenError(self.log.recorded(0))
        return size


_open: dict[tuple[str, str], _Registers] = {}
_opening = threading.Lock()


def _registers(address: str, apart: str = "") -> _Registers:
    with _opening:
        if (address, apart) not in _open:
            _open[address, apart] = _Registers(address)
        return _open[address, apart]


def close() -> None:
    """Let go of every log: at the end of the process."""
    with _opening:
        while _open:
            _open.popitem()[1].log.close()


def log_at(address: str) -> OpenLog:
    """The log at an address, which every question of this process shares."""
    return _registers(address).log


@contextmanager
def ask(address: str, known: str | None = None, apart: str = "") -> Iterator[Seen]:
    """The register at a log's address, as known at a moment (None: now), for one question.

    Questions wait for one another. What takes long asks one that is kept `apart`, under a name of its own.

    Raises `MomentError` for a moment that is none, and `EmptyThenError` for one before the first entry.
    """
    with _registers(address, apart).asked(known) as seen:
        yield seen
