"""Whatever a file holds, reading it gives findings and never an exception."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.findings import Finding
from comity.notation.acts_file import parse_acts
from comity.notation.directory_file import merge_actors, parse_actor, parse_groups, split_tables
from comity.notation.instrument_file import parse_instrument
from comity.notation.rule_file import parse_decision_rule
from comity.notation.tables import Faults
from comity.notation.toml import load
from comity.notation.weights_file import parse_weights
from comity.register.folder import FolderLayer, read_text
from comity.service import Refusal, open_register

DAY = date(2020, 1, 1)
PUBLIC = Path(__file__).resolve().parents[2] / "public"
SEEDS = {
    "instruments/paris-agreement.toml": (PUBLIC / "instruments/paris-agreement.toml").read_text(encoding="utf-8"),
    "instruments/npt.csv": (PUBLIC / "instruments/npt.csv").read_text(encoding="utf-8")[:4000],
    "weights/paris-ghg.csv": (PUBLIC / "weights/paris-ghg.csv").read_text(encoding="utf-8")[:2000],
    "rules/eu-council-qmv.toml": (PUBLIC / "rules/eu-council-qmv.toml").read_text(encoding="utf-8"),
    "groups.toml": (PUBLIC / "groups.toml").read_text(encoding="utf-8")[:4000],
    "actors.toml": (PUBLIC / "actors.toml").read_text(encoding="utf-8")[:4000],
}
# Pieces that a parser might stumble over.
ODD = (
    *("", "\n", "\n\n", "\r", '"', '"""', "[", "]]", "{", "}", "=", ",", ";", "#", "-", "\\", "\0", "\ufeff", "\u2028"),
    *("9" * 400, "1e999", "inf", "nan", "-1", "0.5", "1/0", "0/1", "9999-12-31", "0000-00-00", "2000-02-30"),
    *(
        "1979-05-27T07:32:00Z",
        "07:32:00",
        "true",
        "[[provisions]]",
        "[withdrawal]",
        "when = {}",
        "delay = { days = -1 }",
    ),
    *("count", "share", "among", "{ all = [] }", "é", "e\u0301", "كلمة", "\U0001f30a", "[" * 2000, "{a=" * 500),
)
pieces = st.sampled_from(ODD) | st.text(max_size=6)


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """A sound text with a few pieces cut out, doubled or put in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        text = text[:start] + draw(pieces | st.just(text[start:end] * 2)) + text[end:]
    return text


def texts_like(name: str) -> st.SearchStrategy[str]:
    return st.text(max_size=60) | mangled(SEEDS[name])


def sound(findings: object) -> bool:
    """Findings say what is wrong, and are all of the one type."""
    return isinstance(findings, tuple | list) and all(isinstance(f, Finding) and f.says and f.code for f in findings)


fuzzing = settings(max_examples=150, deadline=None)


@fuzzing
@given(texts_like("instruments/paris-agreement.toml"))
@example("a = " + "[" * 5000)
@example('id = "x"\ntitle = "y"\nkind = "treaty"\nadopted = 2000-01-01T00:00:00\n')
@example('id = "x"\ntitle = "y"\nkind = "treaty"\n[entry_into_force]\nwhen = { count = 1e400 }\n')
@example('id = "x"\ntitle = "y"\nkind = "treaty"\n[entry_into_force]\ndelay = { days = 99999999999999999999 }\n')
def test_instruments(text: str) -> None:
    found, findings = parse_instrument(text, "x.toml", "x")
    assert sound(findings)
    assert found is not None or findings


@fuzzing
@given(texts_like("instruments/npt.csv"))
@example("date,actor,act\n" + '"' * 999)
@example("date,actor,act,set,ref\n2000-01-01,FRA,correction,=;=,2000-01-01 FRA signature\n")
@example("date,actor,act\n" + "x" * 200_000 + ",,\n")
def test_acts(text: str) -> None:
    _, findings = parse_acts(text, "x.csv", "x")
    assert sound(findings)


@fuzzing
@given(texts_like("weights/paris-ghg.csv"))
@example("actor,weight\nFRA,1/0\n")
@example("actor,weight\nFRA,1e9999999\n")
@example("actor,weight\nFRA," + "9" * 10_000 + "\n")
@example("# total: nan\nactor,weight\n")
def test_weights(text: str) -> None:
    found, findings = parse_weights(text, "x.csv", "x")
    assert sound(findings)
    assert found is not None or findings


@fuzzing
@given(texts_like("rules/eu-council-qmv.toml"))
def test_rules(text: str) -> None:
    found, findings = parse_decision_rule(text, "x.toml", "x")
    assert sound(findings)
    assert found is not None or findings


@fuzzing
@given(texts_like("groups.toml"))
def test_groups(text: str) -> None:
    _, findings = parse_groups(text, "groups.toml")
    assert sound(findings)
    assert all(name for name, _ in split_tables(text))


@fuzzing
@given(texts_like("actors.toml"))
@example("FRA = 1\n")
@example("[FRA]\nnames = 1\n[[FRA.formerly]]\n")
def test_actors(text: str) -> None:
    data, findings = load(text, "actors.toml")
    assert sound(findings)
    faults = Faults("actors.toml", text)
    for code, fields in merge_actors([data, data]).items():
        parse_actor(code, fields, faults)
    assert sound(faults.findings)


@fuzzing
@given(st.binary(max_size=200))
def test_bytes_on_disk(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "x.toml"
    path.write_bytes(data)
    text, findings = read_text(path, "x.toml", 1_000)
    assert sound(findings)
    assert not (findings and any(f.level == "error" for f in findings) and text)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"x" * 2_000)
    text, findings = read_text(path, "x.toml", 1_000)
    assert text == ""
    assert [finding.code for finding in findings] == ["file-too-large"]


def test_a_hundred_megabytes_are_a_finding(tmp_path: Path) -> None:
    folder = tmp_path / "instruments"
    folder.mkdir()
    (folder / "sound.toml").write_text('id = "sound"\ntitle = "Sound"\nkind = "treaty"\n', encoding="utf-8")
    with (folder / "sound.csv").open("wb") as file:
        file.truncate(100_000_000)
    _, findings = FolderLayer(tmp_path).acts("sound") or ((), ())
    assert [finding.code for finding in findings] == ["file-too-large"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_a_register_with_a_mangled_file_answers_or_refuses(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("register")
    for file, text in SEEDS.items():
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(data.draw(mangled(text)) if file == name else text, encoding="utf-8", errors="surrogatepass")
    register = open_register(folder)
    for ask in (
        lambda: register.status("paris-agreement", DAY),
        lambda: register.timeline("npt"),
        lambda: register.missing("paris-agreement", DAY),
    ):
        try:
            ask()
        except Refusal as refusal:
            refused = refusal.findings
        else:
            continue
        assert refused
        assert sound(refused)
