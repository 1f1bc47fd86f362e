"""What every page needs, also one that only says what went wrong."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from comity.server.words import LANGUAGES, words_in

__all__ = ["frame", "language_of"]

_STYLE = Path(__file__).resolve().parent / "static" / "comity.css"


def frame(language: str, path: str, query: str = "") -> dict[str, object]:
    """The language of a page, and the same page in the others."""
    tail = f"{path}{'?' + query if query else ''}"
    return {
        "words": words_in(language),
        "language": LANGUAGES[language],
        "others": [
            {"language": other, "href": f"/{other.code}/{tail}", "current": other.code == language}
            for other in LANGUAGES.values()
        ],
        "home": f"/{language}/",
        "about": f"/{language}/about",
        "style": f"/static/comity.css?v={_version()}",
    }


def language_of(path: str) -> tuple[str, str]:
    """The language that an address begins with, or "", and the rest of it."""
    first, _, rest = path.lstrip("/").partition("/")
    return (first, rest) if first in LANGUAGES else ("", path.lstrip("/"))


@cache
def _version() -> str:
    """So that a browser asks again for a style that changed."""
    return sha256(_STYLE.read_bytes()).hexdigest()[:8]
