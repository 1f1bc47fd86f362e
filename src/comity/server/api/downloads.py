"""What is fetched whole: the newest checkpoint, tiles of the tree, all entries, all acts as they stand."""

import re
from collections.abc import Callable, Iterator

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from comity.server.api.problems import served
from comity.server.api.views import kept, received, state_of
from comity.server.asking import today
from comity.server.registers import ask
from comity.service import Register, logbook, refuse
from comity.service.parameters import KNOWN, read

__all__ = ["acts", "checkpoint", "log_lines", "tile"]

_TILE = re.compile(r"(?P<index>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)
_LEVEL = re.compile(r"[0-9]|[1-5][0-9]|6[0-3]|entries", re.ASCII)
_LONGEST_PATH = 40
WIDTH = 256  # of a whole tile


@served
def checkpoint(request: HttpRequest) -> HttpResponseBase:
    """The newest signed note of the log as known, as a verifier reads it."""
    return _whole(request, _newest_note, "text/plain; charset=utf-8")


def _newest_note(register: Register) -> bytes:
    notes = logbook.checkpoints(register)
    if not notes:
        raise refuse("entry-unknown", "the log keeps no signed checkpoint", "comity checkpoint signs one")
    return notes[-1].note.encode()


@served
def tile(request: HttpRequest, level: str, rest: str) -> HttpResponseBase:
    """A tile (c2sp.org/tlog-tiles)."""
    match = _TILE.fullmatch(rest) if len(rest) <= _LONGEST_PATH else None
    if match is None or not _LEVEL.fullmatch(level):
        do = "tile/0/000, tile/0/000.p/17 and tile/entries/000 are of the form"
        raise refuse("entry-unknown", "this is no address of a tile", do)
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = int(match["width"] or WIDTH)
    at = None if level == "entries" else int(level)
    return _whole(request, lambda register: logbook.tile(register, at, index, width), "application/octet-stream")


@served
def log_lines(request: HttpRequest) -> HttpResponseBase:
    """Every entry, one canonical leaf a line."""
    return _streamed(request, logbook.lines)


@served
def acts(request: HttpRequest) -> HttpResponseBase:
    """Every act of the log as it stands, corrections applied, one JSON object a line."""
    return _streamed(request, lambda register: (msgspec.json.encode(row) + b"\n" for row in logbook.acts(register)))


def _whole(request: HttpRequest, make: Callable[[Register], bytes], kind: str) -> HttpResponseBase:
    return _fetched(request, lambda register: HttpResponse(make(register), content_type=kind))


def _streamed(request: HttpRequest, make: Callable[[Register], Iterator[bytes]]) -> HttpResponseBase:
    return _fetched(
        request, lambda register: StreamingHttpResponse(make(register), content_type="application/jsonl; charset=utf-8")
    )


def _fetched(request: HttpRequest, make: Callable[[Register], HttpResponseBase]) -> HttpResponseBase:
    known = read((KNOWN,), received(request), today()).get("known")
    with ask(settings.COMITY_LOG, None if known is None else str(known)) as seen:
        tag = f'"{state_of(seen, request.path, {}, past=known is not None)[:32]}"'
        unchanged = get_conditional_response(request, etag=tag)
        return kept(make(seen.register) if unchanged is None else unchanged, tag, seen, known)
