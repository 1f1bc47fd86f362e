"""The words of the pages in one language: strings, reasons, names; every parameter isolated from the text around it.

What comes out is safe HTML: parameters are escaped and stand in `bdi`, so that a date or a name in another script
keeps its own direction (Unicode Bidirectional Algorithm, isolates).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Literal

import msgspec
from django.utils.safestring import SafeString

from comity.actors import Directory
from comity.acts import parse_act_ref
from comity.dates import Delay, LegalDate
from comity.instruments import Instrument
from comity.law.results import Reason
from comity.rules.explain import RuleReason
from comity.rules.progress import Progress
from comity.server.markup import conditional_escape, format_html, format_html_join
from comity.server.words import writing
from comity.service.catalogue import Entry, catalogue, plural_of

__all__ = ["LANGUAGES", "Language", "Speaker", "Words", "words_in"]


class Language(msgspec.Struct, frozen=True):
    """A language of the portal: its code, its name in itself, its direction."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]


# In the order in which the United Nations lists its languages.
LANGUAGES: Mapping[str, Language] = {
    "ar": Language("ar", "العربية", "rtl"),
    "zh": Language("zh", "中文", "ltr"),
    "en": Language("en", "English", "ltr"),
    "fr": Language("fr", "Français", "ltr"),
    "ru": Language("ru", "Русский", "ltr"),
    "es": Language("es", "Español", "ltr"),
}

_EMPTY = "–"
_BDI, _BDI_LTR = "<bdi>{}</bdi>", '<bdi dir="ltr">{}</bdi>'
# An article as final clauses number it: 21(1), XII, 18 bis; not "Annex A" or "Protocol II".
_NUMBER = re.compile(r"(\d|[IVXLC]+\b)")
_MOMENT = re.compile(r"\d{4}-[\dT:.+-]+Z?")


class Words:
    """The words of one language, without a register."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.code = language.code
        self._words = catalogue(language.code)

    def text(self, key: str, **params: object) -> SafeString:
        """A string of the pages; raises KeyError for an id without words."""
        return self._filled(self._string(key), params)

    def count(self, key: str, number: int) -> SafeString:
        """A string with a number, in the plural form that the number asks for."""
        forms = self._words[key]
        if isinstance(forms, str):
            raise TypeError(f"{key} has no plural forms")
        return self._filled(forms[plural_of(self.code, number)], {"n": self.number(number)})

    def number(self, value: int) -> str:
        """A whole number as the language writes it."""
        return writing.number(self.code, value)

    def known(self, key: str) -> str | None:
        """The string of an id, or None where the language has none."""
        found = self._words.get(key)
        return found if isinstance(found, str) else None

    def _string(self, key: str) -> str:
        found: Entry = self._words[key]
        if not isinstance(found, str):
            raise TypeError(f"{key} has plural forms")
        return found

    def status(self, word: str) -> str:
        """A status, or what became of an instrument."""
        return self._string(f"status.{word}")

    def end(self, by: str) -> str:
        """How a spell ended."""
        return self.known(f"end.{by}") or by

    def act(self, kind: str) -> str:
        """A kind of act."""
        return self.known(f"act.{kind}") or kind

    def mark(self, kind: str) -> str:
        """What stands beside the date of a consent in the table of participants; nothing for a ratification."""
        return "" if kind == "ratification" else self.known(f"mark.{kind}") or self.act(kind)

    def marks(self) -> list[tuple[str, str]]:
        """The kinds of act that have a mark, each with its mark."""
        return self._under("mark.")

    def titles(self) -> list[tuple[str, str]]:
        """The ids of instruments that have a title in this language, each with its title."""
        return self._under("title.")

    def _under(self, start: str) -> list[tuple[str, str]]:
        return [
            (key.removeprefix(start), text)
            for key, text in self._words.items()
            if key.startswith(start) and isinstance(text, str)
        ]

    def act_class(self, name: str) -> str:
        """A class of acts whose completeness is stated; a class may be a kind of act."""
        return self.known(f"class.{name}") or self.act(name)

    def kind(self, word: str) -> str:
        """A kind of instrument."""
        return self.known(f"kind.{word}") or word

    def area(self, word: str) -> str:
        """An area."""
        return self.known(f"area.{word}") or word

    def list(self, items: Iterable[object]) -> SafeString:
        """Items with the comma of the language between them."""
        return format_html_join(self._string("delay.list"), "{}", ((self.isolated(item),) for item in items))

    def delay(self, delay: Delay) -> SafeString:
        """A delay in words."""
        units = (("years", delay.years), ("months", delay.months), ("days", delay.days))
        parts = [self.count(f"delay.{unit}", number) for unit, number in units if number]
        words = format_html_join(self._string("delay.and"), "{}", ((part,) for part in parts))
        if not parts:
            words = conditional_escape(self._string("delay.none"))
        for turn in ("inclusive" if delay.inclusive else None, delay.then):
            if turn is not None:
                words = format_html(self._string(f"delay.{turn}"), delay=words)
        return words

    def english(self, text: str, known: str | None = None) -> SafeString:
        """A text recorded in English: its words in this language where they are known, else marked as English."""
        if known is not None or self.code == "en":
            return conditional_escape(known or text)
        return format_html('<bdi lang="en">{}</bdi>', text)

    def place(self, name: str) -> SafeString:
        """A place."""
        return self.english(name, self.known(f"place.{name}"))

    def depositary(self, name: str) -> SafeString:
        """A depositary."""
        return self.english(name, self.known(f"depositary.{name}"))

    def title(self, it: Instrument) -> SafeString:
        """The title of an instrument, marked as English where it has none in the language."""
        return self.english(it.title, self.known(f"title.{it.id}"))

    def plain_title(self, it: Instrument) -> str:
        """The title as bare text, for the head of a page."""
        return self.known(f"title.{it.id}") or it.title

    def title_key(self, it: Instrument) -> str:
        """How titles are put in order."""
        return self.sort_key(self.plain_title(it))

    def sort_key(self, name: str) -> str:
        """How names are put in order in the language."""
        return writing.sort_key(self.code, name)

    def isolated(self, value: object) -> SafeString:
        """A value as text with a direction of its own."""
        if isinstance(value, SafeString):
            return value
        # Without a letter nothing says which way to read: numbers and dates run from left to right in every language.
        text = str(value)
        return format_html(_BDI if any(map(str.isalpha, text)) and not _MOMENT.fullmatch(text) else _BDI_LTR, text)

    def _filled(self, template: str, params: Mapping[str, object]) -> SafeString:
        if not params:
            return conditional_escape(template)
        return format_html(template, **{name: self.isolated(value) for name, value in params.items()})


# Parameters that hold the id of an actor, or several; of an instrument; words of a closed list.
_ACTORS = frozenset({"actor", "a", "b", "by", "holder", "before", "bound", "unbound", "organization"})
_INSTRUMENTS = frozenset({"parent", "amendments", "amendment", "instrument"})
# Recorded in English, as their authors wrote them.
_FREE = frozenset({"claim", "step"})


class Speaker(Words):
    """The words of one language over one register, on one day: names, titles and reasons too."""

    def __init__(
        self, language: Language, directory: Directory, instrument: Callable[[str], Instrument | None], on: date
    ) -> None:
        super().__init__(language)
        self._directory = directory
        self._instrument = instrument
        self._on = on

    def name(self, code: str) -> str:
        """The name that an actor has on the day, or the id itself where it is no actor's."""
        actor = self._directory.actors.get(code)
        return code if actor is None else actor.name(self.code, self._on)

    def titled(self, name: str) -> SafeString:
        """The title of an instrument by its id."""
        it = self._instrument(name)
        return self.isolated(name) if it is None else format_html("<bdi>{}</bdi>", self.title(it))

    def reason(self, reason: Reason) -> SafeString:
        """A reason in words; raises KeyError for a message without words."""
        key = f"reason.{reason.id}"
        if reason.params.get("delay") == Delay() and f"{key}.at-once" in self._words:
            key += ".at-once"
        elif reason.params.get("since", "") is None and f"{key}.open" in self._words:
            key += ".open"
        elif reason.params.get("date", "") is None and f"{key}.void" in self._words:
            key += ".void"
        elif reason.params.get("notified", "") is None and f"{key}.unnotified" in self._words:
            key += ".unnotified"
        params = {name: self._param(reason.id, name, value) for name, value in reason.params.items()}
        return self.text(key, **params)

    def rule(self, reason: RuleReason, node: Progress, weights: Callable[[str], str]) -> SafeString:
        """One condition in words; `weights` gives the title of a weight table."""
        params: dict[str, object] = {}
        for name, value in reason.params:
            if name == "part":
                params[name] = self._part(node.need if node.kind == "share" else node.part)
            elif name == "weights":
                params[name] = self.isolated(self.english(weights(node.of), self.known(f"weights.{node.of}")))
            elif name == "percent":
                params[name] = writing.percent(self.code, str(value))
            elif name in {"side", "base"}:
                params[name] = self.known(f"side.{value}") or value
            elif name == "instrument":
                params[name] = self.titled(str(value))
            elif name == "actors" and isinstance(value, tuple):
                params[name] = self.names(value)
            elif name == "among":
                params[name] = self._group(str(value))
            else:
                params[name] = value
        return self.text(reason.id, **params)

    def own_act(self, ref: str) -> SafeString:
        """An act of the instrument itself, named as acts name one another."""
        of = parse_act_ref(ref)
        return self.text("cite.own-act", actor=self.name(of.actor), act=self.act(of.kind), date=of.date)

    def provision(self, number: str) -> str:
        """A provision: an article by its number; "*" is the whole instrument; anything else is named in full."""
        if number == "*":
            return str(self.text("provisions.all"))
        return self.article(number)

    def article(self, number: str) -> SafeString | str:
        """An article by its number, Arabic or Roman; what is no number is named in full already."""
        return self.text("cite.article", number=number) if _NUMBER.match(number) else number

    def articles(self, numbers: Iterable[str]) -> SafeString:
        """Provisions in one phrase: `Articles 2, 9(2)`; what is no article stands before them by itself."""
        named = list(numbers)
        counted = [number for number in named if _NUMBER.match(number)]
        others = [self.provision(number) for number in named if not _NUMBER.match(number)]
        if not counted[1:]:
            return self.list([*others, *map(self.provision, counted)])
        forms = self._words["cite.articles"]
        if isinstance(forms, str):
            raise TypeError("cite.articles has no plural forms")
        several = self._filled(forms[plural_of(self.code, len(counted))], {"numbers": self.list(counted)})
        return self.list([*others, several])

    def _part(self, part: int | Fraction | None) -> str:
        """`55%` where that is exact, else the fraction, as 2/3."""
        exact = Fraction(part or 0) * 100
        return writing.percent(self.code, str(exact.numerator)) if exact.denominator == 1 else str(Fraction(part or 0))

    def names(self, codes: Iterable[str]) -> SafeString:
        """The names of actors in order, as a list."""
        names = sorted((self.name(code) for code in codes), key=self.sort_key)
        return self.list(names)

    def group(self, name: str) -> str:
        """The title of a group, in English where it has none in the language, or its id."""
        group = self._directory.groups.get(name)
        return self.known(f"group.{name}") or (group.title if group is not None else "") or name

    def _group(self, name: str) -> SafeString:
        group = self._directory.groups.get(name)
        if group is None or not group.title:
            return self.isolated(name)
        return self.isolated(self.english(group.title, self.known(f"group.{name}")))

    def _param(self, key: str, name: str, value: object) -> object:
        if value is None or value == "":
            return _EMPTY
        if isinstance(value, Delay):
            return self.delay(value)
        if isinstance(value, str):
            return self._word(key, name, value)
        if isinstance(value, date | LegalDate | int):
            return str(value)
        if isinstance(value, Iterable) and name == "provisions":
            return self.articles(map(str, value))
        if isinstance(value, Iterable):
            return self.list(self._param(key, name, item) for item in value)
        return str(value)

    def _word(self, key: str, name: str, value: str) -> object:
        known = {
            "act": self.act,
            "kind": self.kind,
            "status": self._status,
            "classes": self.act_class,
            "provisions": self.provision,
            "before": self._status if key == "status-changed" else self.name,
            "after": self._status,
            "by": self.end if key == "terminated" else self.name,
        }
        if key == "contested" and name == "act":
            return self.own_act(value)
        if name in known:
            return known[name](value)
        if name in _ACTORS:
            return self.name(value)
        if name in _INSTRUMENTS:
            return self.titled(value)
        return self.english(value) if name in _FREE else value

    def _status(self, word: str) -> str:
        return self.known(f"status.{word}") or word


@cache
def words_in(code: str) -> Words:
    """The words of a language by its code."""
    return Words(LANGUAGES[code])
