"""Copies of an instance to go back to: consistent though it is written, verified when made and before they are used."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from comity.register.copying import copy_file, copy_log
from comity.register.errors import LogError, is_postgres
from comity.register.log import Log
from comity.service.keeping import now, verify_source
from comity.service.queries import refuse, said_of

__all__ = ["MANIFEST", "Backup", "back_up", "bring_back"]

MANIFEST: Final = "backup.json"
_LOG: Final = "register.comity"

Progress = Callable[[int, int], None]


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: the log as it was, and each file with its SHA-256."""

    made: str
    version: str
    origin: str
    size: int
    root: str
    files: dict[str, str]


def back_up(
    address: str | Path,
    folder: Path,
    *,
    tables: Mapping[str, Path],
    files: Mapping[str, Path],
    progress: Progress | None = None,
) -> Backup:
    """Copy a log into a new folder, and beside it SQLite `tables`, and files and folders, by the name each is to have.

    What is not there is left out. What tables say of the log, and the log of documents, is in the copy: tables are
    copied before it, files after it. Raises `Refusal`.
    """
    with _new_folder(folder), _refusing(address):
        for name, place in tables.items():
            if place.exists():
                copy_file(place, folder / name)
        if is_postgres(address):
            with Log.open(address, write=False) as log:
                copy_log(log, folder / _LOG, progress)
        else:
            Log.open(address, write=False).close()  # says what is wrong with the file, where something is
            copy_file(Path(address), folder / _LOG)
        for name, place in files.items():
            _copy_private(place, folder / name)
        _verify(folder / _LOG, None)
        with Log.open(folder / _LOG, write=False) as copy:
            head, origin = copy.head(), copy.origin
        made = Backup(
            made=now(),
            version=version("comity"),
            origin=origin,
            size=head.size,
            root=head.root.hex(),
            files={name: _digest(folder / name) for name in _names_in(folder)},
        )
        (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    return made


def bring_back(
    folder: Path,
    address: str | Path,
    *,
    places: Mapping[str, Path],
    key: str | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Put a backup in place: the log at `address`, each other file or folder of it where `places` says.

    Before anything is written, every file is held against its digest, the log is verified (with the public `key`, also
    its checkpoints), and nothing may stand where something is to be put. Raises `Refusal`.
    """
    made = _manifest(folder)
    wrong = [name for name, digest in made.files.items() if not _is(folder / name, digest)]
    if wrong:
        raise refuse(
            "backup-damaged", f"{', '.join(wrong)} of the backup is gone or was changed", "take an older backup"
        )
    with _refusing(folder):
        _verify(folder / _LOG, key)
        with Log.open(folder / _LOG, write=False) as log:
            if (len(log), log.head().root.hex()) != (made.size, made.root):
                raise refuse(
                    "backup-damaged", "the log of the backup is not the one that was copied", "take an older one"
                )
        wanted = {name: place for name in made.files if (place := _place_of(name, places)) is not None}
        targets = [*wanted.values(), *(() if is_postgres(address) else (Path(address),))]
        there = [str(place) for place in targets if place.exists()]
        if there:
            raise refuse("backup-in-the-way", f"{', '.join(there)} would be overwritten", "move it away first")
        for name, place in wanted.items():
            _copy_private(folder / name, place)
        for place in targets:
            place.parent.mkdir(parents=True, exist_ok=True)
        if is_postgres(address):
            with Log.open(folder / _LOG, write=False) as log:
                copy_log(log, address, progress)
        else:
            copy_file(folder / _LOG, Path(address), "WAL")  # so that readers need not wait for the writer
    return made


@contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """A folder that did not exist, and does not where making the backup fails."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError as error:
        raise refuse("backup-in-the-way", f"{folder} exists", "name a new folder") from error
    except OSError as error:
        raise refuse("backup-unwritable", f"{folder}: {error.strerror or error}", "check your rights to it") from error
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _refusing(address: object) -> Iterator[None]:
    try:
        yield
    except LogError as error:
        raise refuse("log-refused", said_of(address, error), "nothing was written; comity verify says more") from error
    except OSError as error:
        said = f"{error.filename or address}: {error.strerror or error}"
        raise refuse("backup-unwritable", said, "check the space that is left and your rights") from error


def _verify(log: Path, key: str | None) -> None:
    verdict = verify_source(log, key)
    if not verdict.ok:
        raise refuse("backup-damaged", "; ".join(verdict.says), "comity verify says more of the log itself")


def _manifest(folder: Path) -> Backup:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Backup)
    except OSError as error:
        raise refuse("backup-missing", f"there is no backup in {folder}", "name the folder that holds it") from error
    except msgspec.DecodeError as error:
        raise refuse("backup-damaged", f"{folder / MANIFEST}: {error}", "take an older backup") from error


def _names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _place_of(name: str, places: Mapping[str, Path]) -> Path | None:
    """Where a file of a backup belongs: it, or the folder that it is in, has a place; None where it has not."""
    first, _, rest = name.partition("/")
    place = places.get(first)
    return place if place is None or not rest else place / rest


def _copy_private(source: Path, target: Path) -> None:
    """A copy that only its owner may read, of a file or of a folder with all that is in it; of nothing, nothing."""
    if source.is_dir():
        for name in _names_in(source):
            _copy_private(source / name, target / name)
        return
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, source.open("rb") as read:
        shutil.copyfileobj(read, file)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and _digest(path) == digest
