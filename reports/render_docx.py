"""Tables as Word documents: real tables with a filled header row that repeats on every page. Pure: gives bytes.

A caption numbers itself (a SEQ field) and has an outline level: Word's lists of contents and of tables both find it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt, RGBColor

from reports.clean import legal, runs
from reports.table import Table, shares, shown
from review.formats.zipped import steady

_FILL, _LINE = "D9E2EC", "8C99A6"
_LETTER = Pt(5.2)
"""The width of a letter of Arial 9 point, bold headers reckoned in."""
_TWIP = 635
"""English metric units, in which python-docx measures, of a twentieth of a point, in which Word does."""
_SIZE = '<w:sz w:val="18"/><w:szCs w:val="18"/>'
_CAPTION = (
    '<w:p {names}><w:pPr><w:pStyle w:val="Caption"/><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:r><w:t xml:space="preserve">Table </w:t></w:r><w:fldSimple w:instr=" SEQ Table \\* ARABIC ">'
    '<w:r><w:t>{number}</w:t></w:r></w:fldSimple><w:r><w:t xml:space="preserve">. </w:t></w:r>{title}</w:p>'
)


def document(tables: Sequence[Table], *, title: str, moment: datetime) -> bytes:
    """Write tables one after the other, each under a caption that Word numbers and lists.

    A table of many columns stands on a landscape page; the orientation changes only where it must.
    """
    doc = new_document(title)
    landscape = False
    for i, table in enumerate(tables):
        if table.wide != landscape:
            _turn(doc.add_section(WD_SECTION.NEW_PAGE) if i else doc.sections[-1])
            landscape = not landscape
        heading = "".join(_runs(" ".join(table.heading.split())))
        _add(doc, _CAPTION.format(names=nsdecls("w"), number=i + 1, title=heading))
        add_grid(doc, table)
    return saved(doc, moment)


def form(table: Table, *, moment: datetime) -> bytes:
    """Write one table that is no table of a manuscript, such as a checklist: under a heading, without a number."""
    doc = new_document(table.title, landscape=table.wide)
    doc.add_heading(" ".join(table.heading.split()), 1)
    add_grid(doc, table)
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
    caption = doc.styles["Caption"]
    caption.font.size, caption.font.color.rgb = Pt(10), RGBColor(0, 0, 0)
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(12), Pt(4)
    return doc


def add_grid(doc: Any, table: Table) -> None:
    """Add table and note to a document, without a caption."""
    if not table.rows:
        doc.add_paragraph("Nothing to show yet.")
    else:
        section = doc.sections[-1]
        _add(doc, _grid(table, section.page_width - section.left_margin - section.right_margin))
    for note in (table.note or "").splitlines():
        paragraph = doc.add_paragraph(note)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(4), Pt(0)
        paragraph.runs[0].font.size = Pt(8)


def _add(doc: Any, xml: str) -> None:
    """Add a block before the properties of the last section."""
    doc.element.body._insert_tbl(parse_xml(xml))


def _grid(table: Table, room: int) -> str:
    """Write a table as XML: made by way of cells and paragraphs it takes ten times as long."""
    widths = [int(share * room / _TWIP) for share in shares(table, room / _LETTER)]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return "".join((
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="0620" w:firstRow="1"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>',
        _row(table.columns, widths, head=True),
        *(_row(row, widths) for row in table.rows),
        "</w:tbl>",
    ))  # fmt: skip


def _row(cells: Iterable[str | None], widths: Sequence[int], *, head: bool = False) -> str:
    """Write a row, which stays on one page."""
    texts = "".join(_cell(shown(cell), width, head) for cell, width in zip(cells, widths, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{texts}</w:tr>"


def _cell(text: str, width: int, head: bool) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{_FILL}"/>' if head else ""
    written = list(_runs(text, _SIZE, bold=head))
    begins_right = bool(written) and "<w:rtl/>" in written[0]
    shape = f"<w:pPr>{'<w:keepNext/>' if head else ''}{'<w:bidi/>' if begins_right else ''}</w:pPr>"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr><w:p>{shape}{"".join(written)}</w:p></w:tc>'
    )


def _runs(text: str, size: str = "", *, bold: bool = False) -> Iterator[str]:
    """Write a text as runs, those from right to left marked; line breaks stay."""
    weight = "<w:b/><w:bCs/>" if bold else ""
    for part, right_to_left in runs(text):
        lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(escape, part.splitlines() or [part]))
        way = "<w:rtl/>" if right_to_left else ""
        yield f'<w:r><w:rPr>{weight}{size}{way}</w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r>'


def _turn(section: Any) -> None:
    portrait = section.orientation == WD_ORIENT.PORTRAIT
    section.orientation = WD_ORIENT.LANDSCAPE if portrait else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
