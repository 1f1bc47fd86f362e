"""Lines in a terminal: nothing is lost, nothing is padded, nothing steers the terminal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cli import layout
from comity.cli.layout import Block, Column, Lines, Row, cells, visible

WORDS = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=12)


class Page(io.StringIO):
    """A stream that may be a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def lines_on(page: Page, width: int) -> Lines:
    out = Lines()
    out.stream, out.width, out.colour = page, width, layout.has_colour(page)
    return out


@given(st.lists(WORDS, max_size=30), st.integers(20, 100), st.integers(0, 6))
def test_wrapping_keeps_every_word_in_order_and_within_the_width(words: list[str], width: int, hang: int) -> None:
    page = Page()
    lines_on(page, width).say(" ".join(words), hang=hang)
    shown = page.getvalue().splitlines()
    assert " ".join(shown).split() == words
    assert all(cells(line) <= width or len(line.split()) == 1 for line in shown)


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=8), WORDS), min_size=1, max_size=5), st.integers(20, 120))
def test_a_table_keeps_every_word_at_any_width(rows: list[tuple[str, list[str], str]], width: int) -> None:
    page = Page()
    block = Block(
        columns=(Column(head="code"), Column(head="name", flexible=True), Column(head="number", right=True)),
        rows=tuple(Row(cells=((a, ""), (" ".join(b), ""), (c, ""))) for a, b, c in rows),
    )
    lines_on(page, width).table(block)
    shown = page.getvalue()
    assert all(line == line.rstrip() for line in shown.splitlines())
    found = shown.split()
    for first, middle, last in rows:
        for word in (first, *middle, last):
            assert word in found


def test_columns_that_hold_nothing_are_left_out() -> None:
    page = Page()
    rows = (Row(cells=(("a", ""), ("", ""), ("7", ""))), Row(cells=(("b", ""), ("", ""), ("12", ""))))
    columns = (Column(head="one"), Column(head="two"), Column(head="three", right=True))
    lines_on(page, 80).table(Block(columns=columns, rows=rows))
    assert page.getvalue() == "one  three\na        7\nb       12\n"


def test_a_table_too_wide_becomes_a_block_a_row() -> None:
    page = Page()
    rows = (Row(cells=(("FRA", ""), ("France", ""), ("ratification of a long kind", "")), below=("contested",)),)
    columns = (Column(head="code"), Column(head="name"), Column(head="by"))
    lines_on(page, 24).table(Block(columns=columns, rows=rows))
    assert page.getvalue() == "FRA France\n  by: ratification of a\n    long kind\n  contested\n"


def test_wide_letters_take_two_cells_and_marks_none() -> None:
    assert (cells("中国"), cells("e\u0301"), cells("Россия"), cells("abc")) == (4, 1, 6, 3)
    page = Page()
    rows = (Row(cells=(("中国", ""), ("x", ""))), Row(cells=(("abcd", ""), ("y", ""))))
    lines_on(page, 80).table(Block(columns=(Column(), Column()), rows=rows))
    assert page.getvalue() == "中国  x\nabcd  y\n"


def test_what_would_steer_the_terminal_is_written_out() -> None:
    assert visible("a\x1b[2Jb\u202ec\nd") == "a\\u001b[2Jb\\u202ec d"
    page = Page()
    lines_on(page, 80).say("\x1b]0;title\x07 here")
    assert page.getvalue() == "\\u001b]0;title\\u0007 here\n"


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, terminal: bool, coloured: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    page = Page(terminal=terminal)
    lines_on(page, 80).say(("party", "party"), " since")
    assert ("\x1b[32mparty" in page.getvalue()) is coloured
    assert page.getvalue().replace("\x1b[32m", "").replace("\x1b[0m", "") == "party since\n"
