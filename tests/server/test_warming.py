"""What is made ready when a portal starts: what compiles, where that is kept, and longer for who asks meanwhile."""

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from comity.server import warming
from comity.service import apart, form, readying
from comity.service.methods import METHODS


def test_every_question_that_compiles_is_small_and_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(readying, "answered", lambda method, _register, inputs, _look: asked.append((method, inputs)))
    readying.ready()
    assert len(asked) == len(readying.QUESTIONS)
    for method, inputs in asked:
        assert form.needed(method, inputs).seconds < 5, method.id


def test_whoever_asks_while_it_compiles_gets_longer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = []
    monkeypatch.setattr(apart, "compute", lambda task, _progress: given.append(task.seconds))
    club = METHODS["club"].example

    def ran(command: list[str], **_more: object) -> None:
        assert command[-2:] == ["comity.service.readying", str(tmp_path)]
        apart.apart("club", club)

    monkeypatch.setattr(subprocess, "run", ran)
    apart.readying(str(tmp_path))
    apart.apart("club", club)
    assert given[0] > given[1] == apart.SECONDS


def test_what_is_compiled_is_kept_in_the_instance_where_the_code_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")  # as it was, afterwards
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    for name in ("compiling.py", "packages/branching.py"):
        (tmp_path / "analysis" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "analysis" / name).touch()
    monkeypatch.setattr(warming, "analysing", SimpleNamespace(__file__=str(tmp_path / "service" / "analysing.py")))
    warming.keep_compiled(tmp_path)
    assert "NUMBA_CACHE_DIR" not in os.environ

    def refused(**_more: object) -> None:
        raise PermissionError

    monkeypatch.setattr(warming.tempfile, "TemporaryFile", refused)
    warming.keep_compiled(tmp_path)
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "compiled")
    monkeypatch.setenv("NUMBA_CACHE_DIR", "elsewhere")
    warming.keep_compiled(tmp_path)
    assert os.environ["NUMBA_CACHE_DIR"] == "elsewhere"


def test_it_is_done_when_a_portal_starts_unless_that_is_put_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = []

    class Thread:
        def __init__(self, target: object, **_more: object) -> None:
            self.target = target

        def start(self) -> None:
            done.append(self.target)

    monkeypatch.setattr(warming.threading, "Thread", Thread)
    monkeypatch.setattr(warming, "keep_compiled", lambda _folder: None)
    monkeypatch.delenv("COMITY_COMPILE", raising=False)
    warming.warm(str(tmp_path / "log"))
    assert apart.readying in done
    done.clear()
    monkeypatch.setenv("COMITY_COMPILE", "later")
    warming.warm(str(tmp_path / "log"))
    assert done
    assert apart.readying not in done
