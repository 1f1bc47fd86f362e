"""What is on the table in a negotiation, as a JSON file: read with every fault, answered by the analysis."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.service.analysing import missing_extra
from comity.service.form import Need, Progress
from comity.service.offer_parts import (
    Demand,
    Payments,
    Proposed,
    Ratifier,
    Said,
    Uncertainty,
    listed,
    parts_wrong,
    widened,
)
from comity.service.queries import Refusal, Register, refuse

if TYPE_CHECKING:
    from comity.analysis.packages import Deal, Offer, Package

__all__ = [
    "Asked",
    "OfferFile",
    "PackageAnswer",
    "PackageAsked",
    "answer",
    "each",
    "need",
    "offer_from",
    "offer_of",
    "package",
    "package_of",
    "picked",
]

_MOST = 50_000_000
_TOLD = 1_000  # faults that are told at all
_CELLS = 1_000_000  # values of all parties and options together
# Seconds that a search for a best package takes at most where nobody says.
SEARCH = 20.0
Asked = Literal["nash", "kalai-smorodinsky", "egalitarian", "leximin", "utilitarian", "pareto"]


class _Issue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    options: tuple[str, ...]


class _Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What parties have beside the sum where a package settles each of these issues so; who is left out has nothing."""

    options: Mapping[str, str | tuple[str, ...]]
    utility: Mapping[str, float]


class OfferFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as its author wrote it. What is left out: a disagreement point of 0, a weight of 1."""

    parties: tuple[str, ...]
    issues: tuple[_Issue, ...]
    utility: Mapping[str, Mapping[str, Mapping[str, float]]]
    disagreement: Mapping[str, float] = {}
    weights: Mapping[str, float] = {}
    links: tuple[_Link, ...] = ()
    ratifiers: tuple[Ratifier, ...] = ()
    demands: tuple[Demand, ...] = ()
    payments: Payments | None = None
    uncertainty: Uncertainty | None = None
    statements: tuple[Said, ...] = ()
    proposals: tuple[Proposed, ...] = ()


class PackageAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is on the table, by which idea of fairness, and after how many seconds the search stops (`SEARCH`)."""

    offer: OfferFile
    solution: Asked = "nash"
    seconds: float | None = None


class PackageAnswer(msgspec.Struct, frozen=True):
    """The best package with its bound, or the front, as JSON holds it."""

    found: Mapping[str, object]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        return dict(self.found)


def need(asked: PackageAsked) -> Need:
    """What a run will need; refuses an offer with more values than can be computed with."""
    parties, options = len(asked.offer.parties), sum(len(issue.options) for issue in asked.offer.issues)
    if max(parties, options, parties * options) > _CELLS:
        says = f"{parties:,} parties and {options:,} options are more than {_CELLS:,} values"
        raise refuse("offer-too-large", says, "put parties or issues together")
    return Need(seconds=asked.seconds or 0.0, memory=parties * options * 1_000)


def answer(register: Register, asked: PackageAsked, progress: Progress = None) -> PackageAnswer:
    """The best package of an offer (`package_of`); the register is not asked. Raises `Refusal`."""
    del register
    return PackageAnswer(_solved(asked.offer, asked.solution, asked.seconds, "", progress))


def package(
    path: Path, solution: Asked, *, seconds: float | None = None, progress: Progress = None
) -> dict[str, object]:
    """The best package of an offer in a file (`package_of`). Raises `Refusal`."""
    text, faults = read_text(path, str(path), _MOST)
    if has_errors(faults):
        raise Refusal(faults)
    file = str(path)
    return _solved(offer_of(text, file), solution, seconds, file, progress)


def package_of(text: str, solution: Asked, *, seconds: float | None = None, file: str = "") -> dict[str, object]:
    """The best package by a solution, or the Pareto front, as JSON holds it. Raises `Refusal`.

    `package` maps issues to options. Of a solution the answer also has `utility`, `objective` (nash: Σ weight ·
    ln(utility - disagreement)), `bound`, `status` and `conflict`; of the front it is a list of packages with utilities.
    """
    return _solved(offer_of(text, file), solution, seconds, file, None)


def offer_of(text: str, file: str = "") -> OfferFile:
    """What is on the table, from the text of a file. Raises `Refusal`."""
    try:
        return msgspec.json.decode(text, type=OfferFile)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refuse("offer-malformed", str(error), "see docs/reference/commands.md, comity package", file) from error


def _solved(
    read: OfferFile, solution: Asked, seconds: float | None, file: str, progress: Progress
) -> dict[str, object]:
    try:
        from comity.analysis.packages import front, solve  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    offer = offer_from(read, file)
    try:
        if solution == "pareto":
            return {"front": [_plain(offer, one) for one in front(offer)]}
        found = solve(offer, solution, seconds=seconds or SEARCH, progress=progress)
    except ValueError as error:
        raise refuse("offer-unsolved", str(error), "", file) from error
    head: dict[str, object] = {"package": None, "utility": None} if found.choice is None else _plain(offer, found)
    return head | {
        "objective": found.objective,
        "bound": found.bound,
        "status": found.status,
        "conflict": [list(one) for one in found.conflict],
    }


def _plain(offer: "Offer", found: "Deal | Package") -> dict[str, object]:
    return {"package": picked(offer, found.choice or ())} | each(offer, found.utility)


def picked(offer: "Offer", choice: Iterable[int]) -> dict[str, str]:
    """The option of each issue."""
    return {issue: options[at] for issue, options, at in zip(offer.issues, offer.options, choice, strict=True)}


def each(offer: "Offer", utility: Sequence[float]) -> dict[str, object]:
    """What each party has, and, where others have to accept too, what these have."""
    chiefs = len(offer.parties) - offer.guards
    found: dict[str, object] = {"utility": dict(zip(offer.parties[:chiefs], utility[:chiefs], strict=True))}
    if offer.guards:
        found["guards"] = dict(zip(offer.parties[chiefs:], utility[chiefs:], strict=True))
    return found


def offer_from(read: OfferFile, file: str = "") -> "Offer":
    """The offer as the analysis takes it; who ratifies and what is demanded are its guards. Raises `Refusal`."""
    from comity.analysis.packages import Link, Offer  # noqa: PLC0415  # of the extra `analysis`

    read, guards, found = _checked(read, file)
    if found:
        raise Refusal(found)
    return Offer(
        parties=read.parties,
        issues=tuple(issue.id for issue in read.issues),
        options=tuple(issue.options for issue in read.issues),
        utility=tuple(
            tuple(tuple(read.utility[party][issue.id][option] for option in issue.options) for issue in read.issues)
            for party in read.parties
        ),
        disagreement=tuple(read.disagreement.get(party, 0.0) for party in read.parties),
        weights=tuple(read.weights.get(party, 1.0) for party in read.parties),
        guards=guards,
        links=tuple(
            Link(
                where=tuple(
                    (at, tuple(issue.options.index(option) for option in listed(link.options[issue.id])))
                    for at, issue in enumerate(read.issues)
                    if issue.id in link.options
                ),
                utility=tuple(link.utility.get(party, 0.0) for party in read.parties),
            )
            for link in read.links
        ),
    )


def _checked(read: OfferFile, file: str) -> tuple[OfferFile, int, list[Finding]]:
    """The file with its guards as parties, how many these are, and all that is wrong with it."""
    found: list[Finding] = []

    def fault(code: str, says: str, do: str) -> None:
        if len(found) > _TOLD:
            raise Refusal(found)
        found.append(Finding(level="error", code=code, file=file, says=says, do=do))

    _names(read, fault)
    parts_wrong(read, fault)
    if found:
        return read, 0, found
    read, guards = widened(read)
    for party in read.parties:
        _values(read, party, fault)
    for name, table in (("utility", read.utility), ("disagreement", read.disagreement), ("weights", read.weights)):
        for party in sorted(set(table) - set(read.parties)):
            fault("offer-unknown", f"{name}: “{party}” is no party", f"one of {', '.join(read.parties)}")
    _weights(read, fault)
    for number, link in enumerate(read.links, 1):
        _link(read, number, link, fault)
    return read, guards, found


def _names(read: OfferFile, fault: Callable[[str, str, str], None]) -> None:
    """What is missing, or stands twice, among parties, issues and options."""
    for what, names in (("parties", read.parties), ("issues", tuple(issue.id for issue in read.issues))):
        if not names:
            fault("offer-empty", f"there are no {what}", f"name some under {what}")
        for name in sorted(name for name, times in Counter(names).items() if times > 1):
            fault("offer-twice", f"{what}: “{name}” stands twice", "keep one")
    for issue in read.issues:
        if not issue.options or len(set(issue.options)) < len(issue.options):
            fault("offer-twice", f"{issue.id}: it has no options, or one twice", "name each option once")


def _weights(read: OfferFile, fault: Callable[[str, str, str], None]) -> None:
    """Weights that are below nought, or nought for all; and numbers that are none, which only programs can send."""
    for party, weight in sorted(read.weights.items()):
        if weight < 0:
            fault("offer-weight", f"{party}: the weight {weight:g} is below 0", "give 0 or more")
    if read.parties and not any(read.weights.get(party, 1.0) for party in read.parties):
        fault("offer-weight", "every weight is 0", "give somebody more than 0")
    values = [(party, value) for party, own in read.utility.items() for row in own.values() for value in row.values()]
    values += [*read.disagreement.items(), *read.weights.items()]
    values += [one for link in read.links for one in link.utility.items()]
    for party in sorted({party for party, value in values if not isfinite(value)}):
        fault("offer-number", f"{party}: a value, disagreement point or weight is no finite number", "give a number")


def _link(read: OfferFile, number: int, link: _Link, fault: Callable[[str, str, str], None]) -> None:
    """What a link names that is not there, and links of less than two issues."""
    options = {issue.id: issue.options for issue in read.issues}
    if len(link.options) < 2:  # noqa: PLR2004  # a link joins
        fault("offer-link", f"link {number}: it names fewer than two issues", "value one issue alone under utility")
    for issue, named in link.options.items():
        if issue not in options:
            fault("offer-unknown", f"link {number}: there is no issue “{issue}”", f"one of {', '.join(options)}")
            continue
        for option in sorted(set(listed(named)) - set(options[issue])):
            do = f"one of {', '.join(options[issue])}"
            fault("offer-unknown", f"link {number}: {issue} has no option “{option}”", do)
        if not listed(named):
            fault("offer-link", f"link {number}: it names no option of {issue}", "name some, or leave the issue out")
    for party in sorted(set(link.utility) - set(read.parties)):
        fault("offer-unknown", f"link {number}: “{party}” is no party", f"one of {', '.join(read.parties)}")


def _values(read: OfferFile, party: str, fault: Callable[[str, str, str], None]) -> None:
    """What a party did not value, or valued and is not there."""
    own = read.utility.get(party, {})
    for issue in read.issues:
        values = own.get(issue.id, {})
        missing = [option for option in issue.options if option not in values]
        if missing:
            fault("offer-unvalued", f"{party}: {issue.id} has no value for {', '.join(missing)}", "value every option")
        for option in sorted(set(values) - set(issue.options)):
            fault(
                "offer-unknown", f"{party}: {issue.id} has no option “{option}”", f"one of {', '.join(issue.options)}"
            )
    for issue_id in sorted(set(own) - {issue.id for issue in read.issues}):
        fault("offer-unknown", f"{party}: there is no issue “{issue_id}”", "take it out, or add the issue")
