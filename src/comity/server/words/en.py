"""The portal's English words. Reasons and rules have theirs where the law is; see `comity.law.messages`."""

from collections.abc import Mapping

from comity.law.messages import MESSAGES
from comity.rules.explain import ENGLISH

__all__ = [
    "ACTS",
    "AREAS",
    "CLASSES",
    "DELAY",
    "DEPOSITARIES",
    "ENDS",
    "KINDS",
    "MARKS",
    "PLACES",
    "PLURALS",
    "REASONS",
    "RULES",
    "SIDES",
    "STATUSES",
    "TEXTS",
    "TITLES",
    "WEIGHTS",
]

# The strings of the pages, by id. Parameters are isolated from the direction of the text around them.
TEXTS: Mapping[str, str] = {
    # On every page.
    "site": "Comity",
    "site.line": "Who is bound by what, on any date, and why",
    "skip": "Skip to the content",
    "nav": "Main",
    "nav.home": "Instruments",
    "nav.about": "About",
    "languages": "Language",
    "search": "Search",
    "search.label": "Find an instrument, a State or an organization",
    "permalink": "Permanent link to this page as asked",
    "english-only": "in English",
    "designations": "The designations employed do not imply any opinion on the legal status of any country, territory, "
    "city or area, of its authorities, or of its frontiers.",
    "official": "The official record of a treaty is its depositary's. Comity computes from a compilation of that "
    "record and names its sources.",
    # Home.
    "home.title": "Who is bound by what, on any date, and why",
    "home.lead": "Comity keeps a register of dated diplomatic acts (signatures, ratifications, reservations, "
    "withdrawals) and computes everything else from them: who is bound by which treaty, toward whom, on any day.",
    "home.how": "How to read it",
    "home.how.on": "Ask on any day: every page has a date, and answers as of it.",
    "home.how.why": "Every answer has its reasons: follow any date or status to the acts and clauses behind it.",
    "home.how.known": "No answer goes beyond what is known: each instrument says up to when its acts are complete.",
    "home.example": "An example:",
    "home.example.link": "Was the United States of America bound by the Paris Agreement on {on}?",
    "home.changes": "What changed lately",
    "home.coming": "About to take effect",
    "home.changes.none": "Nothing that the register knows of changed in the last twelve months.",
    "home.instruments": "Instruments by area",
    "home.other": "Other areas",
    "search.title": "Search: {text}",
    "search.none": "Nothing in the register has these words. Try fewer or shorter ones, or a code such as FRA.",
    "search.instruments": "Instruments",
    "search.actors": "States, organizations and territories",
    "search.provisions": "Provisions",
    # The day asked.
    "ask": "Date",
    "ask.on": "Status as at",
    "ask.known": "As known at",
    "ask.known.help": "A day, meaning its end in UTC, or a moment. Empty: all that is recorded now.",
    "ask.more": "Ask what the register knew at an earlier moment",
    "ask.button": "Show",
    "ask.today": "Today",
    "known.line": "As known at {moment}: the first {size} entries of the log.",
    # An instrument.
    "instrument.place-date": "{place}, {date}",
    "instrument.place": "Place",
    "instrument.adopted": "Adopted",
    "instrument.depositary": "Depositary",
    "instrument.of": "Belongs to",
    "instrument.areas": "Area",
    "instrument.kind": "Kind",
    "instrument.link": "Official page",
    "instrument.status": "Status as at {on}",
    "instrument.in-force": "In force since {date}",
    "instrument.not-in-force": "Not in force on {on}",
    "instrument.ended": "No longer in force on {on}",
    "instrument.entry": "Entry into force",
    "instrument.progress": "The conditions, as they stood on {on}",
    "instrument.met": "met",
    "instrument.unmet": "not met",
    "instrument.missing.one": "With the consent of any one of these, the conditions would be met:",
    "instrument.missing.many": "The smallest groups whose consent would meet the conditions have {size} members, "
    "for example:",
    "instrument.participants": "Participants",
    "instrument.participants.caption": "Participants on {on}, and links to the reasons",
    "instrument.nobody": "Nobody had signed or consented by that day.",
    "instrument.notes": "Notes and sources",
    "instrument.source": "Source",
    "instrument.horizon-source": "Completeness",
    "instrument.marks": "Marks",
    "instrument.vote": "How it was adopted",
    "vote.without": "Adopted without a vote on {date}.",
    "vote.on": "Put to a vote on {date}.",
    "vote.symbol": "Symbol",
    "vote.for": "For",
    "vote.against": "Against",
    "vote.abstaining": "Abstaining",
    "vote.absent": "Absent",
    "vote.supporters": "Supporters",
    "part.in-force": "{provisions}: in force since {date}",
    "part.not-in-force": "{provisions}: not in force on {on}",
    "instrument.parts": "Provisions with an entry into force of their own",
    # What is known.
    "horizon.title": "What is known",
    "horizon.none": "Nothing states up to when these acts are complete: acts may be missing on any day.",
    "horizon.until": "Complete up to {date}: {classes}.",
    "horizon.past": "{on} lies past what is known to be complete. Read the answer as of {date}: "
    "what happened since may be missing.",
    "horizon.past.open": "{on} lies past what is known to be complete: what happened may be missing.",
    # The table.
    "col.participant": "Participant",
    "col.signature": "Signature",
    "col.consent": "Ratification, Acceptance (A), Approval (AA), Accession (a), Succession (d), "
    "Formal confirmation (c)",
    "col.since": "In force since",
    "col.status": "Status",
    "col.instrument": "Instrument",
    "col.consent-short": "Consent to be bound",
    "cell.consent": "Consent",
    "cell.none": "none",
    "cell.signature-withdrawn": "withdrawn {date}",
    "cell.from": "from {date}",
    "cell.until": "until {date}",
    "cell.ended": "{end}, {date}",
    "flag.provisional": "applies it provisionally",
    "flag.suspended": "operation suspended",
    "flag.rights-suspended": "rights suspended",
    "flag.contested": "contested by {by}",
    "flag.via": "through {organization}",
    "flag.not-toward": "not bound toward {actors}",
    # Reasons.
    "why.title": "{actor}: {instrument}",
    "why.on": "On {on}: {status}",
    "why.reasons": "Reasons",
    "why.rests-on": "Rests on:",
    "why.history": "Every change of status",
    "why.history.none": "No change of status is known.",
    "why.change": "{before} → {after}",
    "why.back": "All participants",
    "relation.title": "Toward another participant",
    "relation.label": "Toward",
    "relation.choose": "Choose …",
    "relation.bound": "{one} and {other} are bound toward each other on {on}.",
    "relation.unbound": "{one} and {other} are not bound toward each other on {on}.",
    "relation.excluded": "Not applied between the two, to the extent of a reservation: {provisions}.",
    "relation.modified": "Modified between the two by a reservation: {provisions}.",
    "relation.not-settled": "Not settled between the two: {provisions}.",
    "relation.untouched": "No reservation touches what binds the two, as far as is known.",
    "provisions.all": "the whole instrument",
    # Citations.
    "cite.act": "{instrument}: {actor}, {act}, {date}",
    "cite.own-act": "{actor}, {act}, {date}",
    "cite.clause": "{instrument}, {clause}",
    "cite.article": "Article {number}",
    "cite.source": "{cite} ({source})",
    # An actor.
    "actor.code": "Code",
    "actor.exists": "Exists",
    "actor.from": "from {date}",
    "actor.until": "until {date}",
    "actor.bound": "All that concerns it on {on}",
    "actor.caption": "Instruments and status on {on}, and links to the reasons",
    "actor.nothing": "The register holds no act of it that counts on {on}.",
    # About.
    "about.title": "About Comity",
    "about.register": "What is in the register",
    "about.register.text": "Dated acts of States and organizations, each with its source, and the final clauses of "
    "each instrument in a form that can be computed. What cannot be established is left out, and the page says so.",
    "about.computed": "What is computed",
    "about.computed.text": "Status, entry into force, and what binds two parties toward each other follow from the "
    "acts and clauses by the law of treaties (Vienna Convention of 1969). Nothing of it is typed in by hand. Where the "
    "depositary states a date, that date is used, and a computed one that differs is reported.",
    "about.clocks": "Two clocks",
    "about.clocks.text": "Every question can be asked on a legal day, and as known at a moment of recording. A "
    "correction made today does not change what the register said before.",
    "about.log": "The log",
    "about.log.text": "The acts stand in an append-only log, {origin}, of {size} entries, the last of them recorded "
    "{recorded}. Whoever has a copy of the log can check it with the command:",
    "about.names": "Names",
    "about.names.text": "Names of States are the short names of the United Nations terminology database (UNTERM).",
    # What went wrong.
    "fault.404": "This page does not exist",
    "fault.400": "This cannot be answered as it was asked",
    "fault.500": "Something went wrong in Comity itself",
    "fault.500.text": "The question was not answered. It is a fault of the program, and its log has the details.",
    "fault.page": "There is nothing at this address.",
    "fault.instrument": "No instrument is called “{name}”.",
    "fault.actor": "No State or organization is called “{name}”.",
    "fault.on": "“{text}” is not a day of the calendar between 1600 and 2499: write it as {example}.",
    "fault.known": "“{text}” is not a moment of this log: give a day such as {day}, or a moment such as {moment}.",
    "fault.known.empty": "At {text} the log had recorded nothing yet; its first entry is of {first}.",
    "fault.unjudged": "What is recorded of this instrument contains errors, so no status can be computed:",
    "fault.nearest": "Did you mean:",
    "fault.home": "All instruments",
}

PLURALS: Mapping[str, Mapping[str, str]] = {
    "count.party": {"one": "{n} party", "other": "{n} parties"},
    "count.signatory": {"one": "{n} signatory only", "other": "{n} signatories only"},
    "count.contracting": {"one": "{n} contracting, not yet bound", "other": "{n} contracting, not yet bound"},
    "count.former": {"one": "{n} former", "other": "{n} former"},
    "count.more": {"one": "and {n} more", "other": "and {n} more"},
    "count.vote": {"one": "{n} vote", "other": "{n} votes"},
    "count.entries": {"one": "{n} entry", "other": "{n} entries"},
    "count.found": {"one": "{n} result", "other": "{n} results"},
    "delay.years": {"one": "{n} year", "other": "{n} years"},
    "delay.months": {"one": "{n} month", "other": "{n} months"},
    "delay.days": {"one": "{n} day", "other": "{n} days"},
}

# How the parts of a delay are put together.
DELAY: Mapping[str, str] = {
    "none": "no delay",
    "and": " and ",
    "list": ", ",
    "inclusive": "{delay} counted from the day itself",
    "first-of-month": "{delay}, then the first day of the next month,",
    "end-of-year": "{delay}, then the end of that year,",
}

STATUSES: Mapping[str, str] = {
    "party": "Party",
    "signatory": "Signatory",
    "contracting": "Contracting",
    "former": "Former",
    "none": "Not a party",
    "in-force": "In force",
    "not-in-force": "Not in force",
}

ENDS: Mapping[str, str] = {
    "withdrawal": "withdrawal",
    "consent-withdrawal": "withdrawal of consent",
    "expulsion": "expulsion",
    "cessation": "cessation",
    "termination": "termination",
    "replacement": "replacement",
    "extinction": "the State exists no longer",
    "rejection": "rejection",
    "own-act": "act of its own",
}

# The letters that treaty officers know from the depositary's tables.
MARKS: Mapping[str, str] = {
    "definitive-signature": "s",
    "acceptance": "A",
    "approval": "AA",
    "accession": "a",
    "succession": "d",
    "formal-confirmation": "c",
    "notification-of-completion": "n",
}

ACTS: Mapping[str, str] = {
    "signature": "signature",
    "domestic-step": "domestic step",
    "intention-not-to-ratify": "notice of the intention not to ratify",
    "signature-withdrawal": "withdrawal of signature",
    "consent-withdrawal": "withdrawal of consent",
    "withdrawal-revocation": "revocation of a withdrawal",
    "definitive-signature": "definitive signature",
    "ratification": "ratification",
    "acceptance": "acceptance",
    "approval": "approval",
    "accession": "accession",
    "formal-confirmation": "formal confirmation",
    "admission": "admission",
    "consent": "consent",
    "notification-of-completion": "notification of completion",
    "rejection": "rejection",
    "succession": "succession",
    "continuation": "continuation",
    "provisional-application": "provisional application",
    "provisional-application-end": "end of provisional application",
    "reservation": "reservation",
    "declaration": "declaration",
    "reservation-withdrawal": "withdrawal of a reservation",
    "acceptance-of-reservation": "acceptance of a reservation",
    "objection": "objection",
    "objection-withdrawal": "withdrawal of an objection",
    "acceptance-of-accession": "acceptance of an accession",
    "objection-to-accession": "objection to an accession",
    "non-application": "notice of non-application",
    "territorial-application": "territorial application",
    "territorial-exclusion": "territorial exclusion",
    "territorial-application-end": "end of territorial application",
    "territorial-exclusion-withdrawal": "withdrawal of a territorial exclusion",
    "rights-suspension": "suspension of rights",
    "rights-restoration": "restoration of rights",
    "suspension": "suspension",
    "resumption": "resumption",
    "withdrawal": "withdrawal",
    "expulsion": "expulsion",
    "cessation": "cessation",
    "termination": "termination",
    "contest": "contest",
    "correction": "correction",
    "vote-for": "vote for",
    "vote-against": "vote against",
    "vote-abstaining": "abstention",
    "vote-absent": "absence from the vote",
    "endorsement": "endorsement",
    "endorsement-withdrawal": "withdrawal of an endorsement",
}

CLASSES: Mapping[str, str] = {
    "signature": "signatures",
    "consent": "consents to be bound",
    "withdrawal": "withdrawals",
    "reservation": "reservations",
    "objection": "objections",
    "declaration": "declarations",
    "vote": "votes",
    "territorial": "territorial acts",
}

KINDS: Mapping[str, str] = {
    "charter": "charter",
    "constitution": "constitution",
    "convention": "convention",
    "covenant": "covenant",
    "agreement": "agreement",
    "treaty": "treaty",
    "protocol": "protocol",
    "amendment": "amendment",
    "annex": "annex",
    "statute": "statute",
    "regulations": "regulations",
    "resolution": "resolution",
    "declaration": "declaration",
    "decision": "decision",
    "standard": "standard",
    "partnership": "partnership",
}

AREAS: Mapping[str, str] = {
    "climate": "Climate",
    "environment": "Environment",
    "health": "Health",
    "trade": "Trade",
    "economy": "Economy",
    "development": "Development",
    "peace": "Peace and humanitarian law",
    "disarmament": "Disarmament",
    "human-rights": "Human rights",
    "law": "International law and institutions",
    "sea": "The sea",
    "space": "Outer space",
    "culture": "Culture",
    "technology": "Technology",
}

SIDES: Mapping[str, str] = {
    "against": "against",
    "abstaining": "abstaining",
    "absent": "absent",
    "not-for": "not for",
    "members": "members",
    "present": "present",
    "present-and-voting": "present and voting",
}

REASONS: Mapping[str, str] = MESSAGES

# Where a rule is about consents, its words say so.
RULES: Mapping[str, str] = {
    **{key: template.replace("{percent}%", "{percent}") for key, template in ENGLISH.items()},
    "rule.all": "All of {of} conditions are needed; met: {have}.",
    "rule.any": "One of {of} conditions is needed; met: {have}.",
    "rule.count": "Consents that count: {have}; needed: {need}.",
    "rule.count.among": "Consents among {among}: {have}; needed: {need}.",
    "rule.count.part.among": "Consents among {among}: {have} of {total}; needed: {need} ({part}).",
    "rule.share": "Share of “{weights}” held by those who consented: {percent}; needed: at least {part}.",
    "rule.share.strict": "Share of “{weights}” held by those who consented: {percent}; needed: more than {part}.",
    "rule.members.met": "All {need} of those named ({among}) have consented.",
    "rule.members.lacking": "{have} of the {need} named ({among}) have consented; not yet: {actors}.",
}

# Titles, places and depositaries are recorded in English.
TITLES: Mapping[str, str] = {}
WEIGHTS: Mapping[str, str] = {}
PLACES: Mapping[str, str] = {}
DEPOSITARIES: Mapping[str, str] = {}
