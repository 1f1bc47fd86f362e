"""What a question is asked with: names, kinds and bounds of its parameters, and how text becomes their values."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from comity.dates import parse_date
from comity.findings import Finding
from comity.service.queries import Refusal

__all__ = [
    "DAY",
    "KNOWN",
    "LINE",
    "LINES",
    "LONGEST",
    "LONGEST_LINE",
    "MOMENT",
    "MOST",
    "Kind",
    "Parameter",
    "read",
    "text_of",
]

Kind = Literal["instrument", "actor", "name", "day", "moment", "text", "list", "lines", "number", "yes"]

LONGEST = 200  # characters of a name or of words to search for
LONGEST_LIST = 100  # names in a list
LINES, LONGEST_LINE = 60, 500  # acts that are supposed at once, and the characters of one
MOST = 5000  # items of one page of an answer
# A day of the calendar's years that are no placeholders (`comity.dates`), and a moment of recording or a tree size.
DAY = r"^(1[6-9][0-9]{2}|2[0-4][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MOMENT = r"^([0-9]{1,12}|[12][0-9]{3}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z)?)$"
# An act that is supposed, in one line (`comity.service.supposing`): its instrument where that is another, a date that
# may be partial, actor, kind, and further columns.
LINE = (
    r"^([a-z0-9-]+: )?(1[6-9][0-9]{2}|2[0-4][0-9]{2})(-[0-9]{2}){0,2} [A-Za-z0-9-]{1,64} [a-z-]{1,64}"
    r"( [a-z]{1,16}=[^\u0000-\u001f]*)?$"
)
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter. `argument` is its name in Python, where that differs.

    A day left out is today, or, where that is `unbounded`, none at all. Lines are parted by line breaks, and a
    program may give the parameter once a line instead. Of `choices`, where there are some, a list is made. A number
    lies `within` its two bounds.
    """

    name: str
    kind: Kind
    summary: str
    example: str
    required: bool = True
    argument: str = ""
    unbounded: bool = False
    choices: tuple[str, ...] = ()
    within: tuple[int, int] = (0, 10**12 - 1)

    @property
    def python(self) -> str:
        """The name of the argument."""
        return self.argument or self.name


KNOWN = Parameter(
    name="known",
    kind="moment",
    summary="As known then: a timestamp in UTC, a date (its end in UTC) or a tree size of the log; left out: now.",
    example="2026-01-31",
    required=False,
)


def text_of(value: object, kind: Kind = "list") -> str:
    """A value of a parameter of this kind as an address has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | date):
        return str(value)
    if isinstance(value, Iterable):
        return ("\n" if kind == "lines" else ",").join(map(str, value))
    raise TypeError(f"no parameter is a {type(value).__name__}")


def read(parameters: Sequence[Parameter], given: Mapping[str, str], today: date) -> dict[str, object]:
    """The values by their Python names; raises `Refusal` with all that is wrong with what was given."""
    findings = [_unknown(name, parameters) for name in given if name not in {one.name for one in parameters}]
    values: dict[str, object] = {}
    for one in parameters:
        text = given.get(one.name, "").strip()
        if text:
            try:
                values[one.python] = _value(one, text)
            except ValueError as error:
                code = "date-impossible" if one.kind == "day" else "parameter-wrong"
                findings.append(_wrong(code, f"{one.name}: {error}", _hint(one)))
        elif one.required:
            findings.append(_wrong("parameter-missing", f"“{one.name}” is missing", _hint(one)))
        elif one.name in given:
            findings.append(_wrong("parameter-wrong", f"“{one.name}” is empty", f"leave it out, or {_hint(one)}"))
        elif one.kind == "day" and not one.unbounded:
            values[one.python] = today
    if findings:
        raise Refusal(findings)
    return values


_LONGEST: Mapping[Kind, int] = {"list": LONGEST * LONGEST_LIST, "lines": LINES * (LONGEST_LINE + 1)}


def _value(one: Parameter, text: str) -> object:
    if "\0" in text or len(text) > _LONGEST.get(one.kind, LONGEST):
        raise ValueError("that is too long, or no text")
    match one.kind:
        case "day":
            return parse_date(text)
        case "number":
            return _number(text, one.within)
        case "yes":
            return _yes(text)
        case "list":
            return _listed(text, one.choices)
        case "lines":
            return _lines(text)
        case "moment":
            return _moment(text)
        case _:
            return text


def _number(text: str, within: tuple[int, int]) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"“{text:.40}” is no whole number")
    if not within[0] <= int(text) <= within[1]:
        raise ValueError(f"{text} does not lie from {within[0]} to {within[1]}")
    return int(text)


def _yes(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"“{text:.40}” is neither true nor false")
    return text == "true"


def _moment(text: str) -> str:
    if not re.fullmatch(MOMENT, text, re.ASCII):
        raise ValueError(f"“{text:.40}” is no moment")
    return text


def _listed(text: str, choices: tuple[str, ...] = ()) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    other = next((name for name in found if choices and name not in choices), None)
    if other is not None:
        raise ValueError(f"“{other:.40}” is none of {', '.join(choices)}")
    if not found or len(found) > LONGEST_LIST:
        raise ValueError(f"a list has 1 to {LONGEST_LIST} names, parted by commas")
    return found


def _lines(text: str) -> tuple[str, ...]:
    found = tuple(line.strip() for line in text.split("\n") if line.strip())
    if len(found) > LINES:
        raise ValueError(f"there are at most {LINES} acts")
    wrong = next((line for line in found if len(line) > LONGEST_LINE or not re.fullmatch(LINE, line)), None)
    if wrong is not None:
        raise ValueError(f"“{wrong:.40}” is no act: it has a date, an actor and a kind")
    return found


def _hint(one: Parameter) -> str:
    return f"give something like {one.name}={one.example}"


def _unknown(name: str, parameters: Sequence[Parameter]) -> Finding:
    close = difflib.get_close_matches(name[:40], [one.name for one in parameters], n=1)
    takes = ", ".join(one.name for one in parameters)
    do = f"did you mean {close[0]}?" if close else f"it takes {takes}" if takes else "it takes none"
    return _wrong("parameter-unknown", f"this question has no parameter “{name:.40}”", do)


def _wrong(code: str, says: str, do: str) -> Finding:
    return Finding(level="error", code=code, says=says, do=do)
