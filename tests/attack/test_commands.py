"""The command line where the system is against it: streams closed, full or broken off, writers in each other's way."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli.main import main
from comity.service import Refusal, keeping, open_register

ASK = "status paris-agreement --on 2020-01-01 --actor USA"


def shell(line: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`comity`, as a shell runs it."""
    words = f'"{sys.executable}" -m comity {line}'
    return subprocess.run(
        ["/bin/sh", "-c", words], capture_output=True, text=True, check=False, cwd=cwd
    )  # our own line


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_streams_that_are_closed(form: str) -> None:
    found = shell(f"{ASK} --format {form} >&-")
    assert (found.returncode, found.stderr) == (0, "")
    assert shell(f"status nope --format {form} >&- 2>&-").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_an_answer_that_finds_no_room(form: str) -> None:
    found = shell(f"{ASK} --format {form} >/dev/full")
    assert (found.returncode, found.stderr) == (2, "error system-refused: No space left on device\n")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    place = tmp_path / "gone"
    place.mkdir()
    words = f'rmdir "{place}"; "{sys.executable}" -m comity status npt --register .'
    environment = {**os.environ, "PYTHONSAFEPATH": "1"}
    found = subprocess.run(  # our own line
        ["/bin/sh", "-c", words], capture_output=True, text=True, check=False, cwd=place, env=environment
    )
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_stopped_by_hand_is_not_a_failed_verification(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(keeping, "verify_source", stopped)
    found = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert (found.exit_code, found.stderr) == (130, "Stopped.\n")


@pytest.mark.parametrize("line", [["check", ""], ["status", "npt", "--register", ""]])
def test_an_empty_path_is_not_the_register_that_ships(line: list[str]) -> None:
    found = CliRunner().invoke(main, [*line, "--format", "json"])
    assert found.exit_code == 2
    assert "register-missing" in found.stdout


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with one treaty."""
    place = tmp_path / "folder" / "instruments"
    place.mkdir(parents=True)
    text = 'id = "t"\ntitle = "T"\nkind = "treaty"\n[entry_into_force]\nwhen = { count = 1 }\n'
    (place / "t.toml").write_text(text, encoding="utf-8")
    (place / "t.csv").write_text("date,actor,act\n1991-01-01,FRA,ratification\n", encoding="utf-8")
    path = tmp_path / "t.log"
    keeping.create(path, "t")
    keeping.import_source(place.parent, path)
    return path


def test_writers_in_each_others_way_all_come_through(log: Path) -> None:
    codes = ["ITA", "ESP", "PRT", "BEL", "NLD", "LUX"]

    def write(code: str) -> None:
        keeping.record(log, "t", {"date": "1992-01-01", "actor": code, "act": "ratification"})

    with ThreadPoolExecutor(len(codes)) as pool:
        list(pool.map(write, codes))
    verdict = keeping.verify_source(log)
    assert (verdict.ok, verdict.size) == (True, 2 + len(codes))

    found = open_register(log).status("t", date(2000, 1, 1))
    assert {one.actor for one in found.actors} == {"FRA", *codes}


@pytest.mark.parametrize(
    ("line", "do"),
    [
        (["verify", "{log}", "--published", "/nowhere"], "check the path"),
        (["verify", "{log}", "--key", "junk"], "check the key or note that was given"),
        (["proposals", "/nowhere"], "check the address; comity init makes a new log"),
        (["init", "{log}"], "choose a place where nothing is"),
        (["init", ""], "nothing was written; comity verify says more"),
    ],
)
def test_what_to_do_is_what_helps(log: Path, line: list[str], do: str) -> None:
    found = CliRunner().invoke(main, [*(word.format(log=log) for word in line), "--format", "json"])
    assert found.exit_code == 2
    assert f'"do": "{do}"' in found.stdout


def test_a_key_of_another_name_is_refused_before_the_log_is_made(log: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="the key is of “t”"):
        keeping.create(tmp_path / "other.log", "other", f"{log}.key")
    assert not (tmp_path / "other.log").exists()


ADDRESSES = [
    "postgresql://anna:s3cret@127.0.0.1:1/db",
    "postgresql://anna:s3cret@127.0.0.1:1",
    "postgres://anna:s3cret@127.0.0.1:1/db",
    "postgresql://127.0.0.1:1/db?user=anna&password=s3cret",
    "postgresql://anna:s3cret@[::1",
]
COMMANDS = [
    ["init", "{address}"],
    ["status", "npt", "--register", "{address}"],
    ["verify", "{address}"],
    ["proposals", "{address}"],
    ["record", "{address}", "npt", "FRA", "signature", "--date", "2000-01-01"],
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_password_is_shown(address: str, words: list[str]) -> None:
    pytest.importorskip("psycopg")
    found = CliRunner().invoke(main, [*(word.format(address=address) for word in words), "--format", "json"])
    assert found.exit_code == (1 if words[0] == "verify" else 2)
    assert "s3cret" not in found.output
    assert "there is no folder" not in found.output


def test_the_name_of_a_log_is_not_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []

    def create(_: str, origin: str, __: str | None) -> None:
        named.append(origin)
        raise Refusal([])

    monkeypatch.setattr(keeping, "create", create)
    for address in ("postgresql://anna:s3cret@host", "postgresql://anna:s3cret@host/treaties?password=s3cret"):
        CliRunner().invoke(main, ["init", address])
    assert named == ["comity", "treaties"]
