"""Two people at the desk in two browsers, and a reader in a third who sees the page change; what they get by letter."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from axe_playwright_python.sync_playwright import Axe
from pictures import take
from playwright.sync_api import Browser, Page, expect
from served import Portal, chromium, serving

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, lamps: Path) -> Iterator[Portal]:
    """The portal over the log of the lamps; what time brings is done by hand."""
    place = tmp_path_factory.mktemp("desk")
    (place / "instance").mkdir()
    for name in ("register.comity", "register.comity.key"):
        copy(lamps / name, place / "instance" / name)
    with serving(place, "--no-tick") as portal:
        yield portal


def enter(portal: Portal, browser: Browser, name: str, role: str) -> Page:
    """A browser of somebody who was invited, has set a password and is logged in."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    portal.enter(page, f"{name}@example.org", "--role", role, "--name", f"{name} of the desk")
    return page


def keeps_nobody_out(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_deposit_reaches_everybody(portal: Portal, browser: Browser) -> None:
    officer, chief = enter(portal, browser, "officer", "officer"), enter(portal, browser, "chief", "chief")
    reader = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
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
    take(officer, "desk-draft", officer.locator("h1"), officer.get_by_role("button", name="Submit to a second person"))
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
    take(chief, "notification", chief.locator("h1"), chief.get_by_role("article"))
    keeps_nobody_out(chief)

    changed = reader.get_by_role("status").filter(has_text="The register has changed").get_by_role("link")
    expect(changed).to_be_visible(timeout=10_000)
    take(reader, "live", reader.locator(".live"), reader.locator("h1"))
    changed.click()
    expect(reader.locator("tr", has=reader.get_by_role("rowheader", name="Italy"))).to_contain_text("2003-05-05")
    letters = portal.run("tick", "--format", "table")
    assert "To: reader@example.org" in letters
    assert "List-Unsubscribe=One-Click" in letters
    assert "Messages sent: 1\n" in letters


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_desk_needs_no_script_and_fits_a_telephone(portal: Portal, browser: Browser, language: str) -> None:
    chief = enter(portal, browser, f"chief-{language}", "chief")
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
