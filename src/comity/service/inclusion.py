"""Who spoke, whose proposals were accepted, who gained: a table of a meeting beside population, need, contribution."""

import csv
import io
from collections.abc import Iterable, Iterator
from math import isfinite, sqrt
from typing import TYPE_CHECKING

import msgspec

from comity.findings import Finding
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.queries import Refusal, Register, as_day, refuse

if TYPE_CHECKING:
    from comity.analysis.positions.inclusion import Parts

__all__ = ["InclusionAsked", "InclusionFound", "answer"]

REFERENCES = ("population", "need", "contribution")
_MADE, _ACCEPTED = "proposals_made", "proposals_accepted"
_COUNTED = "proposals"
_SHOWN, _MOST_ACTORS, _MOST_DRAWS = 60, 10_000, 100_000
_Z = 1.959964


class InclusionAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table as text (CSV): `actor`, perhaps `group`, and columns of numbers.

    `references` names the columns that the others are set beside; left out: those called population, need or
    contribution. `weights` is a dated weight table of the register, as of the day `on`, as one reference more; an equal
    part for each actor is always one. `counts` names the columns that count single things, which could be given by lot
    (`draws` times, with `seed`); left out: those whose names begin with proposals.
    """

    text: str
    references: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    weights: str = ""
    on: str = ""
    draws: int = 2000
    seed: int = 0


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What an actor had of a measure: `ratio` is its share by its share of the reference (None: it has none)."""

    actor: str
    group: str
    measure: str
    reference: str
    value: float
    share: float
    reference_share: float
    ratio: float | None


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """How unevenly a measure is shared beside a reference: 0 is evenly. `theil` is `between` plus `within` groups.

    By lot the Hoover index would be `lot_mean`, in 95 of 100 cases at most `lot_high`; `lot_chance` is that of one as
    large. None: it cannot be said.
    """

    measure: str
    reference: str
    hoover: float
    gini: float
    theil: float | None
    between: float | None
    within: float | None
    lot_mean: float | None
    lot_high: float | None
    lot_chance: float | None
    lorenz: tuple[tuple[float, float], ...]


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Of an actor's proposals so many were accepted, with Wilson's interval of 95%."""

    actor: str
    made: int
    accepted: int
    rate: float | None
    low: float | None
    high: float | None


class InclusionFound(msgspec.Struct, frozen=True, kw_only=True):
    """All parts, the indices, and the rates of acceptance where proposals are counted."""

    indices: tuple[Index, ...]
    parts: tuple[Part, ...]
    rates: tuple[Rate, ...]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found


class _Table(msgspec.Struct, frozen=True):
    actors: tuple[str, ...]
    groups: tuple[str, ...]
    columns: dict[str, tuple[float, ...]]


def answer(register: Register, asked: InclusionAsked, progress: Progress = None) -> InclusionFound:
    """The parts of a meeting or an agreement. Raises `Refusal`."""
    del progress
    try:
        import numpy as np  # noqa: PLC0415  # with the extra `analysis`

        from comity.analysis.positions.inclusion import by_lot, parts  # noqa: PLC0415  # of the extra
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if not 0 <= asked.draws <= _MOST_DRAWS:
        raise refuse("number-wrong", f"there are 0 to {_MOST_DRAWS:,} draws", "ask for fewer")
    table = _read(asked.text)
    unknown = [name for name in (*asked.references, *asked.counts) if name not in table.columns]
    if unknown:
        says = f"there is no column {', '.join(unknown)}"
        raise refuse("csv-column-missing", says, f"there are {', '.join(table.columns)}")
    chosen = asked.references or tuple(name for name in REFERENCES if name in table.columns)
    references = {"equal": (1.0,) * len(table.actors)} | {name: table.columns[name] for name in chosen}
    if asked.weights:
        references[asked.weights] = _weights(register, asked, table.actors)
    measures = {name: column for name, column in table.columns.items() if name not in chosen}
    if not measures:
        raise refuse("csv-column-missing", "there is no column to measure", "add one, such as minutes")
    numbers = np.array([sorted(set(table.groups)).index(group) for group in table.groups], np.intp)
    indices: list[Index] = []
    rows: list[Part] = []
    notes: list[str] = []
    for measure, values in measures.items():
        for reference, beside in references.items():
            pair = np.array(values), np.array(beside)
            try:
                found = parts(*pair, numbers)
            except ValueError as error:
                notes.append(f"{measure} beside {reference} is left out: {error}.")
                continue
            counted = measure in asked.counts if asked.counts else measure.startswith(_COUNTED)
            lot = by_lot(*pair, asked.draws, asked.seed) if counted else None
            indices.append(
                _index(measure, reference, found, (None,) * 3 if lot is None else (lot.mean, lot.high, lot.chance))
            )
            rows += _parts(table, measure, reference, values, found)
    if not indices:
        raise refuse("inclusion-empty", " ".join(notes), "give at least one column of numbers above 0")
    return InclusionFound(
        indices=tuple(indices), parts=tuple(rows), rates=tuple(_rates(table)), notes=(*notes, *_notes(table))
    )


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _index(measure: str, reference: str, found: "Parts", lot: tuple[float | None, float | None, float | None]) -> Index:
    return Index(
        measure=measure,
        reference=reference,
        hoover=found.hoover,
        gini=found.gini,
        theil=_known(found.theil),
        between=_known(found.between),
        within=_known(found.within),
        lot_mean=lot[0],
        lot_high=lot[1],
        lot_chance=lot[2],
        lorenz=tuple((x, y) for x, y in found.lorenz.tolist()),
    )


def _parts(table: _Table, measure: str, reference: str, values: tuple[float, ...], found: "Parts") -> Iterator[Part]:
    for at, actor in enumerate(table.actors):
        yield Part(
            actor=actor,
            group=table.groups[at],
            measure=measure,
            reference=reference,
            value=values[at],
            share=float(found.share[at]),
            reference_share=float(found.reference[at]),
            ratio=_known(float(found.ratio[at])),
        )


def _rates(table: _Table) -> Iterator[Rate]:
    if _MADE not in table.columns or _ACCEPTED not in table.columns:
        return
    for actor, made, accepted in zip(table.actors, table.columns[_MADE], table.columns[_ACCEPTED], strict=True):
        low, high = _wilson(accepted, made) if made else (None, None)
        yield Rate(
            actor=actor,
            made=int(made),
            accepted=int(accepted),
            rate=accepted / made if made else None,
            low=low,
            high=high,
        )


def _wilson(accepted: float, made: float) -> tuple[float, float]:
    """Wilson, Probable inference, Journal of the American Statistical Association 22 (1927)."""
    rate, square = accepted / made, _Z * _Z
    middle = (rate + square / (2 * made)) / (1 + square / made)
    half = _Z * sqrt(rate * (1 - rate) / made + square / (4 * made * made)) / (1 + square / made)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _weights(register: Register, asked: InclusionAsked, actors: Iterable[str]) -> tuple[float, ...]:
    """The weights of the register on a day; an actor without one has 0."""
    if not asked.on:
        raise refuse("parameter-missing", "weights are those of a day", "say of which day (on)")
    if register.reading.weights(asked.weights) is None:
        raise refuse(
            "weights-unknown", f"no weights are called “{asked.weights:.40}”", "see the weights of the register"
        )
    rows = register.law.weights(asked.weights, as_day(asked.on)).rows
    return tuple(float(rows.get(actor, 0)) for actor in actors)


def _notes(table: _Table) -> Iterator[str]:
    yield "Shares describe this meeting or agreement: they say who had what part, not why, nor whether it was deserved."
    if len(set(table.groups)) < 2:  # noqa: PLR2004  # one group, or none named
        yield "No groups are named, so that nothing lies between groups."


def _read(text: str) -> _Table:
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    twice = sorted({name for name in header if header.count(name) > 1})
    if "actor" not in header or twice:
        says = f"the column {', '.join(twice)} stands twice" if twice else "the column actor is missing"
        raise refuse("csv-column-missing", says, "begin the file with actor,group,minutes,population or the like")
    wrong: list[Finding] = []
    seen: dict[str, tuple[str, dict[str, float]]] = {}
    for line, cells in enumerate(rows, 2):
        if not cells:
            continue
        if len(cells) != len(header):
            wrong.append(_fault(line, "csv-row-length", f"{len(cells)} fields where there should be {len(header)}"))
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        actor, group = row.pop("actor"), row.pop("group", "")
        if not actor or actor in seen:
            wrong.append(_fault(line, "actor-twice", f"“{actor:.60}” stands twice, or is empty"))
            continue
        seen[actor] = (group, dict(_numbers(row, line, wrong)))
        if len(seen) > _MOST_ACTORS:
            raise refuse("inclusion-too-large", f"more than {_MOST_ACTORS:,} actors", "put actors together")
    if wrong:
        raise Refusal(wrong[:_SHOWN])
    if not seen:
        raise refuse("csv-empty", "there are no actors", "add a line for each")
    columns = {
        name: tuple(values[name] for _, values in seen.values()) for name in header if name not in {"actor", "group"}
    }
    if not all(map(_fits, zip(columns.get(_MADE, ()), columns.get(_ACCEPTED, ()), strict=False))):
        raise refuse("number-wrong", "more proposals are accepted than were made, or parts of one", "mend the table")
    return _Table(tuple(seen), tuple(group for group, _ in seen.values()), columns)


def _fits(pair: tuple[float, float]) -> bool:
    made, accepted = pair
    return 0 <= accepted <= made and made == int(made) and accepted == int(accepted)


def _numbers(row: dict[str, str], line: int, wrong: list[Finding]) -> Iterator[tuple[str, float]]:
    for name, cell in row.items():
        try:
            value = float(cell)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            wrong.append(_fault(line, "number-wrong", f"{name}: “{cell:.40}” is no number"))
        yield name, value


def _fault(line: int, code: str, says: str) -> Finding:
    return Finding(level="error", code=code, line=line, says=says, do="mend the row, or take it out")
