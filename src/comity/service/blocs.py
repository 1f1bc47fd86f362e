"""Who votes with whom: blocs, their cohesion, who leaves them, who is pivotal, who could bridge two of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING

import msgspec

from comity.findings import Finding
from comity.service.analysing import missing_extra
from comity.service.form import Need, Progress
from comity.service.queries import Register, as_day, refuse
from comity.service.rollcalls import Rolls, groups_of, issues_of, issues_within, rolls
from comity.service.rooms import chambers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from comity.analysis.positions.blocs import Agreement, Blocs
    from comity.analysis.positions.pivots import Chamber

__all__ = ["BlocsAsked", "BlocsFound", "answer", "need"]

_SHOWN = 200  # defections that are told one by one
_BRIDGES = 5  # members of a pair of blocs
_PAIRS = 10  # pairs of blocs of which bridges are told
_MOST_CELLS = 100_000_000
_MOST_BLOCS, _MOST_DRAWS = 50, 10_000
_WORDS = ("no", "abstain", "yes")


class BlocsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Votes as text (CSV: rcid,session,actor,vote); none: those of the register, of one `body` if it is named.

    `issues` (CSV: rcid,issue; or a column of the votes) parts the questions by area; `groups` (CSV: actor,bloc) names
    blocs in place of those that are found; `number` says how many to find (0: as many as part the members best). `rule`
    is the id of a decision rule, as of the day `on`; none: more than half of those voting. `draws` with `seed` are for
    the stability of blocs.
    """

    text: str = ""
    body: str = ""
    issues: str = ""
    groups: str = ""
    session: int | None = None
    number: int = 0
    rule: str = ""
    on: str = ""
    draws: int = 100
    seed: int = 0


class Bloc(msgspec.Struct, frozen=True, kw_only=True):
    """A bloc: `around` is the member that agrees most with the others. Shares are from 0 to 1; None: cannot be said."""

    bloc: str
    size: int
    around: str
    stability: float | None
    rice: float | None
    agreement: float | None
    actors: tuple[str, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member: of its `votes`, on `judged` its bloc had a majority position; `loyalty` is the share it went with.

    `against` counts yes to the bloc's no, and no to its yes. `pivotal`: on how many questions its other vote would have
    changed the outcome under the rule.
    """

    actor: str
    bloc: str
    silhouette: float | None
    votes: int
    judged: int
    loyalty: float | None
    against: int
    pivotal: int


class Defection(msgspec.Struct, frozen=True, kw_only=True):
    """A vote against the position that most of the bloc took: `share` of the bloc's votes were for it."""

    question: str
    session: int
    actor: str
    bloc: str
    vote: str
    position: str
    share: float


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A session or an issue area: how closely each bloc voted, the whole body too, and what blocs it alone would give.

    `found` blocs part this part best; `alike` is the adjusted Rand index of those and the blocs of all (1: the same).
    """

    part: str
    questions: int
    rice: dict[str, float | None]
    agreement: dict[str, float | None]
    body: float | None
    found: int | None
    alike: float | None


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """A member that could bridge two blocs: `own` and `other` are its mean agreement with each.

    Of the questions that part the two blocs, on `alone` its going over to the other would have changed the outcome;
    `carry` counts them with those of its bloc nearer to the other, shared evenly among all who were needed.
    """

    actor: str
    bloc: str
    toward: str
    own: float
    other: float
    alone: int
    carry: float


class Between(msgspec.Struct, frozen=True, kw_only=True):
    """The mean agreement of the members of two blocs."""

    one: str
    other: str
    agreement: float


class BlocsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The blocs and all about them; by the mean `silhouettes` of 2, 3, … blocs their number was chosen."""

    blocs: tuple[Bloc, ...]
    members: tuple[Member, ...]
    between: tuple[Between, ...]
    bridges: tuple[Crossing, ...]
    defections: tuple[Defection, ...]
    defected: int
    sessions: tuple[Part, ...]
    issues: tuple[Part, ...]
    questions: int
    carried: int
    votes: int
    rule: str
    silhouette: float | None
    silhouettes: tuple[float, ...]
    guessed: int
    rice: float | None
    agreement: float | None
    notes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found


def need(asked: BlocsAsked) -> Need:
    """What it will take: reading, and products of all pairs of members. A line of text is one vote."""
    rows = len(asked.text) / 20
    return Need(seconds=1 + rows * 8e-6, memory=200_000_000 + int(rows * 600))


def answer(register: Register, asked: BlocsAsked, progress: Progress = None) -> BlocsFound:
    """The blocs of a body by its votes. Raises `Refusal`."""
    try:
        from comity.analysis.positions.blocs import MOST_MEMBERS, agreement  # noqa: PLC0415  # of the extra `analysis`
        from comity.analysis.positions.cohesion import cohesion  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if not 0 <= asked.number <= _MOST_BLOCS or not 0 <= asked.draws <= _MOST_DRAWS:
        says = f"there are 0 to {_MOST_BLOCS} blocs, and 0 to {_MOST_DRAWS:,} draws"
        raise refuse("number-wrong", says, "ask for fewer")
    if asked.rule and not asked.on:
        raise refuse("parameter-missing", "a rule is one of a day", "say of which day (on)")
    read = rolls(register, asked.text, body=asked.body, session=asked.session)
    members = len(read.votes.actors)
    if members > MOST_MEMBERS or members * len(read.questions) > _MOST_CELLS:
        says = f"{members:,} members on {len(read.questions):,} questions: their pairs would take hours"
        raise refuse("blocs-too-large", says, f"ask about {MOST_MEMBERS:,} members at the most, or one session")
    calls = _calls(read)
    cut, names = _cut(calls, asked)
    agreed, whole = agreement(calls.ways), cohesion(calls.ways)
    room = chambers(register, asked.rule, as_day(asked.on) if asked.on else date.max, calls.actors)
    decided = _decided(calls, room, cut.of, agreed, progress)
    defections, defected = _defections(calls, cut.of, names)
    issues = issues_of(asked.issues) if asked.issues.strip() else issues_within(asked.text)
    return BlocsFound(
        blocs=tuple(_blocs(calls, cut, names, agreed)),
        members=tuple(_members(calls, cut, names, decided.pivotal)),
        between=tuple(_between(cut.of, names, agreed)),
        bridges=tuple(_bridges(calls, names, decided)),
        defections=defections,
        defected=defected,
        sessions=tuple(_parts(calls, _sessions(calls), cut.of, names)) if len(calls.sessions) > 1 else (),
        issues=tuple(_parts(calls, _areas(calls, issues), cut.of, names)),
        questions=calls.ways.shape[1],
        carried=decided.carried,
        votes=len(read.votes.vote),
        rule=asked.rule,
        silhouette=cut.silhouette if cut.tried else None,
        silhouettes=cut.tried,
        guessed=agreed.guessed,
        rice=_known(whole.rice),
        agreement=_known(whole.agreement),
        notes=tuple(_notes(calls, cut, agreed, issues, asked)),
        findings=read.findings,
    )


class _Calls(msgspec.Struct, frozen=True):
    """Roll calls, a column each: what is voted on again in another session is another roll call."""

    actors: tuple[str, ...]
    sessions: tuple[int, ...]
    ways: "NDArray[np.int8]"
    session: "NDArray[np.intp]"
    questions: tuple[str, ...]


def _calls(read: Rolls) -> _Calls:
    import numpy as np  # noqa: PLC0415  # with the extra `analysis`

    from comity.analysis.positions.roll_calls import ballots  # noqa: PLC0415  # as above

    votes = read.votes
    key = votes.session * len(read.questions) + votes.question
    found, column = np.unique(key, return_inverse=True)
    ways = ballots(msgspec.structs.replace(votes, question=column), len(found))
    named = tuple(read.questions[at] for at in (found % len(read.questions)).tolist())
    return _Calls(votes.actors, votes.sessions, ways, found // len(read.questions), named)


def _cut(calls: _Calls, asked: BlocsAsked) -> "tuple[Blocs, tuple[str, ...]]":
    """The blocs that are found, or those that are named: a member of none is in none (-1)."""
    import numpy as np  # noqa: PLC0415  # as above

    from comity.analysis.positions.blocs import Blocs, blocs  # noqa: PLC0415  # as above

    if not asked.groups.strip():
        found = blocs(calls.ways, number=min(asked.number, len(calls.actors)), draws=asked.draws, seed=asked.seed)
        return found, tuple(str(at + 1) for at in range(int(found.of.max()) + 1))
    named = groups_of(asked.groups)
    names = tuple(sorted({named[actor] for actor in calls.actors if actor in named}))
    if not names:
        raise refuse("bloc-unknown", "no actor of the blocs voted", "write actors as the votes do")
    places = {name: at for at, name in enumerate(names)}
    of = np.array([places[named[actor]] if actor in named else -1 for actor in calls.actors], np.intp)
    return Blocs(of, np.full(len(of), np.nan), float("nan"), (), ()), names


class _Decided(msgspec.Struct, frozen=True):
    """How often each member was pivotal, how many questions were carried, and who would carry blocs' questions."""

    pivotal: "NDArray[np.intp]"
    carried: int
    bridges: tuple[tuple[int, int, int, float, float, int, float], ...]


def _decided(
    calls: _Calls,
    room: "Callable[[Iterable[str]], Chamber]",
    of: "NDArray[np.intp]",
    agreed: "Agreement",
    progress: Progress,
) -> _Decided:
    """Session by session: the members of a session are those who voted in it."""
    import numpy as np  # noqa: PLC0415  # as above

    from comity.analysis.positions.pivots import bridges, outcomes, pivotal  # noqa: PLC0415  # as above
    from comity.analysis.positions.roll_calls import ABSENT  # noqa: PLC0415  # as above

    pairs = list(combinations(range(int(of.max()) + 1), 2))[:_PAIRS]
    often, carried = np.zeros(len(calls.actors), np.intp), 0
    sums: dict[tuple[int, int, int], list[float]] = {}
    for at in range(len(calls.sessions)):
        ways = calls.ways[:, calls.session == at]
        there = np.flatnonzero((ways != ABSENT).any(axis=1))
        chamber = room(calls.actors[who] for who in there.tolist())
        carried += int(outcomes(chamber, ways).sum())
        often += pivotal(chamber, ways).sum(axis=1)
        for pair in pairs:
            for one in bridges(chamber, ways, of, agreed.share, pair):
                found = sums.setdefault((one.member, one.home, one.toward), [one.own, one.other, 0, 0])
                found[2] += one.alone
                found[3] += one.carry
        if progress is not None:
            progress(at + 1, len(calls.sessions))
    ranked = sorted(
        ((*key, own, other, int(alone), carry) for key, (own, other, alone, carry) in sums.items()),
        key=lambda one: (-one[6], -one[4], one[0]),
    )
    return _Decided(often, carried, tuple(ranked))


def _bridges(calls: _Calls, names: tuple[str, ...], decided: _Decided) -> Iterator[Crossing]:
    """For each pair of blocs those who carry most."""
    told: dict[frozenset[int], int] = {}
    for who, home, toward, own, other, alone, carry in decided.bridges:
        pair = frozenset((home, toward))
        told[pair] = told.get(pair, 0) + 1
        if told[pair] <= _BRIDGES:
            yield Crossing(
                actor=calls.actors[who],
                bloc=names[home],
                toward=names[toward],
                own=own,
                other=other,
                alone=alone,
                carry=carry,
            )


def _blocs(calls: _Calls, cut: "Blocs", names: tuple[str, ...], agreed: "Agreement") -> Iterator[Bloc]:
    import numpy as np  # noqa: PLC0415  # as above

    from comity.analysis.positions.cohesion import cohesion  # noqa: PLC0415  # as above

    for at, name in enumerate(names):
        inside = np.flatnonzero(cut.of == at)
        found = cohesion(calls.ways[inside])
        middle = inside[int(agreed.share[np.ix_(inside, inside)].sum(axis=1).argmax())]
        yield Bloc(
            bloc=name,
            size=len(inside),
            around=calls.actors[middle],
            stability=cut.stability[at] if cut.stability else None,
            rice=_known(found.rice),
            agreement=_known(found.agreement),
            actors=tuple(calls.actors[who] for who in inside.tolist()),
        )


def _between(of: "NDArray[np.intp]", names: tuple[str, ...], agreed: "Agreement") -> Iterator[Between]:
    for a, b in combinations(range(len(names)), 2):
        shares = agreed.share[of == a][:, of == b]
        yield Between(one=names[a], other=names[b], agreement=float(shares.mean()))


def _members(calls: _Calls, cut: "Blocs", names: tuple[str, ...], pivotal: "NDArray[np.intp]") -> Iterator[Member]:
    import numpy as np  # noqa: PLC0415  # as above

    from comity.analysis.positions.cohesion import loyal  # noqa: PLC0415  # as above
    from comity.analysis.positions.roll_calls import ABSENT  # noqa: PLC0415  # as above

    judged, went, against = loyal(calls.ways, cut.of)
    cast = (calls.ways != ABSENT).sum(axis=1)
    for who, actor in enumerate(calls.actors):
        at = int(cut.of[who])
        yield Member(
            actor=actor,
            bloc=names[at] if at >= 0 else "",
            silhouette=_known(float(cut.silhouettes[who])),
            votes=int(cast[who]),
            judged=int(judged[who]),
            loyalty=int(went[who]) / int(judged[who]) if judged[who] else None,
            against=int(against[who]),
            pivotal=int(np.asarray(pivotal)[who]),
        )


def _defections(calls: _Calls, of: "NDArray[np.intp]", names: tuple[str, ...]) -> tuple[tuple[Defection, ...], int]:
    """Votes against the bloc's position, those first that left the most united blocs; and how many there are."""
    from comity.analysis.positions.cohesion import defections  # noqa: PLC0415  # as above

    found = defections(calls.ways, of, _SHOWN)
    return (
        tuple(
            Defection(
                question=calls.questions[question],
                session=calls.sessions[int(calls.session[question])],
                actor=calls.actors[who],
                bloc=names[int(of[who])],
                vote=_WORDS[int(calls.ways[who, question])],
                position=_WORDS[position],
                share=share,
            )
            for who, question, position, share in found.rows
        ),
        found.number,
    )


# Sessions and issue areas: their names, and their columns
_Columns = Iterable[tuple[str, "NDArray[np.intp]"]]


def _sessions(calls: _Calls) -> _Columns:
    for at, session in enumerate(calls.sessions):
        yield str(session), (calls.session == at).nonzero()[0]


def _areas(calls: _Calls, issues: Mapping[str, tuple[str, ...]]) -> _Columns:
    import numpy as np  # noqa: PLC0415  # as above

    columns: dict[str, list[int]] = {}
    for at, question in enumerate(calls.questions):
        for issue in issues.get(question, ()):
            columns.setdefault(issue, []).append(at)
    for issue in sorted(columns):
        yield issue, np.array(columns[issue], np.intp)


def _parts(calls: _Calls, columns: _Columns, of: "NDArray[np.intp]", names: tuple[str, ...]) -> Iterator[Part]:
    import numpy as np  # noqa: PLC0415  # as above

    from comity.analysis.positions.blocs import blocs, rand_index  # noqa: PLC0415  # as above
    from comity.analysis.positions.cohesion import cohesion  # noqa: PLC0415  # as above
    from comity.analysis.positions.roll_calls import ABSENT  # noqa: PLC0415  # as above

    for name, inside in columns:
        ways = calls.ways[:, inside]
        found = [cohesion(ways[of == at]) for at in range(len(names))]
        there = np.flatnonzero((ways != ABSENT).any(axis=1) & (of >= 0))
        own = blocs(ways[there], draws=0)
        yield Part(
            part=name,
            questions=len(inside),
            rice=dict(zip(names, (_known(one.rice) for one in found), strict=True)),
            agreement=dict(zip(names, (_known(one.agreement) for one in found), strict=True)),
            body=_known(cohesion(ways).agreement),
            found=int(own.of.max(initial=0)) + 1,
            alike=rand_index(own.of, of[there]),
        )


def _notes(
    calls: _Calls, cut: "Blocs", agreed: "Agreement", issues: Mapping[str, tuple[str, ...]], asked: BlocsAsked
) -> Iterator[str]:
    yield "A bloc is who voted alike, for whatever reasons: it is no alliance, and says nothing of questions not put."
    if not asked.groups and len(cut.tried) > 0 and int(cut.of.max()) == 0:
        yield "No number of blocs parts the members clearly (mean silhouette below 0.25): all are one bloc."
    if agreed.guessed:
        yield f"{agreed.guessed:,} pairs never voted on one question; their agreement is taken from third members."
    if not asked.rule:
        yield "No rule was named: a question counts as carried by more than half of those voting yes or no."
    if issues:
        unknown = sum(question not in issues for question in calls.questions)
        yield f"{unknown:,} of {len(calls.questions):,} roll calls are of no issue area."


def _known(value: float) -> float | None:
    return None if isnan(value) else value
