"""Where members of a body stand by their votes, and between whom a question is decided."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from comity.findings import Finding, has_errors
from comity.register.folder import read_text
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.queries import Refusal, Register, as_day, refuse
from comity.service.rollcalls import Rolls, rolls
from comity.service.rooms import chambers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from comity.analysis.positions.ideal_points import Points

__all__ = ["IdealPoint", "Pivot", "Standing", "VotesAsked", "answer", "text_of"]

_MOST = 500_000_000
_BAND = 1.96  # errors on each side, for 95 of 100
_MOST_PIVOTS = 3000
# Who lies on the positive side unless somebody else is named, by the habit of the literature on the General Assembly.
_POSITIVE = ("USA", "United States", "United States of America")


class IdealPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a member stood in a session, its standard error, and how many votes that rests on."""

    actor: str
    session: int
    point: float
    error: float
    votes: int


class Pivot(msgspec.Struct, frozen=True, kw_only=True):
    """Who decides in a session when members join in the order of their points: from below, and from above.

    `alike` is how many others have a band of 95% that meets the band of one of the two, so that it may be one of them.
    """

    session: int
    from_below: str | None
    from_above: str | None
    alike: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All points, by session and actor; `positive` lies on the positive side. `rule` empty: more than half."""

    points: tuple[IdealPoint, ...]
    pivots: tuple[Pivot, ...]
    positive: str
    votes: int
    turns: int
    settled: bool
    rule: str = ""
    findings: tuple[Finding, ...] = ()

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        names = ("positive", "votes", "turns", "settled", "findings", "points", "rule", "pivots")
        found: dict[str, object] = msgspec.to_builtins({name: getattr(self, name) for name in names})
        return found


class VotesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of votes as text (CSV: rcid,session,actor,vote); none: the register's, of one `body` if it is named.

    `positive` lies on the positive side. `rule` is the id of a decision rule, as of the day `on`; none: more than half
    of those voting.
    """

    text: str = ""
    positive: str = ""
    body: str = ""
    session: int | None = None
    rule: str = ""
    on: str = ""


def text_of(path: Path) -> str:
    """The text of a table in a file. Raises `Refusal`, also for one of no vote at all."""
    text, faults = read_text(path, str(path), _MOST)
    if has_errors(faults):
        raise Refusal(faults)
    if not text.strip():
        raise refuse("csv-empty", "the file is empty", "begin it with rcid,session,actor,vote", str(path))
    return text


def answer(register: Register, asked: VotesAsked, progress: Progress = None, file: str = "") -> Standing:
    """Where members stood, session by session, and who decided. Raises `Refusal`."""
    try:
        from comity.analysis.positions.ideal_points import ideal_points  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if asked.rule and not asked.on:
        raise refuse("parameter-missing", "a rule is one of a day", "say of which day (on)")
    read = rolls(register, asked.text, file, body=asked.body, session=asked.session)
    votes = read.votes
    side = asked.positive or next((name for name in _POSITIVE if name in votes.actors), votes.actors[0])
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
        pivots=tuple(_pivots(register, asked, read, found)) if len(votes.actors) <= _MOST_PIVOTS else (),
        positive=side,
        votes=len(votes.vote),
        turns=found.turns,
        settled=found.settled,
        rule=asked.rule,
        findings=read.findings,
    )


def _pivots(register: Register, asked: VotesAsked, read: Rolls, found: "Points") -> Iterator[Pivot]:
    """The members of a session are those who voted in it."""
    import numpy as np  # noqa: PLC0415  # with the extra `analysis`

    from comity.analysis.positions.pivots import on_the_line  # noqa: PLC0415  # of the extra

    actors = read.votes.actors
    room = chambers(register, asked.rule, as_day(asked.on) if asked.on else date.max, actors)
    for at, session in enumerate(read.votes.sessions):
        here = np.flatnonzero(found.session == at)
        order = here[np.argsort(found.point[here], kind="stable")]
        below, above = on_the_line(room(actors[who] for who in found.actor[order].tolist()), found.actor[order])
        yield Pivot(
            session=session,
            from_below=None if below is None else actors[below],
            from_above=None if above is None else actors[above],
            alike=_alike(found, here, {one for one in (below, above) if one is not None}),
        )


def _alike(found: "Points", here: "NDArray[np.intp]", pivots: set[int]) -> int:
    low, high = found.point - _BAND * found.error, found.point + _BAND * found.error
    own = [at for at in here.tolist() if int(found.actor[at]) in pivots]
    return sum(
        any(low[at] <= high[one] and low[one] <= high[at] for one in own) for at in here.tolist() if at not in own
    )
