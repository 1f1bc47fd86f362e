"""A log kept open, for a face that asks again and again while others append to it."""

from pathlib import Path

from comity.register.errors import LogError, MomentError
from comity.register.layers import Definitions, Layer
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.moving import Moved, moved
from comity.register.store import Watch
from comity.service.queries import Register, shipped_layer

__all__ = ["LogError", "MomentError", "Moved", "OpenLog", "Watch"]

# Entries that are read to say what they are about; of more, only that there are many.
_MANY = 5_000


class OpenLog:
    """One log, open for reading. Safe for threads; a register of it is to be asked by one thread at a time."""

    def __init__(self, address: str | Path) -> None:
        """Open it; raises LogError where there is none, or it cannot be read."""
        self._log = Log.open(address, write=False)
        self.origin = self._log.origin

    def size(self) -> int:
        """How many entries it has now; raises LogError where it cannot be read."""
        return len(self._log)

    def size_at(self, moment: str) -> int:
        """How many it had at a moment (a timestamp, a date meaning its end, a tree size); raises MomentError."""
        return self._log.size_at(moment)

    def recorded(self, index: int) -> str:
        """When an entry was recorded; empty where there is none."""
        entry = next(iter(self._log.entries(index, index + 1)), None)
        return "" if entry is None else entry.leaf.recorded

    def root(self, size: int) -> bytes:
        """The root of its first `size` entries, by which an answer can be checked against a checkpoint."""
        return self._log.root(None if size == len(self._log) else size)

    def register(self, size: int, *, past: bool = False) -> Register:
        """The register as known at a size. Asked of the past, nothing without a clock shines through the log."""
        below: Layer = Definitions(shipped_layer()) if past else shipped_layer()
        return Register([LogLayer(self._log, size), below])

    def moved(self, start: int, stop: int) -> Moved:
        """What the entries from `start` up to, not including, `stop` are about."""
        return moved(self._log.rows(start, stop)) if stop - start <= _MANY else Moved(others=True)

    def watch(self) -> Watch:
        """A watch over its size, microseconds a look; raises LogError where it cannot be had."""
        return self._log.watch()

    def close(self) -> None:
        """Let go of it; no register of it can be asked any more."""
        self._log.close()
