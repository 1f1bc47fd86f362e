"""What the pages of a list show."""

from collections import Counter
from collections.abc import Iterable

from django.utils.safestring import SafeString

from comity.acts import KINDS
from comity.server.asking import Question
from comity.server.exports.table import Cell, Column, Table
from comity.server.lists.models import BroughtList
from comity.server.lists.reading import Held
from comity.server.lists.settling import MEANINGS, meaning_of, unknown_acts
from comity.server.pages.citing import steps
from comity.service import Refusal, Register
from comity.service.lists import Brought, Difference, guess

__all__ = ["beside_page", "columns_page", "differences_table", "index_page", "list_page", "names_page"]

_SAMPLES = 3
# Names that a page asks about at once.
_ASKED = 50
_ROWS = 200
_VERDICTS = ("differs", "only-list", "only-register", "private", "same")
_STYLES = {
    "differs": "former",
    "only-list": "signatory",
    "only-register": "contracting",
    "private": "none",
    "same": "party",
}
# The acts that a column of dates may date, those that lists have first.
_DATED = ("signature", "consent", "ratification", "accession", "acceptance", "approval", "succession", "withdrawal")


def index_page(question: Question, lists: Iterable[BroughtList], own: str) -> dict[str, object]:
    """The lists, and the form to bring one."""
    words = question.words
    actors = question.register.reading.directory.actors.values()
    states = [(actor.id, words.name(actor.id)) for actor in actors if actor.exists(question.on)]
    return {
        "heading": words.text("lists.title"),
        "lists": [
            {"name": one.name, "href": f"/{words.code}/lists/{one.pk}", "changed": f"{one.changed_on:%Y-%m-%d %H:%M}"}
            for one in lists
        ],
        "states": sorted(states, key=lambda pair: words.sort_key(pair[1])),
        "own": own,
    }


def _head(question: Question, own: BroughtList, at: str) -> dict[str, object]:
    """What the pages of one list share: its name, and where else to go."""
    words, base = question.words, f"/{question.words.code}/lists/{own.pk}"
    places = (("list", base), ("columns", f"{base}/columns"), ("names", f"{base}/names"))
    return {
        "heading": own.name,
        "own": own,
        "tabs": [{"label": words.text(f"lists.tab.{key}"), "href": href, "current": key == at} for key, href in places],
        "zip": f"{base}/everything.zip",
        "remove": f"{base}/remove",
    }


def columns_page(question: Question, own: BroughtList, brought: Brought) -> dict[str, object]:
    """The columns, some of their cells, and what each means."""
    words = question.words
    proposed = guess(brought.sheet)
    meanings = [(meaning, words.text(f"lists.meaning.{meaning}")) for meaning in MEANINGS]
    dated = [*_DATED, *sorted(KINDS - set(_DATED), key=words.act)]
    states = question.register.reading.directory.actors
    return _head(question, own, "columns") | {
        "columns": [
            {
                "field": f"column-{at}",
                "name": name,
                "samples": [cell for cell in brought.sheet.cells(name) if cell][:_SAMPLES],
                "chosen": meaning_of(brought.columns, name),
            }
            for at, name in enumerate(brought.sheet.columns)
        ],
        "meanings": meanings,
        "days": [(f"day:{kind}", words.text("lists.meaning.day", act=words.act(kind))) for kind in dated],
        "dates": "; ".join(brought.dates),
        "rivals": [words.text("lists.columns.rival", one=one, other=other) for one, other in proposed.rivals],
        "rows": len(brought.sheet.rows),
        "state": brought.own,
        "states": sorted(((code, words.name(code)) for code in states), key=lambda pair: words.sort_key(pair[1])),
    }


def names_page(question: Question, own: BroughtList, held: Held) -> dict[str, object]:
    """What a person must settle."""
    words, brought = question.words, held.brought
    return _head(question, own, "names") | {
        "treaties": [
            {
                "field": f"treaty-{at}",
                "name": one.name,
                "lines": words.list(one.lines[:10]),
                "options": [(name, words.titled(name)) for name in one.suggestions],
            }
            for at, one in enumerate(held.reading.treaties[:_ASKED])
        ],
        "actors": [
            {
                "field": f"actor-{at}",
                "name": one.name,
                "why": words.english(one.why),
                "options": [(code, words.name(code)) for code in one.suggestions],
            }
            for at, one in enumerate(held.reading.names[:_ASKED])
        ],
        "acts": [{"field": f"act-{at}", "name": word} for at, word in enumerate(unknown_acts(brought)[:_ASKED])],
        "kinds": [(kind, words.act(kind)) for kind in (*_DATED, *sorted(KINDS - set(_DATED), key=words.act))],
        "more": max(len(held.reading.treaties) - _ASKED, len(held.reading.names) - _ASKED, 0),
        "instruments": _instruments(question),
    }


def _instruments(question: Question) -> list[tuple[str, SafeString]]:
    words = question.words
    return [(name, words.titled(name)) for name in question.register.reading.ids()]


def differences_table(question: Question, own: BroughtList, held: Held) -> Table:
    """The differences as a table: those of the verdict that was asked for, or all."""
    words = question.words
    labels = ("instrument", "participant", "act", "yours", "register", "verdict", "line")
    columns = (
        Column("instrument_id", "id", shown=False),
        Column("actor_id", "id", shown=False),
        *(
            Column(name, str(words.text(f"lists.col.{name}")), "number" if name == "line" else "text")
            for name in labels
        ),
    )
    wanted = question.extra.get("verdict", "")
    chosen = [one for one in held.told if wanted in {"", one.verdict}]
    ranked = sorted(chosen, key=lambda one: _VERDICTS.index(one.verdict))
    rows = tuple(_difference(question, own, held, one) for one in ranked)
    return Table(id="differences", title=str(words.text("lists.differences.caption")), columns=columns, rows=rows)


def _difference(question: Question, own: BroughtList, held: Held, one: Difference) -> tuple[Cell, ...]:
    words = question.words
    act = str(words.text("lists.in-force")) if one.act == "in-force" else words.act(one.act)
    return (
        Cell(one.instrument),
        Cell(one.actor),
        Cell(_title(question, held, one.instrument), href=f"/{words.code}/lists/{own.pk}/instruments/{one.instrument}"),
        Cell(words.name(one.actor)),
        Cell(act),
        Cell(one.yours or None),
        Cell(one.register or None),
        Cell(str(words.text(f"lists.verdict.{one.verdict}")), style=f"status {_STYLES[one.verdict]}"),
        Cell(one.line or None),
    )


def _title(question: Question, held: Held, name: str) -> str:
    if name in held.private:
        return held.private[name]
    it = question.register.reading.instrument(name)
    return name if it is None else question.words.plain_title(it)


def list_page(question: Question, own: BroughtList, held: Held, table: Table) -> dict[str, object]:
    """The list: what waits, what is wrong, how many differences of each kind, and the differences."""
    words, base = question.words, f"/{question.words.code}/lists/{own.pk}"
    counted = Counter(str(one.verdict) for one in held.told)
    wanted = question.extra.get("verdict", "")
    page = int(text) if (text := question.extra.get("page", "")).isdecimal() and int(text) else 1
    start = (page - 1) * _ROWS
    tail = f"&verdict={wanted}" if wanted in _VERDICTS else ""
    pages = range(1, (len(table.rows) + _ROWS - 1) // _ROWS + 1)
    return _head(question, own, "list") | {
        "table": Table(id=table.id, title=table.title, columns=table.columns, rows=table.rows[start : start + _ROWS]),
        "waiting": words.count("lists.waiting", held.doubtful) if held.doubtful else "",
        "findings": [
            {
                "line": one.line,
                "says": words.english(f"{one.says}; {one.do}" if one.do else one.says),
                "level": one.level,
            }
            for one in held.reading.findings
        ],
        "filters": [
            {
                "label": words.text(f"lists.verdict.{verdict}"),
                "number": counted[verdict],
                "href": f"{base}?verdict={verdict}",
                "current": verdict == wanted,
                "style": _STYLES[verdict],
            }
            for verdict in _VERDICTS
            if counted[verdict]
        ],
        "all": base if wanted else "",
        "page_links": [(number, f"{base}?page={number}{tail}", number == page) for number in pages]
        if len(pages) > 1
        else [],
    }


def beside_page(question: Question, own: BroughtList, held: Held, name: str) -> dict[str, object]:
    """One instrument by the list, beside the register."""
    words, actor = question.words, held.brought.own
    by_list = _said(question, held.laid, name, actor)
    private = name in held.reading.layer.definitions
    return _head(question, own, "") | {
        "title": _title(question, held, name),
        "actor": words.name(actor),
        "by_list": by_list,
        "by_register": None if private else _said(question, question.register, name, actor),
        "public": "" if private else question.link(f"instruments/{name}"),
        "table": Table(
            id="acts",
            title=str(words.text("lists.differences.caption")),
            columns=differences_table(question, own, held).columns,
            rows=tuple(_difference(question, own, held, one) for one in held.told if one.instrument == name),
        ),
        "notes": [
            {"id": note.pk, "text": note.text, "when": f"{note.written_on:%Y-%m-%d}"}
            for note in own.notes.filter(instrument=name)
        ],
    }


def _said(question: Question, register: Register, name: str, actor: str) -> dict[str, object]:
    """A status with its reasons, or why there is none."""
    words = question.words
    try:
        why = register.why(name, actor, question.on)
        status = register.status(name, question.on, actor)
    except Refusal as refusal:
        return {"said": "", "faults": [words.english(one.says) for one in refusal.findings]}
    own = next((one for one in status.actors if one.actor == actor), None)
    return {
        "said": words.text("why.on", on=question.on, status=words.status(why.status)),
        "status": why.status,
        "since": own.since if own else None,
        "steps": steps(question, why.reasons, name),
    }
