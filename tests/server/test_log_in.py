"""Logging in with a browser: a passkey of a virtual authenticator, and an account at a provider on this machine."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from comity.service import keeping

CHROMIUM = Path("/usr/bin/chromium")
PROVIDER = Path(__file__).with_name("oidc_provider.py")
# In seconds: what a start may take on a machine that has other things to do.
PATIENCE = 60
PASSWORD = "a stone bridge over the lake"  # noqa: S105  # of nobody

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


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes], err: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"http://{address}", timeout=5) as response:
                assert response.status == 200
                return
        except (URLError, OSError):
            time.sleep(0.05)
    pytest.fail(err.read_text(encoding="utf-8"))


class Portal:
    """`comity serve` over a small log, and `comity person` beside it."""

    def __init__(self, place: Path) -> None:
        self.place, self.port = place, free_port()
        self.address = f"http://localhost:{self.port}"
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}

    def person(self, *arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "comity", "person", *arguments, "--address", self.address],
            cwd=self.place,
            env=self.env,
            capture_output=True,
            check=True,
            text=True,
        )
        return ran.stdout.strip()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("log-in"))
    instance = portal.place / "instance"
    instance.mkdir()
    keeping.create(instance / "register.comity", "example.org/lake")
    keeping.import_source(log.parent / "lake", instance / "register.comity")
    port = free_port()
    (instance / "oidc.toml").write_text(
        f"""\
[[provider]]
id = "ministry"
name = "The Ministry"
server = "http://127.0.0.1:{port}"
client = "comity"
secret = "between the portal and the provider"
""",
        encoding="utf-8",
    )
    callback = f"{portal.address}/account/oidc/ministry/login/callback/"
    commands = {
        f"localhost:{portal.port}/health": [sys.executable, "-m", "comity", "serve", "--port", str(portal.port)],
        f"127.0.0.1:{port}/.well-known/openid-configuration": [
            sys.executable,
            str(PROVIDER),
            str(port),
            callback,
        ],
    }
    running = []
    try:
        for number, (address, command) in enumerate(commands.items()):
            err = portal.place / f"err-{number}"
            with err.open("wb") as out:
                running.append(subprocess.Popen(command, cwd=portal.place, env=portal.env, stderr=out, stdout=out))
            wait_for(address, running[-1], err)
        yield portal
    finally:
        for server in running:
            server.terminate()
            server.wait(10)
    assert "Traceback" not in (portal.place / "err-0").read_text(encoding="utf-8")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that was refused nothing by the policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def accept_invitation(page: Page, link: str) -> None:
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/account$"))


def test_a_passkey_is_added_and_opens_the_account(portal: Portal, page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    accept_invitation(page, portal.person("add", "chief@example.org", "--role", "chief").splitlines()[-1])
    page.get_by_role("link", name="Passkeys and security keys").click()
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password", exact=False).fill(PASSWORD)  # once more, for so great a change
    page.get_by_role("button", name="Confirm").click()
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"recovery-codes|webauthn/$"))
    page.goto(f"{portal.address}/en/account/2fa/webauthn/")
    assert page.locator("tbody tr").count() == 1
    assert "passkey" in page.locator("tbody tr").inner_text()

    page.goto(f"{portal.address}/en/account")
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{portal.address}/ar/account")
    assert "/ar/account/login/" in page.url
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{portal.address}/ar/account")
    assert "chief@example.org" in page.locator("main").inner_text()


def come_by_the_provider(portal: Portal, page: Page, email: str) -> None:
    page.goto(f"{portal.address}/en/account")
    page.get_by_role("link", name="Log in with The Ministry").click()
    page.locator("main form button").click()
    # At the provider.
    page.wait_for_url(re.compile(r"^http://127\.0\.0\.1"))
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill("known to the provider alone")
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url(re.compile("authorize"))
    page.locator("button[name=action][value=grant]").click()
    page.wait_for_url(re.compile(f"^{portal.address}"))


def test_an_account_at_a_provider_opens_the_one_here(portal: Portal, page: Page) -> None:
    portal.person("add", "officer@example.org", "--role", "officer")
    come_by_the_provider(portal, page, "officer@example.org")
    # Known by the address, with the role that an administrator gave here.
    assert page.url == f"{portal.address}/en/account"
    assert "depositary officer" in page.locator("main").inner_text()


def test_a_provider_opens_nothing_for_whom_nobody_added(portal: Portal, page: Page) -> None:
    come_by_the_provider(portal, page, "stranger@example.org")
    page.goto(f"{portal.address}/en/account")
    assert "/en/account/login/" in page.url
    assert "stranger@example.org" not in portal.person("list")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ar", 360)])
def test_no_page_of_the_account_keeps_anybody_out(portal: Portal, browser: Browser, language: str, width: int) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    found, wide = {}, {}

    def look(path: str) -> None:
        page.goto(f"{portal.address}/{language}/account{path}")
        found[path] = [violation["id"] for violation in Axe().run(page).response["violations"]]
        wide[path] = page.evaluate("document.documentElement.scrollWidth")

    for path in ("/login/", "/password/reset/", "/signup/"):
        look(path)
    link = portal.person("add", f"keeper-{language}@example.org", "--role", "administrator").splitlines()[-1]
    accept_invitation(page, link)
    for path in ("", "/people", "/verdicts", "/2fa/", "/2fa/webauthn/", "/email/", "/password/change/", "/3rdparty/"):
        look(path)
    context.close()
    assert {path: ids for path, ids in found.items() if ids} == {}
    assert {path: pixels for path, pixels in wide.items() if pixels > width} == {}
