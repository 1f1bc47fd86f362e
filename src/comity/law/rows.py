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
from comity.law.results import Change, Hit, Reason, Relation, Status, Why, plain
from comity.law.what_if import ForceShift, RelationShift, Shift, WhatIf
from comity.notation.acts_file import act_row

__all__ = ["COLUMNS", "Answer", "Item", "Rows", "columns_of", "plain_change", "plain_reason", "plain_what_if", "rows"]

Answer = Status | Why | Missing | Relation | Comparison | Pairs | WhatIf
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
    WhatIf: ("date", "instead_of", "instrument", "actor", "from", "to", "because"),
    Hit: ("kind", "where", "number", "text"),
    Finding: ("level", "code", "file", "line", "says", "do"),
    Reproduction: ("instrument", "official", "computed", "outcome", "cause"),
}


def rows(answer: Rows) -> list[dict[str, object]]:
    """The rows of an answer, or of a list of statuses, changes, finds or findings."""
    if isinstance(answer, Status | Missing | Comparison | Pairs | WhatIf):
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


def plain_what_if(found: WhatIf) -> dict[str, object]:
    """What acts would change as programs get it; of each relation what binds, and not why (`relation` says that)."""
    return {
        "on": found.on.isoformat(),
        "acts": [{"instrument": act.instrument, **act_row(act)} for act in found.acts],
        "refused": found.refused,
        "forces": [_plain_force(shift) for shift in found.forces],
        "changes": [_plain_shift(shift) for shift in found.changes],
        "statuses": plain(found.statuses),
        "relations": [_plain_relation_shift(shift) for shift in found.relations],
        "findings": plain(found.findings),
    }


def _plain_force(shift: ForceShift) -> dict[str, object]:
    pairs = {
        "threshold_met": shift.threshold,
        "entry_into_force": shift.entry,
        "ended": shift.ended,
        "lacking": shift.lacking,
    }
    head = {"instrument": shift.instrument, "provisions": list(shift.provisions)}
    return head | {name: {"before": plain(before), "after": plain(after)} for name, (before, after) in pairs.items()}


def _plain_shift(shift: Shift) -> dict[str, object]:
    return {
        "date": plain(shift.date),
        "instead_of": plain(shift.instead_of),
        "instrument": shift.instrument,
        "actor": shift.actor,
        "from": shift.before,
        "to": shift.after,
        "because": says(shift.because),
    }


_BONDS = ("bound", "excluded", "modified", "not_settled", "as_amended_by")


def _plain_relation_shift(shift: RelationShift) -> dict[str, object]:
    sides = (("before", shift.before), ("after", shift.after))
    return {
        "instrument": shift.instrument,
        "actors": list(shift.parties),
        **{side: {name: plain(getattr(relation, name)) for name in _BONDS} for side, relation in sides},
    }
