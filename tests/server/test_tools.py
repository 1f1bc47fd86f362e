"""A hundred questions to the tools for models: no wrong answer, none without its sources, none past what is known
without saying so; and the protocol itself, spoken by its own client."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
import pytest
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

from comity.server.tools import METHOD_TOOLS, TOOLS, _called, _method_tool, _tool
from comity.service import Register, open_register

HUNDRED = list(csv.DictReader((Path(__file__).parent / "hundred.csv").read_text(encoding="utf-8").splitlines()))
TODAY = date(2026, 11, 23)
LISTS = {"actors": ",", "instruments": ",", "act": ";"}


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def call(register: Register, tool: str, arguments: str) -> Any:  # noqa: ANN401  # the protocol's own result
    @contextmanager
    def asking(known: str) -> Iterator[Register]:
        yield open_register(None, known) if known else register

    pairs = (pair.split("=", 1) for pair in arguments.split("&"))
    given = {name: value.split(LISTS[name]) if name in LISTS else value for name, value in pairs}
    return _called(asking, tool, given, TODAY)


def is_so(answer: Any, expected: str) -> bool:  # noqa: ANN401  # plain JSON
    name, _, value = expected.partition("=")
    if name == "hit":
        name = "where"
    if isinstance(answer, list):
        return value in {item[name] for item in answer}
    found = answer[name]
    return (found if isinstance(found, str) else json.dumps(found)) == value


def test_there_are_a_hundred_and_a_third_cannot_be_answered() -> None:
    assert len(HUNDRED) >= 100
    assert sum(row["how"] != "clear" for row in HUNDRED) * 3 >= len(HUNDRED)
    assert all(row["source"] for row in HUNDRED)


@pytest.mark.parametrize("row", HUNDRED, ids=lambda row: f"{row['tool']}-{row['arguments']}")
def test_no_wrong_and_no_uncited_answer(register: Register, row: dict[str, str]) -> None:
    result = call(register, row["tool"], row["arguments"])
    text = result.content[0].text
    if row["how"] == "refused":
        assert result.is_error
        assert text.startswith("Not answered. ")
        assert row["expected"] in text
        assert result.structured_content is None
        return
    assert not result.is_error
    found = result.structured_content
    assert found["sources"]
    assert "Sources: " in text
    assert found["cite"] in text
    assert bool(found["caution"]) == (row["how"] == "cautioned")
    assert text.startswith("CAUTION: ") == (row["how"] == "cautioned")
    if row["expected"]:
        assert is_so(found["answer"], row["expected"])


def test_what_is_supposed_says_so_and_nothing_is_recorded(register: Register) -> None:
    acts = "2027-01-20 USA acceptance;2027-01-21 IRN ratification"
    result = call(register, "what-if", f"instrument=paris-agreement&act={acts}&reasons=true")
    assert result.content[0].text.startswith("CAUTION: The acts are supposed: none of this has happened")
    bound = {one["actor"] for one in result.structured_content["answer"]["changes"] if one["to"] == "party"}
    assert bound == {"IRN", "USA"}
    assert "paris-agreement: 2027-01-20 USA acceptance" in result.structured_content["sources"]
    assert call(register, "why", "instrument=paris-agreement&actor=USA&on=2027-03-01").structured_content["answer"][
        "status"
    ] == ("former")


def test_a_tool_says_what_it_takes() -> None:
    for name in TOOLS:
        tool = _tool(name)
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        assert set(tool.input_schema["required"]) <= set(tool.input_schema["properties"])


def test_a_client_of_the_protocol_is_answered() -> None:
    async def talk() -> tuple[set[str], str, bool]:
        server = StdioServerParameters(command=sys.executable, args=["-m", "comity", "mcp"])
        async with stdio_client(server) as streams, ClientSession(*streams) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            asked = {"instrument": "paris-agreement", "actor": "USA", "on": "2021-02-18"}
            result = await session.call_tool("why", asked)
            wrong = await session.call_tool("why", {"instrument": "paris-agreement"})
            return tools, result.content[0].text, bool(wrong.is_error)

    tools, text, refused = anyio.run(talk)
    assert tools == {*TOOLS, *METHOD_TOOLS}
    assert re.search(r'"status":"contracting"', text)
    assert refused


def test_methods_are_tools_that_say_what_they_take_and_where_they_come_from(register: Register) -> None:
    for name in METHOD_TOOLS:
        tool = _method_tool(name)
        assert tool.input_schema["type"] == "object"
        assert set(tool.input_schema["required"]) <= set(METHOD_TOOLS[name].example)
        assert tool.input_schema["additionalProperties"] is False

    def ask(name: str, arguments: dict[str, object]) -> types.CallToolResult:
        return _called(lambda _known: nullcontext(register), name, arguments, date(2026, 1, 1))

    power = METHOD_TOOLS["analysis-power"]
    found = ask("analysis-power", {**power.example})
    assert not found.is_error
    assert found.structured_content is not None
    # Shapley and Shubik (1954): 421 of 2145 and 4 of 2145.
    shares = {round(one["shapley"] * 2145, 9) for one in found.structured_content["answer"]["members"]}
    assert shares == {421, 4}
    assert "Shapley, L. S." in str(found.content[0])
    wrong: tuple[dict[str, object], ...] = (
        {},
        {"rule": "x", "on": "never", "more": 1},
        {"rule": "nothing-such", "on": "2020-01-01"},
    )
    assert all(ask("analysis-power", arguments).is_error for arguments in wrong)
