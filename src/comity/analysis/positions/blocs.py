"""Blocs of members by their votes: who votes with whom, how many blocs there are, how sure that is.

The agreement of two members is Lijphart's index (The analysis of bloc voting in the General Assembly, American
Political Science Review 57, 1963): over the questions on which both voted, 1 for the same vote, ½ where one of them
abstained, 0 for yes against no. Members are joined into a hierarchy by average agreement (UPGMA; Sokal and Michener,
1958), and it is cut where the mean silhouette is largest (Rousseeuw, Journal of Computational and Applied Mathematics
20, 1987); below a mean silhouette of 0.25 there is no substantial structure (Kaufman and Rousseeuw, Finding Groups in
Data, 1990) and all are one bloc. How stable a bloc is: the mean of its largest Jaccard similarity to a bloc found when
stretches of neighbouring roll calls are drawn again with replacement (Hennig, Computational Statistics & Data Analysis
52, 2007; stretches, because neighbouring roll calls are often about one text: Künsch, Annals of Statistics 17, 1989).
"""

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from comity.analysis.positions.roll_calls import ABSENT

__all__ = ["MOST_MEMBERS", "Agreement", "Blocs", "agreement", "blocs", "rand_index"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Ways = NDArray[np.int8]
MOST_MEMBERS = 3000
_STRETCHES = 120
_MOST_BLOCS = 10
_STRUCTURE = 0.25
_CHUNK = 512  # questions multiplied at a time
_TINY = 1e-12
_FEWEST = 3  # members below which there is nothing to part


class Agreement(msgspec.Struct, frozen=True):
    """`share` (members × members) from 0 to 1, and `common`: on how many questions both voted.

    Two who never voted on one question are given what their agreement with third members, alike or not, makes likely:
    1 less the mean difference; ½ where there is none. There are `guessed` such pairs.
    """

    share: Floats
    common: Floats
    guessed: int


class Blocs(msgspec.Struct, frozen=True):
    """Which bloc (0 is the largest) each member is in; the silhouette of each, and their mean; stability of each bloc.

    `tried` are the mean silhouettes of 2, 3, … blocs.
    """

    of: Numbers
    silhouettes: Floats
    silhouette: float
    stability: tuple[float, ...]
    tried: tuple[float, ...]


def agreement(ways: Ways) -> Agreement:
    """The agreement of all pairs over all questions. Raises ValueError for more than `MOST_MEMBERS` members."""
    return _agreed(*_counted(ways, 1)[0])


def blocs(ways: Ways, *, number: int = 0, draws: int = 100, seed: int = 0) -> Blocs:
    """The blocs; `number` of them where it is given, else as many as part the members best.

    `draws` is how often roll calls are drawn again for the stability; 0 leaves it out. Raises ValueError for more than
    `MOST_MEMBERS` members.
    """
    parts = _counted(ways, _STRETCHES if draws else 1)
    own = _agreed(*parts.sum(axis=0))
    distance = 1 - own.share
    n = len(distance)
    if n < _FEWEST or number == 1:
        return Blocs(np.zeros(n, np.intp), np.zeros(n), 0.0, (1.0,) if n else (), ())
    tree = _tree(distance)
    options = [number] if number else range(2, min(_MOST_BLOCS, n - 1) + 1)
    cuts = [_cut(tree, k) for k in options]
    heights = [_silhouettes(distance, of) for of in cuts]
    tried = tuple(float(one.mean()) for one in heights)
    best = int(np.argmax(tried))
    if not number and tried[best] < _STRUCTURE:
        return Blocs(np.zeros(n, np.intp), np.zeros(n), 0.0, (1.0,), tried)
    return Blocs(cuts[best], heights[best], tried[best], _stability(parts, cuts[best], draws, seed), tried)


def rand_index(one: Numbers, other: Numbers) -> float:
    """How alike two partitions of the same members are: 1 the same, 0 as by chance (Hubert and Arabie 1985)."""
    table = np.zeros((int(one.max(initial=0)) + 1, int(other.max(initial=0)) + 1))
    np.add.at(table, (one, other), 1)
    both, rows, columns = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    total = _pairs(table.sum(keepdims=True))
    expected = rows * columns / total if total else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _pairs(counts: Floats) -> float:
    return float((counts * (counts - 1) / 2).sum())


# How votes count toward agreement: 1, ½, 0. The square root of that matrix makes it one product of members' vectors.
_ALIKE = np.array([[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
_VALUES, _VECTORS = np.linalg.eigh(_ALIKE)
_ROOT = (_VECTORS * np.sqrt(np.maximum(_VALUES, 0))).astype(np.float32)


def _counted(ways: Ways, stretches: int) -> NDArray[np.float64]:
    """For each stretch of neighbouring questions: how often pairs agreed, and on how many they both voted."""
    n, m = ways.shape
    if n > MOST_MEMBERS:
        raise ValueError(f"{n} members make {n * n} pairs; {MOST_MEMBERS} members is the most")
    stretches = max(1, min(stretches, m, 200_000_000 // max(n * n * 16, 1)))
    found = np.zeros((stretches, 2, n, n))
    shapes = np.vstack([_ROOT, np.zeros((1, 3), np.float32)])
    for at, columns in enumerate(np.array_split(np.arange(m), stretches)):
        for start in range(0, len(columns), _CHUNK):
            cast = ways[:, columns[start : start + _CHUNK]]
            side = shapes[cast].reshape(n, -1)
            there = (cast != ABSENT).astype(np.float32)
            found[at, 0] += side @ side.T
            found[at, 1] += there @ there.T
    return found


def _agreed(alike: Floats, common: Floats) -> Agreement:
    share = np.where(common > 0, alike / np.maximum(common, 1), np.nan)
    share = np.clip(share, 0, 1)
    np.fill_diagonal(share, 1)
    one, other = np.nonzero(np.triu(np.isnan(share)))
    for at in range(0, len(one), _CHUNK):
        a, b = one[at : at + _CHUNK], other[at : at + _CHUNK]
        # Only what was known before: a pair that is filled in is never looked at by another.
        apart = np.abs(np.where(common[a] > 0, share[a], np.nan) - np.where(common[b] > 0, share[b], np.nan))
        seen = ~np.isnan(apart)
        number = seen.sum(axis=1)
        likely = np.where(number > 0, 1 - np.where(seen, apart, 0).sum(axis=1) / np.maximum(number, 1), 0.5)
        share[a, b] = share[b, a] = likely
    return Agreement(share, common, len(one))


def _tree(distance: Floats) -> Floats:
    clean = np.clip((distance + distance.T) / 2, 0, 1)
    np.fill_diagonal(clean, 0)
    tree: Floats = linkage(squareform(clean, checks=False), "average")
    return tree


def _cut(tree: Floats, number: int) -> Numbers:
    """The members in so many blocs, the largest first."""
    raw = fcluster(tree, number, "maxclust") - 1
    order = np.argsort(-np.bincount(raw), kind="stable")
    found: Numbers = np.argsort(order)[raw]
    return found


def _silhouettes(distance: Floats, of: Numbers) -> Floats:
    """How much nearer each member is to its own bloc than to the nearest other: from -1 to 1; 0 where it is alone."""
    sizes = np.bincount(of).astype(float)
    sums = distance @ np.eye(len(sizes))[of]
    rows = np.arange(len(of))
    own = sums[rows, of] / np.maximum(sizes[of] - 1, 1)
    means = sums / sizes
    means[rows, of] = np.inf
    # Where all are one bloc there is no other, and nobody is nearer to it.
    other = means.min(axis=1) if len(sizes) > 1 else own
    width = (other - own) / np.maximum(np.maximum(own, other), _TINY)
    found: Floats = np.where(sizes[of] > 1, width, 0.0)
    return found


def _stability(parts: Floats, of: Numbers, draws: int, seed: int) -> tuple[float, ...]:
    if not draws:
        return ()
    rng = np.random.default_rng(seed)
    number, stretches = int(of.max()) + 1, len(parts)
    own = np.eye(number)[of]
    total = np.zeros(number)
    flat = parts.reshape(stretches, -1)
    for _ in range(draws):
        counts = np.bincount(rng.integers(0, stretches, stretches), minlength=stretches).astype(float)
        drawn = _agreed(*(counts @ flat).reshape(parts.shape[1:]))
        again = np.eye(number)[_cut(_tree(1 - drawn.share), number)]
        both = own.T @ again
        union = own.sum(0)[:, None] + again.sum(0)[None, :] - both
        total += (both / np.maximum(union, 1)).max(axis=1)
    return tuple((total / draws).tolist())
