"""`/live`: server-sent events that say only that something changed, and to which size (HTML, server-sent events).

An event names what it is about and holds nothing of it: who is told too much learns only that there is something to ask
for, and asks through the door.
"""

import asyncio
from urllib.parse import parse_qs

import msgspec

from comity.server.headers import SAFE
from comity.server.live.hub import Event, Hub
from comity.server.live.protocol import Receive, Scope, Send, answer, header_of
from comity.service.opened import LogError

__all__ = ["stream"]

# In seconds: something is sent at least so often, so that what lies between keeps the connection, and who left is seen.
_BEAT = 15.0
# Milliseconds after which a browser asks again.
_RETRY = b"retry: 2000\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy is not to wait for more
    (
        b"access-control-allow-origin",
        b"*",
    ),  # sizes and ids are public: pages elsewhere may listen, as they may ask the API
    *SAFE,
]
# Streams of one process: each holds a few kilobytes and a descriptor.
_MOST = 5_000
_LONGEST = 19


class _Wanted(msgspec.Struct, frozen=True):
    """What a stream is asked for: nothing named is everything."""

    instruments: frozenset[str]
    actors: frozenset[str]

    def meets(self, event: Event) -> bool:
        about = event.about
        return (
            not (self.instruments or self.actors)
            or about.others
            or not self.instruments.isdisjoint(about.instruments)
            or not self.actors.isdisjoint(about.actors)
        )


_open: set[asyncio.Future[None]] = set()


async def stream(scope: Scope, receive: Receive, send: Send, hub: Hub) -> None:
    """Tell of changes until the reader, or the server, goes."""
    if scope["method"] not in {"GET", "HEAD"}:
        await answer(send, 405, b"the stream is read with GET\n", [(b"allow", b"GET, HEAD")])
        return
    query = parse_qs(scope["query_string"].decode("latin-1"))
    wanted = _Wanted(*(frozenset(_names(query.get(name, []))) for name in ("instrument", "actor")))
    try:
        size = hub.size()
    except LogError:
        await answer(send, 503, b"the log cannot be read now\n", [(b"retry-after", b"2")])
        return
    if len(_open) >= _MOST:
        await answer(send, 503, b"too many streams are open\n", [(b"retry-after", b"30")])
        return
    seen = _number(header_of(scope, b"last-event-id").decode("latin-1") or query.get("after", [""])[0])
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    if scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    # An id without data is kept by the browser, and no event: from here on it can ask for what it missed.
    start = size if seen is None else seen
    await send({"type": "http.response.body", "body": _RETRY + b"id: %d\n\n" % start, "more_body": True})
    gone = asyncio.ensure_future(_gone(receive))
    _open.add(gone)
    try:
        await _tell(hub, start, wanted, gone, send)
    finally:
        _open.discard(gone)
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _tell(hub: Hub, seen: int, wanted: _Wanted, gone: asyncio.Future[None], send: Send) -> None:
    while True:
        size = await hub.beyond(seen, _BEAT, gone)
        if gone.done() or hub.ended:
            return
        body = b": still here\n\n"
        if size != seen:
            try:
                event = await hub.event(seen, size)
            except LogError:  # the log cannot be read now; what was missed is told once it can
                await asyncio.sleep(1)
                continue
            seen = size
            if not wanted.meets(event):
                continue
            body = event.text
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _names(said: list[str]) -> list[str]:
    return [name for text in said for name in text.split(",") if name]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else None
