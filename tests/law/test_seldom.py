"""What seldom happens: names of nothing, circles, groups without members, ends before a beginning.

Each register is a folder of one's own with a handful of actors, and nothing beneath it.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from comity.dates import Delay
from comity.instruments import Instrument
from comity.law.atlas import Atlas
from comity.law.history import Force
from comity.law.messages import delay_words
from comity.law.settle import own_effect
from comity.register.folder import FolderLayer
from comity.rules.ground import UnknownNameError
from comity.service import Refusal, Register

ACTORS = """\
[FRA]
kind = "state"
[JPN]
kind = "state"
[KEN]
kind = "state"
[SUN]
kind = "state"
until = 1991-12-26
[RUS]
kind = "state"
[EUU]
kind = "organization"
regional = true
members = "union"
"""

GROUPS = """\
[union]
title = "Members of the Union"
members = [{ actor = "FRA" }]
"""

Make = Callable[..., Register]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A register of `(clauses, acts)` by the id of the instrument, and of further files by their place."""

    def make(files: dict[str, str] | None = None, **instruments: tuple[str, str]) -> Register:
        texts = {"actors.toml": ACTORS, "groups.toml": GROUPS, **(files or {})}
        for name, (clauses, acts) in instruments.items():
            kind = "" if "kind = " in clauses else 'kind = "treaty"\n'
            texts[f"instruments/{name}.toml"] = f'id = "{name}"\ntitle = "T"\n{kind}{clauses}\n'
            texts[f"instruments/{name}.csv"] = "date,actor,act,effective,ref,at,note\n" + "".join(
                f"{line}{',' * (6 - line.count(','))}\n" for line in acts.split()
            )
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return Register([FolderLayer(tmp_path)])

    return make


def codes(register: Register, file: str = "") -> set[str]:
    """What is found, notes apart."""
    return {f.code for f in register.check() if f.level != "note" and file in f.file}


def statuses(register: Register, name: str, on: date) -> dict[str, str]:
    return {actor.actor: actor.status for actor in register.status(name, on).actors}


def reasons(register: Register, actor: str, on: date, name: str = "pact") -> set[str]:
    return {reason.id for reason in register.why(name, actor, on).reasons}


def entry(register: Register, name: str = "pact") -> date | None:
    history = register.law.history(name)
    assert history is not None
    return history.force.entry


ONE = "[entry_into_force]\nwhen = { count = 1 }"
TWO = "[entry_into_force]\nwhen = { count = 2 }"
RATIFIED = "2000-01-01,FRA,ratification 2000-01-01,JPN,ratification"


# Names of nothing


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ('{ count = 1, among = "ghosts" }', "group-unknown"),
        ('{ in_force = "ghost" }', "instrument-unknown"),
        ('{ members = { signatories_of = "ghost" } }', "instrument-unknown"),
        ('{ count = 1, among = { parties_to = "ghost" } }', "instrument-unknown"),
        ('{ members = ["GHO"] }', "actor-unknown"),
        ('{ share = 0.5, of = "ghosts" }', "weights-unknown"),
        # Nobody said when it was adopted.
        ('{ count = 1, among = { parties_to = "pact", at = "adoption" } }', "members-unknown"),
    ],
)
def test_a_rule_that_names_nothing_never_holds_and_is_found(make: Make, when: str, code: str) -> None:
    register = make(pact=(f"[entry_into_force]\nwhen = {when}", RATIFIED))
    assert codes(register) == {code}
    assert entry(register) is None
    with pytest.raises(Refusal):
        register.status("pact", date(2001, 1, 1))


def test_the_depositarys_date_holds_where_nobody_knows_who_is_counted(make: Make) -> None:
    when = '{ count = 1, among = { parties_to = "pact", at = "adoption" } }'
    clause = f"[entry_into_force]\nwhen = {when}\nofficial = 2000-06-01"
    register = make(pact=(clause, RATIFIED))
    assert entry(register) == date(2000, 6, 1)
    assert codes(register) == {"members-unknown", "official-differs"}


def test_a_difference_whose_cause_is_an_error_has_no_other_cause(make: Make) -> None:
    clause = '[entry_into_force]\nwhen = { count = 1, among = "ghosts" }\nofficial = 2000-06-01'
    (found,) = make(pact=(clause, RATIFIED)).reproductions()
    assert (found.outcome, found.computed, found.cause) == ("differs", None, "")


def test_whoever_must_be_party_to_nothing_does_not_count(make: Make) -> None:
    register = make(pact=(f'of = "ghost"\n[consent]\nparent = {{ required = true }}\n{ONE}', RATIFIED))
    assert codes(register) == {"instrument-unknown"}
    assert entry(register) is None


def test_what_replaces_or_adopts_is_looked_for(make: Make) -> None:
    register = make(
        {"rules/broken.toml": 'id = "broken"\n'},
        resolution=('kind = "resolution"\nadopted = 2000-01-01\n[adoption]\nrule = "ghost"', "2000-01-01,FRA,vote-for"),
    )
    assert "rule-unknown" in codes(register, "instruments/")
    assert codes(register, "rules/broken.toml")


def test_reservations_to_nothing_are_refused(make: Make) -> None:
    with pytest.raises(UnknownNameError):
        make().law.reservations("ghost")


def test_search_for_nothing_finds_nothing(make: Make) -> None:
    assert make(pact=(ONE, RATIFIED)).search(" ") == []


def test_what_cannot_be_read_is_left_out_of_the_atlas(make: Make) -> None:
    register = make({"instruments/broken.toml": "id = ["}, pact=(ONE, RATIFIED))
    assert "broken" in register.reading.ids()
    assert set(Atlas(register.law).on(date(2001, 1, 1)).columns()["instrument"]) == {"pact"}


def test_the_atlas_counts_only_the_acts_that_the_clause_counts(make: Make) -> None:
    # Who came, left and came back is not plain, and its accessions count no more than another's.
    clause = f'{ONE}\ncounts = ["ratification"]\n[withdrawal]\ndelay = {{ days = 1 }}'
    acts = """2000-01-01,FRA,accession 2000-02-01,FRA,withdrawal 2000-04-01,FRA,accession
        2001-01-01,JPN,ratification"""
    register = make(pact=(clause, acts))
    columns = Atlas(register.law).on(date(2000, 6, 1)).columns()
    assert list(zip(columns["actor"], columns["status"], strict=True)) == [("FRA", "contracting")]
    assert statuses(register, "pact", date(2000, 6, 1)) == {"FRA": "contracting"}


def test_the_atlas_takes_the_first_of_two_signatures(make: Make) -> None:
    register = make(pact=(TWO, "2000-01-01,FRA,signature 2001-01-01,FRA,signature"))
    assert list(Atlas(register.law).on(date(2000, 6, 1)).columns()["status"]) == ["signatory"]


# Circles


def test_treaties_that_wait_for_one_another_are_found(make: Make) -> None:
    wait = '[entry_into_force]\nwhen = {{ in_force = "{}" }}'
    register = make(one=(wait.format("two"), RATIFIED), two=(wait.format("one"), RATIFIED))
    assert codes(register) == {"circle"}
    assert entry(register, "one") is None


def test_a_treaty_that_counts_its_own_parties_is_found(make: Make) -> None:
    register = make(pact=('[entry_into_force]\nwhen = { count = 1, among = { parties_to = "pact" } }', RATIFIED))
    assert codes(register) == {"circle"}
    assert entry(register) is None


def test_a_treaty_that_waits_for_the_one_it_replaces_is_found(make: Make) -> None:
    # Whether the old one has ended hangs on the new one, and the new one asks whether the old one is in force.
    clauses = 'replaces = ["old"]\n[entry_into_force]\nwhen = { in_force = "old" }'
    register = make(old=(ONE, RATIFIED), new=(clauses, RATIFIED))
    assert codes(register) == {"circle"}


# Whose consent a rule asks for


def test_signatories_are_those_who_still_are(make: Make) -> None:
    # Japan took its signature back, and Russia continues the Soviet Union's: only France and Russia are waited for.
    acts = """1990-01-01,FRA,signature 1990-01-01,JPN,signature 1990-01-01,SUN,signature
        1991-01-01,JPN,signature-withdrawal 1991-12-24,RUS,continuation,,SUN
        1995-01-01,FRA,ratification 1996-01-01,RUS,ratification"""
    register = make(pact=('[entry_into_force]\nwhen = { members = { signatories_of = "pact" } }', acts))
    assert entry(register) == date(1996, 1, 1)


def test_weights_that_stay_the_same_go_on_counting(make: Make) -> None:
    table = "actor,weight,from,until\nFRA,1,,1999-06-01\nFRA,1,1999-06-01,\nJPN,3,,\n"
    clause = '[entry_into_force]\nwhen = { share = 0.5, of = "tonnage" }'
    acts = "1999-01-01,FRA,ratification 2001-01-01,JPN,ratification"
    assert entry(make({"weights/tonnage.csv": table}, pact=(clause, acts))) == date(2001, 1, 1)


@pytest.mark.parametrize(
    ("open_to", "smallest"),
    [
        ('{ signatories_of = "base" }', (("KEN", "RUS"),)),
        ('{ parties_to = "base", at = "adoption" }', (("FRA", "JPN"),)),
        ('{ parties_to = "base", at = 1999-01-01 }', ()),
    ],
)
def test_missing_names_only_those_to_whom_it_is_open(
    make: Make, open_to: str, smallest: tuple[tuple[str, ...], ...]
) -> None:
    base = (ONE, f"{RATIFIED} 2000-01-01,KEN,signature 2000-01-01,RUS,signature")
    register = make(base=base, pact=(f"adopted = 2001-01-01\n[consent]\nopen_to = {open_to}\n{TWO}", ""))
    assert register.missing("pact", date(2002, 1, 1)).smallest == smallest


def test_an_organization_of_which_the_clause_does_not_speak_is_noted(make: Make) -> None:
    register = make(pact=(ONE, "2000-01-01,EUU,approval 2001-01-01,FRA,ratification"))
    assert "reio-presumed" in {finding.code for finding in register.check()}
    assert entry(register) == date(2001, 1, 1)


def test_an_organization_binds_nobody_before_the_treaty_is_in_force(make: Make) -> None:
    register = make(pact=('[entry_into_force]\nwhen = { count = 2 }\nreio = "for-members"', "2000-01-01,EUU,approval"))
    assert statuses(register, "pact", date(2001, 1, 1)) == {"EUU": "contracting"}


# What hangs on another instrument


def test_an_amendment_binds_nobody_who_is_not_bound_by_the_treaty(make: Make) -> None:
    register = make(
        base=(TWO, "2000-01-01,JPN,ratification"),
        pact=(
            'kind = "amendment"\nof = "base"\n[entry_into_force]\nwhen = { count = 1 }\nbinds = "all"',
            "2001-01-01,FRA,ratification",
        ),
    )
    assert statuses(register, "pact", date(2002, 1, 1)) == {"FRA": "party"}


TACIT = """kind = "regulations"
[tacit]
members_of = "base"
notified = 2001-01-01
period = { months = 6 }
effect = { years = 1 }
"""


def test_silence_binds_no_member_of_what_is_not_in_force(make: Make) -> None:
    register = make(base=(TWO, "2000-01-01,JPN,ratification"), pact=(TACIT, ""))
    assert entry(register) == date(2002, 1, 1)
    assert statuses(register, "pact", date(2003, 1, 1)) == {}


def test_too_few_rejections_defeat_nothing(make: Make) -> None:
    defeat = 'defeat_when = { count = "1/2", among = { parties_to = "base" } }\n'
    register = make(
        base=(ONE, f"{RATIFIED} 2000-01-01,KEN,ratification"),
        # France is bound by its silence before it accepts.
        pact=(TACIT + defeat, "2001-02-01,KEN,rejection 2003-01-01,FRA,acceptance"),
    )
    assert entry(register) == date(2002, 1, 1)
    for year in (2002, 2004):
        assert statuses(register, "pact", date(year, 6, 1)) == {"FRA": "party", "JPN": "party"}


def test_a_treaty_replaced_ends_the_spells_that_bind(make: Make) -> None:
    twice = "2000-01-01,FRA,ratification 2001-01-01,FRA,withdrawal,2001-01-01 2003-01-01,FRA,accession"
    register = make(old=(ONE, twice), new=(f'replaces = ["old"]\n{ONE}', "2005-01-01,FRA,ratification"))
    (before,) = register.status("old", date(2002, 1, 1)).actors
    (after,) = register.status("old", date(2006, 1, 1)).actors
    assert (before.status, before.ended_by) == ("former", "withdrawal")
    assert (after.status, after.ended_by) == ("former", "replacement")


# Ends


def test_what_survives_a_withdrawal_ends_too(make: Make) -> None:
    clause = f"{ONE}\n[withdrawal]\ndelay = {{ days = 1 }}\nsurvives = {{ years = 5 }}"
    register = make(pact=(clause, f"{RATIFIED} 2000-12-31,JPN,withdrawal"))

    def told(on: date) -> set[str]:
        return {reason.id for reason in register.relation("pact", "FRA", "JPN", on).reasons}

    assert "survives" in told(date(2005, 12, 31))
    assert "survives" not in told(date(2006, 1, 1))


def test_a_treaty_ends_once(make: Make) -> None:
    acts = f"{RATIFIED} 2002-01-01,FRA,termination 2003-01-01,JPN,termination"
    register = make(pact=(ONE, acts))
    (first, _) = register.status("pact", date(2004, 1, 1)).actors
    assert (first.status, first.ended_by, str(first.until or first.since)) == ("former", "termination", "2002-01-01")


def test_a_notice_before_the_treaty_is_in_force_is_not_measured_from_it(make: Make) -> None:
    clause = f'{TWO}\n[withdrawal]\nallowed_after = {{ years = 3, from = "party" }}'
    register = make(pact=(clause, "2000-01-01,FRA,ratification 2000-06-01,FRA,withdrawal"))
    assert "notice-early" not in codes(register)
    assert statuses(register, "pact", date(2001, 1, 1)) == {"FRA": "former"}


def test_a_silent_treaty_is_left_by_the_conventions_rule(make: Make) -> None:
    register = make(pact=(ONE, f"{RATIFIED} 2001-01-01,JPN,withdrawal"))
    (end,) = (
        reason for reason in register.why("pact", "JPN", date(2003, 1, 1)).reasons if reason.id == "ended-by-withdrawal"
    )
    assert "VCLT 56(2)" in end.cites


def test_the_entry_into_force_of_nothing_is_a_broken_invariant() -> None:
    with pytest.raises(ValueError, match="nothing fixes"):
        own_effect(Instrument(id="pact", title="T", kind="treaty"), Force(), date(2000, 1, 1))


# States that continue


def test_whoever_continues_an_unknown_actor_is_told(make: Make) -> None:
    assert "actor-unknown" in codes(make(pact=(ONE, "1991-12-24,RUS,continuation,,GHO")))


def test_whoever_consented_already_does_not_consent_again_by_continuing_nothing(make: Make) -> None:
    register = make(pact=(ONE, "1990-01-01,RUS,ratification 1991-12-24,RUS,continuation,,SUN"))
    assert codes(register) == {"continuation-of-nothing", "second-consent"}
    (russia,) = register.status("pact", date(2000, 1, 1)).actors
    assert russia.since == date(1990, 1, 1)


def test_what_ended_before_a_continuation_is_not_taken_over(make: Make) -> None:
    acts = """1990-01-01,SUN,signature 1990-02-01,SUN,provisional-application 1991-01-01,SUN,provisional-application-end
        1991-12-24,RUS,continuation,,SUN"""
    (russia,) = make(pact=(TWO, acts)).status("pact", date(1995, 1, 1), "RUS").actors
    assert (russia.status, russia.flags.provisional) == ("signatory", False)


# Toward one other


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2001-01-01,FRA,non-application,,JPN", ""),
        ("2001-01-01,FRA,non-application,,GHO", "actor-unknown"),
        ("2001-01-01,FRA,non-application,,FRA", "ref-itself"),
        ("2001-01-01,FRA,objection-to-accession,,JPN", "accession-missing"),
        ("2001-01-01,FRA,objection-to-accession,,RUS", "accession-missing"),
        ("2001-01-01,FRA,objection-to-accession,,KEN", ""),
    ],
)
def test_an_act_toward_one_other_names_one(make: Make, line: str, code: str) -> None:
    register = make(pact=(ONE, f"{RATIFIED} 2000-06-01,KEN,accession {line}"))
    assert codes(register) == ({code} if code else set())


# Reservations


def test_an_objection_taken_back_leaves_an_acceptance_alone(make: Make) -> None:
    acts = """2000-01-01,FRA,ratification 2000-01-01,JPN,ratification 2000-01-01,JPN,reservation,,9
        2000-02-01,FRA,acceptance-of-reservation,,JPN
        2000-03-01,FRA,objection,,JPN 2000-04-01,FRA,objection-withdrawal,,JPN"""
    found = make(pact=(ONE, acts)).relation("pact", "FRA", "JPN", date(2001, 1, 1))
    assert (found.bound, found.modified, found.not_settled) == (True, ("9",), ())


def test_a_reservation_that_fell_touches_no_pair(make: Make) -> None:
    # Made when signing and not confirmed when ratifying (VCLT 23(2)).
    acts = (
        "1999-01-01,JPN,signature 1999-01-01,JPN,reservation,,9 2000-01-01,JPN,ratification 2000-01-01,FRA,ratification"
    )
    found = make(pact=(ONE, acts)).pairs("pact", date(2002, 1, 1))
    assert (found.parties, found.touched) == (2, 0)
    assert all(p.modified == p.excluded == p.not_settled == 0 for p in found.provisions)


# Votes


def test_a_resolution_adopted_without_a_vote_was_carried(make: Make) -> None:
    head = 'kind = "resolution"\nadopted = 2000-01-01\n[adoption]\nbody = "Assembly"\nwithout_vote = true'
    voting = make(pact=(head, "")).status("pact", date(2001, 1, 1)).voting
    assert voting is not None
    assert (voting.without_vote, voting.carried) == (True, True)


@pytest.mark.parametrize("when", ["", '{ count = 1, among = "ghosts" }'])
def test_whether_a_vote_was_carried_is_open_where_the_rule_is(make: Make, when: str) -> None:
    rule = f'id = "majority"\ntitle = "Majority"\nmembers = ["FRA", "JPN"]\nwhen = {when}\n'
    named = 'rule = "majority"' if when else ""
    register = make(
        {"rules/majority.toml": rule} if when else {},
        pact=(
            f'kind = "resolution"\nadopted = 2000-01-01\n[adoption]\nbody = "Assembly"\n{named}',
            "2000-01-01,FRA,vote-for",
        ),
    )
    voting = register.status("pact", date(2001, 1, 1)).voting
    assert voting is not None
    assert (voting.votes_for, voting.carried) == (("FRA",), None)


# Reasons hold from the day of their act


def test_what_is_yet_to_come_is_no_reason(make: Make) -> None:
    acts = """1999-01-01,JPN,signature 2000-01-01,FRA,ratification 2001-01-01,JPN,ratification
        2001-01-01,KEN,ratification 2002-01-01,KEN,suspension 2003-01-01,KEN,resumption"""
    register = make(pact=(ONE, acts))
    assert "signed" not in reasons(register, "JPN", date(1998, 1, 1))
    assert "signed" in reasons(register, "JPN", date(1999, 1, 1))
    assert "suspended" in reasons(register, "KEN", date(2002, 6, 1))
    assert "suspended" not in reasons(register, "KEN", date(2003, 6, 1))


def test_a_contest_is_told_from_its_day(make: Make) -> None:
    text = """date,actor,act,ref,note
2000-01-01,FRA,ratification,,
2002-01-01,JPN,contest,2000-01-01 FRA ratification,no consent
"""
    pact = f'id = "pact"\ntitle = "T"\nkind = "treaty"\n{ONE}\n'
    register = make({"instruments/pact.toml": pact, "instruments/pact.csv": text})
    assert "contested" not in reasons(register, "FRA", date(2001, 6, 1))
    assert "contested" in reasons(register, "FRA", date(2002, 1, 1))


def test_votes_and_support_are_told_from_their_day(make: Make) -> None:
    acts = "2000-01-01,FRA,vote-for 2002-01-01,FRA,endorsement 2003-01-01,FRA,endorsement-withdrawal"
    register = make(pact=('kind = "declaration"\nadopted = 2000-01-01', acts))
    assert reasons(register, "FRA", date(1999, 1, 1)) == {"no-parties"}
    assert reasons(register, "FRA", date(2002, 1, 1)) == {"no-parties", "vote-for", "endorsed"}
    assert reasons(register, "FRA", date(2004, 1, 1)) == {"no-parties", "vote-for"}


def test_whoever_deposits_before_a_floor_is_bound_from_the_floor(make: Make) -> None:
    clause = "[entry_into_force]\nwhen = { count = 1 }\nnot_before = 2005-01-01"
    register = make(pact=(clause, "2000-01-01,FRA,ratification 2002-01-01,JPN,ratification"))
    assert "effect-floor" in reasons(register, "JPN", date(2006, 1, 1))
    assert "effect-with-treaty" in reasons(register, "FRA", date(2006, 1, 1))


def test_who_will_not_ratify_no_longer_applies_provisionally(make: Make) -> None:
    acts = "2000-01-01,FRA,signature 2001-01-01,FRA,intention-not-to-ratify"
    register = make(pact=(f'{TWO}\n[provisional]\nby = "signature"', acts))
    (before,) = register.status("pact", date(2000, 6, 1)).actors
    (after,) = register.status("pact", date(2001, 6, 1)).actors
    assert (before.flags.provisional, after.flags.provisional) == (True, False)


def test_an_actor_of_whom_nothing_is_known_is_compared_too(make: Make) -> None:
    (cell,) = make(pact=(ONE, RATIFIED)).compare(["KEN"], ["pact"], date(2001, 1, 1)).cells
    assert (cell.status, cell.since) == ("none", None)


@pytest.mark.parametrize(
    ("delay", "words"),
    [
        (Delay(), "no delay"),
        (Delay(days=1), "1 day"),
        (Delay(years=1, days=30), "1 year and 30 days"),
        (Delay(months=3, inclusive=True), "3 months counted from the day itself"),
        (Delay(months=1, then="first-of-month"), "1 month, then the first day of the next month,"),
        (Delay(days=10, then="end-of-year"), "10 days, then the end of that year,"),
    ],
)
def test_delays_in_words(delay: Delay, words: str) -> None:
    assert delay_words(delay) == words
