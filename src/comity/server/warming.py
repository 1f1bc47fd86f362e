"""What the first reader would otherwise wait for, made when a process starts."""

import contextlib
import os
import sqlite3
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path

from comity.register.errors import LogError
from comity.server.asking import today
from comity.server.instance import folder_of
from comity.server.registers import EmptyThenError, ask
from comity.service import Refusal, analysing, apart, forecasting
from comity.service.finding import index_of

__all__ = ["keep_compiled", "warm"]


def warm(address: str) -> None:
    """Read every instrument of a log, make the index of its words and learn what forecasts rest on, in the background.

    Meanwhile a process apart compiles what methods would compile when first asked, unless COMITY_COMPILE is `later`.

    What cannot be read is no matter of this: whoever asks for it is told.
    """
    threading.Thread(target=_warm, args=(address,), name="warming", daemon=True).start()
    if os.environ.get("COMITY_COMPILE") != "later" and find_spec("numba"):
        folder = folder_of(address)
        keep_compiled(folder)
        threading.Thread(target=apart.readying, args=(str(folder),), name="compiling", daemon=True).start()


def keep_compiled(folder: Path) -> None:
    """See that what is compiled is kept: in the folder of the instance where that of the code cannot be written."""
    beside = Path(analysing.__file__).parents[1] / "analysis"
    try:
        for where in sorted({one.parent for one in beside.rglob("*.py")}):
            cache = where / "__pycache__"
            with tempfile.TemporaryFile(dir=cache if cache.exists() else where):
                pass
    except OSError:
        # Whoever runs it has the last word.
        os.environ.setdefault("NUMBA_CACHE_DIR", str((folder / "compiled").absolute()))


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
