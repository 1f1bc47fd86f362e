"""The tool that reviews translations: what it shows to whom, and what it takes to be settled."""

from pathlib import Path

import back_translation as back
import pytest
import tomli

from comity.service import open_register
from comity.service.catalogue import catalogue


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(back, "_FOLDER", tmp_path / "back")
    return tmp_path


def give(folder: Path, **given: str) -> Path:
    file = folder / "given.toml"
    said = back.texts("fr")
    lines = [f"{back.hash_of(said[key.replace('__', '.')])} = {back.as_said(text)}" for key, text in given.items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_the_translator_sees_the_string_and_nothing_of_the_original() -> None:
    shown = back.main(["dump", "fr"])
    asked = tomli.loads(shown)
    assert set(asked.values()) == {""}
    assert set(asked) == {back.hash_of(text) for text in back.texts("fr").values()}
    assert "# Partie\n" in shown
    assert "status.party" not in shown
    assert "Status as at" not in shown


def test_a_plural_is_as_many_strings_as_it_has_forms() -> None:
    assert {key for key in back.texts("ru") if key.startswith("count.party/")} == {
        "count.party/one",
        "count.party/few",
        "count.party/many",
    }


def test_what_came_back_waits_no_longer(folder: Path) -> None:
    file = give(folder, status__former="Former", act__withdrawal="withdrawal")
    # Three strings: the end of a spell is called like the act that ends it.
    assert back.main(["take", "fr", str(file)]).startswith("3 taken, 0 of strings that are no more")
    assert {"status.former", "act.withdrawal", "end.withdrawal"}.isdisjoint(back.waiting("fr"))
    assert len(back.waiting("fr")) == len(back.texts("fr")) - 3
    assert back.hash_of("Ancien participant") not in back.main(["dump", "fr"])
    assert back.main(["differ", "fr"]) == ""


def test_a_string_that_changed_waits_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back.main(["take", "fr", str(give(folder, status__party="Party"))])
    changed = {**catalogue("fr"), "status.party": "État partie"}
    monkeypatch.setattr(back, "catalogue", lambda language: changed if language == "fr" else catalogue(language))
    assert "status.party" in back.waiting("fr")


def test_differences_are_listed_until_they_are_settled(folder: Path) -> None:
    back.main(["take", "fr", str(give(folder, status__none="Non-party", why__back="all participants."))])
    assert back.main(["differ", "fr"]) == (
        "status.none\n  original  Not a party\n  fr        Non partie\n  back      Non-party\n\n"
    )
    back.main(["settle", "fr", "status.none"])
    assert back.main(["differ", "fr"]) == ""
    # Translated anew, it is open again.
    back.main(["take", "fr", str(give(folder, status__none="No party at all"))])
    assert "No party at all" in back.main(["differ", "fr"])


def test_a_parameter_may_not_get_lost(folder: Path) -> None:
    with pytest.raises(ValueError, match="other parameters"):
        back.main(["take", "fr", str(give(folder, why__on="On that day: {status}"))])
    assert "why.on" in back.waiting("fr")


def test_every_string_has_an_original() -> None:
    english = back.originals(open_register())
    lacking = {
        (language, key)
        for language in ("ar", "fr", "es", "ru", "zh")
        for key in back.texts(language)
        if not english.get(key.partition("/")[0])
    }
    assert lacking == set()


@pytest.mark.parametrize(
    "arguments", [[], ["dump"], ["dump", "en"], ["dump", "xx"], ["settle", "fr"], ["nothing", "fr"]]
)
def test_a_command_that_is_none_says_what_there_is(arguments: list[str]) -> None:
    with pytest.raises(ValueError, match=r"none of|dump LANGUAGE"):
        back.main(arguments)


def test_only_what_came_back_can_be_settled() -> None:
    with pytest.raises(ValueError, match=r"nothing came back of: status\.party"):
        back.main(["settle", "fr", "status.party"])
