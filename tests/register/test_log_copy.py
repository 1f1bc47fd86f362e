"""A log copied into another store, of either kind: the same tree, and all that lies beside it."""

from pathlib import Path

import pytest

from comity.register.copying import copy_file, copy_log
from comity.register.errors import AlreadyThereError, StoreError
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.note import Signer
from comity.register.verification import verify

ORIGIN = "example.org/register"
FIRST, LATER = "2026-11-23T05:10:03.123456Z", "2026-11-24T00:00:00.000000Z"
SIGNER = Signer.generate(ORIGIN)


def filled(address: str | Path, entries: int = 20_000) -> None:
    with Log.create(address, ORIGIN) as log:
        log.append([Record(kind="treaty", body={"n": str(n)}) for n in range(entries)], FIRST)
        log.checkpoint(SIGNER)
        log.append([Record(kind="treaty", body={"n": "last"})], LATER)
        log.checkpoint(SIGNER)
        for n in range(4):
            log.propose({"n": str(n)}, FIRST)
        log.settle(2, "approved", LATER)


def test_a_copy_has_the_same_tree_and_goes_on(address: str, tmp_path: Path) -> None:
    source = tmp_path / "source.comity"
    filled(source)
    with Log.open(source) as log:
        steps: list[tuple[int, int]] = []
        head = copy_log(log, address, lambda done, total: steps.append((done, total)))
        assert steps == [(16_384, 20_001), (20_001, 20_001)]
        with Log.open(address) as copy:
            assert (copy.head(), copy.origin) == (log.head(), ORIGIN)
            assert copy.head() == head
            assert list(copy.rows()) == list(log.rows())
            assert copy.checkpoints() == log.checkpoints()
            assert copy.proposals() == log.proposals()
            assert copy.proposals(settled=True) == log.proposals(settled=True)
            assert verify(copy, SIGNER.verifier).ok
            assert copy.append([Record(kind="treaty", body={})], LATER) == range(20_001, 20_002)
            assert copy.propose({}, LATER) == 5


def test_what_is_in_a_data_base_comes_back_as_a_file(address: str, tmp_path: Path) -> None:
    filled(address, 3)
    with Log.open(address) as log:
        copy_log(log, tmp_path / "copy.comity")
        with Log.open(tmp_path / "copy.comity") as copy:
            assert list(copy.rows()) == list(log.rows())
            assert copy.proposals() == log.proposals()
            assert verify(copy, SIGNER.verifier).ok
        with pytest.raises(AlreadyThereError):
            copy_log(log, tmp_path / "copy.comity")


def test_an_empty_log_is_copied(address: str, tmp_path: Path) -> None:
    Log.create(tmp_path / "empty.comity", ORIGIN).close()
    with Log.open(tmp_path / "empty.comity") as log:
        assert copy_log(log, address).size == 0
    with Log.open(address) as copy:
        assert len(copy) == 0


def test_a_damaged_log_is_not_copied_as_if_it_were_whole(tmp_path: Path) -> None:
    source = tmp_path / "source.comity"
    filled(source, 5)
    with Log.open(source) as log:
        log._store._writer.execute("DROP TRIGGER entry_UPDATE")  # type: ignore[attr-defined]  # the store is SQLite's
        log._store._writer.execute("UPDATE entry SET data = CAST(data || ' ' AS BLOB) WHERE idx = 3")  # type: ignore[attr-defined]  # as above
        with pytest.raises(StoreError, match="root that was published"):
            copy_log(log, tmp_path / "copy.comity")
        with Log.open(tmp_path / "copy.comity") as copy:
            assert len(copy) == 0


def test_a_file_is_copied_whole_while_it_is_written(tmp_path: Path) -> None:
    source = tmp_path / "source.comity"
    filled(source, 10)
    with Log.open(source) as log:
        log.append([Record(kind="treaty", body={"n": "in the journal"})], LATER)
        copy_file(source, tmp_path / "copy.comity")
        with Log.open(tmp_path / "copy.comity", write=False) as copy:
            assert copy.head() == log.head()
    assert not (tmp_path / "copy.comity-wal").exists() or (tmp_path / "copy.comity").stat().st_size > 0
    with pytest.raises(AlreadyThereError):
        copy_file(source, tmp_path / "copy.comity")
    with pytest.raises(StoreError, match="cannot be copied"):
        copy_file(tmp_path / "nowhere", tmp_path / "other.comity")
