"""Actors and groups as TOML (NOTATION, "A register is a folder"): text ⇄ `Actor`, `Group`.

A folder lies over the register that ships field by field for actors, so they are merged as plain tables
first and read once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import get_args

from comity.actors import LANGUAGES, Actor, ActorKind, Former, Group, Membership
from comity.dates import EARLIEST, LATEST
from comity.findings import Finding
from comity.notation.tables import Faults, Table
from comity.notation.toml import load, pair, section

__all__ = ["merge_actors", "parse_actor", "parse_groups", "print_actor", "print_group", "split_tables"]

_ACTOR_ID = re.compile(r"[A-Z][A-Z0-9]{2,7}")
_MEMBER = frozenset({"actor", "from", "until"})
_GROUP_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def merge_actors(layers: Iterable[Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Plain actor tables merged field by field, later layers over earlier ones; names and codes key by key."""
    merged: dict[str, dict[str, object]] = {}
    for layer in layers:
        for code, fields in layer.items():
            if not isinstance(fields, dict):
                merged[code] = {"": fields}
                continue
            under = merged.setdefault(code, {})
            for name, value in fields.items():
                before = under.get(name)
                both = isinstance(before, dict) and isinstance(value, dict)
                under[name] = {**before, **value} if both else value  # type: ignore[dict-item]  # both are tables
    return merged


def parse_actor(code: str, fields: dict[str, object], faults: Faults) -> Actor:
    """One actor from its plain table."""
    table = Table(fields, faults, (code,))
    if not _ACTOR_ID.fullmatch(code):
        says = f"“{code}” is no actor id"
        faults.add("id-wrong", (code,), says, "ids are three to eight capitals and digits, as in FRA or EUU")
    since, until = table.day("from"), table.day("until")
    if since and until and until <= since:
        table.fault("until", "does not lie after “from”", "check both dates")
    actor = Actor(
        id=code,
        kind=table.choice("kind", get_args(ActorKind)) or "state",
        since=since,
        until=until,
        names=_texts(table.sub("names"), LANGUAGES),
        codes=_texts(table.sub("codes")),
        formerly=tuple(_former(former) for former in table.subs("formerly")),
        regional=table.flag("regional"),
        members=table.text("members"),
        successors=table.texts("successors"),
        note=table.text("note"),
        source=table.text("source"),
    )
    table.done(("kind", "from", "until", "names", "codes", "formerly", "regional", "members", "successors"))
    return actor


def _texts(table: Table | None, names: Iterable[str] = ()) -> dict[str, str]:
    if table is None:
        return {}
    found = {name: table.text(name) for name in tuple(names) or table.keys()}
    table.done(tuple(names))
    return {name: text for name, text in found.items() if text}


def _former(table: Table) -> Former:
    until = table.day("until")
    if until is None:
        table.fault("until", "is missing", "the first day on which these names no longer held", "key-missing")
    found = Former(
        since=table.day("from"),
        until=until or date.min,
        names=_texts(table.sub("names"), LANGUAGES),
        codes=_texts(table.sub("codes")),
    )
    table.done(("from", "until", "names", "codes"))
    return found


def parse_groups(text: str, file: str) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
    """All groups of a file, with every fault."""
    data, findings = load(text, file)
    if findings:
        return (), findings
    faults = Faults(file, text)
    top = Table(data, faults)
    groups = tuple(_group(name, table) for name in data if (table := top.sub(name)) is not None)
    return groups, tuple(faults.findings)


def _group(name: str, table: Table) -> Group:
    if not _GROUP_ID.fullmatch(name):
        table.faults.add("id-wrong", (name,), f"“{name}” is no group id", "ids are lower-case words with hyphens")
    members = _quick_members(table) or tuple(_membership(member) for member in table.subs("members"))
    _check_periods(table, members)
    group = Group(
        id=name, title=table.text("title"), source=table.text("source"), note=table.text("note"), members=members
    )
    table.done(("title", "source", "note", "members"))
    return group


def _check_periods(table: Table, members: tuple[Membership, ...]) -> None:
    """Report members whose periods end before they begin, or meet: each would count twice, or never."""
    for one in members:
        if one.since is not None and one.until is not None and one.until <= one.since:
            says = f"{one.actor} belongs until {one.until}, which does not lie after {one.since}"
            table.fault("members", says, "check both dates; until is the day after the last")
    if len({one.actor for one in members}) == len(members):
        return
    by_actor: dict[str, list[Membership]] = {}
    for one in members:
        for other in by_actor.setdefault(one.actor, []):
            ends = min(one.until or date.max, other.until or date.max)
            if max(one.since or date.min, other.since or date.min) < ends:
                table.fault("members", f"{one.actor} belongs twice on the same day", "keep one, or part the periods")
        by_actor[one.actor].append(one)


def _quick_members(table: Table) -> tuple[Membership, ...]:
    """The members where each is written as it should be, nearly always; else none, and nothing is taken."""
    made = []
    items = table.peek("members")
    for item in items if isinstance(items, list) else ():
        if type(item) is not dict or not item.keys() <= _MEMBER:
            return ()
        actor, since, until = item.get("actor"), item.get("from"), item.get("until")
        days = (day for day in (since, until) if day is not None)
        if (
            type(actor) is not str
            or not actor
            or not all(type(day) is date and EARLIEST <= day <= LATEST for day in days)
        ):
            return ()
        made.append(Membership(actor=actor, since=since, until=until))
    if made:
        table.take("members")
    return tuple(made)


def _membership(table: Table) -> Membership:
    found = Membership(actor=table.text("actor", required=True), since=table.day("from"), until=table.day("until"))
    table.done(("actor", "from", "until"))
    return found


def split_tables(text: str) -> Iterator[tuple[str, str]]:
    """The top tables of a canonical file of actors or groups, each with its own text.

    A table runs from its header to the next one of another name; a log keeps each as an entry of its own.
    """
    name, lines = "", list[str]()
    for line in text.split("\n"):
        header = re.match(r"\[{1,2}([A-Za-z0-9-]+)", line)
        if header and header.group(1) != name:
            if name:
                yield name, "\n".join(lines).strip("\n") + "\n"
            name, lines = header.group(1), []
        lines.append(line)
    if name:
        yield name, "\n".join(lines).strip("\n") + "\n"


def print_actor(actor: Actor) -> str:
    """An actor in canonical form."""
    top = {
        "kind": actor.kind,
        "from": actor.since,
        "until": actor.until,
        "codes": dict(sorted(actor.codes.items())),
        "names": dict(sorted(actor.names.items())),
        "regional": actor.regional or None,
        "members": actor.members,
        "successors": actor.successors,
        "note": actor.note,
        "source": actor.source,
    }
    parts = [section(f"[{actor.id}]", top)]
    for former in actor.formerly:
        pairs = {
            "from": former.since,
            "until": former.until,
            "codes": dict(sorted(former.codes.items())),
            "names": dict(sorted(former.names.items())),
        }
        parts.append(section(f"[[{actor.id}.formerly]]", pairs))
    return "\n".join(parts)


def print_group(group: Group) -> str:
    """A group in canonical form, one member a line so that a change is one line of a diff."""
    head = {"title": group.title, "source": group.source, "note": group.note}
    members = [
        {"actor": m.actor} | ({"from": m.since} if m.since else {}) | ({"until": m.until} if m.until else {})
        for m in group.members
    ]
    return section(f"[{group.id}]", head) + pair("members", members, tall=True) + "\n"
