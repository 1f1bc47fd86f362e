"""Leaves: canonical bytes, what is refused, moments."""

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from comity.register.errors import LeafError, MomentError, TooLongError
from comity.register.leaf import (
    LARGEST,
    LONGEST,
    Leaf,
    Record,
    canonical,
    encode,
    last_moment,
    moment,
    prepare,
    read_leaf,
    recorded_of,
    strict_recorded,
)

NOW = "2026-11-23T05:10:03.123456Z"
VALUES = st.recursive(
    st.text() | st.integers(-LARGEST, LARGEST),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(st.text(), VALUES, max_size=6)
KINDS = st.from_regex(r"\A[a-z][a-z0-9-]{0,63}\Z")


@given(BODIES)
def test_a_body_is_byte_for_byte_that_of_rfc_8785(body: dict[str, Any]) -> None:
    assert canonical(body) == rfc8785.dumps(body)


def test_keys_are_ordered_by_utf_16_units_as_in_rfc_8785() -> None:
    # The example of RFC 8785, 3.2.3: in code points, the smiling face would come after U+FB33.
    body = {
        "€": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "😀": "Emoji: Grinning Face",
        "\x80": "Control",
        "ö": "Latin Small Letter O With Diaeresis",
    }
    values = ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign"]
    values += ["Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"]
    assert list(json.loads(canonical(body)).values()) == values
    assert list(json.loads(canonical({"a": [body]}))["a"][0].values()) == values


@given(KINDS, BODIES, st.integers(0, LARGEST))
def test_a_leaf_is_byte_for_byte_that_of_rfc_8785(kind: str, body: dict[str, Any], v: int) -> None:
    data = encode(Leaf(v=v, kind=kind, recorded=NOW, body=body))
    assert data == rfc8785.dumps({"v": v, "kind": kind, "recorded": NOW, "body": body})
    assert read_leaf(data) == Leaf(v=v, kind=kind, recorded=NOW, body=body)
    assert recorded_of(data) == strict_recorded(data) == NOW


def test_tuples_are_arrays() -> None:
    assert canonical({"a": ("b", ("c",)), "\U0001f600": ()}) == '{"a":["b",["c"]],"😀":[]}'.encode()


def nested(depth: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for _ in range(depth - 1):
        body = {"a": body}
    return body


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"a": None}, "not NoneType"),
        ({"a": True}, "not bool"),
        ({"a": 1.0}, "not float"),
        ({"a": math.nan}, "not float"),
        ({"a": [{"b": [1.5]}]}, "not float"),
        ({"a": Decimal(1)}, "not Decimal"),
        ({"a": date(2026, 1, 1)}, "not date"),
        ({"a": b"bytes"}, "not bytes"),
        ({"a": {"b"}}, "not set"),
        ({1: "a"}, "a key is text"),
        ({"a": {None: "a"}}, "a key is text"),
        ({"a": LARGEST + 1}, "beyond"),
        ({"a": [-LARGEST - 1]}, "beyond"),
        ({"a": "\ud800"}, "surrogate"),
        ({"\ud800": "a"}, "surrogate"),
        ({"a": "\ud800", "\U0001f600": "b"}, "surrogate"),
        (nested(65), "64 deep"),
        (["a"], "a body is an object"),
        ("a", "a body is an object"),
    ],
)
def test_what_a_leaf_may_not_hold_is_refused_with_the_reason(body: object, says: str) -> None:
    with pytest.raises(LeafError, match=says):
        prepare(Record(kind="treaty", body=body))  # type: ignore[arg-type]  # that is the point


def test_sixty_four_levels_are_not_too_deep() -> None:
    assert canonical(nested(64)) == rfc8785.dumps(nested(64))


@pytest.mark.parametrize("kind", ["", "Treaty", "a b", "1a", "a" * 65, "é", "-a", "a\n", None])
def test_a_kind_is_a_word(kind: object) -> None:
    with pytest.raises(LeafError, match="kind"):
        prepare(Record(kind=kind, body={}))  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("v", [-1, 1.0, True, "1", LARGEST + 1])
def test_a_version_is_a_whole_number(v: object) -> None:
    with pytest.raises(LeafError, match="version"):
        prepare(Record(kind="treaty", body={}, v=v))  # type: ignore[arg-type]  # that is the point


def test_the_longest_leaf() -> None:
    frame = len(encode(Leaf(v=1, kind="rule", recorded=NOW, body={"text": ""})))
    body = {"text": "x" * (LONGEST - frame)}
    assert len(encode(Leaf(v=1, kind="rule", recorded=NOW, body=body))) == LONGEST
    body = {"text": "x" * (LONGEST - frame - 1) + "é"}
    with pytest.raises(TooLongError, match="65,536 bytes"):
        encode(Leaf(v=1, kind="rule", recorded=NOW, body=body))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"\xff",
        b"[" * 60_000,
        b'{"body":{},"kind":"a","recorded":"x"}',
        b'{"body":{},"kind":"a","recorded":"x","v":1,"w":1}',
        b'{"body":[],"kind":"a","recorded":"x","v":1}',
        b'{"body":{},"kind":"a","recorded":1,"v":1}',
    ],
)
def test_junk_is_no_leaf(data: bytes) -> None:
    with pytest.raises(LeafError):
        read_leaf(data)
    with pytest.raises(LeafError):
        strict_recorded(data)


@given(st.binary(max_size=60))
def test_junk_raises_nothing_else(data: bytes) -> None:
    for read in (read_leaf, recorded_of, strict_recorded):
        with pytest.raises(LeafError):
            read(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"body":{}, "kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"kind":"a","body":{},"recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"b":"1","a":"2"},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":"1","a":"2"},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":"\\u0041"},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":null},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":true},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":1.5},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":1.0},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{"a":9007199254740992},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{},"kind":"A","recorded":"2026-11-23T05:10:03.123456Z","v":1}',
        b'{"body":{},"kind":"a","recorded":"2026-11-23T05:10:03Z","v":1}',
        b'{"body":{},"kind":"a","recorded":"2026-11-31T05:10:03.123456Z","v":1}',
        b'{"body":{},"kind":"a","recorded":"2026-11-23T05:10:03.123456Z","v":-1}',
    ],
)
def test_what_no_canonical_writer_writes_is_told_apart(data: bytes) -> None:
    with pytest.raises((LeafError, MomentError)):
        strict_recorded(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T05:10:03Z",
        "2026-11-23T05:10:03.123Z",
        "2026-11-23T05:10:03.123456+00:00",
        "2026-11-23 05:10:03.123456Z",
        "2026-02-30T05:10:03.123456Z",
        "2026-11-23T24:00:00.000000Z",
        "2026-11-23T05:10:60.000000Z",
        "0000-11-23T05:10:03.123456Z",
        "٢٠٢٦-11-23T05:10:03.123456Z",
        "2026-11-23T05:10:03.123456Z\n",
    ],
)
def test_a_moment_is_written_in_one_way(text: str) -> None:
    with pytest.raises(MomentError):
        moment(text)


@given(st.datetimes())
def test_moments_order_as_texts_as_they_do_in_time(stamp: datetime) -> None:
    text = stamp.isoformat(timespec="microseconds") + "Z"
    assert moment(text) == text
    assert (text < NOW) == (stamp.replace(tzinfo=UTC) < datetime.fromisoformat(NOW))


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2026-11-23", "2026-11-23T23:59:59.999999Z"),
        ("2026-11-23T05:10:03.123456Z", "2026-11-23T05:10:03.123456Z"),
        ("2026-11-23T05:10:03Z", "2026-11-23T05:10:03.000000Z"),
        ("2026-11-23T05:10:03+05:30", "2026-11-22T23:40:03.000000Z"),
    ],
)
def test_the_last_moment_that_a_text_covers(text: str, last: str) -> None:
    assert last_moment(text) == last


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "neither a tree size, a date nor a timestamp"),
        ("2026-02-30", "neither"),
        ("2026-11-23T05:10:03", "lacks its offset"),
        ("0001-01-01T00:00:00+14:00", "calendar"),
        ("", "neither"),
    ],
)
def test_other_texts_are_no_moments(text: str, says: str) -> None:
    with pytest.raises(MomentError, match=says):
        last_moment(text)
