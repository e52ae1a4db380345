"""What does not fit: more columns than a page holds, more text than a cell holds, what no drawing may hold."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from docx import Document
from openpyxl import load_workbook

from reports.plots.canvas import Rect, Words, figure, svg
from reports.render_docx import document
from reports.render_latex import fragment
from reports.render_xlsx import workbook
from reports.table import PADDING, Table, fitting, shares, table

ROOM = 130.0
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def wide(columns: int, rows: int) -> Table:
    names = ["Study", *(f"Responsibility {n}" for n in range(1, columns))]
    return table(
        "wide", "Wide", names, [[f"Ramanan {r}", *(f"{r}/{c}" for c in range(1, columns))] for r in range(rows)]
    )


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (5, 3), (40, 0), (40, 1), (40, 300)])
def test_every_part_begins_with_the_study_and_no_cell_is_lost(columns: int, rows: int) -> None:
    one = wide(columns, rows)
    parts = list(fitting(one, ROOM))
    assert all(part.columns[0] == "Study" for part in parts)
    assert [name for part in parts for name in part.columns[1:]] == list(one.columns[1:])
    joined = [tuple(cell for part in parts for cell in part.rows[r][1:]) for r in range(rows)]
    assert joined == [row[1:] for row in one.rows]


def test_no_word_is_broken_for_want_of_room_while_a_longer_one_has_more_than_it_needs() -> None:
    columns = ("Ramanan", "Instrument", *["x" * 300] * 4)
    one = table("t", "T", columns, [columns])
    room = [share * 100 for share in shares(one, 100)]
    assert room[0] >= len("Ramanan") + PADDING - 0.5 and room[1] >= len("Instrument") + PADDING - 0.5
    for part in fitting(wide(40, 1), ROOM):
        assert all(share * ROOM > len("Responsibility") for share in shares(part, ROOM)[1:])


def test_the_parts_of_a_table_have_one_caption_and_one_number() -> None:
    other = table("next", "Next", ("A",), [["1"]])
    doc = Document(io.BytesIO(document([wide(40, 2), other], title="T", moment=MOMENT)))
    captions = [p._p.xpath("string(.)") for p in doc.paragraphs if p.style.name == "Caption"]
    assert captions == ["Table 1. Wide", "Table 2. Next"]
    assert len([p for p in doc.paragraphs if "further columns" in p.text]) == len(doc.tables) - 2 > 3
    code = fragment(wide(40, 2))
    assert code.count("\\caption{") == code.count("\\label{") == 1
    assert code.count("\\addtocounter{table}{-1}") == code.count("\\begin{longtable}") - 1 > 3


def test_a_text_longer_than_a_cell_of_excel_says_that_it_is_cut() -> None:
    texts = ["a" * 32_767, "a" * 32_768, "😀" * 20_000]
    data = workbook([table("t", "T", ("A",), [[text] for text in texts])], title="T", moment=MOMENT)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    whole, cut, wide = (str(sheet.cell(row, 1).value) for row in (2, 3, 4))
    assert whole == texts[0] and cut == "a" * 32_763 + " […]"
    assert wide == "😀" * 16_381 + " […]" and len(wide.encode("utf-16-le")) // 2 <= 32_767


def test_no_control_character_of_a_key_breaks_a_figure() -> None:
    made = figure("f", "T\x00", "D\x1f", (9, 9), [Rect(0, 0, 1, 1, key="a\x01b"), Words(1, 1, "c\x02d")])
    root = ElementTree.fromstring(svg(made))
    assert [one.get("data-key") for one in root.iter() if one.get("data-key")] == ["ab"]
