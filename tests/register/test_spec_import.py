"""The examples of spec/import.md, run."""

import json
import re
from pathlib import Path

import pytest

from comity.notation.acts_file import print_acts
from comity.register.folder import FolderLayer
from comity.register.importers import Options, print_unresolved, read_mapping, read_untc_csv
from comity.register.importing import apply, plan
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.reading import Reading
from comity.register.settling import approve

RECORDED = "2026-11-23T05:10:03.123456Z"


@pytest.fixture(scope="module")
def blocks(root: Path) -> list[str]:
    """The code blocks of the page, in order."""
    page = (root / "spec/import.md").read_text(encoding="utf-8")
    return re.findall(r"^```\w+\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(blocks: list[str], tmp_path: Path) -> Path:
    (tmp_path / "register/instruments").mkdir(parents=True)
    for block in blocks[1:4]:
        name, text = block.removeprefix("# ").split("\n", 1)
        (tmp_path / "register" / name).write_text(text, encoding="utf-8")
    return tmp_path / "register"


def test_the_folder_becomes_the_entries_and_the_change_a_proposal(
    blocks: list[str], folder: Path, tmp_path: Path
) -> None:
    log = Log.create(tmp_path / "log.comity", "example.org/register")
    apply(log, plan(FolderLayer(folder), LogLayer(log, 0)), RECORDED)
    assert [row.data.decode() for row in log.rows()] == blocks[4].splitlines()
    path = folder / "instruments/harbour-protocol.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1986-02-01", "1986-02-10"), encoding="utf-8")
    done = apply(log, plan(FolderLayer(folder), LogLayer(log, 4)), RECORDED)
    (proposal,) = log.proposals()
    hash_ = next(iter(log.rows(3))).hash.hex()
    payload = {key: value for key, value in proposal.payload.items() if key != "source"}
    assert (len(log), payload) == (4, json.loads(blocks[5].replace("HASH", hash_)))
    assert not approve(log, done.proposals, "2026-11-24T00:00:00.000000Z").refused
    assert [row.data.decode() for row in log.rows(4)] == [blocks[6].strip().replace("HASH", hash_)]
    log.close()


def test_the_status_table_becomes_the_acts_and_the_list(blocks: list[str], root: Path) -> None:
    directory = Reading([FolderLayer(root / "public")]).directory
    found = read_untc_csv(blocks[7], Options(directory=directory, instrument="some-treaty"))
    assert print_acts(found.by_instrument["some-treaty"]) == blocks[8]
    assert print_unresolved(found.unresolved) == blocks[9]


def test_the_mapping_is_one(blocks: list[str]) -> None:
    mapped, findings = read_mapping(blocks[0], "map.toml")
    assert findings == ()
    assert mapped is not None
    assert mapped.wide == {"Signed": "signature", "Acceded": "accession"}
    assert mapped.instruments == {"HP84": "harbour-protocol"}
    assert (mapped.actors, mapped.delimiter, mapped.dates) == ("iso2", ";", ("DD/MM/YYYY", "YYYY"))
