"""Questions to the log behind a register: its head, entries, checkpoints and proofs, as far as it is known.

What a stranger needs to hold the register to its word, without trusting whoever serves it.
"""

from collections.abc import Iterator, Sequence
from typing import overload

import msgspec

from comity.notation.acts_file import act_row
from comity.register.checkpoint import read_checkpoint
from comity.register.errors import LeafError
from comity.register.leaf import read_leaf, recorded_of
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.merkle import extend, root_of
from comity.register.store import Row
from comity.register.tiles import WIDTH
from comity.service.queries import Register, refuse
from comity.service.shapes import Checkpoint, Consistency, Entry, Head, Inclusion

__all__ = [
    "Entries",
    "checkpoints",
    "consistency",
    "entries",
    "entry",
    "head",
    "inclusion",
    "layer_of",
    "lines",
    "tile",
]


def layer_of(register: Register) -> LogLayer:
    """The log that a register stands on; raises `Refusal` for a folder, which has none."""
    layer = register.reading.layers[0]
    if not isinstance(layer, LogLayer):
        raise refuse("no-log", "this register is a folder: it has no log", "import it into one (comity import)")
    return layer


def head(register: Register) -> Head:
    """The tree as known."""
    layer = layer_of(register)
    last = next(layer.log.rows(layer.size - 1, layer.size), None) if layer.size else None
    recorded = None if last is None else recorded_of(last.data)
    return Head(origin=layer.log.origin, size=layer.size, root=_root(layer.log, layer.size), recorded=recorded)


def _root(log: Log, size: int) -> str:
    """The root of the tree of `size` entries; that of the newest is kept, any other is made of all its leaves."""
    newest = log.head()
    return (newest.root if newest.size == size else log.root(size)).hex()


class Entries(Sequence[Entry]):
    """The entries of a log as known, read when asked for."""

    def __init__(self, layer: LogLayer) -> None:
        self._layer = layer

    def __len__(self) -> int:
        return self._layer.size

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        """One entry, or a stretch of them; raises IndexError."""
        if isinstance(index, int):
            at = range(len(self))[index]  # raises IndexError, and counts from the end
            return self._stretch(at, at + 1)[0]
        start, stop, step = index.indices(len(self))
        return self._stretch(start, stop)[::step]

    def _stretch(self, start: int, stop: int) -> list[Entry]:
        return [_entry(row) for row in self._layer.log.rows(start, min(stop, len(self)))]


def _entry(row: Row) -> Entry:
    try:
        leaf = msgspec.structs.asdict(read_leaf(row.data))
    except LeafError:
        leaf = None  # part of the log all the same: `comity verify` says more
    return Entry(index=row.idx, hash=row.hash.hex(), leaf=leaf)


def entries(register: Register) -> Entries:
    """All entries as known."""
    return Entries(layer_of(register))


def entry(register: Register, index: int) -> Entry:
    """One entry; raises `Refusal` where there is none of that index."""
    layer = layer_of(register)
    _within(index, layer.size)
    return Entries(layer)[index]


def checkpoints(register: Register) -> list[Checkpoint]:
    """The signed notes that the log keeps of sizes known, by size."""
    layer = layer_of(register)
    read = [(read_checkpoint(note), note) for note in layer.log.checkpoints()]
    return [Checkpoint(size=one.size, root=one.root.hex(), note=note) for one, note in read if one.size <= layer.size]


def inclusion(register: Register, index: int) -> Inclusion:
    """The proof that an entry is in the tree as known; raises `Refusal` where there is no such entry."""
    layer = layer_of(register)
    _within(index, layer.size)
    log, size = layer.log, layer.size
    return Inclusion(
        index=index,
        size=size,
        hash=Entries(layer)[index].hash,
        root=_root(log, size),
        proof=_hex(log.inclusion(index, size)),
    )


def consistency(register: Register, old: int) -> Consistency:
    """The proof that the tree of `old` entries is a prefix of the one known; raises `Refusal` where it is larger."""
    layer = layer_of(register)
    log, size = layer.log, layer.size
    if not 0 <= old <= size:
        raise refuse("entry-unknown", f"the log as known has {size} entries, not {old}", "give a smaller size")
    roots = (_root(log, old), _root(log, size))
    return Consistency(old=old, size=size, old_root=roots[0], root=roots[1], proof=_hex(log.consistency(old, size)))


def _within(index: int, size: int) -> None:
    if not 0 <= index < size:
        says = f"the log as known has {size} entries: there is none of index {index}"
        raise refuse("entry-unknown", says, "entries count from 0")


def _hex(proof: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(node.hex() for node in proof)


def lines(register: Register) -> Iterator[bytes]:
    """Every entry as known, one canonical leaf a line, as `comity export --as jsonl` writes them (spec/log.md, 18)."""
    layer = layer_of(register)
    return (row.data + b"\n" for row in layer.log.rows(0, layer.size))


def acts(register: Register) -> Iterator[dict[str, object]]:
    """Every act of the log as known, as it stands after corrections: its columns, where it lies, when it was recorded.

    Read anew from the log, so that whoever is slow to take them keeps nobody waiting.
    """
    seen = layer_of(register)
    layer = LogLayer(seen.log, seen.size)
    for name in layer.acts_ids():
        for one in layer.held(name)[0]:
            if one.stands is not None:
                yield {"instrument": name, **act_row(one.stands), "entry": one.index, "recorded": one.recorded}


def tile(register: Register, level: int | None, index: int, width: int) -> bytes:
    """A tile of hashes, or of entries where `level` is None (c2sp.org/tlog-tiles).

    Raises `Refusal` where the log as known does not fill it so far. The tree keeps no hashes above its leaves, so a
    tile of level n is made of 256^(n+1) of them at the most.
    """
    layer = layer_of(register)
    span = WIDTH ** (level or 0)
    first, count = index * WIDTH, (layer.size // span) - index * WIDTH
    if not 0 < width <= min(count, WIDTH):
        raise refuse("entry-unknown", "the log as known has no such tile", "its size says how many there are")
    rows = layer.log.rows(first * span, (first + width) * span)
    if level is None:
        return b"".join(len(row.data).to_bytes(2, "big") + row.data for row in rows)
    hashes = [row.hash for row in rows]
    return b"".join(root_of(extend(0, (), hashes[at : at + span])) for at in range(0, len(hashes), span))
