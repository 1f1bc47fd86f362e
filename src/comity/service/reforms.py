"""What a reform of a decision rule would change: who gains and loses, who could block, other quotas, other votes."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import msgspec

from comity.findings import has_errors
from comity.notation.weights_file import parse_weights
from comity.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Count,
    Rule,
    Share,
    Tally,
    UnknownNameError,
    WeightTable,
    ground,
    missing,
    nodes,
    part_text,
    smallest_blocking,
)
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.powers import INDICES, PowerAnswer, mode_of, power_in, power_under
from comity.service.queries import Refusal, Register, refuse
from comity.service.rulings import Ruling, measured_by, ruling

if TYPE_CHECKING:
    from comity.analysis.voting.reweighting import Design

__all__ = [
    "LISTED",
    "Coalitions",
    "DesignAnswer",
    "DesignAsked",
    "PerOf",
    "QuotaAnswer",
    "QuotaAsked",
    "Shift",
    "Study",
    "StudyAsked",
    "design_votes",
    "fraction",
    "study",
    "sweep",
]

LISTED = 10
_EXACT = 40  # members up to whom each quota of a sweep is counted exactly
_MOST_POINTS = 401
_MOST_DESIGNED, _MOST_VOTES = 250, 1_000_000


class StudyAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule on a day, beside another rule (`beside`) or another day (`then`), or both.

    `per` is a weight table of the register that power is divided by (population, GDP); `per_text` one that is brought,
    in the notation. `blocking` asks for the smallest coalitions that block, and that win.
    """

    rule: str
    on: date
    beside: str = ""
    then: date | None = None
    per: str = ""
    per_text: str = ""
    blocking: bool = False
    index: tuple[Literal["banzhaf", "shapley"], ...] = INDICES
    mode: Literal["exact", "instant"] = "exact"
    abstention: bool = False
    members: str = ""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A member's share of power before and after (None: no member then), and the change; by Shapley–Shubik too."""

    actor: str
    before: float | None
    after: float | None
    change: float
    relative: float | None
    shapley_before: float | None
    shapley_after: float | None
    shapley_change: float | None


class PerOf(msgspec.Struct, frozen=True, kw_only=True):
    """A member's part of what power is divided by, its share of power, and how often the one goes into the other.

    `ratio` 1: as much power as the part; None where the member has no row, or nothing. `after` is it under the other
    rule.
    """

    actor: str
    weight: int | float | None
    part: float | None
    power: float | None
    ratio: float | None
    after: float | None


class Coalitions(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest coalitions that win, and that block whatever the others do: their size, and the first of them."""

    winning_size: int | None
    winning: tuple[tuple[str, ...], ...]
    blocking_size: int | None
    blocking: tuple[tuple[str, ...], ...]


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and what was asked about it beside its power."""

    first: PowerAnswer
    second: PowerAnswer | None
    shifts: tuple[Shift, ...]
    per: str
    per_unit: str
    per_source: str
    divided: tuple[PerOf, ...]
    coalitions: Coalitions | None

    def plain(self) -> dict[str, object]:
        """The power under the rule, as `comity power` tells it, and beside it what was asked for."""
        found = self.first.plain()
        if self.second is not None:
            found["compared"] = self.second.plain()
            found["changes"] = [msgspec.structs.asdict(one) for one in self.shifts]
        if self.divided:
            found["per"] = {"table": self.per, "unit": self.per_unit, "source": self.per_source}
            found["per_members"] = [msgspec.structs.asdict(one) for one in self.divided]
        if self.coalitions is not None:
            found["coalitions"] = msgspec.to_builtins(self.coalitions)
        return found


def study(register: Register, asked: StudyAsked, progress: Progress = None) -> Study:
    """What was asked about a rule, and about another beside it. Raises `Refusal`."""
    del progress  # it takes seconds
    one = ruling(register, asked.rule, asked.on, asked.members)
    mode, index = mode_of(asked.mode), tuple(one for one in INDICES if one in asked.index)
    first = power_under(one, index, mode, abstention=asked.abstention)
    other = None
    if asked.beside or asked.then is not None:
        other = ruling(register, asked.beside or asked.rule, asked.then or asked.on, asked.members)
    second = None if other is None else power_under(other, index, mode, abstention=asked.abstention)
    table = _per(register, asked) if asked.per or asked.per_text else None
    return Study(
        first=first,
        second=second,
        shifts=() if second is None else _shifts(first, second),
        per=asked.per or ("brought" if asked.per_text else ""),
        per_unit="" if table is None else table.unit,
        per_source="" if table is None else table.source,
        divided=() if table is None else _divided(first, second, table),
        coalitions=_coalitions(one) if asked.blocking else None,
    )


def _shares(found: PowerAnswer) -> dict[str, tuple[float | None, float | None]]:
    return {one.actor: (one.banzhaf_normalised, one.shapley) for one in found.power.members}


def _shifts(first: PowerAnswer, second: PowerAnswer) -> tuple[Shift, ...]:
    """Who gains most comes first."""
    before, after = _shares(first), _shares(second)
    found = []
    for actor in before | after:
        (b, s), (c, t) = before.get(actor, (None, None)), after.get(actor, (None, None))
        if b is None and c is None:  # Banzhaf was not asked for: Shapley–Shubik stands in its place
            b, c = s, t
        found.append(
            Shift(
                actor=actor,
                before=b,
                after=c,
                change=(c or 0.0) - (b or 0.0),
                relative=(c or 0.0) / b - 1 if b else None,
                shapley_before=s,
                shapley_after=t,
                shapley_change=None if s is None and t is None else (t or 0.0) - (s or 0.0),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.change, one.actor)))


def _per(register: Register, asked: StudyAsked) -> WeightTable:
    """The table that power is divided by, on the day of the rule."""
    return _table(register, asked.per, asked.per_text, asked.on)


def _table(register: Register, named: str, text: str, day: date) -> WeightTable:
    if not text:
        try:
            return register.law.weights(named, day)
        except UnknownNameError as error:
            known = ", ".join(register.reading.ids("weights"))[:300]
            raise refuse("weights-unknown", f"no weights are called “{named:.40}”", f"there are {known}") from error
    read, faults = parse_weights(text, "", "brought")
    if read is None or has_errors(faults):
        raise Refusal(faults)
    return WeightTable(rows=read.at(day), total=read.total, unit=read.unit, source=read.source)


def _divided(first: PowerAnswer, second: PowerAnswer | None, table: WeightTable) -> tuple[PerOf, ...]:
    before, after = _shares(first), {} if second is None else _shares(second)
    parts, later = _parts(before, table), _parts(after, table)
    weights = measured_by(table)

    def ratio(share: float | None, part: float | None) -> float | None:
        return share / part if part and share is not None else None

    return tuple(
        PerOf(
            actor=actor,
            weight=weights.get(actor),
            part=parts.get(actor),
            power=before.get(actor, (None,))[0],
            ratio=ratio(before.get(actor, (None,))[0], parts.get(actor)),
            after=ratio(after.get(actor, (None,))[0], later.get(actor)),
        )
        for actor in sorted(before | after)
    )


def _parts(members: Mapping[str, object], table: WeightTable) -> dict[str, float]:
    """What part each member has of all that the members have."""
    rows = {actor: weight for actor, weight in table.rows.items() if actor in members}
    total = sum(rows.values(), Fraction())
    return {actor: float(weight / total) for actor, weight in rows.items()} if total else {}


def _coalitions(found: Ruling) -> Coalitions:
    winning = missing(found.ground, Tally(against=found.members), found.members, LISTED)
    stopping = smallest_blocking(found.ground, LISTED)
    return Coalitions(
        winning_size=winning.size,
        winning=winning.smallest,
        blocking_size=stopping.size,
        blocking=stopping.smallest,
    )


# Other quotas


class QuotaAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule on a day, one of whose parts is moved from `start` to `end` in `points`.

    `condition` says which of its counts and shares, in the order written, from 1; left out: the only share, or else the
    only count.
    """

    rule: str
    on: date
    start: str = "0.5"
    end: str = "1"
    points: int = 51
    condition: int | None = None
    members: str = ""


class QuotaPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The power at one quota: each member's share (Banzhaf, normalised), in the order of `members`."""

    quota: float
    exact: str
    collectivity: float
    shares: tuple[float, ...]
    within: float


class QuotaAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How power moves with a quota."""

    rule: str
    title: str
    on: date
    condition: int
    now: str
    members: tuple[str, ...]
    points: tuple[QuotaPoint, ...]
    sources: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found


def sweep(register: Register, asked: QuotaAsked, progress: Progress = None) -> QuotaAnswer:
    """The power of the members at each of several quotas. Raises `Refusal`."""
    found = ruling(register, asked.rule, asked.on, asked.members)
    low, high = fraction(asked.start), fraction(asked.end)
    if not (0 <= low < high <= 1 and 2 <= asked.points <= _MOST_POINTS):  # noqa: PLR2004  # two ends
        says = f"quotas go up, from 0 to 1, and number 2 to {_MOST_POINTS}"
        raise refuse("quota-wrong", says, "two thirds is 2/3")
    at, leaf = _condition(found.when, asked.condition)
    mode = mode_of("exact" if len(found.members) <= _EXACT else "instant")
    points = []
    for step in range(asked.points):
        part = low + (high - low) * Fraction(step, asked.points - 1)
        moved = _with_part(found.when, leaf, part)
        judged = ground(moved, found.register.law, asked.on, found.members)
        power = power_in(
            msgspec.structs.replace(found, when=moved, ground=judged).game(), asked.rule, ("banzhaf",), mode
        )
        points.append(
            QuotaPoint(
                quota=float(part),
                exact=part_text(part),
                collectivity=power.collectivity or 0.0,
                shares=tuple(one.banzhaf_normalised or 0.0 for one in power.members),
                within=0.0 if power.within is None else power.within.banzhaf_normalised,
            )
        )
        if progress is not None:
            progress(step + 1, asked.points)
    now = leaf.at_least
    return QuotaAnswer(
        rule=found.rule.id,
        title=found.rule.title,
        on=asked.on,
        condition=at,
        now=part_text(now) if isinstance(now, Fraction) else str(now),
        members=tuple(sorted(found.members)),
        points=tuple(points),
        sources=found.sources,
    )


def _condition(rule: Rule, chosen: int | None) -> tuple[int, Count | Share]:
    leaves = [one for one in nodes(rule) if isinstance(one, Count | Share)]
    if chosen is None:
        for kind in (Share, Count):
            found = [at for at, one in enumerate(leaves, 1) if isinstance(one, kind)]
            if found and all(leaves[at - 1] == leaves[found[0] - 1] for at in found):
                chosen = found[0]
                break
    if chosen is None or not 1 <= chosen <= len(leaves):
        says = f"the rule has {len(leaves)} counts and shares, and which one is moved is not said"
        raise refuse(
            "quota-condition", says, f"say condition 1 to {len(leaves)}" if leaves else "ask about another rule"
        )
    return chosen, leaves[chosen - 1]


def _with_part(rule: Rule, leaf: Count | Share, part: Fraction) -> Rule:
    """The rule with another part in a leaf, wherever it stands."""
    if isinstance(rule, AllOf | AnyOf | AtLeast):
        return msgspec.structs.replace(rule, of=tuple(_with_part(one, leaf, part) for one in rule.of))
    return msgspec.structs.replace(rule, at_least=part) if rule == leaf else rule


def fraction(text: str) -> Fraction:
    """A part written as 0.62, 2/3 or 62%. Raises `Refusal`."""
    # Never 1e999999999, say, whose digits would fill the memory.
    plain = re.fullmatch(r"([0-9]{0,20}(?:\.[0-9]{0,40}|/[0-9]{1,20})?)(%?)", text.strip(), re.ASCII)
    try:
        if plain is not None:
            return Fraction(plain[1]) / (100 if plain[2] else 1)
    except (ValueError, ZeroDivisionError):
        pass  # no digits, or none but noughts below the line
    raise refuse("quota-wrong", f"“{text:.20}” is no part", "write 0.62, 2/3 or 62%")


# Other votes


class DesignAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Votes are wanted under which power is as a weight table says: in proportion, or to its square roots (`law`).

    `weights` is a table of the register on a day, `text` one that is brought. `quota` is a part of the votes; left out,
    the best one is looked for. `total` is what the votes add up to, about.
    """

    on: date
    weights: str = ""
    text: str = ""
    law: Literal["proportional", "square-root"] = "proportional"
    quota: str = ""
    total: int = 10_000
    members: str = ""


class DesignAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Votes and a quota, and how near they come to the power wanted."""

    actors: tuple[str, ...]
    design: "Design"
    law: str
    penrose_quota: float | None
    source: str

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        found = self.design
        rows = zip(self.actors, found.votes, found.wanted, found.shares, strict=True)
        return {
            "members": [
                {"actor": actor, "votes": votes, "wanted": wanted, "power": share}
                for actor, votes, wanted, share in rows
            ],
            "quota": found.quota,
            "votes": sum(found.votes),
            "part": found.quota / sum(found.votes),
            "distance": found.distance,
            "largest_difference": found.largest,
            "proved_nearest": found.proved,
            "law": self.law,
            "penrose_quota": self.penrose_quota,
            "source": self.source,
        }


def design_votes(register: Register, asked: DesignAsked, progress: Progress = None) -> DesignAnswer:
    """Votes under which power is as wanted. Raises `Refusal`."""
    del progress  # it takes seconds
    try:
        from comity.analysis.voting.reweighting import best_quota, design, penrose  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    table = _table(register, asked.weights, asked.text, asked.on)
    rows = dict(_wanted(register, asked, table))
    if not 2 <= len(rows) <= _MOST_DESIGNED or not len(rows) <= asked.total <= _MOST_VOTES:  # noqa: PLR2004  # a rule
        says = f"votes are designed for 2 to {_MOST_DESIGNED} members, and add up to {_MOST_VOTES:,} at most"
        raise refuse("design-wrong", says, "name the members, or ask for fewer votes")
    part = fraction(asked.quota) if asked.quota else None
    if part is not None and not 0 < part <= 1:
        raise refuse("quota-wrong", "a quota is more than none of the votes, and at most all", "two thirds is 2/3")
    roots = asked.law == "square-root"
    wanted = penrose(list(rows.values())) if roots else [float(one) for one in rows.values()]
    return DesignAnswer(
        actors=tuple(rows),
        design=design(wanted, part, asked.total),
        law=asked.law,
        penrose_quota=best_quota(list(rows.values())) if roots else None,
        source=table.source,
    )


def _wanted(register: Register, asked: DesignAsked, table: WeightTable) -> Iterator[tuple[str, Fraction]]:
    codes = {part.strip() for part in asked.members.split(",") if part.strip()}
    if len(codes) == 1:
        try:
            codes = set(register.law.group(next(iter(codes)), asked.on))
        except UnknownNameError as error:
            raise refuse("group-unknown", str(error), "name a group, or codes with commas") from error
    for actor, weight in sorted(table.rows.items()):
        if weight > 0 and (not codes or actor in codes):
            yield actor, weight
