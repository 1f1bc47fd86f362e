"""Who hears of what: mailboxes asked twice, people with an account, programs; letters, deadlines, and the tick."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

Desk = Any
TextOf = Callable[[Any], str]


def tick(at: datetime | None = None) -> Any:  # noqa: ANN401  # Django's own
    from comity.server.desk.ticking import tick as ticked  # noqa: PLC0415  # with the rest of the portal

    return ticked(at)


def letters() -> list[Any]:
    from django.core import mail  # noqa: PLC0415  # as above

    found = list(mail.outbox)
    mail.outbox.clear()
    return found


def link_in(letter: Any) -> str:  # noqa: ANN401  # as above
    found = re.search(r"http://localhost:8000(/\S+)", letter.body)
    assert found is not None
    return found[1]


def subscribers() -> list[Any]:
    from comity.server.desk.models import Subscriber  # noqa: PLC0415  # as above

    return list(Subscriber.objects.order_by("pk"))


def subscribed(desk: Desk, address: str = "reader@example.org", **wanted: str) -> Any:  # noqa: ANN401  # as above
    """A mailbox that said yes twice."""
    visitor = desk.enter()
    assert visitor.post("/en/subscriptions", {"address": address, **wanted}).status_code == 200
    tick()
    (letter,) = letters()
    assert visitor.post(link_in(letter)).status_code == 302
    return subscribers()[-1]


def recorded(desk: Desk, **columns: object) -> None:
    place = desk.submitted(desk.enter("officer"), **columns)
    assert desk.approved(desk.enter("chief"), place).status_code == 302


# Mailboxes


def test_a_mailbox_is_asked_before_it_gets_anything(desk: Desk, text_of: TextOf) -> None:
    visitor = desk.enter()
    response = visitor.post("/fr/subscriptions", {"address": "Reader@Example.org", "instrument": "lamps"})
    assert "message est en route" in text_of(response)
    recorded(desk)
    assert tick().sent == 1
    (letter,) = letters()
    assert letter.to == ["reader@example.org"]
    assert letter.subject.startswith("Confirmez")
    assert "List-Unsubscribe" not in letter.extra_headers
    assert visitor.get(link_in(letter)).status_code == 200
    assert subscribers()[0].confirmed is None
    assert visitor.post(link_in(letter)).status_code == 302
    assert subscribers()[0].confirmed is not None

    recorded(desk, actor="FRA")
    assert tick().sent == 1
    (letter,) = letters()
    assert letter.subject.startswith("DN.2.")
    assert "France" in letter.subject
    assert "NOTIFICATION DÉPOSITAIRE" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert tick().sent == 0


def test_nobody_learns_who_subscribes(desk: Desk) -> None:
    subscribed(desk)
    known, unknown = (
        re.sub(r'value="\w{64}"', "", desk.enter().post("/en/subscriptions", {"address": address}).content.decode())
        for address in ("reader@example.org", "nobody@example.org")
    )
    assert known == unknown


def test_asking_again_and_again_fills_no_mailbox(desk: Desk) -> None:
    for _ in range(5):
        assert desk.enter().post("/en/subscriptions", {"address": "victim@example.org"}).status_code == 200
    assert tick().sent == 1
    statuses = {desk.enter().post("/en/subscriptions", {"address": f"v{n}@example.org"}).status_code for n in range(20)}
    assert statuses == {200, 429}


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b\r\nBcc: x@example.org", "a b@example.org", "x" * 300 + "@example.org"]
)
def test_what_is_no_address_is_refused(desk: Desk, address: str) -> None:
    assert desk.enter().post("/en/subscriptions", {"address": address}).status_code == 400
    assert subscribers() == []


@pytest.mark.parametrize("wanted", [{"instrument": "x"}, {"actor": "ZZZ"}, {"area": "moon"}])
def test_what_nobody_can_hear_of_is_refused(desk: Desk, text_of: TextOf, wanted: dict[str, str]) -> None:
    response = desk.enter().post("/en/subscriptions", {"address": "a@example.org", **wanted})
    assert response.status_code == 400
    assert "is not in the register" in text_of(response)


@pytest.mark.parametrize(
    ("wanted", "hears"),
    [
        ({}, True),
        ({"instrument": "lamps"}, True),
        ({"actor": "ITA"}, True),
        ({"area": "sea"}, True),
        ({"actor": "FRA"}, False),
        ({"area": "space"}, False),
        ({"instrument": "paris-agreement"}, False),
    ],
)
def test_one_hears_of_what_one_asked_for(desk: Desk, wanted: dict[str, str], hears: bool) -> None:  # noqa: FBT001  # a case
    subscribed(desk, **wanted)
    recorded(desk)
    assert tick().sent == int(hears)


def test_two_wishes_that_meet_make_one_letter(desk: Desk) -> None:
    subscribed(desk, instrument="lamps", actor="ITA", area="sea")
    recorded(desk)
    assert tick().sent == 1


def test_one_leaves_in_one_click_and_is_forgotten(desk: Desk, text_of: TextOf) -> None:
    from django.test import Client  # noqa: PLC0415  # with the rest of the portal

    subscribed(desk)
    recorded(desk)
    tick()
    (letter,) = letters()
    address = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    program = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert "Do you want to leave" in text_of(program.get(address))
    assert len(subscribers()) == 1
    assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert subscribers() == []
    assert program.post(address).status_code == 200
    recorded(desk, actor="FRA")
    assert tick().sent == 0


def test_one_changes_what_one_gets(desk: Desk, text_of: TextOf) -> None:
    from comity.server.desk.links import token_of  # noqa: PLC0415  # with the rest of the portal

    one = subscribed(desk, instrument="lamps")
    place = f"/en/subscriptions/of/{token_of(one)}"
    visitor = desk.enter()
    assert "Convention on the Lamps" in text_of(visitor.get(place))
    assert visitor.post(place, {"language": "es", "digest": "yes"}).status_code == 302
    one.refresh_from_db()
    assert (one.language, one.digest) == ("es", True)
    assert visitor.post(place, {"remove": str(one.wishes.get().pk)}).status_code == 302
    assert one.wishes.count() == 0
    for wrong in (token_of(one)[:-2], "x", "confirm"):
        assert visitor.get(f"/en/subscriptions/of/{wrong}").status_code == 403


def test_a_link_does_one_thing(desk: Desk) -> None:
    """What shows that one reads a mailbox does not confirm it, and the other way round."""
    from comity.server.desk.links import confirm_link, token_of  # noqa: PLC0415  # with the rest of the portal

    one = subscribed(desk)
    visitor = desk.enter()
    assert visitor.get(f"/en/subscriptions/confirm/{token_of(one)}").status_code == 403
    token = confirm_link(one).rpartition("/")[2]
    assert visitor.get(f"/en/subscriptions/of/{token}").status_code == 403


def test_one_letter_a_day(desk: Desk) -> None:
    from comity.server.desk.models import Subscriber  # noqa: PLC0415  # as above

    subscribed(desk)
    Subscriber.objects.update(digest=True)
    recorded(desk)
    recorded(desk, actor="FRA")
    assert tick().sent == 0
    assert tick(datetime.now(UTC) + timedelta(days=1)).sent == 2
    (letter,) = letters()
    assert letter.subject.endswith("(+1)")
    assert "Italy: ratification" in letter.body
    assert "France: ratification" in letter.body


def test_mailboxes_that_never_answer_are_forgotten(desk: Desk) -> None:
    from comity.server.desk.models import Subscriber  # noqa: PLC0415  # as above

    desk.enter().post("/en/subscriptions", {"address": "a@example.org"})
    assert tick().forgotten == 0
    Subscriber.objects.update(made=datetime.now(UTC) - timedelta(days=4))
    assert tick().forgotten == 1
    assert subscribers() == []


def test_whoever_has_an_account_needs_no_letter(desk: Desk, text_of: TextOf) -> None:
    officer = desk.enter("officer")
    assert officer.post("/en/subscriptions", {"instrument": "lamps"}).status_code == 302
    page = text_of(officer.get("/en/subscriptions"))
    assert "What officer@example.org gets" in page
    assert officer.post("/en/subscriptions/change", {"language": "fr"}).status_code == 302
    recorded(desk)
    assert tick().sent == 1
    assert "NOTIFICATION DÉPOSITAIRE" in letters()[0].body
    assert desk.enter().post("/en/subscriptions/change", {"language": "fr"}).status_code == 302


def test_a_letter_that_cannot_be_sent_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.mail import EmailMessage  # noqa: PLC0415  # as above

    subscribed(desk)
    recorded(desk)

    def broken(_self: object) -> None:
        raise ConnectionRefusedError

    now = datetime.now(UTC) + timedelta(seconds=1)
    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", broken)
        assert (tick(now).unsent, tick(now).unsent) == (1, 0)
    assert tick(now + timedelta(minutes=2)).sent == 1
    assert len(letters()) == 1


def test_a_sender_that_died_leaves_its_message_to_the_next(desk: Desk) -> None:
    from comity.server.desk.models import Message  # noqa: PLC0415  # as above

    subscribed(desk)
    recorded(desk)
    now = datetime.now(UTC) + timedelta(seconds=1)
    Message.objects.filter(sent=None).update(held=now)
    assert tick(now).sent == 0
    assert tick(now + timedelta(minutes=6)).sent == 1


def test_the_same_letter_bears_the_same_name(desk: Desk) -> None:
    from comity.server.desk.models import Message  # noqa: PLC0415  # as above

    subscribed(desk)
    recorded(desk)
    tick()
    Message.objects.update(sent=None, held=None)
    tick(datetime.now(UTC) + timedelta(seconds=1))
    names = [letter.extra_headers["Message-ID"] for letter in letters() if letter.subject.startswith("DN.")]
    assert len(names) == 2
    assert len(set(names)) == 1


def test_a_mailbox_is_not_asked_more_than_three_times_a_day(desk: Desk) -> None:
    from comity.server.desk.models import Message  # noqa: PLC0415  # as above

    sent = 0
    for hours in range(6, 0, -1):
        assert desk.enter().post("/en/subscriptions", {"address": "victim@example.org"}).status_code == 200
        sent += tick().sent
        Message.objects.update(due=datetime.now(UTC) - timedelta(hours=hours))
    assert sent == 3


# Deadlines


def test_a_deadline_is_told_a_month_and_a_week_ahead_once(desk: Desk) -> None:
    subscribed(desk, instrument="lamps", deadlines="yes")
    today = datetime.now(UTC)
    recorded(desk, date=str(today.date()))
    told = []
    for days in (0, 1, 22, 23, 24, 29, 30, 31):
        at = today + timedelta(days=days, minutes=days + 1)
        told.append(tick(at).alerts)
    # The convention, Italy and Switzerland, on the thirtieth day after the deposit.
    assert told == [3, 0, 0, 3, 0, 0, 0, 0]
    tick(today + timedelta(days=40))
    subjects = [letter.subject for letter in letters()]
    entry = (today + timedelta(days=30)).date()
    assert subjects.count(f"Italy, Convention on the Lamps of the Coast: Party on {entry}") == 2


def test_whoever_asked_for_acts_alone_hears_of_no_deadline(desk: Desk) -> None:
    subscribed(desk, instrument="lamps")
    recorded(desk, date=str(datetime.now(UTC).date()))
    assert tick().alerts == 0


# Programs


class _Receiver:
    """A program that takes calls, and answers as it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.slowly = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((dict(self.headers), body))
                # A letter now and then, for three seconds.
                for _ in range(30 if receiver.slowly else 0):
                    self.wfile.write(b"H")
                    time.sleep(0.1)
                self.send_response(receiver.status)
                self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as it is called
                del format, args

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=b"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def receiver(desk: Desk) -> Iterator[_Receiver]:
    from django.test import override_settings  # noqa: PLC0415  # with the rest of the portal

    assert desk.size
    found = _Receiver()
    with override_settings(COMITY_WEBHOOKS_PRIVATE=True):
        yield found
    found.close()


def hooked(desk: Desk, url: str) -> Any:  # noqa: ANN401  # Django's own
    officer = desk.enter("officer")
    response = officer.post("/en/desk/webhooks", {"url": url})
    assert response.status_code == 302, response.content.decode()
    return subscribers()[-1]


def test_a_program_is_called_and_knows_who_calls(desk: Desk, receiver: _Receiver, text_of: TextOf) -> None:
    from comity.server.desk.webhooks import verify  # noqa: PLC0415  # as above

    one = hooked(desk, receiver.url)
    recorded(desk)
    assert tick().sent == 1
    ((headers, body),) = receiver.calls
    told = json.loads(body)
    assert (told["event"], told["instrument"], told["act"], told["actors"]) == (
        "notification",
        "lamps",
        "ratification",
        ["ITA"],
    )
    assert (headers["Comity-Event"], headers["Content-Type"]) == ("notification", "application/json")
    signature, now = headers["Comity-Signature"], int(datetime.now(UTC).timestamp())
    assert verify(one.secret, signature, body, now)
    assert not verify(one.secret, signature, body + b" ", now)
    assert not verify("another", signature, body, now)
    assert not verify(one.secret, signature, body, now + 3600)
    assert not verify(one.secret, "v1=00", body, now)
    assert "taken" in text_of(desk.enter("officer").get("/en/desk/webhooks"))


def test_a_call_repeated_bears_the_same_key(desk: Desk, receiver: _Receiver) -> None:
    hooked(desk, receiver.url)
    recorded(desk)
    receiver.status = 500
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert tick(now).unsent == 1
    receiver.status = 204
    assert tick(now + timedelta(minutes=2)).sent == 1
    first, second = (headers["Comity-Delivery"] for headers, _ in receiver.calls)
    assert first == second


def test_nobody_is_led_on_to_another_address(desk: Desk, receiver: _Receiver) -> None:
    hooked(desk, receiver.url)
    receiver.status = 302
    recorded(desk)
    assert tick().unsent == 1
    assert len(receiver.calls) == 1


def test_a_program_that_fails_too_often_is_left_alone_until_its_owner_says(
    desk: Desk, receiver: _Receiver, text_of: TextOf
) -> None:
    one = hooked(desk, receiver.url)
    officer = desk.enter("officer")
    receiver.status, now = 500, datetime.now(UTC)
    for number in range(20):
        assert officer.post(f"/en/desk/webhooks/{one.pk}/ping").status_code == 302
        tick(now + timedelta(seconds=number + 1))
    one.refresh_from_db()
    assert one.disabled is not None
    calls = len(receiver.calls)
    assert tick(now + timedelta(days=1)).unsent == 0
    assert len(receiver.calls) == calls
    assert "failed too often" in text_of(officer.get("/en/desk/webhooks"))
    assert officer.post(f"/en/desk/webhooks/{one.pk}/enable").status_code == 302
    receiver.status = 200
    assert tick(now + timedelta(days=1)).sent > 0


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://user:password@example.org/",
        "https:///path",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://exämple.org/",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_nobody_should_be_made_to_call_is_refused(desk: Desk, url: str) -> None:
    assert desk.enter("officer").post("/en/desk/webhooks", {"url": url}).status_code == 400
    assert subscribers() == []


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "127.0.0.1", "192.168.0.1", "::1", "fe80::1%eth0", "100.64.0.1"]
)
def test_a_name_that_leads_inside_is_not_called(desk: Desk, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Also where it led outside when it was added, and where only one of its addresses leads inside."""
    hooked(desk, "https://hooks.example.org/")
    recorded(desk)

    def looked_up(host: str, port: int, **_more: object) -> list[tuple[Any, ...]]:
        assert host == "hooks.example.org"
        return [(0, 0, 0, "", ("93.184.215.14", port)), (0, 0, 0, "", (address, port))]

    def connected(*_args: object, **_named: object) -> None:
        pytest.fail("an inner address was called")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connected)
    assert tick().unsent == 1


def test_a_name_that_none_can_have_keeps_no_other_call_back(desk: Desk, receiver: _Receiver) -> None:
    hooked(desk, f"http://{'a' * 64}.org/")
    hooked(desk, receiver.url)
    recorded(desk)
    done = tick()
    assert (done.sent, done.unsent, done.failed) == (1, 1, {})


def test_an_answer_that_never_ends_is_abandoned(
    desk: Desk, receiver: _Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.server.desk import webhooks  # noqa: PLC0415  # with the rest of the portal

    monkeypatch.setattr(webhooks, "_LONGEST", 0.2)
    hooked(desk, receiver.url)
    receiver.slowly = True
    recorded(desk)
    began = time.monotonic()
    assert tick().unsent == 1
    assert time.monotonic() - began < 2


def test_webhooks_are_their_owners_alone(desk: Desk, receiver: _Receiver) -> None:
    one = hooked(desk, receiver.url)
    other = desk.enter("officer", name="other")
    for verb in ("ping", "enable", "remove"):
        assert other.post(f"/en/desk/webhooks/{one.pk}/{verb}").status_code == 403
    assert one.secret not in other.get("/en/desk/webhooks").content.decode()
    assert desk.enter("public").get("/en/desk/webhooks").status_code == 403
    officer = desk.enter("officer")
    assert officer.post(f"/en/desk/webhooks/{one.pk}/dance").status_code == 404
    assert officer.post(f"/en/desk/webhooks/{one.pk}/remove").status_code == 302
    assert officer.post(f"/en/desk/webhooks/{one.pk}/remove").status_code == 404
