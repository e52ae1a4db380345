"""CSV, TSV and XLSX: column names of every platform, separators, and cells that a spreadsheet would compute."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from review import formats
from review.errors import ReviewError
from review.formats import columns
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
    assert set(columns.OWN) == set(Record.__slots__)
    assert set(columns.OWN) <= set(columns.NAMES)


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
