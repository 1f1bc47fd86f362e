"""How a language writes numbers and puts names in order; dates are written alike in all of them (ISO 8601)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

__all__ = ["number", "percent", "sort_key"]

_NARROW, _WIDE = "\u202f", "\N{NO-BREAK SPACE}"
# What stands between thousands, before a decimal and before a percent sign (Unicode CLDR; French as printed in Paris).
_THOUSANDS: Mapping[str, str] = {"fr": _NARROW, "ru": _WIDE, "es": "."}
_DECIMAL_COMMA = frozenset({"fr", "ru", "es"})
_PERCENT: Mapping[str, str] = {"fr": f"{_NARROW}%", "ru": f"{_WIDE}%", "es": f"{_WIDE}%"}
# Spanish leaves four digits together.
_SPANISH_TOGETHER = 10_000


def number(language: str, value: int) -> str:
    """A whole number."""
    together = language == "es" and abs(value) < _SPANISH_TOGETHER
    return str(value) if together else f"{value:,}".replace(",", _THOUSANDS.get(language, ","))


def percent(language: str, value: str) -> str:
    """A percentage, from its digits with a decimal point and without a sign, such as `55.09`."""
    digits = value.replace(".", ",") if language in _DECIMAL_COMMA else value
    return f"{digits}{_PERCENT.get(language, '%')}"


@lru_cache(maxsize=16_384)  # the names of a page are those of the page before
def sort_key(language: str, name: str) -> str:
    """What names are put in order by: case apart, and accents too where they make no other letter."""
    return _ORDERS.get(language, _plain)(name)


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


_ARTICLE = re.compile(r"^ال")


def _arabic(name: str) -> str:
    """Without the article."""
    return _plain(_ARTICLE.sub("", name))


def _spanish(name: str) -> str:
    """Ñ is a letter of its own, after N."""
    return _plain(unicodedata.normalize("NFC", name).casefold().replace("ñ", "n\uffff"))


def _russian(name: str) -> str:
    """Й is a letter of its own; Ё stands with Е."""
    return unicodedata.normalize("NFC", name).casefold().replace("ё", "е")


# Two names of States begin with a character of the second level; each stands with one of the first that sounds alike.
_ALIKE = str.maketrans("斐瑙", "非脑")


def _chinese(name: str) -> str:
    """By the standard GB/T 2312, whose first level, of the characters in common use, is ordered by their sound."""
    return name.translate(_ALIKE).encode("gb18030").hex()


_ORDERS: Mapping[str, Callable[[str], str]] = {"ar": _arabic, "es": _spanish, "ru": _russian, "zh": _chinese}
