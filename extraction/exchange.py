"""Tables as XLSX and CSV files, out and in: bytes only, the same table giving the same bytes. Knows no forms."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from review.errors import ReviewError
from review.formats.decode import decode
from review.formats.losses import Losses
from review.formats.zipped import steady
from review.protocol.faults import meant
from review.text import fold

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | None

_MADE = datetime(2000, 1, 1)
_FORMULA = re.compile(r"'*[=+\-@\t].+", re.DOTALL)
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_LISTS = "lists"
_WIDTHS = {"label": 36, "hint": 40, "cue": 48, "value": 40, "text": 48, "quote": 48, "reason": 40}
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, ParseError, SyntaxError, EOFError)
"""What openpyxl and zipfile raise on a damaged workbook."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The words that a column takes in some rows (from 0; ``None``: in all). Not ``strict``: several or others too."""

    column: str
    words: tuple[str, ...]
    rows: tuple[int, ...] | None = None
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """One table. People fill in the columns ``entry``; with ``fixed`` rows the others are protected in XLSX."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    entry: tuple[str, ...]
    fixed: bool = True
    choices: tuple[Choices, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was read: its number in the file, and its cells by column; empty cells are ``None``."""

    line: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a file that are not empty, and what is to be said about the file."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())


def write_csv(table: Table) -> bytes:
    """Write UTF-8 with a byte order mark, as spreadsheets expect it.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, which ``read`` takes away again
    (https://owasp.org/www-community/attacks/CSV_Injection, checked 2026-11-22).
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([_guarded(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(table: Table) -> bytes:
    """Write a workbook with the table, drop-down lists, and protected identifiers."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = table.name
    _fill(sheet, table)
    _offer(sheet, book.create_sheet(_LISTS), table)
    book.properties.creator = "narrative-review"
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), _MADE)


def read(data: bytes, table: str, needed: Sequence[str], known: Sequence[str]) -> Read:
    """Read a filled-in table from XLSX or CSV (comma, semicolon or tab).

    Parameters
    ----------
    table : str
        The name of the sheet; a workbook without it is read from its first sheet.
    needed, known : sequence of str
        Columns that must be there, and all columns there are. Headers match whatever their case and spacing.

    Raises
    ------
    ReviewError
        The file cannot be read, or lacks a column.
    """
    notes = Losses()
    lines = list(_xlsx_lines(data, table) if data.startswith(b"PK") else _csv_lines(data, notes))
    if not lines:
        raise ReviewError("the table is empty", hint="write one out first, then fill it in")
    columns = _columns([str(cell or "") for cell in lines[0][1]], needed, known, notes)
    rows = []
    for number, cells in lines[1:]:
        if len(cells) > len(columns) and any(cell is not None for cell in cells[len(columns) :]):
            raise ReviewError(
                f"row {number} has {len(cells)} cells, but the header has {len(columns)}",
                hint="a text with commas needs quotes around it; save the file from a spreadsheet",
            )
        full = [*cells, *[None] * (len(columns) - len(cells))]
        named = {name: cell for name, cell in zip(columns, full, strict=False) if name}
        if any(cell is not None for cell in named.values()):
            rows.append(Row(number, {name: named.get(name) for name in known}))
    return Read(tuple(rows), notes.sentences())


def _columns(headers: Sequence[str], needed: Sequence[str], known: Sequence[str], notes: Losses) -> list[str | None]:
    spelled = {fold(name): name for name in known}
    found = [spelled.get(fold(header)) for header in headers]
    strange = [h for h, name in zip(headers, found, strict=True) if name is None and h.strip()]
    lacking = [name for name in needed if name not in found]
    if lacking:
        renamed = f"was one of these renamed: {', '.join(strange)}? " if strange else ""
        near = next((m for name in lacking if (m := meant(name, strange))), None)
        raise ReviewError(
            f"the table lacks the column{'s' if len(lacking) > 1 else ''} {', '.join(lacking)}: nothing was read",
            hint=f"{renamed}{near or ''} the columns are {', '.join(known)}".replace("  ", " "),
        )
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if twice:
        raise ReviewError(f"the column {twice[0]} is there twice: nothing was read", hint="delete one of the two")
    for header in strange:
        notes.add(f"the column '{header}' is not known and was left out")
    return found


def _csv_lines(data: bytes, notes: Losses) -> Iterator[tuple[int, list[object]]]:
    text = decode(data, notes).decode("utf-8")
    header = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield number, [_unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise ReviewError(
            f"the table cannot be read at line {reader.line_num}: {error}",
            hint="look for a quotation mark that is not closed; save the file from a spreadsheet",
        ) from error


def _xlsx_lines(data: bytes, table: str) -> Iterator[tuple[int, list[object]]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of extensions that spreadsheets add to lists
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheet = book[table] if table in book.sheetnames else book.worksheets[0]
            lines = list(sheet.iter_rows(values_only=True))
    except _BROKEN as error:
        raise ReviewError("the workbook is damaged or no XLSX file", hint="save it again from a spreadsheet") from error
    for number, cells in enumerate(lines, start=1):
        kept = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
        if any(cell is not None for cell in kept):
            yield number, list(kept)


def _guarded(cell: Cell) -> Cell:
    if isinstance(cell, str) and _FORMULA.fullmatch(cell) and not _PLAIN_NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _unguarded(cell: str) -> str | None:
    if cell.startswith("'") and _FORMULA.fullmatch(cell):
        return cell[1:]
    return cell if cell.strip() else None


def _fill(sheet: Worksheet, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, Protection
    from openpyxl.utils import get_column_letter

    wrap, bold, free = Alignment(wrap_text=True, vertical="top"), Font(bold=True), Protection(locked=False)
    for number, name in enumerate(table.columns, start=1):
        sheet.cell(1, number, name).font = bold
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(name, 18)
    for line, row in enumerate(table.rows, start=2):
        for number, (name, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            cell = sheet.cell(line, number, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is a text
            cell.alignment = wrap
            if name in table.entry:
                cell.number_format = "@"  # so that a spreadsheet does not turn 3-5 into a date
                cell.protection = free
    sheet.freeze_panes = "A2"
    if table.fixed:
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False


def _offer(sheet: Worksheet, lists: Worksheet, table: Table) -> None:
    """Put drop-down lists on cells; their words stand on a hidden sheet, as a list in a cell ends at 255 characters."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists.sheet_state = "hidden"
    for number, choices in enumerate(table.choices, start=1):
        letter = get_column_letter(number)
        for line, word in enumerate(choices.words, start=1):
            cell = lists.cell(line, number, word)
            cell.data_type = "s"
        column = get_column_letter(table.columns.index(choices.column) + 1)
        where = f"{column}2:{column}2000" if choices.rows is None else _ranges(column, choices.rows)
        rule = DataValidation(
            type="list",
            formula1=f"{_LISTS}!${letter}$1:${letter}${len(choices.words)}",
            allow_blank=True,
            showErrorMessage=choices.strict,
            error="Choose one of the list.",
            sqref=where,
        )
        sheet.add_data_validation(rule)


def _ranges(column: str, rows: Iterable[int]) -> str:
    return " ".join(f"{column}{row + 2}" for row in rows)
