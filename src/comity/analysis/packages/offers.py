"""What is on the table: parties, issues, options, what each is worth, and what options are worth together.

A party's value of a package is the sum over issues, and of the links that the package holds: a bonus or a penalty where
several issues are settled in a certain way. Issues that links join are put together into one, whose options are all
their combinations: what is exact for sums over issues is then exact for these values too.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise, product
from math import prod
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["Deal", "Floats", "Grid", "Link", "Offer", "Package", "TooLargeError", "UnsettledError", "checked", "grid"]

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

# Combinations of linked issues that may be held, over all parties.
MOST = 4_000_000
_NAMED = 6


class TooLargeError(ValueError):
    """What is asked would need more time or memory than there is; the message says what."""


class UnsettledError(ValueError):
    """In the time given no package was found that all accept, and none was excluded."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a party has beside the sum where a package settles each issue of `where` by one of the options named."""

    where: tuple[tuple[int, tuple[int, ...]], ...]
    utility: tuple[float, ...]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the table. `utility[p][i][o]` is what party p has from option o of issue i.

    The last `guards` of the parties only have to accept: those who ratify, and demands. What they have counts no more.
    """

    parties: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    utility: tuple[tuple[tuple[float, ...], ...], ...]
    disagreement: tuple[float, ...]
    weights: tuple[float, ...]
    links: tuple[Link, ...] = ()
    guards: int = 0

    def worth(self, choice: Sequence[int]) -> tuple[float, ...]:
        """What each party has from a package: the sum of the decimals, rounded once."""
        held = [one for one in self.links if all(choice[issue] in options for issue, options in one.where)]
        return tuple(
            float(
                sum(
                    Decimal(repr(float(value)))
                    for value in (
                        *(own[at][option] for at, option in enumerate(choice)),
                        *(one.utility[party] for one in held),
                    )
                )
            )
            for party, own in enumerate(self.utility)
        )


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """A solution. `choice` is an option's number an issue, None where there is no agreement.

    No package is better than `bound`; `status` is optimal where the objective reaches it. `conflict` are smallest sets
    of parties that cannot all be satisfied together, where not all can.
    """

    choice: tuple[int, ...] | None
    utility: tuple[float, ...]
    objective: float | None
    bound: float | None
    status: Literal["optimal", "feasible", "no-agreement"]
    conflict: tuple[tuple[str, ...], ...] = ()


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A package of the Pareto front, and what each party has from it."""

    choice: tuple[int, ...]
    utility: tuple[float, ...]


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """An offer as numbers: each group of linked issues is one issue, whose options are their combinations.

    `values` is what each option (row) is worth to each party (column); group g has the rows `starts[g]` up to
    `starts[g + 1]`, and `picks[g]` has the option of each of its issues, a row each.
    """

    values: NDArray[Any]
    starts: Wholes
    groups: tuple[tuple[int, ...], ...]
    picks: tuple[Wholes, ...]

    def choice(self, rows: Sequence[int]) -> tuple[int, ...]:
        """The option of each issue, of a row each group."""
        found = dict[int, int]()
        for group, picks, start, row in zip(self.groups, self.picks, self.starts.tolist(), rows, strict=False):
            found |= zip(group, picks[row - start].tolist(), strict=True)
        return tuple(found[issue] for issue in range(len(found)))


def checked(offer: Offer) -> Offer:
    """The offer, where it can be reckoned with. Raises ValueError that says what is wrong."""
    if not offer.parties or not offer.issues or not all(offer.options):
        raise ValueError("an offer has parties and issues, and each issue has options")
    numbers = [value for party in offer.utility for issue in party for value in issue]
    numbers += [value for link in offer.links for value in link.utility]
    if not np.isfinite([*numbers, *offer.disagreement, *offer.weights]).all() or min(offer.weights) < 0:
        raise ValueError("values, disagreement points and weights are finite numbers, and no weight is negative")
    if max(map(abs, [*numbers, *offer.disagreement, *offer.weights])) > 1e12:  # noqa: PLR2004  # said in the message
        raise ValueError("values, disagreement points and weights are at most a million million in size")
    return offer


def grid(offer: Offer, unit: int = 0) -> Grid:
    """The offer as numbers; with `unit` as whole numbers, so many to one.

    Raises TooLargeError where links join issues into more combinations than can be held.
    """
    groups = tuple(_groups(offer))
    sizes = [prod(len(offer.options[issue]) for issue in group) for group in groups]
    if sum(sizes) * len(offer.parties) > MOST:
        at = max(range(len(groups)), key=sizes.__getitem__)
        names = [offer.issues[issue] for issue in groups[at]]
        said = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        raise TooLargeError(
            f"links join {said}, which have {sizes[at]:,} combinations; {MOST // len(offer.parties):,} is the most for "
            f"{len(offer.parties)} parties: leave out a link, or an option"
        )
    picks = tuple(
        np.array(list(product(*(range(len(offer.options[issue])) for issue in group))), np.int64) for group in groups
    )
    own = [[_numbers([party[issue] for party in offer.utility], unit).T for issue in group] for group in groups]
    values = [
        np.add.reduce([part[pick[:, at]] for at, part in enumerate(parts)])
        for parts, pick in zip(own, picks, strict=True)
    ]
    place = {issue: (at, group.index(issue)) for at, group in enumerate(groups) for issue in group}
    for link in offer.links:
        at = place[link.where[0][0]][0]
        held = np.ones(len(picks[at]), bool)
        for issue, options in link.where:
            held &= np.isin(picks[at][:, place[issue][1]], options)
        values[at][held] += _numbers(link.utility, unit)
    starts = np.cumsum([0, *sizes]).astype(np.int64)
    return Grid(values=np.ascontiguousarray(np.vstack(values)), starts=starts, groups=groups, picks=picks)


def _numbers(values: Sequence[Sequence[float]] | Sequence[float], unit: int) -> NDArray[Any]:
    if not unit:
        return np.array(values, float)
    wholes = [int(Decimal(repr(value)) * unit) for value in np.ravel(values).tolist()]
    return np.array(wholes, np.int64).reshape(np.shape(values))


def _groups(offer: Offer) -> Iterator[tuple[int, ...]]:
    """Issues that links join, each group by its first issue."""
    first = list(range(len(offer.issues)))

    def root(issue: int) -> int:
        while first[issue] != issue:
            issue = first[issue]
        return issue

    for link in offer.links:
        for (one, _), (other, _) in pairwise(link.where):
            a, b = sorted((root(one), root(other)))
            first[b] = a
    roots = [root(issue) for issue in range(len(first))]
    for at in sorted(set(roots)):
        yield tuple(issue for issue, of in enumerate(roots) if of == at)
