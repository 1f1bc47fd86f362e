"""Long lists in pages, one after the other: a page says where the next begins (`Link`, RFC 8288)."""

import base64
import binascii
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import cast
from urllib.parse import urlencode

import msgspec

from comity.service import refuse
from comity.service.parameters import MOST, Parameter

__all__ = ["CURSOR", "LIMIT", "MOST", "USUAL", "Lists", "Page", "page"]

USUAL = 1000

LIMIT = Parameter(
    name="limit",
    kind="number",
    summary=f"How many items a page has at the most: 1 to {MOST}; left out: {USUAL}.",
    example="100",
    required=False,
    within=(1, MOST),
)
CURSOR = Parameter(
    name="cursor",
    kind="text",
    summary="Where the page begins, as the `Link` of the page before says.",
    example="",
    required=False,
)


class Page(msgspec.Struct, frozen=True):
    """One page, and the address of the next, empty after the last."""

    items: Sequence[object]
    next: str


def page(items: Sequence[object], given: dict[str, str], state: str, limit: int, cursor: str) -> Page:
    """The page of a list that a cursor names; `state` is that of the register, to which the cursor belongs.

    Raises `Refusal` for a cursor of another list or state.
    """
    start = _start(cursor, state) if cursor else 0
    stop = start + limit
    more = urlencode({**given, "cursor": _cursor(stop, state)}) if stop < len(items) else ""
    return Page(items[start:stop], more)


def _cursor(start: int, state: str) -> str:
    return base64.urlsafe_b64encode(f"{start}.{state[:12]}".encode()).rstrip(b"=").decode()


def _start(cursor: str, state: str) -> int:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    start, _, of = text.partition(".")
    if of != state[:12] or not start.isdecimal() or not cursor.isascii():
        says = "this cursor is of another list, or the register has changed since it was given"
        raise refuse("cursor-stale", says, "begin again without it; with known=SIZE a list stays as it is")
    return int(start)


class Lists:
    """The lists that somebody is going through: each is made once, and not again for every page of it."""

    def __init__(self, room: int = 4) -> None:
        self._room, self._lock = room, threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Sequence[object]] = OrderedDict()

    def of(self, key: tuple[str, str], make: Callable[[], object]) -> Sequence[object]:
        """The list of a log in a state; kept where it is longer than a page mostly is, and not read when asked for."""
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = cast("Sequence[object]", make())
        if isinstance(found, list) and len(found) > USUAL:
            with self._lock:
                self._kept[key] = found
                self._kept.move_to_end(key)
                while len(self._kept) > self._room:
                    self._kept.popitem(last=False)
        return found
