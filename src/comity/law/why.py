"""Why an actor has its status: a chain of reasons, each naming the act and the clause that it rests on."""

from collections.abc import Iterator
from datetime import date

from comity.acts import Act
from comity.instruments import EntryIntoForce, Instrument
from comity.law.citing import cite, cite_clause
from comity.law.history import End, Force, History, Record, Spell
from comity.law.law import Law
from comity.law.results import DECLARED, ActorStatus, Reason, Why
from comity.law.settle import own_effect
from comity.law.status import actor_status, known_until, last_ended, past_horizon, tacitly_waiting, touches
from comity.law.toward import cuts

__all__ = ["why"]


def why(law: Law, it: Instrument, history: History, actor: str, on: date) -> Why:
    """The status of an actor on a day with its reasons, in the order in which a lawyer would give them."""
    record = history.records.get(actor) or Record(actor=actor)
    found = actor_status(it, history, record, on)
    if it.kind in DECLARED:
        reasons = tuple(_of_declaration(it, record, on))
    else:
        reasons = tuple(_reasons(law, it, history, record, found, on))
    return Why(
        instrument=it.id,
        actor=actor,
        on=on,
        status="none" if it.kind in DECLARED else found.status,
        reasons=reasons,
        findings=law.findings(it.id),
    )


def _reasons(
    law: Law, it: Instrument, history: History, record: Record, found: ActorStatus, on: date
) -> Iterator[Reason]:
    yield from force_reasons(it, history.force, on)
    yield from _before_consent(record, on)
    spell = record.bound(on) or record.live(on)
    ended = last_ended(record, on)
    silent = tacitly_waiting(history.force, record, on) if spell is None else None
    if spell is not None:
        yield from _of_spell(it, history.force, spell, on)
    elif silent is not None:
        yield _without_act(it, silent, silent.since)
    elif ended is not None:
        yield from _of_spell(it, history.force, ended[0], on)
        yield from _of_end(it, ended[1])
    elif it.tacit is not None:
        yield from _of_rejection(it, record, on)
    elif record.signed(on) is None:
        yield Reason(id="nothing-known", params={"actor": record.actor, "on": on})
        yield from _told_later(law, it, record.actor, on)
    if found.status == "contracting" and spell is not None:
        yield Reason(id="waiting", params={"actor": record.actor, "since": spell.since_on(on)})
    pending = None if spell is None else spell.end(on)
    if pending is not None:
        yield from _of_end(it, pending)
    yield from _of_flags(law, it, history, record, found, on)
    yield from _of_horizon(it, on)


def _told_later(law: Law, it: Instrument, actor: str, on: date) -> Iterator[Reason]:
    """Later acts that speak of the day asked: they do not count on it, but whoever asks should know of them.

    An act counts from its own day (NOTATION, "Status"): before its notification a succession is not known, and what a
    State continues stands under the code of the one that it continues.
    """
    for act in law.reading.acts(it.id):
        if act.actor != actor or act.day <= on or act.kind not in {"succession", "continuation"}:
            continue
        effect = act.effective.last if act.effective is not None else act.day
        params: dict[str, object] = {"actor": actor, "date": act.date.as_known, "before": act.ref, "effect": effect}
        message = "told-later" if effect <= on else "before-it"
        if message == "told-later" or act.ref:
            yield Reason(id=message, params=params, cites=(cite(act),))


def force_reasons(it: Instrument, force: Force, on: date) -> Iterator[Reason]:
    """Whether and why the instrument is in force on a day."""
    clause = it.entry_into_force
    cites = () if clause is None else cite_clause(it.id, clause.article)
    entry = force.entry_on(on)
    if it.tacit is not None and entry is not None:
        params: dict[str, object] = {"notified": it.tacit.notified, "closes": force.threshold, "entry": entry}
        yield Reason(id="tacit-entry", params=params, cites=cite_clause(it.id, it.tacit.article))
    elif entry is None or clause is None:
        yield Reason(id="not-in-force", params={"on": on}, cites=cites)
    else:
        yield from _of_entry(it, clause, force, entry, cites)
    if force.ended is not None and force.ended.stands(on):
        act = force.ended.act
        ending: dict[str, object] = {"until": force.ended.until, "by": force.ended.by}
        yield Reason(id="terminated", params=ending, cites=() if act is None else (cite(act),))


def _of_entry(
    it: Instrument, clause: EntryIntoForce, force: Force, entry: date, cites: tuple[str, ...]
) -> Iterator[Reason]:
    if force.threshold is not None and force.threshold <= entry:
        yield Reason(id="threshold-met", params={"date": force.threshold}, cites=cites)
    if force.official is not None and force.official != force.computed:
        params = {"entry": entry, "computed": force.computed}
        yield Reason(id="entry-stated", params=params, cites=(it.source,) if it.source else ())
    elif force.fixed:
        yield Reason(id="entry-fixed", params={"entry": entry}, cites=cites)
    else:
        yield Reason(id="entry-computed", params={"entry": entry, "delay": clause.delay}, cites=cites)


def _before_consent(record: Record, on: date) -> Iterator[Reason]:
    for period in record.signatures:
        if period.told > on or period.act is None:
            continue
        yield Reason(
            id="signed", params={"actor": record.actor, "date": period.act.date.as_known}, cites=(cite(period.act),)
        )
        if period.told_until is not None and period.told_until <= on:
            yield Reason(id="signature-withdrawn", params={"actor": record.actor, "date": period.until})
    for act in record.steps:
        if act.day <= on:
            yield Reason(id="domestic-step", params={"date": act.date.as_known, "step": act.note}, cites=(cite(act),))
    for act in record.intentions:
        if act.day <= on:
            params = {"actor": record.actor, "date": act.date.as_known}
            yield Reason(id="intention-not-to-ratify", params=params, cites=(cite(act), "VCLT 18(a)"))


def _of_spell(it: Instrument, force: Force, spell: Spell, on: date) -> Iterator[Reason]:
    act, since = spell.act, spell.since_on(on)
    if act is None:
        yield _without_act(it, spell, since)
        return
    params: dict[str, object] = {"actor": act.actor, "act": act.kind, "date": act.date.as_known}
    yield Reason(id="consented", params=params, cites=(cite(act),))
    if spell.via:
        yield Reason(id="bound-through", params={"organization": spell.via, "since": since})
        return
    if spell.taken_over is not None:
        params = {"actor": spell.holder, "before": act.actor, "told": spell.told}
        yield Reason(id="continues", params=params, cites=(cite(spell.taken_over),))
    if since is not None:
        yield _of_since(it, force, spell, act, since)


def _of_since(it: Instrument, force: Force, spell: Spell, act: Act, since: date) -> Reason:
    clause = it.entry_into_force
    cites = () if clause is None else cite_clause(it.id, clause.article)
    own = own_effect(it, force, act.day)
    params: dict[str, object] = {"since": since, "date": act.date.as_known, "entry": force.entry}
    if act.kind in {"succession", "continuation"}:
        return Reason(id="effect-of-succession", params={**params, "before": act.ref}, cites=(cite(act),))
    if act.effective is not None and act.effective.last == since:
        return Reason(id="effect-stated", params=params, cites=(cite(act),))
    if act.effective is not None and act.effective.last < since == force.entry:
        return Reason(id="effect-floor", params=params, cites=cites)
    if spell.not_before is not None and since == spell.not_before:
        return Reason(id="effect-after-old-spell", params=params, cites=cites)
    if since != own:
        return Reason(id="effect-with-parent", params={**params, "parent": it.of}, cites=cites)
    if force.with_treaty is not None and act.day <= force.with_treaty:
        return Reason(id="effect-with-treaty", params=params, cites=cites)
    if since == force.entry:
        return Reason(id="effect-floor", params=params, cites=cites)
    others = None if clause is None else clause.others.delay
    delay = others if others is not None else (None if clause is None else clause.delay)
    return Reason(id="effect-after-delay", params={**params, "delay": delay}, cites=cites)


def _without_act(it: Instrument, spell: Spell, since: date | None) -> Reason:
    params = {"actor": spell.holder, "since": since, "parent": it.of}
    if it.tacit is not None:
        params = {**params, "parent": it.tacit.members_of}
        return Reason(id="bound-tacitly", params=params, cites=cite_clause(it.id, it.tacit.article))
    clause = it.entry_into_force
    if clause is not None and clause.binds == "all":
        return Reason(id="bound-by-all", params=params, cites=cite_clause(it.id, clause.article))
    return Reason(id="bound-as-amended", params=params, cites=("VCLT 40(5)(a)",))


def _of_end(it: Instrument, end: End) -> Iterator[Reason]:
    clause = it.withdrawal
    cites = [] if end.act is None else [cite(end.act)]
    if end.by == "withdrawal":
        if clause is not None:
            cites.extend(cite_clause(it.id, clause.article))
        if clause is None or clause.clause == "none":
            cites.append("VCLT 56(2)")
    params: dict[str, object] = {
        "by": end.by,
        "until": end.until,
        "date": end.told if end.act is None else end.act.date.as_known,
    }
    yield Reason(id=f"ended-by-{end.by}", params=params, cites=tuple(cites))


def _of_rejection(it: Instrument, record: Record, on: date) -> Iterator[Reason]:
    rejections = [act for act in record.rejections if act.day <= on]
    for act in rejections:
        params = {"actor": record.actor, "date": act.date.as_known}
        clause = "" if it.tacit is None else it.tacit.article
        yield Reason(id="rejected", params=params, cites=(cite(act), *cite_clause(it.id, clause)))
    if not rejections:
        yield Reason(id="nothing-known", params={"actor": record.actor, "on": on})


def _of_flags(
    law: Law, it: Instrument, history: History, record: Record, found: ActorStatus, on: date
) -> Iterator[Reason]:
    if found.flags.provisional:
        clause = "" if it.provisional is None else it.provisional.article
        who: dict[str, object] = {"actor": record.actor}
        yield Reason(id="provisional", params=who, cites=("VCLT 25", *cite_clause(it.id, clause)))
    for message, periods in (("suspended", record.suspended), ("rights-suspended", record.rights)):
        for period in periods:
            if touches(period, record.bound(on), on) and period.act is not None:
                held: dict[str, object] = {"actor": record.actor, "since": period.since, "rights": period.act.ref}
                yield Reason(id=message, params=held, cites=(cite(period.act),))
    for contest in record.contests:
        if contest.act.day <= on:
            dispute: dict[str, object] = {
                "by": contest.by,
                "claim": contest.claim,
                "date": contest.rival,
                "act": contest.act.ref,
            }
            yield Reason(id="contested", params=dispute, cites=(cite(contest.act),))
    if found.status == "party":
        for (one, other), (message, act) in sorted(cuts(law, it, history, on).items()):
            if record.actor in {one, other}:
                pair: dict[str, object] = {"a": record.actor, "b": other if one == record.actor else one}
                yield Reason(id=message, params=pair, cites=() if act is None else (cite(act),))


def _of_horizon(it: Instrument, on: date) -> Iterator[Reason]:
    beyond = past_horizon(it, on)
    if beyond:
        known = known_until(it)
        dates = {name: known.get(name) for name in beyond}
        yield Reason(id="past-horizon", params={"classes": beyond, "on": on, "known": dates})


def _of_declaration(it: Instrument, record: Record, on: date) -> Iterator[Reason]:
    yield Reason(id="no-parties", params={"kind": it.kind})
    for act in record.votes:
        if act.day <= on:
            yield Reason(id=act.kind, params={"actor": record.actor, "date": act.date.as_known}, cites=(cite(act),))
    for period in record.endorsements:
        if period.covers(on) and period.act is not None:
            params = {"actor": record.actor, "date": period.act.date.as_known}
            yield Reason(id="endorsed", params=params, cites=(cite(period.act),))
