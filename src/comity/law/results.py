"""The answers: typed, frozen, and the plain form of each, which is what the commands print (NOTATION, "Commands")."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from comity.dates import LegalDate
from comity.findings import Finding

__all__ = [
    "DECLARED",
    "ActorStatus",
    "Change",
    "Consent",
    "Contested",
    "Flags",
    "Hit",
    "PartStatus",
    "Reason",
    "Relation",
    "Status",
    "StatusWord",
    "TerritoryStatus",
    "VotingRecord",
    "Why",
    "plain",
]

StatusWord = Literal["none", "signatory", "contracting", "party", "former"]

# Kinds of instrument that States vote for and support, and that nobody is party to.
DECLARED: frozenset[str] = frozenset({"declaration", "resolution", "decision"})


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """The act by which an actor consented, and its date as far as it is known."""

    act: str
    date: str


class Contested(msgspec.Struct, frozen=True, kw_only=True):
    """Who disputes an act behind a status, what is claimed, and the rival date (None: the act had no effect at all)."""

    by: str
    claim: str
    date: str | None


class Flags(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands beside a status; only what is set appears in its plain form."""

    provisional: bool = False
    suspended: bool = False
    rights_suspended: bool = False
    contested: tuple[Contested, ...] = ()
    via: str | None = None
    not_toward: tuple[str, ...] = ()


class ActorStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The status of one actor: it holds from `since` up to, not including, `until`, as far as the acts fix them."""

    actor: str
    status: StatusWord
    since: date | LegalDate | None = None
    until: date | None = None
    ended_by: str | None = None
    flags: Flags = Flags()
    consent: Consent | None = None


class VotingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a declaration or resolution was adopted, and who has taken it up since."""

    body: str
    rule: str
    symbol: str
    without_vote: bool
    date: date | None
    votes_for: tuple[str, ...]
    against: tuple[str, ...]
    abstaining: tuple[str, ...]
    absent: tuple[str, ...]
    supporters: tuple[str, ...]
    carried: bool | None


class PartStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Provisions with an entry into force of their own."""

    provisions: tuple[str, ...]
    in_force: bool
    threshold_met: date | None
    entry_into_force: date | None


class TerritoryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A territory to which an actor applies the instrument, or which it excludes."""

    territory: str
    by: str
    applies: bool
    since: date
    until: date | None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Who is bound by an instrument on a day; `actors` by code, without those of status none."""

    instrument: str
    on: date
    in_force: bool
    threshold_met: date | None
    entry_into_force: date | None
    known_until: Mapping[str, date]
    counts: Mapping[str, int]
    actors: tuple[ActorStatus, ...]
    findings: tuple[Finding, ...]
    parts: tuple[PartStatus, ...] = ()
    territories: tuple[TerritoryStatus, ...] = ()
    voting: VotingRecord | None = None

    def rows(self) -> list[dict[str, object]]:
        """One flat row an actor, for frames and CSV: the same columns and types whatever is set, "" where missing."""
        return [_actor_row(self, actor) for actor in self.actors]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an answer: a message id with parameters, put into words only at the faces, and what it rests on."""

    id: str
    params: Mapping[str, object]
    cites: tuple[str, ...] = ()


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A status and the chain of reasons behind it."""

    instrument: str
    actor: str
    on: date
    status: StatusWord
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...] = ()


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """What binds two actors toward each other, provision by provision.

    `excluded`, `modified` and `not_settled` are provisions touched by reservations (VCLT 20 to 23); "*" stands for a
    reservation that names none. `as_amended_by` are the amendments that govern between the two (VCLT 30(4), 40(4)).
    """

    instrument: str
    parties: tuple[str, str]
    on: date
    bound: bool
    excluded: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    not_settled: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    as_amended_by: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of status. `actor` is empty where the instrument itself changes (`in-force`, `not-in-force`)."""

    date: date
    instrument: str
    actor: str
    before: str
    after: str
    because: Reason


def _actor_row(status: Status, actor: ActorStatus) -> dict[str, object]:
    return {
        "instrument": status.instrument,
        "on": status.on.isoformat(),
        "actor": actor.actor,
        "status": actor.status,
        "since": "" if actor.since is None else str(actor.since),
        "until": "" if actor.until is None else actor.until.isoformat(),
        "ended_by": actor.ended_by or "",
        "consent_act": "" if actor.consent is None else actor.consent.act,
        "consent_date": "" if actor.consent is None else actor.consent.date,
        "provisional": actor.flags.provisional,
        "suspended": actor.flags.suspended,
        "rights_suspended": actor.flags.rights_suspended,
        "contested": "; ".join(f"{c.by}: {c.claim}" for c in actor.flags.contested),
        "via": actor.flags.via or "",
        "not_toward": " ".join(actor.flags.not_toward),
    }


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One find of a search; `where` is the id of what was found, `number` the provision where it is one."""

    kind: Literal["instrument", "provision", "actor", "group", "rule"]
    where: str
    number: str
    text: str


def plain(value: object) -> object:
    """Dates to ISO text, tuples to lists, records to dictionaries: what JSON can hold, and nothing rounded."""
    if isinstance(value, date | LegalDate):
        return str(value)
    if isinstance(value, ActorStatus):
        return _plain_actor(value)
    if isinstance(value, Status):
        return _plain_status(value)
    if isinstance(value, Flags):
        set_ = {name: getattr(value, name) for name in value.__struct_fields__}
        return {name: plain(item) for name, item in set_.items() if item}
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [plain(item) for item in items]
    return value


def _plain_actor(value: ActorStatus) -> dict[str, object]:
    found: dict[str, object] = {
        "actor": value.actor,
        "status": value.status,
        "since": plain(value.since),
        "until": plain(value.until),
        "flags": plain(value.flags),
        "consent": plain(value.consent),
    }
    if value.ended_by is not None:
        found["ended_by"] = value.ended_by
    return found


def _plain_status(value: Status) -> dict[str, object]:
    """The keys of the contract, and `parts`, `territories` and `voting` where there are any."""
    always = (
        "instrument",
        "on",
        "in_force",
        "threshold_met",
        "entry_into_force",
        "known_until",
        "counts",
        "actors",
        "findings",
    )
    found = {name: plain(getattr(value, name)) for name in always}
    for name in ("parts", "territories", "voting"):
        if getattr(value, name):
            found[name] = plain(getattr(value, name))
    return found
