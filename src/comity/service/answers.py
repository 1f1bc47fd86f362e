"""Answers as plain JSON, and back: one form for the commands, the API, the tools for models and the remote register."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from comity.acts import Act
from comity.dates import Delay, parse_date, parse_legal_date
from comity.findings import Finding
from comity.instruments import DecisionRule, Instrument
from comity.law.deadlines import Deadline
from comity.law.missing import Missing
from comity.law.results import ActorStatus, Change, Flags, Reason, Relation, Status, Why
from comity.law.results import plain as plain_value
from comity.law.rows import plain_change, plain_reason, plain_what_if
from comity.law.statements import Reply, Statement
from comity.law.what_if import ForceShift, RelationShift, Shift, StatusShift, WhatIf
from comity.notation.acts_file import act_row, read_act
from comity.notation.instrument_file import parse_instrument
from comity.notation.instrument_text import print_instrument
from comity.notation.rule_file import parse_decision_rule, print_decision_rule
from comity.rules.progress import read_progress
from comity.service import shapes
from comity.service.powers import PowerAnswer

__all__ = [
    "OfActor",
    "Reasoned",
    "Supposed",
    "plain",
    "read_actor",
    "read_change",
    "read_deadline",
    "read_instrument",
    "read_missing",
    "read_relation",
    "read_rule",
    "read_statement",
    "read_status",
    "read_what_if",
    "read_why",
]

Plain = Mapping[str, Any]


class OfActor(msgspec.Struct, frozen=True, kw_only=True):
    """All that concerns an actor on a day: one status an instrument, with that actor alone."""

    actor: str
    on: date
    statuses: tuple[Status, ...]


class Reasoned(msgspec.Struct, frozen=True):
    """A change that is to be told with its reason for programs, and not in words alone."""

    change: Change


class Supposed(msgspec.Struct, frozen=True):
    """What acts would change, to be told with the reasons for programs."""

    found: WhatIf


# Writing


def plain(answer: object) -> object:
    """An answer, or a list of them, as what JSON can hold (`shapes`)."""
    if isinstance(answer, list | tuple):
        return [plain(item) for item in answer]
    return _FORMS.get(type(answer), plain_value)(answer)


def _plain_actor(found: OfActor) -> dict[str, object]:
    rows = [_plain_row(found.actor, status) for status in found.statuses]
    return {"actor": found.actor, "on": str(found.on), "instruments": rows}


def _plain_why(found: Why) -> dict[str, object]:
    return {
        "instrument": found.instrument,
        "actor": found.actor,
        "on": str(found.on),
        "status": found.status,
        "reasons": [plain_reason(reason) for reason in found.reasons],
        "findings": plain_value(found.findings),
    }


def _plain_relation(found: Relation) -> dict[str, object]:
    answer: dict[str, object] = {
        "instrument": found.instrument,
        "actors": list(found.parties),
        "on": str(found.on),
        "bound": found.bound,
        "excluded": list(found.excluded),
        "modified": list(found.modified),
        "not_settled": list(found.not_settled),
        "reasons": [plain_reason(reason) for reason in found.reasons],
    }
    if found.as_amended_by:
        answer["as_amended_by"] = list(found.as_amended_by)
    return answer


def _plain_because(because: Reason) -> dict[str, object]:
    return {"id": because.id, "cites": list(because.cites), "params": plain_value(because.params)}


def _plain_reasoned(found: Reasoned) -> dict[str, object]:
    return {**plain_change(found.change), "reason": _plain_because(found.change.because)}


def _plain_supposed(supposed: Supposed) -> dict[str, object]:
    found = supposed.found
    whole: dict[str, Any] = plain_what_if(found)
    for row, shift in zip(whole["changes"], found.changes, strict=True):
        row["reason"] = _plain_because(shift.because)
    for row, pair in zip(whole["relations"], found.relations, strict=True):
        for side, of in (("before", pair.before), ("after", pair.after)):
            row[side]["reasons"] = [_plain_because(reason) for reason in of.reasons]
    return whole


def _plain_statement(found: Statement) -> dict[str, object]:
    bare = {name: plain_value(getattr(found, name)) for name in Statement.__struct_fields__ if name != "replies"}
    withdrawn = [{"provision": provision, "date": str(day)} for provision, day in found.withdrawn]
    return bare | {
        "act": act_row(found.act),
        "withdrawn": withdrawn,
        "replies": [
            {name: plain_value(getattr(reply, name)) for name in Reply.__struct_fields__} | {"act": act_row(reply.act)}
            for reply in found.replies
        ],
    }


# A row of an actor begins with what is the actor's own; the instrument's follows.
_NONE: dict[str, object] = {"status": "none", "since": None, "until": None, "flags": {}, "consent": None}


def _plain_row(actor: str, status: Status) -> dict[str, object]:
    whole: dict[str, object] = dict(plain_value(status))  # type: ignore[call-overload]  # a record's plain form is a dictionary
    row = {"actor": actor, **_NONE} if not status.actors else dict(plain_value(status.actors[0]))  # type: ignore[call-overload]  # as above
    rest = {name: value for name, value in whole.items() if name not in {"instrument", "on", "actors"}}
    return {"instrument": status.instrument, **row, **rest}


def _plain_instrument(it: Instrument) -> dict[str, object]:
    names = [name for name in shapes.Instrument.__struct_fields__ if name != "text"]
    return {**{name: plain_value(getattr(it, name)) for name in names}, "text": print_instrument(it)}


def _plain_rule(rule: DecisionRule) -> dict[str, object]:
    names = [name for name in shapes.Rule.__struct_fields__ if name != "text"]
    return {**{name: plain_value(getattr(rule, name)) for name in names}, "text": print_decision_rule(rule)}


# Answers whose JSON is not their record as it stands.
_FORMS: dict[type, Callable[[Any], object]] = {
    Why: _plain_why,
    Missing: Missing.plain,
    PowerAnswer: PowerAnswer.plain,
    Relation: _plain_relation,
    Change: plain_change,
    Reasoned: _plain_reasoned,
    OfActor: _plain_actor,
    Instrument: _plain_instrument,
    DecisionRule: _plain_rule,
    WhatIf: plain_what_if,
    Supposed: _plain_supposed,
    Statement: _plain_statement,
}


# Reading


def read_status(found: Plain) -> Status:
    """The status that this JSON tells of; as every reader here, raises `msgspec.ValidationError` for what is none."""
    rest = {name: value for name, value in found.items() if name != "actors"}
    actors = tuple(_read_actor_status(one) for one in found["actors"])
    return msgspec.structs.replace(msgspec.convert({**rest, "actors": ()}, Status), actors=actors)


def _read_actor_status(found: Plain) -> ActorStatus:
    since = found["since"]
    rest = {name: value for name, value in found.items() if name not in {"since", "flags"}}
    flags = msgspec.convert(found["flags"], Flags)
    known = None if since is None else parse_legal_date(since).as_known
    return msgspec.structs.replace(msgspec.convert(rest, ActorStatus), since=known, flags=flags)


def read_actor(found: Plain) -> OfActor:
    """All that concerns an actor."""
    on = parse_date(found["on"])
    return OfActor(actor=found["actor"], on=on, statuses=tuple(_read_row(row, on) for row in found["instruments"]))


def _read_row(row: Plain, on: date) -> Status:
    """The keys of a row are those of a status and of an actor's status together."""
    whole = {name: value for name, value in row.items() if name in Status.__struct_fields__}
    own = {name: value for name, value in row.items() if name in ActorStatus.__struct_fields__}
    return read_status({**whole, "on": str(on), "actors": [] if own["status"] == "none" else [own]})


def read_why(found: Plain) -> Why:
    """A status with its reasons."""
    return msgspec.structs.replace(
        msgspec.convert({**found, "reasons": ()}, Why), reasons=_read_reasons(found["reasons"])
    )


def read_missing(found: Plain) -> Missing:
    """What is missing."""
    whole = msgspec.structs.asdict(msgspec.convert(found, shapes.Missing))
    return Missing(**{**whole, "progress": read_progress(found["progress"]) if found["progress"] else None})


def read_relation(found: Plain) -> Relation:
    """What binds two actors."""
    bare = {**found, "parties": found["actors"], "reasons": ()}
    return msgspec.structs.replace(msgspec.convert(bare, Relation), reasons=_read_reasons(found["reasons"]))


def read_change(found: Plain) -> Change:
    """One change of status, told with its reason; raises KeyError where that is left out."""
    return Change(
        date=parse_date(found["date"]),
        instrument=found["instrument"],
        actor=found["actor"],
        before=found["from"],
        after=found["to"],
        because=_read_reason(found["reason"]),
    )


def read_instrument(found: Plain) -> Instrument:
    """An instrument, from its text in the notation; raises ValueError where the text is none."""
    it, faults = parse_instrument(found["text"], "", found["id"])
    if it is None:
        raise ValueError("; ".join(fault.says for fault in faults))
    return it


def read_rule(found: Plain) -> DecisionRule:
    """A decision rule, from its text in the notation; raises ValueError where the text is none."""
    rule, faults = parse_decision_rule(found["text"], "", found["id"])
    if rule is None:
        raise ValueError("; ".join(fault.says for fault in faults))
    return rule


def read_deadline(found: Plain) -> Deadline:
    """One deadline."""
    return msgspec.convert(found, Deadline)


def read_statement(found: Plain) -> Statement:
    """A reservation or declaration with what was answered to it; raises ValueError for what is no act."""
    name = found["instrument"]
    bare = {key: found[key] for key in ("instrument", "holder", "standing", "unconfirmed", "open_until")}
    withdrawn = [(one["provision"], one["date"]) for one in found["withdrawn"]]
    return Statement(
        act=_read_act(found["act"], name),
        replies=tuple(_read_reply(reply, name) for reply in found["replies"]),
        **msgspec.structs.asdict(msgspec.convert({**bare, "withdrawn": withdrawn}, _Said)),
    )


class _Said(msgspec.Struct):
    """What a statement has beside acts."""

    instrument: str
    holder: str
    standing: tuple[str, ...]
    withdrawn: tuple[tuple[str, date], ...]
    unconfirmed: bool
    open_until: date | None


def _read_reply(found: Plain, instrument: str) -> Reply:
    whole = msgspec.convert(found, shapes.Reply)
    rest = {name: getattr(whole, name) for name in Reply.__struct_fields__ if name != "act"}
    return Reply(act=_read_act(found["act"], instrument), **rest)


def _read_act(found: Mapping[str, str], instrument: str) -> Act:
    act, faults = read_act(dict(found), instrument, "", 0)
    if act is None:
        raise ValueError("; ".join(fault.says for fault in faults))
    return act


def read_what_if(found: Plain) -> WhatIf:
    """What acts would change, told with its reasons; raises KeyError where those are left out."""
    acts = ({name: text for name, text in act.items() if name != "instrument"} for act in found["acts"])
    named = [act["instrument"] for act in found["acts"]]
    return WhatIf(
        on=parse_date(found["on"]),
        acts=tuple(_read_act(act, name) for act, name in zip(acts, named, strict=True)),
        findings=msgspec.convert(found["findings"], tuple[Finding, ...]),
        forces=tuple(map(_read_force, found["forces"])),
        changes=tuple(map(_read_shift, found["changes"])),
        statuses=tuple(map(_read_status_shift, found["statuses"])),
        relations=tuple(_read_relation_shift(one, found["on"]) for one in found["relations"]),
    )


def _read_force(found: Plain) -> ForceShift:
    whole = msgspec.convert(found, shapes.ForceShift)
    return ForceShift(
        instrument=whole.instrument,
        provisions=whole.provisions,
        threshold=(whole.threshold_met.before, whole.threshold_met.after),
        entry=(whole.entry_into_force.before, whole.entry_into_force.after),
        ended=(whole.ended.before, whole.ended.after),
        lacking=(whole.lacking.before, whole.lacking.after),
    )


def _read_shift(found: Plain) -> Shift:
    whole = msgspec.convert(found, shapes.Shift)
    names = ("date", "instead_of", "instrument", "actor", "before", "after")
    return Shift(because=_read_reason(found["reason"]), **{name: getattr(whole, name) for name in names})


def _read_status_shift(found: Plain) -> StatusShift:
    sides = {side: None if found[side] is None else _read_actor_status(found[side]) for side in ("before", "after")}
    return StatusShift(instrument=found["instrument"], actor=found["actor"], **sides)


def _read_relation_shift(found: Plain, on: str) -> RelationShift:
    head = {"instrument": found["instrument"], "actors": found["actors"], "on": on}
    before, after = (read_relation({**head, **found[side]}) for side in ("before", "after"))
    return RelationShift(instrument=found["instrument"], parties=before.parties, before=before, after=after)


def _read_reasons(found: Iterable[Plain]) -> tuple[Reason, ...]:
    return tuple(map(_read_reason, found))


# Parameters of reasons that hold days (partial ones where no more is known), by name.
_DAYS = frozenset({"closes", "computed", "date", "day", "effect", "entry", "notified", "on", "since", "told", "until"})
_DATE = re.compile(r"\d{4}(-\d\d){0,2}", re.ASCII)


def _read_reason(found: Plain) -> Reason:
    # The date that whoever disputes an act holds instead is text, as the acts file has it.
    days = _DAYS - {"date"} if found["id"] == "contested" else _DAYS
    params = {name: _read_param(value, day=name in days) for name, value in found["params"].items()}
    return Reason(id=found["id"], params=params, cites=tuple(found["cites"]))


def _read_param(value: object, *, day: bool) -> object:
    match value:
        case str() if day and _DATE.fullmatch(value):
            return parse_legal_date(value).as_known
        case dict() if "inclusive" in value:
            return msgspec.convert(value, Delay)
        case dict():
            return {name: _read_param(item, day=True) for name, item in value.items()}
        case list():
            return tuple(_read_param(item, day=False) for item in value)
        case _:
            return value
