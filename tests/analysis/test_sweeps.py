"""Sweeps: every point of a grid once and in order, whatever becomes of the workers."""

import csv
import io
import json
import multiprocessing
import os
import signal
import sys
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyarrow import parquet

from comity.cli.main import main
from comity.service import Refusal, runs
from comity.service.clusters import Cluster
from comity.service.methods import METHODS
from comity.service.queries import Register
from comity.service.sweeps import Sweep, axis_of, sweep

CLUB = METHODS["club"]
# Eight players: a point takes a worker about a tenth of a second.
GOOD = {
    "text": json.dumps(
        {
            "players": [{"name": f"P{k}", "parameters": {"b": k + 1, "c": 1}} for k in range(8)],
            "model": "public-good",
        }
    )
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("price=12.5,25", (12.5, 25)),
        ("tariff=0:0.1:0.05", (0, 0.05, 0.1)),
        ("tariff=0.3:0:-0.1", (0.3, 0.2, 0.1, 0)),
        ("clause=a,true,3", ("a", True, 3)),
        ('look=[["A"],["A","B"]]', (["A"], ["A", "B"])),
        ("on=2020-01-01", ("2020-01-01",)),
    ],
)
def test_an_axis_is_read_as_it_is_written(text: str, values: tuple[object, ...]) -> None:
    assert axis_of(text).values == values


@pytest.mark.parametrize("text", ["price", "=1", "price=", "tariff=0:1:0", "tariff=0:1:-1", "x=0:1:0.0000001", "x=[1"])
def test_an_axis_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        axis_of(text)
    assert [one.code for one in caught.value.findings] == ["sweep-axis"]


@pytest.fixture(autouse=True)
def read_once_too(monkeypatch: pytest.MonkeyPatch, shipped: Register) -> None:
    monkeypatch.setattr("comity.service.sweeps._register", lambda *_: shipped)


def test_rows_are_in_the_order_of_the_grid_and_have_the_hash_of_their_run(shipped: Register) -> None:
    found = sweep(CLUB, CLUB.example, (axis_of("price=12.5,100"), axis_of("tariff=0:0.1:0.05")))
    assert [(row["price"], row["tariff"]) for row in found.rows] == list(product((12.5, 100), (0, 0.05, 0.1)))
    for row in found.rows:
        alone = runs.run(shipped, CLUB, {**CLUB.example, "price": row["price"], "tariff": row["tariff"]})
        assert row["sha256"] == alone.sha256
    inner = sweep(METHODS["package"], METHODS["package"].example, (axis_of("offer.utility.A.fund.large=1,5"),))
    assert len({row["sha256"] for row in inner.rows}) == 2


def test_a_fault_of_any_point_is_told_before_anything_is_computed() -> None:
    for axes, codes in (
        (("price=1,x", "tarif=0"), {"parameter-unknown", "parameter-wrong"}),
        (("price=1", "price=2"), {"sweep-axis"}),
        (("price.in=1",), {"sweep-axis"}),
        (("price=0:90000:1", "tariff=0:1:0.01"), {"sweep-too-large"}),
    ):
        with pytest.raises(Refusal) as caught:
            sweep(CLUB, CLUB.example, tuple(map(axis_of, axes)))
        assert {one.code for one in caught.value.findings} == codes


def test_a_point_that_is_refused_is_a_row_that_says_why() -> None:
    found = sweep(CLUB, CLUB.example, (axis_of("tariff=0,2"),))
    assert found.refused == 1
    assert "a tariff lies from 0 to 1" in str(found.rows[1]["refused"])


def test_a_table_that_one_point_lacks_leaves_a_row_and_one_that_all_lack_is_refused() -> None:
    found = sweep(METHODS["coalitions"], GOOD, (axis_of("transfers=false,true"),), table="stable_with_transfers")
    assert "coalition" not in found.rows[0]
    assert [row["point"] for row in found.rows][:2] == [0, 1]
    with pytest.raises(Refusal, match="no answer has a table"):
        sweep(CLUB, CLUB.example, (axis_of("price=1"),), table="none")


def test_a_worker_that_is_killed_loses_nothing() -> None:
    method, axes = METHODS["coalitions"], (axis_of("most=1:10:1"),)
    ended: list[tuple[int, int]] = []

    def kill(done: int, total: int) -> None:
        """One worker, after the first row, with others to come."""
        if not ended:
            worker = multiprocessing.active_children()[0]
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            worker.join(5)
            ended.append((worker.pid, total - done))

    found: Sweep = sweep(method, GOOD, axes, cluster=Cluster(workers=2), table="counts", progress=kill)
    assert ended[0][1] == 9
    assert found == sweep(method, GOOD, axes, table="counts")
    assert [row["point"] for row in found.rows] == list(range(10))
    # The processes end with the sweep.
    assert multiprocessing.active_children() == []


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refusal) as caught:
        sweep(CLUB, CLUB.example, (axis_of("price=1"),), cluster=Cluster(workers=2))
    assert [(one.code, one.do) for one in caught.value.findings] == [
        ("extra-missing", "install comity[sweeps], or work with --workers 1")
    ]


def test_the_command_writes_rows_in_every_form(tmp_path: Path) -> None:
    file = tmp_path / "club.json"
    file.write_text(json.dumps(CLUB.example), encoding="utf-8")
    command = ["sweep", "club", str(file), "--over", "price=12.5,25", "--over", "tariff=0,0.03", "--workers", "1"]
    told = json.loads(CliRunner().invoke(main, [*command, "--format", "json"]).output)
    assert (told["points"], told["over"]) == (4, {"price": [12.5, 25], "tariff": [0, 0.03]})
    rows = list(csv.DictReader(CliRunner().invoke(main, [*command, "--format", "csv"]).output.splitlines()))
    assert [row["sha256"] for row in rows] == [row["sha256"] for row in told["rows"]]
    columns = parquet.read_table(io.BytesIO(CliRunner().invoke(main, [*command, "--format", "parquet"]).stdout_bytes))
    assert columns.column("sha256").to_pylist() == [row["sha256"] for row in told["rows"]]
    assert "club at 4 points" in CliRunner().invoke(main, [*command, "--format", "table"]).output
    lost = CliRunner().invoke(main, ["sweep", "club", str(tmp_path / "none"), "--over", "price=1"])
    assert (lost.exit_code, "file-unreadable" in lost.output) == (2, True)
