"""A sweep: one method of the table asked at every point of a grid of its inputs, on one machine or on many (Dask).

A point is worked at by `worked`, wherever it is; rows come out in the order of the grid, each with the SHA-256 of its
result, the same that a saved run of the point has. What a worker had in hand when it was lost is given to another. A
worker whose Comity, or whose register, is not the one here is refused: its rows would be of something else.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import msgspec

from comity.findings import Finding
from comity.service import runs
from comity.service.clusters import Cluster, spread
from comity.service.form import Method, Progress, needed, read_inputs
from comity.service.methods import method_of
from comity.service.queries import Refusal, Register, open_register, refuse

__all__ = ["Axis", "Found", "Point", "Sweep", "axis_of", "points_of", "sweep"]

MOST_POINTS = 1_000_000
_MOST_VALUES = 100_000


class Axis(msgspec.Struct, frozen=True):
    """A field of the inputs (`tariff`, `offer.disagreement.A`) and the values that it takes, as JSON has them."""

    field: str
    values: tuple[Any, ...]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One point, as a worker gets it: the method, its inputs as JSON, and which register to ask."""

    method: str
    inputs: bytes
    address: str | None
    known: str | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker found: the result as JSON and its hash, or findings; the Comity and register it stood on."""

    sha256: str = ""
    result: bytes = b""
    findings: tuple[Finding, ...] = ()
    comity: str = ""
    register: tuple[runs.Stand, ...] = ()


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a sweep: a row a point (or a row of a table of its answer), in the order of the grid."""

    method: str
    axes: tuple[Axis, ...]
    points: int
    refused: int
    rows: tuple[Mapping[str, object], ...]

    def plain(self) -> dict[str, object]:
        """The sweep as JSON holds it."""
        return {
            "method": self.method,
            "over": {one.field: list(one.values) for one in self.axes},
            "points": self.points,
            "refused": self.refused,
            "rows": [dict(one) for one in self.rows],
        }


def axis_of(text: str) -> Axis:
    """An axis as people write it: `price=12.5,25`, or `tariff=0:0.1:0.01`, both ends in. Raises `Refusal`."""
    field, sign, values = text.partition("=")
    if not sign or not field.strip() or not values.strip():
        raise refuse(
            "sweep-axis", f"“{text:.60}” names no field and values", "write price=12.5,25 or tariff=0:0.1:0.01"
        )
    parts = values.split(":")
    if len(parts) == 3:  # noqa: PLR2004  # from, to, step
        with suppress(InvalidOperation):
            return Axis(field.strip(), tuple(_steps(text, *map(Decimal, parts))))
    if values.lstrip().startswith("["):
        try:
            found = msgspec.json.decode(values, type=list[Any])
        except msgspec.DecodeError as error:
            raise refuse("sweep-axis", f"{field}: {error}", "write a JSON list, or values with commas") from error
        return Axis(field.strip(), tuple(found))
    return Axis(field.strip(), tuple(_value(one.strip()) for one in values.split(",")))


def _steps(text: str, start: Decimal, stop: Decimal, step: Decimal) -> Iterator[object]:
    if not (start.is_finite() and stop.is_finite() and step.is_finite() and step):
        raise refuse("sweep-axis", f"“{text:.60}” has no steps", "write from:to:step, the step not 0")
    many = (stop - start) / step
    if not 0 <= many <= _MOST_VALUES:
        raise refuse(
            "sweep-axis", f"“{text:.60}” has no steps, or too many", f"at most {_MOST_VALUES:,}, towards the end"
        )
    for at in range(int(many) + 1):
        value = start + at * step
        yield int(value) if value == int(value) else float(value)


def _value(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def points_of(method: Method, inputs: object, axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """The inputs of every point, the last axis running fastest. Raises `Refusal` for all that is wrong with any.

    Each point is checked, and what it would need, before anything is computed.
    """
    if not isinstance(inputs, Mapping):
        raise refuse("inputs-malformed", "the inputs are no JSON object", "give a value for each field, by its name")
    many = 1
    for axis in axes:
        many *= len(axis.values)
    if many > MOST_POINTS:
        raise refuse("sweep-too-large", f"the grid has {many:,} points", f"{MOST_POINTS:,} are the most")
    double = sorted({one.field for one in axes if [other.field for other in axes].count(one.field) > 1})
    if double:
        raise refuse("sweep-axis", f"{', '.join(double)}: swept twice", "give all values of a field at once")
    found, wrong = [], dict[tuple[str, str], Finding]()
    for values in itertools.product(*(axis.values for axis in axes)):
        point = dict(inputs)
        try:
            for axis, value in zip(axes, values, strict=True):
                point = _with(point, axis.field.split("."), value, axis.field)
            needed(method, read_inputs(method, point))
        except Refusal as refusal:
            wrong.update({(one.code, one.says): one for one in refusal.findings})
            if len(wrong) >= 20:  # noqa: PLR2004  # a page of them
                break
        found.append(point)
    if wrong:
        raise Refusal(wrong.values())
    return found


def _with(inputs: Mapping[str, Any], path: Sequence[str], value: object, field: str) -> dict[str, Any]:
    """The inputs with one field, perhaps within another, replaced."""
    if len(path) == 1:
        return {**inputs, path[0]: value}
    inner = inputs.get(path[0], {})
    if not isinstance(inner, Mapping):
        raise refuse("sweep-axis", f"{field}: {path[0]} holds no fields", "name a field by its path, with dots")
    return {**inputs, path[0]: _with(inner, path[1:], value, field)}


def worked(point: Point) -> Found:
    """The work of one point, on whatever machine."""
    method = method_of(point.method)
    try:
        register = _register(point.address, point.known)
        done = runs.run(register, method, msgspec.json.decode(point.inputs))
    except Refusal as refusal:
        return Found(findings=tuple(refusal.findings), comity=version("comity"))
    return Found(
        sha256=done.sha256, result=msgspec.json.encode(done.result), comity=done.comity, register=done.register
    )


@lru_cache(maxsize=2)
def _register(address: str | None, known: str | None) -> Register:
    """A register is opened once a worker."""
    return open_register(address, known)


def sweep(  # noqa: PLR0913  # what to ask, over what, where, and who looks on
    method: Method,
    inputs: object,
    axes: Sequence[Axis],
    *,
    address: str | None = None,
    known: str | None = None,
    cluster: Cluster = Cluster(),  # noqa: B008  # frozen
    table: str = "answer",
    progress: Progress = None,
) -> Sweep:
    """Ask a method at every point of a grid; rows in the order of the grid. Raises `Refusal`.

    A point that is refused is a row with `refused`, what is wrong. `table` is the table of the answer that makes rows.
    """
    given = points_of(method, inputs, axes)
    points = [Point(method=method.id, inputs=msgspec.json.encode(one), address=address, known=known) for one in given]
    found: list[Found | None] = [None] * len(points)
    stands = runs.stands(_register(address, known)) if method.of_register else ()
    for done, (at, one) in enumerate(_all(points, cluster), 1):
        if one.comity != version("comity"):
            says = f"a worker has Comity {one.comity}, and here is {version('comity')}"
            raise refuse("sweep-worker-differs", says, "give every worker the same version")
        if one.register != stands and not one.findings:
            raise refuse("sweep-worker-differs", "a worker reads another register", "give every worker the same one")
        found[at] = one
        if progress is not None:
            progress(done, len(points))
    rows = list(_rows(method, axes, [one for one in found if one is not None], table))
    refused = sum(bool(one.findings) for one in found if one is not None)
    return Sweep(method=method.id, axes=tuple(axes), points=len(points), refused=refused, rows=tuple(rows))


def _rows(method: Method, axes: Sequence[Axis], found: Sequence[Found], table: str) -> Iterator[dict[str, object]]:
    answers = [{} if one.findings else method.tables(msgspec.json.decode(one.result)) for one in found]
    known = dict.fromkeys(name for one in answers for name in one)
    if table != "answer" and known and table not in known:
        raise refuse("table-unknown", f"no answer has a table “{table:.40}”", f"there are {', '.join(known)}")
    grid = itertools.product(*(axis.values for axis in axes))
    for number, (values, one, tables) in enumerate(zip(grid, found, answers, strict=True)):
        start: dict[str, object] = {"point": number}
        start |= {axis.field: _flat(value) for axis, value in zip(axes, values, strict=True)}
        start["sha256"] = one.sha256
        if one.findings:
            yield start | {"refused": "; ".join(finding.says for finding in one.findings)}
            continue
        # A point whose table is empty keeps a row: no point is lost.
        for row in tables.get(table) or ({},):
            yield start | {name: value for name, value in row.items() if name not in start}


def _flat(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float) else msgspec.json.encode(value).decode()


def _all(points: Sequence[Point], cluster: Cluster) -> Iterator[tuple[int, Found]]:
    """Every point with what was found, as it comes."""
    if not cluster.scheduler and cluster.workers == 1:
        return ((at, worked(point)) for at, point in enumerate(points))
    return spread(worked, points, cluster)
