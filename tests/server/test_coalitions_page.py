"""The page of coalitions: what holds together, who would leave first, which payments would help, what is refused."""

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client

pytestmark = pytest.mark.usefixtures("log")

RUNS = "coalition,A,B,C\n,0,0,0\nA,0,0,0\nB,0,0,0\nC,0,0,0\nA;B,2,1,3\nA;C,1,4,-1\nB;C,1,2,2\nA;B;C,4,3,2\n"


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags and marks of direction."""
    bare = re.sub(r"<[^>]+>|[\u2066-\u2069\u200e\u200f]", "", response.content.decode())
    return " ".join(bare.split())


def test_the_page_says_who_would_leave_and_what_would_hold_them(client: Client) -> None:
    page = client.post("/en/analysis/coalitions", {"text": RUNS})
    said = text(page)
    # With all three in, B has 3 and would have 4 without, C 2 and 3; A has 4 and 1: one is left over.
    assert re.search(r"B ?would be the first to leave: it would gain 1", said)
    assert re.search(r"Payments among the members would hold it together, with 1 ?to spare", said)
    assert "2 of 3 are in: A, B" in said
    assert page.headers["Cache-Control"] == "private, no-store"


def test_a_clause_and_the_members_say_who_may_be_in(client: Client) -> None:
    asked = {"text": RUNS, "clause": "3", "membership": "exclusive", "look": "A, B", "format": "json"}
    tables = json.loads(client.post("/en/analysis/coalitions", asked).content)
    assert "This is no agreement" in text(client.post("/en/analysis/coalitions", asked | {"format": ""}))
    assert json.dumps(tables).count('"A, B, C"') == 2


def test_few_players_are_told_how_they_could_share(client: Client) -> None:
    page = client.post("/en/analysis/coalitions", {"text": RUNS})
    assert "can be shared so that no group does better alone" in text(page)
    tables = json.loads(client.post("/en/analysis/coalitions", {"text": RUNS, "format": "json"}).content)
    shares = json.dumps(tables)
    # Worths 3 of A and B, 0 of A and C, 4 of B and C, 9 of all: B adds 3/6 + 4/6 + 9/3 on the average.
    assert "4.1666" in shares
    assert "can be shared" not in text(client.post("/en/analysis/coalitions", {"text": RUNS, "clause": "3"}))


def test_a_game_of_gains_is_answered_without_payments(client: Client) -> None:
    game = json.dumps({"players": ["A", "B"], "gains": {"alone": {"A": 1, "B": -1}, "given": {"B": {"A": 2}}}})
    assert "2 of 2 are in: A, B" in text(client.post("/en/analysis/coalitions", {"text": game}))


def test_what_is_wrong_is_said(client: Client) -> None:
    page = client.post("/en/analysis/coalitions", {"text": RUNS.replace("-1", "x"), "look": "Z"})
    assert "is no number" in text(page)
    page = client.post("/en/analysis/coalitions", {"text": RUNS, "look": "<b>Z"})
    assert "is no player" in text(page)
    assert "<b>Z" not in page.content.decode()


def test_the_example_is_answered_left_to_right_and_right_to_left(client: Client) -> None:
    for language in ("en", "ar"):
        page = client.get(f"/{language}/analysis/coalitions", {"example": "1"})
        assert page.status_code == 200
        assert page.content.decode().count("<tr>") == 10
