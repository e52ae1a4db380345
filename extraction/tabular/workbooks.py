"""A table as a workbook (XLSX), out and in: bytes only. What a sheet's cells mean is not known here."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from extraction.tabular.exchange import Choices, Table, digits
from review.errors import ReviewError
from review.formats.losses import Losses
from review.formats.spreadsheet import look_through

if TYPE_CHECKING:
    from openpyxl import Workbook as Opened
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Lines = list[tuple[int, list[object]]]

_MADE = datetime(2000, 1, 1)
_LISTS = "lists"
_LAST = 2000
"""The last row that gets a drop-down list in a table to which rows are added."""
_WIDTHS = {"label": 36, "hint": 40, "cue": 48, "value": 40, "text": 48, "quote": 48, "reason": 40}
_MERGED = re.compile(rb'<mergeCell [^<>]*?ref="([^"]+)"')
_CONTROL = re.compile(r"(_x000[AaDd]_)+\n?")
"""How XLSX writes a line end that XML would change (ECMA-376 part 1, 22.9.2.19): openpyxl leaves it as it is."""
_SAID = 5
_BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, IndexError, TypeError, AttributeError, ParseError,
    SyntaxError, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What openpyxl and zipfile raise on a damaged workbook."""


def write_xlsx(table: Table) -> bytes:
    """Write a workbook with the table, drop-down lists, and protected identifiers.

    Cells that people fill in are text cells, so that a spreadsheet does not turn 3-5 into a date.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    # None of its guesses: a text that begins with = or http, or looks like a number, is a text.
    as_is = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, {"in_memory": True, **as_is})
    book.set_properties({"author": "narrative-review", "created": _MADE})
    sheet = book.add_worksheet(table.name)
    _fill(book, sheet, table)
    _offer(sheet, book.add_worksheet(_LISTS), table)
    book.close()
    return out.getvalue()


def _fill(book: Workbook, sheet: Worksheet, table: Table) -> None:
    about = {"text_wrap": True, "valign": "top"}
    free, locked = book.add_format({**about, "num_format": "@", "locked": False}), book.add_format(about)
    formats = [free if name in table.entry else locked for name in table.columns]
    for at, (name, style) in enumerate(zip(table.columns, formats, strict=True)):
        sheet.set_column(at, at, _WIDTHS.get(name, 18), style)
    sheet.write_row(0, 0, table.columns, book.add_format({"bold": True}))
    for line, row in enumerate(table.rows, start=1):
        for at, (value, style) in enumerate(zip(row, formats, strict=True)):
            if value is None:
                continue  # it has its column's format
            if isinstance(value, str):
                sheet.write_string(line, at, value, style)
            elif float(f"{value:.16G}") == value:
                sheet.write_number(line, at, value, style)
            else:  # it has more digits than a workbook's number
                sheet.write_string(line, at, digits(value) or "", style)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    if table.fixed:
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _offer(sheet: Worksheet, lists: Worksheet, table: Table) -> None:
    """Put drop-down lists on cells; their words stand on a hidden sheet, as a list in a cell ends at 255 characters."""
    from xlsxwriter.utility import xl_col_to_name

    lists.hide()
    for at, choices in enumerate(table.choices):
        for line, word in enumerate(choices.words):
            lists.write_string(line, at, word)
        letter, column = xl_col_to_name(at), table.columns.index(choices.column)
        ranges = [[first, column, last, column] for first, last in _stretches(choices)]
        if ranges:
            rule = {
                "validate": "list",
                "source": f"={_LISTS}!${letter}$1:${letter}${len(choices.words)}",
                "error_message": "Choose one of the list.",
                "show_error": choices.strict,
                "other_cells": ranges,
            }
            sheet.data_validation(*ranges[0], rule)


def _stretches(choices: Choices) -> list[tuple[int, int]]:
    """Give the rows of the sheet (from 0, the header included) that a list is for, as first and last of each run."""
    if choices.rows is None:
        return [(1, _LAST - 1)]
    found: list[tuple[int, int]] = []
    for row in choices.rows:
        if found and found[-1][1] == row:
            found[-1] = (found[-1][0], row + 1)
        else:
            found.append((row + 1, row + 1))
    return found


def lines_of(
    data: bytes, table: str, fits: Callable[[Sequence[object]], bool], notes: Losses
) -> tuple[Lines, datetime]:
    """Read the rows of a workbook that are not empty, with their numbers, and the day from which it counts days.

    Parameters
    ----------
    table : str
        The name of the sheet; without it the first sheet is read whose header ``fits``, else the first of all.

    Raises
    ------
    ReviewError
        The workbook is damaged, unpacks to far too much, or the sheet has merged cells.
    """
    from openpyxl import load_workbook

    try:
        look_through(data, notes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of extensions that spreadsheets add to lists
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            title = _chosen(book, table, fits, notes)
            _refuse_merged(data, book, title)
            lines = list(_rows(book, title))
            return lines, book.epoch
    except _BROKEN as error:
        raise ReviewError("the workbook is damaged or no XLSX file", hint="save it again from a spreadsheet") from error


def _chosen(book: Opened, table: str, fits: Callable[[Sequence[object]], bool], notes: Losses) -> str:
    fitting = [
        sheet.title
        for sheet in book.worksheets
        if fits(next(iter(sheet.iter_rows(min_row=1, max_row=1, values_only=True)), ()))
    ]
    titles = [sheet.title for sheet in book.worksheets]
    title = next((t for t in (table, *fitting, *titles) if t in titles), "")
    for other in fitting:
        if other != title:
            notes.add(f"only the sheet '{title}' was read: the sheet '{other}' has the same columns")
    return title


def _refuse_merged(data: bytes, book: Opened, title: str) -> None:
    """Refuse merged cells: all but the first of them are empty, and nobody can tell what was meant for their rows."""
    part = book[title]._worksheet_path  # type: ignore[attr-defined]  # of read-only sheets, and there is no other way
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        merged = [one.decode() for one in _MERGED.findall(archive.read(part.lstrip("/")))]
    if merged:
        more = f" and {len(merged) - _SAID} more" if len(merged) > _SAID else ""
        raise ReviewError(
            f"the table has merged cells ({', '.join(merged[:_SAID])}{more}): nothing was read",
            hint="unmerge them, and write in each row what belongs there",
        )


def _rows(book: Opened, title: str) -> Lines:
    sheet = book[title]
    sheet.reset_dimensions()  # programs write wrong ones
    lines: Lines = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        kept: list[object] = list(cells)
        for at, cell in enumerate(cells):
            if isinstance(cell, str):
                kept[at] = _CONTROL.sub("\n", cell) if cell.strip() else None
        if any(cell is not None for cell in kept):
            lines.append((number, kept))
    return lines
