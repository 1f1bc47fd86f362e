"""Reading a register: definitions and acts in order, corrections applied, every fault a finding.

A folder or a log lies over the register that ships: actors merge field by field, any other definition of
the same id replaces the whole one. Everything is read when it is first asked for, so that a question about
one treaty does not wait for a hundred.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

from comity.actors import Actor, Directory, Group
from comity.acts import Act, legal_order, parse_act_ref
from comity.findings import Finding
from comity.instruments import DecisionRule, Instrument
from comity.notation.acts_file import act_row, read_act, read_set
from comity.notation.directory_file import merge_actors, parse_actor
from comity.notation.instrument_file import parse_instrument
from comity.notation.rule_file import parse_decision_rule
from comity.notation.tables import Faults
from comity.notation.weights_file import Weights, parse_weights
from comity.register.layers import Definition, DefinitionKind, Layer

__all__ = ["Reading", "standing_acts"]


# Top keys come before the first table, and an array may run over several lines.
_POINTS = {
    "of": re.compile(r'\A(?:(?!^\[)[\s\S])*?^of\s*=\s*("[^"]*")', re.MULTILINE),
    "replaces": re.compile(r"\A(?:(?!^\[)[\s\S])*?^replaces\s*=\s*\[([^\]]*)\]", re.MULTILINE),
}
_QUOTED = re.compile(r'"([^"]*)"')


class Reading:
    """A register as one sees it at one moment; `layers` top first. Never changes once made."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self._instruments: dict[str, tuple[Instrument | None, tuple[Finding, ...]]] = {}
        self._acts: dict[str, tuple[tuple[Act, ...], tuple[Finding, ...]]] = {}
        self._weights: dict[str, tuple[Weights | None, tuple[Finding, ...]]] = {}
        self._rules: dict[str, tuple[DecisionRule | None, tuple[Finding, ...]]] = {}

    @property
    def has_two_clocks(self) -> bool:
        """Whether the register remembers when each act was recorded."""
        return self.layers[0].has_two_clocks

    def ids(self, kind: DefinitionKind = "instrument") -> tuple[str, ...]:
        """The ids of all that is defined of a kind, sorted."""
        return tuple(sorted({name for layer in self.layers for name in layer.ids(kind)}))

    def instrument_ids(self) -> tuple[str, ...]:
        """The ids of all that has a definition or acts, sorted."""
        acts = {name for layer in self.layers for name in layer.acts_ids()}
        return tuple(sorted(acts | set(self.ids())))

    def has_definition(self, name: str) -> bool:
        """Whether some layer defines an instrument of this id, readable or not."""
        return self._definition("instrument", name) is not None

    def is_own(self, name: str) -> bool:
        """Whether an instrument stands in the top layer, and not only in the register that ships."""
        top = self.layers[0]
        return top.definition("instrument", name) is not None or top.acts(name) is not None

    def pointing(self, key: Literal["of", "replaces"]) -> dict[str, tuple[str, ...]]:
        """For each instrument, those whose `key` names it; read off the texts, without reading every clause."""
        found: dict[str, list[str]] = {}
        form = _POINTS[key]
        for name in self.ids():
            definition = self._definition("instrument", name)
            match = form.search(definition.text) if definition is not None else None
            for target in _QUOTED.findall(match.group(1)) if match else ():
                found.setdefault(target, []).append(name)
        return {target: tuple(sources) for target, sources in found.items()}

    def _definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        return next((found for layer in self.layers if (found := layer.definition(kind, name)) is not None), None)

    def instrument(self, name: str) -> Instrument | None:
        """The instrument of this id, or None where there is none that can be read."""
        return self._read_instrument(name)[0]

    def _read_instrument(self, name: str) -> tuple[Instrument | None, tuple[Finding, ...]]:
        if name not in self._instruments:
            found = self._definition("instrument", name)
            if found is None:
                self._instruments[name] = (None, ())
            elif any(f.level == "error" for f in found.findings):
                self._instruments[name] = (None, found.findings)
            else:
                instrument, faults = parse_instrument(found.text, found.file, name)
                self._instruments[name] = (instrument, (*found.findings, *faults))
        return self._instruments[name]

    def acts(self, name: str) -> tuple[Act, ...]:
        """The acts of an instrument in legal order, corrections applied and no longer among them."""
        return self._read_acts(name)[0]

    def _read_acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]]:
        if name not in self._acts:
            found = next((own for layer in self.layers if (own := layer.acts(name)) is not None), ((), ()))
            file = f"instruments/{name}.csv"
            standing, faults = standing_acts(found[0], self.directory, file)
            self._acts[name] = (standing, (*found[1], *faults))
        return self._acts[name]

    def weights(self, name: str) -> Weights | None:
        """The weight table of this id, or None."""
        return self._read_weights(name)[0]

    def _read_weights(self, name: str) -> tuple[Weights | None, tuple[Finding, ...]]:
        if name not in self._weights:
            found = self._definition("weights", name)
            if found is None:
                self._weights[name] = (None, ())
            else:
                table, faults = parse_weights(found.text, found.file, name)
                self._weights[name] = (table, (*found.findings, *faults))
        return self._weights[name]

    def rule(self, name: str) -> DecisionRule | None:
        """The named decision rule of this id, or None."""
        return self._read_rule(name)[0]

    def _read_rule(self, name: str) -> tuple[DecisionRule | None, tuple[Finding, ...]]:
        if name not in self._rules:
            found = self._definition("rule", name)
            if found is None:
                self._rules[name] = (None, ())
            else:
                rule, faults = parse_decision_rule(found.text, found.file, name)
                self._rules[name] = (rule, (*found.findings, *faults))
        return self._rules[name]

    @cached_property
    def _directory(self) -> tuple[Directory, tuple[Finding, ...]]:
        findings: list[Finding] = []
        tables: list[dict[str, object]] = []
        groups: dict[str, Group] = {}
        top_text = ""
        for layer in reversed(self.layers):
            data, text, faults = layer.actors()
            own, group_faults = layer.groups()
            tables.append(data)
            groups.update((group.id, group) for group in own)
            findings.extend((*faults, *group_faults))
            top_text = text or top_text
        faults_of = Faults("actors.toml", top_text)
        actors = [parse_actor(code, fields, faults_of) for code, fields in merge_actors(tables).items()]
        findings.extend(faults_of.findings)
        directory = Directory(actors, groups.values())
        findings.extend(_check_directory(directory))
        return directory, tuple(findings)

    @property
    def directory(self) -> Directory:
        """All actors and groups."""
        return self._directory[0]

    def directory_findings(self) -> tuple[Finding, ...]:
        """What is wrong with the actors and groups."""
        return self._directory[1]

    def strays(self) -> tuple[Finding, ...]:
        """What the top layer holds and no question will find."""
        return tuple(self.layers[0].strays()) if self.layers else ()

    def findings_of(self, name: str) -> tuple[Finding, ...]:
        """What is wrong with the files of one instrument."""
        return (*self._read_instrument(name)[1], *self._read_acts(name)[1])

    def findings_of_weights(self, name: str) -> tuple[Finding, ...]:
        """What is wrong with one weight table."""
        table, found = self._read_weights(name)
        file = f"weights/{name}.csv"
        strangers = () if table is None else _strangers({row.actor for row in table.rows}, self.directory, file)
        return (*found, *strangers)

    def findings_of_rule(self, name: str) -> tuple[Finding, ...]:
        """What is wrong with one rule file."""
        return self._read_rule(name)[1]


def standing_acts(acts: Sequence[Act], directory: Directory, file: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]]:
    """Acts in legal order, corrections among them applied and taken out, and what is wrong with them."""
    standing, faults = _apply_corrections(acts, file)
    return tuple(sorted(standing, key=legal_order)), (*faults, *_check_actors(standing, directory, file))


def _strangers(codes: Iterable[str], directory: Directory, file: str) -> tuple[Finding, ...]:
    strange = sorted(code for code in set(codes) if code not in directory.actors)
    return tuple(_unknown_actor(code, _hint(code, directory, number), file, 0) for number, code in enumerate(strange))


# Looking for the nearest name takes milliseconds: a column of something else altogether is not worth minutes.
_HINTS = 50


def _hint(code: str, directory: Directory, others: int) -> str:
    """What to do about an actor that nobody knows, where `others` were looked for before it."""
    close = directory.nearest(code) if others < _HINTS else ()
    return f"did you mean {', '.join(close)}?" if close else "add it to actors.toml, or correct it"


def _unknown_actor(code: str, do: str, file: str, line: int) -> Finding:
    return Finding(
        level="error", code="actor-unknown", file=file, line=line, says=f"no actor is called “{code}”", do=do
    )


def _check_directory(directory: Directory) -> Iterable[Finding]:
    """Every id that an actor or group points at must be one."""
    for group in directory.groups.values():
        yield from _strangers({m.actor for m in group.members}, directory, "groups.toml")
    for actor in directory.actors.values():
        yield from _strangers(actor.successors, directory, "actors.toml")
        if actor.members and actor.members not in directory.groups:
            says = f"{actor.id} has its members in “{actor.members}”, which is no group"
            yield Finding(
                level="error", code="group-unknown", file="actors.toml", says=says, do="add the group to groups.toml"
            )


def _check_actors(acts: Iterable[Act], directory: Directory, file: str) -> Iterable[Finding]:
    """Every act needs an actor that is known and existed by then; acts may not stand twice."""
    alike: dict[tuple[object, str, str], list[Act]] = {}
    hints: dict[str, str] = {}
    for act in acts:
        actor: Actor | None = directory.actors.get(act.actor)
        if actor is None:
            if act.actor not in hints:
                hints[act.actor] = _hint(act.actor, directory, len(hints))
            yield _unknown_actor(act.actor, hints[act.actor], file, act.line)
        elif actor.until is not None and act.date.first > actor.until:
            says = f"{act.actor} existed until {actor.until} only, and the act is dated {act.date}"
            do = "check the date, or give the act to the successor"
            yield Finding(level="warning", code="actor-extinct", file=file, line=act.line, says=says, do=do)
        others = alike.setdefault((act.date, act.actor, act.kind), [])
        twin = next((other for other in others if _unplaced(other) == _unplaced(act)), None) if others else None
        if twin is not None:
            also = f" (also in line {twin.line})" if twin.line else ""  # what a log holds stands on no line
            says = f"{act.date} {act.actor} {act.kind} stands twice{also}"
            yield Finding(level="error", code="act-twice", file=file, line=act.line, says=says, do="remove one")
        else:
            others.append(act)


def _unplaced(act: Act) -> Act:
    """The act without its line, to tell whether two are the same."""
    if not act.line:
        return act
    return Act(
        instrument=act.instrument,
        date=act.date,
        actor=act.actor,
        kind=act.kind,
        effective=act.effective,
        ref=act.ref,
        at=act.at,
        notified=act.notified,
        set=act.set,
        note=act.note,
        source=act.source,
        document=act.document,
    )


def _apply_corrections(acts: Sequence[Act], file: str) -> tuple[list[Act], tuple[Finding, ...]]:
    """The acts as corrected: a correction holds on every date asked, as soon as it is known (NOTATION)."""
    standing = [act for act in acts if act.kind != "correction"]
    findings: list[Finding] = []
    for correction in (act for act in acts if act.kind == "correction"):
        target = parse_act_ref(correction.ref)
        meant = [i for i, act in enumerate(standing) if target.names(act)]
        index = meant[0] if meant else None
        if len(meant) > 1:
            says = (
                f"the correction names “{correction.ref}”, and {len(meant)} acts are called so; the first is corrected"
            )
            do = "give the acts as they should be, without a correction"
            findings.append(
                Finding(level="warning", code="correction-ambiguous", file=file, line=correction.line, says=says, do=do)
            )
        if index is None:
            says = f"the correction names “{correction.ref}”, and there is no such act"
            do = "name the act by its date, actor and kind as they stand now"
            findings.append(_error("correction-of-nothing", file, correction.line, says, do))
            continue
        changes = read_set(correction.set)
        if changes is None:
            del standing[index]
            continue
        act, faults = read_act(_corrected(standing[index], changes), correction.instrument, file, correction.line)
        findings.extend(faults)
        if act is not None:
            standing[index] = act
    return standing, tuple(findings)


def _corrected(act: Act, changes: dict[str, str]) -> dict[str, str]:
    fields = {"date": "", "actor": "", "act": "", **act_row(act)}
    return {**fields, **changes}


def _error(code: str, file: str, line: int, says: str, do: str) -> Finding:
    return Finding(level="error", code=code, file=file, line=line, says=says, do=do)
