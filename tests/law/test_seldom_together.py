"""What seldom happens to two treaties at once: one replaces another, one cannot be read, one lacks its weights."""

from datetime import date
from pathlib import Path

import pytest

from comity.acts import Act
from comity.dates import LegalDate
from comity.law.messages import says
from comity.law.results import Reason
from comity.law.what_if import what_if
from comity.rules.ground import UnknownNameError
from comity.service import Register, open_register
from comity.service.answers import plain
from comity.service.supposing import read_lines

OLD = 'id = "old-pact"\ntitle = "Old Pact"\nkind = "treaty"\n\n[entry_into_force]\nwhen = { count = 2 }\n'
NEW = (
    'id = "new-pact"\ntitle = "New Pact"\nkind = "treaty"\nof = "old-pact"\nreplaces = ["old-pact"]\n\n'
    "[entry_into_force]\nwhen = { count = 2 }\n"
)
UNWEIGHED = (
    'id = "share-pact"\ntitle = "Share Pact"\nkind = "treaty"\n\n'
    '[entry_into_force]\nwhen = { share = 0.5, of = "no-such-table" }\n'
)
PARTED = (
    'id = "parted-pact"\ntitle = "Parted Pact"\nkind = "treaty"\n\n[[provisions]]\nid = "9"\nheading = "Fish"\n\n'
    "[entry_into_force]\nwhen = { count = 1 }\n\n"
    '[[entry_into_force.part]]\nprovisions = ["9"]\nwhen = { count = 2 }\n'
)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    folder = tmp_path / "instruments"
    folder.mkdir()
    for name, text in (("old-pact", OLD), ("new-pact", NEW), ("share-pact", UNWEIGHED), ("parted-pact", PARTED)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        (folder / f"{name}.csv").write_text("date,actor,act\n", encoding="utf-8")
    rows = "1950-01-01,FRA,ratification\n1950-01-01,ITA,ratification\n1950-01-01,CHE,ratification\n"
    (folder / "old-pact.csv").write_text(f"date,actor,act\n{rows}", encoding="utf-8")
    (folder / "broken.toml").write_text('id = "broken"\ntitle = \n', encoding="utf-8")
    return open_register(tmp_path)


def test_a_new_treaty_supposed_changes_the_one_that_it_replaces(register: Register) -> None:
    lines = [f"1960-01-01 {code} ratification" for code in ("FRA", "ITA", "CHE")]
    found = register.what_if(read_lines(register, "new-pact", lines))
    assert {shift.instrument for shift in found.changes} >= {"new-pact"}
    told = plain(found)
    assert isinstance(told, dict)
    assert told["forces"][0]["entry_into_force"] == {"before": None, "after": "1960-01-01"}
    assert {row["instrument"] for row in found.rows()} == {shift.instrument for shift in found.changes}


def test_the_bond_of_a_treaty_that_another_may_replace(register: Register) -> None:
    found = register.bond("old-pact", "FRA", "ITA", "1955-01-01")
    assert (found.relation.bound, found.since) == (True, date(1950, 1, 1))


def test_a_rule_that_cannot_be_judged_lacks_nothing_that_can_be_told(register: Register) -> None:
    act = Act(instrument="share-pact", date=LegalDate.of(date(1960, 1, 1)), actor="FRA", kind="ratification")
    found = what_if(register.law, register.law, [act], ())
    assert all(force.lacking == (None, None) for force in found.forces)


def test_a_part_that_would_enter_into_force_is_told_of(register: Register) -> None:
    lines = [f"1960-01-01 {code} ratification" for code in ("FRA", "ITA")]
    found = register.what_if(read_lines(register, "parted-pact", lines))
    assert [(force.provisions, force.entry) for force in found.forces] == [
        ((), (None, date(1960, 1, 1))),
        (("9",), (None, date(1960, 1, 1))),
    ]


def test_a_part_that_stays_as_it_is_is_not_told_of(register: Register) -> None:
    found = register.what_if(read_lines(register, "parted-pact", ["1960-01-01 FRA ratification"]))
    assert [(force.provisions, force.entry) for force in found.forces] == [((), (None, date(1960, 1, 1)))]


@pytest.mark.usefixtures("register")
def test_what_would_no_longer_happen_is_told_of(tmp_path: Path) -> None:
    rows = "1950-01-01,FRA,ratification\n1970-01-01,FRA,withdrawal\n1980-01-01,FRA,accession\n"
    (tmp_path / "instruments" / "parted-pact.csv").write_text(f"date,actor,act\n{rows}", encoding="utf-8")
    again = open_register(tmp_path)
    found = again.what_if(read_lines(again, "parted-pact", ["1975-01-01 FRA termination"]))
    gone = [(shift.actor, shift.after, shift.instead_of) for shift in found.changes if shift.date is None]
    assert gone == [("FRA", "party", date(1980, 1, 1))]


def test_a_change_that_would_come_earlier_is_one_that_moves(tmp_path: Path) -> None:
    folder = tmp_path / "instruments"
    folder.mkdir()
    (folder / "old-pact.toml").write_text(OLD, encoding="utf-8")
    rows = "1950-01-01,FRA,ratification\n1960-01-01,ITA,ratification\n"
    (folder / "old-pact.csv").write_text(f"date,actor,act\n{rows}", encoding="utf-8")
    register = open_register(tmp_path)
    found = register.what_if(read_lines(register, "old-pact", ["1955-01-01 CHE ratification"]))
    moved = [(shift.actor, shift.after, shift.date, shift.instead_of) for shift in found.changes if shift.instead_of]
    assert moved == [
        ("", "in-force", date(1955, 1, 1), date(1960, 1, 1)),
        ("FRA", "party", date(1955, 1, 1), date(1960, 1, 1)),
    ]


def test_a_treaty_that_was_in_force_is_over_and_a_signature_moves_no_party(tmp_path: Path) -> None:
    folder = tmp_path / "instruments"
    folder.mkdir()
    (folder / "old-pact.toml").write_text(OLD, encoding="utf-8")
    rows = "1949-01-01,FRA,signature\n1950-01-01,FRA,ratification\n1950-01-01,ITA,ratification\n"
    rows += "1960-01-01,FRA,termination\n"
    (folder / "old-pact.csv").write_text(f"date,actor,act\n{rows}", encoding="utf-8")
    register = open_register(tmp_path)
    force = register.history("old-pact").force
    assert [force.over(date(year, 6, 1)) for year in (1949, 1955, 1960)] == [False, False, True]
    assert [(one.date, one.parties) for one in register.movements("old-pact")] == [
        (date(1950, 1, 1), 2),
        (date(1960, 1, 1), 0),
    ]


def test_an_instrument_that_is_not_there_is_refused(register: Register) -> None:
    act = Act(instrument="broken", date=LegalDate.of(date(1960, 1, 1)), actor="FRA", kind="ratification")
    with pytest.raises(UnknownNameError):
        what_if(register.law, register.law, [act], ())


def test_a_contest_without_a_rival_date_says_that_there_was_no_effect() -> None:
    params = {"by": "CHE", "act": "1990-01-01 FRA ratification", "claim": "never deposited", "date": None}
    said = says(Reason(id="contested", params=params, cites=()))
    assert said == "CHE disputes “1990-01-01 FRA ratification” and holds that it had no effect: never deposited."


def test_a_late_objection_says_where_the_day_of_notification_is_not_known() -> None:
    params = {"holder": "USA", "provisions": "IX", "by": "NLD", "day": "1989-11-25", "notified": None}
    said = says(Reason(id="objection-late", params=params, cites=()))
    assert said.startswith("USA reserved IX; the objection of NLD came after 1989-11-25, twelve ")
    assert said != says(Reason(id="objection-late", params=params | {"notified": "1988-11-25"}, cites=()))
