"""What the first reader would otherwise wait for, made when a process starts."""

import contextlib
import sqlite3
import threading

from comity.register.errors import LogError
from comity.server.asking import today
from comity.server.registers import EmptyThenError, ask
from comity.service import Refusal, forecasting
from comity.service.finding import index_of

__all__ = ["warm"]


def warm(address: str) -> None:
    """Read every instrument of a log, make the index of its words and learn what forecasts rest on, in the background.

    What cannot be read is no matter of this: whoever asks for it is told.
    """
    threading.Thread(target=_warm, args=(address,), name="warming", daemon=True).start()


def _warm(address: str) -> None:
    # Where the process ends meanwhile, what is read is closed under it.
    with contextlib.suppress(LogError, Refusal, EmptyThenError, sqlite3.ProgrammingError):
        with ask(address) as seen:
            names = seen.register.reading.ids()
        for name in names:
            # One question at a time: a reader who comes meanwhile waits for one instrument, and not for all.
            with contextlib.suppress(Refusal), ask(address) as seen:
                seen.register.status(name, today())
        with ask(address) as seen:
            index_of(seen.register)
            register = seen.register
            forecasting.prepare(register)
        # What takes seconds is learnt while others ask.
        forecasting.learn(register, today())
