"""Verification: does a log, or what was exported of it, still say what was signed, and if not, where is the change.

Three things are compared: the entries as they stand; the hashes kept beside them, which tell one changed
entry from the next; and the states once published (heads, tiles, signed checkpoints), which tell what was
changed together with its hash. Only a checkpoint signed with a key that is known from elsewhere proves anything
against the keeper of the log (spec/log.md, 18).
"""

import base64
from collections.abc import Iterable, Sequence
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from comity.register.checkpoint import Checkpoint, read_checkpoint
from comity.register.errors import LogError, StoreError
from comity.register.leaf import strict_recorded
from comity.register.log import Log
from comity.register.merkle import extend, leaf_hashes, root_of
from comity.register.note import Verifier, read_note
from comity.register.store import ALL, HASH_SIZE, Row, pack
from comity.register.tiles import CHECKPOINT, ENTRIES, HASHES, WIDTH, LinesFolder, TilesFolder, tile_path

__all__ = ["Verdict", "verify"]

_CHUNK = 4096  # rows taken at once: a multiple of the width of a tile


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What verification found.

    `root` is that of the entries as they stand, in base64 as in a checkpoint, or None where some are missing.
    `first_bad` is the index of the first entry that was changed, removed, added, or cannot stand in a log; where only a
    range can be told, its first. `says` gives one line for each thing found, and what was not checked.
    """

    ok: bool
    size: int
    root: str | None
    first_bad: int | None
    says: tuple[str, ...] = ()


class _Fault(NamedTuple):
    at: int | None
    says: str


class _Claim(NamedTuple):
    """What somebody once said of the first `size` entries: a frontier, packed, or a root."""

    size: int
    what: str
    signed: bool
    said: bytes

    def agrees(self, frontier: tuple[bytes, ...]) -> bool:
        return self.said == (root_of(frontier) if self.signed else pack(frontier))


class _Claims:
    """Claims of one sort, in order of size, as the walk passes them."""

    def __init__(self) -> None:
        self.largest = 0
        self.good = 0  # the largest size agreed on before the first that is not
        self.broken: _Claim | None = None  # the first that does not agree
        self.actual: tuple[bytes, ...] = ()  # the frontier there, as the entries have it
        self.mended = False  # a larger one agrees again

    def judge(self, claim: _Claim, frontier: tuple[bytes, ...]) -> None:
        if claim.agrees(frontier):
            self.mended = self.broken is not None
            self.good = claim.size if self.broken is None else self.good
        elif self.broken is None:
            self.broken, self.actual = claim, frontier

    def fault(self) -> _Fault | None:
        """What a claim that does not agree tells."""
        if self.broken is None:
            return None
        if self.mended:
            # Entries that a larger head or checkpoint confirms were not changed: what was said of them was.
            return _Fault(
                None, f"{self.broken.what} does not agree with the entries, though a later head or checkpoint does"
            )
        start, stop = self._bounds(self.broken)
        what = f"entry {start}" if stop - start == 1 else f"one of the entries {start} to {stop - 1}"
        return _Fault(start, f"{what} was changed together with its hash: {self.broken.what} does not agree")

    def _bounds(self, broken: _Claim) -> tuple[int, int]:
        """The range changed: after the last claim that agrees, in the first subtree of the frontier that differs."""
        stop = 0
        for at, node in enumerate(() if broken.signed else self.actual):
            start, stop = stop, stop + (1 << _bits(broken.size)[at])
            if broken.said[at * HASH_SIZE : (at + 1) * HASH_SIZE] != node:
                return max(start, self.good), max(stop, self.good + 1)
        return self.good, max(broken.size, self.good + 1)


def _bits(size: int) -> list[int]:
    """The levels of the subtrees in the frontier of `size` leaves, largest first."""
    return [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


class _Walk:
    """One pass over the entries: hashes, order and form of each, and the frontier of what was passed."""

    def __init__(self, rows: Iterable[Row], *, subtrees: bool = False) -> None:
        self._rows = iter(rows)
        self._wants_subtrees = subtrees
        self._ahead: list[bytes] = []
        self._previous = ""
        self.seen = 0  # entries taken from the rows without a gap
        self.size = 0  # entries that `frontier` covers
        self.frontier: tuple[bytes, ...] = ()
        self.subtrees: list[bytes] = []  # roots of each 256 entries, as level 1 of tiles lists them
        self.fault: _Fault | None = None  # the first entry that is bad in itself
        self.over = False

    def advance(self, size: int) -> bool:
        """Pass on to `size` entries; False where the rows end before, or have a gap."""
        self._fold(size)
        while self.seen < size and not self.over:
            self._take()
            self._fold(size)
        return self.seen >= size

    def _fold(self, size: int) -> None:
        """Let the frontier cover what was seen, up to `size`, so that no more hashes are held than one chunk's."""
        step = min(size, self.seen) - self.size
        self.frontier = extend(self.size, self.frontier, self._ahead[:step])
        del self._ahead[:step]
        self.size += step

    def rest(self) -> int:
        """Pass on to the end and give the number of entries."""
        while not self.over:
            self.advance(self.seen + 1)
        self._fold(self.seen)
        return self.size

    def _read(self) -> list[Row]:
        chunk: list[Row] = []
        try:
            chunk.extend(islice(self._rows, _CHUNK))  # what came before a fault stays
        except LogError as error:
            self._note(self.seen + len(chunk), str(error))
        self.over = len(chunk) < _CHUNK
        return chunk

    def _take(self) -> None:
        chunk = self._read()
        if not chunk:
            return
        leaves = [row.data for row in chunk]
        indexes = [row.idx for row in chunk]
        if indexes != list(range(self.seen, self.seen + len(chunk))) or set(map(type, leaves)) != {bytes}:
            chunk, self.over = self._until_gap(chunk), True
            leaves = [row.data for row in chunk]
        hashes, listed = leaf_hashes(leaves), [row.hash for row in chunk]
        if hashes != listed:
            self._blame(next(at for at, pair in enumerate(zip(hashes, listed, strict=True)) if pair[0] != pair[1]))
        self._look(leaves)
        if self._wants_subtrees:
            self.subtrees += _subtrees(hashes)
        self._ahead += hashes
        self.seen += len(hashes)

    def _until_gap(self, chunk: list[Row]) -> list[Row]:
        """The rows up to the first that is no entry of the next index, which is noted."""
        for at, row in enumerate(chunk):
            if row.idx != self.seen + at:
                self._note(self.seen + at, f"entry {self.seen + at} is missing")
                return chunk[:at]
            if type(row.data) is not bytes:
                self._note(row.idx, f"entry {row.idx} was changed: it holds no bytes")
                return chunk[:at]
        return chunk

    def _blame(self, at: int) -> None:
        index = self.seen + at
        self._note(index, f"entry {index} does not hash to what is listed for it: one of the two was changed")

    def _look(self, leaves: Iterable[bytes]) -> None:
        """Note the first entry that is no canonical leaf, or was recorded before the one before it."""
        for at, leaf in enumerate(leaves):
            try:
                recorded = strict_recorded(leaf)
            except LogError as error:
                self._note(self.seen + at, f"entry {self.seen + at}: {error}")
                return
            if recorded < self._previous:
                self._note(self.seen + at, f"entry {self.seen + at} is recorded earlier than the entry before")
                return
            self._previous = recorded

    def _note(self, index: int, says: str) -> None:
        if self.fault is None or (self.fault.at or 0) > index:
            self.fault = _Fault(index, says)


class _Report:
    """What is gathered on the way to a verdict."""

    def __init__(self, key: Verifier | None, published: str | None) -> None:
        self._key, self._published = key, published
        self.faults: list[_Fault] = []
        self.remarks: list[str] = [] if key else ["no key was given: no signature was checked"]
        self.signed: list[_Claim] = []
        self.whole = False  # whether every entry that was published is there
        self.size = 0  # how many were published

    def add(self, fault: _Fault | None) -> None:
        if fault is not None:
            self.faults.append(fault)

    def claim(self, note: str | bytes, what: str, origin: str | None) -> Checkpoint | None:
        """Take a checkpoint as a claim; one with a false signature still helps to find what was changed."""
        try:
            checkpoint = read_checkpoint(note)
        except LogError as error:
            self.add(_Fault(None, f"{what}: {error}"))
            return None
        try:
            read_checkpoint(note, self._key)
        except LogError as error:
            self.add(_Fault(None, f"{what}: {error}"))
        if origin is not None and checkpoint.origin != origin:
            self.add(_Fault(None, f"{what} is of the log “{checkpoint.origin}”, not of “{origin}”"))
        what = f"{what} of {checkpoint.size} entries"
        self.signed.append(_Claim(checkpoint.size, what, signed=True, said=checkpoint.root))
        return checkpoint

    def claim_published(self, origin: str | None) -> None:
        """Take the checkpoint that was kept elsewhere, if there is one."""
        if self._published is not None:
            self.claim(self._published, "the published checkpoint", origin)

    def compare(self, walk: _Walk, heads: Iterable[_Claim]) -> None:
        """Walk through the entries, judging heads and checkpoints on the way, and say what was found."""
        sorts = {False: _Claims(), True: _Claims()}
        try:
            for claim in merge(sorted(self.signed), heads):
                sort = sorts[claim.signed]
                sort.largest = max(sort.largest, claim.size)
                if claim.size < 0:
                    self.add(_Fault(None, f"{claim.what} cannot be"))
                elif walk.advance(claim.size):
                    sort.judge(claim, walk.frontier)
        except LogError as error:
            self.add(_Fault(None, str(error)))
        self._settle(walk, sorts[False], sorts[True])

    def _settle(self, walk: _Walk, heads: _Claims, signed: _Claims) -> None:
        found, size = walk.rest(), max(heads.largest, signed.largest)
        heads.mended |= heads.broken is not None and signed.good >= heads.broken.size
        self.whole, self.size = found >= size, size or found
        if walk.fault:
            self.add(walk.fault)
        elif found < size:
            self.add(_Fault(found, f"entry {found} is missing: there should be {size}"))
        elif found > size and self.signed:
            self.add(_Fault(size, f"entry {size} lies beyond what was published"))
        elif signed.broken and not signed.mended and heads.broken and not heads.mended:
            self.add(heads.fault())  # both tell of the same change, heads of its place more closely
        else:
            self.add(signed.fault())
            self.add(heads.fault())
        if self.signed and signed.largest < found:
            self.remarks.append(f"no checkpoint covers the entries from {signed.largest} to {found - 1} yet")

    def verdict(self, walk: _Walk) -> Verdict:
        """The verdict, after the walk."""
        root = base64.b64encode(root_of(walk.frontier)).decode() if self.whole else None
        bad = [fault.at for fault in self.faults if fault.at is not None]
        says = tuple(dict.fromkeys([*(fault.says for fault in self.faults), *self.remarks]))
        return Verdict(ok=not self.faults, size=self.size, root=root, first_bad=min(bad, default=None), says=says)


def verify(source: str | Path | Log, key: Verifier | None = None, published: str | None = None) -> Verdict:
    """What is to be said of a log, its address, or a folder exported from it.

    With `key`, a checkpoint signed by it must agree with the entries. `published` is a checkpoint kept elsewhere,
    with which the log must still agree, whoever holds it now. Never raises for what the source holds.
    """
    try:
        if isinstance(source, Log):
            return _verify_log(source, key, published)
        if Path(source).is_dir():
            return _verify_folder(Path(source), _Report(key, published))
        with Log.open(source, write=False) as log:
            return _verify_log(log, key, published)
    except LogError as error:
        return Verdict(ok=False, size=0, root=None, first_bad=None, says=(str(error),))


def _verify_log(log: Log, key: Verifier | None, published: str | None) -> Verdict:
    report = _Report(key, published)
    for note in log.checkpoints():
        if key is None or _mine(note, key):
            report.claim(note, "the checkpoint", log.origin)
        else:
            report.remarks.append("a checkpoint signed by another key was not checked")
    report.claim_published(log.origin)
    if key and not report.signed:
        report.add(_Fault(None, f"the log keeps no checkpoint signed by {key.name}+{key.id.hex()}"))
    newest = _newest(log)  # others may append meanwhile: what is judged ends here
    walk = _Walk(log.rows(ALL[0], newest))
    rows = (head for head in log.heads() if head.size <= newest)
    heads = (_Claim(h.size, f"the head of {h.size} entries", signed=False, said=h.frontier) for h in rows)
    report.compare(walk, heads)
    report.add(_beyond(log, newest))
    return report.verdict(walk)


def _newest(log: Log) -> int:
    try:
        return len(log)
    except StoreError:  # the newest head is damaged, its size is there all the same
        return max((head.size for head in log.heads()), default=0)


def _beyond(log: Log, newest: int) -> _Fault | None:
    """An entry that no head covers; one that another writer has just published is covered by a newer head."""
    try:
        extra = next(log.rows(newest, ALL[1]), None)
        if extra is None or _newest(log) > newest:
            return None
    except LogError:
        return None  # a damaged file: the walk has told of it
    return _Fault(extra.idx, f"entry {extra.idx} lies beyond the newest head")


def _mine(note: str, key: Verifier) -> bool:
    try:
        return any((s.name, s.id) == (key.name, key.id) for s in read_note(note).signatures)
    except LogError:
        return True  # malformed: to be told of, not passed over


def _verify_folder(folder: Path, report: _Report) -> Verdict:
    """A folder of tiles or of lines."""
    lines = any((folder / name).exists() for name in (ENTRIES, HASHES))
    source = LinesFolder(folder) if lines else TilesFolder(folder, 0)
    checkpoint = report.claim(source.note(), f"the {CHECKPOINT}", None)
    report.claim_published(checkpoint.origin if checkpoint else None)
    if isinstance(source, TilesFolder) and checkpoint:
        source = TilesFolder(folder, checkpoint.size)
    walk = _Walk(source.rows(), subtrees=isinstance(source, TilesFolder))
    report.compare(walk, ())
    if isinstance(source, TilesFolder) and checkpoint and walk.size == checkpoint.size:
        report.add(_compare_levels(source, walk))
    for fault in source.faults:
        report.add(_Fault(None, fault))
    return report.verdict(walk)


def _subtrees(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of each 256 hashes."""
    full = range(0, len(hashes) - WIDTH + 1, WIDTH)
    return [root_of(extend(0, (), hashes[at : at + WIDTH])) for at in full]


def _compare_levels(source: TilesFolder, walk: _Walk) -> _Fault | None:
    """The first place where the tiles above level 0 do not agree with the entries."""
    actual = walk.subtrees
    for level, listed in source.levels():
        span = WIDTH**level
        for at, (mine, said) in enumerate(zip(actual, listed, strict=False)):
            if mine != said and not (walk.fault and walk.fault.at is not None and walk.fault.at // span == at):
                where = f"one of the entries {at * span} to {(at + 1) * span - 1}"
                tile = tile_path(level, at // WIDTH)
                return _Fault(
                    at * span, f"{where} was changed together with its hash, or {tile} was: they do not agree"
                )
        actual = _subtrees(actual)
    return None
