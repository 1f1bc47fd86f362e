"""An answer that can be passed on: with what it rests on, and up to when that is known.

Whoever hands an answer to somebody else, as a tool for a model does, must not part it from its sources and its horizon.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from comity.instruments import Instrument
from comity.law.citing import cite
from comity.law.deadlines import Deadline
from comity.law.results import ActorStatus, Change, Hit, Relation, Status, Why
from comity.law.statements import Statement
from comity.law.what_if import WhatIf
from comity.service import shapes
from comity.service.answers import OfActor, Reasoned, Supposed
from comity.service.queries import Register, refuse
from comity.service.questions import QUESTIONS, Question, plain

__all__ = ["Cited", "Reach", "cited"]

# Kinds of act on which a status rests; an instrument may state other horizons, for reservations say.
_BINDING = frozenset({"signature", "consent", "withdrawal", "succession"})
# Kinds of act on which an answer about reservations rests.
_SAID = frozenset({"reservation", "objection"})


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Up to when the acts of an instrument are known to be complete, by class of act; {} where nothing says so.

    `reached` is whether all of them cover the last day that the question is about.
    """

    instrument: str
    until: Mapping[str, date]
    reached: bool


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with its sources.

    `asked` are the question and its parameters, the day filled in. `sources` are what it rests on, most telling first:
    clauses, acts, and where the acts are taken from. `caution` is a sentence where the answer goes beyond what is known
    to be complete, else "". `cite` names register, question and moment in one line.
    """

    asked: Mapping[str, str]
    answer: object
    known: tuple[Reach, ...]
    caution: str
    sources: tuple[str, ...]
    cite: str


def cited(register: Register, question: str, given: Mapping[str, str], today: date) -> Cited:
    """The answer to a question of the table, its parameters given as text. Raises `Refusal`."""
    found = QUESTIONS.get(question)
    if found is None:
        raise refuse("question-unknown", f"there is no question “{question:.40}”", f"ask {', '.join(QUESTIONS)}")
    values = found.values(given, today)
    answer = found.answer(register, **values)
    supposed = _supposed(answer)
    days = (value for value in values.values() if isinstance(value, date))
    day = supposed.on if supposed is not None else max(days, default=today)
    instruments = tuple(_instruments(register, answer, values))
    classes = _SAID if found.shape in {shapes.Statement, shapes.Deadline} else _BINDING
    known = tuple(_reach(it, day, classes) for it in instruments)
    asked = {"question": question, **{name: _text(value) for name, value in values.items()}}
    return Cited(
        asked=asked,
        answer=plain(answer),
        known=known,
        caution=_caution(known, classes, day, None if supposed else today),
        sources=tuple(dict.fromkeys((*_rests_on(answer), *_taken_from(instruments)))),
        cite=_cite(found, asked, known, classes),
    )


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _instruments(register: Register, answer: object, values: Mapping[str, object]) -> Iterator[Instrument]:
    """The instruments that an answer is about."""
    names = [str(values["instrument"])] if "instrument" in values else []
    listed = values.get("instruments", ())
    names += [str(name) for name in listed] if isinstance(listed, tuple) else []
    if "name" in values and register.reading.has_definition(str(values["name"])):
        names.append(str(values["name"]))
    if isinstance(answer, OfActor):
        names += [status.instrument for status in answer.statuses]
    supposed = _supposed(answer)
    if supposed is not None:
        names += [act.instrument for act in supposed.acts]
        names += [shift.instrument for shift in supposed.changes]
    if isinstance(answer, list):
        names += [_change(item).instrument for item in answer if isinstance(item, Change | Reasoned)]
        names += [item.instrument for item in answer if isinstance(item, Statement | Deadline)]
    yield from (register.instrument(name) for name in dict.fromkeys(names))


def _supposed(answer: object) -> WhatIf | None:
    if isinstance(answer, Supposed):
        return answer.found
    return answer if isinstance(answer, WhatIf) else None


def _change(item: Change | Reasoned) -> Change:
    return item.change if isinstance(item, Reasoned) else item


def _reach(it: Instrument, day: date, classes: frozenset[str]) -> Reach:
    until = {name: horizon.until for horizon in it.complete for name in horizon.acts}
    ends = _ends(until, classes)
    return Reach(instrument=it.id, until=until, reached=bool(ends) and day <= min(ends))


def _ends(until: Mapping[str, date], classes: frozenset[str]) -> list[date]:
    """Up to when acts of these classes are known; empty where nothing says so.

    An instrument need not state a horizon for each kind of consent; reservations without the objections to them, or
    the other way round, tell nothing.
    """
    whole = classes is _BINDING or classes <= until.keys()
    return [end for name, end in until.items() if name in classes] if whole else []


def _caution(known: Iterable[Reach], classes: frozenset[str], day: date, today: date | None) -> str:
    """What must be said with an answer about a day; `today` is None where acts are supposed."""
    said = []
    if today is None:
        said.append("The acts are supposed: none of this has happened, and nothing is recorded.")
    elif day > today:
        said.append(f"{day} lies ahead: the answer says what the acts known today have fixed, not what will happen.")
    for one in known:
        ends = _ends(one.until, classes)
        acts = "acts" if classes is _BINDING else "reservations and objections"
        if not ends:
            said.append(f"{one.instrument}: nothing states up to when its {acts} are known; some may be missing.")
        elif not one.reached:
            said.append(f"{one.instrument}: {acts} known to be complete up to {min(ends)} only; not known since.")
    return " ".join(said)


def _rests_on(answer: object) -> Iterator[str]:
    if isinstance(answer, Why | Relation):
        yield from (source for reason in answer.reasons for source in reason.cites)
    elif isinstance(answer, Status):
        yield from (_consent(answer.instrument, one) for one in answer.actors if one.consent)
    elif isinstance(answer, OfActor):
        yield from (_consent(one.instrument, own) for one in answer.statuses for own in one.actors if own.consent)
    elif (supposed := _supposed(answer)) is not None:
        yield from (source for shift in supposed.changes for source in shift.because.cites)
    elif isinstance(answer, list):
        yield from (source for item in answer for source in _rests_each(item))


def _rests_each(item: object) -> Iterator[str]:
    """What one answer among many rests on."""
    if isinstance(item, Change | Reasoned):
        yield from _change(item).because.cites
    elif isinstance(item, Statement):
        yield cite(item.act)
    elif isinstance(item, Deadline):
        yield from item.cites
    elif isinstance(item, Hit):
        yield f"register: {item.where}{f' Art. {item.number}' if item.number else ''}"


def _consent(instrument: str, one: ActorStatus) -> str:
    """The act by which an actor consented, as reasons cite it."""
    act = one.consent
    return "" if act is None else f"{instrument}: {act.date} {one.actor} {act.act}"


def _taken_from(instruments: Iterable[Instrument]) -> Iterator[str]:
    for it in instruments:
        clause = it.entry_into_force
        if clause is not None and clause.article:
            yield f"{it.id} Art. {clause.article}"
        yield from (f"{it.id}: {text}" for text in (it.source, it.link) if text)
        yield from (f"{it.id}, horizon: {horizon.source}" for horizon in it.complete if horizon.source)


def _cite(question: Question, asked: Mapping[str, str], known: Iterable[Reach], classes: frozenset[str]) -> str:
    said = "; ".join(f"{name} {value}" for name, value in asked.items() if name != "question")
    ends = sorted({end for one in known for end in _ends(one.until, classes)})
    horizon = f", acts known up to {ends[0]}" if ends else ""
    return f"Comity, {question.id}{f' ({said})' if said else ''}{horizon}."
