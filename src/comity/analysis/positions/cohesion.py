"""How closely groups vote together, who votes against its group, and who stands between two.

Of one group on one question, by the numbers of yes, no and abstentions: Rice's index |yes - no| / (yes + no)
(Quantitative Methods in Politics, 1928), which leaves abstentions out; the agreement index of Hix, Noury and Roland
(Power to the parties: cohesion and competition in the European Parliament, British Journal of Political Science 35,
2005), (largest - ½ (all - largest)) / all: 1 where all vote alike, 0 where the three are as many. A group is the mean
over the questions on which at least two of it voted. Even votes by lot give a Rice index above 0, the higher the
smaller the group (Desposato, same journal, 2005), so groups of unlike sizes are not compared by it.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.positions.roll_calls import ABSTAIN, NO, YES

__all__ = [
    "SPLIT",
    "Cohesion",
    "Defections",
    "agreement_index",
    "cohesion",
    "defections",
    "loyal",
    "positions",
    "rice_index",
]

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Ways = NDArray[np.int8]
SPLIT = -1
_TWO, _THREE = 2, 3


class Cohesion(msgspec.Struct, frozen=True):
    """Mean Rice index and mean agreement index (nan where there is none), over how many questions each."""

    rice: float
    rice_on: int
    agreement: float
    agreement_on: int


def rice_index(counts: Floats) -> Floats:
    """Rice's index, of counts of no, abstain, yes in the last axis; nan where fewer than two said yes or no."""
    no, yes = counts[..., NO], counts[..., YES]
    total = no + yes
    return np.where(total >= _TWO, np.abs(yes - no) / np.maximum(total, 1), np.nan)


def agreement_index(counts: Floats) -> Floats:
    """The agreement index, of counts of no, abstain, yes in the last axis; nan where fewer than two voted."""
    total, most = counts.sum(axis=-1), counts.max(axis=-1)
    return np.where(total >= _TWO, (most - (total - most) / 2) / np.maximum(total, 1), np.nan)


def counted(ways: Ways) -> Floats:
    """How many said no, abstained, said yes: questions × 3, of members × questions."""
    return np.stack([(ways == way).sum(axis=0) for way in (NO, ABSTAIN, YES)], axis=-1).astype(float)


def cohesion(ways: Ways) -> Cohesion:
    """The cohesion of the members of one group, given as members × questions."""
    counts = counted(ways)
    found = [one[~np.isnan(one)] for one in (rice_index(counts), agreement_index(counts))]
    rice, agrees = (float(one.mean()) if len(one) else float("nan") for one in found)
    return Cohesion(rice, len(found[0]), agrees, len(found[1]))


def positions(ways: Ways) -> Numbers:
    """What most of a group said on each question: `NO`, `ABSTAIN`, `YES`; `SPLIT` where no answer has the most."""
    counts = counted(ways)
    ranked = np.sort(counts, axis=-1)
    alone = ranked[:, -1] > ranked[:, -2]
    return np.where(alone, counts.argmax(axis=-1), SPLIT)


def _majority(ways: Ways) -> Numbers:
    """The positions of a group of which at least three voted."""
    return np.where((ways <= YES).sum(axis=0) >= _THREE, positions(ways), SPLIT)


def loyal(ways: Ways, of: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """For each member: on how many of its votes its group had a position, how often it took it, how often the contrary.

    The contrary is yes to its group's no, or no to its yes. `of` is the group of each member, -1 for none. A position
    is one of at least three that voted: of two neither is the majority.
    """
    judged, went, against = (np.zeros(len(ways), np.intp) for _ in range(3))
    for group in range(int(of.max(initial=-1)) + 1):
        inside = of == group
        cast = ways[inside]
        position = _majority(cast)
        counts = (cast <= YES) & (position != SPLIT)
        judged[inside] = counts.sum(axis=1)
        went[inside] = (counts & (cast == position)).sum(axis=1)
        against[inside] = (counts & (cast + position == YES + NO) & (cast != ABSTAIN)).sum(axis=1)
    return judged, went, against


class Defections(msgspec.Struct, frozen=True):
    """Some of the votes against a group's position, and how many there are in all (an abstention is none).

    A row: who, on which question, the position, and the share of the group's votes that were for it.
    """

    rows: tuple[tuple[int, int, int, float], ...]
    number: int


def defections(ways: Ways, of: Numbers, most: int) -> Defections:
    """Who said yes to its group's no, or no to its yes; of at most `most` those that left the most united first."""
    found, number = [], 0
    for group in range(int(of.max(initial=-1)) + 1):
        inside = np.flatnonzero(of == group)
        cast = ways[inside]
        position, counts = _majority(cast), counted(cast)
        share = counts.max(axis=-1) / np.maximum(counts.sum(axis=-1), 1)
        against = (cast <= YES) & (position != SPLIT) & (cast != ABSTAIN) & (cast + position == YES + NO)
        who, question = np.nonzero(against)
        number += len(who)
        first = np.lexsort((question, -share[question]))[:most]
        found += [
            (int(inside[who[at]]), int(question[at]), int(position[question[at]]), float(share[question[at]]))
            for at in first
        ]
    ranked = sorted(found, key=lambda one: (-one[3], one[1], one[0]))
    return Defections(tuple(ranked[:most]), number)
