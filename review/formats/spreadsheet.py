"""Read XLSX with openpyxl, values only, and write it for people; what the columns mean is in ``columns``."""

from __future__ import annotations

import datetime
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping

from review.errors import ReviewError
from review.formats import cells
from review.formats import columns as tables
from review.formats.losses import Losses
from review.formats.zipped import steady
from review.record import Record, Rejected

_MOST = 2_000_000_000
"""Bytes that a workbook may unpack to: more is an accident or an attack."""

_CHUNK = 1 << 20
_UNCOMPUTED = re.compile(rb'<c(?![^>]*\bt="str")[^>]*><f[^>]*>[^<]*</f>(?:<v\s*/>|<v></v>|</c>)')
"""A formula without a value, as programs write it that do not compute; with ``t="str"`` its value is an empty text."""
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
_LONGEST = 9_000
"""Bytes of the longest such cell: a formula has 8,192 characters at most."""


def iterate(data: bytes, losses: Losses, columns: Mapping[str, str] | None = None) -> Iterator[Record | Rejected]:
    """Read the records of the first sheet that holds anything, one by one; formulas give their last computed value.

    ``columns`` says what unknown columns mean, see ``review.formats.columns.records``.

    Raises
    ------
    ReviewError
        The file is empty, damaged, or unpacks to more than 2 GB; no column name is known.

    Notes
    -----
    Source: https://openpyxl.readthedocs.io/en/stable/optimized.html#read-only-mode, checked 2026-11-22.
    """
    return tables.records(_rows(data, losses), losses, columns)


def glance(data: bytes) -> str:
    """Give the first texts of a workbook as one line, for the marks of platforms; a damaged one gives nothing."""
    found: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
                if name in archive.namelist():
                    with archive.open(name) as part:
                        found += _TEXT.findall(part.read(_CHUNK).decode("utf-8", errors="replace"))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return ""
    return ",".join(html.unescape(text) for text in found)


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
        taken, width = None, 0
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if any(value is not None for value in row):
                    if taken not in (None, sheet.title):
                        losses.add("only the first sheet was read, another holds cells too", f"sheet {sheet.title}")
                        break
                    taken = sheet.title
                    texts = [_text(value) for value in row]
                    width = max(width, len(texts))
                    yield number, texts + [""] * (width - len(texts))  # empty cells at the end of a row are not stored
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


_WIDTHS = {"title": 60, "authors": 40, "journal": 30, "abstract": 80, "keywords": 30, "notes": 30, "extra": 30}
"""Widths of columns in characters; 14 for all others."""
_CELL = 32_767
"""Characters that a cell holds, https://support.microsoft.com/office/excel-specifications-and-limits."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_THEN = datetime.datetime(1980, 1, 1)


def write(records: Iterable[Record]) -> bytes:
    """Write records as a workbook of one sheet: every cell is text, the first row bold and frozen, with a filter.

    A text that a spreadsheet program would compute gets a leading apostrophe, as in CSV; the reader takes it away. The
    same records give the same bytes.

    Raises
    ------
    ReviewError
        A field is longer than a cell can be.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    rows = [_row(record, number) for number, record in enumerate(records, 1)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("records")
    sheet.freeze_panes = "A2"
    for index, field in enumerate(cells.OWN, 1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(field, 14)

    head = [WriteOnlyCell(sheet, value=field) for field in cells.OWN]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for texts in rows:
        row = [WriteOnlyCell(sheet, value=value) for value in texts]
        for cell in row:
            cell.data_type = "s"  # a text, whatever it looks like
        sheet.append([cell if cell.value else None for cell in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(cells.OWN))}{len(rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), _THEN)


def _row(record: Record, number: int) -> list[str]:
    row = [_NOT_XML.sub(" ", value) for value in cells.own_row(record)]
    for field, value in zip(cells.OWN, row, strict=True):
        if len(value) > _CELL:
            raise ReviewError(
                f"The field “{field}” of record {number} has {len(value):,} characters, more than a cell holds.",
                hint="Write CSV instead: it has no such limit.",
            )
    return row
