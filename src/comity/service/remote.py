"""A register over the network: the questions of a `Register`, asked of the API of another Comity.

The answers are the same frozen records. What touches the acts themselves is refused: they are not fetched.
"""

import http.client
import re
import ssl
import urllib.request
import zlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from email.message import Message
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

import msgspec

from comity.actors import Actor, Directory, Group
from comity.acts import Act
from comity.findings import Finding
from comity.instruments import DecisionRule, Instrument
from comity.law.compare import Comparison
from comity.law.law import Law
from comity.law.missing import Missing
from comity.law.pairs import Pairs
from comity.law.results import Change, Hit, Relation, Status, Why
from comity.law.statements import Statement
from comity.law.what_if import WhatIf
from comity.register.layers import DefinitionKind
from comity.register.reading import Reading
from comity.service.parameters import MOST, text_of
from comity.service.queries import Refusal, Register, as_day, refuse
from comity.service.questions import QUESTIONS
from comity.service.shapes import InstrumentHead
from comity.service.supposing import act_line

if TYPE_CHECKING:
    from comity.analysis.voting.power import Index
    from comity.service.forecasting import Forecast
    from comity.service.powers import PowerAnswer

__all__ = ["RemoteRegister"]

_TIMEOUT = 60  # seconds without a byte
_LARGEST = 256 * 2**20  # bytes of one answer, unpacked
_TRIES = 3
_NEXT = re.compile(r'<([^<>]+)>\s*;\s*rel="next"')


class RemoteRegister(Register):
    """A register as another Comity answers for it, at the moment `known`, or at the moment of each question."""

    def __init__(self, address: str, known: str | int | None = None, timeout: float = _TIMEOUT) -> None:
        self._api = _Api(address, timeout)
        self._moment = {} if known is None else {"known": str(known)}
        self.reading = _RemoteReading(self)
        self.law = Law(self.reading)

    def ask(self, question: str, **values: object) -> Any:  # noqa: ANN401  # each question has a type of its own
        """The typed answer to a question of the table, by its id and the Python names of its parameters.

        Raises `Refusal` for what the other side refuses, and for what the network does.
        """
        asked = QUESTIONS[question]
        given = {
            one.name: text_of(values[one.python], one.kind)
            for one in asked.parameters
            if values.get(one.python) is not None
        }
        inside = {name: quote(text, safe="") for name, text in given.items() if f"{{{name}}}" in asked.path}
        query = {name: text for name, text in given.items() if name not in inside} | self._moment
        query |= {"limit": str(MOST)} if asked.many else {}
        where = f"{asked.path.format_map(inside)}{'?' + urlencode(query) if query else ''}"
        found = self._api.every(where) if asked.many else self._api.get(where)[0]
        try:
            return asked.read_all(found)
        except (msgspec.ValidationError, KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
            raise self._api.strange(f"{type(error).__name__}: {error}") from error

    def instrument(self, name: str) -> Instrument:
        """The instrument of this id."""
        found: Instrument = self.ask("instrument", instrument=name)
        return found

    def instruments(self) -> list[InstrumentHead]:
        """All instruments, by id."""
        return list(self.ask("instruments"))

    def actors(self) -> list[Actor]:
        """All actors, by id."""
        return list(self.ask("actors"))

    def groups(self) -> list[Group]:
        """All groups of actors, by id."""
        return list(self.ask("groups"))

    def rules(self) -> list[DecisionRule]:
        """All named decision rules, by id."""
        return list(self.ask("rules"))

    def status(self, instrument: str, on: date | str, actor: str | None = None) -> Status:
        """Who is bound by an instrument on a day."""
        found: Status = self.ask("status", instrument=instrument, on=as_day(on), actor=actor)
        return found

    def why(self, instrument: str, actor: str, on: date | str) -> Why:
        """The status of an actor under an instrument on a day, with its reasons."""
        found: Why = self.ask("why", instrument=instrument, actor=actor, on=as_day(on))
        return found

    def missing(self, instrument: str, on: date | str) -> Missing:
        """What is missing for entry into force on a day."""
        found: Missing = self.ask("missing", instrument=instrument, on=as_day(on))
        return found

    def relation(self, instrument: str, one: str, other: str, on: date | str) -> Relation:
        """What binds two actors toward each other under an instrument on a day."""
        found: Relation = self.ask("relation", instrument=instrument, one=one, other=other, on=as_day(on))
        return found

    def pairs(self, instrument: str, on: date | str) -> Pairs:
        """Between how many pairs of parties reservations touch which provision."""
        found: Pairs = self.ask("pairs", instrument=instrument, on=as_day(on))
        return found

    def timeline(self, name: str) -> list[Change]:
        """Every change of status in order: of all actors under an instrument, or of one actor under all."""
        return list(self.ask("timeline", name=name, reasons=True))

    def changes(self, start: date | str, end: date | str) -> list[Change]:
        """What became different in the world after `start` and up to `end`."""
        return list(self.ask("changes", start=as_day(start), end=as_day(end), reasons=True))

    def actor(self, code: str, on: date | str) -> list[Status]:
        """All that an actor is concerned in on a day."""
        return list(self.ask("actor", actor=code, on=as_day(on)).statuses)

    def compare(self, actors: Sequence[str], instruments: Sequence[str], on: date | str) -> Comparison:
        """The statuses of several actors (or groups) under several instruments on a day."""
        found: Comparison = self.ask("compare", actors=actors, instruments=instruments, on=as_day(on))
        return found

    def power(
        self,
        rule: str,
        on: date | str,
        indices: tuple["Index", ...] = ("banzhaf", "shapley"),
        **how: Any,  # noqa: ANN401  # mode, members, abstention
    ) -> "PowerAnswer":
        """The power of each member under a decision rule of the other side, on a day."""
        given = {name: how.get(name) or None for name in ("mode", "members", "abstention")}
        found: PowerAnswer = self.ask("power", rule=rule, on=as_day(on), index=indices, **given)
        return found

    def forecast(self, instrument: str, start: date | str, end: date | str, **asked: Any) -> "Forecast":  # noqa: ANN401  # parameters
        """The chance by each date that the conditions of an instrument of the other side are met."""
        if asked.get("covariates"):
            says = "figures of one’s own are learnt from together with the acts themselves"
            raise refuse("remote-only-questions", says, "ask a register that lies here, such as a log")
        given = {name: asked.get(name) or None for name in ("parties", "hurdles", "without")}
        found: Forecast = self.ask("forecast", instrument=instrument, start=as_day(start), end=as_day(end), **given)
        return found

    def statements(self, instrument: str, on: date | str) -> list[Statement]:
        """The reservations and declarations made under an instrument by a day, and what was answered to them."""
        return list(self.ask("statements", instrument=instrument, on=as_day(on)))

    def statements_of(self, actor: str, on: date | str) -> list[Statement]:
        """The reservations and declarations of an actor under every instrument, and others' that it answered."""
        return list(self.ask("actor-statements", actor=actor, on=as_day(on)))

    def what_if(self, acts: Sequence[Act], on: date | str | None = None) -> WhatIf:
        """What acts that have not happened would change, and when; nothing is recorded."""
        if not acts:
            raise refuse("nothing-asked", "there is nothing to suppose: no act is given", "give one act at the least")
        lines = [act_line(act, whole=True) for act in acts]
        day = None if on is None else as_day(on)
        found: WhatIf = self.ask("what-if", instrument=acts[0].instrument, acts=lines, on=day, reasons=True)
        return msgspec.structs.replace(found, acts=tuple(acts))

    def search(self, text: str) -> list[Hit]:
        """Instruments, provisions and actors whose title, heading or name has these words."""
        return list(self.ask("search", text=text))


class _RemoteReading(Reading):
    """What the tables of commands read beside an answer: names and titles. The acts stay where they are."""

    def __init__(self, register: RemoteRegister) -> None:
        super().__init__(())
        self._register = register
        self._seen: dict[str, Instrument] = {}

    @property
    def has_two_clocks(self) -> bool:
        """A portal stands on a log."""
        return True

    def instrument(self, name: str) -> Instrument:
        """The instrument of this id, fetched once."""
        if name not in self._seen:
            self._seen[name] = self._register.instrument(name)
        return self._seen[name]

    @cached_property
    def directory(self) -> Directory:
        """All actors and groups, fetched once."""
        return Directory(self._register.actors(), self._register.groups())

    def ids(self, kind: DefinitionKind = "instrument") -> tuple[str, ...]:
        """The ids of instruments or rules."""
        if kind == "instrument":
            return tuple(one.id for one in self._register.instruments())
        if kind == "rule":
            return tuple(one.id for one in self._register.rules())
        raise _not_here()

    def acts(self, name: str) -> tuple[Act, ...]:
        """Refused: acts are not fetched."""
        del name
        raise _not_here()

    def findings_of(self, name: str) -> tuple[Finding, ...]:
        """Refused, as acts are."""
        del name
        raise _not_here()


def _not_here() -> Refusal:
    says = "this cannot be asked over the network: it needs the acts themselves"
    return refuse("remote-only-questions", says, "ask a register that lies here, such as a log")


def _parts(address: str) -> SplitResult:
    """What an address is made of; raises `Refusal` for one that could not be asked, or that holds a secret."""
    with suppress(ValueError):
        parts = urlsplit(address)
        named = parts.hostname and (parts.port is None or parts.port > 0)
        if named and not (parts.username or parts.password or parts.query or parts.fragment):
            return parts
    do = "give its root, such as https://treaties.example.org, and no password"
    raise refuse("address-wrong", "this is no address of a Comity", do)


class _Api:
    """Fetching JSON from one API, and only from it."""

    def __init__(self, address: str, timeout: float) -> None:
        parts = _parts(address)
        path = parts.path.removesuffix("/")
        path = path if path.endswith("/api/v1") else f"{path}/api/v1"
        self._root, self._timeout = f"{parts.scheme.lower()}://{parts.netloc}{path}/", timeout
        self._name = f"{parts.scheme.lower()}://{parts.netloc}"

    def every(self, where: str) -> list[Any]:
        """All items of a list, page by page; begun again where the register changed on the way."""
        for _ in range(_TRIES - 1):
            try:
                return self._pages(where)
            except Refusal as refusal:
                if all(finding.code != "cursor-stale" for finding in refusal.findings):
                    raise
        return self._pages(where)

    def _pages(self, where: str) -> list[Any]:
        items: list[Any] = []
        following = where
        while following:
            page, headers = self.get(following)
            if not isinstance(page, list):
                raise self.strange("no list")
            items += page
            more = _NEXT.search(headers.get("Link", ""))
            following = urljoin(self._root + following, more[1]) if more else ""
            if following and not following.startswith(self._root):
                raise self.strange("its list goes on elsewhere")
            following = following.removeprefix(self._root)
        return items

    def get(self, where: str) -> tuple[Any, Message]:
        """The JSON at an address below the root, and the headers that came with it."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"comity/{version('comity')}"}
        request = urllib.request.Request(self._root + where, headers=headers)  # noqa: S310  # the scheme is http or https: `open_register` sees to it
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310  # as above
                return self._json(answer.read(_LARGEST + 1), answer.headers), answer.headers
        except HTTPError as error:
            with error:
                raise self._refused(error) from error
        except (URLError, OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _json(self, data: bytes, headers: Message) -> Any:  # noqa: ANN401  # whatever JSON holds
        try:
            if headers.get("Content-Encoding") == "gzip":
                data = zlib.decompressobj(wbits=31).decompress(data, _LARGEST + 1)
            if len(data) > _LARGEST:
                raise self.strange("it is too large")
            return msgspec.json.decode(data)
        except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self.strange("no JSON") from error

    def _refused(self, error: HTTPError) -> Refusal:
        """What the other side found, as it said it."""
        try:
            found = msgspec.convert(self._json(error.read(_LARGEST), error.headers), _Problem)
        except (Refusal, msgspec.ValidationError, OSError, http.client.HTTPException):
            found = _Problem()
        return Refusal(found.findings) if found.findings else self.strange(f"status {error.code}")

    def _unreachable(self, error: Exception) -> Refusal:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, TimeoutError):
            said = f"no answer within {self._timeout:g} seconds"
        elif isinstance(reason, ssl.SSLError):
            said = f"the connection is not safe ({reason.reason or reason})"
        else:
            said = str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
        return refuse("remote-unreachable", f"{self._name}: {said}", "check the address and the network, or try again")

    def strange(self, what: str) -> Refusal:
        """What came is no answer of an API that this version knows."""
        says = f"{self._name} gave no answer of a Comity API, version 1: {what:.200}"
        return refuse("remote-answer-wrong", says, "check the address; the other side may be of another version")


class _Problem(msgspec.Struct, frozen=True):
    findings: tuple[Finding, ...] = ()
