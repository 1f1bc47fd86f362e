"""Leaves: records as canonical JSON bytes, and back (spec/log.md, 1 to 8).

msgspec with sorted keys writes the form of RFC 8785 thirty times faster than `rfc8785`, for what a leaf may
hold: no fractions, and keys inside the Basic Multilingual Plane. Beyond it the two orders of keys differ
(code points against UTF-16 units), so such a body is written by `rfc8785` itself.
"""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec
import rfc8785

from comity.register.errors import LeafError, MomentError, TooLongError

__all__ = [
    "DEEPEST",
    "LARGEST",
    "LONGEST",
    "Leaf",
    "Prepared",
    "Record",
    "canonical",
    "encode",
    "last_moment",
    "moment",
    "prepare",
    "read_leaf",
    "recorded_of",
    "strict_recorded",
]

LONGEST: Final = 65_535  # bytes: an entry of a tile has a length of 16 bits
LARGEST: Final = 2**53 - 1  # I-JSON (RFC 7493, 2.2): beyond, readers in other languages round
DEEPEST: Final = 64

_KIND = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_MOMENT_LENGTH: Final = 27
_FIRST_ASTRAL = "\U00010000"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be appended: a leaf that waits for its moment of recording."""

    kind: str
    body: dict[str, Any]
    v: int = 1


class Leaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry as read. `body` holds strings, whole numbers, lists and dicts."""

    v: int
    kind: str
    recorded: str
    body: dict[str, Any]


class Prepared(NamedTuple):
    """A record as bytes before and after its moment of recording."""

    before: bytes
    after: bytes

    def at(self, recorded: bytes) -> bytes:
        """The leaf's bytes, recorded at that moment."""
        return self.before + recorded + self.after


class _Flat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    kind: str
    recorded: str
    body: dict[str, str]


class _Recorded(msgspec.Struct, frozen=True):
    recorded: str


_encoder = msgspec.json.Encoder(order="sorted")
_leaf_decoder = msgspec.json.Decoder(Leaf)
_flat_decoder = msgspec.json.Decoder(_Flat)
_recorded_decoder = msgspec.json.Decoder(_Recorded)


def _check(value: object, depth: int) -> bool:
    """Raise LeafError where a leaf may not hold `value`; else whether all keys order alike in both orders."""
    kind = type(value)
    if kind is str:
        return True
    if isinstance(value, int) and kind is not bool:
        if not -LARGEST <= value <= LARGEST:
            raise LeafError(f"{value} is beyond ±(2^53 − 1): write it as text")
        return True
    if depth > DEEPEST:
        raise LeafError(f"a body is nested at most {DEEPEST} deep")
    if isinstance(value, dict):
        return _check_object(value, depth)
    if isinstance(value, list | tuple):
        return all([_check(item, depth + 1) for item in value])  # noqa: C419  # every item is to be looked at
    raise LeafError(f"a body holds text, whole numbers, lists and objects, not {kind.__name__} ({value!r:.40})")


def _check_object(value: dict[Any, Any], depth: int) -> bool:
    try:
        keys = "".join(value)
    except TypeError:
        odd = next(key for key in value if not isinstance(key, str))
        raise LeafError(f"a key is text, not {type(odd).__name__} ({odd!r:.40})") from None
    plain = keys.isascii() or max(keys) < _FIRST_ASTRAL
    for item in value.values():
        if type(item) is not str:  # here, not in the call: most values are texts
            plain &= _check(item, depth + 1)
    return plain


def canonical(body: dict[str, Any]) -> bytes:
    """The canonical bytes of a body; raises LeafError, saying why, where a leaf may not hold it."""
    if not isinstance(body, dict):
        raise LeafError(f"a body is an object, not {type(body).__name__}")
    plain = _check_object(body, 1)
    try:
        return _encoder.encode(body) if plain else rfc8785.dumps(_plain(body))
    except (UnicodeEncodeError, rfc8785.CanonicalizationError) as error:
        raise LeafError("a text holds half of a surrogate pair, which is no character") from error


def _plain(value: Any) -> Any:  # noqa: ANN401  # any value that a body may hold
    """Tuples as the lists that `rfc8785` asks for."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=256)
def _frame(kind: str, v: int) -> tuple[bytes, bytes]:
    """What stands between the body and the moment, and after it; raises LeafError."""
    if not 0 <= v <= LARGEST:
        raise LeafError(f"the version of a record is a whole number, 0 or more, not {v}")
    if _KIND.fullmatch(kind) is None:
        raise LeafError(f"“{kind:.70}” is no kind: write lower-case letters, digits and hyphens, at most 64")
    return b',"kind":"%b","recorded":"' % kind.encode(), b'","v":%d}' % v


def prepare(record: Record) -> Prepared:
    """The record as bytes, all but its moment; raises LeafError or TooLongError."""
    if type(record.v) is not int or type(record.kind) is not str:  # True equals 1, and would be taken for it
        raise LeafError(f"a kind is a word and a version a whole number, not {record.kind!r:.40} and {record.v!r:.40}")
    between, after = _frame(record.kind, record.v)
    before = b'{"body":' + canonical(record.body) + between
    length = len(before) + len(after) + _MOMENT_LENGTH
    if length > LONGEST:
        raise TooLongError(f"the entry has {length:,} bytes, a leaf at most {LONGEST:,}: let long texts enter by hash")
    return Prepared(before, after)


def encode(leaf: Leaf) -> bytes:
    """The canonical bytes of a leaf; raises LeafError, TooLongError or MomentError."""
    prepared = prepare(Record(kind=leaf.kind, body=leaf.body, v=leaf.v))
    return prepared.at(moment(leaf.recorded).encode())


def read_leaf(data: bytes) -> Leaf:
    """The leaf that these bytes are; raises LeafError where they are none. Whether they are canonical is not asked."""
    try:
        return _leaf_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LeafError(f"this is no leaf: {error}") from error


def recorded_of(data: bytes) -> str:
    """The moment of recording alone, without building the body; raises LeafError."""
    try:
        return _recorded_decoder.decode(data).recorded
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LeafError(f"this is no leaf: {error}") from error


def strict_recorded(data: bytes) -> str:
    """The moment of recording of bytes that are exactly what this module would write; raises LeafError for others.

    A body of texts alone, as nearly every body is, needs no look at its values.
    """
    try:
        flat = _flat_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _strict_recorded(data)
    plain = _encoder.encode(flat) == data and len(data) <= LONGEST and 0 <= flat.v <= LARGEST
    if plain and _is_kind(flat.kind) and _is_moment(flat.recorded):
        return flat.recorded
    return _strict_recorded(data)


def _strict_recorded(data: bytes) -> str:
    leaf = read_leaf(data)
    if encode(leaf) != data:
        raise LeafError("this is no leaf in canonical form")
    return leaf.recorded


@lru_cache(maxsize=256)
def _is_kind(kind: str) -> bool:
    return _KIND.fullmatch(kind) is not None


def moment(text: str) -> str:
    """The text, if it is a moment as `recorded` holds it; raises MomentError."""
    if not _is_moment(text):
        raise MomentError(f"“{text:.40}” is no moment of recording: write it as 2026-11-23T05:10:03.123456Z")
    return text


@lru_cache(maxsize=1024)
def _is_moment(text: str) -> bool:
    try:
        # 24:00 is read by some versions of Python
        return _MOMENT.fullmatch(text) is not None and _text(datetime.fromisoformat(text)) == text
    except ValueError:
        return False


def last_moment(text: str) -> str:
    """The last moment that a date or a timestamp of RFC 3339 covers, as `recorded` holds it; raises MomentError.

    A date means its end in UTC, a timestamp itself. It needs its offset, for without one it would mean another moment
    from one desk to the next.
    """
    try:
        if len(text) == len("YYYY-MM-DD"):
            return _text(datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC))
        stamp = datetime.fromisoformat(text)
    except ValueError as error:
        raise MomentError(f"“{text:.40}” is neither a tree size, a date nor a timestamp") from error
    if stamp.tzinfo is None:
        raise MomentError(f"“{text:.40}” lacks its offset from UTC: end it in Z or in +01:00")
    try:
        return _text(stamp.astimezone(UTC))
    except OverflowError as error:
        raise MomentError(f"“{text:.40}” is not a time of the calendar") from error


def _text(stamp: datetime) -> str:
    return stamp.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
