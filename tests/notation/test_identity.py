"""Printing what was read gives the same bytes, on every file that ships and on whatever can be made up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.actors import LANGUAGES, Actor, Former, Group, Membership
from comity.acts import KINDS, REF_KINDS, Act
from comity.dates import Delay, LegalDate, Window, parse_legal_date
from comity.findings import has_errors
from comity.instruments import (
    AREAS,
    Adoption,
    AllowedAfter,
    ConsentClause,
    DecisionRule,
    EntryIntoForce,
    Horizon,
    Instrument,
    Others,
    Parent,
    Part,
    Provision,
    Provisional,
    ReservationsClause,
    RuleVersion,
    SignaturePeriod,
    Survival,
    Tacit,
    WithdrawalClause,
)
from comity.instruments import KINDS as INSTRUMENT_KINDS
from comity.notation.acts_file import parse_acts, print_acts
from comity.notation.directory_file import parse_actor, parse_groups, print_actor, print_group, split_tables
from comity.notation.instrument_file import parse_instrument
from comity.notation.instrument_text import print_instrument
from comity.notation.rule_file import parse_decision_rule, print_decision_rule
from comity.notation.tables import Faults
from comity.notation.toml import load
from comity.notation.weights_file import Weight, Weights, parse_weights, print_weights
from comity.rules.forms import Rule, Selector
from comity.rules.parse import parse_rule

PUBLIC = Path(__file__).resolve().parents[2] / "public"


def shipped(pattern: str) -> list[Path]:
    found = sorted(PUBLIC.glob(pattern))
    assert found, pattern
    return found


def name_of(path: Path) -> str:
    return path.stem


# What ships


@pytest.mark.parametrize("path", shipped("instruments/*.toml"), ids=name_of)
def test_an_instrument_that_ships_is_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found, findings = parse_instrument(text, path.name, path.stem)
    assert findings == ()
    assert found is not None
    assert print_instrument(found) == text


@pytest.mark.parametrize("path", shipped("instruments/*.csv"), ids=name_of)
def test_an_acts_file_that_ships_is_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    acts, findings = parse_acts(text, path.name, path.stem)
    assert findings == ()
    assert print_acts(acts) == text
    assert list(acts) == sorted(acts, key=lambda act: str(act.date)), "acts stand by date"


@pytest.mark.parametrize("path", shipped("weights/*.csv"), ids=name_of)
def test_a_weight_table_that_ships_is_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    table, findings = parse_weights(text, path.name, path.stem)
    assert findings == ()
    assert table is not None
    assert print_weights(table) == text


@pytest.mark.parametrize("path", shipped("rules/*.toml"), ids=name_of)
def test_a_rule_that_ships_is_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rule, findings = parse_decision_rule(text, path.name, path.stem)
    assert findings == ()
    assert rule is not None
    assert print_decision_rule(rule) == text


def headless(text: str) -> str:
    """A file without the comment at its head, which is for people and belongs to no group or actor."""
    lines = text.split("\n")
    while lines[0].startswith("#") or not lines[0]:
        del lines[0]
    return "\n".join(lines)


def test_the_groups_that_ship_are_canonical() -> None:
    text = (PUBLIC / "groups.toml").read_text(encoding="utf-8")
    groups, findings = parse_groups(text, "groups.toml")
    assert findings == ()
    assert "\n".join(print_group(group) for group in groups) == headless(text)
    assert [name for name, _ in split_tables(text)] == [group.id for group in groups]


def test_the_actors_that_ship_are_canonical() -> None:
    text = (PUBLIC / "actors.toml").read_text(encoding="utf-8")
    data, findings = load(text, "actors.toml")
    assert findings == ()
    faults = Faults("actors.toml", text)
    actors = [parse_actor(code, fields, faults) for code, fields in data.items() if isinstance(fields, dict)]
    assert faults.findings == []
    assert "\n".join(print_actor(actor) for actor in actors) == headless(text)


# What can be made up

letters = st.characters(codec="utf-8")
texts = st.text(letters, max_size=12)
words = st.text(letters, min_size=1, max_size=12)
# CSV keeps no spaces around a value, and no line ends within one.
cells = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12).map(str.strip)
days = st.dates(date(1600, 1, 1), date(2499, 12, 31))
names = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6})?", fullmatch=True)
codes = st.from_regex(r"[A-Z][A-Z0-9]{2,4}", fullmatch=True)
legal_dates = days.flatmap(
    lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]).map(parse_legal_date)
)
delays = st.builds(
    Delay,
    years=st.integers(0, 500),
    months=st.integers(0, 6000),
    days=st.integers(0, 180000),
    then=st.sampled_from([None, "first-of-month", "end-of-year"]),
    inclusive=st.booleans(),
)
spans = st.builds(Delay, years=st.integers(1, 20), months=st.integers(0, 11))
parts = st.integers(0, 10**6).map(lambda number: Decimal(number) / 10**6) | st.sampled_from(["2/3", "1/3", "4/7"])
selectors = (
    names
    | st.lists(codes, min_size=1, max_size=3, unique=True)
    | st.fixed_dictionaries({"parties_to": names}, optional={"at": st.just("adoption") | days})
    | st.fixed_dictionaries({"signatories_of": names})
)
leaves = (
    st.fixed_dictionaries({"count": st.integers(0, 200)}, optional={"among": selectors})
    | st.fixed_dictionaries({"count": parts, "among": selectors})
    | st.fixed_dictionaries({"share": parts, "of": names}, optional={"among": selectors})
    | st.fixed_dictionaries({"members": selectors})
    | st.fixed_dictionaries({"in_force": names})
    | st.fixed_dictionaries({"none_against": selectors}, optional={"abstention": st.just(value=False)})
    | st.fixed_dictionaries({"fewer_than": st.integers(1, 9), "side": st.just("against")})
    | st.fixed_dictionaries({"quorum": st.integers(0, 9)})
)
plain_rules = st.recursive(
    leaves,
    lambda inner: (
        st.sampled_from(["all", "any"]).flatmap(
            lambda head: st.fixed_dictionaries({head: st.lists(inner, min_size=1, max_size=3)})
        )
        | st.lists(inner, min_size=1, max_size=3).map(lambda of: {"at_least": 1, "of": of})
    ),
    max_leaves=4,
)


def as_rule(plain: object) -> Rule:
    return parse_rule(plain, path="when", in_instrument=True)


def as_selector(plain: object) -> Selector:
    found = parse_rule({"members": plain}, path="members", in_instrument=True)
    return found.who  # type: ignore[union-attr]  # a rule of this head has one


rules = plain_rules.map(as_rule)
tuples = st.lists(words, max_size=2, unique=True).map(tuple)
entries = st.builds(
    EntryIntoForce,
    article=texts,
    when=st.none() | rules,
    delay=delays,
    on=st.none() | days,
    not_before=st.none() | days | names,
    counts=st.sampled_from([(), ("ratification", "accession")]),
    reio=st.sampled_from([None, "not-additional", "counted", "for-members"]),
    binds=st.sampled_from(["acceptors", "all"]),
    official=st.none() | days,
    others=st.builds(
        Others,
        delay=st.none() | delays,
        deposited=st.sampled_from([None, "after-threshold", "after-entry-into-force"]),
    ),
    parts=st.lists(
        st.builds(
            Part,
            provisions=st.lists(words, min_size=1, max_size=2).map(tuple),
            article=texts,
            when=st.none() | rules,
            delay=delays,
            on=st.none() | days,
            not_before=st.none() | days | names,
            official=st.none() | days,
        ),
        max_size=1,
    ).map(tuple),
)
withdrawals = st.builds(
    WithdrawalClause,
    article=texts,
    clause=st.sampled_from(["yes", "none"]),
    later=st.sampled_from([None, "allowed"]),
    allowed_after=st.none() | st.builds(AllowedAfter, delay=delays, start=st.sampled_from(["party", "instrument"])),
    delay=st.none() | delays,
    window=st.none() | st.builds(Window, every=spans, open=spans),
    survives=st.none() | st.builds(Survival, provisions=tuples, delay=spans),
)
instruments = st.builds(
    Instrument,
    id=st.just("made-up"),
    title=words,
    short=texts,
    kind=st.sampled_from(INSTRUMENT_KINDS),
    of=st.just("") | names,
    replaces=st.lists(names, max_size=2).map(tuple),
    areas=st.lists(st.sampled_from(AREAS), max_size=3, unique=True).map(tuple),
    adopted=st.none() | days,
    place=texts,
    depositary=tuples,
    link=texts,
    source=texts,
    notes=st.lists(st.text(letters, min_size=1, max_size=150), max_size=2).map(tuple),
    complete=st.lists(
        st.builds(Horizon, acts=st.just(("signature", "consent")), until=days, source=texts), max_size=2
    ).map(tuple),
    provisions=st.lists(
        st.builds(Provision, id=words, heading=texts, topics=tuples, link=texts),
        max_size=3,
        unique_by=lambda provision: provision.id,
    ).map(tuple),
    adoption=st.none() | st.builds(Adoption, body=texts, rule=texts, symbol=texts, without_vote=st.booleans()),
    signature=st.none()
    | st.lists(st.none() | days, min_size=2, max_size=2).map(
        lambda pair: SignaturePeriod(
            opens=min(pair) if None not in pair else pair[0],  # type: ignore[type-var]  # no None among them here
            closes=max(pair) if None not in pair else pair[1],  # type: ignore[type-var]  # as above
        )
    ),
    consent=st.builds(
        ConsentClause,
        acts=st.sampled_from([(), ("ratification",)]),
        open_to=st.none() | selectors.map(as_selector),
        parent=st.sampled_from(
            [None, Parent(required=True), Parent(cascade=True), Parent(required=True, cascade=True)]
        ),
        accessions=st.sampled_from(["effective", "if-accepted", "unless-objected"]),
        later_parties=st.sampled_from(["separate", "as-amended"]),
    ),
    entry_into_force=st.none() | entries,
    tacit=st.none()
    | st.builds(
        Tacit,
        members_of=names,
        notified=days,
        period=delays,
        effect=delays,
        article=texts,
        defeat_when=st.none() | rules,
    ),
    provisional=st.none()
    | st.builds(
        Provisional,
        by=st.sampled_from(["signature", "adoption", "declaration"]),
        article=texts,
        opt_out=st.booleans(),
    ),
    withdrawal=st.none() | withdrawals,
    reservations=st.none()
    | st.builds(
        ReservationsClause,
        allowed=st.sampled_from([None, "none", "listed", "all-but-listed", "silent", "all"]),
        provisions=tuples,
        article=texts,
        acceptance=st.sampled_from([None, "each", "all", "organ"]),
    ),
)


@settings(max_examples=150, deadline=None)
@given(instruments)
def test_an_instrument_printed_and_read_is_the_same(instrument: Instrument) -> None:
    text = print_instrument(instrument)
    again, findings = parse_instrument(text, "made-up.toml", "made-up")
    assert findings == ()
    assert again == instrument
    assert print_instrument(instrument) == text


def acts_of(
    kinds: frozenset[str], refs: st.SearchStrategy[str], sets: st.SearchStrategy[str]
) -> st.SearchStrategy[Act]:
    return st.builds(
        Act,
        instrument=st.just("made-up"),
        date=legal_dates,
        actor=cells.filter(bool),
        kind=st.sampled_from(sorted(kinds)),
        effective=st.none() | legal_dates,
        ref=refs,
        at=cells,
        notified=st.none() | legal_dates,
        set=sets,
        note=cells,
        source=cells,
    )


act_refs = st.just("2016-10-05 FRA approval")
made_acts = (
    acts_of(KINDS - REF_KINDS, cells, cells)
    | acts_of(REF_KINDS - {"correction", "contest"}, cells.filter(bool), cells)
    | acts_of(frozenset({"contest"}), act_refs, cells)
    | acts_of(frozenset({"correction"}), act_refs, st.sampled_from(["void", "date=2016-10-04; note=x"]))
)


def lined(act: Act) -> Act:
    return Act(**{name: getattr(act, name) for name in act.__struct_fields__} | {"line": 0})


@settings(max_examples=150, deadline=None)
@given(st.lists(made_acts, max_size=5))
def test_acts_printed_and_read_are_the_same(acts: list[Act]) -> None:
    text = print_acts(acts)
    again, findings = parse_acts(text, "made-up.csv", "made-up")
    assert findings == ()
    assert [lined(act) for act in again] == acts
    assert print_acts(again) == text


before_2000 = st.dates(date(1600, 1, 1), date(1999, 12, 31))
after_2000 = st.dates(date(2000, 1, 1), date(2499, 12, 31))
memberships = st.builds(Membership, actor=codes, since=st.none() | before_2000, until=st.none() | after_2000)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Group, id=names, title=texts, source=texts, note=texts, members=st.lists(memberships, max_size=4).map(tuple)
        ),
        max_size=3,
        unique_by=lambda group: group.id,
    )
)
def test_groups_printed_and_read_are_the_same(groups: list[Group]) -> None:
    text = "\n".join(print_group(group) for group in groups)
    again, findings = parse_groups(text, "groups.toml")
    assert findings == ()
    assert list(again) == groups


name_tables = st.dictionaries(st.sampled_from(LANGUAGES), words, max_size=6)
code_tables = st.dictionaries(st.sampled_from(["iso2", "iso3", "m49"]), words, max_size=3)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Actor,
        id=codes,
        kind=st.sampled_from(["state", "entity", "organization", "group", "stakeholder"]),
        since=st.none() | before_2000,
        until=st.none() | after_2000,
        names=name_tables,
        codes=code_tables,
        formerly=st.lists(
            st.builds(Former, since=st.none() | days, until=days, names=name_tables, codes=code_tables), max_size=2
        ).map(tuple),
        regional=st.booleans(),
        members=st.just("") | names,
        successors=st.lists(codes, max_size=2).map(tuple),
        note=texts,
        source=texts,
    )
)
def test_an_actor_printed_and_read_is_the_same(actor: Actor) -> None:
    text = print_actor(actor)
    data, findings = load(text, "actors.toml")
    assert findings == ()
    faults = Faults("actors.toml", text)
    fields = data[actor.id]
    assert isinstance(fields, dict)
    assert parse_actor(actor.id, fields, faults) == actor
    assert faults.findings == []


# A heading is one line.
heads = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12).map(str.strip)
numbers = st.integers(0, 10**12).map(lambda number: Fraction(number, 1000))


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Weights,
        id=st.just("made-up"),
        title=heads,
        unit=heads,
        source=heads,
        notes=st.lists(heads, max_size=2).map(tuple),
        total=st.none() | numbers.filter(bool),
        rows=st.lists(
            st.builds(Weight, actor=codes, weight=numbers, since=st.none() | days, until=st.none() | days).filter(
                lambda row: row.since is None or row.until is None or row.since < row.until
            ),
            max_size=4,
            unique_by=lambda row: row.actor,
        ).map(tuple),
    ).filter(lambda table: table.total is not None or any(row.weight for row in table.rows))
)
def test_a_weight_table_printed_and_read_is_the_same(weights: Weights) -> None:
    text = print_weights(weights)
    again, findings = parse_weights(text, "made-up.csv", "made-up")
    # Rows that weigh more than the total are told of, and kept.
    assert {finding.code for finding in findings if weights.total is not None} <= {"weights-total"}
    assert not has_errors(findings)
    assert again == weights
    assert print_weights(again) == text


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        DecisionRule,
        id=st.just("made-up"),
        title=words,
        institution=texts,
        article=st.just(""),
        members=st.none() | selectors.map(as_selector),
        source=texts,
        notes=tuples,
        versions=st.lists(
            st.builds(
                RuleVersion,
                when=rules,
                since=days,
                article=texts,
                members=st.none() | selectors.map(as_selector),
            ),
            min_size=2,
            max_size=3,
            unique_by=lambda version: version.since,
        ).map(lambda versions: tuple(sorted(versions, key=lambda version: str(version.since)))),
    )
)
def test_a_decision_rule_printed_and_read_is_the_same(rule: DecisionRule) -> None:
    text = print_decision_rule(rule)
    again, findings = parse_decision_rule(text, "made-up.toml", "made-up")
    assert findings == ()
    assert again == rule
    assert print_decision_rule(rule) == text


@given(legal_dates)
def test_a_legal_date_printed_and_read_is_the_same(day: LegalDate) -> None:
    assert parse_legal_date(str(day)) == day
