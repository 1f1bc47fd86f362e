"""A register of one's own, and the command line run in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import main

Run = Callable[..., Result]

TREATY = """\
id = "lake-treaty"
title = "Treaty on the Waters of the Lake"
kind = "treaty"
areas = ["environment"]
adopted = 1995-04-05

[[complete]]
acts = ["signature", "consent", "withdrawal"]
until = 2020-12-31

[entry_into_force]
article = "12"
when = { count = 2 }
delay = { months = 1 }

[withdrawal]
article = "13"
delay = { years = 1 }
"""

ACTS = """\
date,actor,act
1995-04-05,CHE,signature
1996-01-31,CHE,ratification
1996-06,DEU,accession
1997-03-03,AUT,accession
2001-05-06,DEU,withdrawal
"""


@pytest.fixture(autouse=True)
def _read_once(read_once: None) -> None:
    """No command of these tests reads the register that ships anew."""


@pytest.fixture
def run() -> Run:
    """Run `comity` with these arguments, as a program would."""

    def run(*args: str | Path, **environment: str) -> Result:
        return CliRunner().invoke(main, [str(arg) for arg in args], env=environment, catch_exceptions=False)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A register with one treaty."""
    place = tmp_path / "lake"
    (place / "instruments").mkdir(parents=True)
    (place / "instruments" / "lake-treaty.toml").write_text(TREATY, encoding="utf-8")
    (place / "instruments" / "lake-treaty.csv").write_text(ACTS, encoding="utf-8")
    return place
