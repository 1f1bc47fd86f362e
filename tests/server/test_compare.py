"""The page that puts actors and groups side by side."""

import csv
import io
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.service import Register


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_it_begins_with_groups_and_areas(client: Client) -> None:
    page = client.get("/en/compare").content.decode()
    for href in re.findall(r'<li><a href="(/en/compare\?[^"]*)"', page):
        assert "<table" in client.get(href.replace("&amp;", "&")).content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"actors": "FRA,USA"}, "Choose areas or single instruments below"),
        ({"areas": "climate"}, "Name States or organizations, or choose groups"),
    ],
)
def test_half_a_choice_says_what_is_lacking(client: Client, asked: dict[str, str], said: str) -> None:
    assert said in text(client.get("/en/compare", asked))
    assert said not in text(client.get("/en/compare"))


def test_groups_stand_in_the_order_of_their_names(client: Client) -> None:
    page = client.get("/en/compare").content.decode()
    found = re.findall(r'<label for="group-[^"]*">(?:<bdi>)?([^<]*)', page)
    assert found[:2] == ["Alliance of Small Island States", "Annex B of the Kyoto Protocol as adopted in 1997"]


def test_cells_say_what_the_register_says(client: Client, shipped: Register) -> None:
    names, treaties, on = ["FRA", "USA", "g7"], ["npt", "ctbt", "kyoto-protocol"], "2020-01-01"
    asked = {"actors": ",".join(names), "instruments": ",".join(treaties), "on": on}
    rows = list(
        csv.DictReader(io.StringIO(client.get("/en/compare", asked | {"format": "csv"}).content.decode("utf-8-sig")))
    )
    found = shipped.compare(names, treaties, on)
    assert len(rows) == len(names)
    told = [value for row in rows for value in list(row.values())[1:]]
    for cell, said in zip(found.cells, told, strict=True):
        wanted = f"{cell.parties}/{cell.of}" if cell.of is not None else cell.status
        assert said.split(";")[0] == wanted
    response = client.get("/en/compare", asked)
    page = response.content.decode()
    assert f'href="/en/instruments/ctbt/USA?on={on}"' in page
    assert "7 of 7" in text(response)
    assert ">Signatory<" in re.sub(r"</?bdi[^>]*>", "", page)


def test_the_boxes_of_the_form_become_one_address(client: Client) -> None:
    form = "actors=FRA,+Kenya&group=g7&group=brics&area=disarmament&instrument=lake-treaty&members=1&on=2020-01-01"
    response = client.get(f"/en/compare?{form}")
    assert response.status_code == 302
    location = response.headers["Location"]
    assert "actors=FRA,Kenya,g7,brics" in location
    page = client.get(location)
    assert page.status_code == 200
    names = ("Kenya", "Japan", "Brazil", "Treaty on the Waters of the Lake", "Group of Seven")
    assert [name for name in names if name not in text(page)] == []
    html = page.content.decode()
    assert re.search(r'name="group" value="g7" checked', html)
    assert re.search(r'name="area" value="disarmament" checked', html)
    # What is of an area only is not chosen by itself.
    assert re.findall(r'name="instrument" value="([^"]*)" checked', html) == ["lake-treaty"]


def test_a_long_list_of_instruments_stands_upright(client: Client) -> None:
    page = client.get("/en/compare?actors=FRA&areas=disarmament&on=2020-01-01").content.decode()
    heads = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert heads == ["Instrument", "France"]


def test_what_is_not_known_is_said(client: Client) -> None:
    page = text(client.get("/en/compare?actors=CHE,g7&instruments=lake-treaty&on=2021-06-01"))
    assert "Not everything is known up to 2021-06-01" in page
    assert "complete up to 2020-12-31" in page
    assert "Not everything is known" not in text(
        client.get("/en/compare?actors=CHE&instruments=lake-treaty&on=2020-06-01")
    )


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("actors=Frnace&instruments=npt", 404, "France"),
        ("actors=FRA&instruments=ntp", 404, "ntp"),
        (
            "actors=un-members&areas=environment,human-rights,peace,law&members=1",
            400,
            "too large",
        ),
    ],
)
def test_what_cannot_be_compared_is_told(client: Client, query: str, status: int, said: str) -> None:
    page = client.get(f"/en/compare?{query}")
    assert page.status_code == status
    assert said in text(page)


def test_a_name_stands_for_who_bears_it_on_the_day(client: Client) -> None:
    page = client.get("/ar/compare", {"actors": "مصر", "instruments": "npt"})
    assert "/ar/instruments/npt/EGY" in page.content.decode()
