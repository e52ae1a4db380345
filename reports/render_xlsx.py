"""Tables as one Excel workbook, a sheet per table. Pure: gives bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.clean import legal
from reports.table import Table, shown
from review.formats.zipped import steady

_LONGEST = 32_767
"""Characters that a cell holds: https://support.microsoft.com/office/1672b34d, checked 2026-11-22."""
_NAME = 31
_HEAD = PatternFill("solid", fgColor="FFD9E2EC")


def workbook(tables: Sequence[Table], *, title: str, moment: datetime) -> bytes:
    """Write tables as sheets, every cell as text (nothing is ever a formula), header row frozen and filtered.

    Further blocks of one table have sheets of their own, with a number behind the name.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    blocks = Counter[str]()
    for table in tables:
        blocks[table.name] += 1
        number = blocks[table.name]
        _fill(book.create_sheet(table.name[:_NAME] if number == 1 else f"{table.name[: _NAME - 4]} {number}"), table)
    book.properties.title, book.properties.creator = legal(title), "narrative-review"
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), moment)


def _fill(sheet: Worksheet, table: Table) -> None:
    for at, label in enumerate(table.columns, start=1):
        cell = sheet.cell(1, at, label)
        cell.data_type = "s"
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        longest = max([len(label), *(len(shown(row[at - 1])) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(at)].width = min(max(10, longest + 2), 60)
    for down, row in enumerate(table.rows, start=2):
        for at, value in enumerate(row, start=1):
            place = sheet.cell(down, at, shown(value)[:_LONGEST] or None)
            place.data_type = "s"
            place.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    if table.rows:
        sheet.auto_filter.ref = sheet.dimensions
