"""Pages in all six languages, and how each language writes, orders and spaces what it says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from comity.server import frames
from comity.server.words import LANGUAGES, words_in
from comity.server.words.writing import number, percent, sort_key
from comity.service import Register, open_register
from comity.service.catalogue import RECORDED, catalogue

PAGES = (
    "",
    "about",
    "?q=xyzzy",
    "instruments/lake-treaty/AUT?on=1998-05-01&toward=CHE",
    "instruments/paris-agreement?on=2016-11-04",
    "actors/EGY?on=2020-01-01",
    "instruments/nowhere",
)
TEMPLATES = Path(frames.__file__).resolve().parent / "templates"


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_page_is_in_its_language(client: Client, language: str, page: str) -> None:
    response = client.get(f"/{language}/{page}")
    assert response.status_code in {200, 404}
    html = response.content.decode()
    direction = LANGUAGES[language].direction
    assert f'<html lang="{language}" dir="{direction}">' in html
    for other in LANGUAGES.values():
        assert re.search(rf'<a href="/{other.code}/[^"]*" lang="{other.code}" hreflang="{other.code}"', html), (
            other.code
        )
    assert not re.search(r"\{\w+\}", html)
    assert words_in(language).text("official") in html


def test_numbers_as_each_language_writes_them() -> None:
    said = {language: (number(language, 1234), number(language, 1234567)) for language in sorted(LANGUAGES)}
    assert said == {
        "ar": ("1,234", "1,234,567"),
        "en": ("1,234", "1,234,567"),
        "es": ("1234", "1.234.567"),
        "fr": ("1\u202f234", "1\u202f234\u202f567"),
        "ru": ("1\u00a0234", "1\u00a0234\u00a0567"),
        "zh": ("1,234", "1,234,567"),
    }
    assert words_in("fr").count("count.party", 12345) == '<bdi dir="ltr">12\u202f345</bdi> parties'


def test_percentages_as_each_language_writes_them() -> None:
    assert {language: percent(language, "55.09") for language in sorted(LANGUAGES)} == {
        "ar": "55.09%",
        "en": "55.09%",
        "es": "55,09\u00a0%",
        "fr": "55,09\u202f%",
        "ru": "55,09\u00a0%",
        "zh": "55.09%",
    }


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Åland Islands", "Albania", "Côte d'Ivoire", "Croatia", "Türkiye", "Tuvalu"]),
        ("fr", ["Égypte", "El Salvador", "Émirats arabes unis", "États-Unis", "Éthiopie"]),
        ("es", ["Nicaragua", "Nueva Zelandia", "Ñandú", "Omán", "Perú"]),
        ("ru", ["Египет", "Ёж", "Замбия", "Италия", "Йемен", "Кабо-Верде"]),
        ("ar", ["الاتحاد الروسي", "إثيوبيا", "أوروغواي", "البرازيل", "تونس"]),
        # By sound: ā'ěrbāníyà, bālín, fàguó, fēijì, fēizhōu, mòxīgē, nǎolǔ, níbó'ěr, yìdàlì, zhōngguó.
        ("zh", ["阿尔巴尼亚", "巴林", "法国", "斐济", "非洲联盟", "墨西哥", "瑙鲁", "尼泊尔", "意大利", "中国"]),
    ],
)
def test_names_in_the_order_of_the_language(language: str, names: list[str]) -> None:
    assert sorted(set(names), key=lambda name: sort_key(language, name)) == names


@pytest.fixture(scope="module")
def shipped() -> Register:
    return open_register()


def test_chinese_names_begin_with_characters_whose_sound_is_known(shipped: Register) -> None:
    # Beyond the first level of GB/T 2312, which ends before row 56, the order is by radical.
    names = [actor.name("zh") for actor in shipped.reading.directory.actors.values()]
    keys = {name: bytes.fromhex(sort_key("zh", name)) for name in names}
    assert [name for name, key in keys.items() if key[0] >= 0xA0 + 56] == []


def strings(language: str) -> Iterator[tuple[str, str]]:
    """Every string of a language, plural forms too."""
    for key, entry in catalogue(language).items():
        for form in [entry] if isinstance(entry, str) else entry.values():
            yield key, form


def test_french_has_its_spaces() -> None:
    # A no-break space, narrow or not, before double punctuation and within quotation marks; the typographic apostrophe.
    wrong = re.compile(r"(?<=[a-zà-ÿ}»])[:;?!»](?!//)| [:;?!»%]|«(?![\u00a0\u202f])|[\d}]%|\w'\w")
    assert {key: text for key, text in strings("fr") if wrong.search(text)} == {}


def test_chinese_has_its_punctuation() -> None:
    # After a character or a parameter; between Latin letters, as in a code or an address, the marks are Latin.
    wrong = re.compile(r"(?<=[\u4e00-\u9fff}])[,;:?!()]|[,;:?!()](?=[\u4e00-\u9fff{])|(?<=[\u4e00-\u9fff}])\.(?!\w)")
    assert {key: text for key, text in strings("zh") if wrong.search(text)} == {}


def test_russian_is_spelled_as_the_united_nations_print_it() -> None:
    assert {key: text for key, text in strings("ru") if "ё" in text.casefold()} == {}


def test_arabic_has_its_punctuation() -> None:
    wrong = re.compile(r"(?<=[\u0600-\u06ff}]) ?[,;?]")
    assert {key: text for key, text in strings("ar") if wrong.search(text)} == {}


def test_spanish_opens_what_it_closes() -> None:
    wrong = {
        key: text for key, text in strings("es") if ("?" in text) != ("¿" in text) or ("!" in text) != ("¡" in text)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("language", "script"), [("ru", r"[А-я]"), ("zh", r"[\u4e00-\u9fff]"), ("ar", r"[\u0600-\u06ff]")]
)
def test_every_string_is_in_the_script_of_its_language(language: str, script: str) -> None:
    bare = {
        key: text
        for key, text in strings(language)
        if not key.startswith(RECORDED)
        and re.search(r"[A-Za-z]{3,}", re.sub(r"\{\w+\}", "", text))
        and not re.search(script, text)
    }
    assert set(bare) <= {"site"}


# Pages that are in English alone, for programmers.
ENGLISH_ALONE = {"api/index.html"}


def test_templates_leave_punctuation_to_the_words() -> None:
    # Between two values a colon or a comma looks otherwise in French, Arabic and Chinese: it is a string too.
    wrong = re.compile(r"(?:\}\}|%\}|</\w+>)(?:[:,] | \((?=\{\{ [^}]+ \}\}\)))(?=[{<])")
    found = {
        str(file.relative_to(TEMPLATES)): match[0]
        for file in TEMPLATES.rglob("*.html")
        if (match := wrong.search(file.read_text(encoding="utf-8")))
    }
    assert {name: text for name, text in found.items() if name not in ENGLISH_ALONE} == {}
