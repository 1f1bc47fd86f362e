"""The answers have exactly the keys of the notation ("Commands that must answer so"), whatever the status."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from comity.cli.main import main

FILES = {
    "instruments/harbour-convention.toml": """id = "harbour-convention"
title = "Harbour Convention"
kind = "convention"

[[complete]]
acts = ["signature", "consent", "withdrawal"]
until = 2015-03-01

[entry_into_force]
when = { count = 2 }
delay = { days = 30 }

[withdrawal]
delay = { years = 1 }
""",
    "instruments/harbour-convention.csv": """date,actor,act
1999-01-01,ITA,signature
2000-01-01,FRA,ratification
2000-01-01,JPN,ratification
2001-01-01,KEN,ratification
2001-06-01,JPN,withdrawal
""",
}
ACTOR = {"actor", "status", "since", "until", "flags", "consent"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("register")
    (root / "instruments").mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def ask(folder: Path, *words: str, exit_code: int = 0) -> Any:  # noqa: ANN401  # JSON is anything
    done = CliRunner().invoke(main, [*words, "--register", str(folder), "--format", "json"])
    assert done.exit_code == exit_code, done.output
    return json.loads(done.stdout)


def test_status(folder: Path) -> None:
    found = ask(folder, "status", "harbour-convention", "--on", "2003-01-01")
    assert list(found) == [
        "instrument",
        "on",
        "in_force",
        "threshold_met",
        "entry_into_force",
        "known_until",
        "counts",
        "actors",
        "findings",
    ]
    assert set(found["counts"]) == {"signatory", "contracting", "party", "former"}
    assert [actor["actor"] for actor in found["actors"]] == ["FRA", "ITA", "JPN", "KEN"]
    for actor in found["actors"]:
        former = actor["status"] == "former"
        assert set(actor) == (ACTOR | {"ended_by"} if former else ACTOR)
        assert actor["consent"] is None or set(actor["consent"]) == {"act", "date"}
    assert set(found["known_until"]) == {"signature", "consent", "withdrawal"}


def test_missing(folder: Path) -> None:
    found = ask(folder, "missing", "harbour-convention", "--on", "1999-06-01")
    assert {"met", "progress", "size", "smallest"} <= set(found)
    assert found["met"] is False
    assert found["size"] == 2
    assert len(found["smallest"]) == 10
    assert found["smallest"] == sorted(found["smallest"])
    assert all(members == sorted(members) for members in found["smallest"])


def test_relation(folder: Path) -> None:
    found = ask(folder, "relation", "harbour-convention", "FRA", "KEN", "--on", "2001-06-01")
    assert {"bound", "excluded", "modified", "not_settled", "reasons"} <= set(found)
    assert found["bound"] is True
    assert found["excluded"] == found["modified"] == found["not_settled"] == []
    assert all({"id", "says", "cites"} <= set(reason) for reason in found["reasons"])


def test_why(folder: Path) -> None:
    found = ask(folder, "why", "harbour-convention", "KEN", "--on", "2001-06-01")
    assert {"status", "reasons"} <= set(found)
    assert found["reasons"]
    for reason in found["reasons"]:
        assert {"id", "says", "cites"} <= set(reason)
        assert reason["id"]
        assert reason["says"].endswith(".")
        assert isinstance(reason["cites"], list)


def test_timeline(folder: Path) -> None:
    found = ask(folder, "timeline", "harbour-convention")
    assert found
    assert all(set(row) == {"date", "instrument", "actor", "from", "to", "because"} for row in found)
    assert [row["date"] for row in found] == sorted(row["date"] for row in found)
    assert all(isinstance(row["because"], str) and row["because"] for row in found)


def test_check(folder: Path) -> None:
    assert ask(folder, "check") == {"findings": []}


def test_a_finding_has_its_keys(folder: Path) -> None:
    found = ask(folder, "status", "harbour-conventio", "--on", "2000-01-01", exit_code=2)
    assert list(found) == ["findings"]
    (finding,) = found["findings"]
    assert list(finding) == ["level", "code", "file", "line", "says", "do"]
    assert finding["level"] == "error"
    assert "harbour-convention" in finding["do"]
