"""The English words of every reason, by message id; other languages have tables of their own at the faces.

Templates name their parameters; a parameter that is None or empty shows as a dash.
"""

from collections.abc import Callable, Iterable, Mapping

from comity.dates import Delay
from comity.law.results import Reason

__all__ = ["MESSAGES", "delay_words", "says"]

MESSAGES: dict[str, str] = {
    # The instrument.
    "threshold-met": "The conditions for entry into force were first met on {date}.",
    "entry-computed": "The instrument entered into force on {entry}: {delay} after that day.",
    "entry-computed.at-once": "The instrument entered into force that same day, {entry}.",
    "entry-fixed": "The instrument entered into force on {entry}, the day that it names.",
    "entry-stated": "The depositary states {entry} as the entry into force; the acts known give {computed}.",
    "not-in-force": "On {on} nothing yet fixes an entry into force.",
    "tacit-entry": "Notified on {notified}; the period to reject closed on {closes}; in force from {entry} for all who "
    "did not reject.",
    "terminated": "The instrument ends on {until} ({by}).",
    # Consent.
    "signed": "{actor} signed on {date}.",
    "signature-withdrawn": "{actor} took its signature back with effect from {date}.",
    "intention-not-to-ratify": "{actor} told the depositary on {date} that it does not intend to become a party: "
    "it stays signatory.",
    "consented": "{actor} consented to be bound: {act} of {date}.",
    "continues": "{actor} continues {before} since {told}, and has its consent and its date.",
    "effect-with-treaty": "Deposited by the day that fixed the entry into force, so bound from it: {since}.",
    "effect-after-delay": "Deposited later, so bound {delay} after its own deposit: {since}.",
    "effect-after-delay.at-once": "Deposited later, so bound from the day of its own deposit: {since}.",
    "effect-floor": "Its own delay had run before, and nobody is bound before the entry into force: {since}.",
    "effect-stated": "The depositary states its date of effect: {since}.",
    "effect-of-succession": "Successor to {before}: bound from the date of succession, {since}.",
    "effect-after-old-spell": "Bound anew when the earlier spell had ended: {since}.",
    "effect-with-parent": "Bound from the day on which it was also party to {parent}: {since}.",
    "bound-through": "Bound through {organization}, of which it is a member, since {since}.",
    "bound-tacitly": "Bound as a member of {parent} that did not reject in time, since {since}.",
    "bound-by-all": "Once in force the amendment binds every party to {parent}: bound since {since}.",
    "bound-as-amended": "It joined {parent} as amended, and is party to the amendment since {since}.",
    "waiting": "It has consented and is not yet bound; the day fixed so far: {since}.",
    "waiting.open": "It has consented and is not yet bound: nothing yet fixes the day.",
    "rejected": "{actor} rejected on {date}, in time: it is not bound.",
    "nothing-known": "The register holds no consent of {actor} that stands on {on}.",
    "told-later": "A later act, of {date}, gives {actor} the place of {before} from {effect}; "
    "it counts from its own day.",
    "before-it": "{actor} takes the place of {before} by an act of {date}: for days before it, ask for {before}.",
    # Ends.
    "ended-by-withdrawal": "Notice of withdrawal was given on {date}, with effect on {until}.",
    "ended-by-consent-withdrawal": "It withdrew its consent on {date}, before being bound.",
    "ended-by-expulsion": "It was expelled by an act of {date}, with effect on {until}.",
    "ended-by-cessation": "It ceased to be a party by an act of {date}, with effect on {until}.",
    "ended-by-termination": "The instrument was terminated, with effect on {until}.",
    "ended-by-replacement": "All parties became bound by the instrument that replaces this one, by {until}.",
    "ended-by-extinction": "The State exists no longer, since {until}.",
    "ended-by-rejection": "It rejected on {date}, in time: it is not bound.",
    # Flags.
    "provisional": "{actor} applies the instrument provisionally.",
    "suspended": "Operation is suspended for {actor} since {since}.",
    "rights-suspended": "Rights of {actor} are suspended since {since} ({rights}).",
    "contested": "{by} disputes “{act}”: {claim} (date held instead: {date}).",
    "contested.void": "{by} disputes “{act}” and holds that it had no effect: {claim}.",
    "past-horizon": "{on} lies past what is known to be complete ({classes}): what happened since may be missing.",
    # Relations.
    "both-bound": "Both {a} and {b} are bound on {on}.",
    "not-bound": "{actor} is not bound on {on}: {status}.",
    "same-actor": "{actor} has no treaty relation with itself.",
    "survives": "As a former party {actor} goes on being bound by {provisions}, until {until}.",
    "objection-opposed": "An objection to a reservation opposes the entry into force of the instrument "
    "between {a} and {b}.",
    "non-application": "The instrument does not apply between {a} and {b}.",
    "accession-objected": "The accession was objected to: no relation between {a} and {b}.",
    "accession-not-accepted": "The accession was not accepted: no relation between {a} and {b}.",
    "replaced": "{a} and {b} are both bound by the instrument that replaces this one.",
    "reservation-authorized": "{holder} reserved {provisions}; the instrument permits it, so nobody need accept.",
    "reservation-accepted": "{holder} reserved {provisions}, and {by} accepted: modified between the two.",
    "reservation-tacitly-accepted": "{holder} reserved {provisions}; without an objection "
    "it counts as accepted from {day}.",
    "reservation-pending": "{holder} reserved {provisions}; the time to object runs until {day}.",
    "reservation-unconfirmed": "{holder} reserved {provisions} before its consent and did not confirm it then: "
    "it has no effect.",
    "domestic-step": "At home, {date}: {step}.",
    "reservation-not-permitted": "{holder} reserved {provisions}, which the instrument does not permit.",
    "objection-simple": "{holder} reserved {provisions}, and {by} objected: they do not apply between the two "
    "to the extent of the reservation.",
    "objection-late": "{holder} reserved {provisions}; the objection of {by} came after {day}, "
    "when it counted as accepted.",
    "objection-late.unnotified": "{holder} reserved {provisions}; the objection of {by} came after {day}, twelve "
    "months from the reservation itself. The period runs from its notification, whose day is not known here: counted "
    "from the reservation, the objection is late.",
    "organ-accepted": "{holder} reserved {provisions}, and the competent organ accepted.",
    "organ-silent": "{holder} reserved {provisions}; the competent organ has not accepted.",
    "not-all-accepted": "{holder} reserved {provisions}; all parties must accept, and not all have.",
    "amended-between": "Between the two the instrument applies as amended by {amendments}.",
    "unamended-between": "{amendment} binds {bound} and not {unbound}: between the two it does not apply.",
    # Declarations.
    "no-parties": "A {kind} has a voting record and supporters; nobody is party to it.",
    "vote-for": "{actor} voted for it on {date}.",
    "vote-against": "{actor} voted against it on {date}.",
    "vote-abstaining": "{actor} abstained on {date}.",
    "vote-absent": "{actor} was absent from the vote of {date}.",
    "endorsed": "{actor} endorsed it on {date}.",
    # Changes.
    "in-force": "The instrument entered into force.",
    "no-longer-in-force": "The instrument ended.",
    "status-changed": "{actor}: {before} to {after}.",
}


# Parameters that hold the id of an actor, or several.
_ACTORS = frozenset({"actor", "a", "b", "by", "holder", "before", "bound", "unbound", "organization"})


def says(reason: Reason, name: Callable[[str], str] = str) -> str:
    """The reason in English; `name` gives an actor's name for its id. Raises KeyError for a message without words."""
    return MESSAGES[_variant(reason)].format_map(_Words(reason.params, name))


def _variant(reason: Reason) -> str:
    """Where a parameter is empty, the sentence that does without it."""
    if reason.params.get("delay") == Delay() and f"{reason.id}.at-once" in MESSAGES:
        return f"{reason.id}.at-once"
    if reason.params.get("since", "") is None and f"{reason.id}.open" in MESSAGES:
        return f"{reason.id}.open"
    if reason.params.get("date", "") is None and f"{reason.id}.void" in MESSAGES:
        return f"{reason.id}.void"
    if reason.params.get("notified", "") is None and f"{reason.id}.unnotified" in MESSAGES:
        return f"{reason.id}.unnotified"
    return reason.id


class _Words(dict[str, str]):
    def __init__(self, params: Mapping[str, object], name: Callable[[str], str]) -> None:
        super().__init__(
            {key: _named(value, name) if key in _ACTORS else _word(value) for key, value in params.items()}
        )


def _named(value: object, name: Callable[[str], str]) -> str:
    return name(value) if isinstance(value, str) and value else _word(value)


def _word(value: object) -> str:
    if isinstance(value, Delay):
        return delay_words(value)
    if isinstance(value, str):
        return {"": "–", "*": "the whole instrument"}.get(value, value)
    if value is None:
        return "–"
    if isinstance(value, Iterable):
        return ", ".join(_word(item) for item in value)
    return str(value)


def delay_words(delay: Delay) -> str:
    """A delay in English: “3 months, then the first day of the next month”."""
    units = [(delay.years, "year"), (delay.months, "month"), (delay.days, "day")]
    parts = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in units if number]
    words = " and ".join(parts) or "no delay"
    if delay.inclusive:
        words += " counted from the day itself"
    if delay.then == "first-of-month":
        words += ", then the first day of the next month,"
    if delay.then == "end-of-year":
        words += ", then the end of that year,"
    return words
