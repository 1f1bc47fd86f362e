"""What is compiled when a method is first used, compiled before anybody asks: a process of its own, run once.

The compiler keeps what it made in a folder, from which any later process has it at once. Run: python -m
comity.service.readying FOLDER, where FOLDER is that of the instance; of several at the same time one compiles, and the
others find what it made.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

from comity.service.apart import leave_with
from comity.service.form import answered, read_inputs
from comity.service.methods import METHODS
from comity.service.queries import Refusal, open_register

__all__ = ["QUESTIONS", "ready"]


def _front(parties: str) -> Mapping[str, Any]:
    """The Pareto front of two issues for these parties: that of three is found in another way than that of four."""
    options = ("small", "large")
    return {
        "offer": {
            "parties": list(parties),
            "issues": [{"id": name, "options": options} for name in ("fund", "reports")],
            "utility": {
                name: {"fund": {"small": at, "large": 4 - at}, "reports": {"small": 2, "large": at}}
                for at, name in enumerate(parties)
            },
        },
        "solution": "pareto",
    }


_GAINS = '{"players": ["A", "B"], "gains": {"alone": {"A": 1, "B": -1}, "given": {"B": {"A": 2}}}}'
# Small questions that between them enter what is compiled, those first whose code takes longest; the other methods
# compile nothing.
QUESTIONS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("package", METHODS["package"].example),
    ("power", {"rule": "imf-85", "on": "2022-06-01"}),
    ("power-study", METHODS["power-study"].example),
    ("power-design", METHODS["power-design"].example),
    ("coalitions", {"text": _GAINS}),
    ("ideal-points", METHODS["ideal-points"].example),
    ("package", _front("ABC")),
    ("package", _front("ABCD")),
)


def ready() -> None:
    """Ask every question; whatever refuses one, such as an extra that is not installed, is told to those who ask it."""
    register = open_register()
    for name, asked in QUESTIONS:
        method = METHODS[name]
        with suppress(Refusal):
            answered(method, register, read_inputs(method, asked), None)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process of an instance at a time, where the system can say so."""
    try:
        import fcntl  # noqa: PLC0415  # Windows has none
    except ImportError:
        yield
        return
    with (folder / "compiling.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _main(folder: Path) -> None:
    with suppress(AttributeError):  # Windows has none
        os.nice(10)  # after whoever reads
    Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    with _alone(folder):
        ready()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
