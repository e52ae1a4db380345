"""A text in Markdown as a Word document: headings, paragraphs, lists, emphasis, quotes and tables. Pure: gives bytes.

Raw HTML and pictures are text here, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reports.clean import legal
from reports.table import Table

if TYPE_CHECKING:
    from markdown_it.token import Token

_REFERENCES = "References"
_HANGING = 0.75
"""Centimetres by which all lines of a reference but the first are set in."""


def as_docx(text: str, *, title: str, moment: datetime, compact: bool = False) -> bytes:
    """Write a text as a Word document; ``compact`` sets it close, for a page that holds everything."""
    from docx.shared import Cm, Pt

    from reports.render_docx import new_document, saved

    doc = new_document(title)
    section = doc.sections[-1]
    normal = doc.styles["Normal"].paragraph_format
    normal.space_after = Pt(3 if compact else 8)
    normal.line_spacing = 1.0 if compact else 1.25
    if compact:
        section.top_margin = section.bottom_margin = Cm(1.5)
        doc.styles["Normal"].font.size = Pt(9)
    _Writer(doc).write(_tokens(text.replace("(n = ", "(n\u00a0=\u00a0")))
    return saved(doc, moment)


def _tokens(text: str) -> list[Token]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").parse(legal(text))


class _Writer:
    """Where in a text the writing is: lists and quotes nest, and references are set with a hanging indent."""

    def __init__(self, doc: Any) -> None:
        self.doc = doc
        self.lists: list[str] = []
        self.quotes = 0
        self.references = False

    def write(self, tokens: Sequence[Token]) -> None:
        """Write the blocks one after the other."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "table_open":
                at = self._table(tokens, at)
            elif token.type == "heading_open":
                self._heading(tokens[at + 1], int(token.tag[1:]))
                at += 2
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                self.lists.append("List Number" if token.type.startswith("ordered") else "List Bullet")
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                self.lists.pop()
            elif token.type in ("blockquote_open", "blockquote_close"):
                self.quotes += 1 if token.type.endswith("open") else -1
            elif token.type == "inline":
                self._paragraph(token)
            elif token.type in ("fence", "code_block"):
                self.doc.add_paragraph(token.content)
            at += 1

    def _heading(self, inline: Token, level: int) -> None:
        words = "".join(text for text, _, _ in _runs(inline))
        self.references = words.strip() == _REFERENCES
        self.doc.add_heading(words, level)

    def _paragraph(self, inline: Token) -> None:
        from docx.shared import Cm

        style = "Quote" if self.quotes else self.lists[-1] if self.lists else None
        paragraph = self.doc.add_paragraph()
        if style:
            paragraph._p.style = style.replace(" ", "")  # its id; asking by name takes as long as all the rest
        if self.references and style is None:
            paragraph.paragraph_format.left_indent = Cm(_HANGING)
            paragraph.paragraph_format.first_line_indent = Cm(-_HANGING)
        for text, bold, italic in _runs(inline):
            run = paragraph.add_run(text)
            run.bold, run.italic = bold or None, italic or None

    def _table(self, tokens: Sequence[Token], at: int) -> int:
        """Write a table; give the position of its last token."""
        from reports.render_docx import add_grid

        rows: list[list[str]] = []
        while tokens[at].type != "table_close":
            if tokens[at].type == "tr_open":
                rows.append([])
            elif tokens[at].type == "inline":
                rows[-1].append("".join(text for text, _, _ in _runs(tokens[at])))
            at += 1
        add_grid(self.doc, Table("", "", tuple(rows[0]), tuple(map(tuple, rows[1:]))))
        return at


def _runs(inline: Token) -> Iterator[tuple[str, bool, bool]]:
    """Give the pieces of a line: (text, bold, italic). The address of a link stands behind its text."""
    bold = italic = 0
    link: list[str] = []
    for token in inline.children or ():
        if token.type in ("strong_open", "strong_close"):
            bold += 1 if token.type.endswith("open") else -1
        elif token.type in ("em_open", "em_close"):
            italic += 1 if token.type.endswith("open") else -1
        elif token.type == "link_open":
            link.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            yield f" ({link.pop()})", bool(bold), bool(italic)
        elif token.type in ("softbreak", "hardbreak"):
            yield " " if token.type == "softbreak" else "\n", bool(bold), bool(italic)
        elif token.content:
            yield token.content, bool(bold), bool(italic)
