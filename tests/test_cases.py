"""The legal cases of `cases/`: the format, and how an answer is compared, are written down in spec/cases.md."""

import contextlib
import io
import json
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

from comity.cli import options
from comity.cli.main import main
from comity.service import Register, open_register

CASES = Path(__file__).resolve().parent.parent / "cases"
FILE_KEYS = {"title", "source", "note", "files", "ask"}
ASK_KEYS = {"ask", "shows", "source", "expect", "exact", "findings", "notes", "mentions", "exit"}
NULL = "null"  # TOML has no null

Case = Mapping[str, Any]


def load(path: Path) -> Case:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def differences(want: Any, got: Any, path: str = "", *, exact: bool = False) -> Iterator[str]:  # noqa: ANN401  # JSON is anything
    """What keeps an answer from being the one expected, by the rules of spec/cases.md."""
    if isinstance(want, dict):
        yield from _table_differences(want, got, path, exact=exact)
    elif isinstance(want, list):
        yield from _list_differences(want, got, path, exact=exact)
    elif _plain(want) != got or type(_plain(want)) is not type(got):
        yield f"{path}: expected {_plain(want)!r}, got {got!r}"


def _plain(value: Any) -> Any:  # noqa: ANN401  # as above
    if value == NULL:
        return None
    return value if isinstance(value, bool | int | str) else str(value)


def _table_differences(want: dict[str, Any], got: Any, path: str, *, exact: bool) -> Iterator[str]:  # noqa: ANN401  # as above
    if not isinstance(got, dict):
        yield f"{path}: expected a table, got {got!r}"
        return
    if not want and got:
        yield f"{path}: expected nothing, got {got!r}"
    for key, value in want.items():
        if key not in got:
            yield f"{path}.{key}: is missing"
        else:
            yield from differences(value, got[key], f"{path}.{key}", exact=exact)


def _list_differences(want: list[Any], got: Any, path: str, *, exact: bool) -> Iterator[str]:  # noqa: ANN401  # as above
    if not isinstance(got, list):
        yield f"{path}: expected a list, got {got!r}"
    elif not want or not all(isinstance(item, dict) for item in want):
        if [item if isinstance(item, list) else _plain(item) for item in want] != got:
            yield f"{path}: expected {want!r}, got {got!r}"
    elif exact:
        yield from _exact_differences(want, got, path)
    elif all("actor" in item for item in want) and _told_apart(got):
        yield from _differences_by_actor(want, got, path)
    else:
        yield from _differences_in_order(want, got, path)


def _exact_differences(want: list[Any], got: list[Any], path: str) -> Iterator[str]:
    if len(want) != len(got):
        yield f"{path}: expected {len(want)} rows, got {len(got)}: {got!r}"
    else:
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]", exact=True)


def _differences_by_actor(want: list[Any], got: list[Any], path: str) -> Iterator[str]:
    rows = {row["actor"]: row for row in got}
    for item in want:
        if item["actor"] not in rows:
            yield f"{path}: {item['actor']} is missing"
        else:
            yield from differences(item, rows[item["actor"]], f"{path}.{item['actor']}")


def _differences_in_order(want: list[Any], got: list[Any], path: str) -> Iterator[str]:
    rest = iter(got)
    for item in want:
        if not any(not list(differences(item, row)) for row in rest):
            yield f"{path}: no such row, in this order: {item!r}; got {got!r}"
            return


def _told_apart(rows: list[Any]) -> bool:
    codes = [row.get("actor") for row in rows if isinstance(row, dict)]
    return len(codes) == len(rows) and None not in codes and len(set(codes)) == len(codes)


@cache
def register_of(folder: str) -> Register:
    """A register never changes once made, so the asks of a file share one."""
    return open_register(folder)


@pytest.fixture
def _shared(monkeypatch: pytest.MonkeyPatch, shipped: Register) -> None:
    def opened(address: str | None, known: str | None) -> Register:
        if known is not None:
            return open_register(address, known)
        return shipped if address is None else register_of(address)

    monkeypatch.setattr(options, "open_register", opened)


def answer(ask: str, folder: Path | None) -> tuple[int, Any]:
    """The exit code and the JSON of a command, run in this process."""
    words = [*shlex.split(ask), "--format", "json"]
    if folder is not None:
        words += ["--register", str(folder)]
    out = io.StringIO()
    code: object = 0
    with contextlib.redirect_stdout(out):
        try:
            main(words, standalone_mode=False)
        except SystemExit as end:
            code = end.code
        except click.exceptions.Exit as end:
            code = end.exit_code
    assert isinstance(code, int)
    return code, json.loads(out.getvalue())


def codes(found: Any, levels: set[str]) -> list[str]:  # noqa: ANN401  # as above
    """The codes of the findings of these levels in an answer, each once."""
    findings = found.get("findings", []) if isinstance(found, dict) else []
    return sorted({finding["code"] for finding in findings if finding["level"] in levels})


def faults(ask: Mapping[str, Any], folder: Path | None) -> list[str]:
    """All that is wrong with the answer to one ask."""
    code, got = answer(ask["ask"], folder)
    wrong = []
    if code != ask.get("exit", 0):
        wrong.append(f"exit {code}, expected {ask.get('exit', 0)}: {json.dumps(got)[:600]}")
    if "expect" in ask:
        wrong += differences(ask["expect"], got, exact=ask.get("exact", False))
    for key, levels in (("findings", {"error", "warning"}), ("notes", {"note"})):
        if key in ask and codes(got, levels) != sorted(ask[key]):
            wrong.append(f"{key}: expected {sorted(ask[key])}, got {codes(got, levels)}")
    text = json.dumps(got, ensure_ascii=False)
    return wrong + [f"“{word}” is not mentioned" for word in ask.get("mentions", []) if word not in text]


def write_files(case: Case, folder: Path) -> Path | None:
    """The register that a case brings, as a folder."""
    if "files" not in case:
        return None
    for name, text in case["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def listed() -> Iterator[Any]:
    for path in sorted(CASES.glob("**/*.toml")):
        name = str(path.relative_to(CASES).with_suffix(""))
        for number, ask in enumerate(load(path)["ask"], 1):
            yield pytest.param(path, number - 1, id=f"{name}:{number} {ask['ask']}")


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Case, Path | None]]:
    """Each file of cases with the folder of its register, written once a session."""
    return {
        path: (case := load(path), write_files(case, tmp_path_factory.mktemp(path.stem)))
        for path in sorted(CASES.glob("**/*.toml"))
    }


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize(("path", "index"), list(listed()))
def test_case(path: Path, index: int, folders: dict[Path, tuple[Case, Path | None]]) -> None:
    case, folder = folders[path]
    ask = case["ask"][index]
    wrong = faults(ask, folder)
    assert wrong == [], ask.get("shows", "")


def test_there_are_cases_and_their_files_say_only_what_the_format_knows() -> None:
    paths = sorted(CASES.glob("**/*.toml"))
    assert paths
    for path in paths:
        case = load(path)
        assert set(case) <= FILE_KEYS, path
        assert case["title"], path
        assert case["source"], path
        for ask in case["ask"]:
            assert set(ask) <= ASK_KEYS, (path, ask["ask"])
            assert set(ask) & {"expect", "findings", "notes", "mentions", "exit"}, (path, ask["ask"])
            assert ask.get("shows"), (path, ask["ask"])


def test_the_official_entry_into_force_of_every_instrument_is_a_case(shipped: Register) -> None:
    asks = load(CASES / "official-dates.toml")["ask"]
    told = {
        ask["ask"].split()[1]: str(ask["expect"].get("entry_into_force", ""))
        for ask in asks
        if ask["expect"].get("in_force") or "entry_into_force" in ask["expect"]
    }
    for name in shipped.reading.ids():
        it = shipped.reading.instrument(name)
        assert it is not None
        if it.entry_into_force is not None or it.tacit is not None:
            assert name in told, f"add the day on which {name} entered into force to cases/official-dates.toml"
        official = None if it.entry_into_force is None else it.entry_into_force.official
        assert official is None or told[name] == str(official)


GOT: dict[str, object] = {
    "status": "party",
    "until": None,
    "flags": {},
    "set": ["A", "B"],
    "actors": [{"actor": "FRA", "since": "2000-01-01"}, {"actor": "JPN", "since": "2001-01-01"}],
    "rows": [{"id": "one"}, {"id": "two"}, {"id": "three"}],
}


@pytest.mark.parametrize(
    "want",
    [
        {"status": "signatory"},
        {"until": "2000-01-01"},
        {"status": NULL},
        {"set": ["A"]},
        {"set": ["B", "A"]},
        {"flags": {"via": "EUU"}},
        {"actors": []},
        {"actors": [{"actor": "USA"}]},
        {"actors": [{"actor": "JPN", "since": "2000-01-01"}]},
        {"rows": [{"id": "two"}, {"id": "one"}]},
        {"absent": "x"},
        {"actors": {}},
        {"status": ["party"]},
        {"set": {"A": 1}},
    ],
)
def test_an_answer_that_differs_is_seen(want: dict[str, Any]) -> None:
    assert list(differences(want, GOT))


def test_an_exact_ask_counts_the_rows() -> None:
    want = {"rows": [{"id": "one"}, {"id": "three"}]}
    assert list(differences(want, GOT)) == []
    assert list(differences(want, GOT, exact=True))
    assert list(differences({"rows": [{"id": "one"}, {"id": "two"}, {"id": "three"}]}, GOT, exact=True)) == []


def test_an_answer_that_agrees_agrees() -> None:
    want = {"until": NULL, "flags": {}, "set": ["A", "B"], "actors": [{"actor": "JPN"}, {"actor": "FRA"}]}
    assert list(differences(want, GOT)) == []
