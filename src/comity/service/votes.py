"""Roll calls as a table: read with every fault, and where members stand by them."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.queries import Refusal, Register, refuse

__all__ = ["IdealPoint", "Standing", "VotesAsked", "answer", "standing", "standing_of"]

_MOST = 500_000_000
_COLUMNS = ("rcid", "session", "actor", "vote")
_WAYS = {"no": 0, "abstain": 1, "yes": 2}
# Whoever is absent does not say where it stands.
_ABSENT = frozenset({"", "absent"})
_SHOWN = 20  # faults of one kind that are told one by one
# Who lies on the positive side unless somebody else is named, by the habit of the literature on the General Assembly.
_POSITIVE = ("USA", "United States", "United States of America")


class IdealPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a member stood in a session, its standard error, and how many votes that rests on."""

    actor: str
    session: int
    point: float
    error: float
    votes: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All points, by session and actor; `positive` lies on the positive side."""

    points: tuple[IdealPoint, ...]
    positive: str
    votes: int
    turns: int
    settled: bool
    findings: tuple[Finding, ...] = ()

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        names = ("positive", "votes", "turns", "settled", "findings", "points")
        found: dict[str, object] = msgspec.to_builtins({name: getattr(self, name) for name in names})
        return found


class VotesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of votes as text (CSV: rcid,session,actor,vote), and who lies on the positive side."""

    text: str
    positive: str = ""


def answer(register: Register, asked: VotesAsked, progress: Progress = None) -> Standing:
    """Where members stood by a table of votes (`standing_of`); the register is not asked. Raises `Refusal`."""
    del register
    return standing_of(asked.text, asked.positive, progress)


def standing(path: Path, positive: str = "", progress: Progress = None) -> Standing:
    """Where members stood by a table of votes in a file (`standing_of`). Raises `Refusal`."""
    text, faults = read_text(path, str(path), _MOST)
    if has_errors(faults):
        raise Refusal(faults)
    return standing_of(text, positive, progress, str(path))


def standing_of(text: str, positive: str = "", progress: Progress = None, file: str = "") -> Standing:
    """Where members stood, session by session, by a table of votes. Raises `Refusal`.

    The columns are `rcid` (the question), `session` (a whole number), `actor` and `vote` (yes, no or abstain).
    """
    try:
        import numpy as np  # noqa: PLC0415  # with the extra `analysis`

        from comity.analysis.ideal_points import RollCalls, ideal_points  # noqa: PLC0415  # of the extra
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    rows, findings = _rows(text, file)
    numbers = [{name: at for at, name in enumerate(sorted(set(column)))} for column in zip(*rows, strict=True)]
    actors, sessions, questions = numbers[2], numbers[1], numbers[0]
    votes = RollCalls(
        actors=tuple(actors),
        sessions=tuple(sessions),
        actor=np.array([actors[row[2]] for row in rows], np.intp),
        session=np.array([sessions[row[1]] for row in rows], np.intp),
        question=np.array([questions[row[0]] for row in rows], np.intp),
        vote=np.array([row[3] for row in rows], np.intp),
    )
    side = positive or next((name for name in _POSITIVE if name in actors), next(iter(actors)))
    try:
        found = ideal_points(votes, side, progress)
    except ValueError as error:
        raise refuse("votes-untold", str(error), "name somebody who voted (--positive)", file) from error
    points = (
        IdealPoint(actor=votes.actors[who], session=votes.sessions[when], point=point, error=error, votes=cast)
        for who, when, point, error, cast in zip(
            *(column.tolist() for column in (found.actor, found.session, found.point, found.error, found.votes)),
            strict=True,
        )
    )
    return Standing(
        points=tuple(sorted(points, key=lambda one: (one.session, one.actor))),
        positive=side,
        votes=len(rows),
        turns=found.turns,
        settled=found.settled,
        findings=findings,
    )


Row = tuple[str, int, str, int]


def _rows(text: str, file: str) -> tuple[list[Row], tuple[Finding, ...]]:
    """The votes; whoever votes twice on one question is counted with the last vote."""
    table = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(table, [])]
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        says = f"the columns {', '.join(missing)} are missing"
        raise refuse("csv-column-missing", says, f"begin the file with {','.join(_COLUMNS)}", file)
    wrong: list[Finding] = []
    kept: dict[tuple[str, str], Row] = {}
    twice = 0
    for row in _read(table, [header.index(name) for name in _COLUMNS], len(header), file, wrong):
        key = (row[0], row[2])
        twice += key in kept
        kept[key] = row
    if wrong:
        raise Refusal(wrong[: _SHOWN * 3])
    if not kept:
        raise refuse("csv-empty", "there are no votes", "add some below the names of columns", file)
    says = f"{twice} votes were cast twice on one question; the last one counts"
    note = Finding(level="warning", code="vote-twice", file=file, says=says, do="take out what does not count")
    return list(kept.values()), (note,) if twice else ()


def _read(table: Iterable[list[str]], places: list[int], width: int, file: str, wrong: list[Finding]) -> Iterator[Row]:
    for line, cells in enumerate(table, 2):
        if not cells:
            continue
        if len(cells) != width:
            wrong.append(_fault(file, line, "csv-row-length", f"{len(cells)} fields where there should be {width}"))
            continue
        question, session, actor, vote = (cells[at].strip() for at in places)
        if vote in _ABSENT:
            continue
        if vote not in _WAYS:
            wrong.append(_fault(file, line, "vote-unknown", f"“{vote:.40}” is none of yes, no, abstain"))
        elif not session.removesuffix(".0").isdecimal() or not actor or not question:
            wrong.append(_fault(file, line, "number-wrong", "the session is no whole number, or a field is empty"))
        else:
            yield question, int(session.removesuffix(".0")), actor, _WAYS[vote]


def _fault(file: str, line: int, code: str, says: str) -> Finding:
    return Finding(level="error", code=code, file=file, line=line, says=says, do="mend the row, or take it out")
