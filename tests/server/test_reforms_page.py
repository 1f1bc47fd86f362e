"""Pages about reforms of a rule: abstentions, figures per person, the smallest coalitions, other quotas and votes."""

import json
import re
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("log")

LANGUAGES = ("en", "ar", "fr", "es", "ru", "zh")


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: Any) -> str:  # noqa: ANN401  # as the client answers
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rows(client: Client, where: str, asked: dict[str, str], table: int = 0) -> list[dict[str, object]]:
    """The rows of a table of a page, as it gives them away."""
    answer = json.loads(client.get(f"/en/analysis/{where}", asked | {"format": "json"}).content)
    found: list[dict[str, object]] = answer["tables"][table]["rows"]
    return found


def test_the_smallest_coalitions_of_the_security_council_are_said(client: Client) -> None:
    said = text(client.get("/en/analysis/power", {"rule": "unsc-substantive", "on": "2022-06-01"}))
    assert re.search(r"Smallest number of members that can adopt: 9 , for example", said)
    assert re.search(r"Smallest number of members that can block: 1 , for example China", said)


def test_members_may_abstain(client: Client) -> None:
    asked = {"rule": "unsc-substantive", "on": "2022-06-01", "abstention": "1"}
    by_code = {one["actor"]: one for one in rows(client, "power", asked)}
    assert by_code["FRA"]["banzhaf_normalised"] == pytest.approx(0.1009, abs=5e-5)
    assert "Each of the others is for, abstains or is against" in text(client.get("/en/analysis/power", asked))


def test_power_is_divided_by_figures(client: Client) -> None:
    asked = {"rule": "eu-council-qmv", "on": "2014-10-31", "then": "2014-11-01", "per": "eu-population"}
    by_code = {one["actor"]: one for one in rows(client, "power", asked, 1)}
    assert by_code["MLT"]["ratio_after"] > by_code["MLT"]["ratio"] > 1 > by_code["DEU"]["ratio_after"]  # type: ignore[operator]  # numbers
    assert by_code["POL"]["relative"] < -0.25  # type: ignore[operator]  # as above


def test_a_sweep_is_drawn_and_told(client: Client) -> None:
    asked = {"rule": "imf-85", "on": "2022-06-01", "from": "0.5", "to": "0.9"}
    page = client.get("/en/analysis/quota", asked)
    said = text(page)
    assert "The rule asks for 85.0% ." in said
    assert re.search(r"United States[^.]*: largest share of power \S+% at 50\.0% , smallest", said)
    assert page.content.decode().count('<path class="line') == 6
    found = rows(client, "quota", asked)
    assert len(found) == 41
    assert {"quota", "adopted", "USA", "TUV"} <= set(found[0])
    # The proved bound of the instant mode is said.
    assert "proved to lie within" in said


def test_votes_are_designed(client: Client) -> None:
    asked = {"weights": "eu-population", "on": "2010-01-01", "law": "square-root", "quota": "0.62"}
    said = text(client.get("/en/analysis/design", asked))
    assert "Votes required:" in said
    assert "By the Jagiellonian Compromise the majority required would be 61.58% ." in said
    found = rows(client, "design", asked)
    assert len(found) == 27
    assert sum(float(str(one["power"])) for one in found) == pytest.approx(1)


@pytest.mark.parametrize("page", ["quota", "design"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_stand_in_every_language(client: Client, page: str, language: str) -> None:
    assert client.get(f"/{language}/analysis/{page}").status_code == 200


@pytest.mark.parametrize(
    ("where", "asked", "said"),
    [
        ("quota", {"rule": "nobody-decides"}, "no rule is called"),
        ("quota", {"rule": "/etc/passwd.toml"}, "no rule is called"),
        ("quota", {"rule": "imf-85", "from": "0.9", "to": "0.1"}, "quotas go up"),
        ("design", {"weights": "gold"}, "no weights are called"),
        ("design", {"weights": "eu-population", "on": "2010-01-01", "quota": "much"}, "is no part"),
        ("power", {"rule": "unsc-substantive", "per": "gold"}, "no weights are called"),
    ],
)
def test_what_makes_no_sense_is_said(client: Client, where: str, asked: dict[str, str], said: str) -> None:
    assert said in text(client.get(f"/en/analysis/{where}", asked))
