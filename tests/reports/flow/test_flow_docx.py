"""``flow.docx``: the picture with its alternative text, and the same diagram as a table that people can edit."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from report_log import HOSTILE

from reports.drawing import drawn
from reports.flow.as_table import flow_table
from reports.flow.boxes import Chart, chart
from reports.flow.counts import BOXES, Count, Flow
from reports.flow.docx import flow_document
from reports.flow.layout import figure, svg
from review.protocol.model import Remark, Reporting

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
FLOW = replace(Flow(**dict.fromkeys(BOXES, 1234)), dbr_reasons=(Count(HOSTILE, 1234, code="h"),))
REPORTING = Reporting(language="de", boxes=("appraisal", "synthesis"), footnotes=(Remark("new_studies", "Ours."),))


def written(made: Chart) -> Any:
    png = drawn(svg(made), "png", title="T", moment=MOMENT, ppi=72)
    data = flow_document(made, png, flow_table(FLOW, REPORTING), MOMENT)
    assert data == flow_document(made, png, flow_table(FLOW, REPORTING), MOMENT)
    return Document(io.BytesIO(data))


def test_the_picture_is_as_large_as_the_page_allows_and_is_described() -> None:
    made = chart(FLOW, "Mentoring", REPORTING)
    (shape,) = written(made).inline_shapes
    said = shape._inline.docPr.get("descr")
    assert said.startswith("PRISMA-2020-Flussdiagramm: Mentoring. ") and "Gesichtete Datensätze (n = 1.234)" in said
    drawing = figure(made)
    assert abs(shape.width / shape.height - drawing.width / drawing.height) < 0.01
    assert shape.width.cm <= 17.001  # a page of A4 with margins of 2 cm


def test_the_table_has_every_box_where_the_diagram_has_it() -> None:
    made = chart(FLOW, HOSTILE, REPORTING)
    document = written(made)
    grid, numbers = document.tables
    rows = [[cell.text for cell in row.cells] for row in grid.rows]
    assert {len(row) for row in rows} == {11}
    columns = ("previous", "main", "main_side", "other", "other_side")
    for box in made.boxes:
        assert rows[2 * box.row + 1][2 * columns.index(box.column) + 2] == "\n".join(item.text for item in box.items)
    assert rows[0][2] == "Frühere Studien" and rows[0][4] == rows[0][6] == made.heads[1][1]
    assert rows[1][0] == "Identifikation" and rows[3][0] == rows[7][0] == "Screening"
    assert rows[3][5] == "→" and rows[4][4] == "↓" and set(rows[4][2]) <= {"│", "\n"}
    assert rows[9][5] == rows[9][8] and rows[9][5].startswith("◄─") and rows[9][5].endswith("─┘")
    assert rows[11][2].startswith("└─") and rows[11][2].endswith("─►")
    assert grid.rows[3].height is None and grid.rows[7].height.pt >= 14  # room for the names of the phases
    assert len(numbers.rows) > 20
    sizes = [rPr for rPr in document.element.body.iter(qn("w:rPr")) if rPr.find(qn("w:sz")) is not None]
    assert len(sizes) > 100
    for rPr in sizes:  # scripts from right to left have a size of their own
        assert rPr.find(qn("w:szCs")).get(qn("w:val")) == rPr.find(qn("w:sz")).get(qn("w:val"))
    assert document.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "de"
    assert "* Ours." in [paragraph.text for paragraph in document.paragraphs]


def test_one_column_stays_on_an_upright_page() -> None:
    alone = replace(FLOW, previous_studies=None, previous_reports=None, website_results=0, organisation_results=0)
    alone = replace(alone, citations_results=0, other_results=0)
    assert len(written(chart(alone, "T")).sections) == 1
    assert len(written(chart(FLOW, "T")).sections) == 2
