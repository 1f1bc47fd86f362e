"""The page of packages: the zone of agreement, payments, doubt and conditional offers, of a file that is brought."""

import json
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("log")

OFFER = {
    "parties": ["North", "South"],
    "issues": [{"id": "fund", "options": ["small", "large"]}, {"id": "date", "options": ["2030", "2035"]}],
    "utility": {
        "North": {"fund": {"small": 4, "large": 1}, "date": {"2030": 2, "2035": 1}},
        "South": {"fund": {"small": 0, "large": 8}, "date": {"2030": 1, "2035": 1.5}},
    },
    "disagreement": {"North": 4, "South": 3},
    "payments": {"limits": {"North": 0}},
    "uncertainty": {"share": 0.1},
    "statements": [
        {"by": "North", "accepts": {"fund": "large"}, "if": [{"by": "South", "options": {"date": "2030"}}]},
        {"by": "South", "accepts": {"date": "2030"}, "if": [{"by": "North", "options": {"fund": "large"}}]},
    ],
}


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize(
    ("solution", "says"),
    [
        # By hand: no package gives North 4 and South 3, but large and 2030 gives 3 and 9: South pays 1 and gains.
        ("zone", ("Acceptable to all: 0 of 4 packages", "Cannot be satisfied together: North")),
        ("payments", ("The best package, proved", "Gain of all together, in money: 5", "Who pays whom", "3.5")),
        ("robust", ("There is no package that all accept",)),
        ("conditions", ("The conditional offers close",)),
    ],
)
def test_what_could_be_agreed(client: Client, solution: str, says: tuple[str, ...]) -> None:
    page = client.post("/en/analysis/package", {"solution": solution, "text": json.dumps(OFFER)})
    assert page.status_code == 200
    read = " ".join(re.sub(r"<[^>]+>", "", page.content.decode()).split())
    for one in says:
        assert one in read


def test_who_ratifies_stands_in_the_table(client: Client) -> None:
    senate = [{"name": "Assembly of North", "of": "North", "minimum": 3}]
    offer = OFFER | {"disagreement": {"North": 2, "South": 3}, "ratifiers": senate}
    page = client.post("/en/analysis/package", {"solution": "nash", "text": json.dumps(offer)}).content.decode()
    assert "Assembly of North" in page
    assert "2030" in page


def test_a_faulty_part_is_told(client: Client) -> None:
    offer = OFFER | {
        "statements": [{"by": "West", "accepts": {"fund": "huge"}}],
        "demands": [{"by": "North", "options": {}}],
    }
    page = client.post("/en/analysis/package", {"solution": "conditions", "text": json.dumps(offer)}).content.decode()
    for one in ("“West” is no party", "there is no fund: “huge”", "no issue is named"):
        assert one in page
