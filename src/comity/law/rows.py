"""Every answer as flat rows of text, numbers and truth values, which pandas and polars take as they are.

A column has one type in every row, and what is missing is an empty text: a frame guesses the type of a column from
its first rows, and a column that begins with nothing would get none.
"""

from collections.abc import Iterable

from comity.findings import Finding
from comity.law.compare import Comparison
from comity.law.messages import says
from comity.law.missing import Missing
from comity.law.pairs import Pairs
from comity.law.reproduced import Reproduction
from comity.law.results import Change, Reason, Relation, Status, Why, plain
from comity.law.search import Hit

__all__ = ["COLUMNS", "Answer", "Item", "Rows", "columns_of", "plain_change", "plain_reason", "rows"]

Answer = Status | Why | Missing | Relation | Comparison | Pairs
Item = Status | Change | Hit | Finding | Reproduction
Rows = Answer | Iterable[Item]

# The columns of each kind of answer, also where there is no row.
COLUMNS: dict[type, tuple[str, ...]] = {
    Status: (
        *("instrument", "on", "actor", "status", "since", "until", "ended_by", "consent_act", "consent_date"),
        *("provisional", "suspended", "rights_suspended", "contested", "via", "not_toward"),
    ),
    Why: ("instrument", "actor", "on", "status", "step", "id", "says", "cites"),
    Missing: ("instrument", "on", "set", "actor"),
    Relation: ("instrument", "a", "b", "on", "bound", "provision", "effect"),
    Pairs: ("instrument", "on", "provision", "modified", "excluded", "not_settled"),
    Comparison: ("on", "row", "instrument", "status", "since", "parties", "of"),
    Change: ("date", "instrument", "actor", "from", "to", "because"),
    Hit: ("kind", "where", "number", "text"),
    Finding: ("level", "code", "file", "line", "says", "do"),
    Reproduction: ("instrument", "official", "computed", "outcome", "cause"),
}


def rows(answer: Rows) -> list[dict[str, object]]:
    """The rows of an answer, or of a list of statuses, changes, finds or findings."""
    if isinstance(answer, Status | Missing | Comparison | Pairs):
        return answer.rows()
    if isinstance(answer, Why):
        return _of_why(answer)
    if isinstance(answer, Relation):
        return _of_relation(answer)
    return [row for item in answer for row in _of_item(item)]


def columns_of(answer: Rows, kind: type | None = None) -> dict[str, list[object]]:
    """The same, column by column; `kind` names the columns where a list may be empty."""
    found = rows(answer)
    names = COLUMNS.get(kind or type(answer), ()) or tuple(found[0] if found else ())
    return {name: [row[name] for row in found] for name in names}


def _of_item(item: Item) -> list[dict[str, object]]:
    if isinstance(item, Status):
        return item.rows()
    if isinstance(item, Change):
        return [plain_change(item)]
    if isinstance(item, Reproduction):
        return [{name: str(getattr(item, name) or "") for name in COLUMNS[Reproduction]}]
    return [{name: getattr(item, name) for name in COLUMNS[type(item)]}]


def _of_why(found: Why) -> list[dict[str, object]]:
    head = {"instrument": found.instrument, "actor": found.actor, "on": found.on.isoformat(), "status": found.status}
    return [
        {**head, "step": step, "id": reason.id, "says": says(reason), "cites": "; ".join(reason.cites)}
        for step, reason in enumerate(found.reasons, 1)
    ]


def _of_relation(found: Relation) -> list[dict[str, object]]:
    """One row a provision that a reservation touches, or one row with neither where none is."""
    one, other = found.parties
    head = {"instrument": found.instrument, "a": one, "b": other, "on": found.on.isoformat(), "bound": found.bound}
    touched = [
        (provision, effect)
        for effect in ("excluded", "modified", "not_settled")
        for provision in getattr(found, effect)
    ]
    return [{**head, "provision": provision, "effect": effect} for provision, effect in touched or [("", "")]]


def plain_change(change: Change) -> dict[str, object]:
    """A change as programs get it."""
    return {
        "date": change.date.isoformat(),
        "instrument": change.instrument,
        "actor": change.actor,
        "from": change.before,
        "to": change.after,
        "because": says(change.because),
    }


def plain_reason(reason: Reason) -> dict[str, object]:
    """A reason as programs get it: its message id, its words in English, what it rests on, and its parameters."""
    return {"id": reason.id, "says": says(reason), "cites": list(reason.cites), "params": plain(reason.params)}
