"""Reservations, declarations and objections by whose they are, with what was answered and to what effect."""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from django.utils.safestring import SafeString

from comity.acts import Act
from comity.instruments import Instrument
from comity.law.statements import Reply, Statement
from comity.server.asking import Question
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.markup import format_html
from comity.server.words import Speaker

__all__ = ["Answers", "Said", "Speech", "answers_of", "joined", "lines_of", "said_by", "statements_table"]


class Answers(msgspec.Struct, frozen=True):
    """Answers of one effect: the words for it, and who gave them when."""

    said: SafeString
    by: SafeString


class Speech(msgspec.Struct, frozen=True):
    """What one actor said on one day: each statement as a line, and the answers to them."""

    date: str
    kind: str
    notified: SafeString | None
    lines: tuple[SafeString, ...]
    answers: tuple[Answers, ...]


class Said(msgspec.Struct, frozen=True):
    """All that one actor said under an instrument, and to whose reservations it objected."""

    code: str
    name: str
    href: str
    speeches: tuple[Speech, ...]
    objected: SafeString | None


def said_by(question: Question, it: Instrument, found: list[Statement], codes: Iterable[str]) -> list[Said]:
    """What these actors said, in the order given."""
    own: dict[str, list[Statement]] = {}
    objected: dict[str, dict[str, str]] = {}
    for one in found:
        own.setdefault(one.holder, []).append(one)
        for reply in one.replies:
            if not reply.accepts:
                objected.setdefault(reply.act.actor, {}).setdefault(one.holder, str(reply.act.date))
    return [
        Said(
            code,
            question.words.name(code),
            question.link(f"instruments/{it.id}/{code}"),
            tuple(_speeches(question, own.get(code, []))),
            _objected(question, objected.get(code, {})),
        )
        for code in codes
        if code in own or code in objected
    ]


def _objected(question: Question, holders: dict[str, str]) -> SafeString | None:
    words = question.words
    ordered = sorted(holders.items(), key=lambda one: words.sort_key(words.name(one[0])))
    return words.list(_dated_name(words, code, day) for code, day in ordered) if ordered else None


def _speeches(question: Question, found: list[Statement]) -> Iterator[Speech]:
    """Statements of one kind and one day together: they came in one document, and were answered together."""
    by_act: dict[tuple[str, str], list[Statement]] = {}
    for one in found:
        by_act.setdefault((str(one.act.date), one.act.kind), []).append(one)
    words = question.words
    for (day, kind), together in by_act.items():
        told = together[0].act.notified
        yield Speech(
            day,
            words.act(kind),
            None if told is None else words.text("said.notified", date=told),
            tuple(line for one in together for line in lines_of(words, one)),
            tuple(answers_of(words, together)),
        )


def lines_of(words: Speaker, one: Statement) -> Iterator[SafeString]:
    """A statement in a line: which provisions, what it says, what has become of it."""
    act, parts = one.act, []
    if act.ref:
        parts.append(words.text("said.on", provisions=words.articles(_provisions(act))))
    if act.note:
        parts.append(words.english(act.note))
    if not parts:
        parts.append(words.text("said.whole") if act.kind == "reservation" else words.text("said.untold"))
    if one.holder != act.actor:
        parts.append(words.text("said.taken-over", actor=words.name(act.actor)))
    parts += [words.text("said.withdrawn", provisions=words.provision(p), date=day) for p, day in one.withdrawn]
    if one.unconfirmed:
        parts.append(words.text("said.unconfirmed"))
    if one.open_until is not None:
        parts.append(words.text("said.open", date=one.open_until))
    yield joined(parts)


def _provisions(act: Act) -> list[str]:
    return [part.strip() for part in act.ref.split(";") if part.strip()]


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Parts of a line with a dot between them."""
    first, *rest = parts
    for part in rest:
        first = format_html("{} · {}", first, part)
    return first


def answers_of(words: Speaker, together: list[Statement]) -> Iterator[Answers]:
    """Answers to statements of one day by their effect on the day asked, each answer once under each."""
    by_effect: dict[str, dict[tuple[str, str], Reply]] = {}
    for one in together:
        for reply in one.replies:
            by_effect.setdefault(_effect(one, reply), {})[reply.act.actor, str(reply.act.date)] = reply
    for effect, replies in by_effect.items():
        names = [_answer(words, reply) for reply in replies.values()]
        yield Answers(words.text(f"effect.{effect}"), words.list(names))


def _effect(one: Statement, reply: Reply) -> str:
    if reply.withdrawn is not None:
        return "withdrawn"
    if reply.effect == "objection-late" and one.act.notified is None:
        return "objection-late.unnotified"
    if reply.effect:
        return reply.effect
    if reply.accepts:
        return "accepted"
    return "opposed" if reply.opposed else "objected"


def _answer(words: Speaker, reply: Reply) -> SafeString:
    said = _dated_name(words, reply.act.actor, str(reply.act.date))
    if reply.withdrawn is not None:
        return words.text("said.answer-withdrawn", answer=said, date=reply.withdrawn)
    return said


def _dated_name(words: Speaker, code: str, day: str) -> SafeString:
    return format_html('{} <bdi dir="ltr">{}</bdi>', words.isolated(words.name(code)), day)


def statements_table(question: Question, found: list[Statement]) -> Table:
    """Everything that was said, a row a statement and one an answer, for programs."""
    words = question.words
    columns = (
        Column("actor", words.text("actor.code")),
        Column("name", words.text("col.participant")),
        Column("date", words.text("ask"), "date"),
        Column("act", words.text("col.act")),
        Column("toward", words.text("relation.label")),
        Column("provisions", words.text("search.provisions")),
        Column("note", words.text("col.words")),
        Column("withdrawn", words.text("col.withdrawn"), "date"),
        Column("effect", words.text("col.effect")),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        gone = max((day for _, day in one.withdrawn), default=None) if not one.standing else None
        rows.append(_act_row(words, one.act, one.holder, "", (gone, "")))
        rows += [
            _act_row(words, reply.act, reply.act.actor, one.holder, (reply.withdrawn, reply.effect))
            for reply in one.replies
        ]
    return Table(id="statements", title=bare(words.text("instrument.said")), columns=columns, rows=tuple(rows))


def _act_row(words: Speaker, act: Act, actor: str, toward: str, fate: tuple[date | None, str]) -> tuple[Cell, ...]:
    withdrawn, effect = fate
    provisions = "" if toward else act.ref
    return row(
        actor,
        words.name(actor),
        act.date,
        Cell(act.kind, words.act(act.kind)),
        toward,
        provisions,
        act.note,
        withdrawn,
        effect,
    )
