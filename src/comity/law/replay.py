"""Replaying the acts of one instrument, in legal order, into records of signatures, spells, ends and flags.

This pass needs no entry into force: it settles who did what and when notices end what stands. `force` then
finds when the instrument entered into force, and `settle` when each spell began to bind.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import ClassVar

from comity.actors import Directory
from comity.acts import CONSENT, Act, parse_act_ref
from comity.dates import Delay
from comity.findings import Finding, Level
from comity.instruments import Instrument
from comity.law.ends import covering, is_pending, passed_on, period_end
from comity.law.history import Contest, End, Force, History, Period, Record, Spell, Territory

__all__ = ["Replay"]

# Where the treaty is silent, twelve months' notice (VCLT 56(2)).
_SILENT = Delay(months=12)


class Replay:
    """The state of one instrument while its acts are replayed; `records` and `findings` are its result."""

    def __init__(
        self,
        instrument: Instrument,
        directory: Directory,
        parent: History | None = None,
        force: Force | None = None,
    ) -> None:
        """`parent` is what leaving ends this one too; `force` is needed where the instrument runs in periods."""
        self.it, self.directory, self.parent, self.force = instrument, directory, parent, force or Force()
        # Ends that come from the parent.
        self.inherited: list[End] = []
        self.records: dict[str, Record] = {}
        self.territories: list[Territory] = []
        # At most one that stands, the last.
        self.terminations: list[End] = []
        self.findings: list[Finding] = []
        self.seen: set[tuple[str, str, str]] = set()
        self._refused: dict[str, tuple[Act, int]] = {}
        self.file = f"instruments/{instrument.id}.csv"
        # Whoever is bound without an act of its own has no spell here to end.
        clause = instrument.entry_into_force
        self.binds_others = instrument.tacit is not None or (
            clause is not None and (clause.binds == "all" or clause.reio == "for-members")
        )

    def run(self, acts: Iterable[Act]) -> None:
        """Replay acts that come in legal order."""
        contests = []
        for act in acts:
            if act.kind == "contest":
                contests.append(act)
                continue
            self.seen.add((str(act.date), act.actor, act.kind))
            handler = self._HANDLERS.get(act.kind)
            if handler is not None:
                handler(self, act, self.record(act.actor))
        for contest in contests:
            self._contest(contest)
        self._extinguish()

    def record(self, actor: str) -> Record:
        """The record of an actor, begun where there is none."""
        found = self.records.get(actor)
        if found is None:
            found = self.records[actor] = Record(actor=actor)
        return found

    def find(self, level: Level, code: str, act: Act, says: str, do: str = "") -> None:
        """Note what is wrong with an act."""
        says = f"{act.date} {act.actor} {act.kind}: {says}"
        self.findings.append(Finding(level=level, code=code, file=self.file, line=act.line, says=says, do=do))

    # Before consent.

    def _on_signature(self, act: Act, record: Record) -> None:
        standing = record.signed(act.day)
        if standing is not None:
            other = standing.act is not None and standing.act.at and act.at and standing.act.at != act.at
            if not other:
                self.find(
                    "warning", "second-signature", act, "it has signed already", "remove one, or name its depositary"
                )
            return
        period = self.it.signature
        if period is not None:
            early = period.opens is not None and act.day < period.opens
            late = period.closes is not None and act.date.first > period.closes
            if early or late:
                says = f"the instrument was {'not yet' if early else 'no longer'} open for signature"
                self.find("warning", "signature-outside", act, says, "check the date, or [signature]")
        record.signatures.append(Period(since=act.day, told=act.day, act=act))

    def _on_signature_withdrawal(self, act: Act, record: Record) -> None:
        standing = record.signed(act.day)
        if standing is None:
            self.find("error", "nothing-signed", act, "there is no signature to take back", "add the signature")
            return
        standing.until, standing.told_until = _effect(act), act.day
        self._end_provisional(record, act)

    def _on_intention(self, act: Act, record: Record) -> None:
        record.intentions.append(act)
        # VCLT 25(2): telling the others that one will not become a party ends provisional application.
        self._end_provisional(record, act)

    def _on_domestic_step(self, act: Act, record: Record) -> None:
        record.steps.append(act)

    # Consent.

    def _on_consent(self, act: Act, record: Record) -> None:
        if not self._may_consent(act, record):
            return
        record.spells.append(self._new_spell(act, record))

    def _may_consent(self, act: Act, record: Record) -> bool:
        clause = self.it.consent
        if clause.acts and act.kind not in clause.acts and act.kind not in {"succession", "continuation"}:
            says = f"the instrument lists {', '.join(clause.acts)}"
            self.find("warning", "consent-unlisted", act, says, "check the act, or [consent] acts")
        spells = record.standing(act.day)
        if not spells:
            return True
        standing = spells[-1]
        if standing.end(act.day) is not None:
            return True  # it leaves and comes back: the new spell waits for the end of the old one
        elsewhere = standing.act is not None and act.at and standing.act.at and standing.act.at != act.at
        if not elsewhere:
            given = "" if standing.act is None else f" ({standing.act.kind} of {standing.act.date})"
            says = f"a consent stands already, and governs{given}"
            do = "remove one, or add the withdrawal between them; several depositaries go into the column at"
            self._refused[act.actor] = (act, len(self.findings))
            self.find("warning", "second-consent", act, says, do)
        return False

    def _same_day_return(self, act: Act, record: Record) -> None:
        """A State that leaves and comes back on one day: the law takes consents first, so the new one waits here."""
        again, index = self._refused.get(act.actor, (act, -1))
        if again is not act and again.day == act.day:
            del self._refused[act.actor]
            self.findings[index] = Finding(
                level="note",
                code="same-day-return",
                file=self.file,
                line=again.line,
                says=f"{again.date} {again.actor} {again.kind}: taken as given after the notice of that day",
                do="nothing, where the source says so",
            )
            record.spells.append(self._new_spell(again, record))

    def _new_spell(self, act: Act, record: Record) -> Spell:
        standing = record.standing(act.day)
        pending = standing[-1].end(act.day) if standing else None
        spell = Spell(
            told=act.day,
            act=act,
            holder=act.actor,
            not_before=None if pending is None else pending.until,
        )
        self._hang(spell, spell.told)
        return spell

    def _hang(self, spell: Spell, day: date) -> None:
        """End a spell with the parent's that runs on `day`; whoever left with the parent may consent anew."""
        above = None if self.parent is None else self.parent.records.get(spell.holder)
        under = None if above is None else covering((*above.spells, *above.derived), day)
        if under is not None:
            ends = passed_on(under, spell)
            spell.ends.extend(ends)
            self.inherited.extend(ends)

    def _on_succession(self, act: Act, record: Record) -> None:
        if not act.ref:
            says = "does not name the predecessor"
            self.find("warning", "succession-no-predecessor", act, says, "put the predecessor's id into ref")
        elif act.ref not in self.directory.actors:
            self.find("error", "actor-unknown", act, f"no actor is called “{act.ref}”", "correct ref")
        if self._may_consent(act, record):
            record.spells.append(self._new_spell(act, record))

    def _on_continuation(self, act: Act, record: Record) -> None:
        if not act.ref:
            self._on_succession(act, record)
            return
        if act.ref == act.actor:
            says = "names itself as the State that it continues"
            self.find("error", "continuation-of-itself", act, says, "put the predecessor's id into ref")
            return
        before = self.records.get(act.ref)
        if act.ref not in self.directory.actors:
            self.find("error", "actor-unknown", act, f"no actor is called “{act.ref}”", "correct ref")
        if before is None or not (before.spells or before.signatures):
            says = f"nothing is known of {act.ref} that it could continue"
            self.find("warning", "continuation-of-nothing", act, says, "add the predecessor's acts")
            if self._may_consent(act, record):
                record.spells.append(self._new_spell(act, record))
            return
        self._take_over(act, record, before)

    def _take_over(self, act: Act, record: Record, before: Record) -> None:
        """VCLT has no rule for continuation: the same person at law goes on under another name, so all goes with it."""
        day = _effect(act)
        told = max(day, act.day)
        gone = self._last_day_before(day, before)
        standing = before.standing(gone)
        if standing and self._may_consent(act, record):
            known = min(told, gone) if gone < day else told
            for spell in standing:
                record.spells.append(self._copy(spell, act, told))
                spell.ends.append(End(told=known, until=gone, by="extinction", act=act))
        elif not standing and not record.spells:
            # Whoever continues a former party is one, and not what that party was before.
            ended = before.ended(gone)
            if ended is not None and ended[1].by != "extinction":
                record.spells.append(self._copy(ended[0], act, told))
        for name in ("signatures", "provisional", "suspended", "rights"):
            for period in getattr(before, name):
                if period.until is None or period.until > day:
                    taken = Period(since=period.since, told=told, act=period.act)
                    taken.until, taken.told_until = period.until, period.told_until
                    getattr(record, name).append(taken)

    def _copy(self, spell: Spell, act: Act, told: date) -> Spell:
        """A spell as whoever continues its holder has it from the day `told` on."""
        copy = Spell(told=told, act=spell.act, holder=act.actor, since_told=told, taken_over=act)
        copy.not_before = spell.not_before
        copy.ends = [end for end in spell.ends if end.by != "extinction"]
        if copy.end(told) is None:
            self._hang(copy, told)
        return copy

    def _last_day_before(self, day: date, before: Record) -> date:
        """The day to look at: that of continuation, or the predecessor's last one where it was gone by then."""
        actor = self.directory.actors.get(before.actor)
        gone = actor.until if actor is not None else None
        return day if gone is None else min(day, gone)

    # Ends.

    def _on_consent_withdrawal(self, act: Act, record: Record) -> None:
        self._end(act, record.standing(act.day)[-1:], "consent-withdrawal", max(_effect(act), act.day))

    def _on_withdrawal(self, act: Act, record: Record) -> None:
        # Where one consent stands and another waits for its end, a further notice is about the one that waits.
        standing = record.standing(act.day)
        spells = [spell for spell in standing if self._notice(spell, act.day) is None]
        if standing and not spells:
            pending = self._notice(standing[-1], act.day) or End(told=act.day, until=act.day, by="")
            elsewhere = pending.act is not None and act.at and pending.act.at and act.at != pending.act.at
            if not elsewhere:
                self.find("warning", "second-notice", act, "a notice is pending, and governs", "remove one")
            return
        self._end(act, spells, "withdrawal", self._notice_effect(act))
        self._same_day_return(act, record)

    def _notice(self, spell: Spell, day: date) -> End | None:
        """The end that acts under this very instrument have set to a spell, as known on `day`."""
        own = (end for end in spell.ends if end.stands(day) and end not in self.inherited)
        return next(own, None)

    def _notice_effect(self, act: Act) -> date:
        clause = self.it.withdrawal
        computed = self.notice_delay().after(act.day)
        entry = self.force.entry_on(act.day)
        if clause is not None and clause.periods is not None and entry is not None:
            computed = period_end(clause.periods, entry, act.day)
        if act.effective is None:
            return computed
        stated = act.effective.last
        later_allowed = clause is not None and clause.later == "allowed"
        if stated < computed or (stated > computed and not later_allowed):
            says = f"takes effect on {stated} as stated, and on {computed} by the clause"
            do = 'check both; `later = "allowed"` where the notice may name a later day'
            self.find("warning", "effect-differs", act, says, do)
        return stated

    def notice_delay(self) -> Delay:
        """From notice to effect: the clause's delay; the day of notice; twelve months where the treaty is silent."""
        clause = self.it.withdrawal
        if clause is not None and clause.delay is not None:
            return clause.delay
        return _SILENT if clause is None or clause.clause == "none" else Delay()

    def _on_ending(self, act: Act, record: Record) -> None:
        self._end(act, record.standing(act.day), act.kind, _effect(act))

    def _end(self, act: Act, spells: Iterable[Spell], by: str, until: date) -> None:
        """End these spells of the actor, or, where there are none, what may bind it without an act of its own."""
        record = self.record(act.actor)
        ends = []
        for spell in spells:
            ends.append(End(told=act.day, until=until, by=by, act=act))
            spell.ends.append(ends[-1])
        if ends:
            self._bilateral(act, ends[0])
        elif self.binds_others:
            record.derived_ends.append(End(told=act.day, until=until, by=by, act=act))
        else:
            self._nothing_to_end(act)
        self._end_provisional(record, act)

    def check_ends(self) -> None:
        """Once it is known whom the instrument binds without an act of its own: ends of what never was."""
        for record in self.records.values():
            if record.derived_ends and all(spell.via for spell in record.derived):
                for act in [end.act for end in record.derived_ends if end.act is not None]:
                    self._nothing_to_end(act)

    def _nothing_to_end(self, act: Act) -> None:
        says = "there is no consent that it could end"
        self.find("error", "nothing-to-end", act, says, "add the consent, or check the date and the actor")

    def _bilateral(self, act: Act, end: End) -> None:
        """Where only two may be parties, the end for one ends the treaty; a consent taken back ends nothing."""
        two = 2
        open_to = self.it.consent.open_to
        if end.by == "consent-withdrawal" or not isinstance(open_to, tuple):
            return
        if len(open_to) == two and act.actor in open_to:
            self._terminate(act, end.until)

    def _terminate(self, act: Act, until: date) -> None:
        if all(end.revoked is not None for end in self.terminations):
            self.terminations.append(End(told=act.day, until=until, by="termination", act=act))

    def _on_revocation(self, act: Act, record: Record) -> None:
        standing = record.standing(act.day)
        given = [end for spell in standing for end in spell.ends if end not in self.inherited]
        notices = [end for end in given if is_pending(end, act.day)]
        if not standing:
            notices = [end for end in record.derived_ends if is_pending(end, act.day)]
        if not notices:
            says = "there is no notice that it could take back, or it has taken effect"
            self.find(
                "error", "nothing-to-revoke", act, says, "check the dates; after the effect, only a new consent helps"
            )
            return
        notices[-1].revoked = act.day
        for end in [one for one in self.terminations if one.act is notices[-1].act]:
            end.revoked = act.day
        if standing and notices[-1] in standing[0].ends:
            # The old consent stands again, and governs: what waited for its end has nothing to wait for.
            del record.spells[record.spells.index(standing[0]) + 1 :]

    def _on_terminate(self, act: Act, record: Record) -> None:
        del record
        self._terminate(act, _effect(act))

    # Provisional application and suspension.

    def _on_provisional(self, act: Act, record: Record) -> None:
        record.provisional.append(Period(since=_effect(act), told=act.day, act=act))

    def _on_provisional_end(self, act: Act, record: Record) -> None:
        clause = self.it.provisional
        if not self._end_provisional(record, act):
            if clause is None or clause.by == "declaration":
                says = "there is no provisional application that it could end"
                self.find("error", "nothing-to-end", act, says, "add provisional-application, or check the date")
                return
            # An opting out where signature or adoption starts it: a period that ends before it begins to count.
            record.provisional.append(
                Period(since=_effect(act), told=act.day, act=act, until=_effect(act), told_until=act.day)
            )

    def _end_provisional(self, record: Record, act: Act) -> bool:
        open_ = [period for period in record.provisional if period.until is None]
        for period in open_:
            period.until, period.told_until = _effect(act), act.day
        return bool(open_)

    def _on_suspension(self, act: Act, record: Record) -> None:
        record.suspended.append(Period(since=_effect(act), told=act.day, act=act))

    def _on_resumption(self, act: Act, record: Record) -> None:
        self._close(record.suspended, act, "no suspension stands")

    def _on_rights_suspension(self, act: Act, record: Record) -> None:
        record.rights.append(Period(since=_effect(act), told=act.day, act=act))

    def _on_rights_restoration(self, act: Act, record: Record) -> None:
        same = [
            period for period in record.rights if not act.ref or (period.act is not None and period.act.ref == act.ref)
        ]
        self._close(same, act, "no suspension of such rights stands")

    def _close(self, periods: list[Period], act: Act, says: str) -> None:
        open_ = [period for period in periods if period.until is None]
        if not open_:
            self.find("error", "nothing-to-end", act, says, "add the act that began it, or check the date")
        for period in open_:
            period.until, period.told_until = _effect(act), act.day

    # Tacit acceptance, votes, territories, contests.

    def _on_rejection(self, act: Act, record: Record) -> None:
        if self.it.tacit is None:
            says = "the instrument has no [tacit] acceptance that could be rejected"
            self.find("warning", "rejection-without-tacit", act, says, "add [tacit], or check the act")
        record.rejections.append(act)

    def _on_vote(self, act: Act, record: Record) -> None:
        record.votes.append(act)

    def _on_endorsement(self, act: Act, record: Record) -> None:
        record.endorsements.append(Period(since=_effect(act), told=act.day, act=act))

    def _on_endorsement_withdrawal(self, act: Act, record: Record) -> None:
        self._close(record.endorsements, act, "it has not endorsed this")

    def _on_territory(self, act: Act, record: Record) -> None:
        del record
        applies = act.kind == "territorial-application"
        period = Period(since=_effect(act), told=act.day, act=act)
        self.territories.append(Territory(territory=act.ref, by=act.actor, applies=applies, period=period))

    def _on_territory_end(self, act: Act, record: Record) -> None:
        del record
        applies = act.kind == "territorial-application-end"
        mine = [
            entry.period
            for entry in self.territories
            if entry.applies == applies and entry.territory == act.ref and entry.by == act.actor
        ]
        self._close(mine, act, f"nothing stands for {act.ref}")

    def _contest(self, act: Act) -> None:
        target = parse_act_ref(act.ref)
        if (target.date, target.actor, target.kind) not in self.seen:
            self.find("error", "contest-of-nothing", act, f"there is no act “{act.ref}”", "name an act that stands")
            return
        record = self.record(target.actor)
        rival = None if act.effective is None else str(act.effective)
        record.contests.append(Contest(act=act, by=act.actor, claim=act.note, rival=rival))

    def _extinguish(self) -> None:
        """From an actor's last day its spells are former, by extinction (NOTATION)."""
        for actor, record in self.records.items():
            known = self.directory.actors.get(actor)
            if known is None or known.until is None:
                continue
            record.extinct = known.until
            for spell in record.spells:
                if not any(end.by == "extinction" and end.told <= known.until for end in spell.ends):
                    spell.ends.append(End(told=known.until, until=known.until, by="extinction"))

    # What each kind of act does.
    _HANDLERS: ClassVar[dict[str, Callable[["Replay", Act, Record], None]]] = {
        **dict.fromkeys(CONSENT - {"succession", "continuation"}, _on_consent),
        "signature": _on_signature,
        "signature-withdrawal": _on_signature_withdrawal,
        "intention-not-to-ratify": _on_intention,
        "domestic-step": _on_domestic_step,
        "succession": _on_succession,
        "continuation": _on_continuation,
        "consent-withdrawal": _on_consent_withdrawal,
        "withdrawal": _on_withdrawal,
        "withdrawal-revocation": _on_revocation,
        "expulsion": _on_ending,
        "cessation": _on_ending,
        "termination": _on_terminate,
        "provisional-application": _on_provisional,
        "provisional-application-end": _on_provisional_end,
        "suspension": _on_suspension,
        "resumption": _on_resumption,
        "rights-suspension": _on_rights_suspension,
        "rights-restoration": _on_rights_restoration,
        "rejection": _on_rejection,
        "vote-for": _on_vote,
        "vote-against": _on_vote,
        "vote-abstaining": _on_vote,
        "vote-absent": _on_vote,
        "endorsement": _on_endorsement,
        "endorsement-withdrawal": _on_endorsement_withdrawal,
        "territorial-application": _on_territory,
        "territorial-exclusion": _on_territory,
        "territorial-application-end": _on_territory_end,
        "territorial-exclusion-withdrawal": _on_territory_end,
    }


def _effect(act: Act) -> date:
    """The day an act takes effect: the one stated, else its own."""
    return act.effective.last if act.effective is not None else act.day
