"""The command as a program of its own: pipes that close, terminals that do not speak UTF-8, and the demo."""

import json
import os
import resource
import subprocess
import sys

import pytest

COMITY = (sys.executable, "-m", "comity")


def run(*args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.run((*COMITY, *args), capture_output=True, check=False, env=env | environment)


def test_a_reader_that_stops_early_meets_no_traceback() -> None:
    with subprocess.Popen(
        (*COMITY, "timeline", "USA", "--format", "table"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_utf8_is_shown_what_it_can(encoding: str) -> None:
    result = run(
        "missing", "ctbt", "--on", "2024-01-01", "--format", "table", PYTHONIOENCODING=encoding, PYTHONUTF8="0"
    )
    assert (result.returncode, result.stderr) == (0, b"")
    shown = result.stdout.decode(encoding)
    assert "- 35 of the 44 named" in shown
    assert "Democratic People" in shown


def test_json_is_escaped_where_the_terminal_could_not_show_it() -> None:
    result = run("search", "Ivory Coast", "--format", "json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert json.loads(result.stdout.decode("ascii"))[0]["text"] == "Côte d'Ivoire"


def test_csv_is_utf8_whatever_the_terminal_speaks() -> None:
    result = run("search", "Ivory Coast", "--format", "csv", PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert "Côte d'Ivoire" in result.stdout.decode("utf-8")


def test_the_demo_answers_within_three_seconds_in_any_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # Its own work, not the wall's nor the tracer's: the machine may have other things to do.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    plain = run("demo", COLUMNS="40")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
    assert (plain.returncode, plain.stderr) == (0, b"")
    shown = plain.stdout.decode("utf-8")
    assert b"\x1b" not in plain.stdout
    assert max(map(len, shown.splitlines())) <= 40
    words = " ".join(shown.split())
    for fact in (
        "2021-02-19 contracting → party",
        "Russian Federation or United States of America",
        "on 2005-02-16",
        "9 consents are missing",
        "Article 27(3)",
        "does not apply",
        "Japan holds that it had no effect",
    ):
        assert fact in words
    coloured = run("demo", FORCE_COLOR="1")
    assert b"\x1b[" in coloured.stdout
