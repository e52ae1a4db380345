"""CSV, TSV and XLSX: column names of every platform, separators, and cells that a spreadsheet would compute."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from review import formats
from review.errors import ReviewError
from review.formats.cells import OWN, tidied
from review.formats.column_names import FIELDS, NAMES
from review.record import Record

DATA = Path(__file__).parents[1] / "data" / "formats"


def test_pubmed_csv() -> None:
    reading = formats.read((DATA / "pubmed.csv").read_bytes(), name="pubmed.csv")
    assert reading.platform == "PubMed"
    record = reading.records[0]
    assert record.authors == ("Oak, A", "Elm, BC")
    assert (record.journal, record.volume, record.issue, record.pages) == ("J Synth Med", "110", "5", "188-197")
    assert (record.date, record.pmid, record.pmcid, record.doi) == ("2017-05", "99999991", "PMC9999991", "10.9999/s.1")
    assert ("First Author", "Oak A") in record.extra


def test_scopus_csv() -> None:
    reading = formats.read((DATA / "scopus.csv").read_bytes(), name="scopus.csv")
    record = reading.records[0]
    assert reading.platform == "Scopus"
    assert record.authors == ("Oak, A.", "Elm, B.C.")
    assert (record.date, record.pages, record.abstract, record.language) == ("2019", "12-19", None, "eng")
    assert (record.kind, record.source_id, record.keywords) == ("review", "2-s2.0-1", ("mentoring", "doctors"))
    assert ("Abstract", "[No abstract available]") in record.extra


def test_embase_csv_takes_the_printed_source_apart() -> None:
    reading = formats.read((DATA / "embase.csv").read_bytes(), name="embase.csv")
    record = reading.records[0]
    assert reading.platform == "Embase"
    assert record.authors == ("Oak, A.", "Elm, B.C.")
    assert (record.journal, record.volume, record.issue, record.pages) == ("Synthetic Ward", "102", "4", "253-258")
    assert record.date == "2004-08-25"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found(mark: str) -> None:
    text = mark.join(["Title ", "publication_year", "doi"]) + "\n" + mark.join(["A", "2014.0", "10.9999/a"]) + "\n"
    record = formats.read(text.encode(), name="x.csv").records[0]
    assert (record.title, record.date, record.doi, record.extra) == ("A", "2014", "10.9999/a", ())


def test_printed_lists_are_taken_apart_not_executed() -> None:
    text = 'title,authors,keywords\nT,"[\'Oak, A.\', \'Elm, B.\']","[\'x\', ""y\'s""]"\n'
    record = formats.read(text.encode(), name="x.csv").records[0]
    assert (record.authors, record.keywords) == (("Oak, A.", "Elm, B."), ("x", "y's"))


def test_unknown_columns_and_unreadable_cells_are_kept() -> None:
    record = formats.read(b"title,doi,label\nT,n.d.,1\n", name="x.csv").records[0]
    assert record.extra == (("doi", "n.d."), ("label", "1"))


def test_uneven_rows_are_read_and_said_and_empty_ones_are_no_records() -> None:
    reading = formats.read(b"title,year\nA,2001,more\n,\nB\n,2003\n", name="x.csv")
    assert [record.title for record in reading.records] == ["A", "B"]
    assert reading.records[0].extra == (("column 3", "more"),)
    assert [item.reason for item in reading.rejected] == [
        "line 5: the record has no title, no authors and no identifier"
    ]
    assert reading.losses == (
        "a row has more cells than the header has names, the rest was kept as extra: line 2",
        "a row has fewer cells than the header, the missing ones were taken as empty: line 4",
    )


def test_a_quotation_mark_that_is_never_closed_is_said() -> None:
    reading = formats.read(b'title,year\n"A,2001\nB,2002\n', name="x.csv")
    assert len(reading.records) == 1 and "never closed" in reading.losses[0]


def test_a_cell_longer_than_the_csv_module_allows_by_itself() -> None:
    reading = formats.read(b"title,abstract\nT," + b"x" * 200_000 + b"\n", name="x.csv")
    assert len(reading.records[0].abstract or "") == 200_000


def test_a_table_without_known_columns_is_refused_by_name() -> None:
    with pytest.raises(ReviewError, match=r"x\.csv: The table has no column for titles.*it has: foo, bar"):
        formats.read(b"foo,bar\n1,2\n", name="x.csv")


def test_cells_that_a_spreadsheet_would_compute_are_guarded_and_read_back() -> None:
    record = Record(title="=1+1", journal="'=x", abstract="-5 to +5", notes=("@home", "b; c"))
    data = formats.write([record], "csv")
    assert b"'=1+1" in data and b"''=x" in data and b"'-5 to +5" in data
    assert formats.read(data, name="x.csv").records == (record,)


def test_the_columns_written_are_the_fields_of_a_record() -> None:
    assert set(OWN) == set(Record.__slots__)
    assert set(OWN) <= set(NAMES)
    known = [name for names in NAMES.values() for name in names if name != "id"]
    assert len(known) == len(set(known))


def test_a_damaged_cell_of_our_own_file_is_quarantined() -> None:
    data = formats.write([Record(title="T", identifiers=(("a", "1"),))], "csv").replace(b'""1""', b'""1')
    reading = formats.read(data, name="x.csv")
    assert reading.records == () and "identifiers" in reading.rejected[0].reason


def workbook(*sheets: list[list[object]]) -> bytes:
    book = Workbook()
    for index, rows in enumerate(sheets):
        sheet = book.active if index == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_workbook_is_read_like_a_table() -> None:
    data = workbook([[], ["Title", "Year", "PMID"], ["A", 2014, 28504073.0]], [["more"]])
    reading = formats.read(data, name="x.xlsx")
    record = reading.records[0]
    assert (reading.format, record.title, record.date, record.pmid) == ("xlsx", "A", "2014", "28504073")
    assert reading.losses == ("only the first sheet was read, another holds cells too: sheet Sheet1",)


def test_formulas_that_nothing_has_computed_are_said_and_an_empty_text_is_not() -> None:
    data = workbook([["Title", "Year"], ["A", "=2000+14"]])
    (loss,) = formats.read(data, name="x.xlsx").losses
    assert "formulas" in loss
    computed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(computed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="B2"><f>', b'<c r="B2" t="str"><f>'))
    assert formats.read(computed.getvalue(), name="x.xlsx").losses == ()


@pytest.mark.parametrize("keep", [4, 200, -30])
def test_a_damaged_workbook_is_refused(keep: int) -> None:
    with pytest.raises(ReviewError, match="damaged"):
        formats.read(workbook([["Title"], ["A"]])[:keep], name="x.xlsx")


# Synthetic rows under the headers that the platforms write; sources of the headers in review/formats/column_names.py.
TABLES = {
    "Web of Science": (
        "\ufeffPT\tAU\tAF\tTI\tSO\tLA\tDT\tDE\tID\tAB\tSN\tEI\tPD\tPY\tVL\tIS\tBP\tEP\tDI\tPM\tUT\n"
        'J\tOak, A; Elm, BC\tOak, Ann; Elm, Bo\t"A" title\tSynth Med\tEnglish\tReview\tmentors\tBURNOUT\tAb.\t'
        "1234-5678\t8765-4321\tMAY 31\t2014\t12\t3\t142\t156\t10.9999/s.1\t99999991\tWOS:000000000000001\n",
        {"title": '"A" title', "kind": "review", "keywords": ("mentors", "BURNOUT")},
    ),
    "Lens": (
        "Lens ID,Title,Date Published,Publication Year,Publication Type,Source Title,ISSNs,Author/s,Abstract,Volume,"
        "Issue Number,Start Page,End Page,Keywords,MeSH Terms,Source URLs,External URL,PMID,DOI,Citing Works Count\n"
        "000-001,A title,2014-05-31,2014,journal article,Synth Med,12345678; 87654321,Ann Oak; Bo Elm,Ab.,12,3,142,156,"
        "mentors,Burnout,https://a.org,https://b.org,99999991,10.9999/s.1,3\n",
        {"keywords": ("mentors", "Burnout"), "source_id": "000-001", "url": "https://b.org"},
    ),
    "Dimensions": (
        '"About the data: Exported on Nov 22, 2026. Criteria: ""mentors""; all, of, them."\n'
        "Rank,Publication ID,DOI,PMID,Title,Abstract,Source title,MeSH terms,Publication Date,PubYear,Volume,Issue,"
        'Pagination,Publication Type,Authors,ISSN,Times cited\n1,pub.1,10.9999/s.1,99999991,A title,Ab.,Synth Med,'
        'mentors; Burnout,2014-05-31,2014,12,3,142-156,Article,"Oak, Ann; Elm, Bo","1234-5678, 8765-4321",3\n',
        {"keywords": ("mentors", "Burnout"), "source_id": "pub.1"},
    ),
    "ProQuest": (
        "Title,Abstract,StoreId,ArticleType,Authors,documentType,entryDate,issn,issue,language,pages,pubdate,pubtitle,"
        "year,DocumentURL,startPage,subjectTerms,volume,digitalObjectIdentifier,pmid\n"
        'A title,Ab.,123,Article,"Oak, Ann; Elm, Bo",Feature,2014-06-02,"12345678, 87654321",3,English,142-156,'
        "31 May 2014,Synth Med,2014,"
        'https://x.org,142,"mentors; Burnout",12,10.9999/s.1,99999991\n',
        {"keywords": ("mentors", "Burnout"), "language": "eng", "source_id": "123"},
    ),
    "EBSCOhost": (
        "Article Title,Author,Journal Title,ISSN,Publication Date,Volume,Issue,First Page,Last Page,Accession Number,"
        "DOI,Doctype,Subjects,Abstract,PLink,PMID\n"
        'A title,"Oak, Ann; Elm, Bo",Synth Med,1234-5678 8765-4321,2014-05-31,12,3,'
        "142,156,77,10.9999/s.1,Article,mentors; Burnout,Ab.,https://x.org,99999991\n",
        {"keywords": ("mentors", "Burnout"), "source_id": "77"},
    ),
    "Rayyan": (
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,abstract,doi,keywords,pubmed_id\n"
        'rayyan-1,A title,2014,5,31,Synth Med,"1234-5678, 8765-4321",12,3,142-156,"Oak, Ann and Elm, Bo",Ab.,'
        "10.9999/s.1,mentors;Burnout,99999991\n",
        {"keywords": ("mentors", "Burnout"), "source_id": "rayyan-1"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("platform", TABLES)
def test_tables_of_platforms(platform: str) -> None:
    text, particular = TABLES[platform]
    reading = formats.read(text.encode(), name="x.txt")
    assert (reading.format, reading.platform, reading.rejected) == ("csv", platform, ())
    (record,) = reading.records
    common = {
        "title": "A title", "authors": ("Oak, Ann", "Elm, Bo"), "date": "2014-05-31", "journal": "Synth Med",
        "volume": "12", "issue": "3", "pages": "142-156", "abstract": "Ab.", "doi": "10.9999/s.1", "pmid": "99999991",
        "issns": ("1234-5678", "8765-4321"),
    }  # fmt: skip
    assert {name: getattr(record, name) for name in common | particular} == common | particular


def test_cochrane_csv_has_its_journal_under_source() -> None:
    text = (
        '"Cochrane Review ID","Author(s)","Title","Source","Year","Abstract","Issue","ISSN","Keywords","DOI","URL"\n'
        '"CD1","Oak A, Elm BC","A title","Cochrane Database of Systematic Reviews","2014","Ab.","5","1465-1858",'
        '"Mentors; Humans","10.9999/s.1","http://dx.doi.org/10.9999/s.1"\n'
    )
    reading = formats.read(text.encode(), name="x.csv")
    record = reading.records[0]
    assert (reading.platform, record.journal) == ("Cochrane Library", "Cochrane Database of Systematic Reviews")
    assert (record.authors, record.source_id, record.keywords) == (("Oak, A", "Elm, BC"), "CD1", ("Mentors", "Humans"))


def test_a_register_of_trials() -> None:
    text = (
        "NCT Number,Study Title,Study URL,Acronym,Brief Summary,Conditions,Sponsor,Study Type,Start Date,First Posted\n"
        "NCT00000001,A title,https://x.org,ACR,Sum.,Burnout|Stress,U,OTHER,2014-01,2014-05-31\n"
    )
    reading = formats.read(text.encode(), name="x.csv")
    record = reading.records[0]
    assert (reading.platform, record.kind, record.source_id) == ("ClinicalTrials.gov", "trial", "NCT00000001")
    assert (record.date, record.abstract, record.keywords) == ("2014-05-31", "Sum.", ("Burnout", "Stress"))
    assert ("Start Date", "2014-01") in record.extra and ("Acronym", "ACR") in record.extra


def test_the_notice_above_a_header_is_said() -> None:
    (loss,) = formats.read(TABLES["Dimensions"][0].encode(), name="x.csv").losses
    assert loss.startswith(
        "text above the header was not read; it begins with “About the data: Exported on Nov 22, 2026"
    )


def test_the_words_of_a_date_that_say_more_are_kept() -> None:
    record = formats.read(b"title,year,month\nT,2014,May-June\n", name="x.csv").records[0]
    assert (record.date, record.extra) == ("2014", (("month", "May-June"),))


def test_unknown_columns_are_named_by_the_person_who_reads_them() -> None:
    data = "Titel;Autoren;Jahr;Quelle\nÜber Mentoren;Oak, A.;2014;X\n".encode()
    with pytest.raises(ReviewError, match="it has: Titel, Autoren, Jahr, Quelle") as caught:
        formats.read(data, name="x.csv")
    assert '--column "Titel=title"' in (caught.value.hint or "") and all(field in caught.value.hint for field in FIELDS)  # type: ignore[operator]
    reading = formats.read(data, name="x.csv", columns={"titel": "title", "Autoren": "authors", "Jahr": "date"})
    assert reading.records == (
        Record(title="Über Mentoren", authors=("Oak, A.",), date="2014", extra=(("Quelle", "X"),)),
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"Titl": "title"}, "no column “Titl”; it has: Titel"), ({"Titel": "name"}, "“name” is no field for a column")],
)
def test_a_wrong_mapping_is_refused(columns: dict[str, str], message: str) -> None:
    with pytest.raises(ReviewError, match=message):
        formats.read(b"Titel\nT\n", name="x.csv", columns=columns)


def test_a_mapping_is_for_tables_only() -> None:
    with pytest.raises(ReviewError, match="this is RIS, which has no columns"):
        formats.read(b"TY  - JOUR\nTI  - T\nER  - \n", name="x.ris", columns={"Titel": "title"})


def test_a_mapping_goes_before_a_known_name() -> None:
    record = formats.read(b"title,Titel\nx,T\n", name="x.csv", columns={"Titel": "title"}).records[0]
    assert (record.title, record.extra) == ("T", (("title", "x"),))


def test_the_platform_of_a_workbook_is_said() -> None:
    data = workbook(
        [["Publication Type", "Authors", "Article Title", "UT (Unique WOS ID)"], ["J", "Oak, A", "T", "WOS:1"]]
    )
    reading = formats.read(data, name="savedrecs.xlsx")
    assert (reading.platform, reading.records[0].source_id) == ("Web of Science", "WOS:1")


def test_an_old_workbook_is_refused_by_name() -> None:
    with pytest.raises(ReviewError, match="Excel 97-2003") as caught:
        formats.read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", name="x.xls")
    assert "XLSX" in (caught.value.hint or "")


def test_a_workbook_that_is_written_is_for_people() -> None:
    record = Record(title="=1+1", abstract="-5 to +5", date="2014", pmid="007", notes=("a\x00b",))
    data = formats.write([record], "xlsx")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(OWN) and sheet["A1"].font.bold and sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 60 and sheet.auto_filter.ref == "A1:X2"
    values = {cell.value: cell.data_type for cell in sheet[2] if cell.value is not None}
    assert values == {"'=1+1": "s", "'-5 to +5": "s", "2014": "s", "007": "s", "a b": "s"}
    assert formats.read(data, name="x.xlsx").records[0].title == "=1+1"
    assert data == formats.write([record], "xlsx")


@pytest.mark.parametrize("piece", ["x", "=", "\U0001f9ea", "a; b"])
def test_a_field_longer_than_a_cell_goes_on_in_further_columns_and_is_read_back(piece: str) -> None:
    whole = (piece * 70_000)[:70_000]
    records = (Record(title="T", abstract=whole), Record(title="=U", notes=(whole, "-1")), Record(title="V"))
    data = formats.write(records, "xlsx")
    rows = list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][: len(OWN)] == OWN and rows[0][len(OWN)] == "abstract (2)" and "notes (3)" in rows[0]
    texts = [str(value) for row in rows for value in row if value is not None]
    assert max(len(text.encode("utf-16-le")) // 2 for text in texts) <= 32_767
    assert not any(text.startswith(("=", "-", "@", "+")) for text in texts)
    assert formats.read(data, name="x.xlsx").records == records


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x7f\x85\u2028\u2029\ufeff\ufffe\uffff"), min_size=1, max_size=9
)
WORDS = st.lists(TEXT, max_size=3).map(tuple)
RECORDS = st.builds(
    Record, title=TEXT | st.sampled_from(["=1+1", "@x", "'=y", "+", "-", "\t="]), authors=WORDS,
    journal=st.none() | TEXT,
    date=st.sampled_from([None, "2014", "2014-05-31"]), keywords=WORDS, kind=st.sampled_from([None, "review"]),
    identifiers=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple), notes=WORDS, source_id=st.none() | TEXT,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=3), st.sampled_from(["csv", "xlsx"]))
def test_every_record_is_read_back_as_it_was(records: list[Record], format: str) -> None:
    kept = [one for one in map(tidied, records) if one.title]
    data = formats.write(kept, format)
    assert list(formats.read(data, name=f"x.{format}").records) == kept
    assert data == formats.write(kept, format)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(TABLES)),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 20), st.text(max_size=8)), max_size=6),
)
def test_no_damage_crashes_the_reader(platform: str, cuts: list[tuple[int, int, str]]) -> None:
    text = TABLES[platform][0]
    for start, length, new in cuts:
        text = text[:start] + new + text[start + length :]
    try:
        reading = formats.read(text.encode("utf-8", "replace"), name="x.csv", format="csv")
    except ReviewError:
        return
    assert reading.records or reading.rejected or reading.losses
