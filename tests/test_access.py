"""Every cell of the table of who may do what, in every situation that makes a difference."""

import re
from itertools import product
from pathlib import Path

import pytest

from comity.access import ACTIONS, ANYONE, MATRIX, ROLES, SCOPE_OF, SCOPES, Thing, Who, verdict

SAYS = {
    "never": "–",
    "always": "yes",
    "person": "yes",
    "own": "own",
    "state": "own State",
    "second": "another’s",
}
CELLS = list(product(ACTIONS, ROLES))
MINE = Thing(actor="FRA", owner="7")
ANOTHERS = Thing(actor="FRA", owner="8")
ABROAD = Thing(actor="ITA", owner="8")
NOBODYS = Thing()


def somebody(role: str, scopes: frozenset[str] | None = None) -> Who:
    return Who(person="7", role=role, actor="FRA" if role == "delegation" else "", scopes=scopes)


# What a cell means: the verdict on what is mine, another's for the same State, another State's, and nobody's.
MEANS = {
    "never": (False, False, False, False),
    "always": (True, True, True, True),
    "person": (True, True, True, True),
    "own": (True, False, False, False),
    "state": (True, True, False, False),
    "second": (False, True, True, True),
}


@pytest.mark.parametrize(("action", "role"), CELLS)
def test_a_cell_means_what_it_says(action: str, role: str) -> None:
    found = tuple(verdict(somebody(role), action, thing).allowed for thing in (MINE, ANOTHERS, ABROAD, NOBODYS))
    assert found == MEANS[MATRIX[action][role]]


@pytest.mark.parametrize("action", ACTIONS)
def test_whoever_has_not_logged_in_may_read_what_is_public_and_nothing_else(action: str) -> None:
    found = verdict(ANYONE, action, NOBODYS)
    assert found.allowed == (action in {"read", "notification.read"})
    assert found.reason == ("anyone" if found.allowed else "log-in")


@pytest.mark.parametrize(("action", "role"), CELLS)
def test_a_token_never_reaches_farther_than_its_owner(action: str, role: str) -> None:
    for thing in (MINE, ANOTHERS, ABROAD, NOBODYS):
        in_person = verdict(somebody(role), action, thing).allowed
        reached = [s for s in SCOPES if verdict(somebody(role, frozenset({s})), action, thing).allowed]
        assert len(reached) <= in_person
        assert not verdict(somebody(role, frozenset()), action, thing).allowed


def test_what_binds_the_depositary_is_done_in_person() -> None:
    everything = frozenset(SCOPES)
    for action, role in product(("draft.approve", "draft.reject", "corrigendum.issue", "people.manage"), ROLES):
        assert not verdict(somebody(role, everything), action, ANOTHERS).allowed


def test_nobody_decides_on_what_they_drafted_unless_the_instance_says_so() -> None:
    deciding = ("draft.approve", "draft.reject", "corrigendum.issue")
    for action, role in product(deciding, ROLES):
        assert not verdict(somebody(role), action, MINE).allowed
    alone = verdict(somebody("chief"), "draft.approve", MINE, four_eyes=False)
    assert (alone.allowed, alone.reason) == (True, "two-eyes")
    for role in set(ROLES) - {"chief"}:
        assert not verdict(somebody(role), "draft.approve", MINE, four_eyes=False).allowed


def test_whoever_grants_roles_takes_no_part_in_acts() -> None:
    for role in ROLES:
        acts = verdict(somebody(role), "draft.approve", ANOTHERS).allowed
        people = verdict(somebody(role), "people.manage").allowed
        assert not (acts and people)


def test_a_delegation_without_a_state_speaks_for_none() -> None:
    found = verdict(Who(person="7", role="delegation"), "draft.write", Thing(actor=""))
    assert (found.allowed, found.reason) == (False, "no-state")


def test_a_refusal_says_whom_it_would_be_allowed_to() -> None:
    found = verdict(somebody("officer"), "draft.approve", ANOTHERS)
    assert found.reason == "role"
    assert found.params == {"action": "draft.approve", "role": "officer", "roles": ("chief",)}


def test_the_page_prints_the_table(root: Path) -> None:
    page = (root / "docs" / "reference" / "access.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    printed = {row[0].strip("`"): row[1:] for row in rows if re.fullmatch(r"`[\w.]+`", row[0])}
    assert printed == {
        action: [
            *(SAYS[MATRIX[action][role]] for role in ROLES),
            f"`{SCOPE_OF[action]}`" if action in SCOPE_OF else "in person",
        ]
        for action in ACTIONS
    }
    assert {role for role in ROLES if f"**{role}**" in page} == set(ROLES)
