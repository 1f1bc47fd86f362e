"""Lists of all instruments, actors and groups, the page of a group, and the first page."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.words import LANGUAGES
from comity.service import open_register
from comity.service.catalogue import catalogue


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rows(client: Client, address: str, table: int = 0) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(f"{address}&format=json").json()["tables"][table]["rows"]
    return found


def test_the_first_page_says_up_to_when_a_number_of_parties_is_known(client: Client) -> None:
    said = text(client.get("/en/?on=2026-06-01"))
    assert re.search(r"Forced Labour Convention, 1930 \(No\. 29\) 4 +parties, known up to 1930-06-28", said)
    assert "known up to" not in text(client.get("/en/?on=1930-01-01"))


@pytest.mark.parametrize("page", ["/en/?on=2010-01-01", "/en/instruments?on=2010-01-01&page=all"])
def test_what_has_ended_is_not_called_not_yet_in_force(client: Client, page: str) -> None:
    said = text(client.get(page))
    assert re.search(r"General Agreement on Tariffs and Trade (agreement 1947-10-30 )?No longer in force on", said)


def test_all_instruments_are_there_and_can_be_narrowed(client: Client) -> None:
    page = "/en/instruments?on=2010-01-01"
    everything = {row["id"]: row for row in rows(client, page)}
    assert {"lake-treaty", "paris-agreement", "un-charter", "agenda-2030"} <= set(everything)
    assert everything["lake-treaty"]["parties"] == 2
    assert everything["paris-agreement"]["status"] == "not-in-force"
    # A declaration has no parties, and neither is in force nor is not.
    assert everything["agenda-2030"]["status"] is None
    climate = rows(client, f"{page}&area=climate&state=in-force")
    assert {"unfccc", "kyoto-protocol"} <= {row["id"] for row in climate} < set(everything)
    assert [row["id"] for row in rows(client, f"{page}&name=lake")] == ["lake-treaty"]
    assert [row["id"] for row in rows(client, f"{page}&kind=treaty&name=lake")] == ["lake-treaty"]
    assert client.get(f"{page}&kind=poem").status_code == 400
    assert client.get(f"{page}&state=asleep").status_code == 400


def test_numbers_are_put_in_order_as_numbers(client: Client) -> None:
    found = [
        int(str(row["parties"])) for row in rows(client, "/en/instruments?on=2010-01-01&sort=-parties&state=in-force")
    ]
    assert found == sorted(found, reverse=True)
    assert max(found) > 100 > min(found)


def test_all_actors_that_exist_on_the_day(client: Client) -> None:
    then = {row["code"] for row in rows(client, "/en/actors?on=1980-01-01")}
    now = {row["code"] for row in rows(client, "/en/actors?on=2020-01-01")}
    assert "CSK" in then - now
    assert "CZE" in now - then
    few = rows(client, "/en/actors?on=2020-01-01&kind=state&group=european-union&name=lu")
    assert [row["code"] for row in few] == ["LUX"]
    assert client.get("/en/actors?kind=planet").status_code == 400


def test_a_group_on_a_day(client: Client) -> None:
    page = "/en/groups/european-union?on=2019-01-01"
    members = {str(row["code"]): row for row in rows(client, page)}
    assert len(members) == 28
    assert members["GBR"]["until"] == "2020-02-01"
    assert "28 members" in text(client.get(page))
    assert "27 members" in text(client.get("/en/groups/european-union?on=2020-02-01"))
    changes = rows(client, page, 1)
    assert {"date": "2020-02-01", "joined": None, "left": "GBR"} in [
        {name: row[name] for name in ("date", "joined", "left")} for row in changes
    ]
    # Of its members, those who are party to the treaty of the lake.
    lake = next(row for row in rows(client, "/en/groups/european-union?on=1998-01-01", 2) if row["id"] == "lake-treaty")
    assert (lake["parties"], lake["of"]) == (2, 15)


def test_a_list_without_dates_claims_nothing_of_other_days(client: Client) -> None:
    assert "it holds for the day that its note names" in text(client.get("/en/groups/sids?on=1999-01-01"))
    assert "its note names" not in text(client.get("/en/groups/european-union?on=1999-01-01"))
    assert "Small island developing States that are members of the United Nations since when is not given" in text(
        client.get("/en/actors/FJI?on=1999-01-01")
    )


def test_a_group_that_there_is_not(client: Client) -> None:
    response = client.get("/en/groups/europe")
    assert response.status_code == 404
    assert "/en/groups/european-union" in response.content.decode()


def test_the_links_of_the_lists_lead_somewhere(client: Client) -> None:
    for page in ("instruments", "actors", "groups", "groups/asean", "groups/g7"):
        html = client.get(f"/ar/{page}?on=2015-01-01").content.decode()
        assert '<html lang="ar" dir="rtl">' in html
        links = re.findall(r'<th scope="row"><a href="([^"]+)"', html)
        assert len(links) > 5
        assert {client.get(link.replace("&amp;", "&")).status_code for link in links[:3]} == {200}


def test_the_first_page_tells_what_was_about_to_happen_on_the_day(client: Client) -> None:
    def coming(on: str) -> str:
        return (
            text(client.get(f"/en/?on={on}")).partition("About to take effect")[2].partition("Instruments in force")[0]
        )

    # Its notice of withdrawal came on 2019-11-04, and its new consent on 2021-01-20.
    assert "2020-11-04" not in coming("2019-11-03")
    assert "2020-11-04 Paris Agreement : United States of America Party → Former" in coming("2020-10-20")
    assert "2021-02-19 Paris Agreement : United States of America" not in coming("2021-01-19")
    assert "2021-02-19 Paris Agreement : United States of America Contracting → Party" in coming("2021-01-20")


def test_the_first_page_leads_to_everything(client: Client) -> None:
    page = client.get("/en/?on=1998-01-01")
    told = text(page)
    assert "Treaty on the Waters of the Lake 3 parties" in told
    assert "Paris Agreement Not in force" in told
    assert (
        "Member States of the European Union (until 1993-11-01 of the European Economic Community) 15 members" in told
    )
    for address in ("instruments", "actors", "groups", "groups/ldc?on=1998-01-01", "instruments/crc?on=1998-01-01"):
        assert f'href="/en/{address}"' in page.content.decode()
    assert client.get("/en/?format=atom").headers["Content-Type"].startswith("application/atom+xml")


def test_every_group_has_its_title_in_every_language() -> None:
    groups = open_register().reading.directory.groups
    for language in set(LANGUAGES) - {"en"}:
        titled = {key.removeprefix("group.") for key in catalogue(language) if key.startswith("group.")}
        assert titled == set(groups)
