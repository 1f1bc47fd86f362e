"""Documents as accessible PDF (PDF/UA-1), set by typst from templates beside this file.

Words reach a template as data, never as markup: whatever a name or a note holds is only ever shown. The fonts come with
locked packages, so that a document is the same on every machine, in every script.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from html import unescape
from importlib.resources import files
from pathlib import Path
from threading import Lock

import typst
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from comity.server.exports.provenance import Provenance
from comity.server.words import LANGUAGES, Words

__all__ = ["Data", "framed", "render", "spoken"]

Data = Mapping[str, object]

_TEMPLATES = Path(__file__).resolve().parent / "typst"
# What `bdi` says in HTML, Unicode says with these signs: the text within has a direction of its own (UAX 9, isolates).
_ISOLATES = (
    (re.compile(r'<bdi dir="ltr"[^>]*>'), "\N{LEFT-TO-RIGHT ISOLATE}"),
    (re.compile(r"<bdi\b[^>]*>"), "\N{FIRST STRONG ISOLATE}"),
)
# Packages that hold only fonts: Amiri for Arabic, Noto Serif for Chinese; Libertinus, for the rest, comes with typst.
_FONTS = ("fontpkg_amiri", "pylopdf_fonts_zh_cn")
_UNSEEN = re.compile(r'the text `"(.*?)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
# Signs that only join others, which have no glyph of their own: without those they join they can stop a page.
_JOINERS = re.compile("[\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A compiler sets one document at a time.
_SETTING = Lock()
_POP = "\N{POP DIRECTIONAL ISOLATE}"


def render(template: str, data: Data, language: str, made: datetime | None = None) -> bytes:
    """A document from `typst/<template>.typ` and its data, in a language of the portal; `made` dates the file.

    `data` holds texts and lists of texts: what the template shows, and what `framed` adds. A `notification` needs a
    `title` and `paragraphs` (lines of one that begin with a dash are a list), and may have `depositary`, `reference`,
    `asked` (the line under the title), `facts` (pairs), `notes`, `date` and `attention`. The same data make the same
    bytes, where `made` is given. A sign that no font here can show is named by its code point. Raises KeyError for a
    language or template that there is not.
    """
    direction = LANGUAGES[language].direction
    said = json.dumps(_printed({**data, "language": language, "direction": direction}), ensure_ascii=False)
    with _SETTING:
        while True:
            try:
                return _set(template, said, made)
            except typst.TypstError as error:
                shown = _named(said, str(error))
                if shown == said:
                    raise
                said = shown


def _set(template: str, said: str, made: datetime | None) -> bytes:
    document = _compiler(template).compile(
        format="pdf",
        sys_inputs={"data": said},
        pdf_standards=["ua-1"],
        timestamp=None if made is None else int(made.timestamp()),
    )
    if not isinstance(document, bytes):
        raise TypeError("a document is one file")
    return document


def _named(said: str, error: str) -> str:
    """The data with what no font can show, which typst refuses to leave out, by the name of its code point."""
    for text in _UNSEEN.findall(error):
        for sign in {*_CODE.sub("", text), *(chr(int(code, 16)) for code in _CODE.findall(text))}:
            if not sign.isascii():
                said = said.replace(sign, f"[U+{ord(sign):04X}]")
    return _JOINERS.sub("", said)


def _printed(value: object) -> object:
    """Data without the control characters that no page can hold."""
    if isinstance(value, str):
        return _CONTROLS.sub("", value)
    if isinstance(value, Mapping):
        return {name: _printed(item) for name, item in value.items()}
    return [_printed(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _compiler(template: str) -> typst.Compiler:
    """Kept, because finding the fonts takes longer than setting a page."""
    file = _TEMPLATES / f"{template}.typ"
    if file.parent != _TEMPLATES or not file.is_file():
        raise KeyError(template)
    fonts = [Path(str(files(package))) for package in _FONTS]
    return typst.Compiler(file, root=_TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


def framed(words: Words, said: Provenance, title: str, asked: str) -> dict[str, object]:
    """What every document says of itself: its title, the day asked, and what it rests on."""

    def text(key: str) -> str:
        return spoken(words.text(key))

    return {
        "title": title,
        "asked": asked,
        "author": text("site"),
        "running": asked,
        "small": text("pdf.small"),
        "labels": {
            "provenance": text("export.provenance"),
            "horizon": text("export.by.horizon"),
            "notes": text("pdf.notes"),
        },
        "provenance": [
            (text(f"export.by.{name}"), spoken(words.isolated(value)))
            for name, value in (
                ("on", said.on),
                ("known", said.known or words.text("export.by.known.now")),
                ("origin", said.origin),
                ("size", words.number(said.size)),
                ("root", said.root),
                ("permalink", said.permalink),
            )
        ],
        "foot": [text("official"), text("designations")],
    }


def spoken(text: str) -> str:
    """Words of a page as text that keeps the direction of each part."""
    if not isinstance(text, SafeString):
        return text
    said = str(text)
    for tag, sign in _ISOLATES:
        said = tag.sub(sign, said)
    return unescape(strip_tags(said.replace("</bdi>", _POP)))
