"""The index: SQLite's full-text search (FTS5) in memory, made anew for each size of the log, which takes a moment.

One index serves every kind of data base. What PostgreSQL has of its own parts no Chinese words and knows little of
Arabic, and a register is small: some thousands of entries, which are searched faster here than asked for elsewhere.
"""

import sqlite3
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from threading import Lock
from typing import Literal

import msgspec

from comity.service.finding.folding import STOPS, words_of

__all__ = ["KINDS", "Entry", "Found", "Index", "Kind", "Ranked", "Wanted"]

Kind = Literal["instrument", "actor", "term", "group", "provision", "rule"]
# Where two are found alike, the one that more readers mean comes first.
KINDS: tuple[Kind, ...] = ("instrument", "actor", "term", "group", "provision", "rule")
# Words come folded already: they are only to be parted at spaces.
_AGREEMENTS = "create virtual table agreement using fts5(names, also, about, tokenize='unicode61 remove_diacritics 0')"
_TABLE = "create virtual table entry using fts5(names, also, body, tokenize='unicode61 remove_diacritics 0')"
# What a word in a title, a by-name, or elsewhere in an agreement weighs.
_WEIGHTS = (3.0, 3.0, 1.0)
# Finds that are put in order; more than anyone reads.
_MOST = 400
# Of words that are not all to be found together, this part is enough; of pairs of Chinese signs too.
_ENOUGH = 0.6
_SHORT, _LONG = 4, 8
# Letters from which a word can be told by its beginning.
_BEGUN = 3


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What can be found: by its `names` in any language, its codes and by-names (`also`), and its `body`.

    What is only a `part` of something else, as a protocol is of a convention, comes after what is not. What an
    agreement is `about` finds it among agreements alone (`Index.rank`).
    """

    kind: Kind
    id: str
    number: str = ""
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    part: bool = False


class Ranked(msgspec.Struct, frozen=True):
    """An agreement found by words: its id, how well (0 or more), and the stems of the words it has."""

    id: str
    score: float
    words: tuple[str, ...]


class Wanted(msgspec.Struct, frozen=True):
    """One word of a question: each of its stems will do; the last word may be unfinished."""

    stems: tuple[str, ...]
    unfinished: bool

    def within(self, key: frozenset[str]) -> bool:
        """Whether a text with these stems has the word."""
        return not key.isdisjoint(self.stems) or (self.unfinished and self._begins(key))

    def meets(self, found: tuple[str, ...]) -> bool:
        """Whether a word with these stems is the one."""
        return self.within(frozenset(found))

    def _begins(self, key: frozenset[str]) -> bool:
        return any(stem.startswith(self.stems[0]) for stem in key)

    def question(self) -> str:
        """The question for it in the language of FTS5; stems hold letters and digits alone."""
        folded = [f'"{stem}"' for stem in self.stems]
        return f"({' OR '.join([*folded, *([f'{folded[0]}*'] if self.unfinished else [])])})"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found for `text`, the best first, by these words.

    `meant` is what was searched instead, where a word seems misspelt; `partly` says that no entry has all the words.
    """

    text: str
    hits: tuple[Entry, ...]
    words: tuple[Wanted, ...]
    meant: str = ""
    partly: bool = False

    def shown(self, entry: Entry) -> str:
        """The text of an entry that has the most of the words, a name before others."""

        def count(text: str) -> int:
            key = _key(text)
            return sum(word.within(key) for word in self.words)

        return max((*entry.names, *entry.also, *entry.body), key=count, default="")


class Index:
    """An index over entries; safe for threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._lock = Lock()
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        # An index has no end of its own: it goes with the register that it is of.
        weakref.finalize(self, self._base.close)
        self._base.execute(_TABLE)
        self._base.execute(_AGREEMENTS)
        self._spelt: dict[str, Counter[str]] = {}
        self._keys: list[tuple[frozenset[str], ...]] = []
        # Provisions share the titles of what they stand in: each text is folded once.
        folded: dict[str, str] = {}
        rows = []
        for number, entry in enumerate(self._entries):
            self._keys.append(tuple(map(_key, (*entry.names, *entry.also))))
            parts = ([self._tokens(text, folded) for text in texts] for texts in (entry.names, entry.also, entry.body))
            rows.append((number, *map(" ".join, parts)))
        self._base.executemany("insert into entry(rowid, names, also, body) values (?, ?, ?, ?)", rows)
        agreements = [
            (number, rows[number][1], rows[number][2], " ".join(self._tokens(text, folded) for text in entry.about))
            for number, entry in enumerate(self._entries)
            if entry.about
        ]
        self._base.executemany("insert into agreement(rowid, names, also, about) values (?, ?, ?, ?)", agreements)

    def _tokens(self, text: str, folded: dict[str, str]) -> str:
        if text not in folded:
            tokens: list[str] = []
            for start, end, found in words_of(text):
                tokens += found
                for stem in found:
                    self._spelt.setdefault(stem, Counter())[text[start:end].casefold()] += 1
            folded[text] = " ".join(tokens)
        return folded[text]

    def find(self, text: str) -> Found:
        """What there is for these words: all of them, whole or begun; else with misspelt ones mended; else most."""
        wanted = _wanted(text)
        if not wanted:
            return Found(text=text, hits=(), words=())
        hits = self._all(wanted)
        if hits:
            return self._found(text, wanted, hits)
        begun = [msgspec.structs.replace(word, unfinished=len(word.stems[0]) >= _BEGUN) for word in wanted]
        if hits := self._all(begun):
            return self._found(text, begun, hits)
        meant = self._mended(text)
        if meant and (hits := self._all(_wanted(meant))):
            return self._found(text, _wanted(meant), hits, meant=meant)
        wanted = _wanted(meant or text)
        return self._found(text, wanted, self._most(wanted), meant=meant, partly=True)

    def rank(self, words: Sequence[tuple[str, ...]]) -> list[Ranked]:
        """Agreements that have any of these words (each by its stems), the best first, by BM25."""
        scores: Counter[int] = Counter()
        found: dict[int, list[str]] = {}
        sql = "select rowid, bm25(agreement, ?, ?, ?) from agreement where agreement match ?"
        for stems in words:
            question = Wanted(stems, unfinished=False).question()
            with self._lock:
                rows = list(self._base.execute(sql, (*_WEIGHTS, question)))
            for number, score in rows:
                scores[number] -= score
                found.setdefault(number, []).append(stems[0])
        ranked = [Ranked(self._entries[number].id, score, tuple(found[number])) for number, score in scores.items()]
        return sorted(ranked, key=lambda one: (-one.score, one.id))

    def _found(
        self, text: str, wanted: Sequence[Wanted], numbers: Sequence[int], *, meant: str = "", partly: bool = False
    ) -> Found:
        hits = tuple(self._entries[number] for number in numbers)
        return Found(
            text=text, hits=hits, words=tuple(wanted), meant=meant if hits else "", partly=partly and bool(hits)
        )

    def _all(self, wanted: Sequence[Wanted]) -> list[int]:
        return self._ordered(self._ask(" AND ".join(word.question() for word in wanted)), wanted)

    def _most(self, wanted: Sequence[Wanted]) -> list[int]:
        """Entries that have most of the words, those with more of them first."""
        counts: Counter[int] = Counter()
        for one in wanted:
            counts.update(number for number, _ in self._ask(one.question(), limit=-1))
        need = ceil(_ENOUGH * len(wanted))
        ranked = self._ordered([(number, 0.0) for number, count in counts.items() if count >= need], wanted)
        return sorted(ranked, key=lambda number: -counts[number])[:_MOST]

    def _ask(self, question: str, limit: int = _MOST) -> list[tuple[int, float]]:
        sql = "select rowid, bm25(entry, 10, 6, 1) as rank from entry where entry match ? order by rank limit ?"
        with self._lock:
            return list(self._base.execute(sql, (question, limit)))

    def _ordered(self, found: Iterable[tuple[int, float]], wanted: Sequence[Wanted]) -> list[int]:
        def rank(one: tuple[int, float]) -> tuple[int, int, int, bool, int, float]:
            number, score = one
            entry, (tier, lacking, rest) = self._entries[number], self._tier(number, wanted)
            return tier, lacking, KINDS.index(entry.kind), entry.part, rest, score

        return [number for number, _ in sorted(found, key=rank)]

    def _tier(self, number: int, wanted: Sequence[Wanted]) -> tuple[int, int, int]:
        """How near the nearest name is: 0 where it is the question, 1 where it has all of it, 2 where it has less.

        With the tier, how many words the name lacks, and how much more it says. The heading of a provision is no name
        of its own: many treaties have an article on one thing.
        """
        entry, best = self._entries[number], (2, len(wanted), 0)
        for place, key in enumerate(self._keys[number]):
            lacking = sum(not one.within(key) for one in wanted)
            rest = max(0, len(key) - len(wanted) + lacking)
            named = not rest and not lacking and all(not key.isdisjoint(one.stems) for one in wanted)
            heading = entry.kind == "provision" and place < len(entry.names)
            best = min(best, (2 if lacking else 0 if named and not heading else 1, lacking, rest))
        return best

    def _mended(self, text: str) -> str:
        """The question with each word that occurs nowhere replaced by the nearest that does; "" where there is none."""
        parts, last = [], 0
        for start, end, found in words_of(text):
            if any(stem in self._spelt or stem in STOPS for stem in found):
                continue
            near = self._nearest(found[0])
            if near:
                parts += [text[last:start], near]
                last = end
        return "".join([*parts, text[last:]]) if parts else ""

    def _nearest(self, stem: str) -> str:
        """The word whose stem differs by one slip, or in long words two; the commonest of several."""
        if len(stem) < _SHORT:
            return ""
        most = 2 if len(stem) >= _LONG else 1
        near = [
            (slips, -spelt.total(), other)
            for other, spelt in self._spelt.items()
            if abs(len(other) - len(stem)) <= most and (slips := _slips(stem, other, most)) <= most
        ]
        return self._spelt[min(near)[2]].most_common(1)[0][0] if near else ""


def _wanted(text: str) -> list[Wanted]:
    """The words of a question without those that say nothing, unless there are no others."""
    found = list(words_of(text))
    telling = [one for one in found if one[2][0] not in STOPS] or found
    # A word is still being typed where nothing follows it. One letter begins too many; one Chinese sign is a word.
    asked = {
        stems: Wanted(stems, end == len(text) and (len(stems[0]) > 1 or not stems[0].isascii()))
        for _, end, stems in telling
    }
    return list(asked.values())


def _key(text: str) -> frozenset[str]:
    """A name as the set of its stems, without the words that say nothing."""
    return frozenset(stem for _, _, found in words_of(text) for stem in found if stem not in STOPS)


def _slips(one: str, other: str, most: int) -> int:
    """Letters missing, added, changed or exchanged with the next (Damerau and Levenshtein); stops above `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            value = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                value = min(value, older[j - 2] + 1)
            row.append(value)
        if min(row) > most:
            return most + 1
    return row[-1]
