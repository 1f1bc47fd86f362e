"""Permanent addresses: what they name, and where they lead a reader and a program."""

import pytest
from django.test import Client

READER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "ar, en;q=0.5", "host": "localhost"}
PROGRAM = {"accept": "application/json", "host": "localhost"}

LEAD = {
    "instruments/lake-treaty": ("instruments/lake-treaty", "instruments/lake-treaty"),
    "instruments/lake-treaty/1998-01-01": (
        "instruments/lake-treaty?on=1998-01-01",
        "instruments/lake-treaty/status?on=1998-01-01",
    ),
    "instruments/lake-treaty/1998-01-01/5": (
        "instruments/lake-treaty?on=1998-01-01&known=5",
        "instruments/lake-treaty/status?on=1998-01-01&known=5",
    ),
    "instruments/lake-treaty/provisions/9": ("instruments/lake-treaty#provision-9", "instruments/lake-treaty"),
    "acts/3": ("log/3", "log/entries/3"),
    "acts/0": ("log/0", "log/entries/0"),
    "actors/CHE": ("actors/CHE", "actors/CHE"),
}


@pytest.mark.parametrize("address", sorted(LEAD))
def test_where_an_address_leads(address: str) -> None:
    page, data = LEAD[address]
    reader = Client(headers=READER).get(f"/eli/{address}")
    assert (reader.status_code, reader.headers["Location"]) == (303, f"/ar/{page}")
    assert reader.headers["Link"] == f'</api/v1/{data}>; rel="alternate"; type="application/json"'
    assert {"Accept", "Accept-Language"} <= set(reader.headers["Vary"].split(", "))
    program = Client(headers=PROGRAM).get(f"/eli/{address}")
    assert (program.status_code, program.headers["Location"]) == (303, f"/api/v1/{data}")
    for led, client in ((reader, Client(headers=READER)), (program, Client(headers=PROGRAM))):
        assert client.get(led.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("instruments/none", 404, "instrument-unknown"),
        ("instruments/lake-treaty/1998-02-30", 400, "date-impossible"),
        ("instruments/lake-treaty/1998-01-01/many", 404, "moment-wrong"),
        ("instruments/lake-treaty/1998-01-01/99", 404, "moment-wrong"),
        ("instruments/lake-treaty/provisions/10", 404, "entry-unknown"),
        ("acts/8", 404, "entry-unknown"),
        ("acts/last", 404, "entry-unknown"),
        ("acts/3-00000000", 404, "entry-unknown"),
        (f"acts/{'0' * 64}", 404, "entry-unknown"),
        ("actors/none", 404, "actor-unknown"),
        ("acts/3?on=1998-01-01", 400, "parameter-unknown"),
    ],
)
def test_what_is_not_there(address: str, status: int, code: str) -> None:
    answer = Client(headers=PROGRAM).get(f"/eli/{address}")
    assert (answer.status_code, answer.json()["findings"][0]["code"]) == (status, code)


def test_a_reader_is_shown_a_page_where_nothing_is() -> None:
    answer = Client(headers=READER).get("/eli/instruments/none")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert 'lang="ar"' in answer.content.decode()


def test_an_act_by_its_hash_and_by_place_and_hash() -> None:
    client = Client(headers=PROGRAM)
    found = client.get("/api/v1/log/entries/3").json()["hash"]
    for named in (found, f"3-{found[:8]}", f"3-{found}"):
        answer = client.get(f"/eli/acts/{named}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/api/v1/log/entries/3"), named


@pytest.mark.parametrize(
    ("page", "cited"),
    [
        ("instruments/lake-treaty", "/eli/instruments/lake-treaty"),
        ("instruments/lake-treaty?on=1998-01-01", "/eli/instruments/lake-treaty/1998-01-01"),
        ("instruments/lake-treaty?on=1998-01-01&known=5", "/eli/instruments/lake-treaty/1998-01-01/5"),
        ("actors/CHE", "/eli/actors/CHE"),
        ("log/3", "/eli/acts/3"),
    ],
)
def test_a_page_says_how_to_cite_what_it_shows(page: str, cited: str) -> None:
    client = Client(headers=READER)
    link = client.get(f"/ar/{page}").headers["Link"]
    assert f'<{cited}>; rel="cite-as"' in link
    # And the address leads back to the page.
    assert client.get(cited).headers["Location"] == f"/ar/{page}"


@pytest.mark.parametrize("page", ["", "about", "instruments/none", "instruments/lake-treaty/CHE"])
def test_what_has_no_permanent_address_names_none(page: str) -> None:
    assert "cite-as" not in Client(headers=READER).get(f"/ar/{page}").headers.get("Link", "")


def test_a_provision_is_found_on_the_page() -> None:
    led = Client(headers=READER).get("/eli/instruments/lake-treaty/provisions/9").headers["Location"]
    place, _, mark = led.partition("#")
    assert f'id="{mark}"' in Client(headers=READER).get(place).content.decode()
