"""The methods of the analysis over HTTP: inputs as JSON are sent, the answer comes back, and nothing is kept."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from comity.server.api.problems import computed, served
from comity.server.asking import today
from comity.server.registers import ask
from comity.service import refuse
from comity.service.apart import LARGEST, Where, apart
from comity.service.form import Method, inputs_of
from comity.service.methods import METHODS, method_of
from comity.service.parameters import KNOWN, read

__all__ = ["GROUP", "Throttle", "analysis", "methods", "paths"]

Json = dict[str, Any]
GROUP = "Analysis"


class Throttle:
    """How often one address may ask: so many at once, and after that one in so many seconds."""

    def __init__(self, burst: int, every: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._every, self._clock = burst, every, clock
        # Until when what an address has asked for counts; the oldest are forgotten.
        self._until: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str) -> float:
        """Seconds to wait before asking again; 0 where it may ask now, which is then counted."""
        with self._lock:
            now = self._clock()
            until = max(now, self._until.get(address, now))
            over = until - now - (self._burst - 1) * self._every
            if over > 0:
                return over
            self._until[address] = until + self._every
            self._until.move_to_end(address)
            while len(self._until) > _REMEMBERED:
                self._until.popitem(last=False)
            return 0.0


_REMEMBERED = 10_000
_throttle = Throttle(burst=20, every=2.0)


@computed
def analysis(request: HttpRequest, method: str) -> HttpResponseBase:
    """The answer of a method to the inputs that were sent, computed in a process apart."""
    wait = _throttle.wait(request.META.get("REMOTE_ADDR", ""))
    if wait:
        raise refuse("asked-too-often", "this address asks faster than may be", f"ask again in {wait:.0f} seconds")
    known = read((KNOWN,), {name: str(value) for name, value in request.GET.items()}, today()).get("known")
    found = method_of(method)
    asked = inputs_of(found, request.read(LARGEST + 1), LARGEST)
    with ask(settings.COMITY_LOG, None if known is None else str(known)) as seen:
        size = seen.size
    where = Where(settings.COMITY_LOG, size, past=known is not None)
    body = msgspec.json.encode(apart(found.id, msgspec.to_builtins(asked), where))
    response = HttpResponse(body, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    if found.of_register:
        response.headers["Comity-Size"] = str(size)
    return response


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A method: what it answers, inputs to try it with, and the works that it comes from."""

    id: str
    summary: str
    example: dict[str, Any]
    sources: tuple[str, ...]


@served
def methods(request: HttpRequest) -> HttpResponseBase:
    """All methods that there are."""
    read((), {name: str(value) for name, value in request.GET.items()}, today())
    found = [
        _Listed(id=one.id, summary=one.summary, example=dict(one.example), sources=one.sources)
        for one in METHODS.values()
    ]
    response = HttpResponse(msgspec.json.encode(found), content_type="application/json")
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def paths(template: str, faults: Callable[..., Json]) -> tuple[Json, Json]:
    """The addresses as OpenAPI has them, and the schemas they name by this template."""
    rows = list(METHODS.values())
    refs, schemas = msgspec.json.schema_components([*(one.asks for one in rows), _Listed], ref_template=template)
    listing = {
        "operationId": "methods",
        "summary": "The methods of the analysis, with inputs to try.",
        "tags": [GROUP],
        "responses": {
            "200": {
                "description": "The methods.",
                "content": {"application/json": {"schema": {"type": "array", "items": refs[-1]}}},
            },
            **faults("400", "500"),
        },
    }
    found: Json = {"/analysis": {"get": listing}}
    found |= {
        f"/analysis/{one.id}": {"post": _operation(one, ref, faults)} for one, ref in zip(rows, refs, strict=False)
    }
    return found, schemas


def _operation(one: Method, ref: Json, faults: Callable[..., Json]) -> Json:
    asks = {"schema": ref, "example": dict(one.example)}
    return {
        "operationId": f"analysis-{one.id}",
        "summary": one.summary,
        "description": f"Sources: {' '.join(one.sources)}",
        "tags": [GROUP],
        "parameters": [{"$ref": "#/components/parameters/known"}],
        "requestBody": {"required": True, "content": {"application/json": asks}},
        "responses": {
            "200": {
                "description": "The answer, as the command prints it.",
                "headers": {"Comity-Size": {"$ref": "#/components/headers/Comity-Size"}} if one.of_register else {},
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **faults("400", "404", "413", "422", "429", "500", "503"),
        },
    }
