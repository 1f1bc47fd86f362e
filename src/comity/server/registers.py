"""Registers ready to be asked, one for each size of the log: nothing is ever invalidated, only forgotten."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from comity.register.logged import LogLayer
from comity.service import Register, open_register

__all__ = ["EmptyThenError", "Seen", "ask", "close"]

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


class _Registers:
    """The registers of one log. One question at a time: histories are made when asked for, and kept."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._head = self._layer(open_register(address))
        self._ready: OrderedDict[tuple[int, bool], Seen] = OrderedDict()
        self._asking = threading.RLock()

    @contextmanager
    def asked(self, known: str | None) -> Iterator[Seen]:
        with self._asking:
            # As known at a moment, nothing without a clock shines through the log: another register, though as long.
            key = (self._size(known), known is not None)
            seen = self._ready.get(key) or self._open(*key)
            self._ready[key] = seen
            self._ready.move_to_end(key)
            while len(self._ready) > _KEPT:
                self._layer(self._ready.popitem(last=False)[1].register).log.close()
            yield seen

    def close(self) -> None:
        with self._asking:
            for register in (self._head, *(self._layer(seen.register) for seen in self._ready.values())):
                register.log.close()
            self._ready.clear()

    def _size(self, known: str | None) -> int:
        log = self._head.log
        size = len(log) if known is None else log.size_at(known)
        if not size:
            raise EmptyThenError(self._recorded(0))
        return size

    def _open(self, size: int, past: bool) -> Seen:  # noqa: FBT001  # one half of the key
        register = open_register(self._address, size if past else None)
        layer = self._layer(register)
        return Seen(register, layer.size, layer.log.origin, self._recorded(layer.size - 1))

    def _recorded(self, index: int) -> str:
        entry = next(iter(self._head.log.entries(index, index + 1)), None)
        return "" if entry is None else entry.leaf.recorded

    @staticmethod
    def _layer(register: Register) -> LogLayer:
        layer = register.reading.layers[0]
        if not isinstance(layer, LogLayer):
            raise TypeError("the portal stands on a log, not on a folder")
        return layer


_open: dict[str, _Registers] = {}
_opening = threading.Lock()


def _registers(address: str) -> _Registers:
    with _opening:
        if address not in _open:
            _open[address] = _Registers(address)
        return _open[address]


def close() -> None:
    """Let go of every log: at the end of the process."""
    with _opening:
        while _open:
            _open.popitem()[1].close()


@contextmanager
def ask(address: str, known: str | None = None) -> Iterator[Seen]:
    """The register at a log's address, as known at a moment (None: now), for one question.

    Raises `MomentError` for a moment that is none, and `EmptyThenError` for one before the first entry.
    """
    with _registers(address).asked(known) as seen:
        yield seen
