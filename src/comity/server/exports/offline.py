"""A page as one file that is read from disk, without a network: style and pictures in it, no script, every link whole.

What needs the portal is left out: menus, forms, the pages of a long table. A policy inside the file forbids it to fetch
anything, so that opening it tells nobody that it is read.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.template.loader import render_to_string

from comity.server.exports.provenance import Provenance, told
from comity.server.frames import text_of
from comity.server.words import Words

__all__ = ["offline"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
# Elements that only the portal can answer, and classes of those that lead about in it.
_ONLINE = frozenset({"form", "header", "link", "script"})
_LEADING = frozenset({"exports", "leaves", "live", "skip"})
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_HEADINGS = frozenset({"h2", "h3", "h4"})
_HREF = re.compile(r'(\shref=")([^"]*)(")')
_ID = re.compile(r'\sid="([^"]*)"')


def offline(page: str, said: Provenance, words: Words, saved: datetime) -> bytes:
    """The page, as the portal would show it, as a file; `saved` is the moment of saving, in UTC."""
    rows = [(words.text(label), words.isolated(value)) for label, value in told(said, words)]
    rows.append((words.text("export.by.saved"), words.isolated(f"{saved:%Y-%m-%dT%H:%M:%SZ}")))
    block = render_to_string("exports/_provenance.html", {"words": words, "rows": rows, "permalink": said.permalink})
    file = _File(said)
    file.feed(page)
    file.close()
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<link rel="canonical" href="{escape(said.permalink)}">\n<style>{_style()}</style>\n</head>'
    )
    whole = file.text.replace("</head>", head, 1)
    start, end, rest = whole.rpartition("</main>")
    return _to_permalink(f"{start}{block}{end}{rest}", said).encode()


@cache
def _style() -> str:
    return re.sub(r"/\*.*?\*/", "", text_of("comity.css"), flags=re.DOTALL).replace("</", "<\\/")


def _to_permalink(page: str, said: Provenance) -> str:
    """Links within the page whose target was left out lead to the portal."""
    targets = set(_ID.findall(page))

    def whole(found: re.Match[str]) -> str:
        mark = found[2].removeprefix("#")
        kept = not found[2].startswith("#") or mark in targets
        return found[0] if kept else f"{found[1]}{escape(said.permalink)}{found[2]}{found[3]}"

    return _HREF.sub(whole, page)


class _File(HTMLParser):
    """Writes a page again as it reads it, without what is left out and with whole links."""

    def __init__(self, said: Provenance) -> None:
        super().__init__(convert_charrefs=False)
        self._page = said.permalink
        self._parts: list[list[str]] = [[]]
        self._told: list[bool] = [True]
        self._open: list[str] = []
        self._skipping = 0  # how many elements are open within one that is left out, itself included

    @property
    def text(self) -> str:
        """The page as far as it was read."""
        return "".join(part for parts in self._parts for part in parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Copy a tag, its link made whole; or begin to leave out."""
        if self._skipping or tag in _ONLINE or _LEADING & set(_classes(attrs)):
            self._skipping += tag not in _EMPTY
            return
        if tag == "section":
            self._parts.append([])
            self._told.append(False)
        if tag not in _EMPTY:
            self._open.append(tag)
        raw = self.get_starttag_text() or ""
        self._write(_HREF.sub(self._whole, raw) if tag == "a" else raw)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself, as in drawings."""
        del tag, attrs
        self._write(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Copy the end of an element; a section of which nothing but the heading is left goes with its content."""
        if self._skipping:
            self._skipping -= 1
            return
        if self._open:
            self._open.pop()
        self._write(f"</{tag}>")
        if tag == "section":
            parts, told = self._parts.pop(), self._told.pop()
            if told:
                self._parts[-1] += parts
                self._told[-1] = True

    def handle_data(self, data: str) -> None:
        """Copy text."""
        self._say(data, told=bool(data.strip()))

    def handle_entityref(self, name: str) -> None:
        """Copy a character by its name."""
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Copy a character by its number."""
        self._say(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        """Copy the type of the document."""
        self._write(f"<!{decl}>")

    def _say(self, text: str, *, told: bool = True) -> None:
        if not self._skipping and told and not _HEADINGS & set(self._open):
            self._told[-1] = True
        self._write(text)

    def _write(self, text: str) -> None:
        if not self._skipping:
            self._parts[-1].append(text)

    def _whole(self, found: re.Match[str]) -> str:
        href = found[2]
        return found[0] if href.startswith("#") else f"{found[1]}{escape(urljoin(self._page, _plain(href)))}{found[3]}"


def _plain(href: str) -> str:
    return href.replace("&amp;", "&")


def _classes(attrs: Iterable[tuple[str, str | None]]) -> list[str]:
    return (dict(attrs).get("class") or "").split()
