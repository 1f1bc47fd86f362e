"""Maps of States: the status of each under one instrument, and how many instruments bind each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

import msgspec
from django.utils.safestring import SafeString

from comity.instruments import Instrument
from comity.law.atlas import Atlas
from comity.law.results import DECLARED, ActorStatus, Status
from comity.server.asking import Question
from comity.server.drawings import Labels, Tile, off_map, on_map, tile_map
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.service import Register

__all__ = ["StateMap", "bound_map", "status_map"]

_STYLES = ("party", "contracting", "signatory", "former", "none")
# Shades of the map of numbers, beside that for none.
_SHADES = 4


class Sign(msgspec.Struct, frozen=True):
    """One line of a legend: the style of a tile, and what it means."""

    style: str
    said: SafeString


class StateMap(msgspec.Struct, frozen=True):
    """A map with its legend, whoever is not on it, and, where nothing else on the page says the same, its table."""

    drawing: SafeString
    legend: tuple[Sign, ...]
    off: SafeString | None
    table: Table | None = None


def status_map(question: Question, it: Instrument, status: Status) -> StateMap | None:
    """The status of every State on the day asked; the page has it as a table already. None where nobody is party."""
    if it.kind in DECLARED:
        return None
    words = question.words
    held = {one.actor: one for one in status.actors}
    shown = _standing(question, held)
    tiles = {
        code: Tile(
            style=held[code].status if code in held else "none",
            said=_said(question, code, held.get(code)),
            href=question.link(f"instruments/{it.id}/{code}") if code in held else "",
        )
        for code in shown
    }
    counts = Counter(tile.style for tile in tiles.values())
    legend = tuple(
        Sign(style, words.text("map.count", label=words.status(style), n=counts[style]))
        for style in _STYLES
        if counts[style]
    )
    labels = Labels(
        title=bare(words.text("map.status.title", instrument=words.title(it), on=question.on)),
        description=bare(words.text("map.status.description", counts=words.list(sign.said for sign in legend))),
        name="map",
    )
    return StateMap(tile_map(tiles, labels), legend, _off(question, held))


def _said(question: Question, code: str, one: ActorStatus | None) -> str:
    words = question.words
    name, said = words.name(code), words.status("none" if one is None else one.status)
    if one is not None and one.status == "party" and one.since is not None:
        return bare(words.text("map.tile.since", name=name, status=said, since=one.since))
    return bare(words.text("map.tile", name=name, status=said))


def bound_map(question: Question) -> StateMap:
    """How many instruments bind each State on the day asked, with the same as a table."""
    words = question.words
    whole = _atlas(question.register).on(question.on).columns()
    parties = Counter(
        str(code) for code, status in zip(whole["actor"], whole["status"], strict=True) if status == "party"
    )
    shown = _standing(question, parties)
    scale = _scale(parties[code] for code in shown)
    tiles = {
        code: Tile(
            style=f"shade-{_shade(parties[code], scale)}",
            said=bare(words.text("map.tile", name=words.name(code), status=parties[code])),
            href=question.link(f"actors/{code}"),
            mark=str(parties[code]),
        )
        for code in shown
    }
    labels = Labels(
        title=bare(words.text("map.home.title", on=question.on)),
        description=bare(words.text("map.home.description")),
        name="map",
    )
    return StateMap(
        tile_map(tiles, labels),
        tuple(_shades(question, tiles, scale)),
        _off(question, parties),
        _table(question, parties),
    )


# Laid out once for a register, which never changes.
_ATLASES: WeakKeyDictionary[Register, Atlas] = WeakKeyDictionary()


def _atlas(register: Register) -> Atlas:
    found = _ATLASES.get(register)
    if found is None:
        found = _ATLASES[register] = register.atlas()
    return found


def _scale(numbers: Iterable[int]) -> range:
    """From the lowest number that is not zero to the highest."""
    found = [number for number in numbers if number]
    return range(min(found), max(found) + 1) if found else range(0)


def _shade(number: int, scale: range) -> int:
    """0 for none, else which of four equal parts of the scale the number lies in, from 1."""
    return 1 + (number - scale.start) * _SHADES // len(scale) if number else 0


def _shades(question: Question, tiles: Mapping[str, Tile], scale: range) -> Iterable[Sign]:
    words = question.words
    used = {tile.style for tile in tiles.values()}
    for shade in range(_SHADES + 1):
        numbers = [number for number in (0, *scale) if _shade(number, scale) == shade]
        if f"shade-{shade}" in used:
            first, last = numbers[0], numbers[-1]
            said = words.isolated(first) if first == last else words.text("map.range", first=first, last=last)
            yield Sign(f"shade-{shade}", said)


def _table(question: Question, parties: Mapping[str, int]) -> Table:
    words = question.words
    codes = sorted({*parties, *_standing(question, parties)}, key=lambda code: words.sort_key(words.name(code)))
    columns = (
        Column("code", words.text("map.code"), shown=False),
        Column("participant", words.text("col.participant")),
        Column("parties", words.text("map.home.number"), "number"),
    )
    rows = (
        row(code, Cell(words.name(code), href=question.link(f"actors/{code}")), parties.get(code, 0)) for code in codes
    )
    return Table(
        id="states", title=bare(words.text("map.home.title", on=question.on)), columns=columns, rows=tuple(rows)
    )


def _standing(question: Question, concerned: Iterable[str]) -> list[str]:
    """Those on the map: who exists on the day asked, and whoever has a status all the same."""
    directory = question.register.reading.directory
    there = [code for code in on_map() if directory.exists(code, question.on)]
    kept = {*there, *concerned}
    off = set(off_map(kept))
    return sorted(kept - off)


def _off(question: Question, concerned: Iterable[str]) -> SafeString | None:
    words, directory = question.words, question.register.reading.directory
    there = {code for code in on_map() if directory.exists(code, question.on)}
    codes = off_map([*there, *(code for code in concerned if code not in there)])
    names = sorted((words.name(code) for code in codes), key=words.sort_key)
    return words.text("map.off", names=words.list(names)) if names else None
