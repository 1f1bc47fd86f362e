"""What a draft would do, before anybody decides: findings, days of effect, thresholds crossed, who would be told."""

from collections.abc import Iterator, Mapping

from django.utils.safestring import SafeString

from comity.acts import Act
from comity.findings import has_errors
from comity.law.what_if import WhatIf
from comity.server.asking import Question
from comity.server.desk.drafting import act_of
from comity.server.desk.frames import finding_lines
from comity.server.desk.models import Draft
from comity.server.desk.outbox import wanting
from comity.service import Refusal

__all__ = ["addressed", "preview"]

# Whom a depositary informs: the parties and the States entitled to become parties (VCLT 77(1)(e)), as far as known.
_INFORMED = frozenset({"signatory", "contracting", "party"})
_NAMED = 12


def preview(question: Question, draft: Draft) -> dict[str, object]:
    """All that the page of a draft shows of what would follow."""
    words = question.words
    act, faults = act_of(draft)
    if act is None:
        return {"refused": True, "findings": finding_lines(words, faults)}
    try:
        found = question.register.what_if([act])
    except Refusal as refusal:
        return {"refused": True, "findings": finding_lines(words, refusal.findings)}
    told = tuple(one for one in found.findings if one.code != "past-horizon")
    listed = {"refused": has_errors(told), "findings": finding_lines(words, told)}
    if has_errors(told):
        return listed
    it = question.register.instrument(draft.instrument)
    return listed | {
        # Most often a slip of the pen, and never to be taken out again.
        "ahead": act.date.first > question.on,
        "forces": list(_forces(question, found)),
        "changes": list(_changes(question, found)),
        "addressed": addressed(question, act),
        "subscribers": words.count("desk.subscribers", len(wanting(it.id, {act.actor}, it.areas))),
    }


def _forces(question: Question, found: WhatIf) -> Iterator[SafeString]:
    words = question.words
    for one in found.forces:
        title = words.titled(one.instrument)
        provisions = words.list(one.provisions) if one.provisions else words.text("desk.whole")
        of = {"instrument": title, "provisions": provisions}
        if one.threshold[0] != one.threshold[1] and one.threshold[1] is not None:
            yield words.text("desk.threshold", date=one.threshold[1], **of)
        if one.entry[0] != one.entry[1] and one.entry[1] is not None:
            yield words.text("desk.entry", date=one.entry[1], **of)
        if one.ended[0] != one.ended[1] and one.ended[1] is not None:
            yield words.text("desk.ended", date=one.ended[1], **of)
        if one.entry[1] is None and one.lacking[1]:
            yield words.count("letter.lacking", one.lacking[1])


def _changes(question: Question, found: WhatIf) -> Iterator[Mapping[str, object]]:
    words = question.words
    for shift in found.changes:
        if shift.actor:
            yield {
                "date": shift.date,
                "instead_of": shift.instead_of,
                "name": words.name(shift.actor),
                "title": words.titled(shift.instrument),
                "before": words.status(shift.before),
                "after": words.status(shift.after),
                "status": shift.after,
                "because": words.reason(shift.because),
            }


def addressed(question: Question, act: Act) -> Mapping[str, object]:
    """How many States and organizations the depositary would inform, and the first of them by name."""
    words = question.words
    found = question.register.status(act.instrument, act.day).actors
    names = sorted((words.name(one.actor) for one in found if one.status in _INFORMED), key=words.sort_key)
    rest = len(names) - _NAMED
    return {
        "count": words.count("desk.addressed", len(names)),
        "names": words.list(names[:_NAMED]),
        "rest": words.list(names[_NAMED:]) if rest > 0 else "",
        "more": words.count("count.more", rest) if rest > 0 else "",
    }
