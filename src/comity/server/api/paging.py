"""Long lists in pages, one after the other: a page says where the next begins (`Link`, RFC 8288)."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from comity.service import refuse
from comity.service.parameters import Parameter

__all__ = ["CURSOR", "LIMIT", "MOST", "USUAL", "Page", "page"]

USUAL, MOST = 1000, 5000

LIMIT = Parameter(
    name="limit",
    kind="number",
    summary=f"How many items a page has at the most: 1 to {MOST}; left out: {USUAL}.",
    example="100",
    required=False,
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

    Raises `Refusal` for a limit out of bounds, and for a cursor of another list or state.
    """
    if not 1 <= limit <= MOST:
        raise refuse("parameter-wrong", f"limit: a page has 1 to {MOST} items", f"give something like limit={USUAL}")
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
