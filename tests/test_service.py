"""The door: what a register holds open, and for how long."""

import gc
from pathlib import Path

import pytest

from comity.register.errors import LogError
from comity.register.logged import LogLayer
from comity.service import keeping, open_register


def test_a_register_that_nobody_can_ask_any_more_lets_its_log_go(tmp_path: Path) -> None:
    keeping.create(tmp_path / "lake.comity", "example.org/lake")
    register = open_register(tmp_path / "lake.comity")
    layer = register.reading.layers[0]
    assert isinstance(layer, LogLayer)
    log = layer.log
    assert len(log) == 0
    del register, layer
    gc.collect()
    with pytest.raises(LogError, match="closed"):
        list(log.entries())
