"""Word documents: the same paper everywhere, columns as wide as their words, long rows that may be cut."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from docx.shared import Cm, Pt

from reports import prose
from reports.metrics import width
from reports.prose import Heading
from reports.render_docx import document, form
from reports.table import Table, table

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
HEADS = (
    "Study",
    "Title",
    "Aim",
    "Speciality",
    "Location",
    "Design",
    "Data collection",
    "Who took part",
    "Participants",
)
"""The columns of a usual table of characteristics: once they left a title one word per line."""
ROW = ("Castillo-Fernández 2010", "Mentoring and retention among doctors in remote communities: a survey of networks",
       "To explore how those who are mentored describe it", "General Practice", "United States", "Mixed methods",
       "Questionnaire; Focus groups", "Mentees", "not reported")  # fmt: skip
WIDE = table("t", "T", HEADS, [ROW])


def opened(data: bytes) -> Any:
    return Document(io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        document((WIDE,), title="T", moment=MOMENT),
        form(WIDE, moment=MOMENT),
        prose.as_docx((Heading("H"),), title="T", moment=MOMENT, landscape=True),
    ],
)
def test_every_document_is_on_a4_with_black_headings(data: bytes) -> None:
    doc = opened(data)
    assert {round(size / Cm(0.1)) for s in doc.sections for size in (s.page_width, s.page_height)} == {210, 297}
    assert {str(doc.styles[f"Heading {level}"].font.color.rgb) for level in (1, 2, 3)} == {"000000"}


def test_a_title_gets_several_words_on_a_line_and_no_word_is_cut_in_a_wide_table() -> None:
    grid = opened(document((WIDE,), title="T", moment=MOMENT)).tables[0]
    wide = [cell.width / Pt(1) - 10.8 for cell in grid.rows[1].cells]  # without the margins that Word gives a cell
    for room, cell, head in zip(wide, ROW, HEADS, strict=True):
        assert all(width(word, 8) <= room for word in cell.replace("-", "- ").split())
        assert all(width(word, 8, bold=True) <= room for word in head.split())
    assert wide[1] > width("Mentoring and retention", 8)


def long_row(letters: int) -> Table:
    return table("t", "T", ("A", "B"), [("a", "word " * (letters // 5))])


@pytest.mark.parametrize(("letters", "whole"), [(200, 1), (2_000, 0)])
def test_only_a_long_row_may_be_cut_at_the_end_of_a_page(letters: int, whole: int) -> None:
    grid = opened(document((long_row(letters),), title="T", moment=MOMENT)).tables[0]
    assert len(grid.rows[1]._tr.xpath("./w:trPr/w:cantSplit")) == whole
