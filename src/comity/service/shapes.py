"""The JSON of each answer as records: what programs are promised, what OpenAPI is made from, and what a client reads.

Where an answer of the law is written as it stands (`Comparison`, `Pairs`, `Hit`), its own record is its shape. A
partial date stays text. Tests hold every answer to its shape, with no key beside it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from comity import instruments
from comity.findings import Finding
from comity.instruments import Horizon, Provision
from comity.law.results import Consent, Contested, PartStatus, StatusWord, TerritoryStatus, VotingRecord

__all__ = [
    "Act",
    "ActorAnswer",
    "ActorRow",
    "ActorStatus",
    "Because",
    "Change",
    "Checkpoint",
    "Consistency",
    "Dates",
    "Deadline",
    "Entry",
    "Flags",
    "ForceShift",
    "Head",
    "Inclusion",
    "Instrument",
    "InstrumentHead",
    "Missing",
    "Numbers",
    "Power",
    "PowerOf",
    "Reason",
    "Relation",
    "RelationShift",
    "Reply",
    "Rule",
    "Shift",
    "Side",
    "Statement",
    "Status",
    "StatusShift",
    "WhatIf",
    "Why",
    "Withdrawn",
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


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act, by its columns (spec/notation.md); those that are empty are left out. A partial date stays text."""

    date: str
    actor: str
    act: str
    instrument: str | _Optional = _UNSET
    effective: str | _Optional = _UNSET
    ref: str | _Optional = _UNSET
    at: str | _Optional = _UNSET
    notified: str | _Optional = _UNSET
    set: str | _Optional = _UNSET
    note: str | _Optional = _UNSET
    source: str | _Optional = _UNSET
    document: str | _Optional = _UNSET


class Reply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An objection to a reservation, or an acceptance of it; `effect` is the id of the reason for what it does."""

    act: Act
    accepts: bool
    opposed: bool
    provisions: tuple[str, ...]
    withdrawn: dt.date | None
    effect: str


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provision that a reservation touches no more, and since when."""

    provision: str
    date: dt.date


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reservation or declaration as its holder has it on a day, with what was answered to it.

    `standing` are the provisions a reservation still touches; `unconfirmed`: made on signature and not repeated with
    consent (VCLT 23(2)); `open_until` the day on which the time to object runs out, where it still runs (VCLT 20(5)).
    """

    instrument: str
    holder: str
    act: Act
    standing: tuple[str, ...]
    withdrawn: tuple[Withdrawn, ...]
    unconfirmed: bool
    open_until: dt.date | None
    replies: tuple[Reply, ...]


class Deadline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last day to object to a reservation of `actor`, or (`actor` empty) to reject what else binds by silence.

    `notified` is the day from which the period runs; null where it is counted from the reservation itself.
    """

    date: dt.date
    kind: Literal["objection", "rejection"]
    instrument: str
    actor: str
    provisions: tuple[str, ...]
    notified: dt.date | None
    cites: tuple[str, ...]


class Dates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day without the acts supposed, and with them; null where there is none."""

    before: dt.date | None
    after: dt.date | None


class Numbers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number without the acts supposed, and with them; null where there is none."""

    before: int | None
    after: int | None


class ForceShift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an entry into force, or an end, would move; `lacking` is how many consents it still needs at the least.

    `provisions` is empty for the instrument itself, else those with a clause of their own.
    """

    instrument: str
    provisions: tuple[str, ...]
    threshold_met: Dates
    entry_into_force: Dates
    ended: Dates
    lacking: Numbers


class Shift(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """A change that the acts would bring (`instead_of` is null), move, or prevent (`date` is null).

    `because` is its reason in English; `reason`, where it was asked for, the same for programs.
    """

    date: dt.date | None
    instead_of: dt.date | None
    instrument: str
    actor: str
    before: str
    after: str
    because: str
    reason: Because | _Optional = _UNSET


class StatusShift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The status of an actor on the day compared, without the acts and with them; null where it is none."""

    instrument: str
    actor: str
    before: ActorStatus | None
    after: ActorStatus | None


class Side(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What binds two actors on the day compared; `reasons` where they were asked for."""

    bound: bool
    excluded: tuple[str, ...]
    modified: tuple[str, ...]
    not_settled: tuple[str, ...]
    as_amended_by: tuple[str, ...]
    reasons: tuple[Because, ...] | _Optional = _UNSET


class RelationShift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What binds two actors toward each other, without the acts supposed and with them."""

    instrument: str
    actors: tuple[str, str]
    before: Side
    after: Side


class WhatIf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What acts that have not happened would change; where an error among the findings forbids them, nothing else."""

    on: dt.date
    acts: tuple[Act, ...]
    refused: bool
    forces: tuple[ForceShift, ...]
    changes: tuple[Shift, ...]
    statuses: tuple[StatusShift, ...]
    relations: tuple[RelationShift, ...]
    findings: tuple[Finding, ...]


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


class PowerOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one member can do under a rule; `swings` is a whole number as text, and null is what was not asked."""

    actor: str
    weight: int | float | None
    swings: str | None
    banzhaf_absolute: float | None
    banzhaf_normalised: float | None
    shapley: float | None
    prevent: float | None
    initiate: float | None
    by_abstaining: float | None


class Within(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far, at most, what is told lies from the exact value, for any member; proved."""

    banzhaf_absolute: float
    banzhaf_normalised: float
    collectivity: float


class Power(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Voting power under a rule on a day; `winning` is how many coalitions win, as text."""

    rule: str
    title: str
    article: str
    on: dt.date
    members: tuple[PowerOf, ...]
    winning: str | None
    collectivity: float | None
    method: Literal[
        "states",
        "halves",
        "all coalitions",
        "generating function",
        "generating function in several variables",
        "characteristic function",
        "ballots with abstentions",
    ]
    within: Within | None
    weights: str
    notes: tuple[str, ...]
    sources: tuple[str, ...]


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
