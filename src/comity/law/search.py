"""Finding instruments, provisions and actors by words: every word must occur, accents and case apart."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from comity.actors import fold
from comity.register.reading import Reading

__all__ = ["Hit", "search"]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One find; `where` is the id of the instrument or actor, `number` the provision where it is one."""

    kind: Literal["instrument", "provision", "actor"]
    where: str
    number: str
    text: str


def search(reading: Reading, text: str) -> list[Hit]:
    """The finds for these words: what is called exactly so first, then titles, names and headings."""
    words = fold(text).split()
    if not words:
        return []
    hits = [*_instruments(reading, words), *_actors(reading, words), *_provisions(reading, words)]
    whole = " ".join(words)
    return sorted(hits, key=lambda hit: fold(hit.where) != whole and fold(hit.text) != whole)


def _matches(words: list[str], *texts: str) -> bool:
    folded = " ".join(fold(text) for text in texts)
    return all(word in folded for word in words)


def _instruments(reading: Reading, words: list[str]) -> Iterator[Hit]:
    for name in reading.ids():
        it = reading.instrument(name)
        if it is not None and _matches(words, it.id, it.title, it.short):
            yield Hit(kind="instrument", where=it.id, number="", text=it.title)


def _actors(reading: Reading, words: list[str]) -> Iterator[Hit]:
    for actor in reading.directory.actors.values():
        names = [*actor.names.values(), *(name for former in actor.formerly for name in former.names.values())]
        if any(_matches(words, actor.id, name) for name in names or [actor.id]):
            yield Hit(kind="actor", where=actor.id, number="", text=actor.name())


def _provisions(reading: Reading, words: list[str]) -> Iterator[Hit]:
    for name in reading.ids():
        it = reading.instrument(name)
        for provision in () if it is None else it.provisions:
            if _matches(words, provision.heading, *provision.topics):
                yield Hit(kind="provision", where=name, number=provision.id, text=provision.heading)
