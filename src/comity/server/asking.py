"""What a request asks: in which language, on which day, as known when. And the frame that every page shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import quote, urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest

from comity.dates import parse_date
from comity.server.faults import Fault
from comity.server.frames import frame
from comity.server.registers import EmptyThenError, Seen, ask
from comity.server.words import LANGUAGES, Speaker, Words, words_in
from comity.service import Refusal, Register
from comity.service.opened import LogError, MomentError

__all__ = ["Question", "asked", "today"]


def today() -> date:
    """The clock of the portal: a legal day is the UTC day unless the reader names one."""
    return datetime.now(UTC).date()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: where, on which day, as known when, and the words to answer in."""

    path: str
    on: date
    dated: bool
    known: str
    seen: Seen
    words: Speaker
    extra: dict[str, str]

    @property
    def register(self) -> Register:
        """The register asked."""
        return self.seen.register

    def link(self, path: str, *, on: date | str | None = None, mark: str = "") -> str:
        """The address of another page in the same language, as of the same day and moment."""
        query = _query(str(on or self.on) if on or self.dated else "", self.known)
        return f"/{self.words.code}/{path}{query}{'#' + mark if mark else ''}"

    def here(self, *, mark: str = "", **changes: str) -> str:
        """The address of this page with some of what was asked changed; what is empty is left out."""
        kept = {"on": str(self.on) if self.dated else "", "known": self.known} | self.extra | changes
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"/{self.words.code}/{self.path}{'?' + query if query else ''}{'#' + mark if mark else ''}"

    def frame(self) -> dict[str, object]:
        """What every page needs."""
        said = {name: value for name, value in self.extra.items() if value}
        query = {"on": str(self.on)} | ({"known": self.known} if self.known else {}) | said
        # Without the size of the log, what is recorded later would change what the permanent address shows.
        lasting = {"on": str(self.on), "known": self.known or str(self.seen.size)} | said
        return {
            **frame(self.words.code, self.path, urlencode({k: v for k, v in query.items() if v and self._said(k)})),
            "words": self.words,
            "on": str(self.on),
            "known": self.known,
            "known_is_day": not self.known or _is_day(self.known),
            "permalink": f"/{self.words.code}/{self.path}?{urlencode(lasting)}",
            "size": self.words.number(self.seen.size),
            "kept": list(said.items()),
            "at": self.seen.size,
            "live": "" if self.known else _subject(self.path),
        }

    def _said(self, name: str) -> bool:
        return name != "on" or self.dated


@contextmanager
def asked(request: HttpRequest, language: str, *extra: str, apart: str = "") -> Iterator[Question]:
    """The question of a request; `extra` names what else it may carry. Raises `Fault` for what cannot be asked."""
    path = quote(request.path.split("/", 2)[2])
    words = words_in(language)
    said = request.GET.get("on", "").strip()
    known = request.GET.get("known", "").strip()
    try:
        on = parse_date(said) if said else today()
    except ValueError as error:
        raise Fault(400, words.text("fault.on", text=said, example="2016-11-04")) from error
    try:
        with ask(settings.COMITY_LOG, known or None, apart) as seen:
            reading = seen.register.reading
            yield Question(
                path=path,
                on=on,
                dated=bool(said),
                known=known,
                seen=seen,
                words=Speaker(LANGUAGES[language], reading.directory, reading.instrument, on),
                extra={name: request.GET.get(name, "").strip() for name in extra},
            )
    except EmptyThenError as error:
        raise Fault(400, words.text("fault.known.empty", text=known, first=error.first)) from error
    except MomentError as error:
        example = {"day": "2026-01-31", "moment": "2026-01-31T12:00:00Z"}
        raise Fault(400, words.text("fault.known", text=known, **example)) from error
    except LogError as error:  # such as a data base that is being restarted
        raise Fault(503, words.text("fault.503.text")) from error
    except Refusal as refusal:
        raise _refused(words, refusal) from refusal


def _refused(words: Words, refusal: Refusal) -> Fault:
    """Data with errors, from which nothing is computed; they are listed."""
    lines = [words.english(f"{finding.file}: {finding.says}".lstrip(": ")) for finding in refusal.findings]
    return Fault(400, words.text("fault.unjudged"), *lines)


@lru_cache(maxsize=1_024)  # a page has hundreds of links, of the same day and moment
def _query(on: str, known: str) -> str:
    """What follows an address, so that it is asked as of a day and as known at a moment."""
    query = urlencode({name: said for name, said in (("on", on), ("known", known)) if said})
    return f"?{query}" if query else ""


def _subject(path: str) -> str:
    """What a page is about, as the stream of changes is asked for it; nothing for a page about more than one thing."""
    kind, _, rest = path.partition("/")
    name = rest.partition("/")[0]
    return f"{kind.removesuffix('s')}:{name}" if name and kind in {"instruments", "actors"} else ""


def _is_day(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True
