"""`/health`: whether the log and the data base of people can be read, for whoever watches over the instance."""

import asyncio
import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import msgspec

from comity.server.live.protocol import Scope, Send, answer
from comity.server.registers import log_at
from comity.service.opened import LogError

__all__ = ["health"]


async def health(scope: Scope, send: Send, address: str) -> None:
    """200 and the state of the log, or 503 where it, or the data base of people, cannot be read."""
    if scope["method"] not in {"GET", "HEAD"}:
        await answer(send, 405, b"the health is read with GET\n", [(b"allow", b"GET, HEAD")])
        return
    status, said = await asyncio.to_thread(_state, address)
    await answer(send, status, msgspec.json.encode(said) + b"\n", kind=b"application/json")


def _state(address: str) -> tuple[int, dict[str, object]]:
    number = version("comity")
    try:
        log = log_at(address)
        size = log.size()
        said: dict[str, object] = {"size": size, "recorded": log.recorded(size - 1), "version": number}
    except LogError:
        # Why is for those who keep the instance, in its records, and not for everybody.
        return 503, {"status": "log unreadable", "version": number}
    return (200, {"status": "ok"} | said) if _people() else (503, {"status": "people unreadable"} | said)


def _people() -> bool:
    """Whether the data base of people, drafts and lists can be opened and read.

    Through a connection of its own each time: one that stands would not tell of a file that is there no longer.
    """
    from django.db import DatabaseError, connection  # noqa: PLC0415  # once Django is set up

    from comity.server.identity.models import Person  # noqa: PLC0415  # as above

    if connection.vendor == "sqlite":
        return _readable(Path(str(connection.settings_dict["NAME"])), Person._meta.db_table)  # noqa: SLF001  # Django's own
    try:
        Person.objects.exists()
    except DatabaseError:
        return False
    finally:
        connection.close()
    return True


def _readable(file: Path, table: str) -> bool:
    """Whether an SQLite file is there and can be read.

    Django would make one that is missing, and keep one that is damaged open.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as base:
            base.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone()  # noqa: S608  # the name is Django's
    except sqlite3.Error:
        return False
    return True
