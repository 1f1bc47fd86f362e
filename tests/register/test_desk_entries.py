"""What a desk adds to entries: the hash of a document, and the draft by which a second try finds the first."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from comity.notation.acts_file import parse_acts, print_acts
from comity.register.leaf import read_leaf
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.service import Refusal, keeping

HASH = "sha256:" + "0a" * 32
PLAIN = "date,actor,act,effective,ref,at,notified,set,note,source\n2017-01-02,TKM,ratification,,,,,,,\n"
WITH = (
    "date,actor,act,effective,ref,at,notified,set,note,source,document\n"
    f"2017-01-02,TKM,ratification,,,,,,,,{HASH}\n2017-02-03,BTN,ratification,,,,,,,,\n"
)
DRAFT = "5f" * 16
FIELDS = {"date": "2017-01-02", "actor": "TKM", "act": "accession", "document": HASH}
BODY = {
    "instrument": "paris-agreement",
    "provision": "4(4)",
    "language": "en",
    "wrong": "shold",
    "right": "should",
    "proposed": "2026-01-01",
    "accepted": "2026-04-01",
    "draft": DRAFT,
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    place = tmp_path / "x.comity"
    keeping.create(place, "example.org/x")
    folder = tmp_path / "x" / "instruments"
    folder.mkdir(parents=True)
    (folder / "pond.toml").write_text('id = "pond"\ntitle = "Pond"\nkind = "treaty"\n', encoding="utf-8")
    keeping.import_source(folder.parent, place)
    return place


def body_of(log: Path, index: int) -> Mapping[str, object]:
    with Log.open(log, write=False) as found:
        return read_leaf(next(found.rows(index, index + 1)).data).body


@pytest.mark.parametrize("text", [PLAIN, WITH])
def test_the_column_stands_only_where_an_act_fills_it(text: str) -> None:
    acts, findings = parse_acts(text, "x.csv", "x")
    assert findings == ()
    assert print_acts(acts) == text


@pytest.mark.parametrize("wrong", ["0a" * 32, "sha256:" + "0A" * 32, "sha256:12", "md5:" + "0a" * 32, HASH + "0"])
def test_what_is_no_hash_is_a_finding(wrong: str) -> None:
    acts, findings = parse_acts(WITH.replace(HASH, wrong), "x.csv", "x")
    assert [finding.code for finding in findings] == ["document-wrong"]
    assert len(acts) == 1


def test_a_document_goes_into_the_leaf_and_comes_back(log: Path, tmp_path: Path) -> None:
    entry = keeping.record(log, "pond", FIELDS, DRAFT).stop - 1
    assert body_of(log, entry) == {"instrument": "pond", **FIELDS, "draft": DRAFT}
    keeping.export(log, tmp_path / "out", "notation")
    text = (tmp_path / "out/instruments/pond.csv").read_text(encoding="utf-8")
    assert text.endswith(f",{HASH}\n")
    again = keeping.import_source(tmp_path / "out", log)
    assert (again.appended, again.proposals) == (0, ())


def test_a_draft_is_recorded_once(log: Path) -> None:
    first = keeping.record(log, "pond", FIELDS, DRAFT)
    second = keeping.record(log, "pond", FIELDS, DRAFT)
    assert (second.first, second.stop) == (first.stop - 1, first.stop)
    with pytest.raises(Refusal, match="stands twice"):
        keeping.record(log, "pond", FIELDS, "00" * 16)


def test_a_rectification_is_recorded_once_and_changes_no_status(log: Path) -> None:
    body = {**BODY, "instrument": "pond"}
    first = keeping.rectify(log, body)
    assert keeping.rectify(log, body) == first
    assert body_of(log, first.first) == body
    with Log.open(log, write=False) as found:
        layer = LogLayer(found, len(found))
        assert layer.rectifications("pond") == (body,)
        assert list(layer.strays()) == []
        assert layer.acts("pond") is None
