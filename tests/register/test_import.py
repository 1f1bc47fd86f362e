"""Folders through a log and back: new acts appended, changes proposed, two clocks, nothing half-imported."""

import csv
import filecmp
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.acts import Act
from comity.dates import parse_legal_date
from comity.findings import Finding
from comity.notation.acts_file import act_row
from comity.register.errors import AlreadyThereError, LogError, OutOfOrderError, StoreError
from comity.register.exporting import Form, export
from comity.register.folder import FolderLayer
from comity.register.importing import Applied, MovedError, Plan, Scope, act_record, apply, plan
from comity.register.layers import Layer
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.logged import LogLayer, _Index
from comity.register.note import Signer
from comity.register.reading import Reading
from comity.register.settling import approve, describe, record, reject
from comity.register.store import Row
from comity.register.verification import verify

FIRST, SECOND, THIRD = (f"2026-0{month}-01T12:00:00.000000Z" for month in (1, 2, 3))
DUES = """id = "harbour-protocol"
title = "Protocol on Harbour Dues"
kind = "protocol"

[entry_into_force]
when = { count = 2 }
"""
ACTS = """date,actor,act,effective,ref,at,notified,set,note,source
1985-02-01,MLT,signature,,,,,,,
1986-02-01,MLT,ratification,,,,,,,
1986-03-01,FRA,approval,,,,,,,
1986-03-01,FRA,reservation,,9(2),,,,,
1990-01,ITA,accession,,,,,,"one, with a comma",C.N.1
"""
ACTORS = """# Whoever is named here is named without prejudice.

[FRA]
kind = "state"
names = { en = "France" }

[ITA]
kind = "state"

[[ITA.formerly]]
until = 1946-06-02
names = { en = "Kingdom of Italy" }

[MLT]
kind = "state"
"""
GROUPS = '[reactor-states]\nmembers = [\n    { actor = "FRA", from = 1990-01-01 },\n]\n'
FILES = {
    "instruments/harbour-protocol.toml": DUES,
    "instruments/harbour-protocol.csv": ACTS,
    "instruments/quiet-treaty.toml": 'id = "quiet-treaty"\ntitle = "A treaty without acts"\nkind = "treaty"\n',
    "instruments/quiet-treaty.csv": "date,actor,act,effective,ref,at,notified,set,note,source\n",
    "weights/tonnage.csv": "# title: Tonnage\nactor,weight\nFRA,10\nMLT,90\n",
    "rules/dues-majority.toml": 'id = "dues-majority"\ntitle = "Majority"\nmembers = ["FRA", "MLT"]\n'
    'when = { count = "1/2" }\n',
    "actors.toml": ACTORS,
    "groups.toml": GROUPS,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "register", FILES)


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log.comity", "example.org/register") as made:
        yield made


def planned(log: Log, folder: Path) -> Plan:
    return plan(FolderLayer(folder), LogLayer(log, len(log)))


def imported(log: Log, folder: Path, recorded: str = FIRST) -> Applied:
    found = planned(log, folder)
    assert not found.refused, found.findings
    return apply(log, found, recorded)


def rows(log: Log, name: str = "harbour-protocol", size: int | None = None) -> list[str]:
    acts = Reading([LogLayer(log, len(log) if size is None else size)]).acts(name)
    return [f"{act.date} {act.actor} {act.kind}" for act in acts]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def same_files(one: Path, other: Path) -> bool:
    names = [{str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()} for root in (one, other)]
    return names[0] == names[1] and not filecmp.cmpfiles(one, other, names[0], shallow=False)[1]


# Round trips


def test_a_folder_comes_back_byte_for_byte(log: Log, folder: Path, tmp_path: Path) -> None:
    imported(log, folder)
    export(log, len(log), tmp_path / "out", "notation")
    assert same_files(folder, tmp_path / "out")


def test_every_store_gives_the_folder_back(address: str, folder: Path, tmp_path: Path) -> None:
    with Log.create(address, "example.org/register") as log:
        imported(log, folder)
        edit(folder / "instruments/harbour-protocol.csv", "1986-02-01", "1986-02-10")
        assert not approve(log, imported(log, folder, SECOND).proposals, THIRD).refused
    with Log.open(address) as log:
        export(log, len(log), tmp_path / "out", "notation")
        assert same_files(folder, tmp_path / "out")
        assert planned(log, folder).empty


def test_the_register_that_ships_comes_back_byte_for_byte(log: Log, root: Path, tmp_path: Path) -> None:
    public = FolderLayer(root / "public")
    done = apply(log, plan(public, LogLayer(log, 0)), FIRST)
    assert done.proposals == ()
    export(log, len(log), tmp_path / "out", "notation")
    assert same_files(root / "public", tmp_path / "out")
    again = plan(FolderLayer(root / "public"), LogLayer(log, len(log)))
    assert again.empty
    assert not again.refused


def test_a_log_reads_as_the_folder_does(log: Log, folder: Path) -> None:
    imported(log, folder)
    ours, theirs = (Reading([layer]) for layer in (LogLayer(log, len(log)), FolderLayer(folder)))
    assert ours.instrument_ids() == theirs.instrument_ids()
    assert [act_record(act) for act in ours.acts("harbour-protocol")] == [
        act_record(act) for act in theirs.acts("harbour-protocol")
    ]
    assert ours.instrument("harbour-protocol") == theirs.instrument("harbour-protocol")
    assert ours.weights("tonnage") == theirs.weights("tonnage")
    assert ours.rule("dues-majority") == theirs.rule("dues-majority")
    assert dict(ours.directory.actors) == dict(theirs.directory.actors)
    assert dict(ours.directory.groups) == dict(theirs.directory.groups)


def test_an_instrument_without_acts_still_hides_those_below(log: Log, folder: Path, tmp_path: Path) -> None:
    below = write(tmp_path / "below", {"instruments/quiet-treaty.csv": "date,actor,act\n2001,FRA,signature\n"})
    imported(log, folder)
    assert Reading([LogLayer(log, len(log)), FolderLayer(below)]).acts("quiet-treaty") == ()
    assert len(Reading([LogLayer(log, 0), FolderLayer(below)]).acts("quiet-treaty")) == 1


def test_a_text_too_long_for_a_leaf_is_kept_in_parts(log: Log, folder: Path, tmp_path: Path) -> None:
    long = "# title: Many\nactor,weight,from,until\n" + "".join(
        f"FRA,{n},{1600 + n // 12}-{n % 12 + 1:02d}-01,\n" for n in range(9000)
    )
    write(folder, {"weights/many.csv": long})
    imported(log, folder)
    parts = [entry for entry in log.entries() if entry.leaf.body.get("id") == "many"]
    assert len(parts) > 1
    assert "".join(entry.leaf.body["text"] for entry in parts) == long
    export(log, len(log), tmp_path / "out", "notation")
    assert same_files(folder, tmp_path / "out")
    # Known in the midst of them, the table is not there yet, and nobody is given half of it.
    assert LogLayer(log, parts[-1].index).definition("weights", "many") is None


# Second imports


def test_a_second_import_appends_nothing(log: Log, folder: Path) -> None:
    first = imported(log, folder)
    again = planned(log, folder)
    assert again.empty
    assert imported(log, folder, SECOND) == Applied(first=0, stop=0)
    assert len(log) == first.stop


def test_a_new_act_is_appended_and_a_new_file_too(log: Log, folder: Path) -> None:
    size = imported(log, folder).stop
    edit(folder / "instruments/harbour-protocol.csv", "1990-01,ITA", "1988-05-05,ITA,signature,,,,,,,\n1990-01,ITA")
    write(folder, {"weights/dues.csv": "actor,weight\nFRA,1\n"})
    done = imported(log, folder, SECOND)
    assert (done.first, done.stop, done.proposals) == (size, size + 2, ())
    assert "1988-05-05 ITA signature" in rows(log)
    assert "1988-05-05 ITA signature" not in rows(log, size=size)


CHANGES = {
    "date": ("1986-02-01,MLT,ratification", "1986-02-10,MLT,ratification", "date=1986-02-10"),
    "kind": ("1986-03-01,FRA,approval", "1986-03-01,FRA,acceptance", "act=acceptance"),
    "column": ("1986-02-01,MLT,ratification,", "1986-02-01,MLT,ratification,1986-05-01", "effective=1986-05-01"),
    "taken away": ('"one, with a comma"', "", "note="),
    "semicolon": ("1986-03-01,FRA,reservation,,9(2)", "1986-03-01,FRA,reservation,,9(2); 16", "void"),
    "vanished": ("1985-02-01,MLT,signature,,,,,,,\n", "", "void"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_or_vanished_act_waits_for_a_person(log: Log, folder: Path, tmp_path: Path, change: str) -> None:
    old, new, expected = CHANGES[change]
    size = imported(log, folder).stop
    before = rows(log)
    edit(folder / "instruments/harbour-protocol.csv", old, new)
    done = imported(log, folder, SECOND)
    assert len(done.proposals) == 1
    assert len(log) == size
    assert rows(log) == before
    # Asked again, it waits already and is not proposed twice.
    again = planned(log, folder)
    assert (again.empty, again.waiting) == (True, 1)
    outcome = approve(log, done.proposals, THIRD)
    assert not outcome.findings
    correction = next(iter(log.entries(size))).leaf.body
    assert correction["set"] == expected
    target = next(iter(log.entries(correction["corrects"]["index"])))
    assert correction["corrects"]["hash"] == target.hash.hex()
    # Now the log says what the folder says, and remembers what it said before.
    assert planned(log, folder).empty
    assert rows(log) == [
        f"{a.date} {a.actor} {a.kind}" for a in Reading([FolderLayer(folder)]).acts("harbour-protocol")
    ]
    assert rows(log, size=size) == before
    export(log, len(log), tmp_path / "out", "notation")
    assert plan(FolderLayer(tmp_path / "out"), LogLayer(log, len(log))).empty


def test_acts_of_one_name_are_told_apart(log: Log, folder: Path) -> None:
    path = folder / "instruments/harbour-protocol.csv"
    edit(path, "1986-03-01,FRA,reservation,,9(2)", "1986-03-01,FRA,reservation,,7\n1986-03-01,FRA,reservation,,9(2)")
    path.write_text(path.read_text(encoding="utf-8").replace(",,7\n", ",,7,,,,,\n"), encoding="utf-8")
    imported(log, folder)
    edit(path, "9(2)", "9(3)")
    done = imported(log, folder, SECOND)
    assert not approve(log, done.proposals, THIRD).refused
    acts = Reading([LogLayer(log, len(log))]).acts("harbour-protocol")
    assert [act.ref for act in acts if act.kind == "reservation"] == ["7", "9(3)"]


def test_a_rejected_change_is_not_proposed_again(log: Log, folder: Path) -> None:
    imported(log, folder)
    edit(folder / "instruments/harbour-protocol.csv", "1986-02-01", "1986-02-10")
    (number,) = imported(log, folder, SECOND).proposals
    assert not reject(log, [number], THIRD).refused
    again = planned(log, folder)
    assert (again.empty, again.rejected) == (True, 1)
    assert reject(log, [number], THIRD).findings[0].code == "proposal-unknown"
    assert approve(log, [number], THIRD).findings[0].code == "proposal-unknown"


def test_a_proposal_that_came_too_late_is_refused(log: Log, folder: Path) -> None:
    imported(log, folder)
    path = folder / "instruments/harbour-protocol.csv"
    edit(path, "1986-02-01", "1986-02-10")
    (first,) = imported(log, folder, SECOND).proposals
    edit(path, "1986-02-10", "1986-02-11")
    (second,) = imported(log, folder, SECOND).proposals
    assert not approve(log, [second], THIRD).refused
    size = len(log)
    assert approve(log, [first], THIRD).findings[0].code == "proposal-stale"
    assert len(log) == size


def test_two_proposals_for_one_act_are_not_both_approved(log: Log, folder: Path) -> None:
    imported(log, folder)
    path = folder / "instruments/harbour-protocol.csv"
    edit(path, "1986-02-01", "1986-02-10")
    first = imported(log, folder, SECOND).proposals
    edit(path, "1986-02-10", "1986-02-11")
    second = imported(log, folder, SECOND).proposals
    size = len(log)
    assert [finding.code for finding in approve(log, (*first, *second), THIRD).findings] == ["proposal-stale"]
    assert len(log) == size
    assert len(log.proposals()) == 2


def test_an_approval_that_was_cut_short_is_taken_up_again(log: Log, folder: Path) -> None:
    imported(log, folder)
    edit(
        folder / "instruments/harbour-protocol.csv",
        "1986-03-01,FRA,reservation,,9(2)",
        "1986-03-01,FRA,reservation,,9;1",
    )
    numbers = imported(log, folder, SECOND).proposals

    class Killed(Exception):  # noqa: N818  # what a killed process is to the next one
        pass

    def killed(*_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "settle", killed)
        with pytest.raises(Killed):
            approve(log, numbers, THIRD)
    size = len(log)
    outcome = approve(log, numbers, THIRD)
    assert (outcome.refused, len(log), log.proposals()) == (False, size, ())
    assert planned(log, folder).empty


def test_a_changed_definition_waits_and_then_replaces(log: Log, folder: Path) -> None:
    imported(log, folder)
    edit(folder / "instruments/harbour-protocol.toml", "count = 2", "count = 3")
    edit(folder / "actors.toml", '"France"', '"French Republic"')
    (folder / "weights/tonnage.csv").unlink()
    numbers = imported(log, folder, SECOND).proposals
    assert len(numbers) == 3
    outcome = approve(log, numbers, THIRD)
    assert (outcome.refused, outcome.stop - outcome.first) == (False, 3)
    reading = Reading([LogLayer(log, len(log))])
    assert reading.weights("tonnage") is None
    assert reading.directory.actors["FRA"].name() == "French Republic"
    assert planned(log, folder).empty


def test_a_vanished_instrument_is_one_proposal(log: Log, folder: Path) -> None:
    size = imported(log, folder).stop
    for path in (folder / "instruments").glob("harbour-protocol.*"):
        path.unlink()
    (number,) = imported(log, folder, SECOND).proposals
    assert not approve(log, [number], THIRD).refused
    assert "harbour-protocol" not in Reading([LogLayer(log, len(log))]).instrument_ids()
    assert len(rows(log, size=size)) == 5
    assert planned(log, folder).empty


@pytest.mark.parametrize(("ending", "what"), [("toml", ["definition"]), ("csv", ["act"] * 5)])
def test_a_vanished_file_beside_one_that_stays(log: Log, folder: Path, ending: str, what: list[str]) -> None:
    imported(log, folder)
    (folder / f"instruments/harbour-protocol.{ending}").unlink()
    numbers = imported(log, folder, SECOND).proposals
    assert [one.payload["what"] for one in log.proposals()] == what
    assert not approve(log, numbers, THIRD).refused
    layer = LogLayer(log, len(log))
    assert ("harbour-protocol" in layer.ids("instrument"), "harbour-protocol" in layer.acts_ids()) == (
        ending == "csv",
        ending == "toml",
    )


def test_a_folder_that_is_only_a_part_takes_nothing_away(log: Log, folder: Path, tmp_path: Path) -> None:
    imported(log, folder)
    part = write(tmp_path / "part", {name: FILES[name] for name in FILES if name.startswith("instruments/harbour")})
    edit(part / "instruments/harbour-protocol.csv", "1985-02-01,MLT,signature,,,,,,,\n", "")
    edit(part / "instruments/harbour-protocol.toml", "count = 2", "count = 3")
    layer = LogLayer(log, len(log))
    whole, only = (plan(FolderLayer(part), layer, scope=Scope(whole=whole)) for whole in (True, False))
    assert [one["what"] for one in only.proposals] == ["definition"]
    assert {one["what"] for one in whole.proposals} == {"definition", "act", "instrument"}
    apply(log, whole, SECOND)
    assert sorted(map(describe, log.proposals())) == [
        "actor FRA: has vanished",
        "actor ITA: has vanished",
        "actor MLT: has vanished",
        "group reactor-states: has vanished",
        "harbour-protocol, entry 10: 1985-02-01 MLT signature: has vanished",
        "instrument harbour-protocol: is changed",
        "quiet-treaty: has vanished, with 0 acts",
        "rule dues-majority: has vanished",
        "weights tonnage: has vanished",
    ]


def test_a_proposal_says_what_it_would_change(log: Log, folder: Path) -> None:
    imported(log, folder)
    edit(folder / "instruments/harbour-protocol.csv", "1986-03-01,FRA,approval,", "1986-03-02,FRA,approval,1986-05-01")
    imported(log, folder, SECOND)
    (proposal,) = log.proposals()
    what, _, changes = describe(proposal).rpartition(": ")
    assert what == "harbour-protocol, entry 12: 1986-03-01 FRA approval"
    assert changes == "date 1986-03-01 → 1986-03-02, effective nothing → 1986-05-01"


@given(
    st.binary(max_size=300) | st.from_regex(rb'\{"body":\{"[a-z]{1,10}":("x"|3|\[\])\},"kind":"(treaty|group|x)",.*')
)
def test_no_bytes_keep_a_log_from_being_read(junk: bytes) -> None:
    index = _Index()
    index.add(Row(0, b"", junk))
    assert len(index.findings) == 1


def test_a_correction_in_the_folder_is_an_act_of_its_own(log: Log, folder: Path, tmp_path: Path) -> None:
    imported(log, folder)
    path = folder / "instruments/harbour-protocol.csv"
    path.write_text(ACTS + "2026-01-05,MLT,correction,,1986-02-01 MLT ratification,,,date=1986-02-03,,C.N.9\n")
    done = imported(log, folder, SECOND)
    assert (done.stop - done.first, done.proposals) == (1, ())
    assert "1986-02-03 MLT ratification" in rows(log)
    assert "corrects" in next(iter(log.entries(done.first))).leaf.body
    assert planned(log, folder).empty
    export(log, len(log), tmp_path / "out", "notation")
    assert same_files(folder, tmp_path / "out")


LINE = st.tuples(
    st.sampled_from(["1985-02-01", "1986-02-01", "1986-03-01", "1990"]),
    st.sampled_from(["FRA", "ITA", "MLT"]),
    st.sampled_from(["signature", "ratification", "accession", "reservation", "withdrawal"]),
    st.sampled_from(["", "9(2)", "9(2); 16", "7"]),
    st.sampled_from(["", "one, with a comma", "=; a semicolon", "date=1986"]),
)


@given(st.lists(st.lists(LINE, max_size=8, unique=True), min_size=2, max_size=3))
@settings(max_examples=20, deadline=None)
def test_whatever_changes_once_all_is_approved_the_log_says_what_the_folder_says(
    versions: list[list[tuple[str, str, str, str, str]]],
) -> None:
    with TemporaryDirectory() as place, Log.create(Path(place) / "log.comity", "example.org/register") as log:
        folder = write(Path(place) / "register", FILES)
        for lines in versions:
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerows([("date", "actor", "act", "ref", "note"), *lines])
            write(folder, {"instruments/harbour-protocol.csv": out.getvalue()})
            assert not approve(log, imported(log, folder).proposals, FIRST).refused
            assert planned(log, folder).empty
            standing = LogLayer(log, len(log)).acts("harbour-protocol") or ((), ())
            told = FolderLayer(folder).acts("harbour-protocol") or ((), ())
            assert sorted(map(repr, map(act_row, standing[0]))) == sorted(map(repr, map(act_row, told[0])))
            # What is exported reads the same again, also where acts of one name were corrected.
            export(log, len(log), Path(place) / f"out{len(log)}", "notation")
            assert plan(FolderLayer(Path(place) / f"out{len(log)}"), LogLayer(log, len(log))).empty
            shutil.rmtree(Path(place) / f"out{len(log)}")


# Two clocks


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-31", "1986-02-01"),
        ("2026-01-01", "1986-02-01"),
        ("2026-02-28T23:59:59Z", "1986-02-01"),
        ("2026-03-01T12:00:00Z", "1986-02-10"),
        ("2026-03-01T13:00:00+02:00", "1986-02-01"),
        ("2026-03-01", "1986-02-10"),
    ],
)
def test_what_was_known_when(log: Log, folder: Path, moment: str, day: str) -> None:
    imported(log, folder)
    edit(folder / "instruments/harbour-protocol.csv", "1986-02-01", "1986-02-10")
    (number,) = imported(log, folder, SECOND).proposals
    approve(log, [number], THIRD)
    assert f"{day} MLT ratification" in rows(log, size=log.size_at(moment))


def test_known_at_a_size_is_the_first_entries(log: Log, folder: Path) -> None:
    stop = imported(log, folder).stop
    counts = [len(rows(log, size=size)) for size in range(stop + 1)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 5)


# Faults


BROKEN: dict[str, tuple[str, Callable[[str], str], str]] = {
    "toml": ("instruments/harbour-protocol.toml", lambda text: text + "[", "toml-malformed"),
    "date": (
        "instruments/harbour-protocol.csv",
        lambda text: text.replace("1986-02-01", "1986-02-30"),
        "date-impossible",
    ),
    "act": ("instruments/harbour-protocol.csv", lambda text: text.replace("approval", "aproval"), "act-unknown"),
    "actor": ("instruments/harbour-protocol.csv", lambda text: text.replace("ITA", "ITL"), "actor-unknown"),
    "twice": (
        "instruments/harbour-protocol.csv",
        lambda text: text + "1986-02-01,MLT,ratification,,,,,,,\n",
        "act-twice",
    ),
    "junk": ("instruments/harbour-protocol.csv", lambda _: "\0\1\2", "file-not-text"),
    "weights": ("weights/tonnage.csv", lambda text: text.replace("90", "many"), "weight-wrong"),
    "rule": ("rules/dues-majority.toml", lambda text: text.replace("1/2", "half"), "rule"),
    "keys above": (
        "actors.toml",
        lambda _: 'ITA = { kind = "state" }\n' + ACTORS.replace("ITA", "MLB"),
        "tables-unsplit",
    ),
    "long": ("instruments/harbour-protocol.csv", lambda text: text.replace("C.N.1", "x" * 70_000), "act-too-long"),
    "homeless": ("instruments/nowhere.csv", lambda _: ACTS, "instrument-missing"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_anywhere_and_nothing_is_imported(log: Log, folder: Path, fault: str) -> None:
    name, spoil, code = BROKEN[fault]
    path = folder / name
    path.write_text(spoil(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
    found = planned(log, folder)
    assert found.refused
    assert any(finding.code.startswith(code) for finding in found.findings if finding.level == "error")
    with pytest.raises(ValueError, match="not applied"):
        apply(log, found, FIRST)
    assert len(log) == 0


def test_all_faults_come_at_once(log: Log, folder: Path) -> None:
    for fault in ("toml", "date", "weights", "rule"):
        name, spoil, _ = BROKEN[fault]
        (folder / name).write_text(spoil((folder / name).read_text(encoding="utf-8")), encoding="utf-8")
    files = {finding.file for finding in planned(log, folder).findings if finding.level == "error"}
    assert len(files) == 4


def test_a_log_that_moved_meanwhile_refuses_the_plan(log: Log, folder: Path) -> None:
    found = planned(log, folder)
    imported(log, folder)
    size = len(log)
    with pytest.raises(MovedError):
        apply(log, found, SECOND)
    assert len(log) == size


def test_a_stated_moment_is_not_bent(log: Log, folder: Path) -> None:
    imported(log, folder, SECOND)
    size = len(log)
    late = "2026-02-01T11:59:59.000000Z"
    with pytest.raises(OutOfOrderError):
        record(log, act("1992-01-01 FRA withdrawal"), late, findings_of=faults_of())
    assert len(log) == size
    # A clock that lags a little is held at the entry before, as the log does.
    assert record(log, act("1992-01-01 FRA withdrawal"), lambda: late, findings_of=faults_of()).stop == size + 1


def test_progress_counts_to_the_end(log: Log, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    plan(FolderLayer(folder), LogLayer(log, 0), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_what_an_entry_says_that_nobody_knows_is_kept_and_told(log: Log, folder: Path) -> None:
    imported(log, folder)
    body = {"instrument": "harbour-protocol", "date": "2026-01-01", "actor": "FRA"}
    log.append([Record(kind="meeting", body=body), Record(kind="treaty", v=7, body={"instrument": 1})], SECOND)
    log.append([Record(kind="treaty", body={**body, "act": "teleportation"})], SECOND)
    layer = LogLayer(log, len(log))
    assert [finding.code for finding in layer.strays()] == ["leaf-unknown"] * 2
    found = layer.acts("harbour-protocol")
    assert found is not None
    assert len(found[0]) == 5
    assert [(finding.level, finding.code) for finding in found[1]] == [("note", "act-unknown")]


def test_an_entry_of_an_older_version_is_read(log: Log, folder: Path) -> None:
    imported(log, folder)
    body = {"instrument": "harbour-protocol", "date": "1991-01-01", "party": "FRA", "act": "withdrawal"}
    log.append([Record(kind="treaty", v=0, body=body)], SECOND)
    assert rows(log)[-1] == "1991-01-01 FRA withdrawal"


def correction(log: Log, index: int, change: str, hash_: str = "") -> dict[str, object]:
    entry = next(iter(log.entries(index)))
    body = entry.leaf.body
    return {
        "instrument": "harbour-protocol",
        "date": "2026-01-01",
        "actor": "MLT",
        "act": "correction",
        "ref": f"{body['date']} {body['actor']} {body['act']}",
        "set": change,
        "corrects": {"index": index, "hash": hash_ or entry.hash.hex()},
    }


def first_act(log: Log) -> int:
    return next(entry.index for entry in log.entries() if entry.leaf.kind == "treaty")


def test_a_correction_by_the_wrong_hash_touches_nothing(log: Log, folder: Path) -> None:
    imported(log, folder)
    before = rows(log)
    log.append([Record(kind="treaty", body=correction(log, first_act(log), "void", "0" * 64))], SECOND)
    assert rows(log) == before
    (finding,) = LogLayer(log, len(log)).held("harbour-protocol")[2]
    assert (finding.level, finding.code) == ("warning", "correction-hash")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"corrects": {"index": 0, "hash": "0" * 64}}, "correction-of-nothing"),
        ({"corrects": {"index": "x"}, "ref": "1999-01-01 FRA approval"}, "correction-of-nothing"),
        ({"set": "date=1986-02-30"}, "date-impossible"),
        ({"set": "act=teleportation"}, "act-unknown"),
        ({"set": "nothing=1"}, "set-wrong"),
        ({"set": 3}, "leaf-malformed"),
        ({"ref": "the first"}, "ref-wrong"),
    ],
)
def test_a_correction_that_cannot_be_applied_is_told(
    log: Log, folder: Path, change: dict[str, object], code: str
) -> None:
    imported(log, folder)
    before = rows(log)
    log.append([Record(kind="treaty", body=correction(log, first_act(log), "void") | change)], SECOND)
    assert rows(log) == before
    assert [finding.code for finding in LogLayer(log, len(log)).held("harbour-protocol")[2]] == [code]


def test_what_no_longer_stands_cannot_be_changed(log: Log, folder: Path) -> None:
    imported(log, folder)
    at = first_act(log)
    bodies = [correction(log, at, "void"), correction(log, at, "date=1985-02-02")]
    log.append([Record(kind="treaty", body=body) for body in bodies], SECOND)
    assert len(rows(log)) == 4
    assert [one.code for one in LogLayer(log, len(log)).held("harbour-protocol")[2]] == ["correction-of-nothing"]


def test_an_act_that_cannot_be_read_can_be_voided(log: Log, folder: Path) -> None:
    imported(log, folder)
    body = {"instrument": "harbour-protocol", "date": "1992-02-30", "actor": "FRA", "act": "withdrawal"}
    log.append([Record(kind="treaty", body=body)], SECOND)
    layer = LogLayer(log, len(log))
    assert [(one.level, one.code) for one in layer.held("harbour-protocol")[2]] == [("error", "date-impossible")]
    log.append([Record(kind="treaty", body=correction(log, len(log) - 1, "void"))], THIRD)
    assert LogLayer(log, len(log)).held("harbour-protocol")[2] == ()
    assert len(rows(log)) == 5


def test_corrections_that_a_folder_could_not_tell_apart_are_applied_on_export(
    log: Log, folder: Path, tmp_path: Path
) -> None:
    """Two acts of one name: a row of the folder would correct the first, where the entry corrects the second."""
    path = folder / "instruments/harbour-protocol.csv"
    edit(
        path, "1986-03-01,FRA,reservation,,9(2)", "1986-03-01,FRA,reservation,,7,,,,,\n1986-03-01,FRA,reservation,,9(2)"
    )
    imported(log, folder)
    body = correction(log, first_act(log) + 4, "ref=9(3)") | {"actor": "FRA"}
    log.append([Record(kind="treaty", body=body)], SECOND)
    export(log, len(log), tmp_path / "out", "notation")
    text = (tmp_path / "out/instruments/harbour-protocol.csv").read_text(encoding="utf-8")
    assert "correction" not in text
    acts = Reading([FolderLayer(tmp_path / "out")]).acts("harbour-protocol")
    assert [one.ref for one in acts if one.kind == "reservation"] == ["7", "9(3)"]
    assert plan(FolderLayer(tmp_path / "out"), LogLayer(log, len(log))).empty


def test_an_approved_change_and_a_correction_of_the_depositary(log: Log, folder: Path, tmp_path: Path) -> None:
    imported(log, folder)
    one = act("2026-02-01 MLT correction", ref="1986-02-01 MLT ratification", change="date=1986-02-02")
    record(log, one, SECOND, findings_of=faults_of())
    edit(folder / "instruments/harbour-protocol.csv", "1986-02-01,MLT", "1986-02-03,MLT")
    numbers = imported(log, folder, SECOND).proposals
    assert [describe(one) for one in log.proposals()] == [
        f"harbour-protocol, entry {first_act(log) + 1}: 1986-02-02 MLT ratification: date 1986-02-02 → 1986-02-03"
    ]
    assert not approve(log, numbers, THIRD).refused
    export(log, len(log), tmp_path / "out", "notation")
    assert same_files(folder, tmp_path / "out")


def test_a_correction_of_a_correction_undoes_it(log: Log, folder: Path) -> None:
    imported(log, folder)
    before = rows(log)
    log.append([Record(kind="treaty", body=correction(log, first_act(log), "void"))], SECOND)
    assert len(rows(log)) == len(before) - 1
    log.append([Record(kind="treaty", body=correction(log, len(log) - 1, "void"))], THIRD)
    assert rows(log) == before


# Recording one act


def act(text: str, ref: str = "", change: str = "") -> Act:
    day, actor, kind = text.split()
    legal = parse_legal_date(day)
    return Act(instrument="harbour-protocol", date=legal, actor=actor, kind=kind, ref=ref, set=change)


def faults_of(*under: Layer) -> Callable[[Layer], list[Finding]]:
    return lambda layer: list(Reading([layer, *under]).findings_of("harbour-protocol"))


def test_one_act_is_recorded(log: Log, folder: Path) -> None:
    size = imported(log, folder).stop
    done = record(log, act("1992-01-01 FRA withdrawal"), SECOND, findings_of=faults_of())
    assert (done.first, done.stop, done.findings) == (size, size + 1, ())
    assert rows(log)[-1] == "1992-01-01 FRA withdrawal"


@pytest.mark.parametrize(
    ("text", "code"), [("1992-01-01 FRE withdrawal", "actor-unknown"), ("1986-02-01 MLT ratification", "act-twice")]
)
def test_an_act_that_would_be_an_error_is_refused(log: Log, folder: Path, text: str, code: str) -> None:
    size = imported(log, folder).stop
    done = record(log, act(text), SECOND, findings_of=faults_of())
    assert done.refused
    assert [finding.code for finding in done.findings] == [code]
    assert len(log) == size


def test_a_recorded_correction_points_at_its_entry(log: Log, folder: Path) -> None:
    size = imported(log, folder).stop
    one = act("2026-02-01 MLT correction", ref="1986-02-01 MLT ratification", change="date=1986-02-02")
    assert not record(log, one, SECOND, findings_of=faults_of()).refused
    assert next(iter(log.entries(size))).leaf.body["corrects"]["index"] == first_act(log) + 1
    assert "1986-02-02 MLT ratification" in rows(log)
    astray = act("2026-02-01 MLT correction", ref="1999-02-01 MLT ratification", change="void")
    assert record(log, astray, SECOND, findings_of=faults_of()).findings[0].code == "correction-of-nothing"


def test_what_lies_below_is_taken_over_with_the_first_act(log: Log, folder: Path) -> None:
    below = FolderLayer(folder)
    done = record(log, act("1992-01-01 FRA withdrawal"), FIRST, findings_of=faults_of(below), under=[below])
    assert [finding.code for finding in done.findings] == ["acts-adopted"]
    assert len(log) == 7
    assert len(Reading([LogLayer(log, len(log)), below]).acts("harbour-protocol")) == 6


# Exports


def test_lines_and_tiles_can_be_verified(log: Log, folder: Path, tmp_path: Path) -> None:
    size = imported(log, folder).stop
    signer = Signer("example.org/register", bytes(range(32)))
    with pytest.raises(LogError, match="sign one first"):
        export(log, size, tmp_path / "none", "jsonl")
    assert not (tmp_path / "none").exists()
    forms: tuple[Form, ...] = ("jsonl", "tiles")
    for form in forms:
        export(log, size, tmp_path / form, form, signer=signer)
        assert verify(tmp_path / form).ok


def test_an_export_that_cannot_be_made_leaves_nothing(log: Log, folder: Path, tmp_path: Path) -> None:
    size = imported(log, folder).stop
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for folder_ in (tmp_path / "file", tmp_path / "file/below"):
        with pytest.raises(StoreError):
            export(log, size, folder_, "notation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comity.register.exporting.print_acts", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            export(log, size, tmp_path / "out", "notation")
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == []


@pytest.mark.parametrize("form", ["notation", "csv", "jsonl", "tiles"])
def test_an_export_tells_how_far_it_is(log: Log, folder: Path, tmp_path: Path, form: Form) -> None:
    size = imported(log, folder).stop
    told: list[tuple[int, int]] = []
    signer = Signer("example.org/register", bytes(32))
    (tmp_path / "out").mkdir()
    export(log, size, tmp_path / "out", form, signer=signer, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0


def test_an_earlier_size_is_exported_as_it_was(log: Log, folder: Path, tmp_path: Path) -> None:
    size = imported(log, folder).stop
    record(log, act("1992-01-01 FRA withdrawal"), SECOND, findings_of=faults_of())
    export(log, size, tmp_path / "out", "notation")
    assert same_files(folder, tmp_path / "out")
    export(log, size, tmp_path / "lines", "jsonl", signer=Signer("example.org/register", bytes(32)))
    assert verify(tmp_path / "lines").size == size


def test_the_flat_table_has_all_that_stands(log: Log, folder: Path, tmp_path: Path) -> None:
    imported(log, folder)
    export(log, len(log), tmp_path / "out", "csv")
    lines = (tmp_path / "out/acts.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",")[:4] == ["instrument", "date", "actor", "act"]
    assert len(lines) == 6
    assert lines[2].startswith("harbour-protocol,1986-02-01,MLT,ratification,")


@pytest.mark.parametrize("form", ["notation", "csv"])
def test_a_folder_that_is_not_empty_is_left_alone(log: Log, folder: Path, tmp_path: Path, form: Form) -> None:
    imported(log, folder)
    out = write(tmp_path / "out", {"letter.txt": "mine"})
    with pytest.raises(AlreadyThereError):
        export(log, len(log), out, form)
    assert [path.name for path in out.iterdir()] == ["letter.txt"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".out")) == []


# Killed

KILLED = """
import sys
from pathlib import Path
from comity.register.folder import FolderLayer
from comity.register.importing import apply, plan
from comity.register.log import Log
from comity.register.logged import LogLayer, _Index
log = Log.open(sys.argv[1])
found = plan(FolderLayer(Path(sys.argv[2])), LogLayer(log, len(log)))
print("ready", flush=True)
apply(log, found, "2026-01-01T12:00:00.000000Z")
"""


@pytest.mark.parametrize("wait", [0.0, 0.005, 0.02, 0.05])
def test_a_killed_import_leaves_nothing_or_all(tmp_path: Path, root: Path, wait: float) -> None:
    address = tmp_path / "log.comity"
    Log.create(address, "example.org/register").close()
    command = [sys.executable, "-c", KILLED, str(address), str(root / "public")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
    with Log.open(address) as log:
        found = plan(FolderLayer(root / "public"), LogLayer(log, len(log)))
        assert len(log) == 0 or found.empty
        apply(log, found, SECOND)
        assert plan(FolderLayer(root / "public"), LogLayer(log, len(log))).empty
