"""The page of fair shares: an example in plain words, figures that are brought, and what is refused."""

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.studio.shares import _EXAMPLE as FIGURES

pytestmark = pytest.mark.usefixtures("log")


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_example_says_on_whose_side_each_rule_is(client: Client) -> None:
    page = client.get("/en/analysis/shares", {"example": "1"})
    said, body = text(page), page.content.decode()
    # B bears 330 of 1,830 by population, and more by all else; nobody in D has 7,500 on average.
    assert "By population: best for B" in said
    assert "By income above the threshold: best for C , D" in said
    assert "Each the same: best for nobody" in said
    assert "Nearest to consensus" in said
    # A bar for each of four parties and six rules.
    assert body.count('<rect class="m0"') == 24
    assert "invented" in said
    assert page.headers["Cache-Control"] == "private, no-store"
    assert len(page.content) < 60_000


def test_what_is_brought_is_answered_and_exported_whole(client: Client) -> None:
    sent = {"text": FIGURES, "total": "300", "unit": "GtCO2", "kind": "benefit", "since": "1990", "until": "2050"}
    rules = ["equal-per-capita", "cumulative-per-capita", "contraction-convergence"]
    page = client.post("/ar/analysis/shares", sent | {"rule": rules})
    assert page.status_code == 200
    found = json.loads(client.post("/en/analysis/shares", sent | {"rule": rules, "format": "json"}).content)
    by_id = {table["id"]: table["rows"] for table in found["tables"]}
    assert {row["actor"] for row in by_id["shares"]} == set("ABCD")
    for rule in rules:
        assert sum(row[rule] for row in by_id["shares"]) == pytest.approx(1)
        assert sum(row[f"{rule}_amount"] for row in by_id["shares"]) == pytest.approx(300)
    # 330 of 1,830 million people.
    at = {row["actor"]: row for row in by_id["shares"]}
    assert at["B"]["equal-per-capita"] == pytest.approx(330 / 1830)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "a,b\n1,2\n", "rule": "equal"}, "are missing"),
        ({"text": FIGURES}, "there is no rule"),
        ({"text": FIGURES, "rule": "equal", "total": "much"}, "the total is -1"),
        ({"text": FIGURES.replace("MtCO2", "Mt"), "rule": "grandfathering"}, "does not say whether it is carbon"),
        ({"text": FIGURES, "rule": "cumulative-per-capita"}, "shares a benefit"),
        ({"text": FIGURES, "rule": "assessment-scale"}, "for gni"),
        ({"text": FIGURES, "rule": "responsibility", "since": "long ago"}, "since is -1"),
    ],
)
def test_what_cannot_be_answered_is_said(client: Client, sent: dict[str, str], said: str) -> None:
    assert said in text(client.post("/en/analysis/shares", {"total": "100"} | sent))
