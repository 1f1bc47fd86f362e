"""Roll calls as values for the analysis: from a table that somebody brings, or from the votes of a register."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from comity.acts import VOTES
from comity.findings import Finding
from comity.service.analysing import missing_extra
from comity.service.queries import Refusal, Register, refuse

if TYPE_CHECKING:
    from comity.analysis.positions.roll_calls import RollCalls

__all__ = ["Rolls", "groups_of", "issues_of", "issues_within", "rolls", "rolls_of_register", "rolls_of_text"]

_COLUMNS = ("rcid", "session", "actor", "vote")
_WAYS = {"no": 0, "abstain": 1, "yes": 2}
_ACTS = dict(zip(VOTES, ("yes", "no", "abstain", "absent"), strict=True))
# Whoever is absent does not say where it stands.
_ABSENT = frozenset({"", "absent"})
_SHOWN = 60  # faults that are told one by one
_MOST_ACTORS = 2_000_000
_DIGITS = 10  # of the number of a session: fewer
Row = tuple[str, int, str, int]


class Rolls(msgspec.Struct, frozen=True, kw_only=True):
    """The votes, the names of the questions by their numbers, and what was noted in reading them."""

    votes: "RollCalls"
    questions: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def rolls(register: Register, text: str, file: str = "", *, body: str = "", session: int | None = None) -> Rolls:
    """The votes of a table, or where there is none those of the register; of one session where it is named.

    Raises `Refusal`.
    """
    return rolls_of_text(text, file, session) if text.strip() else rolls_of_register(register, body, session)


def rolls_of_text(text: str, file: str = "", session: int | None = None) -> Rolls:
    """The votes of a CSV: `rcid` (the question), `session` (a whole number), `actor`, `vote`. Raises `Refusal`.

    Whoever votes twice on one question in one session is counted with the last vote, and a warning says so. One `rcid`
    in several sessions is one question that is voted on again.
    """
    table = csv.reader(io.StringIO(text, newline=""))
    places, width = _header(table, _COLUMNS, file)
    wrong: list[Finding] = []
    kept: dict[tuple[str, int, str], Row] = {}
    twice = 0
    for row in _read(table, places, width, file, wrong):
        key = row[:3]
        twice += key in kept
        kept[key] = row
    if wrong:
        raise Refusal(wrong[:_SHOWN])
    says = f"{twice} votes were cast twice on one question; the last one counts"
    note = Finding(level="warning", code="vote-twice", file=file, says=says, do="take out what does not count")
    return _numbered(list(kept.values()), file, session, (note,) if twice else ())


def rolls_of_register(register: Register, body: str = "", session: int | None = None) -> Rolls:
    """The votes that a register records on its instruments; a session is a calendar year. Raises `Refusal`.

    `body` leaves those only that were put to a vote in this body. An actor's last act on an instrument counts.
    """
    kept: dict[tuple[str, str], tuple[object, Row | None]] = {}
    for name in register.reading.ids():
        it = register.reading.instrument(name)
        if it is None or (body and (it.adoption is None or it.adoption.body != body)):
            continue
        for act in register.reading.acts(name):
            way = _ACTS.get(act.kind)
            key = (name, act.actor)
            if way is not None and (key not in kept or kept[key][0] <= act.day):  # type: ignore[operator]  # days
                row = None if way == "absent" else (name, act.day.year, act.actor, _WAYS[way])
                kept[key] = (act.day, row)
    rows = [row for _, row in kept.values() if row is not None]
    return _numbered(rows, "", session, ())


def issues_of(text: str, file: str = "") -> dict[str, tuple[str, ...]]:
    """The issue areas of each question, of a CSV `rcid,issue`; a question may be of several. Raises `Refusal`."""
    found: dict[str, dict[str, None]] = {}
    for question, issue in _pairs(text, ("rcid", "issue"), file):
        found.setdefault(question, {})[issue] = None
    return {question: tuple(issues) for question, issues in found.items()}


def issues_within(text: str) -> dict[str, tuple[str, ...]]:
    """The issue areas of the questions where a table of votes has a column of them."""
    header = text.partition("\n")[0]
    return issues_of(text) if "issue" in (name.strip() for name in header.split(",")) else {}


def groups_of(text: str, file: str = "") -> dict[str, str]:
    """The group of each actor, of a CSV `actor,bloc`. Raises `Refusal`, also for an actor in two."""
    found: dict[str, str] = {}
    for actor, group in _pairs(text, ("actor", "bloc"), file):
        if found.setdefault(actor, group) != group:
            says = f"“{actor:.60}” is in “{found[actor]:.60}” and in “{group:.60}”"
            raise refuse("bloc-twice", says, "put each actor into one bloc", file)
    return found


def _pairs(text: str, columns: tuple[str, str], file: str) -> Iterator[tuple[str, str]]:
    table = csv.reader(io.StringIO(text, newline=""))
    places, width = _header(table, columns, file)
    wrong = []
    for line, cells in enumerate(table, 2):
        if not cells:
            continue
        if len(cells) != width:
            wrong.append(_fault(file, line, "csv-row-length", f"{len(cells)} fields where there should be {width}"))
            continue
        one, other = (cells[at].strip() for at in places)
        if one and other:
            yield one, other
    if wrong:
        raise Refusal(wrong[:_SHOWN])


def _header(table: Iterator[list[str]], columns: tuple[str, ...], file: str) -> tuple[list[int], int]:
    header = [name.strip().lstrip("\ufeff") for name in next(table, [])]
    missing = [name for name in columns if name not in header]
    if missing:
        says = f"the columns {', '.join(missing)} are missing"
        raise refuse("csv-column-missing", says, f"begin the file with {','.join(columns)}", file)
    return [header.index(name) for name in columns], len(header)


def _numbered(rows: list[Row], file: str, session: int | None, findings: tuple[Finding, ...]) -> Rolls:
    """Names become numbers."""
    try:
        import numpy as np  # noqa: PLC0415  # with the extra `analysis`

        from comity.analysis.positions.roll_calls import RollCalls  # noqa: PLC0415  # of the extra
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if not rows:
        raise refuse("csv-empty", "there are no votes", "add some: a line for each member and question", file)
    if session is not None:
        there = sorted({row[1] for row in rows})
        rows = [row for row in rows if row[1] == session]
        if not rows:
            says = f"nobody voted in session {session}"
            raise refuse("session-unknown", says, f"there are {there[0]} to {there[-1]}", file)
    numbers = [{name: at for at, name in enumerate(sorted(set(column)))} for column in zip(*rows, strict=True)]
    questions, sessions, actors = numbers[:3]
    if len(actors) > _MOST_ACTORS:
        says = f"{len(actors):,} members; {_MOST_ACTORS:,} is the most"
        raise refuse("votes-too-many", says, "ask about fewer members", file)
    votes = RollCalls(
        actors=tuple(map(str, actors)),
        sessions=tuple(map(int, sessions)),
        actor=np.array([actors[row[2]] for row in rows], np.intp),
        session=np.array([sessions[row[1]] for row in rows], np.intp),
        question=np.array([questions[row[0]] for row in rows], np.intp),
        vote=np.array([row[3] for row in rows], np.intp),
    )
    return Rolls(votes=votes, questions=tuple(map(str, questions)), findings=findings)


def _read(table: Iterable[list[str]], places: list[int], width: int, file: str, wrong: list[Finding]) -> Iterator[Row]:
    first, second, third, last = places
    numbers: dict[str, int] = {}  # sessions are few, and are read once each
    for line, cells in enumerate(table, 2):
        if not cells:
            continue
        if len(cells) != width:
            wrong.append(_fault(file, line, "csv-row-length", f"{len(cells)} fields where there should be {width}"))
            continue
        vote = cells[last].strip()
        if vote in _ABSENT:
            continue
        question, actor = cells[first].strip(), cells[third].strip()
        number = numbers.get(cells[second])
        if number is None:
            number = numbers[cells[second]] = _session(cells[second].strip())
        if vote not in _WAYS:
            wrong.append(_fault(file, line, "vote-unknown", f"“{vote:.40}” is none of yes, no, abstain"))
        elif number < 0 or not actor or not question:
            wrong.append(_fault(file, line, "number-wrong", "the session is no whole number, or a field is empty"))
        else:
            yield question, number, actor, _WAYS[vote]


def _session(text: str) -> int:
    """The number of a session, also as spreadsheets write it (73.0); -1 where it is none."""
    number = text.removesuffix(".0")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < _DIGITS else -1


def _fault(file: str, line: int, code: str, says: str) -> Finding:
    return Finding(level="error", code=code, file=file, line=line, says=says, do="mend the row, or take it out")
