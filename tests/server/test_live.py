"""The stream of changes: what it says, to whom, and how a reader who was away catches up."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import connections

from comity.register.errors import StoreError
from comity.register.leaf import Record
from comity.register.log import Log
from comity.server import registers
from comity.server.live import hub as hubs
from comity.server.live import stream as streams
from comity.server.live.health import health
from comity.server.live.hub import Hub
from comity.server.live.protocol import Message
from comity.server.live.stream import stream
from comity.service import keeping

DEPOSIT = {"date": "2010-02-03", "actor": "FRA", "act": "accession"}


class Reader:
    """A reader of the stream, as an ASGI server would be."""

    def __init__(self, hub: Hub, query: str = "", last: str = "", method: str = "GET") -> None:
        headers = [(b"last-event-id", last.encode())] if last else []
        scope = {"type": "http", "method": method, "query_string": query.encode(), "headers": headers}
        self.status, self.headers = 0, dict[bytes, bytes]()
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._leave = asyncio.Event()
        self.task = asyncio.ensure_future(stream(scope, self._receive, self._send, hub))

    async def _receive(self) -> dict[str, Any]:
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        elif message.get("body"):
            self._heard.put_nowait(message["body"])

    async def next(self, seconds: float = 2.0) -> bytes:
        return await asyncio.wait_for(self._heard.get(), seconds)

    async def event(self) -> dict[str, Any]:
        lines = (await self.next()).decode().splitlines()
        found: dict[str, Any] = msgspec.json.decode(lines[2].removeprefix("data: "))
        assert lines[:2] == [f"id: {found['size']}", "event: changed"]
        return found

    def nothing(self) -> bool:
        return self._heard.empty()

    async def leave(self) -> None:
        self._leave.set()
        await asyncio.wait_for(self.task, 2)


@pytest.fixture
def own(log: Path, tmp_path: Path) -> Path:
    """A log that a test may write."""
    return Path(shutil.copy(log, tmp_path / "own.comity"))


def with_hub(address: Path, work: Callable[[Hub], Awaitable[None]]) -> None:
    async def run() -> None:
        hub = Hub(str(address))
        await hub.start()
        try:
            await work(hub)
        finally:
            await hub.end()

    asyncio.run(run())


def size_of(place: Path) -> int:
    with Log.open(place, write=False) as log:
        return len(log)


def test_an_append_by_anybody_is_told_to_everybody_within_a_second(own: Path) -> None:
    before = size_of(own)

    async def work(hub: Hub) -> None:
        readers = [Reader(hub) for _ in range(20)]
        for reader in readers:
            assert await reader.next() == b"retry: 2000\nid: %d\n\n" % before
            assert reader.status == 200
            assert reader.headers[b"content-type"] == b"text/event-stream; charset=utf-8"
            assert reader.headers[b"cache-control"] == b"no-store"
        await asyncio.to_thread(keeping.record, own, "lake-treaty", DEPOSIT)
        for reader in readers:
            said = await asyncio.wait_for(reader.event(), 1)
            assert said == {"size": before + 1, "instruments": ["lake-treaty"], "actors": ["FRA"], "others": False}
            await reader.leave()

    with_hub(own, work)


def test_who_was_away_is_told_once_of_all_that_was_missed(own: Path) -> None:
    before = size_of(own)
    keeping.record(own, "lake-treaty", DEPOSIT)
    keeping.record(own, "lake-treaty", DEPOSIT | {"actor": "LIE"})

    async def work(hub: Hub) -> None:
        for reader in (
            Reader(hub, last=str(before)),
            Reader(hub, f"after={before}"),
            Reader(hub, "after=0", str(before)),
        ):
            assert await reader.next() == b"retry: 2000\nid: %d\n\n" % before
            said = await reader.event()
            assert (said["size"], said["actors"]) == (before + 2, ["FRA", "LIE"])
            await reader.leave()

    with_hub(own, work)


def test_a_reader_hears_only_of_what_it_asked_for(own: Path) -> None:
    async def work(hub: Hub) -> None:
        lake, other = Reader(hub, "instrument=lake-treaty"), Reader(hub, "instrument=paris-agreement,npt&actor=ITA")
        france, all_of_it = Reader(hub, "actor=FRA"), Reader(hub)
        for reader in (lake, other, france, all_of_it):
            await reader.next()
        await asyncio.to_thread(keeping.record, own, "lake-treaty", DEPOSIT)
        for reader in (lake, france, all_of_it):
            assert (await reader.event())["actors"] == ["FRA"]
        assert other.nothing()
        await asyncio.to_thread(append, own, Record(kind="weights", body={"id": "tonnage", "text": ""}))
        for reader in (lake, other, france, all_of_it):  # what rests on weights cannot be known from here
            assert (await reader.event())["others"]
            await reader.leave()

    with_hub(own, work)


def append(place: Path, record: Record) -> None:
    with Log.open(place) as log:
        log.append([record], keeping.now)


@pytest.mark.parametrize("last", ["999999", "12345678901234567890", "x", "-1", "٣"])
def test_a_size_that_the_log_never_had_is_told_of_as_it_is(own: Path, last: str) -> None:
    size = size_of(own)

    async def work(hub: Hub) -> None:
        reader = Reader(hub, last=last) if last.isascii() else Reader(hub, f"after={last}")
        first = await reader.next()
        if last == "999999":  # a log with fewer entries than a reader saw is another one
            assert (await reader.event()) == {"size": size, "instruments": [], "actors": [], "others": True}
        else:
            assert b"id: %d\n" % size in first
        await reader.leave()

    with_hub(own, work)


def test_something_is_sent_now_and_then_also_when_nothing_happens(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_BEAT", 0.05)

    async def work(hub: Hub) -> None:
        reader = Reader(hub)
        await reader.next()
        assert await reader.next() == b": still here\n\n"
        assert await reader.next() == b": still here\n\n"
        await reader.leave()

    with_hub(own, work)


def test_streams_end_when_the_process_is_to_end(own: Path) -> None:
    async def work(hub: Hub) -> None:
        reader = Reader(hub)
        await reader.next()
        hub.stop()
        await asyncio.wait_for(reader.task, 1)

    with_hub(own, work)


def test_a_stream_is_read_with_get_and_there_are_not_too_many(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST", 1)

    async def work(hub: Hub) -> None:
        post = Reader(hub, method="POST")
        await post.task
        assert (post.status, post.headers[b"allow"]) == (405, b"GET, HEAD")
        head = Reader(hub, method="HEAD")
        await head.task
        assert (head.status, head.nothing()) == (200, True)
        first = Reader(hub)
        await first.next()
        second = Reader(hub)
        await second.task
        assert (second.status, second.headers[b"retry-after"]) == (503, b"30")
        await first.leave()
        third = Reader(hub)
        await third.next()
        await third.leave()

    with_hub(own, work)


def test_a_log_that_cannot_be_read_is_told_and_found_again(own: Path, tmp_path: Path) -> None:
    place = tmp_path / "later.comity"

    async def work(hub: Hub) -> None:
        reader = Reader(hub)
        await reader.task
        assert reader.status == 503
        shutil.copy(own, place)
        for _ in range(100):
            await asyncio.sleep(0.05)
            reader = Reader(hub)
            await asyncio.sleep(0.01)
            if reader.status == 200:
                break
            await reader.task
        assert reader.status == 200
        await reader.leave()

    with_hub(place, work)


def test_what_could_not_be_read_is_told_once_it_can(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = registers.log_at(str(own))
    truth, faults = log.moved, iter((StoreError("restarting"),))

    def moved(start: int, stop: int) -> object:
        for fault in faults:
            raise fault
        return truth(start, stop)

    monkeypatch.setattr(log, "moved", moved)

    async def work(hub: Hub) -> None:
        reader = Reader(hub, "after=0")
        await reader.next()
        assert "lake-treaty" in (await reader.event())["instruments"]
        await reader.leave()

    with_hub(own, work)


def asked_for_health(address: Path, method: str = "GET") -> tuple[Any, bytes]:
    sent: list[Any] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(health({"method": method}, send, str(address)))
    return sent[0], sent[1]["body"]


def state(address: Path) -> tuple[int, dict[str, Any]]:
    start, body = asked_for_health(address)
    return start["status"], msgspec.json.decode(body)


def test_the_health_says_what_is_recorded_or_503(own: Path, tmp_path: Path) -> None:
    status, said = state(own)
    assert (status, said["status"], said["size"]) == (200, "ok", size_of(own))
    assert said["recorded"].endswith("Z")
    assert set(said) == {"status", "size", "recorded", "version"}
    status, said = state(tmp_path / "nowhere.comity")
    assert (status, said["status"]) == (503, "log unreadable")


@pytest.mark.parametrize("fault", ["missing", "no data base", "empty"])
def test_the_health_is_also_that_of_the_data_base_of_people(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    people = tmp_path / "portal.sqlite3"
    if fault != "missing":
        people.write_bytes(b"no data base at all" * 100 if fault == "no data base" else b"")
    monkeypatch.setitem(connections.settings["default"], "NAME", str(people))
    status, said = state(own)
    assert (status, said["status"], said["size"]) == (503, "people unreadable", size_of(own))
    assert people.exists() is (fault != "missing")


def test_the_health_is_asked_for_and_nothing_else(own: Path) -> None:
    assert asked_for_health(own, "HEAD")[0]["status"] == 200
    for method in ("POST", "PUT", "DELETE", "X"):
        start, _ = asked_for_health(own, method)
        assert start["status"] == 405
        assert (b"allow", b"GET, HEAD") in start["headers"]


def test_a_look_costs_microseconds(own: Path) -> None:
    async def work(hub: Hub) -> None:
        loop = asyncio.get_running_loop()
        best = 1.0
        for _ in range(20):
            start = loop.time()
            for _ in range(100):
                hub.size()
            best = min(best, (loop.time() - start) / 100)
        assert best < 0.0005
        assert hubs._LOOK <= 0.2

    with_hub(own, work)
