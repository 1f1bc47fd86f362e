"""The map: every State as one tile of the same size. It shows no borders, and never stands without its table."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec
from django.utils.safestring import SafeString

from comity.server.drawings.labels import Labels
from comity.server.markup import format_html, format_html_join

__all__ = ["PATTERNS", "Tile", "off_map", "on_map", "places", "tile_map"]

# A tile and the space to the next, in units of the drawing.
_TILE, _STEP = 34, 36
# Patterns tell the styles apart where colours cannot; the style sheet has the colours.
PATTERNS: Mapping[str, str] = {
    "party": "",
    "contracting": '<path d="M-2 10 10 -2M2 14 14 2" stroke="#1d4479" stroke-width="2" opacity=".35"/>',
    "signatory": '<g fill="#6b4700" opacity=".45"><circle cx="3" cy="3" r="1.6"/><circle cx="9" cy="9" r="1.6"/></g>',
    "former": '<path d="M0 0 12 12M12 0 0 12" stroke="#7d1f1f" stroke-width="1.5" opacity=".35"/>',
}


class Tile(msgspec.Struct, frozen=True):
    """What the map says of one actor: `style` is a class, `said` its name and status in words, `mark` a short line."""

    style: str
    said: str
    href: str = ""
    mark: str = ""


@cache
def _plan() -> tuple[Mapping[str, tuple[int, int]], Mapping[str, str], tuple[int, int]]:
    """Columns and rows by code, who stood in whose place, and how many columns and rows there are."""
    text = files("comity.server.drawings").joinpath("tiles.txt").read_text(encoding="utf-8")
    plan, _, stood = "\n".join(line for line in text.splitlines() if not line.startswith("#")).partition("===")
    rows = [line.split() for line in plan.splitlines() if line]
    found = {code: (x, y) for y, row in enumerate(rows) for x, code in enumerate(row) if code.isalnum()}
    return found, dict(line.split() for line in stood.splitlines() if line), (len(rows[0]), len(rows))


def places(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Column and row of those of these actors that have a place, each place given once.

    A State that is gone stands where its continuing or successor State does, unless that one is among them too.
    """
    plan, stood, _ = _plan()
    named = list(dict.fromkeys(codes))
    found = {code: plan[code] for code in named if code in plan}
    for code in named:
        place = stood.get(code)
        if place is not None and plan[place] not in found.values():
            found[code] = plan[place]
    return found


def on_map() -> tuple[str, ...]:
    """All that have or had a place on the map."""
    plan, stood, _ = _plan()
    return (*plan, *stood)


def off_map(codes: Iterable[str]) -> list[str]:
    """Those that have no place on the map: organizations, entities, what is not one State any more."""
    named = list(codes)
    shown = places(named)
    return [code for code in named if code not in shown]


def tile_map(tiles: Mapping[str, Tile], labels: Labels) -> SafeString:
    """The map of these actors, by their ids; what has no place (`off_map`) is left to the text beside it.

    A tile with an address can be clicked; the keyboard goes through the same links in the table that stands beside it.
    """
    _, _, (columns, rows) = _plan()
    name = labels.name
    used = {tile.style for tile in tiles.values()}
    return format_html(
        '<svg class="tiles" viewBox="0 0 {} {}" role="group" aria-labelledby="{}-title {}-desc" direction="ltr">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc><defs>{}</defs>{}</svg>',
        *(columns * _STEP, rows * _STEP, name, name, name, labels.title, name, labels.description),
        format_html_join("", "{}", ((_pattern(name, style),) for style in PATTERNS if style in used)),
        format_html_join("", "{}", ((_tile(name, code, tiles[code], *at),) for code, at in places(tiles).items())),
    )


def _pattern(name: str, style: str) -> SafeString:
    return format_html(
        '<pattern id="{}-{}" width="12" height="12" patternUnits="userSpaceOnUse">{}</pattern>',
        *(name, style, SafeString(PATTERNS[style])),
    )


def _tile(name: str, code: str, tile: Tile, column: int, row: int) -> SafeString:
    x, y = column * _STEP, row * _STEP
    square = format_html('<rect x="{}" y="{}" width="{}" height="{}" rx="4"/>', x, y, _TILE, _TILE)
    if PATTERNS.get(tile.style):
        square = format_html(
            '{}<rect class="over" x="{}" y="{}" width="{}" height="{}" rx="4" fill="url(#{}-{})"/>',
            *(square, x, y, _TILE, _TILE, name, tile.style),
        )
    middle, low = x + _TILE // 2, y + (16 if tile.mark else 21)
    words = format_html('<text x="{}" y="{}">{}</text>', middle, low, code)
    if tile.mark:
        words = format_html('{}<text class="mark" x="{}" y="{}">{}</text>', words, middle, low + 13, tile.mark)
    drawn = format_html("<title>{}</title>{}{}", tile.said, square, words)
    if tile.href:
        return format_html('<a class="{}" href="{}" tabindex="-1">{}</a>', tile.style, tile.href, drawn)
    return format_html('<g class="{}">{}</g>', tile.style, drawn)
