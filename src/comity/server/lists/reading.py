"""A list held against the register of the moment."""

from collections.abc import Mapping
from functools import cache

import msgspec

from comity.server.asking import Question
from comity.server.lists.models import BroughtList
from comity.server.words import LANGUAGES
from comity.server.words.catalogue import catalogue
from comity.service.lists import Brought, Difference, ListReading, differences, read_list

__all__ = ["Held", "held_against", "titles"]

_TITLE = "title."


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says, read against a register, and how the two differ."""

    brought: Brought
    reading: ListReading
    told: tuple[Difference, ...]

    @property
    def doubtful(self) -> int:
        """How many names wait for a person."""
        return len(self.reading.treaties) + len(self.reading.names)


def held_against(question: Question, own: BroughtList) -> Held:
    """Read a list, and hold it against the register asked."""
    brought = own.brought
    reading = read_list(brought, question.register.reading, titles())
    return Held(brought=brought, reading=reading, told=differences(reading, question.register, brought.own))


@cache
def titles() -> Mapping[str, str]:
    """The titles of instruments in the other languages of the portal, to their ids."""
    return {
        text: key.removeprefix(_TITLE)
        for code in LANGUAGES
        for key, text in catalogue(code).items()
        if key.startswith(_TITLE) and isinstance(text, str)
    }
