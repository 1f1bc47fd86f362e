"""What an offer may hold beside values: who ratifies, demands, payments, doubt, conditions, proposals made."""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from comity.service.offers import OfferFile

__all__ = [
    "Condition",
    "Demand",
    "Payments",
    "Proposed",
    "Ratifier",
    "Said",
    "Uncertainty",
    "listed",
    "parts_wrong",
    "widened",
]

Options = Mapping[str, str | tuple[str, ...]]
Values = Mapping[str, Mapping[str, float]]
Fault = Callable[[str, str, str], None]


class Ratifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who also has to accept: a legislature, a veto player. `of` is the party it stands behind.

    `utility` is what options are worth to it (left out: what they are to the party), `minimum` the least that it
    accepts.
    """

    name: str
    minimum: float
    of: str = ""
    utility: Values | None = None


class Demand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a party insists on: that issues are settled by one of these options."""

    by: str
    options: Options


class Payments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a unit of money is worth to each party (left out: 1; 0: it does not take part), and the most it can pay."""

    rates: Mapping[str, float] = {}
    limits: Mapping[str, float] = {}


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which things may turn out: values and disagreement points that are other than those of the file."""

    name: str
    chance: float = 1.0
    utility: Mapping[str, Values] = {}
    disagreement: Mapping[str, float] = {}


class Uncertainty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far values may lie from those given: a part of each (`share`), or as `distance` says; or scenarios."""

    share: float = 0.0
    distance: Mapping[str, Values] = {}
    scenarios: tuple[Scenario, ...] = ()


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That issues are settled so, and that a party accepts it (left out: whoever settles it)."""

    options: Options
    by: str = ""


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A conditional offer: a party accepts these options if all of these conditions are met."""

    by: str
    accepts: Options
    conditions: tuple[Condition, ...] = msgspec.field(default=(), name="if")


class Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole package that a party proposed."""

    by: str
    package: Mapping[str, str]


def listed(options: str | tuple[str, ...]) -> tuple[str, ...]:
    """One option or several, as several."""
    return (options,) if isinstance(options, str) else options


def widened(read: "OfferFile") -> "tuple[OfferFile, int]":
    """The file with whoever ratifies, and each demand, as parties of their own at the end, and how many these are."""
    more: dict[str, tuple[Values, float]] = {}
    for one in read.ratifiers:
        own = one.utility if one.utility is not None else read.utility.get(one.of, {})
        more[one.name] = (own, one.minimum)
    for demand in read.demands:
        met = {
            issue.id: {
                option: float(issue.id in demand.options and option in listed(demand.options[issue.id]))
                for option in issue.options
            }
            for issue in read.issues
        }
        said = "; ".join(f"{issue}: {' or '.join(listed(options))}" for issue, options in demand.options.items())
        more[f"{demand.by} demands {said}"] = (met, float(len(demand.options)))
    wide = msgspec.structs.replace(
        read,
        parties=(*read.parties, *more),
        utility=dict(read.utility) | {name: own for name, (own, _) in more.items()},
        disagreement=dict(read.disagreement) | {name: least for name, (_, least) in more.items()},
        ratifiers=(),
        demands=(),
    )
    return wide, len(more)


def parts_wrong(read: "OfferFile", fault: Fault) -> None:
    """All that is wrong with these parts of a file."""
    known = {issue.id: issue.options for issue in read.issues}
    names = [one.name for one in read.ratifiers]
    for name in sorted({name for name in names if names.count(name) > 1 or name in read.parties}):
        fault("offer-twice", f"ratifiers: “{name:.40}” stands twice", "keep one")
    for where, name in _parties(read):
        if name not in read.parties:
            fault("offer-unknown", f"{where}: “{name:.40}” is no party", f"one of {', '.join(read.parties)}")
    _chosen_wrong(read, known, fault)
    for at, made in enumerate(read.proposals, 1):
        for issue in sorted(set(known) - set(made.package)):
            fault("offer-unvalued", f"proposal {at}: it says nothing on {issue}", "a proposal settles every issue")
    _numbers_wrong(read, fault)
    if read.uncertainty is not None:
        _doubtful(read.uncertainty, known, fault)


def _chosen_wrong(read: "OfferFile", known: Mapping[str, tuple[str, ...]], fault: Fault) -> None:
    for where, options in _choices(read):
        if not options:
            fault("offer-empty", f"{where}: no issue is named", "name an issue and an option")
        for issue, option in ((issue, option) for issue, named in options.items() for option in listed(named) or ("",)):
            if option not in known.get(issue, ()):
                do = f"one of {', '.join(known.get(issue, tuple(known)))}"
                fault("offer-unknown", f"{where}: there is no {issue:.40}: “{option:.40}”", do)


def _numbers_wrong(read: "OfferFile", fault: Fault) -> None:
    for what, numbers in _numbers(read):
        for name, value in numbers:
            if not isfinite(value) or (value < 0 and not what.startswith("scenario")):
                fault("offer-number", f"{what}: {name} has {value:g}", "give a number of 0 or more")


def _parties(read: "OfferFile") -> Iterator[tuple[str, str]]:
    """Where parties are named, and who."""
    for one in read.ratifiers:
        if one.of or one.utility is None:
            yield f"ratifiers: {one.name}", one.of
    for at, demand in enumerate(read.demands, 1):
        yield f"demand {at}", demand.by
    for at, said in enumerate(read.statements, 1):
        yield f"statement {at}", said.by
        for need in said.conditions:
            if need.by:
                yield f"statement {at}: if", need.by
    for at, made in enumerate(read.proposals, 1):
        yield f"proposal {at}", made.by
    for what, numbers in _numbers(read):
        for name, _ in numbers:
            yield what, name


def _choices(read: "OfferFile") -> Iterator[tuple[str, Options]]:
    """Where options of issues are named, and which."""
    for at, demand in enumerate(read.demands, 1):
        yield f"demand {at}", demand.options
    for at, said in enumerate(read.statements, 1):
        yield f"statement {at}", said.accepts
        for need in said.conditions:
            yield f"statement {at}: if", need.options
    for at, made in enumerate(read.proposals, 1):
        yield f"proposal {at}", made.package


def _doubtful(doubt: Uncertainty, known: Mapping[str, tuple[str, ...]], fault: Fault) -> None:
    if not 0 <= doubt.share < float("inf"):
        fault("offer-number", f"uncertainty: the share is {doubt.share:g}", "give a number of 0 or more")
    tables = [("uncertainty", doubt.distance), *((f"scenario {one.name}", one.utility) for one in doubt.scenarios)]
    for where, table in tables:
        for name, issue, option, _ in _cells(table):
            if option not in known.get(issue, ()):
                fault("offer-unknown", f"{where}: {name}: there is no {issue:.40}: “{option:.40}”", "see issues")
    chances = [one.chance for one in doubt.scenarios]
    if chances and (not all(0 <= one < float("inf") for one in chances) or not sum(chances)):
        fault("offer-number", "uncertainty: chances of scenarios are numbers of 0 or more, not all 0", "give such")


def _cells(table: Mapping[str, Values]) -> Iterator[tuple[str, str, str, float]]:
    for name, own in table.items():
        for issue, options in own.items():
            for option, value in options.items():
                yield name, issue, option, value


def _numbers(read: "OfferFile") -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Numbers by party, and where they stand."""
    if read.payments is not None:
        yield "payments: rates", list(read.payments.rates.items())
        yield "payments: limits", list(read.payments.limits.items())
    doubt: Any = read.uncertainty
    if doubt is not None:
        yield "uncertainty", [(name, value) for name, _, _, value in _cells(doubt.distance)]
        for one in doubt.scenarios:
            yield f"scenario {one.name}", [(name, value) for name, _, _, value in _cells(one.utility)]
            yield f"scenario {one.name}", list(one.disagreement.items())
