"""The instruments that ship: what each must state, and facts that depositaries published."""

import csv
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.service import Register

INSTRUMENTS = Path(__file__).resolve().parent.parent / "public" / "instruments"
IDS = sorted(path.stem for path in INSTRUMENTS.glob("*.toml"))
RESERVED = {"reservation", "reservation-withdrawal"}
ANSWERED = {"acceptance-of-reservation", "objection", "objection-withdrawal"}
PROVISIONS_OF_ANOTHER = re.compile(r"^[A-Z]{3}(@\d{4}(-\d\d){0,2})?!? ?")


@cache
def head(name: str) -> dict[str, Any]:
    return tomllib.loads((INSTRUMENTS / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def acts(name: str) -> tuple[dict[str, str], ...]:
    path = INSTRUMENTS / f"{name}.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def horizons(name: str) -> dict[str, date]:
    return {kind: entry["until"] for entry in head(name).get("complete", []) for kind in entry["acts"]}


def needed(name: str) -> set[str]:
    """The kinds whose horizon an instrument must state; without it, what is missing seems never to have happened."""
    if "adoption" in head(name):  # a declaration or a resolution has votes and supporters, no parties
        return set()
    signed = "signature" in head(name) or any(act["act"] == "signature" for act in acts(name))
    return {"consent", "withdrawal"} | ({"signature"} if signed else set())


def provisions_named(name: str) -> Iterator[str]:
    it = head(name)
    yield from it.get("reservations", {}).get("provisions", [])
    yield from it.get("withdrawal", {}).get("survives", {}).get("provisions", [])
    for part in it.get("entry_into_force", {}).get("part", []):
        yield from part["provisions"]
    for act in acts(name):
        if act["act"] in RESERVED:
            yield from filter(None, act["ref"].split("; "))
        elif act["act"] in ANSWERED:
            yield from filter(None, PROVISIONS_OF_ANOTHER.sub("", act["ref"]).split("; "))


def test_what_is_looked_at() -> None:
    assert len(IDS) >= 100
    assert {"udhr", "agenda-2030"} <= {name for name in IDS if not needed(name)}
    assert needed("vcdr") == {"signature", "consent", "withdrawal"}
    assert {"37(2)", "37", "11(1)"} <= set(provisions_named("vcdr"))


@pytest.mark.parametrize("name", IDS)
def test_up_to_when_its_acts_are_known(name: str) -> None:
    assert needed(name) - horizons(name).keys() == set()


@pytest.mark.parametrize("name", IDS)
def test_sources_and_notes(name: str) -> None:
    it = head(name)
    said = [it["source"], *it.get("notes", []), *(entry["source"] for entry in it.get("complete", []))]
    assert all(text.strip() for text in said)


@pytest.mark.parametrize("name", IDS)
def test_provisions_that_are_named_are_listed(name: str) -> None:
    """`*` stands for a reservation that names none."""
    assert set(provisions_named(name)) - {entry["id"] for entry in head(name).get("provisions", [])} <= {"*"}


DAYS_OF_CHINA = (date(1980, 9, 14), date(1980, 9, 15))
FACTS = [
    # The Czech National Bank: membership of the Bretton Woods institutions renewed on 20 September 1990.
    ("ibrd-articles", "CSK", "1990-09-19", "former", "1954-12-31"),
    ("ibrd-articles", "CSK", "1992-12-31", "party", "1990-09-20"),
    ("ibrd-articles", "CZE", "1993-01-01", "party", "1993-01-01"),
    ("imf-articles", "CSK", "1992-12-31", "party", "1990-09-20"),
    # Swiss Federal Council, notification of 10 April 2014: effect at once, by the common article on hostilities.
    ("geneva-conventions", "PSE", "2014-04-02", "party", "2014-04-02"),
    # French Foreign Ministry, communiqué of 3 August 1992: handed over today in the three capitals.
    ("npt", "FRA", "1992-08-02", "none", None),
    ("npt", "FRA", "1992-08-03", "party", "1992-08-03"),
    # C.N.467.1997.TREATIES-10: no withdrawal without the consent of all parties.
    ("iccpr", "PRK", "2020-01-01", "party", "1981-12-14"),
]


@pytest.mark.parametrize(("name", "actor", "day", "status", "since"), FACTS)
def test_published_facts(shipped: Register, name: str, actor: str, day: str, status: str, since: str | None) -> None:
    found = [(one.status, str(one.since)) for one in shipped.status(name, date.fromisoformat(day), actor).actors]
    assert found == ([] if since is None else [(status, since)])


def test_china_and_the_immunities_of_staff(shipped: Register) -> None:
    """The reservations to 37(2) to (4) were withdrawn by a communication received on 15 September 1980."""
    staff = {"37(2)", "37(3)", "37(4)"}
    before, after = (set(shipped.relation("vcdr", "CHN", "DEU", day).modified) for day in DAYS_OF_CHINA)
    assert before - after == staff
    assert after == {"14", "16"}
