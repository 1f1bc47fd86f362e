"""What the first start makes, and what a later one leaves alone."""

from pathlib import Path

import pytest

from comity.server import instance
from comity.service import keeping, open_register


@pytest.fixture
def lake(log: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A public register of one treaty."""
    folder = log.parent / "lake"
    monkeypatch.setattr(instance, "shipped_folder", lambda: folder)
    return folder


def test_the_first_start_fills_the_log_and_the_second_adds_nothing(tmp_path: Path, lake: Path) -> None:
    place = tmp_path / "data" / "register.comity"
    brought = instance.prepare_log(place)
    assert brought > 7
    assert lake.is_dir()
    assert instance.prepare_log(place) == 0
    assert (tmp_path / "data" / "register.comity.key").stat().st_mode & 0o777 == 0o600
    reading = open_register(place).reading
    assert reading.is_own("lake-treaty")


def test_a_start_that_was_cut_off_is_made_good(tmp_path: Path, lake: Path) -> None:
    place = tmp_path / "register.comity"
    keeping.create(place, "cut-off")
    assert instance.prepare_log(place) > 7
    assert lake.is_dir()


def test_the_secret_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    place = tmp_path / "new" / "secret.key"
    secret = instance.prepare_secret(place)
    assert len(secret) >= 64
    assert place.stat().st_mode & 0o777 == 0o600
    assert instance.prepare_secret(place) == secret
    assert instance.prepare_secret(tmp_path / "other.key") != secret
