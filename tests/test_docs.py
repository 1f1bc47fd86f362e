"""Every command that a page shows is run, and its output compared; every option and every finding has its line.

In a page, a block of `console` holds commands after `$ ` and what they print in a terminal of 80 columns; a line `…`
stands for any lines. A block with `title="path"` is a file that the commands after it find, and a block of `pycon` is a
session in Python. All of a page runs in one empty folder.
"""

import ast
import doctest
import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from msgspec import Struct

from comity import instruments
from comity.acts import KINDS as ACT_KINDS
from comity.cli.main import COMMANDS, main
from comity.notation.acts_file import COLUMNS
from comity.notation.instrument_file import HORIZON_CLASSES

ROOT = Path(__file__).resolve().parent.parent
TOP = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
PAGES = sorted([*(ROOT / name for name in TOP), *(ROOT / "docs").rglob("*.md"), *(ROOT / "spec").glob("*.md")])
BLOCK = re.compile(r"^( *)```(\w*)(?: title=\"([^\"]+)\")?[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# The day on which the pages are read.
TODAY = date(2026, 3, 1)


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """Kind, file name and text of each block."""
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        indent, kind, title, text = match.groups()
        yield kind, title or "", re.sub(f"^{indent}", "", text, flags=re.MULTILINE)


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines that it prints."""
    lines = text.rstrip("\n").split("\n")
    while lines:
        first = lines.pop(0)
        assert first.startswith("$ "), f"a console block begins with a command, not with “{first}”"
        command = first.removeprefix("$ ")
        while command.endswith("\\"):
            command = command[:-1] + lines.pop(0).strip()
        shown: list[str] = []
        while lines and not lines[0].startswith("$ "):
            shown.append(lines.pop(0))
        yield command, shown


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether what is shown is what was printed; a line `…` stands for any lines."""
    if not shown:
        return not printed
    if shown[0].strip() == "…":
        return any(agrees(shown[1:], printed[start:]) for start in range(len(printed) + 1))
    return bool(printed) and same(shown[0], printed[0]) and agrees(shown[1:], printed[1:])


def same(shown: str, printed: str) -> bool:
    """Whether two lines agree, the width of columns apart; `…` at the end stands for the rest of the line."""
    mine, its = " ".join(shown.split()), " ".join(printed.split())
    return its.startswith(mine.removesuffix("…").rstrip()) if mine.endswith("…") else mine == its


def run(command: str, shown: list[str]) -> None:
    name, *arguments = shlex.split(command, comments=True)
    assert name == "comity", f"only comity is run here, not “{command}”"
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    printed = result.output.rstrip("\n").split("\n") if result.output.strip() else []
    refused = any(line.lstrip().startswith("error ") or "error " in line[:20] for line in printed)
    assert result.exit_code == (2 if refused else 0), result.output
    # A block that shows no output only says what to type.
    if shown and any(line.strip() for line in shown):
        while shown and not shown[-1].strip():
            shown.pop()
        assert agrees(shown, printed), f"$ {command}\n{result.output}"


def session(text: str, page: Path, names: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    runner.run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("comity.cli.options.default_form", lambda: "table")
    monkeypatch.setattr("comity.cli.options.today", lambda: TODAY)
    names: dict[str, object] = {}
    for kind, title, text in blocks(page):
        if title:
            (tmp_path / title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / title).write_text(text, encoding="utf-8")
            (tmp_path / title).chmod(0o600)  # as a key must be kept
        elif kind == "console":
            for command, shown in commands(text):
                run(command, shown)
        elif kind == "pycon":
            session(text, page, names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_command_is_shown_that_is_not_run(page: Path) -> None:
    strays = [
        line
        for kind, _, text in blocks(page)
        if kind != "console"
        for line in text.splitlines()
        if re.match(r"\s*(\$ )?(\.venv/bin/)?comity ", line)
    ]
    assert strays == []


def test_a_shown_output_that_differs_is_noticed() -> None:
    assert agrees(["a", "…", "d"], ["a", "b", "c", "d"])
    assert agrees(["…"], [])
    assert not agrees(["a", "…", "d"], ["a", "b"])
    assert not agrees(["a"], ["a", "b"])


# The reference


def reference() -> str:
    return (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")


def section(name: str) -> str:
    """The part of the reference about one command."""
    found = re.search(rf"^## `comity {name}\b.*?(?=^## |\Z)", reference(), re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/reference/commands.md has no section on {name}"
    return found[0]


# Options that every question takes are told once, above the commands.
COMMON = {"--register", "--known", "--format", "--help"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    text, top = section(name), reference().partition("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            option = parameter.opts[0]
            assert f"`{option}" in (top if option in COMMON else text), f"{name} {option} is not documented"
        else:
            assert parameter.human_readable_name.strip("[]") in text


def test_no_command_or_option_is_documented_that_does_not_exist() -> None:
    assert set(re.findall(r"^## `comity ([\w-]+)", reference(), re.MULTILINE)) == set(COMMANDS)
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        taken = {opt for parameter in command.params for opt in parameter.opts} | COMMON
        assert set(re.findall(r"`(--[\w-]+)", section(name))) <= taken


# Findings

CODE = re.compile(r"[a-z]+(-[a-z]+)+|circle")
# What makes findings: the functions that take a code, by name.
MAKERS = re.compile(r"(?i)find|fault|refuse|error|warn|note|wrong|add$|drop|refusal")
NO_CODES = {"file-name", "first-of-month", "end-of-year", "refresh-interval", "x-published-ttl", "x-wr-calname"}


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Every code that a module gives to a finding: as a keyword, a default, or an argument of what makes findings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            given += node.args if MAKERS.search(function) and function not in {"KeyError", "ValueError"} else []
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            given = node.value.elts[:1]
        elif isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args][-len(node.args.defaults) or None :]
            given = [value for name, value in zip(names, node.args.defaults, strict=False) if name == "code"]
        else:
            continue
        yield from (code for value in given for code in strings(value))


def strings(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.fullmatch(part.value):
            yield part.value


def test_every_finding_has_its_line_in_the_reference() -> None:
    page = (ROOT / "docs/reference/findings.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE)
    listed = {code for cell in cells for code in re.findall(r"`([a-z-]+)`", cell)}
    given = {code for path in (ROOT / "src/comity").rglob("*.py") for code in codes_in(ast.parse(path.read_bytes()))}
    # Two codes are made of the kind of what is missing, or of the act.
    answers = ("objection", "objection-withdrawal", "acceptance-of-reservation")
    given |= {f"{act}-to-nothing" for act in answers}
    given |= {f"{kind}-unknown" for kind in ("actor", "group", "instrument", "rule", "weights")}
    assert sorted(listed - given) == [], "no code gives these findings"
    assert sorted(given - listed - NO_CODES) == [], "these findings are not in docs/reference/findings.md"


# The architecture


def test_every_module_is_on_the_way_through_them() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = {word.rpartition("/")[2] for word in re.findall(r"`([\w/]+)`", page)}
    modules = {path.stem for path in (ROOT / "src/comity").rglob("*.py") if path.parent.name != "migrations"}
    modules -= {"__init__", "__main__"}
    assert sorted(modules - named) == []


# The notation


def test_every_key_and_act_of_the_notation_is_on_its_page() -> None:
    page = (ROOT / "spec/notation.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z][a-z0-9_-]*", page))
    # A record's field, where the file calls it otherwise.
    called = {"since": "from", "start": "from", "parts": "part", "versions": "version", "delay": "delay"}
    records = [
        record for record in vars(instruments).values() if isinstance(record, type) and issubclass(record, Struct)
    ]
    assert len(records) > 15
    fields = {called.get(name, name) for record in records for name in record.__struct_fields__}
    values = {*instruments.KINDS, *instruments.AREAS, *HORIZON_CLASSES, *COLUMNS, *ACT_KINDS}
    actor = {
        "kind",
        "from",
        "until",
        "names",
        "codes",
        "formerly",
        "regional",
        "members",
        "successors",
        "note",
        "source",
    }
    assert sorted((fields | values | actor) - words) == []
