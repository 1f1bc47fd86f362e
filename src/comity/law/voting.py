"""Declarations and resolutions: how they were adopted, and who supports them. They have no parties."""

from datetime import date

from comity.instruments import Instrument
from comity.law.history import History
from comity.law.law import Law
from comity.law.missing import select
from comity.law.results import DECLARED, VotingRecord
from comity.rules.ground import NoMembersError, UnknownNameError, ground
from comity.rules.judge import Tally, holds

__all__ = ["voting_record"]


def voting_record(law: Law, it: Instrument, history: History, on: date) -> VotingRecord | None:
    """The vote and the supporters as known on a day; None for an instrument that has parties and no votes."""
    votes: dict[str, set[str]] = {
        "vote-for": set(),
        "vote-against": set(),
        "vote-abstaining": set(),
        "vote-absent": set(),
    }
    supporters = set()
    for code, record in history.records.items():
        for act in record.votes:
            if act.day <= on:
                votes[act.kind].add(code)
        if any(period.covers(on) for period in record.endorsements):
            supporters.add(code)
    if not any(votes.values()) and not supporters and (it.adoption is None or it.kind not in DECLARED):
        return None
    adoption = it.adoption
    tally = Tally(
        for_=frozenset(votes["vote-for"]),
        against=frozenset(votes["vote-against"]),
        abstaining=frozenset(votes["vote-abstaining"]),
        absent=frozenset(votes["vote-absent"]),
    )
    adopted = it.adopted is not None and it.adopted <= on
    return VotingRecord(
        body="" if adoption is None else adoption.body,
        rule="" if adoption is None else adoption.rule,
        symbol="" if adoption is None else adoption.symbol,
        without_vote=adoption is not None and adoption.without_vote,
        date=it.adopted if adopted else None,
        votes_for=tuple(sorted(tally.for_)),
        against=tuple(sorted(tally.against)),
        abstaining=tuple(sorted(tally.abstaining)),
        absent=tuple(sorted(tally.absent)),
        supporters=tuple(sorted(tally.for_ | supporters)),
        carried=_carried(law, it, tally) if adopted else None,
    )


def _carried(law: Law, it: Instrument, tally: Tally) -> bool | None:
    """Whether the vote met the named rule; None where no rule, or no vote, is known."""
    adoption = it.adoption
    if adoption is None or it.adopted is None or not (tally.voting or adoption.without_vote):
        return None
    if adoption.without_vote:
        return True
    rule = law.reading.rule(adoption.rule) if adoption.rule else None
    version = None if rule is None else rule.at(it.adopted)
    if rule is None or version is None:
        return None
    members = tally.present | tally.absent
    selector = version.members if version.members is not None else rule.members
    try:
        # A member whose vote is not recorded is a member all the same.
        members |= frozenset() if selector is None else select(law, selector, it.adopted, it.adopted)
        return holds(ground(version.when, law, it.adopted, members=members), tally)
    except (UnknownNameError, NoMembersError):
        return None
