"""The studio: power, clubs and packages as pages, in plain words, with limits; nothing is kept."""

import json
import re
import sys

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.studio.clubs import _EXAMPLE as REGIONS
from comity.service import Refusal, powers
from comity.service.apart import apart

pytestmark = pytest.mark.usefixtures("log")

OFFER = {
    "parties": ["A", "B"],
    "issues": [{"id": "price", "options": ["low", "high"]}, {"id": "date", "options": ["soon", "late"]}],
    "utility": {
        "A": {"price": {"low": 1, "high": 0}, "date": {"soon": 0.3, "late": 0.7}},
        "B": {"price": {"low": 0.2, "high": 0.8}, "date": {"soon": 0.6, "late": 0.4}},
    },
}


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_index_says_what_each_method_answers(client: Client) -> None:
    page = client.get("/en/analysis")
    assert page.status_code == 200
    for name in ("power", "club", "package"):
        assert f'href="/en/analysis/{name}"' in page.content.decode()


# Power


def test_the_power_of_the_permanent_members_is_said_and_drawn(client: Client) -> None:
    page = client.get("/en/analysis/power", {"rule": "unsc-substantive", "on": "2022-06-01"})
    said = text(page)
    assert "15 members decide." in said
    # 848 of 2^14 coalitions of the others, in each of which a permanent member decides.
    assert re.search(r"Most power: .*France.* would decide 5\.18%", said)
    assert "Can prevent any decision alone: China , France ," in said
    # 421 of 2145 (Shapley and Shubik).
    assert "19.63%" in said
    assert page.content.decode().count('<rect class="m0"') == 15
    assert page.headers["Cache-Control"] == "public, no-cache"


def test_two_days_are_compared(client: Client) -> None:
    asked = {"rule": "eu-council-qmv", "on": "2020-01-31", "then": "2020-02-01"}
    page = client.get("/en/analysis/power", asked)
    said = text(page)
    # The United Kingdom withdraws: its share falls to the others, most of it to the largest.
    gains, loses = re.findall(r"(?:Gain|Lose) \( \d+ in all\), most first: ([^.]*)\.", said)
    assert loses.startswith("United Kingdom")
    assert "Germany" in gains
    rows = json.loads(client.get("/en/analysis/power", asked | {"format": "json"}).content)["tables"][1]["rows"]
    assert sum(row["change"] for row in rows) == pytest.approx(0, abs=1e-12)


def test_what_is_exported_is_not_rounded(client: Client) -> None:
    asked = {"rule": "unsc-substantive", "on": "2022-06-01", "format": "json"}
    (table,) = json.loads(client.get("/fr/analysis/power", asked).content)["tables"]
    by_code = {row["actor"]: row for row in table["rows"]}
    assert by_code["FRA"]["shapley"] == 421 / 2145
    assert by_code["FRA"]["swings"] == "848"
    assert client.get("/fr/analysis/power", asked | {"format": "csv"}).content.decode("utf-8-sig").count("\n") == 16
    assert client.get("/fr/analysis/power", asked | {"format": "xlsx"}).content.startswith(b"PK")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rule": "nobody-decides"}, "no rule is called"),
        ({"rule": "/etc/passwd.toml"}, "no rule is called"),
        ({"rule": "imf-amendment", "on": "2022-06-01"}, "GB of memory to count"),
        ({"rule": "eu-council-qmv", "on": "1900-01-01"}, "cannot be judged"),
    ],
)
def test_what_cannot_be_measured_is_said(client: Client, asked: dict[str, str], said: str) -> None:
    assert said in text(client.get("/en/analysis/power", asked))


def test_one_count_at_a_time_and_never_twice(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/en/analysis/power", {"rule": "unga-simple", "on": "2022-06-01"})
    before = powers.measured.cache_info()
    client.get("/ar/analysis/power", {"rule": "unga-simple", "on": "2022-06-02"})
    assert powers.measured.cache_info().hits == before.hits + 1
    monkeypatch.setattr(powers, "_PATIENCE", 0.01)
    with powers._ONE:
        assert "another question of power" in text(client.get("/en/analysis/power", {"rule": "unga-simple"}))
        assert client.get("/api/v1/rules/unga-simple/power").status_code == 503


# Clubs


def test_the_example_has_its_clubs_and_all_regimes(client: Client) -> None:
    page = client.get("/en/analysis/club", {"example": "1"})
    assert page.content.decode().count('name="regime"') == 44
    assert "At 25 dollars a tonne and a tariff of 3.0%" in text(page)


def test_a_table_is_brought_and_a_regime_chosen(client: Client) -> None:
    page = client.post("/en/analysis/club", {"text": REGIONS, "regime": "50/10", "price": "1", "tariff": "1"})
    assert "At 50 dollars a tonne and a tariff of 10.0%" in text(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    found = client.post("/en/analysis/club", {"text": REGIONS, "regime": "50/10", "format": "json"})
    gains, regimes = json.loads(found.content)["tables"]
    for row in gains["rows"]:
        # Nobody inside would rather be out, and nobody outside would rather be in.
        assert row["gain_1"] >= 0 if row["member_1"] == "in" else row["gain_1"] <= 0
    assert {(row["price"], row["tariff"]) for row in regimes["rows"]} >= {(12.5, 0), (100, 10)}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": REGIONS.replace("16000", "much")}, "“much” is no number"),
        ({"text": REGIONS, "price": "dear"}, "a price is not negative"),
        ({"text": "region\n" + "x\n" * 2}, "stands twice"),
    ],
)
def test_a_faulty_table_is_told_its_faults(client: Client, sent: dict[str, str], said: str) -> None:
    assert said in text(client.post("/en/analysis/club", sent))


def test_what_is_too_large_is_refused(client: Client) -> None:
    assert client.post("/en/analysis/club", {"text": "x" * 200_001}).status_code == 413


# Packages


def test_the_fields_lead_to_the_package(client: Client) -> None:
    page = client.get("/en/analysis/package", {"example": "1"})
    said = text(page)
    assert "The best package, proved" in said
    assert "No package gives more than" in said
    link = re.search(r'href="([^"]*)">Permanent link', page.content.decode())
    assert link is not None
    again = client.get(link[1].replace("&amp;", "&"))
    assert "The best package, proved" in text(again)


def test_a_table_is_set_up_before_it_is_filled_in(client: Client) -> None:
    page = client.get("/en/analysis/package", {"parties": "A，B", "issues": "x: 1, 2\ny：3、4"}).content.decode()
    assert page.count('name="value"') == 8
    assert "The best package" not in page


def test_a_file_is_brought(client: Client) -> None:
    sent = {"text": json.dumps(OFFER), "solution": "utilitarian"}
    said = text(client.post("/en/analysis/package", sent))
    # (low, late) gives A 1.7 and B 0.6: the largest sum.
    assert "Weighted sum of what the parties have: 2.3 . No package gives more than 2.3 ." in said
    found = json.loads(client.post("/en/analysis/package", sent | {"format": "json"}).content)
    assert found["tables"][0]["rows"] == [{"issue": "price", "option": "low"}, {"issue": "date", "option": "late"}]


def test_the_front_of_two_is_drawn(client: Client) -> None:
    page = client.post("/en/analysis/package", {"text": json.dumps(OFFER), "solution": "pareto"}).content.decode()
    assert page.count("<circle ") == 4


def test_who_cannot_agree_is_named(client: Client) -> None:
    offer = OFFER | {"disagreement": {"A": 1.7, "B": 1.3}}
    said = text(client.post("/en/analysis/package", {"text": json.dumps(offer), "solution": "egalitarian"}))
    assert "There is no package that all accept" in said
    assert "Cannot be satisfied together: A , B" in said


@pytest.mark.parametrize("sent", ["{", "[]", '{"parties": []}', json.dumps(OFFER | {"weights": {"A": -1}})])
def test_a_faulty_offer_is_told_its_faults(client: Client, sent: str) -> None:
    assert "This cannot be answered as it stands" in text(client.post("/en/analysis/package", {"text": sent}))


def test_a_form_of_another_site_is_refused() -> None:
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    for name in ("club", "package"):
        assert strict.post(f"/en/analysis/{name}", {"text": "{}"}).status_code == 403


# Apart


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal) as caught:
        apart("package", {"offer": OFFER}, seconds=0.01)
    assert [one.code for one in caught.value.findings] == ["analysis-too-long"]

    # A process that says nothing, whatever it is asked.
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(RuntimeError, match="ended without an answer"):
        apart("package", {"offer": OFFER})


def test_too_many_regions_are_refused() -> None:
    names = [f"R{at}" for at in range(25)]
    head = "region,gdp,co2,abatement_alpha_mckinsey,tariff_alpha,tariff_beta," + ",".join(
        f"exports_to_{name}" for name in names
    )
    rows = [f"{name},1,1,1,1,1,{','.join('0' * 25)}" for name in names]
    with pytest.raises(Refusal) as caught:
        apart("club", {"text": "\n".join([head, *rows]), "price": 25, "tariff": 0})
    assert [one.code for one in caught.value.findings] == ["club-too-large"]
