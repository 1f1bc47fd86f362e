"""Questions to a log: tiles, entries and checkpoints are those that an export has."""

from datetime import date
from pathlib import Path

import pytest

from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.note import Signer
from comity.register.tiles import export_tiles
from comity.service import Refusal, Register, logbook, open_register
from comity.service.answers import read_instrument, read_rule
from comity.service.parameters import text_of
from comity.service.questions import ask

SIZE = 600


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """More entries than two tiles hold."""
    log = Log.create(tmp_path / "long.comity", "example.org/long")
    log.append([Record(kind="later", body={"number": number}) for number in range(SIZE)], "2026-01-01T00:00:00.000000Z")
    return log


def register_of(log: Log, size: int = SIZE) -> Register:
    return Register([LogLayer(log, size)])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, SIZE])
def test_tiles_are_those_of_an_export(log: Log, tmp_path: Path, size: int) -> None:
    signer = Signer.generate(log.origin)
    log.checkpoint(signer)
    small = Log.create(tmp_path / "small.comity", log.origin)
    small.append(
        [Record(kind="later", body={"number": number}) for number in range(size)], "2026-01-01T00:00:00.000000Z"
    )
    export_tiles(small.rows(), small.checkpoint(signer), tmp_path / "tiles")
    small.close()
    register = register_of(log, size)
    written = [path for path in (tmp_path / "tiles" / "tile").rglob("*") if path.is_file()]
    assert len(written) >= 2
    for path in written:
        level, *rest = path.relative_to(tmp_path / "tiles" / "tile").parts
        index, width = rest[0].removesuffix(".p"), rest[1] if len(rest) > 1 else "256"
        at = None if level == "entries" else int(level)
        assert logbook.tile(register, at, int(index), int(width)) == path.read_bytes()
    log.close()


@pytest.mark.parametrize(
    ("level", "index", "width"), [(0, 2, 89), (0, 3, 1), (1, 0, 3), (2, 0, 1), (None, 2, 89), (0, 0, 0)]
)
def test_a_tile_that_is_not_full_so_far_is_refused(log: Log, level: int | None, index: int, width: int) -> None:
    with pytest.raises(Refusal, match="no such tile"):
        logbook.tile(register_of(log), level, index, width)
    log.close()


def test_entries_are_a_sequence(log: Log) -> None:
    entries = logbook.entries(register_of(log, 10))
    assert [entry.index for entry in entries] == list(range(10))
    assert (entries[-1], entries[-10]) == (entries[9], entries[0])
    assert [entry.index for entry in entries[2:9:3]] == [2, 5, 8]
    assert entries[20:] == []
    with pytest.raises(IndexError):
        entries[10]
    with pytest.raises(IndexError):
        entries[-11]
    log.close()


def test_an_empty_log_has_a_head(tmp_path: Path) -> None:
    log = Log.create(tmp_path / "empty.comity", "example.org/empty")
    head = logbook.head(register_of(log, 0))
    assert (head.size, head.recorded) == (0, None)
    assert list(logbook.lines(register_of(log, 0))) == []
    log.close()


def test_a_folder_has_no_log() -> None:
    with pytest.raises(Refusal) as caught:
        ask(open_register(), "log-head", {}, date(2020, 1, 1))
    assert caught.value.findings[0].code == "no-log"


def test_a_question_that_there_is_not() -> None:
    with pytest.raises(Refusal) as caught:
        ask(open_register(), "weather", {}, date(2020, 1, 1))
    assert caught.value.findings[0].code == "question-unknown"
    assert "status" in caught.value.findings[0].do


def test_what_no_address_can_hold() -> None:
    with pytest.raises(TypeError, match="float"):
        text_of(0.5)


def test_a_text_that_is_no_definition_is_not_read() -> None:
    for read in (read_instrument, read_rule):
        with pytest.raises(ValueError, match="TOML"):
            read({"id": "x", "text": "title ="})
