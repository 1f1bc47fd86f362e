"""Changing the key that signs a log, and what still holds when it is lost."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli.main import main
from comity.register.note import read_signer
from comity.service import Refusal, keeping, keys


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of two entries, signed by its first key."""
    (tmp_path / "office" / "instruments").mkdir(parents=True)
    (tmp_path / "office" / "instruments" / "ferry.toml").write_text(
        'id = "ferry"\ntitle = "Ferry"\nkind = "agreement"\n\n[entry_into_force]\nwhen = { count = 2 }\n',
        encoding="utf-8",
    )
    log = tmp_path / "register.comity"
    keeping.create(log, "example.org/register")
    keeping.import_source(tmp_path / "office", log)
    return log


def test_both_keys_sign_the_same_entries_and_each_is_verified(log: Path) -> None:
    before = keys.public_key(log)
    done = keys.change(log)
    assert (done.old, done.new) == (before, keys.public_key(log))
    assert done.old != done.new
    assert done.last is not None
    # The same size and the same root, under two signatures.
    assert done.last.partition("\n\n")[0] == done.first.partition("\n\n")[0]
    for key in (done.old, done.new):
        assert keeping.verify_source(log, key).ok


def test_what_comes_after_the_change_is_signed_by_the_new_key_alone(log: Path) -> None:
    done = keys.change(log)
    keeping.record(log, "ferry", {"actor": "EST", "act": "ratification", "date": "1999-03-01"})
    note = keeping.checkpoint(log)
    assert keeping.verify_source(log, done.new).ok
    assert keeping.verify_source(log, done.new, None).size == done.size + 1
    assert note.partition("\n\n")[0] != done.first.partition("\n\n")[0]
    # Who knows the old key alone is told how far it reaches.
    assert any("no checkpoint covers" in line for line in keeping.verify_source(log, done.old).says)


def test_both_private_keys_are_their_owners_alone(log: Path) -> None:
    done = keys.change(log)
    assert done.kept is not None
    for place in (Path(done.kept), keeping.key_file(log)):
        assert place.stat().st_mode & 0o777 == 0o600
    assert str(read_signer(Path(done.kept)).verifier) == done.old
    again = keys.change(log)
    assert again.old == done.new
    assert not keeping.key_file(log).with_name("register.comity.key.new").exists()


def test_a_lost_key_is_replaced_and_what_it_signed_still_holds(log: Path, tmp_path: Path) -> None:
    published = tmp_path / "published.note"
    published.write_text(keeping.checkpoint(log), encoding="utf-8")
    known = keys.public_key(log)
    keeping.key_file(log).unlink()
    with pytest.raises(Refusal, match="there is no key"):
        keys.change(log)
    done = keys.change(log, lost=True)
    assert (done.old, done.kept, done.last) == (None, None, None)
    assert keeping.verify_source(log, done.new).ok
    assert keeping.verify_source(log, known, published).ok


def test_a_key_that_stands_is_not_lost(log: Path) -> None:
    with pytest.raises(Refusal, match="is not lost"):
        keys.change(log, lost=True)


def test_a_key_that_cannot_be_read_is_refused(log: Path) -> None:
    keeping.key_file(log).write_text("nonsense", encoding="utf-8")
    with pytest.raises(Refusal):
        keys.public_key(log)


def test_a_key_from_elsewhere(log: Path, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    safe.mkdir()
    keeping.key_file(log).rename(safe / "signing.key")
    known = keys.public_key(log, safe / "signing.key")
    done = keys.change(log, safe / "signing.key")
    assert done.old == known
    assert sorted(place.name for place in safe.iterdir()) == ["signing.key", f"signing.key.{known.split('+')[1]}"]


def test_the_command(log: Path) -> None:
    run = CliRunner()
    known = run.invoke(main, ["key", str(log)]).stdout.strip()
    assert known == keys.public_key(log)
    changed = run.invoke(main, ["key", str(log), "--change", "--format", "table"])
    assert changed.exit_code == 0
    assert changed.stdout.count("example.org/register\n") == 2
    assert keys.public_key(log) in changed.stdout
    assert '"old"' in run.invoke(main, ["key", str(log), "--change", "--format", "json"]).stdout
    keeping.key_file(log).unlink()
    refused = run.invoke(main, ["key", str(log), "--change"])
    assert refused.exit_code == 2
    assert "was lost" in run.invoke(main, ["key", str(log), "--change", "--lost", "--format", "table"]).stdout
