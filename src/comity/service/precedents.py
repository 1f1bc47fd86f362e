"""Precedents: agreements like this one, or like what words describe; why each is alike; and what became of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from comity.analysis.precedents.likeness import PARTS, Curve, Part, Profile, Value, closest, survival
from comity.instruments import Instrument
from comity.service.finding import index_of
from comity.service.finding.clauses import Question, meets, read_question
from comity.service.form import Progress
from comity.service.parameters import Parameter
from comity.service.profiles import Became, became_of, profile_of
from comity.service.queries import Refusal, Register, as_day, refuse

if TYPE_CHECKING:
    from comity.service.finding.meaning import Meanings

__all__ = [
    "LIMIT",
    "PARAMETERS",
    "PARTS",
    "UNRELATED",
    "Precedent",
    "Precedents",
    "PrecedentsAsked",
    "Shared",
    "answer",
    "precedents",
    "precedents_asked",
]

# What the question takes, over HTTP and as a tool.
PARAMETERS = (
    Parameter(
        name="q",
        kind="text",
        argument="asked",
        summary="The id of an instrument, or words in one of six languages that describe what is looked for.",
        example="treaties that forbid reservations",
    ),
    Parameter(
        name="by",
        kind="list",
        summary="Compare an instrument by these alone; left out: by all.",
        example="structure,area",
        required=False,
        choices=tuple(PARTS),
    ),
    Parameter(
        name="most",
        kind="number",
        summary="How many, at most 100; left out: 10.",
        example="5",
        required=False,
        within=(1, 100),
    ),
    Parameter(
        name="meaning",
        kind="yes",
        summary="Whether to search by meaning too, where the portal has the extra for it.",
        example="false",
        required=False,
    ),
)

Made = TypeVar("Made")
LIMIT, _MOST, _LONGEST = 10, 100, 1000
# What a clause asked for, the words and the meaning weigh against one another in a search by words.
_CLAUSES, _AREA, _WORDS, _MEANING = 1.0, 0.5, 1.0, 1.0
_MEANING_BESIDE = 0.3
# Two values of a trait are told as shared from here on.
_ALIKE = 0.8
# Cosines below this are of texts that have nothing to do with one another.
UNRELATED = 0.15


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A trait that is known of both: what was asked for, what the precedent has, and how alike the two are (0 to 1)."""

    trait: str
    asked: Value
    found: Value
    alike: float


class Precedent(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement, why it is like what was asked, how it differs, and what became of it.

    `score` is from 0 to 1 for an agreement asked about, and for words a number that only puts them in order. `words`
    are those of the question that were found. `meaning` is the cosine, where meaning was asked for.
    """

    instrument: str
    title: str
    score: float
    parts: Mapping[Part, float]
    same: tuple[Shared, ...]
    differ: tuple[Shared, ...]
    words: tuple[str, ...]
    meaning: float | None
    became: Became


class Precedents(msgspec.Struct, frozen=True, kw_only=True):
    """The precedents, the likest first; and how long they took to enter into force, cut off where no more is known."""

    instrument: str
    text: str
    on: date
    asked: Mapping[str, Value]
    found: tuple[Precedent, ...]
    time: Curve
    left_out: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it."""
        return msgspec.json.decode(msgspec.json.encode(self, order="deterministic"), type=dict[str, object])


def precedents(
    register: Register,
    asked: str,
    on: date | str,
    *,
    by: Sequence[str] = tuple(PARTS),
    limit: int = LIMIT,
    meaning: bool = False,
) -> Precedents:
    """Agreements like an instrument (its id), or like what words in one of six languages describe. Raises `Refusal`.

    `by` names the parts by which an instrument is compared: structure, area, membership, date. `meaning` adds the model
    of the extra `semantic` to a search by words.
    """
    day = as_day(on)
    wrong = [part for part in by if part not in PARTS]
    if wrong or not by:
        raise refuse("part-unknown", f"“{', '.join(wrong):.40}” is no part to compare by", f"say {', '.join(PARTS)}")
    if not 1 <= limit <= _MOST:
        raise refuse("number-wrong", f"{limit} precedents cannot be shown", f"ask for 1 to {_MOST}")
    text = asked.strip()
    if not text:
        raise refuse("nothing-asked", "no agreement and no words are given", "name an instrument, or describe one")
    known = register.reading.instrument(text) or register.reading.instrument(text.casefold().replace(" ", "-"))
    if known is not None:
        weights = {part: weight for part, weight in PARTS.items() if part in by}
        found = _like(register, known, day, weights)[:limit]
        return _told(register, day, found, instrument=known.id, asked=_profile(register, known, day).traits)
    if len(text) > _LONGEST:
        raise refuse("parameter-wrong", f"the text has more than {_LONGEST} characters", "describe it in fewer words")
    question = read_question(text)
    traits = {name: value for one in question.criteria for name, value in one.traits[:1]}
    return _told(
        register, day, _described(register, text, question, day, meaning=meaning)[:limit], text=text, asked=traits
    )


def precedents_asked(
    register: Register,
    asked: str,
    on: date,
    by: tuple[str, ...] = tuple(PARTS),
    most: int = LIMIT,
    *,
    meaning: bool = False,
) -> Precedents:
    """As `precedents`, with what a question takes. Raises `Refusal`."""
    return precedents(register, asked, on, by=by, limit=most, meaning=meaning)


class PrecedentsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument by its id, or words that describe one; the day; and how `precedents` compares."""

    asked: str
    on: date
    by: tuple[Part, ...] = tuple(PARTS)
    limit: int = LIMIT
    meaning: bool = False


def answer(register: Register, asked: PrecedentsAsked, progress: Progress = None) -> Precedents:
    """Agreements like one, or like what words describe (`precedents`). Raises `Refusal`."""
    del progress  # it takes a moment
    return precedents(register, asked.asked, asked.on, by=asked.by, limit=asked.limit, meaning=asked.meaning)


class _Ranked(msgspec.Struct, frozen=True, kw_only=True):
    it: Instrument
    score: float
    parts: Mapping[Part, float] = {}
    shared: tuple[Shared, ...] = ()
    words: tuple[str, ...] = ()
    meaning: float | None = None


def _like(register: Register, it: Instrument, on: date, weights: Mapping[Part, float]) -> list[_Ranked]:
    profiles = {one.id: _profile(register, one, on) for one in _instruments(register)}
    asked = profiles[it.id]
    found = []
    for one in closest(asked, profiles.values(), weights):
        other = register.instrument(one.id)
        shared = tuple(
            Shared(
                trait=each.trait,
                asked=asked.traits[each.trait],
                found=profiles[one.id].traits[each.trait],
                alike=each.alike,
            )
            for each in one.compared
        )
        found.append(_Ranked(it=other, score=one.score, parts=one.parts, shared=shared))
    return found


def _described(register: Register, text: str, question: Question, on: date, *, meaning: bool) -> list[_Ranked]:
    """Agreements by what a question asks of clauses, by its other words, and, where asked, by its meaning."""
    ranked = index_of(register).rank(question.words)
    most = ranked[0].score if ranked else 1.0
    by_words = {one.id: one for one in ranked}
    near = _meanings(register).near(text) if meaning else {}
    top = max(near.values(), default=1.0)
    # The model knows subjects and no numbers: beside clauses that were read it has less to say.
    weight = _MEANING_BESIDE if question.criteria else _MEANING
    found = []
    for it in _instruments(register):
        profile = _profile(register, it, on)
        shared = tuple(_held(profile, question))
        own = by_words.get(it.id)
        score = sum((_AREA if one.trait == "areas" else _CLAUSES) * one.alike for one in shared)
        score += 0.0 if own is None else _WORDS * own.score / most
        score += weight * max(0.0, near.get(it.id, 0.0) - UNRELATED) / max(top - UNRELATED, UNRELATED)
        words = () if own is None else tuple(question.written[stem] for stem in own.words)
        found.append(_Ranked(it=it, score=score, shared=shared, words=words, meaning=near.get(it.id)))
    return sorted((one for one in found if one.score > 0), key=lambda one: (-one.score, one.it.id))


def _held(profile: Profile, question: Question) -> Iterable[Shared]:
    """For each thing asked for, whether an agreement has it; what is not known of it is left out."""
    for one in question.criteria:
        name = meets(profile, one)
        if name is not None:
            yield Shared(trait=name, asked=dict(one.traits)[name], found=profile.traits[name], alike=1.0)
        else:
            trait, value = one.traits[0]
            if trait in profile.traits:
                yield Shared(trait=trait, asked=value, found=profile.traits[trait], alike=0.0)


def _told(
    register: Register,
    on: date,
    ranked: Sequence[_Ranked],
    *,
    asked: Mapping[str, Value],
    instrument: str = "",
    text: str = "",
) -> Precedents:
    found, left_out = [], []
    for one in ranked:
        try:
            became = _kept(_BECAME, became_of, register, one.it, on)
        except Refusal:
            left_out.append(one.it.id)
            continue
        found.append(
            Precedent(
                instrument=one.it.id,
                title=one.it.title,
                score=one.score,
                parts=one.parts,
                same=tuple(each for each in one.shared if each.alike >= _ALIKE),
                differ=tuple(each for each in one.shared if each.alike < _ALIKE),
                words=one.words,
                meaning=one.meaning,
                became=became,
            )
        )
    timed = [(one.became.days, one.became.entered is not None) for one in found if one.became.days is not None]
    return Precedents(
        instrument=instrument,
        text=text,
        on=on,
        asked=asked,
        found=tuple(found),
        time=survival([days for days, _ in timed], [entered for _, entered in timed]),
        left_out=tuple(left_out),
    )


def _instruments(register: Register) -> list[Instrument]:
    found = (register.reading.instrument(name) for name in register.reading.ids())
    return [it for it in found if it is not None]


# What a register's agreements are like is asked again and again, and costs a moment for all of them.
_PROFILES: "WeakKeyDictionary[Register, dict[tuple[str, date], Profile]]" = WeakKeyDictionary()
_BECAME: "WeakKeyDictionary[Register, dict[tuple[str, date], Became]]" = WeakKeyDictionary()
_MEANINGS: "WeakKeyDictionary[Register, Meanings]" = WeakKeyDictionary()
_MAKING = Lock()
_KEPT = 2_000


def _profile(register: Register, it: Instrument, on: date) -> Profile:
    return _kept(_PROFILES, profile_of, register, it, on)


def _kept(
    every: "WeakKeyDictionary[Register, dict[tuple[str, date], Made]]",
    make: Callable[[Register, Instrument, date], Made],
    register: Register,
    it: Instrument,
    on: date,
) -> Made:
    kept = every.setdefault(register, {})
    found = kept.get((it.id, on))
    if found is None:
        if len(kept) > _KEPT:
            kept.clear()
        found = kept[it.id, on] = make(register, it, on)
    return found


def _meanings(register: Register) -> "Meanings":
    from comity.service.finding.meaning import Meanings  # noqa: PLC0415  # of the extra `semantic`

    with _MAKING:
        found = _MEANINGS.get(register)
        if found is None:
            found = _MEANINGS[register] = Meanings(register)
        return found
