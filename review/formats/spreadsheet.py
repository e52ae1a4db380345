"""Read XLSX with openpyxl, values only; what the columns mean is in ``columns``."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from review.errors import ReviewError
from review.formats import columns
from review.formats.losses import Losses
from review.record import Record, Rejected

_MOST = 2_000_000_000
"""Bytes that a workbook may unpack to: more is an accident or an attack."""

_CHUNK = 1 << 20
_UNCOMPUTED = re.compile(rb'<c(?![^>]*\bt="str")[^>]*><f[^>]*>[^<]*</f>(?:<v\s*/>|<v></v>|</c>)')
"""A formula without a value, as programs write it that do not compute; with ``t="str"`` its value is an empty text."""
_LONGEST = 9_000
"""Bytes of the longest such cell: a formula has 8,192 characters at most."""


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of the first sheet that holds anything, one by one; formulas give their last computed value.

    Raises
    ------
    ReviewError
        The file is empty, damaged, or unpacks to more than 2 GB; no column name is known.

    Notes
    -----
    Source: https://openpyxl.readthedocs.io/en/stable/optimized.html#read-only-mode, checked 2026-11-22.
    """
    return columns.records(_rows(data, losses), losses)


def _rows(data: bytes, losses: Losses) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # 0.5 s: only when a workbook is read
    from openpyxl.utils.exceptions import InvalidFileException

    damaged = (zipfile.BadZipFile, InvalidFileException, zlib.error, KeyError, ValueError, TypeError, AttributeError)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST:
                raise ReviewError("The workbook unpacks to more than 2 GB.", hint="Export it as CSV.")
            if any(_has_uncomputed(archive, name) for name in archive.namelist() if name.startswith("xl/worksheets/")):
                losses.add("formulas that no spreadsheet program has computed yet were taken as empty cells")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        taken = None
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if any(value is not None for value in row):
                    if taken not in (None, sheet.title):
                        losses.add("only the first sheet was read, another holds cells too", f"sheet {sheet.title}")
                        break
                    taken = sheet.title
                    yield number, [_text(value) for value in row]
    except (*damaged, SyntaxError, IndexError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ReviewError(
            f"The workbook is damaged or is no XLSX file ({type(error).__name__}).",
            hint="Open it in a spreadsheet program and save it again as XLSX or CSV.",
        ) from error


def _has_uncomputed(archive: zipfile.ZipFile, name: str) -> bool:
    before = b""
    with archive.open(name) as sheet:
        while chunk := sheet.read(_CHUNK):
            if _UNCOMPUTED.search(before + chunk):
                return True
            before = chunk[-_LONGEST:]
    return False


def _text(value: object) -> str:
    """Give a cell as people read it: whole numbers without a decimal point, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return str(value)
