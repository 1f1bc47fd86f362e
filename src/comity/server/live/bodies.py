"""What readers send, taken in whole before a thread is given to it: who sends slowly keeps no page waiting.

A form with a document is some megabytes; more than that nobody has to say. What is taken in at the same time is
counted, so that many at once cannot use up the memory.
"""

import asyncio
from typing import Final

from comity.server.live.protocol import Application, Message, Receive, Scope, Send, answer, header_of

__all__ = ["LARGEST", "Bodies"]

# In bytes: of one request, a little more than any form takes; and of all at the same time.
LARGEST: Final = 26_000_000
_ROOM: Final = 10 * LARGEST
# In seconds: for one request, whole.
_PATIENCE: Final = 120.0
_END: Final = ((b"connection", b"close"),)
_WITHOUT: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class _RefusedError(Exception):
    """What is sent is not taken in: with which status, and why."""

    def __init__(self, status: int, why: bytes) -> None:
        super().__init__(status)
        self.status, self.why = status, why


class Bodies:
    """The application behind it, asked once a request is there whole. It belongs to one event loop."""

    def __init__(
        self, behind: Application, largest: int = LARGEST, room: int = _ROOM, patience: float = _PATIENCE
    ) -> None:
        self._behind, self._largest, self._room, self._patience = behind, largest, room, patience
        self._taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take in what is sent, and hand it on."""
        if scope["method"] in _WITHOUT:
            await self._behind(scope, receive, send)
            return
        body = bytearray()
        try:
            if await self._came(scope, receive, send, body):
                await self._behind(scope, _again(bytes(body), receive), send)
        finally:
            self._taken -= len(body)

    async def _came(self, scope: Scope, receive: Receive, send: Send, body: bytearray) -> bool:
        """Whether a body came whole; if not, the sender is told, or gone."""
        try:
            async with asyncio.timeout(self._patience):
                return await self._read(scope, receive, body)
        except _RefusedError as refused:
            await answer(send, refused.status, refused.why, _END)
        except TimeoutError:
            await answer(send, 408, b"that took too long to come\n", _END)
        return False

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> bool:
        told = int(header_of(scope, b"content-length") or 0)
        more = True
        while more:
            if max(told, len(body)) > self._largest:
                raise _RefusedError(413, b"that is more than may be sent\n")
            if self._taken > self._room:
                raise _RefusedError(503, b"too much is being sent at the moment: try again later\n")
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            part = message.get("body", b"")
            body += part
            self._taken += len(part)
            # What comes last is looked at too.
            more = message.get("more_body", False) or len(body) > self._largest
        return True


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand on a body that was taken in, and then whatever comes."""
    told = False

    async def received() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received
