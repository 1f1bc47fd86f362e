"""What a killed process leaves behind, and what two processes make of one log."""

import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from comity.register import postgres
from comity.register.errors import ForkError
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.verification import verify

HERE = Path(__file__).parent
ORIGIN = "example.org/register"
RECORDED = "2026-11-23T05:10:03.123456Z"

WRITER = """
import sys
from comity.register.leaf import Record
from comity.register.log import Log
with Log.open(sys.argv[1]) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(int(sys.argv[3])):
        span = log.append([Record(kind="treaty", body={"by": sys.argv[2], "n": n})], sys.argv[4])
        print(span.start)
"""

CREATOR = """
import os, signal, sys, time, random
from comity.register.log import Log
for life in range(int(sys.argv[2])):
    path = f"{sys.argv[1]}/{life}"
    child = os.fork()
    if child == 0:
        Log.create(path, "example.org/register")
        os._exit(0)
    time.sleep(random.Random(life).uniform(0, 0.008))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if os.path.exists(path):
        with Log.open(path) as log:
            assert len(log) == 0
            print("there")
    else:
        Log.create(path, "example.org/register").close()
        print("not there")
"""


def kill_again_and_again(address: str, rounds: int) -> tuple[int, int]:
    """Entries left and writers met at work."""
    command = [sys.executable, str(HERE / "kill_writer.py"), address, str(rounds), "7"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    entries, busy = run.stdout.split()
    return int(entries), int(busy)


def test_four_hundred_killed_writers_lose_nothing_and_leave_nothing_half_written(tmp_path: Path) -> None:
    entries, busy = kill_again_and_again(str(tmp_path / "log"), 400)
    assert 100 < busy < 400  # killed at work, and killed before: else the test would say nothing
    assert entries > busy


@pytest.mark.postgres
def test_killed_writers_in_postgresql(database: str) -> None:
    Log.create(database, ORIGIN).close()
    entries, busy = kill_again_and_again(database, 30)
    assert entries >= busy > 5


def test_a_log_whose_creation_is_killed_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CREATOR, str(tmp_path), "60"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) == 60
    assert "not there" in run.stdout


def test_two_processes_cannot_fork_a_log(address: str) -> None:
    Log.create(address, ORIGIN).close()
    count = 150
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, address, name, str(count), RECORDED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    indexes = {
        name: list(map(int, writer.communicate(timeout=60)[0].split()))
        for name, writer in zip("ab", writers, strict=True)
    }
    assert [writer.returncode for writer in writers] == [0, 0]
    with Log.open(address) as log:
        assert verify(log).ok
        assert len(log) == 2 * count
        told = {e.index: (e.leaf.body["by"], e.leaf.body["n"]) for e in log.entries()}
    for name in "ab":
        assert [told[index] for index in indexes[name]] == [(name, n) for n in range(count)]


@pytest.mark.postgres
def test_a_writer_that_forgets_the_lock_meets_the_primary_keys(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Log.create(database, ORIGIN) as log, psycopg.connect(database) as other:
        log.append([Record(kind="treaty", body={})], RECORDED)
        # The other writer has read the head of size 1, and publishes an entry of its own behind the lock's back.
        monkeypatch.setattr(postgres, "_BEGIN", postgres._BEGIN.replace("SELECT pg_advisory_xact_lock", "-- "))
        other.execute("INSERT INTO comity.entry VALUES (1, 'x', 'y')")
        other.execute("INSERT INTO comity.head VALUES (2, 'x')")
        threading.Timer(0.3, other.commit).start()
        with pytest.raises(ForkError, match="another writer extended the same head; nothing was written"):
            log.append([Record(kind="treaty", body={})], RECORDED)


LOOK = "import sys; from comity.register.log import Log; log = Log.open(sys.argv[1], write=False); log.close()"


def look_from_outside(path: Path) -> None:
    subprocess.run([sys.executable, "-c", LOOK, str(path)], check=True, timeout=60)


def test_opening_a_log_twice_lets_go_of_none_of_its_locks(tmp_path: Path) -> None:
    path = tmp_path / "log.comity"
    with Log.create(path, ORIGIN) as log:
        log.append([Record(kind="treaty", body={"n": "1"})], RECORDED)
        Log.open(path).close()
        look_from_outside(path)  # whoever believes to be the last takes the journal away
        with Log.open(path) as other:
            other.append([Record(kind="treaty", body={"n": "2"})], RECORDED)
        look_from_outside(path)
        assert len(log) == 2
        log.append([Record(kind="treaty", body={"n": "3"})], RECORDED)
    with Log.open(path) as log:
        assert len(log) == 3
