"""What stands in the way of a State at home, as a person or a program writes it; and figures that somebody brings."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from comity.dates import parse_date
from comity.findings import Finding
from comity.service.analysing import missing_extra
from comity.service.queries import Refusal, Register

if TYPE_CHECKING:
    from comity.analysis.ratification.ahead import Hurdle
    from comity.analysis.ratification.histories import World

__all__ = ["COLUMNS", "hurdles_of", "with_figures"]

COLUMNS = ("actor", "year", "name", "value")
_FASTEST = 100.0
_MOST_NAMES, _MOST_ROWS = 8, 200_000


def hurdles_of(register: Register, lines: Iterable[str], never: Iterable[str] = ()) -> "dict[str, Hurdle]":
    """The hurdles in lines `ACTOR=DATE` (none before that day) or `ACTOR=FACTOR` (so much of its pace).

    `never` are those who stay out. A group stands for its members of the last day known. Raises `Refusal` with all
    that is wrong.
    """
    try:
        from comity.analysis.ratification.ahead import Hurdle  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    found: dict[str, Hurdle] = {}
    faults: list[Finding] = []
    asked = [*((line.partition("=")) for line in lines), *((name, "=", "0") for name in never)]
    for name, _, value in asked:
        try:
            hurdle = _hurdle(value.strip())
            codes = _codes(register, name.strip())
        except ValueError as error:
            do = "write ACTOR=2030-01-01, or ACTOR=0.5 for half the pace and ACTOR=0 for never"
            faults.append(_wrong("hurdle-wrong", f"{name:.40}={value:.40}: {error}", do))
        except Refusal as refusal:
            faults += refusal.findings
        else:
            found |= dict.fromkeys(codes, Hurdle(since=hurdle[0], factor=hurdle[1]))
    if faults:
        raise Refusal(faults)
    return found


def _hurdle(value: str) -> tuple[date | None, float]:
    if "-" in value[1:]:  # a sign is no date
        return parse_date(value), 1.0
    factor = float(value)
    if not 0 <= factor <= _FASTEST:
        raise ValueError(f"a factor lies from 0 to {_FASTEST:g}")
    return None, factor


def _codes(register: Register, name: str) -> list[str]:
    group = register.reading.directory.groups.get(name)
    if group is None:
        return [register.actor_code(name)]
    last = max((day for one in group.members for day in (one.since, one.until) if day is not None), default=date.max)
    return sorted(group.at(date.max) or group.at(last))


def with_figures(register: Register, world: "World", text: str, file: str = "") -> "World":
    """The world with covariates that somebody brings: a table `actor,year,name,value`, a row a figure.

    A figure holds until the State's next one; each name is standardised over States and years, and a State without
    figures stands at the mean. Raises `Refusal` with all that is wrong.
    """
    rows, faults = _read(register, text, file)
    names = sorted({name for _, _, name, _ in rows})
    if len(names) > _MOST_NAMES:
        faults.append(_wrong("figures-many", f"there are {len(names)} names", f"bring {_MOST_NAMES} at the most", file))
    if not rows and not faults:
        faults.append(_wrong("figures-none", "there are no figures", f"bring {','.join(COLUMNS)}", file))
    if faults:
        raise Refusal(faults)
    years = [year for _, year, _, _ in rows]
    first, last = min(years), max(years)
    tables = {name: np.zeros((last - first + 1, len(world.codes))) for name in names}
    for name, table in tables.items():
        values = np.array([value for _, _, other, value in rows if other == name])
        mean, spread = values.mean(), values.std() or 1.0
        for code, told in _by_actor(rows, name).items():
            if code in world.numbers:
                # From a figure's year to the next; the last one holds on.
                for (year, value), (until, _) in pairwise([*sorted(told.items()), (last + 1, 0.0)]):
                    table[year - first : until - first, world.numbers[code]] = (value - mean) / spread
    return world.bring(tables, first)


def _by_actor(rows: Iterable[tuple[str, int, str, float]], name: str) -> Mapping[str, Mapping[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for code, year, other, value in rows:
        if other == name:
            found.setdefault(code, {})[year] = value
    return found


def _read(register: Register, text: str, file: str) -> tuple[list[tuple[str, int, str, float]], list[Finding]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        return [], [_wrong("figures-malformed", f"columns are missing: {', '.join(missing)}", "name them", file, 1)]
    rows: list[tuple[str, int, str, float]] = []
    faults: list[Finding] = []
    known = register.reading.directory.actors
    for line, row in enumerate(reader, 2):
        if line > _MOST_ROWS:
            faults.append(_wrong("figures-many", f"there are more than {_MOST_ROWS:,} rows", "bring fewer", file, line))
            break
        faults += _row_faults(row, known, file, line)
        if not faults:
            rows.append((row["actor"], int(row["year"]), row["name"], float(row["value"])))
    return rows, faults


def _row_faults(row: Mapping[str, str | None], known: Mapping[str, object], file: str, line: int) -> Iterator[Finding]:
    actor, year, value = (row[name] or "" for name in ("actor", "year", "value"))
    if actor not in known:
        yield _wrong("actor-unknown", f"no actor is called “{actor:.40}”", "use the register’s ids", file, line)
    if not (year.isdecimal() and year.isascii() and 1800 <= int(year) <= 2200):  # noqa: PLR2004  # years of treaties
        yield _wrong("figures-malformed", f"“{year:.20}” is no year", "write 1800 to 2200", file, line)
    if not row["name"]:
        yield _wrong("figures-malformed", "the figure has no name", "name it", file, line)
    try:
        finite = isfinite(float(value))
    except ValueError:
        finite = False
    if not finite:
        yield _wrong("figures-malformed", f"“{value:.40}” is no number", "leave the row out, or mend it", file, line)


def _wrong(code: str, says: str, do: str, file: str = "", line: int = 0) -> Finding:
    return Finding(level="error", code=code, file=file, line=line, says=says, do=do)
