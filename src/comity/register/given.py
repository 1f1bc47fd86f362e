"""A reading of instruments and acts that are already in memory: no files, no text, nothing checked for form.

For data sets held to the law without being written down in the notation first, and for what is generated in tests.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from comity.actors import Directory
from comity.acts import Act, legal_order
from comity.findings import Finding
from comity.instruments import Instrument
from comity.notation.weights_file import Weights
from comity.register.layers import DefinitionKind
from comity.register.reading import Reading

__all__ = ["GivenReading"]


class GivenReading(Reading):
    """Instruments with their acts, in any order; the acts of an instrument are put into legal order when asked for."""

    def __init__(
        self,
        directory: Directory,
        instruments: Iterable[Instrument],
        acts: Mapping[str, Iterable[Act]],
        weights: Iterable[Weights] = (),
    ) -> None:
        super().__init__(())
        self._given_directory, self._given_acts = directory, acts
        self._instruments = {instrument.id: (instrument, ()) for instrument in instruments}
        self._weights = {table.id: (table, ()) for table in weights}

    @property
    def has_two_clocks(self) -> bool:
        """What is given has one clock."""
        return False

    @property
    def directory(self) -> Directory:
        """All actors and groups."""
        return self._given_directory

    def directory_findings(self) -> tuple[Finding, ...]:
        """Nothing: what is given is not checked."""
        return ()

    def ids(self, kind: DefinitionKind = "instrument") -> tuple[str, ...]:
        """The ids of all that is given of a kind, sorted."""
        if kind == "weights":
            return tuple(sorted(self._weights))
        return tuple(sorted(self._instruments)) if kind == "instrument" else ()

    def instrument_ids(self) -> tuple[str, ...]:
        """The ids of all that has a definition or acts, sorted."""
        return tuple(sorted({*self.ids(), *self._given_acts}))

    def has_definition(self, name: str) -> bool:
        """Whether an instrument of this id is given."""
        return self.instrument(name) is not None

    def is_own(self, name: str) -> bool:
        """Everything is."""
        return name in self.instrument_ids()

    def pointing(self, key: Literal["of", "replaces"]) -> dict[str, tuple[str, ...]]:
        """For each instrument, those whose `key` names it."""
        found: dict[str, list[str]] = {}
        for name in self.ids():
            instrument = self.instrument(name)
            if instrument is not None:
                targets = instrument.replaces if key == "replaces" else (instrument.of,) if instrument.of else ()
                for target in targets:
                    found.setdefault(target, []).append(name)
        return {target: tuple(sources) for target, sources in found.items()}

    def _read_acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]]:
        if name not in self._acts:
            self._acts[name] = (tuple(sorted(self._given_acts.get(name, ()), key=legal_order)), ())
        return self._acts[name]
