"""Ctrl-C in long work, at once: also while compiled code computes that never looks whether it is to stop.

Python hears of an interrupt only between two steps of its own, and a solver or a compiled loop may be one step for
minutes. So the system ends the process itself, as it ends any program, and a second process, which does nothing but
wait for that, puts the terminal in order and says so.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["stoppable"]

# The cursor is shown again, which a bar hides.
_SAID = b"\r\x1b[K\x1b[?25hStopped.\n"


@contextmanager
def stoppable() -> Iterator[None]:
    """Let the terminal end the process within; not for work that has something to put in order first."""
    here = threading.current_thread() is threading.main_thread()
    if not (here and sys.stderr.isatty() and hasattr(os, "fork")):
        yield
        return
    ours, theirs = os.pipe()
    # What is pressed now reaches this process a moment later, and the other, which would say so, not at all.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    watcher = os.fork()
    if watcher == 0:
        os.close(theirs)
        _watch(ours)
    os.close(ours)
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        os.write(theirs, b".")
        os.close(theirs)
        os.waitpid(watcher, 0)


def _watch(pipe: int) -> None:
    """Wait for the end of the work, or of the process that does it; never comes back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not os.read(pipe, 1):
        os.write(2, _SAID)
    os._exit(0)
