"""What people come for, from one end to the other: a browser in front of `comity serve` on its first start.

A reader's pages run without JavaScript. The pictures in the documentation are taken on the way (`make pictures`).
"""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from pictures import take
from playwright.sync_api import Browser, Locator, Page, expect
from served import Portal, chromium, fetched, serving

pytestmark = pytest.mark.browser
WIDE, TELEPHONE = {"width": 1280, "height": 800}, {"width": 380, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """What `make run` gives in an empty folder: the whole public register."""
    with serving(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def locale() -> str:
    """The language of the reader's browser."""
    return "en"


@pytest.fixture
def page(browser: Browser, locale: str) -> Iterator[Page]:
    """A page in a browser that runs no script, and heard no complaint."""
    context = browser.new_context(java_script_enabled=False, viewport=WIDE, locale=locale)  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    complaints: list[str] = []
    # Beside these the browser gives advice on forms, which other libraries make.
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("requestfailed", lambda request: complaints.append(request.url))
    yield page
    context.close()
    assert complaints == []


def foot(part: Locator) -> float:
    """Where a part of a page ends, in pixels from the top."""
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def row(page: Page, name: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)).first


def entries(portal: Portal) -> int:
    """How many entries the log has."""
    return int(json.loads(fetched(f"{portal.address}/api/v1/log"))["size"])


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es", "ru", "zh"])
def test_the_first_page_explains_itself_on_one_screen(portal: Portal, page: Page, language: str) -> None:
    page.goto(f"{portal.address}/{language}/")
    assert foot(page.locator(".hero")) <= WIDE["height"]
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # width and height
    assert foot(page.get_by_role("searchbox")) <= TELEPHONE["height"]


class TestInArabic:
    @pytest.fixture
    def locale(self) -> str:
        return "ar"

    def test_a_first_visit(self, portal: Portal, page: Page) -> None:
        page.goto(portal.address)
        assert page.url == f"{portal.address}/ar/"
        assert page.locator("html").get_attribute("dir") == "rtl"
        expect(page.get_by_role("heading", level=1)).to_contain_text("من الملتزم بماذا")

        page.get_by_role("searchbox").fill("باريس")
        page.get_by_role("button", name="بحث").click()
        page.get_by_role("link", name="اتفاق باريس", exact=True).first.click()
        page.get_by_label("الحالة في تاريخ").fill("2021-02-18")
        page.get_by_role("button", name="عرض").click()
        expect(page.get_by_text("نافذ منذ 2016-11-04")).to_be_visible()
        take(page, "instrument-ar", page.locator("h1"), page.locator("dl.facts").first)

        page.goto(f"{page.url}&page=all")
        row(page, "الولايات المتحدة الأمريكية").get_by_role("link", name="متعاقد").click()
        expect(page.get_by_role("heading", name="في 2021-02-18: متعاقد")).to_be_visible()
        reasons = page.get_by_role("listitem").filter(has_text="رضا الولايات المتحدة الأمريكية بالالتزام")
        expect(reasons).to_contain_text("قبول بتاريخ 2021-01-20")

        # From the reason to the act behind it, and to the proof that it is in the log.
        reasons.get_by_role("link", name=re.compile("القيد")).click()
        expect(page.get_by_text("الولايات المتحدة الأمريكية، قبول، 2021-01-20")).to_be_visible()
        expect(page.get_by_text("البرهان صحيح")).to_be_visible()


def test_another_day_its_reasons_and_an_address_that_keeps_it(portal: Portal, browser: Browser, page: Page) -> None:
    page.goto(f"{portal.address}/en/")
    take(page, "home")
    page.get_by_role("link", name=re.compile("bound by the Paris Agreement on 2021-02-18")).click()
    page.get_by_role("link", name="Paris Agreement", exact=True).click()
    page.get_by_label("Status as at", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Status as at 2020-01-01")).to_be_visible()
    expect(page.get_by_text("187 parties")).to_be_visible()
    take(page, "instrument", page.locator("h1"), page.locator("dl.facts").first)
    page.get_by_label("Name", exact=True).fill("america")
    page.get_by_role("button", name="Narrow").click()
    own = row(page, "United States of America")
    expect(own).to_contain_text("until 2020-11-04")
    take(page, "participants", page.locator("#participants-title"), own)

    # Whoever is sent the link sees the same, whatever the day is.
    kept = page.get_by_role("link", name="Permanent link to this page as asked").get_attribute("href")
    assert kept is not None
    stranger = browser.new_context(java_script_enabled=False).new_page()
    stranger.goto(f"{portal.address}{kept}")
    assert row(stranger, "United States of America").inner_text() == own.inner_text()
    assert stranger.get_by_role("heading", name="Status as at 2020-01-01").is_visible()
    stranger.context.close()

    own.get_by_role("link", name="Party").click()
    expect(page.get_by_role("heading", name="On 2020-01-01: Party")).to_be_visible()
    expect(page.get_by_text("Notice of withdrawal was given on 2019-11-04, with effect on 2020-11-04.")).to_be_visible()
    take(page, "reasons", page.locator("h1"), page.locator("ol").first)


def test_what_would_bring_a_treaty_into_force(portal: Portal, page: Page) -> None:
    before = entries(portal)
    page.goto(f"{portal.address}/en/")
    page.get_by_role("link", name="What if", exact=True).click()
    page.get_by_label("Instrument").select_option(label="Comprehensive Nuclear-Test-Ban Treaty")
    page.locator("main form button").first.click()
    expect(page.get_by_text("Suppose these 9 deposits")).to_be_visible()
    page.get_by_label("Who").first.fill("ctbt-annex-2")
    page.get_by_label("When").first.fill("2030-01-01")
    page.get_by_role("button", name="Show what would change").click()
    answer = page.locator("#answer")
    # Article XIV: 180 days after the last of the 44.
    expect(answer).to_contain_text("would enter into force on 2030-06-30")
    expect(row(page, "2030-06-30")).to_contain_text("Not in force → In force")
    take(page, "what-if", page.locator("#answer-title"), answer.get_by_role("table"))
    assert entries(portal) == before
    page.goto(f"{portal.address}/en/instruments/ctbt?on=2031-01-01")
    expect(page.get_by_text("Not in force").first).to_be_visible()


SHEET = (
    ("Title of treaty", "Partner", "Date of signature", "Date of ratification", "Remarks"),
    ("Paris Agreement", None, "22.04.2016", "06.10.2017", None),
    ("Convention on the Rights of the Child", None, "01.05.1991", "26.02.1997", "file 12"),
    ("Climate Agreement of Paris", None, "22.04.2016", "06.10.2017", "twice?"),
    ("Agreement on Mountain Huts", "Italy", "28.02.1994", "28.02.1995", None),
    ("Agreement on Avalanches", "Liechtenstien", "28.02.1994", "28.02.1995", None),
)


def test_a_treaty_office_holds_its_spreadsheet_against_the_register(portal: Portal, page: Page, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in SHEET:
        book.active.append(cells)
    book.save(tmp_path / "treaties.xlsx")
    before = entries(portal)
    portal.enter(page, "office@example.org", "--role", "delegation", "--actor", "CHE")

    page.get_by_role("banner").get_by_role("link", name="Your own lists").click()
    page.locator("#file").set_input_files(tmp_path / "treaties.xlsx")
    page.locator("main form button").click()
    expect(page.get_by_label("Date of ratification")).to_have_value("day:ratification")
    expect(page.get_by_label("How dates are written")).to_have_value("DD.MM.YYYY")
    page.get_by_role("button", name="Keep and go on").click()

    # What stands for nothing exactly is asked about, and nothing is guessed.
    treaty = page.get_by_role("group", name=re.compile("Climate Agreement of Paris"))
    state = page.get_by_role("group", name=re.compile("Liechtenstien"))
    take(page, "list-names", page.locator("h1"), state)
    treaty.get_by_label("leave these rows out").check()
    state.get_by_label("or another actor, by its code").fill("LIE")
    page.get_by_role("button", name="Keep what I said").click()

    expect(page.get_by_role("link", name="differs: 1")).to_be_visible()
    expect(page.get_by_role("link", name="the same: 3")).to_be_visible()
    expect(page.get_by_role("link", name="kept as your own: 4")).to_be_visible()
    first = row(page, "Convention on the Rights of the Child")
    expect(first).to_contain_text("1997-02-26")
    expect(first).to_contain_text("1997-02-24")
    take(page, "list-differences", page.locator("h1"), page.locator("tbody tr").nth(4))

    first.get_by_role("link").first.click()
    expect(page.get_by_text("ratification of 1997-02-26")).to_be_visible()
    expect(page.get_by_text("ratification of 1997-02-24")).to_be_visible()
    page.get_by_label("A note on this instrument").fill("Ask the archive for the receipt.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Ask the archive for the receipt.")).to_be_visible()

    page.get_by_role("link", name="Differences").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download everything (ZIP)").click()
    with zipfile.ZipFile(coming.value.path()) as packed:
        assert packed.read("original/treaties.xlsx") == (tmp_path / "treaties.xlsx").read_bytes()
        everything = b"".join(packed.read(name) for name in packed.namelist() if not name.endswith(".xlsx"))
    for told in ("1997-02-26", "Agreement on Mountain Huts", "Ask the archive for the receipt."):
        assert told.encode() in everything
    page.get_by_text("Take the list out").first.click()
    page.locator("details form button").click()
    expect(page.get_by_role("heading", name="Your own lists")).to_be_visible()
    assert page.get_by_role("link", name="treaties.xlsx").count() == 0
    assert entries(portal) == before


def test_a_stranger_verifies_the_log_without_the_portal(portal: Portal, page: Page, tmp_path: Path) -> None:
    page.goto(f"{portal.address}/en/log")
    take(page, "verify", page.locator("#offline-title"), page.locator("ol.offline"))
    said = page.locator("ol.offline").inner_text()
    log = tmp_path / "log"
    log.mkdir()
    addresses = re.findall(r'^curl -o log/(\S+) "(\S+)"$', said, re.MULTILINE)
    assert [name for name, _ in addresses] == ["entries.jsonl", "hashes.txt", "checkpoint"]
    for name, address in addresses:
        (log / name).write_bytes(fetched(address))
    key = re.search(r'^comity verify log --key "(\S+)"$', said, re.MULTILINE)
    assert key is not None

    stranger = Portal(tmp_path)  # a folder without a portal: only the command, and what was fetched
    kept = tmp_path / "checkpoint-from-before"
    kept.write_bytes((log / "checkpoint").read_bytes())
    verdict = stranger.run("verify", "log", "--key", key[1], "--published", str(kept), "--format", "json")
    assert json.loads(verdict)["size"] == entries(portal)

    # One letter of one act: the entry is named, though its hash was left as it was.
    true = (log / "entries.jsonl").read_bytes()
    lines = true.splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if b'"actor":"USA"' in line)
    lines[at] = lines[at].replace(b'"actor":"USA"', b'"actor":"UZB"')
    (log / "entries.jsonl").write_bytes(b"".join(lines))
    assert str(at) in stranger.run("verify", "log", "--key", key[1], expect=1)
    # The newest act left out.
    (log / "entries.jsonl").write_bytes(b"".join(true.splitlines(keepends=True)[:-1]))
    stranger.run("verify", "log", "--key", key[1], expect=1)
    # Another key than the keeper's.
    (log / "entries.jsonl").write_bytes(true)
    other = re.sub(r"\+A.*$", "+AcaMgzknjJjYIAQGFxH9usDwVqBYP/9alCzm96yVNoSF", key[1])
    stranger.run("verify", "log", "--key", other, expect=2)
