"""The page that supposes acts: what it offers, what it says would change, and what it refuses."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.registers import ask


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_it_begins_with_what_is_not_in_force(client: Client) -> None:
    page = client.get("/en/what-if", {"on": "2024-01-01"})
    assert page.status_code == 200
    assert re.search(r"Comprehensive Nuclear-Test-Ban Treaty 9 more consents are needed at the least", text(page))


def test_a_suggestion_is_one_link_to_the_entry_into_force(client: Client) -> None:
    page = client.get("/en/what-if", {"on": "2024-01-01", "instrument": "ctbt"}).content.decode()
    (href,) = re.findall(r'href="(/en/what-if\?[^"#]*)#answer"', page)
    answer = text(client.get(href.replace("&amp;", "&")))
    # Day 180 after the last of the forty-four (Article XIV(1)).
    assert "Comprehensive Nuclear-Test-Ban Treaty would enter into force on 2024-06-29 ." in answer
    assert "2024-06-29 The instrument itself Not in force → In force" in answer


def test_lines_go_together_and_empty_ones_are_passed_over(client: Client) -> None:
    asked = {
        "instrument": "lake-treaty",
        "on": "2019-01-01",
        "actor": ["CHE", "", "france"],
        "act": ["withdrawal", "ratification", "accession"],
        "date": ["2019-02-01", "", "2019-03-01"],
        "ref": ["", "", ""],
    }
    page = client.get("/en/what-if", asked)
    said = text(page)
    # A year's notice (Article 13 of the treaty in hand).
    assert re.search(r"2020-02-01 Switzerland Party → Former", said)
    assert re.search(r"2019-03-01 France Not a party → ", said)
    link = re.search(r'href="([^"]*)">Permanent link', page.content.decode())
    assert link is not None
    assert text(client.get(link[1].replace("&amp;", "&"))).count("2020-02-01") == said.count("2020-02-01") > 0


def test_the_other_languages_are_asked_the_same(client: Client) -> None:
    query = "instrument=lake-treaty&actor=CHE&act=withdrawal&date=2019-02-01&ref="
    page = client.get(f"/en/what-if?{query}").content.decode()
    assert f'href="/ar/what-if?{query.replace("&", "&amp;")}"' in page
    assert "2020-02-01" in text(client.get(f"/ar/what-if?{query}"))


def test_a_reservation_touches_pairs_and_no_status(client: Client) -> None:
    asked = {"instrument": "lake-treaty", "actor": "CHE", "act": "reservation", "date": "1998-01-01", "ref": "9"}
    page = text(client.get("/en/what-if", asked))
    assert "No status would change." in page
    assert re.search(r"Between \d+ pairs?, other provisions would be excluded, modified or left open.", page)
    assert "made after its consent" in page


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ({"actor": "FRA", "act": "accession", "date": "2019-02-30"}, 200, "This cannot be supposed as it stands"),
        ({"actor": "FRA", "act": "joined", "date": "2019-02-01"}, 200, "is no act that this version knows"),
        ({"actor": "FRA", "act": "objection", "date": "2019-02-01", "ref": "CHE"}, 200, "could not be recorded"),
        ({"actor": "Frace", "act": "accession", "date": "2019-02-01"}, 404, "France"),
        ({"actor": "<b>", "act": "accession", "date": "2019-02-01"}, 404, "&lt;b&gt;"),
    ],
)
def test_what_cannot_be_supposed_is_told(client: Client, line: dict[str, str], status: int, said: str) -> None:
    page = client.get("/en/what-if", {"instrument": "lake-treaty", **line})
    assert page.status_code == status
    assert said in text(page)
    assert "<b>" not in page.content.decode()


def test_an_unknown_instrument_names_the_nearest(client: Client) -> None:
    page = client.get("/en/what-if", {"instrument": "lake-treety"})
    assert page.status_code == 404
    assert "/en/instruments/lake-treaty" in page.content.decode()


def test_nothing_is_recorded(client: Client, log: str) -> None:
    with ask(str(log)) as seen:
        size = seen.size
    client.get("/en/what-if?instrument=lake-treaty&actor=FRA&act=accession&date=2019-02-01")
    with ask(str(log)) as seen:
        assert seen.size == size
    assert client.post("/en/what-if").status_code in {403, 405}
