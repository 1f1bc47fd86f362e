"""A register with acts laid over it that have not happened: what it would be, with nothing recorded."""

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from comity.actors import Directory
from comity.acts import Act
from comity.findings import Finding
from comity.instruments import DecisionRule, Instrument
from comity.notation.weights_file import Weights
from comity.register.layers import DefinitionKind
from comity.register.reading import Reading, standing_acts

__all__ = ["SupposedReading"]


class SupposedReading(Reading):
    """`base` with further acts; everything else is the base's own, and is not read again."""

    def __init__(self, base: Reading, acts: Iterable[Act]) -> None:
        super().__init__(base.layers)
        self._base = base
        self._supposed: dict[str, tuple[Act, ...]] = {}
        for act in acts:
            self._supposed[act.instrument] = (*self._supposed.get(act.instrument, ()), act)
        self._standing: dict[str, tuple[tuple[Act, ...], tuple[Finding, ...]]] = {}

    def _with(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]]:
        if name not in self._standing:
            acts = (*self._base.acts(name), *self._supposed[name])
            self._standing[name] = standing_acts(acts, self.directory, f"instruments/{name}.csv")
        return self._standing[name]

    def acts(self, name: str) -> tuple[Act, ...]:
        """See `Reading`. A correction among the supposed acts is applied to what stands."""
        return self._with(name)[0] if name in self._supposed else self._base.acts(name)

    def findings_of(self, name: str) -> tuple[Finding, ...]:
        """See `Reading`: the base's own findings and what the supposed acts add."""
        own = self._base.findings_of(name)
        added = self._with(name)[1] if name in self._supposed else ()
        return (*own, *(finding for finding in added if finding not in own))

    @property
    def has_two_clocks(self) -> bool:
        """See `Reading`."""
        return self._base.has_two_clocks

    def ids(self, kind: DefinitionKind = "instrument") -> tuple[str, ...]:
        """See `Reading`."""
        return self._base.ids(kind)

    def has_definition(self, name: str) -> bool:
        """See `Reading`."""
        return self._base.has_definition(name)

    @property
    def directory(self) -> Directory:
        """See `Reading`."""
        return self._base.directory

    def directory_findings(self) -> tuple[Finding, ...]:
        """See `Reading`."""
        return self._base.directory_findings()

    def instrument(self, name: str) -> Instrument | None:
        """See `Reading`."""
        return self._base.instrument(name)

    def weights(self, name: str) -> Weights | None:
        """See `Reading`."""
        return self._base.weights(name)

    def rule(self, name: str) -> DecisionRule | None:
        """See `Reading`."""
        return self._base.rule(name)

    @cached_property
    def _pointing(self) -> dict[str, dict[str, tuple[str, ...]]]:
        return {key: self._base.pointing(key) for key in ("of", "replaces")}

    def pointing(self, key: Literal["of", "replaces"]) -> dict[str, tuple[str, ...]]:
        """See `Reading`."""
        return self._pointing[key]
