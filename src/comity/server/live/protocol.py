"""The few words of ASGI that are spoken before Django."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from comity.server.headers import SAFE

__all__ = ["Application", "Headers", "Message", "Receive", "Scope", "Send", "answer", "header_of"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

_TEXT = (b"content-type", b"text/plain; charset=utf-8")


def header_of(scope: Scope, name: bytes) -> bytes:
    """The first header of a name in lower case, or nothing."""
    return next((value for key, value in scope["headers"] if key == name), b"")


async def answer(send: Send, status: int, body: bytes, headers: Headers = (), kind: bytes = b"") -> None:
    """A whole answer, not to be kept."""
    own = [(b"content-type", kind) if kind else _TEXT, (b"content-length", b"%d" % len(body))]
    head = [*own, (b"cache-control", b"no-store"), *SAFE, *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
