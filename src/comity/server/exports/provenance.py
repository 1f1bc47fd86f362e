"""What an answer rests on, so that it can be asked again, and checked without this portal."""

from base64 import b64encode
from datetime import date, datetime
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest

from comity.server.asking import Question
from comity.server.exports.table import bare
from comity.server.registers import log_at
from comity.server.words import Words

__all__ = ["Provenance", "address", "provenance", "told"]


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """The question (`title`, `on`, `known`), the horizon, the log as it was, and where the same answer is to be had.

    `root` is the Merkle root of the first `size` entries in base64, as in a checkpoint; `recorded` is the moment of the
    last of them; `base` is the address of the portal, `permalink` that of the answer.
    """

    title: str
    on: date
    known: str
    known_until: tuple[str, ...]
    origin: str
    size: int
    root: str
    recorded: datetime
    base: str
    permalink: str


def provenance(request: HttpRequest, question: Question, title: str, known_until: tuple[str, ...] = ()) -> Provenance:
    """The provenance of the answer to a question."""
    base = settings.COMITY_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    seen = question.seen
    return Provenance(
        title=title,
        on=question.on,
        known=question.known,
        known_until=known_until,
        origin=seen.origin,
        size=seen.size,
        root=b64encode(log_at(settings.COMITY_LOG).root(seen.size)).decode(),
        recorded=datetime.fromisoformat(seen.recorded),
        base=base,
        permalink=f"{base}{question.frame()['permalink']}",
    )


def told(said: Provenance, words: Words) -> tuple[tuple[str, str], ...]:
    """What an answer rests on, line by line, its permanent address apart: the id of the label, and the value."""
    return (
        ("export.by.question", said.title),
        ("export.by.on", str(said.on)),
        ("export.by.known", said.known or bare(words.text("export.by.known.now"))),
        *(("export.by.horizon", line) for line in said.known_until),
        ("export.by.origin", said.origin),
        ("export.by.size", str(said.size)),
        ("export.by.root", said.root),
    )


def address(question: Question, **changes: str) -> str:
    """The address of the page that was asked, with some of what was asked changed; what is empty is left out."""
    kept = {"on": str(question.on) if question.dated else "", "known": question.known} | question.extra | changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"/{question.words.code}/{question.path}{'?' + query if query else ''}"
