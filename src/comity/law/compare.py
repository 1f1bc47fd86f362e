"""Actors by instruments: who is bound by which, side by side, with groups as rows of counts."""

from collections.abc import Sequence
from datetime import date

import msgspec

from comity.instruments import Instrument
from comity.law.history import History
from comity.law.law import Law
from comity.law.status import actor_status

__all__ = ["Cell", "Comparison", "compare"]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One actor or group under one instrument: a status, or how many of the group's members are party."""

    row: str
    instrument: str
    status: str
    since: str | None = None
    parties: int | None = None
    of: int | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A table of cells, row by row; `on` is the day of every cell."""

    on: date
    actors: tuple[str, ...]
    instruments: tuple[str, ...]
    cells: tuple[Cell, ...]

    def rows(self) -> list[dict[str, object]]:
        """One row a cell; `parties` of `of` also for a single actor, so that the columns have one type."""
        return [
            {
                "on": self.on.isoformat(),
                "row": cell.row,
                "instrument": cell.instrument,
                "status": cell.status,
                "since": cell.since or "",
                "parties": int(cell.status == "party") if cell.parties is None else cell.parties,
                "of": 1 if cell.of is None else cell.of,
            }
            for cell in self.cells
        ]


def compare(law: Law, rows: Sequence[str], instruments: Sequence[tuple[Instrument, History]], on: date) -> Comparison:
    """The statuses of actors, and the party counts of groups, under several instruments on a day."""
    cells = [_cell(law, row, it, history, on) for row in rows for it, history in instruments]
    return Comparison(on=on, actors=tuple(rows), instruments=tuple(it.id for it, _ in instruments), cells=tuple(cells))


def _cell(law: Law, row: str, it: Instrument, history: History, on: date) -> Cell:
    if row in law.directory.groups:
        members = law.directory.members(row, on)
        bound = members & history.parties(on)
        word = "all" if bound == members and members else ("none" if not bound else "some")
        return Cell(row=row, instrument=it.id, status=word, parties=len(bound), of=len(members))
    record = history.records.get(row)
    if record is None:
        return Cell(row=row, instrument=it.id, status="none")
    found = actor_status(it, history, record, on)
    return Cell(row=row, instrument=it.id, status=found.status, since=None if found.since is None else str(found.since))
