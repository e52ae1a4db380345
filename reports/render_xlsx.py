"""Tables as one Excel workbook, a sheet per table. Pure: gives bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

from reports.clean import legal
from reports.table import Table, shown

_LONGEST, _CUT = 32_767, " […]"
"""Characters (of UTF-16) that a cell holds, and what ends a text that is longer:
https://support.microsoft.com/office/1672b34d, checked 2026-11-22."""
_NAME = 31
_FILL = "#D9E2EC"


def workbook(tables: Sequence[Table], *, title: str, moment: datetime) -> bytes:
    """Write tables as sheets, every cell as text (nothing is ever a formula), header row frozen and filtered.

    Further blocks of one table have sheets of their own, with a number behind the name.
    """
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"title": legal(title), "author": "narrative-review", "created": moment.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": _FILL, "text_wrap": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    blocks = Counter[str]()
    for table in tables:
        blocks[table.name] += 1
        number = blocks[table.name]
        name = table.name[:_NAME] if number == 1 else f"{table.name[: _NAME - 4]} {number}"
        _fill(book.add_worksheet(name), table, head, body)
    book.close()
    return out.getvalue()


def _fill(sheet: Any, table: Table, head: Any, body: Any) -> None:
    for at, column in enumerate(zip(table.columns, *table.rows, strict=True)):
        sheet.set_column(at, at, min(max(10, max(len(shown(text)) for text in column) + 2), 60))
        sheet.write_string(0, at, column[0], head)
        for down, value in enumerate(column[1:], start=1):
            text = _held(shown(value))
            (sheet.write_string if text else sheet.write_blank)(down, at, text, body)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _held(text: str) -> str:
    """Give what a cell holds of a text, and say so where it is not all."""
    if len(text) <= _LONGEST // 2 or len(units := text.encode("utf-16-le")) <= 2 * _LONGEST:
        return text
    return units[: 2 * (_LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
