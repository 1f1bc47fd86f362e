"""A thin ASGI shell around the WSGI pages: plain Django under ASGI is many times slower.

What is to be live or answered from memory stands here, before Django.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware

from comity.server.wsgi import application as pages

__all__ = ["application"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_pages = WSGIMiddleware(pages)  # type: ignore[arg-type]  # what Django answers with can be iterated over


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything to the pages, but for the health of the process itself."""
    if scope["type"] == "http" and scope["path"] == "/health":
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok\n"})
        return
    await _pages(scope, receive, send)  # type: ignore[arg-type]  # a2wsgi types the same protocol more narrowly
