"""The log: append records, read them as known at a moment, sign what stands, and prove it.

One object for every store. Nothing here reads a clock: the moment of recording comes from the caller.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import msgspec

from comity.register import merkle
from comity.register.checkpoint import Checkpoint, sign_checkpoint
from comity.register.errors import LogError, MomentError, OutOfOrderError, StoreError, is_postgres
from comity.register.leaf import Leaf, Prepared, Record, canonical, last_moment, moment, prepare, read_leaf, recorded_of
from comity.register.note import Signer
from comity.register.sqlite import SQLiteStore
from comity.register.store import Batch, Drawer, Head, HeadRow, Proposal, Row, Stage, Store, Watch
from comity.register.upcast import known, upcast

__all__ = ["Clock", "Entry", "Log", "Recorded"]

_CHUNK: Final = 16_384  # entries hashed and inserted at once: bounds the memory of a large append
_LAG: Final = timedelta(seconds=5)  # how far the clock of one writer may lag behind that of another

Clock = Callable[[], str]
Recorded = str | Clock


class _Place(Store, Drawer, Protocol):
    """A store with its drawer."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, read. `leaf` is in the newest version that upcasters lead to, `v` as it was stored.

    `known` is False where the kind or the version is one this reader does not understand: such an entry is
    part of the log all the same, and is to be reported.
    """

    index: int
    hash: bytes
    v: int
    leaf: Leaf
    known: bool


class _Job:
    """The records of one caller, waiting for a flush."""

    def __init__(self, records: Iterable[Record], recorded: Recorded) -> None:
        self.prepared: list[Prepared] = list(map(prepare, records))
        self.recorded = moment(recorded) if isinstance(recorded, str) else recorded
        self.first = -1
        self.error: BaseException | None = None
        self.done = False

    def moment_after(self, previous: str) -> str:
        """When these records are recorded; raises OutOfOrderError where that would be before `previous`."""
        now = self.recorded if isinstance(self.recorded, str) else moment(self.recorded())
        if now >= previous:
            return now
        behind = datetime.fromisoformat(previous) - datetime.fromisoformat(now)
        # Clocks of two machines differ by a little: a clock is held at the entry before. A stated moment is not bent.
        if not isinstance(self.recorded, str) and behind <= _LAG:
            return previous
        raise OutOfOrderError(f"recorded {now} would be earlier than the entry before, recorded {previous}")


class Log:
    """An append-only log in some store. Open it with `Log.open` or `Log.create`; safe for threads."""

    def __init__(self, store: _Place) -> None:
        self._store = store
        self.origin = store.origin
        self._queue: list[_Job] = []
        self._queueing, self._flushing = threading.Lock(), threading.Lock()

    @classmethod
    def open(cls, address: str | Path, *, write: bool = True) -> Self:
        """The log at `address`, a path or `postgresql://…`; raises NotALogError or StoreError."""
        if isinstance(address, str) and is_postgres(address):
            from comity.register.postgres import PostgresStore  # noqa: PLC0415  # psycopg is an optional extra

            return cls(PostgresStore(str(address), write=write))
        return cls(SQLiteStore(Path(address), write=write))

    @classmethod
    def create(cls, address: str | Path, origin: str) -> Self:
        """A new, empty log named `origin`, a schema-less URL by habit; raises AlreadyThereError or StoreError."""
        if not origin or not origin.isprintable():
            raise LogError("the origin of a log is one line of text, such as example.org/register")
        if isinstance(address, str) and is_postgres(address):
            from comity.register.postgres import PostgresStore  # noqa: PLC0415  # as above

            return cls(PostgresStore.create(str(address), origin))
        return cls(SQLiteStore.create(Path(address), origin))

    def close(self) -> None:
        """Let go of files and connections."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return self.head().size

    def head(self) -> Head:
        """The newest published head: size, frontier, root."""
        return self._store.head()

    def watch(self) -> Watch:
        """A watch over the size, as others append; it outlives the log, and is closed by itself."""
        return self._store.watch()

    # Appending

    def append(self, records: Iterable[Record], recorded: Recorded) -> range:
        """Append all records or none, durably, and give their indexes.

        `recorded` is a moment, or a clock that is asked when the records' turn has come: with several writers only a
        clock can know. Callers in several threads share one flush. Raises LeafError or TooLongError for a record,
        OutOfOrderError for a moment earlier than the last entry's, and StoreError.
        """
        job = _Job(records, recorded)
        if not job.prepared:
            return range(0)
        with self._queueing:
            self._queue.append(job)
        with self._flushing:  # whoever comes first flushes for all who wait by then
            if not job.done:
                self._flush()
        if job.error is not None:
            raise job.error
        return range(job.first, job.first + len(job.prepared))

    def _flush(self) -> None:
        with self._queueing:
            jobs, self._queue = self._queue, []
        try:
            self._store.append(lambda head: _stage(head, jobs))
        except BaseException as error:  # noqa: BLE001  # each caller gets it, in its own thread
            for job in jobs:
                job.error = job.error or error
        for job in jobs:
            job.done = True

    def take_over(self, stage: Stage) -> Head:
        """Publish leaves as another log has them, with their own moments; gives the head."""
        return self._store.append(stage)

    def keep(self, size: int, note: str) -> None:
        """Keep a signed checkpoint of `size` that another log has kept."""
        self._store.keep_note(size, note)

    def keep_proposals(self, proposals: Iterable[Proposal]) -> None:
        """Keep proposals as another log has them, each under its own id: entries may name it."""
        self._store.keep_proposals(proposals)

    # Reading

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """The entries from `start` up to, not including, `stop` (left out: the size now). Raises LeafError for junk."""
        stop = self.head().size if stop is None else stop
        return map(_entry, self._store.rows(max(start, 0), stop))

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """The entries as bytes, with their stored hashes."""
        return self._store.rows(start, self.head().size if stop is None else stop)

    def heads(self) -> Iterator[HeadRow]:
        """All heads ever published, as stored."""
        return self._store.heads()

    def size_at(self, known_at: str | int) -> int:
        """How many entries were known at a moment: a timestamp, a date (its end in UTC) or a tree size.

        Raises MomentError for anything else, and for a size that the log has not reached.
        """
        size = self.head().size
        if isinstance(known_at, int) or (known_at.isascii() and known_at.isdecimal()):
            if not 0 <= int(known_at) <= size:
                raise MomentError(f"the log has {size} entries, not {known_at}")
            return int(known_at)
        return self._count_until(last_moment(known_at), size)

    def _count_until(self, last: str, size: int) -> int:
        low, high = 0, size  # `recorded` never decreases, so the leaves known are a prefix
        while low < high:
            middle = (low + high) // 2
            row = next(self._store.rows(middle, middle + 1), None)
            if row is None:
                raise StoreError(f"entry {middle} is missing: verify the log")
            low, high = (middle + 1, high) if recorded_of(row.data) <= last else (low, middle)
        return low

    # Signing and proving

    def checkpoint(self, signer: Signer) -> str:
        """The head as a signed note, which is kept beside the tree. What it covers is durable already."""
        head = self.head()
        note = sign_checkpoint(Checkpoint(origin=self.origin, size=head.size, root=head.root), signer)
        self._store.keep_note(head.size, note)
        return note

    def checkpoints(self) -> tuple[str, ...]:
        """The signed notes kept, by size."""
        return self._store.notes()

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` entries (left out: all)."""
        return self.head().root if size is None else self._node(0, size)

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that entry `index` is among the first `size` (left out: all); raises ValueError where it is not."""
        return merkle.inclusion(index, self.head().size if size is None else size, self._node)

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The proof that the first `old` entries are a prefix of the first `new` (left out: all)."""
        return merkle.consistency(old, self.head().size if new is None else new, self._node)

    def _node(self, first: int, last: int) -> bytes:
        hashes = [row.hash for row in self._store.rows(first, last)]
        if len(hashes) != last - first:
            raise ValueError(f"the log has no entries {first} to {last - 1}")
        return merkle.root_of(merkle.extend(0, (), hashes))

    # Proposed corrections

    def propose(self, payload: dict[str, Any], proposed: str) -> int:
        """Keep a correction for a person to decide, outside the tree, and give its id.

        Raises LeafError or MomentError.
        """
        return self._store.propose(canonical(payload), moment(proposed))

    def proposals(self, *, settled: bool = False) -> tuple[Proposal, ...]:
        """The proposals that wait, or those that were settled, by id."""
        return self._store.proposals(settled=settled)

    def settle(self, proposal: int, verdict: str, settled: str) -> None:
        """Record a verdict (`approved`, `rejected`), once; raises LogError where there is nothing to settle."""
        if not verdict:
            raise LogError("a verdict is a word, such as approved or rejected")
        if not self._store.settle(proposal, verdict, moment(settled)):
            raise LogError(f"there is no proposal {proposal} that waits for a verdict")


def _entry(row: Row) -> Entry:
    stored = read_leaf(row.data)
    leaf = upcast(stored)
    return Entry(index=row.idx, hash=row.hash, v=stored.v, leaf=leaf, known=known(leaf))


def _stage(head: Head, jobs: list[_Job]) -> Iterator[Batch]:
    """The jobs' records as batches that follow `head`, each job whole or, where its moment is refused, not at all."""
    leaves: list[bytes] = []
    size, previous = head.size, recorded_of(head.last) if head.last else ""
    for job in jobs:
        try:
            previous = job.moment_after(previous)
        except LogError as error:
            job.error = error
            continue
        job.first, at = size, previous.encode()
        size += len(job.prepared)
        for start in range(0, len(job.prepared), _CHUNK):
            leaves += [before + at + after for before, after in job.prepared[start : start + _CHUNK]]
            if len(leaves) >= _CHUNK:
                yield (batch := _batch(head, leaves))
                head, leaves = batch.head, []
    if leaves:
        yield _batch(head, leaves)


def _batch(head: Head, leaves: list[bytes]) -> Batch:
    hashes = merkle.leaf_hashes(leaves)
    frontier = merkle.extend(head.size, head.frontier, hashes)
    return Batch(leaves, hashes, Head(size=head.size + len(leaves), frontier=frontier, last=leaves[-1]))
