"""`comity person`, as it is typed: whoever has the machine lets the first administrator in."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Person = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def person(tmp_path: Path, log: Path) -> Person:
    """The command, beside a log of its own folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "register.comity").write_bytes(log.read_bytes())

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "comity", "person", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=clean | env, capture_output=True, text=True, check=False)

    return run


def test_the_first_administrator_and_those_after(person: Person, tmp_path: Path) -> None:
    added = person("add", "Keeper@Example.org", "--role", "administrator", "--name", "The Keeper")
    assert added.returncode == 0, added.stderr
    assert added.stdout.splitlines()[-1].startswith("http://localhost:8000/en/account/password/reset/key/")
    for secret in ("portal.sqlite3", "secret.key"):
        assert (tmp_path / "instance" / secret).stat().st_mode & 0o777 == 0o600

    known = {"COMITY_PUBLIC_URL": "https://treaties.example.org"}
    delegate = person("add", "d@example.org", "--role", "delegation", "--actor", "fra", "--language", "ar", **known)
    assert "https://treaties.example.org/ar/account/password/reset/key/" in delegate.stdout
    assert person("role", "d@example.org", "--role", "officer").stdout == "d@example.org is officer now.\n"
    assert person("remove", "d@example.org").returncode == 0
    closed = person("link", "d@example.org")
    assert (closed.returncode, closed.stdout) == (2, "")
    assert "the account of d@example.org is closed" in closed.stderr
    assert "/password/reset/key/" in person("link", "keeper@example.org").stdout
    assert person("list").stdout.splitlines() == [
        "d@example.org\tofficer\t\t\tclosed",
        "keeper@example.org\tadministrator\t\tThe Keeper",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "nowhere", "--role", "delegation"), "“nowhere” is not an e-mail address. A delegation needs the"),
        (("add", "d@example.org", "--role", "delegation", "--actor", "ATLANTIS"), "no State or organization"),
        (("add", "d@example.org", "--language", "xx"), "no language “xx”"),
        (("role", "nobody@example.org"), "nobody has the address nobody@example.org"),
        (("add",), "needs the e-mail address"),
        (("list", "--database", "mysql://here"), "is no address of a data base"),
    ],
)
def test_what_cannot_be_is_said(person: Person, arguments: tuple[str, ...], says: str) -> None:
    refused = person(*arguments)
    assert refused.returncode == 2
    assert says in " ".join((refused.stdout + refused.stderr).split())
    assert "Traceback" not in refused.stderr
