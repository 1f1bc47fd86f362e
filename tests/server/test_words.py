"""Every string, reason and form of a plural in every language, with the same parameters."""

import string
from collections.abc import Mapping
from datetime import date

import pytest
import tomli
from django.test import RequestFactory

from comity.acts import KINDS as ACT_KINDS
from comity.instruments import AREAS, KINDS
from comity.law.messages import MESSAGES
from comity.notation.instrument_file import HORIZON_CLASSES
from comity.rules.explain import ENGLISH
from comity.server.exports.table import bare
from comity.server.faults import language_for
from comity.server.words import LANGUAGES, Speaker, words_in
from comity.service import Register, open_register
from comity.service.catalogue import CATEGORIES, CODES, RECORDED, Entry, catalogue, files, plural_of

FORMULAE = string.Formatter()
OTHERS = sorted(set(CODES) - {"en"})
# Titles and names that are not known for certain: shown in English.
UNTITLED = {
    "ar": {"beps-mli", "hong-kong-convention", "ramsar-convention", "road-traffic-1949", "tfeu"},
    "ru": {"pandemic-agreement"},
}
UNNAMED = {"EUMETSAT": {"ar"}, "NEFCO": {"ar", "es", "zh"}, "TPE": {"ar", "ru", "zh"}}


def parameters(template: str) -> set[str]:
    return {name for _, name, _, _ in FORMULAE.parse(template) if name}


def words(language: str) -> Mapping[str, Entry]:
    return catalogue(language)


def test_every_language_is_on() -> None:
    assert tuple(LANGUAGES) == ("ar", "zh", "en", "fr", "ru", "es")  # the order of the United Nations
    assert set(LANGUAGES) == set(CODES)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_string_has_its_words(language: str) -> None:
    needed = {key for key in words("en") if not key.startswith(RECORDED)}
    assert needed - set(words(language)) == set()
    assert {key for key in words(language) if not key.startswith(RECORDED)} - needed == set()


@pytest.mark.parametrize("language", OTHERS)
def test_all_languages_say_the_same_of_the_same(language: str) -> None:
    # Who acted may be told by the heading in English, and the other way round; dates and provisions may not be lost.
    english = words("en")
    for key, entry in words(language).items():
        if isinstance(entry, str) and isinstance(said := english.get(key, ""), str) and not key.startswith(RECORDED):
            assert parameters(entry) == parameters(said), key
            assert entry.strip(), key


def test_every_reason_and_condition_has_its_words() -> None:
    for language in OTHERS:
        keys = {key for key in words(language) if key.startswith("reason.")}
        assert keys == {f"reason.{key}" for key in MESSAGES}
        assert {key for key in words(language) if key.startswith("rule.")} == set(ENGLISH)


@pytest.mark.parametrize("language", sorted(CODES))
def test_every_plural_has_all_its_forms(language: str) -> None:
    for key, forms in words(language).items():
        if not isinstance(forms, str):
            assert set(forms) == set(CATEGORIES[language]), key


def test_one_string_stands_in_one_file_only() -> None:
    keys = [key for file in files() for key in tomli.loads(file.read_text(encoding="utf-8"))]
    assert len(keys) == len(set(keys))


def test_arabic_numbers_take_the_right_form() -> None:
    found = {n: plural_of("ar", n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 110, 111, 195, 200)}
    assert found == {
        0: "zero",
        1: "one",
        2: "two",
        3: "few",
        10: "few",
        11: "many",
        99: "many",
        100: "other",
        101: "other",
        102: "other",
        103: "few",
        110: "few",
        111: "many",
        195: "many",
        200: "other",
    }
    words = words_in("ar")
    assert "طرفاً" in words.count("count.party", 195)
    assert words.count("count.party", 2) == "طرفان"


def test_russian_numbers_take_the_right_form() -> None:
    found = {n: plural_of("ru", n) for n in (0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112, 122)}
    assert [n for n, form in found.items() if form == "one"] == [1, 21, 101]
    assert [n for n, form in found.items() if form == "few"] == [2, 4, 22, 122]
    assert set(found.values()) == {"one", "few", "many"}


def named(start: str) -> set[str]:
    return {key.removeprefix(start) for key in words("en") if key.startswith(start)}


def test_closed_lists_are_whole() -> None:
    assert named("act.") == set(ACT_KINDS)
    assert named("kind.") == set(KINDS)
    assert named("area.") == set(AREAS)
    assert named("class.") == set(HORIZON_CLASSES)


@pytest.fixture(scope="module")
def shipped() -> Register:
    return open_register()


def test_names_of_things_are_names_of_things_that_ship(shipped: Register) -> None:
    instruments = [it for name in shipped.reading.ids() if (it := shipped.reading.instrument(name)) is not None]

    for language in OTHERS:

        def said(start: str, language: str = language) -> set[str]:
            return {key.removeprefix(start) for key in words(language) if key.startswith(start)}

        assert {it.id for it in instruments} - said("title.") == UNTITLED.get(language, set())
        assert said("title.") <= {it.id for it in instruments}
        assert {it.place for it in instruments if it.place} == said("place.")
        assert {name for it in instruments for name in it.depositary} == said("depositary.")
        assert said("weights.") == set(shipped.reading.ids("weights"))
        assert said("group.") == set(shipped.reading.directory.groups)


def test_every_actor_has_its_name(shipped: Register) -> None:
    actors = shipped.reading.directory.actors.values()
    lacking = {actor.id: set(CODES) - set(actor.names) for actor in actors if set(CODES) - set(actor.names)}
    assert lacking == UNNAMED


def test_parameters_are_escaped_and_keep_their_direction() -> None:
    said = words_in("ar")
    assert said.text("fault.instrument", name="<b>") == "لا يوجد صك باسم «<bdi>&lt;b&gt;</bdi>»."
    assert '<bdi dir="ltr">2016-11-04</bdi>' in said.text("instrument.in-force", date="2016-11-04")


def speaker(shipped: Register, code: str) -> Speaker:
    return Speaker(LANGUAGES[code], shipped.reading.directory, shipped.reading.instrument, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("language", "numbers", "said"),
    [
        ("en", ("IX",), "Article IX"),
        ("en", ("27(3)", "37(2)"), "Articles 27(3), 37(2)"),
        ("en", ("9(2)", "*"), "the whole instrument, Article 9(2)"),
        ("en", ("Annex A",), "Annex A"),
        ("fr", ("48", "50"), "articles 48, 50"),
        ("ar", ("48", "50"), "المادتين 48، 50"),
        ("ru", ("XII",), "статья XII"),
        ("zh", ("2", "9(2)"), "第2、9(2)条"),
    ],
)
def test_articles_are_named_as_articles(shipped: Register, language: str, numbers: tuple[str, ...], said: str) -> None:
    assert bare(speaker(shipped, language).articles(numbers)) == said


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_dispute_without_another_date_holds_that_there_was_no_effect(shipped: Register, language: str) -> None:
    found = {r.cites[0]: r for r in shipped.why("npt", "PRK", date(2004, 1, 1)).reasons if r.id == "contested"}
    mine, theirs = (bare(speaker(shipped, language).reason(reason)) for _, reason in sorted(found.items()))
    assert "2003-01-11" in mine
    assert "–" not in theirs
    assert "PRK withdrawal" not in theirs  # the act is named in words


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ar-EG,ar;q=0.9,en;q=0.5", "ar"),
        ("en", "en"),
        ("", "en"),
        ("sw", "en"),
        ("sw, ar;q=0.3", "ar"),
        (";;,", "en"),
        ("fr-CH, fr;q=0.9", "fr"),
        ("zh-Hant-TW,zh;q=0.8", "zh"),
        ("es-419", "es"),
        ("ru;q=0.2, en;q=0.1", "ru"),
        ("fr;q=0, ar;q=0.1", "ar"),
    ],
)
def test_the_first_language_that_there_is(asked: str, given: str) -> None:
    assert language_for(RequestFactory().get("/", headers={"accept-language": asked})) == given
