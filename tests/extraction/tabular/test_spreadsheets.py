"""What spreadsheets and people do to a table: nothing is lost, and what cannot be read is said in clear words."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from extraction.tabular.exchange import DAY_ZERO, write_csv
from extraction.tabular.form_sheets import ANSWERS, CHECK, answers_plan, answers_table
from extraction.tabular.plans import Plan
from extraction.tabular.workbooks import write_xlsx
from review.errors import ReviewError
from review.forms import Field, Form, Option, Section, When

KEYS = ("maker2001", "may2002")
N = Field("n", "People", "number", required=True)
ARMS = Field("arms", "Arms", "group", quote=True, fields=(Field("name", "Name"), N))
ROWS = (Option("before", "Before"), Option("after", "After"))
SCORES = Field("scores", "Scores", "table", rows=ROWS, fields=(Field("mean", "Mean", "number"), N))
KIND = Field("kind", "Kind", "single", options=(Option("trial", "Trial"), Option("survey", "Survey")))
FORM = Form("small", "1", "Small", "made up", (
    Section("All", (
        KIND, Field("pages", "Pages"), Field("until", "Until", "date"), Field("n", "People", "number"),
        Field("year", "Year", "text", prefill="year"),
        Field("agree", "Agreement", "counts", required=True, when=When("kind", ("survey",))), ARMS, SCORES,
    )),
))  # fmt: skip
ARM_ROWS = [{"name": "Mentored", "n": 12}, {"name": "Not", "n": {"missing": "not_reported"}}]
OFFERED = {key: {"year": "2001"} for key in KEYS}
Fill = Callable[[Worksheet, Callable[[str, str, str], Any]], None]


def held(field: str, value: Any = None, study: str = "maker2001", **more: Any) -> dict[str, Any]:
    ends = dict.fromkeys(("missing", "quote", "place", "file", "origin"))
    return {
        "study": study,
        "form": "small",
        "version": "1",
        "field": field,
        "value": value,
        "event": field,
        **ends,
        **more,
    }


MINE = [
    held("kind", "trial"), held("pages", "3-5", quote="Three", place="p. 3", file="f" * 64), held("n", 12.5),
    held("arms", ARM_ROWS, quote="Two arms", place="p. 4", file="f" * 64),
    held("scores", [{"row": "after", "mean": 3.5}]),
]  # fmt: skip


def plan(data: bytes, form: Form = FORM, **more: Any) -> Plan:
    return answers_plan(form, KEYS, MINE, data, OFFERED, **more)


def told(result: Plan) -> list[tuple[str, str, str]]:
    return [(change.kind, change.what, change.text) for change in result.changes]


def filled(fill: Fill) -> bytes:
    """Write the table, do what a person or a spreadsheet does to it, and save it as openpyxl does."""
    book = load_workbook(io.BytesIO(write_xlsx(answers_table(FORM, KEYS, MINE, OFFERED))))
    sheet = book["answers"]
    rows = {(sheet.cell(n, 1).value, sheet.cell(n, 2).value): n for n in range(2, sheet.max_row + 1)}
    fill(sheet, lambda study, field, column: sheet.cell(rows[study, field], ANSWERS.index(column) + 1))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_rows_for_every_cell_of_groups_and_tables_with_one_group_to_spare() -> None:
    table = answers_table(FORM, KEYS, MINE, OFFERED)
    cells = {row[1]: row[4:6] for row in table.rows if row[0] == "maker2001"}
    assert {path: cell for path, cell in cells.items() if "/" in str(path)} == {
        "arms#1/name": ("Mentored", None), "arms#1/n": (12, None), "arms#2/name": ("Not", None),
        "arms#2/n": (None, "not_reported"), "arms#3/name": (None, None), "arms#3/n": (None, None),
        "scores/before/mean": (None, None), "scores/before/n": (None, None),
        "scores/after/mean": (3.5, None), "scores/after/n": (None, None),
    }  # fmt: skip
    hints = {row[1]: row[3] for row in table.rows}
    assert str(hints["agree"]).startswith("asked when Kind is Survey · ") and "required then" in str(hints["agree"])
    assert {row[4:9] for row in table.rows if row[1] == "year"} == {("2001", None, None, None, CHECK)}


def test_cells_of_groups_and_tables_are_filled_in_one_by_one() -> None:
    text = "study,field,value,missing,quote,place,clear\n" + "".join(f"maker2001,{line}\n" for line in (
        "arms#3/name,Waiting,,,,", "arms#3/n,,unclear,,,", "arms#1/n,13,,,,", "arms#2/n,,,,,yes",
        "scores/before/n,4,,,,",
    ))  # fmt: skip
    result = plan(text.encode())
    assert [change.entry.payload["value"] for change in result.changes] == [
        [{"name": "Mentored", "n": 13}, {"name": "Not"}, {"name": "Waiting", "n": {"missing": "unclear"}}],
        [{"row": "before", "n": 4}, {"row": "after", "mean": 3.5}],
    ]
    assert "arms#1/n: 12 → 13; arms#2/n: not_reported → nothing; arms#3/name: nothing → Waiting" in told(result)[0][2]
    assert result.changes[0].entry.payload["quote"] == "Two arms"
    assert result.changes[0].entry.payload["file"] == "f" * 64
    wrong = plan(text.replace("arms#1/n,13", "arms#1/m,13").replace("scores/before/n,4", "scores/b/n,4").encode())
    assert [fault.what for fault in wrong.faults] == [
        "the form has no field 'arms#1/m'",
        "the form has no field 'scores/b/n'",
    ]
    assert wrong.faults[0].hint == "its rows are named as arms#1/name"


def test_what_the_record_offers_is_taken_once_its_mark_is_gone() -> None:
    assert plan(filled(lambda sheet, at: None)).changes == ()

    def check(sheet: Worksheet, at: Callable[[str, str, str], Any]) -> None:
        at("maker2001", "year", "origin").value = None
        at("may2002", "year", "value").value = "2002"

    result = plan(filled(check))
    assert [(c.what, c.entry.payload["value"], c.entry.payload["origin"]) for c in result.changes] == [
        ("maker2001, year", "2001", "record"), ("may2002, year", "2002", None),
    ]  # fmt: skip


def test_renamed_columns() -> None:
    data = write_csv(answers_table(FORM, KEYS, MINE)).replace(b"value,missing", b"answer,missing")
    with pytest.raises(ReviewError, match="lacks the column value: nothing was read") as caught:
        plan(data)
    assert "was one of these renamed: answer?" in str(caught.value.hint)
    other = write_csv(answers_table(FORM, KEYS, MINE)).replace(b"study,field,label", b"Study , FIELD,my label")
    assert (plan(other).changes, plan(other).notes) == ((), ("the column 'my label' is not known and was left out",))


def test_deleted_rows_sorted_rows_and_empty_ones() -> None:
    table = answers_table(FORM, KEYS, MINE)
    turned = replace(table, rows=tuple(reversed(table.rows)))
    assert (plan(write_xlsx(turned)).changes, plan(write_xlsx(turned)).notes) == ((), ())
    few = replace(table, rows=tuple(row for row in table.rows if row[1] not in ("pages", "arms#1/n", "until")))
    result = plan(write_xlsx(few))
    assert (result.changes, result.faults) == ((), ())
    assert result.notes == (
        "5 rows of the table are not in the file: nothing is deleted by that; 2 of them hold something in the review, "
        "which stays",
    )


def test_dates_turned_into_numbers_and_texts_into_dates() -> None:
    def spoil(sheet: Worksheet, at: Callable[[str, str, str], Any]) -> None:
        at("maker2001", "until", "value").value = 41640
        at("maker2001", "pages", "value").value = datetime(2026, 5, 3)
        at("may2002", "n", "value").value = "12,5"
        at("may2002", "pages", "value").value = "  007 "

    told_ = [str(fault) for fault in plan(filled(spoil)).faults]
    assert len(told_) == 3
    assert "turned this into a date (2026-05-03)" in told_[0]
    assert "it is a spreadsheet's number for 2014-01-01" in told_[1]
    assert "'12,5' is not a number" in told_[2] and "12.5" in told_[2]
    assert [c.text for c in plan(filled(spoil)).changes] == ["value: 007"]
    text = "study,field,value,missing,quote,place\nmaker2001,pages,5-Mar,,,\nMay-02,pages,7,,,\n"
    result = plan(text.encode())
    assert "row 2, value: '5-Mar' looks like a date" in result.notes[-1]
    assert "a spreadsheet may have made a date of its key" in str(result.faults[0])
    result = plan(b"study,field,value,missing,quote,place\nmaker2001,pages,#REF!,,,\n")
    assert "row 2, value: '#REF!' looks like what a spreadsheet writes where a formula failed" in result.notes


def test_a_workbook_that_counts_its_days_from_1904() -> None:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append(["study", "field", "value", "missing", "quote", "place"])
    book.active.append(["maker2001", "until", datetime(2014, 5, 3)])
    book.active.append(["may2002", "until", 40178])
    out = io.BytesIO()
    book.save(out)
    result = plan(out.getvalue())
    assert [change.entry.payload["value"] for change in result.changes] == ["2014-05-03"]
    assert "the number for 2014-01-01 in this file, which counts days from 1904" in str(result.faults[0])
    assert DAY_ZERO.year == 1899


def newer(**changes: Field) -> Form:
    fields = tuple(changes.get(field.id, field) for field in FORM.fields if field.id != "until")
    return replace(FORM, version="2", sections=(Section("All", (*fields, Field("aim", "Aim"))),))


def test_a_form_changed_half_way() -> None:
    """A table of version 1 comes back under 2: ``n`` has a unit now, ``until`` is gone, ``aim`` is new."""
    form = newer(n=replace(N, unit="pairs", required=False))

    def fill(sheet: Worksheet, at: Callable[[str, str, str], Any]) -> None:
        at("may2002", "pages", "value").value = "7"
        at("may2002", "n", "value").value = 94
        at("may2002", "until", "value").value = "2014"

    data = filled(fill)
    result = plan(data, form, version=lambda number: FORM if number == "1" else None)
    assert result.faults == ()
    assert [(c.what, c.entry.payload["form"]) for c in result.changes] == [
        ("may2002, pages", "small@2"), ("may2002, until", "small@1"), ("may2002, n", "small@1"),
    ]  # fmt: skip
    notes = "\n".join(result.notes)
    assert "version 2 of the form asks more (aim)" in notes
    assert "version 2 of the form changed the field 'n': 1 answer to it is kept as given under version 1" in notes
    assert "version 2 of the form has no more the field 'until'" in notes
    with pytest.raises(ReviewError, match="version 1 of the form, which was never in use here"):
        plan(data, form)
    with pytest.raises(ReviewError, match="is of the form 'small', not of 'large'"):
        plan(data, replace(form, name="large"))


def test_merged_cells_a_second_sheet_and_formulas_nobody_computed() -> None:
    with pytest.raises(ReviewError, match=r"merged cells \(E2:E3\): nothing was read"):
        plan(filled(lambda sheet, at: sheet.merge_cells("E2:E3")))

    def copy(sheet: Worksheet, at: Callable[[str, str, str], Any]) -> None:
        other = sheet.parent.create_sheet("mine", 0)
        other.append(["study", "field", "value", "missing", "quote", "place"])
        other.append(["may2002", "n", 5])
        at("may2002", "pages", "value").value = "=A1"
        at("may2002", "pages", "value").data_type = "f"

    result = plan(filled(copy))
    assert result.changes == ()
    assert any("only the sheet 'answers' was read: the sheet 'mine' has the same columns" in n for n in result.notes)
    assert any("formulas that no spreadsheet program has computed" in note for note in result.notes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_csv_of_other_countries(encoding: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([[*ANSWERS], ["may2002", "pages", "", "", "é ＝1 ", *[""] * 6]])
    result = plan(out.getvalue().replace("＝", "=" if encoding == "cp1252" else "＝").encode(encoding))
    assert [change.entry.payload["value"] for change in result.changes] == ["é =1" if encoding == "cp1252" else "é ＝1"]


def test_an_answer_that_is_not_asked_is_kept_and_said() -> None:
    result = plan(b"study,field,value,missing,quote,place\nmaker2001,agree,Yes: 3,,,\n")
    assert told(result) == [("new", "maker2001, agree", "value: Yes: 3")]
    assert "row 2: maker2001, agree is not asked as things stand; the answer is kept all the same" in result.notes


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_writes_it_again_and_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(write_xlsx(answers_table(FORM, KEYS, MINE, OFFERED)))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    for kind in ("xlsx", "csv"):
        command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / kind), "in.xlsx"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
        written = tmp_path / kind / f"in.{kind}"
        if not written.exists():
            pytest.skip("LibreOffice is here without Calc, which reads and writes workbooks")
        result = plan(written.read_bytes())
        assert (result.changes, result.faults, result.same) == ((), (), len(MINE))
