"""The log as pages: what they prove can be checked without them."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from comity.server.registers import ask
from comity.service import keeping, logbook
from comity.service.entries import corrections_of, entry_of, index_of_hash
from comity.service.verifying import holds, judge, public_key


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def log(shared_log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of one's own: a checkpoint signed here is no other test's."""
    own = Path(shutil.copy(shared_log, tmp_path / "register.comity"))
    shutil.copy(f"{shared_log}.key", f"{own}.key")
    monkeypatch.setattr(settings, "COMITY_LOG", str(own))
    return own


@pytest.fixture
def note(log: Path) -> str:
    """A checkpoint of the log as it stands."""
    return keeping.checkpoint(log)


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def whole(response: HttpResponse) -> bytes:
    return b"".join(response) if response.streaming else response.content


def test_the_head_its_key_and_its_checkpoints(client: Client, log: Path, note: str) -> None:
    page = client.get("/en/log")
    size, root = note.splitlines()[1:3]
    key = public_key(f"{log}.key")
    assert key is not None
    assert key.fingerprint == sha256(key.text.encode()).hexdigest()
    for told in ("example.org/lake", f"{size} entries", root, key.fingerprint):
        assert told in text(page)
    assert client.get(f"/log/checkpoints/{size}").content.decode() == note
    assert client.get("/log/checkpoints/1").status_code == 404


@pytest.mark.usefixtures("note")
def test_what_is_fetched_verifies_offline(client: Client, log: Path, tmp_path: Path) -> None:
    page = client.get("/en/log").content.decode().replace("&amp;", "&")
    fetched = re.findall(r'curl -o log/(\S+) (?:"|&quot;)http://localhost(\S+?)(?:"|&quot;)', page)
    assert {name for name, _ in fetched} == {"entries.jsonl", "hashes.txt", "checkpoint"}
    for name, address in fetched:
        (tmp_path / name).write_bytes(whole(client.get(address)))
    key = public_key(f"{log}.key")
    assert key is not None
    verdict = keeping.verify_source(tmp_path, key.text)
    assert verdict.ok
    # One letter of one entry, and it no longer does.
    entries = tmp_path / "entries.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b"CHE", b"CHN", 1))
    assert not keeping.verify_source(tmp_path, key.text).ok


def test_an_entry_its_bytes_and_its_proof(client: Client, log: Path) -> None:
    with ask(str(log)) as seen:
        index = entry_of(seen.register, "lake-treaty", "1996-01-31 CHE ratification")
        size = seen.size
    assert index is not None
    page = client.get(f"/en/log/{index}")
    assert "Treaty on the Waters of the Lake: Switzerland, ratification, 1996-01-31" in re.sub(
        " ([,:])", r"\1", text(page)
    )
    assert f"The proof holds: entry {index} is among the {size} ." in text(page)
    found = sha256(b"\0" + client.get(f"/log/{index}/leaf").content).hexdigest()
    assert found in page.content.decode()
    shown = re.search(r'href="(/api/[^"]*)"', page.content.decode())
    assert shown is not None
    proof = client.get(shown[1]).json()
    assert proof["hash"] == found
    assert holds(found, index, size, proof["proof"], proof["root"])


def test_a_definition_is_an_entry_too(client: Client) -> None:
    assert "Definition of an instrument: lake-treaty" in re.sub(" ([,:])", r"\1", text(client.get("/en/log/0")))


@pytest.mark.parametrize(
    "address", ["/en/log/99999", "/log/99999/leaf", "/en/log?from=99999", "/en/log?old=99999", "/en/log?old=x"]
)
def test_what_is_not_there(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "its entries count from 0 to" in text(response)


def test_a_proof_between_two_sizes(client: Client, log: Path) -> None:
    with ask(str(log)) as seen:
        found = logbook.consistency(seen.register, 3)
    page = client.get("/en/log?old=3").content.decode()
    assert found.old_root in page
    assert found.root in page
    assert found.proof
    assert all(node in page for node in found.proof)
    api = re.search(r'href="(/api/v1/log/consistency[^"]*)"', page)
    assert api is not None
    assert tuple(client.get(api[1]).json()["proof"]) == found.proof


def test_entries_are_listed_from_the_newest_on(client: Client, log: Path) -> None:
    with ask(str(log)) as seen:
        size = seen.size
    listed = re.findall(r'<li><a href="/en/log/(\d+)">', client.get("/en/log").content.decode())
    assert listed[0] == str(size - 1)
    assert listed == sorted(listed, key=int, reverse=True)
    assert re.findall(r'<li><a href="/en/log/(\d+)">', client.get("/en/log?from=1").content.decode()) == ["1", "0"]


def test_a_checkpoint_that_was_kept(client: Client, note: str) -> None:
    for response in (
        client.post("/en/log/check", {"text": note.replace("\n", "\r\n")}),
        client.post("/en/log/check", {"file": SimpleUploadedFile("note", note.encode())}),
        client.get("/en/log/check", {"text": note}),
    ):
        assert response.status_code == 200
        assert "The log agrees" in text(response)
        assert not response.cookies
    # A reader without a session and from anywhere may ask: nothing is changed by it.
    assert (
        Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
        .post("/en/log/check", {"text": note})
        .status_code
        == 200
    )


def test_what_is_brought_is_judged(client: Client, log: Path, note: str) -> None:
    origin, size, root, *rest = note.split("\n")
    key = public_key(f"{log}.key")
    with ask(str(log)) as seen:
        register = seen.register
        proof = logbook.inclusion(register, 2)
        said = json.dumps(
            {"index": 2, "size": proof.size, "hash": proof.hash, "root": proof.root, "proof": proof.proof}
        )
        other = "A" * 43 + "="
        cases = {
            "checkpoint-holds": note,
            "proof-holds": said,
            "hash-found": proof.hash,
            "hash-unknown": "0" * 64,
            "of-another": "\n".join(["example.org/sea", size, root, *rest]),
            "signature-false": "\n".join([origin, size, other, *rest]),
            "proof-wrong": said.replace('"index": 2', '"index": 1'),
            "unreadable": "hello",
            "too-long": "x" * 100_001,
        }
        found = {wanted: judge(register, brought, key) for wanted, brought in cases.items()}
        assert {wanted: judged.id for wanted, judged in found.items()} == {wanted: wanted for wanted in cases}
        assert {wanted for wanted, judged in found.items() if judged.agrees} == {
            *("checkpoint-holds", "proof-holds", "hash-found"),
        }
        # Without a key nobody here can say who signed; the roots still tell.
        assert judge(register, "\n".join([origin, size, other, *rest]), None).id == "forked"
        assert judge(register, "\n".join([origin, "99999", root, *rest]), None).id == "ahead"
        assert judge(register, said.replace('"root"', '"tree"'), None).id == "unreadable"
        assert index_of_hash(register, "") is None
    for brought, heading in ((note, "The log agrees"), ("hello", "This proves nothing about the log")):
        assert heading in text(client.post("/en/log/check", {"text": brought}))


def test_a_log_that_was_altered_is_found_out(shared_log: Path, log: Path, tmp_path: Path, note: str) -> None:
    other = tmp_path / "other.comity"
    keeping.create(other, "example.org/lake", f"{log}.key")
    keeping.import_source(shared_log.parent / "lake", other)
    keeping.record(other, "lake-treaty", {"date": "1999-01-01", "actor": "FRA", "act": "accession"})
    later = keeping.checkpoint(other, f"{log}.key")
    key = public_key(f"{log}.key")
    with ask(str(log)) as seen:
        assert judge(seen.register, later, key).id in {"ahead", "forked"}
        assert judge(seen.register, note, key).agrees


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    assert public_key(tmp_path / "none") is None


def test_a_correction_is_told_with_what_it_corrects(shared_log: Path, tmp_path: Path) -> None:
    from comity.service import open_register  # noqa: PLC0415  # here alone

    place = tmp_path / "log.comity"
    keeping.create(place, "example.org/lake")
    keeping.import_source(shared_log.parent / "lake", place)
    index = entry_of(open_register(place), "lake-treaty", "1996-01-31 CHE ratification")
    assert index is not None
    fields = {"date": "2000-01-01", "actor": "CHE", "act": "correction", "ref": "1996-01-31 CHE ratification"}
    outcome = keeping.record(place, "lake-treaty", fields | {"set": "date=1996-01-30"})
    register = open_register(place)
    ((at, _, columns),) = corrections_of(register, index)
    assert at == outcome.stop - 1
    assert columns["set"] == "date=1996-01-30"
    # As it stands it is called by its new day.
    assert entry_of(register, "lake-treaty", "1996-01-30 CHE ratification") == index
    assert entry_of(register, "lake-treaty", "1996-01-31 CHE ratification") is None
    assert corrections_of(register, 0) == []
    assert entry_of(open_register(), "ctbt", "1997-10-09 GBR ratification") is None
