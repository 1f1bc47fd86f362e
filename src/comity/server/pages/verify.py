"""The log behind the register: its head, its entries with their proofs, and how to hold it to its word."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comity.notation.acts_file import COLUMNS
from comity.server.asking import Question, asked
from comity.server.exports.table import bare
from comity.server.faults import Fault, language_for
from comity.server.instance import key_of
from comity.server.kept import kept
from comity.server.markup import format_html
from comity.server.pages.choosing import framed
from comity.server.registers import ask
from comity.server.routes import page
from comity.server.words import words_in
from comity.service import Refusal, logbook
from comity.service.entries import corrections_of, hash_lines, leaf_of
from comity.service.shapes import Entry
from comity.service.verifying import LARGEST, Judged, holds, judge, public_key

__all__ = ["urlpatterns"]

# Entries on one page.
_LISTED = 25
_ACTS = frozenset({"treaty", "vote"})


@require_safe
def log_page(request: HttpRequest, language: str) -> HttpResponse:
    """The head of the log, its checkpoints, a proof between two sizes, its entries from the newest on."""
    with asked(request, language, "from", "old") as question:
        register = question.register
        head = logbook.head(register)
        first = _whole(question, question.extra["from"], head.size - 1)
        context = question.frame() | {
            "head": head,
            "base": _base(request),
            "root": b64encode(bytes.fromhex(head.root)).decode(),
            "entries_count": question.words.count("verify.entries", head.size),
            "checkpoints": [(f"{one.size:,}", one.size) for one in reversed(logbook.checkpoints(register))],
            "key": public_key(key_of(settings.COMITY_LOG)),
            "consistency": _consistency(question),
            "old": question.extra["old"],
            "listed": list(_listed(question, first)),
            "newer": question.link("log", mark="entries") if first < head.size - 1 else "",
            "older": first - _LISTED if first >= _LISTED else None,
            "from": question.extra["from"],
            "check": question.link("log/check"),
        }
    return render(request, "pages/log.html", context)


def _base(request: HttpRequest) -> str:
    return settings.COMITY_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def _whole(question: Question, text: str, most: int) -> int:
    """A whole number that a reader wrote, or `most` where nothing is; raises `Fault` for what is none."""
    if not text:
        return most
    if not text.isdecimal() or len(text) > len(str(most)) or int(text) > most:
        raise Fault(404, question.words.text("verify.no-entry", index=text, most=f"{most:,}"))
    return int(text)


def _consistency(question: Question) -> dict[str, object] | None:
    old = question.extra["old"]
    if not old:
        return None
    size = _whole(question, old, question.seen.size)
    found = logbook.consistency(question.register, size)
    return {"proof": found, "api": f"/api/v1/log/consistency/{size}?known={found.size}"}


def _listed(question: Question, first: int) -> Iterator[dict[str, object]]:
    """Entries from one index down."""
    entries = logbook.entries(question.register)
    for one in reversed(entries[max(0, first - _LISTED + 1) : first + 1]):
        yield {"index": one.index, "href": question.link(f"log/{one.index}"), "said": _said(question, one)}


def _said(question: Question, one: Entry) -> SafeString:
    """What an entry is about, in one line."""
    words = question.words
    leaf: Mapping[str, Any] = one.leaf or {}
    kind, body = str(leaf.get("kind", "")), leaf.get("body", {})
    if kind in _ACTS and all(isinstance(body.get(name), str) for name in ("instrument", "actor", "act", "date")):
        actor, act = words.name(body["actor"]), words.act(body["act"])
        return words.text(
            "cite.act", instrument=words.titled(body["instrument"]), actor=actor, act=act, date=body["date"]
        )
    name = body.get("id", "") if isinstance(body, dict) else ""
    return words.text("verify.definition", kind=_kind(question, kind), id=str(name) or "–")


def _kind(question: Question, kind: str) -> str:
    return question.words.known(f"verify.kind.{kind}") or kind or "–"


@require_safe
def entry_page(request: HttpRequest, language: str, index: int) -> HttpResponse:
    """One entry: as recorded, its hash, the proof that it is in the log, what was recorded about it since."""
    with asked(request, language) as question:
        size = question.seen.size
        if index >= size:
            raise Fault(404, question.words.text("verify.no-entry", index=index, most=f"{size - 1:,}"))
        one = logbook.entry(question.register, index)
        proof = logbook.inclusion(question.register, index)
        leaf: Mapping[str, Any] = one.leaf or {}
        context = question.frame() | {
            "index": index,
            "heading": bare(question.words.text("verify.entry", index=index)),
            "base": _base(request),
            "said": _said(question, one),
            "kind": _kind(question, str(leaf.get("kind", ""))),
            "entry_recorded": leaf.get("recorded", ""),
            "columns": list(_columns(question, leaf)),
            "leaf": json.dumps(leaf, ensure_ascii=False, indent=1, sort_keys=True),
            "one": one,
            "proof": proof,
            "holds": holds(proof.hash, proof.index, proof.size, proof.proof, proof.root),
            "corrections": [
                {"href": question.link(f"log/{at}"), "index": at, "recorded": moment, "set": columns.get("set", "")}
                for at, moment, columns in corrections_of(question.register, index)
            ],
            "corrects": _corrected(question, leaf),
            "previous": question.link(f"log/{index - 1}") if index else "",
            "next": question.link(f"log/{index + 1}") if index + 1 < size else "",
            "log": question.link("log"),
            "permanent": f"/eli/acts/{index}",
        }
    return render(request, "pages/entry.html", context)


def _columns(question: Question, leaf: Mapping[str, Any]) -> Iterator[tuple[SafeString, object]]:
    """The columns of an act in words; what a definition says stands in its leaf."""
    body = leaf.get("body", {})
    if leaf.get("kind") not in _ACTS or not isinstance(body, dict):
        return
    words = question.words
    instrument, actor = str(body.get("instrument", "")), str(body.get("actor", ""))
    yield words.text("col.instrument"), _linked(question, f"instruments/{instrument}", words.titled(instrument))
    yield words.text("verify.col.actor"), _linked(question, f"actors/{actor}", words.isolated(words.name(actor)))
    yield words.text("verify.col.act"), words.isolated(words.act(str(body.get("act", ""))))
    for name in COLUMNS:
        if name not in {"actor", "act"} and isinstance(value := body.get(name), str) and value:
            shown = words.english(value) if name in {"note", "source"} else words.isolated(value)
            yield words.text(f"verify.col.{name}"), shown


def _linked(question: Question, to: str, said: SafeString) -> SafeString:
    return format_html('<a href="{}">{}</a>', question.link(to), said)


def _corrected(question: Question, leaf: Mapping[str, Any]) -> dict[str, object] | None:
    """The entry that a correction points at."""
    body = leaf.get("body", {})
    target = body.get("corrects") if isinstance(body, dict) else None
    index = target.get("index") if isinstance(target, dict) else None
    return {"href": question.link(f"log/{index}"), "index": index} if isinstance(index, int) else None


# What somebody brings. It is read and judged; nothing changes by it, so no token is asked for and no cookie is set.


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check_page(request: HttpRequest, language: str) -> HttpResponse:
    """A checkpoint, a proof or a hash, pasted or as a file, held against the log."""
    with asked(request, language) as question:
        text = _brought(request)
        key = public_key(key_of(settings.COMITY_LOG))
        judged = judge(question.register, text, key) if text.strip() else None
        context = framed(question, request) | {"text": text[:LARGEST], "key": key, "log": question.link("log")}
        if judged is not None:
            params = {name: f"{value:,}" if isinstance(value, int) else value for name, value in judged.params.items()}
            context |= {
                "judged": judged,
                "heading": question.words.text(f"verify.{_weight(judged)}"),
                "verdict": question.words.text(f"verify.judged.{judged.id}", **params),
                "entry_href": "" if judged.index is None else question.link(f"log/{judged.index}"),
                "unsigned": judged.id == "checkpoint-holds" and key is None,
            }
    return render(request, "pages/check.html", context)


def _weight(judged: Judged) -> str:
    """Whether what was brought speaks for the log, against it, or proves nothing."""
    if judged.agrees:
        return "agrees"
    return "disagrees" if judged.id in {"forked", "ahead"} else "unjudged"


def _brought(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is not None:
        return str(file.read(LARGEST + 1), "utf-8", "replace")
    return (request.POST if request.method == "POST" else request.GET).get("text", "")


# What a program fetches


@require_safe
def leaf(request: HttpRequest, index: int) -> HttpResponse:
    """The bytes of an entry, which its hash is of."""
    with ask(settings.COMITY_LOG) as seen:
        try:
            data = leaf_of(seen.register, index)
        except Refusal as refusal:
            raise _nothing(request, index, seen.size) from refusal
    return _file(data, "application/json", f"entry-{index}.json")


@require_safe
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """A signed note that the log keeps."""
    with ask(settings.COMITY_LOG) as seen:
        found = next((one for one in logbook.checkpoints(seen.register) if one.size == size), None)
        if found is None:
            raise _nothing(request, size, seen.size)
    return _file(found.note.encode(), "text/plain; charset=utf-8", f"checkpoint-{size}.txt")


@require_safe
def hashes(request: HttpRequest, size: int) -> HttpResponseBase:
    """The hashes of the first entries, a line each, as an export has them beside the entries."""
    with ask(settings.COMITY_LOG) as seen:
        if size > seen.size:
            raise _nothing(request, size, seen.size)
        return StreamingHttpResponse(hash_lines(seen.register, size), content_type="text/plain; charset=utf-8")


def _nothing(request: HttpRequest, asked_for: int, size: int) -> Fault:
    said = words_in(language_for(request)).text("verify.no-entry", index=asked_for, most=f"{size - 1:,}")
    return Fault(404, said)


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


urlpatterns = [
    page("log", kept(log_page)),
    page("log/check", kept(check_page)),
    page("log/<int:index>", kept(entry_page)),
    path("log/<int:index>/leaf", kept(leaf)),
    path("log/checkpoints/<int:size>", kept(checkpoint)),
    path("log/hashes/<int:size>", kept(hashes)),
]
