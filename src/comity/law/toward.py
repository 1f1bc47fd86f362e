"""Toward whom a party is not bound: opposed reservations, accessions not accepted, non-application, replacement."""

from datetime import date

from comity.acts import Act
from comity.instruments import Instrument
from comity.law.history import History, Spell
from comity.law.law import Law
from comity.law.reservations import Reservations

__all__ = ["Cut", "cuts", "not_toward"]

Pair = tuple[str, str]
# Why a treaty is not in force between two of its parties: a message id and the act behind it.
Cut = tuple[str, Act | None]

_MATTERS = frozenset(
    {"reservation", "objection-to-accession", "acceptance-of-accession", "non-application"},
)


def not_toward(law: Law, it: Instrument, history: History, on: date) -> dict[str, frozenset[str]]:
    """For each party, the parties toward whom it is not bound on a day."""
    found: dict[str, set[str]] = {}
    for one, other in cuts(law, it, history, on):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {code: frozenset(others) for code, others in found.items()}


def cuts(law: Law, it: Instrument, history: History, on: date) -> dict[Pair, Cut]:
    """The pairs of parties between which the treaty is not in force on a day, each pair sorted, with the cause."""
    acts = law.reading.acts(it.id)
    limited = it.consent.accessions != "effective"
    found: dict[Pair, Cut] = {}
    if limited or any(act.kind in _MATTERS for act in acts):
        parties = {code: spell for code in history.records if (spell := history.records[code].bound(on)) is not None}
        _opposed(law.reservations(it.id), parties, on, found)
        _non_application(acts, parties, on, found)
        if limited:
            _accessions(it, acts, parties, on, found)
    for name in law.replacers.get(it.id, ()):
        _replaced(law, name, history, on, found)
    return found


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _opposed(reservations: Reservations, parties: dict[str, Spell], on: date, found: dict[Pair, Cut]) -> None:
    """VCLT 20(4)(b): an objection keeps the treaty from entering into force between the two only where it says so."""
    for entry in reservations.entries:
        if entry.holder not in parties or not entry.standing(on):
            continue
        if not reservations.confirmed(entry, parties[entry.holder].act):
            continue
        for other, answers in entry.answers.items():
            if other not in parties or not any(a.opposed and a.stands(on) for a in answers):
                continue
            for effect in reservations.effects(entry, other, consent_day(parties[other]), on):
                if effect.word == "opposed" and effect.answer is not None:
                    found[_pair(entry.holder, other)] = ("objection-opposed", effect.answer.act)


def consent_day(spell: Spell) -> date:
    """The day on which a party expressed its consent to be bound."""
    return spell.act.day if spell.act is not None else spell.told


def _non_application(acts: tuple[Act, ...], parties: dict[str, Spell], on: date, found: dict[Pair, Cut]) -> None:
    """Non-application between particular members, as in Article XIII of the WTO Agreement."""
    for act in acts:
        if act.kind == "non-application" and act.day <= on and act.actor in parties and act.ref in parties:
            found[_pair(act.actor, act.ref)] = ("non-application", act)


def _accessions(
    it: Instrument, acts: tuple[Act, ...], parties: dict[str, Spell], on: date, found: dict[Pair, Cut]
) -> None:
    """Accessions that bind only toward those who accept them, or toward all who do not object.

    As in the Hague Conventions, the States that were party already answer the one that accedes; where both
    acceded, the answer of either is enough.
    """
    wanted = "acceptance-of-accession" if it.consent.accessions == "if-accepted" else "objection-to-accession"
    said = _said_of_accessions(acts, wanted, on)
    for newcomer, spell in parties.items():
        if spell.act is None or spell.act.kind != "accession":
            continue
        for other, others in parties.items():
            if other == newcomer:
                continue
            spoken = said.get((other, newcomer))
            if it.consent.accessions == "unless-objected":
                if spoken is not None:
                    found[_pair(newcomer, other)] = ("accession-objected", spoken)
            elif spoken is None and not _accepted_back(others, said.get((newcomer, other))):
                found[_pair(newcomer, other)] = ("accession-not-accepted", spell.act)


def _said_of_accessions(acts: tuple[Act, ...], wanted: str, on: date) -> dict[Pair, Act]:
    """What each said to the accession of another by a day: whoever accepts after all takes its objection back."""
    said: dict[Pair, Act] = {}
    for act in acts:
        if act.kind == wanted and act.day <= on:
            said[act.actor, act.ref] = act
        elif act.kind == "acceptance-of-accession" and act.day <= on:
            said.pop((act.actor, act.ref), None)
    return said


def _accepted_back(other: Spell, answer: Act | None) -> bool:
    """Whether the other acceded too and the newcomer accepted that."""
    return other.act is not None and other.act.kind == "accession" and answer is not None


def _replaced(law: Law, by: str, history: History, on: date, found: dict[Pair, Cut]) -> None:
    """VCLT 30(4)(a) and 59: between those bound by both, the later treaty governs."""
    newer = law.history(by)
    if newer is None or not newer.force.in_force(on):
        return
    both = sorted(history.parties(on) & newer.parties(on))
    for index, one in enumerate(both):
        for other in both[index + 1 :]:
            found[one, other] = ("replaced", None)
