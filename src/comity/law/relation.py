"""What binds two actors toward each other under an instrument, provision by provision."""

from datetime import date

from comity.instruments import Instrument
from comity.law.citing import cite, cite_clause
from comity.law.history import History, Spell
from comity.law.law import Law
from comity.law.reservations import Effect
from comity.law.results import Reason, Relation
from comity.law.status import known_until, past_horizon, status_word
from comity.law.toward import consent_day, cuts

__all__ = ["effects_toward", "provision_order", "relation"]

# Instruments that found an organization, whose organ answers reservations (VCLT 20(3)).
CONSTITUENT = frozenset({"charter", "constitution"})


def relation(law: Law, it: Instrument, history: History, one: str, other: str, on: date) -> Relation:
    """The relation between two actors on a day, from their reservations and what was answered to them."""
    spells = _both(history, one, other, on)
    if spells is None:
        return Relation(
            instrument=it.id,
            parties=(one, other),
            on=on,
            bound=False,
            reasons=tuple(_why_unbound(it, history, (one, other), on)),
        )
    first, second = sorted((one, other))
    cut = cuts(law, it, history, on).get((first, second))
    effects = [
        *effects_toward(law, it, (one, other), spells[1], on),
        *effects_toward(law, it, (other, one), spells[0], on),
    ]
    reasons = [Reason(id="both-bound", params={"a": one, "b": other, "on": on}, cites=_spell_cites(spells))]
    if cut is not None:
        message, act = cut
        cites = (cite(act),) if act is not None else ()
        reasons.append(Reason(id=message, params={"a": one, "b": other}, cites=(*cites, *_LAW.get(message, ()))))
        return Relation(instrument=it.id, parties=(one, other), on=on, bound=False, reasons=tuple(reasons))
    reasons.extend(_explain(effect, it) for effect in effects)
    amended, lineage = _lineage(law, it, one, other, on)
    reasons.extend(lineage)
    words = _by_word(effects)
    reasons.extend(_horizon(it, on, answered=bool(effects)))
    return Relation(
        instrument=it.id,
        parties=(one, other),
        on=on,
        bound=True,
        excluded=words["excluded"],
        modified=words["modified"],
        not_settled=words["not_settled"],
        reasons=tuple(reasons),
        as_amended_by=amended,
    )


_LAW: dict[str, tuple[str, ...]] = {
    "objection-opposed": ("VCLT 20(4)(b)",),
    "replaced": ("VCLT 30(4)(a)", "VCLT 59"),
}


def _both(history: History, one: str, other: str, on: date) -> tuple[Spell, Spell] | None:
    records = history.records
    if one not in records or other not in records or one == other:
        return None
    first, second = records[one].bound(on), records[other].bound(on)
    return None if first is None or second is None else (first, second)


def _spell_cites(spells: tuple[Spell, Spell]) -> tuple[str, ...]:
    return tuple(cite(spell.act) for spell in spells if spell.act is not None)


def _why_unbound(it: Instrument, history: History, actors: tuple[str, str], on: date) -> list[Reason]:
    found = []
    for code in actors:
        record = history.records.get(code)
        word = "none" if record is None else status_word(history, record, on)
        if word != "party":
            found.append(Reason(id="not-bound", params={"actor": code, "status": word, "on": on}))
            found.extend(_survival(it, history, code, on))
    if actors[0] == actors[1]:
        found.append(Reason(id="same-actor", params={"actor": actors[0]}))
    found.extend(_horizon(it, on))
    return found


def _survival(it: Instrument, history: History, code: str, on: date) -> list[Reason]:
    """What goes on binding a former party."""
    clause = it.withdrawal
    record = history.records.get(code)
    ended = None if record is None else record.ended(on)
    if clause is None or clause.survives is None or ended is None or ended[1].by != "withdrawal":
        return []
    survives = clause.survives
    until = None if survives.delay is None else survives.delay.after(ended[1].until)
    if until is not None and until <= on:
        return []
    provisions = survives.provisions or ("*",)
    params = {"actor": code, "provisions": provisions, "until": until}
    return [Reason(id="survives", params=params, cites=cite_clause(it.id, clause.article))]


def effects_toward(law: Law, it: Instrument, pair: tuple[str, str], spell: Spell, on: date) -> list[Effect]:
    """What the standing reservations of the first of a pair do toward the second, which is bound by `spell`."""
    holder, other = pair
    reservations = law.reservations(it.id)
    clause = it.reservations
    mode = clause.acceptance if clause is not None and clause.acceptance is not None else None
    organ = mode == "organ" or (mode is None and it.kind in CONSTITUENT)
    found = []
    history = law.history(it.id)
    own = None if history is None else history.records[holder].bound(on)
    for entry in reservations.of(holder, on):
        if own is not None and not reservations.confirmed(entry, own.act):
            fallen = entry.standing(on)
            found.append(Effect(word="fallen", message="reservation-unconfirmed", reservation=entry, provisions=fallen))
            continue
        for effect in reservations.effects(entry, other, consent_day(spell), on, organ=organ):
            by_all = mode == "all" and effect.word == "modified"
            found.append(_by_all(law, it, effect, on) if by_all else effect)
    return found


def _by_all(law: Law, it: Instrument, effect: Effect, on: date) -> Effect:
    """VCLT 20(2): where all must accept, one that has not keeps the reservation open for everybody."""
    history = law.history(it.id)
    reservations = law.reservations(it.id)
    for code in sorted(history.parties(on)) if history is not None else ():
        spell = history.records[code].bound(on) if history is not None else None
        if code == effect.reservation.holder or spell is None:
            continue
        answers = reservations.effects(effect.reservation, code, consent_day(spell), on)
        if any(other.word != "modified" for other in answers if set(other.provisions) & set(effect.provisions)):
            return Effect(
                word="not_settled",
                message="not-all-accepted",
                reservation=effect.reservation,
                provisions=effect.provisions,
            )
    return effect


def _by_word(effects: list[Effect]) -> dict[str, tuple[str, ...]]:
    """Provisions by what happened to them; what is excluded is not also modified, nor is that unsettled."""
    taken: set[str] = set()
    found = {}
    for word in ("excluded", "modified", "not_settled"):
        provisions = {p for effect in effects if effect.word == word for p in effect.provisions} - taken
        found[word] = tuple(sorted(provisions, key=provision_order))
        taken |= provisions
    return found


def provision_order(provision: str) -> tuple[tuple[int, str], ...]:
    """Sort 9(2) before 16, as a reader would."""
    parts = provision.replace(")", "").replace("(", ".").split(".")
    return tuple((int(part), "") if part.isdecimal() else (10**6, part) for part in parts)


_EFFECT_LAW = {
    "reservation-authorized": ("VCLT 20(1)", "VCLT 21(1)"),
    "reservation-accepted": ("VCLT 20(4)(a)", "VCLT 21(1)"),
    "reservation-tacitly-accepted": ("VCLT 20(5)", "VCLT 21(1)"),
    "reservation-pending": ("VCLT 20(5)",),
    "reservation-unconfirmed": ("VCLT 23(2)",),
    "reservation-not-permitted": ("VCLT 19",),
    "objection-simple": ("VCLT 20(4)(b)", "VCLT 21(3)"),
    "objection-late": ("VCLT 20(5)", "VCLT 21(1)"),
    "organ-accepted": ("VCLT 20(3)", "VCLT 21(1)"),
    "organ-silent": ("VCLT 20(3)",),
    "not-all-accepted": ("VCLT 20(2)",),
}


def _explain(effect: Effect, it: Instrument) -> Reason:
    act = effect.reservation.act
    cites = [cite(act)]
    if effect.answer is not None:
        cites.append(cite(effect.answer.act))
    if effect.message in {"reservation-authorized", "reservation-not-permitted"} and it.reservations is not None:
        cites.extend(cite_clause(it.id, it.reservations.article))
    params: dict[str, object] = {
        "holder": effect.reservation.holder,
        "provisions": effect.provisions,
        "date": act.date.as_known,
        "note": act.note,
        "day": effect.day,
        "notified": None if act.notified is None else act.notified.as_known,
        "by": "" if effect.answer is None else effect.answer.act.actor,
    }
    return Reason(id=effect.message, params=params, cites=(*cites, *_EFFECT_LAW.get(effect.message, ())))


def _lineage(law: Law, it: Instrument, one: str, other: str, on: date) -> tuple[tuple[str, ...], list[Reason]]:
    """Which amendments govern between the two: those that bind both (VCLT 30(4)(b), 40(4) and 40(5)(b))."""
    shared, reasons = [], []
    for name in law.belongings.get(it.id, ()):
        amendment = law.reading.instrument(name)
        history = law.history(name)
        if amendment is None or history is None or amendment.kind != "amendment" or not history.force.in_force(on):
            continue
        bound = [code for code in (one, other) if code in history.records and history.records[code].bound(on)]
        if len(bound) == len((one, other)):
            shared.append((amendment.adopted or date.max, name))
        elif bound:
            params = {"amendment": name, "bound": bound[0], "unbound": other if bound[0] == one else one}
            reasons.append(Reason(id="unamended-between", params=params, cites=("VCLT 30(4)(b)", "VCLT 40(4)")))
    names = tuple(name for _, name in sorted(shared))
    if names:
        reasons.insert(0, Reason(id="amended-between", params={"amendments": names}, cites=("VCLT 40(4)",)))
    return names, reasons


def _horizon(it: Instrument, on: date, *, answered: bool = False) -> list[Reason]:
    """What the relation rests on and is not known to be complete; where there are reservations, also the answers."""
    beyond = past_horizon(it, on)
    known = known_until(it)
    if answered and known:
        beyond += tuple(name for name in ("reservation", "objection") if name not in known or known[name] < on)
    return [Reason(id="past-horizon", params={"classes": beyond, "on": on})] if beyond else []
