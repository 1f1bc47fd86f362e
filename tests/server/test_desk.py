"""The depositary's desk: from a draft through its second reader to the log, the notification and the letters."""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.register.leaf import read_leaf
from comity.register.log import Log
from comity.service import keeping

TREATY = """\
id = "{id}"
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
when = {{ count = 2 }}
delay = {{ days = 30 }}

[withdrawal]
article = "13"
delay = {{ years = 1 }}

[reservations]
allowed = "all"
"""
ACTS = "date,actor,act\n2001-02-03,CHE,signature\n2001-02-03,ITA,signature\n2002-01-31,CHE,ratification\n"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = pytest.mark.usefixtures("private")


@pytest.fixture
def desk_log(tmp_path: Path) -> Iterator[Path]:
    """A log of its own, with one treaty that lacks one consent."""
    from django.test import override_settings  # noqa: PLC0415  # with the rest of the portal, only where it is tried

    from comity.server.registers import close  # noqa: PLC0415  # as above

    folder = tmp_path / "lamps" / "instruments"
    folder.mkdir(parents=True)
    (folder / "lamps.toml").write_text(TREATY.format(id="lamps"), encoding="utf-8")
    (folder / "lamps.csv").write_text(ACTS, encoding="utf-8")
    log = tmp_path / "register.comity"
    keeping.create(log, "example.org/lamps")
    keeping.import_source(folder.parent, log)
    with override_settings(COMITY_LOG=str(log), COMITY_DOCUMENTS=str(tmp_path / "documents")):
        yield log
        close()


Client = Any
Enter = Callable[..., Client]


@pytest.fixture
def enter(desk_log: Path) -> Enter:
    """Somebody of a role who has logged in."""
    from django.test import Client  # noqa: PLC0415  # as above

    from comity.server.identity.models import Person  # noqa: PLC0415  # as above

    assert desk_log.exists()

    def entered(role: str, actor: str = "", name: str = "") -> Client:
        email = f"{name or role}@example.org"
        person = Person.objects.filter(email=email).first() or Person.objects.add(
            email, role=role, actor=actor, name=f"{name or role} of the desk"
        )
        client = Client(headers={"host": "localhost"})
        client.force_login(person)
        client.person = person
        return client

    return entered


def said(**columns: str) -> dict[str, str]:
    return {"instrument": "lamps", "date": "2003-04-05", "actor": "ITA", "act": "ratification", **columns}


def written(client: Client, **columns: object) -> str:
    """The address of a new draft."""
    response = client.post("/en/desk/drafts/new", said(**columns))
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def submitted(client: Client, **columns: object) -> str:
    place = written(client, **columns)
    response = client.post(f"{place}/submit")
    assert response.status_code == 302, response.content.decode()
    return place


def seal_on(client: Client, place: str) -> str:
    found = re.search(r'name="seal" value="([0-9a-f]{64})"', client.get(place).content.decode())
    assert found is not None
    return found[1]


def approved(client: Client, place: str) -> Client:
    return client.post(f"{place}/approve", {"seal": seal_on(client, place)})


def leaf_of(log: Path, index: int) -> dict[str, Any]:
    with Log.open(log, write=False) as found:
        return read_leaf(next(found.rows(index, index + 1)).data).body


def size_of(log: Path) -> int:
    with Log.open(log, write=False) as found:
        return len(found)


def text_of(response: Client) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_from_a_draft_to_a_notification(enter: Enter, desk_log: Path, tmp_path: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415  # as above

    officer, chief = enter("officer"), enter("chief")
    size = size_of(desk_log)
    place = written(officer, document=SimpleUploadedFile("../act of ratification.pdf", PDF))
    page = text_of(officer.get(place))
    assert "would enter into force on 2003-05-05" in page
    assert "the conditions for entry into force would be met on 2003-04-05" in page
    assert "2 States and organizations to be informed" in page
    assert size_of(desk_log) == size

    assert officer.post(f"{place}/submit").status_code == 302
    assert "Italy: ratification" in text_of(chief.get("/en/desk"))
    response = approved(chief, place)
    assert response.status_code == 302

    digest = hashlib.sha256(PDF).hexdigest()
    body = leaf_of(desk_log, size)
    assert body == {
        "instrument": "lamps",
        "date": "2003-04-05",
        "actor": "ITA",
        "act": "ratification",
        "document": f"sha256:{digest}",
        "draft": place.rpartition("/")[2],
    }
    assert (tmp_path / "documents" / digest[:2] / digest).read_bytes() == PDF

    page = text_of(chief.get(place))
    year = re.search(r"DN\.1\.(\d{4})\.lamps", page)
    assert year is not None
    letter = enter("public").get(f"/en/notifications/{year[1]}/1/text").content.decode()
    assert "DEPOSITARY NOTIFICATION DN.1." in letter
    assert "Depositary: Government of Malta" in letter
    assert "The above action was effected on 2003-04-05." in letter
    assert "The instrument enters into force on 2003-05-05." in letter
    assert f"Document received: sha256:{digest}" in letter
    assert f"Entry {size} of the register" in letter
    for code in ("en", "fr", "ar", "es", "ru", "zh"):
        pdf = officer.get(f"/{code}/notifications/{year[1]}/1/pdf")
        assert pdf.content.startswith(b"%PDF-")
        assert officer.get(f"/{code}/notifications/{year[1]}/1").status_code == 200
        assert officer.get(f"/{code}/notifications").status_code == 200
        assert officer.get(f"/{code}/desk").status_code == 200
        assert officer.get(f"/{code}/desk/drafts/new").status_code == 200
    feed = officer.get("/en/notifications/feed")
    assert feed.headers["Content-Type"].startswith("application/atom+xml")
    assert "DN.1." in feed.content.decode()

    file = officer.get(f"{place}/document")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(file.streaming_content) == PDF
    what = re.findall(
        r"Drafted|Submitted to a second|Submitted|Approved|Recorded and notified", text_of(officer.get(place))
    )
    assert what[-4:] == ["Drafted", "Submitted", "Approved", "Recorded and notified"]
