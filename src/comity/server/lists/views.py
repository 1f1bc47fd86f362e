"""The pages of a treaty office's own lists. They are private: nothing between the portal and its reader keeps them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.access import Thing
from comity.findings import Finding
from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.faults import Fault
from comity.server.identity.door import own_person, require, who
from comity.server.lists import pages, settling
from comity.server.lists.models import BroughtList, Note
from comity.server.lists.reading import held_against
from comity.service.lists import Brought, Sheet, bundle, guess, read_sheet
from comity.service.lists.sheet import MOST_BYTES

__all__ = ["columns", "everything", "index", "instrument", "names", "remove", "shown"]

_MOST_LISTS = 50
_LONGEST = 10_000  # characters of a note
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


@contextmanager
def _asked(request: HttpRequest, language: str, *extra: str) -> Iterator[Question]:
    require(request, "list.keep", Thing(owner=who(request).person))
    # A long list takes long to hold against the register: it keeps other lists waiting, and no page.
    with asked(request, language, *extra, apart="lists") as question:
        yield question


def _own(request: HttpRequest, number: int) -> BroughtList:
    """A list of the person who asks. To anybody else it is as if there were none."""
    found = BroughtList.objects.filter(pk=number, owner=own_person(request)).first()
    if found is None:
        raise Http404
    return found


def _to(language: str, path: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/{language}/lists{path}")


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, language: str) -> HttpResponseBase:
    """The lists of whoever is logged in, and bringing another one."""
    require(request, "list.keep", Thing(owner=who(request).person))
    # Before the register is asked, which answers one question at a time: a large workbook keeps nobody else waiting.
    read = _read(request) if request.method == "POST" else None
    with _asked(request, language) as question:
        lists = BroughtList.objects.filter(owner=own_person(request)).defer("original", "told")
        faults: list[object] = []
        if request.method == "POST":
            made = _brought(request, question, read, len(lists), faults)
            if made is not None:
                return _to(language, f"/{made.pk}/columns")
        own = request.POST.get("own") or who(request).actor
        context = question.frame() | pages.index_page(question, list(lists), own) | {"faults": faults}
        return render(request, "lists/index.html", context, status=400 if faults else 200)


class _Uploaded(msgspec.Struct, frozen=True):
    """A file as it came, and the table in it; without one, `findings` say why."""

    name: str
    data: bytes
    sheet: Sheet | None
    findings: tuple[Finding, ...]


def _read(request: HttpRequest) -> _Uploaded | None:
    """What was uploaded, if anything was. Of a file that is too large so much is read that it shows."""
    file = request.FILES.get("file")
    if file is None:
        return None
    name, data = file.name or "list", file.read(MOST_BYTES + 1)
    return _Uploaded(name, data, *read_sheet(data, name))


def _brought(
    request: HttpRequest, question: Question, read: _Uploaded | None, kept: int, faults: list[object]
) -> BroughtList | None:
    """Keep what was uploaded, or say what is wrong with it."""
    words, own = question.words, request.POST.get("own", "")
    if kept >= _MOST_LISTS:
        faults.append(words.text("lists.fault.many", most=_MOST_LISTS))
    if own not in question.register.reading.directory.actors:
        faults.append(words.text("lists.fault.own"))
    if read is None:
        faults.append(words.text("lists.fault.file"))
    elif len(read.data) > MOST_BYTES:
        faults.append(words.text("lists.fault.large", most=MOST_BYTES // 1_000_000))
    elif read.sheet is None:
        faults.extend(words.english(f"{one.says}; {one.do}") for one in read.findings)
    if faults or read is None or read.sheet is None:
        return None
    proposed = guess(read.sheet)
    brought = Brought(file=read.name, own=own, sheet=read.sheet, columns=proposed.columns, dates=proposed.dates)
    return BroughtList.objects.create(
        owner=own_person(request),
        name=request.POST.get("name", "").strip()[:200] or read.name,
        original=read.data,
        told=msgspec.json.encode(brought),
    )


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, language: str, number: int) -> HttpResponseBase:
    """What the columns of the table mean."""
    with _asked(request, language) as question:
        own = _own(request, number)
        brought = own.brought
        faults: list[tuple[str, str]] = []
        if request.method == "POST":
            brought, faults = settling.read_columns(brought, request.POST)
            if not faults:
                _keep(question, own, brought, request)
                held = held_against(question, own)
                return _to(
                    language, f"/{number}/names" if held.doubtful or settling.unknown_acts(brought) else f"/{number}"
                )
        context = question.frame() | pages.columns_page(question, own, brought)
        context["faults"] = [
            question.words.text(key, text=text) if text else question.words.text(key) for key, text in faults
        ]
        return render(request, "lists/columns.html", context, status=400 if faults else 200)


def _keep(question: Question, own: BroughtList, brought: Brought, request: HttpRequest) -> None:
    """Keep what was said of the list as the form showed it. Raises `Fault` where it was changed in the meantime."""
    edition = request.POST.get("edition", "")
    own.edition = int(edition) if edition.isdecimal() else 0
    if not own.tell(brought):
        raise Fault(409, question.words.text("lists.fault.changed"))


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, language: str, number: int) -> HttpResponseBase:
    """The names that stand for nothing exactly: a person settles them."""
    with _asked(request, language) as question:
        own = _own(request, number)
        held = held_against(question, own)
        faults: list[tuple[str, str]] = []
        if request.method == "POST":
            brought, faults = settling.read_names(question, held, request.POST)
            _keep(question, own, brought, request)
            held = held_against(question, own)
            if not faults:
                left = held.doubtful or settling.unknown_acts(held.brought)
                return _to(language, f"/{number}/names" if left else f"/{number}")
        context = question.frame() | pages.names_page(question, own, held)
        context["faults"] = [question.words.text(key, text=text) for key, text in faults]
        return render(request, "lists/names.html", context, status=400 if faults else 200)


@_private
@require_safe
def shown(request: HttpRequest, language: str, number: int) -> HttpResponseBase:
    """How the list and the register differ, act by act."""
    with _asked(request, language, "verdict", "page") as question:
        own = _own(request, number)
        held = held_against(question, own)
        table = pages.differences_table(question, own, held)
        export = Export(name=f"list-{number}", title=own.name, tables=(table,))
        context = question.frame() | pages.list_page(question, own, held, table)
        return answer(request, question, "lists/list.html", context, export)


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def instrument(request: HttpRequest, language: str, number: int, name: str) -> HttpResponseBase:
    """An instrument by the list beside the register, and the notes on it."""
    with _asked(request, language) as question:
        own = _own(request, number)
        if request.method == "POST":
            _noted(request, own, name)
            return _to(language, f"/{number}/instruments/{name}")
        held = held_against(question, own)
        if name not in held.reading.layer.definitions and not question.register.reading.has_definition(name):
            raise Http404
        context = question.frame() | pages.beside_page(question, own, held, name)
        return render(request, "lists/instrument.html", context)


def _noted(request: HttpRequest, own: BroughtList, name: str) -> None:
    text, gone = request.POST.get("text", "").strip()[:_LONGEST], request.POST.get("remove", "")
    if gone.isdecimal():
        own.notes.filter(pk=int(gone)).delete()
    elif text:
        Note.objects.create(on_list=own, instrument=name[:120], text=text)


@_private
@require_safe
def everything(request: HttpRequest, language: str, number: int) -> HttpResponseBase:
    """All that is kept of the list, as one file."""
    with _asked(request, language) as question:
        own = _own(request, number)
        held = held_against(question, own)
        data = bundle(held.brought, held.reading, held.told, bytes(own.original), _notes(own))
    response = HttpResponse(data, content_type="application/zip")
    name = f"{own.name}.zip"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _notes(own: BroughtList) -> Iterator[dict[str, str]]:
    for note in own.notes.all():
        yield {"instrument": note.instrument, "written": note.written_on.isoformat(), "note": note.text}


@_private
@require_POST
def remove(request: HttpRequest, language: str, number: int) -> HttpResponseBase:
    """Take the list out, with its notes: nothing of it is left."""
    require(request, "list.keep", Thing(owner=who(request).person))
    _own(request, number).delete()
    return _to(language, "")
