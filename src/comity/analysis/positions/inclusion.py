"""Who had what part of a meeting or an agreement, beside what part would be its share of people, need or contribution.

Shares s of a measure (minutes spoken, proposals accepted, gains) are set beside shares r of a reference. The ratio s /
r is 1 where an actor has just its part. For all together: the Hoover index ½ Σ |s - r|, the part that would have to
change hands (for seats of parties: Loosemore and Hanby, British Journal of Political Science 1, 1971); the Gini
coefficient as the area between the Lorenz curve of s over r, actors in the order of their ratios, and the diagonal;
Theil's T, Σ s ln(s / r) (Theil, Economics and Information Theory, 1967), which is the sum of a part between groups and
a part within them (Shorrocks, Econometrica 48, 1980).

The figures describe a whole meeting: nothing is a sample. But few things cannot be shared out evenly, so for counts it
is also said what the Hoover index would be were each thing given by lot, with chances r.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["Lot", "Parts", "by_lot", "parts"]

Floats = NDArray[np.float64]
_MOST_THINGS = 1_000_000


class Parts(msgspec.Struct, frozen=True):
    """Shares, reference shares and ratios (nan where both are 0, inf where only the reference is), and the indices.

    `theil` is inf where somebody has a part without a reference share; then it is not decomposed (nan). `lorenz` are
    the corners of the curve: cumulated reference shares and shares, from the least ratio on.
    """

    share: Floats
    reference: Floats
    ratio: Floats
    hoover: float
    gini: float
    theil: float
    between: float
    within: float
    lorenz: Floats


class Lot(msgspec.Struct, frozen=True):
    """What the Hoover index would be by lot: its mean, its 95th percentile, and the chance of one as large."""

    mean: float
    high: float
    chance: float


def parts(values: Floats, reference: Floats, groups: NDArray[np.intp]) -> Parts:
    """What part each actor has beside its reference; `groups` numbers the group of each.

    Raises ValueError for values or references that are negative, not finite, or all 0.
    """
    for what, column in (("the measure", values), ("the reference", reference)):
        if not np.isfinite(column).all() or (column < 0).any() or not column.sum() > 0:
            raise ValueError(f"{what} is negative, no number, or 0 for everybody")
    s, r = values / values.sum(), reference / reference.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = s / r
    here = (s > 0) | (r > 0)
    order = np.argsort(ratio[here], kind="stable")
    x = np.concatenate([[0], np.cumsum(r[here][order])])
    y = np.concatenate([[0], np.cumsum(s[here][order])])
    theil = _theil(s, r)
    between = within = float("nan")
    if np.isfinite(theil):
        own, other = (np.bincount(groups, column).astype(float) for column in (s, r))
        between = _theil(own, other)
        within = theil - between
    return Parts(
        share=s,
        reference=r,
        ratio=ratio,
        hoover=float(np.abs(s - r).sum() / 2),
        gini=float(1 - ((x[1:] - x[:-1]) * (y[1:] + y[:-1])).sum()),
        theil=theil,
        between=between,
        within=within,
        lorenz=np.stack([x, y], axis=1),
    )


def _theil(s: Floats, r: Floats) -> float:
    some = s > 0
    if (r[some] == 0).any():
        return float("inf")
    return float(max((s[some] * np.log(s[some] / r[some])).sum(), 0.0))


def by_lot(values: Floats, reference: Floats, draws: int, seed: int) -> Lot | None:
    """The Hoover index were so many whole things given by lot; None for what is not counted, or is too much to draw."""
    total = values.sum()
    if draws < 1 or (values != np.round(values)).any() or not 0 < total <= _MOST_THINGS:
        return None
    r = reference / reference.sum()
    drawn = np.random.default_rng(seed).multinomial(int(total), r, draws) / total
    found = np.abs(drawn - r).sum(axis=1) / 2
    own = np.abs(values / total - r).sum() / 2
    # The meeting itself is one of the draws, so that no chance is 0 (Davison and Hinkley, Bootstrap Methods, 1997).
    chance = (1 + int((found >= own - 1e-12).sum())) / (draws + 1)
    return Lot(float(found.mean()), float(np.quantile(found, 0.95)), chance)
