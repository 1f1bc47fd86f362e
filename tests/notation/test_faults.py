"""Each fault that a file can have is told by its code, on its line, beside all the others of the file."""

import pytest

from comity.findings import Finding
from comity.notation.acts_file import parse_acts
from comity.notation.directory_file import merge_actors, parse_actor, parse_groups
from comity.notation.instrument_file import parse_instrument
from comity.notation.rule_file import parse_decision_rule
from comity.notation.tables import Faults
from comity.notation.toml import inline, load
from comity.notation.weights_file import parse_weights

HEAD = 'id = "x"\ntitle = "X"\nkind = "convention"\n'


def told(findings: object) -> set[tuple[str, int]]:
    assert isinstance(findings, tuple | list)
    assert all(isinstance(finding, Finding) and finding.says for finding in findings)
    return {(finding.code, finding.line) for finding in findings}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('id = "x"\ntitle = "X"\n', {("key-missing", 0)}),
        ('title = "X"\nkind = "convention"\n', {("key-missing", 0)}),
        (HEAD + "adopted = 9999-12-31\n", {("value-wrong", 4)}),
        (HEAD + "adopted = 1999-01-01T10:00:00\n", {("value-wrong", 4)}),
        (HEAD + 'adopted = "1999"\nplace = 3\n', {("value-wrong", 4), ("value-wrong", 5)}),
        (HEAD + 'areas = ["see"]\ndepositary = "Malta"\n', {("value-wrong", 4), ("value-wrong", 5)}),
        (HEAD + 'depositary = ["Malta", 3]\n', {("value-wrong", 4)}),
        (HEAD + "provisions = [1]\n", {("value-wrong", 4)}),
        (HEAD + "consent = 3\n", {("value-wrong", 4)}),
        (HEAD + '[[provisions]]\nid = "1"\n[[provisions]]\nid = "1"\n', {("provision-twice", 7)}),
        (HEAD + '[[complete]]\nacts = ["signature"]\n', {("key-missing", 4)}),
        (HEAD + '[[complete]]\nacts = ["signatures"]\nuntil = 2000-01-01\n', {("value-wrong", 5)}),
        (HEAD + "[signature]\nopens = 2000-01-01\ncloses = 1999-01-01\n", {("value-wrong", 6)}),
        (HEAD + "[[entry_into_force.part]]\narticle = '3'\n", {("key-missing", 4)}),
        (HEAD + '[tacit]\nmembers_of = "y"\n', {("key-missing", 4)}),
        (HEAD + "[entry_into_force]\ndelay = { days = -1 }\n", {("value-wrong", 5)}),
        (HEAD + '[entry_into_force]\ndelay = { days = "9" }\n', {("value-wrong", 5)}),
        (HEAD + "[entry_into_force]\nnot_before = 3\n", {("value-wrong", 5)}),
        (HEAD + "[entry_into_force]\nnot_before = { on = 2000-01-01 }\n", {("key-missing", 5), ("key-unknown", 5)}),
        (HEAD + "[withdrawal]\nwindow = { every = { years = 10 } }\n", {("value-wrong", 5)}),
        (HEAD + "[withdrawal]\nwindow = 3\n", {("value-wrong", 5)}),
        (HEAD + "[withdrawal]\nperiods = { first = { years = 1 } }\n", {("value-wrong", 5)}),
        (HEAD + "color = 3\n", {("key-unknown", 4)}),
        ("[" * 3000, {("toml-malformed", 1)}),
    ],
)
def test_instruments(text: str, wanted: set[tuple[str, int]]) -> None:
    _, findings = parse_instrument(text, "x.toml", "x")
    found = told(findings)
    assert {code for code, _ in found} == {code for code, _ in wanted}
    # A line that is not certain is 0, which stands for the file.
    assert all(line in {0, *(line for code, line in wanted)} for _, line in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {"csv-column-missing"}),
        ("date,actor,act,date\n", {"csv-column-twice"}),
        ("date,actor,act\n2000-01-01,FRA\n", {"csv-row-length"}),
        ('date,actor,act\n2000-01-01,FRA,"signature\n', {"csv-malformed"}),
        ("date,actor,act\n2000-01-01, FRA,signature\n", {"space-around"}),
        ("date,actor,act,note\n2000-01-01,FRA,signature, x\n", {"space-around"}),
        ("date,actor,act\n,FRA,signature\n", {"date-missing"}),
        ("date,actor,act\n2000-01-01,,signature\n", {"actor-missing"}),
        ("date,actor,act\n2000-01-01,FRA,zzzz\n", {"act-unknown"}),
        ("date,actor,act,ref\n2000-01-01,FRA,objection,\n", {"ref-missing"}),
        ("date,actor,act,ref\n2000-01-01,FRA,contest,what\n", {"ref-wrong"}),
        ("date,actor,act,ref,set\n2000-01-01,FRA,correction,2000-01-01 FRA signature,x\n", {"set-wrong"}),
        ("date,actor,act,effective\n2000-01-01,FRA,signature,soon\n", {"date-impossible"}),
        ("date,actor,act,notified\n2000-01-01,FRA,signature,1000-01-01\n", {"date-impossible"}),
    ],
)
def test_acts(text: str, wanted: set[str]) -> None:
    acts, findings = parse_acts(text, "x.csv", "x")
    assert {code for code, _ in told(findings)} == wanted
    assert acts == ()


def test_a_faulty_row_does_not_hide_the_others() -> None:
    text = "date,actor,act\n2000-13-01,FRA,signature\n\n2000-01-01,JPN,signature\n2000-01-01,KEN,sign\n"
    acts, findings = parse_acts(text, "x.csv", "x")
    assert [(act.actor, act.line) for act in acts] == [("JPN", 4)]
    assert told(findings) == {("date-impossible", 2), ("act-unknown", 5)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# titel: X\nactor,weight\n", {"weights-head"}),
        ("actor,wait\nFRA,1\n", {"csv-column-missing"}),
        ("actor,weight\nFRA,1,2\n", {"csv-row-length"}),
        ("actor,weight\nFRA\n", {"csv-row-length"}),
        ("actor,weight\nFRA,-1\n", {"weight-wrong"}),
        ("actor,weight\nFRA,much\n", {"weight-wrong"}),
        ("actor,weight\nFRA,1e5\n", {"weight-wrong"}),
        ("actor,weight\n,1\n", {"weight-wrong"}),
        ("actor,weight,from\nFRA,1,2000\n", {"date-impossible"}),
        ("actor,weight\nFRA,1\nFRA,2\n", {"weight-twice"}),
        ("# total: none\nactor,weight\nFRA,1\n", {"weights-total"}),
        ("# total: 0\nactor,weight\nFRA,1\n", {"weights-total"}),
        ('actor,weight\nFRA,"1\n', {"csv-malformed"}),
    ],
)
def test_weights(text: str, wanted: set[str]) -> None:
    table, findings = parse_weights(text, "x.csv", "x")
    assert {code for code, _ in told(findings)} == wanted
    assert table is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[Five]\n", {"id-wrong"}),
        ("five = 5\n", {"value-wrong"}),
        ('[five]\nmembers = ["FRA"]\n', {"value-wrong"}),
        ("[five]\nmembers = [{ from = 2000-01-01 }]\n", {"key-missing"}),
        ('[five]\nmembers = [{ actor = "FRA", since = 2000-01-01 }]\n', {"key-unknown"}),
        ('[five]\nmembers = [{ actor = "FRA", until = 9999-12-31 }]\n', {"value-wrong"}),
        ("[five]\nmember = []\n", {"key-unknown"}),
        ("[five\n", {"toml-malformed"}),
    ],
)
def test_groups(text: str, wanted: set[str]) -> None:
    _, findings = parse_groups(text, "groups.toml")
    assert {code for code, _ in told(findings)} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[fr]\n", {"id-wrong"}),
        ("FRA = 1\n", {"key-unknown"}),
        ('[FRA]\nkind = "country"\n', {"value-wrong"}),
        ("[FRA]\nfrom = 2000-01-01\nuntil = 2000-01-01\n", {"value-wrong"}),
        ('[FRA]\nnames = { xx = "Frankreich" }\n', {"key-unknown"}),
        ("[FRA]\nregional = 1\n", {"value-wrong"}),
        ('[[FRA.formerly]]\nnames = { en = "Gaul" }\n', {"key-missing"}),
    ],
)
def test_actors(text: str, wanted: set[str]) -> None:
    data, findings = load(text, "actors.toml")
    assert findings == ()
    faults = Faults("actors.toml", text)
    for code, fields in merge_actors([data]).items():
        parse_actor(code, fields, faults)
    assert {code for code, _ in told(faults.findings)} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('id = "y"\ntitle = "X"\nwhen = { count = 1 }\n', {"id-not-file"}),
        ('id = "x"\ntitle = "X"\n', {"key-missing"}),
        ('id = "x"\ntitle = "X"\nwhen = { cuont = 1 }\n', {"rule-form"}),
        ('id = "x"\ntitle = "X"\nwhen = { count = 1, share = "1/2" }\n', {"rule-form"}),
    ],
)
def test_decision_rules(text: str, wanted: set[str]) -> None:
    _, findings = parse_decision_rule(text, "x.toml", "x")
    assert wanted <= {code for code, _ in told(findings)}


def test_a_value_that_the_notation_has_no_form_for_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="no form"):
        inline(1.5)


@pytest.mark.parametrize("number", ["inf", "-inf", "nan"])
def test_numbers_that_nothing_can_be_counted_with(number: str) -> None:
    data, findings = load(f"x = {number}\n", "x.toml")
    assert data == {}
    assert {code for code, _ in told(findings)} == {"toml-malformed"}
