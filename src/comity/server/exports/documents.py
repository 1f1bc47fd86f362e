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
    """The status page of an instrument, with tables of it, as a document."""

    def made(said: Provenance) -> bytes:
        words = question.words
        frame = framed(words, said, page["plain_heading"], spoken(words.text("pdf.status", on=question.on)))
        data = frame | {
            "verdict": spoken(page["force"]),
            "counts": [spoken(count) for count in page["counts"]],
            "facts": [(spoken(name), spoken(value)) for name, value in page["facts"]],
            "notes": [spoken(note) for note in (*page["notes"], *page["warnings"])],
            "tables": [_sheet(table) for table in tables if table.rows],
            **_horizon(page),
        }
        return render("status", data, words.code, said.recorded)

    return made


def answer_document(question: Question, page: _Page) -> Document:
    """The answer why an actor has its status, and what binds it toward another, as a document."""

    def made(said: Provenance) -> bytes:
        words, relation = question.words, page["relation"]
        frame = framed(words, said, page["plain_heading"], spoken(words.text("pdf.status", on=question.on)))
        parts = [{"title": spoken(words.text("pdf.reasons")), "steps": _steps(page["steps"])}]
        told = [page["said"], *page["flags"]]
        if relation is not None:
            toward = words.text("pdf.toward", actor=words.name(page["toward"]))
            parts.append({"title": spoken(toward), "steps": _steps(relation["steps"])})
            told += [relation["said"], *relation["touched"]]
        data = frame | {"answer": [spoken(one) for one in told], "parts": parts, **_horizon(page)}
        return render("answer", data, words.code, said.recorded)

    return made


def _horizon(page: _Page) -> dict[str, object]:
    found = page["horizon"]
    return {
        "horizon": [spoken(line) for line in found.lines],
        "warning": None if found.past is None else spoken(found.past),
    }


def _steps(steps: Iterable[Any]) -> list[dict[str, object]]:
    return [{"text": spoken(step.text), "cites": [spoken(cite) for cite in step.cites]} for step in steps]


def _sheet(table: Table) -> dict[str, object]:
    return {
        "title": table.title,
        "heads": [column.label for column in table.heads],
        "rows": [[_shown(cell) for _, cell in cells] for cells in table.body],
    }


def _shown(cell: Cell) -> str:
    own = (cell.html,) if cell.text and (cell.said or cell.value not in {None, ""}) else ()
    return "; ".join(map(spoken, (*own, *cell.flags)))
