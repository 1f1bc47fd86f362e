"""What a reading stands on: layers of definitions and acts, one over the other."""

import re
from collections.abc import Iterable
from typing import Literal, Protocol

import msgspec

from comity.actors import Group
from comity.acts import Act
from comity.findings import Finding

__all__ = ["Definition", "DefinitionKind", "Definitions", "Layer", "is_id", "may_hold"]

DefinitionKind = Literal["instrument", "weights", "rule"]


# Every id but those of actors is the name of a file, in some folder or on export: so none leads out of it, and none is
# longer than what a file system takes with an ending.
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 200


def is_id(name: str) -> bool:
    """Whether this may be the id of an instrument, group, weight table or rule: lower-case words with hyphens."""
    return len(name) <= _LONGEST and _ID.fullmatch(name) is not None


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """The text that defines something, the file that a finding should name, and what is wrong with the file itself."""

    text: str
    file: str
    findings: tuple[Finding, ...] = ()


class Layer(Protocol):
    """A source of definitions and acts: a folder, or a log as known at one moment."""

    name: str
    has_two_clocks: bool

    def ids(self, kind: DefinitionKind) -> tuple[str, ...]:
        """The ids that it defines, sorted."""

    def acts_ids(self) -> tuple[str, ...]:
        """The ids of the instruments that it has acts of, sorted."""

    def definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        """The text that defines `name`, or None where it does not."""

    def acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]] | None:
        """The acts of an instrument in their order here, or None where it has none of it."""

    def actors(self) -> tuple[dict[str, object], str, tuple[Finding, ...]]:
        """Plain actor tables, the text they stand in, findings."""

    def groups(self) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
        """The groups that it defines, findings."""

    def strays(self) -> Iterable[Finding]:
        """What it holds and no question will find."""


class Definitions:
    """A layer without its instruments and acts: what names, weighs and decides, and does not tell what happened."""

    has_two_clocks = False

    def __init__(self, layer: Layer) -> None:
        self._layer, self.name = layer, layer.name

    def ids(self, kind: DefinitionKind) -> tuple[str, ...]:
        """See `Layer`."""
        return () if kind == "instrument" else self._layer.ids(kind)

    def acts_ids(self) -> tuple[str, ...]:
        """See `Layer`."""
        return ()

    def definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        """See `Layer`."""
        return None if kind == "instrument" else self._layer.definition(kind, name)

    def acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]] | None:
        """See `Layer`."""
        del name
        return None

    def actors(self) -> tuple[dict[str, object], str, tuple[Finding, ...]]:
        """See `Layer`."""
        return self._layer.actors()

    def groups(self) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
        """See `Layer`."""
        return self._layer.groups()

    def strays(self) -> Iterable[Finding]:
        """See `Layer`."""
        return ()


_PLACES: dict[str, DefinitionKind] = {"weights": "weights", "rules": "rule"}


def may_hold(layer: Layer, file: str) -> bool:
    """Whether the file that a finding names may stand in this layer."""
    place, _, name = file.partition("/")
    stem = name.rpartition(".")[0]
    if place == "instruments":
        return stem in layer.acts_ids() if name.endswith(".csv") else stem in layer.ids("instrument")
    if place in _PLACES:
        return stem in layer.ids(_PLACES[place])
    return True
