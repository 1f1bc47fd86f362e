"""One contract for whatever a reading stands on: a folder, a log in SQLite, a log in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.register.folder import FolderLayer
from comity.register.layers import Layer
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.service import keeping

FILES = {
    "actors.toml": '[LAK]\nkind = "state"\nfrom = 1950-01-01\nnames = { en = "Lakeland" }\n',
    "groups.toml": '[shore-states]\ntitle = "Shore States"\nmembers = [\n    { actor = "LAK" },\n]\n',
    "weights/tonnage.csv": "# title: Tonnage\n# unit: tons\n# source: invented\nactor,weight\nLAK,10\n",
    "rules/half.toml": 'id = "half"\ntitle = "Half"\nmembers = "shore-states"\nwhen = { count = "1/2" }\n',
    "instruments/lake-treaty.toml": (
        'id = "lake-treaty"\ntitle = "Lake Treaty"\nkind = "treaty"\nadopted = 1960-01-01\n\n'
        '[entry_into_force]\nwhen = { members = ["LAK"] }\n'
    ),
    "instruments/lake-treaty.csv": (
        "date,actor,act,effective,ref,at,notified,set,note,source\n"
        "1960-02-01,LAK,signature,,,,,,,\n1961-02-01,LAK,ratification,,,,,,,\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "lake" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "lake"


@pytest.fixture(params=["folder", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def layer(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Layer]:
    if request.param == "folder":
        yield FolderLayer(folder)
        return
    kept = request.param == "sqlite"
    place = str(tmp_path / "log.comity") if kept else str(request.getfixturevalue("database"))
    keeping.create(place, "example.org/lake", tmp_path / "key")
    keeping.import_source(folder, place)
    with Log.open(place, write=False) as log:
        yield LogLayer(log, len(log))


def test_it_lists_what_it_defines(layer: Layer) -> None:
    assert [layer.ids(kind) for kind in ("instrument", "weights", "rule")] == [
        ("lake-treaty",),
        ("tonnage",),
        ("half",),
    ]
    assert layer.acts_ids() == ("lake-treaty",)
    assert list(layer.strays()) == []


def test_definitions_are_the_texts_themselves(layer: Layer) -> None:
    for kind, file in (("instrument", "instruments/lake-treaty.toml"), ("weights", "weights/tonnage.csv")):
        found = layer.definition(kind, Path(file).stem)  # type: ignore[arg-type]  # one of the kinds
        assert found is not None
        assert (found.text, found.findings) == (FILES[file], ())
    assert layer.definition("rule", "no-such-rule") is None


def test_acts_come_in_their_order(layer: Layer) -> None:
    found = layer.acts("lake-treaty")
    assert found is not None
    acts, findings = found
    assert [(str(act.date), act.actor, act.kind) for act in acts] == [
        ("1960-02-01", "LAK", "signature"),
        ("1961-02-01", "LAK", "ratification"),
    ]
    assert findings == ()
    assert layer.acts("no-such-treaty") is None


def test_actors_and_groups(layer: Layer) -> None:
    actors, _, faults = layer.actors()
    groups, more = layer.groups()
    assert list(actors) == ["LAK"]
    assert [group.id for group in groups] == ["shore-states"]
    assert (*faults, *more) == ()


def test_the_clocks_are_as_said(layer: Layer) -> None:
    assert layer.has_two_clocks is isinstance(layer, LogLayer)
