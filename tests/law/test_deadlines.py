"""Days by which a State must speak, or its silence counts."""

from datetime import date

import pytest

from comity.law.deadlines import Deadline, deadlines
from comity.service import Register, open_register
from comity.service.ahead import Scope, changes_within, deadlines_within


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def of(register: Register, name: str) -> list[Deadline]:
    return deadlines(register.law, register.instrument(name))


def test_twelve_months_run_from_the_reservation_where_no_notification_is_known(register: Register) -> None:
    """VCLT 20(5)."""
    (oman,) = [one for one in of(register, "iccpr") if one.actor == "OMN"]
    assert oman.date == date(2026, 11, 10)
    assert (oman.kind, oman.notified, oman.provisions) == ("objection", None, ("23(2)", "23(3)", "23(4)"))
    assert oman.cites == ("iccpr: 2025-11-10 OMN reservation", "VCLT Art. 20(5)")


def test_what_nobody_need_accept_or_nobody_may_make_sets_none(register: Register) -> None:
    """The Paris Agreement forbids reservations (27); in a charter an organ accepts (VCLT 20(3))."""
    assert of(register, "paris-agreement") == []
    assert of(register, "who-constitution") == []


def test_silence_binds_when_the_period_to_reject_has_closed(register: Register) -> None:
    """IHR 59: eighteen months from the notification of 2005-06-15."""
    (closes,) = [one for one in of(register, "ihr-2005") if one.kind == "rejection"]
    assert closes.notified == date(2005, 6, 15)
    assert closes.date == date(2006, 12, 15)
    assert closes.actor == ""


def test_a_period_and_a_scope_leave_out_the_rest(register: Register) -> None:
    year = (date(2025, 11, 22), date(2026, 11, 22))
    found = deadlines_within(register, Scope(area="human-rights"), *year)
    assert [(one.instrument, one.actor) for one in found] == [("cat", "DMA"), ("cat", "DMA"), ("iccpr", "OMN")]
    assert deadlines_within(register, Scope(area="climate"), *year) == []
    # Its own reservations are for the others to answer.
    assert [one.actor for one in deadlines_within(register, Scope(instrument="iccpr", actor="FRA"), *year)] == ["OMN"]
    assert deadlines_within(register, Scope(instrument="iccpr", actor="OMN"), *year) == []


def test_changes_within_a_scope_are_those_of_the_timeline(register: Register) -> None:
    every = (date.min, date.max)
    paris = changes_within(register, Scope(instrument="paris-agreement"), *every)
    assert paris == register.timeline("paris-agreement")
    mine = changes_within(register, Scope(actor="USA", area="climate"), *every)
    assert {change.actor for change in mine} == {"USA"}
    assert "cedaw" not in {change.instrument for change in mine}
    month = (date(2021, 2, 1), date(2021, 2, 28))
    assert [change.date for change in changes_within(register, Scope(actor="USA", area="climate"), *month)] == [
        date(2021, 2, 19)
    ]
    assert changes_within(register, Scope(area="climate"), *month) == [
        change for change in register.changes(*month) if "climate" in register.instrument(change.instrument).areas
    ]
