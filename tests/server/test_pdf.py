"""Documents as accessible PDF: tagged, in every script, and never markup of what they show."""

import json
import re
from datetime import UTC, date, datetime

import pytest
import typst
from django.http import HttpRequest
from django.test import Client, RequestFactory

from comity.server.asking import Question, asked
from comity.server.exports import pdf
from comity.server.exports.documents import answer_document, status_document
from comity.server.exports.pdf import Data, render, spoken
from comity.server.exports.provenance import Provenance, provenance
from comity.server.exports.table import Cell, Column, Table, row
from comity.server.pages.instrument import instrument_page
from comity.server.pages.why import why_page
from comity.server.words import LANGUAGES, words_in
from comity.service import open_register
from comity.service.catalogue import CODES, catalogue

LETTER: Data = {
    "depositary": "The depositary",
    "reference": "C.N.1.2026",
    "title": "Treaty on the Waters of the Lake",
    "paragraphs": ["The action was effected.", "It follows:\n  – in force\n  – a party"],
    "facts": [("Date", "2026-01-31")],
    "notes": ["One note."],
    "date": "2026-02-01",
    "attention": "To all",
}


def fonts(document: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/BaseFont/[A-Z]+\+([A-Za-z]+)", document)}


def test_a_document_claims_pdf_ua_and_has_tags_title_and_language() -> None:
    document = render("notification", LETTER, "ar")
    assert document.startswith(b"%PDF-1.7")
    assert re.search(rb"pdfuaid:part>1<", document)
    assert b"/Marked true" in document
    assert b"/Lang(ar)" in document
    assert b"/StructTreeRoot" in document
    assert b"/DisplayDocTitle true" in document


def test_the_same_data_made_at_the_same_moment_are_the_same_bytes() -> None:
    made = datetime(2026, 1, 31, tzinfo=UTC)
    assert render("notification", LETTER, "en", made) == render("notification", LETTER, "en", made)


@pytest.mark.parametrize(
    ("text", "font"),
    [("اتفاقية", "Amiri"), ("公约", "NotoSerifSC"), ("Конвенция", "LibertinusSerif"), ("Traité", "LibertinusSerif")],
)
def test_each_script_has_its_font_on_an_empty_machine(text: str, font: str) -> None:
    found = fonts(render("notification", {"title": text, "paragraphs": [text]}, "en"))
    assert font in found
    assert found <= {"Amiri", "NotoSerifSC", "LibertinusSerif"}


@pytest.mark.parametrize("language", CODES)
def test_every_word_and_name_can_be_shown(language: str) -> None:
    """A sign that no font has is an error of typst, which `render` would only paper over."""
    directory = open_register().reading.directory
    texts = [actor.name(language, date(2026, 1, 1)) for actor in directory.actors.values()]
    for entry in catalogue(language).values():
        texts.extend([entry] if isinstance(entry, str) else entry.values())
    signs = "".join(sorted({sign for text in texts for sign in text if sign.isprintable()}))
    data = {"title": "A", "paragraphs": [signs], "language": language, "direction": "ltr"}
    assert pdf._set("notification", json.dumps(data), None).startswith(b"%PDF")
    with pytest.raises(typst.TypstError):
        pdf._set("notification", json.dumps(data | {"title": "😀"}), None)


@pytest.mark.parametrize(
    "text", ["#panic(1)", "*bold", "$a", "`", "]", "#let", "\\", '"', "= x", "//", "@ref", "<label>"]
)
def test_what_is_shown_is_never_run(text: str) -> None:
    """Markup would stop the document, or be another one."""
    plain = render("notification", {"title": "T", "paragraphs": [text]}, "en")
    assert plain.startswith(b"%PDF")


@pytest.mark.parametrize("text", ["हिन्दी", "😀👩‍👧", "한국어", "a\x00b\x1b", "\u202e\u200b\ufeff", "\U000e0001"])
def test_a_sign_without_a_font_is_named_and_stops_nothing(text: str) -> None:
    assert render("notification", {"title": text, "paragraphs": [text]}, "en").startswith(b"%PDF")


def test_a_template_or_language_that_there_is_not_is_refused() -> None:
    for template, language in (("nope", "en"), ("../pdf", "en"), ("status", "xx")):
        with pytest.raises(KeyError):
            render(template, LETTER, language)


def test_words_keep_their_directions_apart() -> None:
    words = words_in("ar")
    assert spoken(words.isolated("2016-11-04")) == "\u20662016-11-04\u2069"
    assert spoken(words.isolated("Paris & <b>")) == "\u2068Paris & <b>\u2069"
    assert spoken("a < b") == "a < b"


@pytest.fixture(params=sorted(LANGUAGES))
def question(request: pytest.FixtureRequest) -> "tuple[HttpRequest, str]":
    return RequestFactory().get(f"/{request.param}/x?on=2001-01-01", headers={"host": "localhost"}), request.param


def _said(request: HttpRequest, question: Question) -> Provenance:
    return provenance(request, question, "title")


def test_the_status_of_an_instrument_is_a_document(question: "tuple[HttpRequest, str]") -> None:
    request, language = question
    table = Table(
        id="parties",
        title="–",
        columns=(Column("name", "–"), Column("since", "–")),
        rows=(row("CHE", Cell("1996", flags=("x",))), row("ITA", None)),
    )
    with asked(request, language) as found:
        page = instrument_page(found, found.register.instrument("lake-treaty"))
        whole = status_document(found, page, [table])(_said(request, found))
        bare = status_document(found, page, [])(_said(request, found))
    assert f"/Lang({language}".encode() in whole
    assert len(whole) > len(bare)


def test_an_answer_is_one_page_and_says_what_binds_toward_another(question: "tuple[HttpRequest, str]") -> None:
    request, language = question
    with asked(request, language) as found:
        it = found.register.instrument("lake-treaty")
        one = answer_document(found, why_page(found, it, "AUT", None))(_said(request, found))
        two = answer_document(found, why_page(found, it, "AUT", "CHE"))(_said(request, found))
    assert len(two) > len(one)
    assert len(re.findall(rb"/Type/Page\b", two)) == 1


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pages_offer_their_documents(language: str) -> None:
    client = Client(headers={"host": "localhost"})
    for page in ("instruments/lake-treaty?on=1998-01-01", "answer?instrument=lake-treaty&a=AUT&b=CHE&on=1998-05-01"):
        html = client.get(f"/{language}/{page}").content.decode()
        assert "format=pdf" in html
        response = client.get(f"/{language}/{page}&format=pdf")
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-1.7")
        assert f"/Lang({language}".encode() in response.content
