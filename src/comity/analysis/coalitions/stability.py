"""Stability of every coalition, where one coalition forms and whoever is outside stands alone.

Players come in kinds: single ones, or so many alike. A coalition is how many of each kind are in. What a player of a
kind gains by being in, the others staying where they are, is

    g(m) = inside(m) - outside(m without one of the kind)

and a coalition m is

- internally stable when no member gains by leaving: g(m) ≥ 0 for every kind that is in;
- externally stable when no outsider gains by joining: g(m and one more) ≤ 0 for every kind that is not wholly in
  (d'Aspremont, Jacquemin, Gabszewicz and Weymark 1983);
- potentially internally stable when the members together have at least what each would have outside, Σ g ≥ 0: then
  payments among them can hold it together, and where gains are shared so, an outsider joins when the coalition with it
  has something left to share (Eyckmans and Finus 2009; Weikard 2009).

Membership is open; or exclusive, when an outsider needs that no member loses by letting it in; or by majority, when
more members must not lose than lose (Finus, Sáiz and Hendrix 2009; Finus and Rundshagen 2003).

Whoever is exactly indifferent stays where they are: a member in, an outsider out, and a member that neither gains nor
loses lets an outsider in. Signs are found in floats, and in exact numbers wherever those leave one in doubt.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import comb, prod
from typing import Any, Literal, Protocol, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.analysis.coalitions.formulas import TOO_LARGE, Formula, FormulaError

__all__ = [
    "MOST_CELLS",
    "Membership",
    "Payoffs",
    "Progress",
    "Stability",
    "TooManyCoalitionsError",
    "counts_of",
    "exactly",
    "from_formula",
    "from_model",
    "from_table",
    "room",
    "stability",
    "with_clause",
]

Membership = Literal["open", "exclusive", "majority"]
Indifferent = Literal["out", "in"]
Progress: TypeAlias = Callable[[int, int], None] | None


class Exact(Protocol):
    """Exact payoffs of a kind of player, inside or outside, in coalitions given by number."""

    def __call__(self, asked: NDArray[np.int64], kind: int, *, is_in: bool) -> NDArray[Any]:
        """One exact number a coalition."""
        ...


# Payoffs that are held at once: coalitions times kinds of player. Each takes about 50 bytes on the way.
MOST_CELLS = 24_000_000
_BYTES = 50
# The part of the size of a player's payoffs below which the sign of a difference of floats is not trusted.
_DOUBT = 1e-9
_CHUNK = 1 << 14


class TooManyCoalitionsError(ValueError):
    """More coalitions than can be held; the text says what they would need."""


class Payoffs(msgspec.Struct, frozen=True, kw_only=True):
    """What players of each kind have in each coalition.

    Coalition number Σ m_t · stride_t has m_t players of kind t, stride_t being the product of one more than the numbers
    of the kinds before; with single players that is the bits of a number. `inside` and `outside` are arrays
    (coalitions, kinds); what nobody can have (inside where none is in, outside where all are) is not a number.
    """

    players: tuple[str, ...]
    numbers: tuple[int, ...]
    inside: NDArray[np.float64]
    outside: NDArray[np.float64]
    exact: Exact

    @property
    def strides(self) -> tuple[int, ...]:
        """By how much the number of a coalition grows with one more player of each kind."""
        return _strides(self.numbers)

    def counts(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of each kind are in coalitions given by number: an array (coalitions, kinds)."""
        return _counts(states, self.numbers)

    def number(self, coalition: Mapping[str, int]) -> int:
        """The number of a coalition, given how many of each kind are in."""
        strides = dict(zip(self.players, self.strides, strict=True))
        return sum(strides[name] * many for name, many in coalition.items())


class Stability(msgspec.Struct, frozen=True, kw_only=True):
    """What holds of each coalition, by its number: arrays of yes and no.

    `agreement` says which coalitions are one at all: a clause may ask for more, and one alone who changes nothing
    agrees on nothing. `stable` are internally and externally stable ones that are agreements, and the empty coalition
    where nobody gains by founding one. `potential` and `sharing` are internal stability and stability when gains are
    shared.
    """

    agreement: NDArray[np.bool_]
    internal: NDArray[np.bool_]
    external: NDArray[np.bool_]
    stable: NDArray[np.bool_]
    potential: NDArray[np.bool_]
    sharing: NDArray[np.bool_]


def _strides(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(prod(number + 1 for number in numbers[:at]) for at in range(len(numbers)))


def _counts(states: NDArray[np.int64], numbers: Sequence[int]) -> NDArray[np.int64]:
    sizes = np.array(numbers, np.int64) + 1
    return (states[:, None] // np.array(_strides(numbers), np.int64)) % sizes


def counts_of(numbers: Sequence[int]) -> NDArray[np.int64]:
    """How many of each kind are in every coalition, by number: an array (coalitions, kinds)."""
    return _counts(np.arange(room(numbers)), numbers)


def room(numbers: Sequence[int]) -> int:
    """How many coalitions there are. Raises `TooManyCoalitionsError` for more than can be held."""
    states = prod(number + 1 for number in numbers)
    cells = states * len(numbers)
    if cells > MOST_CELLS:
        raise TooManyCoalitionsError(
            f"{states:,} coalitions of {len(numbers)} kinds of player would need {cells * _BYTES / 1e9:,.0f} GB; "
            f"{MOST_CELLS * _BYTES / 1e9:.1f} GB is the most"
        )
    return states


def ways(counts: Sequence[int], numbers: Sequence[int]) -> int:
    """How many sets of players a coalition of kinds stands for."""
    return prod(comb(number, many) for number, many in zip(numbers, counts, strict=True))


def from_formula(
    players: Sequence[str], formula: Formula, numbers: Sequence[int] = (), progress: Progress = None
) -> Payoffs:
    """The payoffs that a formula gives to players (`numbers`: how many of each kind; left out: one).

    Raises `FormulaError` where it divides by nought, `TooManyCoalitionsError` for more than can be held.
    """
    many = tuple(numbers) or (1,) * len(players)
    states = room(many)
    inside, outside = np.empty((states, len(many))), np.empty((states, len(many)))

    def exact(asked: NDArray[np.int64], kind: int, *, is_in: bool) -> NDArray[Any]:
        counts = _counts(asked, many)
        return formula.values(inside=is_in, kind=kind, counts=counts, numbers=many, exact=True)

    for start in range(0, states, _CHUNK):
        here = np.arange(start, min(start + _CHUNK, states))
        counts = _counts(here, many)
        for kind in range(len(many)):
            for is_in, table in ((True, inside), (False, outside)):
                found = formula.values(inside=is_in, kind=kind, counts=counts, numbers=many, exact=False).copy()
                nobody = counts[:, kind] == (0 if is_in else many[kind])
                wrong = ~np.isfinite(found) & ~nobody
                if wrong.any():
                    exact(here[wrong][:1], kind, is_in=is_in)  # raises where it divides by nought
                    raise FormulaError(TOO_LARGE)
                found[nobody] = np.nan
                table[here, kind] = found
        if progress is not None:
            progress(int(here[-1]) + 1, states)
    return Payoffs(players=tuple(players), numbers=many, inside=inside, outside=outside, exact=exact)


def from_table(players: Sequence[str], table: Sequence[Sequence[Fraction]]) -> Payoffs:
    """The payoffs of single players in each coalition by its number: bit k is set where player k is in.

    Raises ValueError where there are not 2^n rows of n, `TooManyCoalitionsError` for more than can be held.
    """
    n = len(players)
    numbers = (1,) * n
    states = room(numbers)
    if len(table) != states or any(len(row) != n for row in table):
        raise ValueError(f"{n} players need {states} coalitions of {n} payoffs")
    values = np.array([[float(one) for one in row] for row in table]).reshape(states, n)
    member = ((np.arange(states)[:, None] >> np.arange(n)) & 1).astype(bool)

    def exact(
        asked: NDArray[np.int64],
        kind: int,
        *,
        is_in: bool,  # noqa: ARG001  # a table has one payoff for both
    ) -> NDArray[Any]:
        found = np.empty(len(asked), object)
        found[:] = [table[at][kind] for at in asked.tolist()]
        return found

    return Payoffs(
        players=tuple(players),
        numbers=numbers,
        inside=np.where(member, values, np.nan),
        outside=np.where(member, np.nan, values),
        exact=exact,
    )


def from_model(
    players: Sequence[str],
    model: Callable[[frozenset[str]], Mapping[str, Fraction | float]],
    progress: Progress = None,
) -> Payoffs:
    """The payoffs of a model that is asked about every coalition, one by one: `model(members)` has one a player.

    Raises what the model raises, ValueError for a payoff that is no finite number.
    """
    states = room((1,) * len(players))
    rows = []
    for state in range(states):
        found = model(frozenset(name for at, name in enumerate(players) if state >> at & 1))
        try:
            rows.append([Fraction(found[name]) for name in players])
        except (OverflowError, ValueError, KeyError) as error:
            raise ValueError(f"the model gives no finite payoff to everybody in coalition {state}: {error}") from error
        if progress is not None:
            progress(state + 1, states)
    return from_table(players, rows)


def with_clause(payoffs: Payoffs, agreement: NDArray[np.bool_]) -> Payoffs:
    """The payoffs where a coalition that is no agreement leaves everybody what they have when nobody is in."""
    void = ~agreement
    inside, outside = payoffs.inside.copy(), payoffs.outside.copy()
    for kind in range(len(payoffs.players)):
        nothing = outside[0, kind]
        for table in (inside, outside):
            table[void & ~np.isnan(table[:, kind]), kind] = nothing

    def exact(asked: NDArray[np.int64], kind: int, *, is_in: bool) -> NDArray[Any]:
        found = np.empty(len(asked), object)
        holds = agreement[asked]
        found[~holds] = payoffs.exact(np.zeros(1, np.int64), kind, is_in=False)[0]
        found[holds] = payoffs.exact(asked[holds], kind, is_in=is_in)
        return found

    return msgspec.structs.replace(payoffs, inside=inside, outside=outside, exact=exact)


def exactly(payoffs: Payoffs, state: int) -> tuple[tuple[Fraction | None, Fraction | None], ...]:
    """What a member and an outsider of each kind have in one coalition, exactly; None where there is none."""
    asked = np.array([state])
    counts = payoffs.counts(asked)[0]
    return tuple(
        (
            Fraction(payoffs.exact(asked, kind, is_in=True)[0]) if counts[kind] else None,
            Fraction(payoffs.exact(asked, kind, is_in=False)[0]) if counts[kind] < number else None,
        )
        for kind, number in enumerate(payoffs.numbers)
    )


def stability(
    payoffs: Payoffs,
    *,
    membership: Membership = "open",
    indifferent: Indifferent = "out",
    agreement: NDArray[np.bool_] | None = None,
    progress: Progress = None,
) -> Stability:
    """What holds of every coalition (the head of this module).

    `agreement` says which coalitions reach a clause; what the others have is what everybody has alone (`with_clause`,
    applied here). `indifferent` says where an outsider goes that neither gains nor loses by joining.
    """
    states = len(payoffs.inside)
    game = payoffs if agreement is None else with_clause(payoffs, agreement)
    reached = (np.ones(states, bool) if agreement is None else agreement) & ~_idle(game)
    kinds = len(game.players)
    counts = game.counts(np.arange(states))
    internal, external, sharing = (np.ones(states, bool) for _ in range(3))
    total, size = np.zeros(states), np.zeros(states)
    for kind, stride in enumerate(game.strides):
        more = counts[:, kind] < game.numbers[kind]
        joined = np.flatnonzero(more)
        gain = game.inside[joined + stride, kind] - game.outside[joined, kind]
        sign = _signs(game, kind, joined, gain)
        internal[joined + stride] &= sign >= 0
        wants = sign >= 0 if indifferent == "in" else sign > 0
        if membership != "open":
            wants &= _let_in(game, counts, joined, stride, membership)
        external[joined] &= ~wants
        many = counts[joined + stride, kind]
        total[joined + stride] += many * gain
        size[joined + stride] += many * (
            np.abs(game.inside[joined + stride, kind]) + np.abs(game.outside[joined, kind])
        )
        if progress is not None:
            progress(kind + 1, kinds)
    surplus = _surplus_signs(game, counts, total, size)
    potential = surplus >= 0
    for kind, stride in enumerate(game.strides):
        joined = np.flatnonzero(counts[:, kind] < game.numbers[kind])
        wants = surplus[joined + stride] >= 0 if indifferent == "in" else surplus[joined + stride] > 0
        sharing[joined] &= ~wants
    sharing &= potential
    # Whoever is in a coalition below the clause is in no agreement: only "nobody" stands for having none.
    listed = reached.copy()
    listed[0] = True
    return Stability(
        agreement=reached,
        internal=internal,
        external=external,
        stable=internal & external & listed,
        potential=potential,
        sharing=sharing & listed,
    )


def _idle(game: Payoffs) -> NDArray[np.bool_]:
    """Coalitions of one in which everybody has exactly what they have when nobody is in: no agreement."""
    found = np.zeros(len(game.inside), bool)
    nobody = [one for _, one in exactly(game, 0)]
    for stride in game.strides:
        here = exactly(game, stride)
        found[stride] = all(
            value is None or value == alone for pair, alone in zip(here, nobody, strict=True) for value in pair
        )
    return found


def _signs(game: Payoffs, kind: int, joined: NDArray[np.int64], gain: NDArray[np.float64]) -> NDArray[np.int8]:
    """The sign of what a kind gains by joining coalitions, given by number."""
    size = max(_largest(game.inside[:, kind]), _largest(game.outside[:, kind]))
    found = np.sign(gain).astype(np.int8)
    unsure = np.flatnonzero(np.abs(gain) <= _DOUBT * size)
    for start in range(0, len(unsure), _CHUNK):
        some = unsure[start : start + _CHUNK]
        here = joined[some]
        differs = game.exact(here + game.strides[kind], kind, is_in=True) - game.exact(here, kind, is_in=False)
        found[some] = (differs > 0).astype(np.int8) - (differs < 0).astype(np.int8)
    return found


def _largest(values: NDArray[np.float64]) -> float:
    return float(np.nanmax(np.abs(values), initial=0.0))


def _surplus_signs(
    game: Payoffs, counts: NDArray[np.int64], total: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[np.int8]:
    """The sign of what members have together beyond what each would have outside."""
    found = np.sign(total).astype(np.int8)
    unsure = np.flatnonzero((np.abs(total) <= _DOUBT * size) & (counts.sum(axis=1) > 0))
    for start in range(0, len(unsure), _CHUNK):
        some = unsure[start : start + _CHUNK]
        exact = np.zeros(len(some), object)
        for kind, stride in enumerate(game.strides):
            there = np.flatnonzero(counts[some, kind] > 0)
            here = some[there]
            gain = game.exact(here, kind, is_in=True) - game.exact(here - stride, kind, is_in=False)
            exact[there] = exact[there] + counts[here, kind].astype(object) * gain
        found[some] = (exact > 0).astype(np.int8) - (exact < 0).astype(np.int8)
    return found


def _let_in(
    game: Payoffs, counts: NDArray[np.int64], joined: NDArray[np.int64], stride: int, membership: Membership
) -> NDArray[np.bool_]:
    """Whether those who are in let one more in: none of them loses, or fewer lose than do not."""
    against, members = np.zeros(len(joined)), counts[joined].sum(axis=1)
    for kind in range(len(game.numbers)):
        before = np.flatnonzero(counts[joined, kind] > 0)
        here = joined[before]
        change = game.inside[here + stride, kind] - game.inside[here, kind]
        sign = np.sign(change).astype(np.int8)
        size = _largest(game.inside[:, kind])
        unsure = np.flatnonzero(np.abs(change) <= _DOUBT * size)
        if len(unsure):
            some = here[unsure]
            differs = game.exact(some + stride, kind, is_in=True) - game.exact(some, kind, is_in=True)
            sign[unsure] = (differs > 0).astype(np.int8) - (differs < 0).astype(np.int8)
        against[before[sign < 0]] += counts[here[sign < 0], kind]
    let_in: NDArray[np.bool_] = against == 0 if membership == "exclusive" else 2 * against < np.maximum(members, 1)
    return let_in
