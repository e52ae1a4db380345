"""docs/formats.md says of every format what the tables say, and what really comes back from a written file."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import formats
from review.formats.detect import PLATFORMS
from review.formats.registry import READERS, UNREAD, WRITERS
from review.formats.tools import TOOLS
from review.record import Record

LINES = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8").splitlines()
FULL = Record(
    title="A title", authors=("Oak, Ann",), date="2014-05-31", journal="J", volume="1", issue="2", pages="3-4",
    abstract="An abstract.", keywords=("mentors", "doctors"), kind="trial", language="eng", doi="10.9999/a",
    pmid="99999991", pmcid="PMC9999991", issns=("1234-5678",), isbns=("9781482253269",), url="https://example.org",
    publisher="P", place="L", flags=("retracted",), source_id="S1", identifiers=(("embase", "L1"),), notes=("N",),
    extra=(("X", "Y"),),
)  # fmt: skip
"""A record with every field."""


def read_row(key: str) -> str:
    reader = READERS[key]
    columns = "yes" if reader.mapped else ""
    return f"| `{key}` | {reader.label} | {' '.join(reader.endings)} | {columns} | <{reader.docs}> |"


def written_row(key: str) -> str:
    writer = WRITERS[key]
    lost = formats.lost([FULL], formats.write([FULL], key), key)
    fields = ", ".join(sentence.split("“")[1].split("”")[0] for sentence in lost)
    return f"| `{key}` | {writer.label} | {writer.ending} | {fields or 'nothing'} | <{writer.docs}> |"


def limit_row(key: str) -> str:
    tool = TOOLS[key]
    records = f"{tool.most_records:,} records" if tool.most_records else ""
    size = f"{tool.most_bytes // 1_000_000} MB" if tool.most_bytes else ""
    return f"| `{key}` | {', '.join(filter(None, (records, size)))} |"


def test_every_field_of_the_record_is_filled() -> None:
    assert all(getattr(FULL, field) for field in Record.__slots__)


@pytest.mark.parametrize("key", READERS)
def test_every_format_that_is_read_is_on_the_page(key: str) -> None:
    assert read_row(key) in LINES


@pytest.mark.parametrize("key", WRITERS)
def test_every_format_that_is_written_is_on_the_page_with_what_it_loses(key: str) -> None:
    assert written_row(key) in LINES


def test_the_limits_of_the_tools_and_what_is_refused_are_on_the_page() -> None:
    assert {limit_row(key) for key, tool in TOOLS.items() if tool.most_records or tool.most_bytes} <= set(LINES)
    assert {f"- `{key}`: {label}" for key, label in UNREAD.items()} <= set(LINES)


def test_the_platforms_that_are_recognised_are_on_the_page() -> None:
    assert f"Recognised: {', '.join(PLATFORMS)}." in LINES


def test_the_page_names_nothing_that_is_gone() -> None:
    rows = [line.split("`")[1] for line in LINES if line.startswith(("| `", "- `"))]
    limits = [key for key, tool in TOOLS.items() if tool.most_records or tool.most_bytes]
    assert sorted(rows) == sorted([*READERS, *WRITERS, *limits, *UNREAD])
