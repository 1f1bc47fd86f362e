"""What every benchmark prints: the machine, one line a figure with its mark, and whether the mark is met."""

import gc
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

__all__ = ["best", "busy", "machine", "megabytes", "say"]

Answer = TypeVar("Answer")


def say(what: str, figure: str, mark: str = "", beside: str = "", *, met: bool = True) -> None:
    """One line of the table; without a mark, a figure to compare with."""
    verdict = "" if not mark else "met" if met else "MISSED"
    print(f"{what:<50} {figure:>12}   {mark:<22} {verdict:<7} {beside}".rstrip(), flush=True)


def best(work: Callable[[], Answer], rounds: int = 5) -> tuple[Answer, float]:
    """The answer, and the shortest of several times to have it, in seconds."""
    answer, shortest = None, float("inf")
    for _ in range(rounds):
        answer = None
        gc.collect()
        start = time.perf_counter()
        answer = work()
        shortest = min(shortest, time.perf_counter() - start)
    assert answer is not None
    return answer, shortest


def machine() -> str:
    """The kind of machine."""
    cpu = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text(encoding="utf-8").splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{busy()}"


def busy() -> str:
    """How busy the machine was in the last minute, where that can be known: on a busy one all takes longer."""
    return f", load {os.getloadavg()[0]:.1f} before the run" if hasattr(os, "getloadavg") else ""


def megabytes() -> float:
    """The most memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # `ru_maxrss` of a process started by a larger one may be that of its parent; this is its own.
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
