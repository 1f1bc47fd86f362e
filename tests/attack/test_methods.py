"""Bad input to every method of the table: each a finding, none a traceback, none slow, no number that is none.

The example of a method is spoilt leaf by leaf, and its tables cell by cell; then all of it is made far too large.
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

import msgspec
import pytest

from comity.service import Refusal, Register, open_register
from comity.service.form import Method, answered, inputs_of, needed, read_inputs
from comity.service.methods import METHODS

# Seconds of this process in which a refusal is there, on a machine that does other things besides.
PATIENCE = 2.0
# Nothing goes on for so long: the example of each method takes a few seconds at most.
ENDLESS = 20.0
MANY, FEWER = 1_000_000, 100_000
LEAVES: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**70, 1e308, -1e308, 5e-324, "", "NaN", "-1", "1e999999999", "\0", "ت" * 100_000, [], {}),
    [[[]]],
    {"nothing": 1},
)
CELLS = ("", "nan", "-inf", "-1", "1e999999", "1_0", "٣", "=1+1", '"', "x" * 100_000, "\0", "0")


def _endless(*_: object) -> None:
    raise TimeoutError("it does not end")


# Whatever JSON holds.
Whole: TypeAlias = Any
# Tables of votes, of positions and of what was said may be as long as that.
LONG = ("ideal-points", "blocs", "inclusion", "next-step")


@pytest.fixture(scope="module")
def register() -> Register:
    """Asked once by every method, so that what is compiled is compiled."""
    found = open_register()
    signal.signal(signal.SIGALRM, _endless)
    for method in METHODS.values():
        answered(method, found, read_inputs(method, method.example))
    return found


def outcome(register: Register, method: Method, data: bytes) -> str:
    """`answered`, the codes of a refusal, or what is wrong with how it ended."""
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, ENDLESS)
    try:
        asked = inputs_of(method, data)
        needed(method, asked)
        found = answered(method, register, asked)
    except Refusal as refusal:
        took = time.process_time() - begin
        if not refusal.findings or not all(one.code and one.says for one in refusal.findings):
            return "WRONG: a refusal that says nothing"
        if took > PATIENCE:
            return f"WRONG: refused after {took:.1f} s, {refusal.findings[0].code}"
        longest = max(len(one.says) for one in refusal.findings)
        return f"WRONG: {longest} characters in a finding" if longest > 2_000 else refusal.findings[0].code
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        return f"WRONG: {type(error).__name__}: {error!s:.200}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        msgspec.json.decode(msgspec.json.encode(found, enc_hook=str))
    except (TypeError, ValueError) as error:
        return f"WRONG: no JSON: {error}"
    return "WRONG: a number that is none" if _has_nan(found) else "answered"


def _has_nan(value: Whole) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_nan, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_nan, value))
    return isinstance(value, float) and value != value  # noqa: PLR0124  # that is what is asked


def places(value: Whole, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value within a value."""
    yield at
    if isinstance(value, Mapping):
        for name in value:
            yield from places(value[name], (*at, name))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value[:2]):
            yield from places(item, (*at, number))


def changed(value: Whole, at: tuple[Any, ...], change: Callable[[Whole], Whole]) -> Whole:
    """A value with what lies at a place changed."""
    if not at:
        return change(value)
    if isinstance(value, Mapping):
        return {**value, at[0]: changed(value[at[0]], at[1:], change)}
    return [changed(item, at[1:], change) if number == at[0] else item for number, item in enumerate(value)]


def put(value: object, _: object) -> object:
    """A value, whatever was there."""
    return value


def without(name: object, whole: Whole) -> Whole:
    """A record or a list without one of its parts."""
    if isinstance(whole, dict):
        return {key: value for key, value in whole.items() if key != name}
    return whole[1:]


def spoilt(method: Method) -> Iterator[tuple[str, bytes]]:
    """Inputs that are wrong, each with what was done to them."""
    example = msgspec.json.decode(msgspec.json.encode(method.example))
    for at in places(example):
        for leaf in LEAVES:
            yield f"{at} = {leaf!r:.30}", msgspec.json.encode(changed(example, at, partial(put, leaf)))
        if at:
            gone = changed(example, at[:-1], partial(without, at[-1]))
            yield f"{at} left out", msgspec.json.encode(gone)
    yield "unknown", msgspec.json.encode({**example, "surprise": 1})
    for name, text in example.items():
        if isinstance(text, str) and text.count("\n") > 1 and "," in text:
            for what, table in tables(text):
                yield f"{name}: {what}", msgspec.json.encode({**example, name: table})


def tables(text: str) -> Iterator[tuple[str, str]]:
    """A table with cells, rows and columns that are wrong."""
    head, *rows = text.strip().split("\n")
    cells = rows[0].split(",")
    for number in range(len(cells)):
        for cell in CELLS:
            row = ",".join((*cells[:number], cell, *cells[number + 1 :]))
            yield f"cell {number} = {cell[:12]!r}", "\n".join((head, row, *rows[1:]))
    yield "only a head", head
    yield "no head", "\n".join(rows)
    yield "a row twice", "\n".join((head, rows[0], *rows))
    yield "a short row", "\n".join((head, rows[0].rpartition(",")[0], *rows[1:]))
    yield "a column less", "\n".join(line.rpartition(",")[0] for line in (head, *rows))
    yield "binary", "".join(map(chr, range(256))) * 100
    yield "one line", "a," * 500_000


def large(method: Method) -> Iterator[tuple[str, bytes]]:
    """A million of everything that there may be several of."""
    example = msgspec.json.decode(msgspec.json.encode(method.example))
    for at in places(example):
        value = example
        for part in at:
            value = value[part]
        if isinstance(value, list) and value:
            many = [f"M{n}" for n in range(FEWER)] if isinstance(value[0], str) else [value[0]] * FEWER
            yield f"many {at}", msgspec.json.encode(changed(example, at, partial(put, many)))
        if isinstance(value, dict) and at:
            one = next(iter(value.values()))
            more = {f"M{n}": one if isinstance(one, int | float | str) else None for n in range(FEWER)}
            yield f"many {at}", msgspec.json.encode(changed(example, at, partial(put, more)))
        if isinstance(value, str) and value.count("\n") > 1 and method.id not in LONG:
            head, row = value.split("\n")[:2]
            rows = "\n".join((head, *(f"M{n},{row.partition(',')[2]}" for n in range(MANY))))
            yield f"a million rows {at}", msgspec.json.encode(changed(example, at, partial(put, rows)))
        if isinstance(value, str):
            yield f"long {at}", msgspec.json.encode(changed(example, at, partial(put, "x" * 2_000_000)))


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_spoilt_inputs_are_findings(register: Register, method: Method) -> None:
    found = {what: outcome(register, method, data) for what, data in spoilt(method)}
    assert len(found) > 50
    assert {what: how for what, how in found.items() if how.startswith("WRONG")} == {}
    assert any(how != "answered" for how in found.values())


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_inputs_far_too_large_are_refused_at_once(register: Register, method: Method) -> None:
    found = {what: outcome(register, method, data) for what, data in large(method)}
    assert {what: how for what, how in found.items() if how.startswith("WRONG") or how == "answered"} == {}


def test_what_is_no_json_is_refused(register: Register) -> None:
    for data in (b"", b"nul", b'{"a": NaN}', b"[" * 10_000, b'{"rule": "' + b"\xff" * 10, b"{} {}", b" " * 50_000_001):
        assert outcome(register, METHODS["power"], data) in {"inputs-malformed", "inputs-too-large"}
