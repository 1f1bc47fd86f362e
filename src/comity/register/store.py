"""What a store of a log must do. The comments are the contract; one test, run over every store, holds them to it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from comity.register.errors import ForkError, StoreError
from comity.register.merkle import root_of

__all__ = [
    "ALL",
    "HASH_SIZE",
    "Batch",
    "Drawer",
    "Head",
    "HeadRow",
    "Proposal",
    "Row",
    "Stage",
    "Store",
    "Watch",
    "check_kept",
    "follow",
    "pack",
    "read_head",
    "unpack",
]

HASH_SIZE: Final = 32
ALL: Final = (-(2**63), 2**63 - 1)  # every index that a data base can hold, also those that no log should have


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A published state of the tree: how many leaves, its frontier, and the bytes of the last leaf (none: empty)."""

    size: int = 0
    frontier: tuple[bytes, ...] = ()
    last: bytes = b""

    @property
    def root(self) -> bytes:
        """The root hash."""
        return root_of(self.frontier)


class Batch(NamedTuple):
    """Leaves that follow the head before them, their hashes, and the head that they lead to."""

    leaves: list[bytes]
    hashes: list[bytes]
    head: Head


class Row(msgspec.Struct, frozen=True, gc=False):
    """An entry as it is stored, true or not."""

    idx: int
    hash: bytes
    data: bytes


class HeadRow(msgspec.Struct, frozen=True, gc=False):
    """A head as it is stored, true or not."""

    size: int
    frontier: bytes


Stage = Callable[[Head], Iterable[Batch]]


class Watch(Protocol):
    """The size of a log as it grows. Safe for threads."""

    def size(self) -> int:
        """How many entries are published, also by other processes: at once, or within a second of the publication.

        It takes microseconds, so it can be asked with every request. Raises StoreError while that cannot be known.
        """

    def close(self) -> None:
        """Watch no more."""


class Store(Protocol):
    """Where the entries of one log lie. Safe for threads; other processes may write at the same time."""

    origin: str

    def head(self) -> Head:
        """The newest published head. Every entry below its size can be read."""

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """The entries from `start` up to, not including, `stop`, by index, as stored. Reads on while others append.

        Rows are not checked: verification reads them to find what is wrong.
        """

    def heads(self) -> Iterator[HeadRow]:
        """All heads ever published, by size, as stored."""

    def append(self, stage: Stage) -> Head:
        """Publish what `stage` makes of the newest head: all of it, durably, or nothing.

        No other writer, in any process, changes the head between the call of `stage` and the publication. What `stage`
        raises is raised again, and nothing is written. Raises ForkError where a head was nevertheless extended twice,
        ReadOnlyError and StoreError where the store cannot be written, or has lost entries that were signed.
        """

    def watch(self) -> Watch:
        """A watch over the size, with a connection of its own."""

    def close(self) -> None:
        """Let go of files and connections. Nothing waits for it: what was acknowledged is durable."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that waits for a person, or is settled: `payload` is whatever object the proposer needs."""

    id: int
    payload: dict[str, Any]
    proposed: str
    verdict: str | None = None
    settled: str | None = None


class Drawer(Protocol):
    """Beside the tree: ordinary tables of what is signed and what is pending (spec/log.md, 22)."""

    def keep_note(self, size: int, note: str) -> None:
        """Keep a signed checkpoint of `size`."""

    def notes(self) -> tuple[str, ...]:
        """The signed checkpoints kept, by size."""

    def propose(self, payload: bytes, proposed: str) -> int:
        """Keep a proposal, a JSON object, and give it an id."""

    def keep_proposals(self, proposals: Iterable[Proposal]) -> None:
        """Keep proposals, settled or not, each under the id that it has; later ones are numbered after them."""

    def proposals(self, *, settled: bool) -> tuple[Proposal, ...]:
        """The proposals that are settled, or are not, by id."""

    def settle(self, proposal: int, verdict: str, moment: str) -> bool:
        """Record the verdict, once; False where there is no such proposal, or it is settled already."""


def follow(head: Head, batch: Batch) -> Head:
    """The head after `batch`; raises ForkError where the batch was made for another head than `head`."""
    if batch.head.size != head.size + len(batch.leaves):
        raise ForkError(f"these entries do not follow the head of {head.size} entries; nothing was written")
    return batch.head


def check_kept(head: Head, signed: int | None) -> None:
    """Raise StoreError where entries of a checkpoint of size `signed` are gone: what is appended would fork from it."""
    if signed is not None and signed > head.size:
        says = f"the log has {head.size} entries, and a checkpoint of {signed} was signed: verify the log"
        raise StoreError(f"{says}; nothing was written")


def read_head(size: int, frontier: bytes, last: bytes | None) -> Head:
    """A head as it is used; raises StoreError where it is damaged, or its last entry is gone."""
    if size and last is None:
        raise StoreError(f"entry {size - 1} is missing, where there should be {size} entries: verify the log")
    return Head(size=size, frontier=unpack(size, frontier), last=last or b"")


def pack(frontier: tuple[bytes, ...]) -> bytes:
    """A frontier as it is stored."""
    return b"".join(frontier)


def unpack(size: int, data: bytes) -> tuple[bytes, ...]:
    """A frontier as it is used; raises StoreError where it cannot be that of `size` leaves."""
    if len(data) != HASH_SIZE * size.bit_count():
        raise StoreError(f"the head of {size} entries is damaged: verify the log")
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))
