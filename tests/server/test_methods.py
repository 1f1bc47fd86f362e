"""Every method of the table over HTTP: inputs sent, the answer as the command gives it, and each fault a problem."""

import json
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.api import methods
from comity.server.api.methods import Throttle
from comity.service import open_register
from comity.service.form import Method, read_inputs
from comity.service.methods import METHODS
from comity.service.queries import shipped_folder

pytestmark = pytest.mark.usefixtures("log")


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def post(client: Client, name: str, asked: object, query: str = "") -> HttpResponse:
    body = asked if isinstance(asked, str | bytes) else json.dumps(asked)
    return client.post(f"/api/v1/analysis/{name}{query}", body, content_type="application/json")


def codes(answer: HttpResponse) -> list[str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return sorted({one["code"] for one in json.loads(answer.content)["findings"]})


def test_a_method_answers_as_its_function_does_and_names_the_size_of_the_log(client: Client) -> None:
    method = METHODS["power"]
    answer = post(client, "power", method.example)
    assert answer.status_code == 200
    told = json.loads(answer.content)
    # Shapley and Shubik (1954): 421 of 2145 for a permanent member, 4 of 2145 for another.
    shares = sorted({round(one["shapley"] * 2145, 9) for one in told["members"]})
    assert shares == [4, 421]
    assert int(answer.headers["Comity-Size"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_as_known_before_the_rule_was_recorded_it_is_not_there(client: Client) -> None:
    assert codes(post(client, "power", METHODS["power"].example, "?known=1000-01-01")) == ["moment-wrong"]


@pytest.mark.parametrize(
    ("name", "asked", "status", "wanted"),
    [
        ("powers", {}, 404, ["analysis-unknown"]),
        ("power", "{", 400, ["inputs-malformed"]),
        ("power", "[" * 100_000, 400, ["inputs-malformed"]),
        ("power", b"\xff\xfe", 400, ["inputs-malformed"]),
        ("power", [], 400, ["inputs-malformed"]),
        ("power", {"rule": 1, "day": 2}, 400, ["parameter-missing", "parameter-unknown", "parameter-wrong"]),
        ("power", {"rule": "no-such", "on": "2024-01-01"}, 404, ["rule-unknown"]),
        ("club", {"text": "", "price": 1, "tariff": 0}, 400, ["csv-empty"]),
        ("package", {"offer": {"parties": [], "issues": [], "utility": {}}}, 422, ["offer-empty"]),
        ("club", " " * 5_000_001, 413, ["inputs-too-large"]),
    ],
)
def test_what_is_wrong_is_a_problem(client: Client, name: str, asked: object, status: int, wanted: list[str]) -> None:
    answer = post(client, name, asked)
    assert (answer.status_code, codes(answer)) == (status, wanted)


@pytest.mark.parametrize(
    ("name", "more"),
    [("power-study", {}), ("power-study", {"rule": "unsc-substantive"}), ("power-quota", {}), ("next-step", {})],
)
@pytest.mark.parametrize("end", ["", " "])
def test_no_file_of_the_server_is_read_for_a_rule(
    client: Client, tmp_path: Path, name: str, more: dict[str, str], end: str
) -> None:
    file = tmp_path / "unsc-substantive.toml"
    file.write_bytes((shipped_folder() / "rules" / file.name).read_bytes())
    path = f"{file}{end}"
    asked = {**METHODS[name].example, ("beside" if more else "rule"): path, **more}
    answer = post(client, name, asked)
    assert (answer.status_code, codes(answer)) == (404, ["rule-unknown"])


def test_methods_are_listed_and_only_sent_to(client: Client) -> None:
    listed = json.loads(client.get("/api/v1/analysis").content)
    assert [one["id"] for one in listed] == list(METHODS)
    assert all(one["sources"] and one["summary"] for one in listed)
    answer = client.get("/api/v1/analysis/power")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    before = client.options("/api/v1/analysis/power")
    assert before.headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_the_example_of_each_method_is_answered_as_json_and_as_tables(method: Method) -> None:
    plain = method.answer(open_register(), read_inputs(method, method.example), None).plain()
    again = json.loads(json.dumps(plain, default=str, allow_nan=False))
    tables = method.tables(again)
    assert any(tables.values())
    for rows in tables.values():
        assert all(not isinstance(value, dict | list) for row in rows for value in row.values())


def test_one_address_may_not_ask_all_the_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    throttle = Throttle(burst=2, every=10, clock=lambda: now[0])
    assert [throttle.wait("a") for _ in range(3)] == [0, 0, 10]
    assert throttle.wait("b") == 0
    now[0] = 10
    assert [throttle.wait("a") for _ in range(2)] == [0, 10]
    monkeypatch.setattr(methods, "_throttle", Throttle(burst=0, every=10))
    answer = post(client, "power", {})
    assert (answer.status_code, codes(answer)) == (429, ["asked-too-often"])
