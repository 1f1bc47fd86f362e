"""The page of positions: an example, what is brought, the register's own votes, and what is refused."""

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.studio.positions import _EXAMPLE as VOTES

pytestmark = pytest.mark.usefixtures("log")


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_example_has_positions_blocs_and_bridges(client: Client) -> None:
    page = client.get("/en/analysis/positions", {"example": "1"})
    said, body = text(page), page.content.decode()
    assert "part the members most clearly" in said
    assert body.count("<circle") == 12
    assert "Who could bridge two blocs" in said
    assert "trade" in said
    assert page.headers["Cache-Control"] == "private, no-store"
    assert len(page.content) < 60_000


def test_what_is_brought_is_answered_and_exported_whole(client: Client) -> None:
    sent = {"text": VOTES, "session": "2", "rule": "unga-important"}
    page = client.post("/ar/analysis/positions", sent)
    assert page.status_code == 200
    found = json.loads(client.post("/en/analysis/positions", sent | {"format": "json"}).content)
    by_id = {table["id"]: table["rows"] for table in found["tables"]}
    assert len(by_id["members"]) == 12
    assert {row["session"] for row in by_id["members"]} == {2}
    assert sum(row["size"] for row in by_id["blocs"]) == 12
    assert sorted(name for row in by_id["blocs"] for name in row["actors"].split(", ")) == list("ABCDEFGHIJKL")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "rcid,session,actor,vote\n1,1,A,maybe\n"}, "is none of yes, no, abstain"),
        ({"text": VOTES, "session": "9"}, "nobody voted in session 9"),
        ({"text": VOTES, "rule": "/etc/passwd"}, "no rule is called"),
        ({"text": "a,b\n"}, "are missing"),
    ],
)
def test_what_cannot_be_answered_is_said(client: Client, sent: dict[str, str], said: str) -> None:
    assert said in text(client.post("/en/analysis/positions", sent))


def test_a_table_that_is_too_large_is_not_read(client: Client) -> None:
    assert client.post("/en/analysis/positions", {"text": "x" * 200_001}).status_code == 413


def test_left_empty_the_votes_of_the_register_are_asked(client: Client) -> None:
    page = client.post("/en/analysis/positions", {"text": ""})
    # The register that ships has one roll call with nobody against: its members are parted by abstention alone.
    assert page.status_code == 200
    assert "Session 1948" in text(page) or "session 1948" in text(page)


def test_a_meeting_is_set_beside_its_people(client: Client) -> None:
    page = client.get("/en/analysis/inclusion", {"example": "1"})
    assert "minutes beside population : A has 6 times its part" in text(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    sent = {"text": "actor,minutes,population\nA,30,10\nB,10,30\n", "format": "json"}
    tables = json.loads(client.post("/en/analysis/inclusion", sent).content)["tables"]
    by_actor = {row["actor"]: row for row in tables[1]["rows"] if row["reference"] == "population"}
    assert by_actor["A"]["ratio"] == pytest.approx(3)
    assert "is no number" in text(client.post("/ar/analysis/inclusion", {"text": "actor,minutes\nA,much\n"}))
