"""What is sent to the portal: taken in whole, within bounds, before a thread is given to it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

import pytest

from comity.server import asgi
from comity.server.live.bodies import Bodies
from comity.server.live.protocol import Message, Receive, Scope, Send, answer


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Says what it was sent, which came in one piece."""
    del scope
    message = await receive()
    assert not message["more_body"]
    await answer(send, 200, message["body"])


class Sent:
    """A request that comes in parts; None: the sender waits for ever."""

    def __init__(self, *parts: bytes | None, method: str = "POST", length: int | None = None) -> None:
        self._parts = list(parts)
        headers = [] if length is None else [(b"content-length", b"%d" % length)]
        self.scope = {"type": "http", "method": method, "headers": headers}
        self.said: list[Message] = []

    async def receive(self) -> Message:
        if not self._parts:
            return {"type": "http.disconnect"}
        part = self._parts.pop(0)
        if part is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part, "more_body": bool(self._parts)}

    async def send(self, message: Message) -> None:
        self.said.append(message)

    @property
    def answer(self) -> tuple[int, bytes]:
        return self.said[0]["status"], self.said[1]["body"]


def scope_of(path: str) -> Scope:
    headers = [(b"host", b"localhost")]
    more = {"query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http"}
    return {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), **more}


def asked(bodies: Bodies, *requests: Sent) -> Sequence[tuple[int, bytes]]:
    async def all_at_once() -> None:
        async with asyncio.TaskGroup() as group:
            for one in requests:
                group.create_task(bodies(one.scope, one.receive, one.send))

    asyncio.run(all_at_once())
    return [one.answer for one in requests]


def test_what_comes_in_parts_is_handed_on_whole() -> None:
    assert asked(Bodies(echo), Sent(b"a=", b"1")) == [(200, b"a=1")]


@pytest.mark.parametrize("sent", [Sent(b"", length=11), Sent(b"123456", b"789012", b"")])
def test_more_than_may_be_sent_is_refused(sent: Sent) -> None:
    assert asked(Bodies(echo, largest=10), sent)[0][0] == 413


def test_what_many_send_at_once_is_bounded_and_the_room_is_free_again() -> None:
    bodies = Bodies(echo, largest=10, room=15, patience=0.05)
    waiting, refused = Sent(b"123456789", None), Sent(b"12345", b"67890", b"")
    assert [status for status, _ in asked(bodies, waiting, refused)] == [408, 503]
    assert asked(bodies, Sent(b"1234567890")) == [(200, b"1234567890")]


def test_whoever_leaves_is_not_answered() -> None:
    sent = Sent()
    asyncio.run(Bodies(echo)(sent.scope, sent.receive, sent.send))
    assert sent.said == []


def test_what_brings_nothing_goes_on_at_once() -> None:
    assert asked(Bodies(echo), Sent(b"", method="GET")) == [(200, b"")]


def pages(environ: dict[str, object], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterator[bytes]:
    """A page, or a download of many parts."""
    start("200 OK", [("Content-Type", "text/plain")])
    return repeat(b"part\n", 100 if "bulk" in str(environ["PATH_INFO"]) else 1)


def test_whoever_reads_a_download_slowly_keeps_no_page_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "pages", pages)
    shell = asgi.Shell()
    monkeypatch.setattr(shell.hub, "size", lambda: 1)

    async def both() -> int:
        left = asyncio.Event()

        async def slow(message: Message) -> None:
            if message["type"] == "http.response.body":
                await left.wait()

        of_log = scope_of("/api/v1/bulk/log.jsonl")
        readers = [asyncio.ensure_future(shell(of_log, Sent().receive, slow)) for _ in range(9)]
        await asyncio.sleep(0.1)
        page = Sent()
        try:
            await asyncio.wait_for(shell(scope_of("/en/about"), page.receive, page.send), 2)
        finally:
            left.set()
            await asyncio.gather(*readers)
        return page.answer[0]

    assert asyncio.run(both()) == 200
