"""Reasons and what they rest on, in words and with links: an act leads to its instrument, a clause to its own."""

import re
from collections.abc import Iterable

import msgspec
from django.utils.safestring import SafeString

from comity.law.results import Reason
from comity.server.asking import Question
from comity.server.markup import format_html
from comity.service.entries import entry_of

__all__ = ["Step", "steps"]

_ACT = re.compile(r"([a-z0-9-]+): (\d{4}(?:-\d\d){0,2}) (\S+) ([a-z-]+)(?: \((.*)\))?")
_CLAUSE = re.compile(r"([A-Za-z0-9-]+) (?:Art\. )?(.+)")

# Where a reason stands on the page, so that a cell of a table can lead to it.
_MARKS = (
    ("signed", "signature"),
    ("consented", "consent"),
    ("continues", "consent"),
    ("effect-", "in-force"),
    ("bound-", "in-force"),
    ("waiting", "in-force"),
    ("ended-by-", "ended"),
)


class Step(msgspec.Struct, frozen=True):
    """One reason as a page shows it."""

    text: SafeString
    cites: tuple[SafeString, ...]
    mark: str


def steps(question: Question, reasons: Iterable[Reason], own: str) -> list[Step]:
    """Reasons in words, on the page of the instrument `own`; the horizon has a place of its own on every page."""
    found, marks = [], set[str]()
    for reason in reasons:
        if reason.id == "past-horizon":
            continue
        mark = next((mark for start, mark in _MARKS if reason.id.startswith(start)), "")
        cites = tuple(_cited(question, cite, own) for cite in reason.cites)
        found.append(Step(question.words.reason(reason), cites, "" if mark in marks else mark))
        marks.add(mark)
    return found


def _cited(question: Question, cite: str, own: str) -> SafeString:
    words = question.words
    act = _ACT.fullmatch(cite)
    if act is not None:
        name, day, actor, kind, source = act.groups()
        params = {"actor": words.name(actor), "act": words.act(kind), "date": day}
        if name == own:
            said = words.text("cite.own-act", **params)
        else:
            said = words.text("cite.act", instrument=_titled(question, name), **params)
        said = words.text("cite.source", cite=said, source=words.english(source)) if source else said
        return _with_entry(question, name, f"{day} {actor} {kind}", said)
    clause = _CLAUSE.fullmatch(cite)
    if clause is not None and question.register.reading.has_definition(clause[1].lower()):
        article = words.article(clause[2])
        if clause[1] == own:
            return words.isolated(article)
        return words.text("cite.clause", instrument=_titled(question, clause[1].lower()), clause=article)
    return words.isolated(words.english(cite))


def _with_entry(question: Question, instrument: str, named: str, said: SafeString) -> SafeString:
    """A cited act with the way to its entry in the log, where its proof is; one known from elsewhere has none."""
    index = entry_of(question.register, instrument, named)
    if index is None:
        return said
    href = question.link(f"log/{index}")
    return format_html('{} (<a href="{}">{}</a>)', said, href, question.words.text("verify.cited", index=index))


def _titled(question: Question, name: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', question.link(f"instruments/{name}"), question.words.titled(name))
