"""Verification: what is whole passes, and every change is found and named."""
# ruff: noqa: S608  # statements of the tests' own

import base64
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from comity.register import merkle
from comity.register.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from comity.register.errors import AlreadyThereError, ForkError, NotALogError, ReadOnlyError, StoreError
from comity.register.leaf import Leaf, Record, encode
from comity.register.log import Log
from comity.register.note import Signer
from comity.register.store import Row, pack
from comity.register.tiles import export_lines, export_tiles, tile_path
from comity.register.verification import Verdict, verify

ORIGIN = "example.org/register"
SIGNER, STRANGER = Signer(ORIGIN, bytes(range(32))), Signer("example.org/stranger", bytes(32))
KEY = SIGNER.verifier
MOMENTS = ("2026-11-23T05:10:03.123456Z", "2026-11-24T00:00:00.000000Z", "2026-11-25T12:00:00.000000Z")
SIZES = (7, 300, 293)  # the appends: 600 entries, two full tiles and a partial one
TOTAL = sum(SIZES)
Export = Callable[..., None]


def record(n: int) -> Record:
    return Record(kind="treaty", body={"n": n, "note": "x" * (n % 40)})


def data_of(n: int, moment: str = MOMENTS[2]) -> bytes:
    return encode(Leaf(v=1, kind="treaty", recorded=moment, body={"n": n, "note": "x" * (n % 40)}))


def moment_of(index: int) -> str:
    return MOMENTS[(index >= 7) + (index >= 307)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with checkpoints at 307 and at the end, and its two exports."""
    folder = tmp_path_factory.mktemp("made")
    with Log.create(folder / "log", ORIGIN) as log:
        start, note = 0, ""
        for size, moment in zip(SIZES, MOMENTS, strict=True):
            log.append([record(n) for n in range(start, start + size)], moment)
            start += size
            if size != 7:
                note = log.checkpoint(SIGNER)
        export_tiles(log.rows(), note, folder / "tiles")
        export_lines(log.rows(), note, folder / "lines")
    return folder


@pytest.fixture
def log_file(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made / "log", tmp_path / "log"))


@pytest.fixture
def tiles(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "tiles", tmp_path / "tiles"))


@pytest.fixture
def lines(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "lines", tmp_path / "lines"))


def change(path: Path, *statements: str) -> None:
    """Change a log as somebody would who owns the file."""
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def assert_bad(verdict: Verdict, first_bad: int | None, says: str) -> None:
    assert not verdict.ok
    assert verdict.first_bad == first_bad, verdict
    assert any(says in line for line in verdict.says), verdict
    assert all("\n" not in line for line in verdict.says)


# What is whole


@pytest.mark.parametrize("name", ["log", "tiles", "lines"])
def test_what_is_whole_passes_with_and_without_the_key(made: Path, name: str) -> None:
    root = base64.b64encode(merkle.root_of(merkle.extend(0, (), _hashes()))).decode()
    assert verify(made / name, KEY) == Verdict(ok=True, size=TOTAL, root=root, first_bad=None)
    assert verify(str(made / name)) == Verdict(
        ok=True, size=TOTAL, root=root, first_bad=None, says=("no key was given: no signature was checked",)
    )


def _hashes() -> list[bytes]:
    return [merkle.leaf_hash(data_of(n, moment_of(n))) for n in range(TOTAL)]


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 512])
def test_exports_of_every_shape(tmp_path: Path, count: int) -> None:
    with Log.create(tmp_path / "log", ORIGIN) as log:
        log.append([record(n) for n in range(count)], MOMENTS[0])
        note = log.checkpoint(SIGNER)
        for name, export in (("tiles", export_tiles), ("lines", export_lines)):
            export(log.rows(), note, tmp_path / name)
            verdict = verify(tmp_path / name, KEY)
            assert (verdict.ok, verdict.size, verdict.says) == (True, count, ())
            assert verdict.root == base64.b64encode(log.root()).decode()


def test_a_second_implementation_reads_the_tiles(made: Path) -> None:
    reader = TilesReader(LocalBackend(made / "tiles"))
    checkpoint = reader.get_checkpoint()
    assert reader.calculate_root_hash() == checkpoint.root_hash
    assert reader.get_entry(TOTAL - 1) == data_of(TOTAL - 1)
    old = read_checkpoint((made / "tiles" / "checkpoint").read_bytes())
    proof = reader.get_consistency_proof(307, TOTAL)
    with Log.open(made / "log") as log:
        assert tuple(proof.node_hashes) == log.consistency(307)
        assert old.root == log.root()


def test_a_large_index_is_written_in_groups() -> None:
    # The example of c2sp.org/tlog-tiles.
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 112) == "tile/entries/005.p/112"
    assert tile_path(1, 1000) == "tile/1/x001/000"


def test_an_older_checkpoint_is_exported_with_its_own_entries(made: Path, tmp_path: Path) -> None:
    with Log.open(made / "log") as log:
        export_tiles(log.rows(), log.checkpoints()[0], tmp_path / "old")
    assert verify(tmp_path / "old", KEY).size == 307


@pytest.mark.parametrize("export", [export_tiles, export_lines])
def test_nothing_is_exported_over_something_or_against_its_checkpoint(
    made: Path, tmp_path: Path, export: Export
) -> None:
    with Log.open(made / "log") as log:
        note = log.checkpoints()[1]
        with pytest.raises(AlreadyThereError, match="not empty"):
            export(log.rows(), note, made / "tiles")
        with pytest.raises(StoreError, match="do not lead to the root"):
            export(log.rows(1), note, tmp_path / "new")
        assert not (tmp_path / "new" / "checkpoint").exists()
        (tmp_path / "file").write_text("x", encoding="utf-8")
        with pytest.raises(StoreError, match="cannot be made"):
            export(log.rows(), note, tmp_path / "file" / "below")


# Every byte of an export


@pytest.mark.parametrize("name", ["tiles", "lines"])
def test_no_byte_of_an_export_can_be_changed(made: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(made / name, tmp_path / name))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) == (8 if name == "tiles" else 3)
    dice = random.Random(name)  # noqa: S311  # dice for a test
    for path in files:
        content = path.read_bytes()
        for _ in range(25):
            at, flip = dice.randrange(len(content)), dice.randrange(1, 256)
            path.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
            verdict = verify(folder, KEY)
            assert not verdict.ok, (path, at, flip)
            assert verdict.says
            if path.name != "checkpoint":
                assert verdict.first_bad == _entry_at(name, path, content, at), (path, at, flip, verdict)
        path.write_bytes(content)
    assert verify(folder, KEY).ok


def _entry_at(name: str, path: Path, content: bytes, at: int) -> int | None:
    """The entry that a byte of an export belongs to; the first of its range on a higher level."""
    parts = path.parts[path.parts.index(name) + 1 :]
    if parts[0] == "hashes.txt":
        return at // 65
    if parts[0] == "entries.jsonl":
        return content[:at].count(b"\n")
    start = int(parts[2].removesuffix(".p")) * 256
    if parts[1] != "entries":
        return int((start + at // 32) * 256 ** int(parts[1]))
    end, index = 0, start  # a bundle
    while (end := end + 2 + int.from_bytes(content[end : end + 2], "big")) <= at:
        index += 1
    return index


# An export changed with care


def _bundle(entries: list[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _forge_tile(folder: Path, index: int) -> None:
    """Change entry `index` and its hash in tile 0."""
    tile, at = divmod(index, 256)
    path = folder / tile_path("entries", tile)
    content = path.read_bytes()
    entries, end = [], 0
    while end < len(content):
        length = int.from_bytes(content[end : end + 2], "big")
        entries.append(content[end + 2 : end + 2 + length])
        end += 2 + length
    entries[at] = data_of(999, moment_of(index))
    path.write_bytes(_bundle(entries))
    (folder / tile_path(0, tile)).write_bytes(b"".join(merkle.leaf_hashes(entries)))


def test_an_entry_changed_with_its_tile_is_bounded_by_the_level_above(tiles: Path) -> None:
    _forge_tile(tiles, 300)
    assert_bad(verify(tiles, KEY), 0, "one of the entries 0 to 599 was changed together with its hash: the checkpoint")
    assert any("entries 256 to 511" in line for line in verify(tiles, KEY).says)


def test_an_entry_changed_with_all_tiles_is_told_by_the_checkpoint(tiles: Path) -> None:
    _forge_tile(tiles, 300)
    hashes = [(tiles / tile_path(0, n)).read_bytes() for n in range(2)]
    roots = [merkle.root_of(merkle.extend(0, (), [h[i : i + 32] for i in range(0, 8192, 32)])) for h in hashes]
    (tiles / tile_path(1, 0, 2)).write_bytes(b"".join(roots))
    assert_bad(verify(tiles, KEY), 0, "one of the entries 0 to 599 was changed together with its hash: the checkpoint")
    assert len(verify(tiles, KEY).says) == 1


def test_a_checkpoint_signed_by_somebody_else_is_not_believed(tiles: Path, lines: Path) -> None:
    for folder in (tiles, lines):
        checkpoint = read_checkpoint((folder / "checkpoint").read_bytes())
        (folder / "checkpoint").write_text(sign_checkpoint(checkpoint, STRANGER), encoding="utf-8")
        assert_bad(verify(folder, KEY), None, "signed by example.org/stranger")
        assert verify(folder).ok
        assert verify(folder, STRANGER.verifier).ok


def test_the_wrong_key(made: Path) -> None:
    for name in ("tiles", "lines"):
        assert_bad(verify(made / name, STRANGER.verifier), None, "not by example.org/stranger")
    assert_bad(verify(made / "log", STRANGER.verifier), None, "no checkpoint signed by example.org/stranger")


# Files missing, cut, or junk


@pytest.mark.parametrize(
    ("path", "first_bad", "says"),
    [
        ("checkpoint", None, "cannot be read"),
        ("tile/entries/000", 0, "tile/entries/000 is missing"),
        ("tile/entries/002.p/88", 512, "tile/entries/002.p/88 is missing"),
        ("tile/0/001", 256, "tile/0/001 is missing"),
        ("tile/1/000.p/2", 0, "tile/1/000.p/2 is missing"),
    ],
)
def test_a_missing_tile(tiles: Path, path: str, first_bad: int | None, says: str) -> None:
    (tiles / path).unlink()
    assert_bad(verify(tiles, KEY), first_bad, says)


@pytest.mark.parametrize("path", ["entries.jsonl", "hashes.txt"])
def test_a_missing_file_of_lines(lines: Path, path: str) -> None:
    (lines / path).unlink()
    assert_bad(verify(lines, KEY), 0, f"{path} cannot be read")


@pytest.mark.parametrize("name", ["tiles", "lines"])
@pytest.mark.parametrize("cut", [lambda _: b"", lambda c: c[:-1], lambda c: c[: len(c) // 2], lambda c: c + b"\n"])
def test_files_cut_or_grown(made: Path, tmp_path: Path, name: str, cut: Callable[[bytes], bytes]) -> None:
    folder = Path(shutil.copytree(made / name, tmp_path / name))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        path.write_bytes(cut(content))
        verdict = verify(folder, KEY)
        assert not verdict.ok, path
        assert verdict.says
        path.write_bytes(content)


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x00" * 10_000, b"[" * 200_000, bytes(range(256)) * 300])
@pytest.mark.parametrize("name", ["tiles", "lines"])
def test_junk_in_place_of_any_file(made: Path, tmp_path: Path, name: str, junk: bytes) -> None:
    folder = Path(shutil.copytree(made / name, tmp_path / name))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        path.write_bytes(junk)
        verdict = verify(folder, KEY)
        assert not verdict.ok, path
        path.write_bytes(content)


def test_a_checkpoint_that_claims_more_than_is_there_is_told_at_once(tiles: Path) -> None:
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=10**18, root=bytes(32)), SIGNER)
    (tiles / "checkpoint").write_text(note, encoding="utf-8")
    assert_bad(verify(tiles, KEY), 512, "entry 512 is missing: there should be 1000000000000000000")


def test_entries_out_of_canonical_form_or_order_are_no_log(tmp_path: Path) -> None:
    for n, (last, says) in enumerate(
        [
            (data_of(2, MOMENTS[0]), "entry 2 is recorded earlier than the entry before"),
            (data_of(2).replace(b":", b": ", 1), "entry 2: this is no leaf in canonical form"),
            (b"junk", "entry 2: this is no leaf"),
        ]
    ):
        entries = [data_of(0, MOMENTS[1]), data_of(1, MOMENTS[1]), last]
        root = merkle.root_of(merkle.extend(0, (), merkle.leaf_hashes(entries)))
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=3, root=root), SIGNER)
        rows = [(i, b"", entry) for i, entry in enumerate(entries)]
        export_lines(map(_row, rows), note, tmp_path / str(n))
        assert_bad(verify(tmp_path / str(n), KEY), 2, says)


def _row(row: tuple[int, bytes, bytes]) -> Row:
    return Row(*row)


# A log


@pytest.mark.parametrize("index", [0, 6, 7, 306, 307, 598, 599])
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE entry SET data = CAST(data || ' ' AS BLOB) WHERE idx = {}", "does not hash to what is listed"),
        ("UPDATE entry SET data = 'text' WHERE idx = {}", "it holds no bytes"),
        ("UPDATE entry SET hash = zeroblob(32) WHERE idx = {}", "does not hash to what is listed"),
        ("DELETE FROM entry WHERE idx = {}", "is missing"),
        ("UPDATE entry SET idx = -1 WHERE idx = {}", "is missing"),
    ],
)
def test_any_row_changed_is_named(log_file: Path, index: int, statement: str, says: str) -> None:
    change(log_file, statement.format(index))
    assert_bad(verify(log_file, KEY), 0 if "-1" in statement else index, says)


def _forge(path: Path, index: int) -> None:
    """Change an entry and its hash."""
    data = data_of(999, moment_of(index))
    change(
        path, f"UPDATE entry SET data = x'{data.hex()}', hash = x'{merkle.leaf_hash(data).hex()}' WHERE idx = {index}"
    )


def _forge_heads(path: Path) -> None:
    """Make all heads agree with the entries as they now stand."""
    connection = sqlite3.connect(path)
    hashes = [hash_ for (hash_,) in connection.execute("SELECT hash FROM entry ORDER BY idx")]
    connection.close()
    for size in (7, 307, 600):
        frontier = pack(merkle.extend(0, (), hashes[:size]))
        change(path, f"UPDATE head SET frontier = x'{frontier.hex()}' WHERE size = {size}")


def test_an_entry_changed_with_its_hash_is_bounded_by_the_heads(log_file: Path) -> None:
    _forge(log_file, 100)
    # Head 307 = 256 + 32 + 16 + 2 + 1: the change lies after head 7, in the first subtree.
    assert_bad(
        verify(log_file, KEY), 7, "one of the entries 7 to 255 was changed together with its hash: the head of 307"
    )


def test_an_entry_changed_with_its_hash_is_bounded_by_the_subtrees_of_a_head(log_file: Path) -> None:
    _forge(log_file, 305)
    assert_bad(verify(log_file, KEY), 304, "one of the entries 304 to 305 was changed together with its hash")


def test_an_entry_changed_with_its_hash_and_all_heads_is_told_by_the_checkpoint(log_file: Path) -> None:
    _forge(log_file, 400)
    _forge_heads(log_file)
    assert_bad(
        verify(log_file, KEY), 307, "one of the entries 307 to 599 was changed together with its hash: the checkpoint"
    )


def test_all_changed_together_is_told_by_a_checkpoint_kept_elsewhere(log_file: Path) -> None:
    with Log.open(log_file) as log:
        published = log.checkpoints()[1]
    _forge(log_file, 400)
    _forge_heads(log_file)
    change(log_file, "DELETE FROM checkpoint")
    assert verify(log_file).ok
    assert_bad(verify(log_file, KEY, published), 0, "the published checkpoint of 600 entries does not agree")


def test_a_log_that_was_cut_is_told_by_its_checkpoint(log_file: Path) -> None:
    change(log_file, "DELETE FROM entry WHERE idx >= 307", "DELETE FROM head WHERE size > 307")
    assert_bad(verify(log_file, KEY), 307, "entry 307 is missing: there should be 600")


def test_an_entry_beyond_the_newest_head(log_file: Path) -> None:
    data = data_of(600)
    change(log_file, f"INSERT INTO entry VALUES (600, x'{merkle.leaf_hash(data).hex()}', x'{data.hex()}')")
    assert_bad(verify(log_file, KEY), 600, "entry 600 lies beyond the newest head")


@pytest.mark.parametrize(
    ("statement", "first_bad", "says"),
    [
        ("UPDATE head SET frontier = zeroblob(96) WHERE size = 7", None, "the head of 7 entries does not agree"),
        ("UPDATE head SET frontier = x'00' WHERE size = 307", None, "the head of 307 entries does not agree"),
        ("UPDATE head SET frontier = zeroblob(128) WHERE size = 600", None, "the head of 600 entries does not agree"),
        ("UPDATE head SET frontier = 'text' WHERE size = 307", None, "the head of 307 entries does not agree"),
        ("UPDATE head SET size = 8 WHERE size = 7", None, "the head of 8 entries does not agree"),
        ("UPDATE head SET size = -8 WHERE size = 7", None, "the head of -8 entries cannot be"),
        ("UPDATE head SET size = 601 WHERE size = 600", 600, "entry 600 is missing"),
        ("UPDATE checkpoint SET note = replace(note, '307', '308') WHERE size = 307", None, "is false"),
        ("UPDATE checkpoint SET note = 'junk' WHERE size = 307", None, "no signed note"),
        ("UPDATE checkpoint SET note = x'00ff' WHERE size = 307", None, "no signed note"),
        ("UPDATE meta SET value = 'example.org/other'", None, "not of “example.org/other”"),
    ],
)
def test_rows_of_other_tables_changed_are_named(
    log_file: Path, statement: str, first_bad: int | None, says: str
) -> None:
    change(log_file, statement)
    assert_bad(verify(log_file, KEY), first_bad, says)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET data = data",
        "DELETE FROM entry",
        "UPDATE head SET frontier = frontier",
        "DELETE FROM head",
        "INSERT OR REPLACE INTO head SELECT * FROM head",
        "REPLACE INTO head SELECT * FROM head",
        "DELETE FROM meta",
        "UPDATE checkpoint SET note = note",
    ],
)
def test_the_tables_refuse_to_be_changed(log_file: Path, statement: str) -> None:
    connection = sqlite3.connect(log_file)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_any_byte_of_the_file_changed_is_told_or_changes_nothing_that_is_read(made: Path, tmp_path: Path) -> None:
    content = (made / "log").read_bytes()
    dice, path, told = random.Random(3), tmp_path / "log", 0  # noqa: S311  # dice for a test
    whole = _all_of(made / "log")
    for _ in range(250):
        at, flip = dice.randrange(len(content)), dice.randrange(1, 256)
        path.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
        verdict = verify(path, KEY)
        if verdict.ok:
            assert _all_of(path) == whole, at
        told += not verdict.ok
        for beside in ("-wal", "-shm"):
            Path(f"{path}{beside}").unlink(missing_ok=True)
    assert told > 100


def _all_of(path: Path) -> tuple[object, ...]:
    with Log.open(path) as log:
        return log.origin, list(log.rows()), list(log.heads()), log.checkpoints()


# Files that are no log, or cannot be written


@pytest.mark.parametrize("content", [b"", b"junk", b"SQLite format 3\0", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_log(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        Log.open(path)
    assert "\n" not in str(caught.value)
    assert_bad(verify(path), None, str(path))


def test_a_database_of_something_else(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other")
    connection.execute("CREATE TABLE entry (idx INTEGER PRIMARY KEY)")
    connection.commit()
    connection.close()
    with pytest.raises(NotALogError, match="an SQLite file, but no Comity log"):
        Log.open(tmp_path / "other")


def test_a_log_of_a_later_format(log_file: Path) -> None:
    connection = sqlite3.connect(log_file)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(NotALogError, match="format 2; this version of Comity knows format 1"):
        Log.open(log_file)


def test_a_log_without_its_tables(log_file: Path) -> None:
    connection = sqlite3.connect(log_file)
    connection.execute("DROP TABLE meta")
    connection.close()
    with pytest.raises(StoreError, match="no such table"):
        Log.open(log_file)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_log_whose_file_was_cut(log_file: Path, share: float) -> None:
    os.truncate(log_file, int(log_file.stat().st_size * share))
    verdict = verify(log_file, KEY)
    assert not verdict.ok
    assert all("\n" not in line for line in verdict.says)


def test_a_log_that_lost_its_heads(log_file: Path) -> None:
    change(log_file, "DELETE FROM head")
    with Log.open(log_file) as log, pytest.raises(StoreError, match="lost its heads"):
        log.append([record(1)], MOMENTS[2])
    assert_bad(verify(log_file, KEY), 0, "entry 0 lies beyond the newest head")


def test_nothing_is_appended_to_a_log_whose_newest_head_is_damaged(log_file: Path) -> None:
    change(log_file, "UPDATE head SET frontier = x'00' WHERE size = 600")
    with Log.open(log_file) as log, pytest.raises(StoreError, match="damaged: verify"):
        log.append([record(1)], MOMENTS[2])


def test_an_entry_that_stands_where_the_next_would_is_met(log_file: Path) -> None:
    change(log_file, "INSERT INTO entry VALUES (600, x'', x'')")
    with Log.open(log_file) as log, pytest.raises(ForkError, match="nothing was written"):
        log.append([record(1)], MOMENTS[2])


def test_a_checkpoint_of_another_key_is_told_of_and_does_not_count(log_file: Path) -> None:
    with Log.open(log_file) as log:
        log.append([record(1)], MOMENTS[2])
        log.checkpoint(STRANGER)
    verdict = verify(log_file, KEY)
    assert verdict.ok
    assert verdict.says == (
        "a checkpoint signed by another key was not checked",
        "no checkpoint covers the entries from 600 to 600 yet",
    )


def test_a_published_checkpoint_is_checked_like_any_other(made: Path) -> None:
    for name in ("log", "tiles", "lines"):
        with Log.open(made / "log") as log:
            old, _ = log.checkpoints()
        assert verify(made / name, KEY, old).ok
        assert_bad(verify(made / name, KEY, "junk"), None, "the published checkpoint: this is no signed note")
        other = sign_checkpoint(Checkpoint(origin="example.org/other", size=0, root=merkle.EMPTY_ROOT), SIGNER)
        assert_bad(verify(made / name, KEY, other), None, "is of the log “example.org/other”, not of")
        false = sign_checkpoint(Checkpoint(origin=ORIGIN, size=307, root=bytes(32)), SIGNER)
        assert not verify(made / name, KEY, false).ok
        beyond = sign_checkpoint(Checkpoint(origin=ORIGIN, size=601, root=bytes(32)), SIGNER)
        assert_bad(verify(made / name, KEY, beyond), 600, "entry 600 is missing")


def test_an_export_fills_an_empty_folder(made: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Log.open(made / "log") as log:
        export_tiles(log.rows(), log.checkpoints()[1], tmp_path / "empty")
    assert verify(tmp_path / "empty", KEY).ok


def test_what_is_not_there(tmp_path: Path) -> None:
    assert_bad(verify(tmp_path / "nothing"), None, "there is no log")
    assert_bad(verify(tmp_path), None, "checkpoint cannot be read")
    with pytest.raises(NotALogError, match="cannot be read: Is a directory"):
        Log.open(tmp_path)


@pytest.fixture
def on_read_only_ground(made: Path) -> Iterator[Path]:
    """A log in a folder where nothing may be written, for a user who is not root."""
    folder = Path(tempfile.mkdtemp())
    path = Path(shutil.copy(made / "log", folder / "log"))
    path.chmod(0o444)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield path
    if root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_log_on_read_only_ground_is_read_verified_and_not_written(on_read_only_ground: Path) -> None:
    with Log.open(on_read_only_ground) as log:
        assert len(log) == TOTAL
        with pytest.raises(ReadOnlyError):
            log.append([record(1)], MOMENTS[2])
    assert verify(on_read_only_ground, KEY).ok
    with pytest.raises(StoreError):
        Log.create(on_read_only_ground.with_name("new"), ORIGIN)
