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
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from reports.clean import legal, runs
from reports.table import Table, fitting, shares, shown
from review.formats.zipped import steady

_FILL, _LINE = "D9E2EC", "8C99A6"
_POINTS, _POINTS_WIDE = 9, 8
"""The size of letters in a table, and in one of so many columns that its page is turned."""
_LETTER = 0.58
"""The width of a letter of Arial of 1 point, bold headers reckoned in."""
_FURTHER = "The table goes on with further columns:"
_SPLIT = 400
"""From so many letters in a cell its row may be cut at the end of a page: else pages stay half empty."""
_TWIP = 635
"""English metric units, in which python-docx measures, of a twentieth of a point, in which Word does."""
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
    """Start an empty document: A4, headings as manuscripts have them, black and in the letters of the text."""
    doc = Document()
    section = doc.sections[-1]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    if landscape:
        _turn(section)
    for level in (1, 2, 3):
        _black(doc.styles[f"Heading {level}"])
    core = doc.core_properties
    core.title, core.author, core.comments = legal(title)[:255], "narrative-review", ""
    doc.styles["Normal"].font.name = "Arial"
    sized(doc.styles["Normal"], 10)
    caption = doc.styles["Caption"]
    caption.font.color.rgb = RGBColor(0, 0, 0)
    sized(caption, 10)
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(12), Pt(4)
    return doc


def sized(of: Any, points: float) -> None:
    """Set the size of letters of a run or style, of scripts from right to left too: Word keeps the two apart."""
    of.font.size = Pt(points)
    size = of._element.rPr.find(qn("w:sz"))
    for old in of._element.rPr.findall(qn("w:szCs")):
        of._element.rPr.remove(old)
    size.addnext(parse_xml(f'<w:szCs {nsdecls("w")} w:val="{size.get(qn("w:val"))}"/>'))


def _black(style: Any) -> None:
    style.font.name, style.font.color.rgb = "Arial", RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def add_grid(doc: Any, table: Table) -> None:
    """Add table and note to a document, without a caption."""
    if not table.rows:
        doc.add_paragraph("Nothing to show yet.")
    else:
        section = doc.sections[-1]
        room = section.page_width - section.left_margin - section.right_margin
        points = _POINTS_WIDE if table.wide else _POINTS
        for number, part in enumerate(fitting(table, room / Pt(points * _LETTER))):
            if number:
                doc.add_paragraph(_FURTHER).paragraph_format.keep_with_next = True
            _add(doc, _grid(part, room, points))
    for note in (table.note or "").splitlines():
        paragraph = doc.add_paragraph(note)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(4), Pt(0)
        sized(paragraph.runs[0], 8)


def _add(doc: Any, xml: str) -> None:
    """Add a block before the properties of the last section."""
    doc.element.body._insert_tbl(parse_xml(xml))


def _grid(table: Table, room: int, points: float) -> str:
    """Write a table as XML: made by way of cells and paragraphs it takes ten times as long."""
    size = f'<w:sz w:val="{2 * points}"/><w:szCs w:val="{2 * points}"/>'
    widths = [int(share * room / _TWIP) for share in shares(table, room / Pt(points * _LETTER))]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return "".join((
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="0620" w:firstRow="1"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>',
        _row(table.columns, widths, size, head=True),
        *(_row(row, widths, size) for row in table.rows),
        "</w:tbl>",
    ))  # fmt: skip


def _row(cells: Iterable[str | None], widths: Sequence[int], size: str, *, head: bool = False) -> str:
    """Write a row, which stays on one page unless it is long."""
    texts = [shown(cell) for cell in cells]
    whole = "" if max(map(len, texts), default=0) >= _SPLIT else "<w:cantSplit/>"
    written = "".join(_cell(text, width, size, head) for text, width in zip(texts, widths, strict=True))
    return f"<w:tr><w:trPr>{whole}{'<w:tblHeader/>' if head else ''}</w:trPr>{written}</w:tr>"


def _cell(text: str, width: int, size: str, head: bool) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{_FILL}"/>' if head else ""
    written = list(_runs(text, size, bold=head))
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
