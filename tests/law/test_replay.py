"""What holds of every replay: order within a day, what is known when, and that the timeline tells the statuses."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.actors import Actor, Directory, Group, Membership
from comity.acts import CONSENT, RANK, Act
from comity.dates import Delay, LegalDate, parse_legal_date
from comity.instruments import (
    AllowedAfter,
    ConsentClause,
    EntryIntoForce,
    Instrument,
    Others,
    Parent,
    Part,
    Provision,
    Provisional,
    ReservationsClause,
    WithdrawalClause,
)
from comity.law.law import Law
from comity.law.relation import relation
from comity.law.results import Change, Relation, Status
from comity.law.status import status
from comity.law.timeline import force_changes, timeline
from comity.notation.weights_file import Weight, Weights
from comity.register.given import GivenReading
from comity.rules.parse import parse_rule

START = date(2000, 1, 1)
SPAN = 70
PAIRS = (("AAA", "BBB"), ("BBB", "CCC"), ("NEW", "AAA"))
DIRECTORY = Directory(
    [
        Actor(id="AAA"),
        Actor(id="BBB"),
        Actor(id="CCC"),
        Actor(id="OLD", until=START + timedelta(days=30)),
        Actor(id="NEW"),
        Actor(id="UNI", kind="organization", regional=True, members="union"),
    ],
    [Group(id="union", members=(Membership(actor="AAA"), Membership(actor="BBB", until=START + timedelta(days=40))))],
)
WEIGHTS = Weights(
    id="fleet",
    rows=tuple(Weight(actor=code, weight=weight) for code, weight in (("AAA", 3), ("BBB", 2), ("CCC", 2), ("OLD", 1))),  # type: ignore[arg-type]  # a whole number is a fraction
)
RULES: tuple[dict[str, object], ...] = (
    {"count": 1},
    {"count": 2},
    {"count": 3},
    {"share": "0.5", "of": "fleet"},
    {"members": ["AAA", "NEW"]},
    {"members": {"signatories_of": "convention"}},
    {"any": [{"count": 4}, {"members": ["CCC"]}]},
    {"all": [{"count": 2}, {"share": "0.3", "of": "fleet", "strict": True}]},
    {"fewer_than": 2, "side": "not-for", "among": ["AAA", "BBB", "CCC"]},
)
DELAYS = (
    Delay(),
    Delay(days=1),
    Delay(days=10),
    Delay(months=1),
    Delay(days=3, inclusive=True),
    Delay(then="first-of-month"),
)
COMMON = ("signature", "ratification", "accession", "withdrawal")
LEFT_OUT = {"correction", "termination", *(kind for kind in RANK if kind.startswith("territorial"))}
KINDS = (*COMMON * 3, *sorted(set(RANK) - LEFT_OUT))
POINTED = {
    "succession": ("OLD", ""),
    "continuation": ("OLD", ""),
    "reservation": ("1", "1; 2", ""),
    "reservation-withdrawal": ("1", ""),
    "objection": ("AAA", "BBB", "BBB!", "NEW"),
    "objection-withdrawal": ("AAA", "BBB"),
    "acceptance-of-reservation": ("AAA", "BBB"),
    "acceptance-of-accession": ("AAA", "BBB", "CCC"),
    "objection-to-accession": ("AAA", "BBB", "CCC"),
    "non-application": ("AAA", "BBB"),
    "rights-suspension": ("vote",),
    "rights-restoration": ("vote",),
}


def day_after(number: int) -> date:
    return START + timedelta(days=number)


days = st.integers(0, SPAN).map(day_after)
delays = st.sampled_from(DELAYS)
rules = st.sampled_from(RULES).map(lambda plain: parse_rule(plain, path="when", in_instrument=True))


@st.composite
def acts(draw: st.DrawFn, instrument: str) -> list[Act]:
    """Acts on few days, so that many meet on one; of one actor, one day and one rank there is one at most."""
    made: dict[tuple[date, str, int], Act] = {}
    for _ in range(draw(st.integers(0, 16))):
        kind, actor = draw(st.sampled_from(KINDS)), draw(st.sampled_from(sorted(DIRECTORY.actors)))
        number = draw(st.integers(0, SPAN // 5)) * 5
        text = "2000-01" if draw(st.integers(0, 19)) == 0 else day_after(number).isoformat()
        when = parse_legal_date(text)
        effective = draw(st.none() | st.none() | st.integers(-20, 30))
        ref = draw(st.sampled_from(POINTED.get(kind, ("",))))
        if kind == "contest":
            earlier = [act for act in made.values() if act.date.last <= when.last]
            if not earlier:
                continue
            target = draw(st.sampled_from(earlier))
            ref = f"{target.date} {target.actor} {target.kind}"
        act = Act(
            instrument=instrument,
            date=when,
            actor=actor,
            kind=kind,
            effective=None if effective is None else LegalDate.of(when.last + timedelta(days=effective)),
            ref=ref,
        )
        made.setdefault((when.last, actor, RANK[kind]), act)
    return list(made.values())


@st.composite
def entries(draw: st.DrawFn) -> EntryIntoForce:
    parts = (Part(provisions=("2",), when=draw(rules), delay=draw(delays)),)
    return EntryIntoForce(
        when=draw(rules),
        delay=draw(delays),
        on=draw(st.none() | st.none() | days),
        not_before=draw(st.none() | st.none() | days),
        counts=draw(st.sampled_from([(), (), ("ratification", "accession")])),
        reio=draw(st.sampled_from([None, "not-additional", "counted", "for-members"])),
        official=draw(st.none() | st.none() | days),
        others=Others(
            delay=draw(st.none() | delays),
            deposited=draw(st.sampled_from([None, "after-threshold", "after-entry-into-force"])),
        ),
        parts=draw(st.sampled_from([(), parts])),
    )


@st.composite
def clauses(draw: st.DrawFn, name: str, beside: str = "") -> Instrument:
    """An instrument; `beside` another it belongs to it."""
    of = beside
    return Instrument(
        id=name,
        title=name,
        kind=draw(st.sampled_from(["convention", "constitution"])),
        of=of,
        provisions=(Provision(id="1"), Provision(id="2")),
        consent=ConsentClause(
            acts=draw(st.sampled_from([(), tuple(sorted(CONSENT))])),
            open_to=draw(st.sampled_from([None, None, ("AAA", "BBB", "CCC")])),
            parent=Parent(required=True, cascade=True) if of and draw(st.booleans()) else None,
            accessions=draw(st.sampled_from(["effective", "effective", "if-accepted", "unless-objected"])),
            later_parties=draw(st.sampled_from(["separate", "as-amended"])),
        ),
        entry_into_force=draw(entries()),
        provisional=draw(
            st.none() | st.sampled_from(["signature", "declaration", "adoption"]).map(lambda by: Provisional(by=by))  # type: ignore[arg-type]  # its words
        ),
        withdrawal=draw(
            st.none()
            | st.builds(
                WithdrawalClause,
                clause=st.sampled_from(["yes", "none"]),
                later=st.sampled_from([None, "allowed"]),
                delay=st.none() | delays,
                allowed_after=st.none() | st.builds(AllowedAfter, delay=delays),
            )
        ),
        reservations=draw(
            st.none() | st.builds(ReservationsClause, allowed=st.sampled_from(["silent", "all", "none", "listed"]))
        ),
    )


@st.composite
def registers(draw: st.DrawFn) -> tuple[list[Instrument], dict[str, list[Act]]]:
    """A convention, and a protocol or amendment that belongs to it."""
    its = [draw(clauses("convention")), draw(clauses("protocol", beside="convention"))]
    return its, {it.id: draw(acts(it.id)) for it in its}


def law_of(its: Sequence[Instrument], found: dict[str, list[Act]]) -> Law:
    return Law(GivenReading(DIRECTORY, its, found, [WEIGHTS]))


def answers(law: Law, its: Sequence[Instrument], on: date) -> list[Status]:
    """All statuses of a day, without the findings: those tell of the whole file."""
    found = []
    for it in its:
        history = law.history(it.id)
        assert history is not None
        one = status(law, it, history, on)
        found.append(Status(**{name: getattr(one, name) for name in one.__struct_fields__} | {"findings": ()}))
    return found


def relations(law: Law, its: Sequence[Instrument], on: date) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for it in its:
        history = law.history(it.id)
        assert history is not None
        for one, other in PAIRS:
            answer: Relation = relation(law, it, history, one, other, on)
            found.append((answer.bound, answer.excluded, answer.modified, answer.not_settled, answer.as_amended_by))
    return found


ASKED = [day_after(number) for number in range(-1, SPAN + 60, 3)]
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(registers(), st.randoms(use_true_random=False))
def test_acts_of_one_day_in_any_order_give_the_same_answers(
    register: tuple[list[Instrument], dict[str, list[Act]]], dice: object
) -> None:
    its, found = register
    shuffled = {name: list(own) for name, own in found.items()}
    for own in shuffled.values():
        dice.shuffle(own)  # type: ignore[attr-defined]  # random.Random, as hypothesis makes it
    law, other = law_of(its, found), law_of(its, shuffled)
    for on in ASKED:
        assert answers(law, its, on) == answers(other, its, on)
        assert relations(law, its, on) == relations(other, its, on)


@quick
@given(registers(), days)
def test_an_answer_on_a_day_rests_on_the_acts_up_to_it_alone(
    register: tuple[list[Instrument], dict[str, list[Act]]], on: date
) -> None:
    its, found = register
    known = {name: [act for act in own if act.day <= on] for name, own in found.items()}
    law, other = law_of(its, found), law_of(its, known)
    assert answers(law, its, on) == answers(other, its, on)
    assert relations(law, its, on) == relations(other, its, on)


def told(changes: Sequence[Change], actor: str, on: date, nothing: str) -> str:
    """The last word that the changes give an actor by a day."""
    words = [change.after for change in changes if change.actor == actor and change.date <= on]
    return words[-1] if words else nothing


@quick
@given(registers())
def test_the_timeline_replayed_gives_the_status_of_every_day(
    register: tuple[list[Instrument], dict[str, list[Act]]],
) -> None:
    its, found = register
    law = law_of(its, found)
    for it in its:
        history = law.history(it.id)
        assert history is not None
        changes = timeline(law, it, history)
        forces = list(force_changes(it, history.force))
        assert [change.date for change in changes] == sorted(change.date for change in changes)
        assert all(change.before != change.after for change in changes)
        for on in (day_after(number) for number in range(-1, SPAN + 60)):
            answer = status(law, it, history, on)
            statuses = {actor.actor: actor.status for actor in answer.actors}
            for code in DIRECTORY.actors:
                assert told(changes, code, on, "none") == statuses.get(code, "none"), (code, on)
            assert (told(forces, "", on, "not-in-force") == "in-force") == answer.in_force, on


@quick
@given(registers())
def test_what_every_answer_keeps(register: tuple[list[Instrument], dict[str, list[Act]]]) -> None:
    its, found = register
    law = law_of(its, found)
    for on in ASKED:
        for answer in answers(law, its, on):
            assert sum(answer.counts.values()) == len(answer.actors)
            for actor in answer.actors:
                assert actor.until is None or on < actor.until, actor
                assert (actor.ended_by is not None) == (actor.status == "former"), actor
                if actor.status == "party":
                    # Nobody is bound before the treaty itself is in force (VCLT 24), and the treaty is in force then.
                    assert answer.in_force
                    assert answer.entry_into_force is not None
                    assert actor.since is not None
                    assert str(answer.entry_into_force) <= str(actor.since) <= str(on), actor


def test_the_order_of_the_notation_on_one_day() -> None:
    """Signatures, revocations, consents, provisional application, reservations, what answers them, endings."""
    order = [
        "signature",
        "withdrawal-revocation",
        "ratification",
        "provisional-application",
        "reservation",
        "objection",
        "withdrawal",
    ]
    assert [RANK[kind] for kind in order] == sorted({RANK[kind] for kind in order})
    assert len({RANK[kind] for kind in CONSENT - {"succession", "continuation"}}) == 1
