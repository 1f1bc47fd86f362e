"""A reading of what is already in memory, and what the law finds wrong with it."""

from comity.actors import Actor, Directory
from comity.acts import Act
from comity.dates import parse_legal_date
from comity.instruments import Instrument
from comity.law.law import Law
from comity.register.given import GivenReading


def act(day: str, actor: str, kind: str, ref: str = "") -> Act:
    return Act(instrument="treaty", date=parse_legal_date(day), actor=actor, kind=kind, ref=ref)


def given(*acts: Act) -> GivenReading:
    treaty = Instrument(id="treaty", title="Treaty", kind="treaty", replaces=("older",))
    protocol = Instrument(id="protocol", title="Protocol", kind="protocol", of="treaty")
    return GivenReading(Directory([Actor(id="RUS")], []), [treaty, protocol], {"treaty": acts})


def test_acts_come_in_legal_order() -> None:
    late, signed, consented = (
        act("2001-01-02", "RUS", "withdrawal"),
        act("2001-01-01", "RUS", "signature"),
        act("2001-01-01", "RUS", "ratification"),
    )
    assert given(late, consented, signed).acts("treaty") == (signed, consented, late)
    assert given().acts("protocol") == ()


def test_what_is_given_is_all_there_is() -> None:
    reading = given()
    assert reading.ids() == reading.instrument_ids() == ("protocol", "treaty")
    assert (reading.ids("weights"), reading.ids("rule")) == ((), ())
    assert reading.pointing("of") == {"treaty": ("protocol",)}
    assert reading.pointing("replaces") == {"older": ("treaty",)}
    assert reading.has_definition("treaty")
    assert not reading.has_definition("older")
    assert reading.is_own("treaty")
    assert not reading.has_two_clocks
    assert reading.directory_findings() == reading.findings_of("treaty") == ()


def test_an_actor_that_continues_itself_is_a_finding() -> None:
    # Replaying it naively would take over its own spells without end.
    law = Law(given(act("1990-01-01", "RUS", "signature"), act("1991-12-24", "RUS", "continuation", ref="RUS")))
    assert [(finding.level, finding.code) for finding in law.findings("treaty")] == [
        ("error", "continuation-of-itself")
    ]
