"""Runs that can be saved, cited and done again: a method, its inputs, what it stood on, and what came of it.

A run names its result by the SHA-256 of its canonical JSON (RFC 8785). Done again with the same version of Comity on
the same machine it comes out the same to the last digit. Another processor, or another release of a library, may round
a sum otherwise in its last digits: numbers are then also compared within the tolerance that the method states.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import msgspec
import rfc8785

from comity.law.results import plain
from comity.register.logged import LogLayer
from comity.service.form import Method, Progress, answered, needed, read_inputs
from comity.service.methods import method_of
from comity.service.queries import Register, refuse, shipped_folder

__all__ = ["Again", "Difference", "Run", "Stand", "again", "digest_of", "finished", "read_run", "run", "stands"]

FORM = 1
LARGEST = 100_000_000  # bytes of a file that holds a run
_DIFFERENCES = 20  # that are told one by one
_EXACT = 2**53  # whole numbers up to it are the same in every program (RFC 8785)


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """A layer that a register stands on: a log at a size with its root, or a folder by the hash of its files."""

    kind: Literal["log", "folder"]
    name: str
    size: int
    root: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `seed` is null where no chance enters; `sha256` is of the canonical JSON of `result`."""

    form: int = FORM
    method: str
    inputs: dict[str, Any]
    seed: int | None
    register: tuple[Stand, ...]
    comity: str
    started: datetime
    finished: datetime
    sha256: str
    result: dict[str, Any]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Where two results differ: the place (`members.3.shapley`), and what stood and stands there."""

    at: str
    before: Any
    now: Any


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """What came of doing a run again.

    `outcome`: `same` to the last digit; `close`, every number within `tolerance`; or `differs`, with the first
    `differences` and their number in all. `notes` say what is not as it was then.
    """

    outcome: Literal["same", "close", "differs"]
    tolerance: float
    differences: tuple[Difference, ...]
    count: int
    notes: tuple[str, ...]
    run: Run


def run(register: Register, method: Method, inputs: Mapping[str, Any], progress: Progress = None) -> Run:
    """The method's answer to inputs as JSON has them, as a run. Raises `Refusal`."""
    started = _now()
    asked = read_inputs(method, inputs)
    needed(method, asked)
    found = answered(method, register, asked, progress)
    return finished(method, msgspec.to_builtins(asked), stands(register) if method.of_register else (), started, found)


def finished(
    method: Method, inputs: dict[str, Any], register: tuple[Stand, ...], started: datetime, found: Mapping[str, Any]
) -> Run:
    """A run whose answer is there."""
    result = msgspec.json.decode(msgspec.json.encode(plain(found)))
    seed = inputs.get("seed")
    return Run(
        method=method.id,
        inputs=inputs,
        seed=seed if isinstance(seed, int) else None,
        register=register,
        comity=version("comity"),
        started=started,
        finished=_now(),
        sha256=digest_of(result),
        result=result,
    )


def again(before: Run, register: Register, progress: Progress = None) -> Again:
    """Do a run again, and compare. Raises `Refusal` for a method that is no longer there, and for what it refuses."""
    method = method_of(before.method)
    now = run(register, method, before.inputs, progress)
    found = list(_differences(before.result, now.result, method.tolerance, ""))
    same = before.sha256 == now.sha256
    return Again(
        outcome="same" if same else "differs" if found else "close",
        tolerance=method.tolerance,
        differences=tuple(found[:_DIFFERENCES]),
        count=len(found),
        notes=tuple(_notes(before, now)),
        run=now,
    )


def read_run(data: bytes, file: str = "") -> Run:
    """The run that a file holds. Raises `Refusal` where it holds none, or its result is not the one that was hashed."""
    try:
        found = msgspec.json.decode(data, type=Run)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refuse(
            "run-malformed", f"this is no saved run: {error!s:.300}", "give a file that was saved", file
        ) from error
    if found.form != FORM:
        says = f"it was saved in form {found.form}, and this version reads form {FORM}"
        raise refuse("run-malformed", says, "use the version of Comity that it names", file)
    if digest_of(found.result) != found.sha256:
        says = "its result is not the one whose hash it names: the file was changed"
        raise refuse("run-changed", says, "ask whoever gave it for the file as it was saved", file)
    return found


def digest_of(result: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785), in hex; whole numbers beyond 2^53 are hashed as text."""
    return hashlib.sha256(rfc8785.dumps(_bounded(result))).hexdigest()


def _bounded(value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    if isinstance(value, Mapping):
        return {name: _bounded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_bounded(item) for item in value]
    return str(value) if isinstance(value, int) and abs(value) > _EXACT else value


def stands(register: Register) -> tuple[Stand, ...]:
    """What a register stands on, layer by layer, so that another can tell whether theirs is the same."""
    return tuple(_stand(layer) for layer in register.reading.layers)


def _stand(layer: Any) -> Stand:  # noqa: ANN401  # any kind of layer
    if isinstance(layer, LogLayer):
        newest = layer.log.head()
        root = newest.root if newest.size == layer.size else layer.log.root(layer.size)
        return Stand(kind="log", name=layer.log.origin, size=layer.size, root=root.hex())
    folder = Path(layer.name)
    # No path of anybody's machine enters what is to be shown to others.
    name = "public" if folder == shipped_folder() else folder.name
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".toml", ".csv"})
    marks = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return Stand(kind="folder", name=name, size=len(files), root=_hash_of(folder, marks))


@lru_cache(maxsize=16)
def _hash_of(folder: Path, marks: tuple[tuple[Path, int, int], ...]) -> str:
    whole = hashlib.sha256()
    for path, _, _ in marks:
        whole.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _notes(before: Run, now: Run) -> Iterator[str]:
    if before.comity != now.comity:
        yield f"it was run with Comity {before.comity}; this is {now.comity}"
    for was, now_ in zip(before.register, now.register, strict=False):
        if was != now_:
            yield f"it stood on {_named(was)}; this is {_named(now_)}"
    if len(before.register) != len(now.register):
        yield "the register was made of other layers"


def _named(stand: Stand) -> str:
    counted = "entries" if stand.kind == "log" else "files"
    return f"the {stand.kind} {stand.name} of {stand.size:,} {counted}, root {stand.root[:12]}…"


def _differences(before: Any, now: Any, tolerance: float, at: str) -> Iterator[Difference]:  # noqa: ANN401  # whatever JSON holds
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in sorted({*before, *now}):
            yield from _differences(before.get(name), now.get(name), tolerance, f"{at}.{name}" if at else name)
    elif isinstance(before, Sequence) and isinstance(now, Sequence) and not isinstance(before, str):
        for number in range(max(len(before), len(now))):
            one, other = (side[number] if number < len(side) else None for side in (before, now))
            yield from _differences(one, other, tolerance, f"{at}.{number}" if at else str(number))
    elif not _alike(before, now, tolerance):
        yield Difference(at=at, before=before, now=now)


def _alike(before: object, now: object, tolerance: float) -> bool:
    if isinstance(before, bool) or isinstance(now, bool):
        return before is now
    if isinstance(before, int | float) and isinstance(now, int | float):
        return math.isclose(before, now, rel_tol=tolerance, abs_tol=tolerance)
    return before == now
