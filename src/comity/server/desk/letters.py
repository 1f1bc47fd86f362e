"""The words of a depositary notification, in one language, as plain text: what is issued is kept as it was said."""

import re
from collections.abc import Iterable, Iterator

import msgspec
from django.utils.safestring import SafeString

from comity.acts import Act
from comity.instruments import Instrument
from comity.law.results import Reason
from comity.law.what_if import Shift, WhatIf
from comity.notation.acts_file import read_set
from comity.server.desk.models import Notification, Rectification
from comity.server.exports.pdf import spoken
from comity.server.words import Speaker

__all__ = ["Letter", "act_letter", "in_plain", "rectification_letter", "titled"]

# Further consequences that a letter lists; of more it says how many.
_LISTED = 30
_CLAUSE = re.compile(r"(\S+) Art\. (.+)")
# Where all runs from left to right, the signs that keep directions apart only get in the way.
_ISOLATES = re.compile("[\u2066-\u2069]")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter: subject, heading, paragraphs (lines of one that begin with a dash are a list), what it rests on."""

    subject: str
    head: tuple[str, ...]
    body: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    addressed: str
    issued: str

    @property
    def text(self) -> str:
        """The whole of it, as plain text."""
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts)
        return "\n\n".join([*self.head, *self.body, *([facts] if facts else []), self.addressed, self.issued]) + "\n"


def in_plain(said: SafeString | str, *, isolates: bool = False) -> str:
    """Words without their markup; `isolates` keeps the directions apart where a text runs from right to left."""
    text = spoken(said)
    return text if isolates else _ISOLATES.sub("", text)


class _Pen:
    """Writes paragraphs in one language."""

    def __init__(self, words: Speaker) -> None:
        self.words = words
        self.written: list[str] = []

    def plain(self, said: SafeString | str) -> str:
        return in_plain(said, isolates=self.words.language.direction == "rtl")

    def say(self, key: str, **params: object) -> None:
        """A paragraph."""
        self.written.append(self.plain(self.words.text(key, **params)))

    def add(self, said: SafeString | str) -> None:
        """A sentence more in the last paragraph."""
        self.written[-1] = f"{self.written[-1]} {self.plain(said)}"

    def listed(self, items: Iterable[SafeString | str]) -> None:
        """One line each, under the last paragraph."""
        self.written[-1] = "\n".join([self.written[-1], *(f"– {self.plain(item)}" for item in items)])


def titled(words: Speaker, it: Instrument) -> str:
    """The title of an instrument in the language, or as it is recorded."""
    return words.plain_title(it)


def _letter(pen: _Pen, it: Instrument, notification: Notification, subject: str, recorded: str) -> Letter:
    """What was written, between its heading and what it rests on."""
    words = pen.words

    def said(key: str, **params: object) -> str:
        return pen.plain(words.text(key, **params))

    head = [said("letter.head", number=str(notification)), titled(words, it)]
    if it.adopted is not None and it.place:
        head.append(said("letter.adopted", place=words.place(it.place), date=it.adopted))
    if it.depositary:
        head.append(said("letter.depositary", names=words.list(words.depositary(name) for name in it.depositary)))
    facts: list[tuple[str, str]] = []
    if notification.document is not None:
        facts.append((said("letter.document"), notification.document.hash))
    if notification.entry is not None:
        facts.append((said("desk.entry-of"), str(notification.entry)))
        facts.append((said("letter.hash"), notification.leaf_hash))
        facts.append((said("letter.recorded"), recorded))
    return Letter(
        subject=said("letter.titled", instrument=words.title(it), subject=subject),
        head=(*head, subject),
        body=(said("letter.communicates"), *pen.written),
        facts=tuple(facts),
        addressed=said("letter.addressed.text" if notification.rectification else "letter.addressed"),
        issued=said("letter.issued", date=notification.issued.date()),
    )


def act_letter(
    words: Speaker, it: Instrument, act: Act, found: WhatIf, notification: Notification, recorded: str
) -> Letter:
    """The letter that tells of an act that was recorded, and of what follows from it."""
    pen = _Pen(words)
    actor = words.name(act.actor)
    if act.kind == "correction":
        subject = pen.plain(words.text("letter.subject.corrigendum", ref=_named(words, act.ref)))
    else:
        subject = pen.plain(words.text("letter.subject.act", actor=actor, act=words.act(act.kind)))
    if act.kind == "correction":
        _corrected(pen, act)
    else:
        pen.say("letter.effected", date=act.date)
        if act.effective is not None:
            pen.say("letter.effective", date=act.effective)
        if act.ref:
            pen.say("letter.ref", ref=act.ref)
    if act.note:
        pen.say("letter.note", note=act.note)
    _effects(pen, it, act, found)
    return _letter(pen, it, notification, subject, recorded)


def _named(words: Speaker, ref: str) -> SafeString:
    """An act as a correction names it: date, actor, kind."""
    date, actor, kind = ref.split()
    return words.text("letter.act", date=date, actor=words.name(actor), act=words.act(kind))


def _corrected(pen: _Pen, act: Act) -> None:
    changes = read_set(act.set)
    pen.say("letter.corrects", ref=_named(pen.words, act.ref))
    if changes is None:
        pen.say("letter.void")
    else:
        lines = [_changed(pen.words, name, value) for name, value in changes.items()]
        pen.say("letter.reads")
        pen.listed(lines)


def _changed(words: Speaker, name: str, value: str) -> SafeString:
    said: object = words.act(value) if name == "act" else words.name(value) if name == "actor" else value
    return words.text("letter.column", column=words.text(f"desk.field.{name}"), value=said or "–")


def _effects(pen: _Pen, it: Instrument, act: Act, found: WhatIf) -> None:
    own = [one for one in found.changes if one.instrument == it.id and one.actor == act.actor]
    # Whoever is bound the same day or soon is not told twice that it consented.
    last = {"party", "former"} & {one.after for one in own if one.date is not None}
    for shift in own:
        if shift.date is not None and not (last and shift.after not in last):
            key = f"letter.effect.{shift.after}"
            pen.say(key, actor=pen.words.name(act.actor), date=shift.date)
            _basis(pen, it, shift.because)
        elif shift.date is None and not last:
            status, actor = pen.words.status(shift.after), pen.words.name(shift.actor)
            pen.say("letter.effect.gone", actor=actor, status=status, date=shift.instead_of)
    _force(pen, it, found)
    rest = [one for one in found.changes if one not in own and one.actor]
    if rest:
        pen.say("letter.further")
        pen.listed(_further(pen, rest))


def _force(pen: _Pen, it: Instrument, found: WhatIf) -> None:
    for one in found.forces:
        if one.instrument != it.id or one.provisions:
            continue
        if one.entry[0] != one.entry[1] and one.entry[1] is not None:
            pen.say("letter.force", threshold=one.threshold[1], entry=one.entry[1])
            because = next((c.because for c in found.changes if c.instrument == it.id and not c.actor), None)
            if it.entry_into_force is not None and it.entry_into_force.article:
                pen.add(pen.words.text("letter.basis", clauses=_article(pen, it.entry_into_force.article)))
            elif because is not None:
                _basis(pen, it, because)
        elif one.entry[1] is None and one.lacking[1]:
            pen.written.append(pen.plain(pen.words.count("letter.lacking", one.lacking[1])))
        if one.ended[0] != one.ended[1] and one.ended[1] is not None:
            pen.say("letter.ended", date=one.ended[1])


def _further(pen: _Pen, rest: list[Shift]) -> Iterator[SafeString]:
    words = pen.words
    for one in rest[:_LISTED]:
        params = {"actor": words.name(one.actor), "instrument": words.titled(one.instrument)}
        status = words.status(one.after)
        if one.date is None:
            yield words.text("letter.shift.gone", status=status, date=one.instead_of, **params)
        else:
            yield words.text("letter.shift", status=status, date=one.date, **params)
    if len(rest) > _LISTED:
        yield words.count("count.more", len(rest) - _LISTED)


def _basis(pen: _Pen, it: Instrument, because: Reason) -> None:
    clauses = [match for cite in because.cites if (match := _CLAUSE.fullmatch(cite))]
    said = [
        _article(pen, match[2]) if match[1] == it.id else pen.words.text("letter.vclt", number=match[2])
        for match in clauses
        if match[1] in {it.id, "VCLT"}
    ]
    if said:
        pen.add(pen.words.text("letter.basis", clauses=pen.words.list(said)))


def _article(pen: _Pen, number: str) -> SafeString:
    return pen.words.text("letter.article", number=number)


def rectification_letter(
    words: Speaker, it: Instrument, one: Rectification, notification: Notification, recorded: str
) -> Letter:
    """The letter that proposes a correction of a text, says who objected, or tells that it is made (VCLT 79)."""
    pen = _Pen(words)
    subject = pen.plain(words.text(f"letter.subject.{notification.kind}", provision=one.provision))
    pen.say(f"letter.{notification.kind}", provision=one.provision, language=words.text(f"language.{one.language}"))
    pen.say("letter.rectified")
    pen.listed([words.text("letter.wrong", text=one.wrong), words.text("letter.right", text=one.right)])
    if notification.kind == "rectification-proposed":
        if one.reason:
            pen.say("letter.note", note=one.reason)
        pen.say("letter.silence", until=one.until, days=one.days)
    if notification.kind == "rectification-objected":
        objections = one.objections.all()
        pen.say("letter.objections")
        pen.listed(
            words.text("letter.objection", actor=words.name(o.actor), date=o.date, text=o.text or "–")
            for o in objections
        )
    if notification.kind == "rectification":
        pen.say("letter.proces-verbal", date=one.until)
    return _letter(pen, it, notification, subject, recorded)
