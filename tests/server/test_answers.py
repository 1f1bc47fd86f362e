"""Answers kept ready before Django: to whom they are given, when they no longer hold, and what is never kept."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from comity.server.live import answers as module
from comity.server.live.answers import Answers
from comity.server.live.protocol import Message, Receive, Scope, Send
from comity.service.opened import LogError

Headers = Iterable[tuple[str, str]]
PUBLIC = (("Content-Type", "text/html"), ("Cache-Control", "public, no-cache"), ("ETag", 'W/"abc"'))


class Log:
    """As much of a hub as is asked here."""

    def __init__(self) -> None:
        self.now: int | None = 7

    def size(self) -> int:
        if self.now is None:
            raise LogError("it cannot be read now")
        return self.now


class Behind:
    """The application behind: it counts how often it is asked."""

    def __init__(self, headers: Headers = PUBLIC, status: int = 200, parts: Iterable[bytes] = (b"hello",)) -> None:
        self.headers, self.status, self.parts = tuple(headers), status, tuple(parts)
        self.asked: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        self.asked.append(scope)
        headers = [(name.encode(), value.encode()) for name, value in self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        last = len(self.parts) - 1
        for number, part in enumerate(self.parts):
            await send({"type": "http.response.body", "body": part, "more_body": number < last})


class Portal:
    """Answers over an application, asked one request after the other."""

    def __init__(self, behind: Behind, room: int = 2**20) -> None:
        self.behind, self.log = behind, Log()
        self._answers = Answers(behind, self.log, frozenset({b"sessionid", b"csrftoken"}), room)

    def ask(
        self, path: str = "/en/", headers: Headers = (), *, method: str = "GET", query: str = ""
    ) -> tuple[int, bytes, dict[bytes, bytes]]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nothing is read of a request without a body")

        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), *((name.encode(), value.encode()) for name, value in headers)],
        }
        asyncio.run(self._answers(scope, receive, send))
        start, *bodies = sent
        assert [message.get("more_body", False) for message in bodies] == [True] * (len(bodies) - 1) + [False]
        found = {bytes(name).lower(): bytes(value) for name, value in start["headers"]}
        return start["status"], b"".join(message["body"] for message in bodies), found


def test_what_is_public_is_asked_once_and_given_to_everybody() -> None:
    portal = Portal(Behind(parts=(b"hel", b"lo")))
    first, second = portal.ask(), portal.ask()
    assert first == second == (200, b"hello", {k.lower().encode(): v.encode() for k, v in PUBLIC})
    assert len(portal.behind.asked) == 1


def test_an_append_or_another_day_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    portal = Portal(Behind())
    portal.ask()
    portal.log.now = 8
    portal.ask()
    assert len(portal.behind.asked) == 2

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Tomorrow":
            return cls.fromtimestamp((datetime.now(UTC) + timedelta(days=1)).timestamp(), tz)

    monkeypatch.setattr(module, "datetime", Tomorrow)
    portal.ask()
    portal.ask()
    assert len(portal.behind.asked) == 3


def test_each_address_host_and_encoding_has_its_own_answer() -> None:
    portal = Portal(Behind())
    asks: list[dict[str, Any]] = [
        {},
        {"path": "/ar/"},
        {"query": "on=2020-01-01"},
        {"headers": [("accept-encoding", "gzip, br")]},
        {"headers": [("host", "other.example")]},
    ]
    for times in range(2):
        for ask in asks:
            portal.ask(**ask)
        assert len(portal.behind.asked) == len(asks), times
    portal.ask(headers=[("accept-encoding", "br, gzip;q=0")])  # the same as one who takes no gzip
    assert len(portal.behind.asked) == len(asks)


@pytest.mark.parametrize(
    "headers",
    [
        [("cookie", "a=b; sessionid=x")],
        [("cookie", "csrftoken=x")],
        [("authorization", "Bearer x")],
        [("range", "bytes=0-1")],
    ],
)
def test_who_is_known_gets_an_answer_of_its_own(headers: Headers) -> None:
    portal = Portal(Behind())
    portal.ask()
    portal.ask(headers=headers)
    portal.ask(headers=headers)
    assert len(portal.behind.asked) == 3


def test_a_cookie_of_somebody_else_changes_nothing() -> None:
    portal = Portal(Behind())
    portal.ask()
    portal.ask(headers=[("cookie", "theme=dark; notsessionid=1")])
    assert len(portal.behind.asked) == 1


@pytest.mark.parametrize(
    "behind",
    [
        Behind([("Content-Type", "text/html")]),
        Behind([("Cache-Control", "private, no-cache")]),
        Behind([("Cache-Control", "public, no-store")]),
        Behind([*PUBLIC, ("Set-Cookie", "a=b")]),
        Behind([*PUBLIC, ("Vary", "Accept-Language")]),
        Behind(PUBLIC, status=404),
        Behind(PUBLIC, parts=(b"x" * 40_000, b"y" * 40_000)),
    ],
    ids=["says nothing", "private", "no-store", "sets a cookie", "varies", "not 200", "too long"],
)
def test_what_is_not_for_everybody_is_not_kept_and_passes_unchanged(behind: Behind) -> None:
    portal = Portal(behind)
    for times in (1, 2):
        status, body, _ = portal.ask()
        assert (status, body) == (behind.status, b"".join(behind.parts))
        assert len(behind.asked) == times


def test_pages_that_vary_by_encoding_and_session_alone_are_kept() -> None:
    portal = Portal(Behind([*PUBLIC, ("Vary", "Cookie, Accept-Encoding")]))
    portal.ask()
    portal.ask()
    assert len(portal.behind.asked) == 1


@pytest.mark.parametrize("match", ['W/"abc"', '"abc"', '"x", W/"abc"', "*"])
def test_who_has_it_already_is_told_so_at_once_and_later(match: str) -> None:
    portal = Portal(Behind(parts=(b"hel", b"lo")))
    for _ in range(2):
        status, body, headers = portal.ask(headers=[("if-none-match", match)])
        assert (status, body) == (304, b"")
        assert (headers[b"etag"], headers[b"cache-control"]) == (b'W/"abc"', b"public, no-cache")
        assert b"content-type" not in headers
    assert portal.ask()[:2] == (200, b"hello")
    assert portal.ask(headers=[("if-none-match", '"other"')])[:2] == (200, b"hello")
    assert len(portal.behind.asked) == 1


def test_head_is_answered_from_what_get_left_and_keeps_nothing_itself() -> None:
    portal = Portal(Behind(parts=(b"",)))
    portal.ask(method="HEAD")
    assert len(portal.behind.asked) == 1
    portal.behind.parts = (b"hello",)
    portal.ask()
    assert portal.ask(method="HEAD")[:2] == (200, b"")
    assert portal.ask()[:2] == (200, b"hello")
    assert len(portal.behind.asked) == 2


def test_other_methods_and_a_log_that_cannot_be_read_go_through() -> None:
    portal = Portal(Behind())
    portal.ask()
    portal.ask(method="POST")
    portal.log.now = None
    portal.ask()
    portal.log.now = 7
    portal.ask()
    assert len(portal.behind.asked) == 3


def test_the_room_is_kept_to_and_the_least_used_are_forgotten_first() -> None:
    portal = Portal(Behind(parts=(b"x" * 1000,)), room=40_000)
    for page in range(100):
        portal.ask(f"/{page}")
        portal.ask("/home")
    assert len(portal.behind.asked) == 101
    portal.ask("/99")
    assert len(portal.behind.asked) == 101
    portal.ask("/0")
    assert len(portal.behind.asked) == 102
    assert portal._answers._taken <= 40_000
    assert portal._answers._taken == sum(kept.size for kept in portal._answers._kept.values())
