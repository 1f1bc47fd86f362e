"""The form that every method of the analysis has at the door: what it asks, what it will need, and what it answers.

The table of them is `methods`. What a person or a program wrote becomes inputs here, with every fault at once.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec

from comity.findings import Finding
from comity.service.queries import Refusal, Register, refuse

__all__ = [
    "MOST",
    "Method",
    "Need",
    "Progress",
    "Result",
    "Tables",
    "answered",
    "flat",
    "inputs_of",
    "needed",
    "read_inputs",
]

MOST = 50_000_000  # bytes of the inputs of a run
_SHOWN = 20  # faults of one kind that are told one by one
_LINE = 20_000  # characters of a name, or of one line of a table
_TOLD = 1_000  # faults that are told at all
# Fields that name rules. A command takes the path of a rule file there; inputs never do, for they are also sent by
# strangers, and say all that an answer depends on.
_RULES = ("rule", "beside")
# How far done, and how far in all; or nobody looks.
Progress = Callable[[int, int], None] | None
# Flat rows by the name of their table.
Tables = Mapping[str, Sequence[Mapping[str, object]]]


class Result(Protocol):
    """A typed answer; `plain` is the JSON that command, API and run give."""

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        ...


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a run will need, roughly: seconds on a small machine, and bytes of memory. Nought: next to nothing."""

    seconds: float = 0.0
    memory: int = 0


def _little(asked: Any) -> Need:  # noqa: ANN401  # the inputs of any method
    del asked
    return Need()


def flat(plain: Mapping[str, object]) -> Tables:
    """An answer as tables: one for each list of rows, and one row `answer` of all that is neither list nor object.

    What is nested in a row becomes columns with a dot: `utility.A`.
    """
    single = {name: value for name, value in plain.items() if not isinstance(value, Mapping | list | tuple)}
    tables: dict[str, Sequence[Mapping[str, object]]] = {"answer": [single]} if single else {}
    for name, value in plain.items():
        if isinstance(value, Mapping):
            tables[name] = [dict(_cells(value))]
        elif isinstance(value, list | tuple) and value:
            tables[name] = [dict(_cells(one if isinstance(one, Mapping) else {name: one})) for one in value]
    return tables


def _cells(row: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _cells(value, f"{before}{name}.")
        elif isinstance(value, list | tuple):
            yield before + name, ", ".join(map(str, value))
        else:
            yield before + name, value


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """One method. `asks` is the record of its inputs, which holds all that an answer depends on, and nothing else.

    `answer` takes a register, the inputs and who looks on; it raises `Refusal`. `need` says from the inputs alone what
    a run will need, and refuses what is too large before anything is computed. `tables` makes flat rows of the JSON.
    Where `of_register` is false the answer depends on the inputs alone. `tolerance` is how far numbers of two machines
    may lie apart, as a part of the larger. `tool`: whether a language model may ask it. `example` are inputs to try.
    `page` is the page of the studio below `analysis/` where that is not called as the method is.
    """

    id: str
    summary: str
    asks: type[msgspec.Struct]
    answer: Callable[[Register, Any, Progress], Result]
    sources: tuple[str, ...]
    example: Mapping[str, Any]
    need: Callable[[Any], Need] = _little
    tables: Callable[[Mapping[str, Any]], Tables] = flat
    of_register: bool = True
    tolerance: float = 1e-9
    tool: bool = True
    page: str = ""


def inputs_of(method: Method, data: bytes, most: int = MOST) -> Any:  # noqa: ANN401  # the inputs of any method
    """The inputs that this JSON tells of. Raises `Refusal` with all that is wrong with it."""
    if len(data) > most:
        says = f"the inputs are {len(data) / 1e6:,.1f} MB, more than {most / 1e6:,.0f} MB"
        raise refuse("inputs-too-large", says, "ask about less")
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refuse("inputs-malformed", f"the inputs are no JSON: {error}", "give one JSON object") from error
    return read_inputs(method, found)


def read_inputs(method: Method, given: object) -> Any:  # noqa: ANN401  # the inputs of any method
    """The inputs from values as JSON holds them. Raises `Refusal` with all that is wrong with them."""
    if not isinstance(given, Mapping):
        raise refuse("inputs-malformed", "the inputs are no JSON object", "give a value for each field, by its name")
    fields = {one.encode_name: one for one in msgspec.structs.fields(method.asks)}
    takes = ", ".join(fields)
    wrong = [
        _fault("parameter-unknown", f"there is no field “{name!s:.40}”", f"it takes {takes}")
        for name in given
        if name not in fields
    ]
    values: dict[str, object] = {}
    for name, field in fields.items():
        if name not in given:
            if field.required:
                wrong.append(
                    _fault("parameter-missing", f"the field “{name}” is missing", f"give {_like(method, name)}")
                )
            continue
        try:
            values[field.name] = msgspec.convert(_bounded(given[name]), field.type)
        except (msgspec.ValidationError, RecursionError, OverflowError) as error:
            wrong.append(_fault("parameter-wrong", f"{name}: {error!s:.300}", f"give {_like(method, name)}"))
    wrong += [
        _fault("rule-unknown", f"no rule is called “{values[name]!s:.40}”", "name a rule of the register")
        for name in _RULES
        if str(values.get(name, "")).strip().endswith(".toml")
    ]
    if wrong:
        raise Refusal(_some(wrong))
    try:
        return method.asks(**values)
    except (TypeError, ValueError) as error:
        raise refuse("parameter-wrong", f"{error!s:.300}", "mend the inputs") from error


def needed(method: Method, asked: Any) -> Need:  # noqa: ANN401  # the inputs of any method
    """What a run will need. Raises `Refusal` for what is too large, or no inputs at all."""
    with _refusing():
        return method.need(asked)


def answered(method: Method, register: Register, asked: Any, progress: Progress = None) -> dict[str, object]:  # noqa: ANN401  # as above
    """The answer as JSON holds it. Raises `Refusal`, also for text and numbers that nothing can be made of."""
    with _refusing():
        return method.answer(register, asked, progress).plain()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        if len(refusal.findings) <= _TOLD:
            raise
        raise Refusal(_some(refusal.findings)) from refusal
    except csv.Error as error:
        raise refuse("csv-broken", f"a table cannot be read: {error}", "mend the table") from error
    except (OverflowError, RecursionError) as error:
        says = "a number is too large to be counted with, or something nested too deeply"
        raise refuse("parameter-wrong", says, "ask with less") from error


def _bounded(value: object) -> object:
    """A value; raises ValidationError for a name or a line that is longer than any."""
    if isinstance(value, str) and "\n" not in value[: _LINE + 1] and len(value) > _LINE:
        raise msgspec.ValidationError(f"a line of {len(value):,} characters; {_LINE:,} is the most")
    return value


def _some(wrong: Sequence[Finding]) -> Iterable[Finding]:
    """Of very many faults the first, and how many there are."""
    if len(wrong) <= _SHOWN:
        return wrong
    rest = _fault("parameter-wrong", f"and {len(wrong) - _SHOWN:,} more faults like these", "mend these first")
    return (*wrong[:_SHOWN], rest)


def _like(method: Method, name: str) -> str:
    found = msgspec.json.encode(method.example.get(name)).decode()
    return f"something like {found:.80}" if name in method.example else "it, as the documentation says"


def _fault(code: str, says: str, do: str) -> Finding:
    return Finding(level="error", code=code, says=says, do=do)
