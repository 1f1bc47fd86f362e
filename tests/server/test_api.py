"""The REST API: every question of the table, its pages, what it keeps, and what it says where it cannot answer."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client

from comity.acts import Act
from comity.cli.main import main
from comity.law.results import Change
from comity.law.statements import Reply, Statement
from comity.law.what_if import WhatIf
from comity.register.log import Log
from comity.register.merkle import EMPTY_ROOT, included, is_consistent, leaf_hash
from comity.server.api import views
from comity.server.api.description import FILES, example_of, sections
from comity.service import Register, keeping, open_register
from comity.service.answers import Supposed
from comity.service.forecasting import Forecast
from comity.service.methods import METHODS
from comity.service.questions import QUESTIONS, Question, ask

ROOT = "/api/v1/"
DAY = "1998-01-01"

# One way to ask each question of the log that the tests have.
ASKED = {
    "instruments": "instruments",
    "instrument": "instruments/lake-treaty",
    "status": f"instruments/lake-treaty/status?on={DAY}&actor=deu",
    "why": f"instruments/lake-treaty/why/DEU?on={DAY}",
    "missing": f"instruments/lake-treaty/missing?on={DAY}",
    "relation": f"instruments/lake-treaty/relation?a=AUT&b=CHE&on={DAY}",
    "statements": f"instruments/lake-treaty/statements?on={DAY}",
    "what-if": "instruments/lake-treaty/what-if?act=2002-01-31%20ITA%20ratification&on=2002-05-06&reasons=true",
    "pairs": f"instruments/lake-treaty/pairs?on={DAY}",
    "instrument-timeline": "instruments/lake-treaty/timeline?reasons=true",
    "actors": "actors",
    "actor": f"actors/aut?on={DAY}",
    "actor-timeline": "actors/DEU/timeline",
    "actor-statements": f"actors/AUT/statements?on={DAY}",
    "groups": "groups",
    "rules": "rules",
    "forecast": "instruments/ctbt/forecast?from=2024-03-13&until=2030-01-01",
    "power": "rules/unsc-substantive/power?on=2022-06-01",
    "timeline": "timelines/lake-treaty",
    "changes": "changes?from=1997-03-01&to=1997-04-30",
    "compare": f"compare?actors=AUT,european-union&instruments=lake-treaty,paris-agreement&on={DAY}",
    "deadlines": "deadlines?from=2015-01-01&to=2016-12-31&instrument=cat",
    "search": "search?q=convention",
    "precedents": f"precedents?q=cat&most=3&on={DAY}",
    "log-head": "log",
    "log-entries": "log/entries",
    "log-entry": "log/entries/3",
    "log-inclusion": "log/entries/3/proof",
    "log-consistency": "log/consistency/5",
    "log-checkpoints": "log/checkpoints",
}

# The same, as a command of the command line.
COMMANDS = {
    "status": ("status", "lake-treaty", "--on", DAY, "--actor", "deu"),
    "why": ("why", "lake-treaty", "DEU", "--on", DAY),
    "missing": ("missing", "lake-treaty", "--on", DAY),
    "relation": ("relation", "lake-treaty", "AUT", "CHE", "--on", DAY),
    "pairs": ("pairs", "lake-treaty", "--on", DAY),
    "actor": ("actor", "aut", "--on", DAY),
    "actor-timeline": ("timeline", "DEU"),
    "timeline": ("timeline", "lake-treaty"),
    "changes": ("changes", "--from", "1997-03-01", "--to", "1997-04-30"),
    "compare": (
        *("compare", "--actors", "AUT,european-union", "--instruments", "lake-treaty,paris-agreement", "--on", DAY),
    ),
    "search": ("search", "convention"),
    "precedents": ("precedents", "cat", "--limit", "3", "--on", DAY),
    "forecast": ("forecast", "ctbt", "--from", "2024-03-13", "--until", "2030-01-01"),
    "power": ("power", "--rule", "unsc-substantive", "--on", "2022-06-01"),
}


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def get(client: Client, where: str, **headers: str) -> Any:  # noqa: ANN401  # the answer of a test client is a type of its own
    return client.get(ROOT + where, headers=headers)


def found(client: Client, where: str) -> Any:  # noqa: ANN401  # whatever JSON holds
    answer = get(client, where)
    assert answer.status_code == 200, answer.content
    return answer.json()


# Answers


def test_every_question_is_asked_here() -> None:
    assert set(ASKED) == set(QUESTIONS)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_every_question_answers_in_its_shape(client: Client, name: str) -> None:
    question = QUESTIONS[name]
    answer = found(client, ASKED[name])
    shape = list[question.shape] if question.many else question.shape  # type: ignore[name-defined]  # a type of the table
    msgspec.convert(answer, shape)
    assert answer or name == "log-checkpoints"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_api_says_what_the_command_says(client: Client, log: Path, name: str) -> None:
    arguments = (*COMMANDS[name], "--register", str(log), "--format", "json")
    printed = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert json.loads(printed.stdout) == found(client, ASKED[name])


@pytest.mark.parametrize(
    "name", sorted(set(QUESTIONS) - {"changes", "timeline", "instrument-timeline", "actor-timeline"})
)
def test_what_is_sent_can_be_read_again(client: Client, log: Path, name: str) -> None:
    question, (path, _, query) = QUESTIONS[name], ASKED[name].partition("?")
    given = dict(parse_qsl(query))
    given |= dict(zip(_braces(question), _values(question, path), strict=True))
    register = open_register(log)
    typed = question.answer(register, **question.values(given, date(2020, 1, 1)))
    whole = list(typed) if question.many else typed  # type: ignore[call-overload]  # many are a sequence
    again = question.read_all(found(client, ASKED[name]))
    # The line of a file where an act stood is no part of it, and is not sent.
    assert unlined(again) == unlined(whole.found if isinstance(whole, Supposed) else whole)
    assert ask(register, name, given, date(2020, 1, 1)) is not None


def unlined(value: object) -> object:
    if isinstance(value, Act):
        return msgspec.structs.replace(value, line=0)
    if isinstance(value, Forecast):  # it holds tables of no fixed shape, whose rows JSON makes lists
        return msgspec.json.decode(msgspec.json.encode(value.plain()))
    if isinstance(value, list | tuple):
        return [unlined(item) for item in value]
    if isinstance(value, Statement | Reply | WhatIf):
        return [unlined(item) for item in msgspec.structs.astuple(value)]
    return value


def _braces(question: Question) -> list[str]:
    return [part[1:-1] for part in question.path.split("/") if part.startswith("{")]


def _values(question: Question, path: str) -> list[str]:
    parts = zip(question.path.split("/"), path.split("/"), strict=True)
    return [value for part, value in parts if part.startswith("{")]


def test_as_known_then(client: Client) -> None:
    assert len(found(client, "log/entries?known=3")) == 3
    assert found(client, "log?known=3")["size"] == 3
    # What has no second clock does not shine through.
    assert get(client, "instruments/paris-agreement?known=3").status_code == 404
    assert get(client, "instruments/paris-agreement").status_code == 200


def test_a_day_left_out_is_today(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "today", lambda: date(1999, 5, 6))
    assert found(client, "instruments/lake-treaty/status")["on"] == "1999-05-06"


def test_acts_are_supposed_one_a_parameter(client: Client) -> None:
    where = "instruments/lake-treaty/what-if?act=2002-01-31%20ITA%20ratification&act=2002-02-28%20FRA%20accession"
    answer = found(client, where)
    assert [act["actor"] for act in answer["acts"]] == ["ITA", "FRA"]
    told = [(one["date"], one["actor"], one["to"]) for one in answer["changes"] if one["to"] == "party"]
    assert told == [("2002-02-28", "ITA", "party"), ("2002-03-28", "FRA", "party")]
    assert found(client, where.replace("&act=", "%0A")) == answer
    assert "reason" not in answer["changes"][0]
    # What forbids them is part of the answer, as the command has it.
    wrong = "act=2002-01-31%20ITA%20acceptance&act=2002-02-01%20CHE%20objection%20ref=DEU"
    twice = found(client, f"instruments/lake-treaty/what-if?{wrong}")
    assert twice["refused"]
    assert twice["changes"] == []


def test_statements_come_with_what_was_answered_to_them(client: Client) -> None:
    (own,) = found(client, ASKED["statements"])
    assert own["act"] == {"date": "1997-03-03", "actor": "AUT", "act": "reservation", "ref": "9"}
    assert (own["standing"], own["open_until"]) == (["9"], "1998-03-03")
    of_france = found(client, "actors/FRA/statements?on=2020-01-01")
    assert {one["holder"] for one in of_france} > {"FRA"}
    others = [one for one in of_france if one["holder"] != "FRA"]
    assert all(reply["act"]["actor"] == "FRA" for one in others for reply in one["replies"])


def test_what_lies_ahead_can_be_narrowed(client: Client) -> None:
    whole = [one for page in pages_of(client, "changes?from=1997-01-01&to=2003-01-01") for one in page]
    for part, kept in (
        ("instrument=lake-treaty", lambda one: one["instrument"] == "lake-treaty"),
        ("actor=DEU", lambda one: one["actor"] == "DEU"),
        ("instrument=lake-treaty&actor=DEU", lambda one: (one["instrument"], one["actor"]) == ("lake-treaty", "DEU")),
        ("instrument=lake-treaty&area=disarmament", lambda _: False),
    ):
        narrowed = found(client, f"changes?from=1997-01-01&to=2003-01-01&limit=5000&{part}")
        assert narrowed == [one for one in whole if kept(one)]
        assert bool(narrowed) == ("area" not in part)
    assert {one["actor"] for one in found(client, ASKED["deadlines"])} == {"ERI", "VNM"}
    # Every provision of the lake may be reserved: no reservation needs acceptance.
    assert found(client, "deadlines?from=1997-01-01&to=1999-01-01&instrument=lake-treaty") == []


# Pages of lists


@pytest.mark.parametrize("name", ["instruments", "actors", "log-entries", "changes", "search"])
def test_the_pages_of_a_list_are_the_whole(client: Client, name: str) -> None:
    whole = found(client, ASKED[name])
    size = max(1, len(whole) // 3)
    pages = list(pages_of(client, f"{ASKED[name]}{'&' if '?' in ASKED[name] else '?'}limit={size}"))
    assert [item for page in pages for item in page] == whole
    assert all(len(page) == size for page in pages[:-1])
    assert len(pages) >= 3


def pages_of(client: Client, where: str) -> Iterator[list[Any]]:
    following = ROOT + where
    while following:
        answer = client.get(following)
        assert answer.status_code == 200
        yield answer.json()
        link = answer.headers.get("Link", "")
        following = link.removeprefix("<").removesuffix('>; rel="next"') if link else ""


def test_a_long_list_is_made_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    true = Register.changes

    def counted(register: Register, start: date, end: date) -> list[Change]:
        made.append(start)
        return true(register, start, end)

    monkeypatch.setattr(Register, "changes", counted)
    pages = list(pages_of(client, "changes?from=1980-02-03&to=1999-01-01&limit=900"))
    assert len(pages) > 3
    assert len(made) == 1


def test_a_cursor_belongs_to_its_list_and_its_state(client: Client) -> None:
    link = get(client, "log/entries?limit=2").headers["Link"]
    cursor = link.partition("cursor=")[2].partition(">")[0]
    assert found(client, f"log/entries?limit=1&cursor={cursor}")[0]["index"] == 2
    for where in (f"actors?cursor={cursor}", f"log/entries?known=5&cursor={cursor}", "log/entries?cursor=Zm9v"):
        answer = get(client, where)
        assert (answer.status_code, answer.json()["findings"][0]["code"]) == (409, "cursor-stale")


@pytest.mark.parametrize("limit", ["0", "5001", "-1", "many"])
def test_a_page_has_a_size(client: Client, limit: str) -> None:
    answer = get(client, f"actors?limit={limit}")
    assert (answer.status_code, answer.json()["findings"][0]["code"]) == (400, "parameter-wrong")


# What is kept


def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    where = ASKED["status"]
    first = get(client, where)
    again = get(client, where, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert get(client, where, if_none_match='"other"').status_code == 200


def test_a_tag_names_the_question_the_moment_and_the_page(client: Client) -> None:
    asked = [
        *("log/entries", "log/entries?known=3", "log/entries?known=4", "log/entries?limit=2", "log/entries?limit=3"),
        *("changes?from=1996-01-01", "changes?from=1996-01-02", "changes?from=1996-01-01&reasons=true"),
        *("bulk/log.jsonl", "bulk/log.jsonl?known=3", "log"),
    ]
    tags = [get(client, where).headers["ETag"] for where in asked]
    assert len(set(tags)) == len(asked)


def test_how_long_an_answer_may_be_kept(client: Client) -> None:
    now, pinned = get(client, "log"), get(client, "log?known=3")
    assert now.headers["Cache-Control"] == "public, no-cache"
    assert pinned.headers["Cache-Control"] == "public, max-age=86400"
    assert (now.headers["Comity-Size"], pinned.headers["Comity-Size"]) == ("8", "3")
    assert "Set-Cookie" not in now.headers
    assert get(client, "instruments/none").headers["Cache-Control"] == "no-store"


def test_head_and_options(client: Client) -> None:
    whole, head = get(client, "log"), client.head(ROOT + "log")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]
    lines = client.head(ROOT + "bulk/log.jsonl")
    assert (lines.status_code, b"".join(lines.streaming_content)) == (200, b"")
    asked = client.options(ROOT + "log", headers={"origin": "https://example.org"})
    assert (asked.status_code, asked.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_any_site_may_read(client: Client) -> None:
    for where in ("log", "instruments/none", "openapi.json", "nothing/here", "bulk/log.jsonl"):
        headers = get(client, where).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers
        assert "ETag" in headers["Access-Control-Expose-Headers"]


# Faults

FAULTS = {
    "instruments/none": (404, ["instrument-unknown"]),
    "instruments/none/statements": (404, ["instrument-unknown"]),
    "instruments/lake-treaty/what-if": (400, ["parameter-missing"]),
    "instruments/lake-treaty/what-if?act=tomorrow": (400, ["parameter-wrong"]),
    "instruments/lake-treaty/what-if?act=2002-01-31%20ITA%20marriage": (400, ["act-unknown"]),
    "instruments/lake-treaty/what-if?act=2002-02-31%20ITA%20ratification": (400, ["date-impossible"]),
    "instruments/lake-treaty/what-if?act=2002-01-31%20NOONE%20ratification": (404, ["actor-unknown"]),
    "instruments/lake-treaty/what-if?" + "&".join(["act=2002-01-31%20ITA%20ratification"] * 61): (
        400,
        ["parameter-wrong"],
    ),
    "deadlines?actor=NOONE": (404, ["actor-unknown"]),
    "deadlines?area=nowhere": (404, ["area-unknown"]),
    "changes?from=2020-01-01&instrument=none": (404, ["instrument-unknown"]),
    f"instruments/none/why/NOONE?on={DAY}": (404, ["actor-unknown", "instrument-unknown"]),
    "instruments/lake-treaty/status?actor=NOONE": (404, ["actor-unknown"]),
    "timelines/nothing-of-the-kind": (404, ["name-unknown"]),
    "actors/NOONE": (404, ["actor-unknown"]),
    "actors/NOONE/timeline": (404, ["actor-unknown"]),
    "instruments/none/timeline": (404, ["instrument-unknown"]),
    "instruments/lake-treaty/status?on=1998-02-30": (400, ["date-impossible"]),
    "instruments/lake-treaty/status?on=1998&day=1&known=often": (
        400,
        ["date-impossible", "parameter-unknown", "parameter-wrong"],
    ),
    "instruments/lake-treaty/status?on=": (400, ["parameter-wrong"]),
    f"instruments/lake-treaty/status?on={DAY}&on={DAY}": (400, ["parameter-wrong"]),
    "instruments/lake-treaty/relation?a=CHE": (400, ["parameter-missing"]),
    "changes?from=2020-01-02&to=2020-01-01": (400, ["period-wrong"]),
    "changes": (400, ["parameter-missing"]),
    "changes?from=2020-01-01&reasons=perhaps": (400, ["parameter-wrong"]),
    "compare?actors=,&instruments=lake-treaty": (400, ["parameter-wrong"]),
    "compare?actors=" + ",".join(["FRA"] * 101) + "&instruments=lake-treaty": (400, ["parameter-wrong"]),
    "search?q=" + "x" * 201: (400, ["parameter-wrong"]),
    "search?q=%00": (400, ["parameter-wrong"]),
    "log?known=9": (404, ["moment-wrong"]),
    "log?known=1990-01-01": (404, ["moment-wrong"]),
    "log/entries/8": (404, ["entry-unknown"]),
    "log/entries/first": (400, ["parameter-wrong"]),
    "log/entries/8/proof": (404, ["entry-unknown"]),
    "log/consistency/9": (404, ["entry-unknown"]),
    "log/checkpoint": (404, ["entry-unknown"]),
    "log/tile/0/000": (404, ["entry-unknown"]),
    "log/tile/0/0": (404, ["entry-unknown"]),
    "log/tile/64/000": (404, ["entry-unknown"]),
    "log/tile/63/000": (404, ["entry-unknown"]),
    "openapi.json?x=1": (400, ["parameter-unknown"]),
    "nothing/here": (404, ["address-unknown"]),
}


@pytest.mark.parametrize("where", sorted(FAULTS))
def test_a_fault_is_a_problem_with_findings(client: Client, where: str) -> None:
    answer = get(client, where)
    status, codes = FAULTS[where]
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status)
    assert sorted(finding["code"] for finding in problem["findings"]) == codes
    assert all(finding["says"] and finding["do"] for finding in problem["findings"])
    assert problem["title"]
    assert problem["instance"] == (ROOT + where).partition("?")[0]


def test_a_fault_names_the_nearest(client: Client) -> None:
    (finding,) = get(client, "instruments/lake-treety").json()["findings"]
    assert finding["do"].startswith("did you mean lake-treaty")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_through_it(client: Client, method: str) -> None:
    answer = getattr(client, method)(ROOT + "log")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["findings"][0]["code"] == "method-unknown"


def test_a_fault_of_the_program_is_one_too(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(views, "page", broken)
    answer = get(client, "actors")
    assert answer.status_code == 500
    assert answer.json()["findings"][0]["code"] == "server-fault"
    assert b"secret" not in answer.content
    assert "ZeroDivisionError: secret" in caplog.text


def test_data_that_cannot_bear_the_question(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def circle(*_: object, **__: object) -> None:
        from comity.service import refuse  # noqa: PLC0415  # here alone

        raise refuse("circle", "it asks for itself", "see comity check")

    monkeypatch.setattr(views, "plain", circle)
    assert get(client, "log").status_code == 422


# The log


def test_a_stranger_can_check_the_log(client: Client, log: Path) -> None:
    head = found(client, "log")
    for index in range(head["size"]):
        entry, proof = found(client, f"log/entries/{index}"), found(client, f"log/entries/{index}/proof")
        leaf = msgspec.json.encode(entry["leaf"], order="sorted")
        assert leaf_hash(leaf).hex() == entry["hash"] == proof["hash"]
        nodes = [bytes.fromhex(node) for node in proof["proof"]]
        assert included(leaf_hash(leaf), index, head["size"], nodes, bytes.fromhex(head["root"]))
    for old in range(head["size"] + 1):
        way = found(client, f"log/consistency/{old}")
        nodes = [bytes.fromhex(node) for node in way["proof"]]
        roots = bytes.fromhex(way["old_root"]), bytes.fromhex(way["root"])
        assert is_consistent(old, head["size"], nodes, *roots)
        assert way["root"] == head["root"]
        if old:
            assert way["old_root"] == found(client, f"log?known={old}")["root"]
        else:
            assert way["old_root"] == EMPTY_ROOT.hex()
    with Log.open(log, write=False) as opened:
        assert opened.root().hex() == head["root"]


def test_downloads_hold_the_log(client: Client, log: Path) -> None:
    lines = b"".join(get(client, "bulk/log.jsonl").streaming_content).splitlines()
    with Log.open(log, write=False) as opened:
        assert lines == [row.data for row in opened.rows()]
    assert get(client, "log/tile/0/000.p/8").content == b"".join(leaf_hash(line) for line in lines)
    bundle = b"".join(len(line).to_bytes(2, "big") + line for line in lines[:5])
    assert get(client, "log/tile/entries/000.p/5").content == bundle
    acts = [
        json.loads(line) for line in b"".join(get(client, "bulk/acts.jsonl?known=4").streaming_content).splitlines()
    ]
    assert [(act["actor"], act["act"]) for act in acts] == [
        ("CHE", "signature"),
        ("ITA", "signature"),
        ("CHE", "ratification"),
    ]
    assert acts[0]["entry"] == 1


def test_a_checkpoint_is_served_as_it_was_signed(
    client: Client, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copy(log, tmp_path / "own.comity"))
    monkeypatch.setattr(settings, "COMITY_LOG", str(own))
    note = keeping.checkpoint(own, Path(f"{log}.key"))
    answer = get(client, "log/checkpoint")
    assert (answer.content.decode(), answer.headers["Content-Type"]) == (note, "text/plain; charset=utf-8")
    (kept,) = found(client, "log/checkpoints")
    assert (kept["note"], kept["size"], kept["root"]) == (note, 8, found(client, "log")["root"])
    assert found(client, "log/checkpoints?known=3") == []


# The description, and the page


def test_the_description_names_every_address(client: Client) -> None:
    document = found(client, "openapi.json")
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        *(f"/{one.path}" for one in (*QUESTIONS.values(), *FILES)),
        "/analysis",
        *(f"/analysis/{name}" for name in METHODS),
    }
    status = document["paths"]["/instruments/{instrument}/status"]["get"]
    *own, known = status["parameters"]
    assert [one["name"] for one in own] == ["instrument", "on", "actor"]
    assert all("example" in one for one in own)
    assert known == {"$ref": "#/components/parameters/known"}
    assert document["components"]["parameters"]["known"]["example"] == "8"
    assert status["responses"]["200"]["content"]["application/json"]["example"]["instrument"] == "paris-agreement"
    tag = get(client, "openapi.json").headers["ETag"]
    assert get(client, "openapi.json", if_none_match=tag).status_code == 304


def test_the_page_lists_every_question_with_an_example_that_works(client: Client) -> None:
    page = client.get(ROOT)
    assert page.status_code == 200
    text = page.content.decode()
    for _, listed in sections():
        for one in listed:
            assert f"GET /api/v1/{one.path}" in text
            assert example_of(one).replace("&", "&amp;") in text
            answer = client.get(example_of(one))
            assert answer.status_code == (404 if one.id == "log-checkpoint" else 200), example_of(one)
    assert 'lang="en"' in text
    assert client.get("/api/v1").headers["Location"] == ROOT
