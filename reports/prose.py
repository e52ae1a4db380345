"""A text as a value: headings, paragraphs, lists, code and tables; written as Markdown and as a Word document.

What a text says is decided elsewhere; here it is only written, the same in both, and nothing in it can break out of
its place: no markup in a paragraph, no fence inside code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.clean import legal
from reports.render_markdown import escaped, pipes
from reports.table import Table

_CODE_FONT, _CODE_SIZE, _CODE_FILL = "Courier New", 9, "F3F5F7"
_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the whole text."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list with bullets."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied as it is, line by line."""

    text: str


Block = Heading | Paragraph | Items | Code | Table
"""A table has no heading of its own here: what stands before it says what it is."""


def as_markdown(blocks: Iterable[Block]) -> str:
    """Write a text as GitHub-flavoured Markdown."""
    return "\n\n".join(text for block in blocks if (text := _marked(block))) + "\n"


def _marked(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escaped(legal(text))}"
        case Paragraph(text):
            return escaped(legal(text))
        case Items(texts):
            return "\n".join(f"- {escaped(legal(text))}" for text in texts)
        case Code(text):
            return fenced(legal(text))
        case Table():
            return pipes(block)


def fenced(text: str) -> str:
    """Put a fence around a text that is longer than any row of backticks in it.

    >>> fenced("a ``` b").splitlines()
    ['````', 'a ``` b', '````']
    """
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def as_docx(blocks: Sequence[Block], *, title: str, moment: datetime, landscape: bool = False) -> bytes:
    """Write a text as a Word document."""
    from reports.render_docx import add_grid, new_document, saved

    doc = new_document(title, landscape=landscape)
    for block in blocks:
        match block:
            case Heading(text, level):
                doc.add_heading(" ".join(legal(text).split()), level)
            case Paragraph(text):
                _add_paragraph(doc, legal(text))
            case Items(texts):
                for text in texts:
                    doc.add_paragraph(legal(text), style="List Bullet")
            case Code(text):
                _add_code(doc, legal(text))
            case Table():
                add_grid(doc, block)
    return saved(doc, moment)


def _add_paragraph(doc: Any, text: str) -> None:
    """Add a paragraph; what announces something stays on its page."""
    from docx.shared import Pt

    shape = doc.add_paragraph(text).paragraph_format
    shape.space_before, shape.keep_with_next = Pt(6), text.endswith(":")


def _add_code(doc: Any, text: str) -> None:
    """Add a paragraph in letters of one width on a grey ground; its lines stay lines."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = doc.add_paragraph()
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _CODE_FILL)):
        shade.set(qn(f"w:{key}"), value)
    paragraph._p.get_or_add_pPr().append(shade)
    run = paragraph.add_run(text)
    run.font.name, run.font.size = _CODE_FONT, Pt(_CODE_SIZE)
