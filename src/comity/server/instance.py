"""What the portal keeps: the log with the public register in it, a secret, and which public register that was."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from comity.service import is_postgres, keeping, refuse, shipped_folder

__all__ = ["Parts", "Progress", "folder_of", "key_of", "parts_of", "prepare_log", "prepare_secret"]

Progress = Callable[[int, int], None]
# Says which public register was brought into the log last, so that a start that finds the same has nothing to compare.
_MARK = "public.sha256"
# In characters, of which 86 are made: what is shorter was cut off, or is none.
_SHORTEST_SECRET = 32


def folder_of(log: str | Path) -> Path:
    """The folder of the instance: the one that the log is in, or `instance` where the log is in a data base."""
    return Path("instance") if is_postgres(log) else Path(log).parent


def key_of(log: str | Path) -> Path:
    """Where the key that signs the checkpoints of the log is kept: in the folder of the instance, unless it is said."""
    return Path(os.environ.get("COMITY_CHECKPOINT_KEY") or folder_of(log) / f"{_name(log)}.key")


class Parts(msgspec.Struct, frozen=True):
    """What an instance keeps beside its log, by the name that it has in a backup."""

    tables: dict[str, Path]
    files: dict[str, Path]
    keys: dict[str, Path]


def parts_of(log: str | Path) -> Parts:
    """Where the parts of an instance are, as its settings find them."""
    folder = folder_of(log)
    return Parts(
        tables={} if is_postgres(log) else {"portal.sqlite3": folder / "portal.sqlite3"},
        files={_MARK: folder / _MARK, "documents": Path(os.environ.get("COMITY_DOCUMENTS", folder / "documents"))},
        keys={
            "register.comity.key": key_of(log),
            "secret.key": Path(os.environ.get("COMITY_SECRET", folder / "secret.key")),
            "oidc.toml": Path(os.environ.get("COMITY_OIDC", folder / "oidc.toml")),
        },
    )


def prepare_log(log: str | Path, progress: Progress | None = None) -> keeping.Import | None:
    """See that the log stands and holds the public register that ships; gives what was brought in, or None.

    A log that the public register was brought into before is brought up to the one that ships: what is new is appended,
    what changed waits as a proposal. One that holds only registers of others is left as it is. One that is empty,
    because an earlier start was cut off, is filled. Raises `Refusal` where it cannot be written.
    """
    folder = folder_of(log)
    folder.mkdir(parents=True, exist_ok=True)
    if not keeping.exists(log):
        keeping.create(log, "register" if is_postgres(log) else Path(log).stem, key_of(log))
    shipped, mark = shipped_folder(), folder / _MARK
    digest = keeping.digest_of(shipped)
    if mark.exists() and mark.read_text(encoding="ascii").strip() == digest:
        return None
    if _is_of_others(log, shipped):
        return None
    # Not whole: what the log holds beyond it was recorded here, and has not vanished.
    done = keeping.import_source(shipped, log, whole=False, progress=progress)
    if key_of(log).exists():
        keeping.checkpoint(log, key_of(log))  # so that from the first day on there is something to hold the log to
    mark.write_text(f"{digest}\n", encoding="ascii")
    return done


def _name(log: str | Path) -> str:
    return "register.comity" if is_postgres(log) else Path(log).name


def _is_of_others(log: str | Path, shipped: Path) -> bool:
    """Whether a log defines instruments, and none of the public register."""
    own = keeping.defined(log)
    return bool(own) and own.isdisjoint(path.stem for path in (shipped / "instruments").glob("*.toml"))


def prepare_secret(place: Path) -> str:
    """The secret key of the instance, made on the first start, readable by its owner only.

    Made beside and then linked, it appears whole or not at all. Raises `Refusal` where a file holds none, and OSError.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        made = place.with_name(f".{place.name}.{os.getpid()}")
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was quicker
                os.link(made, place)
        finally:
            made.unlink()
    secret = place.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < _SHORTEST_SECRET:
        do = "bring it back from a backup; if there is none, remove the file: everybody logs in again then"
        raise refuse("secret-invalid", f"{place} holds no secret", do)
    return secret
