"""States, organizations and groups: permanent opaque ids, dated names and codes.

Ids never change meaning. Names and codes are attributes with periods; succession is an act, treaty by
treaty, so `successors` here is information only. Existence runs from `since` up to, not including, `until`.
"""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Literal

import msgspec

__all__ = ["LANGUAGES", "Actor", "ActorKind", "Directory", "Former", "Group", "Membership", "fold"]

ActorKind = Literal["state", "entity", "organization", "group", "stakeholder"]

# The official languages of the United Nations.
LANGUAGES: tuple[str, ...] = ("ar", "en", "es", "fr", "ru", "zh")


class Former(msgspec.Struct, frozen=True, kw_only=True):
    """Names or codes that an actor had up to, not including, `until`."""

    until: date
    since: date | None = None
    names: Mapping[str, str] = {}
    codes: Mapping[str, str] = {}


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. `regional` marks a regional economic integration organization, whose `members` are a group id.

    `names` and `codes` are those of today (or of its last day); `formerly` holds earlier ones, oldest first.
    """

    id: str
    kind: ActorKind = "state"
    since: date | None = None
    until: date | None = None
    names: Mapping[str, str] = {}
    codes: Mapping[str, str] = {}
    formerly: tuple[Former, ...] = ()
    regional: bool = False
    members: str = ""
    successors: tuple[str, ...] = ()
    note: str = ""
    source: str = ""

    def exists(self, day: date) -> bool:
        """Whether the actor exists on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def name(self, language: str = "en", day: date | None = None) -> str:
        """The name in `language` on `day` (left out: today's), in English or the id where there is none."""
        names = self._dated("names", day)
        return names.get(language) or names.get("en") or self.names.get(language) or self.names.get("en") or self.id

    def code(self, scheme: str, day: date | None = None) -> str | None:
        """Its code of `scheme` (`iso3`, `iso2`, `m49`, …) on `day`, or None where it has none."""
        return self._dated("codes", day).get(scheme)

    def all_codes(self) -> tuple[str, ...]:
        """Every code that it has or had, of any scheme."""
        return tuple(code for codes in (self.codes, *(f.codes for f in self.formerly)) for code in codes.values())

    def _dated(self, field: Literal["names", "codes"], day: date | None) -> Mapping[str, str]:
        current = self.names if field == "names" else self.codes
        if day is None:
            return current
        for former in self.formerly:
            if day < former.until and (former.since is None or former.since <= day):
                return {**current, **(former.names if field == "names" else former.codes)}
        return current


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """One period of belonging to a group, from `since` up to, not including, `until`."""

    actor: str
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the period includes `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of actors with dated membership."""

    id: str
    title: str = ""
    source: str = ""
    note: str = ""
    members: tuple[Membership, ...] = ()

    def at(self, day: date) -> frozenset[str]:
        """The ids of the members on `day`."""
        return frozenset(m.actor for m in self.members if m.covers(day))


def fold(name: str) -> str:
    """A name without case, accents, punctuation and doubled spaces, for looking it up; never for recording it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


class Directory:
    """All actors and groups of a register, by id, with exact look-up by name and code."""

    def __init__(self, actors: Iterable[Actor], groups: Iterable[Group]) -> None:
        self.actors: Mapping[str, Actor] = {actor.id: actor for actor in actors}
        self.groups: Mapping[str, Group] = {group.id: group for group in groups}

    def exists(self, code: str, day: date) -> bool:
        """Whether the actor is known and exists on `day`."""
        actor = self.actors.get(code)
        return actor is not None and actor.exists(day)

    def members(self, group: str, day: date) -> frozenset[str]:
        """The members of a group on `day`; empty where the group is unknown."""
        found = self.groups.get(group)
        return found.at(day) if found is not None else frozenset()

    def regional_members(self, code: str, day: date) -> frozenset[str]:
        """The members of a regional organization on `day`; empty for any other actor."""
        actor = self.actors.get(code)
        return self.members(actor.members, day) if actor is not None and actor.regional else frozenset()

    @cached_property
    def _by_name(self) -> dict[str, frozenset[str]]:
        index: dict[str, set[str]] = {}
        for actor in self.actors.values():
            for names in (actor.names, *(former.names for former in actor.formerly)):
                for name in names.values():
                    index.setdefault(fold(name), set()).add(actor.id)
        return {name: frozenset(ids) for name, ids in index.items()}

    def named(self, name: str) -> frozenset[str]:
        """The ids of the actors that bear exactly this name (accents, case and punctuation apart) in any language."""
        return self._by_name.get(fold(name), frozenset())

    def _coded(self, text: str) -> list[str]:
        """The ids of actors that have, or had, this code in some scheme (ISO, M49 …)."""
        folded = text.casefold()
        return [
            actor.id for actor in self.actors.values() if any(folded == code.casefold() for code in actor.all_codes())
        ]

    def _beginning(self, text: str) -> list[str]:
        """The ids of actors with a name that begins with these words."""
        start = fold(text)
        return sorted({code for name, ids in self._by_name.items() if start and name.startswith(start) for code in ids})

    def nearest(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Ids that a mistyped id or name may have meant, best first: a hint for a person, never a match."""
        upper = {code.casefold(): code for code in self.actors}
        close = [*sorted(self.named(text)), *self._coded(text), *self._beginning(text)]
        close += [upper[c] for c in difflib.get_close_matches(text.casefold(), upper, n=count, cutoff=0.6)]
        for name in difflib.get_close_matches(fold(text), self._by_name, n=count, cutoff=0.6):
            close.extend(sorted(self._by_name[name]))
        return tuple(dict.fromkeys(close))[:count]
