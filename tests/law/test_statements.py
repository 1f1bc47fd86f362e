"""Reservations and declarations, what was answered to them, and how the number of parties moves."""

from datetime import date

from comity.actors import Actor, Directory
from comity.acts import Act
from comity.dates import parse_legal_date
from comity.instruments import EntryIntoForce, Horizon, Instrument
from comity.law.law import Law
from comity.law.statements import Statement, statements
from comity.law.status import complete_until
from comity.law.timeline import movements
from comity.register.given import GivenReading
from comity.rules.forms import Count

ACTORS = ("AUT", "CHE", "DEU", "FRA", "ITA")


def act(day: str, actor: str, kind: str, ref: str = "", note: str = "") -> Act:
    return Act(instrument="treaty", date=parse_legal_date(day), actor=actor, kind=kind, ref=ref, note=note)


BASE = (
    act("2000-01-01", "AUT", "ratification"),
    act("2000-01-01", "AUT", "reservation", "9; 16"),
    act("2000-01-01", "CHE", "ratification"),
    act("2000-01-01", "DEU", "ratification"),
    act("2000-06-01", "CHE", "objection", "AUT 9"),
    act("2002-03-01", "DEU", "objection", "AUT"),
    act("2003-01-01", "FRA", "objection", "AUT ! "),
    act("2003-02-01", "CHE", "declaration", "3", "Means what it says"),
    act("2004-01-01", "AUT", "reservation-withdrawal", "16"),
    act("2005-01-01", "CHE", "objection-withdrawal", "AUT"),
    act("2006-01-01", "DEU", "withdrawal"),
    act("2006-01-01", "FRA", "accession"),
)


def law(*acts: Act) -> tuple[Law, Instrument]:
    clause = EntryIntoForce(article="12", when=Count(at_least=2))
    treaty = Instrument(id="treaty", title="Treaty", kind="treaty", entry_into_force=clause)
    return Law(GivenReading(Directory([Actor(id=code) for code in ACTORS], []), [treaty], {"treaty": acts})), treaty


def said(on: str, *acts: Act, actor: str | None = None) -> list[Statement]:
    found, treaty = law(*(acts or BASE))
    history = found.history("treaty")
    assert history is not None
    return statements(found, treaty, history, date.fromisoformat(on), actor)


def test_a_reservation_with_its_answers_and_their_effects() -> None:
    austria, declared = said("2003-06-01")
    assert (austria.holder, austria.standing, austria.withdrawn) == ("AUT", ("9", "16"), ())
    assert [(one.act.actor, one.effect, one.opposed) for one in austria.replies] == [
        ("CHE", "objection-simple", False),
        ("DEU", "objection-late", False),
        ("FRA", "", True),  # not a party on that day
    ]
    assert austria.replies[0].provisions == ("9",)
    assert (declared.holder, declared.act.kind, declared.act.note) == ("CHE", "declaration", "Means what it says")
    assert declared.replies == ()


def test_what_one_actor_said_and_answered() -> None:
    # The whole of its own, and of others what it answered itself.
    (own,) = said("2003-06-01", actor="AUT")
    assert [one.act.actor for one in own.replies] == ["CHE", "DEU", "FRA"]
    (answered, declared) = said("2003-06-01", actor="CHE")
    assert (answered.holder, [one.act.actor for one in answered.replies]) == ("AUT", ["CHE"])
    assert declared.holder == "CHE"
    assert said("2003-06-01", actor="ITA") == []


def test_up_to_when_a_status_is_known() -> None:
    def until(**days: date) -> date | None:
        complete = tuple(Horizon(acts=(name.replace("_", "-"),), until=day) for name, day in days.items())
        return complete_until(Instrument(id="treaty", title="Treaty", kind="treaty", complete=complete))

    early, late = date(2001, 1, 1), date(2002, 1, 1)
    assert until(consent=early, withdrawal=late) == early
    assert until(consent=late, withdrawal=early, signature=date(1999, 1, 1)) == early
    # Kinds of consent stand for all of it, the earliest of them for the rest.
    assert until(ratification=late, accession=early, withdrawal=late) == early
    assert until(consent=late) is None
    assert until(withdrawal=late) is None
    assert until() is None


def test_a_reservation_taken_over_counts_as_the_successors_own() -> None:
    acts = (
        *BASE[:5],
        act("2001-06-01", "ITA", "succession", "AUT"),
        act("2001-09-01", "FRA", "acceptance-of-reservation", "ITA"),
    )
    taken = next(one for one in said("2001-12-01", *acts) if one.holder == "ITA")
    assert (taken.act.actor, taken.standing) == ("AUT", ("9", "16"))
    assert [(one.act.actor, one.accepts, one.effect) for one in taken.replies] == [
        ("CHE", False, "objection-simple"),
        ("FRA", True, ""),
    ]


def test_only_what_was_said_by_the_day_is_told() -> None:
    (austria,) = said("2000-03-01")
    assert austria.replies == ()
    # Twelve months from the act, where no notification is known.
    assert austria.open_until == date(2001, 1, 1)
    assert said("2001-01-01")[0].open_until is None
    assert said("1999-12-31") == []


def test_what_was_withdrawn_is_told_with_its_day() -> None:
    (austria, _) = said("2005-01-01")
    assert (austria.standing, austria.withdrawn) == (("9",), (("16", date(2004, 1, 1)),))
    swiss = austria.replies[0]
    assert (swiss.withdrawn, swiss.effect) == (date(2005, 1, 1), "")
    assert said("2004-12-31")[0].replies[0].withdrawn is None


def test_an_objection_to_one_reservation_is_no_answer_to_another() -> None:
    apart = (
        *BASE[:1],
        act("2000-01-01", "AUT", "reservation", "9"),
        act("2000-01-01", "AUT", "reservation", "16"),
        *BASE[2:5],
    )
    nine, sixteen = said("2001-06-01", *apart)
    assert [len(one.replies) for one in (nine, sixteen)] == [1, 0]


def test_a_reservation_on_signature_that_was_not_confirmed() -> None:
    acts = (
        act("1999-01-01", "ITA", "signature"),
        act("1999-01-01", "ITA", "reservation", "4"),
        *BASE[:1],
        act("2000-02-01", "ITA", "ratification"),
        act("2000-03-01", "AUT", "objection", "ITA"),
    )
    (italy,) = said("2001-06-01", *acts)
    assert italy.unconfirmed
    assert italy.replies[0].effect == "reservation-unconfirmed"


def test_the_number_of_parties_day_by_day() -> None:
    history = law(*BASE)[0].history("treaty")
    assert history is not None
    assert [(str(one.date), one.joined, one.left, one.parties) for one in movements(history)] == [
        ("2000-01-01", ("AUT", "CHE", "DEU"), (), 3),
        ("2006-01-01", ("FRA",), (), 4),
        ("2007-01-01", (), ("DEU",), 3),
    ]
