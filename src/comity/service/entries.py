"""Where an act lies in the log, and what was recorded about it since: for whoever follows a citation to its proof."""

from collections.abc import Iterator

from comity.notation.acts_file import act_row
from comity.register.errors import LeafError
from comity.register.leaf import read_leaf
from comity.register.logged import ACT_KINDS, LogLayer
from comity.service.logbook import layer_of
from comity.service.queries import Register, refuse

__all__ = ["corrections_of", "entry_of", "hash_lines", "index_of_hash", "leaf_of"]


def entry_of(register: Register, instrument: str, said: str) -> int | None:
    """The index of the act that a citation names (`2016-10-05 FRA approval`), as it stands; None where none is logged.

    Of several acts so called, the first recorded.
    """
    layer = register.reading.layers[0]
    if not isinstance(layer, LogLayer):
        return None
    for one in layer.held(instrument)[0]:
        act = one.stands
        if act is not None and f"{act.date} {act.actor} {act.kind}" == said:
            return one.index
    return None


def corrections_of(register: Register, index: int) -> list[tuple[int, str, dict[str, str]]]:
    """The corrections that point at an entry, each as its index, when it was recorded, and its columns."""
    layer = layer_of(register)
    name = _instrument(layer, index)
    if not name:
        return []
    found = (one for one in layer.held(name)[1] if one.target == index)
    return [(one.index, one.recorded, act_row(one.act)) for one in found]


def _instrument(layer: LogLayer, index: int) -> str:
    """The instrument that an entry is an act of, or ""."""
    for row in layer.log.rows(index, index + 1):
        try:
            leaf = read_leaf(row.data)
        except LeafError:
            return ""
        name = leaf.body.get("instrument")
        return name if leaf.kind in ACT_KINDS and isinstance(name, str) else ""
    return ""


def index_of_hash(register: Register, start: str) -> int | None:
    """The index of the entry whose hash (hex) begins so; None where there is none, or more than one."""
    layer, wanted = layer_of(register), start.lower()
    found = [row.idx for row in layer.log.rows(0, layer.size) if row.hash.hex().startswith(wanted)]
    return found[0] if len(found) == 1 else None


def hash_lines(register: Register, size: int) -> Iterator[bytes]:
    """The hashes of the first `size` entries in hex, a line each, as an export lists them (spec/log.md, 18)."""
    return (row.hash.hex().encode() + b"\n" for row in layer_of(register).log.rows(0, size))


def leaf_of(register: Register, index: int) -> bytes:
    """The bytes of an entry, which its hash is of; raises `Refusal` where there is none of that index."""
    layer = layer_of(register)
    row = next(iter(layer.log.rows(index, min(index + 1, layer.size))), None)
    if row is None:
        raise refuse("entry-unknown", f"the log as known has {layer.size} entries", "entries count from 0")
    return row.data
