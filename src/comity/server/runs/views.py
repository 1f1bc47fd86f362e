"""The pages of saved analyses: starting one, looking on, what came of it, how to cite and repeat it."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.findings import Finding
from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, row
from comity.server.identity.door import mine, own_person, require, who
from comity.server.runs import working
from comity.server.runs.models import SavedRun
from comity.server.studio.common import wrong
from comity.service import Refusal
from comity.service.apart import LARGEST, affordable
from comity.service.form import Method, inputs_of
from comity.service.methods import METHODS, method_of
from comity.service.runs import Run

__all__ = ["change", "index", "shown", "whole"]

MOST, MOST_OPEN = 50, 2
_SHOWN = 50  # rows of a table that a page shows
_EVERY = 5  # seconds
Rest = ParamSpec("Rest")
_View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def _private(view: _View[Rest]) -> _View[Rest]:
    """A view whose answer nobody keeps."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return guarded


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, language: str) -> HttpResponseBase:
    """The saved analyses of whoever is logged in; and starting another one."""
    require(request, "run.keep", mine(request, request.path))
    with asked(request, language, "method") as question:
        name = request.POST.get("method", "") or question.extra["method"] or next(iter(METHODS))
        text = request.POST.get("inputs", "")
        faults: list[tuple[SafeString, SafeString | str]] = []
        if request.method == "POST":
            made = _started(request, question, name, text, faults)
            if made is not None:
                return _to(language, made.key)
        elif name in METHODS and "method" in request.GET:
            text = msgspec.json.format(msgspec.json.encode(METHODS[name].example)).decode()
        runs = list(SavedRun.objects.filter(owner=own_person(request)).defer("inputs", "told"))
        for run in runs:
            run.settle()
        context = question.frame() | {
            "methods": [(one.id, titled(question, one)) for one in METHODS.values()],
            "method": name,
            "inputs": text,
            "wrong": faults,
            "runs": [_listed(question, run) for run in runs],
            "limits": question.words.text("runs.limits", most=MOST, minutes=f"{working.SECONDS / 60:.0f}"),
        }
        return render(request, "runs/index.html", context, status=400 if faults else 200)


def _to(language: str, key: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/{language}/analysis/runs{'/' + key if key else ''}")


def titled(question: Question, method: Method) -> SafeString | str:
    """What a method is called in the words of a page, else in English."""
    known = question.words.known(f"{method.id}.title")
    return known if known is not None else question.words.english(method.summary)


def _listed(question: Question, run: SavedRun) -> dict[str, object]:
    method = METHODS.get(run.method)
    return {
        "href": f"/{question.words.code}/analysis/runs/{run.key}",
        "title": run.method if method is None else titled(question, method),
        "made": f"{run.made:%Y-%m-%d %H:%M} UTC",
        "state": question.words.text(f"runs.state.{run.state}"),
    }


def _started(
    request: HttpRequest, question: Question, name: str, text: str, faults: list[tuple[SafeString, SafeString | str]]
) -> SavedRun | None:
    """A run that was started, or why it was not."""
    own = SavedRun.objects.filter(owner=own_person(request))
    for run in own.filter(state__in=SavedRun.OPEN):
        run.settle()
    if own.count() >= MOST:
        faults.append((question.words.text("runs.full", most=MOST), ""))
    elif own.filter(state__in=SavedRun.OPEN).count() >= MOST_OPEN:
        faults.append((question.words.text("runs.busy"), ""))
    if faults:
        return None
    try:
        method = method_of(name)
        inputs: dict[str, Any] = msgspec.to_builtins(inputs_of(method, text.encode(), LARGEST))
        affordable(method, inputs, working.SECONDS)
    except Refusal as refusal:
        faults += wrong(question, refusal)
        return None
    made = SavedRun.objects.create(
        owner=own_person(request),
        method=method.id,
        inputs=msgspec.json.encode(inputs),
        size=question.seen.size,
        past=bool(question.known),
    )
    working.start(made)
    return made


def _found(request: HttpRequest, key: str, *, own: bool = False) -> SavedRun:
    """A run that may be read, or is one's own. To anybody else it is as if there were none."""
    found = SavedRun.objects.filter(key=key).first()
    mine_ = found is not None and str(found.owner_id) == who(request).person  # type: ignore[attr-defined]  # Django's own name for it
    if found is None or not (mine_ or (found.shared and not own)):
        raise Http404
    found.settle()
    return found


@_private
@require_safe
def shown(request: HttpRequest, language: str, key: str) -> HttpResponseBase:
    """A run: how far it is, or what came of it."""
    run = _found(request, key)
    with asked(request, language, "still") as question:
        method = METHODS.get(run.method)
        title = run.method if method is None else titled(question, method)
        context = question.frame() | {
            "run": run,
            "own": str(run.owner_id) == who(request).person,  # type: ignore[attr-defined]  # as above
            "title": title,
            "state": question.words.text(f"runs.state.{run.state}"),
            "every": question.words.text("runs.refresh", seconds=_EVERY),
            "still": bool(question.extra["still"]),
            "here": f"/{language}/analysis/runs/{key}",
            "inputs": msgspec.json.format(bytes(run.inputs)).decode(),
            "permalink": f"/{language}/analysis/runs/{key}",
        }
        export = Export(name=f"analysis-{key}", title="")
        if run.state == SavedRun.DONE and method is not None:
            told = msgspec.json.decode(bytes(run.told), type=Run)
            tables = tuple(tables_of(question, method, told.result))
            context |= _told(request, question, run, method, told, title) | {"tables": [_short(one) for one in tables]}
            context["cut"] = any(len(one.rows) > _SHOWN for one in tables) and question.words.text(
                "runs.rows", n=_SHOWN
            )
            export = Export(name=f"analysis-{key}", title="", tables=tables)
        elif run.state == SavedRun.REFUSED:
            findings = msgspec.json.decode(bytes(run.told), type=list[Finding])
            context["wrong"] = wrong(question, Refusal(findings))
        response = answer(request, question, "runs/run.html", context, export)
    if run.open and not context["still"]:
        response.headers["Refresh"] = str(_EVERY)
    return response


def _told(
    request: HttpRequest, question: Question, run: SavedRun, method: Method, told: Run, title: SafeString | str
) -> dict[str, object]:
    address = request.build_absolute_uri(f"/{question.words.code}/analysis/runs/{run.key}")
    return {
        "told": told,
        "started": f"{told.started:%Y-%m-%d %H:%M:%S} UTC",
        "finished": f"{told.finished:%Y-%m-%d %H:%M:%S} UTC",
        "citation": f"Comity {told.comity}, {title}, {told.finished:%Y-%m-%d}. {address} (SHA-256 {told.sha256})",
        "command": f"comity rerun comity-run-{run.key}.json --register LOG --known {run.size}"
        if method.of_register
        else f"comity rerun comity-run-{run.key}.json",
        "repeat": question.words.text("runs.repeat.text", tolerance=f"{method.tolerance:g}"),
        "works": [question.words.english(work) for work in method.sources],
    }


def tables_of(question: Question, method: Method, result: Mapping[str, Any]) -> list[Table]:
    """The tables of a result, their columns by the names that the JSON has."""
    found = []
    for name, rows in method.tables(result).items():
        columns = tuple(dict.fromkeys(key for one in rows for key in one))
        kinds = {
            key: "number" if any(isinstance(one.get(key), int | float) for one in rows) else "text" for key in columns
        }
        found.append(
            Table(
                id=name,
                title=name,
                columns=tuple(Column(key, key, "number" if kinds[key] == "number" else "text") for key in columns),
                rows=tuple(row(*(_cell(question, one.get(key)) for key in columns)) for one in rows),
            )
        )
    return found


def _cell(question: Question, value: object) -> Cell:
    if isinstance(value, float):
        return Cell(value, said=f"{value:.6g}")
    if isinstance(value, str) and " " in value:  # what the analysis says, it says in English
        return Cell(value, said=question.words.english(value))
    return (
        Cell(value)
        if isinstance(value, str | int) and not isinstance(value, bool)
        else Cell("" if value is None else str(value))
    )


def _short(table: Table) -> Table:
    return msgspec.structs.replace(table, rows=table.rows[:_SHOWN])


@_private
@require_safe
def whole(request: HttpRequest, language: str, key: str) -> HttpResponseBase:
    """A run as a file, which `comity rerun` takes."""
    del language
    run = _found(request, key)
    if run.state != SavedRun.DONE:
        raise Http404
    response = HttpResponse(msgspec.json.format(bytes(run.told), indent=1) + b"\n", content_type="application/json")
    name = f"comity-run-{key}.json"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@_private
@require_POST
def change(request: HttpRequest, language: str, key: str, verb: str) -> HttpResponseBase:
    """Cancel a run of one's own, let others read it, or delete it."""
    require(request, "run.keep", mine(request, request.path))
    run = _found(request, key, own=True)
    own = SavedRun.objects.filter(pk=run.pk)
    if verb == "cancel":
        own.filter(state__in=SavedRun.OPEN).update(wanted=False)
    elif verb == "share":
        own.update(shared=True)
    elif verb == "remove":
        own.delete()
        return _to(language)
    else:
        raise Http404
    return _to(language, key)
