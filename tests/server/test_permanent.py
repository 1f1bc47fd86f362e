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
    "acts/3": ("instruments/lake-treaty/CHE", "log/entries/3"),
    "acts/0": ("instruments/lake-treaty", "log/entries/0"),
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
