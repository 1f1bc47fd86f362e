"""What the pages of the desk share: forms read alike, refusals as pages, and nobody keeps a copy of them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from comity.findings import Finding
from comity.server.asking import Question
from comity.server.desk.acting import Refused, fault_of
from comity.server.desk.models import Draft, Rectification
from comity.server.words import Words, words_in

__all__ = ["cleaned", "desk_frame", "desk_page", "finding_lines", "history", "number_of", "text_of", "version_of"]

_View = Callable[..., HttpResponseBase]
# Controls, and what would turn the direction of a line without being seen (Unicode, UAX #9).
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# As many characters as a text of the desk may have.
LONGEST = 4000
# Of a number, so that every data base can hold it.
_DIGITS = 9


def desk_page(view: _View) -> _View:
    """A page of the desk: never kept by anybody, and a refusal says why.

    While a register is held nothing is written: whoever holds the one must not wait for the other.
    """

    @wraps(view)
    def shown(request: HttpRequest, language: str, **params: Any) -> HttpResponseBase:  # noqa: ANN401  # as addresses have them
        try:
            return view(request, language, **params)
        except Refused as refused:
            words = words_in(language)
            back = (
                request.path if request.method == "GET" else request.path.rpartition("/")[0],
                words.text("desk.back"),
            )
            raise fault_of(words, refused, back) from refused

    return never_cache(shown)


def desk_frame(question: Question) -> dict[str, object]:
    """What every page of the desk needs. It is of one reader and of now: there is no permanent link to it."""
    return question.frame() | {"permalink": "", "known": ""}


def cleaned(text: str) -> str:
    """One line of text as somebody typed it, without what cannot be seen; raises `Refused` where it is too long."""
    line = " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text)).split())
    if len(line) > LONGEST:
        raise Refused("desk.refused.long", status=400, most=f"{LONGEST:,}")
    return line


def text_of(request: HttpRequest, name: str) -> str:
    """What a form says under a name."""
    return cleaned(request.POST.get(name, ""))


def version_of(request: HttpRequest) -> int:
    """The version that a form was made from; -1, which none is, where it names none."""
    return number_of(request, "version")


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number that a form says; -1 for anything else."""
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else -1


def finding_lines(words: Words, findings: tuple[Finding, ...]) -> list[Mapping[str, object]]:
    """Findings as a page lists them."""
    return [
        {
            "level": words.text(f"desk.level.{one.level}"),
            "error": one.level == "error",
            "says": words.english(one.says),
            "do": words.english(one.do) if one.do else "",
        }
        for one in findings
    ]


def history(words: Words, one: Draft | Rectification) -> list[Mapping[str, object]]:
    """What became of a draft, step by step."""
    return [
        {
            "at": step.at,
            "who": str(step.who) if step.who else words.text("desk.nobody"),
            "what": words.text(f"desk.step.{step.what}"),
            "seal": step.seal[:12],
            "reason": step.reason,
        }
        for step in one.steps.select_related("who")
    ]
