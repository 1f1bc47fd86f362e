"""The page of an instrument: its table, what was said beside consent, how it stands among others, and its addresses."""

import re
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.charts import steps_over_time

LAKE = "/en/instruments/lake-treaty?on=2003-01-01"
PARIS = "/en/instruments/paris-agreement?on=2026-06-01"


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


def rows(client: Client, address: str) -> list[str]:
    """The rows of the table of participants, as a reader sees them."""
    html = client.get(address).content.decode()
    table = re.search(r'<table class="participants">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    assert table is not None
    found = re.findall(r"<tr>(.*?)</tr>", table.group(1), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def names(client: Client, address: str) -> list[str]:
    html = client.get(address).content.decode()
    return re.findall(r'<th scope="row"><a href="/en/actors/[^"]*"><bdi>([^<]*)</bdi>', html)


def test_every_spell_of_a_state_has_a_row(client: Client) -> None:
    found = [row for row in rows(client, f"{PARIS}&name=united+states") if row.startswith("United States of America")]
    # The newest first; its withdrawal of 2025 took effect after a year.
    assert found == [
        "United States of America 2016-04-22 2021-01-20 A 2021-02-19 until 2026-01-27 Former withdrawal [ 1 ]",
        "United States of America 2016-09-03 A 2016-11-04 until 2020-11-04 Former withdrawal",
    ]


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        (PARIS, "Ratification, acceptance (A), approval (AA), accession (a)"),
        ("/fr/instruments/npt", "Ratification, adhésion (a), succession (d)"),
        ("/ar/instruments/paris-agreement", "تصديق، قبول، موافقة، انضمام"),
    ],
)
def test_the_consents_are_headed_as_depositaries_head_them(client: Client, address: str, heading: str) -> None:
    html = client.get(address).content.decode()
    assert heading in re.findall(r'<th scope="col"><a href="[^"]*sort=consent[^"]*">([^<]*)</a>', html)


def test_a_spell_that_runs_out_says_until_when(client: Client) -> None:
    found = rows(client, "/en/instruments/paris-agreement?on=2020-01-01&name=USA")
    assert found == ["United States of America 2016-04-22 2016-09-03 A 2016-11-04 until 2020-11-04 Party [ 1 ]"]


def test_the_table_is_narrowed_by_name_status_and_group(client: Client) -> None:
    everybody = names(client, LAKE)
    assert everybody == ["Austria", "Germany", "Italy", "Switzerland"]
    assert names(client, f"{LAKE}&name=SWITZ") == ["Switzerland"]
    assert names(client, f"{LAKE}&name=che") == ["Switzerland"]
    assert names(client, f"{LAKE}&status=former") == ["Germany"]
    assert names(client, f"{LAKE}&status=signatory") == ["Italy"]
    assert names(client, f"{LAKE}&group=european-union") == ["Austria", "Germany", "Italy"]
    assert names(client, f"{LAKE}&group=european-union&status=party") == ["Austria"]
    assert "0 to 0 of 0" in text(client.get(f"{LAKE}&name=zzz"))
    # A name is found in the language of the page too.
    assert "CHE" in client.get("/ar/instruments/lake-treaty?on=2003-01-01&name=سويسرا").content.decode()


def test_the_table_is_put_in_order_both_ways(client: Client) -> None:
    assert names(client, f"{LAKE}&sort=consent") == ["Switzerland", "Germany", "Austria", "Italy"]
    assert names(client, f"{LAKE}&sort=-consent") == ["Austria", "Germany", "Switzerland", "Italy"]
    html = client.get(f"{LAKE}&sort=-consent&status=party").content.decode()
    assert html.count('aria-sort="descending"') == 1
    # The heading turns the order round, and keeps the rest of what was asked.
    assert 'href="/en/instruments/lake-treaty?on=2003-01-01&amp;status=party&amp;sort=consent#participants"' in html


def test_a_long_table_comes_in_pages(client: Client) -> None:
    first, second = names(client, PARIS), names(client, f"{PARIS}&page=2")
    assert len(first) == 100
    assert first + second == names(client, f"{PARIS}&page=all")
    assert names(client, f"{PARIS}&page=99") == second
    assert "1 to 100 of" in text(client.get(PARIS))
    assert (
        'href="/en/instruments/paris-agreement?on=2026-06-01&amp;page=2#participants"'
        in client.get(PARIS).content.decode()
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("status=winner", "“winner” is not one of the choices"),
        ("group=nobody", "“nobody” is not one of the choices"),
        ("sort=colour", "“colour” is not one of the choices"),
        ("page=0", "“0” is not the number of a page"),
        ("page=two", "“two” is not the number of a page"),
    ],
)
def test_a_choice_that_there_is_not_is_told(client: Client, asked: str, says: str) -> None:
    response = client.get(f"{LAKE}&{asked}")
    assert response.status_code == 400
    assert says in text(response)


def test_the_permalink_and_the_forms_keep_what_was_asked(client: Client) -> None:
    html = client.get(f"{LAKE}&known=2400-01-01&status=party&sort=-since").content.decode()
    permalink = "on=2003-01-01&amp;known=2400-01-01&amp;status=party&amp;sort=-since"
    assert f'<a href="/en/instruments/lake-treaty?{permalink}">' in html
    for kept in ('name="sort" value="-since"', 'name="known" value="2400-01-01"'):
        assert f'<input type="hidden" {kept}>' in html


def test_what_is_recorded_later_does_not_change_a_permanent_address(client: Client) -> None:
    html = client.get("/en/instruments/lake-treaty").content.decode()
    found = re.search(r'<a href="([^"]*)">Permanent link', html)
    assert found is not None
    assert re.fullmatch(r"/en/instruments/lake-treaty\?on=\d{4}-\d\d-\d\d&amp;known=\d+", found[1])
    assert client.get(found[1].replace("&amp;", "&")).status_code == 200


def test_a_disputed_status_is_told_beside_the_numbers(client: Client) -> None:
    assert "1 status contested" in text(client.get("/en/instruments/npt?on=2020-01-01"))
    assert "contested" not in text(client.get("/en/instruments/npt?on=2000-01-01"))


def test_reservations_with_the_answers_to_them(client: Client) -> None:
    page = text(client.get("/en/instruments/cedaw?on=2010-01-01&name=Saudi+Arabia"))
    # The general reservation of 2000, and the first of many who objected to it.
    assert re.search(r"reservation, 2000-09-07", page)
    assert "do not apply between the two, to the extent of the reservation (VCLT 21(3)):" in page
    assert re.search(r"Norway 2001-\d\d-\d\d", page)
    row = rows(client, "/en/instruments/cedaw?on=2010-01-01&name=Saudi+Arabia")[0]
    assert re.search(r"Party \d reservations?", row)


def test_whom_an_actor_objected_to(client: Client) -> None:
    page = text(client.get("/en/instruments/cedaw?on=2010-01-01&name=Norway"))
    assert re.search(r"Objected to reservations of: .*Saudi Arabia 2001-\d\d-\d\d", page)


def test_contests_show_both_sides_and_take_none(client: Client) -> None:
    page = text(client.get("/en/instruments/npt?on=2010-01-01"))
    assert "Date claimed: 2003-01-11." in page
    assert (
        "Japan, 2003-04-11, on the act “Democratic People's Republic of Korea, withdrawal, 2003-01-10”".replace(
            "'", "&#x27;"
        )
        in page
    )
    assert "It is claimed to have had no effect at all." in page
    assert "Contested acts" not in text(client.get("/en/instruments/npt?on=2003-01-09"))


def test_which_version_binds_whom(client: Client) -> None:
    page = text(client.get("/en/instruments/montreal-protocol?on=1993-01-01"))
    assert "Not amended:" in page
    assert "Vienna Convention for the Protection of the Ozone Layer to which it belongs" in page
    assert "Which version" not in text(client.get("/en/instruments/montreal-protocol?on=1990-01-01"))


def test_notes_are_numbered_alike_however_the_table_is_cut(client: Client) -> None:
    # The note of Austria's approval, which its row points to, is never markup.
    html = client.get(f"{LAKE}&name=austria").content.decode()
    assert '<a href="#note-1">' in html
    assert re.search(r'<li id="note-1">.*Austria.*&lt;script&gt;', html)
    assert "note-1" not in client.get(f"{LAKE}&name=italy").content.decode()


def test_the_number_of_parties_over_time(client: Client) -> None:
    html = client.get(LAKE).content.decode()
    assert '<svg viewBox="0 0 720 240" role="img" aria-labelledby="chart-title"' in html
    told = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "1996-07-30 Germany , Switzerland 2 1997-04-03 Austria 3 2002-05-06 Germany 2" in told


def test_a_pair_is_led_to_its_relation(client: Client) -> None:
    response = client.get("/en/instruments/lake-treaty/relation?one=AUT&toward=CHE&on=1999-05-01")
    assert response.status_code == 302
    assert response.headers["Location"] == "/en/instruments/lake-treaty/AUT?on=1999-05-01&toward=CHE#relation-title"
    assert client.get("/en/instruments/lake-treaty/relation?one=AUT&toward=XX1").status_code == 404


def test_what_the_page_gives_away_is_what_its_filters_leave(client: Client) -> None:
    found = client.get(f"{LAKE}&status=party&format=json").json()
    tables = {table["id"]: table for table in found["tables"]} if "tables" in found else {}
    assert [row["code"] for row in tables["participants"]["rows"]] == ["AUT", "CHE"]
    assert len(tables["movements"]["rows"]) == 3
    assert [row["act"] for row in tables["statements"]["rows"]] == ["reservation"]


def test_a_line_in_steps() -> None:
    points = [(date(2000, 1, 1), 2), (date(2001, 1, 1), 5)]
    chart = steps_over_time(points, date(2003, 6, 30), date(2002, 1, 1))
    assert chart is not None
    # The numbers go up to an even one; the years begin with the first of them.
    assert [mark.said for mark in chart.numbers] == ["0", "1", "2", "3", "4", "5"]
    assert [mark.said for mark in chart.years] == ["2000", "2001", "2002", "2003"]
    assert chart.line.startswith(f"M{chart.left}")
    assert chart.line.count("V") == 2
    assert chart.on
    assert steps_over_time(points, date(1999, 1, 1), date(2002, 1, 1)) is None
    assert steps_over_time([], date(1999, 1, 1), date(2002, 1, 1)) is None
