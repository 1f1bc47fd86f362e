"""Places to compute in: few, and one reader waits for them at a time, so that threads are left for pages."""

import threading
import time

import pytest

from comity.service import Refusal, apart


def test_of_many_who_come_at_once_one_waits_and_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_SEATS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(apart, "_WAITING", threading.BoundedSemaphore(1))
    said: list[str] = []

    def waits() -> None:
        with apart.seat(30):
            said.append("computed")

    with apart.seat():
        waiting = threading.Thread(target=waits)
        waiting.start()
        while apart._WAITING._value:  # until it waits
            time.sleep(0.001)
        with pytest.raises(Refusal, match="as much is being computed"), apart.seat(30):
            pass
    waiting.join(10)
    assert said == ["computed"]
    with apart.seat(0):
        said.append("again")
    assert said == ["computed", "again"]
