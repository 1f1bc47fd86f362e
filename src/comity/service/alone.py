"""Cooperate or go alone: what one country has inside, outside and with no agreement, and what would change its answer.

A scenario is a game that somebody brings (docs/reference/coalitions.md) or a table of climate regions at a price and a
tariff; it may be asked under several clauses.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING

import msgspec

from comity.service.analysing import missing_extra
from comity.service.coalition_clauses import agreements, clause_rule
from comity.service.coalition_files import Brought, game_of_text
from comity.service.form import Need, Progress
from comity.service.payoffs import payoffs_of, payoffs_of_regions
from comity.service.queries import Register, refuse
from comity.service.regions import regions_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from comity.analysis.coalitions.alone import Alone, Choice
    from comity.analysis.coalitions.stability import Payoffs

__all__ = ["SOURCES", "AloneAnswer", "AloneAsked", "Outlook", "Scenario", "answer", "need", "titled"]

_MOST = 1000  # scenarios
SOURCES = (
    (
        "d’Aspremont, C., Jacquemin, A., Gabszewicz, J. J., and Weymark, J. A. (1983). On the stability of collusive "
        "price leadership. Canadian Journal of Economics 16."
    ),
    (
        "Carraro, C., Marchiori, C., and Oreffice, S. (2009). Endogenous minimum participation in international "
        "environmental treaties. Environmental and Resource Economics 42."
    ),
)


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another game or table, and what it is called."""

    name: str
    text: str


class AloneAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A game or a table of regions as text, and the country that chooses.

    `partners` are in (by name, a kind as often as it is in); null: everybody else. A table of regions is asked at each
    of the prices and tariffs, a game under each of the `clauses` (a number, a rule, an id; "" for its own). `on` is the
    day on which a clause by id is read.
    """

    text: str
    actor: str
    name: str = "as given"
    partners: tuple[str, ...] | None = None
    price: tuple[float, ...] = ()
    tariff: tuple[float, ...] = ()
    clauses: tuple[str, ...] = ("",)
    scenarios: tuple[Scenario, ...] = ()
    most: int = 5
    on: date | None = None


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario: the choice, and in how many of the stable coalitions the country is."""

    scenario: str
    price: float | None
    tariff: float | None
    clause: str
    found: "Alone"
    everybody: bool
    stable: int
    stable_with: int

    def plain(self) -> dict[str, object]:
        """The scenario as JSON holds it."""
        found = self.found
        return {
            "scenario": self.scenario,
            "price": self.price,
            "tariff": self.tariff,
            "clause": self.clause,
            "alone": float(found.nothing),
            **_choice(found.choice),
            "sets_of_partners": found.sets,
            "joins_with": found.joins,
            "stable": self.stable,
            "stable_with": self.stable_with,
            "pivotal_partners": list(found.pivotal),
            "fewest_partners": [_names(one) for one in found.fewest],
            "fewest_partners_count": found.fewest_count,
            "cheapest": _choice(found.cheapest),
            "by_size": [
                {
                    "members": one.members,
                    "sets": one.sets,
                    "joins": one.joins,
                    "joins_with_clause": one.joins_with_clause,
                }
                for one in found.by_size
            ],
        }


class AloneAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a country chooses in each scenario, and why."""

    actor: str
    outlooks: tuple[Outlook, ...]
    says: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it; payoffs as floats."""
        return {
            "actor": self.actor,
            "joins": sum(one.found.choice.joins for one in self.outlooks),
            "scenarios": [one.plain() for one in self.outlooks],
            "says": list(self.says),
        }


def _names(coalition: Mapping[str, int]) -> list[str]:
    return [name if many == 1 else f"{many} × {name}" for name, many in coalition.items()]


def _choice(one: "Choice") -> dict[str, object]:
    return {
        "partners": _names(one.partners),
        "joins": one.joins,
        "inside": float(one.inside),
        "outside": float(one.outside),
        "gain": float(one.gain),
        "transfer": float(one.transfer),
        "partners_gain": float(one.others),
        "affordable": one.affordable,
    }


def need(asked: AloneAsked) -> Need:
    """What the scenarios need; refuses too many."""
    games = (asked.text, *(one.text for one in asked.scenarios))
    each = max(len(asked.price), 1) * max(len(asked.tariff), 1) * max(len(asked.clauses), 1)
    if len(games) * each > _MOST:
        says = f"there are {len(games) * each:,} scenarios"
        raise refuse("alone-too-many", says, f"{_MOST:,} are the most; `comity sweep` takes more")
    rows = max(min(one.count("\n"), 20) if _is_regions(one) else 12 for one in games)
    return Need(seconds=len(games) * each * 2.0**rows * 3e-6, memory=2**rows * rows * 50)


def answer(register: Register, asked: AloneAsked, progress: Progress = None) -> AloneAnswer:
    """What a country gains inside, outside and alone, in every scenario. Raises `Refusal`."""
    need(asked)
    try:
        from comity.analysis.coalitions.formulas import FormulaError  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    given = (Scenario(name=asked.name, text=asked.text), *asked.scenarios)
    outlooks: list[Outlook] = []
    try:
        for at, one in enumerate(given):
            outlooks += _outlooks(register, asked, one)
            if progress is not None:
                progress(at + 1, len(given))
    except FormulaError as error:
        raise refuse("formula-wrong", str(error), "mend the formula") from error
    found = AloneAnswer(actor=asked.actor, outlooks=tuple(outlooks))
    return msgspec.structs.replace(found, says=tuple(_sentences(found)))


def _is_regions(text: str) -> bool:
    head = next(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")), [])
    return "region" in head


def _outlooks(register: Register, asked: AloneAsked, one: Scenario) -> Iterator[Outlook]:
    if _is_regions(one.text):
        if not asked.price or not asked.tariff:
            raise refuse("alone-regime", f"{one.name}: a table of regions needs a price and a tariff", "give both")
        regions = regions_of(one.text, one.name)
        game = Brought(players=tuple(row.name for row in regions), numbers=(1,) * len(regions))
        for price, tariff in product(asked.price, asked.tariff):
            payoffs = payoffs_of_regions(regions, _exact(price), _exact(tariff))
            for clause in asked.clauses or ("",):
                yield _looked(register, asked, one.name, game, payoffs, (price, tariff, clause))
        return
    if asked.price or asked.tariff:
        raise refuse("alone-regime", f"{one.name}: a price and a tariff are for tables of regions", "leave them out")
    for clause in asked.clauses or ("",):
        brought = game_of_text(one.text, one.name)
        brought = msgspec.structs.replace(brought, clause=clause or brought.clause)
        payoffs, agreement = payoffs_of(register, brought, asked.on or date(9999, 12, 31))
        yield _judged(asked, one.name, brought, (payoffs, agreement), (None, None, str(brought.clause or "")))


def _exact(number: float) -> Fraction:
    if not isfinite(number):
        raise refuse("number-wrong", "a price and a tariff are numbers", "3% is 0.03")
    return Fraction(str(number))


def _looked(
    register: Register,
    asked: AloneAsked,
    name: str,
    game: Brought,
    payoffs: "Payoffs",
    regime: tuple[float, float, str],
) -> Outlook:
    """A club of regions, perhaps under a clause."""
    from comity.analysis.coalitions.stability import with_clause  # noqa: PLC0415  # of the extra `analysis`

    agreement = None
    if regime[2]:
        day = asked.on or date(9999, 12, 31)
        agreement = agreements(game, clause_rule(regime[2], register, day), register, day)
        payoffs = with_clause(payoffs, agreement)
    return _judged(asked, name, game, (payoffs, agreement), regime)


def _judged(
    asked: AloneAsked,
    name: str,
    game: Brought,
    held: "tuple[Payoffs, NDArray[np.bool_] | None]",
    regime: tuple[float | None, float | None, str],
) -> Outlook:
    from comity.analysis.coalitions.alone import cooperate_or_not  # noqa: PLC0415  # of the extra `analysis`
    from comity.analysis.coalitions.stability import counts_of, stability  # noqa: PLC0415  # as above

    payoffs, agreement = held
    partners = None if asked.partners is None else {who: asked.partners.count(who) for who in asked.partners}
    try:
        found = cooperate_or_not(payoffs, asked.actor, partners, most=asked.most)
    except ValueError as error:
        raise refuse("coalitions-unknown", f"{name}: {error}", f"there are {', '.join(payoffs.players)}") from error
    stable = stability(payoffs, membership=game.membership, indifferent=game.indifferent, agreement=agreement).stable
    inside = counts_of(payoffs.numbers)[:, payoffs.players.index(asked.actor)] > 0
    return Outlook(
        scenario=name,
        price=regime[0],
        tariff=regime[1],
        clause=regime[2],
        found=found,
        everybody=asked.partners is None,
        stable=int(stable.sum()),
        stable_with=int((stable & inside).sum()),
    )


# In words


def titled(one: Outlook) -> str:
    """What a scenario is called: its name, and what tells it from others."""
    more = [] if one.price is None else [f"price {one.price:g}", f"tariff {one.tariff:.4g}"]
    more += [f"clause {one.clause}"] if one.clause else []
    return ", ".join((one.scenario, *more))


def _sentences(found: AloneAnswer) -> Iterator[str]:
    joins = sum(one.found.choice.joins for one in found.outlooks)
    if len(found.outlooks) > 1:
        yield f"{found.actor} joins in {joins} of {len(found.outlooks)} scenarios."
    for one in found.outlooks:
        yield from _said(one)


def _said(one: Outlook) -> Iterator[str]:
    found, choice = one.found, one.found.choice
    who = ", ".join(_names(choice.partners)) or "nobody"
    several = sum(choice.partners.values()) > 1
    when = "everybody else is in" if one.everybody else f"{who} {'are' if several else 'is'} in"
    yield (
        f"{titled(one)}: {found.actor} {'joins' if choice.joins else 'stays out'} when {when}. It has "
        f"{float(choice.inside):.6g} inside, {float(choice.outside):.6g} outside, {float(found.nothing):.6g} where "
        "there is no agreement."
    )
    if not found.joins:
        yield "No set of partners makes it join."
    elif found.joins == found.sets:
        yield "It joins whoever else is in."
    else:
        few = "; or ".join(", ".join(_names(some)) or "nobody" for some in found.fewest)
        rest = found.fewest_count - len(found.fewest)
        yield (
            f"It joins in {found.joins:,} of {found.sets:,} cases; the fewest partners are {few}"
            f"{f' (and {rest:,} more sets)' if rest else ''}."
        )
    if found.pivotal:
        one_of = "one of " if len(found.pivotal) > 1 else ""
        yield f"It would answer otherwise if only {one_of}{', '.join(found.pivotal)} came or left."
    if not choice.joins:
        enough = "can pay that" if choice.affordable else "cannot pay that"
        yield (
            f"A payment above {float(choice.transfer):.6g} would make it join; its partners gain "
            f"{float(choice.others):.6g} by its joining and {enough}."
        )
        if not one.clause:
            yield from _clauses(found)


def _clauses(found: "Alone") -> Iterator[str]:
    every = [one.members for one in found.by_size if one.joins_with_clause == one.sets]
    some = [one.members for one in found.by_size if 0 < one.joins_with_clause < one.sets]
    if every:
        yield (
            f"Were there no agreement below {min(every)} members, it would join as the last of them, whoever they are."
        )
    elif some:
        yield f"Were there no agreement below {min(some)} members, it would join as the last of some of them."
    else:
        yield "No clause on the number of members would make it join."
