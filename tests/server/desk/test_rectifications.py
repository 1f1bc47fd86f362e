"""Errors in texts (VCLT 79), and the corrections that imports propose to the register."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comity.service import keeping

Desk = Any
TextOf = Callable[[Any], str]

ERROR = {
    "instrument": "lamps",
    "provision": "3(2)",
    "language": "en",
    "wrong": "The lamps shold burn.",
    "right": "The lamps should burn.",
    "reason": "A letter is missing.",
    "days": "90",
}


def one() -> Any:  # noqa: ANN401  # Django's own
    from comity.server.desk.models import Rectification  # noqa: PLC0415  # with the rest of the portal

    return Rectification.objects.get()


def notifications() -> list[Any]:
    from comity.server.desk.models import Notification  # noqa: PLC0415  # as above

    return list(Notification.objects.order_by("year", "number"))


def tick(days: int = 0) -> Any:  # noqa: ANN401  # as above
    from comity.server.desk.ticking import tick as ticked  # noqa: PLC0415  # as above

    return ticked(datetime.now(UTC) + timedelta(days=days))


def proposed(desk: Desk, **columns: str) -> str:
    response = desk.enter("officer").post("/en/desk/rectifications/new", ERROR | columns)
    assert response.status_code == 302, response.content.decode()
    place = str(response.headers["Location"])
    assert desk.enter("officer").post(f"{place}/submit").status_code == 302
    return place


def circulated(desk: Desk) -> str:
    place = proposed(desk)
    assert desk.enter("chief").post(f"{place}/circulate", {"seal": one().seal}).status_code == 302
    return place


def test_silence_corrects_a_text_and_a_proces_verbal_enters_the_log(desk: Desk, text_of: TextOf) -> None:
    size = desk.size
    place = circulated(desk)
    letter = desk.enter().get(f"/en/{notifications()[0].path}/text").content.decode()
    assert "The depositary proposes to correct it." in letter
    assert "– for: The lamps shold burn." in letter
    assert "– read: The lamps should burn." in letter
    assert f"until {one().until}, 90 days from today" in letter
    assert "Addressed to the signatory States and the contracting States" in letter
    assert "open to objections" in text_of(desk.enter("delegation", actor="CHE").get(place))

    assert tick(90).rectified == 0
    assert (one().state, desk.size) == ("circulated", size)
    assert tick(91).rectified == 1
    assert tick(91).rectified == 0
    assert desk.leaf(size) == {
        "instrument": "lamps",
        "provision": "3(2)",
        "language": "en",
        "wrong": ERROR["wrong"],
        "right": ERROR["right"],
        "proposed": str(one().circulated),
        "accepted": str(one().until),
        "draft": one().key,
    }
    assert desk.size == size + 1
    assert keeping.verify_source(desk.log).ok
    last = notifications()[-1]
    assert (last.kind, last.number, last.entry) == ("rectification", 2, size)
    assert "Procès-verbal of rectification: 3(2)" in last.texts["en"]["subject"]
    assert "Accepted by silence" in text_of(desk.enter("officer").get(place))


@pytest.mark.parametrize("code", ["en", "fr", "ar", "es", "ru", "zh"])
def test_its_pages_and_letters_in_every_language(desk: Desk, code: str) -> None:
    place = circulated(desk)
    officer = desk.enter("officer")
    officer.post(f"{place}/object", {"actor": "CHE", "text": "It is right as it stands."})
    for path in (place[4:], "desk/rectifications", "desk/rectifications/new"):
        assert officer.get(f"/{code}/{path}").status_code == 200
    assert [one.kind for one in notifications()] == ["rectification-proposed", "rectification-objected"]
    for it in notifications():
        assert officer.get(f"/{code}/{it.path}").status_code == 200
        assert officer.get(f"/{code}/{it.path}/pdf").content.startswith(b"%PDF-")


def test_an_objection_stops_it_and_is_communicated(desk: Desk, text_of: TextOf) -> None:
    size, place = desk.size, circulated(desk)
    delegation = desk.enter("delegation", actor="CHE")
    told = {"actor": "CHE", "text": "It is right as it stands."}
    assert delegation.post(f"{place}/object", told).status_code == 302
    assert one().state == "objected"
    assert "Switzerland" in notifications()[-1].texts["en"]["text"]
    assert "The correction is not made." in text_of(delegation.get(place))
    again = delegation.post(f"{place}/object", told)
    assert again.status_code == 409
    assert "recorded already" in text_of(again)
    assert desk.enter("officer").post(f"{place}/object", {"actor": "ITA"}).status_code == 302
    assert tick(91).rectified == 0
    assert desk.size == size
    assert len(notifications()) == 3


def test_who_may_not_object(desk: Desk, text_of: TextOf) -> None:
    place = circulated(desk)
    stranger = desk.enter("delegation", actor="FRA").post(f"{place}/object", {"actor": "FRA"})
    assert stranger.status_code == 403
    assert "Only signatory and contracting States" in text_of(stranger)
    assert desk.enter("delegation", actor="FRA").post(f"{place}/object", {"actor": "CHE"}).status_code == 403
    assert desk.enter("public").post(f"{place}/object", {"actor": "CHE"}).status_code == 403
    officer = desk.enter("officer")
    for day, status in (("2001-01-01", 400), ("2400-01-01", 400), ("soon", 400)):
        assert officer.post(f"{place}/object", {"actor": "CHE", "date": day}).status_code == status
    assert one().state == "circulated"


def test_an_objection_after_the_period_is_late(desk: Desk, text_of: TextOf) -> None:
    from comity.server.desk.models import Rectification  # noqa: PLC0415  # with the rest of the portal

    place = circulated(desk)
    past = datetime.now(UTC).date() - timedelta(days=1)
    Rectification.objects.update(circulated=past - timedelta(days=90), until=past)
    response = desk.enter("officer").post(f"{place}/object", {"actor": "CHE"})
    assert response.status_code == 409
    assert f"ended on {past}" in text_of(response)
    received_in_time = {"actor": "CHE", "date": str(past)}
    assert desk.enter("officer").post(f"{place}/object", received_in_time).status_code == 302


def test_an_objection_and_the_end_of_the_period_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second sees that the other was there."""
    from comity.server.desk import rectifying  # noqa: PLC0415  # as above

    place = circulated(desk)
    entitled = rectifying._entitled

    def overtaken(*args: Any) -> None:  # noqa: ANN401  # as they come
        entitled(*args)
        assert tick(91).rectified == 1

    monkeypatch.setattr(rectifying, "_entitled", overtaken)
    assert desk.enter("officer").post(f"{place}/object", {"actor": "CHE"}).status_code == 409
    assert one().state == "recorded"
    assert one().objections.count() == 0


def test_a_correction_has_its_second_reader_too(desk: Desk, text_of: TextOf) -> None:
    chief = desk.enter("chief")
    response = chief.post("/en/desk/rectifications/new", ERROR)
    place = response.headers["Location"]
    assert chief.post(f"{place}/submit").status_code == 302
    assert chief.post(f"{place}/circulate", {"seal": one().seal}).status_code == 403
    assert desk.enter("officer").post(f"{place}/circulate", {"seal": one().seal}).status_code == 403
    other = desk.enter("chief", name="other")
    seal = one().seal
    assert chief.post(f"{place}/edit", ERROR | {"version": one().version, "right": "Lamps burn."}).status_code == 302
    changed = other.post(f"{place}/circulate", {"seal": seal})
    assert changed.status_code == 409
    assert "no longer what you read" in text_of(changed)
    assert other.post(f"{place}/return", {"reason": ""}).status_code == 400
    assert other.post(f"{place}/return", {"reason": "say more"}).status_code == 302
    assert chief.post(f"{place}/submit").status_code == 302
    assert chief.post(f"{place}/withdraw").status_code == 302
    assert chief.post(f"{place}/withdraw").status_code == 302
    assert one().state == "withdrawn"
    assert notifications() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"wrong": ""},
        {"right": ""},
        {"provision": ""},
        {"right": ERROR["wrong"]},
        {"days": "1"},
        {"days": "x"},
        {"days": "9999999999999"},
        {"instrument": "nothing"},
    ],
)
def test_a_correction_that_says_too_little_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    assert desk.enter("officer").post("/en/desk/rectifications/new", ERROR | wrong).status_code == 400


def test_a_delegation_sees_what_was_circulated_and_nothing_before(desk: Desk) -> None:
    place, delegation = proposed(desk), desk.enter("delegation", actor="CHE")
    assert delegation.get(place).status_code == 403
    assert "3(2)" not in delegation.get("/en/desk/rectifications").content.decode()
    assert delegation.post("/en/desk/rectifications/new", ERROR).status_code == 403
    assert desk.enter("chief").post(f"{place}/circulate", {"seal": one().seal}).status_code == 302
    assert delegation.get(place).status_code == 200


def test_a_proces_verbal_cut_off_is_drawn_up_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import rectifying  # noqa: PLC0415  # with the rest of the portal

    circulated(desk)
    size, issue = desk.size, rectifying.issue_rectification

    def dying(*_args: object) -> None:
        raise OSError("the machine went down")

    monkeypatch.setattr(rectifying, "issue_rectification", dying)
    done = tick(91)
    assert done.failed.keys() == {"rectified"}
    assert one().state == "adopted"
    monkeypatch.setattr(rectifying, "issue_rectification", issue)
    assert tick(91).rectified == 1
    assert desk.size == size + 1
    assert [one.number for one in notifications()] == [1, 2]


def test_markup_in_a_correction_stays_text(desk: Desk) -> None:
    place = circulated(desk)
    desk.enter("officer").post(f"{place}/object", {"actor": "CHE", "text": "<img src=x onerror=alert(1)>"})
    for path in (place, f"/en/{notifications()[-1].path}"):
        assert "<img" not in desk.enter("officer").get(path).content.decode()


# What imports propose


@pytest.fixture
def changed(desk: Desk, tmp_path: Path) -> Desk:
    """A later edition of the source says another date."""
    acts = tmp_path / "lamps" / "instruments" / "lamps.csv"
    acts.write_text(acts.read_text(encoding="utf-8").replace("2002-01-31", "2002-01-30"), encoding="utf-8")
    assert len(keeping.import_source(tmp_path / "lamps", desk.log).proposals) == 1
    return desk


def test_a_chief_settles_what_an_import_proposed(changed: Desk, text_of: TextOf) -> None:
    chief, size = changed.enter("chief"), changed.size
    page = text_of(chief.get("/en/desk/proposals"))
    assert "Switzerland, ratification, 2002-01-31" in page
    assert "2002-01-31 2002-01-30" in page
    number = re.search(r"desk/proposals/(\d+)/approve", chief.get("/en/desk/proposals").content.decode())
    assert number is not None
    assert chief.post(f"/en/desk/proposals/{number[1]}/approve").status_code == 302
    assert changed.leaf(size)["set"] == "date=2002-01-30"
    response = chief.post(f"/en/desk/proposals/{number[1]}/reject")
    assert response.status_code == 409
    assert "waits for a verdict" in text_of(response)


def test_a_proposal_is_rejected(changed: Desk) -> None:
    chief, size = changed.enter("chief"), changed.size
    assert chief.post("/en/desk/proposals/1/reject").status_code == 302
    assert (changed.size, keeping.proposals(changed.log)) == (size, ())
    assert chief.post("/en/desk/proposals/1/dance").status_code == 404


def test_proposals_are_for_chiefs(changed: Desk) -> None:
    for role in ("officer", "delegation", "administrator", "public"):
        person = changed.enter(role, actor="CHE")
        assert person.get("/en/desk/proposals").status_code == 403
        assert person.post("/en/desk/proposals/1/approve").status_code == 403
    assert len(keeping.proposals(changed.log)) == 1
