"""docs/translation.md says of every platform what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.protocol.model import Limits
from review.query import parse
from searches.dialects import DIALECTS, PASTED, Dialect, translate

PAGE = (Path(__file__).parents[2] / "docs" / "translation.md").read_text("utf-8")
EXAMPLE = parse('(mentor* OR "peer support") AND (doctor NEAR/3 wellbeing)')
ROWS = {id(dialect): dialect for dialect in (*DIALECTS.values(), *PASTED.values())}.values()


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def facts(dialect: Dialect) -> str:
    """Give the row of a dialect in the table of facts."""
    stem = f"`{dialect.truncation.format('stem')}`" if dialect.truncation else "none"
    stem += f", from {dialect.shortest_stem} letters" if dialect.truncation and dialect.shortest_stem > 1 else ""
    headings = ", ".join(name for found in dialect.headings for name in found.vocabularies) or "none"
    longest = f"{dialect.longest:,} {dialect.longest_in}" if dialect.longest else ""
    longest = f"{dialect.most_operators} operators" if dialect.most_operators else longest
    dates = "years" if dialect.dates.whole_years else "days"
    checked = dialect.checked or "not yet"
    one = f"`{dialect.one_character}`" if dialect.one_character else "none"
    near = "yes" if dialect.near else "no"
    first = f"| `{dialect.name}` | {dialect.kind} | {cell(stem)} | {one} | {near} | {headings} | {dates} | "
    return f"{first}{longest or 'none known'} | <{dialect.docs}>, {checked} |"


def example(dialect: Dialect) -> str:
    """Give the row of a dialect in the table of the example; lines are divided by ⏎."""
    text = translate(EXAMPLE, Limits(start="2006", end="2016"), dialect).text
    return f"| `{dialect.name}` ({dialect.kind}) | `{cell(text).replace(chr(10), ' ⏎ ')}` |"


@pytest.mark.parametrize("dialect", ROWS, ids=lambda dialect: f"{dialect.name}-{dialect.kind}")
def test_every_dialect_is_on_the_page_as_its_table_says(dialect: Dialect) -> None:
    lines = PAGE.splitlines()
    assert facts(dialect) in lines
    assert example(dialect) in lines


def test_the_page_names_no_dialect_that_is_gone() -> None:
    lines = PAGE.split("## Rules")[0].splitlines()
    named = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert named == {dialect.name for dialect in ROWS}
