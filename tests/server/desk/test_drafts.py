"""From a draft through its second reader to the log and the notification; every refusal; what dies on the way."""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.service import Refusal, keeping, refuse

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LANGUAGES = ("en", "fr", "ar", "es", "ru", "zh")

Desk = Any
TextOf = Callable[[Any], str]


def upload(name: str, content: bytes) -> Any:  # noqa: ANN401  # Django's own
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415  # with the rest of the portal

    return SimpleUploadedFile(name, content)


def notifications() -> list[Any]:
    from comity.server.desk.models import Notification  # noqa: PLC0415  # as above

    return list(Notification.objects.order_by("year", "number"))


def draft_at(place: str) -> Any:  # noqa: ANN401  # as above
    from comity.server.desk.models import Draft  # noqa: PLC0415  # as above

    return Draft.objects.get(key=place.rpartition("/")[2])


def test_from_a_draft_to_a_notification(desk: Desk, text_of: TextOf, tmp_path: Path) -> None:
    officer, chief, size = desk.enter("officer"), desk.enter("chief"), desk.size
    place = desk.written(officer, document=upload("../act of ratification.pdf", PDF))
    page = text_of(officer.get(place))
    assert "would enter into force on 2003-05-05" in page
    assert "the conditions for entry into force would be met on 2003-04-05" in page
    assert "2 States and organizations to be informed" in page
    assert desk.size == size

    assert officer.post(f"{place}/submit").status_code == 302
    assert "Italy: ratification" in text_of(chief.get("/en/desk"))
    assert desk.approved(chief, place).status_code == 302

    digest = hashlib.sha256(PDF).hexdigest()
    assert desk.leaf(size) == {
        "instrument": "lamps",
        "date": "2003-04-05",
        "actor": "ITA",
        "act": "ratification",
        "document": f"sha256:{digest}",
        "draft": place.rpartition("/")[2],
    }
    assert (tmp_path / "documents" / digest[:2] / digest).read_bytes() == PDF
    assert keeping.verify_source(desk.log).ok

    (one,) = notifications()
    letter = desk.enter().get(f"/en/{one.path}/text").content.decode()
    assert letter.startswith(f"DEPOSITARY NOTIFICATION DN.1.{one.year}.lamps\n")
    assert "Depositary: Government of Malta" in letter
    assert "The above action was effected on 2003-04-05." in letter
    assert "The instrument enters into force on 2003-05-05. Basis: article 12." in letter
    assert "Switzerland, Convention on the Lamps of the Coast: Party as from 2003-05-05" in letter
    assert f"Document received: sha256:{digest}" in letter
    assert f"Entry of the register: {size}\nHash of the entry: {one.leaf_hash}\n" in letter

    file = officer.get(f"{place}/document")
    assert file.headers["Content-Disposition"] == 'attachment; filename="act of ratification.pdf"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(file.streaming_content) == PDF
    steps = re.findall(r"Drafted|Submitted,|Approved|Recorded and notified", text_of(officer.get(place)))
    assert steps == ["Drafted", "Submitted,", "Approved", "Recorded and notified"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_of_the_desk_in_every_language(desk: Desk, code: str) -> None:
    officer, chief = desk.enter("officer"), desk.enter("chief")
    place = desk.submitted(officer)
    pages = ["desk", "desk/drafts/new", place[4:], "desk/rectifications", "desk/rectifications/new", "desk/proposals"]
    pages += ["desk/webhooks", "notifications", "notifications/feed", "subscriptions"]
    for path in pages:
        assert chief.get(f"/{code}/{path}").status_code == 200, path
    assert desk.approved(chief, place).status_code == 302
    (one,) = notifications()
    for path in (place[4:], one.path, f"{one.path}/text", "notifications", "notifications/feed"):
        assert desk.enter("chief").get(f"/{code}/{path}").status_code == 200, path
    assert desk.enter().get(f"/{code}/{one.path}/pdf").content.startswith(b"%PDF-")
    assert set(one.texts) == set(LANGUAGES)


def test_numbers_have_no_gap_also_where_an_issue_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import issuing  # noqa: PLC0415  # with the rest of the portal

    officer, chief = desk.enter("officer"), desk.enter("chief")
    places = [desk.submitted(officer, actor=actor) for actor in ("ITA", "FRA", "DEU")]
    assert desk.approved(chief, places[0]).status_code == 302
    put = issuing.put_notification
    monkeypatch.setattr(issuing, "put_notification", _dying)
    with pytest.raises(SystemExit):
        desk.approved(chief, places[1])
    monkeypatch.setattr(issuing, "put_notification", put)
    assert desk.approved(chief, places[2]).status_code == 302
    assert tick().mended == 1
    assert [one.number for one in notifications()] == [1, 2, 3]
    assert [one.actors for one in notifications()] == [["ITA"], ["DEU"], ["FRA"]]


def _dying(*_args: object, **_named: object) -> None:
    raise SystemExit


def tick() -> Any:  # noqa: ANN401  # as above
    from comity.server.desk.ticking import tick as ticked  # noqa: PLC0415  # as above

    return ticked()


# Who may not


def test_nobody_approves_what_they_drafted(desk: Desk, text_of: TextOf) -> None:
    chief = desk.enter("chief")
    place = desk.submitted(chief)
    assert "somebody else decides" in text_of(chief.get(place))
    response = chief.post(f"{place}/approve", {"seal": draft_at(place).seal})
    assert response.status_code == 403
    assert "four-eyes principle" in text_of(response)
    assert notifications() == []
    assert desk.approved(desk.enter("chief", name="other"), place).status_code == 302


def test_one_person_keeps_an_instance_where_it_says_so(desk: Desk) -> None:
    from django.test import override_settings  # noqa: PLC0415  # as above

    chief = desk.enter("chief")
    place = desk.submitted(chief)
    with override_settings(COMITY_FOUR_EYES=False):
        assert desk.approved(chief, place).status_code == 302
    assert len(notifications()) == 1


@pytest.mark.parametrize("role", ["officer", "delegation", "administrator", "public"])
def test_only_a_chief_approves(desk: Desk, text_of: TextOf, role: str) -> None:
    place = desk.submitted(desk.enter("officer", name="author"))
    response = desk.enter(role, actor="ITA").post(f"{place}/approve", {"seal": draft_at(place).seal})
    assert response.status_code == 403
    assert "reserved for chief of section" in text_of(response)
    assert draft_at(place).state == "submitted"


def test_whoever_has_not_logged_in_is_asked_to(desk: Desk) -> None:
    place = desk.submitted(desk.enter("officer"))
    nobody = desk.enter()
    for path in ("/en/desk", "/en/desk/drafts/new", place, f"{place}/edit", f"{place}/document"):
        assert nobody.get(path).headers["Location"].startswith("/en/account/login"), path
    for path in ("/en/desk/drafts/new", f"{place}/approve", f"{place}/submit", f"{place}/withdraw"):
        assert nobody.post(path).headers["Location"].startswith("/en/account/login"), path
    assert draft_at(place).state == "submitted"


def test_a_delegation_drafts_for_its_own_state_alone(desk: Desk, text_of: TextOf) -> None:
    italy, france = desk.enter("delegation", actor="ITA", name="it"), desk.enter("delegation", actor="FRA", name="fr")
    place = desk.submitted(italy)
    refused = france.get(place)
    assert refused.status_code == 403
    assert "this concerns Italy; you speak for France" in text_of(refused)
    assert france.get(f"{place}/document").status_code == 403
    assert france.post("/en/desk/drafts/new", desk.said()).status_code == 403
    assert "Italy: ratification" not in text_of(france.get("/en/desk"))
    assert desk.approved(desk.enter("chief"), place).status_code == 302


def test_a_delegation_turns_no_draft_of_its_own_into_anothers(desk: Desk) -> None:
    france = desk.enter("delegation", actor="FRA")
    place = desk.written(france, actor="FRA")
    response = france.post(f"{place}/edit", desk.said(version="1", actor="ITA"))
    assert response.status_code == 403
    correction = desk.said(version="1", actor="FRA", act="correction", ref="2002-01-31 CHE ratification", set="void")
    assert france.post(f"{place}/edit", correction).status_code == 403
    assert (draft_at(place).actor, draft_at(place).act) == ("FRA", "ratification")


def test_only_its_author_changes_submits_and_withdraws_a_draft(desk: Desk) -> None:
    place = desk.written(desk.enter("officer"))
    other = desk.enter("officer", name="other")
    assert other.get(f"{place}/edit").status_code == 403
    assert other.post(f"{place}/edit", desk.said(version="1")).status_code == 403
    assert other.post(f"{place}/submit").status_code == 403
    assert other.post(f"{place}/withdraw").status_code == 403
    assert draft_at(place).version == 1


# Two at once, and twice


def test_what_was_changed_after_it_was_read_is_read_again(desk: Desk, text_of: TextOf) -> None:
    officer, chief = desk.enter("officer"), desk.enter("chief")
    place = desk.submitted(officer)
    read = desk.seal(chief, place)
    version = draft_at(place).version
    assert officer.post(f"{place}/edit", desk.said(version=version, date="2003-04-06")).status_code == 302
    response = chief.post(f"{place}/approve", {"seal": read})
    assert response.status_code == 409
    assert "no longer what you read" in text_of(response)
    assert notifications() == []
    assert desk.approved(chief, place).status_code == 302
    assert notifications()[0].date == "2003-04-06"


@pytest.mark.parametrize("at", ["MLT", "Government of Malta"])
def test_a_depositary_is_an_actor_or_one_that_the_instrument_names(desk: Desk, text_of: TextOf, at: str) -> None:
    officer, chief, size = desk.enter("officer"), desk.enter("chief"), desk.size
    place = desk.written(officer, at="x")
    refused = officer.post(f"{place}/submit")
    assert refused.status_code == 409
    assert "at: “x” is no depositary" in text_of(refused)
    version = draft_at(place).version
    assert officer.post(f"{place}/edit", desk.said(version=version, at=at)).status_code == 302
    assert officer.post(f"{place}/submit").status_code == 302
    # What waits for its second reader can still be changed.
    version = draft_at(place).version
    assert officer.post(f"{place}/edit", desk.said(version=version, at="x" * 80)).status_code == 302
    refused = desk.approved(chief, place)
    assert (refused.status_code, draft_at(place).state, desk.size) == (409, "submitted", size)
    assert "is no depositary" in text_of(refused)
    version = draft_at(place).version
    assert officer.post(f"{place}/edit", desk.said(version=version, at=at)).status_code == 302
    assert desk.approved(chief, place).status_code == 302
    assert desk.leaf(size)["at"] == at


def test_a_correction_sets_a_depositary_that_there_is(desk: Desk, text_of: TextOf) -> None:
    officer = desk.enter("officer")
    said = {"act": "correction", "actor": "CHE", "ref": "2002-01-31 CHE ratification"}
    wrong = desk.written(officer, **said, set="at=x")
    refused = officer.post(f"{wrong}/submit")
    assert refused.status_code == 409
    assert "at: “x” is no depositary" in text_of(refused)
    assert officer.post(f"{desk.written(officer, **said, set='at=MLT')}/submit").status_code == 302


def test_a_second_approval_records_nothing(desk: Desk, text_of: TextOf) -> None:
    place, chief = desk.submitted(desk.enter("officer")), desk.enter("chief")
    seal = desk.seal(chief, place)
    assert chief.post(f"{place}/approve", {"seal": seal}).status_code == 302
    size = desk.size
    for again in (chief, desk.enter("chief", name="other")):
        response = again.post(f"{place}/approve", {"seal": seal})
        assert response.status_code == 409
        assert "In its present state" in text_of(response)
    assert desk.size == size
    assert len(notifications()) == 1


def test_two_who_approve_at_once_record_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import recording  # noqa: PLC0415  # with the rest of the portal

    place, chief = desk.submitted(desk.enter("officer")), desk.enter("chief")
    other, seal, size = desk.enter("chief", name="other"), draft_at(place).seal, desk.size
    decide, answers = recording.decide_action, []

    def overtaken(act: str) -> str:
        """The other one comes between the reading and the approving of the first."""
        monkeypatch.setattr(recording, "decide_action", decide)
        answers.append(other.post(f"{place}/approve", {"seal": seal}).status_code)
        return str(decide(act))

    monkeypatch.setattr(recording, "decide_action", overtaken)
    assert chief.post(f"{place}/approve", {"seal": seal}).status_code == 409
    assert answers == [302]
    assert desk.size == size + 1
    assert len(notifications()) == 1


def test_two_who_change_at_once_do_not_overwrite_each_other(desk: Desk, text_of: TextOf) -> None:
    officer = desk.enter("officer")
    place = desk.written(officer)
    assert officer.post(f"{place}/edit", desk.said(version="1", note="first")).status_code == 302
    response = officer.post(f"{place}/edit", desk.said(version="1", note="second"))
    assert response.status_code == 409
    assert "changed this meanwhile" in text_of(response)
    assert draft_at(place).note == "first"
    for wrong in ("", "x", "-1", "²", "9" * 30):
        assert officer.post(f"{place}/edit", desk.said(version=wrong)).status_code == 409


# What dies on the way


@pytest.mark.parametrize("where", ["before the append", "after the append", "before the notification"])
def test_an_approval_cut_off_is_finished_by_the_tick(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    from comity.server.desk import recording  # noqa: PLC0415  # with the rest of the portal

    place, chief, size = desk.submitted(desk.enter("officer")), desk.enter("chief"), desk.size
    record = keeping.record

    def cut_off(*args: Any) -> None:  # noqa: ANN401  # as they come
        if where == "after the append":
            record(*args)
        raise SystemExit

    with monkeypatch.context() as patched:
        if where == "before the notification":
            patched.setattr(recording, "issue_act", _dying)
        else:
            patched.setattr(recording.keeping, "record", cut_off)
        with pytest.raises(SystemExit):
            desk.approved(chief, place)
    assert draft_at(place).state == "approving"
    assert notifications() == []
    assert tick().mended == 1
    assert tick().mended == 0
    assert desk.size == size + 1
    (one,) = notifications()
    assert (one.entry, one.number, draft_at(place).state) == (size, 1, "recorded")


def test_a_log_that_cannot_be_written_now_is_written_later(
    desk: Desk, text_of: TextOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, chief = desk.submitted(desk.enter("officer")), desk.enter("chief")
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "record", _raise(refuse("log-refused", "the disk is full")))
        response = desk.approved(chief, place)
        assert response.status_code == 503
        assert "It is approved" in text_of(response)
        assert tick().mended == 0
    assert tick().mended == 1
    assert len(notifications()) == 1


def _raise(error: Refusal) -> Callable[..., None]:
    def raising(*_args: object) -> None:
        raise error

    return raising


def test_what_the_register_refuses_goes_back_to_its_author(desk: Desk, text_of: TextOf) -> None:
    officer, chief = desk.enter("officer"), desk.enter("chief")
    first, second = desk.submitted(officer), desk.submitted(officer)
    assert desk.approved(chief, first).status_code == 302
    response = desk.approved(chief, second)
    assert response.status_code == 409
    assert "stands twice" in text_of(response)
    assert draft_at(second).state == "draft"
    assert "Refused by the register" in text_of(officer.get(second))
    assert len(notifications()) == 1


# Returned, rejected, withdrawn


def test_a_draft_is_returned_with_a_reason_and_rejected_for_good(desk: Desk) -> None:
    officer, chief = desk.enter("officer"), desk.enter("chief")
    place = desk.submitted(officer)
    assert chief.post(f"{place}/return", {"reason": " "}).status_code == 400
    assert officer.post(f"{place}/return", {"reason": "no"}).status_code == 403
    assert chief.post(f"{place}/return", {"reason": "<b>the date</b>"}).status_code == 302
    page = officer.get(place).content.decode()
    assert "&lt;b&gt;the date&lt;/b&gt;" in page
    assert chief.post(f"{place}/reject", {"reason": "now"}).status_code == 409
    assert officer.post(f"{place}/submit").status_code == 302
    assert chief.post(f"{place}/reject", {"reason": "not received"}).status_code == 302
    for verb in ("submit", "withdraw"):
        assert officer.post(f"{place}/{verb}").status_code == 409
    assert officer.post(f"{place}/edit", desk.said(version="9")).status_code == 409
    assert draft_at(place).state == "rejected"


def test_an_author_takes_back_then_gives_up(desk: Desk) -> None:
    officer, chief = desk.enter("officer"), desk.enter("chief")
    place = desk.submitted(officer)
    seal = draft_at(place).seal
    assert officer.post(f"{place}/withdraw").status_code == 302
    assert chief.post(f"{place}/approve", {"seal": seal}).status_code == 409
    assert officer.post(f"{place}/withdraw").status_code == 302
    assert draft_at(place).state == "withdrawn"


def test_a_draft_with_errors_is_kept_and_not_submitted(desk: Desk, text_of: TextOf) -> None:
    officer = desk.enter("officer")
    for wrong, says in (
        ({"actor": "XXX"}, "XXX"),
        ({"act": "objection", "ref": ""}, "does not say whom"),
        ({"date": "2003-02-31"}, "is not a day of the calendar"),
        ({"instrument": "nothing"}, "no instrument is called"),
        ({"act": "frown"}, "is no act that this version knows"),
    ):
        place = desk.written(officer, **wrong)
        assert says in text_of(officer.get(place)), wrong
        response = officer.post(f"{place}/submit")
        assert response.status_code == 409
        assert says in text_of(response), wrong
        assert draft_at(place).state == "draft"


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    officer = desk.enter("officer")
    place = desk.written(officer)
    for path in ("desk/drafts/" + "0" * 32, "notifications/2026/99", f"{place[4:]}/document"):
        assert officer.get(f"/en/{path}").status_code == 404
    assert officer.post(f"{place}/dance").status_code == 404
    assert officer.get(f"{place}/submit").status_code == 405


# What people send


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fake.pdf", b"GIF89a" + b"\x00" * 10),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\n"),
        ("page.pdf", b"<html><script>alert(1)</script>"),
        ("page.txt", b"  \n<svg onload=alert(1)>"),
        ("run.pdf", b"MZ\x90\x00"),
        ("empty.pdf", b""),
        ("bundle.docx", b"PK\x03\x04 anything else"),
    ],
)
def test_a_document_that_is_none_is_refused(desk: Desk, text_of: TextOf, name: str, content: bytes) -> None:
    response = desk.enter("officer").post("/en/desk/drafts/new", desk.said(document=upload(name, content)))
    assert response.status_code in {400, 415}, name
    assert "This is no document that the desk takes" in text_of(response)


def test_a_document_that_is_too_large_leaves_nothing_behind(
    desk: Desk, text_of: TextOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from comity.server.desk import documents  # noqa: PLC0415  # with the rest of the portal

    monkeypatch.setattr(documents, "LARGEST", len(PDF) - 1)
    response = desk.enter("officer").post("/en/desk/drafts/new", desk.said(document=upload("x.pdf", PDF)))
    assert response.status_code == 413
    assert "larger than" in text_of(response)
    assert not [path for path in (tmp_path / "documents").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["../../../etc/passwd", 'a"b\r\nX-Evil: 1.pdf', "<script>.pdf", "\u202efdp.exe", ""])
def test_the_name_of_a_document_is_only_a_name(desk: Desk, name: str) -> None:
    officer = desk.enter("officer")
    response = officer.post("/en/desk/drafts/new", desk.said(document=upload(name or "x", PDF)))
    place = response.headers["Location"]
    file = officer.get(f"{place}/document")
    said = file.headers["Content-Disposition"]
    assert said.startswith("attachment; filename")
    assert said.endswith('.pdf"')
    assert not re.search(r"[/\\<>\r\n\u202e]", said)
    assert "X-Evil" not in file.headers
    file.close()


def test_markup_in_every_field_stays_text(desk: Desk) -> None:
    bad = "<script>alert('x')</script>"
    officer, chief = desk.enter("officer"), desk.enter("chief")
    place = desk.submitted(officer, act="declaration", note=f"{bad}\u202e\x00", source=bad, ref=bad)
    assert draft_at(place).note == bad
    pages = [officer.get(place), officer.get(f"{place}/edit"), chief.get("/en/desk")]
    assert desk.approved(chief, place).status_code == 302
    (one,) = notifications()
    pages += [chief.get(f"/{code}/{path}") for code in LANGUAGES for path in (one.path, "notifications")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
    feed = chief.get("/en/notifications/feed").content.decode()
    assert "&lt;script&gt;" in feed
    assert chief.get(f"/en/{one.path}/pdf").content.startswith(b"%PDF-")
    assert bad in chief.get(f"/en/{one.path}/text").content.decode()


def test_a_form_larger_than_any_document_is_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import documents  # noqa: PLC0415  # with the rest of the portal

    monkeypatch.setattr(documents, "_LARGEST_FORM", 1000)
    response = desk.enter("officer").post("/en/desk/drafts/new", desk.said(document=upload("x.pdf", PDF + b" " * 1000)))
    assert response.status_code == 400
    assert desk.enter("officer").post("/en/desk/drafts/new", desk.said()).status_code == 302


def test_a_date_in_the_future_is_pointed_out(desk: Desk, text_of: TextOf) -> None:
    officer = desk.enter("officer")
    assert "lies in the future" in text_of(officer.get(desk.written(officer, date="2400-01-01")))
    assert "lies in the future" not in text_of(officer.get(desk.written(officer)))


def test_a_text_without_end_is_refused(desk: Desk, text_of: TextOf) -> None:
    response = desk.enter("officer").post("/en/desk/drafts/new", desk.said(note="x" * 4001))
    assert response.status_code == 400
    assert "longer than 4,000" in text_of(response)


def test_a_form_from_elsewhere_is_refused(desk: Desk) -> None:
    from django.test import Client  # noqa: PLC0415  # with the rest of the portal

    officer = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    officer.force_login(desk.enter("officer").person)
    assert officer.post("/en/desk/drafts/new", desk.said()).status_code == 403


# Corrigenda


def draft_of(desk: Desk) -> Any:  # noqa: ANN401  # as above
    from comity.server.desk.models import Draft  # noqa: PLC0415  # as above

    return Draft.objects.get(entry=desk.size - 1)


@pytest.fixture
def recorded(desk: Desk) -> Iterator[Desk]:
    place = desk.submitted(desk.enter("officer"))
    assert desk.approved(desk.enter("chief"), place).status_code == 302
    return desk


def test_a_corrigendum_points_at_the_entry_that_it_sets_right(recorded: Desk, text_of: TextOf) -> None:
    desk, officer, chief = recorded, recorded.enter("officer"), recorded.enter("chief")
    size = desk.size
    told = {"act": "correction", "ref": "2003-04-05 ITA ratification", "set": "date=2003-04-15", "date": "2003-06-01"}
    page = officer.get(f"/en/desk/drafts/{draft_of(desk).key}").content.decode()
    assert "new?act=correction&amp;instrument=lamps&amp;actor=ITA&amp;ref=2003-04-05+ITA+ratification" in page
    assert "Corrigendum" in text_of(officer.get("/en/desk/drafts/new?act=correction&instrument=lamps&actor=ITA"))
    place = desk.submitted(officer, **told)
    page = text_of(officer.get(place))
    assert "would enter into force on 2003-05-15" in page
    assert desk.approved(chief, place).status_code == 302
    body = desk.leaf(size)
    assert body["corrects"]["index"] == size - 1
    assert body["set"] == "date=2003-04-15"
    one = notifications()[-1]
    letter = chief.get(f"/en/{one.path}/text").content.decode()
    assert (one.kind, one.number) == ("corrigendum", 2)
    assert "Corrigendum: Italy, ratification, 2003-04-05" in letter
    assert "Date of deposit or receipt: 2003-04-15" in letter


def test_a_corrigendum_is_no_delegations_business(recorded: Desk) -> None:
    told = {"act": "correction", "ref": "2003-04-05 ITA ratification", "set": "void"}
    response = recorded.enter("delegation", actor="ITA").post("/en/desk/drafts/new", recorded.said(**told))
    assert response.status_code == 403


def test_a_corrigendum_of_nothing_is_refused(recorded: Desk, text_of: TextOf) -> None:
    officer = recorded.enter("officer")
    told = {"act": "correction", "ref": "2009-04-05 ITA ratification", "set": "void"}
    place = recorded.written(officer, **told)
    response = officer.post(f"{place}/submit")
    assert response.status_code == 409
    assert "there is no such act" in text_of(response)
