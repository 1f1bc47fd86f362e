"""What the first start makes, and what a later one leaves alone."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from comity.server import instance
from comity.service import Refusal, keeping, open_register
from comity.service.opened import OpenLog


@pytest.fixture
def lake(log: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A public register of one treaty."""
    folder = log.parent / "lake"
    monkeypatch.setattr(instance, "shipped_folder", lambda: folder)
    return folder


def test_the_first_start_fills_the_log_and_the_second_adds_nothing(tmp_path: Path, lake: Path) -> None:
    place = tmp_path / "data" / "register.comity"
    brought = instance.prepare_log(place)
    assert brought is not None
    assert brought.appended > 7
    assert lake.is_dir()
    assert instance.prepare_log(place) is None
    assert (tmp_path / "data" / "register.comity.key").stat().st_mode & 0o777 == 0o600
    reading = open_register(place).reading
    assert reading.is_own("lake-treaty")


def test_a_start_that_was_cut_off_is_made_good(tmp_path: Path, lake: Path) -> None:
    place = tmp_path / "register.comity"
    keeping.create(place, "cut-off")
    brought = instance.prepare_log(place)
    assert brought is not None
    assert brought.appended > 7
    assert lake.is_dir()


def test_a_newer_public_register_is_brought_in_and_what_was_recorded_here_stays(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "register.comity"
    instance.prepare_log(place)
    keeping.record(place, "lake-treaty", {"date": "2010-02-03", "actor": "FRA", "act": "accession"})
    newer = shutil.copytree(lake, tmp_path / "newer")
    acts = newer / "instruments" / "lake-treaty.csv"
    text = acts.read_text(encoding="utf-8").replace("1997-03-03,AUT,approval", "1997-03-05,AUT,approval")
    acts.write_text(text + "2012-01-01,LIE,accession,,,\n", encoding="utf-8")
    monkeypatch.setattr(instance, "shipped_folder", lambda: newer)

    brought = instance.prepare_log(place)
    assert brought is not None
    assert (brought.appended, len(brought.proposals)) == (1, 1)
    (proposal,) = keeping.proposals(place)
    assert proposal.payload["before"]["date"] == "1997-03-03"
    assert proposal.payload["after"]["date"] == "1997-03-05"
    actors = {one.actor for one in open_register(place).status("lake-treaty", "2020-01-01").actors}
    assert {"FRA", "LIE"} <= actors
    assert instance.prepare_log(place) is None


def test_a_log_of_other_registers_is_left_as_it_is(tmp_path: Path, lake: Path) -> None:
    other = shutil.copytree(lake, tmp_path / "other")
    for file in (other / "instruments").iterdir():
        text = file.read_text(encoding="utf-8").replace("lake-treaty", "pond-treaty")
        (other / "instruments" / f"pond-treaty{file.suffix}").write_text(text, encoding="utf-8")
        file.unlink()
    place = tmp_path / "own.comity"
    keeping.create(place, "own")
    keeping.import_source(other, place)
    size = open_log_size(place)
    assert instance.prepare_log(place) is None
    assert open_log_size(place) == size
    assert lake.is_dir()


HARBOUR = """\
id = "harbour-protocol"
title = "Protocol on Harbour Dues"
kind = "protocol"
"""
HARBOUR_ACTS = """\
date,actor,act,note
1985-01-13,MLT,signature,
1986-02-01,MLT,ratification,à vérifier
1986-05-02,CYP,accession,
1987-03-04,ITA,accession,
"""


def test_a_log_of_an_older_version_is_brought_up_to_the_register_that_ships(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "register.comity"
    shutil.copy(root / "tests" / "data" / "log-v0.sqlite", place)  # its acts say `party`, as the first drafts did
    newer = tmp_path / "newer" / "instruments"
    newer.mkdir(parents=True)
    (newer / "harbour-protocol.toml").write_text(HARBOUR, encoding="utf-8")
    (newer / "harbour-protocol.csv").write_text(HARBOUR_ACTS, encoding="utf-8")
    monkeypatch.setattr(instance, "shipped_folder", lambda: newer.parent)
    before = open_log_size(place)

    brought = instance.prepare_log(place)
    assert brought is not None
    assert (brought.appended, brought.proposals) == (1, ())
    assert open_log_size(place) == before + 1
    acts = open_register(place).reading.acts("harbour-protocol")
    assert [(act.actor, act.kind) for act in acts] == [
        ("MLT", "signature"),
        ("MLT", "ratification"),
        ("CYP", "accession"),
        ("ITA", "accession"),
    ]
    assert keeping.verify_source(place).ok
    assert instance.prepare_log(place) is None


def open_log_size(place: Path) -> int:
    log = OpenLog(place)
    try:
        return log.size()
    finally:
        log.close()


def test_the_secret_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    place = tmp_path / "new" / "secret.key"
    secret = instance.prepare_secret(place)
    assert len(secret) >= 64
    assert place.stat().st_mode & 0o777 == 0o600
    assert instance.prepare_secret(place) == secret
    assert instance.prepare_secret(tmp_path / "other.key") != secret


def test_a_secret_that_is_none_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "secret.key"
    for held in ("", "\n", "short"):
        place.write_text(held, encoding="ascii")
        with pytest.raises(Refusal, match="holds no secret"):
            instance.prepare_secret(place)


def test_a_secret_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_bytes: int) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("secrets.token_urlsafe", full)
    with pytest.raises(OSError, match="No space"):
        instance.prepare_secret(tmp_path / "secret.key")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_data_base_of_people_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "portal.sqlite3").write_bytes(b"no data base at all" * 100)
    command = [sys.executable, "-m", "comity", "person", "list", "--log", str(tmp_path / "register.comity")]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode != 0
    assert "portal-unreadable" in found.stderr
    assert "Traceback" not in found.stderr
