"""The portal under load: pages, the interface for programs, and the stream of changes; Datasette beside it.

Run: python benchmarks/serving.py. One worker over one SQLite file serves the public register; twenty clients, in a
process of their own, each ask for the next answer when they have the one before. Datasette serves the same statuses as
a table of one SQLite file. That both give the same answers is asserted first. A page is uncached when nobody has asked
for its day before. An append is timed from the moment it is durable until the last of 500 listeners has heard of it.
"""

import asyncio
import http.client
import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple, cast

import httptools
import uvloop

from comity.law.results import plain
from comity.register.leaf import Record
from comity.register.log import Log
from comity.server.instance import prepare_log
from comity.service import keeping, open_register
from figures import say

CLIENTS, LISTENERS, APPENDS = 20, 500, 5
SECONDS = 4.0
DAY = "2024-01-01"
PAGE = "/en/instruments/paris-agreement?on={}"
WHOLE = PAGE + "&page=all"
QUESTION = "/api/v1/instruments/paris-agreement/status?on={}"
TABLE = "/register/status.json?_shape=array&_size=1000"
TABLE_PAGE = "/register/status?_size=1000"
# Days that nobody has asked for yet, some for each turn; by then nearly everybody is bound, so that pages are long.
_FRESH = count(0, 3_000)
HERE = str(Path(__file__).resolve())


# The clients, in a process of their own


class Client(asyncio.Protocol):
    """One connection that asks for the next answer when it has the one before."""

    def __init__(self, paths: Iterator[str], taken: list[float], statuses: set[int]) -> None:
        self._paths, self._taken, self._statuses = paths, taken, statuses
        self._parser = httptools.HttpResponseParser(self)
        self._start = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `Protocol`."""
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """See `Protocol`."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """An answer is there, whole."""
        self._taken.append(time.perf_counter() - self._start)
        self._statuses.add(self._parser.get_status_code())
        self._parser = httptools.HttpResponseParser(self)
        self._ask()

    def _ask(self) -> None:
        self._start = time.perf_counter()
        head = "Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"
        self._transport.write(f"GET {next(self._paths)} HTTP/1.1\r\n{head}".encode())


def paths_of(path: str, first: int) -> Iterator[str]:
    """The same address again and again, or, where it has a place for a day, another day each time."""
    day = date(2018, 1, 1) + timedelta(days=first)
    while True:
        yield path.format(day)
        day += timedelta(days=1)


async def load(port: int, path: str, first: int, seconds: float) -> dict[str, object]:
    """What so many clients got in so many seconds."""
    loop, taken, statuses = asyncio.get_running_loop(), list[float](), set[int]()
    paths = paths_of(path, first)
    start = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Client(paths, taken, statuses), "127.0.0.1", port) for _ in range(CLIENTS)
    ]
    await asyncio.sleep(seconds)
    spent, number = time.perf_counter() - start, len(taken)
    for transport, _ in made:
        transport.abort()
    taken.sort()
    return {"rate": number / spent, "number": number, "late": taken[int(number * 0.99)], "statuses": sorted(statuses)}


class Listener(asyncio.Protocol):
    """One stream; it notes when it heard of each size."""

    def __init__(self, heard: dict[int, list[float]], ready: list[int]) -> None:
        self._heard, self._ready, self._rest = heard, ready, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `Protocol`."""
        cast("asyncio.Transport", transport).write(
            b"GET /live?instrument=paris-agreement HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        """See `Protocol`."""
        now = time.time()
        *events, self._rest = (self._rest + data).split(b"\n\n")
        for event in events:
            if b"data: " in event:
                size = json.loads(event.partition(b"data: ")[2])["size"]
                self._heard.setdefault(size, []).append(now)
            elif b"retry: " in event:
                self._ready.append(1)


async def listen(port: int) -> None:
    """Open the streams, say so, and then say for each size, when all have heard of it, when the last one did."""
    loop, heard, ready = asyncio.get_running_loop(), dict[int, list[float]](), list[int]()
    for _ in range(LISTENERS):
        await loop.create_connection(lambda: Listener(heard, ready), "127.0.0.1", port)
    while len(ready) < LISTENERS:  # noqa: ASYNC110  # nothing else is done in this loop
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    while True:
        await asyncio.sleep(0.005)
        for size in [size for size, times in heard.items() if len(times) == LISTENERS]:
            print(json.dumps([size, max(heard.pop(size))]), flush=True)


# The servers


class Server(NamedTuple):
    """Where a server answers, and its process."""

    port: int
    process: int

    def spent(self) -> float:
        """Seconds of the processor that it has taken, where that can be known."""
        status = Path(f"/proc/{self.process}/stat")
        if not status.exists():
            return 0.0
        fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(command: list[str], path: str) -> Iterator["Server"]:
    """A server on a free port, once it answers at `path`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as it:
        try:
            for _ in range(600):
                assert it.poll() is None, f"{command[0]} ended"
                try:
                    if get(port, path)[0] == 200:
                        break
                except OSError:
                    time.sleep(0.05)
            yield Server(port, it.pid)
        finally:
            it.terminate()


def get(port: int, path: str) -> tuple[int, bytes]:
    """One answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def command(name: str) -> str:
    """A command of this environment."""
    return str(Path(sys.executable).with_name(name))


def clients(port: int, path: str, seconds: float = SECONDS) -> "subprocess.Popen[str]":
    """Twenty clients at work."""
    arguments = [sys.executable, HERE, "load", str(port), path, str(next(_FRESH)), str(seconds)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def rate(server: Server, path: str) -> tuple[float, str]:
    """Answers a second, how long the slowest in a hundred took, and what one cost: others may use the processor too."""
    before = server.spent()
    with clients(server.port, path) as process:
        assert process.stdout is not None
        found = json.loads(process.stdout.read())
    assert found["statuses"] == [200], found["statuses"]
    cost = (server.spent() - before) / found["number"] * 1000
    return found["rate"], f"99 of 100 within {found['late'] * 1000:.1f} ms, {cost:.2f} ms of the processor each"


# What is measured


def table(place: Path) -> set[tuple[str, str]]:
    """The statuses as a table of their own, for Datasette; gives actors with their statuses."""
    found = open_register().status("paris-agreement", DAY)
    rows = [(one.actor, one.status, str(one.since), one.consent.date if one.consent else "") for one in found.actors]
    with sqlite3.connect(place) as connection:
        connection.execute("CREATE TABLE status (actor TEXT PRIMARY KEY, status TEXT, since TEXT, consent TEXT)")
        connection.executemany("INSERT INTO status VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return {(actor, status) for actor, status, _, _ in rows}


def same_answers(port: int, other: int, expected: set[tuple[str, str]]) -> None:
    """Both give the same statuses, as data and on the page."""
    status, body = get(port, QUESTION.format(DAY))
    assert status == 200, (status, body[:500])
    assert {(one["actor"], one["status"]) for one in json.loads(body)["actors"]} == expected
    assert {(one["actor"], one["status"]) for one in json.loads(get(other, TABLE)[1])} == expected
    ours, theirs = get(port, WHOLE.format(DAY))[1].decode(), get(other, TABLE_PAGE)[1].decode()
    assert all(f"paris-agreement/{actor}?" in ours for actor, _ in expected)
    assert all(actor in theirs for actor, _ in expected)
    print(f"the same {len(expected)} statuses from both")


def pages(portal: Server, other: Server) -> None:
    """How many a second."""
    for what, path, mark in (
        ("page of an instrument, kept ready", PAGE.format(DAY), 150),
        ("page of an instrument, made anew", PAGE, 30),
        ("  with all of its participants at once", WHOLE, 30),
        ("answer to programs, kept ready", QUESTION.format(DAY), 5_000),
        ("answer to programs, made anew", QUESTION, 0),
    ):
        found, beside = rate(portal, path)
        say(what, f"{found:,.0f}/s", f"{mark:,}/s" if mark else "", beside, met=found >= mark)
    for what, path in (("  Datasette, page of the table", TABLE_PAGE), ("  Datasette, the table as JSON", TABLE)):
        found, beside = rate(other, path)
        say(what, f"{found:,.0f}/s", "", beside)


def stream(port: int, log: Path) -> None:
    """How long until the last of 500 listeners has heard of an append."""
    with subprocess.Popen([sys.executable, HERE, "listen", str(port)], stdout=subprocess.PIPE, text=True) as listeners:
        assert listeners.stdout is not None
        assert listeners.stdout.readline() == "ready\n"
        for what, path in (
            (f"{LISTENERS} listeners told of an append", ""),
            ("  while pages kept ready are loaded", PAGE.format(DAY)),
            ("  while pages are made anew", PAGE),
        ):
            busy = clients(port, path, APPENDS * 1.5 + 2) if path else None
            time.sleep(1.0)
            slowest = 0.0
            for _ in range(APPENDS):
                with Log.open(log) as opened:
                    size = opened.append([Record(kind="acts", body={"id": "paris-agreement"})], keeping.now).stop
                durable = time.time()
                heard = json.loads(listeners.stdout.readline())
                assert heard[0] == size
                slowest = max(slowest, heard[1] - durable)
                time.sleep(0.5)
            if busy is not None:
                busy.communicate()
            say(what, f"{slowest:.2f} s", "within 1 s", met=slowest <= 1)
        listeners.terminate()


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        log, rows = Path(folder) / "register.comity", Path(folder) / "register.db"
        prepare_log(log)
        expected = table(rows)
        with served([command("comity"), "serve", "--log", str(log)], "/health") as portal:
            datasette = [command("datasette"), "serve", str(rows), "--setting", "max_returned_rows", "1000"]
            with served(datasette, "/-/versions.json") as other:
                same_answers(portal.port, other.port, expected)
                pages(portal, other)
            stream(portal.port, log)
    assert plain(open_register().status("paris-agreement", DAY))["actors"]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    match sys.argv[1:]:
        case ["load", port_, path_, first_, seconds_]:
            print(json.dumps(uvloop.run(load(int(port_), path_, int(first_), float(seconds_)))))
        case ["listen", port_]:
            uvloop.run(listen(int(port_)))
        case _:
            main()
