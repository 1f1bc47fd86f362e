"""Every string, reason and form of a plural in every language, with the same parameters."""

import string

import pytest
from django.test import RequestFactory

from comity.acts import KINDS as ACT_KINDS
from comity.instruments import AREAS, KINDS
from comity.law.messages import MESSAGES
from comity.notation.instrument_file import HORIZON_CLASSES
from comity.rules.explain import ENGLISH
from comity.server.faults import language_for
from comity.server.words import LANGUAGES, ar, en, plural_of, words_in
from comity.service import Register, open_register

TABLES = ("TEXTS", "PLURALS", "STATUSES", "ENDS", "MARKS", "ACTS", "CLASSES", "KINDS", "AREAS", "SIDES", "DELAY")
# Plural rules, Unicode CLDR.
CATEGORIES = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}


def parameters(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("table", TABLES)
def test_every_word_has_its_arabic(table: str) -> None:
    assert set(getattr(ar, table)) == set(getattr(en, table))


@pytest.mark.parametrize("table", ["TEXTS", "DELAY"])
def test_both_languages_say_the_same_of_the_same(table: str) -> None:
    mine, theirs = getattr(en, table), getattr(ar, table)
    assert [key for key in mine if parameters(mine[key]) != parameters(theirs[key])] == []


def test_every_reason_and_condition_has_its_words() -> None:
    for table in (en, ar):
        assert set(table.REASONS) == set(MESSAGES)
        assert set(table.RULES) == set(ENGLISH)


def test_an_arabic_reason_leaves_nothing_out() -> None:
    # Who acted may be told by the heading in English, and the other way round; dates and provisions may not be lost.
    for key, template in MESSAGES.items():
        assert parameters(ar.REASONS[key]) == parameters(template), key
    for key, template in en.RULES.items():
        assert parameters(ar.RULES[key]) == parameters(template), key


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_plural_has_all_its_forms(language: str) -> None:
    for key, forms in LANGUAGES[language].table.PLURALS.items():
        assert set(forms) == CATEGORIES[language], key


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


def test_closed_lists_are_whole() -> None:
    assert set(en.ACTS) == set(ACT_KINDS)
    assert set(en.KINDS) == set(KINDS)
    assert set(en.AREAS) == set(AREAS)
    assert set(en.CLASSES) == set(HORIZON_CLASSES)


@pytest.fixture(scope="module")
def shipped() -> Register:
    return open_register()


def test_arabic_names_of_things_are_names_of_things_that_ship(shipped: Register) -> None:
    instruments = [it for name in shipped.reading.ids() if (it := shipped.reading.instrument(name)) is not None]
    assert set(ar.TITLES) <= {it.id for it in instruments}
    assert {it.place for it in instruments if it.place} == set(ar.PLACES)
    assert {name for it in instruments for name in it.depositary} == set(ar.DEPOSITARIES)
    assert set(ar.WEIGHTS) <= set(shipped.reading.ids("weights"))


def test_every_state_has_its_arabic_name(shipped: Register) -> None:
    actors = shipped.reading.directory.actors.values()
    assert [actor.id for actor in actors if actor.kind == "state" and "ar" not in actor.names] == []


def test_parameters_are_escaped_and_keep_their_direction() -> None:
    words = words_in("ar")
    assert words.text("fault.instrument", name="<b>") == "لا يوجد صك باسم «<bdi>&lt;b&gt;</bdi>»."
    assert '<bdi dir="ltr">2016-11-04</bdi>' in words.text("instrument.in-force", date="2016-11-04")


@pytest.mark.parametrize(
    ("asked", "given"),
    [("ar-EG,ar;q=0.9,en;q=0.5", "ar"), ("en", "en"), ("", "en"), ("sw", "en"), ("fr, ar;q=0.3", "ar"), (";;,", "en")],
)
def test_the_first_language_that_there_is(asked: str, given: str) -> None:
    assert language_for(RequestFactory().get("/", headers={"accept-language": asked})) == given
