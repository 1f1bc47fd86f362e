"""A desk over a log of its own: one convention that lacks one consent, and people of every role."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from comity.register.leaf import read_leaf
from comity.register.log import Log
from comity.service import keeping

TREATY = """\
id = "lamps"
title = "Convention on the Lamps of the Coast"
kind = "convention"
areas = ["sea"]
adopted = 2001-02-03
place = "Basel"
depositary = ["Government of Malta"]

[[complete]]
acts = ["signature", "consent", "withdrawal"]
until = 2020-12-31

[entry_into_force]
article = "12"
when = { count = 2 }
delay = { days = 30 }

[withdrawal]
article = "13"
delay = { years = 1 }

[reservations]
allowed = "all"
"""
ACTS = "date,actor,act\n2001-02-03,CHE,signature\n2001-02-03,ITA,signature\n2002-01-31,CHE,ratification\n"

Client = Any


class Desk:
    """What tests do at the desk, as people do it: through the pages."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def enter(self, role: str = "", actor: str = "", name: str = "") -> Client:
        """Somebody of a role who has logged in; nobody where no role is given."""
        from django.test import Client  # noqa: PLC0415  # with the rest of the portal, only where it is tried

        from comity.server.identity.models import Person  # noqa: PLC0415  # as above

        client = Client(headers={"host": "localhost"})
        if role:
            email = f"{name or role}@example.org"
            person = Person.objects.filter(email=email).first() or Person.objects.add(
                email, role=role, actor=actor, name=f"{name or role} of the desk"
            )
            client.force_login(person)
            client.person = person
        return client

    @staticmethod
    def said(**columns: object) -> dict[str, object]:
        """The form of a ratification by Italy, which would bring the convention into force."""
        return {"instrument": "lamps", "date": "2003-04-05", "actor": "ITA", "act": "ratification", **columns}

    def written(self, client: Client, **columns: object) -> str:
        """The address of a new draft."""
        response = client.post("/en/desk/drafts/new", self.said(**columns))
        assert response.status_code == 302, text_of(response)
        return str(response.headers["Location"])

    def submitted(self, client: Client, **columns: object) -> str:
        """The same, submitted."""
        place = self.written(client, **columns)
        response = client.post(f"{place}/submit")
        assert response.status_code == 302, text_of(response)
        return place

    @staticmethod
    def seal(client: Client, place: str) -> str:
        """The hash of what a chief reads."""
        found = re.search(r'name="seal" value="([0-9a-f]{64})"', client.get(place).content.decode())
        assert found is not None
        return found[1]

    def approved(self, client: Client, place: str) -> Client:
        """What came of approving what is read now."""
        return client.post(f"{place}/approve", {"seal": self.seal(client, place)})

    def leaf(self, index: int) -> dict[str, Any]:
        """The body of an entry."""
        with Log.open(self.log, write=False) as found:
            return read_leaf(next(found.rows(index, index + 1)).data).body

    @property
    def size(self) -> int:
        """How many entries the log has."""
        with Log.open(self.log, write=False) as found:
            return len(found)


def text_of(response: Client) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


@pytest.fixture(name="text_of")
def _text_of() -> object:
    return text_of


@pytest.fixture(scope="session")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the convention and a log that holds it, made once and copied for each test."""
    place = tmp_path_factory.mktemp("lamps")
    folder = place / "lamps" / "instruments"
    folder.mkdir(parents=True)
    (folder / "lamps.toml").write_text(TREATY, encoding="utf-8")
    (folder / "lamps.csv").write_text(ACTS, encoding="utf-8")
    keeping.create(place / "register.comity", "example.org/lamps")
    keeping.import_source(folder.parent, place / "register.comity")
    return place


@pytest.fixture
def desk(private: None, lamps: Path, tmp_path: Path) -> Iterator[Desk]:
    from django.core import mail  # noqa: PLC0415  # with the rest of the portal, only where it is tried
    from django.core.cache import cache  # noqa: PLC0415  # with the rest of the portal, only where it is tried
    from django.test import override_settings  # noqa: PLC0415  # as above

    from comity.server.registers import close  # noqa: PLC0415  # as above

    assert private is None
    copytree(lamps, tmp_path, dirs_exist_ok=True)
    log = tmp_path / "register.comity"
    cache.clear()
    with override_settings(
        COMITY_LOG=str(log),
        COMITY_CHECKPOINT_KEY=f"{log}.key",
        COMITY_DOCUMENTS=str(tmp_path / "documents"),
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    ):
        mail.outbox = []
        yield Desk(log)
        close()
