"""What a mistyped name may have meant: a hint for a person, never a match."""

import difflib
from collections.abc import Iterable

from comity.server.asking import Question

__all__ = ["nearest_actors", "nearest_instruments"]

_SHOWN = 5
# How like two words must be, from 0 to 1.
_LIKE = 0.7


def nearest_instruments(question: Question, name: str) -> tuple[tuple[str, object], ...]:
    """Addresses and titles of instruments with a like id, or with these words in their titles."""
    register = question.register
    ids = register.reading.ids()
    folded = name.casefold().replace("_", "-").replace(" ", "-")
    close = [one for one in ids if folded and folded in one]
    close += difflib.get_close_matches(folded, ids, n=_SHOWN, cutoff=_LIKE)
    parts = {part: one for one in ids for part in one.split("-")}
    close += [parts[part] for part in difflib.get_close_matches(folded, parts, n=_SHOWN, cutoff=_LIKE)]
    close += [hit.where for hit in register.search(name) if hit.kind == "instrument"]
    return tuple((question.link(f"instruments/{one}"), question.words.titled(one)) for one in _first(close))


def nearest_actors(question: Question, name: str) -> tuple[tuple[str, object], ...]:
    """Addresses and names of actors with a like code or name."""
    close = question.register.reading.directory.nearest(name, _SHOWN)
    return tuple((question.link(f"actors/{one}"), question.words.name(one)) for one in _first(close))


def _first(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:_SHOWN]
