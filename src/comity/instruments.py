"""What an instrument says about itself: identity, provisions, final clauses, and what is known of its acts.

The fields are those of NOTATION, "An instrument"; each clause is a small frozen record, so that the law
reads clauses and never text. Nothing here decides who is bound.
"""

from datetime import date
from typing import Literal

import msgspec

from comity.dates import Delay, Window
from comity.rules.forms import Rule, Selector

__all__ = [
    "AREAS",
    "KINDS",
    "Adoption",
    "AllowedAfter",
    "ConsentClause",
    "DecisionRule",
    "EntryIntoForce",
    "Horizon",
    "Instrument",
    "Others",
    "Parent",
    "Part",
    "Periods",
    "Provision",
    "Provisional",
    "ReservationsClause",
    "RuleVersion",
    "SignaturePeriod",
    "Survival",
    "Tacit",
    "WithdrawalClause",
]

KINDS: tuple[str, ...] = (
    "charter",
    "constitution",
    "convention",
    "covenant",
    "agreement",
    "treaty",
    "protocol",
    "amendment",
    "annex",
    "statute",
    "regulations",
    "resolution",
    "declaration",
    "decision",
    "standard",
    "partnership",
)

AREAS: tuple[str, ...] = (
    "climate",
    "environment",
    "health",
    "trade",
    "economy",
    "development",
    "peace",
    "disarmament",
    "human-rights",
    "law",
    "sea",
    "space",
    "culture",
    "technology",
)

Reio = Literal["not-additional", "counted", "for-members"]
Binds = Literal["acceptors", "all"]
Deposited = Literal["after-threshold", "after-entry-into-force"]
Accessions = Literal["effective", "if-accepted", "unless-objected"]
ProvisionalBy = Literal["signature", "adoption", "declaration"]
CountedFrom = Literal["party", "instrument"]
Later = Literal["membership", "by-act"]
Permission = Literal["none", "listed", "all-but-listed", "silent", "all"]


class Provision(msgspec.Struct, frozen=True, kw_only=True):
    """A provision by its number, with a heading in Comity's own words."""

    id: str
    heading: str = ""
    topics: tuple[str, ...] = ()
    link: str = ""


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """Up to when acts of these classes are complete: none happened by `until` (inclusive) that is not here."""

    acts: tuple[str, ...]
    until: date
    source: str = ""


class SignaturePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """When an instrument is open for signature; `closes` is the last day."""

    opens: date | None = None
    closes: date | None = None


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """How an instrument hangs on the one it belongs to (`of`)."""

    required: bool = False
    cascade: bool = False


class ConsentClause(msgspec.Struct, frozen=True, kw_only=True):
    """Who may consent, and how.

    `later_parties` "as-amended" applies VCLT 40(5): who joins the amended treaty is a party to the amendment.
    """

    acts: tuple[str, ...] = ()
    open_to: Selector | None = None
    parent: Parent | None = None
    accessions: Accessions = "effective"
    later_parties: Literal["separate", "as-amended"] = "separate"


class Others(msgspec.Struct, frozen=True, kw_only=True):
    """Entry into force for whoever consents later. `deposited` None takes the default that NOTATION gives."""

    delay: Delay | None = None
    deposited: Deposited | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Provisions that enter into force by a clause of their own (Kigali Amendment IV(2))."""

    provisions: tuple[str, ...]
    article: str = ""
    when: Rule | None = None
    delay: Delay = Delay()
    on: date | None = None
    not_before: date | str | None = None
    official: date | None = None


class EntryIntoForce(msgspec.Struct, frozen=True, kw_only=True):
    """The entry-into-force clause. `not_before` is a date, or the id of an instrument that must be in force first."""

    article: str = ""
    when: Rule | None = None
    delay: Delay = Delay()
    on: date | None = None
    not_before: date | str | None = None
    counts: tuple[str, ...] = ()
    reio: Reio | None = None
    binds: Binds = "acceptors"
    official: date | None = None
    others: Others = Others()
    parts: tuple[Part, ...] = ()


class Tacit(msgspec.Struct, frozen=True, kw_only=True):
    """Tacit acceptance by the members of an organization or parties to a treaty (IHR 59; IMO conventions).

    `later` says what binds who becomes a member after the notification: membership alone, or, where a period runs
    from a notification of its own (IHR 60), an act that states the day.
    """

    members_of: str
    notified: date
    period: Delay
    effect: Delay
    article: str = ""
    later: Later = "membership"
    defeat_when: Rule | None = None


class Provisional(msgspec.Struct, frozen=True, kw_only=True):
    """Provisional application (VCLT 25) and what starts it."""

    by: ProvisionalBy
    article: str = ""
    opt_out: bool = False


class AllowedAfter(msgspec.Struct, frozen=True, kw_only=True):
    """The earliest day of notice: a delay from when the State became a party, or from entry into force."""

    delay: Delay
    start: CountedFrom = "party"


class Survival(msgspec.Struct, frozen=True, kw_only=True):
    """What goes on binding a former party, and how long: no provisions named means all, no delay without end."""

    provisions: tuple[str, ...] = ()
    delay: Delay | None = None


class Periods(msgspec.Struct, frozen=True, kw_only=True):
    """Stretches for which an instrument stays in force, counted from its entry into force (Genocide Convention XIV).

    Whoever gives notice at least `notice` before the end of the current one leaves at that end.
    """

    first: Delay
    then: Delay
    notice: Delay = Delay()


class WithdrawalClause(msgspec.Struct, frozen=True, kw_only=True):
    """The withdrawal clause; `clause` "none" is a silent treaty (VCLT 56)."""

    article: str = ""
    clause: Literal["yes", "none"] = "yes"
    later: Literal["allowed"] | None = None
    allowed_after: AllowedAfter | None = None
    delay: Delay | None = None
    window: Window | None = None
    periods: Periods | None = None
    survives: Survival | None = None


class ReservationsClause(msgspec.Struct, frozen=True, kw_only=True):
    """What reservations the instrument permits (VCLT 19).

    `acceptance` says whose acceptance a reservation needs: each other party's (VCLT 20(4)), all parties'
    (20(2)), or the competent organ's (20(3)); None takes the rule of the Convention for the kind of instrument.
    """

    allowed: Permission | None = None
    provisions: tuple[str, ...] = ()
    article: str = ""
    acceptance: Literal["each", "all", "organ"] | None = None


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """How a declaration or resolution was adopted: by which body, under which decision rule, with or without a vote."""

    body: str = ""
    rule: str = ""
    symbol: str = ""
    without_vote: bool = False


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument. `of` is what it belongs to; `replaces` what it replaces between those bound by both."""

    id: str
    title: str
    short: str = ""
    kind: str
    of: str = ""
    replaces: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    adopted: date | None = None
    place: str = ""
    depositary: tuple[str, ...] = ()
    link: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    complete: tuple[Horizon, ...] = ()
    provisions: tuple[Provision, ...] = ()
    adoption: Adoption | None = None
    signature: SignaturePeriod | None = None
    consent: ConsentClause = ConsentClause()
    entry_into_force: EntryIntoForce | None = None
    tacit: Tacit | None = None
    provisional: Provisional | None = None
    withdrawal: WithdrawalClause | None = None
    reservations: ReservationsClause | None = None

    def provision(self, number: str) -> Provision | None:
        """The provision of this number, or None."""
        return next((p for p in self.provisions if p.id == number), None)


class RuleVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A decision rule in one period, up to the day before the next version begins."""

    when: Rule
    since: date | None = None
    article: str = ""
    members: Selector | None = None


class DecisionRule(msgspec.Struct, frozen=True, kw_only=True):
    """A named decision rule of an institution, shared by votes, analyses and instruments; versions oldest first."""

    id: str
    title: str
    institution: str = ""
    article: str = ""
    members: Selector | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    versions: tuple[RuleVersion, ...]

    def at(self, day: date) -> RuleVersion | None:
        """The version in force on `day`, or None before the first."""
        found = None
        for version in self.versions:
            if version.since is None or version.since <= day:
                found = version
        return found
