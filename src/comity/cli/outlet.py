"""Where answers go: streams that were closed, are full or break off end a command in one line, never in a traceback."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["outlet"]


@contextmanager
def outlet() -> Iterator[None]:
    """Give a command streams to write to, and end it with exit 2 where the system refuses something."""
    # A stream that the caller closed is none at all; what would go there goes nowhere, and the exit code tells.
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        _give_up()
        if error.errno == errno.EPIPE:  # whoever reads has had enough
            sys.exit(1)
        place = f" ({error.filename})" if isinstance(error.filename, str) else ""
        with suppress(OSError):
            sys.stderr.write(f"error system-refused: {error.strerror or error}{place}\n")
        sys.exit(2)


def _nowhere() -> io.TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")


def _give_up() -> None:
    """Let what was not written go: at its end the interpreter would try again, and complain."""
    with suppress(OSError, ValueError):  # a stream in memory has no number
        number = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
