"""The JSON of each answer as records: what programs are promised, what OpenAPI is made from, and what a client reads.

Where an answer of the law is written as it stands (`Comparison`, `Pairs`, `Hit`), its own record is its shape. A
partial date stays text. Tests hold every answer to its shape, with no key beside it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from comity import instruments
from comity.findings import Finding
from comity.instruments import Horizon, Provision
from comity.law.results import Consent, Contested, PartStatus, StatusWord, TerritoryStatus, VotingRecord

__all__ = [
    "ActorAnswer",
    "ActorRow",
    "ActorStatus",
    "Because",
    "Change",
    "Checkpoint",
    "Consistency",
    "Entry",
    "Flags",
    "Head",
    "Inclusion",
    "Instrument",
    "InstrumentHead",
    "Missing",
    "Reason",
    "Relation",
    "Rule",
    "Status",
    "Why",
    "head_of",
]

_Optional = msgspec.UnsetType
_UNSET = msgspec.UNSET


class Flags(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands beside a status; only what is set is there."""

    provisional: bool | _Optional = _UNSET
    suspended: bool | _Optional = _UNSET
    rights_suspended: bool | _Optional = _UNSET
    contested: tuple[Contested, ...] | _Optional = _UNSET
    via: str | _Optional = _UNSET
    not_toward: tuple[str, ...] | _Optional = _UNSET


class ActorStatus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The status of one actor, from `since` (a partial date where no more is known) up to, not including, `until`."""

    actor: str
    status: StatusWord
    since: str | None
    until: dt.date | None
    flags: Flags
    consent: Consent | None
    ended_by: str | _Optional = _UNSET


class Status(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is bound by an instrument on a day: `actors` by code, without those of status `none`."""

    instrument: str
    on: dt.date
    in_force: bool
    threshold_met: dt.date | None
    entry_into_force: dt.date | None
    known_until: Mapping[str, dt.date]
    counts: Mapping[str, int]
    actors: tuple[ActorStatus, ...]
    findings: tuple[Finding, ...]
    parts: tuple[PartStatus, ...] | _Optional = _UNSET
    territories: tuple[TerritoryStatus, ...] | _Optional = _UNSET
    voting: VotingRecord | _Optional = _UNSET


class ActorRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument that concerns an actor, and the status of the actor under it (`none`: it has voted, no more)."""

    instrument: str
    actor: str
    status: StatusWord
    since: str | None
    until: dt.date | None
    flags: Flags
    consent: Consent | None
    in_force: bool
    threshold_met: dt.date | None
    entry_into_force: dt.date | None
    known_until: Mapping[str, dt.date]
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    ended_by: str | _Optional = _UNSET
    parts: tuple[PartStatus, ...] | _Optional = _UNSET
    territories: tuple[TerritoryStatus, ...] | _Optional = _UNSET
    voting: VotingRecord | _Optional = _UNSET


class ActorAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that concerns an actor on a day."""

    actor: str
    on: dt.date
    instruments: tuple[ActorRow, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of an answer: a message id, its words in English, what it rests on, the parameters of the message."""

    id: str
    says: str
    cites: tuple[str, ...]
    params: Mapping[str, Any]


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A status and the chain of reasons behind it."""

    instrument: str
    actor: str
    on: dt.date
    status: StatusWord
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]


class Missing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the entry-into-force rule is met; if not, the smallest sets of actors whose consent would meet it.

    `progress` is the tree of what the rule has and needs (spec/rules.md, "Progress"), empty where there is no rule.
    `size` is null where nobody's consent could meet it.
    """

    instrument: str
    on: dt.date
    met: bool
    progress: Mapping[str, Any]
    size: int | None
    smallest: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]


class Relation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What binds two actors toward each other; a provision `*` stands for a reservation that names none."""

    instrument: str
    actors: tuple[str, str]
    on: dt.date
    bound: bool
    excluded: tuple[str, ...]
    modified: tuple[str, ...]
    not_settled: tuple[str, ...]
    reasons: tuple[Reason, ...]
    as_amended_by: tuple[str, ...] | _Optional = _UNSET


class Because(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason without its words, which stand beside it."""

    id: str
    cites: tuple[str, ...]
    params: Mapping[str, Any]


class Change(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """One change of status; `actor` is empty where the instrument itself changes (`in-force`, `not-in-force`).

    `because` is its reason in English; `reason`, where it was asked for, the same for programs.
    """

    date: dt.date
    instrument: str
    actor: str
    before: str
    after: str
    because: str
    reason: Because | _Optional = _UNSET


class InstrumentHead(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument in a list of them."""

    id: str
    title: str
    short: str
    kind: str
    of: str
    areas: tuple[str, ...]
    adopted: dt.date | None
    place: str
    depositary: tuple[str, ...]
    link: str


def head_of(it: instruments.Instrument) -> InstrumentHead:
    """An instrument as lists have it."""
    return InstrumentHead(**{name: getattr(it, name) for name in InstrumentHead.__struct_fields__})


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument; `text` is its definition in the notation, with all its clauses (spec/notation.md)."""

    id: str
    title: str
    short: str
    kind: str
    of: str
    areas: tuple[str, ...]
    adopted: dt.date | None
    place: str
    depositary: tuple[str, ...]
    link: str
    source: str
    replaces: tuple[str, ...]
    notes: tuple[str, ...]
    complete: tuple[Horizon, ...]
    provisions: tuple[Provision, ...]
    text: str


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named decision rule of an institution; `text` is its definition in the notation (spec/rules.md)."""

    id: str
    title: str
    institution: str
    article: str
    source: str
    notes: tuple[str, ...]
    text: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The tree of a log as known: its name, its size, its root (hex), and when its last entry was recorded."""

    origin: str
    size: int
    root: str
    recorded: str | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a log; `hash` (hex) is that of the canonical JSON of `leaf`, which is null for what is no leaf."""

    index: int
    hash: str
    leaf: Mapping[str, Any] | None


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A signed note that the log keeps (c2sp.org/tlog-checkpoint), and the size and root (hex) that it signs."""

    size: int
    root: str
    note: str


class Inclusion(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that an entry is among the first `size` (RFC 6962, 2.1.1); hashes in hex."""

    index: int
    size: int
    hash: str
    root: str
    proof: tuple[str, ...]


class Consistency(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that the first `old` entries are a prefix of the first `size` (RFC 6962, 2.1.2); hashes in hex."""

    old: int
    size: int
    old_root: str
    root: str
    proof: tuple[str, ...]
