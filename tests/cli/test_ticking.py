"""`comity tick`: what it says, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from comity.service import keeping


def run(place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
    command = [sys.executable, "-m", "comity", "tick", "--log", str(place / "register.comity"), *options]
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=False, cwd=place)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    keeping.create(tmp_path / "register.comity", "example.org/tick")
    return tmp_path


def test_nothing_is_due_in_a_new_instance(place: Path) -> None:
    done = run(place, "--format", "table")
    assert (done.stdout, done.returncode) == ("Nothing was due.\n", 0)


def test_it_answers_in_json_as_of_a_moment(place: Path) -> None:
    done = run(place, "--at", "2031-02-03")
    told = json.loads(done.stdout)
    assert (told["at"], told["sent"], told["failed"], done.returncode) == ("2031-02-03T00:00:00+00:00", 0, {}, 0)


@pytest.mark.parametrize("moment", ["soon", "2031-02-03T04:05:06"])
def test_what_is_no_moment_is_refused(place: Path, moment: str) -> None:
    done = run(place, "--at", moment)
    assert (json.loads(done.stdout)["findings"][0]["code"], done.returncode) == ("moment-wrong", 2)


def test_without_a_log_there_is_nothing_to_do(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (json.loads(done.stdout)["findings"][0]["code"], done.returncode) == ("register-missing", 2)
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_fails_ends_with_one(place: Path) -> None:
    """The log is not signed without its key; everything else was done."""
    (place / "register.comity.key").unlink()
    script = "import os, sys; os.environ['COMITY_CHECKPOINTS'] = 'yes'; from comity.cli.main import main; main()"
    keeping_ = place / "x"
    (keeping_ / "instruments").mkdir(parents=True)
    (keeping_ / "instruments" / "pond.toml").write_text('id = "pond"\ntitle = "Pond"\nkind = "treaty"\n', "utf-8")
    keeping.import_source(keeping_, place / "register.comity")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
    command = [sys.executable, "-c", script, "tick", "--log", str(place / "register.comity"), "--format", "table"]
    done = subprocess.run(command, env=clean, capture_output=True, text=True, check=False, cwd=place)
    assert done.stdout.startswith("checkpoint failed: ")
    assert done.returncode == 1
