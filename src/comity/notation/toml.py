"""TOML in the canonical form of the notation: one way to write each value, so that parse∘print is the identity.

The standard library reads TOML and does not write it; libraries that do keep no fixed form. The subset
here is all that the notation uses: text, whole numbers, decimals, dates, true and false, arrays and tables.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

# The same reader as the standard library's, compiled: three times faster, and one version on every Python.
import tomli

from comity.findings import Finding

__all__ = ["MAX_BYTES", "WIDTH", "inline", "key", "line_of", "load", "pair", "section"]

WIDTH = 120
# A definition is a page or two; the largest that ships, the table of actors, stays under a tenth of this.
MAX_BYTES = 4_000_000

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_NUMBER = re.compile(r"[=\[,\s][+-]?(inf|nan)\b|\d[eE][+-]?\d{6,}")
_AT_LINE = re.compile(r"line (\d+)")


def load(text: str, file: str) -> tuple[dict[str, object], tuple[Finding, ...]]:
    """Parse TOML, decimals exactly; a text that is no TOML gives an empty table and one finding."""
    try:
        return tomli.loads(text, parse_float=_decimal), ()
    except (tomli.TOMLDecodeError, RecursionError, InvalidOperation, ValueError) as error:
        where = _AT_LINE.search(str(error))
        line = int(where.group(1)) if where else _line_of_number(text)
        says = f"this is not TOML: {error}"
        return {}, (
            Finding(
                level="error",
                code="toml-malformed",
                file=file,
                line=line,
                says=says,
                do="mend the line; text stands in double quotes, dates without any",
            ),
        )


def _line_of_number(text: str) -> int:
    """The line of the first number that is none, `inf` or `nan`; 0 where there is no such line."""
    lines = text.split("\n")
    return next((number for number, line in enumerate(lines, 1) if _NO_NUMBER.search(line.split("#")[0])), 0)


def _decimal(text: str) -> Decimal:
    """Decimals as written; TOML's `inf` and `nan` are no numbers of a register."""
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"“{text}” is no number that can be counted with")
    return number


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04X}" if _CONTROL.match(c) else c) for c in text) + '"'


def key(name: str) -> str:
    """A key, bare where TOML lets it be."""
    return name if _BARE.fullmatch(name) else _quote(name)


def inline(value: object) -> str:
    """One value on one line; raises TypeError for a value that the notation has no form for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key(str(k))} = {inline(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, Iterable):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    raise TypeError(f"the notation has no form for {type(value).__name__}")


def pair(name: str, value: object, *, tall: bool = False) -> str:
    """`name = value`, an array on one line where it fits `WIDTH` and is not asked to stand `tall`."""
    line = f"{key(name)} = {inline(value)}"
    if isinstance(value, list | tuple) and value and (tall or len(line) > WIDTH):
        items = "".join(f"    {inline(item)},\n" for item in value)
        return f"{key(name)} = [\n{items}]"
    return line


def section(header: str, pairs: Mapping[str, object]) -> str:
    """A table with its header line (empty for the top of a file); absent values are left out."""
    lines = [header] if header else []
    lines.extend(pair(name, value) for name, value in pairs.items() if value is not None and value not in ((), "", {}))
    return "\n".join(lines) + "\n"


def line_of(text: str, path: Iterable[str | int]) -> int:
    """The line where the value at `path` stands, as near as a reading by lines can tell; 0 where it cannot.

    The parser of the standard library keeps no positions; tables are found by their header and counted
    where they repeat, keys by the start of their line below it.
    """
    lines = text.split("\n")
    at, found, header = 0, 0, ""
    for step in path:
        if isinstance(step, int):
            at, found = _nth_header(lines, f"[[{header}]]", step, found)
            continue
        header = f"{header}.{step}" if header else step
        hit = _first(lines, at, (f"[{header}]", f"[[{header}]]")) or _key_line(lines, at, step)
        if not hit:
            continue
        at, found = hit, hit
    return found


def _nth_header(lines: list[str], header: str, index: int, otherwise: int) -> tuple[int, int]:
    hits = [number for number, line in enumerate(lines, 1) if line.strip() == header]
    return (hits[index], hits[index]) if index < len(hits) else (otherwise, otherwise)


def _first(lines: list[str], start: int, headers: tuple[str, ...]) -> int:
    return next((n for n, line in enumerate(lines[start:], start + 1) if line.split("#")[0].strip() in headers), 0)


def _key_line(lines: list[str], start: int, name: str) -> int:
    form = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*=""")
    for number, line in enumerate(lines[start:], start + 1):
        if form.match(line):
            return number
        if line.startswith("[") and number > start + 1:
            return 0
    return 0
