"""Where members of a body stand, from their votes: dynamic ideal points.

An ordinal item response model in one dimension, after Bailey, Strezhnev and Voeten (Estimating dynamic state
preferences from United Nations voting data, Journal of Conflict Resolution 61, 2017): a member with point θ answers a
question whose slope is b and whose cuts are c1 ≤ c2 by *no* where b·θ + e < c1, by *yes* where it is c2 or more, and
abstains between. Points move from session to session as a random walk, which is what ties the sessions together. Here e
is logistic, and the answer is the most likely one (maximum a posteriori), found by turns: questions given points,
points given questions, each by Newton's method with the expected information. An error is the square root of the
inverse information of a point, its neighbours in time integrated out, the questions taken as known. In chambers made
from known points the band of 1.96 errors holds about 95 of 100 of them (`benchmarks/positions.py`); where few members
answer few questions it says somewhat too little.

Between two sessions a point moves with a standard deviation of 0.3 a session, of which 1 is the spread of all points:
what a member did before and after draws its point, the more the fewer votes it cast. A question that is voted on again
under one number, in a later session, is one question, and bridges the sessions.

Scale and sign are free in such a model: points have mean 0 and standard deviation 1 over all, and one member is said to
lie on the positive side.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.compiling import compiled
from comity.analysis.positions.roll_calls import ABSTAIN, NO, YES, RollCalls

__all__ = ["ABSTAIN", "NO", "YES", "Points", "RollCalls", "ideal_points"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
# How far a point moves from one session to the next (a standard deviation), how far slopes and cuts may lie from 0.
_WALK = 0.3
_SLOPE = 1.0
_CUT = 4.0
_TURNS = 100
_CLOSE = 2e-3
_BEGIN = 25  # turns of averages to begin with
_SETTLE = 4
_APART = 1e-3
_TINY = 1e-9
_LONGEST = 0.7  # of a Newton step in one turn
# Of a step of the points that is taken: all of them move at once, neighbours in time too, and whole steps would swing.
_TAKEN = 0.6


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """Points by member and session, those alone in which a member voted: numbers, points, errors, votes cast.

    `settled` says that the points moved no more when it was stopped, after so many `turns`.
    """

    actor: Numbers
    session: Numbers
    point: Floats
    error: Floats
    votes: Numbers
    turns: int
    settled: bool


class _Places(msgspec.Struct, frozen=True):
    """Which member in which session is which place; and the places of its sessions before and after (or -1)."""

    actor: Numbers
    session: Numbers
    of_vote: Numbers
    before: Numbers
    after: Numbers
    gap_before: Floats
    gap_after: Floats


def ideal_points(votes: RollCalls, positive: str, progress: Callable[[int, int], None] | None = None) -> Points:
    """The points of all members in all sessions in which they voted; `positive` names who lies on the positive side.

    Questions on which all voted alike say nothing and are left out. Raises ValueError where nothing is left, or nobody
    of that name voted.
    """
    telling = _telling(votes)
    if not telling.any() or positive not in votes.actors:
        raise ValueError(
            "nobody is parted by these votes" if positive in votes.actors else f"“{positive}” did not vote"
        )
    actor, session, question, vote = (
        column[telling] for column in (votes.actor, votes.session, votes.question, votes.vote)
    )
    question = np.unique(question, return_inverse=True)[1]
    places = _placed(actor, session, votes.sessions)
    theta = _first(places, question, vote)
    items = np.tile([1.0, -0.5, 0.5], (int(question.max()) + 1, 1))
    error, turn, change = np.ones(len(theta)), 0, np.inf
    for turn in range(1, _TURNS + 1):
        by_item, by_place = np.zeros((len(items), 9)), np.zeros((len(theta), 2))
        _sums(theta, places.of_vote, items, question, vote, by_item, by_place)
        # Questions first: until they say something, points stay where they began.
        items = _asked(items, by_item)
        if turn <= _SETTLE:
            continue
        moved, error = _moved(theta, places, by_place)
        moved = (moved - moved.mean()) / moved.std()
        change = float(np.abs(moved - theta).max())
        theta = moved
        if progress is not None:
            progress(turn, _TURNS)
        if change < _CLOSE:
            break
    own = theta[places.actor == votes.actors.index(positive)]
    sign = -1.0 if own.mean() < 0 else 1.0
    cast = np.bincount(places.of_vote, minlength=len(theta))
    return Points(
        actor=places.actor,
        session=places.session,
        point=sign * theta,
        error=error,
        votes=cast,
        turns=turn,
        settled=change < _CLOSE,
    )


def _telling(votes: RollCalls) -> NDArray[np.bool_]:
    """Votes on questions that part the members."""
    counts = np.stack(
        [
            np.bincount(votes.question[votes.vote == way], minlength=votes.question.max() + 1)
            for way in (NO, ABSTAIN, YES)
        ]
    )
    parts: NDArray[np.bool_] = (counts > 0).sum(axis=0) > 1
    return parts[votes.question]


def _placed(actor: Numbers, session: Numbers, sessions: tuple[int, ...]) -> _Places:
    key = actor * len(sessions) + session
    found, of_vote = np.unique(key, return_inverse=True)
    own, at = found // len(sessions), found % len(sessions)
    when = np.array(sessions, float)[at]
    same = own[1:] == own[:-1]
    gaps = np.where(same, when[1:] - when[:-1], np.inf)
    numbers = np.arange(len(found))
    before = np.concatenate([[-1], np.where(same, numbers[:-1], -1)])
    after = np.concatenate([np.where(same, numbers[1:], -1), [-1]])
    return _Places(own, at, of_vote, before, after, np.concatenate([[np.inf], gaps]), np.concatenate([gaps, [np.inf]]))


def _first(places: _Places, question: Numbers, vote: Numbers) -> Floats:
    """Where to begin: the first dimension of who votes with whom, by turns of averages (reciprocal averaging)."""
    n, m = len(places.actor), int(question.max()) + 1
    side = vote - 1.0
    side -= (np.bincount(question, side, m) / np.bincount(question, minlength=m))[question]
    theta = np.random.default_rng(0).normal(size=n)
    for _ in range(_BEGIN):
        weight = np.bincount(question, side * theta[places.of_vote], m)
        theta = np.bincount(places.of_vote, side * weight[question], n) / np.bincount(places.of_vote, minlength=n)
        theta = _standard(theta, places.session)
    return _aligned(theta, places)


def _standard(theta: Floats, session: Numbers) -> Floats:
    """Points with mean 0 and standard deviation 1 in each session."""
    number = np.bincount(session)
    mean = np.bincount(session, theta) / np.maximum(number, 1)
    found = theta - mean[session]
    spread = np.sqrt(np.bincount(session, found**2) / np.maximum(number, 1))
    standard: Floats = found / np.maximum(spread, _TINY)[session]
    return standard


def _aligned(theta: Floats, places: _Places) -> Floats:
    """The sign of each session chosen so that members lie where they lay when they last voted."""
    found, last = theta.copy(), np.zeros(int(places.actor.max()) + 1)
    for at in range(int(places.session.max()) + 1):
        here = places.session == at
        who = places.actor[here]
        if (found[here] * last[who]).sum() < 0:
            found[here] *= -1
        last[who] = found[here]
    return found


@compiled()
def _sums(  # noqa: PLR0913, PLR0917  # one pass over the votes, in compiled code
    theta: Any,  # noqa: ANN401  # numba compiles it for what comes
    of_vote: Any,  # noqa: ANN401  # as above
    items: Any,  # noqa: ANN401  # as above
    question: Any,  # noqa: ANN401  # as above
    vote: Any,  # noqa: ANN401  # as above
    by_item: Any,  # noqa: ANN401  # as above
    by_place: Any,  # noqa: ANN401  # as above
) -> None:
    """Add up gradients and expected information (Fisher) of all votes, for questions (9 numbers) and places (2).

    With P = F(bθ - c1), Q = F(bθ - c2): no has chance 1 - P, abstention P - Q, yes Q.
    """
    for r in range(vote.size):
        i, j = of_vote[r], question[r]
        t, b = theta[i], items[j, 0]
        p = 1 / (1 + np.exp(items[j, 1] - b * t))
        q = 1 / (1 + np.exp(items[j, 2] - b * t))
        dp, dq, middle = p * (1 - p), q * (1 - q), max(p - q, _TINY)
        low = high = 0.0
        if vote[r] == NO:
            low = -p
        elif vote[r] == YES:
            high = 1 - q
        else:
            low, high = dp / middle, -dq / middle
        info_low = dp * dp * (1 / max(1 - p, _TINY) + 1 / middle)
        info_high = dq * dq * (1 / max(q, _TINY) + 1 / middle)
        cross = -dp * dq / middle
        both = info_low + info_high + 2 * cross
        sums = by_item[j]
        sums[0] += (low + high) * t
        sums[1] -= low
        sums[2] -= high
        sums[3] += both * t * t
        sums[4] += info_low
        sums[5] += info_high
        sums[6] -= (info_low + cross) * t
        sums[7] -= (info_high + cross) * t
        sums[8] += cross
        by_place[i, 0] += (low + high) * b
        by_place[i, 1] += both * b * b


def _asked(items: Floats, sums: Floats) -> Floats:
    """One Newton step for the slope and the cuts of each question."""
    prior = np.array([1 / _SLOPE**2, 1 / _CUT**2, 1 / _CUT**2])
    gradient = sums[:, :3] - prior * items
    hessian = np.empty((len(items), 3, 3))
    for at, (row, column) in enumerate(((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)), 3):
        hessian[:, row, column] = hessian[:, column, row] = sums[:, at]
    hessian[:, (0, 1, 2), (0, 1, 2)] += prior
    step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
    found: Floats = items + np.clip(step, -_LONGEST, _LONGEST)
    found[:, 2] = np.maximum(found[:, 2], found[:, 1] + _APART)
    return found


def _moved(theta: Floats, places: _Places, sums: Floats) -> tuple[Floats, Floats]:
    """One Newton step for the points, each held by its neighbours in time; and their standard errors."""
    gradient, information = sums[:, 0].copy(), sums[:, 1].copy()
    for neighbour, gap in ((places.before, places.gap_before), (places.after, places.gap_after)):
        hold = _hold(gap)
        gradient = gradient + hold * (theta[neighbour] - theta)
        information = information + hold
    first = (places.before < 0).astype(float)  # the first point of a member: a standard normal prior
    information = np.maximum(information + first, _TINY)
    step = (gradient - theta * first) / information
    return theta + _TAKEN * np.clip(step, -_LONGEST, _LONGEST), 1 / np.sqrt(
        _alone(information, _hold(places.gap_before))
    )


def _hold(gap: Floats) -> Floats:
    """How firmly the random walk ties a point to its neighbour so many sessions away: the inverse of a variance."""
    held: Floats = np.where(np.isfinite(gap), 1 / (_WALK**2 * np.maximum(gap, 1)), 0.0)
    return held


@compiled()
def _alone(information: Any, tie: Any) -> Any:  # noqa: ANN401  # numba compiles it for what comes
    """What is known of each point when its neighbours in time are not known either.

    That is the inverse of the diagonal of the inverse of a tridiagonal matrix, whose diagonal is `information` and
    whose entries beside it are -`tie` (to the place before, 0 where a member begins): eliminated from both ends.
    """
    n = information.size
    down, up = information.copy(), information.copy()
    for i in range(1, n):
        down[i] -= tie[i] * tie[i] / down[i - 1]
    for i in range(n - 2, -1, -1):
        up[i] -= tie[i + 1] * tie[i + 1] / up[i + 1]
    return down + up - information
