"""The description of the API, OpenAPI 3.1: made from the table of questions and the shapes of their answers."""

from datetime import date
from importlib.metadata import version
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from comity.server.api import methods
from comity.server.api.paging import CURSOR, LIMIT, USUAL
from comity.server.api.problems import Problem
from comity.service import Refusal, Register, logbook
from comity.service.parameters import DAY, KNOWN, LINE, LINES, LONGEST, LONGEST_LINE, LONGEST_LIST, MOMENT, Parameter
from comity.service.questions import QUESTIONS, Question, plain

__all__ = ["FILES", "File", "description", "example_of", "sections"]

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
# An example of an answer is shown where it is no longer than this, in bytes of JSON.
_SHOWN = 4096
_ITEMS_SHOWN = 2


class File(msgspec.Struct, frozen=True, kw_only=True):
    """Something fetched whole, which is no question."""

    id: str
    path: str
    summary: str
    kind: str
    parameters: tuple[Parameter, ...] = ()


FILES = (
    File(
        id="log-checkpoint",
        path="log/checkpoint",
        summary="The newest signed checkpoint of the log (c2sp.org/tlog-checkpoint).",
        kind="text/plain",
    ),
    File(
        id="bulk-log",
        path="bulk/log.jsonl",
        summary="Every entry of the log, one canonical leaf a line (spec/log.md).",
        kind="application/jsonl",
    ),
    File(
        id="bulk-acts",
        path="bulk/acts.jsonl",
        summary="Every act of the log as it stands, corrections applied, one JSON object a line.",
        kind="application/jsonl",
    ),
    File(
        id="log-tile",
        path="log/tile/{level}/{tile}",
        summary="A tile of the tree (c2sp.org/tlog-tiles); level “entries” holds the entries themselves.",
        kind="application/octet-stream",
        parameters=(
            Parameter(name="level", kind="text", summary="0 to 63, or “entries”.", example="0"),
            Parameter(
                name="tile",
                kind="text",
                summary="The index in groups of three digits, such as 000 or x001/067; .p/17 where partial.",
                example="000.p/1",
            ),
        ),
    ),
)


def sections() -> list[tuple[str, list[Question | File]]]:
    """All that can be asked, by group, in the order of the table."""
    groups: dict[str, list[Question | File]] = {}
    for question in QUESTIONS.values():
        groups.setdefault(question.group, []).append(question)
    groups["Downloads"] = list(FILES)
    return list(groups.items())


def example_of(one: Question | File) -> str:
    """An address that asks it."""
    inside = {parameter.name: quote(parameter.example) for parameter in one.parameters}
    asked = {
        parameter.name: parameter.example
        for parameter in one.parameters
        if f"{{{parameter.name}}}" not in one.path and (parameter.required or parameter.name == "on")
    }
    query = urlencode(asked, safe=",")
    return f"/api/v1/{one.path.format_map(inside)}{'?' + query if query else ''}"


def description(register: Register, day: date) -> Json:
    """The whole document; `register` answers the examples, as of `day` where they name none."""
    shapes = [*(question.shape for question in QUESTIONS.values()), Problem]
    refs, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    by_question = dict(zip(QUESTIONS, refs, strict=False))
    known = msgspec.structs.replace(KNOWN, example=str(logbook.head(register).size))
    shared = {one.name: _parameter(one, "") for one in (known, LIMIT, CURSOR)}
    paths = {
        f"/{question.path}": _operation(
            question, _schema(question, by_question[question.id]), _example(register, question, day)
        )
        for question in QUESTIONS.values()
    }
    paths |= {f"/{file.path}": _file(file) for file in FILES}
    computed, asked = methods.paths(_REF, _faults)
    paths |= computed
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comity",
            "version": version("comity"),
            "summary": "A register of diplomatic acts: who is bound by what, on any date, as far as is known, and why.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "tags": [{"name": name} for name in (*(name for name, _ in sections()), methods.GROUP)],
        "paths": paths,
        "components": {
            "schemas": _named(components | asked),
            "parameters": shared,
            "responses": _RESPONSES,
            "headers": _HEADERS,
        },
    }


_ABOUT = (
    "Everything is read with GET, without a key, by anybody, and answers what the command of the same name answers; "
    "the methods of the analysis are sent their inputs with POST, and keep nothing. "
    "`on` is the legal day asked about, `known` the moment as known at which the register is asked; every answer "
    "names the size of the log it rests on in `Comity-Size`, and `known=SIZE` gives what lies in the log as it was "
    "then. A list comes in pages: follow the `Link` to the next. `ETag` and `If-None-Match` spare what has not "
    "changed. What cannot be answered is a problem (RFC 9457) whose `findings` say what is wrong and what to do. "
    "Answers go no further than what is known: see `known_until` and `findings` in each."
)


def _schema(question: Question, ref: Json) -> Json:
    return {"type": "array", "items": ref} if question.many else ref


def _example(register: Register, question: Question, day: date) -> object | None:
    """A true answer, or None where it is long or this register cannot give it."""
    given = {one.name: one.example for one in question.parameters if one.required or one.kind == "day"}
    if question.id in {"status", "changes"}:
        given |= {"actor": "FRA"} if question.id == "status" else {"to": "2020-03-01"}
    try:
        found = question.answer(register, **question.values(given, day))
    except Refusal:
        return None
    answer = plain(found[:_ITEMS_SHOWN] if question.many else found)  # type: ignore[index]  # many are a sequence
    return answer if len(msgspec.json.encode(answer)) <= _SHOWN else None


def _operation(question: Question, schema: Json, example: object | None) -> Json:
    content: Json = {"schema": schema}
    if example is not None:
        content["example"] = example
    headers = {"ETag": _header("ETag"), "Comity-Size": _header("Comity-Size")}
    shared = ["known"]
    if question.many:
        headers["Link"] = _header("Link")
        shared += ["limit", "cursor"]
    faults = ("400", "404", *(("409",) if question.many else ()), "422", "500", "503")
    return {
        "get": {
            "operationId": question.id,
            "summary": question.summary,
            "tags": [question.group],
            "parameters": _parameters(question, *shared),
            "responses": {
                "200": {"description": "The answer.", "headers": headers, "content": {"application/json": content}},
                **_faults("304", *faults),
            },
        }
    }


def _file(file: File) -> Json:
    headers = {"ETag": _header("ETag"), "Comity-Size": _header("Comity-Size")}
    return {
        "get": {
            "operationId": file.id,
            "summary": file.summary,
            "tags": ["Downloads"],
            "parameters": _parameters(file, "known"),
            "responses": {
                "200": {"description": "The file.", "headers": headers, "content": {file.kind: {}}},
                **_faults("304", "400", "404", "422", "500", "503"),
            },
        }
    }


def _parameters(of: Question | File, *shared: str) -> list[Json]:
    own = [_parameter(one, of.path) for one in of.parameters]
    return [*own, *({"$ref": f"#/components/parameters/{name}"} for name in shared)]


def _parameter(one: Parameter, path: str) -> Json:
    inside = f"{{{one.name}}}" in path
    found: Json = {
        "name": one.name,
        "in": "path" if inside else "query",
        "required": one.required,
        "description": one.summary,
        "schema": _schema_of(one),
    }
    if one.kind in {"list", "lines"}:
        found |= {"style": "form", "explode": one.kind == "lines"}
    if one.example:
        found["example"] = one.example.split(",") if one.kind == "list" else one.example
    if one.kind == "lines":
        found["example"] = one.example.split("\n")
    if one.kind == "number":
        found["example"] = int(one.example)
    if one.kind == "yes":
        found["example"] = one.example == "true"
    return found


# What a name in an address may be: one segment, and not only dots, which clients take out.
_SEGMENT = r"^[^/\s.][^/\u0000]*$"
_NAME = r"^[^\s,\u0000]+$"


def _schema_of(one: Parameter) -> Json:
    match one.kind:
        case "day":
            return {"type": "string", "format": "date", "pattern": DAY}
        case "yes":
            return {"type": "boolean", "default": False}
        case "moment":
            return {"type": "string", "pattern": MOMENT}
        case "number":
            usual = {"default": USUAL} if one is LIMIT else {}
            return {"type": "integer", "minimum": one.within[0], "maximum": one.within[1], **usual}
        case "list":
            name: Json = {"type": "string", "pattern": _NAME, "maxLength": LONGEST}
            name = {"type": "string", "enum": list(one.choices)} if one.choices else name
            return {"type": "array", "items": name, "minItems": 1, "maxItems": LONGEST_LIST}
        case "lines":
            line = {"type": "string", "format": "act", "pattern": LINE, "maxLength": LONGEST_LINE}
            return {"type": "array", "items": line, "minItems": 1, "maxItems": LINES}
        case "text":
            return {"type": "string", "pattern": r"^[^\s\u0000]", "maxLength": LONGEST}
        case _:
            return {"type": "string", "pattern": _SEGMENT, "maxLength": LONGEST}


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


def _faults(*statuses: str) -> Json:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


_HEADERS: Json = {
    "ETag": {"description": "Names the answer; send it as `If-None-Match`.", "schema": {"type": "string"}},
    "Comity-Size": {
        "description": "The size of the log that the answer rests on.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Link": {"description": "The next page, if there is one (RFC 8288).", "schema": {"type": "string"}},
}

_WORDS = {
    "400": "What was asked is none of what can be asked.",
    "404": "What was named is not there.",
    "409": "The cursor is of another list, or the register has changed since: begin again.",
    "413": "What was sent is too large.",
    "422": "The data of the register cannot bear the question, or it would need more than there is.",
    "429": "This address asks too often.",
    "500": "A fault of the program.",
    "503": "The log cannot be read now.",
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}}
_RESPONSES: Json = {
    "304": {"description": "What the client has is still so."},
    **{status: {"description": words, "content": _PROBLEM} for status, words in _WORDS.items()},
}


def _named(components: Json) -> Json:
    """The schemas as they are, their descriptions without line breaks."""
    return {name: _flowing(schema) for name, schema in components.items()}


def _flowing(schema: Json) -> Json:
    said = schema.get("description")
    return schema if said is None else {**schema, "description": " ".join(said.split())}
