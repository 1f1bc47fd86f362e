"""The tick: one at once, what dies with it, what stops it, and that it comes again."""

import re
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

Desk = Any


def tick() -> Any:  # noqa: ANN401  # Django's own
    from comity.server.desk.ticking import tick as ticked  # noqa: PLC0415  # with the rest of the portal

    return ticked()


def subscribed(desk: Desk, address: str = "reader@example.org") -> None:
    """A mailbox that said yes twice."""
    from django.core import mail  # noqa: PLC0415  # as above

    visitor = desk.enter()
    assert visitor.post("/en/subscriptions", {"address": address}).status_code == 200
    tick()
    found = re.search(r"http://localhost:8000(/\S+)", mail.outbox[-1].body)
    assert found is not None
    assert visitor.post(found[1]).status_code == 302


def recorded(desk: Desk, **columns: object) -> None:
    place = desk.submitted(desk.enter("officer"), **columns)
    assert desk.approved(desk.enter("chief"), place).status_code == 302


def test_two_ticks_do_not_work_at_once(desk: Desk) -> None:
    from comity.server.desk.models import Job  # noqa: PLC0415  # as above

    assert desk.size
    assert not tick().busy
    Job.objects.filter(name="tick").update(holder="another", until=datetime.now(UTC) + timedelta(minutes=5))
    assert tick().busy
    Job.objects.filter(name="tick").update(until=datetime.now(UTC) - timedelta(seconds=1))
    assert not tick().busy


def test_a_step_that_fails_keeps_nobody_from_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import alerts  # noqa: PLC0415  # as above

    subscribed(desk)
    recorded(desk)

    def broken(_at: datetime) -> int:
        raise OSError("no")

    monkeypatch.setattr(alerts, "alert", broken)
    done = tick()
    assert done.failed == {"alerts": "OSError: no"}
    assert done.sent == 1
    assert not tick().busy


def test_who_died_with_the_lock_is_followed_within_two_minutes_and_who_lives_keeps_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.server.desk import alerts, rectifying, subscribing  # noqa: PLC0415  # as above
    from comity.server.desk.models import Job  # noqa: PLC0415  # as above

    assert desk.size
    left: list[float] = []

    def long_work(_at: datetime | None = None) -> tuple[()]:
        until = Job.objects.get(name="tick").until
        assert until is not None
        left.append((until - datetime.now(UTC)).total_seconds())
        Job.objects.filter(name="tick").update(until=datetime.now(UTC) + timedelta(seconds=1))
        return ()

    monkeypatch.setattr(rectifying, "lapse", long_work)
    monkeypatch.setattr(alerts, "alert", lambda at: len(long_work(at)))
    monkeypatch.setattr(subscribing, "forget_unconfirmed", lambda: len(long_work()))
    assert tick().failed == {}
    assert len(left) == 3
    assert all(60 < seconds <= 90 for seconds in left)


@pytest.mark.parametrize("why", ["told to stop", "taken over"])
def test_a_tick_leaves_the_rest_to_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    from comity.server.desk import outbox, ticking  # noqa: PLC0415  # as above
    from comity.server.desk.models import Job, Message  # noqa: PLC0415  # as above

    subscribed(desk)
    subscribed(desk, "other@example.org")
    recorded(desk)
    stop, send = threading.Event(), outbox._mail  # a letter on its way

    def last(*args: Any) -> None:  # noqa: ANN401  # as they come
        send(*args)
        if why == "told to stop":
            stop.set()
        else:
            Job.objects.filter(name="tick").update(holder="another")

    monkeypatch.setattr(outbox, "_mail", last)
    assert ticking.tick(stop=stop).sent == 1
    assert Message.objects.filter(sent=None, dropped=None).count() == 1
    assert Job.objects.get(name="tick").holder == ("" if why == "told to stop" else "another")


def test_it_is_done_again_and_again_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import recording, ticking  # noqa: PLC0415  # as above

    done, stop = threading.Semaphore(0), threading.Event()

    def broken(**_: object) -> None:
        done.release()
        raise OSError("the data base is gone")

    monkeypatch.setattr(recording, "mend", broken)
    monkeypatch.setattr(ticking, "tick", broken)
    monkeypatch.setattr(ticking, "_MINUTE", 0.001)
    thread = ticking.every_minute(stop)
    for _ in range(4):
        assert done.acquire(timeout=10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_what_was_cut_off_is_finished_at_the_start_whoever_died_with_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.server.desk import recording, ticking  # noqa: PLC0415  # as above

    mended, stop = threading.Event(), threading.Event()
    monkeypatch.setattr(recording, "mend", mended.set)
    monkeypatch.setattr(ticking._Lease, "take", lambda _: False)  # held by one that died
    thread = ticking.every_minute(stop)
    assert mended.wait(10)
    stop.set()
    thread.join(10)


def test_a_server_that_ends_waits_for_the_tick_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn  # noqa: PLC0415  # as above

    from comity.server.desk import recording, ticking  # noqa: PLC0415  # as above
    from comity.server.run import serve  # noqa: PLC0415  # as above

    begun, ended = threading.Event(), threading.Event()

    def slow(stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(10)
        time.sleep(0.05)
        ended.set()

    monkeypatch.setattr(recording, "mend", list)
    monkeypatch.setattr(ticking, "tick", slow)
    monkeypatch.setattr(ticking, "_MINUTE", 0.001)

    def run(*_: object, **__: object) -> None:
        assert begun.wait(10)
        signal.raise_signal(signal.SIGTERM)  # as uvicorn does once it has ended

    monkeypatch.setattr(uvicorn, "run", run)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(KeyboardInterrupt):
            serve("127.0.0.1", 0)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.is_set()


def test_the_log_is_signed_where_the_instance_says_so(desk: Desk) -> None:
    from django.test import override_settings  # noqa: PLC0415  # as above

    assert tick().checkpoint == 0
    with override_settings(COMITY_CHECKPOINTS=True):
        assert tick().checkpoint == desk.size
        assert tick().checkpoint == 0
        recorded(desk)
        assert tick().checkpoint == desk.size
