"""Roll calls as columns of numbers, and as members × questions."""

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["ABSENT", "ABSTAIN", "NO", "YES", "RollCalls", "ballots"]

NO, ABSTAIN, YES, ABSENT = 0, 1, 2, 3
Numbers = NDArray[np.intp]


class RollCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Votes, a row each: who, in which session, on which question, how (`NO`, `ABSTAIN`, `YES`)."""

    actors: tuple[str, ...]
    sessions: tuple[int, ...]
    actor: Numbers
    session: Numbers
    question: Numbers
    vote: Numbers


def ballots(votes: RollCalls, questions: int) -> NDArray[np.int8]:
    """The votes as members × questions: `NO`, `ABSTAIN`, `YES`, and `ABSENT` where there is none."""
    found = np.full((len(votes.actors), questions), ABSENT, np.int8)
    found[votes.actor, votes.question] = votes.vote
    return found
