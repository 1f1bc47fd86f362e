"""Words as an index holds them: the same for every case, accent, ending and script habit of one word.

Light on purpose: a stem that is cut too far finds too much, and nobody sees why. Latin words lose accents and plural
endings; Russian ones ё, й and their endings; Arabic ones vowel signs, the forms of alef, the article and common endings
(after the light stemming of Larkey, Ballesteros and Connell, 2002); Chinese, which parts no words, becomes pairs of
signs that follow one another.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["STOPS", "Word", "stems", "words_of"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640"
_WORD = re.compile(rf"[{_HAN}]+|(?:[^\W_{_HAN}]|[{_MARKS}])+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_IS_ARABIC = re.compile(r"[\u0621-\u064a\u0671-\u06d3]")
_IS_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# What Unicode does not take apart: letters that readers write without their stroke, and the habits of Arabic script.
_LETTERS = str.maketrans("øłđðıħةىیکٱ", "olddihهييكا", "ءـ") | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}

# Words that say nothing by themselves, as folded; and what stands before the number of a provision.
_SAY_NOTHING = """
    a an and as at by for from in into of on or the to with
    au aux d de des du en et la l le les ou par pour qu sur un une
    al con del el entre las lo los por que se su y
    в во для за и из к на о об от по при с со
    من في علي الي عن ان او و ما مع بين
    art articl articulo стат ст ماد
"""
STOPS = frozenset(_SAY_NOTHING.split())

Word = tuple[int, int, tuple[str, ...]]


def words_of(text: str) -> Iterator[Word]:
    """Every word of a text: where it begins and ends, and its stems, the likeliest first; Chinese ones sign by sign."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        if _IS_HAN.match(found[0]):
            signs = found[0]
            if len(signs) == 1:
                yield start, end, (signs,)
            for place in range(len(signs) - 1):
                yield start + place, start + place + 2, (signs[place : place + 2],)
        else:
            yield start, end, stems(found[0])


@lru_cache(maxsize=50_000)
def stems(word: str) -> tuple[str, ...]:
    """The stems of one word: one, or in Arabic also that without a preposition written on to it."""
    folded = _folded(word)
    if _IS_ARABIC.search(folded):
        return _arabic(folded)
    if _IS_CYRILLIC.search(folded):
        return (_russian(folded),)
    return (_latin(folded),)


def _folded(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    return digits.translate(_LETTERS)


# English, French, Spanish: which of them a word is in is not known, so the endings are those that harm in none.
_PLURALS = (
    ("isations", "ization"),
    ("isation", "ization"),
    ("ies", "y"),
    ("ones", "on"),
    ("dades", "dad"),
    ("eaux", "eau"),
    ("aux", "al"),
)
_SIBILANTS = ("sses", "shes", "ches", "xes")
_SHORT = 4


def _latin(word: str) -> str:
    if len(word) <= _SHORT or not word.isalpha():
        return word
    for ending, instead in _PLURALS:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    if word.endswith(_SIBILANTS):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > _SHORT else word


# With й already written as и. The longest comes first.
_ENDINGS = """
    иями иеи иях иям ием ами ями ого его ому ему ыми ими ах ях ам ям ом ем ым им ых их ов ев ии ия ие ию ью ои еи ыи
    ая яя ое ее ую юю ые ье ья а я о е и ы у ю ь
"""
_RUSSIAN = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))
_LEFT = 3


def _russian(word: str) -> str:
    for ending in _RUSSIAN:
        if word.endswith(ending) and len(word) - len(ending) >= _LEFT:
            return word.removesuffix(ending)
    return word


_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
_ARABIC = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_ON_TO = "لبكفو"
_KEPT = 2


def _arabic(word: str) -> tuple[str, ...]:
    whole = _trimmed(word)
    if word[0] in _ON_TO and len(word) > _SHORT and not word.startswith(_ARTICLES):
        return tuple(dict.fromkeys((whole, _trimmed(word[1:]))))
    return (whole,)


def _trimmed(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _KEPT:
            word = word.removeprefix(article)
            break
    for ending in _ARABIC:
        if word.endswith(ending) and len(word) - len(ending) >= _KEPT:
            word = word.removesuffix(ending)
    return word
