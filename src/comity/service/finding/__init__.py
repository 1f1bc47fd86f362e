"""Finding by words, in all six languages at once: one index a register, for the pages, the commands and the API."""

from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from comity.law.results import Hit
from comity.service.finding.index import Entry, Index
from comity.service.finding.sources import entries_of

if TYPE_CHECKING:
    from comity.service.queries import Register

__all__ = ["index_of", "search"]

_INDEXES: "WeakKeyDictionary[Register, Index]" = WeakKeyDictionary()
_MAKING = Lock()


def index_of(register: "Register") -> Index:
    """The index of a register, made once."""
    with _MAKING:
        found = _INDEXES.get(register)
        if found is None:
            found = _INDEXES[register] = Index(entries_of(register.reading))
        return found


def search(register: "Register", text: str) -> list[Hit]:
    """What the register has for these words, the best first; the terms of the portal's glossary are no part of it."""
    return [hit for entry in index_of(register).find(text).hits if (hit := _hit(register, entry)) is not None]


def _hit(register: "Register", entry: Entry) -> Hit | None:
    if entry.kind == "term":
        return None
    actor = register.reading.directory.actors.get(entry.id) if entry.kind == "actor" else None
    text = entry.names[0] if actor is None else actor.name()
    return Hit(kind=entry.kind, where=entry.id, number=entry.number, text=text)
