"""Which official entries into force follow from the acts alone, and why the others do not."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from comity.findings import Finding
from comity.law.checks import check_instrument
from comity.law.law import Law

__all__ = ["Reproduction", "reproductions"]

Outcome = Literal["reproduced", "differs", "named"]

# Findings that say why a computed date is not the official one, most telling first.
_CAUSES = ("weights-unknown", "official-differs")


class Reproduction(msgspec.Struct, frozen=True, kw_only=True):
    """The official entry into force of one instrument beside the one that its acts and its clause give.

    `outcome` is `named` where the clause only names the day, so that there is nothing to compute; `cause` says
    in words what is likely behind a difference.
    """

    instrument: str
    official: date
    computed: date | None
    outcome: Outcome
    cause: str = ""


def reproductions(law: Law) -> Iterator[Reproduction]:
    """One for each instrument whose depositary states an entry into force, by id."""
    for name in law.reading.ids():
        it = law.reading.instrument(name)
        history = None if it is None else law.history(name)
        clause = None if it is None else it.entry_into_force
        if history is None or clause is None or clause.official is None:
            continue
        computed = history.force.computed
        if clause.when is None:
            yield Reproduction(instrument=name, official=clause.official, computed=computed, outcome="named")
        elif computed == clause.official:
            yield Reproduction(instrument=name, official=clause.official, computed=computed, outcome="reproduced")
        else:
            cause = _cause(tuple(check_instrument(law, name)))
            yield Reproduction(
                instrument=name, official=clause.official, computed=computed, outcome="differs", cause=cause
            )


def _cause(findings: tuple[Finding, ...]) -> str:
    for code in _CAUSES:
        for finding in findings:
            if finding.code == code:
                return (
                    finding.says.partition("; ")[0]
                    if code == "weights-unknown"
                    else finding.do.removeprefix("likely: ")
                )
    return ""
