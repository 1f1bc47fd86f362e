"""Named importers on samples in the shape of the real tables, and on the real ones where they are at hand."""

import csv
import gzip
import io
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.actors import Directory
from comity.dates import parse_legal_date
from comity.register.folder import FolderLayer
from comity.register.importers import (
    Imported,
    Options,
    Request,
    mapping_of,
    print_unresolved,
    read_decisions,
    read_manytreaties,
    read_mapping,
    read_openclimatedata,
    read_source,
    read_table,
    read_untc_csv,
    read_untc_xml,
)
from comity.register.importers.aliases import ALIASES, CODES, DOUBTFUL
from comity.register.importers.common import DateForm, slug
from comity.register.importers.names import Resolver
from comity.register.importing import apply, plan
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.reading import Reading

RECORDED = "2026-01-01T12:00:00.000000Z"


@pytest.fixture(scope="session")
def public(root: Path) -> FolderLayer:
    return FolderLayer(root / "public")


@pytest.fixture(scope="session")
def directory(public: FolderLayer) -> Directory:
    return Reading([public]).directory


@pytest.fixture
def options(directory: Directory) -> Options:
    return Options(directory=directory, file="table", instrument="paris-agreement")


def rows(found: Imported, name: str = "paris-agreement") -> list[str]:
    return [f"{act.date} {act.actor} {act.kind}" for act in found.by_instrument.get(name, ())]


def codes(found: Imported, level: str = "error") -> list[str]:
    return [finding.code for finding in found.findings if finding.level == level]


# Names


@pytest.mark.parametrize(
    ("name", "day", "actor"),
    [
        ("Cote d'Ivoire", "1992-03-26", "CIV"),
        ("CÔTE D’IVOIRE", "1992-03-26", "CIV"),
        ("Russie", "2016-01-01", "RUS"),  # French, as the directory has it, or not at all
        ("United States", "1950-01-01", "USA"),
        ("United Kingdom", "1950-01-01", "GBR"),
        ("Russia", "1995-01-01", "RUS"),
        ("Vietnam", "1995-01-01", "VNM"),
        ("South Korea", "1995-01-01", "KOR"),
        ("Yugoslavia", "1970-01-01", "YUG"),
        ("Yugoslavia", "1995-01-01", "SCG"),
        ("Germany", "1950-01-01", "DEU"),
        ("Yemen", "1995-01-01", "YEM"),
        ("St. Lucia", "1995-01-01", "LCA"),
        ("European Community", "1995-01-01", "EUU"),
    ],
)
def test_names_that_stand_for_one_actor(directory: Directory, name: str, day: str, actor: str) -> None:
    found = Resolver(directory).resolve(name, parse_legal_date(day))
    if name == "Russie":  # the full short name in French is “Fédération de Russie”
        assert found is None
    else:
        assert found == actor


@pytest.mark.parametrize(
    ("name", "scheme", "day", "suggestions"),
    [
        ("Korea", "name", "1995-01-01", ("KOR", "PRK")),
        ("Congo", "name", "1962-01-01", ("COG", "COD")),
        ("Viet Nam", "name", "1960-01-01", ("VNM", "VDR")),
        ("Yemen", "name", "1980-01-01", ("YEM", "YMD")),
        ("VDR", "iso3", "1960-01-01", ("VNM", "VDR")),
        ("Russian Federation", "name", "1980-01-01", ("SUN", "RUS")),
        ("Czech Republic", "name", "1980-01-01", ("CSK", "CZE")),
        ("German Democratic Republic", "name", "1995-01-01", ("DEU", "DDR")),
        ("Yugoslavia", "name", "2010-01-01", ("MNE", "SRB")),
        ("Atlantis", "name", "1995-01-01", ()),
    ],
)
def test_names_for_a_person(
    directory: Directory, name: str, scheme: str, day: str, suggestions: tuple[str, ...]
) -> None:
    resolver = Resolver(directory)
    assert resolver.resolve(name, parse_legal_date(day), scheme) is None  # type: ignore[arg-type]  # parametrized
    (one,) = resolver.unresolved()
    assert one.name == name
    assert set(suggestions) <= set(one.suggestions)


@pytest.mark.parametrize(
    ("code", "scheme", "day", "actor"),
    [
        ("NAM", "iso3", "1995-01-01", "NAM"),
        ("NA", "iso2", "1995-01-01", "NAM"),
        ("NO", "iso2", "1995-01-01", "NOR"),
        ("EUE", "iso3", "1995-01-01", "EUU"),
        ("ALG", "iso3", "1995-01-01", "DZA"),
        ("GDR", "iso3", "1980-01-01", "DDR"),
        ("YUG", "iso3", "1980-01-01", "YUG"),
        ("YUG", "iso3", "1995-01-01", "SCG"),
        ("ZAR", "iso3", "1980-01-01", "COD"),
        ("250", "m49", "1995-01-01", "FRA"),
        ("VDR", "id", "1960-01-01", None),
        ("FRA", "id", "1960-01-01", "FRA"),
        ("TWN", "iso3", "1995-01-01", None),
        ("fra", "iso3", "1995-01-01", None),
    ],
)
def test_codes(directory: Directory, code: str, scheme: str, day: str, actor: str | None) -> None:
    assert Resolver(directory).resolve(code, parse_legal_date(day), scheme) == actor  # type: ignore[arg-type]  # as above


def test_every_alias_leads_to_an_actor_that_is_there(directory: Directory) -> None:
    named = {code for codes in (*ALIASES.values(), *CODES.values()) for code in codes}
    doubted = {code for doubt in DOUBTFUL.values() for code in doubt.actors}
    assert sorted((named | doubted) - set(directory.actors)) == []
    assert not {name for name in ALIASES if name in DOUBTFUL and not DOUBTFUL[name].until}


def test_a_person_decides_and_the_list_goes_back(directory: Directory) -> None:
    table = "Participant,Signature\nYemen,9 Feb 1987\nYemen,9 Feb 1995\n"
    table += "Serbia,1 Jan 1980\nSerbia,1 Jan 2000\nAtlantis,2001\n"
    first = read_untc_csv(table, Options(directory=directory, instrument="some-treaty"))
    assert codes(first) == ["names-unresolved"]
    answers = {("Yemen", ""): "YMD", ("Serbia", "1980"): "YUG", ("Serbia", "2000"): "SCG", ("Atlantis", ""): "skip"}
    lines = list(csv.DictReader(io.StringIO(print_unresolved(first.unresolved))))
    assert len(lines) == 4
    out = io.StringIO()
    writer = csv.DictWriter(out, lines[0].keys())
    writer.writeheader()
    for line in lines:
        key = next(key for key in answers if key[0] == line["name"] and line["from"].startswith(key[1]))
        writer.writerow({**line, "actor": answers[key]})
    decisions, faults = read_decisions(out.getvalue(), "names.csv", directory)
    assert faults == ()
    again = read_untc_csv(table, Options(directory=directory, instrument="some-treaty", decisions=decisions))
    assert rows(again, "some-treaty") == [
        "1987-02-09 YMD signature",
        "1995-02-09 YEM signature",
        "1980-01-01 YUG signature",
        "2000-01-01 SCG signature",
    ]
    assert codes(again) == []
    assert codes(again, "note") == ["rows-skipped"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,actor\nYemen,YAM\n", "actor-unknown"),
        ("name,actor,from\nYemen,YEM,soon\n", "date-impossible"),
        ("who,actor\nYemen,YEM\n", "csv-column-missing"),
        ("", "csv-column-missing"),
        ('name,actor\n"Yemen,YEM\n', "csv-malformed"),
    ],
)
def test_decisions_that_are_none(directory: Directory, text: str, code: str) -> None:
    assert [finding.code for finding in read_decisions(text, "names.csv", directory)[1]] == [code]


def test_a_line_without_an_answer_stays_open(directory: Directory) -> None:
    assert read_decisions("name,actor\nYemen,\n", "names.csv", directory) == ((), ())


# Dates


@pytest.mark.parametrize(
    ("form", "text", "iso"),
    [
        ("D Mon YYYY", "12 Mar 1992", "1992-03-12"),
        ("D Mon YYYY", "2  September 1992", "1992-09-02"),
        ("D Mon YYYY", "12 Mrz 1992", None),
        ("DD.MM.YYYY", "30.10.1947", "1947-10-30"),
        ("M/D/YYYY", "3/4/2001", "2001-03-04"),
        ("D/M/YYYY", "3/4/2001", "2001-04-03"),
        ("YYYYMMDD", "20010403", "2001-04-03"),
        ("Mon YYYY", "Jul 1951", "1951-07"),
        ("YYYY", "1951", "1951"),
        ("YYYY", "51", None),
    ],
)
def test_forms_of_dates(form: str, text: str, iso: str | None) -> None:
    assert DateForm(form).read(text) == iso


@pytest.mark.parametrize("form", ["DD.MM", "", "YYYY YYYY", "D MM DD YYYY"])
def test_forms_that_are_none(form: str) -> None:
    with pytest.raises(ValueError, match="date"):
        DateForm(form)


@given(st.dates(min_value=date(1600, 1, 1), max_value=date(2499, 12, 31)))
def test_a_date_is_read_as_it_was_written(day: date) -> None:
    assert DateForm("YYYY-MM-DD").read(day.isoformat()) == day.isoformat()
    assert DateForm("DD/MM/YYYY").read(f"{day:%d/%m}/{day.year}") == day.isoformat()
    assert DateForm("D Mon YYYY").read(f"{day.day} {day:%b} {day.year}") == day.isoformat()


# Status tables

XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<Document><Header/><Treaty>
<Participants><Table><TGroup>
<Thead><Rows><Row><Entry>Participant&lt;superscript&gt;1&lt;/superscript&gt;</Entry><Entry>Signature</Entry>
<Entry>Ratification, Acceptance(A), Approval(AA), Accession(a)</Entry></Row></Rows></Thead>
<Tbody><Rows>
<Row><Entry>Côte d'Ivoire</Entry><Entry>22 Apr\t 2016 </Entry><Entry>25 Oct\t 2016 </Entry></Row>
<Row><Entry>China &lt;superscript&gt;2&lt;/superscript&gt;,&lt;superscript&gt;3&lt;/superscript&gt;</Entry>
<Entry>22 Apr\t 2016 </Entry><Entry>3 Sep\t 2016 </Entry></Row>
<Row><Entry>United States of America&lt;superscript&gt;7&lt;/superscript&gt;</Entry><Entry>22 Apr\t 2016 </Entry>
<Entry>[20 Jan\t 2021 A]</Entry></Row>
<Row><Entry>Viet Nam</Entry><Entry>22 Apr\t 2016 </Entry><Entry>3 Nov\t 2016 AA</Entry></Row>
<Row><Entry>Syrian Arab Republic</Entry><Entry/><Entry>13 Nov\t 2017 a</Entry></Row>
</Rows></Tbody></TGroup></Table></Participants>
<Objections/><EndNotes><Note>1. A text.</Note></EndNotes>
</Treaty></Document>
"""


def test_a_status_table_in_xml(options: Options) -> None:
    found = read_untc_xml(XML.encode("iso-8859-1"), options)
    assert rows(found) == [
        "2016-04-22 CIV signature",
        "2016-10-25 CIV ratification",
        "2016-04-22 CHN signature",
        "2016-09-03 CHN ratification",
        "2016-04-22 USA signature",
        "2021-01-20 USA acceptance",
        "2016-04-22 VNM signature",
        "2016-11-03 VNM approval",
        "2017-11-13 SYR accession",
    ]
    assert codes(found) == []
    assert codes(found, "warning") == ["untc-text", "untc-brackets"]


TABLE = """Participant,Signature,"Ratification, Formal confirmation(c), Accession(a), Succession(d)"
"Bahamas",4 Dec 2008,23 Dec 2008
"China 1, 2",5 Oct 1998,
Croatia3,,12 Oct 1992 d
Czech Republic,12 Feb 1993 d,22 Feb 1993 d
European Union,30 Mar 2007,23 Dec 2010 c
Congo,,5 Oct 1963 a
Monaco,Jun 1997,1997
"""


def test_a_status_table_in_csv(options: Options) -> None:
    found = read_untc_csv("\ufeff" + TABLE, options)
    assert rows(found) == [
        "2008-12-04 BHS signature",
        "2008-12-23 BHS ratification",
        "1998-10-05 CHN signature",
        "1992-10-12 HRV succession",
        "1993-02-12 CZE signature",
        "1993-02-22 CZE succession",
        "2007-03-30 EUU signature",
        "2010-12-23 EUU formal-confirmation",
        "1963-10-05 COG accession",
        "1997-06 MCO signature",
        "1997 MCO ratification",
    ]
    notes = {act.note for act in found.by_instrument["paris-agreement"] if act.actor == "CZE"}
    assert notes == {"succession to signature", ""}
    assert found.findings == ()


@pytest.mark.parametrize(
    ("heading", "kind", "warned"),
    [
        ("Ratification", "ratification", []),
        ("Acceptance(A)", "consent", ["untc-kind"]),
        ("Acceptance, Accession(a)", "acceptance", []),
        ("Definitive signature, Ratification", "consent", ["untc-kind"]),
        ("Consent to be bound", "consent", []),
    ],
)
def test_a_date_without_a_letter(options: Options, heading: str, kind: str, warned: list[str]) -> None:
    found = read_untc_csv(f'Participant,"{heading}"\nFrance,1 Jan 2001\n', options)
    assert rows(found) == [f"2001-01-01 FRA {kind}"]
    assert codes(found, "warning") == warned


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "untc-header"),
        ("Country,Signature\nFrance,1 Jan 2001\n", "untc-header"),
        ("Participant,Signature\nFrance,soon\n", "untc-cell"),
        ("Participant,Signature\nFrance,1 Jan 2001 z\n", "untc-letter"),
        ("Participant,Signature\nFrance,31 Feb 2001\n", "date-impossible"),
        ("Participant,Signature\nFrance,1 Foo 2001\n", "date-form"),
        ("Participant,Signature\nFrance,1 Jan 2001,x\n", "csv-row-length"),
        ('Participant,Signature\n"France,1 Jan 2001\n', "csv-malformed"),
    ],
)
def test_status_tables_that_are_none(options: Options, text: str, code: str) -> None:
    found = read_untc_csv(text, options)
    assert codes(found) == [code]
    assert rows(found) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "xml-malformed"),
        (b"\0\1\2", "xml-malformed"),
        (b"<a>", "xml-malformed"),
        (b"<a/>", "untc-no-table"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "xml-malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml-declares"),
        (b"<t><participants><table><row><entry>x</entry></row></table></participants></t>", "untc-header"),
    ],
)
def test_xml_that_is_none(options: Options, data: bytes, code: str) -> None:
    assert codes(read_untc_xml(data, options)) == [code]


@given(st.text(max_size=200))
def test_no_text_breaks_an_importer(directory: Directory, text: str) -> None:
    options = Options(directory=directory, instrument="some-treaty")
    for read in (read_untc_csv, read_openclimatedata, read_manytreaties):
        assert isinstance(read(text, options), Imported)
        assert isinstance(read("Participant,Signature,Code,Date,treaty,iso3,act,date\n" + text, options), Imported)
    assert isinstance(read_untc_xml(text.encode(), options), Imported)
    assert isinstance(read_mapping(text, "map.toml"), tuple)


# manytreaties

LONG = """treaty,title,adopted,treaty_eif,iso3,act,date,state_eif
CLIMFC_1992A,Framework Convention,1992-05-09,1994-03-21,ALG,signature,1992-06-13,
CLIMFC_1992A,Framework Convention,1992-05-09,1994-03-21,ALG,consent,1993-06-09,1994-03-21
CLIMFC_1992A,Framework Convention,1992-05-09,1994-03-21,ALG,consent,1993-06-09,1994-03-21
CLIMFC_1992A,Framework Convention,1992-05-09,1994-03-21,EUE,consent,1993-12-21,9999-12-31
CLIMFC_1992A,Framework Convention,1992-05-09,1994-03-21,FRA,end,2899-01-01,
CLIMFC_1992A,Framework Convention,1992-05-09,1994-03-21,CAN,end,2001-01-01,
DUES_1950P:HARBOUR_1949A,,1950,,FRA,signature,1950-07,
"""


def test_the_long_table_of_manytreaties(options: Options) -> None:
    found = read_manytreaties(LONG, options)
    assert rows(found, "climfc-1992a") == [
        "1992-06-13 DZA signature",
        "1993-06-09 DZA consent",
        "1993-12-21 EUU consent",
    ]
    assert rows(found, "dues-1950p-harbour-1949a") == ["1950-07 FRA signature"]
    assert str(found.by_instrument["climfc-1992a"][1].effective) == "1994-03-21"
    assert 'title = "Framework Convention"' in found.definitions["climfc-1992a"]
    assert "adopted = 1992-05-09" in found.definitions["climfc-1992a"]
    assert sorted(codes(found, "warning")) == ["act-unclear", "date-placeholder", "row-twice"]
    assert codes(found) == []


def test_the_user_says_what_an_end_is_and_which_instrument(directory: Directory) -> None:
    options = Options(directory=directory, acts={"end": "withdrawal"}, instruments={"CLIMFC_1992A": "unfccc"})
    found = read_manytreaties(LONG, options)
    assert "2001-01-01 CAN withdrawal" in rows(found, "unfccc")
    assert "unfccc" not in found.definitions


WIDE = """manyID,Title,Begin,stateID,StateName,StateSignature,StateRatification,StateForce,StateEnd,Succession,Accession
GATT_1947O,GATT,30.10.1947,AUS,Australia,30.10.1947,01.01.1948,01.01.1948,NA,0,NA
GATT_1947O,GATT,30.10.1947,DNK,Denmark,NA,28.05.1950,NA,9999-12-31,0,28.05.1950
GATT_1947O,GATT,30.10.1947,CZE,Czechia,NA,15.04.1993,NA,NA,1,NA
"""


def test_the_wide_table_of_manytreaties(options: Options) -> None:
    found = read_manytreaties(WIDE, options)
    assert rows(found, "gatt-1947o") == [
        "1947-10-30 AUS signature",
        "1948-01-01 AUS consent",
        "1950-05-28 DNK accession",
        "1993-04-15 CZE succession",
    ]
    assert codes(found) == []


@pytest.mark.parametrize("read", [read_untc_csv, read_openclimatedata])
def test_a_table_of_one_instrument_says_which(directory: Directory, read: Callable[[str, Options], Imported]) -> None:
    table = "Participant,Signature\nFrance,2001\n" if read is read_untc_csv else "Code,Date\nFRA,2001\n"
    assert codes(read(table, Options(directory=directory))) == ["instrument-unstated"]


def test_tables_of_other_columns_are_not_mixed(options: Options) -> None:
    table = "<table><row><entry>Participant</entry><entry>{}</entry></row></table>"
    xml = f"<t><participants>{table.format('Signature')}{table.format('Accession')}</participants></t>"
    assert codes(read_untc_xml(xml.encode(), options)) == ["untc-tables"]


def test_a_row_that_is_cut_is_told(options: Options) -> None:
    rows_ = "<row><entry>Participant</entry><entry>Signature</entry></row><row><entry>France</entry></row>"
    xml = f"<t><participants><table>{rows_}</table></participants></t>"
    assert codes(read_untc_xml(xml.encode(), options)) == ["untc-row"]


def test_a_kind_that_openclimatedata_never_had(options: Options) -> None:
    table = "Code,Ratification-Acceptance-Approval,Kind\nFRA,2016-10-05,Blessing\n"
    assert codes(read_openclimatedata(table, options)) == ["act-unknown"]


def test_a_table_of_something_else(options: Options) -> None:
    assert codes(read_manytreaties("a,b\n1,2\n", options)) == ["csv-column-missing"]
    assert codes(read_openclimatedata("a,b\n1,2\n", options)) == ["csv-column-missing"]


# openclimatedata


def test_paris_of_openclimatedata(options: Options) -> None:
    table = (
        "Code,Name,Signature,Ratification-Acceptance-Approval,Kind,Date-Of-Effect,Emissions,Percentage,Year\n"
        "AGO,Angola,2016-04-22,,,,61611,0.17,2005\n"
        "JPN,Japan,2016-04-22,2016-11-08,Acceptance,2016-12-08,1407800,3.79,2013\n"
        "SYR,Syrian Arab Republic,,2017-11-13,Accession,2017-12-13,79070,0.21,2005\n"
    )
    found = read_openclimatedata(table, options)
    assert rows(found) == [
        "2016-04-22 AGO signature",
        "2016-04-22 JPN signature",
        "2016-11-08 JPN acceptance",
        "2017-11-13 SYR accession",
    ]
    assert str(found.by_instrument["paris-agreement"][2].effective) == "2016-12-08"


@pytest.mark.parametrize(("column", "kind"), [("Acceptance", "acceptance"), ("Date", "consent")])
def test_doha_and_kigali_of_openclimatedata(options: Options, column: str, kind: str) -> None:
    found = read_openclimatedata(f"Code,Name,{column}\nEUU,European Union,2017-12-21\n", options)
    assert rows(found) == [f"2017-12-21 EUU {kind}"]


# Any table

MAPPING = """
dates = ["DD/MM/YYYY"]
actors = "iso2"
delimiter = ";"
absent = ["none"]

[columns]
instrument = "Treaty"
actor = "State"
act = "Event"
date = "On"
note = "Remarks"

[acts]
R = "ratification"
"a" = "accession"
"?" = "skip"

[instruments]
PA = "paris-agreement"
"""
MAPPED = "Treaty;State;Event;On;Remarks\nPA;NO;R;20/06/2016;none\nPA;NA;a;21/09/2016;first; \nPA;FR;?;01/01/2000;\n"


def test_any_table_by_a_mapping(options: Options) -> None:
    mapped, findings = read_mapping(MAPPING, "map.toml")
    assert findings == ()
    assert mapped is not None
    found = read_table(MAPPED.replace("first; ", '"first"'), mapped, options)
    assert rows(found) == ["2016-06-20 NOR ratification", "2016-09-21 NAM accession"]
    assert [act.note for act in found.by_instrument["paris-agreement"]] == ["", "first"]
    assert codes(found) == []


def test_columns_of_dates_by_a_mapping(options: Options) -> None:
    mapped = mapping_of(
        {"actor": "State"}, wide={"Signed": "signature", "In": "accession"}, instrument="paris-agreement"
    )
    found = read_table("State,Signed,In\nFrance,2016-04-22,-\nNorway,NA,2016-06\n", mapped, options)
    assert rows(found) == ["2016-04-22 FRA signature", "2016-06 NOR accession"]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("[columns]\nactor = 'A'\n", "mapping-column"),
        ("instrument = 'x'\n[columns]\nact = 'A'\ndate = 'D'\n", "mapping-column"),
        ("instrument = 'x'\n[columns]\nactor = 'A'\nact = 'B'\ndate = 'C'\n[acts]\nR = 'ratified'\n", "act-unknown"),
        ("instrument = 'x'\ndates = ['DD']\n[columns]\nactor = 'A'\nact = 'B'\ndate = 'C'\n", "mapping-dates"),
        ("instrument = 'x'\ndelimiter = ';;'\n[columns]\nactor = 'A'\nact = 'B'\ndate = 'C'\n", "mapping-delimiter"),
        ("instrument = 'x'\nactors = 'ioc'\n[columns]\nactor = 'A'\nact = 'B'\ndate = 'C'\n", "value-wrong"),
        ("instrument = 'x'\n[columns]\nactor = 'A'\nwho = 'B'\nact = 'B'\ndate = 'C'\n", "mapping-column"),
        ("=", "toml-malformed"),
    ],
)
def test_mappings_that_are_none(mapping: str, code: str) -> None:
    mapped, findings = read_mapping(mapping, "map.toml")
    assert mapped is None
    assert code in [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("who,what\nFrance,ratification\n", "csv-column-missing"),
        ("who,what,when\nFrance,ratified,2001\n", "act-unknown"),
        ("who,what,when\nFrance,ratification,\n", "date-missing"),
        ("who,what,when\nFrance,ratification,01/02/2001\n", "date-form"),
        ("who,what,when\n,ratification,2001\n", "row-empty"),
        ("who,what,when\nFrance,objection,2001\n", "ref-missing"),
    ],
)
def test_tables_that_are_none(options: Options, table: str, code: str) -> None:
    mapped = mapping_of({"actor": "who", "act": "what", "date": "when"})
    assert codes(read_table(table, mapped, options)) == [code]


def test_ids_made_of_a_sources_own() -> None:
    assert slug("DUES_1950P:HARBOUR_1949A") == "dues-1950p-harbour-1949a"


# Into a log


@pytest.fixture
def log(tmp_path: Path, public: FolderLayer) -> Log:
    made = Log.create(tmp_path / "log.comity", "example.org/register")
    apply(made, plan(public, LogLayer(made, 0)), RECORDED)
    return made


def test_a_table_that_tells_only_the_latest_takes_nothing_away(log: Log, options: Options, public: FolderLayer) -> None:
    found = read_untc_xml(XML.encode("iso-8859-1"), options)
    result = plan(found, LogLayer(log, len(log)), [public])
    assert (result.acts, result.definitions, result.proposals) == ((), (), ())
    log.close()


def test_a_table_that_says_otherwise_is_proposed(log: Log, options: Options, public: FolderLayer) -> None:
    # Norway ratified on 2016-06-20; who signed and never ratified has a new act.
    table = "Code,Name,Signature,Ratification-Acceptance-Approval,Kind\n"
    table += "NOR,Norway,2016-04-22,2016-06-21,Ratification\nIRN,Iran,2016-04-22,2030-01-01,Ratification\n"
    found = read_openclimatedata(table, options)
    result = plan(found, LogLayer(log, len(log)), [public])
    assert [f"{new.act.date} {new.act.actor} {new.act.kind}" for new in result.acts] == ["2030-01-01 IRN ratification"]
    assert [(one["before"]["date"], one["after"]["date"]) for one in result.proposals] == [("2016-06-20", "2016-06-21")]
    log.close()


def test_a_compilation_that_does_not_know_the_kind_says_nothing_against_it(
    log: Log, directory: Directory, public: FolderLayer
) -> None:
    table = "treaty,iso3,act,date\nPA,NOR,consent,2016-06-20\nPA,FRA,consent,2016-10-06\n"
    found = read_manytreaties(table, Options(directory=directory, instruments={"PA": "paris-agreement"}))
    result = plan(found, LogLayer(log, len(log)), [public])
    assert result.acts == ()
    (change,) = result.proposals
    assert (change["before"]["act"], change["after"]) == (
        "ratification",
        {**change["before"], "date": "2016-10-06"},
    )
    log.close()


def test_what_would_hide_the_register_that_ships_is_told(tmp_path: Path, options: Options, public: FolderLayer) -> None:
    with Log.create(tmp_path / "log.comity", "example.org/register") as empty:
        result = plan(read_untc_xml(XML.encode("iso-8859-1"), options), LogLayer(empty, 0), [public])
    assert "acts-hidden" in [finding.code for finding in result.findings]


def test_unresolved_names_forbid_the_import(tmp_path: Path, options: Options, public: FolderLayer) -> None:
    found = read_untc_csv("Participant,Signature\nAtlantis,1 Jan 2001\nFrance,1 Jan 2001\n", options)
    with Log.create(tmp_path / "log.comity", "example.org/register") as empty:
        result = plan(found, LogLayer(empty, 0), [public])
        assert result.refused
        with pytest.raises(ValueError, match="not applied"):
            apply(empty, result, RECORDED)


# The real tables


@pytest.mark.shared
def test_the_whole_compilation_is_imported_in_seconds(
    shared: Path, tmp_path: Path, directory: Directory, public: FolderLayer
) -> None:
    with gzip.open(shared / "treaties/ggo_acts.csv.gz", "rt", encoding="utf-8") as file:
        text = file.read()
    started = time.perf_counter()
    first = read_manytreaties(text, Options(directory=directory))
    out = io.StringIO()
    lines = list(csv.DictReader(io.StringIO(print_unresolved(first.unresolved))))
    writer = csv.DictWriter(out, lines[0].keys())
    writer.writeheader()
    writer.writerows({**line, "actor": "skip"} for line in lines)
    decisions, _ = read_decisions(out.getvalue(), "names.csv", directory)
    found = read_manytreaties(text, Options(directory=directory, decisions=decisions))
    with Log.create(tmp_path / "log.comity", "example.org/register") as log:
        done = apply(log, plan(found, LogLayer(log, 0), [public]), RECORDED)
        assert done.stop > 89_000
        assert plan(found, LogLayer(log, len(log)), [public]).empty
    assert time.perf_counter() - started < 60


@pytest.mark.shared
def test_the_names_of_the_collection_resolve(shared: Path, directory: Directory) -> None:
    with gzip.open(shared / "treaties/curated_acts.csv.gz", "rt", encoding="utf-8") as file:
        text = file.read()
    lines = [line for line in csv.DictReader(io.StringIO(text)) if line["source"] == "UNTC-2015"]
    resolver = Resolver(directory, trusted=frozenset({"Congo"}))
    for line in lines:
        resolver.resolve(line["participant"], parse_legal_date(line["date"]))
    # What is left are the acts of predecessors under their heirs' names, and of the two Yemens.
    assert {one.name for one in resolver.unresolved()} <= {"Russian Federation", "Serbia", "Yemen"}
    assert len(lines) > 9_000


# Files


def source(tmp_path: Path, name: str, data: bytes) -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


@pytest.mark.parametrize(
    ("form", "data", "count"),
    [
        ("untc-csv", TABLE.encode(), 11),
        ("untc-csv", gzip.compress(TABLE.encode()), 11),
        ("untc-csv", b"\xef\xbb\xbf" + TABLE.encode(), 11),
        ("untc-xml", XML.encode("iso-8859-1"), 9),
        ("openclimatedata", b"Code,Name,Date\nEUU,European Union,2017-12-21\n", 1),
        ("csv", b"who,what,when\nFrance,ratification,2001\n", 1),
    ],
)
def test_sources_are_read_from_files(directory: Directory, tmp_path: Path, form: str, data: bytes, count: int) -> None:
    request = Request(
        form=form,
        path=source(tmp_path, "source", data),
        instrument="paris-agreement",
        columns={"actor": "who", "act": "what", "date": "when"},
    )
    found = read_source(request, directory)
    assert len(rows(found)) == count
    assert codes(found) == []


@pytest.mark.parametrize(
    ("form", "data", "code"),
    [
        ("untc-csv", None, "file-unreadable"),
        ("untc-csv", TABLE.encode("utf-16"), "file-not-text"),
        ("untc-csv", b"Participant,\0", "file-not-text"),
        ("untc-csv", gzip.compress(TABLE.encode())[:-12], "file-unreadable"),
        ("untc-xml", b"PK\3\4", "xml-malformed"),
        ("csv", b"a,b\n", "mapping-column"),
    ],
)
def test_files_that_are_no_source(
    directory: Directory, tmp_path: Path, form: str, data: bytes | None, code: str
) -> None:
    path = tmp_path / "absent" if data is None else source(tmp_path, "source", data)
    found = read_source(Request(form=form, path=path, instrument="x"), directory)
    assert code in codes(found)
    assert rows(found, "x") == []


def test_a_mapping_and_a_list_of_names_come_as_files(directory: Directory, tmp_path: Path) -> None:
    request = Request(
        form="csv",
        path=source(tmp_path, "table.csv", b"Treaty;State;Event;On;Remarks\nPA;XY;R;20/06/2016;\n"),
        mapping=source(tmp_path, "map.toml", MAPPING.encode()),
        names=source(tmp_path, "names.csv", b"name,actor\nXY,NOR\n"),
    )
    assert rows(read_source(request, directory)) == ["2016-06-20 NOR ratification"]
    spoilt = source(tmp_path, "bad.csv", b"name,actor\nXY,NORWAY\n")
    found = read_source(msgspec.structs.replace(request, names=spoilt), directory)
    assert codes(found) == ["actor-unknown"]
    with pytest.raises(ValueError, match="is none of"):
        read_source(Request(form="xlsx", path=spoilt), directory)
