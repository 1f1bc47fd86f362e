"""Answers as rows that pandas and polars take as they are."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import polars as pl
import pytest

from comity import columns as columns_of
from comity import rows
from comity.law.results import Hit
from comity.law.rows import COLUMNS
from comity.service import Register

ON = date(2026, 3, 1)

ANSWERS: dict[str, Callable[[Register], object]] = {
    # The one party that left stands far down: its column begins with nothing.
    "status": lambda register: register.status("paris-agreement", ON),
    "why": lambda register: register.why("paris-agreement", "USA", ON),
    "missing": lambda register: register.missing("ctbt", date(2024, 1, 1)),
    "relation": lambda register: register.relation("vcdr", "GBR", "QAT", date(2014, 4, 2)),
    "no relation": lambda register: register.relation("vcdr", "GBR", "FRA", date(2014, 4, 2)),
    "pairs": lambda register: register.pairs("genocide-convention", date(2010, 1, 1)),
    "compare": lambda register: register.compare(["FRA"] * 150 + ["g7"], ["npt"], ON),
    "timeline": lambda register: register.timeline("kyoto-protocol"),
    "changes": lambda register: register.changes(date(2016, 11, 3), date(2016, 11, 4)),
    "actor": lambda register: register.actor("TUV", ON),
    "search": lambda register: register.search("nuclear"),
    "check": lambda register: register.check(),
    "reproductions": lambda register: register.reproductions(),
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_rows_make_a_frame_with_one_type_a_column(shipped: Register, name: str) -> None:
    answer = ANSWERS[name](shipped)
    found = rows(answer)  # type: ignore[arg-type]  # one of the answers, chosen by name
    assert found
    assert len({tuple(row) for row in found}) == 1
    assert tuple(found[0]) in COLUMNS.values()
    for column in found[0]:
        assert len({type(row[column]) for row in found}) == 1
    eager, lazy = pd.DataFrame(found), pl.DataFrame(found)
    assert (len(eager), lazy.height) == (len(found), len(found))
    assert lazy.rows(named=True) == found == eager.to_dict("records")


def test_columns_are_there_where_no_row_is(shipped: Register) -> None:
    assert columns_of(shipped.search("zebra quagga"), Hit) == {name: [] for name in COLUMNS[Hit]}
    status = shipped.status("paris-agreement", ON)
    frame = pl.DataFrame(columns_of(status))
    assert frame.filter(pl.col("status") == "former")["actor"].to_list() == ["USA"]
    assert len(pd.DataFrame(columns_of(status))) == len(status.actors)
