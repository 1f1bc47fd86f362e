"""The answer to one question on one page."""

import re
from base64 import b64encode

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.registers import ask
from comity.service import logbook


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


LAKE = {"instrument": "lake-treaty", "on": "1998-05-01"}


def test_yes_since_when_and_with_what_reservations(client: Client) -> None:
    said = text(client.get("/en/answer", LAKE | {"a": "CHE", "b": "AUT"}))
    assert "Yes. On 1998-05-01 it is in force between Switzerland and Austria , and has been since 1997-04-03 ." in said
    assert re.search(r"Modified between the two[^:]*: Article 9", said)
    assert "Austria reserved Article 9" in said
    assert "Austria, approval, 1997-03-03" in re.sub(r" ,", ",", said)


def test_no_and_why_not(client: Client) -> None:
    said = text(client.get("/en/answer", LAKE | {"a": "CHE", "b": "ITA"}))
    assert "No. On 1998-05-01 it is not in force between Switzerland and Italy" in said
    assert "Italy : Signatory" in said


def test_an_end_that_is_fixed(client: Client) -> None:
    said = text(client.get("/en/answer", LAKE | {"a": "CHE", "b": "DEU", "on": "2001-06-01"}))
    assert re.search(r"Ends on 2002-05-06", said)


def test_toward_everybody(client: Client) -> None:
    said = text(client.get("/en/answer", LAKE | {"a": "CHE"}))
    assert re.search(r"Yes\. On 1998-05-01 Switzerland is bound, and has been since \d{4}-\d\d-\d\d", said)
    assert "No. On 1998-05-01 Italy is not bound: Signatory" in text(client.get("/en/answer", LAKE | {"a": "ITA"}))


def test_it_says_what_it_rests_on_and_where_it_is_kept(client: Client, log: str) -> None:
    page = client.get("/en/answer", LAKE | {"a": "CHE", "b": "AUT"})
    with ask(str(log)) as seen:
        head = logbook.head(seen.register)
    html = page.content.decode()
    kept = re.search(r'href="([^"]*known=\d+)"><bdi', html)
    assert kept is not None
    assert kept[1].endswith(f"known={head.size}")
    again = client.get(kept[1].partition("localhost")[2].replace("&amp;", "&"))
    assert "1997-04-03" in text(again)
    root = re.search(r'Root hash: <code dir="ltr">([^<]*)<', html)
    assert root is not None
    assert root[1] == b64encode(bytes.fromhex(head.root)).decode()
    assert "Complete up to 2020-12-31" in text(page)


def test_past_the_horizon_it_says_so_first(client: Client) -> None:
    said = text(client.get("/en/answer", LAKE | {"a": "CHE", "b": "AUT", "on": "2024-01-01"}))
    assert said.index("Yes. On 2024-01-01") < said.index("2024-01-01 lies past") < said.index("Reasons")


def test_what_has_no_horizon_is_named(client: Client) -> None:
    # The day is within what is known of consents; nothing says up to when reservations and objections are complete.
    said = text(client.get("/en/answer", {"instrument": "vcdr", "a": "GBR", "b": "QAT", "on": "2014-04-02"}))
    assert re.search(r"Up to when reservations ?, objections are complete is not known", said)
    assert "lies past what is known" not in said


def test_a_day_before_a_successor_leads_to_its_predecessor(client: Client) -> None:
    asked = {"instrument": "genocide-convention", "a": "CZE", "b": "FRA", "on": "1990-01-01"}
    page = client.get("/en/answer", asked)
    assert "On that day another stood in the place of Czech Republic" in text(page)
    href = re.search(r'<a href="([^"]*)">Ask the same of it</a>', page.content.decode())
    assert href is not None
    assert "Yes. On 1990-01-01 it is in force between Czechoslovakia and France" in text(
        client.get(href[1].replace("&amp;", "&"))
    )
    # Of two that followed the same State there is nothing to ask.
    assert "Ask the same" not in text(client.get("/en/answer", asked | {"b": "SVK"}))


def test_an_objection_counted_as_late_says_from_which_day(client: Client) -> None:
    asked = {"instrument": "genocide-convention", "a": "USA", "b": "NOR", "on": "2020-01-01"}
    said = text(client.get("/en/answer", asked))
    assert "The period runs from its notification, whose day is not known here" in said
    page = text(client.get("/en/instruments/genocide-convention?name=United+States+of+America&on=2020-01-01"))
    assert "counted as late because the day of its notification" in page
    assert "Objections after the period had passed" not in page


def test_what_is_disputed_stands_apart(client: Client) -> None:
    said = text(client.get("/en/answer", {"instrument": "npt", "a": "PRK", "b": "USA", "on": "2020-01-01"}))
    assert said.index("Disputed") < said.index("Reasons")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_as_a_document(client: Client, language: str) -> None:
    response = client.get(f"/{language}/answer", LAKE | {"a": "CHE", "b": "AUT", "format": "pdf"})
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF-")


def test_it_begins_with_a_question_that_has_an_answer(client: Client) -> None:
    page = client.get("/en/answer").content.decode()
    href = re.search(r'href="(/en/answer\?[^"]*)"', page)
    assert href is not None
    said = text(client.get(href[1].replace("&amp;", "&")))
    assert "has been since 1986-07-06" in said
    assert "27(3), 37(2)" in re.sub(r" ,", ",", said)


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"instrument": "lake-treety", "a": "CHE"}, 404, "lake-treety"),
        ({"instrument": "lake-treaty", "a": "Switzerlend"}, 404, "Switzerland"),
        ({"instrument": "udhr", "a": "FRA"}, 400, "is a declaration or a resolution"),
    ],
)
def test_what_cannot_be_answered(client: Client, query: dict[str, str], status: int, said: str) -> None:
    page = client.get("/en/answer", query)
    assert page.status_code == status
    assert said in text(page)


def test_a_name_that_there_is_not_leaves_the_form_as_it_was_filled(client: Client) -> None:
    page = client.get("/en/answer", {"instrument": "npt", "a": "Korea", "b": "Japan", "on": "2010-01-01"})
    html = page.content.decode()
    assert page.status_code == 404
    for kept in ('value="npt" selected', 'name="a" list="names" value="Korea"', 'value="Japan"', 'value="2010-01-01"'):
        assert kept in html
    assert "Did you mean: Republic of Korea" in text(page)
