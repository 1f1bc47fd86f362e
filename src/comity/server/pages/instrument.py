"""The page of an instrument, as treaty officers know it, with the reasons behind every cell."""

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

import msgspec
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comity.instruments import Instrument
from comity.law.results import DECLARED, ActorStatus, Reason, Status, VotingRecord
from comity.law.signatures import Signature
from comity.rules.explain import RuleReason, reasons_of
from comity.rules.progress import Progress
from comity.server.asking import Question
from comity.server.pages.citing import steps
from comity.server.words import Speaker
from comity.service import Refusal

__all__ = ["flag_words", "horizon", "instrument_page", "since_words"]

# What the reasons of any actor say of the instrument itself.
_OF_FORCE = frozenset(
    {"threshold-met", "entry-computed", "entry-fixed", "entry-stated", "not-in-force", "tacit-entry", "terminated"}
)
_COUNTED = ("party", "contracting", "signatory", "former")
# Missing sets and names in one that a page shows.
_SETS = 5


def instrument_page(question: Question, it: Instrument) -> dict[str, object]:
    """All that the page shows."""
    words, register, on = question.words, question.register, question.on
    status = register.status(it.id, on)
    reasons = register.why(it.id, _anyone(question, status), on).reasons
    declared = it.kind in DECLARED
    return {
        "it": it,
        "heading": words.title(it),
        "plain_heading": words.plain_title(it),
        "facts": list(_facts(question, it)),
        "declared": declared,
        "force": _force(words, status, on),
        "in_force": status.in_force,
        "counts": [words.count(f"count.{word}", status.counts[word]) for word in _COUNTED if status.counts.get(word)],
        "horizon": horizon(words, status.known_until, reasons, on),
        "entry": [] if declared else steps(question, (reason for reason in reasons if reason.id in _OF_FORCE), it.id),
        "conditions": None if declared else _conditions(question, it, status),
        "parts": [
            words.text(
                f"part.{'in-force' if part.in_force else 'not-in-force'}",
                provisions=words.list(part.provisions),
                date=part.entry_into_force or "–",
                on=on,
            )
            for part in status.parts
        ],
        "marks": [(mark, words.act(kind)) for kind, mark in words.marks() if mark != words.act(kind)],
        "rows": [] if declared else _rows(question, it, status),
        "vote": None if status.voting is None else _vote(question, status.voting),
        "notes": [words.english(note) for note in it.notes],
        "source": words.english(it.source) if it.source else "",
        "horizon_sources": [words.english(one.source) for one in it.complete if one.source],
        "warnings": [words.english(found.says) for found in status.findings if found.level == "warning"],
    }


def _anyone(question: Question, status: Status) -> str:
    """An actor of whom to ask why: what it says of the instrument is the same for all."""
    return status.actors[0].actor if status.actors else next(iter(question.register.reading.directory.actors))


def _facts(question: Question, it: Instrument) -> Iterator[tuple[str, object]]:
    words = question.words
    if it.adopted is not None:
        yield words.text("instrument.adopted"), words.isolated(it.adopted)
    if it.place:
        yield words.text("instrument.place"), words.place(it.place)
    yield words.text("instrument.kind"), words.kind(it.kind)
    if it.depositary:
        yield words.text("instrument.depositary"), words.list(words.depositary(name) for name in it.depositary)
    if it.of:
        link = format_html('<a href="{}">{}</a>', question.link(f"instruments/{it.of}"), words.titled(it.of))
        yield words.text("instrument.of"), link
    if it.areas:
        yield words.text("instrument.areas"), words.list(words.area(area) for area in it.areas)
    if it.link:
        host = urlsplit(it.link).hostname or it.link
        link = format_html('<a href="{}" rel="external"><bdi dir="ltr">{}</bdi></a>', it.link, host)
        yield words.text("instrument.link"), link


def _force(words: Speaker, status: Status, on: date) -> SafeString:
    if status.in_force:
        return words.text("instrument.in-force", date=status.entry_into_force)
    if status.entry_into_force is not None and status.entry_into_force <= on:
        return words.text("instrument.ended", on=on)
    return words.text("instrument.not-in-force", on=on)


class Horizon(msgspec.Struct, frozen=True):
    """What is known to be complete, and a warning where the day asked lies past it."""

    lines: tuple[SafeString, ...]
    past: SafeString | None


def horizon(words: Speaker, known: Mapping[str, date], reasons: tuple[Reason, ...], on: date) -> Horizon:
    """Up to when acts are complete."""
    by_day: dict[date, list[str]] = {}
    for name, day in known.items():
        by_day.setdefault(day, []).append(words.act_class(name))
    lines = [
        words.text("horizon.until", date=day, classes=words.list(names))
        for day, names in sorted(by_day.items(), reverse=True)
    ]
    beyond = next((reason for reason in reasons if reason.id == "past-horizon"), None)
    past = None
    if beyond is not None:
        dates = [known.get(name) for name in _names(beyond)]
        days = [day for day in dates if day is not None]
        past = words.text("horizon.past", on=on, date=min(days)) if days else words.text("horizon.past.open", on=on)
    return Horizon(tuple(lines) or (words.text("horizon.none"),), past)


def _names(reason: Reason) -> tuple[str, ...]:
    classes = reason.params.get("classes")
    return tuple(map(str, classes)) if isinstance(classes, tuple) else ()


# The conditions


class Condition(msgspec.Struct, frozen=True):
    """One condition and those it is made of."""

    met: bool
    text: SafeString
    detail: SafeString | None
    parts: tuple["Condition", ...]


def _conditions(question: Question, it: Instrument, status: Status) -> dict[str, object] | None:
    """How far each condition was: on the day that met them, or else on the day asked."""
    words, register = question.words, question.register
    day = status.threshold_met or question.on
    try:
        found = register.missing(it.id, day)
    except Refusal:  # the rule names what is not here, which the notes below the page say
        return None
    if found.progress is None:
        return None
    codes = [[words.name(code) for code in members] for members in found.smallest[:_SETS]]
    return {
        "heading": words.text("instrument.progress", on=day),
        "tree": [_condition(question, found.progress, reasons_of(found.progress))],
        "single": found.size == 1,
        "one": [names[0] for names in codes if len(names) == 1],
        "size": found.size,
        "sets": [words.list(names) for names in codes if len(names) > 1],
    }


def _condition(question: Question, node: Progress, reason: RuleReason) -> Condition:
    def title(name: str) -> str:
        table = question.register.reading.weights(name)
        return name if table is None else table.title or name

    parts = tuple(_condition(question, child, said) for child, said in zip(node.children, reason.children, strict=True))
    return Condition(node.met, question.words.rule(reason, node, title), None, parts)


# The table


def _rows(question: Question, it: Instrument, status: Status) -> list[dict[str, object]]:
    words = question.words
    signed = question.register.signatures(it.id, question.on)
    rows = [_row(question, it, one, signed.get(one.actor)) for one in status.actors]
    return sorted(rows, key=lambda row: words.sort_key(str(row["name"])))


def _row(question: Question, it: Instrument, one: ActorStatus, signed: Signature | None) -> dict[str, object]:
    words = question.words
    page = f"instruments/{it.id}/{one.actor}"
    withdrawn = None if signed is None else signed.withdrawn
    return {
        "name": words.name(one.actor),
        "actor": question.link(f"actors/{one.actor}"),
        "why": question.link(page),
        "signed": "" if signed is None else str(signed.date),
        "withdrawn": words.text("cell.signature-withdrawn", date=withdrawn) if withdrawn else "",
        "consent": one.consent.date if one.consent else "",
        "mark": words.mark(one.consent.act) if one.consent else "",
        "since": since_words(words, one),
        "status": one.status,
        "said": words.status(one.status),
        "flags": flag_words(words, one),
    }


def since_words(words: Speaker, one: ActorStatus) -> list[SafeString]:
    """Since when it is bound, or will be, or was until when."""
    found = []
    if one.status == "party":
        found.append(words.isolated(one.since))
        if one.until is not None:
            found.append(words.text("cell.until", date=one.until))
    elif one.status == "contracting" and one.until is not None:
        found.append(words.text("cell.from", date=one.until))
    elif one.status == "former" and one.since is not None:
        found.append(words.text("cell.until", date=one.since))
    return found


def flag_words(words: Speaker, one: ActorStatus) -> list[SafeString]:
    """What stands beside a status."""
    flags = one.flags
    found = []
    if one.ended_by:
        found.append(words.isolated(words.end(one.ended_by)))
    if flags.provisional:
        found.append(words.text("flag.provisional"))
    if flags.suspended:
        found.append(words.text("flag.suspended"))
    if flags.rights_suspended:
        found.append(words.text("flag.rights-suspended"))
    found.extend(words.text("flag.contested", by=words.name(contest.by)) for contest in flags.contested)
    if flags.via:
        found.append(words.text("flag.via", organization=words.name(flags.via)))
    if flags.not_toward:
        found.append(words.text("flag.not-toward", actors=words.list(map(words.name, flags.not_toward))))
    return found


# Declarations


def _vote(question: Question, vote: VotingRecord) -> dict[str, object]:
    words = question.words
    sides = (
        ("for", vote.votes_for),
        ("against", vote.against),
        ("abstaining", vote.abstaining),
        ("absent", vote.absent),
        ("supporters", vote.supporters),
    )

    def named(codes: tuple[str, ...]) -> list[str]:
        return sorted((words.name(code) for code in codes), key=words.sort_key)

    return {
        "said": words.text("vote.without" if vote.without_vote else "vote.on", date=vote.date or "–"),
        "symbol": vote.symbol,
        "sides": [(words.text(f"vote.{side}"), len(codes), words.list(named(codes))) for side, codes in sides if codes],
    }
