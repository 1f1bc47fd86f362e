"""Logs tampered with, cut short or half lost: nothing is answered from them, and nothing is added to them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.register.errors import KeyTextError, LogError, MomentError, NotALogError, StoreError
from comity.register.exporting import FORMS
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.note import read_signer
from comity.service import Refusal, keeping, open_register

Damage = Callable[[str], None]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with a treaty and two acts, and a checkpoint of all three."""
    place = tmp_path / "folder" / "instruments"
    place.mkdir(parents=True)
    text = 'id = "t"\ntitle = "T"\nkind = "treaty"\n[entry_into_force]\nwhen = { count = 1 }\n'
    (place / "t.toml").write_text(text, encoding="utf-8")
    acts = "date,actor,act\n1991-01-01,FRA,ratification\n1991-02-01,DEU,ratification\n"
    (place / "t.csv").write_text(acts, encoding="utf-8")
    path = tmp_path / "t.log"
    keeping.create(path, "t")
    keeping.import_source(place.parent, path)
    keeping.checkpoint(path)
    return path


@pytest.fixture
def damage(log: Path) -> Damage:
    """Change the file behind the log's back."""

    def damage(script: str) -> None:
        connection = sqlite3.connect(log)
        try:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            connection.executescript(script)
        finally:
            connection.close()

    return damage


def record(log: Path) -> None:
    """One more act."""
    keeping.record(log, "t", {"date": "1995-01-01", "actor": "ITA", "act": "ratification"})


LOST = {
    "no bytes at all": "UPDATE entry SET data = x'' WHERE idx = 1",
    "bytes that are no leaf": "UPDATE entry SET data = x'ff00ff' WHERE idx = 1",
    "an entry gone": "DELETE FROM entry WHERE idx = 1",
    "the last entry gone": "DELETE FROM entry WHERE idx = 2",
    "no name": "DELETE FROM meta",
}


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
def test_nothing_is_answered_added_or_written_from_a_damaged_log(
    log: Path, damage: Damage, script: str, tmp_path: Path
) -> None:
    damage(script)
    with pytest.raises(Refusal):
        open_register(log).timeline("t")
    with pytest.raises(Refusal):
        record(log)
    for form in FORMS:
        with pytest.raises(Refusal):
            keeping.export(log, tmp_path / form, form)
        assert not (tmp_path / form).exists()
    assert keeping.verify_source(log).ok is False


def test_a_log_cut_behind_what_was_signed_takes_nothing_more(log: Path, damage: Damage) -> None:
    damage(
        "DELETE FROM entry WHERE idx = 2; DELETE FROM head WHERE size = 3; INSERT OR IGNORE INTO head "
        "SELECT 2, hash FROM entry WHERE idx = 0"
    )  # any frontier of one node does for two entries
    with pytest.raises(Refusal, match="a checkpoint of 3 was signed"):
        record(log)
    with Log.open(log) as opened:
        assert len(opened) == 2


def test_text_where_bytes_should_be(log: Path, damage: Damage, tmp_path: Path) -> None:
    damage("UPDATE entry SET data = CAST(data AS TEXT) WHERE idx = 1")
    for form in ("tiles", "jsonl"):
        with pytest.raises(Refusal, match="entry 1 holds no bytes"):
            keeping.export(log, tmp_path / form, form)
        assert not (tmp_path / form).exists()


def test_a_moment_in_a_log_with_a_hole(log: Path, damage: Damage) -> None:
    damage("DELETE FROM entry WHERE idx = 1")
    with Log.open(log) as opened, pytest.raises(StoreError, match="entry 1 is missing"):
        opened.size_at("2999-01-01")


def test_a_tree_size_is_written_in_plain_digits(log: Path) -> None:
    with Log.open(log) as opened:
        assert opened.size_at("3") == 3
        with pytest.raises(MomentError):
            opened.size_at("\N{ARABIC-INDIC DIGIT THREE}")


@pytest.mark.parametrize("address", ["", ".", "/"])
def test_a_log_needs_the_name_of_a_file(address: str) -> None:
    with pytest.raises(LogError):
        Log.create(address, "origin")


def test_a_log_is_not_made_where_nothing_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, *, missing_ok: bool = False) -> None:
        raise OSError(30, "Read-only file system", str(path), missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(StoreError, match="Read-only file system"):
        Log.create(tmp_path / "t.log", "origin")


def test_a_log_in_a_folder_that_may_not_be_written_is_read(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The owner of the file who may not write its folder: no journal can be made there.
    monkeypatch.setattr("comity.register.sqlite._writable", lambda path: path == log)
    asked: list[str] = []
    connect = sqlite3.connect

    def told(address: str, **options: object) -> sqlite3.Connection:
        asked.append(address)
        return connect(address, **options)  # type: ignore[call-overload, no-any-return]  # passed on as they came

    monkeypatch.setattr(sqlite3, "connect", told)
    with Log.open(log, write=False) as opened:
        assert len(opened) == 3
    assert all(uri.endswith("?mode=ro&immutable=1") for uri in asked)


def test_a_key_that_may_not_be_read_is_said_to_be_one(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path, mode: str = "r") -> object:
        raise PermissionError(13, "Permission denied", str(path), mode)

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(KeyTextError, match="cannot be read: Permission denied"):
        read_signer(Path(f"{log}.key"))


def test_what_is_no_log_says_so(tmp_path: Path) -> None:
    place = tmp_path / "junk"
    for data in (b"", b"SQLite format 3\0", b"SQLite format 3\0" + b"\xff" * 9_000):
        place.write_bytes(data)
        with pytest.raises(NotALogError):
            Log.open(place)


STRANGE = ["../../out", "/out", "..", "Foo Bar", "a\0b", "x" * 300]


@pytest.mark.parametrize("name", STRANGE, ids=lambda name: repr(name[:10]))
def test_an_entry_about_what_is_no_id_is_left_aside_and_written_nowhere(log: Path, name: str, tmp_path: Path) -> None:
    body = {"actor": "FRA", "act": "ratification", "date": "1991-01-01"}
    text = 'id = "x"\ntitle = "X"\nkind = "treaty"\n'
    records = [Record(kind="treaty", body={"instrument": name, **body})]
    records += [Record(kind=kind, body={"id": name, "text": text}) for kind in ("instrument", "weights", "rule")]
    with Log.open(log) as opened:
        opened.append(records, "2099-01-01T00:00:00.000000Z")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    place = tmp_path / "one" / "two" / "three"
    keeping.export(log, place, "notation")
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert sorted(str(path.relative_to(place)) for path in after - before) == [
        "instruments/t.csv",
        "instruments/t.toml",
    ]
    told = [finding for finding in open_register(log).check() if finding.code == "leaf-malformed"]
    assert [finding.level for finding in told] == ["note"] * 4


@pytest.mark.parametrize("of", [10**15, 0, -1, 2])
def test_a_text_said_to_have_parts_that_are_not_there(log: Path, of: int) -> None:
    body = {"id": "p", "text": 'id = "p"\n', "part": 1, "of": of}
    with Log.open(log) as opened:
        opened.append([Record(kind="instrument", body=body)], "2099-01-01T00:00:00.000000Z")
    assert open_register(log).reading.instrument("p") is None


def test_an_import_under_a_name_that_is_no_id(log: Path, tmp_path: Path) -> None:
    source = tmp_path / "table.csv"
    source.write_text("Date,Who,What\n1999-01-01,France,signature\n", encoding="utf-8")
    columns = {"date": "Date", "actor": "Who", "act": "What"}
    request = keeping.Request(path=source, form="csv", instrument="../../out", columns=columns)
    with pytest.raises(Refusal, match="is no id"):
        keeping.import_source(request, log)
