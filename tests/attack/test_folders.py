"""Folders as they should not be: nothing outside is opened, nothing that stands there is passed over in silence."""

import os
from pathlib import Path

import pytest

from comity.register.folder import FolderLayer
from comity.register.reading import Reading
from comity.service import open_register

TREATY = 'id = "t"\ntitle = "Treaty"\nkind = "treaty"\n'
ACTS = "date,actor,act\n1991-01-01,FRA,ratification\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A register with one treaty."""
    place = tmp_path / "register"
    (place / "instruments").mkdir(parents=True)
    (place / "instruments" / "t.toml").write_text(TREATY, encoding="utf-8")
    (place / "instruments" / "t.csv").write_text(ACTS, encoding="utf-8")
    return place


def codes(layer: FolderLayer) -> list[tuple[str, str]]:
    """What is told of the folder: codes and files."""
    return [(finding.code, finding.file) for finding in (*layer.actors()[2], *layer.groups()[1], *layer.strays())]


@pytest.mark.parametrize("name", ["../instruments/t", "../../secret", "x" * 100_000, "", ".", "T", "a b", "é", "t\n"])
def test_what_is_no_id_names_no_file(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.toml").write_text(TREATY, encoding="utf-8")
    layer = FolderLayer(folder)
    assert layer.definition("instrument", name) is None
    assert layer.acts(name) is None


def test_a_folder_in_order_is_told_nothing_of(folder: Path) -> None:
    assert codes(FolderLayer(folder)) == []


def test_a_name_that_is_no_id_is_an_error_and_hidden_files_are_left_aside(folder: Path) -> None:
    for name in ("Foo Bar.toml", "FRA.toml", "ü.csv", ".hid.toml", "..toml"):
        (folder / "instruments" / name).write_text(TREATY, encoding="utf-8")
    layer = FolderLayer(folder)
    assert layer.ids("instrument") == layer.acts_ids() == ("t",)
    assert sorted(codes(layer)) == [
        ("id-wrong", "instruments/FRA.toml"),
        ("id-wrong", "instruments/Foo Bar.toml"),
        ("id-wrong", "instruments/ü.csv"),
    ]


@pytest.mark.parametrize("name", ["actors.toml", "groups.toml"])
def test_a_folder_or_a_link_to_itself_where_a_file_should_be(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    assert codes(FolderLayer(folder)) == [("file-unreadable", name)]
    (folder / name).rmdir()
    (folder / name).symlink_to(name)
    assert codes(FolderLayer(folder)) == [("file-unreadable", name)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of Unix")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "instruments" / "pipe.toml")
    os.mkfifo(folder / "instruments" / "pipe.csv")
    os.mkfifo(folder / "groups.toml")
    layer = FolderLayer(folder)
    definition, acts = layer.definition("instrument", "pipe"), layer.acts("pipe")
    assert definition is not None
    assert acts is not None
    assert [f.code for f in (*definition.findings, *acts[1], *layer.groups()[1])] == ["file-unreadable"] * 3


def test_a_folder_named_like_a_file_and_a_link_to_nowhere(folder: Path) -> None:
    (folder / "instruments" / "d.toml").mkdir()
    (folder / "instruments" / "n.csv").symlink_to("/nowhere/at/all")
    layer = FolderLayer(folder)
    definition, acts = layer.definition("instrument", "d"), layer.acts("n")
    assert definition is not None
    assert acts is not None
    assert [f.code for f in (*definition.findings, *acts[1])] == ["file-unreadable"] * 2


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "instruments").write_text("", encoding="utf-8")
    assert codes(FolderLayer(tmp_path)) == [("file-unreadable", "instruments")]


def test_a_place_that_may_not_be_looked_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", forbidden)
    errors = [finding for finding in FolderLayer(folder).actors()[2] if finding.level == "error"]
    assert {finding.code for finding in errors} == {"file-unreadable"}
    assert "Permission denied" in errors[0].says


def test_a_folder_with_nothing_of_a_register(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague", encoding="utf-8")
    assert codes(FolderLayer(tmp_path)) == [("register-empty", "")]


def test_a_link_that_leads_round_is_walked_once(folder: Path) -> None:
    (folder / "instruments" / "round").symlink_to(folder)
    assert codes(FolderLayer(folder)) == []


def test_check_tells_of_strays(folder: Path) -> None:
    (folder / "weights.csv").write_text("actor,weight\n", encoding="utf-8")
    found = open_register(folder).check()
    assert ("file-ignored", "weights.csv") in [(finding.code, finding.file) for finding in found]


def test_a_column_of_something_else_does_not_take_minutes(folder: Path) -> None:
    rows = "".join(f"1991-01-01,NOBODY{number},signature\n" for number in range(2_000))
    (folder / "instruments" / "t.csv").write_text("date,actor,act\n" + rows, encoding="utf-8")
    reading = open_register(folder).reading
    asked: list[str] = []
    nearest = reading.directory.nearest

    def counted(text: str, count: int = 3) -> tuple[str, ...]:
        asked.append(text)
        return nearest(text, count)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading.directory, "nearest", counted)
        found = reading.findings_of("t")
    assert [finding.code for finding in found] == ["actor-unknown"] * 2_000
    assert len(asked) <= 50


def test_an_act_that_stands_twice_where_there_are_no_lines(folder: Path) -> None:
    layer = FolderLayer(folder)
    found = layer.acts("t")
    assert found is not None
    unplaced = tuple(type(act)(instrument="t", date=act.date, actor=act.actor, kind=act.kind) for act in found[0])

    class Twice(FolderLayer):
        """The same acts, twice and without lines, as a log would have them."""

        def acts(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202, ARG002  # that of the class above
            return (*unplaced, *unplaced), ()

    shipped = open_register().reading.layers[-1]
    findings = Reading([Twice(folder), shipped]).findings_of("t")
    assert [finding.says for finding in findings if finding.code == "act-twice"] == [
        "1991-01-01 FRA ratification stands twice"
    ]
