"""Everything that is wrong with a register, and where the acts known and the official record part."""

import difflib
from collections.abc import Iterable, Iterator
from datetime import date

from comity.findings import Finding, Level
from comity.instruments import Instrument
from comity.law.history import Force, History
from comity.law.law import Law
from comity.law.missing import eligible
from comity.law.reservations import Reservation, permitted
from comity.law.results import DECLARED
from comity.law.status import known_until
from comity.rules.forms import Members, Rule, names

__all__ = ["check_all", "check_instrument", "check_references", "instruments_named"]


def check_all(law: Law) -> Iterator[Finding]:
    """Every finding of a register: its files, the references between them, and what the law makes of its acts."""
    reading = law.reading
    yield from reading.directory_findings()
    for name in reading.ids("weights"):
        yield from reading.findings_of_weights(name)
    for name in reading.ids("rule"):
        yield from reading.findings_of_rule(name)
        yield from _check_rule_file(law, name)
    for name in reading.instrument_ids():
        yield from check_instrument(law, name)
    for one, other in law.circles():
        says = f"{one} and {other} ask for one another in a circle"
        if one == other:
            says = f"{one} asks for itself: in `of`, `replaces`, [tacit] or a rule"
        yield _finding("error", "circle", f"instruments/{one}.toml", says, "let one of the two stand by itself")


def check_instrument(law: Law, name: str) -> Iterator[Finding]:
    """Every finding of one instrument."""
    reading = law.reading
    yield from reading.findings_of(name)
    it = reading.instrument(name)
    if it is None:
        if not reading.has_definition(name):
            says = "there are acts here and no instrument of that name"
            do = f"add instruments/{name}.toml"
            yield _finding("error", "instrument-missing", f"instruments/{name}.csv", says, do)
        return
    references = tuple(check_references(law, it))
    yield from references
    history = law.history(name)
    if history is None or any(finding.level == "error" for finding in references):
        return
    told = {finding.code for finding in references}
    yield from (finding for finding in law.findings(name) if finding.code not in told)
    yield from _check_entry(law, it, history)
    yield from _check_eligibility(law, it, history)
    yield from _check_reservations(law, it, history)
    yield from _check_toward(law, it, history)


def check_references(law: Law, it: Instrument) -> Iterator[Finding]:
    """Every id that an instrument's clauses name must be one."""
    file = f"instruments/{it.id}.toml"
    for kind, name in _references(it):
        if kind == "instrument" and not law.reading.has_definition(name):
            yield _unknown(kind, name, file, law.reading.ids())
        elif kind == "group" and name not in law.directory.groups:
            yield _unknown(kind, name, file, law.directory.groups)
        elif kind == "actor" and name not in law.directory.actors:
            yield _unknown(kind, name, file, law.directory.nearest(name))
        elif kind == "weights" and law.reading.weights(name) is None:
            yield _unknown_weights(it, name, file)
        elif kind == "rule" and law.reading.rule(name) is None:
            yield _unknown(kind, name, file, law.reading.ids("rule"))
    yield from _circle(law, it, file)


def _references(it: Instrument) -> Iterator[tuple[str, str]]:
    pointed = [it.of, *it.replaces, it.tacit.members_of if it.tacit is not None else ""]
    clause = it.entry_into_force
    rules: list[Rule] = []
    if clause is not None:
        rules += [rule for rule in (clause.when, *(part.when for part in clause.parts)) if rule is not None]
        floors = (clause.not_before, *(part.not_before for part in clause.parts))
        pointed += [floor for floor in floors if isinstance(floor, str)]
    if it.tacit is not None and it.tacit.defeat_when is not None:
        rules.append(it.tacit.defeat_when)
    if it.consent.open_to is not None:
        rules.append(Members(who=it.consent.open_to))
    yield from (("instrument", name) for name in pointed if name)
    for rule in rules:
        yield from _names_of(rule)
    if it.adoption is not None and it.adoption.rule:
        yield "rule", it.adoption.rule


def instruments_named(it: Instrument) -> frozenset[str]:
    """The ids of the instruments that the clauses of this one name."""
    return frozenset(name for kind, name in _references(it) if kind == "instrument")


def _names_of(rule: Rule) -> Iterator[tuple[str, str]]:
    found = names(rule)
    for kind, ids in (
        ("instrument", found.instruments),
        ("group", found.groups),
        ("actor", found.actors),
        ("weights", found.weights),
    ):
        yield from ((kind, name) for name in sorted(ids))


def _unknown(kind: str, name: str, file: str, known: Iterable[str]) -> Finding:
    close = difflib.get_close_matches(name, list(known), n=3)
    do = f"did you mean {', '.join(close)}?" if close else f"add the {kind}, or correct the name"
    return _finding("error", f"{kind}-unknown", file, f"no {kind} is called “{name}”", do)


def _unknown_weights(it: Instrument, name: str, file: str) -> Finding:
    clause = it.entry_into_force
    official = None if clause is None else clause.official
    says = f"the rule weighs by “{name}”, and there is no such weight table"
    do = f"add weights/{name}.csv"
    if official is None:
        return _finding("error", "weights-unknown", file, says, do)
    says += f"; the acts cannot reproduce the date that the depositary states, {official}, which is used"
    return _finding("warning", "weights-unknown", file, says, do)


def _circle(law: Law, it: Instrument, file: str) -> Iterator[Finding]:
    """`of` must lead to an instrument that stands by itself."""
    path, above = [it.id], it.of
    while above:
        if above in path:
            says = f"`of` goes round in a circle: {' → '.join([*path, above])}"
            yield _finding("error", "circle", file, says, "let one of them stand by itself")
            return
        path.append(above)
        parent = law.reading.instrument(above)
        above = "" if parent is None else parent.of


def _check_rule_file(law: Law, name: str) -> Iterator[Finding]:
    rule = law.reading.rule(name)
    file = f"rules/{name}.toml"
    if rule is None:
        return
    for version in rule.versions:
        for selector in (rule.members, version.members):
            if selector is not None:
                yield from _check_names(law, Members(who=selector), file)
        yield from _check_names(law, version.when, file)


def _check_names(law: Law, rule: Rule, file: str) -> Iterator[Finding]:
    for kind, name in _names_of(rule):
        known = {
            "instrument": law.reading.has_definition(name),
            "group": name in law.directory.groups,
            "actor": name in law.directory.actors,
            "weights": law.reading.weights(name) is not None if kind == "weights" else True,
        }[kind]
        if not known:
            pool = {"instrument": law.reading.ids(), "group": law.directory.groups}.get(kind, ())
            yield _unknown(kind, name, file, pool)


def _check_entry(law: Law, it: Instrument, history: History) -> Iterator[Finding]:
    """Where the acts give another date than the official one, and what is likely behind it."""
    clause = it.entry_into_force
    file = f"instruments/{it.id}.toml"
    if not it.complete:
        says = "it is not stated up to when the acts are complete"
        yield _finding("note", "no-horizon", file, says, "add [[complete]], with the source that says so")
    if clause is None:
        if it.kind not in DECLARED and it.tacit is None:
            says = "there is no [entry_into_force]: whoever consents stays contracting"
            yield _finding("note", "no-entry-clause", file, says, "add the clause")
        return
    force = history.force
    weights = clause.when is not None and any(law.reading.weights(name) is None for name in names(clause.when).weights)
    if clause.official is not None and clause.when is not None and force.computed != clause.official and not weights:
        yield _differs(it, history, force)
    organizations = [code for code in history.records if _regional(law, code)]
    if clause.reio is None and organizations:
        says = f"{', '.join(sorted(organizations))} takes part, and the clause does not say how it counts"
        do = "state reio; “not-additional” is presumed"
        yield _finding("note", "reio-presumed", file, says, do)


def _regional(law: Law, code: str) -> bool:
    actor = law.directory.actors.get(code)
    return actor is not None and actor.regional


def _differs(it: Instrument, history: History, force: Force) -> Finding:
    given = "never meet the rule" if force.computed is None else f"give {force.computed}"
    says = f"the depositary states {force.official}, and the acts known {given}; the stated date is used"
    causes = list(_causes(it, history))
    do = f"likely: {'; '.join(causes)}" if causes else "check the acts before that day, and the clause"
    return _finding("warning", "official-differs", f"instruments/{it.id}.toml", says, do)


def _causes(it: Instrument, history: History) -> Iterator[str]:
    force = history.force
    if force.computed is None or (force.official is not None and force.computed > force.official):
        heirs = sorted(
            code
            for code, record in history.records.items()
            for spell in record.spells
            if spell.act is not None
            and spell.act.kind in {"succession", "continuation"}
            and spell.act.ref
            and spell.act.ref not in history.records
        )
        if heirs:
            yield f"acts of predecessor States are missing (successors here: {', '.join(dict.fromkeys(heirs))})"
        gone = sorted(
            code
            for code, record in history.records.items()
            if record.spells and record.extinct is not None and record.extinct <= (force.official or record.extinct)
        )
        if gone:
            yield f"States that existed no longer do not count here, and may have counted then ({', '.join(gone)})"
        partial = sum(
            1
            for record in history.records.values()
            for spell in record.spells
            if spell.act is not None and not spell.act.date.exact
        )
        if partial:
            yield f"{partial} dates are known to the month or year only, and count from its end"
        known = known_until(it).get("consent")
        if known is None or (force.official is not None and known < force.official):
            yield "consents are not known to be complete up to that day"
        elif not heirs and not gone:
            yield "early acts are missing, as those of States that no longer exist"
    else:
        yield "acts are here that did not count, or that were dated too early"


def _check_eligibility(law: Law, it: Instrument, history: History) -> Iterator[Finding]:
    """Consents by actors to whom the instrument is not open."""
    open_to = it.consent.open_to
    for record in history.records.values():
        for spell in record.spells:
            act = spell.act
            if act is None or spell.taken_over:
                continue
            where = f"instruments/{it.id}.csv"
            if it.adopted is not None and act.date.last < it.adopted:
                says = f"{act.date} {act.actor} {act.kind}: before the instrument was adopted on {it.adopted}"
                yield _finding("warning", "before-adoption", where, says, "check the date", act.line)
            if open_to is None:
                continue
            allowed = eligible(law, open_to, act.day, it.adopted)
            if act.actor not in allowed:
                says = f"{act.date} {act.actor} {act.kind}: the instrument is not open to it that day"
                yield _finding("warning", "not-open-to", where, says, "check the act, or [consent] open_to", act.line)


def _check_reservations(law: Law, it: Instrument, history: History) -> Iterator[Finding]:
    """Reservations that the instrument does not permit, came late, or touch provisions that it does not list."""
    known = {provision.id for provision in it.provisions}
    where = f"instruments/{it.id}.csv"
    for entry in law.reservations(it.id).entries:
        act = entry.act
        if act.actor != entry.holder:
            continue
        clause = it.reservations
        forbidden = [p for p in entry.provisions if clause is not None and permitted(clause, p) == "forbidden"]
        if forbidden:
            says = f"{act.date} {act.actor} reservation: not permitted to {', '.join(forbidden)} (VCLT 19)"
            yield _finding(
                "warning", "reservation-not-permitted", where, says, "check ref, or [reservations]", act.line
            )
        yield from _unconfirmed(law, it, history, entry)
        unlisted = [p for p in entry.provisions if known and p != "*" and p not in known]
        if unlisted:
            says = f"{act.date} {act.actor} reservation: no provision {', '.join(unlisted)} is listed"
            yield _finding("note", "provision-unlisted", where, says, "add it to [[provisions]]", act.line)
        record = history.records.get(act.actor)
        first = None if record is None else next((s for s in record.spells if s.act is not None), None)
        if first is not None and first.act is not None and act.day > first.act.day:
            says = f"{act.date} {act.actor} reservation: made after its consent of {first.act.date} (VCLT 19)"
            yield _finding(
                "note", "reservation-late", where, says, "check the date; it is treated as made then", act.line
            )


# Acts that concern one other actor, whom `ref` names.
_TOWARD = frozenset({"non-application", "acceptance-of-accession", "objection-to-accession"})


def _check_toward(law: Law, it: Instrument, history: History) -> Iterator[Finding]:
    """Acts toward one other actor must name one, not the actor itself, and an accession that there is."""
    where = f"instruments/{it.id}.csv"
    for act in law.reading.acts(it.id):
        if act.kind not in _TOWARD:
            continue
        said = f"{act.date} {act.actor} {act.kind}"
        if act.ref not in law.directory.actors:
            close = law.directory.nearest(act.ref)
            do = f"did you mean {', '.join(close)}?" if close else "put the other actor's id into ref"
            yield _finding("error", "actor-unknown", where, f"{said}: no actor is called “{act.ref}”", do, act.line)
        elif act.ref == act.actor:
            yield _finding("error", "ref-itself", where, f"{said}: it names itself", "name the other actor", act.line)
        elif "accession" in act.kind and not _acceded(history, act.ref, act.day):
            says = f"{said}: {act.ref} has not acceded by then"
            yield _finding("warning", "accession-missing", where, says, "check ref and the dates", act.line)


def _acceded(history: History, actor: str, day: date) -> bool:
    record = history.records.get(actor)
    spells = [] if record is None else record.spells
    return any(s.act is not None and s.act.kind == "accession" and s.act.day <= day for s in spells)


def _unconfirmed(law: Law, it: Instrument, history: History, entry: Reservation) -> Iterator[Finding]:
    """A reservation made on signature that no consent confirmed."""
    act = entry.act
    record = history.records.get(act.actor)
    consents = [] if record is None else [spell.act for spell in record.spells if spell.act is not None]
    if consents and not any(law.reservations(it.id).confirmed(entry, consent) for consent in consents):
        says = f"{act.date} {act.actor} reservation: made before its consent and not confirmed then (VCLT 23(2))"
        do = "add the confirmation as a reservation of the day of consent, or check the date; it has no effect"
        yield _finding("note", "reservation-unconfirmed", f"instruments/{it.id}.csv", says, do, act.line)


def _finding(level: Level, code: str, file: str, says: str, do: str, line: int = 0) -> Finding:
    return Finding(level=level, code=code, file=file, line=line, says=says, do=do)
