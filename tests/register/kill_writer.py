"""Kill a process that writes a log, again and again, and look at what it leaves behind.

    python kill_writer.py ADDRESS ROUNDS SEED

Run by the tests as a process of its own, so that it may fork. Each round forks a writer that appends one record, or
several, or from several threads at once, and tells on a pipe what was acknowledged; it is killed (SIGKILL) at a
random point. Then all that was acknowledged must be there, every batch whole, and the log must verify. Prints
the number of entries and of kills that met a writer at work, or the first fault.

How long a writer may live follows the machine: longer after a life that wrote nothing, shorter after one that did.
So about two kills in three meet a writer at work, on a quiet disk and on a busy one, and the others one that begins.
"""
# ruff: noqa: S311  # dice for a test, no secrets

import itertools
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.verification import verify

RECORDED = "2026-11-23T05:10:03.123456Z"
FIRST_LIFE = 0.012  # seconds, the most that a writer lives
LONGER, SHORTER = 1.25, 0.9  # rest where 0.9**p * 1.25**(1 - p) = 1: p = 0.68


def write(address: str, pipe: int, life: int) -> None:
    """Append until killed."""
    log = Log.open(address)
    numbers = itertools.count()
    os.write(pipe, b"ready\n")

    def call(seed: int) -> None:
        dice = random.Random(seed)
        while True:
            batch, size = f"{life}.{next(numbers)}", dice.choice((1, 1, 1, 2, 7, 60))
            records = [Record(kind="treaty", body={"batch": batch, "of": size, "n": n}) for n in range(size)]
            span = log.append(records, RECORDED)
            os.write(pipe, f"{span.start} {batch} {size}\n".encode())

    for seed in range(random.Random(life).choice((0, 3))):
        threading.Thread(target=call, args=(seed,), daemon=True).start()
    call(life)


def one_life(address: str, life: int, wait: float) -> list[tuple[int, str, int]]:
    """Fork a writer, kill it after `wait` seconds, and give what it acknowledged: first index, batch, size."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        write(address, writing, life)
    os.close(writing)
    with os.fdopen(reading, "rb") as acknowledged:
        acknowledged.readline()
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = [line.decode().split() for line in acknowledged if line.endswith(b"\n")]
    return [(int(first), batch, int(size)) for first, batch, size in lines]


def check(log: Log, start: int, acknowledged: list[tuple[int, str, int]]) -> str:
    """What is wrong with the entries from `start`, or nothing."""
    bodies = {entry.index: entry.leaf.body for entry in log.entries(start)}
    for first, batch, size in acknowledged:
        expected = [{"batch": batch, "of": size, "n": n} for n in range(size)]
        if [bodies.get(first + n) for n in range(size)] != expected:
            return f"batch {batch} was acknowledged at {first} and is not there"
    found = Counter((body["batch"], body["of"]) for body in bodies.values())
    for (batch, size), count in found.items():
        if count != size:
            return f"batch {batch} is there in part"
    verdict = verify(log)
    return "" if verdict.ok else str(verdict.says)


def main(address: str, rounds: int, seed: int) -> int:
    """Live and die `rounds` times, with a new log every 25 in a file, so that looking at it stays fast."""
    dice, longest, busy, entries = random.Random(seed), FIRST_LIFE, 0, 0
    for life in range(rounds):
        here = f"{address}.{life // 25}" if "://" not in address else address
        if "://" not in here and not Path(here).exists():
            Log.create(here, "example.org/register").close()
        with Log.open(here) as log:
            before = len(log)
        acknowledged = one_life(here, life, dice.uniform(0, longest))
        with Log.open(here) as log:
            fault = check(log, before, acknowledged)
            wrote = len(log) - before
        if fault:
            print(f"life {life}: {fault}")  # noqa: T201  # read by the test
            return 1
        busy, entries = busy + (wrote > 0), entries + wrote
        longest *= SHORTER if wrote else LONGER
    print(entries, busy)  # noqa: T201  # read by the test
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
