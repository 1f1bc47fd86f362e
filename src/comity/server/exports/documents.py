"""The documents that pages become: the status of an instrument, and the answer to one question."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from comity.server.asking import Question
from comity.server.exports.pdf import framed, render, spoken
from comity.server.exports.provenance import Provenance
from comity.server.exports.table import Cell, Table

__all__ = ["answer_document", "status_document"]

# What a page shows, by the names its template knows.
_Page = Mapping[str, Any]
Document = Callable[[Provenance], bytes]


def status_document(question: Question, page: _Page, tables: Iterable[Table]) -> Document:
    """The status page of an instrument, with its participants, as a document."""

    def made(said: Provenance) -> bytes:
        words = question.words
        frame = framed(words, said, page["plain_heading"], spoken(words.text("pdf.status", on=question.on)))
        data = frame | {
            "verdict": spoken(page["force"]),
            "counts": [spoken(count) for count in page["counts"]],
            "facts": [(spoken(name), spoken(value)) for name, value in page["facts"]],
            "notes": [spoken(note) for note in (*page["notes"], *page["warnings"])],
            "tables": [
                # A page's caption speaks of links, which paper has not.
                _sheet(table) | {"title": spoken(words.text("instrument.participants"))}
                for table in tables
                if table.rows
            ],
            **_horizon(page),
        }
        return render("status", data, words.code, said.recorded)

    return made


def answer_document(question: Question, page: _Page) -> Document:
    """The answer why an actor has its status, and what binds it toward another, as a document."""

    def made(said: Provenance) -> bytes:
        words, relation = question.words, page["relation"]
        frame = framed(words, said, page["plain_heading"], spoken(words.text("pdf.status", on=question.on)))
        parts = [_part(words.text("pdf.reasons"), page["steps"], ())]
        told = [page["said"], *page["flags"]]
        if relation is not None:
            toward = words.text("pdf.toward", actor=words.name(page["toward"]))
            parts.append(_part(toward, relation["steps"], page["steps"]))
            told += [relation["said"], *relation["touched"]]
        data = frame | {"answer": list(dict.fromkeys(map(spoken, told))), "parts": parts, **_horizon(page)}
        return render("answer", data, words.code, said.recorded)

    return made


def _horizon(page: _Page) -> dict[str, object]:
    found = page["horizon"]
    return {
        "horizon": [spoken(line) for line in found.lines],
        "warning": None if found.past is None else spoken(found.past),
    }


def _part(title: str, steps: Iterable[Any], before: Iterable[Any]) -> dict[str, object]:
    """A chain of reasons, without those that another has given already: the page is to be one."""
    given = {spoken(step.text) for step in before}
    said = [{"text": spoken(step.text), "cites": [spoken(cite) for cite in step.cites]} for step in steps]
    return {"title": spoken(title), "steps": [step for step in said if step["text"] not in given]}


def _sheet(table: Table) -> dict[str, object]:
    return {
        "title": table.title,
        "heads": [column.head or column.label for column in table.heads],
        "rows": [[_shown(cell) for _, cell in cells] for cells in table.body],
    }


def _shown(cell: Cell) -> str:
    own = (cell.html,) if cell.text and (cell.said or cell.value not in {None, ""}) else ()
    return "; ".join(map(spoken, (*own, *cell.flags)))
