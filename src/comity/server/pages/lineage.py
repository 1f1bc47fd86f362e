"""Where an instrument hangs among others, and which version of it binds whom."""

from collections.abc import Iterator
from datetime import date

import msgspec
from django.utils.safestring import SafeString

from comity.instruments import Instrument
from comity.law.history import History
from comity.server.asking import Question

__all__ = ["Relative", "Version", "relatives", "versions"]


class Relative(msgspec.Struct, frozen=True):
    """An instrument beside this one: what it is to it, and how it stands on the day."""

    href: str
    title: SafeString
    role: SafeString | str
    force: SafeString
    parties: SafeString | None


class Version(msgspec.Struct, frozen=True):
    """The text as changed by these amendments, and who is bound by just that text."""

    title: SafeString
    count: SafeString
    names: SafeString


def relatives(question: Question, it: Instrument) -> list[Relative]:
    """What it belongs to, what belongs with or to it, what it replaces and what replaces it, each once."""
    found = dict[str, Relative]()
    for name, role in _related(question, it):
        other, history = question.register.reading.instrument(name), question.register.law.history(name)
        if name != it.id and name not in found and other is not None and history is not None:
            found[name] = _relative(question, other, history, role or question.words.kind(other.kind))
    return list(found.values())


def _related(question: Question, it: Instrument) -> Iterator[tuple[str, SafeString | str]]:
    words, law = question.words, question.register.law
    if it.of:
        yield it.of, words.text("lineage.parent")
        yield from ((name, "") for name in law.belongings.get(it.of, ()))
    yield from ((name, "") for name in law.belongings.get(it.id, ()))
    yield from ((name, words.text("lineage.replaced")) for name in it.replaces)
    yield from ((name, words.text("lineage.replacing")) for name in law.replacers.get(it.id, ()))


def _relative(question: Question, it: Instrument, history: History, role: SafeString | str) -> Relative:
    words, on = question.words, question.on
    entry = history.force.entry_on(on)
    if history.force.in_force(on):
        force = words.text("instrument.in-force", date=entry)
    elif history.force.over(on):
        force = words.text("instrument.ended", on=on)
    else:
        force = words.text("instrument.not-in-force", on=on)
    parties = len(history.parties(on))
    counted = words.count("count.party", parties) if parties else None
    return Relative(question.link(f"instruments/{it.id}"), words.title(it), role, force, counted)


def versions(question: Question, it: Instrument, history: History) -> list[Version]:
    """The parties by the amendments in force that bind them (VCLT 40(4)): nothing where there is one version only."""
    words, on, law = question.words, question.on, question.register.law
    amendments = _amendments(question, it, on)
    by_text: dict[tuple[str, ...], list[str]] = {}
    for code in history.parties(on):
        bound = tuple(name for name in amendments if code in law.parties_to(name, on))
        by_text.setdefault(bound, []).append(code)
    if not amendments:
        return []
    return [
        Version(
            words.list(map(words.titled, bound)) if bound else words.text("lineage.unamended"),
            words.count("count.party", len(codes)),
            words.names(codes),
        )
        for bound, codes in sorted(by_text.items(), key=lambda one: (-len(one[0]), -len(one[1])))
    ]


def _amendments(question: Question, it: Instrument, on: date) -> list[str]:
    """The amendments in force on the day, oldest first."""
    found = []
    for name in question.register.law.belongings.get(it.id, ()):
        other, history = question.register.reading.instrument(name), question.register.law.history(name)
        if other is None or history is None or other.kind != "amendment" or not history.force.in_force(on):
            continue
        found.append((history.force.entry or date.min, name))
    return [name for _, name in sorted(found)]
