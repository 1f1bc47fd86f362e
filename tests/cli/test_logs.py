"""Keeping a log from the command line: every command in every format, what is refused, and what a verifier says."""

import csv
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def log(run: Run, folder: Path, tmp_path: Path) -> Path:
    """A log that holds the treaty."""
    place = tmp_path / "lake.comity"
    assert run("init", place).exit_code == 0
    assert run("import", folder, "--into", place).exit_code == 0
    return place


def edit(folder: Path, before: str, after: str) -> None:
    path = folder / "instruments/lake-treaty.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def party(run: Run, log: Path, code: str, on: str, *more: str) -> dict[str, object]:
    result = run("status", "lake-treaty", "--on", on, "--actor", code, "--register", log, *more)
    assert result.exit_code == 0, result.output
    (one,) = json.loads(result.stdout)["actors"]
    return dict(one)


def test_a_new_log_has_a_key_that_only_its_owner_reads(run: Run, tmp_path: Path) -> None:
    made = json.loads(run("init", tmp_path / "new.comity").stdout)
    assert made["origin"] == "new"
    assert made["key"].startswith("new+")
    assert stat.S_IMODE(Path(made["key_file"]).stat().st_mode) == 0o600
    again = run("init", tmp_path / "new.comity")
    assert again.exit_code == 2
    assert json.loads(again.stdout)["findings"][0]["level"] == "error"


def test_importing_twice_writes_nothing_the_second_time(run: Run, folder: Path, log: Path) -> None:
    again = json.loads(run("import", folder, "--into", log).stdout)
    assert (again["appended"], again["proposals"]) == (0, [])


def test_a_change_is_proposed_and_holds_once_approved(run: Run, folder: Path, log: Path) -> None:
    edit(folder, "1997-03-03", "1997-03-04")
    found = json.loads(run("import", folder, "--into", log).stdout)
    assert (found["appended"], len(found["proposals"])) == (0, 1)
    assert party(run, log, "AUT", "1998-01-01")["since"] == "1997-04-03"
    (proposal,) = json.loads(run("proposals", log).stdout)
    listed = run("proposals", log, "--format", "table").stdout
    assert listed == f"{proposal['id']}. lake-treaty: 1997-03-03 AUT accession → 1997-03-04 AUT accession\n"
    assert run("approve", log, proposal["id"], "--format", "table").stdout == "Approved; 1 entry appended.\n"
    assert party(run, log, "AUT", "1998-01-01")["since"] == "1997-04-04"
    assert party(run, log, "AUT", "1998-01-01", "--known", "6")["since"] == "1997-04-03"
    assert json.loads(run("proposals", log).stdout) == []
    assert run("proposals", log, "--format", "table").stdout == "None.\n"
    assert len(json.loads(run("proposals", log, "--settled").stdout)) == 1


def test_a_rejected_change_is_not_proposed_again(run: Run, folder: Path, log: Path) -> None:
    edit(folder, "1997-03-03", "1997-03-04")
    run("import", folder, "--into", log)
    assert run("reject", log, "1").exit_code == 0
    again = json.loads(run("import", folder, "--into", log).stdout)
    assert (again["appended"], again["proposals"]) == (0, [])
    assert party(run, log, "AUT", "1998-01-01")["since"] == "1997-04-03"


def test_an_act_is_recorded_unless_it_brings_an_error(run: Run, log: Path) -> None:
    done = run("record", log, "lake-treaty", "AUT", "withdrawal", "--date", "2010-02-03", "--source", "CN 1/2010")
    assert done.exit_code == 0
    assert party(run, log, "AUT", "2012-01-01")["status"] == "former"
    before = json.loads(run("verify", log).stdout)["size"]
    for wrong in (("XXX", "accession"), ("FRA", "acession"), ("FRA", "withdrawal")):
        refused = run("record", log, "lake-treaty", *wrong, "--date", "2010-02-03")
        assert refused.exit_code == 2
        assert json.loads(refused.stdout)["findings"]
    assert run("record", log, "no-such-treaty", "FRA", "accession", "--date", "2010-02-03").exit_code == 2
    assert run("record", log, "lake-treaty", "FRA", "accession", "--date", "2010-02-30").exit_code == 2
    assert json.loads(run("verify", log).stdout)["size"] == before


@pytest.mark.parametrize("form", ["notation", "jsonl", "csv", "tiles"])
def test_an_export_appears_whole_and_only_in_an_empty_place(run: Run, log: Path, tmp_path: Path, form: str) -> None:
    done = run("export", log, "--to", tmp_path / "out", "--as", form)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["size"] > 0
    assert run("export", log, "--to", tmp_path / "out", "--as", form).exit_code == 2


def test_the_notation_comes_back_and_checks(run: Run, log: Path, tmp_path: Path) -> None:
    run("export", log, "--to", tmp_path / "out", "--as", "notation")
    assert json.loads(run("check", tmp_path / "out").stdout) == {"findings": []}
    assert run("check", log).exit_code == 0


def test_a_stranger_verifies_an_export_and_names_what_was_tampered_with(run: Run, log: Path, tmp_path: Path) -> None:
    note = run("checkpoint", log).stdout
    key = tmp_path / "lake.pub"
    # The signer's name and key as init printed them; a second log shows what a wrong key does.
    other = json.loads(run("init", tmp_path / "other.comity").stdout)["key"]
    out = tmp_path / "out"
    run("export", log, "--to", out, "--as", "jsonl")
    (tmp_path / "note").write_text(note, encoding="utf-8")
    right = json.loads(run("verify", out, "--published", tmp_path / "note").stdout)
    assert (right["ok"], right["first_bad"]) == (True, None)
    key.write_text(other, encoding="utf-8")
    assert run("verify", out, "--key", key).exit_code in {1, 2}
    entries = out / "entries.jsonl"
    entries.chmod(0o600)
    lines = entries.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace("1996", "1997")
    entries.write_text("".join(lines), encoding="utf-8")
    bad = run("verify", out)
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)["first_bad"] == 2
    assert "The first bad entry is 2." in run("verify", out, "--format", "table").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "npt", "--register", "nowhere.comity"),
        ("import", "nowhere", "--into", "{log}"),
        ("record", "nowhere.comity", "npt", "FRA", "accession", "--date", "2020-01-01"),
        ("proposals", "nowhere.comity"),
        ("approve", "{log}", "99"),
        ("reject", "{log}", "99"),
        ("export", "nowhere.comity", "--to", "out", "--as", "tiles"),
        ("checkpoint", "nowhere.comity"),
        ("verify", "nowhere.comity"),
        ("import", "{log}.key", "--into", "{log}", "--as", "csv"),
        ("status", "npt", "--register", "{log}.key"),
        ("status", "npt", "--register", "{log}", "--known", "999"),
        ("status", "npt", "--register", "{log}", "--known", "yesterday"),
    ],
)
def test_what_cannot_be_done_is_a_finding_and_exits_2(run: Run, log: Path, arguments: tuple[str, ...]) -> None:
    result = run(*(word.format(log=log) for word in arguments))
    assert result.exit_code == 2
    assert json.loads(result.stdout)["findings"][0]["says"]
    shown = run(*(word.format(log=log) for word in arguments), "--format", "table")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "error" in shown.stderr


@pytest.mark.parametrize("command", ["proposals", "verify"])
def test_as_csv(run: Run, log: Path, command: str) -> None:
    header, *_ = csv.reader(io.StringIO(run(command, log, "--format", "csv").stdout))
    assert header


def test_questions_of_a_log_answer_like_its_folder(run: Run, folder: Path, log: Path) -> None:
    for ask in (("status", "lake-treaty"), ("why", "lake-treaty", "DEU"), ("missing", "lake-treaty")):
        of_folder = run(*ask, "--on", "1996-07-01", "--register", folder)
        assert run(*ask, "--on", "1996-07-01", "--register", log).stdout == of_folder.stdout
