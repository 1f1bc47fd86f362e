"""What cannot be answered, for programs: problem details (RFC 9457) that carry the findings, and what to do."""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from comity.findings import Finding
from comity.server.registers import EmptyThenError
from comity.service import Refusal
from comity.service.opened import LogError, MomentError

__all__ = ["METHODS", "NOT_FOUND", "Problem", "View", "computed", "faulty", "problem", "served"]

METHODS = "GET, HEAD, OPTIONS"
TYPE = "application/problem+json"

# What was named is not there: the address may be right tomorrow, or as known at another moment.
NOT_FOUND = frozenset(
    {
        "instrument-unknown",
        "actor-unknown",
        "name-unknown",
        "area-unknown",
        "entry-unknown",
        "moment-wrong",
        "no-log",
        "address-unknown",
        "rule-unknown",
        "analysis-unknown",
    }
)
_STALE = frozenset({"cursor-stale"})
_BUSY = frozenset({"analysis-busy"})
_LARGE = frozenset({"inputs-too-large"})
_OFTEN = frozenset({"asked-too-often"})
_ASKED_WRONG = frozenset(
    {
        "date-impossible",
        "index-unknown",
        "inputs-malformed",
        "nothing-asked",
        "parameter-missing",
        "parameter-unknown",
        "parameter-wrong",
        "period-wrong",
    }
)

View = Callable[..., HttpResponseBase]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details (RFC 9457): `findings` say all that is wrong, each with a stable `code` and what to `do`."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    findings: tuple[Finding, ...] = ()


def faulty(code: str, says: str, do: str) -> Finding:
    """One finding."""
    return Finding(level="error", code=code, says=says, do=do)


def problem(
    request: HttpRequest, status: int, findings: Iterable[Finding], headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer that says what is wrong."""
    found = tuple(findings)
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail="; ".join(finding.says for finding in found),
        instance=request.path[:500],
        findings=found,
    )
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=TYPE, headers=headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _status_of(refusal: Refusal) -> int:
    """What was asked wrongly comes first, then what is not there; else the data cannot bear the question."""
    errors = [finding for finding in refusal.findings if finding.level == "error"]
    # A line that is of no file is one of those that were asked with.
    lines = {one.code for one in errors if one.line and not one.file} - NOT_FOUND
    codes = {one.code for one in errors}
    for status, known in (
        (400, _ASKED_WRONG | lines),
        (404, NOT_FOUND),
        (409, _STALE),
        (413, _LARGE),
        (429, _OFTEN),
        (503, _BUSY),
    ):
        if codes & known:
            return status
    return 422


def served(view: View) -> View:
    """A view that only reads, open to every site, whose every fault is a problem and no page."""
    return _served(view, METHODS, "the API only reads: it does not take {method}", "ask with GET")


def computed(view: View) -> View:
    """A view that computes from what is sent to it, and keeps nothing of it; else as `served`."""
    return _served(view, "POST, OPTIONS", "this is asked with inputs: it does not take {method}", "send them with POST")


def _served(view: View, methods: str, says: str, do: str) -> View:
    @csrf_exempt
    @wraps(view)
    def run(request: HttpRequest, **named: Any) -> HttpResponseBase:  # noqa: ANN401  # whatever an address names
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204, headers={"Allow": methods})
        elif request.method not in methods.split(", "):
            wrong = faulty("method-unknown", says.format(method=request.method), do)
            response = problem(request, 405, [wrong], {"Allow": methods})
        else:
            response = _answered(request, lambda: view(request, **named))
        return _open_to_all(_without_body(request, response))

    return run


def _answered(request: HttpRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return answer()
    except Refusal as refusal:
        return problem(request, _status_of(refusal), refusal.findings)
    except EmptyThenError as error:
        says = f"the log had recorded nothing by then; its first entry is of {error.first}"
        return problem(request, 404, [faulty("moment-wrong", says, "ask as known later")])
    except MomentError as error:
        return problem(request, 404, [faulty("moment-wrong", str(error), "give a timestamp, a date or a tree size")])
    except LogError:
        logging.getLogger("comity").exception("%s: the log cannot be read", request.path)
        return problem(request, 503, [faulty("log-unreadable", "the log cannot be read now", "try again later")])
    except Exception:
        logging.getLogger("comity").exception("%s", request.path)
        says = "a fault of this program, not of the question; it is in its log"
        return problem(request, 500, [faulty("server-fault", says, "try again, or tell whoever runs it")])


def _without_body(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """An answer to HEAD: the headers of the answer to GET, without its body."""
    if request.method == "HEAD" and isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif request.method == "HEAD" and isinstance(response, HttpResponse):
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Any site's pages may read it, without cookies: there is nothing here that not everybody may read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Comity-Size"
    if response.status_code == 204:  # noqa: PLR2004  # the answer to what a browser asks before it asks (Fetch, CORS)
        response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
