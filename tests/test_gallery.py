"""Every page of the gallery runs, quickly, and shows what it computes; one that breaks breaks the build."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from comity.service.methods import METHODS

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "gallery"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.stem not in {"index", "README"})


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


build = _module()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_and_shows_what_it_computes(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    made = build.run(source, page.stem)
    text = "".join(made.text)
    assert "```text" in text or "| --- |" in text
    assert "{{" not in text
    outputs = [output for cell in json.loads(made.notebook())["cells"] for output in cell.get("outputs", ())]
    assert outputs
    # What a number in a sentence is, the page computes: prose has none but years, articles and the like.
    prose = re.sub(r"{{.+?}}|^```.*?^```$|`[^`]*`|\([^)]*\)", "", source, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"\d+\.\d+|\d+%", prose) == []
    assert page.name in (FOLDER / "index.md").read_text(encoding="utf-8")
    assert f'"gallery/{page.name}"' in (FOLDER.parents[1] / "zensical.toml").read_text(encoding="utf-8")


def test_every_page_is_of_a_method() -> None:
    assert {page.stem for page in PAGES} <= {*METHODS, *(one.page for one in METHODS.values())}


def test_a_page_that_breaks_breaks_the_build_and_is_named() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        build.run("Text {{ 1 }}\n\n```python\n1 / 0\n```\n", "broken")
    assert caught.value.__notes__[0].startswith("in docs/gallery/broken.md")
    with pytest.raises(ValueError, match="one command of comity"):
        build.run("```console\n$ ls\n```\n", "broken")


def test_what_a_block_says_stands_below_it() -> None:
    page = build.run("```python\nx = 0.1 + 0.2\n[{'a': x, 'b|': 'c|d'}]\n```\nIt is {{ x }}.\n", "one")
    text = "".join(page.text)
    assert "| a | b| |\n| --: | --- |\n| 0.3 | c\\|d |" in text
    assert text.endswith("It is 0.3.\n")
