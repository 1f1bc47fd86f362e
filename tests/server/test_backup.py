"""Backups: made while others write, verified, and put in place; a drill as an administrator would have it."""

import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import main
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.verification import verify
from comity.service import Refusal, keeping
from comity.service.backups import MANIFEST, back_up, bring_back


def comity(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def instance(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance in use, in the folder where one stands."""
    for name in [name for name in os.environ if name.startswith("COMITY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "instance"
    (place / "documents" / "ab").mkdir(parents=True)
    shutil.copy(log, place / "register.comity")
    shutil.copy(f"{log}.key", place / "register.comity.key")
    (place / "secret.key").write_text("a secret\n", encoding="ascii")
    (place / "documents" / "ab" / "abcdef.pdf").write_bytes(b"%PDF")
    with sqlite3.connect(place / "portal.sqlite3") as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE draft (entry INTEGER)")
    connection.close()
    keeping.checkpoint(place / "register.comity")
    return place


def test_a_backup_under_writes_is_one_moment_and_can_be_gone_back_to(instance: Path, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        portal = sqlite3.connect(instance / "portal.sqlite3", isolation_level=None)
        with Log.open(instance / "register.comity") as log:
            while not ended.is_set():
                index = log.append([Record(kind="acts", body={"id": "lake-treaty"})] * 3, keeping.now).stop - 1
                portal.execute("INSERT INTO draft VALUES (?)", (index,))  # what it says of the log is in the log
        portal.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        results = [comity("backup", str(tmp_path / f"backup-{n}"), "--keys") for n in range(3)]
    finally:
        ended.set()
        writer.join()
    assert [result.exit_code for result in results] == [0, 0, 0], results[0].output
    assert "verified" in results[0].output

    key = keeping.read_signer(instance / "register.comity.key").verifier
    for n in range(3):
        backup = tmp_path / f"backup-{n}"
        assert not list(backup.glob("*-wal"))
        assert backup.stat().st_mode & 0o777 == 0o700
        shutil.rmtree(instance)
        result = comity("restore", str(backup), "--key", str(key))
        assert result.exit_code == 0, result.output
        assert verify(instance / "register.comity", key).ok
        with Log.open(instance / "register.comity") as log:
            size = len(log)
            log.append([Record(kind="acts", body={"id": "lake-treaty"})], keeping.now)
        portal = sqlite3.connect(instance / "portal.sqlite3")
        (newest,) = portal.execute("SELECT coalesce(max(entry), 0) FROM draft").fetchone()
        portal.close()
        assert newest < size
        assert (instance / "documents" / "ab" / "abcdef.pdf").read_bytes() == b"%PDF"
        assert (instance / "secret.key").read_text(encoding="ascii") == "a secret\n"
        assert (instance / "secret.key").stat().st_mode & 0o777 == 0o600


def test_secrets_are_copied_only_when_asked_for(instance: Path, tmp_path: Path) -> None:
    assert instance.is_dir()
    result = comity("backup", str(tmp_path / "backup"))
    assert result.exit_code == 0
    found = {path.name for path in (tmp_path / "backup").iterdir()}
    assert found == {"register.comity", "portal.sqlite3", "documents", MANIFEST}


@pytest.mark.parametrize("damage", ["log", "table", "document", "gone", "manifest"])
def test_a_backup_that_was_changed_is_not_used(instance: Path, tmp_path: Path, damage: str) -> None:
    backup = tmp_path / "backup"
    comity("backup", str(backup))
    match damage:
        case "log":
            data = bytearray((backup / "register.comity").read_bytes())
            data[len(data) // 2] ^= 1
            (backup / "register.comity").write_bytes(data)
        case "table":
            with (backup / "portal.sqlite3").open("ab") as file:
                file.write(b"x")
        case "document":
            (backup / "documents" / "ab" / "abcdef.pdf").write_bytes(b"%PDX")
        case "gone":
            (backup / "documents" / "ab" / "abcdef.pdf").unlink()
        case _:
            (backup / MANIFEST).write_text("{", encoding="ascii")
    shutil.rmtree(instance)
    result = comity("restore", str(backup))
    assert result.exit_code == 2
    assert "backup-damaged" in result.output
    assert not instance.exists()


def test_a_log_that_was_rewritten_with_its_digest_does_not_verify_with_the_key(instance: Path, tmp_path: Path) -> None:
    key = str(keeping.read_signer(instance / "register.comity.key").verifier)
    other = tmp_path / "other" / "register.comity"
    other.parent.mkdir()
    keeping.create(other, "example.org/lake")
    keeping.record(other, "paris-agreement", {"date": "2020-01-01", "actor": "FRA", "act": "signature"})
    keeping.checkpoint(other)
    back_up(other, tmp_path / "backup", tables={}, files={})
    shutil.rmtree(instance)
    with pytest.raises(Refusal) as refused:
        bring_back(tmp_path / "backup", instance / "register.comity", places={}, key=key)
    assert {finding.code for finding in refused.value.findings} <= {"backup-damaged", "log-refused"}
    assert not instance.exists()


def test_nothing_is_overwritten(instance: Path, tmp_path: Path) -> None:
    assert comity("backup", str(tmp_path / "backup")).exit_code == 0
    again = comity("backup", str(tmp_path / "backup"))
    assert (again.exit_code, "exists" in again.output) == (2, True)
    result = comity("restore", str(tmp_path / "backup"))
    assert result.exit_code == 2
    assert "would be overwritten" in result.output
    (instance / "register.comity").rename(tmp_path / "away")
    before = (instance / "portal.sqlite3").read_bytes()
    assert comity("restore", str(tmp_path / "backup")).exit_code == 2  # the tables are still there
    assert (instance / "portal.sqlite3").read_bytes() == before
    assert not (instance / "register.comity").exists()


def test_what_cannot_be_copied_is_said_and_leaves_nothing(instance: Path, tmp_path: Path) -> None:
    (instance / "register.comity").unlink()
    result = comity("backup", str(tmp_path / "backup"))
    assert result.exit_code == 2
    assert "there is no log" in result.output
    assert not (tmp_path / "backup").exists()
    assert comity("restore", str(tmp_path / "nowhere")).exit_code == 2


def test_a_damaged_log_is_not_taken_for_a_backup(instance: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(instance / "register.comity")
    connection.execute("DROP TRIGGER entry_UPDATE")
    connection.execute("UPDATE entry SET data = CAST(data || ' ' AS BLOB) WHERE idx = 3")
    connection.commit()
    connection.close()
    result = comity("backup", str(tmp_path / "backup"))
    assert result.exit_code == 2
    assert "backup-damaged" in result.output
    assert not (tmp_path / "backup").exists()
