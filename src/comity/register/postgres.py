"""A log in PostgreSQL, for several writers on several machines (spec/log.md, 19 to 22).

An append takes an advisory lock, which dies with its transaction, reads the newest head, and inserts. Whoever
forgets the lock meets the primary keys. There are no sequences in the tree, for they leave gaps. The role that
writes may insert and select, nothing else: `grants` gives the statements.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count, starmap
from typing import Any, Final, LiteralString, TypeVar

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from comity.register.errors import (
    AlreadyThereError,
    ForkError,
    NotALogError,
    ReadOnlyError,
    StoreError,
    UnreachableError,
    without_secrets,
)
from comity.register.store import Batch, Head, HeadRow, Proposal, Row, Stage, check_kept, follow, pack, read_head

__all__ = ["PostgresStore", "grants"]

Answer = TypeVar("Answer")

_PAGE: Final = 4096
_FEW: Final = 64  # more entries than this go by COPY

_LOOK: Final = 0.5  # seconds between two looks of a watch that hears nothing
_DEAF: Final = 3.0  # seconds after which a watch that could not look does not know the size any more

_SCHEMA: Final[LiteralString] = """
CREATE SCHEMA comity;
CREATE TABLE comity.meta (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE comity.entry (idx bigint PRIMARY KEY CHECK (idx >= 0), hash bytea NOT NULL, data bytea NOT NULL);
CREATE TABLE comity.head (size bigint PRIMARY KEY CHECK (size >= 0), frontier bytea NOT NULL);
CREATE TABLE comity.checkpoint (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, size bigint NOT NULL,
                                note text NOT NULL);
CREATE TABLE comity.proposal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL,
                              proposed text NOT NULL, verdict text, settled text);
CREATE FUNCTION comity.never() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['meta', 'entry', 'head', 'checkpoint'] LOOP
    EXECUTE format('CREATE TRIGGER never BEFORE UPDATE OR DELETE OR TRUNCATE ON comity.%I
                    FOR EACH STATEMENT EXECUTE FUNCTION comity.never()', t);
END LOOP; END $$;
INSERT INTO comity.head VALUES (0, '');
"""

_HEAD: Final[LiteralString] = """
SELECT head.size, head.frontier, entry.data FROM comity.head LEFT JOIN comity.entry ON entry.idx = head.size - 1
ORDER BY head.size DESC LIMIT 1
"""
# Who appends also looks whether what was signed is still there.
_HEAD_AND_SIGNED: Final[LiteralString] = """
SELECT head.size, head.frontier, entry.data, (SELECT size FROM comity.checkpoint ORDER BY id DESC LIMIT 1)
FROM comity.head LEFT JOIN comity.entry ON entry.idx = head.size - 1
ORDER BY head.size DESC LIMIT 1
"""
# Durability is asked for whatever the server's default is. The lock is a statement of its own: a statement's
# snapshot is taken before it waits, and would miss what the writer before has published. 4850180368348741633 is
# "COMY" and 1, for one log a data base.
_BEGIN: Final[LiteralString] = """
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL synchronous_commit = on;
SELECT pg_advisory_xact_lock(4850180368348741633);
EXECUTE comity_head"""
# Planning takes longer than running them, and the lock would be held for it.
_PREPARE: Final[LiteralString] = """
SET plan_cache_mode = force_generic_plan;
PREPARE comity_publish(bigint[], bytea[], bytea[], bigint, bytea) AS
WITH added AS (INSERT INTO comity.entry SELECT * FROM unnest($1, $2, $3))
INSERT INTO comity.head VALUES ($4, $5)
"""
# The last, or only, batch, its head and the commit go in one message: what is held under the lock is two round trips.
# Who listens hears of it with the commit (LISTEN); any role may tell.
_PUBLISH: Final[LiteralString] = """
EXECUTE comity_publish(%s, %s, %s, %s, %s);
NOTIFY comity;
COMMIT
"""


def grants(role: str) -> str:
    """The statements by which the owner lets `role` write the log, and do nothing else to it."""
    name = sql.Identifier(role).as_string(None)
    return "\n".join(
        (
            f"GRANT USAGE ON SCHEMA comity TO {name};",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA comity TO {name};",
            f"GRANT INSERT ON comity.entry, comity.head, comity.checkpoint, comity.proposal TO {name};",
            f"GRANT UPDATE (verdict, settled) ON comity.proposal TO {name};",
        )
    )


def _name(address: str) -> str:
    """The address without its password, for messages."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error:
        return "the PostgreSQL address"
    return f"postgresql://{parts.get('host', '')}/{parts.get('dbname', '')}"


@contextmanager
def _faults(name: str) -> Iterator[None]:
    """Faults of the data base as errors of the log."""
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise ForkError(f"{name}: another writer extended the same head; nothing was written") from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
        raise ReadOnlyError(f"{name}: {_line(error)}") from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise NotALogError(f"{name} holds no Comity log") from error
    except psycopg.Error as error:
        # A fault that the data base itself reports has a code; one without was met on the way to it.
        away = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
        raise (UnreachableError if away else StoreError)(f"{name}: {_line(error)}") from error


def _line(error: psycopg.Error) -> str:
    return without_secrets((error.diag.message_primary or str(error)).strip().split("\n")[0])


class _Link:
    """A connection that is made again when the server has dropped it: servers are restarted."""

    def __init__(self, address: str, *prepared: LiteralString) -> None:
        self._address, self._prepared = address, prepared
        self._connection: psycopg.Connection | None = None
        self._ended = False

    def get(self) -> psycopg.Connection:
        """The connection, in autocommit: transactions are begun by hand."""
        if self._ended:
            raise psycopg.OperationalError("the connection is closed")
        if self._connection is None or self._connection.closed:
            connection = psycopg.connect(self._address, autocommit=True)
            self._connection = connection
            try:
                for statement in self._prepared:
                    connection.execute(statement)
            except BaseException:
                connection.close()
                raise
        return self._connection

    @property
    def dropped(self) -> bool:
        """Whether the server is gone, and nobody asked for that."""
        return not self._ended and self._connection is not None and self._connection.closed

    def close(self) -> None:
        self._ended = True
        if self._connection is not None:
            self._connection.close()


class PostgresStore:
    """A `Store` and its `Drawer` in the schema `comity` of one data base."""

    def __init__(self, address: str, *, write: bool = True) -> None:
        """Open an existing log; raises NotALogError or StoreError."""
        self._address, self._name, self._write = address, _name(address), write
        self._writing, self._reading = threading.Lock(), threading.Lock()
        with _faults(self._name):
            # Two connections, so that a reader never waits for, or sees, what a writer has not yet published.
            self._reader = _Link(address)
            self._writer = _Link(address, _PREPARE, "PREPARE comity_head AS " + _HEAD_AND_SIGNED)
            try:
                rows = self._reader.get().execute("SELECT value FROM comity.meta WHERE key = 'origin'").fetchall()
                self.origin = "".join(str(value) for (value,) in rows)
                self._writer.get()
            except BaseException:
                self.close()
                raise

    @classmethod
    def create(cls, address: str, origin: str) -> "PostgresStore":
        """A new, empty log, by the owner-to-be of the schema `comity`; raises AlreadyThereError."""
        name = _name(address)
        with _faults(name):
            try:
                with psycopg.connect(address) as connection:
                    connection.execute(_SCHEMA)
                    connection.execute("INSERT INTO comity.meta VALUES ('origin', %s)", (origin,))
            except (psycopg.errors.DuplicateSchema, psycopg.errors.UniqueViolation) as error:
                raise AlreadyThereError(f"{name} holds a schema comity already: nothing was written") from error
        return cls(address)

    def head(self) -> Head:
        """See `Store`."""
        return read_head(*self._read(lambda reader: _head_row(reader.execute(_HEAD))))

    def _read(self, question: Callable[[psycopg.Connection], Answer]) -> Answer:
        """Ask the reader; once more where the server was restarted since, for a question changes nothing."""
        with self._reading, _faults(self._name):
            try:
                return question(self._reader.get())
            except psycopg.OperationalError:
                if not self._reader.dropped:
                    raise
            return question(self._reader.get())

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """See `Store`."""
        query: LiteralString = (
            "SELECT idx, hash, data FROM comity.entry WHERE idx >= %s AND idx < %s ORDER BY idx LIMIT %s"
        )
        while start < stop:
            page = self._page(query, start, stop, _PAGE)
            yield from starmap(Row, page)
            if len(page) < _PAGE:
                return
            start = page[-1][0] + 1

    def heads(self) -> Iterator[HeadRow]:
        """See `Store`."""
        query: LiteralString = "SELECT size, frontier FROM comity.head WHERE size > %s ORDER BY size LIMIT %s"
        after = -(2**63)
        while True:
            page = self._page(query, after, _PAGE)
            yield from starmap(HeadRow, page)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def _page(self, query: LiteralString, *values: int) -> list[tuple[Any, ...]]:
        def question(reader: psycopg.Connection) -> list[tuple[Any, ...]]:
            with reader.cursor(binary=True) as cursor:
                return cursor.execute(query, values).fetchall()

        return self._read(question)

    def append(self, stage: Stage) -> Head:
        """See `Store`."""
        if not self._write:
            raise ReadOnlyError(f"{self._name} was opened for reading only")
        with self._writing, _faults(self._name):
            writer = self._writer.get()
            try:
                return _append(writer, stage)
            except BaseException:
                with suppress(psycopg.Error):  # the first fault is the one to tell of
                    writer.execute("ROLLBACK")
                raise

    def watch(self) -> "PostgresWatch":
        """See `Store`."""
        return PostgresWatch(self._address)

    def keep_note(self, size: int, note: str) -> None:
        """See `Drawer`."""
        query: LiteralString = "INSERT INTO comity.checkpoint (size, note) VALUES (%s, %s)"
        with self._writing, _faults(self._name):
            self._writer.get().execute(query, (size, note))

    def notes(self) -> tuple[str, ...]:
        """See `Drawer`."""
        query: LiteralString = "SELECT note FROM comity.checkpoint ORDER BY size, id"
        rows = self._read(lambda reader: reader.execute(query).fetchall())
        return tuple(str(note) for (note,) in rows)

    def propose(self, payload: bytes, proposed: str) -> int:
        """See `Drawer`."""
        query: LiteralString = "INSERT INTO comity.proposal (payload, proposed) VALUES (%s, %s) RETURNING id"
        with self._writing, _faults(self._name):
            row = self._writer.get().execute(query, (payload, proposed)).fetchone()
        return int(row[0]) if row else 0

    def keep_proposals(self, proposals: Iterable[Proposal]) -> None:
        """See `Drawer`. It takes the owner, to whom the numbering belongs."""
        rows = [(one.id, msgspec.json.encode(one.payload), one.proposed, one.verdict, one.settled) for one in proposals]
        with (
            self._writing,
            _faults(self._name),
            self._writer.get().transaction(),
            self._writer.get().cursor() as cursor,
        ):
            cursor.executemany(
                "INSERT INTO comity.proposal (id, payload, proposed, verdict, settled) OVERRIDING SYSTEM VALUE "
                "VALUES (%s, %s, %s, %s, %s)",
                rows,
            )
            if rows:
                query: LiteralString = "SELECT setval(pg_get_serial_sequence('comity.proposal', 'id'), %s)"
                cursor.execute(query, (max(row[0] for row in rows),))

    def proposals(self, *, settled: bool) -> tuple[Proposal, ...]:
        """See `Drawer`."""
        query: LiteralString = (
            "SELECT id, payload, proposed, verdict, settled FROM comity.proposal "
            "WHERE (verdict IS NULL) = %s ORDER BY id"
        )
        rows = self._read(lambda reader: reader.execute(query, (not settled,)).fetchall())
        return tuple(
            Proposal(id=row[0], payload=msgspec.json.decode(row[1]), proposed=row[2], verdict=row[3], settled=row[4])
            for row in rows
        )

    def settle(self, proposal: int, verdict: str, moment: str) -> bool:
        """See `Drawer`."""
        query: LiteralString = "UPDATE comity.proposal SET verdict = %s, settled = %s WHERE id = %s AND verdict IS NULL"
        with self._writing, _faults(self._name):
            return self._writer.get().execute(query, (verdict, moment, proposal)).rowcount == 1

    def close(self) -> None:
        """See `Store`."""
        self._reader.close()
        self._writer.close()


class PostgresWatch:
    """A `Watch` that listens, on a connection of its own, to what appends tell (NOTIFY).

    It looks by itself twice a second, for a writer of another version may tell nothing, and connects again when the
    server was restarted.
    """

    def __init__(self, address: str) -> None:
        self._address, self._name = address, _name(address)
        self._size, self._seen, self._fault = 0, 0.0, ""
        self._end = threading.Event()
        with _faults(self._name), self._connected() as connection:
            self._look(connection)
        self._thread = threading.Thread(target=self._listen, name="comity-watch", daemon=True)
        self._thread.start()

    def size(self) -> int:
        """See `Watch`."""
        if time.monotonic() - self._seen > _DEAF:
            raise StoreError(f"{self._name}: {self._fault or 'nothing is heard of the log'}")
        return self._size

    def close(self) -> None:
        """See `Watch`."""
        self._end.set()
        self._thread.join()

    def _connected(self) -> psycopg.Connection:
        # A server that is cut off is noticed within seconds, where the system would wait for minutes.
        return psycopg.connect(self._address, autocommit=True, connect_timeout=3, tcp_user_timeout=3000)

    def _listen(self) -> None:
        while not self._end.is_set():
            try:
                with self._connected() as connection:
                    connection.execute("LISTEN comity")
                    while not self._end.is_set():
                        self._look(connection)
                        for _ in connection.notifies(timeout=_LOOK, stop_after=1):
                            pass  # what is told is only that there is something to see
            except psycopg.Error as error:
                self._fault = _line(error)
                self._end.wait(_LOOK / 2)

    def _look(self, connection: psycopg.Connection) -> None:
        row = connection.execute("SELECT max(size) FROM comity.head").fetchone()
        self._size, self._seen = (row[0] or 0) if row else 0, time.monotonic()


def _head_row(cursor: psycopg.Cursor) -> tuple[Any, ...]:
    row = cursor.fetchone()
    if row is None:
        raise StoreError("the log has lost its heads: verify it")
    return row


def _append(connection: psycopg.Connection, stage: Stage) -> Head:
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
        while cursor.nextset():
            pass  # the last result is the head
        *row, signed = _head_row(cursor)
        head = read_head(*row)
        check_kept(head, signed)
        last: Batch | None = None
        for batch in stage(head):
            if last is not None:
                head = _copy(cursor, head, last)
            follow(head, batch)
            last = batch
        if last is None:
            connection.execute("ROLLBACK")
            return head
        if len(last.leaves) > _FEW:
            head = _copy(cursor, head, last)
            last = Batch([], [], head)
    return _publish(connection, head, last)


def _copy(cursor: psycopg.Cursor, head: Head, batch: Batch) -> Head:
    with cursor.copy("COPY comity.entry (idx, hash, data) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "bytea", "bytea"])
        for row in zip(count(head.size), batch.hashes, batch.leaves, strict=False):
            copy.write_row(row)
    return batch.head


def _publish(connection: psycopg.Connection, head: Head, last: Batch) -> Head:
    indexes = list(range(head.size, head.size + len(last.leaves)))
    values = (indexes, last.hashes, last.leaves, last.head.size, pack(last.head.frontier))
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(_PUBLISH, values)
    return last.head
