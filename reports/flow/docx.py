"""The flow diagram as a Word document: the picture, the diagram again as a table for editing by hand, the numbers.

Word draws no SVG that python-docx could put in, so the picture is a PNG; co-authors change the table, whose cells are
laid out as the boxes are, with arrows as characters in the cells between.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as UPRIGHT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt

from reports.flow.boxes import Box, Chart, Column
from reports.flow.layout import BAR, GAP_X, SIDE, WIDTHS
from reports.metrics import width, wrap
from reports.plots.canvas import TONES
from reports.render_docx import add_grid, new_document, saved, sized
from reports.table import Table
from reports.words import wording

_SIZE, _SIDE_MARGIN, _ABOVE = 8.0, 2.5, 2.0
"""Letters of the table, and what is left free at the sides of a cell and above and below, in points."""
_IN = 6.0
_TALL = 1.15
"""Line height over letter size, of Arial."""


def flow_document(chart: Chart, png: bytes, numbers: Table, moment: datetime) -> bytes:
    """Write picture, editable diagram and numbers; the same chart gives the same bytes."""
    doc = new_document(chart.title)
    _language(doc, chart.language)
    doc.add_heading(" ".join(chart.title.split()), 1)
    _picture(doc, png, chart)
    if any(column == "other" for column, _ in chart.heads):
        _across(doc.add_section(WD_SECTION.NEW_PAGE))
    else:
        doc.add_page_break()
    doc.add_heading(wording(chart.language)["page"]["editable"], 2)
    _Drawing(chart, doc).draw()
    for note in chart.footnotes:
        below = doc.add_paragraph()
        sized(below.add_run(note), _SIZE)
        below.paragraph_format.space_after = Pt(0)
    doc.add_heading(numbers.heading, 2)
    add_grid(doc, numbers)
    return saved(doc, moment)


def _language(doc: Any, language: str) -> None:
    """Say the language of the text, for spelling and for those who have it read out."""
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), language)
    doc.styles["Normal"].element.get_or_add_rPr().append(lang)


def _picture(doc: Any, png: bytes, chart: Chart) -> None:
    """Put in the picture at its own size, or as large as the page allows."""
    shape, section = doc.add_picture(io.BytesIO(png)), doc.sections[-1]
    room = section.page_width - section.left_margin - section.right_margin
    high = int((section.page_height - section.top_margin - section.bottom_margin) * 0.86)
    scale = min(1.0, room / shape.width, high / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    said = ". ".join(" ".join(item.text for item in box.items) for box in chart.boxes)
    shape._inline.docPr.set("descr", f"{chart.title}. {said}".replace("\u00a0", " "))


def _across(section: Any) -> None:
    """Turn a page to landscape."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


@dataclass(frozen=True)
class _Drawing:
    """A chart as a grid of cells: phase, then a cell per column with a gap before each; a row of arrows between rows.

    A chart's column ``i`` is cell ``2 i + 2``, its row ``r`` is row ``2 r + 1`` (row 0 holds the titles).
    """

    chart: Chart
    doc: Any

    def draw(self) -> None:
        """Add the table to the document."""
        widths = self._widths
        rows = 2 * (1 + max(box.row for box in self.chart.boxes))
        grid = self.doc.add_table(rows=rows, cols=len(widths))
        grid.autofit = False
        _margins(grid)
        for column, wide in zip(grid.columns, widths, strict=True):
            column.width = Pt(wide)
        for row in grid.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, wide in zip(row.cells, widths, strict=True):
                cell.width, cell.vertical_alignment = Pt(wide), UPRIGHT.CENTER
                _write(cell, ("",), tight=True)  # an empty cell is as low as its letters
        cells = [list(row.cells) for row in grid.rows]
        for (row, column), text in self._arrows().items():
            _write(cells[row][column], (text,), align=ALIGN.CENTER, tight=True)
        self._bends(cells)
        for box in self.chart.boxes:
            cell = cells[2 * box.row + 1][self._at(box.column)]
            _write(cell, [item.text for item in box.items], indents=[item.indent for item in box.items])
            _framed(cell)
        self._titles(cells)
        for label, first, last in self.chart.phases:
            inside = [self._lines(row) * _SIZE * _TALL + 2 * _ABOVE for row in range(2 * first + 1, 2 * last + 2)]
            need = width(label, _SIZE, bold=True) + 2 * _SIZE
            grid.rows[2 * last + 1].height = Pt(inside[-1] + max(0.0, need - sum(inside)))

    @property
    def _columns(self) -> list[Column]:
        return [column for column in WIDTHS if any(box.column == column for box in self.chart.boxes)]

    def _at(self, column: Column) -> int:
        return 2 * self._columns.index(column) + 2

    @property
    def _widths(self) -> list[float]:
        """The widths of the cells, in points: those of the diagram, made to fill the page."""
        section = self.doc.sections[-1]
        room = Emu(section.page_width - section.left_margin - section.right_margin).pt
        units = [BAR, *(one for column in self._columns for one in (GAP_X, WIDTHS[column]))]
        return [room * unit / sum(units) for unit in units]

    @property
    def _boxes(self) -> Mapping[str, Box]:
        return {box.id: box for box in self.chart.boxes}

    def _arrows(self) -> Mapping[tuple[int, int], str]:
        """Give the cells with a straight arrow, or with the line that leads to one."""
        arrows: dict[tuple[int, int], str] = {}
        for a, b in ((self._boxes[a], self._boxes[b]) for a, b in self.chart.arrows):
            column = self._at(a.column)
            if a.row == b.row:
                arrows[2 * a.row + 1, self._at(b.column) - 1] = "→"
                continue
            for row in range(2 * a.row + 2, 2 * b.row + 1):
                arrows[row, column] = "\n".join("│" * self._lines(row))
            if a.column == b.column:
                arrows[2 * b.row, column] = "↓"
        return arrows

    def _lines(self, row: int) -> int:
        """Say how many lines a row is high: its tallest box; a row of arrows is one."""
        inside = [box for box in self.chart.boxes if 2 * box.row + 1 == row]
        return max((self._height(box) for box in inside), default=1)

    def _height(self, box: Box) -> int:
        room = self._widths[self._at(box.column)] - 2 * _SIDE_MARGIN
        return sum(len(wrap(item.text, room - _IN * item.indent, _SIZE)) for item in box.items)

    def _bends(self, cells: list[list[Any]]) -> None:
        """Draw the arrows that come down one column and turn into a box of another."""
        widths = self._widths
        for a, b in ((self._boxes[a], self._boxes[b]) for a, b in self.chart.arrows):
            row, start, end = 2 * b.row + 1, self._at(a.column), self._at(b.column)
            if a.column == b.column or a.row == b.row:
                continue
            between = sum(widths[min(start, end) + 1 : max(start, end)])
            line = "─" * int((between + widths[start] / 2 - _SIZE - _SIDE_MARGIN) / width("─", _SIZE))
            if start < end:
                _write(_merged(cells, row, start, end - 1), (f"└{line}►",), align=ALIGN.RIGHT, tight=True)
            else:
                _write(_merged(cells, row, end + 1, start), (f"◄{line}┘",), align=ALIGN.LEFT, tight=True)

    def _titles(self, cells: list[list[Any]]) -> None:
        for column, label in self.chart.heads:
            side = SIDE.get(column)
            last = self._at(side) if side in self._columns else self._at(column)
            head = _merged(cells, 0, self._at(column), last)
            _write(head, (label,), align=ALIGN.CENTER, bold=True)
            _framed(head, TONES["title"][0])
        for label, first, final in self.chart.phases:
            phase = cells[2 * first + 1][0].merge(cells[2 * final + 1][0])
            _write(phase, (label,), align=ALIGN.CENTER, bold=True)
            for row in range(2 * first + 1, 2 * final + 2):
                _framed(cells[row][0], TONES["phase"][0])
            turn = OxmlElement("w:textDirection")
            turn.set(qn("w:val"), "btLr")
            phase._tc.get_or_add_tcPr().append(turn)


def _merged(cells: list[list[Any]], row: int, first: int, last: int) -> Any:
    return cells[row][first].merge(cells[row][last])


def _write(
    cell: Any,
    texts: tuple[str, ...] | list[str],
    *,
    indents: list[int] | None = None,
    align: Any = None,
    bold: bool = False,
    tight: bool = False,
) -> None:
    """Write paragraphs into a cell; ``tight`` ones follow each other without a gap, as pieces of one line do."""
    for i, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if not i else cell.add_paragraph()
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.left_indent = Pt(_IN * indents[i]) if indents else None
        shape.line_spacing = Pt(_SIZE * _TALL) if tight else 1.0
        paragraph.alignment = align
        if text:
            run = paragraph.add_run(text)
            run.bold = bold
            sized(run, _SIZE)


def _margins(grid: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, points in (("top", _ABOVE), ("left", _SIDE_MARGIN), ("bottom", _ABOVE), ("right", _SIDE_MARGIN)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(20 * points)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    grid._tbl.tblPr.append(margins)


def _framed(cell: Any, fill: str | None = None) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "111111")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    properties.append(borders)
    if fill:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill.lstrip("#"))):
            shade.set(qn(f"w:{key}"), value)
        properties.append(shade)
