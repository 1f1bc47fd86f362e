"""`/health`: whether the log can be read, for whoever watches over the instance."""

import asyncio
from importlib.metadata import version

import msgspec

from comity.server.live.protocol import Send, answer
from comity.server.registers import log_at
from comity.service.opened import LogError

__all__ = ["health"]


async def health(send: Send, address: str) -> None:
    """200 and the state of the log, or 503 where it cannot be read."""
    status, said = await asyncio.to_thread(_state, address)
    await answer(send, status, msgspec.json.encode(said) + b"\n", kind=b"application/json")


def _state(address: str) -> tuple[int, dict[str, object]]:
    number = version("comity")
    try:
        log = log_at(address)
        size = log.size()
        return 200, {"status": "ok", "size": size, "recorded": log.recorded(size - 1), "version": number}
    except LogError:
        # Why is for those who keep the instance, in its records, and not for everybody.
        return 503, {"status": "log unreadable", "version": number}
