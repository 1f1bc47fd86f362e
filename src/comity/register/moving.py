"""What entries are about, by id and without their contents: enough to say that something changed."""

from collections.abc import Iterable
from typing import Final

import msgspec

from comity.register.errors import LeafError
from comity.register.leaf import read_leaf
from comity.register.logged import ACT_KINDS, ACTS
from comity.register.store import Row
from comity.register.upcast import upcast

__all__ = ["Moved", "moved"]

_INSTRUMENTS: Final = frozenset({"instrument", ACTS})


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The instruments and actors that entries speak of, by id, sorted.

    `others` where they also speak of what instruments rest on (groups, weights, rules), or of what is not known here:
    then any answer may have changed. An act under one instrument may change the status under another that refers to it.
    """

    instruments: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    others: bool = False


def moved(rows: Iterable[Row]) -> Moved:
    """What these entries are about."""
    instruments, actors, others = set[str](), set[str](), False
    for row in rows:
        try:
            leaf = upcast(read_leaf(row.data))
        except LeafError:
            others = True
            continue
        found = instruments if leaf.kind in ACT_KINDS | _INSTRUMENTS else actors if leaf.kind == "actor" else None
        name = leaf.body.get("instrument" if leaf.kind in ACT_KINDS else "id")
        if found is None or not isinstance(name, str):
            others = True
            continue
        found.add(name)
        if leaf.kind in ACT_KINDS and isinstance(actor := leaf.body.get("actor"), str):
            actors.add(actor)
    return Moved(instruments=tuple(sorted(instruments)), actors=tuple(sorted(actors)), others=others)
