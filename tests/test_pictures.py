"""The pictures in the documentation: each is shown, told in words, small, and made by a journey (`make pictures`)."""

import re
import struct
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
MADE = {
    name
    for test in (ROOT / "tests" / "server").rglob("test_journey*.py")
    for name in re.findall(r"\btake\(\s*\w+,\s*\"([\w-]+)\"", test.read_text(encoding="utf-8"))
}


def shown() -> list[tuple[Path, str, str]]:
    """Page, words and address of every picture."""
    return [
        (page, words, address)
        for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
        for words, address in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    ]


def test_every_picture_that_a_page_shows_is_there_and_made_by_a_journey() -> None:
    assert MADE
    files = {(page.parent / address).resolve() for page, _, address in shown()}
    assert files == {FOLDER / f"{name}.png" for name in MADE}
    assert files == set(FOLDER.iterdir())


def test_every_picture_is_told_in_words() -> None:
    assert [address for _, words, address in shown() if len(words.split()) < 6] == []


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_picture_is_as_wide_as_a_page_and_small(name: str) -> None:
    data = (FOLDER / f"{name}.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 1280
    assert height <= 1280
    assert len(data) < 120_000
