"""The catalogue of words: one table a string, with all its languages side by side, in `server/words/*.toml`.

The words stand with the pages that show them; they are read here because titles and names are also searched.

    ["instrument.status"]
    en = "Status as at {on}"
    fr = "État au {on}"
    …

A string with a number is a table of plural forms, by the categories of Unicode CLDR. The English of reasons and
conditions stands where the law is, and that of titles, places and depositaries in the register itself.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import tomli

from comity.law.messages import MESSAGES
from comity.rules.explain import ENGLISH

__all__ = ["CATEGORIES", "CODES", "RECORDED", "Entry", "catalogue", "files", "plural_of"]

# One string, or its plural forms by category.
Entry = str | Mapping[str, str]

# The plural categories that whole numbers take (Unicode CLDR, plural rules; French and Spanish have one more, for
# millions, which no count here reaches).
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "zh": ("other",),
    "en": ("one", "other"),
    "fr": ("one", "other"),
    "ru": ("one", "few", "many"),
    "es": ("one", "other"),
}
CODES: tuple[str, ...] = tuple(CATEGORIES)

# Strings whose English is recorded in the register: the id ends in it, or in the id of what has it.
RECORDED: tuple[str, ...] = ("title.", "weights.", "place.", "depositary.", "group.")


def files() -> tuple[Path, ...]:
    """The files of the catalogue."""
    return tuple(sorted(Path(__file__).resolve().parents[1].joinpath("server", "words").glob("*.toml")))


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """The words of a language by id. Raises ValueError where two files have one id."""
    return dict(_entries(language))


def _entries(language: str) -> Iterator[tuple[str, Entry]]:
    if language == "en":
        yield from ((f"reason.{key}", text) for key, text in MESSAGES.items())
        yield from ((key, text.replace("{percent}%", "{percent}")) for key, text in ENGLISH.items())
    for key, entry in _read().items():
        if language in entry:
            yield key, entry[language]


@cache
def _read() -> Mapping[str, Mapping[str, Entry]]:
    found: dict[str, Mapping[str, Entry]] = {}
    for file in files():
        for key, entry in tomli.loads(file.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"{file.name}: {key} has words elsewhere too")
            found[key] = entry
    return found


_SMALL = ("zero", "one", "two")
_FEW, _MANY, _TEENS = range(3, 11), range(11, 100), range(11, 15)


def plural_of(language: str, number: int) -> str:
    """The plural category of a whole number (Unicode CLDR, plural rules)."""
    match language:
        case "zh":
            return "other"
        case "ar":
            return _arabic(number)
        case "ru":
            return _russian(number)
        case "fr":
            return "one" if number in {0, 1} else "other"
        case _:
            return "one" if number == 1 else "other"


def _arabic(number: int) -> str:
    if number < len(_SMALL):
        return _SMALL[number]
    rest = number % 100
    return "few" if rest in _FEW else "many" if rest in _MANY else "other"


def _russian(number: int) -> str:
    last, rest = number % 10, number % 100
    if last == 1 and rest != _TEENS.start:
        return "one"
    return "few" if last in range(2, 5) and rest not in _TEENS else "many"
