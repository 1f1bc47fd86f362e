"""A treaty office's own list: read, settled, held against the register, laid over it, and taken away again."""

import csv
import io
import re
import zipfile

import msgspec
import openpyxl
import pytest

from comity.register.importers.names import Decision
from comity.service import Register, open_register
from comity.service.lists import (
    Brought,
    Columns,
    ListReading,
    Sheet,
    bundle,
    differences,
    guess,
    overlay,
    read_list,
    read_sheet,
)

# Switzerland's dates under these treaties are public record (depositary notifications); the mistakes are made here:
# the Kyoto Protocol a month late, the Paris Agreement without its signature.
LIST = """\
Treaties of the Confederation,,,,,
,,,,,
Title of treaty,Partner,Date of signature,Date of ratification,Entry into force,Remarks
Paris Agreement,,,06.10.2017,05.11.2017,
Kyoto Protocol to the United Nations Framework Convention on Climate Change,,16.03.1998,09.08.2003,,
Climate Convention (New York 1992),,12.06.1992,10.12.1993,,
Agreement on Mountain Huts,Italy,28.02.1994,28.02.1995,01.04.1995,example
"""


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def sheet_of(text: str) -> Sheet:
    sheet, findings = read_sheet(text.encode(), "list.csv")
    assert sheet is not None
    assert findings == ()
    return sheet


def brought(**more: object) -> Brought:
    sheet = sheet_of(LIST)
    proposed = guess(sheet)
    made = Brought(file="list.csv", own="CHE", sheet=sheet, columns=proposed.columns, dates=proposed.dates)
    return msgspec.structs.replace(made, **more)


def settled(register: Register) -> ListReading:
    titles = {"Climate Convention (New York 1992)": "unfccc"}
    return read_list(brought(treaties=titles), register.reading)


def test_headings_above_are_no_names_of_columns() -> None:
    sheet = sheet_of(LIST)
    assert sheet.columns[0] == "Title of treaty"
    assert sheet.first == 4
    assert len(sheet.rows) == 4


def test_what_columns_mean_is_proposed() -> None:
    proposed = guess(sheet_of(LIST))
    assert proposed.columns == Columns(
        treaty="Title of treaty",
        counterpart="Partner",
        in_force="Entry into force",
        note="Remarks",
        wide={"Date of signature": "signature", "Date of ratification": "ratification"},
    )
    assert proposed.dates == ("DD.MM.YYYY",)
    assert proposed.rivals == ()


def test_dates_that_read_two_ways_are_asked_about() -> None:
    sheet = sheet_of("Treaty,Signature\nParis Agreement,04/05/2016\nKyoto Protocol,11/12/1998\n")
    assert ("DD/MM/YYYY", "MM/DD/YYYY") in guess(sheet).rivals
    clear = sheet_of("Treaty,Signature\nParis Agreement,22/04/2016\nKyoto Protocol,16/03/1998\n")
    assert guess(clear).dates == ("DD/MM/YYYY",)
    assert guess(clear).rivals == ()


def test_a_title_that_is_no_instruments_is_asked_about_and_never_guessed(register: Register) -> None:
    found = read_list(brought(), register.reading)
    assert [(one.name, one.lines) for one in found.treaties] == [("Climate Convention (New York 1992)", (6,))]
    assert "unfccc" in found.treaties[0].suggestions
    assert "unfccc" not in found.layer.by_instrument


def test_the_differences_are_told_act_by_act(register: Register) -> None:
    told = differences(settled(register), register, "CHE")
    said = {(one.instrument, one.act): (one.yours, one.register, one.verdict, one.line) for one in told}
    assert said["paris-agreement", "ratification"] == ("2017-10-06", "2017-10-06", "same", 4)
    assert said["paris-agreement", "in-force"] == ("2017-11-05", "2017-11-05", "same", 4)
    assert said["paris-agreement", "signature"] == ("", "2016-04-22", "only-register", 0)
    assert said["kyoto-protocol", "ratification"] == ("2003-08-09", "2003-07-09", "differs", 5)
    assert said["unfccc", "ratification"] == ("1993-12-10", "1993-12-10", "same", 6)
    huts = "list-agreement-on-mountain-huts-ita"
    assert said[huts, "signature"] == ("1994-02-28", "", "private", 7)
    assert said[huts, "in-force"] == ("1995-04-01", "", "private", 7)
    assert said["montreal-protocol", "ratification"][2] == "only-register"
    assert {one.actor for one in told} == {"CHE"}


def test_a_list_lies_over_the_register_for_those_who_brought_it(register: Register) -> None:
    over = overlay(settled(register), register)
    own = {one.actor: one for one in over.status("kyoto-protocol", "2010-01-01").actors}
    theirs = {one.actor: one for one in register.status("kyoto-protocol", "2010-01-01").actors}
    assert str(own["CHE"].consent.date) == "2003-08-09"
    assert str(theirs["CHE"].consent.date) == "2003-07-09"
    assert own["DEU"] == theirs["DEU"]
    huts = over.status("list-agreement-on-mountain-huts-ita", "1996-01-01")
    assert {one.actor: one.status for one in huts.actors} == {"CHE": "party"}
    assert str(huts.entry_into_force) == "1995-04-01"


def test_a_state_that_is_meant_by_no_name_is_asked_about(register: Register) -> None:
    sheet = sheet_of("Treaty,State,Accession\nParis Agreement,Helvetia,2017-10-06\nParis Agreement,Mali,2016-09-23\n")
    proposed = guess(sheet)
    made = Brought(file="list.csv", own="CHE", sheet=sheet, columns=proposed.columns, dates=proposed.dates)
    found = read_list(made, register.reading)
    assert [one.name for one in found.names] == ["Helvetia"]
    again = msgspec.structs.replace(made, names=(Decision(name="Helvetia", actor="CHE"),))
    acts = read_list(again, register.reading).layer.by_instrument["paris-agreement"]
    assert {act.actor for act in acts} == {"CHE", "MLI"}


def test_every_fault_is_told_with_its_row(register: Register) -> None:
    text = "Treaty,Ratified,In force\nParis Agreement,2017-10-06,\n,2001-01-01,\nKyoto Protocol,2003-02-31,soon\n"
    sheet = sheet_of(text)
    columns = Columns(treaty="Treaty", in_force="In force", wide={"Ratified": "ratification"})
    made = Brought(
        file="list.csv",
        own="CHE",
        sheet=sheet,
        columns=columns,
        dates=("YYYY-MM-DD",),
        treaties={"Kyoto Protocol": "kyoto-protocol"},
    )
    found = read_list(made, register.reading)
    assert {(one.code, one.line) for one in found.findings} == {
        ("row-empty", 3),
        ("date-impossible", 4),
        ("date-form", 4),
    }


def test_what_the_office_said_wrongly_is_told_all_at_once(register: Register) -> None:
    made = brought(own="XYZ", columns=Columns(treaty="Nothing"), treaties={"A": "no-such-treaty"})
    codes = {one.code for one in read_list(made, register.reading).findings}
    assert codes == {"actor-unknown", "mapping-column", "csv-column-missing", "instrument-unknown"}


def test_a_workbook_reads_as_the_csv_does() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(io.StringIO(LIST)):
        sheet.append([cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    found, findings = read_sheet(out.getvalue(), "list.xlsx")
    assert findings == ()
    assert found is not None
    assert found.columns == sheet_of(LIST).columns
    assert found.rows == sheet_of(LIST).rows


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet-empty"),
        (b"\xd0\xcf\x11\xe0rest", "sheet-unknown"),
        (b"PK\x03\x04broken", "sheet-unknown"),
        (b"Treaty,Signature\n", "sheet-empty"),
        (b"a\0b,c\n1,2\n", "file-not-text"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, code: str) -> None:
    sheet, findings = read_sheet(data, "list")
    assert sheet is None
    assert [one.code for one in findings] == [code]


def test_an_old_windows_file_is_read_with_a_warning() -> None:
    sheet, findings = read_sheet("Traité;Signé\nAccord de Paris;22.04.2016\n".encode("cp1252"), "liste.csv")
    assert sheet is not None
    assert sheet.columns == ("Traité", "Signé")
    assert [one.code for one in findings] == ["encoding-guessed"]


def test_an_office_leaves_with_everything(register: Register) -> None:
    made = brought(treaties={"Climate Convention (New York 1992)": "unfccc"})
    found = read_list(made, register.reading)
    told = differences(found, register, "CHE")
    packed = bundle(made, found, told, LIST.encode(), [{"instrument": "unfccc", "note": "=1+1"}])
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        assert files.read("original/list.csv") == LIST.encode()
        assert msgspec.json.decode(files.read("list.json"), type=Brought) == made
        assert (
            "list-agreement-on-mountain-huts-ita"
            in files.read("notation/instruments/list-agreement-on-mountain-huts-ita.toml").decode()
        )
        assert len(files.read("differences.csv").splitlines()) == len(told) + 1
        assert b"'=1+1" in files.read("notes.csv")


def workbook(cells: str, size: str = "") -> bytes:
    """A workbook of one sheet whose cells, and what it says of its size, are as written."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as whole, zipfile.ZipFile(made, "w") as changed:
        for part in whole.namelist():
            text = whole.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = re.sub(rb"<dimension[^>]*>", size.encode(), text)
                text = re.sub(rb"<sheetData>.*</sheetData>", f"<sheetData>{cells}</sheetData>".encode(), text)
            changed.writestr(part, text)
    return made.getvalue()


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'
WIDE = '<row r="1"><c r="XFD1"><v>1</v></c></row>'
DAMAGED = {
    "no number": '<row r="1"><c r="A1"><v>many</v></c></row>',
    "no such text": '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
    "no such day": '<row r="1"><c r="A1" t="d"><v>2001-99-99</v></c></row>',
    "no end": '<row r="1"><c r="A1"><v>1</v></c>',
}


@pytest.mark.parametrize("cells", [FAR, WIDE])
def test_a_cell_far_away_takes_no_room(cells: str) -> None:
    sheet, findings = read_sheet(workbook(cells), "list.xlsx")
    assert sheet is None
    assert findings[0].code == "file-too-large"


@pytest.mark.parametrize("cells", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_workbook_is_a_finding(cells: str) -> None:
    sheet, findings = read_sheet(workbook(cells), "list.xlsx")
    assert sheet is None
    assert findings[0].code == "sheet-unknown"
    assert "\n" not in findings[0].says


def test_what_a_workbook_says_of_its_own_size_is_not_believed() -> None:
    first = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    data = workbook(f'{first}<row r="2"><c r="B2"><v>3</v></c></row>', '<dimension ref="A1:A1"/>')
    sheet, _ = read_sheet(data, "list.xlsx")
    assert sheet is not None
    assert (sheet.columns, sheet.rows) == (("1", "2"), (("", "3"),))


def test_a_text_that_fills_every_cell_takes_no_room() -> None:
    text = "x" * 30_000
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(20):
        sheet.append([text] * 100)
    out = io.BytesIO()
    book.save(out)
    assert len(out.getvalue()) < 100_000
    found, findings = read_sheet(out.getvalue(), "list.xlsx")
    assert found is None
    assert findings[0].code == "file-too-large"
