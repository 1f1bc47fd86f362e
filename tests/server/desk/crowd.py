"""Several people at one desk at once, over the log and data base that the environment names; run by a test.

Says as JSON what each was answered, what the log holds now, and which notifications there are.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from comity.server.run import prepare_people
from comity.service import keeping

DRAFTS, CHIEFS = 4, 3
STATES = ("ITA", "FRA", "DEU", "AUT")


def main(log: str, folder: str) -> None:
    keeping.create(log, "example.org/lamps", Path(folder) / "crowd.key")
    keeping.import_source(Path(folder) / "lamps", log)
    prepare_people(log)
    from django.db import connection  # noqa: PLC0415  # once Django is set up
    from django.test import Client  # noqa: PLC0415  # as above

    from comity.server.desk.models import Draft, Notification  # noqa: PLC0415  # as above
    from comity.server.desk.ticking import tick  # noqa: PLC0415  # as above
    from comity.server.identity.models import Person  # noqa: PLC0415  # as above
    from comity.server.registers import log_at  # noqa: PLC0415  # as above

    def entered(name: str, role: str) -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(Person.objects.add(f"{name}@example.org", role=role))
        return client

    officer = entered("officer", "officer")
    for actor in STATES:
        said = {"instrument": "lamps", "date": "2003-04-05", "actor": actor, "act": "accession"}
        place = officer.post("/en/desk/drafts/new", said).headers["Location"]
        assert officer.post(f"{place}/submit").status_code == 302
    seals = {draft.key: draft.seal for draft in Draft.objects.all()}
    chiefs = [entered(f"chief-{number}", "chief") for number in range(CHIEFS)]
    before = log_at(log).size()
    gate = threading.Barrier(DRAFTS * CHIEFS + 2)

    def approve(chief: Client, key: str, seal: str) -> int:
        gate.wait()
        try:
            return int(chief.post(f"/en/desk/drafts/{key}/approve", {"seal": seal}).status_code)
        finally:
            connection.close()

    def ticking() -> int:
        gate.wait()
        try:
            return -int(tick().busy)
        finally:
            connection.close()

    with ThreadPoolExecutor(DRAFTS * CHIEFS + 2) as pool:
        asked = [pool.submit(approve, chief, key, seal) for key, seal in seals.items() for chief in chiefs]
        ticks = [pool.submit(ticking) for _ in range(2)]
        answers = [one.result() for one in asked]
        [one.result() for one in ticks]
    tick()
    found = {
        "answers": sorted(answers),
        "appended": log_at(log).size() - before,
        "numbers": sorted(Notification.objects.values_list("number", flat=True)),
        "states": sorted(set(Draft.objects.values_list("state", flat=True))),
        "ok": keeping.verify_source(log).ok,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    os.environ["COMITY_SECRET"] = str(Path(sys.argv[2]) / "secret.key")
    main(sys.argv[1], sys.argv[2])
