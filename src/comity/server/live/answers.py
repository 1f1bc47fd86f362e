"""Answers kept ready, before Django: nothing is ever invalidated, only forgotten.

The key names all that an answer depends on: where it was asked, in which encoding, how large the log was, and on which
day. Kept is only what says that it is the same for everybody (`Cache-Control: public`), sets no cookie, and was asked
without a session or a token.
"""

from collections import OrderedDict
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from comity.server.live.protocol import Application, Message, Receive, Scope, Send
from comity.service.opened import LogError

__all__ = ["Answers", "Kept"]

_ROOM: Final = 64 * 2**20
# A single answer that takes more than this part of the room would drive out too many others.
_PART: Final = 16
# What an entry takes besides its body.
_BESIDE: Final = 1_000
# Answers may differ by the session, which nobody has who is answered here, and by the encoding, which is in the key.
_VARYING: Final = frozenset({b"", b"accept-encoding", b"cookie"})
# With these an answer is of one request alone.
_OF_ONE: Final = frozenset({b"authorization", b"range"})
# What is said again with 304 (RFC 9110, 15.4.5), and what protects in any answer.
_NOT_OF_BODY: Final = frozenset({b"content-length", b"content-type", b"content-encoding", b"content-language"})


class Sized(Protocol):
    """What knows how large the log is."""

    def size(self) -> int:
        """How many entries there are now; raises LogError where that cannot be known."""


class Kept(msgspec.Struct, frozen=True):
    """An answer of status 200."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    etag: bytes

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers) + _BESIDE


class _Asked(msgspec.Struct, frozen=True):
    """What of a request decides."""

    gzip: bool
    host: bytes
    match: bytes


class Answers:
    """The application behind it, with its public answers kept ready. It belongs to one event loop."""

    def __init__(self, behind: Application, log: Sized, private: frozenset[bytes], room: int = _ROOM) -> None:
        """`private` are the names of the cookies by which a reader is known."""
        self._behind, self._log, self._private, self._room = behind, log, private, room
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let the application answer and keep that."""
        asked = self._public(scope)
        key = None if asked is None else self._key(scope, asked)
        if asked is None or key is None:
            await self._behind(scope, receive, send)
            return
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            await _send(send, kept, asked.match, whole=scope["method"] == "GET")
        elif scope["method"] == "HEAD":
            await self._behind(scope, receive, send)
        else:
            await self._ask(scope, receive, send, key, asked.match)

    def _public(self, scope: Scope) -> _Asked | None:
        """What decides of a request that anybody might send; None for one that only its sender's answer fits."""
        if scope["method"] not in {"GET", "HEAD"}:
            return None
        gzip, host, match = False, b"", b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                gzip = b"gzip" in value and b"gzip;q=0" not in value.replace(b" ", b"")
            elif name == b"host":
                host = value
            elif name == b"if-none-match":
                match = value
            elif name in _OF_ONE or (name == b"cookie" and not self._private.isdisjoint(_cookies(value))):
                return None
        return _Asked(gzip, host, match)

    def _key(self, scope: Scope, asked: _Asked) -> tuple[object, ...] | None:
        try:
            size = self._log.size()
        except LogError:  # then nobody knows whether what is kept still holds
            return None
        day = datetime.now(UTC).toordinal()
        path = scope.get("raw_path") or scope["path"].encode()
        return (path, scope["query_string"], asked.gzip, size, day, asked.host, scope["scheme"])

    async def _ask(self, scope: Scope, receive: Receive, send: Send, key: tuple[object, ...], match: bytes) -> None:
        # Asked for in full, so that the answer can be kept; whether the reader has it already is said here.
        headers = [pair for pair in scope["headers"] if pair[0] != b"if-none-match"] if match else scope["headers"]
        recorder = _Recorder(send, match, self._room // _PART)
        await self._behind({**scope, "headers": headers}, receive, recorder.send)
        if (kept := recorder.kept()) is not None:
            self._keep(key, kept)

    def _keep(self, key: tuple[object, ...], kept: Kept) -> None:
        before = self._kept.pop(key, None)
        self._taken += kept.size - (0 if before is None else before.size)
        self._kept[key] = kept
        while self._taken > self._room:
            self._taken -= self._kept.popitem(last=False)[1].size


class _Recorder:
    """Passes an answer on, and takes it down where it may be kept."""

    def __init__(self, send: Send, match: bytes, longest: int) -> None:
        self._send, self._match, self._longest = send, match, longest
        self._headers: tuple[tuple[bytes, bytes], ...] | None = None
        self._body = bytearray()
        self._whole = self._spared = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = tuple((bytes(name).lower(), bytes(value)) for name, value in message["headers"])
            if message["status"] == 200 and _may_be_kept(headers):  # noqa: PLR2004  # HTTP's own number
                self._headers = headers
                if _matches(self._match, _etag(headers)):
                    self._spared = True
                    message = _not_modified(headers)
        elif message["type"] == "http.response.body":
            more = message.get("more_body", False)
            if self._headers is not None:
                self._body += message.get("body", b"")
                self._whole = not more
                if len(self._body) > self._longest:
                    self._headers = None
            if self._spared:
                if more:
                    return
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def kept(self) -> Kept | None:
        """What was taken down, whole."""
        if self._headers is None or not self._whole:
            return None
        return Kept(self._headers, bytes(self._body), _etag(self._headers))


async def _send(send: Send, kept: Kept, match: bytes, *, whole: bool) -> None:
    if _matches(match, kept.etag):
        await send(_not_modified(kept.headers))
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
    await send({"type": "http.response.body", "body": kept.body if whole else b""})


def _not_modified(headers: tuple[tuple[bytes, bytes], ...]) -> Message:
    left = [pair for pair in headers if pair[0] not in _NOT_OF_BODY]
    return {"type": "http.response.start", "status": 304, "headers": left}


def _may_be_kept(headers: tuple[tuple[bytes, bytes], ...]) -> bool:
    public = False
    for name, value in headers:
        if name == b"set-cookie":
            return False
        if name == b"cache-control":
            said = {part.strip() for part in value.lower().split(b",")}
            public = b"public" in said and b"no-store" not in said
        elif name == b"vary" and not _VARYING.issuperset(part.strip() for part in value.lower().split(b",")):
            return False
    return public


def _etag(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return next((value for name, value in headers if name == b"etag"), b"")


def _matches(match: bytes, etag: bytes) -> bool:
    """Whether a reader has this answer already (RFC 9110, 13.1.2): weakly compared."""
    if not match or not etag:
        return False
    bare = etag.removeprefix(b"W/")
    return match.strip() == b"*" or any(one.strip().removeprefix(b"W/") == bare for one in match.split(b","))


def _cookies(header: bytes) -> set[bytes]:
    return {part.partition(b"=")[0].strip() for part in header.split(b";")}
