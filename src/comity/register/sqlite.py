"""A log in one SQLite file (spec/log.md, 19 to 22).

Write-ahead journal with full synchronisation: one fsync a commit, where a rollback journal takes four
(measured: 5,300 durable appends a second against 1,200), and readers that never wait for the writer. Pages of
8 KiB hold a few dozen entries; bulk appends came out a third faster than with 4 KiB.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count, starmap
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final
from urllib.parse import quote

import msgspec

from comity.register.errors import (
    AlreadyThereError,
    ForkError,
    MissingLogError,
    NotALogError,
    ReadOnlyError,
    StoreError,
)
from comity.register.store import Batch, Head, HeadRow, Proposal, Row, Stage, check_kept, follow, pack, read_head

__all__ = ["SQLiteStore"]

_APPLICATION: Final = 0x434F4D59  # "COMY"
_VERSION: Final = 1
_EFFECTIVE: Final = os.access in os.supports_effective_ids
_PAGE: Final = 4096  # rows fetched at once
_PATIENCE: Final = 60.0  # seconds to wait for another writer, who may be importing a million entries

_NEVER = """
CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""

# INSERT OR REPLACE deletes without firing a delete trigger. Heads are guarded at insertion too; for entries that
# would cost a third of the speed of large imports (measured: 1.7 of 5 µs), and verification names what was replaced.
_ONCE = """
CREATE TRIGGER {table}_INSERT BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (idx INTEGER PRIMARY KEY, hash BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE head (size INTEGER PRIMARY KEY, frontier BLOB NOT NULL);
CREATE TABLE checkpoint (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE proposal (id INTEGER PRIMARY KEY, payload BLOB NOT NULL, proposed TEXT NOT NULL,
                       verdict TEXT, settled TEXT);
INSERT INTO head VALUES (0, x'');
"""
_SCHEMA = (
    _TABLES
    + "".join(
        _NEVER.format(table=table, verb=verb)
        for table in ("meta", "entry", "head", "checkpoint")
        for verb in ("UPDATE", "DELETE")
    )
    + _ONCE.format(table="head", key="size")
)

_HEAD = """
SELECT head.size, head.frontier, entry.data FROM head LEFT JOIN entry ON entry.idx = head.size - 1
ORDER BY head.size DESC LIMIT 1
"""


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """Faults of the data base as errors of the log."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ForkError(f"{path}: another writer extended the same head; nothing was written") from error
    except sqlite3.OperationalError as error:
        kind = ReadOnlyError if "readonly" in str(error) else StoreError
        raise kind(f"{path}: {error}") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the driver's own message may hold a damaged text
        raise NotALogError(f"{path} is damaged, or no Comity log: {error}") from error


def _connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection to an existing file, in autocommit: transactions are begun by hand."""
    # A journal cannot be made beside a file on read-only ground; where there is none, nobody writes the file.
    alone = not _writable(path.parent) and not Path(f"{path}-wal").exists()
    mode = "rw" if _writable(path) and (write or not alone) else "ro"
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}" + ("&immutable=1" if mode == "ro" and alone else "")
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        if not write:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=_EFFECTIVE)


def _check_file(path: Path) -> None:
    """Raise MissingLogError or NotALogError, saying why, where there is no file to open at `path`.

    The file itself is not opened here: to close it would let go of every lock that this process holds on it, as POSIX
    has it, and the next other process to leave would take the journal away from under our readers and writers.
    """
    try:
        mode, size = (found := path.stat()).st_mode, found.st_size
    except FileNotFoundError as error:
        raise MissingLogError(f"there is no log {path}") from error
    except OSError as error:
        raise NotALogError(f"{path} cannot be read: {error.strerror}") from error
    if S_ISDIR(mode):
        raise NotALogError(f"{path} cannot be read: {os.strerror(errno.EISDIR)}")
    if not os.access(path, os.R_OK, effective_ids=_EFFECTIVE):
        raise NotALogError(f"{path} cannot be read: {os.strerror(errno.EACCES)}")
    if not S_ISREG(mode) or not size:
        raise NotALogError(f"{path} is no Comity log")


def _check_format(path: Path, connection: sqlite3.Connection) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION:
        raise NotALogError(f"{path} is an SQLite file, but no Comity log")
    if version != _VERSION:
        raise NotALogError(f"{path} is a log of format {version}; this version of Comity knows format {_VERSION}")


class SQLiteStore:
    """A `Store` and its `Drawer` in one file."""

    def __init__(self, path: Path, *, write: bool = True) -> None:
        """Open an existing log; raises NotALogError or StoreError."""
        _check_file(path)
        self._path = path
        self._writing, self._reading = threading.Lock(), threading.Lock()
        with _faults(path):
            # Two connections, so that a reader never sees what a writer has not yet published.
            self._reader = _connect(path, write=False)
            try:
                _check_format(path, self._reader)
                self.origin = _read_origin(path, self._reader)
                self._writer = _connect(path, write=write)
                self._writer.execute("PRAGMA journal_size_limit = 67108864")  # a large import leaves no large journal
            except BaseException:
                self._reader.close()
                raise

    @classmethod
    def create(cls, path: Path, origin: str) -> "SQLiteStore":
        """A new, empty log; raises AlreadyThereError. Made beside and then linked, it appears whole or not at all."""
        if not path.name:
            raise StoreError(f"“{path}” names a folder: a log is a file")
        made = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            made.unlink(missing_ok=True)  # left by a process that was killed here
            with _faults(path):
                _make(made, origin)
            os.link(made, path)
            _sync_folder(path.parent)
        except FileExistsError as error:
            raise AlreadyThereError(f"{path} exists: nothing was written") from error
        except OSError as error:
            raise StoreError(f"{path} cannot be made: {error.strerror}") from error
        finally:
            with suppress(OSError):  # where nothing could be made, nothing is left to take away
                made.unlink(missing_ok=True)
        return cls(path)

    def head(self) -> Head:
        """See `Store`."""
        with self._reading, _faults(self._path):
            return _read_head(self._reader)

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """See `Store`. Each page is a read of its own, so that a slow reader holds up no checkpoint of the journal."""
        query = "SELECT idx, hash, data FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?"
        while start < stop:
            page: list[tuple[int, bytes, bytes]] = []
            fault: StoreError | None = None
            try:
                with self._reading, _faults(self._path):
                    page.extend(self._reader.execute(query, (start, stop, _PAGE)))
            except StoreError as error:  # where the file is damaged, what could be read comes first
                fault = error
            yield from starmap(Row, page)
            if fault is not None:
                raise fault
            if len(page) < _PAGE:
                return
            start = page[-1][0] + 1

    def heads(self) -> Iterator[HeadRow]:
        """See `Store`."""
        after = -(2**63)
        while True:
            with self._reading, _faults(self._path):
                query = "SELECT size, frontier FROM head WHERE size > ? ORDER BY size LIMIT ?"
                page = self._reader.execute(query, (after, _PAGE)).fetchall()
            yield from starmap(HeadRow, page)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def append(self, stage: Stage) -> Head:
        """See `Store`."""
        with self._writing, _faults(self._path), self._transaction() as connection:
            before = head = _read_head(connection)
            signed = connection.execute("SELECT size FROM checkpoint ORDER BY id DESC LIMIT 1").fetchone()
            check_kept(head, None if signed is None else signed[0])
            for batch in stage(head):
                _insert(connection, head.size, batch)
                head = follow(head, batch)
            if head.size != before.size:
                connection.execute("INSERT INTO head VALUES (?, ?)", (head.size, pack(head.frontier)))
        return head

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")  # one writer at a time, from before the head is read
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # the first fault is the one to tell of
                connection.execute("ROLLBACK")
            raise

    def watch(self) -> "SQLiteWatch":
        """See `Store`."""
        return SQLiteWatch(self._path)

    def keep_note(self, size: int, note: str) -> None:
        """See `Drawer`."""
        with self._writing, _faults(self._path):
            self._writer.execute("INSERT INTO checkpoint (size, note) VALUES (?, ?)", (size, note))

    def notes(self) -> tuple[str, ...]:
        """See `Drawer`."""
        with self._reading, _faults(self._path):
            rows = self._reader.execute("SELECT note FROM checkpoint ORDER BY size, id").fetchall()
        return tuple(str(note) for (note,) in rows)

    def propose(self, payload: bytes, proposed: str) -> int:
        """See `Drawer`."""
        query = "INSERT INTO proposal (payload, proposed) VALUES (?, ?)"
        with self._writing, _faults(self._path):
            return self._writer.execute(query, (payload, proposed)).lastrowid or 0

    def keep_proposals(self, proposals: Iterable[Proposal]) -> None:
        """See `Drawer`."""
        rows = [(one.id, msgspec.json.encode(one.payload), one.proposed, one.verdict, one.settled) for one in proposals]
        with self._writing, _faults(self._path), self._transaction() as connection:
            connection.executemany("INSERT INTO proposal VALUES (?, ?, ?, ?, ?)", rows)

    def proposals(self, *, settled: bool) -> tuple[Proposal, ...]:
        """See `Drawer`."""
        query = "SELECT id, payload, proposed, verdict, settled FROM proposal WHERE (verdict IS NULL) = ? ORDER BY id"
        with self._reading, _faults(self._path):
            rows = self._reader.execute(query, (not settled,)).fetchall()
        return tuple(
            Proposal(id=row[0], payload=msgspec.json.decode(row[1]), proposed=row[2], verdict=row[3], settled=row[4])
            for row in rows
        )

    def settle(self, proposal: int, verdict: str, moment: str) -> bool:
        """See `Drawer`."""
        query = "UPDATE proposal SET verdict = ?, settled = ? WHERE id = ? AND verdict IS NULL"
        with self._writing, _faults(self._path):
            return self._writer.execute(query, (verdict, moment, proposal)).rowcount == 1

    def close(self) -> None:
        """See `Store`."""
        self._reader.close()
        self._writer.close()


class SQLiteWatch:
    """A `Watch` over one file.

    SQLite's data version differs once any other connection, of any process, has committed (pragma data_version): it is
    read from shared memory, and the head only where it differs.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._version, self._size = -1, 0
        with _faults(path):
            self._connection = _connect(path, write=False)

    def size(self) -> int:
        """See `Watch`."""
        with self._lock, _faults(self._path):
            version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                found = self._connection.execute("SELECT max(size) FROM head").fetchone()[0]
                # Asked for before the head: what is published in between differs at the next look.
                self._version, self._size = version, found or 0
            return self._size

    def close(self) -> None:
        """See `Watch`."""
        with self._lock:
            self._connection.close()


def _make(path: Path, origin: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO meta VALUES ('origin', ?)", (origin,))
    finally:
        connection.close()


def _sync_folder(folder: Path) -> None:
    """Make a new name in `folder` durable; where folders cannot be opened (Windows) the system sees to it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_head(connection: sqlite3.Connection) -> Head:
    row = connection.execute(_HEAD).fetchone()
    if row is None:
        raise StoreError("the log has lost its heads: verify it")
    return read_head(*row)


def _read_origin(path: Path, connection: sqlite3.Connection) -> str:
    found = connection.execute("SELECT value FROM meta WHERE key = 'origin'").fetchone()
    if found is None:
        raise NotALogError(f"{path} is damaged: it does not say its name")
    return str(found[0])


def _insert(connection: sqlite3.Connection, size: int, batch: Batch) -> None:
    rows = zip(count(size), batch.hashes, batch.leaves, strict=False)
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
