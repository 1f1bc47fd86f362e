"""The words: one frozen record an act, and what kinds of act there are.

An act is what an actor did on a date. Acts are never edited: a `correction` is a new act that points at
the old one. Kinds belong to a family and a version from the first day, so that meetings, votes,
commitments and reports can join later and an old reader still keeps, hashes and verifies what it does
not know.
"""

import datetime as dt

import msgspec

from comity.dates import LegalDate

__all__ = ["CONSENT", "KINDS", "RANK", "REF_KINDS", "VOTES", "Act", "ActRef", "family", "legal_order", "parse_act_ref"]

# Acts by which a State expresses its consent to be bound (VCLT 11 to 17; NOTATION, "An instrument").
CONSENT: frozenset[str] = frozenset(
    {
        "definitive-signature",
        "ratification",
        "acceptance",
        "approval",
        "accession",
        "formal-confirmation",
        "admission",
        "consent",
        "notification-of-completion",
        "succession",
        "continuation",
    }
)

# The order of acts dated one day, by law and not by the order of arrival (NOTATION, "An instrument"): what one
# signs one may revoke, what one consents to one may apply provisionally, reservations come with consent and
# before what answers them, and endings come last. A lower rank comes first.
_ORDER: tuple[tuple[str, ...], ...] = (
    # What was done before consent.
    ("signature", "domestic-step", "intention-not-to-ratify"),
    # A revocation undoes what stands, so it precedes a new consent of the day.
    ("signature-withdrawal", "consent-withdrawal", "withdrawal-revocation"),
    (
        "definitive-signature",
        "ratification",
        "acceptance",
        "approval",
        "accession",
        "formal-confirmation",
        "admission",
        "consent",
        "notification-of-completion",
        "rejection",
    ),
    # Succession after the predecessor's own acts of the day, which it takes over.
    ("succession", "continuation"),
    ("provisional-application", "provisional-application-end"),
    ("reservation", "declaration", "reservation-withdrawal"),
    # What answers reservations and accessions of the day.
    ("acceptance-of-reservation", "objection", "objection-withdrawal"),
    ("acceptance-of-accession", "objection-to-accession", "non-application"),
    (
        "territorial-application",
        "territorial-exclusion",
        "territorial-application-end",
        "territorial-exclusion-withdrawal",
    ),
    ("rights-suspension", "rights-restoration", "suspension", "resumption"),
    ("withdrawal", "expulsion", "cessation", "termination"),
    # About other acts: they change no status by themselves.
    ("contest", "correction"),
)

# How a body decided, and who took a declaration up later: the beginnings of the family `vote`, here because
# declarations and resolutions have a voting record and supporters where treaties have parties.
VOTES: tuple[str, ...] = ("vote-for", "vote-against", "vote-abstaining", "vote-absent")
_VOTE_FAMILY: frozenset[str] = frozenset({*VOTES, "endorsement", "endorsement-withdrawal"})

RANK: dict[str, int] = {kind: rank for rank, kinds in enumerate(_ORDER) for kind in kinds}

KINDS: frozenset[str] = frozenset(RANK) | _VOTE_FAMILY

# Kinds whose `ref` must say what or whom they concern.
REF_KINDS: frozenset[str] = frozenset(
    {
        "objection",
        "objection-withdrawal",
        "acceptance-of-reservation",
        "acceptance-of-accession",
        "objection-to-accession",
        "non-application",
        "territorial-application",
        "territorial-application-end",
        "territorial-exclusion",
        "territorial-exclusion-withdrawal",
        "correction",
        "contest",
    }
)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One act of the family `treaty`, version 1: the columns of NOTATION, "Its acts".

    `kind` is the column `act`. `document` is the hash of what was deposited. `line` says where it stood in the user's
    file (0: nowhere); it is no part of the act and never enters a log.
    """

    instrument: str
    date: LegalDate
    actor: str
    kind: str
    effective: LegalDate | None = None
    ref: str = ""
    at: str = ""
    notified: LegalDate | None = None
    set: str = ""
    note: str = ""
    source: str = ""
    document: str = ""
    line: int = 0

    @property
    def day(self) -> dt.date:
        """The day from which the act counts: the last of a partial date."""
        return self.date.last


class ActRef(msgspec.Struct, frozen=True, kw_only=True):
    """How a correction or a contest names an act: `2016-10-05 FRA approval`."""

    date: str
    actor: str
    kind: str

    def names(self, act: Act) -> bool:
        """Whether this is the act meant."""
        return self.actor == act.actor and self.kind == act.kind and self.date == str(act.date)


_REF_WORDS = 3


def parse_act_ref(text: str) -> ActRef:
    """Read `DATE ACTOR ACT`; raises ValueError where it is anything else."""
    words = text.split()
    if len(words) != _REF_WORDS:
        raise ValueError(
            f"“{text}” does not name an act: write its date, actor and act, as in “2016-10-05 FRA approval”"
        )
    return ActRef(date=words[0], actor=words[1], kind=words[2])


def family(kind: str) -> str:
    """The family that a kind of act belongs to, `treaty` or `vote`; raises KeyError for a kind it does not know."""
    if kind in _VOTE_FAMILY:
        return "vote"
    if kind in RANK:
        return "treaty"
    raise KeyError(kind)


def legal_order(act: Act) -> tuple[dt.date, int]:
    """The sort key of the legal order: the day, then the order that acts have by law on one day.

    A stable sort keeps log order among acts of one day and one rank.
    """
    return act.date.last, RANK.get(act.kind, len(_ORDER))
