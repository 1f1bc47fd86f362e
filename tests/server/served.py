"""The portal as people meet it: `comity serve` in a folder of its own, and a browser in front of it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["Portal", "chromium", "fetched", "free_port", "serving"]

_CHROMIUM = Path("/usr/bin/chromium")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-lcd-text",  # letters in shades of one colour, which pictures of pages are smaller by
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
# In seconds: what a start may take on a machine that has other things to do.
_PATIENCE = 60
_PASSWORD = "a lantern beside the quiet harbour"  # noqa: S105  # of nobody


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Where there is none the test is skipped, saying so, or fails where one is required."""
    if not _CHROMIUM.exists():
        says = f"there is no {_CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true" or os.environ.get("COMITY_BROWSER") == "required":
            pytest.fail(says)
        pytest.skip(says)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_QUIET))
        yield browser
        browser.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def fetched(address: str) -> bytes:
    """What is at an address."""
    with urlopen(address, timeout=30) as response:  # noqa: S310  # of a portal that a test has started
        return bytes(response.read())


class Portal:
    """What is served from a folder, and the commands of whoever keeps it."""

    def __init__(self, place: Path) -> None:
        # In pictures stands the address that readers will have.
        self.place, self.port = place, 8000 if os.environ.get("COMITY_PICTURES") else free_port()
        self.address = f"http://localhost:{self.port}"
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
        self.env["COMITY_PUBLIC_URL"] = self.address
        self.env["COMITY_COMPILE"] = "later"  # most are asked for nothing that is compiled

    def run(self, *arguments: str, expect: int = 0) -> str:
        """What a command prints, which ends with the exit code that is expected."""
        command = [sys.executable, "-m", "comity", *arguments]
        ran = subprocess.run(command, cwd=self.place, env=self.env, capture_output=True, check=False, text=True)
        assert ran.returncode == expect, ran.stdout + ran.stderr
        return ran.stdout

    def enter(self, page: Page, email: str, *options: str) -> None:
        """Somebody is invited, follows the link, sets a password, and is logged in."""
        link = re.search(r"http://\S+", self.run("person", "add", email, *options))
        assert link is not None
        page.goto(link[0])
        for field in page.locator("input[type=password]").all():
            field.fill(_PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(re.compile(r"/account$"))

    def answers(self) -> bool:
        """Whether it serves."""
        try:
            return bool(fetched(f"{self.address}/health"))
        except (URLError, OSError):
            return False


@contextmanager
def serving(place: Path, *options: str) -> Iterator[Portal]:
    """`comity serve` in a folder, once it answers; told to stop, it must end without a complaint."""
    portal = Portal(place)
    with (place / "err").open("wb") as err:
        command = [sys.executable, "-m", "comity", "serve", "--port", str(portal.port), *options]
        server = subprocess.Popen(command, cwd=place, env=portal.env, stderr=err, stdout=err)
    try:
        until = time.monotonic() + _PATIENCE
        while not portal.answers():
            said = (place / "err").read_text(encoding="utf-8")
            assert server.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.05)
        yield portal
    finally:
        server.terminate()
        server.wait(20)
    said = (place / "err").read_text(encoding="utf-8")
    assert "Traceback" not in said, said
