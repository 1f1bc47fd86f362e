"""Parts of pages in other sites' frames: small, without a script, a cookie or a tracker."""

import gzip
import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from comity.server.headers import FRAMED, POLICY

STATUS = "/embed/instrument/lake-treaty/status?on=1998-05-01"
FRAMES = (
    STATUS,
    "/embed/deadlines?instrument=lake-treaty&on=2001-06-01",
    "/embed/instrument/paris-agreement/status?lang=ar",
)


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def text(response: HttpResponse) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("address", FRAMES)
def test_a_frame_may_stand_anywhere_and_follows_nobody(client: Client, address: str) -> None:
    response = client.get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == FRAMED
    assert "frame-ancestors *" in FRAMED
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!/static/|http://localhost/)[^"]*"', html) == []
    assert all('target="_blank" rel="noopener"' in link for link in re.findall(r"<a [^>]*>", html))
    assert len(gzip.compress(response.content)) < 20_000


def test_every_other_page_stays_unframed(client: Client) -> None:
    for address in ("/en/embed", "/en/instruments/lake-treaty", "/embed/instrument/none/status"):
        response = client.get(address)
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["X-Frame-Options"] == "DENY"


def test_the_status_that_it_shows(client: Client) -> None:
    said = text(client.get(STATUS))
    assert "Status as at 1998-05-01 : In force since" in said
    assert "3 parties" in said
    assert re.search(r"Austria Party 1997-04-03", said)
    narrowed = text(client.get(f"{STATUS}&actors=AUT,g7"))
    assert "Austria Party" in narrowed
    assert "Germany Party" in narrowed
    assert "Switzerland" not in narrowed
    assert "lies past what is known" in text(client.get("/embed/instrument/lake-treaty/status?on=2024-01-01"))


def test_language_and_direction_are_the_pages(client: Client) -> None:
    asked = {"accept-language": "fr"}
    assert '<html lang="en" dir="ltr">' in client.get(STATUS, headers=asked).content.decode()
    assert '<html lang="ar" dir="rtl">' in client.get(f"{STATUS}&lang=ar").content.decode()
    assert '<html lang="ar" dir="ltr">' in client.get(f"{STATUS}&lang=ar&dir=ltr").content.decode()
    assert '<html lang="en" dir="ltr">' in client.get(f'{STATUS}&lang=xx&dir="').content.decode()


def test_what_lies_ahead(client: Client) -> None:
    ahead = text(client.get("/embed/deadlines?instrument=lake-treaty&on=2001-06-01"))
    assert "2002-05-06 Treaty on the Waters of the Lake: Germany (Party → Former)" in ahead
    assert "2002-05-06" in text(client.get("/embed/deadlines?actor=DEU&on=2001-06-01"))
    assert "2002-05-06" in text(client.get("/embed/deadlines?area=environment&on=2002-05-01"))
    assert "2002-05-06" not in text(client.get("/embed/deadlines?area=health&on=2002-05-01"))
    nothing = text(client.get("/embed/deadlines?instrument=lake-treaty&on=2001-06-01&days=30"))
    assert "Nothing that the register knows lies ahead within 30 days of 2001-06-01" in nothing
    # The treaty permits Austria's reservation, so nobody has to object to it within twelve months (VCLT 20(1)).
    assert "object" not in text(client.get("/embed/deadlines?instrument=lake-treaty&on=1997-06-01"))


@pytest.mark.parametrize(
    "address",
    [
        "/embed/instrument/none/status",
        "/embed/instrument/udhr/status",
        "/embed/deadlines?area=none",
        "/embed/deadlines?actor=none",
    ],
)
def test_what_is_not_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_snippet_is_text_and_works(client: Client) -> None:
    page = client.get("/en/embed?instrument=lake-treaty").content.decode()
    assert "<iframe" not in page
    snippets = [unescape(found) for found in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]
    assert len(snippets) == 2
    for snippet in snippets:
        found = re.fullmatch(r'<iframe src="http://localhost(/embed/[^"]*)" title="[^"]+" [^<]*></iframe>', snippet)
        assert found is not None
        assert client.get(unescape(found[1])).status_code == 200
    # Without an instrument there is no status to show, only what lies ahead of everybody.
    assert client.get("/ar/embed").content.decode().count("<pre") == 1
