"""What `comity serve` says where it cannot begin: one finding, exit 2, and nothing left behind."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import main


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("COMITY_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def start(*options: str) -> Result:
    return CliRunner().invoke(main, ["serve", *options], catch_exceptions=False)


def refused(code: str, *options: str) -> str:
    """What a start says that is refused."""
    result = start(*options)
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert said.startswith(f"error {code}: ")
    assert said.count("error ") == 1
    assert " → " in said  # what to do
    return said


def test_a_port_in_use_is_said_before_anything_is_made(taken: int, place: Path) -> None:
    assert f"127.0.0.1:{taken}" in refused("port-refused", "--port", str(taken))
    assert list(place.iterdir()) == []


def test_an_address_that_this_machine_does_not_have(place: Path) -> None:
    refused("port-refused", "--host", "192.0.2.1")  # TEST-NET-1 (RFC 5737)
    assert list(place.iterdir()) == []


def test_a_folder_that_cannot_be(place: Path) -> None:
    (place / "instance").write_text("a file\n", encoding="utf-8")
    assert "instance" in refused("instance-unwritable", "--port", str(free_port()))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_file_that_is_no_log(place: Path) -> None:
    (place / "own.comity").write_text("something else\n", encoding="utf-8")
    refused("log-refused", "--port", str(free_port()), "--log", "own.comity")
    assert (place / "own.comity").read_text(encoding="utf-8") == "something else\n"


def test_a_data_base_that_does_not_answer_and_what_to_look_at() -> None:
    nobody = f"postgresql://keeper:secret@localhost:{free_port()}/none"
    said = refused("log-refused", "--port", str(free_port()), "--database", nobody)
    assert "that the data base runs" in said
    assert "secret" not in said


@pytest.mark.parametrize("url", ["treaties.example.org", "ftp://treaties.example.org", "https://example.org/treaties"])
def test_what_is_no_public_address(url: str, place: Path) -> None:
    assert url in refused("address-wrong", "--public-url", url)
    assert list(place.iterdir()) == []
