"""Old records through upcasters, and records from a later time."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from comity.register import upcast
from comity.register.leaf import Leaf, Record
from comity.register.log import Log
from comity.register.verification import verify

NOW = "2026-11-23T05:10:03.123456Z"
TESTS = Path(__file__).parents[1]
SAMPLE = TESTS / "data" / "log-v0.sqlite"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLE, tmp_path / "old.comity"))


def test_the_old_log_verifies_and_reads_in_todays_words(old: Path) -> None:
    assert verify(old).ok
    with Log.open(old) as log:
        instrument, *acts, later = log.entries()
    assert (instrument.leaf.kind, instrument.v, instrument.known) == ("instrument", 1, True)
    assert [(e.v, e.leaf.v, e.known, e.leaf.body["actor"], e.leaf.body["act"]) for e in acts] == [
        (0, 1, True, "MLT", "signature"),
        (0, 1, True, "MLT", "ratification"),
        (0, 1, True, "CYP", "accession"),
    ]
    assert all("party" not in entry.leaf.body for entry in acts)
    assert (later.leaf.kind, later.v, later.leaf.body, later.known) == ("meeting", 3, {"motion": "adjourn"}, False)


def test_the_old_log_goes_on(old: Path) -> None:
    with Log.open(old) as log:
        before = [row.data for row in log.rows()]
        log.append([Record(kind="treaty", body={"actor": "FRA"})], NOW)
        assert [row.data for row in log.rows()][:5] == before
        assert verify(log).ok


def test_the_frozen_script_still_writes_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "again.sqlite"
    subprocess.run([sys.executable, str(TESTS / "register" / "write_v0.py"), str(path)], check=True, timeout=30)
    texts = []
    for file in (SAMPLE, path):
        connection = sqlite3.connect(file)
        texts.append(list(connection.iterdump()))
        connection.close()
    assert texts[0] == texts[1]
    assert len(texts[0]) > 10


def test_steps_are_applied_in_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {
        ("vote", 0): lambda body: {**body, "one": "1"},
        ("vote", 1): lambda body: {**body, "two": body["one"] + "2"},
        ("other", 2): lambda _: {},
    }
    monkeypatch.setattr(upcast, "STEPS", steps)
    monkeypatch.setattr(upcast, "CURRENT", {"vote": 2})
    for v, body in ((0, {"one": "1", "two": "12"}), (1, {"one": "x", "two": "x2"}), (2, {"one": "x"})):
        leaf = upcast.upcast(Leaf(v=v, kind="vote", recorded=NOW, body={"one": "x"}))
        assert (leaf.v, leaf.body, upcast.known(leaf)) == (2, body, True)


@pytest.mark.parametrize(("kind", "v"), [("treaty", 2), ("vote", 1), ("vote", 0)])
def test_what_is_newer_or_unknown_stays_as_it_is(kind: str, v: int) -> None:
    leaf = Leaf(v=v, kind=kind, recorded=NOW, body={"party": "x"})
    assert upcast.upcast(leaf) is leaf
    assert not upcast.known(leaf)


def test_every_step_leads_to_the_version_that_this_reader_knows() -> None:
    for kind, v in upcast.STEPS:
        assert upcast.known(upcast.upcast(Leaf(v=v, kind=kind, recorded=NOW, body={})))
