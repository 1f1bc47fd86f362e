"""What a question in words asks of the clauses of agreements: "60 ratifications", "forbids reservations", "1966".

A small grammar over the words of `clauses.toml`, the same for six languages: concepts that stand together in a question
ask for a trait, and a number asks for what its unit says (States, days, months, years). What is not so read is left to
the search by words.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import tomli

from comity.analysis.precedents.likeness import TRAITS, Profile, Value
from comity.service.finding.folding import STOPS, words_of

__all__ = ["Criterion", "Question", "meets", "read_question"]

_YEAR, _MONTH = 365.25, 30.4375
_YEARS = range(1600, 2500)
# Words around a number in which its unit is looked for, and how far two delays are the same (months differ in length).
_NEAR, _SAME = 4, 0.04
_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"两": 2, "零": 0}
_CHINESE = re.compile("[〇零一二两三四五六七八九十百]+(?=(?:个|份|名|年|天|日|月|票|国))")
_LEAST = 2
_UNITS = ("consent", "day", "month", "year", "share")


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One thing asked for: any of these traits with its value will do. `words` are the places of its words."""

    traits: tuple[tuple[str, Value], ...]
    words: frozenset[int]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question as read: what it asks of clauses, the stems of the words that are left, and how each was written."""

    criteria: tuple[Criterion, ...]
    words: tuple[tuple[str, ...], ...]
    written: Mapping[str, str]


class _Word(msgspec.Struct, frozen=True):
    start: int
    end: int
    stems: tuple[str, ...]


def meets(profile: Profile, criterion: Criterion) -> str | None:
    """The trait by which an agreement has what is asked, or None."""
    for name, value in criterion.traits:
        found = profile.traits.get(name)
        if found is not None and _equal(name, found, value):
            return name
    return None


def _equal(name: str, found: Value, value: Value) -> bool:
    if isinstance(found, frozenset):
        return value in found
    if isinstance(found, float) and isinstance(value, float) and TRAITS[name].kind == "ratio":
        return (
            abs(found - value) <= _SAME * max(abs(value), 1e-9)
            if name in {"delay", "notice", "wait"}
            else found == value
        )
    return found == value


def read_question(text: str) -> Question:
    """What a question asks of clauses, and its other words. Nothing is an error: what is not read is searched by."""
    text = _CHINESE.sub(lambda found: str(_chinese(found[0])), text)
    words = [_Word(*one) for one in words_of(text)]
    places = {name: _places(words, phrases) for name, phrases in _concepts().items()}
    places |= {f"two-{unit}": _paired(text, words, tuple(texts)) for unit, texts in _read()["pair"].items()}
    criteria = list(_numbers(text, words, places))
    if any(name == "share" for one in criteria for name, _ in one.traits):
        places["share"] |= {-1}
    criteria += [*_named(places), *_areas(words)]
    taken = {place for one in criteria for place in one.words if place >= 0}
    if taken:
        taken |= places["force"] | places["consent"]
    spans = [(words[place].start, words[place].end) for place in taken]
    generic = _generic()
    rest = [
        word
        for word in words
        if not any(start < word.end and word.start < end for start, end in spans)
        and not any(stem in STOPS or stem in generic for stem in word.stems)
    ]
    if not rest and not criteria:
        rest = words
    written = {word.stems[0]: text[word.start : word.end] for word in rest}
    return Question(criteria=tuple(criteria), words=tuple(dict.fromkeys(word.stems for word in rest)), written=written)


def _named(places: Mapping[str, frozenset[int]]) -> Iterator[Criterion]:
    asked: set[str] = set()
    for one in _read()["criterion"]:
        has, without = one["has"], one.get("without", ())
        if one["trait"] in asked or not all(places[name] for name in has) or any(places[name] for name in without):
            continue
        asked.add(one["trait"])
        yield Criterion(
            traits=((one["trait"], one["value"]),), words=frozenset().union(*(places[name] for name in has))
        )


def _areas(words: list[_Word]) -> Iterator[Criterion]:
    for name, phrases in _read()["area"].items():
        # The words go on searching: an area is wide, and its name is often that of a subject too.
        if _places(words, _phrases(tuple(phrases))):
            yield Criterion(traits=(("areas", name),), words=frozenset())


def _numbers(text: str, words: list[_Word], places: Mapping[str, frozenset[int]]) -> Iterator[Criterion]:
    """What each number asks for, by the unit beside it and by what else the question speaks of."""
    for place, number, span in _counted(words):
        if number < _LEAST:
            continue
        unit = "" if number in _YEARS else _unit(text, words, places, place, span)
        own = frozenset(range(place, place + span))
        near = own | {at for at in places.get(unit, ()) if abs(at - place) <= _NEAR}
        if unit == "consent":
            yield Criterion(traits=(("count", float(number)),), words=near | places["force"] | places["consent"])
        elif unit == "share":
            yield Criterion(traits=(("share", number / 100),), words=near | places["share"])
        elif unit:
            yield _delay(number * {"day": 1.0, "month": _MONTH, "year": _YEAR}[unit], near, places)
        elif number in _YEARS:
            yield Criterion(traits=(("year", float(number)),), words=own | places["adopted"])
    for unit in ("consent", "day", "month", "year"):
        pair = places[f"two-{unit}"]
        if pair and unit == "consent":
            yield Criterion(traits=(("count", 2.0),), words=pair | places["force"])
        elif pair:
            yield _delay(2 * {"day": 1.0, "month": _MONTH, "year": _YEAR}[unit], pair, places)


def _delay(days: float, own: frozenset[int], places: Mapping[str, frozenset[int]]) -> Criterion:
    days = round(days, 1)
    if not places["withdraw"]:
        return Criterion(traits=(("delay", days),), words=own | places["force"])
    names = (
        ("wait",)
        if places["first"] and not places["notice"]
        else ("notice",)
        if places["notice"]
        else ("notice", "wait")
    )
    used = own | places["withdraw"] | places["notice"] | places["first"]
    return Criterion(traits=tuple((name, days) for name in names), words=used)


def _counted(words: list[_Word]) -> Iterator[tuple[int, int, int]]:
    """Each number in digits or in words: its place, its value, and how many words it is written with."""
    place = 0
    while place < len(words):
        stem = words[place].stems[0]
        if stem.isdecimal():
            yield place, int(stem), 1
            place += 1
            continue
        found = next(
            (
                (value, len(phrase))
                for phrase, value in _number_words()
                if len(words) - place >= len(phrase)
                and all(not said.isdisjoint(words[place + at].stems) for at, said in enumerate(phrase))
            ),
            None,
        )
        if found is not None:
            yield place, found[0], found[1]
        place += 1 if found is None else found[1]


def _unit(text: str, words: list[_Word], places: Mapping[str, frozenset[int]], place: int, span: int) -> str:
    """The unit of a number: what follows it closely, or else (as in Arabic) goes before."""
    last = place + span - 1
    after = text[words[last].end :].lstrip()
    if after.startswith(("%", "٪", "في المائة", "في المئة", "بالمائة")):
        return "share"
    if after.startswith(("个月", "月")):
        return "month"
    if after.startswith("年"):
        return "year"
    if after.startswith(("天", "日")):
        return "day"
    if after.startswith(("个国", "国", "份", "个缔", "个成")):
        return "consent"
    following = [(at, unit) for unit in _UNITS for at in places[unit] if last < at <= last + _NEAR]
    before = [(place - at, unit) for unit in _UNITS for at in places[unit] if 0 < place - at <= 1]
    if last + 1 in places["third"]:
        return ""
    nearest = min(following, default=None) or min(before, default=None)
    return nearest[1] if nearest else ""


def _chinese(text: str) -> int:
    """A whole number below a thousand in Chinese signs."""
    total, current = 0, 0
    for sign in text:
        if sign == "百":
            total, current = total + (current or 1) * 100, 0
        elif sign == "十":
            total, current = total + (current or 1) * 10, 0
        else:
            current = current * 10 + _DIGITS[sign] if current else _DIGITS[sign]
    return total + current


_Phrase = tuple[frozenset[str], ...]


def _places(words: list[_Word], phrases: tuple[_Phrase, ...]) -> frozenset[int]:
    """The places of all phrases whose words the question has, each of its words within a few of the next."""
    found: set[int] = set()
    for phrase in phrases:
        own: list[int] = []
        for said in phrase:
            at = next((at for at, word in enumerate(words) if at not in own and not said.isdisjoint(word.stems)), None)
            if at is None:
                break
            own.append(at)
        else:
            found.update(own)
            # A word that stands more than once is taken each time.
            if len(phrase) == 1:
                found.update(at for at, word in enumerate(words) if not phrase[0].isdisjoint(word.stems))
    return frozenset(found)


def _paired(text: str, words: list[_Word], pairs: tuple[str, ...]) -> frozenset[int]:
    """The places of words that are a pair as they stand: their stems are those of one."""
    return frozenset(place for place, word in enumerate(words) if text[word.start : word.end].endswith(pairs))


@cache
def _read() -> Mapping[str, Any]:
    return tomli.loads(files("comity.service.finding").joinpath("clauses.toml").read_text(encoding="utf-8"))


@cache
def _phrases(texts: tuple[str, ...]) -> tuple[_Phrase, ...]:
    said = (tuple(frozenset(stems[:1]) for _, _, stems in words_of(text) if stems[0] not in STOPS) for text in texts)
    return tuple(dict.fromkeys(phrase for phrase in said if phrase))


@cache
def _concepts() -> Mapping[str, tuple[_Phrase, ...]]:
    read = _read()
    return {name: _phrases(tuple(texts)) for name, texts in read["concept"].items()}


@cache
def _generic() -> frozenset[str]:
    return frozenset(
        stem for text in _read()["generic"]["words"] for _, _, stems in words_of(text) for stem in stems[:1]
    )


@cache
def _number_words() -> tuple[tuple[_Phrase, int], ...]:
    """Numbers as they are written, the longest first."""
    found = [
        (tuple(frozenset(stems[:1]) for _, _, stems in words_of(text)), int(value))
        for value, texts in _read()["number"].items()
        for text in texts
    ]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))
