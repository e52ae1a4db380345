"""A text as Markdown and as Word: the same words, and nothing that breaks out of its place."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from docx import Document

from reports.prose import Block, Code, Heading, Items, Paragraph, as_docx, as_markdown, fenced
from reports.table import table

BLOCKS: tuple[Block, ...] = (
    Heading("A # title\nin two lines", 1),
    Paragraph("1. no list, *no* emphasis:"),
    Items(("- one", "two | three")),
    Code("a\n\tb\x00\n```\nc"),
    table("t", "T", ("x", "y"), [("1", None)], note="A note."),
)


def test_markdown() -> None:
    assert as_markdown(BLOCKS) == (
        "# A \\# title in two lines\n\n1\\. no list, \\*no\\* emphasis:\n\n- \\- one\n- two \\| three\n\n"
        "````\na\n\tb\n```\nc\n````\n\n| x | y |\n| --- | --- |\n| 1 | not reported |\n\nA note.\n"
    )


def test_word() -> None:
    doc = Document(io.BytesIO(as_docx(BLOCKS, title="T", moment=datetime(2026, 1, 2, tzinfo=UTC))))
    said = [(p.style.name, p.text) for p in doc.paragraphs]
    assert said == [
        ("Heading 1", "A # title in two lines"), ("Normal", "1. no list, *no* emphasis:"), ("List Bullet", "- one"),
        ("List Bullet", "two | three"), ("Normal", "a\n\tb\n```\nc"), ("Normal", "A note."),
    ]  # fmt: skip
    announced, code = doc.paragraphs[1], doc.paragraphs[4]
    assert announced.paragraph_format.keep_with_next and not doc.paragraphs[5].paragraph_format.keep_with_next
    assert code.runs[0].font.name == "Courier New"
    assert [cell.text for cell in doc.tables[0].rows[1].cells] == ["1", "not reported"]


@pytest.mark.parametrize(("text", "fence"), [("x", "```"), ("`", "```"), ("```", "````"), ("a\r``````b", "`" * 7)])
def test_a_fence_is_longer_than_any_row_of_backticks(text: str, fence: str) -> None:
    assert fenced(text) == f"{fence}\n{text}\n{fence}"
