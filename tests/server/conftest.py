"""A portal over a small log of one's own, which lies over the register that ships; asked in this process."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

TREATY = """\
id = "lake-treaty"
title = "Treaty on the Waters of the Lake"
kind = "treaty"
areas = ["environment"]
adopted = 1995-04-05
place = "Basel"

[[complete]]
acts = ["signature", "consent", "withdrawal"]
until = 2020-12-31

[[provisions]]
id = "9"
heading = "Fishing"

[entry_into_force]
article = "12"
when = { count = 2 }
delay = { months = 1 }

[withdrawal]
article = "13"
delay = { years = 1 }

[reservations]
allowed = "all"
"""

ACTS = """\
date,actor,act,ref,source,note
1995-04-05,CHE,signature,,,
1995-04-05,ITA,signature,,,
1996-01-31,CHE,ratification,,,
1996-06,DEU,accession,,,
1997-03-03,AUT,approval,,<script>alert(1)</script>,
1997-03-03,AUT,reservation,9,,
2001-05-06,DEU,withdrawal,,,
"""


_FOLDER = TemporaryDirectory(prefix="comity-portal-")
_LOG = Path(_FOLDER.name) / "register.comity"


def _set_up() -> None:
    """Set Django up as `comity serve` does, once in this process and before the models are imported."""
    # A browser is driven from a loop of its own, in the thread of the test: Django would take the test for one that
    # runs in that loop, and keep it from the data base.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    told = {"COMITY_LOG": str(_LOG), "COMITY_HOSTS": "", "DJANGO_SETTINGS_MODULE": "comity.server.settings"}
    before = dict(os.environ)
    os.environ |= told
    import django  # noqa: PLC0415  # the settings read the environment

    django.setup(set_prefix=False)
    for name in told:
        del os.environ[name]
    os.environ |= before


_set_up()


@pytest.fixture(scope="session")
def log(shared_log: Path) -> Path:
    """A log with one treaty, which all tests share: nothing is added to it."""
    return shared_log


@pytest.fixture(scope="session")
def shared_log() -> Path:
    """The log itself, for tests that need one of their own to copy."""
    from comity.service import keeping  # noqa: PLC0415  # with the rest of the portal, only where it is tried

    (_LOG.parent / "lake" / "instruments").mkdir(parents=True)
    (_LOG.parent / "lake" / "instruments" / "lake-treaty.toml").write_text(TREATY, encoding="utf-8")
    (_LOG.parent / "lake" / "instruments" / "lake-treaty.csv").write_text(ACTS, encoding="utf-8")
    keeping.create(_LOG, "example.org/lake")
    keeping.import_source(_LOG.parent / "lake", _LOG)
    return _LOG


@pytest.fixture(scope="session", autouse=True)
def _portal(shared_log: Path) -> Iterator[None]:
    """What `comity serve` prepares, and lets go of at the end."""
    from django.db import connections  # noqa: PLC0415  # as above

    from comity.server.database import prepare_database  # noqa: PLC0415  # as above
    from comity.server.registers import close  # noqa: PLC0415  # as above

    assert shared_log == _LOG
    prepare_database()
    yield
    close()
    connections.close_all()
    _FOLDER.cleanup()


@pytest.fixture
def private(_portal: None) -> Iterator[None]:
    """The data base of people, drafts and lists, which forgets afterwards what a test did to it."""
    from django.db import transaction  # noqa: PLC0415  # as above

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
