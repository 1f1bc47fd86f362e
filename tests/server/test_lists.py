"""A treaty office at its own list: brought, settled, compared, noted, taken away; and nobody else's to see."""

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.server.identity.models import Person
from comity.server.lists.models import BroughtList

LIST = """\
Title of treaty,Partner,Date of signature,Date of ratification,Remarks
Treaty on the Waters of the Lake,,05.04.1995,31.01.1996,
Lake Treaty of 1995,,05.04.1995,01.02.1996,<b>twice</b>
Agreement on Mountain Huts,Italy,28.02.1994,28.02.1995,
Agreement on Snow,Helvetia Nova,28.02.1994,28.02.1995,
"""

pytestmark = pytest.mark.usefixtures("private")


@pytest.fixture
def officer() -> Person:
    return Person.objects.add("office@example.org", role="delegation", actor="CHE")


@pytest.fixture
def client(officer: Person) -> Iterator[Client]:
    found = Client(SERVER_NAME="localhost")
    found.force_login(officer)
    return found


def brought(client: Client, text: str = LIST, **fields: str) -> int:
    file = SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv")
    response = client.post("/en/lists", {"file": file, "own": "CHE"} | fields)
    assert response.status_code == 302
    found = re.fullmatch(r"/en/lists/(\d+)/columns", response["Location"])
    assert found is not None
    return int(found[1])


def columns(client: Client, number: int, **fields: str) -> str:
    own = BroughtList.objects.get(pk=number)
    said = {
        "column-0": "treaty",
        "column-1": "counterpart",
        "column-2": "day:signature",
        "column-3": "day:ratification",
        "column-4": "note",
        "dates": "DD.MM.YYYY",
        "own": "CHE",
        "edition": str(own.edition),
    }
    response = client.post(f"/en/lists/{number}/columns", said | fields)
    return response["Location"] if response.status_code == 302 else response.content.decode()


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    return response.content.decode()


def test_what_columns_mean_is_proposed_on_the_page(client: Client) -> None:
    html = page(client, f"/en/lists/{brought(client)}/columns")
    assert html.count(" selected>") == 6
    assert 'value="day:signature" selected' in html
    assert 'value="DD.MM.YYYY"' in html


def test_from_the_file_to_the_differences(client: Client) -> None:
    number = brought(client)
    assert columns(client, number) == f"/en/lists/{number}/names"
    html = page(client, f"/en/lists/{number}/names")
    assert "Lake Treaty of 1995" in html
    assert "Helvetia Nova" in html
    said = {
        "treaty-0-name": "Lake Treaty of 1995",
        "treaty-0": "skip",
        "actor-0-name": "Helvetia Nova",
        "actor-0-other": "ita",
        "edition": str(BroughtList.objects.get(pk=number).edition),
    }
    response = client.post(f"/en/lists/{number}/names", said)
    assert response["Location"] == f"/en/lists/{number}"
    html = page(client, f"/en/lists/{number}")
    assert "the same: 2" in html
    assert "kept as your own: 4" in html
    assert "&lt;b&gt;" not in html  # its row was left out
    assert "the same: 2" in page(client, f"/en/lists/{number}?verdict=same")
    response = client.get(f"/en/lists/{number}?format=csv&verdict=same")
    assert response.content.decode().count("\n") == 3


def test_the_list_stands_beside_the_register_with_reasons_and_notes(client: Client) -> None:
    number = brought(client, LIST.replace("31.01.1996", "31.03.1996"))
    columns(client, number)
    path = f"/en/lists/{number}/instruments/lake-treaty"
    html = page(client, f"{path}?on=1997-01-01")
    assert "1996-03-31" in html
    assert "1996-01-31" in html
    client.post(path, {"text": "ask <i>Bern</i>"})
    html = page(client, path)
    assert "ask &lt;i&gt;Bern&lt;/i&gt;" in html
    note = re.search(r'name="remove" value="(\d+)"', html)
    assert note is not None
    client.post(path, {"remove": note[1]})
    assert "Bern" not in page(client, path)


def test_an_office_leaves_with_everything_and_nothing_stays(client: Client) -> None:
    number = brought(client)
    columns(client, number)
    response = client.get(f"/en/lists/{number}/everything.zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert packed.read("original/list.csv") == LIST.encode()
    assert client.post(f"/en/lists/{number}/remove")["Location"] == "/en/lists"
    assert not BroughtList.objects.exists()
    assert client.get(f"/en/lists/{number}").status_code == 404


def test_a_list_is_nobody_elses(client: Client) -> None:
    number = brought(client)
    other = Client(SERVER_NAME="localhost")
    other.force_login(Person.objects.add("chief@example.org", role="administrator"))
    for path in ("", "/columns", "/names", "/everything.zip", "/instruments/lake-treaty"):
        assert other.get(f"/en/lists/{number}{path}").status_code == 404
        assert "/account/login/" in Client(SERVER_NAME="localhost").get(f"/en/lists/{number}{path}")["Location"]
    assert other.post(f"/en/lists/{number}/remove").status_code == 404
    assert BroughtList.objects.filter(pk=number).exists()


def test_two_windows_do_not_undo_one_anothers_work(client: Client) -> None:
    number = brought(client)
    assert columns(client, number, edition="1").endswith("/names")
    assert "changed in another window" in columns(client, number, edition="1")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"column-0": ""}, "Say which column holds the title"),
        ({"column-2": "", "column-3": ""}, "Say which column holds the day"),
        ({"dates": "DD.MM"}, "is no form of a date"),
        ({"column-4": "treaty"}, "Another column means the same"),
    ],
)
def test_what_is_said_wrongly_is_said(client: Client, fields: dict[str, str], says: str) -> None:
    assert says in columns(client, brought(client), **fields)


@pytest.mark.parametrize(
    ("data", "says"), [(b"", "Choose a file"), (b"\xd0\xcf\x11\xe0", "old kind"), (b"Treaty,Signature\n", "no rows")]
)
def test_what_is_no_table_is_refused(client: Client, data: bytes, says: str) -> None:
    file = SimpleUploadedFile("list.csv", data)
    response = client.post("/en/lists", {"own": "CHE"} | ({"file": file} if data else {}))
    assert response.status_code == 400
    assert says in response.content.decode()


def test_dates_that_read_two_ways_are_asked_about(client: Client) -> None:
    number = brought(client, "Treaty,Signature\nPeace,04/05/2016\nTrade,11/12/1998\n")
    assert "could be read as" in page(client, f"/en/lists/{number}/columns")
