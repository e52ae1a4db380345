"""Tables as Word documents: real tables with a filled header row that repeats on every page. Pure: gives bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from reports.clean import legal
from reports.table import Table, shown
from review.formats.zipped import steady

_FILL = "D9E2EC"
PROSE = 40
"""From so many characters on average a column counts as prose, and gets no wider."""
LETTER, PADDING = Pt(5.2), 3
"""The width of a letter of Arial 9 point, bold headers reckoned in, and the cell's margins in letters."""


def document(tables: Sequence[Table], *, title: str, moment: datetime) -> bytes:
    """Write tables one after the other, each under a heading that Word's table of contents finds.

    A table of many columns stands on a landscape page; the orientation changes only where it must.
    """
    doc = new_document(title)
    landscape = False
    for i, table in enumerate(tables):
        if table.wide != landscape:
            _turn(doc.add_section(WD_SECTION.NEW_PAGE) if i else doc.sections[-1])
            landscape = not landscape
        add_table(doc, table)
    return saved(doc, moment)


def saved(doc: Any, moment: datetime) -> bytes:
    """Give a document's bytes, the same for the same content."""
    out = io.BytesIO()
    doc.save(out)
    return steady(out.getvalue(), moment)


def new_document(title: str, *, landscape: bool = False) -> Any:
    """Start an empty document."""
    doc = Document()
    if landscape:
        _turn(doc.sections[-1])
    doc.sections[-1].left_margin = doc.sections[-1].right_margin = Cm(2)
    core = doc.core_properties
    core.title, core.author, core.comments = legal(title)[:255], "narrative-review", ""
    doc.styles["Normal"].font.name, doc.styles["Normal"].font.size = "Arial", Pt(10)
    return doc


def add_table(doc: Any, table: Table) -> None:
    """Add heading, table and note to a document."""
    doc.add_heading(" ".join(table.heading.split()), 1)
    add_grid(doc, table)


def add_grid(doc: Any, table: Table) -> None:
    """Add table and note to a document, without a heading."""
    if not table.rows:
        doc.add_paragraph("Nothing to show yet.")
    else:
        grid = doc.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Table Grid")
        grid.autofit = False
        _header(grid.rows[0])
        section = doc.sections[-1]
        widths = _widths(table, section.page_width - section.left_margin - section.right_margin)
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for line, row in zip((table.columns, *table.rows), grid.rows, strict=True):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # a study stays on one page
            for text, cell, width in zip(line, row.cells, widths, strict=True):
                cell.width = width
                cell.paragraphs[0].add_run(shown(text)).font.size = Pt(9)
        for cell in grid.rows[0].cells:
            cell.paragraphs[0].runs[0].bold = True
    for note in (table.note or "").splitlines():
        doc.add_paragraph(note)


def _widths(table: Table, whole: int) -> list[int]:
    """Share the page among the columns: each gets its longest word, what is left goes by how much prose each holds."""
    least, prose = [], []
    for column in zip(table.columns, *table.rows, strict=True):
        texts = [shown(text) for text in column]
        least.append((max((len(word) for text in texts for word in text.split()), default=1) + PADDING) * LETTER)
        prose.append(min(sum(map(len, texts)) / len(texts), PROSE))
    spare = max(whole - sum(least), 0)
    scale = min(whole / sum(least), 1.0)
    return [int(word * scale + spare * share / sum(prose)) for word, share in zip(least, prose, strict=True)]


def _header(row: Any) -> None:
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(repeat)
    for cell in row.cells:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", _FILL)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _turn(section: Any) -> None:
    portrait = section.orientation == WD_ORIENT.PORTRAIT
    section.orientation = WD_ORIENT.LANDSCAPE if portrait else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
