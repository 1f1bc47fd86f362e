"""The pages of precedents and of the next step: what they tell, in every language, and what they give away."""

import re

import pytest
from django.test import Client

from comity.server.drawings.courses import Course, courses
from comity.server.drawings.labels import Labels
from comity.server.words import LANGUAGES

AT = "/en/analysis/precedents"
POSITIONS = "actor,issue,option,position\nFRA,fund,small,yes\nDEU,fund,small,no\nCHE,fund,small,unknown\n"


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text_of(page: str) -> str:
    return re.sub(r" ([.:,;)])", r"\1", " ".join(re.sub(r"<[^>]*>", " ", page).split()))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_an_instrument_has_its_precedents_in_every_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/analysis/precedents", {"instrument": "paris-agreement", "on": "2025-01-01"})
    assert page.status_code == 200
    said = page.content.decode()
    assert f'href="/{language}/instruments/kyoto-protocol?on=2025-01-01"' in said
    assert "<svg" in said
    assert len(page.content) < 200_000


def test_why_each_is_alike_and_what_became_of_it_are_told(client: Client) -> None:
    said = text_of(client.get(AT, {"instrument": "paris-agreement", "on": "2025-01-01"}).content.decode())
    assert "share needed for entry into force: 55%" in said
    assert "delay until entry into force: 90 days (asked: 30 days)" in said
    assert "Entered into force: 10 of 10." in said


def test_words_are_read_and_told(client: Client) -> None:
    said = text_of(client.get(AT, {"q": "经60个国家批准后生效的条约", "on": "2026-01-01"}).content.decode())
    assert "consents needed for entry into force: 60" in said
    assert "Rome Statute of the International Criminal Court" in said
    assert "No agreement of the register fits" in client.get(AT, {"q": "zebra quagga"}).content.decode()


def test_programs_get_the_same(client: Client) -> None:
    found = client.get(AT, {"instrument": "ctbt", "on": "2024-01-01", "format": "json"}).json()
    assert [table["id"] for table in found["tables"]] == ["precedents", "became"]
    rows = found["tables"][1]["rows"]
    assert len(rows) == 10
    assert rows[0]["instrument"]
    answer = client.get("/api/v1/precedents", {"q": "ctbt", "on": "2024-01-01", "most": "2"}).json()
    assert [one["instrument"] for one in answer["found"]] == [row["instrument"] for row in rows[:2]]
    assert client.get("/api/v1/precedents", {"q": "ctbt", "by": "colour"}).status_code == 400


def test_the_page_of_an_instrument_leads_here(client: Client) -> None:
    page = client.get("/en/instruments/npt", {"on": "2020-01-01"}).content.decode()
    assert 'href="/en/analysis/precedents?instrument=npt&amp;on=2020-01-01"' in page


def test_lines_end_with_their_number_and_do_not_lie_on_one_another() -> None:
    lines = [Course("1", ((0.5, 3), (2.0, 40)), 10.0), Course("2", ((1.0, 41),), 10.0)]
    drawn = courses(lines, Labels(title="T", description="D", name="c"))
    heights = [float(y) for y in re.findall(r'<text x="[^"]*" y="([^"]*)" dy="4">', drawn)]
    assert len(heights) == 2
    assert abs(heights[0] - heights[1]) >= 13


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_next_step_of_the_example_in_every_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/analysis/next-step", {"example": "1"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.content.decode().count("every five years") >= 2


def test_positions_that_are_brought_are_judged_by_a_rule(client: Client) -> None:
    page = client.post("/en/analysis/next-step", {"text": POSITIONS, "rule": "eu-council-qmv", "on": "2022-06-01"})
    said = text_of(page.content.decode())
    assert "Options that enough could already accept: 0 of 1." in said
    assert "CHE" in said
    rows = client.post(
        "/en/analysis/next-step", {"text": POSITIONS, "rule": "", "on": "2022-06-01", "format": "json"}
    ).json()["tables"][0]["rows"]
    assert (rows[0]["accept"], rows[0]["refuse"], rows[0]["unknown"]) == ("FRA", "DEU", "CHE")


def test_what_is_wrong_with_positions_is_told_and_no_file_is_opened(client: Client) -> None:
    page = client.post("/en/analysis/next-step", {"text": "actor,issue\nA,i\n"}).content.decode()
    assert "are missing" in page
    page = client.post("/en/analysis/next-step", {"text": POSITIONS, "rule": "/etc/rule.toml"}).content.decode()
    assert "no rule is called" in page
