"""Nobody is kept out: every page, in English and Arabic, on a wide screen and a narrow one, with the keyboard alone.

Pages are made in this process, with people and drafts that are forgotten again, and shown in one Chromium. The tool
(axe, tags of WCAG 2.0 to 2.2, A and AA) looks at each; what it cannot see is asked of the page itself.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

from comity.server.identity import people
from comity.server.identity.prefix import under_language
from comity.server.runs import working
from comity.server.runs.models import SavedRun
from comity.service import open_register
from comity.service.methods import METHODS

CHROMIUM = Path("/usr/bin/chromium")
HOST = "http://localhost"
PASSWORD = "a stone bridge over the lake"  # noqa: S105  # of nobody
SIZE: ViewportSize = {"width": 1280, "height": 900}
# What is left of 1280 pixels at 400 % (WCAG 1.4.10).
NARROW: ViewportSize = {"width": 320, "height": 700}

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Whatever else the tool looks at does not depend on how wide the screen is.
BY_WIDTH = ("target-size", "scrollable-region-focusable", "meta-viewport", "css-orientation-lock")

LIST = """\
Title,Partner,Signed,Ratified,Remarks
Treaty on the Waters of the Lake,,05.04.1995,31.01.1996,
Agreement on Snow,Helvetia Nova,28.02.1994,28.02.1995,a note
"""
COLUMNS = {
    "column-0": "treaty",
    "column-1": "counterpart",
    "column-2": "day:signature",
    "column-3": "day:ratification",
    "column-4": "note",
    "dates": "DD.MM.YYYY",
    "own": "CHE",
}

# Every page that a reader comes to without an account; instruments with short tables, since the tool sees every cell.
PUBLIC = (
    "",
    "?q=lisbon",
    "about",
    "terms",
    "instruments?area=climate",
    "instruments/lake-treaty?on=1998-01-01",
    "instruments/asean-charter",
    "instruments/none-such",
    "instruments/lake-treaty/AUT?on=1998-01-01",
    "instruments/asean-charter/LAO?toward=THA",
    "actors?q=is",
    "actors/COK",
    "groups",
    "groups/g7",
    "answer",
    "answer?a=AUT&b=CHE&instrument=lake-treaty&on=1998-01-01",
    "compare",
    "compare?actors=g7,USA&instruments=paris-agreement,lake-treaty",
    "what-if",
    "analysis",
    "analysis/power?rule=unsc-substantive&on=2022-06-01&then=1960-01-01",
    "analysis/quota?rule=unga-simple&on=2022-06-01",
    "analysis/design?weights=kyoto-annex-i-1990&on=1997-12-11&quota=0.55",
    "analysis/club?example=1",
    "analysis/coalitions?example=1",
    "analysis/package?example=1",
    "analysis/forecast?instrument=ctbt&until=2035-01-01&without=IND",
    "analysis/positions?example=1",
    "analysis/inclusion?example=1",
    "analysis/shares?example=1",
    "analysis/precedents?instrument=bbnj-agreement",
    "analysis/next-step?example=1",
    "what-if?instrument=lake-treaty&actor=ITA&act=ratification&date=2002-01-31",
    "log",
    "log/3",
    "log/check",
    "embed",
    "embed?instrument=lake-treaty",
    "notifications",
    "subscriptions",
    "subscriptions/of/none",
    "account/login/",
    "account/password/reset/",
)
# Pages of whoever has an account, by role.
OWN = {
    "delegation": (
        "account",
        "account/logout/",
        "account/password/change/",
        "account/reauthenticate/",
        "account/2fa/",
        "account/2fa/totp/activate/",
        "account/2fa/webauthn/",
        "account/2fa/webauthn/add/",
        "desk",
        "desk/drafts/new",
        "subscriptions",
        "lists",
        "analysis/runs?method=club",
    ),
    "chief": ("desk", "desk/drafts/new", "desk/rectifications", "desk/rectifications/new", "desk/proposals"),
    "administrator": (
        "account/people",
        "account/people/1",
        "account/verdicts",
        "account/2fa/recovery-codes/",
        "desk/webhooks",
    ),
}
# Pages that say what is wrong.
FAULTS = {"instruments/none-such": 404, "subscriptions/of/none": 403}
# Pages without a language of their own, in an address of their own.
ENGLISH = ("/api/v1/",)
# Languages beside English and Arabic, on two pages.
MORE = tuple(
    f"/{language}/{path}" for language in ("fr", "es", "ru", "zh") for path in ("", "instruments/asean-charter")
)

pytestmark = pytest.mark.browser


class Shown(msgspec.Struct, frozen=True):
    """A page as it was answered; `name` is its address and whose it is."""

    name: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def language(self) -> str:
        return self.name.split("/")[1] if re.match(r"/[a-z]{2}/", self.name) else "en"


def ask(client: Client, address: str, who: str = "") -> Shown:
    answer = client.get(address)
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    body = b"".join(answer)
    return Shown(f"{address} {who}".strip(), answer.status_code, headers, body)


def enter(role: str) -> Client:
    client = Client(headers={"host": "localhost"})
    person = people.add(email=f"{role}@example.org", role=role, actor="CHE" if role == "delegation" else "")
    person.set_password(PASSWORD)
    person.save()
    if role != "delegation":
        TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(person)
    client.force_login(person)
    # Some pages ask who has been logged in for a while to show again who they are.
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    return client


def worked(client: Client) -> list[str]:
    """What a delegation has made: a draft, a list with its columns settled, an analysis done and one going on."""
    said = {"instrument": "lake-treaty", "date": "2003-04-05", "actor": "CHE", "act": "declaration", "note": "a word"}
    draft = client.post("/en/desk/drafts/new", said).headers["Location"].removeprefix("/en/")
    file = SimpleUploadedFile("list.csv", LIST.encode(), content_type="text/csv")
    columns = client.post("/en/lists", {"file": file, "own": "CHE"}).headers["Location"].removeprefix("/en/")
    number = columns.removesuffix("/columns")
    assert client.post(f"/en/{columns}", COLUMNS | {"edition": "1"}).status_code in {200, 302}
    power = METHODS["power"]
    run = SavedRun.objects.create(
        owner_id=client.session["_auth_user_id"], method=power.id, inputs=msgspec.json.encode(power.example), size=1
    )
    going = SavedRun.objects.create(owner_id=run.owner_id, method="club", inputs=b"{}", size=1, done=1, total=2)
    working.work(run.pk)
    runs = [f"analysis/runs/{one.key}" for one in (run, going)]
    return [*runs, draft, f"{draft}/edit", columns, f"{number}/names", number, f"{number}/instruments/lake-treaty"]


class Portal(msgspec.Struct, frozen=True):
    """What a browser is given: pages by address and whose they are, and the files that they name."""

    pages: Mapping[str, Shown]
    files: Mapping[str, Shown]


@pytest.fixture(scope="module")
def portal(_portal: None) -> Portal:
    """Every page, made before any browser runs; what they needed in the data base is taken back."""
    found = []
    nobody = Client(headers={"host": "localhost"})
    with transaction.atomic():
        found += [ask(nobody, f"/{language}/{path}") for path in PUBLIC for language in ("en", "ar")]
        found += [ask(nobody, address) for address in (*ENGLISH, *MORE)]
        for role, paths in OWN.items():
            client = enter(role)
            more = worked(client) if role == "delegation" else []
            found += [ask(client, f"/{language}/{path}", role) for path in (*paths, *more) for language in ("en", "ar")]
        transaction.set_rollback(True)
    names = {name for one in found for name in re.findall(r'(?:href|src)="(/static/[^"]+)"', one.body.decode())}
    return Portal({one.name: one for one in found}, {name: ask(nobody, name) for name in names})


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


@pytest.fixture(scope="module")
def page(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A page that is given what was made; the tool is a script, which the pages' own policy would refuse."""
    context = browser.new_context(bypass_csp=True, viewport=SIZE, reduced_motion="reduce")

    def answer(route: Route) -> None:
        address = unquote(route.request.url.removeprefix(HOST).partition("#")[0]).replace("~", " ")
        one = portal.pages.get(address) or portal.files.get(address)
        if one is None:
            route.fulfill(status=204)  # the stream of changes, which is then not asked again
        else:
            route.fulfill(status=one.status, headers=dict(one.headers), body=one.body)

    context.route("**/*", answer)
    context.add_init_script(script=Axe().axe_script)
    page = context.new_page()
    yield page
    context.close()


def go(page: Page, name: str) -> None:
    page.goto(HOST + name.replace(" ", "~"))


Findings = dict[str, list[str]]


class Looked(msgspec.Struct):
    """What one visit to every page found: kind of fault, page, faults."""

    faults: dict[str, Findings]

    def of(self, kind: str) -> Findings:
        return {name: found for name, found in self.faults[kind].items() if found}


@pytest.fixture(scope="module")
def looked(page: Page, portal: Portal) -> Looked:
    faults: dict[str, Findings] = {kind: {} for kind in ("axe", "axe-narrow", "wide", "colour", "language")}
    proper = proper_names()
    for name in portal.pages:
        page.set_viewport_size(SIZE)
        go(page, name)
        faults["axe"][name] = violations(page, {"type": "tag", "values": WCAG})
        faults["colour"][name] = page.evaluate(WITHOUT_WORDS)
        faults["language"][name] = page.evaluate(FOREIGN, proper)
        page.set_viewport_size(NARROW)
        faults["wide"][name] = page.evaluate(TOO_WIDE)
        faults["axe-narrow"][name] = violations(page, {"type": "rule", "values": BY_WIDTH})
    return Looked(faults)


def violations(page: Page, run_only: Mapping[str, object]) -> list[str]:
    options = {"runOnly": run_only, "resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found: list[str] = page.evaluate(AXE, options)
    return found


AXE = """options => axe.run(document, options).then(found => found.violations.map(
  one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(" ")}`))"""


def proper_names() -> list[str]:
    register = open_register()
    titles = [one.title for one in register.instruments()]
    names = {actor.names.get("en", actor.id) for actor in register.actors()}
    return sorted([*titles, *names, "Treaty on the Waters of the Lake"], key=len, reverse=True)


# What stands for a status, in a colour of its own, without a word.
WITHOUT_WORDS = """() => [...document.querySelectorAll(".status, .tag, .flag, .mark, td[class], th[class]")]
  .filter(one => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.closest("[aria-hidden=true]"))
  .map(one => one.outerHTML.slice(0, 160))"""

# What makes the page wider than a narrow screen, and does not lie in something that scrolls by itself.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter(one => !one.closest(".wide, .scroll"))
    .filter(one => { const at = one.getBoundingClientRect(); return at.right > innerWidth + 1 || at.left < -1; })
    .filter(one => !one.matches(".skip, .away"))
    .slice(-3).map(one => one.outerHTML.slice(0, 160))"""

# Text in the letters of another language that does not say which: a screen reader would spell it out. Proper names may
# stand as they are (WCAG 3.1.2): those of instruments and of actors, where the language has none of its own.
FOREIGN = r"""names => {
  const letters = { ar: /[\u0600-\u06ff]{2}/, zh: /[\u4e00-\u9fff]/, ru: /[\u0400-\u04ff]{2}/ };
  const latin = /([A-Za-z]{2,}[ ,;.:]+){4}/;
  const page = document.documentElement, found = [];
  if (page.dir !== (page.lang === "ar" ? "rtl" : "ltr")) found.push(`dir=${page.dir} of ${page.lang}`);
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    const text = all.currentNode.data, near = all.currentNode.parentElement.closest("[lang]").lang;
    if (all.currentNode.parentElement.closest("script, style")) continue;
    for (const [language, some] of Object.entries(letters))
      if (some.test(text) && near !== language) found.push(`${near}: ${text.trim().slice(0, 80)}`);
    if (near in letters && latin.test(text) && latin.test(names.reduce((said, name) => said.replace(name, ""), text)))
      found.push(`${near}: ${text.trim().slice(0, 80)}`);
  }
  return [...new Set(found)];
}"""


def test_every_page_is_there(portal: Portal) -> None:
    wrong = {name: one.status for name, one in portal.pages.items() if one.status != 200}
    assert wrong == {f"/{language}/{path}": status for path, status in FAULTS.items() for language in ("en", "ar")}


def test_no_page_keeps_anybody_out(looked: Looked) -> None:
    assert looked.of("axe") == {}


def test_nor_does_it_on_a_narrow_screen(looked: Looked) -> None:
    assert looked.of("axe-narrow") == {}


def test_nothing_but_a_table_scrolls_sideways(looked: Looked) -> None:
    assert looked.of("wide") == {}


def test_nothing_is_told_by_colour_alone(looked: Looked) -> None:
    assert looked.of("colour") == {}


def test_text_says_its_language_and_direction(looked: Looked) -> None:
    assert looked.of("language") == {}


# With the keyboard alone


FOLLOWED = """() => {
  const fields = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const named = one => one.form.querySelectorAll(`[name="${one.name}"]`);
  const first = one => one.type !== "radio" || one === ([...named(one)].find(each => each.checked) ?? named(one)[0]);
  const all = [...document.querySelectorAll(fields)]
    // The tiles of a map repeat the links of its table, which the keyboard reaches.
    .filter(one => !one.disabled && one.checkVisibility() && first(one) && !one.matches(".tiles a"));
  window.came = [];
  addEventListener("focusin", event => {
    const style = getComputedStyle(event.target), at = event.target.getBoundingClientRect();
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && at.width > 0;
    came.push([all.indexOf(event.target), seen ? "" : event.target.outerHTML.slice(0, 120)]);
  });
  window.told = () => ({
    unreached: all.filter((_, at) => !came.some(one => one[0] === at)).map(one => one.outerHTML.slice(0, 120)),
    disordered: came.filter((one, at) => at && one[0] < came[at - 1][0] && one[0] !== 0)
      .map(one => all[one[0]].outerHTML.slice(0, 120)),
    unseen: came.map(one => one[1]).filter(Boolean),
  });
  // A date has a field each for its day, month and year, and a button.
  return all.length + 3 * all.filter(one => one.type === "date").length;
}"""


def keys(portal: Portal) -> list[str]:
    """Every page in English, and two that read from right to left."""
    wanted = ("/ar/instruments/lake-treaty", "/ar/what-if?i")
    return [name for name in portal.pages if name.startswith(("/en/", *wanted))]


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(page: Page, portal: Portal) -> None:
    page.set_viewport_size(SIZE)
    wrong = {}
    for name in keys(portal):
        go(page, name)
        for _ in range(page.evaluate(FOLLOWED)):
            page.keyboard.press("Tab")
        told = page.evaluate("told()")
        wrong[name] = {kind: found[:3] for kind, found in told.items() if found}
    assert {name: told for name, told in wrong.items() if told} == {}


def test_the_first_key_leads_past_the_menu(page: Page) -> None:
    page.set_viewport_size(SIZE)
    for language in ("en", "ar"):
        go(page, f"/{language}/instruments/asean-charter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        box = page.locator(".skip").bounding_box()
        assert box is not None
        assert 0 <= box["x"] < SIZE["width"]
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


# Without a network


def test_an_offline_copy_is_read_from_disk_with_the_network_off(
    browser: Browser, tmp_path: Path, portal: Portal
) -> None:
    del portal  # what the pages need stands
    client = Client(headers={"host": "localhost"})
    for language, heading in (("en", "Charter of the Association"), ("ar", "ميثاق رابطة")):
        file = tmp_path / f"{language}.html"
        file.write_bytes(client.get(f"/{language}/instruments/asean-charter?format=html&page=all").content)
        context = browser.new_context(offline=True, viewport=NARROW)
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda message: complaints.append(message.text))  # noqa: B023  # of this round
        page.on("request", lambda asked: complaints.append(asked.url) if asked.url != file.as_uri() else None)  # noqa: B023  # as above
        page.goto(file.as_uri())
        assert page.get_by_role("heading", level=1).inner_text().replace("\n", " ").startswith(heading)
        assert page.locator("svg.tiles rect").count() > 100
        style = "getComputedStyle(document.querySelector('.status.party')).backgroundColor"
        assert page.evaluate(style) == "rgb(230, 244, 234)"
        assert page.evaluate(TOO_WIDE) == []
        context.close()
        assert complaints == []


# The table above


# Addresses that are no page: what is fetched, what only a form or a letter leads to, and what is shown on the way in.
NO_PAGES = frozenset(
    {
        *("<path:rest>", "instruments/<str:name>/relation", "notifications/feed"),
        *("log/<int:index>/leaf", "log/checkpoints/<int:size>", "log/hashes/<int:size>"),
        *("notifications/<int:year>/<int:number>/text", "notifications/<int:year>/<int:number>/pdf"),
        # Tried where there is one: in the journey at the desk.
        "notifications/<int:year>/<int:number>",
        *("analysis/runs/<str:key>/run.json", "analysis/runs/<str:key>/<str:verb>"),  # a file, and what is only sent
        *("subscriptions/change", "subscriptions/confirm/<str:token>", "subscriptions/leave/<str:token>"),
    }
)


def walk(resolver: URLResolver, before: str = "") -> Iterator[str]:
    language = under_language()[0].pattern
    for entry in resolver.url_patterns:
        here = "" if isinstance(entry.pattern, type(language)) else str(entry.pattern)
        here = before + here.removeprefix("<language:language>/")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from walk(entry, here)


def test_every_page_that_needs_no_account_is_in_the_table(portal: Portal) -> None:
    routes = {str(resolve(name.partition("?")[0].split()[0]).route) for name in portal.pages}
    tried = {re.sub(r"^(\w\w|<language:language>)/", "", route) for route in routes}
    public = {route for route in walk(get_resolver()) if not re.match(r"account|desk|lists|api|eli|embed/", route)}
    assert sorted(public - tried - NO_PAGES) == [], "say in PUBLIC how to come to them"
