"""The map: every State has its tile, nobody is told apart by colour alone, and its table is never far."""

import gzip
import re
from datetime import date

import pytest
from django.test import Client

from comity.server.drawings import Labels, Tile, off_map, on_map, tile_map
from comity.server.drawings.tiles import PATTERNS, places
from comity.service import Register, open_register

LABELS = Labels(title="Map <of>", description="Two & more", name="m")


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def test_every_member_and_observer_of_the_united_nations_has_a_tile_of_its_own(register: Register) -> None:
    today = date(2026, 1, 1)
    directory = register.reading.directory
    states = directory.members("un-members", today) | directory.members("un-observer-states", today)
    assert len(states) == 195
    assert off_map(sorted(states)) == []
    found = places(sorted(states))
    assert len(set(found.values())) == len(states)


def test_whoever_is_on_the_map_is_a_state_of_the_register(register: Register) -> None:
    actors = register.reading.directory.actors
    assert {code: actors[code].kind for code in on_map()} == dict.fromkeys(on_map(), "state")


def test_a_state_that_is_gone_stands_where_its_successor_does_and_never_on_top_of_it() -> None:
    assert places(["SUN"])["SUN"] == places(["RUS"])["RUS"]
    assert off_map(["SUN", "RUS", "EUU"]) == ["SUN", "EUU"]
    assert off_map(["YUG", "SCG"]) == ["SCG"]


def test_a_map_says_what_it_shows_in_words_and_patterns() -> None:
    styles = ("party", "contracting", "signatory", "former", "none")
    tiles = {
        code: Tile(style, f"{code} & {style}", href=f"/x?a=1&b={code}")
        for code, style in zip(("FRA", "DEU", "ITA", "ESP", "PRT"), styles, strict=True)
    }
    drawn = tile_map({**tiles, "EUU": Tile("party", "not on it")}, LABELS)
    assert '<title id="m-title">Map &lt;of&gt;</title><desc id="m-desc">Two &amp; more</desc>' in drawn
    assert drawn.count("<a ") == 5
    assert "not on it" not in drawn
    assert "<title>DEU &amp; contracting</title>" in drawn
    assert 'href="/x?a=1&amp;b=FRA"' in drawn
    # Three patterns, and plain tiles dark and light: five looks for five words.
    assert re.findall(r"url\(#m-(\w+)\)", drawn) == ["contracting", "signatory", "former"]
    assert [style for style in PATTERNS if f'<pattern id="m-{style}"' in drawn] == list(PATTERNS)
    assert "style=" not in drawn


def test_a_tile_without_an_address_is_no_link() -> None:
    drawn = tile_map({"FRA": Tile("none", "France", mark="12")}, LABELS)
    assert "<a " not in drawn
    assert ">12</text>" in drawn


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_an_instrument_has_its_map_with_counts_that_are_those_of_its_table(
    client: Client, language: str
) -> None:
    page = client.get(f"/{language}/instruments/lake-treaty?on=1997-05-01").content.decode()
    figure = page[page.index('<figure class="map">') : page.index("</figure>")]
    assert figure.count('class="party"') - figure.count('<g class="party">') == 3
    assert "/instruments/lake-treaty/AUT?on=1997-05-01" in figure
    assert 'tabindex="-1"' in figure


def test_on_a_day_of_another_time_the_map_shows_the_states_of_that_time(client: Client) -> None:
    page = client.get("/en/instruments/genocide-convention?on=1980-01-01").content.decode()
    tiles = set(re.findall(r">([A-Z]{3})</text>", page))
    assert {"SUN", "CSK", "YUG", "DDR", "DEU", "UKR"} <= tiles
    assert not {"RUS", "CZE", "SVK", "SRB", "SSD"} & tiles


def test_the_first_page_has_the_map_of_all_and_the_same_as_a_table(client: Client, register: Register) -> None:
    page = client.get("/en/?on=2020-01-01").content.decode()
    marks = dict(re.findall(r">([A-Z]{3})</text><text class=\"mark\"[^>]*>(\d+)</text>", page))
    assert len(marks) >= 195
    france = sum(1 for one in register.actor("FRA", "2020-01-01") for actor in one.actors if actor.status == "party")
    assert marks["FRA"] == str(france)
    table = page[page.index("<table") : page.index("</table>")]
    assert re.search(rf'France</bdi></a></th><td[^>]*><bdi dir="ltr">{france}<', table)


def test_the_map_is_light(client: Client) -> None:
    page = client.get("/ar/").content.decode()
    figure = page[page.index('<figure class="map">') : page.index("</figure>")]
    assert len(gzip.compress(figure.encode())) < 25_000


def test_the_table_of_the_first_map_can_be_taken_away(client: Client) -> None:
    found = client.get("/en/?on=2020-01-01&format=json").json()
    (table,) = found["tables"]
    assert {row["code"]: row["parties"] for row in table["rows"]}["FRA"] > 50
