"""A method of the table in a process of its own, with an end: a question of one reader never holds up the others.

The process reads one question as JSON from its input and writes lines of JSON: how far it is, and at last the answer or
what is wrong. It is ended when it takes longer than it may, or when nobody wants it any more. Few run at a time.
"""

import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Event, Thread
from typing import Any

import msgspec

from comity.findings import Finding
from comity.service.form import Method, Progress, answered, needed, read_inputs
from comity.service.methods import METHODS
from comity.service.opened import OpenLog
from comity.service.queries import Refusal, Register, open_register, refuse

__all__ = [
    "LARGEST",
    "MOST_REGIONS",
    "SEATS",
    "SECONDS",
    "StoppedError",
    "Task",
    "Where",
    "affordable",
    "apart",
    "compute",
    "leave_with",
    "readying",
    "seat",
]

SECONDS = 20.0
LARGEST = 5_000_000  # bytes of what one reader asks with
MOST_REGIONS = 18
SEATS = 2
_SEATS, _PATIENCE = BoundedSemaphore(SEATS), 10.0
_WAITING = BoundedSemaphore(1)
_MEMORY = 6 << 30
# Seconds more for whoever asks while code is still being compiled, and whether it is.
_MORE, _READYING = 60.0, Event()
_LOOK = 0.5  # seconds between looks at whether it is still wanted


class Where(msgspec.Struct, frozen=True):
    """Which register a process is to ask: the address of a log, its size, and whether it is asked of the past."""

    address: str
    size: int
    past: bool = False


class StoppedError(Exception):
    """Nobody wants the answer any more."""


class _Line(msgspec.Struct, omit_defaults=True):
    """What the process says: how far it is, an answer, or what is wrong."""

    done: tuple[int, int] | None = None
    answer: Any = None
    findings: tuple[Finding, ...] = ()


class Task(msgspec.Struct, frozen=True):
    """What a process is to do: a method by its id, its inputs, the register to ask, and for how long at the most."""

    what: str
    asked: Any
    where: Where | None
    seconds: float


@contextmanager
def seat(patience: float = _PATIENCE) -> Iterator[None]:
    """A place to compute in; refuses where none is free in time."""
    if not (_SEATS.acquire(blocking=False) or _waited(patience)):
        raise refuse("analysis-busy", "as much is being computed as may be at a time", "ask again in a moment")
    try:
        yield
    finally:
        _SEATS.release()


def _waited(patience: float) -> bool:
    """Whether a place came free. One waits at a time, for whoever waits keeps a thread from the readers of pages."""
    if not _WAITING.acquire(blocking=False):
        return False
    try:
        return _SEATS.acquire(timeout=patience)
    finally:
        _WAITING.release()


def apart(
    what: str,
    asked: Mapping[str, Any],
    where: Where | None = None,
    *,
    seconds: float = SECONDS,
    progress: Progress = None,
) -> Any:  # noqa: ANN401  # whatever the method answers
    """The answer of a method of the table to these inputs (as JSON has them), as JSON holds it.

    Raises `Refusal` for what the method refuses, where it would or does take too long, and where too much is being
    computed.
    """
    method = METHODS[what]
    affordable(method, asked, seconds)
    with seat():
        seconds += _MORE if _READYING.is_set() else 0
        return compute(Task(what, asked, where if method.of_register else None, seconds), progress)


def readying(folder: str) -> None:
    """Have compiled what methods would compile when first used, and wait for it; until then readers get longer.

    A folder of the instance is where it is kept that one process at a time compiles.
    """
    _READYING.set()
    try:
        # In a session of its own: it ends with this process, and needs not be told by a terminal as well.
        command = [sys.executable, "-m", "comity.service.readying", folder]
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603  # our own
    finally:
        _READYING.clear()


def affordable(method: Method, asked: Mapping[str, Any], seconds: float) -> None:
    """Refuses inputs that are wrong, or that would need more than there is, before anything is started."""
    need = needed(method, read_inputs(method, asked))
    if need.seconds > seconds or need.memory > _MEMORY:
        says = (
            f"this would need about {need.seconds:,.0f} seconds and {need.memory / 2**20:,.0f} MB; a portal gives one "
            f"reader {seconds:g} seconds and {_MEMORY >> 20:,} MB"
        )
        raise refuse("analysis-too-long", says, "ask about less, or use the command on your own machine")


def compute(task: Task, progress: Progress = None, wanted: Callable[[], bool] = lambda: True) -> Any:  # noqa: ANN401  # as above
    """The answer of a process that is started for it, followed to its end. Raises `Refusal`, and `StoppedError`."""
    with subprocess.Popen(
        [sys.executable, "-m", "comity.service.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    ) as process:
        try:
            return _followed(process, task, progress, wanted)
        finally:
            process.kill()  # of no effect on one that has ended


def _followed(process: "subprocess.Popen[bytes]", task: Task, progress: Progress, wanted: Callable[[], bool]) -> Any:  # noqa: ANN401  # as above
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    Thread(target=_pour, args=(process, lines), daemon=True).start()
    Thread(target=_give, args=(process, msgspec.json.encode(task)), daemon=True).start()
    end = time.monotonic() + task.seconds
    while True:
        try:
            line = lines.get(timeout=_LOOK)
        except queue.Empty:
            line = None
        if line == b"":
            break
        said = _Line() if line is None else msgspec.json.decode(line, type=_Line)
        if said.findings:
            raise Refusal(said.findings)
        if said.done is not None and progress is not None:
            progress(*said.done)
        if line is not None and said.done is None:
            return said.answer
        if not wanted():
            raise StoppedError
        if time.monotonic() > end:
            says = f"this takes longer than {task.seconds:g} seconds, more than a portal gives one reader"
            raise refuse("analysis-too-long", says, "ask about less, or use the command on your own machine")
    if process.wait() < 0:
        raise refuse("analysis-too-long", "the system ended it: it took more time or memory than there is", "ask less")
    raise RuntimeError(f"{task.what}: the process ended without an answer")


def _give(process: "subprocess.Popen[bytes]", data: bytes) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError, ValueError):  # one that has ended says why on its other streams
            process.stdin.write(data)
            process.stdin.close()


def _pour(process: "subprocess.Popen[bytes]", lines: "queue.SimpleQueue[bytes]") -> None:
    with suppress(ValueError):  # closed while it was read, by whoever needs no more of it
        for line in process.stdout or ():
            lines.put(line)
    lines.put(b"")


# In the process


def _register(where: Where | None) -> Register:
    return open_register() if where is None else OpenLog(where.address).register(where.size, past=where.past)


def _bounds(seconds: float) -> None:
    with suppress(ImportError):
        import resource  # noqa: PLC0415  # Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        # Whoever waits for it may have gone.
        most = int(seconds * (os.cpu_count() or 1)) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def leave_with(parent: int) -> None:
    """End when whoever asked has gone: nobody will read the answer."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _say(line: _Line) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    _bounds(task.seconds)
    Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    method = METHODS[task.what]
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > _LOOK:
            told = time.monotonic()
            _say(_Line(done=(done, total)))

    try:
        found = answered(method, _register(task.where), read_inputs(method, task.asked), progress)
        _say(_Line(answer=found))
    except Refusal as refusal:
        _say(_Line(findings=tuple(refusal.findings)))
    except MemoryError:
        _say(
            _Line(
                findings=tuple(refuse("analysis-too-long", "this takes more memory than there is", "ask less").findings)
            )
        )


if __name__ == "__main__":
    _main()
