"""Tables as XLSX and CSV: loss-free both ways, the same bytes each time, and clear words for what spreadsheets do."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from extraction.tabular.exchange import Cell, Choices, Table, read, write_csv
from extraction.tabular.workbooks import write_xlsx
from extraction.values import text_of
from review.errors import ReviewError

COLUMNS = ("study", "value", "quote")

clean = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(text_of)
"""Texts as they are kept: clean, or nothing."""
tricky = st.sampled_from(["=1+1", "+x", "-x", "@a", "'=a", "#N/A", "TRUE", "1e5", "007", "a;b", 'say "x"', "a\nb"])


def table(*rows: tuple[Cell, ...], fixed: bool = True) -> Table:
    choices = (Choices("value", ("a", "b"), (0,)), Choices("quote", ("c",), strict=False))
    return Table("answers", COLUMNS, rows, ("value", "quote"), fixed=fixed, choices=choices)


def cells(data: bytes) -> list[tuple[object, ...]]:
    return [tuple(row.cells[name] for name in COLUMNS) for row in read(data, "answers", COLUMNS, COLUMNS).rows]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.just("s1"), clean | tricky, clean | tricky), max_size=5))
def test_texts_survive_both_formats(rows: list[tuple[Cell, ...]]) -> None:
    assert cells(write_csv(table(*rows))) == rows
    assert cells(write_xlsx(table(*rows))) == rows


def test_numbers_stay_numbers_in_xlsx() -> None:
    assert cells(write_xlsx(table(("s1", 49, 12.5)))) == [("s1", 49, 12.5)]
    assert cells(write_csv(table(("s1", 49, -12.5)))) == [("s1", "49", "-12.5")]


def test_the_same_table_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_xlsx(table(("s1", "a", "b")))
    monkeypatch.setattr("time.localtime", lambda *_: (2001, 2, 3, 4, 5, 6, 5, 34, 0))
    assert write_xlsx(table(("s1", "a", "b"))) == first
    assert load_workbook(io.BytesIO(first)).properties.modified == datetime(2000, 1, 1)


def test_identifiers_are_protected_lists_are_offered_and_texts_are_texts() -> None:
    book = load_workbook(io.BytesIO(write_xlsx(table(("s1", "a", "=b")))))
    sheet = book["answers"]
    assert sheet.protection.sheet
    assert [sheet.cell(2, n).protection.locked for n in (1, 2, 3)] == [True, False, False]
    assert sheet["C2"].data_type == "s" and sheet["C2"].number_format == "@"
    offered = {
        str(rule.sqref): (rule.formula1, rule.showErrorMessage) for rule in sheet.data_validations.dataValidation
    }
    assert offered == {"B2": ("lists!$A$1:$A$2", True), "C2:C2000": ("lists!$B$1:$B$1", False)}
    assert [book["lists"]["A1"].value, book["lists"]["A2"].value] == ["a", "b"]
    assert book["lists"].sheet_state == "hidden"
    assert not load_workbook(io.BytesIO(write_xlsx(table(fixed=False))))["answers"].protection.sheet


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_as_spreadsheets_of_other_countries_write_it(mark: str) -> None:
    text = f"Study{mark} VALUE {mark}quote\r\ns1{mark}a{mark}“b”\r\n"
    assert cells(text.encode("utf-8-sig")) == [("s1", "a", "“b”")]
    assert cells(text.encode("utf-16")) == [("s1", "a", "“b”")]


def test_an_old_encoding_is_read_and_said() -> None:
    done = read("study,value,quote\ns1,caf\xe9 x,b\n".encode("cp1252"), "answers", COLUMNS, COLUMNS)
    assert done.rows[0].cells["value"] == "caf\xe9 x"
    assert "Windows-1252" in done.notes[0]


def test_rows_that_are_short_or_empty_and_columns_of_ones_own() -> None:
    done = read(b"study,value,quote,mine\ns1,a\n,,,\ns2,b,c,private\n", "answers", COLUMNS, COLUMNS)
    assert [(row.line, row.cells["study"], row.cells["quote"]) for row in done.rows] == [
        (2, "s1", None),
        (4, "s2", "c"),
    ]
    assert done.notes == ("the column 'mine' is not known and was left out",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"study,answer,quote\ns1,a,b\n", "lacks the column value"),
        (b"study,quote\n", "lacks the column value"),
        (b"study,value,quote,Value\n", "the column value is there twice"),
        (b"study,value,quote\ns1,a,b,c\n", "row 2 has 4 cells, but the header has 3"),
        (b'study,value,quote\ns1,"a,b\n', "cannot be read at line"),
        (b"", "empty"),
        (b"<html><body>Sign in</body></html>", "lacks the columns study, value, quote"),
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes, words: str) -> None:
    with pytest.raises(ReviewError, match=words):
        read(data, "answers", COLUMNS, COLUMNS)


def test_a_renamed_column_is_named() -> None:
    with pytest.raises(ReviewError) as caught:
        read(b"study,values,quote\n", "answers", COLUMNS, COLUMNS)
    assert "was one of these renamed: values? did you mean 'values'?" in str(caught.value.hint)


def test_a_workbook_cut_in_the_middle_is_told_in_words() -> None:
    whole = write_xlsx(table(("s1", "a", "b")))
    for length in (len(whole) // 3, len(whole) // 2, len(whole) - 30):
        with pytest.raises(ReviewError, match="damaged"):
            read(whole[:length], "answers", COLUMNS, COLUMNS)


def test_a_sheet_of_another_name_and_dates_come_through() -> None:
    book = Workbook()
    book.active.append(list(COLUMNS))
    book.active.append(["s1", datetime(2024, 5, 3), None])
    out = io.BytesIO()
    book.save(out)
    assert cells(out.getvalue()) == [("s1", datetime(2024, 5, 3), None)]
