"""The glossary says what the pages say."""

from glossary import ARTICLES, PAGE, glossary

from comity.server.words import LANGUAGES
from comity.service.catalogue import catalogue


def test_the_glossary_says_what_the_pages_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == glossary(), "python tests/server/glossary.py writes it anew"


def test_every_term_is_one_string_in_every_language() -> None:
    for code in LANGUAGES:
        assert [key for key in ARTICLES if not isinstance(catalogue(code).get(key), str)] == []


def test_every_consent_has_its_term() -> None:
    # The means of expressing consent (VCLT 11), and what is said to a treaty beside it.
    means = {"signature", "ratification", "acceptance", "approval", "accession", "formal-confirmation", "succession"}
    assert {f"act.{one}" for one in means | {"reservation", "objection", "withdrawal"}} <= set(ARTICLES)
