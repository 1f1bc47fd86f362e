"""Since when, and until when, a treaty is in force between two actors."""

from datetime import date

import pytest

from comity.service import Register


@pytest.mark.parametrize(
    ("name", "pair", "on", "since", "until"),
    [
        # Each on the thirtieth day after its deposit (Article 51(2)); the later of the two.
        ("vcdr", ("GBR", "QAT"), "2014-04-02", "1986-07-06", None),
        # Its second spell: accepted again on 2021-01-20.
        ("paris-agreement", ("USA", "FRA"), "2024-06-01", "2021-02-19", None),
        ("paris-agreement", ("FRA", "USA"), "2018-06-01", "2016-11-04", None),
        # A notice of 2025-01-27 has fixed the end.
        ("paris-agreement", ("USA", "FRA"), "2025-06-01", "2021-02-19", "2026-01-27"),
        # Hungary withdrew the reservation to which the Netherlands had objected as one incompatible with being a party.
        ("genocide-convention", ("NLD", "HUN"), "1995-01-01", "1989-12-08", None),
        # Succession, told later, with effect from independence.
        ("vcdr", ("MNE", "FRA"), "2014-01-01", "2006-06-03", None),
    ],
)
def test_since_and_until(
    shipped: Register, name: str, pair: tuple[str, str], on: str, since: str, until: str | None
) -> None:
    found = shipped.bond(name, *pair, on)
    assert found.relation == shipped.relation(name, *pair, on)
    assert found.relation.bound
    assert found.since == date.fromisoformat(since)
    assert found.until == (None if until is None else date.fromisoformat(until))


@pytest.mark.parametrize(("on", "one", "other"), [("2021-02-01", "USA", "FRA"), ("2024-01-01", "FRA", "FRA")])
def test_without_a_bond_there_is_no_since(shipped: Register, on: str, one: str, other: str) -> None:
    found = shipped.bond("paris-agreement", one, other, on)
    assert (found.relation.bound, found.since, found.until) == (False, None, None)


def test_it_is_in_force_on_every_day_since_and_not_on_the_day_before(shipped: Register) -> None:
    for one, other in (("USA", "FRA"), ("TUV", "CHE"), ("EUU", "JPN"), ("SYR", "NIC")):
        since = shipped.bond("paris-agreement", one, other, "2024-06-01").since
        assert since is not None
        days = [since, *(change.date for change in shipped.timeline("paris-agreement") if change.actor in {one, other})]
        later = [day for day in days if since <= day <= date(2024, 6, 1)]
        assert all(shipped.relation("paris-agreement", one, other, day).bound for day in later)
        before = date.fromordinal(since.toordinal() - 1)
        assert not shipped.relation("paris-agreement", one, other, before).bound
