"""What the tables that people fill in have in common: the cells that say what a row is about, and ``clear``. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from extraction.tabular.exchange import Choices, Read, Row, read
from extraction.tabular.plans import Plan
from extraction.values import show, text_of
from review.errors import DecisionError

CLEAR = Choices("clear", ("yes",))
_OPTIONAL = ("label", "hint", "cue", "clear", "form", "framework", "origin")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_MADE_DATE = re.compile(rf"\d{{1,2}}[-. /]{_MONTH}|{_MONTH}[-. /]\d{{2}}", re.IGNORECASE)
"""What spreadsheets show for 3-5 or may2001 in a CSV file that they opened."""
_FAILED = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
"""ECMA-376 part 1, 18.17.3: errors."""


def rows_of(data: bytes, name: str, columns: Sequence[str]) -> Read:
    """Read a filled table that has these columns; raises ReviewError when it cannot be read."""
    return read(data, name, [column for column in columns if column not in _OPTIONAL], columns)


def blank(row: Row, entry: Sequence[str]) -> bool:
    """Say whether nothing was filled in."""
    return all(row.cells[name] is None for name in entry)


def cleared(row: Row) -> bool:
    """Say whether what the row is about is taken back."""
    text = (text_of(row.cells["clear"]) or "no").casefold()
    if text not in ("yes", "no"):
        raise DecisionError(f"'{text}' under clear", hint="write yes to take it back, or leave it empty")
    return text == "yes"


def about(row: Row, name: str) -> str:
    """Give a cell that tells what a row is about."""
    try:
        text = text_of(row.cells[name])
    except DecisionError as error:
        raise DecisionError(f"{name}: {error.message}", hint=error.hint) from error
    if text is None:
        raise DecisionError(f"the row has no {name}", hint="these cells tell what the row is about: put it back")
    return text


def study_of(row: Row, keys: Collection[str]) -> str:
    """Give the study of a row, and say where a spreadsheet may have made a date of its key."""
    study = about(row, "study")
    if study not in keys and _MADE_DATE.fullmatch(study):
        raise DecisionError(
            f"there is no study '{study}'",
            hint="a spreadsheet may have made a date of its key: put the key back, or use an .xlsx file",
        )
    return study


def as_written(row: Row, before: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Say whether the cells of a row are what the table would be written with: then it changes nothing."""
    try:
        return all(text_of(row.cells[name]) == text_of(show(before[name])) for name in names)
    except DecisionError:
        return False


def doubtful(rows: Iterable[Row], plan: Plan, names: Sequence[str]) -> tuple[str, ...]:
    """Say of texts that a plan would save and that look like a spreadsheet's own, that they do."""
    changed = {change.line for change in plan.changes}
    cells = [(row.line, name, row.cells[name]) for row in rows if row.line in changed for name in names]
    return tuple(
        f"row {line}, {name}: '{cell.strip()}' looks like {what}"
        for line, name, cell in cells
        if isinstance(cell, str) and (what := _doubt(cell.strip()))
    )


def _doubt(text: str) -> str | None:
    if _MADE_DATE.fullmatch(text):
        return "a date that a spreadsheet made of something else"
    return "what a spreadsheet writes where a formula failed" if text in _FAILED else None
