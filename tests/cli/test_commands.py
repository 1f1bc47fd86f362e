"""Every command in every format: what it answers, how it refuses, and what it exits with."""

import csv
import inspect
import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import Result

from comity.cli.main import COMMANDS, main
from comity.law.rows import COLUMNS

Run = Callable[..., Result]

# A question for each command that takes one, on a fixed day.
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "ctbt", "--on", "2024-01-01"),
    "why": ("why", "paris-agreement", "USA", "--on", "2021-02-18"),
    "missing": ("missing", "ctbt", "--on", "2024-01-01"),
    "relation": ("relation", "vcdr", "GBR", "QAT", "--on", "2014-04-02"),
    "pairs": ("pairs", "vcdr", "--on", "2014-04-02"),
    "timeline": ("timeline", "kyoto-protocol"),
    "changes": ("changes", "--from", "2016-11-01", "--to", "2016-11-04"),
    "actor": ("actor", "TUV", "--on", "2020-01-01"),
    "compare": ("compare", "--actors", "FRA,g7", "--instruments", "npt,ctbt", "--on", "2020-01-01"),
    "what-if": ("what-if", "paris-agreement", "--act", "2027-01-04 FRA withdrawal"),
    "search": ("search", "nuclear"),
    "check": ("check",),
}
ASKING = {name for name in COMMANDS if COMMANDS[name][0] in {"queries", "checking"}}


def test_there_is_a_question_for_every_command_that_answers_one() -> None:
    assert set(QUESTIONS) == ASKING


def test_the_table_of_commands_and_the_modules_agree() -> None:
    for name, (module, line) in COMMANDS.items():
        found = main.get_command(click.Context(main), name)
        assert isinstance(found, click.Command)
        assert (found.name, bool(line)) == (name, True)
        assert f"{name.replace('-', '_')}_command" in import_module(f"comity.cli.{module}").__all__
    for module in {module for module, _ in COMMANDS.values()}:
        commands = inspect.getmembers(import_module(f"comity.cli.{module}"), lambda it: isinstance(it, click.Command))
        assert {command.name for _, command in commands} <= set(COMMANDS)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_as_json(run: Run, name: str) -> None:
    result = run(*QUESTIONS[name], "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_as_csv_with_the_columns_of_its_kind(run: Run, name: str) -> None:
    result = run(*QUESTIONS[name], "--format", "csv")
    assert result.exit_code == 0, result.output
    header, *rows = csv.reader(io.StringIO(result.stdout))
    assert tuple(header) in COLUMNS.values()
    assert rows
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("name", sorted(QUESTIONS))
@pytest.mark.parametrize("width", ["30", "80", "120"])
def test_as_a_table_without_trailing_spaces_or_colour(run: Run, name: str, width: str) -> None:
    result = run(*QUESTIONS[name], "--format", "table", COLUMNS=width)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) > 1
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\x1b" not in result.stdout
    # Only what cannot be broken stands beyond the edge: one long word after its indent.
    beyond = [line for line in lines if len(line) > int(width) and " " in line.strip()]
    assert [line for line in beyond if max(map(len, line.split())) < int(width) - 12] == []


@pytest.mark.parametrize("name", ["why", "relation", "missing"])
def test_no_word_is_lost_in_a_narrow_terminal(run: Run, name: str) -> None:
    wide = run(*QUESTIONS[name], "--format", "table", COLUMNS="200").stdout.split()
    narrow = run(*QUESTIONS[name], "--format", "table", COLUMNS="40").stdout.split()
    assert set(wide) - set(narrow) - {"provision", "heading"} == set()


def test_a_program_gets_json_unless_it_asks_otherwise(run: Run) -> None:
    assert json.loads(run(*QUESTIONS["why"]).stdout)["status"] == "contracting"


def test_status_has_the_keys_of_the_contract(run: Run, folder: Path) -> None:
    result = run("status", "lake-treaty", "--on", "1998-01-01", "--register", folder)
    assert json.loads(result.stdout) == {
        "instrument": "lake-treaty",
        "on": "1998-01-01",
        "in_force": True,
        # 1996-06 counts from its last day, and a month later is 30 July.
        "threshold_met": "1996-06-30",
        "entry_into_force": "1996-07-30",
        "known_until": {"signature": "2020-12-31", "consent": "2020-12-31", "withdrawal": "2020-12-31"},
        "counts": {"signatory": 0, "contracting": 0, "party": 3, "former": 0},
        "actors": [
            {
                "actor": code,
                "status": "party",
                "since": since,
                "until": None,
                "flags": {},
                "consent": {"act": act, "date": day},
            }
            for code, since, act, day in (
                ("AUT", "1997-04-03", "accession", "1997-03-03"),
                ("CHE", "1996-07-30", "ratification", "1996-01-31"),
                ("DEU", "1996-07-30", "accession", "1996-06"),
            )
        ],
        "findings": [],
    }


def test_status_of_one_actor_keeps_the_counts(run: Run, folder: Path) -> None:
    result = run("status", "lake-treaty", "--on", "2003-01-01", "--actor", "deu", "--register", folder)
    found = json.loads(result.stdout)
    assert [one["actor"] for one in found["actors"]] == ["DEU"]
    assert (found["actors"][0]["status"], found["actors"][0]["ended_by"]) == ("former", "withdrawal")
    assert found["counts"] == {"signatory": 0, "contracting": 0, "party": 2, "former": 1}


def test_status_says_where_knowledge_ends(run: Run, folder: Path) -> None:
    ask = ("status", "lake-treaty", "--register", folder, "--format", "table", "--on")
    assert "Not known since: 2022-01-01 lies past that" in run(*ask, "2022-01-01").stdout
    assert "Not known since" not in run(*ask, "2019-01-01").stdout


def test_an_actor_of_whom_nothing_is_known_is_said_to_be_so(run: Run, folder: Path) -> None:
    result = run(
        *("status", "lake-treaty", "--register", folder, "--format", "table"), "--on", "2019-01-01", "--actor", "FRA"
    )
    assert "Nothing is known of France (FRA)" in result.stdout


def test_findings_beside_one_actor_are_about_that_actor(run: Run) -> None:
    ask = ("--on", "2010-01-01", "--format", "table")
    india = run("status", "ihr-2005", "--actor", "IND", *ask, COLUMNS="200").stdout
    assert "2006 IND consent" in india
    assert "USA acceptance" not in india
    assert "warning" not in run("why", "ihr-2005", "FRA", *ask).stdout
    assert "USA acceptance" in run("status", "ihr-2005", *ask, COLUMNS="200").stdout


def test_a_vote_is_shown_by_side(run: Run) -> None:
    shown = run("status", "udhr", "--on", "2020-01-01", "--format", "table", COLUMNS="80").stdout
    assert "48 for, 0 against" in shown
    assert "Abstaining (8): Belarus (BLR)" in shown
    assert "not in force" not in shown


def test_parts_and_contests_are_shown(run: Run) -> None:
    kigali = run("status", "kigali-amendment", "--on", "2020-01-01", "--format", "table").stdout
    assert "in force from 2033-01-01" in kigali
    npt = run("status", "npt", "--on", "2010-01-01", "--actor", "PRK", "--format", "table", COLUMNS="200").stdout
    assert "contested by Japan (JPN), who holds: without effect" in npt


def test_missing_shows_each_condition_and_the_smallest_sets(run: Run) -> None:
    shown = run("missing", "kyoto-protocol", "--on", "2004-01-01", "--format", "table", COLUMNS="100").stdout
    assert "✗ All of 2 conditions are needed; met so far: 1." in shown
    assert "✓ 119 consents count; 55 are needed." in shown
    assert "at least 55% is needed" in shown
    assert "· Russian Federation (RUS)\n" in shown
    met = run("missing", "kyoto-protocol", "--on", "2006-01-01", "--format", "table").stdout
    assert "Nothing is missing." in met


def test_large_sets_are_shown_once(run: Run) -> None:
    shown = run("missing", "pandemic-agreement", "--on", "2025-06-01", "--format", "table").stdout
    assert "the first of the smallest sets" in " ".join(shown.split())
    assert len(json.loads(run("missing", "pandemic-agreement", "--on", "2025-06-01").stdout)["smallest"]) == 10


# Refusals


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (("status", "paris-agrement"), "instrument-unknown", "paris-agreement"),
        (("status", "npt", "--actor", "Frnace"), "actor-unknown", "FRA"),
        (("why", "npt", "USB"), "actor-unknown", "USA"),
        (("relation", "vcdr", "GBR", "QATT"), "actor-unknown", "QAT"),
        (("timeline", "kyoto"), "name-unknown", "kyoto-protocol"),
        (("actor", "Germny"), "actor-unknown", "DEU"),
        (("compare", "--actors", "FRA", "--instruments", "ntp"), "instrument-unknown", "npt"),
        (("changes", "--from", "2020-01-01", "--to", "2019-01-01"), "period-wrong", "earlier"),
        (("status", "npt", "--known", "2020-01-01"), "one-clock", "log"),
        (("check", "/nowhere/at/all"), "register-missing", "path"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_hint(
    run: Run, arguments: tuple[str, ...], code: str, hint: str
) -> None:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 2
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["level"], finding["code"]) == ("error", code)
    assert hint in finding["do"]
    shown = run(*arguments, "--format", "table")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert code in shown.stderr


@pytest.mark.parametrize(
    "day", ["2021-02-30", "1951-07", "1951", "9999-12-31", "tomorrow", "", "01/02/2020", "２０２０-01-01"]
)
def test_odd_dates_are_refused(run: Run, day: str) -> None:
    result = run("status", "npt", "--on", day)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["findings"][0]["code"] == "date-impossible"


def test_known_on_a_folder_of_ones_own_is_refused(run: Run, folder: Path) -> None:
    result = run("status", "lake-treaty", "--register", folder, "--known", "2020-01-01")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["findings"][0]["code"] == "one-clock"


@pytest.mark.parametrize("arguments", [("status",), ("nonsense",), ("status", "npt", "--format", "xml"), ("search",)])
def test_wrong_usage_exits_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_a_rule_that_cannot_be_judged_is_a_refusal_and_no_traceback(run: Run, folder: Path) -> None:
    text = (folder / "instruments/lake-treaty.toml").read_text(encoding="utf-8")
    text = text.replace("when = { count = 2 }", 'when = { share = 0.5, of = "no-such-table" }\nofficial = 1996-07-30')
    (folder / "instruments/lake-treaty.toml").write_text(text, encoding="utf-8")
    result = run("missing", "lake-treaty", "--register", folder, "--on", "1996-01-01")
    assert result.exit_code == 2
    assert "no-such-table" in json.loads(result.stdout)["findings"][0]["says"]


# check


def test_check_of_a_folder_tells_of_that_folder_alone(run: Run, folder: Path) -> None:
    clean = run("check", folder)
    assert clean.exit_code == 0
    assert json.loads(clean.stdout) == {"findings": []}
    with (folder / "instruments/lake-treaty.csv").open("a", encoding="utf-8") as acts:
        acts.write("1999-01-01,XXX,ratification\n1999-01-01,FRA,ratifcation\n")
    faulty = run("check", folder)
    assert faulty.exit_code == 2
    found = json.loads(faulty.stdout)["findings"]
    assert {finding["file"] for finding in found} == {"instruments/lake-treaty.csv"}
    assert {(finding["line"], finding["level"]) for finding in found} == {(7, "error"), (8, "error")}


def test_check_finds_what_a_folder_breaks_in_the_register_beneath(run: Run, folder: Path) -> None:
    (folder / "weights").mkdir()
    # Lies over the table that the Kyoto Protocol's second condition weighs by.
    (folder / "weights/kyoto-annex-i-1990.csv").write_text("actor,weight\nUSA,1\n", encoding="utf-8")
    found = json.loads(run("check", folder).stdout)["findings"]
    assert "instruments/kyoto-protocol.toml" in {finding["file"] for finding in found}


def test_check_groups_by_file_counts_by_code_and_keeps_to_a_level(run: Run, folder: Path) -> None:
    path = folder / "instruments/lake-treaty.csv"
    path.write_text(path.read_text(encoding="utf-8") + "2001-06-01,AUT,accession\n", encoding="utf-8")
    whole = json.loads(run("check", folder).stdout)["findings"]
    assert {finding["level"] for finding in whole} == {"warning"}
    assert json.loads(run("check", folder, "--level", "error").stdout) == {"findings": []}
    shown = run("check", folder, "--format", "table").stdout
    assert "instruments/lake-treaty.csv\n  line 7: warning" in shown
    assert run("check", folder, "--level", "error", "--format", "table").stdout == "Nothing found wrong.\n"


def test_the_register_that_ships_has_no_error(run: Run) -> None:
    result = run("check", "--level", "error")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"findings": []})


# Help and the clock


def test_help_lists_every_command(run: Run) -> None:
    shown = run("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_without_on_the_day_is_today(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.cli.options.today", lambda: date(2020, 11, 4))
    found = json.loads(run("status", "paris-agreement", "--actor", "USA").stdout)
    assert (found["on"], found["actors"][0]["status"]) == ("2020-11-04", "former")
