"""The door: every question to a register as one function with a typed, frozen answer.

Faces (command line, portal, API) come in here and nowhere else. What a user got wrong is refused with
findings, all at once; a broken invariant raises what it raises.
"""

import difflib
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from comity.actors import Actor, Group
from comity.acts import Act
from comity.dates import parse_date
from comity.findings import Finding, has_errors, in_order, shortened
from comity.instruments import DecisionRule, Instrument
from comity.law.bond import Bond, bond
from comity.law.checks import check_all, check_instrument, check_references
from comity.law.compare import Comparison, compare
from comity.law.history import History
from comity.law.law import Law
from comity.law.missing import Missing, missing
from comity.law.pairs import Pairs, pairs
from comity.law.relation import relation
from comity.law.reproduced import Reproduction, reproductions
from comity.law.results import DECLARED, Change, Hit, Relation, Status, Why
from comity.law.signatures import Signature, signatures
from comity.law.statements import Statement, statements
from comity.law.status import status
from comity.law.timeline import Movement, force_changes, movements, timeline
from comity.law.what_if import WhatIf, what_if
from comity.law.why import why
from comity.register.errors import LogError, MomentError, is_postgres, without_secrets
from comity.register.folder import FolderLayer
from comity.register.layers import Definitions, Layer, may_hold
from comity.register.reading import Reading
from comity.register.supposed import SupposedReading
from comity.rules.ground import NoMembersError, UnknownNameError
from comity.service.shapes import InstrumentHead, head_of

if TYPE_CHECKING:
    from comity.analysis.voting.power import Index
    from comity.law.atlas import Atlas
    from comity.service.forecasting import Forecast
    from comity.service.powers import PowerAnswer

__all__ = ["Refusal", "Register", "as_day", "open_register", "refuse", "said_of", "shipped_folder", "shipped_layer"]


class Refusal(Exception):  # noqa: N818  # not an error of ours: what the user asked cannot be answered, and why
    """What was asked cannot be answered; `findings` say all that is wrong."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(map(shortened, findings))
        super().__init__("; ".join(finding.says for finding in self.findings))


def refuse(code: str, says: str, do: str = "", file: str = "") -> Refusal:
    """A refusal with one finding. An address in it loses its user and password."""
    return Refusal([Finding(level="error", code=code, file=file, says=without_secrets(says), do=do)])


def said_of(address: object, error: LogError) -> str:
    """What is wrong with a log, naming it once."""
    named = str(error).startswith((str(address), "postgresql://", "the PostgreSQL address"))
    return str(error) if named else f"{address}: {error}"


def shipped_folder() -> Path:
    """The folder of the public register: inside the installed package, or beside the sources in a checkout."""
    inside = Path(__file__).parents[1] / "public"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "public"


def open_register(address: str | Path | None = None, known: str | int | None = None) -> "Register":
    """Open a register: a folder in the notation, a log (a file or `postgresql://…`), or the one that ships.

    An address `https://…` is that of another Comity, which answers over its API.

    A folder or log lies over the register that ships. `known` asks as known at a moment (a timestamp, a tree
    size, or a date meaning its end in UTC), where the register is a log. Raises `Refusal`.
    """
    shipped = shipped_layer()
    if address is None:
        return Register(_one_clock([shipped], known))
    if not str(address):  # a shell variable that is not set would ask the folder that one happens to be in
        raise refuse("register-missing", "the path of the register is empty", "name a folder or a log")
    if str(address).lower().startswith(("https://", "http://")):
        from comity.service.remote import RemoteRegister  # noqa: PLC0415  # the network is seldom needed

        return RemoteRegister(str(address), known)
    if not is_postgres(address) and Path(address).is_dir():
        own = FolderLayer(Path(address))
        layers: list[Layer] = [own] if own.root.resolve() == shipped.root.resolve() else [own, shipped]
        return Register(_one_clock(layers, known))
    # Asked as known at a moment, nothing may shine through that has no clock; actors, groups and rules may.
    below: Layer = shipped if known is None else Definitions(shipped)
    return Register([_logged(address, known), below])


def _one_clock(layers: list[Layer], known: str | int | None) -> list[Layer]:
    if known is not None:
        says = "a folder has one clock: it does not remember what was known when"
        raise refuse("one-clock", says, "import it into a log (comity import), or leave --known out")
    return layers


def _logged(address: str | Path, known: str | int | None) -> Layer:
    from comity.register.log import Log  # noqa: PLC0415  # the cryptography behind it takes time to load
    from comity.register.logged import LogLayer  # noqa: PLC0415  # as above

    if not is_postgres(address) and not Path(address).exists():
        raise refuse("register-missing", f"there is no folder or log “{address}”", "check the path")
    try:
        log = Log.open(address, write=False)
        try:
            size = len(log) if known is None else log.size_at(known)
        except BaseException:
            log.close()
            raise
    except MomentError as error:
        raise refuse("moment-wrong", str(error), "give a timestamp, a date or a tree size") from error
    except LogError as error:
        raise refuse("log-unreadable", said_of(address, error), "check the address; comity verify says more") from error
    layer = LogLayer(log, size)
    # A register has no end of its own: its log is closed when nobody can ask it any more.
    weakref.finalize(layer, log.close)
    return layer


def as_day(value: date | str) -> date:
    """A day given as a date, a datetime (its date) or ISO text; raises `Refusal` for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return parse_date(value)
    except (TypeError, ValueError) as error:
        raise refuse("date-impossible", f"“{value}” is no whole day", "give a date, or text as YYYY-MM-DD") from error


class Register:
    """One register as seen at one moment; every method answers from it alone."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.reading = Reading(layers)
        self.law = Law(self.reading)

    def instrument(self, name: str) -> Instrument:
        """The instrument of this id; raises `Refusal` naming the nearest where there is none."""
        found = self.reading.instrument(name)
        if found is None and (folded := name.casefold().replace(" ", "-")) != name:
            found = self.reading.instrument(folded)  # the same id, written as a title
        if found is not None:
            return found
        if self.reading.has_definition(name):
            raise Refusal(self.reading.findings_of(name))
        close = _nearest_instruments(self.reading, name)
        do = f"did you mean {', '.join(close)}?" if close else "comity search finds instruments by their titles"
        raise refuse("instrument-unknown", f"no instrument is called “{name}”", do)

    def instruments(self) -> list[InstrumentHead]:
        """All instruments that can be read, by id."""
        found = (self.reading.instrument(name) for name in self.reading.ids())
        return [head_of(it) for it in found if it is not None]

    def actors(self) -> list[Actor]:
        """All actors, by id."""
        return sorted(self.reading.directory.actors.values(), key=lambda actor: actor.id)

    def groups(self) -> list[Group]:
        """All groups of actors, by id."""
        return sorted(self.reading.directory.groups.values(), key=lambda group: group.id)

    def rules(self) -> list[DecisionRule]:
        """All named decision rules that can be read, by id."""
        found = (self.reading.rule(name) for name in self.reading.ids("rule"))
        return [rule for rule in found if rule is not None]

    def actor_code(self, code: str) -> str:
        """The id of an actor; raises `Refusal` naming the nearest where there is none."""
        directory = self.reading.directory
        if code in directory.actors:
            return code
        if code.upper() in directory.actors:
            return code.upper()
        close = directory.nearest(code)
        do = f"did you mean {', '.join(close)}?" if close else "comity search finds actors by their names"
        raise refuse("actor-unknown", f"no actor is called “{code}”", do)

    def _unclocked(self, it: Instrument) -> tuple[Finding, ...]:
        """A note where a log does not hold the instrument, and the answer comes from what lies below it."""
        if not self.reading.has_two_clocks or self.reading.is_own(it.id):
            return ()
        says = f"{it.id} is not in the log: the answer is of the register that ships, which has no second clock"
        do = "import the register that ships into the log to have it there"
        return (Finding(level="note", code="not-in-log", file=f"instruments/{it.id}.toml", says=says, do=do),)

    def _known(self, instruments: Sequence[str], actors: Sequence[str]) -> None:
        """Refuse, in one go, every name that is not one."""
        findings: list[Finding] = []
        asks = [(self.instrument, name) for name in instruments], [(self.actor_code, name) for name in actors]
        for look, name in (*asks[0], *asks[1]):
            try:
                look(name)
            except Refusal as refusal:
                findings.extend(refusal.findings)
        if findings:
            raise Refusal(findings)

    def _ready(self, name: str) -> tuple[Instrument, History]:
        """An instrument and its history, once neither it nor what it rests on has an error."""
        it = self.instrument(name)
        findings = list(self._findings_under(it))
        if has_errors(findings):
            raise Refusal(finding for finding in findings if finding.level == "error")
        name = it.id
        history = self.law.history(name)
        if history is None or any(name in pair for pair in self.law.circles()):
            raise refuse("circle", f"{name} asks for itself in a circle", "see comity check")
        errors = [finding for finding in self.law.findings(name) if finding.level == "error"]
        if errors:
            raise Refusal(errors)
        return it, history

    def _findings_under(self, it: Instrument) -> Iterable[Finding]:
        yield from self.reading.directory_findings()
        yield from self.reading.findings_of(it.id)
        yield from check_references(self.law, it)
        seen, above = {it.id}, it.of
        while above and above not in seen:
            seen.add(above)
            yield from self.reading.findings_of(above)
            parent = self.reading.instrument(above)
            above = "" if parent is None else parent.of

    def history(self, instrument: str) -> History:
        """All that the acts tell of an instrument, from which every answer about it is taken."""
        return self._ready(instrument)[1]

    def movements(self, instrument: str) -> list[Movement]:
        """Every day on which the parties to an instrument change, with their number from then on."""
        it, history = self._ready(instrument)
        return [] if it.kind in DECLARED else movements(history)

    def statements(self, instrument: str, on: date | str) -> list[Statement]:
        """The reservations and declarations made under an instrument by a day, and what was answered to them."""
        day = as_day(on)
        it, history = self._ready(instrument)
        return statements(self.law, it, history, day)

    def statements_of(self, actor: str, on: date | str) -> list[Statement]:
        """The reservations and declarations of an actor under every instrument, and others' that it answered."""
        day, code = as_day(on), self.actor_code(actor)
        return [
            one
            for it, history in self.histories()
            if code in history.records
            for one in statements(self.law, it, history, day, code)
        ]

    def status(self, instrument: str, on: date | str, actor: str | None = None) -> Status:
        """Who is bound by an instrument on a day."""
        day = as_day(on)
        self._known([instrument], [] if actor is None else [actor])
        code = None if actor is None else self.actor_code(actor)
        it, history = self._ready(instrument)
        found = status(self.law, it, history, day, code)
        beside = [f for f in self.reading.findings_of(instrument) if f.level != "note"]
        return msgspec.structs.replace(found, findings=in_order((*found.findings, *beside, *self._unclocked(it))))

    def why(self, instrument: str, actor: str, on: date | str) -> Why:
        """The status of an actor under an instrument on a day, with its reasons."""
        day = as_day(on)
        self._known([instrument], [actor])
        code = self.actor_code(actor)
        it, history = self._ready(instrument)
        found = why(self.law, it, history, code, day)
        return msgspec.structs.replace(found, findings=(*found.findings, *self._unclocked(it)))

    def signatures(self, instrument: str, on: date | str) -> dict[str, Signature]:
        """Who signed an instrument and when, as far as is told by a day; by actor."""
        day = as_day(on)
        _, history = self._ready(instrument)
        return signatures(history, day)

    def missing(self, instrument: str, on: date | str) -> Missing:
        """What is missing for entry into force on a day."""
        day = as_day(on)
        it, history = self._ready(instrument)
        try:
            return missing(self.law, it, history, day)
        except (UnknownNameError, NoMembersError) as error:
            says = f"the entry-into-force rule of {it.id} cannot be judged: {error}"
            raise refuse("rule-unjudged", says, "add what it names", f"instruments/{it.id}.toml") from error

    def relation(self, instrument: str, one: str, other: str, on: date | str) -> Relation:
        """What binds two actors toward each other under an instrument on a day."""
        day = as_day(on)
        self._known([instrument], [one, other])
        first, second = self.actor_code(one), self.actor_code(other)
        it, history = self._ready(instrument)
        return relation(self.law, it, history, first, second, day)

    def bond(self, instrument: str, one: str, other: str, on: date | str) -> Bond:
        """What binds two actors toward each other on a day, with the day since and the day until which it does."""
        day = as_day(on)
        self._known([instrument], [one, other])
        first, second = self.actor_code(one), self.actor_code(other)
        it, history = self._ready(instrument)
        return bond(self.law, it, history, first, second, day)

    def pairs(self, instrument: str, on: date | str) -> Pairs:
        """Between how many pairs of parties reservations modify, exclude or leave open which provision."""
        day = as_day(on)
        it, history = self._ready(instrument)
        return pairs(self.law, it, history, day)

    def timeline(self, name: str) -> list[Change]:
        """Every change of status in order: of all actors under an instrument, or of one actor under all."""
        if self.reading.has_definition(name):
            it, history = self._ready(name)
            found = [*force_changes(it, history.force), *timeline(self.law, it, history)]
        else:
            code = self._actor_or_instrument(name)
            found = [
                change
                for it, history in self.histories()
                if code in history.records
                for change in timeline(self.law, it, history, code)
            ]
        return sorted(found, key=lambda change: (change.date, change.instrument, change.actor))

    def _actor_or_instrument(self, name: str) -> str:
        try:
            return self.actor_code(name)
        except Refusal as refusal:
            close = _nearest_instruments(self.reading, name)
            hint = refusal.findings[0].do
            do = f"did you mean {', '.join(close)}?" if close else hint
            raise refuse("name-unknown", f"no instrument or actor is called “{name}”", do) from refusal

    def histories(self) -> Iterable[tuple[Instrument, History]]:
        """Every instrument that can be read, with its history; those with errors are left to `check`."""
        for name in self.reading.ids():
            it = self.reading.instrument(name)
            history = None if it is None else self.law.history(name)
            if it is not None and history is not None:
                yield it, history

    def changes(self, start: date | str, end: date | str) -> list[Change]:
        """What became different in the world after `start` and up to `end`, both days inclusive of their acts."""
        first, last = as_day(start), as_day(end)
        if last < first:
            raise refuse("period-wrong", f"{first} to {last} runs backwards", "give the earlier day first")
        found = [
            change
            for it, history in self.histories()
            for change in (
                *force_changes(it, history.force),
                *timeline(self.law, it, history, after=first, until=last),
            )
            if first < change.date <= last
        ]
        return sorted(found, key=lambda change: (change.date, change.instrument, change.actor))

    def actor(self, code: str, on: date | str) -> list[Status]:
        """All that an actor is concerned in on a day: one status an instrument, with that actor alone."""
        day = as_day(on)
        actor = self.actor_code(code)
        found = []
        for it, history in self.histories():
            if actor in history.records:
                one = status(self.law, it, history, day, actor)
                if one.actors or one.voting is not None:
                    found.append(one)
        return found

    def atlas(self) -> "Atlas":
        """Every status of every actor under every instrument, on any day at once, and every change, as columns.

        Made anew with each call: keep it to ask it about many days.
        """
        from comity.law.atlas import Atlas  # noqa: PLC0415  # numpy takes time to load

        return Atlas(self.law)

    def compare(self, actors: Sequence[str], instruments: Sequence[str], on: date | str) -> Comparison:
        """The statuses of several actors (or groups) under several instruments on a day."""
        day = as_day(on)
        groups = self.reading.directory.groups
        self._known(instruments, [name for name in actors if name not in groups])
        if not actors or not instruments:
            says = "there is nothing to compare: an actor and an instrument are needed at the least"
            raise refuse("nothing-asked", says, "name them, parted by commas")
        rows = [name if name in groups else self.actor_code(name) for name in actors]
        return compare(self.law, rows, [self._ready(name) for name in instruments], day)

    def what_if(self, acts: Sequence[Act], on: date | str | None = None) -> WhatIf:
        """What acts that have not happened would change, and when; nothing is recorded.

        The acts may be of several instruments, and may correct acts that stand. Findings are those that recording them
        would newly cause: an error among them leaves the rest of the answer empty. Statuses and relations are compared
        on the day `on`, or else on the last day on which anything differs. Raises `Refusal` without acts, for an
        instrument that is unknown, and for one that has errors already.
        """
        day = None if on is None else as_day(on)
        if not acts:
            raise refuse("nothing-asked", "there is nothing to suppose: no act is given", "give one act at the least")
        names = sorted({act.instrument for act in acts})
        self._known(names, [])
        for name in names:
            self._ready(name)
        supposed = Law(SupposedReading(self.reading, acts))
        before = Counter(finding for name in names for finding in check_instrument(self.law, name))
        after = Counter(finding for name in names for finding in check_instrument(supposed, name))
        findings = in_order((after - before).keys())
        if has_errors(findings):
            return WhatIf(on=day or max(act.day for act in acts), acts=tuple(acts), findings=findings)
        return what_if(self.law, supposed, acts, findings, day)

    def search(self, text: str) -> list[Hit]:
        """Instruments, provisions, actors, groups and rules that these words find, in any of six languages."""
        from comity.service.finding import search  # noqa: PLC0415  # the index is for whoever searches

        return search(self, text)

    def power(
        self,
        rule: str,
        on: date | str,
        indices: tuple["Index", ...] = ("banzhaf", "shapley"),
        **how: Any,  # noqa: ANN401  # mode, members, abstention
    ) -> "PowerAnswer":
        """The power of each member under a decision rule on a day (`comity.service.powers.power`)."""
        from comity.service import powers  # noqa: PLC0415  # it asks registers itself

        return powers.power(self, rule, on, indices, **how)

    def forecast(self, instrument: str, start: date | str, end: date | str, **asked: Any) -> "Forecast":  # noqa: ANN401  # its parameters
        """The chance by each date that an instrument's conditions are met (`comity.service.forecasting.forecast`)."""
        from comity.service import forecasting  # noqa: PLC0415  # it asks registers itself

        return forecasting.forecast(self, instrument, start, end, **asked)

    def check(self) -> tuple[Finding, ...]:
        """All findings of the register.

        Where it lies over the register that ships, those of that register alone are left out: what is wrong
        there is not the user's to mend.
        """
        found = in_order((*check_all(self.law), *self.reading.strays()))
        layers = self.reading.layers
        strange = {finding for finding in found if not may_hold(layers[0], finding.file)}
        if len(layers) == 1 or not strange:
            return found
        theirs = strange & _findings_beneath(layers[1:])
        return tuple(finding for finding in found if finding not in theirs)

    def reproductions(self) -> list[Reproduction]:
        """Which official entries into force follow from the acts alone, and why the others do not."""
        return list(reproductions(self.law))


@cache
def _findings_beneath(layers: tuple[Layer, ...]) -> frozenset[Finding]:
    """What is wrong with the layers that another lies over, found once for all that lie over them."""
    return frozenset(check_all(Law(Reading(layers))))


@cache
def shipped_layer() -> FolderLayer:
    """The register that ships, which stays as it was installed for as long as a process runs."""
    return FolderLayer(shipped_folder())


def _nearest_instruments(reading: Reading, name: str) -> list[str]:
    folded = name.casefold().replace("_", "-").replace(" ", "-")
    close = difflib.get_close_matches(folded, reading.ids(), n=3, cutoff=0.5)
    containing = [known for known in reading.ids() if folded and folded in known]
    return list(dict.fromkeys([*containing[:3], *close]))[:3]
