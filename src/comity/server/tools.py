"""Tools for language models, by the Model Context Protocol: questions of the table, read-only, each answer cited.

A model is given no answer without its sources, its horizon, and a caution where it goes beyond what is known.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from importlib.metadata import version
from typing import Any

import mcp_types as types
import msgspec
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from comity.service import Refusal, Register, refuse
from comity.service.cited import Cited, cited
from comity.service.form import Method, answered, needed, read_inputs
from comity.service.methods import METHODS
from comity.service.parameters import DAY, KNOWN, Kind, Parameter, text_of
from comity.service.questions import QUESTIONS

__all__ = ["METHOD_TOOLS", "TOOLS", "Asking", "make_server", "serve_stdio"]

# The questions that a model may ask: those whose answers can be cited act by act, and what finds their names.
TOOLS: tuple[str, ...] = (
    "search",
    "status",
    "why",
    "missing",
    "relation",
    "compare",
    "statements",
    "what-if",
    "actor",
    "timeline",
    "changes",
    "deadlines",
    "instrument",
)
# Methods of the analysis that a model may ask, by the name of the tool.
METHOD_TOOLS: Mapping[str, Method] = {f"analysis-{one.id}": one for one in METHODS.values() if one.tool}
# A register as known at a moment ("" is now), for as long as a question takes.
Asking = Callable[[str], AbstractContextManager[Register]]

_INSTRUCTIONS = """\
Comity computes who is bound by which treaty, toward whom, on any date, from a register of dated diplomatic acts.
Find ids with `search` first; never guess them. Give dates as YYYY-MM-DD. Every answer carries `sources`, `known` (up to
when acts are complete) and, where it goes beyond that, `caution`: pass these on with the answer. Where a tool refuses,
or an answer is cautioned as not known, say so; do not fill the gap from elsewhere and call it Comity's.
"""
# Characters of the text of an answer. What is longer is told by status, and stands whole in the structured content.
_LONG = 12_000
# What one question to a method may take, by what it says it needs.
_SECONDS = 20.0


def make_server(asking: Asking, today: Callable[[], date]) -> Server[Any]:
    """A server of the protocol over a register."""

    async def list_tools(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        del context, params
        return types.ListToolsResult(tools=[*map(_tool, TOOLS), *map(_method_tool, METHOD_TOOLS)])

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        del context
        return _called(asking, params.name, params.arguments or {}, today())

    return Server(
        "comity",
        version=version("comity"),
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve_stdio(server: Server[Any]) -> None:
    """Serve one client over standard input and output, until it leaves."""
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _tool(name: str) -> types.Tool:
    question = QUESTIONS[name]
    parameters = (*question.parameters, KNOWN)
    schema = {
        "type": "object",
        "properties": {one.name: _schema(one) for one in parameters},
        "required": [one.name for one in parameters if one.required],
        "additionalProperties": False,
    }
    hints = types.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    return types.Tool(name=name, description=question.summary, input_schema=schema, annotations=hints)


def _method_tool(name: str) -> types.Tool:
    method = METHOD_TOOLS[name]
    (schema,), inner = msgspec.json.schema_components([method.asks], ref_template="#/$defs/{name}")
    own = inner.pop(schema["$ref"].rpartition("/")[2])
    own["properties"]["known"] = _schema(KNOWN)
    hints = types.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    found = own | {"examples": [dict(method.example)]} | ({"$defs": inner} if inner else {})
    return types.Tool(name=name, description=method.summary, input_schema=found, annotations=hints)


def _computed(asking: Asking, method: Method, arguments: Mapping[str, Any]) -> types.CallToolResult:
    """The answer of a method, within what one question may take, with the works that the method comes from."""
    given = dict(arguments)
    try:
        known = str(given.pop("known", None) or "")
        asked = read_inputs(method, given)
        if needed(method, asked).seconds > _SECONDS:
            says = f"this would take longer than {_SECONDS:g} seconds"
            raise refuse("analysis-too-long", says, "ask about less, or let a person use the command")
        with asking(known) as register:
            found = answered(method, register, asked)
    except Refusal as refusal:
        return _refused([f"{one.code}: {one.says}{f'; {one.do}' if one.do else ''}" for one in refusal.findings])
    answer = msgspec.json.encode(found, enc_hook=str).decode()
    cut = " … (the whole answer is the structured content)" if len(answer) > _LONG else ""
    text = f"{answer[:_LONG]}{cut}\nMethod: {' '.join(method.sources)}"
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content={"answer": msgspec.json.decode(answer), "method": list(method.sources)},
    )


def _schema(one: Parameter) -> dict[str, object]:
    schema: dict[str, object] = {"description": one.summary, "examples": [one.example]}
    match one.kind:
        case "list":
            return schema | {"type": "array", "items": {"type": "string"}, "examples": [one.example.split(",")]}
        case "lines":
            return schema | {"type": "array", "items": {"type": "string"}, "examples": [one.example.split("\n")]}
        case "yes":
            return schema | {"type": "boolean", "examples": [True]}
        case "day":
            return schema | {"type": "string", "pattern": DAY}
        case _:
            return schema | {"type": "string"}


def _called(asking: Asking, name: str, arguments: Mapping[str, Any], today: date) -> types.CallToolResult:
    if name in METHOD_TOOLS:
        return _computed(asking, METHOD_TOOLS[name], arguments)
    if name not in TOOLS:
        return _refused([f"There is no tool “{name:.40}”. There are {', '.join((*TOOLS, *METHOD_TOOLS))}."])
    kinds = {one.name: one.kind for one in QUESTIONS[name].parameters}
    given = {key: _text(value, kinds.get(key, "text")) for key, value in arguments.items() if value not in (None, [])}
    try:
        with asking(given.pop("known", "")) as register:
            found = cited(register, name, given, today)
    except Refusal as refusal:
        return _refused([f"{one.code}: {one.says}{f'; {one.do}' if one.do else ''}" for one in refusal.findings])
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=_told(found))],
        structured_content=msgspec.json.decode(msgspec.json.encode(found)),
    )


def _text(value: object, kind: Kind) -> str:
    """An argument as an address would have it."""
    return text_of(value, kind) if isinstance(value, list | bool) else str(value)


def _refused(lines: list[str]) -> types.CallToolResult:
    text = "Not answered. " + "\n".join(lines)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)


def _told(found: Cited) -> str:
    """An answer as text: the caution first, for a reader who stops early."""
    answer = msgspec.json.encode(found.answer).decode()
    if len(answer) > _LONG:
        answer = msgspec.json.encode(_shortened(found.answer)).decode()
    lines = [f"CAUTION: {found.caution}"] if found.caution else []
    lines.append(answer[:_LONG] + (" … (the whole answer is the structured content)" if len(answer) > _LONG else ""))
    sources = found.sources[:20]
    lines.append("Sources: " + ("; ".join(sources) if sources else "the register itself") + ".")
    lines.append(f"Cite as: {found.cite}")
    return "\n".join(lines)


def _shortened(answer: object) -> object:
    """A long answer in short: of a status, the actors by their status."""
    if not isinstance(answer, Mapping) or "actors" not in answer:
        return answer
    by_status: dict[str, list[str]] = {}
    for one in answer["actors"]:
        if isinstance(one, Mapping):
            by_status.setdefault(str(one["status"]), []).append(str(one["actor"]))
    return {**answer, "actors": by_status or answer["actors"]}
