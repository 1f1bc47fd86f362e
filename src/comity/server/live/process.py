"""What a process that serves asks of the interpreter and of the system."""

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

__all__ = ["before_the_end", "share_turns"]

# In seconds. The loop that answers from memory and tells of changes shares the interpreter with threads that make
# pages, and waits so long for its turn each time it has given it away (sys.setswitchinterval; else 0.005).
_TURN: Final = 0.0005


def share_turns() -> None:
    """Let the loop have its turn often, also while pages are made."""
    sys.setswitchinterval(_TURN)


def before_the_end(stop: Callable[[], None]) -> None:
    """Call `stop` when the process is told to end, before whoever was to hear of that: a stream would hold it up.

    A server waits for what is open, and only then tells the application that it ends.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(ValueError):
            signal.signal(number, _first(stop, signal.getsignal(number)))


def _first(stop: Callable[[], None], then: object) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        if callable(then):
            then(number, frame)

    return handle
