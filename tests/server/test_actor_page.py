"""The page of an actor: what binds it, what it said and was told, what lies ahead of it, and what it became."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def instruments(client: Client, address: str) -> list[str]:
    """The ids of the instruments in the table, in its order."""
    return [row["id"] for row in client.get(f"{address}&format=json").json()["tables"][0]["rows"]]


def test_the_table_is_narrowed_and_put_in_order(client: Client) -> None:
    page = "/en/actors/USA?on=2020-02-01"
    everything = instruments(client, page)
    assert len(everything) > 40
    climate = instruments(client, f"{page}&area=climate&status=party")
    assert {"unfccc", "paris-agreement", "kigali-amendment"} & set(climate) == {"unfccc", "paris-agreement"}
    assert set(climate) < set(everything)
    assert instruments(client, f"{page}&name=paris") == ["paris-agreement"]
    by_consent = client.get(f"{page}&status=party&sort=-consent&format=json").json()["tables"][0]["rows"]
    days = [row["consent"] for row in by_consent if row["consent"]]
    assert days == sorted(days, reverse=True)
    assert client.get(f"{page}&area=cooking").status_code == 400
    assert client.get(f"{page}&status=winner").status_code == 400


def test_each_row_says_up_to_when_it_is_known(client: Client) -> None:
    def lake(on: str) -> dict[str, object]:
        found = client.get(f"/en/actors/CHE?on={on}&name=lake&format=json").json()["tables"][0]["rows"]
        row: dict[str, object] = found[0]
        return row

    assert lake("2020-12-31")["known"] == "2020-12-31"
    assert "known_flags" not in lake("2020-12-31")
    assert lake("2021-01-01")["known_flags"] == ["the day asked lies past it"]


def test_the_counts_lead_to_the_rows_they_count(client: Client) -> None:
    html = client.get("/en/actors/DEU?on=1998-01-01").content.decode()
    counts = re.search(r'<ul class="counts"><li><a href="([^"#]+)#bound">(.*?)</a>', html)
    assert counts is not None
    href, said = counts[1].replace("&amp;", "&"), re.sub(r"<[^>]+>", "", counts[2])
    assert href.endswith("status=party")
    number = said.removeprefix("Party: ")
    assert f"1 to {number} of {number}" in re.sub(r"<[^>]+>", "", client.get(href).content.decode())


def test_what_lies_ahead_is_what_was_ahead_on_that_day(client: Client) -> None:
    leaving = text(client.get("/en/actors/USA?on=2020-02-01"))
    assert re.search(r"2020-11-04 Paris Agreement ceases to bind it", leaving)
    assert "ceases to bind it" not in text(client.get("/en/actors/USA?on=2019-11-03"))
    coming = text(client.get("/en/actors/USA?on=2021-02-01"))
    assert "2021-02-19 Paris Agreement enters into force for it" in coming


def test_the_time_to_object_runs_from_notification(client: Client) -> None:
    # Samoa acceded on 2019-03-28 with reservations, of which the register knows the act alone.
    said = "2020-03-28 Convention against Torture"
    before, during = "/en/actors/FRA?on=2019-03-27", "/en/actors/FRA?on=2019-06-01"
    assert said not in text(client.get(before))
    page = text(client.get(during))
    assert page.count(said) == 1
    assert "last day to object to the reservation of Samoa (" in page
    assert said not in text(client.get("/en/actors/FRA?on=2020-03-28"))
    # Who made it need not object to it.
    assert "object to the reservation of Samoa" not in text(client.get("/en/actors/WSM?on=2019-06-01"))


def test_what_it_said_and_what_was_answered(client: Client) -> None:
    page = text(client.get("/en/actors/SAU?on=2010-01-01"))
    assert "Reservations, declarations and objections" in page
    assert re.search(
        r"Convention on the Elimination of All Forms of Discrimination against Women reservation , 2000-09-07", page
    )
    assert re.search(r"\(VCLT 21\(3\)\): .*Germany 2001-01-19", page)
    objector = text(client.get("/en/actors/NOR?on=2010-01-01"))
    assert re.search(r"Objected to reservations of: .*Saudi Arabia 2001-", objector)


def test_memberships_of_the_day(client: Client) -> None:
    page = client.get("/en/actors/GBR?on=2019-06-01").content.decode()
    assert "/en/groups/european-union?on=2019-06-01" in page
    assert "/en/groups/european-union" not in client.get("/en/actors/GBR?on=2021-06-01").content.decode()
    assert (
        "Charter of the United Nations"
        in text(client.get("/en/actors/GBR?on=2019-06-01")).partition("Memberships on")[2]
    )


def test_names_and_lives_over_time(client: Client) -> None:
    page = text(client.get("/en/actors/TUR?on=2020-01-01"))
    assert "Earlier names Turkey , until 2022-06-01" in page
    gone = text(client.get("/en/actors/CSK?on=1980-01-01"))
    assert "Continued or succeeded by" in gone


def test_every_change_has_its_line(client: Client) -> None:
    page = client.get("/en/actors/USA?on=2022-01-01")
    told = text(page)
    assert re.search(r"2020-11-04 Paris Agreement Party Former", told)
    assert 'aria-labelledby="chart-title"' in page.content.decode()
    changes = client.get("/en/actors/USA?format=csv&table=changes")
    assert "2020-11-04,paris-agreement,party,former" in b"".join(changes).decode()


def test_an_actor_of_whom_nothing_is_known_says_so(client: Client) -> None:
    assert "The register holds no act of it that counts on 1500" not in text(client.get("/en/actors/FRA"))
    assert "holds no act of it that counts on 1700-01-01" in text(client.get("/en/actors/FRA?on=1700-01-01"))


def test_the_marks_of_its_consents_are_explained(client: Client) -> None:
    said = text(client.get("/en/actors/FRA?on=2020-01-01"))
    assert "Marks: A acceptance · AA approval · a accession" in said.replace(" :", ":")
