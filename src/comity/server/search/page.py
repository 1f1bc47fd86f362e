"""What was searched for, as a page: one list, the best first, each find with what it is and where it was found."""

from collections import Counter
from collections.abc import Iterator

import msgspec
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from comity.server.asking import Question
from comity.service.finding import index_of
from comity.service.finding.folding import words_of
from comity.service.finding.index import KINDS, Entry, Found

__all__ = ["marked", "search_page"]

# Finds that a page shows; of more it says how many there are.
_SHOWN = 60
# No question is longer; what is beyond it is left out.
_LONGEST = 200


class Line(msgspec.Struct, frozen=True):
    """One find: what it is, its name, where it leads, what it belongs to, and the words found where not in its name."""

    kind: str
    said: SafeString
    href: str
    under: SafeString | str
    found: SafeString | str


class Choice(msgspec.Struct, frozen=True):
    """A kind of find to look at alone, and how many there are."""

    said: SafeString
    number: int
    href: str
    current: bool


def search_page(question: Question, text: str) -> dict[str, object]:
    """All that the page shows."""
    found = index_of(question.register).find(text[:_LONGEST])
    kind = question.extra.get("kind", "")
    hits = [entry for entry in found.hits if kind in {"", entry.kind}]
    return {
        "q": text,
        "lines": [_line(question, found, entry) for entry in hits[:_SHOWN]],
        "more": max(0, len(hits) - _SHOWN),
        "choices": list(_choices(question, found, kind)),
        "meant": found.meant,
        "partly": found.partly,
        "terms": question.link("terms"),
    }


def _choices(question: Question, found: Found, chosen: str) -> Iterator[Choice]:
    counts, words = Counter(entry.kind for entry in found.hits), question.words
    if len(counts) > 1:
        yield Choice(words.text("search.every"), len(found.hits), question.here(kind=""), not chosen)
        for kind in KINDS:
            if counts[kind]:
                yield Choice(words.text(f"search.kinds.{kind}"), counts[kind], question.here(kind=kind), kind == chosen)


def _line(question: Question, found: Found, entry: Entry) -> Line:
    words = question.words
    name = _name(question, entry)
    shown = found.shown(entry)
    under: SafeString | str = ""
    if entry.kind == "provision":
        under = words.titled(entry.id)
    elif entry.kind == "actor":
        under = entry.id
    elsewhere = shown not in (name, *_own_names(entry)) and any(
        word.meets(stems) for _, _, stems in words_of(shown) for word in found.words
    )
    return Line(
        kind=words.text(f"search.kind.{entry.kind}"),
        said=_numbered(question, entry, marked(name, found)),
        href=_href(question, entry),
        under=under,
        found=_recorded(question, entry, shown, marked(shown, found)) if elsewhere else "",
    )


def _recorded(question: Question, entry: Entry, text: str, said: SafeString) -> SafeString:
    """What was found beside a name, marked as English where it was recorded so and the page has other letters."""
    plain = entry.kind in {"instrument", "provision", "rule"} and text.isascii()
    foreign = question.words.code in {"ar", "ru", "zh"} and plain
    return format_html('<bdi lang="en">{}</bdi>', said) if foreign else said


def _own_names(entry: Entry) -> tuple[str, ...]:
    """By-names that only repeat what the line says already: the number of a provision, the code of an actor."""
    return entry.also if entry.kind == "provision" else (entry.id,)


def _name(question: Question, entry: Entry) -> str:
    """The name in the language of the page, or as it is recorded."""
    words = question.words
    if entry.kind == "actor":
        return words.name(entry.id)
    if entry.kind in {"instrument", "group"}:
        known = words.known(f"{'title' if entry.kind == 'instrument' else 'group'}.{entry.id}")
        return known or entry.names[0]
    return words.known(entry.id) or entry.names[0] if entry.kind == "term" else entry.names[0]


def _numbered(question: Question, entry: Entry, name: SafeString) -> SafeString:
    words = question.words
    said = format_html("<bdi>{}</bdi>", name)
    recorded = entry.kind in {"provision", "rule"} or _name(question, entry) == entry.names[0] != words.known(entry.id)
    if recorded and words.code != "en" and entry.kind not in {"actor", "term"}:
        said = format_html('<bdi lang="en">{}</bdi>', name)
    if entry.kind == "provision":
        return format_html("{}{}{}", words.text("cite.article", number=entry.number), words.text("colon"), said)
    return said


def _href(question: Question, entry: Entry) -> str:
    if entry.kind in {"term", "rule"}:
        mark = entry.id.replace(".", "-") if entry.kind == "term" else f"rule-{entry.id}"
        return question.link("terms", mark=mark)
    places = {"instrument": "instruments", "provision": "instruments", "actor": "actors", "group": "groups"}
    return question.link(f"{places[entry.kind]}/{entry.id}")


def marked(text: str, found: Found) -> SafeString:
    """A text with the words that were found in it marked."""
    spans = [(start, end) for start, end, stems in words_of(text) if any(word.meets(stems) for word in found.words)]
    parts, last = [], 0
    for start, end in _joined(spans):
        parts += [format_html("{}<mark>{}</mark>", text[last:start], text[start:end])]
        last = end
    return format_html_join("", "{}", ((part,) for part in (*parts, text[last:])))


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans with those that overlap made one, as pairs of Chinese signs do."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current is not None and start < current[1]:
            current = current[0], end
        else:
            if current is not None:
                yield current
            current = start, end
    if current is not None:
        yield current
