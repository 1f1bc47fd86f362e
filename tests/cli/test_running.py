"""Runs from files: saved, cited by the hash of their result, done again and compared."""

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from click.testing import Result
from pyarrow import parquet

from comity.service import Refusal, open_register
from comity.service.methods import METHODS
from comity.service.runs import Run, again, digest_of, read_run, stands
from comity.service.runs import run as do_run

Runs = Callable[..., Result]
POWER = METHODS["power"]


_ALL = """
import msgspec
from comity.service import open_register
from comity.service.methods import METHODS
from comity.service.runs import run
register = open_register()
print(msgspec.json.encode({name: run(register, one, one.example).sha256 for name, one in METHODS.items()}).decode())
"""


@pytest.fixture
def saved(run: Runs, tmp_path: Path) -> Path:
    (tmp_path / "in.json").write_text(json.dumps(POWER.example))
    file = tmp_path / "run.json"
    assert run("run", "power", str(tmp_path / "in.json"), "--save", str(file), "--format", "json").exit_code == 0
    return file


def test_a_run_names_all_it_rests_on_and_its_result_by_hash(saved: Path) -> None:
    told = json.loads(saved.read_text())
    assert told["inputs"] == {**POWER.example, "index": ["banzhaf", "shapley"]} | told["inputs"]
    assert told["sha256"] == hashlib.sha256(rfc8785.dumps(told["result"])).hexdigest()
    assert [one["kind"] for one in told["register"]] == ["folder"]
    assert told["register"][0]["name"] == "public"
    assert told["started"] <= told["finished"]
    assert told["comity"]


def test_done_again_it_is_the_same(run: Runs, saved: Path) -> None:
    found = run("rerun", str(saved), "--format", "json")
    assert found.exit_code == 0
    assert json.loads(found.output)["outcome"] == "same"


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The run with another result, and the hash of that."""
    told = json.loads(file.read_text())
    change(told["result"])
    told["sha256"] = digest_of(told["result"])
    file.write_text(json.dumps(told))
    return file


def test_last_digits_are_close_and_more_than_that_differs(run: Runs, saved: Path) -> None:
    def nudge(part: float) -> Callable[[dict[str, Any]], None]:
        return lambda result: result["members"][0].update(shapley=result["members"][0]["shapley"] * (1 + part))

    told = json.loads(run("rerun", str(changed(saved, nudge(1e-13))), "--format", "json").output)
    assert (told["outcome"], told["differences"]) == ("close", [])
    found = run("rerun", str(changed(saved, nudge(1e-3))), "--format", "json")
    assert found.exit_code == 1
    assert json.loads(found.output)["differences"][0]["at"] == "members.0.shapley"
    assert "members.0.shapley" in run("rerun", str(saved), "--format", "table").output


@pytest.mark.parametrize("broken", ["{", "{}", "[" * 5000, '{"form": 9}'])
def test_a_file_that_is_no_run_is_refused(run: Runs, tmp_path: Path, broken: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(broken)
    found = run("rerun", str(file), "--format", "json")
    assert (found.exit_code, json.loads(found.output)["findings"][0]["code"]) == (2, "run-malformed")


def test_a_run_that_was_tampered_with_is_refused(run: Runs, saved: Path) -> None:
    saved.write_text(saved.read_text().replace('"method": "states"', '"method": "guessed"'))
    found = run("rerun", str(saved), "--format", "json")
    assert (found.exit_code, json.loads(found.output)["findings"][0]["code"]) == (2, "run-changed")


def test_it_says_where_register_or_version_are_not_those_of_then(tmp_path: Path) -> None:
    before = do_run(open_register(), POWER, POWER.example)
    (tmp_path / "weights").mkdir()
    register = open_register(tmp_path)
    assert [one.name for one in stands(register)] == [tmp_path.name, "public"]
    found = again(msgspec.structs.replace(before, comity="0.0.1"), register)
    assert found.outcome == "same"
    assert len(found.notes) == 3


def test_tables_of_a_result_as_csv_and_parquet(run: Runs, saved: Path) -> None:
    inputs = str(saved.parent / "in.json")
    rows = run("run", "power", inputs, "--format", "csv").output.splitlines()
    assert (len(rows), rows[0].split(",")[0]) == (16, "actor")
    table = parquet.read_table(io.BytesIO(run("run", "power", inputs, "--format", "parquet").stdout_bytes))
    assert table.num_rows == 15
    assert table.schema.metadata[b"comity.run"].decode() == json.loads(saved.read_text())["sha256"]
    assert run("run", "power", inputs, "--table", "nothing", "--format", "csv").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("run", "nothing"), "analysis-unknown"),
        (("run", "power"), "inputs-malformed"),
        (("run", "power", "/nowhere.json"), "file-unreadable"),
        (("rerun", "/nowhere.json"), "file-unreadable"),
        (("run", "power", "{in}", "--save", "/nowhere/x.json"), "file-unwritable"),
    ],
)
def test_what_cannot_be_run_is_refused(run: Runs, saved: Path, arguments: tuple[str, ...], code: str) -> None:
    found = run(*(one.format(**{"in": saved.parent / "in.json"}) for one in arguments), "--format", "json")
    assert (found.exit_code, json.loads(found.output)["findings"][0]["code"]) == (2, code)


def test_examples_are_printed_and_run(run: Runs, tmp_path: Path) -> None:
    example = run("run", "club", "--example").output
    (tmp_path / "club.json").write_text(example)
    said = run("run", "club", str(tmp_path / "club.json"), "--format", "table").output
    assert METHODS["club"].summary.split(",")[0] in " ".join(said.split())
    assert "SHA-256" in said


def test_every_method_comes_out_the_same_in_another_process() -> None:
    """Sets are walked in another order there: no sum and no rank may hang on it."""
    seeds = ("1", "2")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _ALL], env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE
        )
        for seed in seeds
    ]
    one, other = (json.loads(process.communicate()[0]) for process in processes)
    assert list(one) == list(METHODS)
    assert [name for name in METHODS if one[name] != other[name]] == []


def test_whole_numbers_that_programs_round_are_hashed_as_text() -> None:
    assert digest_of({"n": 2**60}) == digest_of({"n": str(2**60)})
    assert digest_of({"n": 1.0}) == digest_of({"n": 1})


def test_a_run_can_be_read_as_it_was_written() -> None:
    one = do_run(open_register(), METHODS["club"], METHODS["club"].example)
    assert read_run(msgspec.json.encode(one)) == one
    assert isinstance(one, Run)
    with pytest.raises(Refusal):
        do_run(open_register(), POWER, {"rule": 3})
