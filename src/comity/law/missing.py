"""What is still missing for entry into force, and the smallest sets of actors that could bring it about."""

from datetime import date

import msgspec

from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.force import counted, ground_on
from comity.law.history import History
from comity.law.law import Law
from comity.rules.forms import PartiesTo, Selector, SignatoriesOf, names
from comity.rules.judge import Tally
from comity.rules.missing import missing as rule_missing
from comity.rules.progress import Progress, plain_progress, progress

__all__ = ["Missing", "candidates", "missing"]

LIMIT = 10


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the entry-into-force rule is met; if not, how many more consents would meet it at the least, and whose.

    `size` is 0 where the rule is met, and None where nobody's consent could meet it or there is no rule to meet.
    `smallest` holds the first ten smallest sets, members sorted, sets in lexicographic order.
    """

    instrument: str
    on: date
    met: bool
    progress: Progress | None
    size: int | None
    smallest: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...] = ()

    def rows(self) -> list[dict[str, object]]:
        """One row a member of a set."""
        return [
            {"instrument": self.instrument, "on": self.on.isoformat(), "set": index, "actor": actor}
            for index, members in enumerate(self.smallest, 1)
            for actor in members
        ]

    def plain(self) -> dict[str, object]:
        """The plain form that `comity missing` prints."""
        return {
            "instrument": self.instrument,
            "on": self.on.isoformat(),
            "met": self.met,
            "progress": {} if self.progress is None else plain_progress(self.progress),
            "size": self.size,
            "smallest": [list(members) for members in self.smallest],
            "findings": [msgspec.to_builtins(finding) for finding in self.findings],
        }


def missing(law: Law, it: Instrument, history: History, on: date) -> Missing:
    """What is missing on a day: the smallest sets of eligible actors whose consent that day would meet the rule.

    Raises `UnknownNameError` where the rule names what the register does not have.
    """
    findings = law.findings(it.id)
    rule = None if it.entry_into_force is None else it.entry_into_force.when
    entered = history.force.entry_on(on) is not None
    if rule is None:
        size = 0 if entered else None
        return Missing(instrument=it.id, on=on, met=entered, progress=None, size=size, smallest=(), findings=findings)
    judged = ground_on(it, rule, law, on)
    standing = law.consenting(it.id, on)
    for_ = counted(it, _that_count(law, it, history, on), law.directory, on)
    tally = Tally.of_consents(for_)
    tree = progress(judged, tally)
    if entered or tree.met:
        return Missing(instrument=it.id, on=on, met=True, progress=tree, size=0, smallest=(), findings=findings)
    found = rule_missing(judged, tally, candidates(law, it, on) - standing, limit=LIMIT)
    return Missing(
        instrument=it.id,
        on=on,
        met=False,
        progress=tree,
        size=found.size,
        smallest=found.smallest,
        findings=findings,
    )


def _that_count(law: Law, it: Instrument, history: History, on: date) -> frozenset[str]:
    """Whose own consent stands by an act that counts; parties to the parent alone where the clause asks for them."""
    acts = () if it.entry_into_force is None else it.entry_into_force.counts
    found = frozenset(
        actor
        for actor, record in history.records.items()
        for spell in record.standing(on)
        if not acts or (spell.act is not None and spell.act.kind in acts)
    )
    parent = it.consent.parent
    return found & law.consenting(it.of, on) if parent is not None and parent.required and it.of else found


def candidates(law: Law, it: Instrument, on: date) -> frozenset[str]:
    """Whoever exists that day and may consent: the States, those the rule names, and nobody the clause leaves out."""
    directory = law.directory
    clause = it.entry_into_force
    rule = None if clause is None else clause.when
    counts_regional = clause is not None and clause.reio in {"counted", "for-members"}
    named = frozenset() if rule is None else names(rule).actors
    found = {
        code
        for code, actor in directory.actors.items()
        if actor.exists(on) and ((actor.kind == "state" or code in named) and (not actor.regional or counts_regional))
    }
    open_to = it.consent.open_to
    if open_to is not None:
        found &= eligible(law, open_to, on, it.adopted)
    if it.consent.parent is not None and it.consent.parent.required and it.of:
        found &= law.consenting(it.of, on)
    return frozenset(found)


def eligible(law: Law, selector: Selector, on: date, adoption: date | None) -> frozenset[str]:
    """To whom an instrument is open on a day: one open to the parties to a treaty takes those bound by it soon too.

    Depositaries accept both instruments from one hand on one day.
    """
    found = select(law, selector, on, adoption)
    if isinstance(selector, PartiesTo) and selector.at is None:
        found |= law.consenting(selector.instrument, on)
    return found


def select(law: Law, selector: Selector, on: date, adoption: date | None) -> frozenset[str]:
    """The actors whom a selector means on a day."""
    if isinstance(selector, tuple):
        return frozenset(selector)
    if isinstance(selector, str):
        return law.group(selector, on)
    if isinstance(selector, SignatoriesOf):
        return law.signatories_of(selector.instrument, on)
    return law.parties_to(selector.instrument, _day(selector, on, adoption))


def _day(selector: PartiesTo, on: date, adoption: date | None) -> date:
    if selector.at == "adoption":
        return adoption or on
    return selector.at or on
