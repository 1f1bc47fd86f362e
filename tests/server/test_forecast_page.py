"""The page of forecasts: the question, its answer in plain words, the drawing, and what is wrong with it."""

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.findings import Finding
from comity.server.identity import people
from comity.service import Refusal
from comity.service.form import inputs_of
from comity.service.methods import METHODS

pytestmark = pytest.mark.usefixtures("log")
CTBT = {"instrument": "ctbt", "until": "2035-01-01", "on": "2026-11-23"}


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_treaty_that_some_hold_up(client: Client) -> None:
    page = client.get("/en/analysis/forecast", CTBT)
    said = text(page)
    assert re.search(r"Comprehensive Nuclear-Test-Ban Treaty ?: in force by 2035-01-01 ?\?", said)
    # The nine States of Annex 2 whose ratification is missing, by name.
    assert re.search(r"the consent of none stands: China , .*Egypt , India , Iran.*United States of America", said)
    assert "All consents are known up to 2024-03-13" in said
    assert "It does not become as likely as not within fifty years." in said
    assert "this model did better than two simple rules" in said
    assert page.content.decode().count('<path class="line"') == 1
    assert page.content.decode().count('<rect class="m0"') == 10  # calibration, tenth by tenth
    assert page.headers["Cache-Control"] == "public, no-cache"


def test_a_veto_at_home_and_a_number_of_parties(client: Client) -> None:
    said = text(client.get("/en/analysis/forecast", CTBT | {"without": "IND"}))
    assert re.search(r"With India staying out, the chance by 2035-01-01 is 0\.00% instead of 1\.\d+%", said)
    asked = {"instrument": "tpnw", "until": "2030-01-01", "parties": "100", "hurdle": "un-africa=0.5"}
    said = text(client.get("/en/analysis/forecast", asked | {"on": "2026-11-23"}))
    assert re.search(r"100 parties by 2030-01-01 ?\?", said)
    assert re.search(r"Days by which the even chance is put off: \d", said)
    assert "comity forecast tpnw --from 2026-11-23 --until 2030-01-01 --parties 100 --hurdle un-africa=0.5" in said


def test_a_rule_that_weighs_is_answered_apart(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def apart(what: str, inputs: dict[str, object], where: object) -> object:
        asked.append((what, inputs["instrument"], where))
        raise Refusal([Finding(level="error", code="analysis-busy", says="as much is being computed as may be")])

    monkeypatch.setattr("comity.server.studio.forecasts.apart", apart)
    kyoto = {"instrument": "kyoto-protocol", "on": "2002-11-01", "until": "2006-01-01"}
    assert "as much is being computed" in text(client.get("/en/analysis/forecast", kyoto))
    assert asked[0][:2] == ("forecast", "kyoto-protocol")
    assert "in force" in text(client.get("/en/analysis/forecast", CTBT))
    assert len(asked) == 1


@pytest.mark.usefixtures("private")
def test_whoever_is_logged_in_can_save_it(client: Client) -> None:
    assert 'name="inputs"' not in client.get("/en/analysis/forecast", CTBT).content.decode()
    client.force_login(people.add(email="reader@example.org", role="public"))
    page = client.get("/en/analysis/forecast", CTBT | {"without": "IND"}).content.decode()
    found = re.search(r'name="method" value="forecast"><input type="hidden" name="inputs" value="([^"]+)"', page)
    assert found is not None
    inputs = inputs_of(METHODS["forecast"], html.unescape(found[1]).encode())
    assert (inputs.instrument, inputs.without, str(inputs.end)) == ("ctbt", ("IND",), "2035-01-01")


def test_its_tables_leave_with_it(client: Client) -> None:
    found = client.get("/en/analysis/forecast", CTBT | {"format": "json"}).json()
    assert "CHN" in str(found)
    rows = client.get("/en/analysis/forecast", CTBT | {"format": "csv", "table": "drivers"}).content.decode()
    assert len([line for line in rows.splitlines() if re.match(r"[A-Z]{3},", line)]) == 9


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"parties": "many"}, "is no whole number"),
        ({"hurdle": "IND=never"}, "write ACTOR=2030-01-01"),
        ({"until": "2020-01-01"}, "runs backwards"),
        ({"instrument": "udhr"}, "ask about another instrument"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(client: Client, asked: dict[str, str], said: str) -> None:
    page = client.get("/en/analysis/forecast", CTBT | asked)
    assert page.status_code == 200
    assert said in text(page)


def test_an_instrument_that_is_not_in_force_leads_there(client: Client) -> None:
    link = 'href="/en/analysis/forecast?instrument=ctbt&amp;on=2024-01-01"'
    assert link in client.get("/en/instruments/ctbt?on=2024-01-01").content.decode()
    assert "analysis/forecast" not in client.get("/en/instruments/npt?on=2024-01-01").content.decode()


def test_the_api_answers_alike(client: Client) -> None:
    found = client.get("/api/v1/instruments/ctbt/forecast", {"from": "2026-11-23", "until": "2035-01-01"}).json()
    assert {one["actor"] for one in found["drivers"]} == set(found["needed"])
    assert len(found["needed"]) == 9
    assert found["chance"] == sorted(found["chance"])
    wrong = client.get("/api/v1/instruments/ctbt/forecast", {"until": "2035-01-01", "hurdle": "IND=x"})
    assert wrong.status_code == 422
