"""The atlas answers as the engine does: on registers made by the dice, on the public one, and on a large data set."""

import csv
import gzip
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.actors import Actor, Directory, Group, Membership
from comity.acts import CONSENT, Act
from comity.dates import Delay, LegalDate, parse_legal_date
from comity.instruments import (
    ConsentClause,
    EntryIntoForce,
    Instrument,
    Others,
    Parent,
    WithdrawalClause,
)
from comity.law.atlas import WORDS, Atlas
from comity.law.history import History
from comity.law.law import Law
from comity.law.results import DECLARED
from comity.law.spans import Spans, spans_of
from comity.law.status import status_word
from comity.law.timeline import changes_of
from comity.register.folder import FolderLayer
from comity.register.given import GivenReading
from comity.register.reading import Reading
from comity.rules.forms import Count

START = date(2000, 1, 1)
EVER = Membership(actor="AAA")
DIRECTORY = Directory(
    [
        Actor(id="AAA"),
        Actor(id="BBB"),
        Actor(id="CCC"),
        Actor(id="OLD", until=START + timedelta(days=10)),
        Actor(id="UNI", kind="organization", regional=True, members="union"),
    ],
    [Group(id="union", members=(EVER, Membership(actor="BBB", since=START)))],
)
# What most registers hold comes often, and on few days, so that acts meet.
KINDS = (
    *("signature", "ratification", "accession", "withdrawal", "ratification", "withdrawal") * 4,
    *sorted(CONSENT - {"continuation"}),
    "signature-withdrawal",
    "consent-withdrawal",
    "withdrawal-revocation",
    "expulsion",
    "cessation",
    "reservation",
    "domestic-step",
)
ACROSS = ("termination", "continuation")


def day_after(number: int) -> date:
    return START + timedelta(days=number)


days = st.integers(0, 14).map(day_after)
delays = st.sampled_from(
    [
        Delay(),
        Delay(days=1),
        Delay(days=6),
        Delay(months=1),
        Delay(days=1, inclusive=True),
        Delay(then="first-of-month"),
    ]
)
told = st.tuples(
    days,
    st.sampled_from(["AAA", "AAA", "AAA", "BBB", "BBB", "CCC", "OLD", "UNI"]),
    st.sampled_from(KINDS) | st.sampled_from(KINDS) | st.sampled_from(KINDS + ACROSS),
    st.sampled_from([None, None, None, None, -3, 0, 1, 5, 20]),
    st.sampled_from(["", "", "", "London", "Moscow"]),
)


def act_of(instrument: str, day: date, actor: str, kind: str, effective: int | None, at: str) -> Act:
    return Act(
        instrument=instrument,
        date=LegalDate.of(day),
        actor=actor,
        kind=kind,
        effective=None if effective is None else LegalDate.of(day + timedelta(days=effective)),
        ref="OLD" if kind == "continuation" else "",
        at=at,
    )


@st.composite
def entries(draw: st.DrawFn, floor: str) -> EntryIntoForce | None:
    if draw(st.integers(0, 5)) == 0:
        return None
    return EntryIntoForce(
        when=draw(st.none() | st.integers(1, 2).map(lambda number: Count(at_least=number))),
        delay=draw(delays),
        on=draw(st.none() | st.none() | days),
        not_before=draw(st.none() | st.none() | days | st.just(floor) if floor else st.none() | days),
        counts=draw(st.sampled_from([(), (), ("ratification", "accession")])),
        reio=draw(st.sampled_from([None, "not-additional", "counted", "for-members"])),
        official=draw(st.none() | days),
        others=Others(
            delay=draw(st.none() | delays),
            deposited=draw(st.sampled_from([None, "after-threshold", "after-entry-into-force"])),
        ),
    )


@st.composite
def instruments(draw: st.DrawFn, name: str) -> Instrument:
    child = name == "protocol" and draw(st.booleans())
    clause = draw(st.sampled_from(["", "none", "yes", "later"]))
    withdrawal = WithdrawalClause(
        clause="none" if clause == "none" else "yes",
        later="allowed" if clause == "later" else None,
        delay=draw(st.none() | delays),
    )
    return Instrument(
        id=name,
        title=name,
        kind=draw(st.sampled_from(["treaty", "treaty", "treaty", "declaration"])),
        of="treaty" if child else "",
        replaces=("treaty",) if name == "protocol" and not child and draw(st.booleans()) else (),
        consent=ConsentClause(
            open_to=draw(st.sampled_from([None, None, ("AAA", "BBB"), ("AAA", "BBB", "CCC")])),
            parent=Parent(required=True, cascade=True) if child and draw(st.booleans()) else None,
            later_parties=draw(st.sampled_from(["separate", "as-amended"])),
        ),
        entry_into_force=draw(entries("treaty" if name == "protocol" else "")),
        withdrawal=withdrawal if clause else None,
    )


@st.composite
def laws(draw: st.DrawFn) -> Law:
    names = ("protocol", "treaty")
    made = [draw(instruments(name)) for name in names]
    acts = {name: [act_of(name, *one) for one in draw(st.lists(told, max_size=16))] for name in names}
    return Law(GivenReading(DIRECTORY, made, acts))


def histories(law: Law) -> Iterable[History]:
    for name in law.reading.ids():
        it, history = law.reading.instrument(name), law.history(name)
        if it is not None and history is not None and it.kind not in DECLARED:
            yield history


def by_engine(law: Law, on: date) -> set[tuple[str, str, str]]:
    return {
        (history.instrument, code, word)
        for history in histories(law)
        for code, record in history.records.items()
        if (word := status_word(history, record, on)) != "none"
    }


def by_atlas(atlas: Atlas, on: date) -> set[tuple[str, str, str]]:
    columns = atlas.on(on).columns()
    return set(zip(columns["instrument"], columns["actor"], columns["status"], strict=True))


@given(laws())
def test_every_status_on_every_day_and_every_change_are_the_engines(law: Law) -> None:
    atlas = Atlas(law)
    turning = {day for history in histories(law) for day in history.turning_days()}
    near = {day + timedelta(days=shift) for day in turning for shift in (-1, 0)}
    for day in sorted({*near, START, day_after(900)}):
        assert by_atlas(atlas, day) == by_engine(law, day)
    wanted = sorted(
        (day, history.instrument, code, before, after)
        for history in histories(law)
        for code, record in history.records.items()
        for day, before, after in changes_of(history, record)
    )
    columns = atlas.history().columns()
    dates = [day.item() for day in columns["date"]]
    assert list(zip(dates, *(columns[n] for n in ("instrument", "actor", "from", "to")), strict=True)) == wanted


@given(laws())
def test_since_is_the_first_day_of_the_present_answer(law: Law) -> None:
    atlas = Atlas(law)
    columns = atlas.on(day_after(12)).columns()
    for instrument, code, status, since in zip(
        columns["instrument"], columns["actor"], columns["status"], columns["since"], strict=True
    ):
        first = since.item()
        assert (instrument, code, status) in by_atlas(atlas, first)
        assert (instrument, code, status) not in by_atlas(atlas, first - timedelta(days=1))


def assert_spans_are_the_engines(law: Law) -> tuple[int, int]:
    """The spans of every instrument, both ways; how many there are, and how many instruments are plain."""
    spans, number, plain = Spans(law), 0, 0
    for history in histories(law):
        it = law.reading.instrument(history.instrument)
        assert it is not None
        found = list(spans.of(it))
        engine = [span for _, record in sorted(history.records.items()) for span in spans_of(history, record)]
        assert found == engine, it.id
        number += len(found)
        plain += it.consent.parent is None and it.tacit is None
    return number, plain


ENTRY = EntryIntoForce(official=day_after(5))
AT_ONCE = WithdrawalClause(clause="yes")
# What the dice seldom throw: acts of the treaty as (day, actor, kind, effective), and its clauses.
CORNERS: dict[str, tuple[dict[str, object], list[tuple[int, str, str, int | None]]]] = {
    "left and came back on one day": (
        {},
        [(1, "AAA", "ratification", None), (7, "AAA", "accession", None), (7, "AAA", "withdrawal", None)],
    ),
    "left on the day it came": (
        {},
        [(0, "AAA", "signature", None), (7, "AAA", "ratification", None), (7, "AAA", "withdrawal", None)],
    ),
    "left on the day it would have been bound": (
        {},
        [(0, "AAA", "signature", None), (1, "AAA", "ratification", None), (5, "AAA", "withdrawal", None)],
    ),
    "signed after it had left": (
        {},
        [(1, "AAA", "ratification", None), (2, "AAA", "withdrawal", None), (4, "AAA", "signature", None)],
    ),
    "effect stated before the deposit": ({}, [(9, "AAA", "ratification", -3)]),
    "some consents do not count": (
        {"entry_into_force": EntryIntoForce(when=Count(at_least=1), counts=("ratification",))},
        [(1, "AAA", "accession", None), (4, "BBB", "ratification", None)],
    ),
    "left before enough had come": (
        {"entry_into_force": EntryIntoForce(when=Count(at_least=2))},
        [
            (1, "AAA", "ratification", None),
            (2, "AAA", "withdrawal", None),
            (4, "BBB", "ratification", None),
            (6, "CCC", "ratification", None),
        ],
    ),
    "left without having come": ({}, [(1, "AAA", "ratification", None), (2, "BBB", "withdrawal", None)]),
    "one that came back counts among the enough": (
        {"entry_into_force": EntryIntoForce(when=Count(at_least=2))},
        [
            (1, "AAA", "ratification", None),
            (2, "AAA", "withdrawal", None),
            (3, "AAA", "accession", None),
            (4, "BBB", "ratification", None),
        ],
    ),
    "not before another is in force": (
        {"entry_into_force": EntryIntoForce(when=Count(at_least=1), not_before="parent")},
        [(1, "AAA", "ratification", None)],
    ),
    "whoever joins the parent later": (
        {"of": "parent", "consent": ConsentClause(later_parties="as-amended"), "entry_into_force": ENTRY},
        [(1, "AAA", "ratification", None)],
    ),
    "binds all parties to the parent": (
        {"of": "parent", "entry_into_force": EntryIntoForce(when=Count(at_least=1), binds="all")},
        [(1, "AAA", "ratification", None)],
    ),
}


@pytest.mark.parametrize("corner", CORNERS)
def test_corners_are_the_engines(corner: str) -> None:
    clauses, acts = CORNERS[corner]
    plain = {"entry_into_force": ENTRY, "withdrawal": AT_ONCE}
    it = Instrument(id="treaty", title="Treaty", kind="treaty", **{**plain, **clauses})  # type: ignore[arg-type]
    parent = Instrument(id="parent", title="Parent", kind="treaty", entry_into_force=ENTRY)
    made = {
        "treaty": [act_of("treaty", day_after(day), actor, kind, effect, "") for day, actor, kind, effect in acts],
        "parent": [act_of("parent", day_after(9), "CCC", "ratification", None, "")],
    }
    assert_spans_are_the_engines(Law(GivenReading(DIRECTORY, [it, parent], made)))


def test_public_register(root: Path) -> None:
    number, plain = assert_spans_are_the_engines(Law(Reading([FolderLayer(root / "public")])))
    assert number > 20_000
    assert plain > 50


@pytest.mark.shared
def test_a_large_data_set(shared: Path) -> None:
    given_instruments: dict[str, Instrument] = {}
    given_acts: dict[str, list[Act]] = {}
    with gzip.open(shared / "treaties" / "ggo_acts.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, ends = row["treaty"], row["act"] == "end"
            if row["date"].endswith("-99-99"):  # a placeholder
                continue
            official = parse_legal_date(row["treaty_eif"]).first if row["treaty_eif"] else None
            given_instruments[name] = Instrument(
                id=name, title=name, kind="treaty", entry_into_force=EntryIntoForce(official=official)
            )
            stated = row["date"] if ends else row["state_eif"]
            act = Act(
                instrument=name,
                date=parse_legal_date(row["date"]),
                actor=row["iso3"],
                kind="withdrawal" if ends else row["act"],
                effective=parse_legal_date(stated) if stated else None,
            )
            given_acts.setdefault(name, []).append(act)
    gone = [Actor(id=code, until=date(1990, 6, 30)) for code in ("DDR", "SUN", "YUG", "CSK")]
    law = Law(GivenReading(Directory(gone, []), given_instruments.values(), given_acts))
    number, _ = assert_spans_are_the_engines(law)
    assert number > 90_000


def one_party() -> Law:
    it = Instrument(
        id="treaty",
        title="Treaty",
        kind="treaty",
        entry_into_force=EntryIntoForce(official=date(2000, 3, 1)),
        withdrawal=WithdrawalClause(delay=Delay(years=1)),
    )
    told = (("signature", "2000-01-10"), ("ratification", "2000-02-01"), ("withdrawal", "2001-06-01"))
    made = [Act(instrument="treaty", date=parse_legal_date(day), actor="AAA", kind=kind) for kind, day in told]
    return Law(GivenReading(DIRECTORY, [it], {"treaty": made}))


def test_one_party_from_signature_to_the_end() -> None:
    columns = Atlas(one_party()).history().columns()
    assert [str(day) for day in columns["date"]] == ["2000-01-10", "2000-02-01", "2000-03-01", "2002-06-01"]
    assert list(columns["from"]) == ["none", "signatory", "contracting", "party"]
    assert list(columns["to"]) == ["signatory", "contracting", "party", "former"]


def test_columns_are_frames_as_they_are() -> None:
    whole = Atlas(one_party()).on(date(2001, 1, 1))
    assert len(whole) == 1
    row = {"instrument": "treaty", "actor": "AAA", "status": "party", "since": date(2000, 3, 1)}
    assert pl.DataFrame(dict(whole.columns())).row(0, named=True) == row
    frame = pd.DataFrame(whole.columns())
    assert frame.loc[0, "since"] == pd.Timestamp("2000-03-01")
    assert frame.loc[0, "status"] == "party"


def test_an_empty_register_has_no_status_and_no_history() -> None:
    atlas = Atlas(Law(GivenReading(DIRECTORY, [], {})))
    assert len(atlas.on(START)) == 0
    assert len(atlas.history()) == 0
    assert np.array_equal(atlas.actors, [])
    assert WORDS[0] == "none"
