"""A reader with a browser, and no JavaScript, in front of the real server on its first start."""

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from served import chromium, serving

# One page of each kind, with short tables: the tool looks at every cell.
KINDS = (
    "?q=lisbon",
    "instruments/asean-charter",
    "instruments/asean-charter/LAO?toward=THA",
    "actors/COK",
    "groups/g7",
    "instruments/asia",
    "answer?instrument=asean-charter&a=LAO&b=THA",
    "compare?actors=asean&instruments=asean-charter,npt&members=1",
    "embed?instrument=asean-charter",
    "log?old=100",
    "log/100",
    "log/check?text=00000000",
    "what-if?instrument=asean-charter&actor=LAO&act=withdrawal&date=2027-01-01",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`comity serve` in an empty folder, and what it keeps to itself there."""
    with serving(tmp_path_factory.mktemp("instance")) as portal:
        for secret in ("secret.key", "register.comity.key"):
            assert (portal.place / "instance" / secret).stat().st_mode & 0o777 == 0o600
        yield portal.address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser that runs no script, and heard no complaint."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    yield page
    context.close()
    assert complaints == []


def row(page: Page, name: str) -> str:
    """The row of the present status of an actor; those below are of its earlier spells."""
    return page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)).first.inner_text()


def test_paris_in_english_on_two_days_and_the_reasons(address: str, page: Page) -> None:
    page.goto(f"{address}/en/instruments/paris-agreement?on=2020-01-01&page=all")
    assert page.get_by_role("heading", level=1).inner_text() == "Paris Agreement"
    assert page.get_by_text("In force since 2016-11-04").is_visible()
    # The acceptance of 2016, with the withdrawal of 2019-11-04 known and not yet effective.
    assert re.search(r"2016-09-03 A\s+2016-11-04 until 2020-11-04\s+Party", row(page, "United States of America"))

    page.get_by_label("Status as at", exact=True).fill("2021-02-18")
    page.get_by_role("button", name="Show").click()
    assert "on=2021-02-18" in page.url
    assert page.get_by_role("heading", name="Status as at 2021-02-18").is_visible()
    assert re.search(r"2021-01-20 A\s+from 2021-02-19\s+Contracting", row(page, "United States of America"))

    own = page.locator("tr", has=page.get_by_role("rowheader", name="United States of America", exact=True)).first
    own.get_by_role("link", name="2021-01-20").click()
    assert page.get_by_role("heading", name="On 2021-02-18: Contracting").is_visible()
    # The reason that the cell stands on is the one that the link leads to.
    assert "acceptance of 2021-01-20" in page.locator(":target").inner_text()
    assert page.get_by_text("Deposited later, so bound 30 days after its own deposit: 2021-02-19.").is_visible()


def test_paris_in_arabic_from_right_to_left(address: str, page: Page) -> None:
    page.goto(f"{address}/en/instruments/paris-agreement?on=2020-01-01&page=all")
    page.get_by_role("link", name="العربية").click()
    assert page.url == f"{address}/ar/instruments/paris-agreement?on=2020-01-01&page=all"
    assert page.get_by_role("heading", level=1).inner_text() == "اتفاق باريس"
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.get_by_text("نافذ منذ 2016-11-04").is_visible()
    # The first column stands on the right.
    first, last = (
        page.get_by_role("columnheader").first.bounding_box(),
        page.get_by_role("columnheader").last.bounding_box(),
    )
    assert first is not None
    assert last is not None
    assert first["x"] > last["x"]

    page.get_by_label("الحالة في تاريخ").fill("2021-02-18")
    page.get_by_role("button", name="عرض").click()
    assert re.search(r"2021-01-20 قبول\s+ابتداءً من 2021-02-19\s+متعاقد", row(page, "الولايات المتحدة الأمريكية"))
    own = page.locator("tr", has=page.get_by_role("rowheader", name="الولايات المتحدة الأمريكية", exact=True)).first
    own.get_by_role("link", name="متعاقد").click()
    assert page.get_by_text("رضا الولايات المتحدة الأمريكية بالالتزام: قبول بتاريخ 2021-01-20.").is_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_narrow_screen_needs_no_sideways_scrolling(address: str, browser: Browser, language: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    wide = {}
    for path in (
        "",
        "instruments/paris-agreement",
        "instruments/paris-agreement/USA?toward=FRA",
        "actors/EGY",
        "instruments?area=climate",
        "groups/g7",
        "about",
    ):
        page.goto(f"{address}/{language}/{path}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert {path: width for path, width in wide.items() if width > 320} == {}


# Both languages, on a wide screen and a narrow one, in turns.
@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ar", 360)])
def test_no_page_keeps_anybody_out(address: str, browser: Browser, language: str, width: int) -> None:
    # The tool is a script, which the pages' own policy would refuse.
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    found = {}
    for path in KINDS:
        page.goto(f"{address}/{language}/{path}")
        found[path] = [violation["id"] for violation in Axe().run(page).response["violations"]]
    context.close()
    assert {path: ids for path, ids in found.items() if ids} == {}


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "ru", "zh"])
def test_an_answer_prints_on_one_sheet(address: str, browser: Browser, language: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{language}/answer?instrument=vcdr&a=GBR&b=QAT&on=2014-04-02")
    edge = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    printed = page.pdf(format="A4", margin=edge)  # type: ignore[arg-type]  # the four edges, each by its name
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_a_frame_is_shown_by_another_site(address: str, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/en/embed?instrument=asean-charter")
    snippet = page.locator("pre").first.inner_text()
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Another site</title>{snippet}", encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        # By another name than the portal's own: to a browser, another site.
        page.goto(f"http://127.0.0.1:{other.server_port}/")
        frame = page.frame_locator("iframe")
        frame.get_by_role("rowheader", name="Thailand").wait_for()
        assert frame.locator("table").evaluate("table => getComputedStyle(table).borderCollapse") == "collapse"
        other.shutdown()
    assert context.cookies() == []
    context.close()


def test_the_keyboard_comes_first_to_the_skip_link(address: str, page: Page) -> None:
    page.goto(f"{address}/en/instruments/paris-agreement")
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
