"""A log copied into another store: the same leaves, so the same tree, with its checkpoints and proposals."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from comity.register import merkle
from comity.register.checkpoint import read_checkpoint
from comity.register.errors import AlreadyThereError, StoreError
from comity.register.log import Log
from comity.register.store import Batch, Head

__all__ = ["copy_file", "copy_log"]

_CHUNK: Final = 16_384


def copy_log(source: Log, target: str | Path, progress: Callable[[int, int], None] | None = None) -> Head:
    """Make a new log at `target` with all that `source` has published by now, and give its head.

    Only the moments at which heads were published are not copied: they are one. Raises AlreadyThereError where
    something is at the target, and StoreError where the source is damaged.
    """
    head = source.head()
    notes, waiting, settled = source.checkpoints(), source.proposals(), source.proposals(settled=True)
    with Log.create(target, source.origin) as made:
        made.take_over(lambda empty: _batches(source, empty, head, progress))
        for note in notes:
            made.keep(read_checkpoint(note).size, note)
        made.keep_proposals(sorted((*waiting, *settled), key=lambda one: one.id))
    return head


def _batches(source: Log, head: Head, published: Head, progress: Callable[[int, int], None] | None) -> Iterator[Batch]:
    rows = source.rows(0, published.size)
    while chunk := list(islice(rows, _CHUNK)):
        leaves = [row.data for row in chunk]
        hashes = merkle.leaf_hashes(leaves)
        frontier = merkle.extend(head.size, head.frontier, hashes)
        head = Head(size=head.size + len(leaves), frontier=frontier, last=leaves[-1])
        yield Batch(leaves, hashes, head)
        if progress is not None:
            progress(head.size, published.size)
    if head.root != published.root:
        raise StoreError("the entries do not give the root that was published: verify the log; nothing was written")


def copy_file(source: Path, target: Path, journal: Literal["DELETE", "WAL"] = "DELETE") -> None:
    """Copy an SQLite file as it is at one moment, also while others write it (SQLite, online backup).

    The copy is its owner's alone. Its journal mode is that of a file at rest unless said: nothing lies beside it then.
    Raises AlreadyThereError, and StoreError where it cannot be read or written.
    """
    if target.exists():
        raise AlreadyThereError(f"{target} exists: nothing was written")
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            target.touch(mode=0o600)
            with closing(sqlite3.connect(target)) as writer:
                reader.backup(writer)
                writer.execute(f"PRAGMA journal_mode = {journal}")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{source} cannot be copied to {target}: {error}") from error
