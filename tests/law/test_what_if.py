"""What acts that have not happened would change: held to what did happen, and to the answers it is drawn from."""

from collections.abc import Iterable
from datetime import date

import pytest

from comity.acts import Act
from comity.law.results import Change
from comity.law.what_if import WhatIf
from comity.register.given import GivenReading
from comity.register.reading import Reading
from comity.service import Refusal, Register
from comity.service.supposing import act_line, read_lines


def ask(register: Register, instrument: str, *lines: str, on: str | None = None) -> WhatIf:
    return register.what_if(read_lines(register, instrument, lines), on)


def shifts(found: WhatIf, actor: str) -> list[tuple[str, str, str, str]]:
    return [(str(s.date), str(s.instead_of), s.before, s.after) for s in found.changes if s.actor == actor]


class _Without(GivenReading):
    """The register that ships, as if some acts of one instrument had not happened."""

    def __init__(self, base: Reading, name: str, gone: Iterable[Act]) -> None:
        instruments = [it for one in base.ids() if (it := base.instrument(one)) is not None]
        acts = {it.id: base.acts(it.id) for it in instruments}
        acts[name] = tuple(act for act in acts[name] if act not in set(gone))
        tables = [table for one in base.ids("weights") if (table := base.weights(one)) is not None]
        super().__init__(base.directory, instruments, acts, tables)


def without(base: Register, name: str, gone: Iterable[Act]) -> Register:
    register = Register([])
    register.reading = _Without(base.reading, name, gone)
    register.law = type(base.law)(register.reading)
    return register


def test_the_ctbt_enters_into_force_180_days_after_the_last_of_annex_2(shipped: Register) -> None:
    lacking = shipped.missing("ctbt", "2024-01-01").smallest[0]
    found = ask(shipped, "ctbt", *(f"2027-01-04 {code} ratification" for code in lacking))
    (force,) = found.forces
    assert (force.threshold, force.entry) == ((None, date(2027, 1, 4)), (None, date(2027, 7, 3)))
    assert (date(2027, 7, 3) - date(2027, 1, 4)).days == 180
    assert force.lacking == (9, 0)
    assert shifts(found, "") == [("2027-07-03", "None", "not-in-force", "in-force")]
    # Everybody who ratified before is bound with it.
    assert shifts(found, "FRA") == [("2027-07-03", "None", "contracting", "party")]
    assert (found.on, found.refused) == (date(2027, 7, 3), False)


def test_all_but_one_of_annex_2_change_only_how_many_are_lacking(shipped: Register) -> None:
    lacking = shipped.missing("ctbt", "2024-01-01").smallest[0]
    found = ask(shipped, "ctbt", *(f"2027-01-04 {code} ratification" for code in lacking[1:]))
    (force,) = found.forces
    assert (force.entry, force.lacking) == ((None, None), (9, 1))
    assert {shift.after for shift in found.changes} == {"contracting"}


def test_a_withdrawal_from_the_paris_agreement_takes_effect_after_a_year(shipped: Register) -> None:
    found = ask(shipped, "paris-agreement", "2027-01-04 FRA withdrawal")
    assert shifts(found, "FRA") == [("2028-01-04", "None", "party", "former")]
    (status,) = found.statuses
    assert status.before is not None
    assert status.after is not None
    assert (status.before.status, status.after.status, status.after.ended_by) == ("party", "former", "withdrawal")
    assert found.forces == ()
    # It would no longer be bound toward anybody who is bound that day.
    parties = shipped.status("paris-agreement", "2028-01-04").counts["party"]
    assert len(found.relations) == parties - 1
    assert all(shift.before.bound and not shift.after.bound for shift in found.relations)
    assert "past-horizon" in {finding.code for finding in found.findings}


def test_a_withdrawal_from_the_convention_withdraws_from_its_agreement_too(shipped: Register) -> None:
    # Paris Agreement, Article 28(3): whoever withdraws from the Convention is taken to withdraw from the Agreement.
    found = ask(shipped, "unfccc", "2027-01-04 FRA withdrawal")
    assert {s.instrument for s in found.changes if s.actor == "FRA"} >= {"unfccc", "paris-agreement"}


@pytest.mark.parametrize(
    ("name", "actor", "kinds"),
    [
        ("paris-agreement", "USA", {"withdrawal", "acceptance"}),
        ("kyoto-protocol", "CAN", {"withdrawal"}),
        ("kyoto-protocol", "RUS", {"ratification"}),
        ("npt", "FRA", {"accession"}),
        ("bbnj-agreement", "MAR", {"ratification", "consent"}),
        ("vcdr", "JPN", {"objection"}),
        ("genocide-convention", "GBR", {"objection"}),
    ],
)
def test_what_did_happen_is_what_would_have(shipped: Register, name: str, actor: str, kinds: set[str]) -> None:
    acts = [act for act in shipped.reading.acts(name) if act.actor == actor and act.kind in kinds]
    assert acts
    before = without(shipped, name, acts)
    found = before.what_if(acts)

    def told(changes: Iterable[Change]) -> set[tuple[object, ...]]:
        return {(c.date, c.actor, c.before, c.after) for c in changes}

    was, became = told(before.timeline(name)), told(shipped.timeline(name))
    own = [shift for shift in found.changes if shift.instrument == name]
    assert {(s.date, s.actor, s.before, s.after) for s in own if s.date} == became - was
    assert {(s.instead_of, s.actor, s.before, s.after) for s in own if s.instead_of} == was - became
    after = {row.actor: row for row in shipped.status(name, found.on).actors}
    assert all(after.get(shift.actor) == shift.after for shift in found.statuses if shift.instrument == name)
    for shift in found.relations:
        if shift.instrument == name:
            assert shipped.relation(name, *shift.parties, found.on) == shift.after


def test_the_ratification_that_brought_kyoto_into_force(shipped: Register) -> None:
    voided = "2026-01-01 RUS correction ref=2004-11-18 RUS ratification set=void"
    (force,) = ask(shipped, "kyoto-protocol", voided).forces
    assert force.threshold == (date(2004, 11, 18), None)


def test_a_reservation_touches_relations_and_no_status(shipped: Register) -> None:
    found = ask(shipped, "vcdr", "2014-03-01 FRA reservation ref=27", on="2014-04-02")
    assert found.changes == found.statuses == ()
    toward = next(shift for shift in found.relations if shift.parties == ("FRA", "GBR"))
    assert (toward.before.not_settled, toward.after.not_settled) == ((), ("27",))
    assert {finding.code for finding in found.findings} == {"reservation-late"}


def test_what_could_not_be_recorded_changes_nothing(shipped: Register) -> None:
    found = ask(shipped, "paris-agreement", "2027-01-04 FRA objection ref=USA", "2027-01-04 IRN ratification")
    assert found.refused
    assert found.changes == found.statuses == found.forces == ()


def test_nothing_is_recorded(shipped: Register) -> None:
    acts, status = shipped.reading.acts("ctbt"), shipped.status("ctbt", "2030-01-01")
    ask(shipped, "ctbt", "2027-01-04 ctbt-annex-2 ratification")
    assert shipped.reading.acts("ctbt") == acts
    assert shipped.status("ctbt", "2030-01-01") == status


def test_a_group_deposits_for_those_of_its_members_who_have_not(shipped: Register) -> None:
    acts = read_lines(shipped, "ctbt", ["2027-01-04 ctbt-annex-2 ratification"])
    assert tuple(act.actor for act in acts) == shipped.missing("ctbt", "2024-01-01").smallest[0]
    leaving = read_lines(shipped, "ctbt", ["2027-01-04 ctbt-annex-2 withdrawal"])
    assert len(leaving) == 44 - len(acts)
    assert not {act.actor for act in leaving} & {act.actor for act in acts}


def test_lines_are_read_back_as_they_are_written(shipped: Register) -> None:
    lines = [
        "2027-01-04 FRA withdrawal effective=2028-01-04",
        "kyoto-protocol: 2026-01-01 RUS correction ref=2004-11-18 RUS ratification set=void",
        "2027-01 CHE declaration note=Made on “deposit”; see below",
        "",
    ]
    acts = read_lines(shipped, "paris-agreement", lines)
    assert [act_line(act) for act in acts] == [lines[0], lines[1].partition(": ")[2], lines[2]]
    assert read_lines(shipped, "", [act_line(act, whole=True) for act in acts]) == acts


def test_all_that_is_wrong_with_the_lines_is_told_at_once(shipped: Register) -> None:
    lines = [
        "2027-01-04 FRA",
        "",
        "2027-02-30 FRA ratification",
        "2027-01-04 XYZ ratification",
        "ctb: 2027 FRA signature",
    ]
    lines += ["2027-01-04 FRA ratified", "2027-13 g7 ratification"]
    with pytest.raises(Refusal) as refused:
        read_lines(shipped, "ctbt", lines)
    told = {(finding.line, finding.code) for finding in refused.value.findings}
    assert told == {
        (1, "line-wrong"),
        (3, "date-impossible"),
        (4, "actor-unknown"),
        (5, "instrument-unknown"),
        (6, "act-unknown"),
        (7, "date-impossible"),
    }


def test_nothing_supposed_is_refused(shipped: Register) -> None:
    with pytest.raises(Refusal) as refused:
        shipped.what_if([])
    assert [finding.code for finding in refused.value.findings] == ["nothing-asked"]


def test_too_many_pairs_are_left_out_and_said_to_be(shipped: Register) -> None:
    found = ask(shipped, "paris-agreement", "2027-01-04 un-members withdrawal")
    assert found.relations == ()
    assert "relations-left-out" in {finding.code for finding in found.findings}
