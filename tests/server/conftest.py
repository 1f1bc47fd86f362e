"""A portal over a small log of one's own, which lies over the register that ships; asked in this process."""

import os
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with one treaty."""
    from comity.service import keeping  # noqa: PLC0415  # with the rest of the portal, only where it is tried

    place = tmp_path_factory.mktemp("portal")
    (place / "lake" / "instruments").mkdir(parents=True)
    (place / "lake" / "instruments" / "lake-treaty.toml").write_text(TREATY, encoding="utf-8")
    (place / "lake" / "instruments" / "lake-treaty.csv").write_text(ACTS, encoding="utf-8")
    log = place / "register.comity"
    keeping.create(log, "example.org/lake")
    keeping.import_source(place / "lake", log)
    return log


@pytest.fixture(scope="session", autouse=True)
def _django(log: Path) -> Iterator[None]:
    """Django, set up once in this process, as `comity serve` does."""
    os.environ |= {"COMITY_LOG": str(log), "COMITY_HOSTS": "", "DJANGO_SETTINGS_MODULE": "comity.server.settings"}
    import django  # noqa: PLC0415  # the settings read the environment

    django.setup()
    yield
    from comity.server.registers import close  # noqa: PLC0415  # as above

    close()
    for name in ("COMITY_LOG", "COMITY_HOSTS", "DJANGO_SETTINGS_MODULE"):
        del os.environ[name]
