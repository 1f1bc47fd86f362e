"""What a page weighs on a slow line: the public pages of the register that ships, compressed, and nothing beside."""

import gzip
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.service import Register, open_register

MOST = 60_000  # bytes, compressed, without the map
_MAP = re.compile(r'<svg class="tiles".*?</svg>', re.DOTALL)


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def weight(page: str) -> int:
    """As the portal compresses it, without its map."""
    return len(gzip.compress(_MAP.sub("", page).encode(), 6))


def wrong_with(client: Client, addresses: list[str]) -> Iterator[str]:
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if answer.status_code != 200:
            yield f"{address}: {answer.status_code}"
        if (found := weight(answer.content.decode())) > MOST:
            yield f"{address}: {found} bytes"
        if answer.cookies:
            yield f"{address} sets {', '.join(answer.cookies)}"
        if len(asked):
            yield f"{address} asks the data base: {asked[0]['sql'][:80]}"


def longest(register: Register) -> list[str]:
    """The pages with the most to say, in the languages whose letters take most bytes."""
    parties = {one.id: len(register.history(one.id).records) for one in register.instruments()}
    crowded = sorted(parties, key=lambda name: -parties[name])[:3]
    under = {one.id: 0 for one in register.actors()}
    for name in parties:
        for code in register.history(name).records:
            under[code] = under.get(code, 0) + 1
    busiest = max(under, key=lambda code: under[code])
    actors = ",".join(sorted(under, key=lambda code: -under[code])[:40])
    return [
        "",
        *("about", "terms", "instruments", "actors?page=all", "groups", "answer", "compare", "what-if", "embed"),
        *("log", "log/check", "log/0", "?q=convention"),
        *(f"instruments/{name}" for name in ("un-charter", "crc", "unclos", "paris-agreement", *crowded)),
        f"instruments/{crowded[0]}?page=all",
        f"instruments/crc/{busiest}",
        f"actors/{busiest}",
        f"compare?actors={actors}&instruments={','.join(sorted(parties)[:10])}",
        *(f"groups/{group.id}" for group in register.groups()),
    ]


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
def test_the_longest_pages_are_light_and_ask_nothing_of_the_data_base(
    client: Client, register: Register, language: str
) -> None:
    addresses = [f"/{language}/{path}" for path in longest(register)]
    assert list(wrong_with(client, addresses)) == []


def test_so_is_the_page_of_every_instrument(client: Client, register: Register) -> None:
    addresses = [f"/ar/instruments/{one.id}" for one in register.instruments()]
    assert len(addresses) > 100
    assert list(wrong_with(client, addresses)) == []
