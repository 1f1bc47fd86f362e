"""What the pages of the studio share: numbers in the words of a page, what was brought, what is wrong with it."""

from collections.abc import Iterable

import msgspec
from django.http import HttpRequest
from django.utils.safestring import SafeString

from comity.server.asking import Question
from comity.server.exports.table import Cell
from comity.server.faults import Fault
from comity.server.words import Words, writing
from comity.service import Refusal

__all__ = ["LARGEST", "brought", "decimal", "number", "part", "saving", "sources", "wrong"]

# Bytes of what one reader brings.
LARGEST = 200_000
# Per cent below which nothing is told apart on a page.
_LEAST = 0.0001


def decimal(words: Words, value: float, digits: int = 4) -> str:
    """A number with so many significant digits, as the language writes decimals."""
    text = f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"
    text = "0" if float(text) == 0 else text
    return writing.percent(words.code, text).rstrip("%\u202f\N{NO-BREAK SPACE}")


def part(words: Words, value: float, digits: int = 2) -> str:
    """A part of one as a percentage: no number that is not nought is shown as nought."""
    if 0 < value * 100 < _LEAST:
        return f"< {writing.percent(words.code, f'{_LEAST:f}'.rstrip('0'))}"
    text = f"{value * 100:.{digits}f}"
    return writing.percent(words.code, text if float(text) or not value else f"{value * 100:.1g}")


def number(words: Words, value: float | None, *, percent: bool = False) -> Cell:
    """A cell for a number: the page rounds it, what is exported is whole."""
    if value is None:
        return Cell()
    return Cell(value, said=words.isolated(part(words, value) if percent else decimal(words, value)))


def brought(request: HttpRequest, question: Question) -> str:
    """The text that came with a form, pasted or as a file. Raises `Fault` for one too large."""
    file = request.FILES.get("file")
    data = file.read(LARGEST + 1) if file is not None else request.POST.get("text", "").encode()
    if len(data) > LARGEST:
        raise Fault(413, question.words.text("studio.too-large", most=f"{LARGEST // 1000:,}"))
    return str(data, "utf-8-sig", "replace")


def wrong(question: Question, refusal: Refusal) -> list[tuple[SafeString, SafeString | str]]:
    """What is wrong, and what to do about it, as the analysis says it (in English)."""
    words = question.words
    return [
        (words.english(f"{one.line}: {one.says}" if one.line else one.says), words.english(one.do) if one.do else "")
        for one in refusal.findings
    ]


def sources(question: Question, works: Iterable[str]) -> list[SafeString]:
    """The works that a method comes from, as they are cited."""
    return [question.words.english(work) for work in works]


def saving(method: str, asked: object) -> dict[str, object]:
    """What `studio/_run.html` needs to offer that an answer is saved: a method of the table, and its inputs."""
    return {"saving": {"method": method, "inputs": msgspec.json.encode(asked).decode()}}
