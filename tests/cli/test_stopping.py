"""Ctrl-C on a terminal ends long work at once, in one line, also where compiled code never looks up."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

pty = pytest.importorskip("pty", reason="terminals of another kind")

# As a shell does: it has the terminal, and outlives what is ended on it.
SHELL = """
import fcntl, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background may ignore it, and hand that on
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], *sys.argv[2:]], restore_signals=True)
signal.signal(signal.SIGINT, signal.SIG_IGN)
code = child.wait()
print("code", code, flush=True)
sys.stdin.readline()
"""
WORK = """
import os, sys
from comity.cli.bars import bar
with bar("Working", sys.argv[1], keeps=sys.argv[2] == "keeps"):
    try:
        os.write(1, b"ready\\n")  # what is printed goes above the bar
        {step}
    except KeyboardInterrupt:
        os.write(1, b"put in order\\n")
os.write(1, b"done\\n")
"""
# One step of Python's own that lasts for hours.
ENDLESS = "sum(range(10**13))"


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def started(terminal: tuple[int, int], step: str, form: str = "table", keeps: str = "") -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-c", SHELL, WORK.format(step=step), form, keeps],
        stdin=terminal[1],
        stdout=subprocess.PIPE,
        stderr=terminal[1],
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_step_that_never_looks_up_is_ended(terminal: tuple[int, int], form: str) -> None:
    process = started(terminal, ENDLESS, form)
    begin = time.monotonic()
    os.write(terminal[0], b"\x03")
    assert process.stdout is not None
    assert process.stdout.readline() == b"code %d\n" % -signal.SIGINT
    assert time.monotonic() - begin < 5
    said = b""
    while b"Stopped." not in said:
        said += os.read(terminal[0], 1000)
    assert b"Traceback" not in said
    os.write(terminal[0], b"\n")
    process.stdout.close()
    assert process.wait(10) == 0


def test_work_that_keeps_something_is_asked_to_stop(terminal: tuple[int, int]) -> None:
    process = started(terminal, "__import__('time').sleep(60)", keeps="keeps")
    os.write(terminal[0], b"\x03")
    assert process.stdout is not None
    said = [process.stdout.readline()]
    while not said[-1].startswith(b"code"):
        said.append(process.stdout.readline())
    assert said == [b"put in order\n", b"done\n", b"code 0\n"]
    os.write(terminal[0], b"\n")
    process.stdout.close()
    assert process.wait(10) == 0


def test_work_that_is_done_leaves_nobody_behind(terminal: tuple[int, int]) -> None:
    process = started(terminal, "pass")
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == [b"done\n", b"code 0\n"]
    os.write(terminal[0], b"\n")
    process.stdout.close()
    assert process.wait(10) == 0
