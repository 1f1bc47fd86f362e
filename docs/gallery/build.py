"""The documentation as it is built: a copy of docs/ in which the pages of the gallery have been run.

Run: python docs/gallery/build.py [TO]. In a page of docs/gallery/ the blocks of `python` are run one after another in
one namespace and an empty folder, a block with `title="NAME"` is a file that those after it find, and a block of
`console` holds one command after `$ `. What each prints is written below it; the value of the last line of a block too,
a list of records as a table, a text that begins with `<svg` as a drawing. `{{ expression }}` in the text is replaced by
its value, so that no number is written by hand. Beside each page lies the same as a notebook. Whatever raises fails the
build, and says in which page.
"""

import ast
import contextlib
import io
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from comity.cli.main import main as comity

__all__ = ["Page", "build", "run"]

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "docs" / "gallery"
_BLOCK = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?[^\n]*\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"{{(.+?)}}")
_DIGITS = 6
# What a page of the gallery is not.
_NO_PAGES = ("index", "README")

Cell = dict[str, Any]


class Page:
    """A page that was run: its text with what it printed, and its cells as a notebook has them."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.cells: list[Cell] = []

    def say(self, text: str) -> None:
        """A passage of text."""
        self.text.append(text)
        if text.strip():
            self.cells.append({"cell_type": "markdown", "metadata": {}, "source": text.strip()})

    def show(self, kind: str, code: str, block: str, shown: str, *, prose: bool) -> None:
        """A block, and what it printed: text as it is, or markup."""
        self.text.append(block)
        if shown:
            self.text.append(f"\n{shown}\n" if prose else f"\n```text\n{shown}\n```\n")
        output: dict[str, Any] = {"output_type": "stream", "name": "stdout", "text": shown}
        if prose:
            data = "image/svg+xml" if shown.startswith("<svg") else "text/markdown"
            output = {"output_type": "display_data", "metadata": {}, "data": {data: shown}}
        source = code.rstrip("\n")
        source = source if kind == "python" else f"!{source.removeprefix('$ ')}"
        self.cells.append(
            {
                "cell_type": "code",
                "metadata": {},
                "execution_count": None,
                "source": source,
                "outputs": [output] if shown else [],
            }
        )

    def notebook(self) -> str:
        """The page as a notebook (nbformat 4.5)."""
        cells = [{"id": f"cell-{at}"} | cell for at, cell in enumerate(self.cells)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells},
            ensure_ascii=False,
            indent=1,
        )


def run(text: str, name: str) -> Page:
    """A page, run in an empty folder. Raises what its code raises, with the name of the page."""
    page, names = Page(), {"__name__": "gallery"}
    before, at = Path.cwd(), 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for match in _BLOCK.finditer(text):
                page.say(_filled(text[at : match.start()], names))
                _block(page, match, names)
                at = match.end()
            page.say(_filled(text[at:], names))
        except Exception as error:
            error.add_note(f"in docs/gallery/{name}.md, after its character {at}")
            raise
        finally:
            os.chdir(before)
    return page


def _block(page: Page, match: re.Match[str], names: dict[str, Any]) -> None:
    kind, title, code = match.groups()
    if title:
        Path(title).parent.mkdir(parents=True, exist_ok=True)
        Path(title).write_text(code, encoding="utf-8")
        page.text.append(match[0])
        written = f"from pathlib import Path\n\nPath({title!r}).parent.mkdir(parents=True, exist_ok=True)\n"
        written += f"_ = Path({title!r}).write_text({code!r}, encoding='utf-8')"
        page.cells.append(
            {"cell_type": "code", "metadata": {}, "execution_count": None, "source": written, "outputs": []}
        )
    elif kind == "python":
        printed, value = _executed(code, names)
        shown, prose = _shown(value) if value is not None else ("", False)
        together = "\n".join(part for part in (printed, shown) if part)
        page.show(kind, code, match[0], together, prose=prose and not printed)
    elif kind == "console":
        page.show(kind, code, match[0], _commanded(code), prose=False)
    else:
        page.say(match[0])


def _executed(code: str, names: dict[str, Any]) -> tuple[str, object]:
    """What a block prints, and the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value: object = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "gallery", "exec"), names)  # noqa: S102  # the pages are ours
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "gallery", "eval"), names)  # noqa: S307  # as above
    return printed.getvalue().rstrip("\n"), value


def _commanded(code: str) -> str:
    """What a command prints in a terminal of 100 columns."""
    command = code.strip().replace("\\\n", " ").removeprefix("$ ")
    name, *arguments = shlex.split(command)
    if name != "comity" or "\n" in command:
        raise ValueError(f"a console block holds one command of comity, not {command!r}")
    found = CliRunner().invoke(comity, arguments, catch_exceptions=False, env={"COLUMNS": "100"})
    if found.exit_code:
        raise ValueError(f"{command} ends with {found.exit_code}: {found.output}")
    return found.output.rstrip("\n")


def _filled(text: str, names: dict[str, Any]) -> str:
    return _INLINE.sub(lambda match: _said(eval(match[1].strip(), names)), text)  # noqa: S307  # the pages are ours


def _said(value: object) -> str:
    return f"{value:.{_DIGITS}g}" if isinstance(value, float) else f"{value}"


def _shown(value: object) -> tuple[str, bool]:
    """A value as a page shows it, and whether that is markup."""
    if isinstance(value, str) and value.startswith("<svg"):
        return value, True
    if isinstance(value, Sequence) and value and all(isinstance(one, Mapping) for one in value):
        return _table(value), True
    return (value if isinstance(value, str) else _said(value)), False


def _table(rows: Sequence[Any]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, ["--:" if isinstance(rows[0].get(name), int | float) else "---" for name in names]]
    lines += [[_said(row.get(name, "")).replace("|", "\\|") for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def build(to: Path, only: Sequence[str] = ()) -> dict[str, float]:
    """Write the documentation to a folder, its gallery run; the seconds of each page."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(ROOT / "docs", to, ignore=shutil.ignore_patterns("*.py", "__pycache__", "README.md"))
    took = {}
    for source in sorted(SOURCES.glob("*.md")):
        if source.stem in _NO_PAGES or (only and source.stem not in only):
            continue
        start = time.perf_counter()
        page = run(source.read_text(encoding="utf-8"), source.stem)
        text = "".join(page.text) + f"\n[This page as a notebook]({source.stem}.ipynb)\n"
        (to / "gallery" / source.name).write_text(text, encoding="utf-8")
        (to / "gallery" / f"{source.stem}.ipynb").write_text(page.notebook(), encoding="utf-8")
        took[source.stem] = time.perf_counter() - start
    return took


def main(arguments: Sequence[str]) -> int:
    """Build, and say how long each page took."""
    to = Path(arguments[0]) if arguments else ROOT / "build" / "docs"
    try:
        took = build(to)
    except Exception:  # noqa: BLE001  # whatever a page raises is shown whole, with the name of the page
        traceback.print_exc()
        return 1
    print("gallery:", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
