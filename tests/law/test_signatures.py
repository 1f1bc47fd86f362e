"""The column of signatures holds what the reasons of each actor say."""

from datetime import date
from pathlib import Path

import pytest

from comity.law.results import Reason
from comity.service import Register, open_register


def said(reasons: tuple[Reason, ...], message: str) -> str:
    return next((str(reason.params["date"]) for reason in reasons if reason.id == message), "")


@pytest.mark.parametrize("on", [date(1969, 1, 1), date(1998, 12, 1), date(2001, 6, 1), date(2003, 1, 1)])
@pytest.mark.parametrize("name", ["rome-statute", "unclos", "npt", "vclt"])
def test_signatures_are_those_that_the_reasons_name(shipped: Register, name: str, on: date) -> None:
    found = shipped.signatures(name, on)
    for code in shipped.reading.directory.actors:
        reasons = shipped.why(name, code, on).reasons
        signature = found.get(code)
        assert said(reasons, "signed") == ("" if signature is None else str(signature.date)), code
        withdrawn = None if signature is None else signature.withdrawn
        assert said(reasons, "signature-withdrawn") == ("" if withdrawn is None else str(withdrawn)), code


def test_a_signature_and_its_withdrawal_are_told_from_their_days_on(shipped: Register) -> None:
    assert "USA" not in shipped.signatures("rome-statute", "2000-12-30")
    assert shipped.signatures("rome-statute", "2001-01-01")["USA"].withdrawn is None
    assert str(shipped.signatures("rome-statute", "2003-01-01")["USA"].date) == "2000-12-31"


def test_a_signature_that_was_withdrawn_is_shown_with_the_day(tmp_path: Path) -> None:
    folder = tmp_path / "instruments"
    folder.mkdir()
    text = 'id = "pond"\ntitle = "Pond Treaty"\nkind = "treaty"\nadopted = 1990-01-01\n'
    (folder / "pond.toml").write_text(text, encoding="utf-8")
    acts = "date,actor,act\n1990-01-01,FRA,signature\n1992-03-04,FRA,signature-withdrawal\n1990-01-01,ITA,signature\n"
    (folder / "pond.csv").write_text(acts, encoding="utf-8")
    register = open_register(tmp_path)
    assert register.signatures("pond", "1989-01-01") == {}
    assert register.signatures("pond", "1992-03-03")["FRA"].withdrawn is None
    assert register.signatures("pond", "1992-03-04")["FRA"].withdrawn == date(1992, 3, 4)
    assert register.signatures("pond", "1992-03-04")["ITA"].withdrawn is None
