"""Tables as CSV files, out and in, and what XLSX and CSV share: the same table gives the same bytes. Knows no forms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from review.errors import ReviewError
from review.formats.cells import bare, guarded
from review.formats.decode import decode
from review.formats.losses import Losses
from review.protocol.faults import meant
from review.text import fold

Cell = str | int | float | None

DAY_ZERO = datetime(1899, 12, 30)
"""Day 0 of spreadsheets (ECMA-376 part 1, 18.17.4.1: the 1900 date system); a workbook may say another one."""


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
    """The rows of a file that are not empty, what is to be said about the file, and from when it counts its days."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())
    day_zero: datetime = DAY_ZERO


def write_csv(table: Table) -> bytes:
    """Write UTF-8 with a byte order mark, as spreadsheets expect it, and nothing that they would compute."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([guarded(cell) if isinstance(cell, str) else digits(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def digits(number: float | None) -> str | None:
    """Write a number in digits, exactly as it is: ``1e-07`` is no number to people.

    >>> digits(1e-07), digits(49), digits(0.1)
    ('0.0000001', '49', '0.1')
    """
    return None if number is None else f"{Decimal(repr(number)):f}"


def read(data: bytes, table: str, needed: Sequence[str], known: Sequence[str]) -> Read:
    """Read a filled-in table from XLSX or CSV (comma, semicolon or tab).

    Parameters
    ----------
    table : str
        The name of the sheet; in a workbook without it the first sheet is read that has the columns needed.
    needed, known : sequence of str
        Columns that must be there, and all columns there are. Headers match whatever their case and spacing.

    Raises
    ------
    ReviewError
        The file cannot be read, lacks a column, or has merged cells.
    """
    notes = Losses()
    if data.startswith(b"PK"):
        from extraction.tabular.workbooks import lines_of

        wanted = {fold(name) for name in needed}
        lines, day_zero = lines_of(data, table, lambda headers: wanted <= {fold(str(h or "")) for h in headers}, notes)
    else:
        lines, day_zero = list(_csv_lines(data, notes)), DAY_ZERO
    if not lines:
        raise ReviewError("the table is empty", hint="write one out first, then fill it in")
    columns = _columns([str(cell or "") for cell in lines[0][1]], needed, known, notes)
    rows = []
    for number, cells in lines[1:]:
        if any(cell is not None for cell in cells[len(columns) :]):
            raise ReviewError(
                f"row {number} has {len(cells)} cells, but the header has {len(columns)}",
                hint="a text with commas needs quotes around it; save the file from a spreadsheet",
            )
        named: dict[str, object] = dict.fromkeys(known)
        named |= {name: cell for name, cell in zip(columns, cells, strict=False) if name}
        if any(cell is not None for cell in named.values()):
            rows.append(Row(number, named))
    return Read(tuple(rows), notes.sentences(), day_zero)


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
                yield number, [bare(cell) if cell.strip() else None for cell in cells]
    except csv.Error as error:
        raise ReviewError(
            f"the table cannot be read at line {reader.line_num}: {error}",
            hint="look for a quotation mark that is not closed; save the file from a spreadsheet",
        ) from error
