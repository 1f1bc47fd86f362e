"""What the portal keeps on disk, made on its first start: the log with the public register in it, and a secret."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from comity.register.log import Log
from comity.service import keeping, shipped_folder

__all__ = ["Progress", "prepare_log", "prepare_secret"]

Progress = Callable[[int, int], None]


def prepare_log(log: Path, progress: Progress | None = None) -> int:
    """See that the log stands and holds the public register; gives the number of entries brought in.

    A log that holds anything is left as it is. One that is empty, because an earlier start was cut off, is filled.
    Raises `Refusal` where it cannot be written.
    """
    if not log.exists():
        log.parent.mkdir(parents=True, exist_ok=True)
        keeping.create(log, log.stem)
    with Log.open(log, write=False) as found:
        if len(found):
            return 0
    return keeping.import_source(shipped_folder(), log, progress=progress).appended


def prepare_secret(place: Path) -> str:
    """The secret key of the instance, made on the first start, readable by its owner only."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64) + "\n")
    return place.read_text(encoding="ascii").strip()
