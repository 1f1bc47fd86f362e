"""Two people at the desk in two browsers, and a reader in a third who sees the page change; what they get by letter."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
# In seconds: what a start may take on a machine that has other things to do.
PATIENCE = 60
PASSWORD = "nine lamps above the harbour"  # noqa: S105  # of nobody
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        says = f"there is no {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true" or os.environ.get("COMITY_BROWSER") == "required":
            pytest.fail(says)
        pytest.skip(says)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Portal:
    """`comity serve` over the log of the lamps; `comity person` and `comity tick` beside it."""

    def __init__(self, place: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        self.place, self.address = place, f"http://localhost:{self.port}"
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
        self.env["COMITY_PUBLIC_URL"] = self.address

    def run(self, *arguments: str) -> str:
        """What a command prints."""
        ran = subprocess.run(
            [sys.executable, "-m", "comity", *arguments],
            cwd=self.place,
            env=self.env,
            capture_output=True,
            check=True,
            text=True,
        )
        return ran.stdout

    def enter(self, browser: Browser, name: str, role: str) -> Page:
        """A browser of somebody who was invited, and has set a password and logged in."""
        said = self.run("person", "add", f"{name}@example.org", "--role", role, "--name", f"{name} of the desk")
        link = re.search(r"http://\S+", said)
        assert link is not None
        page = browser.new_context().new_page()
        page.goto(link[0])
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main form button").first.click()
        page.goto(f"{self.address}/en/account/login/")
        if page.locator("input[type=email]").count():
            page.locator("input[type=email]").fill(f"{name}@example.org")
            page.locator("main input[type=password]").fill(PASSWORD)
            page.locator("main form button").first.click()
        return page


@pytest.fixture
def portal(tmp_path: Path, lamps: Path) -> Iterator[Portal]:
    instance = tmp_path / "instance"
    instance.mkdir()
    for name in ("register.comity", "register.comity.key"):
        copy(lamps / name, instance / name)
    portal = Portal(tmp_path)
    with (tmp_path / "err").open("wb") as err:
        command = [sys.executable, "-m", "comity", "serve", "--no-tick", "--port", str(portal.port)]
        server = subprocess.Popen(command, cwd=tmp_path, env=portal.env, stderr=err, stdout=err)
    try:
        until = time.monotonic() + PATIENCE
        while not answers(portal.address):
            assert server.poll() is None, (tmp_path / "err").read_text(encoding="utf-8")
            assert time.monotonic() < until
            time.sleep(0.05)
        yield portal
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in (tmp_path / "err").read_text(encoding="utf-8")


def answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=5) as response:  # noqa: S310  # our own
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def keeps_nobody_out(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_deposit_reaches_everybody(portal: Portal, browser: Browser) -> None:
    officer, chief = portal.enter(browser, "officer", "officer"), portal.enter(browser, "chief", "chief")
    reader = browser.new_context().new_page()
    reader.goto(f"{portal.address}/en/subscriptions")
    assert reader.get_by_role("link", name="Desk", exact=True).count() == 0
    reader.get_by_label("E-mail address").fill("reader@example.org")
    reader.get_by_label("Instrument").select_option("lamps")
    reader.get_by_role("button", name="Subscribe").click()
    expect(reader.get_by_role("status")).to_contain_text("a letter is on its way")
    link = re.search(r"http://\S+/confirm/\S+", portal.run("tick", "--format", "table"))
    assert link is not None
    reader.goto(link[0])
    reader.get_by_role("button", name="Yes, subscribe").click()
    expect(reader.get_by_text("What reader@example.org gets")).to_be_visible()
    reader.goto(f"{portal.address}/en/instruments/lamps")
    expect(reader.get_by_text("Not in force")).to_be_visible()

    officer.goto(f"{portal.address}/en/")
    officer.get_by_role("link", name="Desk", exact=True).click()
    officer.get_by_role("link", name="New draft").click()
    keeps_nobody_out(officer)
    officer.get_by_label("Instrument").select_option("lamps")
    officer.get_by_label("State or organization").select_option(label="Italy")
    officer.get_by_label("Act", exact=True).select_option("ratification")
    officer.get_by_label("Date of deposit or receipt").fill("2003-04-05")
    files = {"name": "instrument.pdf", "mimeType": "application/pdf", "buffer": PDF}
    officer.get_by_label("Document").set_input_files(files=[files])
    officer.get_by_role("button", name="Save and see what it would do").click()
    expect(officer.get_by_text("would enter into force on")).to_be_visible()
    keeps_nobody_out(officer)
    officer.get_by_role("button", name="Submit to a second person").click()
    expect(officer.get_by_text("You drafted this: somebody else decides.")).to_be_visible()
    assert officer.get_by_role("button", name="Approve, record and notify").count() == 0

    chief.goto(f"{portal.address}/en/desk")
    keeps_nobody_out(chief)
    chief.get_by_role("link", name="Italy: ratification").click()
    keeps_nobody_out(chief)
    chief.get_by_role("button", name="Approve, record and notify").click()
    chief.get_by_role("link", name=re.compile("Notified as")).click()
    expect(chief.get_by_role("article")).to_contain_text("The instrument enters into force on 2003-05-05.")
    keeps_nobody_out(chief)

    changed = reader.get_by_role("status").filter(has_text="The register has changed").get_by_role("link")
    expect(changed).to_be_visible(timeout=10_000)
    changed.click()
    expect(reader.locator("tr", has=reader.get_by_role("rowheader", name="Italy"))).to_contain_text("2003-05-05")
    letters = portal.run("tick", "--format", "table")
    assert "To: reader@example.org" in letters
    assert "List-Unsubscribe=One-Click" in letters
    assert "Messages sent: 1\n" in letters


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_desk_needs_no_script_and_fits_a_telephone(portal: Portal, browser: Browser, language: str) -> None:
    chief = portal.enter(browser, "chief", "chief")
    cookies = chief.context.cookies()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 380, "height": 800})
    context.add_cookies(
        [{k: v for k, v in one.items() if k in {"name", "value", "url", "domain", "path"}} for one in cookies]
    )  # type: ignore[misc]  # as they came
    page = context.new_page()
    for path in (
        "desk",
        "desk/drafts/new",
        "desk/rectifications/new",
        "desk/proposals",
        "desk/webhooks",
        "notifications",
        "subscriptions",
    ):
        page.goto(f"{portal.address}/{language}/{path}")
        assert page.locator("h1").count() == 1, path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 380, f"{path} is {width} wide"
