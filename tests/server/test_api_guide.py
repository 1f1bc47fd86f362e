"""The guide to the API shows what the API does: every exchange in it is made, and compared."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "api.md"
EXCHANGES = re.findall(r"^```http\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def lines_of(answer: Any) -> list[str]:  # noqa: ANN401  # the answer of a test client is a type of its own
    return json.dumps(answer.json(), indent=1, ensure_ascii=False).split("\n") if answer.content else []


def agrees(shown: list[str], sent: list[str]) -> bool:
    """Whether what is shown is what was sent; a line `…` stands for any lines."""
    if not shown:
        return not sent
    if shown[0] == "…":
        return any(agrees(shown[1:], sent[start:]) for start in range(len(sent) + 1))
    return bool(sent) and shown[0] == sent[0] and agrees(shown[1:], sent[1:])


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda text: text.partition("\n")[0])
def test_what_the_guide_shows_is_what_happens(exchange: str) -> None:
    asked, head, *rest = exchange.rstrip("\n").split("\n\n")
    line, *conditions = asked.split("\n")
    client = Client(headers={"host": "localhost"})
    where = line.removeprefix("GET ")
    tag = {"if-none-match": client.get(where).headers["ETag"]} if conditions else {}
    answer = client.get(where, headers=tag)
    status, *headers = head.split("\n")
    assert answer.status_code == int(status)
    for name, _, value in (header.partition(": ") for header in headers):
        assert answer.headers[name].startswith(value.removesuffix("…"))
        assert value.endswith("…") or answer.headers[name] == value
    assert agrees([line for part in rest for line in part.split("\n")], lines_of(answer))


def test_there_are_exchanges_and_a_wrong_one_is_noticed() -> None:
    assert len(EXCHANGES) == 4
    assert not agrees(["{", "…", ' "b": 2', "}"], ["{", ' "a": 1', "}"])


def test_the_guide_names_addresses_that_there_are() -> None:
    from comity.server.api.description import FILES  # noqa: PLC0415  # Django is set up by now
    from comity.service.questions import QUESTIONS  # noqa: PLC0415  # as above

    paths = {re.sub(r"{\w+}", "{}", f"/{one.path}") for one in (*QUESTIONS.values(), *FILES)}
    table = GUIDE.read_text(encoding="utf-8").partition("## Lists")[0]
    named = re.findall(r"`(/[^`?]*)[^`]*`", "\n".join(line for line in table.split("\n") if line.startswith("| ")))
    assert len(named) > 15
    assert {re.sub(r"{\w+}", "{}", path) for path in named if "…" not in path} <= paths
