"""A list held against the register of the moment."""

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache, cached_property
from hashlib import sha256

import msgspec

from comity.server.asking import Question
from comity.server.lists.models import BroughtList
from comity.server.words import LANGUAGES
from comity.service import Register
from comity.service.catalogue import catalogue
from comity.service.lists import Brought, Difference, ListReading, differences, overlay, read_list

__all__ = ["Held", "held_against", "titles"]

_TITLE = "title."


# Lists as they were held against the register, by all that this depends on: nothing is ever invalidated.
_KEPT = 8
_held: OrderedDict[tuple[bytes, int, bool], "Held"] = OrderedDict()


class Held(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What a list says, read against a register, and how the two differ."""

    brought: Brought
    reading: ListReading
    told: tuple[Difference, ...]
    laid: Register

    @property
    def doubtful(self) -> int:
        """How many names wait for a person."""
        return len(self.reading.treaties) + len(self.reading.names)

    @cached_property
    def private(self) -> Mapping[str, str]:
        """The titles of the instruments that only the list has."""
        found = {name: self.laid.reading.instrument(name) for name in self.reading.layer.definitions}
        return {name: name if it is None else it.title for name, it in found.items()}


def held_against(question: Question, own: BroughtList) -> Held:
    """Read a list, and hold it against the register asked; to be called while the question is open."""
    key = (sha256(own.told).digest(), question.seen.size, bool(question.known))
    if key not in _held:
        brought = own.brought
        reading = read_list(brought, question.register.reading, titles())
        told = differences(reading, question.register, brought.own)
        _held[key] = Held(brought=brought, reading=reading, told=told, laid=overlay(reading, question.register))
    _held.move_to_end(key)
    while len(_held) > _KEPT:
        _held.popitem(last=False)
    return _held[key]


@cache
def titles() -> Mapping[str, str]:
    """The titles of instruments in the other languages of the portal, to their ids."""
    return {
        text: key.removeprefix(_TITLE)
        for code in LANGUAGES
        for key, text in catalogue(code).items()
        if key.startswith(_TITLE) and isinstance(text, str)
    }
