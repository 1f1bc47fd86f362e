"""Questions about what is on the table beyond the best package: what could carry, be paid for, be relied on, be closed.

`zone`: how many packages all can accept, and who would have to give way. `winning`: the best that carries under a
decision rule. `payments`: with money that moves. `robust`: where values are not sure. `conditions`: whether conditional
offers close. `proposals`: who conceded what. Whoever ratifies, and what is demanded, counts in each.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from comity.findings import has_errors
from comity.register.folder import read_text
from comity.service.analysing import missing_extra
from comity.service.form import Need, Progress
from comity.service.offer_parts import Said, Scenario, Uncertainty, listed
from comity.service.offers import Asked, OfferFile, PackageAsked, each, offer_from, offer_of, picked
from comity.service.offers import answer as best
from comity.service.offers import need as needed
from comity.service.powers import power_under
from comity.service.queries import Refusal, Register, refuse
from comity.service.rulings import Ruling, ruling, unknown_rule

if TYPE_CHECKING:
    from comity.analysis.packages import Offer

__all__ = [
    "STUDIES",
    "Study",
    "StudyAsked",
    "StudyFound",
    "answer",
    "by_power",
    "need",
    "offer_file",
    "study",
    "weighted",
]

Study = Literal["zone", "winning", "payments", "robust", "conditions", "proposals"]
STUDIES: tuple[Study, ...] = get_args(Study)
_MOST = 50_000_000  # bytes of a file
_DRAWS = 1_000_000
_BUDGETS = 12
# Seconds that each search of a study takes at most where nobody says.
_SECONDS = 10.0


class StudyAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is on the table, and which question.

    `rule` and `on`: the decision rule of `winning`, and from whose power weights come where `weights` names an index;
    `members`: who votes, a group or codes with commas, where that is not whom the rule says. `aim`: `sum` (weighted
    utilities), `widest` (most accept) or `maximin` (`robust`: the largest least gain at worst). `budgets`: how many
    issues turn out worst (left out: none, and up to all). `draws` and `seed`: of what is drawn by chance.
    """

    offer: OfferFile
    study: Study
    rule: str = ""
    on: date | None = None
    weights: Literal["given", "banzhaf", "shapley"] = "given"
    members: str = ""
    aim: Literal["sum", "widest", "maximin"] = "sum"
    budgets: tuple[float, ...] = ()
    draws: int = 20_000
    seed: int = 1
    seconds: float | None = None


class StudyFound(msgspec.Struct, frozen=True):
    """What was found, as JSON holds it."""

    found: Mapping[str, object]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        return dict(self.found)


def need(asked: StudyAsked) -> Need:
    """What a study will need; refuses what is too large. Raises `Refusal`."""
    if not 0 < asked.draws <= _DRAWS:
        raise refuse("offer-number", f"draws are {asked.draws:,}", f"give 1 to {_DRAWS:,}")
    if len(asked.budgets) > _BUDGETS or not all(0 <= one < float("inf") for one in asked.budgets):
        raise refuse("offer-number", "budgets are too many, or below 0", f"give up to {_BUDGETS} of 0 or more")
    if asked.seconds is not None and not 0 < asked.seconds < float("inf"):
        raise refuse("offer-number", f"seconds are {asked.seconds:g}", "give more than 0")
    return needed(PackageAsked(offer=asked.offer))


def answer(register: Register, asked: StudyAsked, progress: Progress = None) -> StudyFound:
    """One study of what is on the table, as programs ask: never a rule file. Raises `Refusal`."""
    if asked.rule and register.reading.rule(asked.rule) is None:
        raise unknown_rule(register, asked.rule)
    return study(register, asked, progress)


def study(register: Register, asked: StudyAsked, progress: Progress = None, *, file: str = "") -> StudyFound:
    """One study of what is on the table; `rule` may be a rule file. Raises `Refusal`."""
    del progress  # no search of these tells how far it is
    need(asked)
    read = asked.offer
    if asked.weights != "given":
        read = weighted(read, _ruled(register, asked), asked.weights)
    try:
        offer = offer_from(read, file)
        found = _ASKED[asked.study](register, asked, offer)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    except ValueError as error:
        raise refuse("offer-unsolved", str(error), "", file) from error
    return StudyFound({"study": asked.study} | found)


def offer_file(path: Path) -> OfferFile:
    """What is on the table in a file. Raises `Refusal`."""
    text, faults = read_text(path, str(path), _MOST)
    if has_errors(faults):
        raise Refusal(faults)
    return offer_of(text, str(path))


def weighted(read: OfferFile, found: Ruling, index: Literal["banzhaf", "shapley"] = "banzhaf") -> OfferFile:
    """The file with each party weighted by its power under a decision rule. Raises `Refusal`."""
    power = {one.actor: one for one in power_under(found, (index,)).power.members}
    own = {
        party: power[party].shapley if index == "shapley" else power[party].banzhaf_normalised for party in read.parties
    }
    return msgspec.structs.replace(read, weights={party: value or 0.0 for party, value in own.items()})


def by_power(
    register: Register,
    path: Path,
    solution: Asked,
    seconds: float | None,
    power: tuple[str, date, Literal["banzhaf", "shapley"]],
) -> dict[str, object]:
    """The best package of an offer in a file, parties weighted by power (rule, day, index). Raises `Refusal`."""
    rule, on, index = power
    asked = StudyAsked(offer=offer_file(path), study="zone", rule=rule, on=on)
    read = weighted(asked.offer, _ruled(register, asked), index)
    found = best(register, PackageAsked(offer=read, solution=solution, seconds=seconds))
    return found.plain() | {"weights": dict(read.weights)}


def _ruled(register: Register, asked: StudyAsked) -> Ruling:
    """The rule on its day, the parties its members where it does not say who they are. Raises `Refusal`."""
    read, rule, on = asked.offer, asked.rule, asked.on
    if not rule or on is None:
        raise refuse("rule-missing", "no decision rule is named, or no day", "say rule and on: the rule, and the day")
    try:
        found = ruling(register, rule, on, asked.members)
    except Refusal as refusal:
        if [one.code for one in refusal.findings] != ["rule-unjudged"]:
            raise
        found = ruling(register, rule, on, ",".join(read.parties))
    strange = [party for party in read.parties if party not in found.members]
    if strange:
        says = f"under {found.rule.id}, {', '.join(strange)} had no vote on {on}"
        raise refuse("offer-unknown", says, "name parties by the codes of its members")
    return found


def _zone(register: Register, asked: StudyAsked, offer: "Offer") -> dict[str, object]:
    del register
    from comity.analysis.packages.zones import zone  # noqa: PLC0415  # of the extra `analysis`

    found = zone(offer, seed=asked.seed, seconds=asked.seconds or 2 * _SECONDS)
    return {
        "packages": str(found.packages),
        "acceptable": None if found.acceptable is None else str(found.acceptable),
        "part": found.part,
        "interval": list(found.interval),
        "ranges": [msgspec.structs.asdict(one) for one in found.ranges],
        "conflict": [list(one) for one in found.conflict],
        "openings": [msgspec.structs.asdict(one) for one in found.openings],
    }


def _winning(register: Register, asked: StudyAsked, offer: "Offer") -> dict[str, object]:
    from comity.analysis.packages.winning import winning  # noqa: PLC0415  # of the extra `analysis`

    rule = _ruled(register, asked)
    found = winning(offer, rule.game(), "widest" if asked.aim == "widest" else "sum", seconds=asked.seconds or _SECONDS)
    return _headed(offer, found) | {
        "rule": rule.rule.id,
        "title": rule.rule.title,
        "accept": list(found.accept),
        "left_out": [msgspec.structs.asdict(one) for one in found.left_out],
        "objective": found.objective,
        "bound": found.bound,
        "unanimous": found.unanimous,
        "absent": sorted(rule.members - set(asked.offer.parties)),
        "sources": list(rule.sources),
    }


def _payments(register: Register, asked: StudyAsked, offer: "Offer") -> dict[str, object]:
    del register
    from comity.analysis.packages.payments import paid  # noqa: PLC0415  # of the extra `analysis`

    given, parties = asked.offer.payments, asked.offer.parties
    rates = [given.rates.get(party, 1.0) if given else 1.0 for party in parties]
    limits = [given.limits.get(party) if given else None for party in parties]
    found = paid(offer, rates, limits, seconds=asked.seconds or _SECONDS)
    return _headed(offer, found) | {
        "after": dict(zip(parties, found.after, strict=False)),
        "received": dict(zip(parties, found.received, strict=False)),
        "payments": [msgspec.structs.asdict(one) for one in found.payments],
        "fewest": found.fewest,
        "surplus": found.surplus,
        "bound": found.bound,
        "without": found.without,
    }


def _robust(register: Register, asked: StudyAsked, offer: "Offer") -> dict[str, object]:
    del register
    from comity.analysis.packages.robust import robust  # noqa: PLC0415  # of the extra `analysis`

    doubt = asked.offer.uncertainty or Uncertainty(share=0.1)
    chiefs = len(asked.offer.parties)
    spread = [
        [
            [
                doubt.distance.get(party, {}).get(issue, {}).get(option, doubt.share * abs(value) * (p < chiefs))
                for option, value in zip(options, own, strict=True)
            ]
            for issue, options, own in zip(offer.issues, offer.options, table, strict=True)
        ]
        for p, (party, table) in enumerate(zip(offer.parties, offer.utility, strict=True))
    ]
    count = len(offer.issues)
    budgets = asked.budgets or sorted({0.0, 1.0, float(round(count / 4)), float(round(count / 2)), float(count)})
    aim: Literal["sum", "maximin"] = "maximin" if asked.aim == "maximin" else "sum"
    found = robust(offer, spread, budgets, aim, draws=asked.draws, seed=asked.seed, seconds=asked.seconds or _SECONDS)
    rows = [
        _headed(offer, one)
        | {"budget": one.budget, "worst": dict(zip(offer.parties, one.worst, strict=False))}
        | {name: getattr(one, name) for name in ("objective", "bound", "price", "chance")}
        | {"interval": list(one.interval) if one.interval else None}
        | {"each": dict(zip(offer.parties, one.each, strict=False))}
        for one in found
    ]
    return {"aim": aim, "budgets": rows, "scenarios": _scenarios(asked, doubt.scenarios)}


def _scenarios(asked: StudyAsked, scenarios: Sequence[Scenario]) -> dict[str, object] | None:
    """The package of least largest regret among the scenarios."""
    if not scenarios:
        return None
    from comity.analysis.packages.robust import regretted  # noqa: PLC0415  # of the extra `analysis`

    read = asked.offer
    total = sum(one.chance for one in scenarios)
    offers = [
        offer_from(
            msgspec.structs.replace(
                read,
                utility={
                    party: {
                        issue: dict(own) | dict(one.utility.get(party, {}).get(issue, {}))
                        for issue, own in read.utility[party].items()
                    }
                    for party in read.parties
                },
                disagreement=dict(read.disagreement) | dict(one.disagreement),
            )
        )
        for one in scenarios
    ]
    found = regretted(offers, [one.chance / total for one in scenarios], seconds=asked.seconds or _SECONDS)
    names = [one.name for one in scenarios]
    return {
        "package": None if found.choice is None else picked(offers[0], found.choice),
        "status": found.status,
        "chance": found.chance,
        "regret": found.regret,
        "bound": found.bound,
        "acceptable": [name for name, holds in zip(names, found.acceptable, strict=False) if holds],
        "regrets": dict(zip(names, found.regrets, strict=False)),
    }


def _conditions(register: Register, asked: StudyAsked, offer: "Offer") -> dict[str, object]:
    del register
    from comity.analysis.packages.conditional import Need, Statement, closing  # noqa: PLC0415  # of the extra

    read = asked.offer
    if not read.statements:
        raise ValueError("there are no statements: say under statements who accepts what if what")

    def options(named: Mapping[str, str | tuple[str, ...]]) -> list[tuple[int, tuple[int, ...]]]:
        return [
            (at, tuple(issue.options.index(option) for option in listed(named[issue.id])))
            for at, issue in enumerate(read.issues)
            if issue.id in named
        ]

    def statement(said: Said) -> Statement:
        needs = tuple(
            Need(issue=issue, options=wanted, party=read.parties.index(one.by) if one.by else None)
            for one in said.conditions
            for issue, wanted in options(one.options)
        )
        return Statement(party=read.parties.index(said.by), accepts=tuple(options(said.accepts)), needs=needs)

    found = closing(offer, [statement(one) for one in read.statements], seconds=asked.seconds or _SECONDS)
    utility = offer.worth(found.choice)
    return {
        "closes": not found.missing,
        "package": picked(offer, found.choice),
        **each(offer, utility),
        "worse_off": [
            name for name, own, low in zip(offer.parties, utility, offer.disagreement, strict=True) if own < low
        ],
        "in_force": [at + 1 for at in found.in_force],
        "largest": [at + 1 for at in found.largest],
        "missing": [
            {"party": offer.parties[party], "issue": offer.issues[issue], "option": offer.options[issue][option]}
            for party, issue, option in found.missing
        ],
    }


def _proposals(register: Register, asked: StudyAsked, offer: "Offer") -> dict[str, object]:
    del register
    from comity.analysis.packages.concessions import concessions  # noqa: PLC0415  # of the extra `analysis`

    read = asked.offer
    history = [
        (read.parties.index(made.by), tuple(issue.options.index(made.package[issue.id]) for issue in read.issues))
        for made in read.proposals
    ]
    found = concessions(offer, history, seconds=asked.seconds or _SECONDS)
    return {
        "proposals": [
            {"number": at, "party": one.party, "package": picked(offer, one.choice), **each(offer, one.utility)}
            | {name: getattr(one, name) for name in ("acceptable", "change", "kind")}
            | {"toward": dict(one.toward)}
            | {name: getattr(one, name) for name in ("unclaimed", "to_front", "to_nash")}
            for at, one in enumerate(found.proposals, 1)
        ],
        "parties": [msgspec.structs.asdict(one) for one in found.movers],
        "nash": None if found.nash is None else picked(offer, found.nash),
    }


def _headed(offer: "Offer", found: Any) -> dict[str, object]:  # noqa: ANN401  # any answer with a package
    """The package of an answer, what each has from it, and how far it is proved."""
    if found.choice is None:
        return {"package": None, "utility": None, "status": found.status}
    return {"package": picked(offer, found.choice), **each(offer, found.utility), "status": found.status}


_ASKED: Mapping[Study, Callable[[Register, StudyAsked, "Offer"], dict[str, object]]] = {
    "zone": _zone,
    "winning": _winning,
    "payments": _payments,
    "robust": _robust,
    "conditions": _conditions,
    "proposals": _proposals,
}
