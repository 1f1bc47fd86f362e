"""What every page needs, also one that only says what went wrong."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from comity.server.words import LANGUAGES, words_in

__all__ = ["asset_at", "frame", "language_of", "text_of"]

_STATIC = Path(__file__).resolve().parent / "static"


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
        "account": f"/{language}/account",
        "style": asset_at("comity.css"),
    }


def language_of(path: str) -> tuple[str, str]:
    """The language that an address begins with, or "", and the rest of it."""
    first, _, rest = path.lstrip("/").partition("/")
    return (first, rest) if first in LANGUAGES else ("", path.lstrip("/"))


@cache
def text_of(name: str) -> str:
    """A style as text, for a file that holds it."""
    return Path(f"{_STATIC}/{name}").read_text(encoding="utf-8")


@cache
def asset_at(name: str) -> str:
    """The address of a style or script; it changes with it, so that a browser asks again."""
    version = sha256(Path(f"{_STATIC}/{name}").read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={version}"
