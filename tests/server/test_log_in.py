"""Logging in with a browser: a passkey of a virtual authenticator, and an account at a provider on this machine."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from served import Portal, chromium, fetched, free_port, serving

from comity.service import keeping

PROVIDER = Path(__file__).with_name("oidc_provider.py")
# In seconds: what a start may take on a machine that has other things to do.
PATIENCE = 60
PASSWORD = "a stone bridge over the lake"  # noqa: S105  # of nobody

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def person(portal: Portal, *arguments: str) -> str:
    return portal.run("person", *arguments, "--address", portal.address).strip()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Portal]:
    """A portal over a small log, and a provider of accounts beside it."""
    place, port = tmp_path_factory.mktemp("log-in"), free_port()
    instance = place / "instance"
    instance.mkdir()
    keeping.create(instance / "register.comity", "example.org/lake")
    keeping.import_source(log.parent / "lake", instance / "register.comity")
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
    with serving(place) as portal, (place / "provider").open("wb") as out:
        callback = f"{portal.address}/account/oidc/ministry/login/callback/"
        command = [sys.executable, str(PROVIDER), str(port), callback]
        provider = subprocess.Popen(command, cwd=place, env=portal.env, stderr=out, stdout=out)
        try:
            wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", provider, place / "provider")
            yield portal
        finally:
            provider.terminate()
            provider.wait(10)


def wait_for(address: str, server: subprocess.Popen[bytes], out: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            fetched(address)
        except (URLError, OSError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(out.read_text(encoding="utf-8"))


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

    accept_invitation(page, person(portal, "add", "chief@example.org", "--role", "chief").splitlines()[-1])
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
    person(portal, "add", "officer@example.org", "--role", "officer")
    come_by_the_provider(portal, page, "officer@example.org")
    # Known by the address, with the role that an administrator gave here.
    assert page.url == f"{portal.address}/en/account"
    assert "depositary officer" in page.locator("main").inner_text()


def test_a_provider_opens_nothing_for_whom_nobody_added(portal: Portal, page: Page) -> None:
    come_by_the_provider(portal, page, "stranger@example.org")
    page.goto(f"{portal.address}/en/account")
    assert "/en/account/login/" in page.url
    assert "stranger@example.org" not in person(portal, "list")


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
    link = person(portal, "add", f"keeper-{language}@example.org", "--role", "administrator").splitlines()[-1]
    accept_invitation(page, link)
    for path in ("", "/people", "/verdicts", "/2fa/", "/2fa/webauthn/", "/email/", "/password/change/", "/3rdparty/"):
        look(path)
    context.close()
    assert {path: ids for path, ids in found.items() if ids} == {}
    assert {path: pixels for path, pixels in wide.items() if pixels > width} == {}
