"""The pages, asked in this process: what they say, in which language, under which headers."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.register.log import Log
from comity.service import refuse

# Everything that a reader can come to, with the day that makes it interesting.
PAGES = (
    "",
    "?q=lake",
    "about",
    "instruments/lake-treaty?on=1997-05-01",
    "instruments/lake-treaty/AUT?on=1997-05-01",
    "instruments/lake-treaty/AUT?on=1998-05-01&toward=CHE",
    "instruments/lake-treaty/DEU?on=2003-01-01",
    "instruments/paris-agreement",
    "instruments/agenda-2030",
    "instruments/ctbt?on=2024-01-01",
    "instruments/ihr-2005?on=2024-01-01",
    "actors/EGY?on=2020-01-01",
    "actors/YUG?on=1980-01-01",
    "actors?group=ldc",
    "instruments?area=climate&sort=-parties",
    "groups",
    "groups/european-union?on=2019-01-01",
    "instruments/cedaw?page=all",
    "answer",
    "answer?instrument=lake-treaty&a=CHE&b=AUT&on=1998-05-01",
    "compare",
    "compare?actors=unsc-permanent&areas=disarmament&members=1&on=2020-01-01",
    "embed?instrument=lake-treaty",
    "log?old=3",
    "log/3",
    "log/check?text=00000000",
    "what-if",
    "analysis",
    "analysis/power?rule=unga-important&on=2022-06-01&with=unga-simple",
    "analysis/club?example=1",
    "analysis/coalitions?example=1",
    "analysis/package?example=1",
    "analysis/forecast?instrument=ctbt&until=2035-01-01&without=IND",
    "what-if?instrument=ctbt&actor=ctbt-annex-2&act=ratification&date=2027-01-04",
)
ALL = [f"/{language}/{page}" for language in ("en", "ar") for page in PAGES]


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


class Page(HTMLParser):
    """What is wrong with a page in itself, and where it leads."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.heads: list[int] = []
        self.labels: list[str] = []
        self.fields: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in self.VOID:
            self._open.append(tag)
        self.faults += [f"{tag} {name}" for name in found if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and not found.get("src", "").startswith("/static/")):
            self.faults.append(tag)
        if tag == "th" and found.get("scope") not in {"col", "row"}:
            self.faults.append("th without scope")
        if re.fullmatch(r"h[1-6]", tag):
            self.heads.append(int(tag[1]))
        if tag == "label":
            self.labels.append(found["for"])
        if tag in {"input", "select"} and found.get("type") != "hidden":
            self.fields.append(found["id"])
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open")


@pytest.mark.parametrize("page", ALL)
def test_a_page_is_whole_and_strict(client: Client, page: str) -> None:
    response = client.get(page)
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    html = response.content.decode()
    found = Page(html)
    assert found.faults == []
    assert len(found.ids) == len(set(found.ids))
    assert found.heads.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(found.heads, found.heads[1:], strict=False))
    assert set(found.fields) <= set(found.labels)
    language = page[1:3]
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    # No template left a parameter, and no reason its id.
    assert not re.search(r"\{\w+\}", html)
    assert len(gzip.compress(response.content)) < 60_000


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_link_of_a_page_leads_to_a_page(client: Client, language: str) -> None:
    start = f"/{language}/instruments/lake-treaty/AUT?on=1998-05-01&toward=CHE"
    links = {link for link in Page(client.get(start).content.decode()).links if link.startswith("/")}
    assert len(links) > 8
    # What is the reader's own asks first who that is.
    own = {f"/{language}/account", f"/{language}/lists"}
    assert {link: code for link in links - own if (code := client.get(link).status_code) != 200} == {}
    for page in own:
        assert client.get(page).headers["Location"].startswith(f"/{language}/account/login/")
    marks = {
        link.partition("#") for link in Page(client.get(f"/{language}/instruments/lake-treaty").content.decode()).links
    }
    for page, _, mark in marks:
        if mark and page:
            assert f'id="{mark}"' in client.get(page).content.decode(), f"{page}#{mark}"


def test_the_status_on_a_day(client: Client) -> None:
    page = client.get("/en/instruments/lake-treaty?on=1997-03-15")
    # Two consents by the last day of June 1996, and one month more.
    assert "In force since 1996-07-30" in text(page)
    assert "2 parties" in text(page)
    assert "1 contracting, not yet bound" in text(page)
    assert "1 signatory only" in text(page)
    assert "Complete up to 2020-12-31" in text(page)
    assert "lies past" not in text(page)
    assert "Not in force on 1996-02-01" in text(client.get("/en/instruments/lake-treaty?on=1996-02-01"))


def test_past_the_horizon_a_page_says_so_plainly(client: Client) -> None:
    said = "2021-06-01 lies past what is known to be complete. Read the answer as of 2020-12-31"
    assert said in text(client.get("/en/instruments/lake-treaty?on=2021-06-01"))
    assert said in text(client.get("/en/instruments/lake-treaty/CHE?on=2021-06-01"))
    assert "يقع 2021-06-01 بعد آخر تاريخ" in text(client.get("/ar/instruments/lake-treaty?on=2021-06-01"))


def test_reasons_in_both_languages(client: Client) -> None:
    english = text(client.get("/en/instruments/paris-agreement/USA?on=2021-02-18"))
    assert "On 2021-02-18: Contracting" in english
    assert "United States of America consented to be bound: acceptance of 2021-01-20." in english
    assert "Rests on: Article 21(1)" in english
    assert "Rests on: United States of America, acceptance, 2021-01-20" in english
    arabic = text(client.get("/ar/instruments/paris-agreement/USA?on=2021-02-18"))
    assert "في 2021-02-18: متعاقد" in arabic
    assert "رضا الولايات المتحدة الأمريكية بالالتزام: قبول بتاريخ 2021-01-20." in arabic
    assert "يستند إلى: المادة 21(1)" in arabic


def test_the_entry_into_force_of_paris_with_its_computation(client: Client) -> None:
    page = text(client.get("/en/instruments/paris-agreement?on=2020-01-01"))
    assert "first met on 2016-10-05" in page
    assert "entered into force on 2016-11-04: 30 days after that day" in page
    assert "needed: 55." in page
    assert "needed: at least 55%." in page


def test_a_relation(client: Client) -> None:
    page = text(client.get("/en/instruments/lake-treaty/AUT?on=1999-05-01&toward=CHE"))
    assert "Austria and Switzerland are bound toward each other on 1999-05-01." in page
    assert "Modified between the two by a reservation: Article 9." in page
    assert "Vienna Convention on the Law of Treaties, Article 20(1)" in page
    left = text(client.get("/en/instruments/lake-treaty/AUT?on=2003-01-01&toward=DEU"))
    assert "are not bound toward each other" in left


def test_what_users_recorded_is_never_markup(client: Client) -> None:
    page = client.get("/en/instruments/lake-treaty/AUT?on=1998-01-01").content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("path", "live"),
    [
        ("/en/instruments/lake-treaty", "instrument:lake-treaty"),
        ("/en/instruments/lake-treaty/AUT", "instrument:lake-treaty"),
        ("/ar/actors/CHE?on=2020-01-01", "actor:CHE"),
        ("/en/", ""),
        ("/en/instruments/lake-treaty?known=2400-01-01", ""),  # what was known at a moment does not change
    ],
)
def test_a_page_says_what_it_is_about_and_how_old_it_is(client: Client, log: Path, path: str, live: str) -> None:
    page = client.get(path).content.decode()
    with Log.open(log, write=False) as opened:
        said = f'role="status" data-live="{live}" data-after="{len(opened)}"><p hidden>'
    assert (said in page) == (live != "")
    assert ("/static/live.js?v=" in page) == (live != "")
    assert ("data-live" in page) == (live != "")


def test_links_keep_the_day_and_the_moment(client: Client) -> None:
    page = client.get("/en/instruments/lake-treaty?on=1998-01-01&known=2400-01-01").content.decode()
    assert "/en/instruments/lake-treaty/AUT?on=1998-01-01&amp;known=2400-01-01#consent" in page
    assert 'href="/ar/instruments/lake-treaty?on=1998-01-01&amp;known=2400-01-01"' in page
    assert "As known at 2400-01-01: the first" in re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("instruments/lake-traety", 404, "lake-treaty"),
        ("instruments/pariss", 404, "instruments/paris-agreement"),
        ("instruments/lake-treaty/FRAU", 404, "/actors/FRA"),
        ("actors/FRAU", 404, "/actors/FRA"),
        ("instruments/lake-treaty?on=2020-02-30", 400, "2020-02-30"),
        ("instruments/lake-treaty?on=9999-12-31", 400, "9999-12-31"),
        ("instruments/lake-treaty?known=never", 400, "never"),
        ("instruments/lake-treaty?known=1990-01-01", 400, "1990-01-01"),
        ("instruments/lake-treaty/CHE?toward=XYZQ", 404, "XYZQ"),
        ("nothing/here", 404, ""),
    ],
)
def test_what_cannot_be_answered_is_a_page(client: Client, language: str, address: str, status: int, says: str) -> None:
    response = client.get(f"/{language}/{address}")
    assert response.status_code == status
    html = response.content.decode()
    assert says in html
    assert Page(html).faults == []
    assert f'<html lang="{language}"' in html
    assert "Traceback" not in html
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_before_the_first_entry_nothing_is_claimed(client: Client) -> None:
    assert "had recorded nothing yet" in text(client.get("/en/instruments/paris-agreement?known=1990-01-01"))


def test_an_address_without_a_language_goes_to_the_readers(client: Client) -> None:
    asked = {"accept-language": "ar-MA,ar;q=0.9"}
    response = client.get("/instruments/lake-treaty?on=1997-03-15", headers=asked)
    assert response.status_code == 302
    assert response.headers["Location"] == "/ar/instruments/lake-treaty?on=1997-03-15"
    assert "Accept-Language" in response.headers["Vary"]
    assert client.get("//example.org/").headers["Location"].startswith("/en/")
    assert client.get("/ar").headers["Location"] == "/ar/"


def test_only_names_of_the_instance_are_answered_to() -> None:
    assert Client(headers={"host": "elsewhere.example"}).get("/en/").status_code == 400


@pytest.mark.parametrize(
    ("page", "takes"),
    [
        ("/en/", "GET, HEAD"),
        ("/en/instruments/lake-treaty", "GET, HEAD"),
        ("/en/account/login/", "GET, POST, HEAD"),
        ("/en/subscriptions", "GET, HEAD, POST"),
        ("/en/account", "GET, HEAD, POST"),
        ("/en/desk/drafts/new", "GET, HEAD, POST"),
        ("/en/desk/drafts/x/approve", "POST"),
        ("/en/account/tokens", "POST"),
    ],
)
def test_a_page_takes_what_it_says_and_nothing_is_changed_by_one_that_reads(page: str, takes: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    for method in {"POST", "PUT", "DELETE", "PATCH"} - set(takes.split(", ")):
        answer = client.generic(method, page)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, set(takes.split(", "))), method
    if "POST" in takes:
        assert client.post(page).status_code == 403  # without the token of a form


def test_what_changed_is_told_once_for_all_whom_it_concerns(client: Client) -> None:
    page = text(client.get("/en/?on=2016-11-04"))
    told = re.findall(r"2016-11-04 Paris Agreement: ([^→]*) and (\d+) more Contracting → Party", page)
    assert len(told) == 1
    names, more = told[0]
    # The 73 States whose consents counted on 2016-10-05, and the European Union, which does not count beside them.
    assert names.startswith("Albania, ")
    assert len(names.split(", ")) + int(more) == 74
    assert "2016-11-04 Paris Agreement Not in force → In force" in page


def test_search_finds_in_arabic_too(client: Client) -> None:
    assert "/ar/instruments/paris-agreement" in client.get("/ar/", {"q": "اتفاق باريس"}).content.decode()
    assert "/ar/actors/EGY" in client.get("/ar/", {"q": "مصر"}).content.decode()
    assert "Nothing in the register" in text(client.get("/en/", {"q": "zzzz"}))


def test_the_style_is_served_and_loads_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/static/comity.css")
    assert response.status_code == 200
    style = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # a file
    assert "@import" not in style
    assert "url(" not in style


def test_data_with_errors_are_told_and_nothing_is_computed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise refuse("circle", "lake-treaty asks for itself in a circle", file="instruments/lake-treaty.toml")

    monkeypatch.setattr("comity.server.pages.views.instrument_page", refused)
    response = client.get("/en/instruments/lake-treaty")
    assert response.status_code == 400
    assert "instruments/lake-treaty.toml: lake-treaty asks for itself in a circle" in text(response)


def test_a_fault_of_the_program_shows_no_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("comity.server.pages.views.instrument_page", broken)
    client.raise_request_exception = False
    response = client.get("/en/instruments/lake-treaty")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert "Something went wrong in Comity itself" in text(response)
