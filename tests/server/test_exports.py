"""What a page gives away: tables as CSV, workbook and JSON; dates as a calendar; changes as a feed."""

import csv
import io
import json
import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import icalendar
import openpyxl
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe

from comity.dates import parse_legal_date
from comity.server.asking import asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.faults import Fault
from comity.service.ahead import Scope
from comity.service.cells import harmless

LAKE = Scope(instrument="lake-treaty")
ATOM = "{http://www.w3.org/2005/Atom}"

TABLE = Table(
    id="parties",
    title="Parties [all]: at / on the day",
    columns=(
        Column("code", "Code", shown=False),
        Column("name", "=Name"),
        Column("since", "Since", "date"),
        Column("acts", "Acts", "number"),
        Column("note", "Note"),
    ),
    rows=(
        row("CHE", Cell("Switzerland", href="/en/actors/CHE"), date(1996, 7, 1), 3, None),
        row("ITA", "Italy", parse_legal_date("1951-07"), -2, Cell("=1+1", flags=(mark_safe("a &amp; <b>b</b>"),))),
        row("AUT", "Austria", date(1899, 5, 18), None, Cell(said=mark_safe("<i>said</i> &lt;only&gt;"))),
    ),
)


def ask(form: str, language: str = "en", *, scope: Scope | None = LAKE, **params: str) -> HttpResponse:
    query = {"on": "1998-01-01", "format": form} | params
    request: HttpRequest = RequestFactory().get(
        f"/{language}/instruments/lake-treaty", query, headers={"host": "localhost"}
    )
    with asked(request, language) as question:
        export = Export(
            name="lake-treaty", title="Lake & Treaty", tables=(TABLE,), known_until=("until 2020",), scope=scope
        )
        return answer(request, question, "exports/_links.html", {"words": question.words}, export)


def test_rows_as_a_page_shows_them() -> None:
    table = Table(
        id="t",
        title="t",
        columns=(Column("a", 'A "one"'), Column("b", "B"), Column("hidden", "H", shown=False)),
        rows=(row(Cell("<x>", href="/a?b=1&c=2", style="status"), Cell(date(1996, 7, 1), flags=("<f>",)), "secret"),),
    )
    assert table.tbody == (
        '<tr><th scope="row"><a class="status" href="/a?b=1&amp;c=2"><bdi>&lt;x&gt;</bdi></a></th>'
        '<td data-label="B"><bdi dir="ltr">1996-07-01</bdi> <span class="flag">&lt;f&gt;</span></td></tr>'
    )


def test_a_table_has_as_many_cells_as_columns() -> None:
    with pytest.raises(ValueError, match="every row needs 1 cells"):
        Table(id="t", title="t", columns=(Column("a", "A"),), rows=(row("x", "y"),))


def test_what_is_not_shown_is_exported_all_the_same() -> None:
    assert [column.id for column in TABLE.heads] == ["name", "since", "acts", "note"]
    assert [cell.text for _, cell in next(TABLE.body)] == ["Switzerland", "1996-07-01", "3", ""]
    assert [record["code"] for record in TABLE.records()] == ["CHE", "ITA", "AUT"]


def test_a_cell_shows_dates_from_left_to_right_and_escapes_text() -> None:
    assert Cell(date(1996, 7, 1)).html == '<bdi dir="ltr">1996-07-01</bdi>'
    assert Cell("<script>").html == "<bdi>&lt;script&gt;</bdi>"
    assert Cell("x", said=mark_safe("<b>y</b>")).html == "<b>y</b>"


def test_csv_is_for_spreadsheets_and_runs_nothing() -> None:
    response = ask("csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="lake-treaty-1998-01-01.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")))) == [
        ["Code", "'=Name", "Since", "Acts", "Note"],
        ["CHE", "Switzerland", "1996-07-01", "3", ""],
        ["ITA", "Italy", "1951-07", "-2", "'=1+1; a & b"],
        ["AUT", "Austria", "1899-05-18", "", "said <only>"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_could_run_gets_an_apostrophe(start: str) -> None:
    assert harmless(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("value", ["", "a=1", "–", "'", -1, True, None, date(1990, 1, 1)])
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert harmless(value) is value


def test_a_workbook_has_real_dates_a_frozen_head_and_says_where_it_comes_from() -> None:
    book = openpyxl.load_workbook(io.BytesIO(ask("xlsx").content))
    sheet, said = book.worksheets
    assert sheet.title == "Parties all at on the day"
    assert [cell.value for cell in sheet[1]] == ["Code", "'=Name", "Since", "Acts", "Note"]
    assert sheet["C2"].value.date() == date(1996, 7, 1)
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert [sheet[place].value for place in ("C3", "D3", "E3", "C4")] == ["1951-07", -2, "'=1+1; a & b", "1899-05-18"]
    assert sheet["E3"].data_type == "s"
    assert sheet.freeze_panes == "B2"
    assert not sheet.sheet_view.rightToLeft
    rows = {label.value: value.value for label, value in said.iter_rows(max_col=2)}
    assert rows["Question"] == "Lake & Treaty"
    assert rows["On the day"] == "1998-01-01"
    assert rows["Horizon of knowledge"] == "until 2020"
    assert rows["Log"] == "example.org/lake"
    assert rows["Permanent link"] == "http://localhost/en/instruments/lake-treaty?on=1998-01-01&known=8"
    assert len(rows["Root of the log (Merkle tree, base64)"]) == 44


def test_an_arabic_workbook_reads_from_the_right() -> None:
    book = openpyxl.load_workbook(io.BytesIO(ask("xlsx", "ar").content))
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets)
    assert book.worksheets[1]["A1"].value == "السؤال"


def test_the_same_answer_is_the_same_workbook() -> None:
    assert ask("xlsx").content == ask("xlsx").content


def test_json_has_ids_as_keys_and_what_it_rests_on() -> None:
    found = json.loads(ask("json", known="2999-01-01").content)
    assert found["known"] == "2999-01-01"
    assert found["log"]["origin"] == "example.org/lake"
    assert found["tables"][0]["rows"] == [
        {"code": "CHE", "name": "Switzerland", "since": "1996-07-01", "acts": 3, "note": None},
        {"code": "ITA", "name": "Italy", "since": "1951-07", "acts": -2, "note": "=1+1", "note_flags": ["a & b"]},
        {"code": "AUT", "name": "Austria", "since": "1899-05-18", "acts": None, "note": "said <only>"},
    ]


def test_a_calendar_holds_what_takes_effect_and_keeps_its_entries() -> None:
    response = ask("ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Content-Disposition" not in response.headers
    events = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    # A year back from the day asked, and whatever lies ahead: Austria's approval took effect, Germany will withdraw.
    told = [(event["dtstart"].dt, str(event["summary"])) for event in events]
    assert [day for day, _ in told] == [date(1997, 3, 3), date(1997, 4, 3), date(2002, 5, 6)]
    assert "Austria" in told[0][1]
    later = icalendar.Calendar.from_ical(ask("ics", on="1998-02-01", language="ar").content).walk("VEVENT")
    assert [event["uid"] for event in later] == [event["uid"] for event in events]


def test_a_reader_of_feeds_finds_the_feed() -> None:
    page = Client(headers={"host": "localhost"}).get("/en/instruments/lake-treaty").content.decode()
    found = re.search(r'<link rel="alternate" type="application/atom\+xml" href="([^"]*)">', page)
    assert found is not None
    assert Client(headers={"host": "localhost"}).get(found[1].replace("&amp;", "&")).content.startswith(b"<?xml")


def test_a_feed_is_valid_newest_first_and_its_ids_are_permanent() -> None:
    feed = ET.fromstring(ask("atom").content)  # noqa: S314  # our own
    assert "depositary's" in (feed.findtext(f"{ATOM}rights") or "")  # text, and no HTML escaped twice
    entries = feed.findall(f"{ATOM}entry")
    days = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert days == sorted(days, reverse=True)
    assert days[0] == feed.findtext(f"{ATOM}updated") == "1997-04-03T00:00:00Z"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    later = ET.fromstring(ask("atom", "ar", on="2003-01-01").content).findall(f"{ATOM}entry")  # noqa: S314  # our own
    assert [entry.findtext(f"{ATOM}id") for entry in later][-len(ids) :] == ids
    assert all(child.findtext(f"{ATOM}{name}") for child in (feed, *entries) for name in ("id", "title", "updated"))


def test_a_form_or_table_that_there_is_not_is_named_with_those_there_are() -> None:
    told = []
    for form, scope, table in (("ods", LAKE, ""), ("ics", None, ""), ("csv", LAKE, "nope")):
        with pytest.raises(Fault) as fault:
            ask(form, scope=scope, table=table)
        told.extend(map(bare, fault.value.lines))
    assert told == [
        "This page is not to be had as “ods”; it is to be had as: csv, xlsx, json, html, ics, atom.",
        "This page is not to be had as “ics”; it is to be had as: csv, xlsx, json, html.",
        "This page has no table “nope”; it has: parties.",
    ]


def test_the_page_links_to_every_form_as_asked_and_what_is_followed_without_a_day() -> None:
    page = ask("").content.decode()
    assert "/en/instruments/lake-treaty?on=1998-01-01&amp;format=xlsx" in page
    assert '"/en/instruments/lake-treaty?format=ics"' in page


def test_a_calendar_of_an_area_says_so_and_holds_nothing_else() -> None:
    found = icalendar.Calendar.from_ical(ask("ics", scope=Scope(area="environment"), on="1997-05-01").content)
    assert found["x-wr-calname"] == "Lake & Treaty: Environment"
    assert {str(event["categories"].to_ical(), "utf-8") for event in found.walk("VEVENT")} >= {"Environment"}
    assert all("Environment" in event["categories"].cats for event in found.walk("VEVENT"))


# Offline copies

OFFLINE = "/{}/instruments/lake-treaty?on=1998-01-01&format=html&page=all"


class Balance(HTMLParser):
    """Elements that are open, and ends of others."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in {"meta", "link", "br", "input", "hr"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A drawing's, which is whole."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def saved(language: str = "en", where: str = OFFLINE) -> HttpResponse:
    return Client(headers={"host": "localhost"}).get(where.format(language))


@pytest.mark.parametrize(
    "where", [OFFLINE, "/{}/?format=html", "/{}/actors/AUT?format=html", "/{}/groups/g7?format=html"]
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_offline_copy_needs_nothing_beside_it(where: str, language: str) -> None:
    response = saved(language, where)
    page = response.content.decode()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Disposition"].endswith('.html"')
    assert response.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{language}"' in page
    assert not re.search(r"<(script|form|input|button|iframe|img|link rel=.stylesheet)", page)
    assert re.search(r"<style>.*:focus-visible", page, re.DOTALL)
    links = re.findall(r'\shref="([^"]*)"', page)
    marks = {link[1:] for link in links if link.startswith("#")}
    assert marks <= set(re.findall(r'\sid="([^"]*)"', page))
    assert all(link.startswith(("#", "http://localhost/", "https://")) for link in links)
    balance = Balance()
    balance.feed(page)
    assert (balance.open, balance.wrong) == ([], [])


def test_an_offline_copy_says_what_it_is() -> None:
    page = saved().content.decode()
    block = unescape(strip_tags(page[page.index('class="provenance"') :]))
    for said in ("1998-01-01", "example.org/lake", "Entries in the log8", "Complete up to 2020-12-31"):
        assert said in block
    assert re.search(r"Copy saved at \(UTC\)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", block)
    assert "Root of the log (Merkle tree, base64)" in block
    assert "http://localhost/en/instruments/lake-treaty?on=1998-01-01&amp;known=8&amp;page=all" in page


def test_what_only_the_portal_can_answer_is_not_in_the_copy() -> None:
    asked, copy = saved(where="/{}/instruments/lake-treaty?on=1998-01-01").content.decode(), saved().content.decode()
    # A section of which nothing but a heading would be left goes, and the link to it leads to the portal.
    assert 'id="pair-title"' in asked
    assert 'id="pair-title"' not in copy
    assert "on=1998-01-01&amp;known=8&amp;page=all#pair-title" in copy
    assert "Austria" in copy
    assert 'class="exports"' not in copy


def test_a_question_not_yet_asked_is_not_to_be_had() -> None:
    assert saved(where="/{}/compare?format=html").status_code == 404
