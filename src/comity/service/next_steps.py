"""The next achievable step: positions on the options of issues, read with every fault, judged by a decision rule."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from comity.analysis.precedents.next_step import Candidate, Issue, Option, next_steps
from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.rules import Count, GroundRule, ground
from comity.service.form import Progress
from comity.service.queries import Refusal, Register, refuse
from comity.service.rulings import ruling

if TYPE_CHECKING:
    from comity.service.offers import OfferFile

__all__ = ["NextStep", "NextStepAsked", "answer", "next_step", "next_step_of"]

_BYTES, _OPTIONS, _TOLD = 5_000_000, 5_000, 20
_WORDS = {"yes": True, "no": False, "unknown": None, "": None}
_NEEDED = ("actor", "issue", "option")


class NextStepAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Positions as CSV or JSON text, the decision rule (its id; nothing: everybody agrees), and the day of the rule."""

    text: str
    on: date
    rule: str = ""


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """Every option, the nearest to an agreement first, under a rule among its members."""

    rule: str
    title: str
    on: date
    members: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        return msgspec.json.decode(msgspec.json.encode(self), type=dict[str, object])


def answer(register: Register, asked: NextStepAsked, progress: Progress = None) -> NextStep:
    """Which option of which issue is nearest to an agreement (`next_step_of`). Raises `Refusal`."""
    del progress  # it takes a moment
    return next_step_of(register, asked.text, asked.rule, asked.on)


def next_step(register: Register, path: Path, rule: str, on: date) -> NextStep:
    """As `next_step_of`, of a file. Raises `Refusal`."""
    text, faults = read_text(path, str(path), _BYTES)
    if has_errors(faults):
        raise Refusal(faults)
    return next_step_of(register, text, rule, on, str(path))


def next_step_of(register: Register, text: str, rule: str, on: date, file: str = "") -> NextStep:
    """Which option of which issue is nearest to an agreement under a rule.

    `text` is a table (CSV: `actor`, `issue`, `option` and either `position`, one of yes, no, unknown, or `utility` and,
    where it is not 0, `status_quo`, above or at which an option is acceptable), the same as JSON, or an offer as
    `comity package` reads it. `rule` is the id of a rule or the path of a rule file; nothing asks for the consent of
    all. Where the rule does not say who votes, those in the file do. Raises `Refusal`.
    """
    issues, actors, notes = _read(text, file)
    if sum(len(issue.options) for issue in issues) > _OPTIONS:
        raise refuse("positions-too-large", f"there are more than {_OPTIONS:,} options", "ask about fewer", file)
    title, grounded, members = _ruling(register, rule, on, actors)
    outside = sorted(actors - members)
    silent = sorted(members - actors)
    if outside:
        notes = (*notes, f"no members under the rule, and not counted: {_some(outside)}")
    if silent:
        notes = (*notes, f"members of whom no position is told, which is no yes: {_some(silent)}")
    return NextStep(
        rule=rule,
        title=title,
        on=on,
        members=tuple(sorted(members)),
        candidates=next_steps(issues, grounded, members),
        notes=notes,
    )


def _some(names: Sequence[str]) -> str:
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")


def _ruling(register: Register, rule: str, on: date, actors: frozenset[str]) -> tuple[str, GroundRule, frozenset[str]]:
    if not rule:
        everybody = ground(Count(at_least=Fraction(1)), register.law, on, actors)
        return "", everybody, actors
    try:
        found = ruling(register, rule, on)
    except Refusal as refusal:
        if all(one.code != "rule-unjudged" for one in refusal.findings) or len(actors) < 2:  # noqa: PLR2004  # one is no list
            raise
        found = ruling(register, rule, on, ",".join(sorted(actors)))
    return found.rule.title, found.ground, found.members


# Reading

# Yes or no, what an option is worth, or nothing said.
Position = bool | float | None
_Said = dict[str, dict[str, dict[str, bool]]]
_Gains = dict[str, dict[str, dict[str, float]]]
Read = tuple[tuple[Issue, ...], frozenset[str], tuple[str, ...]]


def _read(text: str, file: str) -> Read:
    begins = text.lstrip("\ufeff \t\r\n")
    if not begins:
        raise refuse("positions-empty", "there are no positions", "give a table: actor,issue,option,position", file)
    return _json(begins, file) if begins.startswith("{") else _csv(begins, file)


class _Told(msgspec.Struct):
    """What is told so far: by issue and option what actors said and gain; all actors; the faults."""

    file: str
    said: _Said = msgspec.field(default_factory=dict)
    gains: _Gains = msgspec.field(default_factory=dict)
    actors: set[str] = msgspec.field(default_factory=set)
    seen: set[tuple[str, str, str]] = msgspec.field(default_factory=set)
    linked: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    faults: list[Finding] = msgspec.field(default_factory=list)

    def fault(self, line: int, says: str, do: str, code: str = "positions-malformed") -> None:
        self.faults.append(Finding(level="error", code=code, file=self.file, line=line, says=says, do=do))

    def option(self, issue: str, option: str) -> None:
        self.said.setdefault(issue, {}).setdefault(option, {})
        self.gains.setdefault(issue, {}).setdefault(option, {})

    def tell(self, line: int, key: tuple[str, str, str], position: Position, quo: float = 0.0) -> None:
        actor, issue, option = key
        self.option(issue, option)
        self.actors.add(actor)
        if key in self.seen:
            says = f"the position of {actor} on {issue}: {option} stands twice"
            self.fault(line, says, "keep one", "positions-twice")
        self.seen.add(key)
        if position is None:
            return
        if isinstance(position, bool):
            self.said[issue][option][actor] = position
        else:
            self.said[issue][option][actor] = position >= quo
            self.gains[issue][option][actor] = position - quo

    def done(self, notes: tuple[str, ...] = ()) -> Read:
        if not self.faults and not self.actors:
            self.fault(0, "there are no positions", "give a row for each", "positions-empty")
        if self.faults:
            raise Refusal(self.faults)
        issues = tuple(
            Issue(
                id=name,
                options=tuple(
                    Option(id=option, said=said, gains=self.gains[name][option]) for option, said in options.items()
                ),
                linked=self.linked.get(name, ()),
            )
            for name, options in self.said.items()
        )
        return issues, frozenset(self.actors), notes


def _csv(text: str, file: str) -> Read:
    told = _Told(file=file)
    rows = csv.DictReader(io.StringIO(text))
    heads = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = heads
    lacking = [name for name in _NEEDED if name not in heads]
    if lacking or not {"position", "utility"} & set(heads):
        lacking = lacking or ["position (or utility)"]
        raise refuse(
            "positions-malformed",
            f"the columns {', '.join(lacking)} are missing",
            "head the table actor,issue,option,position or actor,issue,option,utility,status_quo",
            file,
        )
    for row in rows:
        cells = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
        if not any(cells.values()):
            continue
        actor, issue, option = key = cells["actor"], cells["issue"], cells["option"]
        if not all(key):
            told.fault(rows.line_num, "actor, issue or option is empty", "fill it in")
            continue
        position, quo = _cell(told, rows.line_num, cells)
        told.tell(rows.line_num, (actor, issue, option), position, quo)
    return told.done()


def _cell(told: _Told, line: int, cells: Mapping[str, str]) -> tuple[bool | float | None, float]:
    if "position" in cells and (cells["position"] or "utility" not in cells):
        word = cells["position"].casefold()
        if word not in _WORDS:
            told.fault(line, f"“{word:.40}” is no position", "write yes, no or unknown")
        return _WORDS.get(word), 0.0
    numbers = []
    for name, default in (("utility", None), ("status_quo", 0.0)):
        text = cells.get(name, "")
        try:
            number = float(text) if text else default
        except ValueError:
            number = float("nan")
        if number is not None and not isfinite(number):
            told.fault(line, f"{name} “{text:.40}” is no number", "write a number such as 0.4", "number-wrong")
            number = default
        numbers.append(number)
    return numbers[0], numbers[1] or 0.0


class _JsonIssue(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    options: tuple[str, ...]


class _JsonFile(msgspec.Struct, forbid_unknown_fields=True):
    """Positions as JSON: yes or no (true, false), a utility, or null; `status_quo` by actor and issue."""

    positions: Mapping[str, Mapping[str, Mapping[str, bool | float | None]]]
    issues: tuple[_JsonIssue, ...] = ()
    status_quo: Mapping[str, Mapping[str, float]] = {}
    linked: tuple[tuple[str, ...], ...] = ()


def _json(text: str, file: str) -> Read:
    try:
        keys = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        if "utility" in keys:
            return _offer(text, file)
        read = msgspec.json.decode(text, type=_JsonFile)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refuse(
            "positions-malformed", str(error), "see docs/reference/commands.md, comity next-step", file
        ) from error
    told = _Told(file=file)
    for issue in read.issues:
        for option in issue.options:
            told.option(issue.id, option)
    for actor, issues in read.positions.items():
        told.actors.add(actor)
        for name, options in issues.items():
            for option, position in options.items():
                if read.issues and option not in told.said.get(name, {}):
                    told.fault(0, f"{actor}: {name} has no option “{option:.40}”", "name it under issues")
                    continue
                told.tell(0, (actor, name, option), position, read.status_quo.get(actor, {}).get(name, 0.0))
    told.linked = _linked(told, read.linked)
    return told.done()


def _linked(told: _Told, groups: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group in groups:
        for name in group:
            if name not in told.said:
                told.fault(0, f"linked: there is no issue “{name:.40}”", "take it out, or add the issue")
            found.setdefault(name, []).extend(other for other in group if other != name)
    return {name: tuple(dict.fromkeys(others)) for name, others in found.items()}


def _offer(text: str, file: str) -> Read:
    """The file of `comity package`: the disagreement point of a party is parted evenly among the issues."""
    from comity.service.offers import offer_of  # noqa: PLC0415  # its faults are told there

    read: OfferFile = offer_of(text, file)
    told = _Told(file=file)
    for issue in read.issues:
        for option in issue.options:
            for party in read.parties:
                quo = read.disagreement.get(party, 0.0) / len(read.issues)
                told.tell(0, (party, issue.id, option), read.utility[party][issue.id][option], quo)
    note = "an option is taken as acceptable where it is worth its even part of the disagreement point of a party"
    return told.done((note,))
