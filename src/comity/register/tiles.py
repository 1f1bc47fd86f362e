"""Exported logs: folders of tiles (c2sp.org/tlog-tiles) and of JSON lines (spec/log.md, 16 to 18).

Writing streams; the checkpoint is written last, so that a folder cut short is no exported log. Reading
gives what is there and notes what is missing or malformed: what that means is for `verify` to say.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO, Final

from comity.register.checkpoint import read_checkpoint
from comity.register.errors import AlreadyThereError, StoreError
from comity.register.leaf import LONGEST
from comity.register.merkle import extend, leaf_hashes, root_of
from comity.register.store import HASH_SIZE, Row

__all__ = ["WIDTH", "LinesFolder", "TilesFolder", "export_lines", "export_tiles", "tile_path"]

WIDTH: Final = 256  # hashes of a full tile
_GROUP: Final = 1000  # an index is written in groups of three digits
_LENGTH: Final = 2  # bytes of the length before an entry
_BATCH: Final = 4096

CHECKPOINT: Final = "checkpoint"
ENTRIES: Final = "entries.jsonl"
HASHES: Final = "hashes.txt"


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile inside the folder: level 0, 1, …, or `entries`; a width below 256 makes it partial."""
    groups = [f"{index % _GROUP:03d}"]
    while index >= _GROUP:
        index //= _GROUP
        groups.insert(0, f"x{index % _GROUP:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


def _fresh(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise AlreadyThereError(f"{folder} is not empty: nothing was written") from error
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _finish(folder: Path, note: str, frontier: tuple[bytes, ...]) -> None:
    if root_of(frontier) != read_checkpoint(note).root:
        raise StoreError("the entries do not lead to the root of the checkpoint: verify the log")
    _write(folder / CHECKPOINT, note.encode())


def _whole(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows as they come, held to be bytes: a data base that was tampered with may hold text or nothing."""
    for row in rows:
        if type(row.data) is not bytes:
            raise StoreError(f"entry {row.idx} holds no bytes: verify the log")
        yield row


class _TileWriter:
    """Tiles of all levels, written as they fill: only the hashes of the last, partial tiles are held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pending: list[list[bytes]] = []
        self._full: list[int] = []

    def add(self, level: int, hashes: Sequence[bytes]) -> None:
        """Add hashes, no more than fill the tile, to a level; the root of a full tile goes to the level above."""
        if level == len(self._pending):
            self._pending.append([])
            self._full.append(0)
        tile = self._pending[level]
        tile.extend(hashes)
        if len(tile) == WIDTH:
            _write(self._folder / tile_path(level, self._full[level]), b"".join(tile))
            self._full[level] += 1
            self._pending[level] = []
            self.add(level + 1, [root_of(extend(0, (), tile))])

    def finish(self) -> None:
        """Write the partial tiles."""
        for level, tile in enumerate(self._pending):
            if tile:
                _write(self._folder / tile_path(level, self._full[level], len(tile)), b"".join(tile))


def export_tiles(rows: Iterable[Row], note: str, folder: Path) -> None:
    """Write the entries that the signed checkpoint `note` covers, from index 0, as tiles into a new or empty folder.

    Raises AlreadyThereError, NoteError, and StoreError where the entries do not lead to the checkpoint's root.
    """
    size = read_checkpoint(note).size
    _fresh(folder)
    frontier: tuple[bytes, ...] = ()
    source, at, writer = _whole(islice(rows, size)), 0, _TileWriter(folder)
    while leaves := [row.data for row in islice(source, WIDTH)]:
        hashes = leaf_hashes(leaves)
        bundle = b"".join(len(leaf).to_bytes(_LENGTH, "big") + leaf for leaf in leaves)
        _write(folder / tile_path("entries", at // WIDTH, len(leaves)), bundle)
        writer.add(0, hashes)
        frontier, at = extend(at, frontier, hashes), at + len(leaves)
    writer.finish()
    _finish(folder, note, frontier)


def export_lines(rows: Iterable[Row], note: str, folder: Path) -> None:
    """Write the entries that the signed checkpoint `note` covers, from index 0, as lines; raises as `export_tiles`."""
    size = read_checkpoint(note).size
    _fresh(folder)
    frontier: tuple[bytes, ...] = ()
    source, at = _whole(islice(rows, size)), 0
    with (folder / ENTRIES).open("wb") as entries, (folder / HASHES).open("wb") as listed:
        while leaves := [row.data for row in islice(source, _BATCH)]:
            hashes = leaf_hashes(leaves)
            frontier, at = extend(at, frontier, hashes), at + len(leaves)
            entries.writelines(leaf + b"\n" for leaf in leaves)
            listed.writelines(hash_.hex().encode() + b"\n" for hash_ in hashes)
    _finish(folder, note, frontier)


class _Folder:
    """What both kinds of folder share. `faults` fills while rows are read; each is one line for a user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []

    def note(self) -> bytes:
        """The checkpoint as it stands; raises StoreError where there is none."""
        try:
            return (self.folder / CHECKPOINT).read_bytes()
        except OSError as error:
            raise StoreError(f"{self.folder / CHECKPOINT} cannot be read: {error.strerror}") from error


class LinesFolder(_Folder):
    """A folder of JSON lines."""

    def rows(self) -> Iterator[Row]:
        """The entries with their listed hashes; where the list ends early or is malformed, an empty hash."""
        try:
            with (self.folder / ENTRIES).open("rb") as entries, (self.folder / HASHES).open("rb") as listed:
                yield from self._rows(entries, listed)
        except OSError as error:
            self.faults.append(f"{error.filename} cannot be read: {error.strerror}")

    def _rows(self, entries: BinaryIO, listed: BinaryIO) -> Iterator[Row]:
        index = 0
        while line := entries.readline(LONGEST + 2):
            yield Row(index, _hash(listed.readline(2 * HASH_SIZE + 2)), line.removesuffix(b"\n"))
            index += 1
            if not line.endswith(b"\n"):
                self.faults.append(f"{ENTRIES} is cut, or no list of entries, at line {index}")
                return
        if listed.read(1):
            self.faults.append(f"{HASHES} lists more entries than {ENTRIES} holds")


def _hash(line: bytes) -> bytes:
    try:
        data = bytes.fromhex(line.decode("ascii"))
    except ValueError:
        return b""
    return data if line == data.hex().encode() + b"\n" else b""  # one way to write it: any other byte is a change


class TilesFolder(_Folder):
    """A folder of tiles, read as far as a checkpoint of `size` entries asks for."""

    def __init__(self, folder: Path, size: int) -> None:
        super().__init__(folder)
        self._size = size

    def _tile(self, level: int | str, index: int, width: int) -> tuple[bytes, int]:
        """The bytes of a tile and its width: a partial one may have grown full since. Empty, with a fault, for none."""
        for candidate in dict.fromkeys((width, WIDTH)):
            try:
                return (self.folder / tile_path(level, index, candidate)).read_bytes(), candidate
            except OSError:
                continue
        self.faults.append(f"{tile_path(level, index, width)} is missing")
        return b"", width

    def hashes(self, level: int, index: int, width: int) -> list[bytes]:
        """The first `width` hashes of a tile, those that it lacks empty."""
        data, found = self._tile(level, index, width)
        if data and len(data) != HASH_SIZE * found:
            self.faults.append(f"{tile_path(level, index, found)} has {len(data)} bytes, not {HASH_SIZE * found}")
        return [data[at : at + HASH_SIZE] for at in range(0, HASH_SIZE * width, HASH_SIZE)]

    def rows(self) -> Iterator[Row]:
        """The entries with the hashes that level 0 lists, up to the first bundle that is missing or cut."""
        for index in range((self._size + WIDTH - 1) // WIDTH):
            width = min(WIDTH, self._size - index * WIDTH)
            leaves = self._bundle(index, width)
            yield from map(Row, count(index * WIDTH), self.hashes(0, index, width), leaves)
            if len(leaves) < width:
                return

    def _bundle(self, index: int, width: int) -> list[bytes]:
        data, found = self._tile("entries", index, width)
        leaves: list[bytes] = []
        at = 0
        while at < len(data) and len(leaves) < found:
            end = at + _LENGTH + int.from_bytes(data[at : at + _LENGTH], "big")
            if end > len(data):
                break
            leaves.append(data[at + _LENGTH : end])
            at = end
        if data and (at != len(data) or len(leaves) != found):
            self.faults.append(f"{tile_path('entries', index, found)} does not hold {found} entries and nothing else")
        return leaves[:width]

    def levels(self) -> Iterator[tuple[int, list[bytes]]]:
        """Levels 1 and above, each with all its hashes."""
        level = 1
        while total := self._size // WIDTH**level:
            full, rest = divmod(total, WIDTH)
            widths = [WIDTH] * full + [rest] * bool(rest)
            yield level, [hash_ for index, width in enumerate(widths) for hash_ in self.hashes(level, index, width)]
            level += 1
