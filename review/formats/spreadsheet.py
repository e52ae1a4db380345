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

_MOST = 1_000_000_000
_ALWAYS = 50_000_000
_RATIO = 100
"""Bytes that a workbook may unpack to, at most; that any may; and how many times its size: more is an accident or an
attack. Workbooks of databases unpack to five to fifteen times their size."""
_ROWS = 1_048_576
"""Rows of a sheet, https://support.microsoft.com/office/excel-specifications-and-limits."""
_CELLS = 20_000_000
"""Cells that are read: one far to the right makes a row of 16,384."""
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")
"""What no workbook holds: through it, a file can fill the memory or read other files."""

_AS_CSV = "Open it in a spreadsheet program, and if it is one, save it as CSV."
_CHUNK = 1 << 20
_UNCOMPUTED = re.compile(rb'<c(?![^<>]*\bt="str")[^<>]*><f[^<>]*>[^<]*</f>(?:<v\s*/>|<v></v>|</c>)')
"""A formula without a value, as programs write it that do not compute; with ``t="str"`` its value is an empty text."""
_TEXT = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")
_LONGEST = 9_000
"""Bytes of the longest such cell: a formula has 8,192 characters at most."""


def iterate(data: bytes, losses: Losses, columns: Mapping[str, str] | None = None) -> Iterator[Record | Rejected]:
    """Read the records of the first sheet that holds anything, one by one; formulas give their last computed value.

    ``columns`` says what unknown columns mean, see ``review.formats.columns.records``.

    Raises
    ------
    ReviewError
        The file is empty, damaged, or unpacks to far more than its size; no column name is known.

    Notes
    -----
    Source: https://openpyxl.readthedocs.io/en/stable/optimized.html#read-only-mode, checked 2026-11-22.
    """
    return tables.records(rows(data, losses), losses, columns)


def holds_workbook(data: bytes) -> bool:
    """Whether a ZIP file is a workbook; a damaged one may be, and reading it says so."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return True


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


def rows(data: bytes, losses: Losses) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # 0.5 s: only when a workbook is read
    from openpyxl.utils.exceptions import InvalidFileException

    damaged = (zipfile.BadZipFile, InvalidFileException, zlib.error, KeyError, ValueError, TypeError, AttributeError)
    try:
        look_through(data, losses)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        taken, width, seen = None, 0, 0
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                seen += len(row)
                if number > _ROWS or seen > _CELLS:
                    raise ReviewError("A sheet has more rows or cells than a table of records does.", hint=_AS_CSV)
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


def look_through(data: bytes, losses: Losses) -> None:
    """Refuse what would fill the memory, before any of it is parsed; say that formulas lack their values."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _look_into(archive, len(data), losses)


def _look_into(archive: zipfile.ZipFile, size: int, losses: Losses) -> None:
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > min(_MOST, max(_ALWAYS, _RATIO * size)):
        raise ReviewError(
            f"The workbook unpacks to {unpacked / 1e6:,.0f} MB, far more than a table of records does.",
            hint=_AS_CSV,
        )
    uncomputed = False
    for name in archive.namelist():
        before = b""
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                text = before + chunk
                if any(mark in text for mark in _DECLARED):
                    raise ReviewError("The workbook declares XML entities of its own: it is not read.",
                                      hint=_AS_CSV)  # fmt: skip
                if name.startswith("xl/worksheets/") and not uncomputed:
                    uncomputed = _UNCOMPUTED.search(text) is not None
                before = chunk[-_LONGEST:]
    if uncomputed:
        losses.add("formulas that no spreadsheet program has computed yet were taken as empty cells")


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

    A text that a spreadsheet program would compute gets a leading apostrophe, as in CSV; the reader takes it away. A
    text longer than a cell can be goes on in columns behind the others (``abstract (2)``), from which the reader puts
    it together again. The same records give the same bytes.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    rows = [[cells.pieces(_NOT_XML.sub(" ", text), _CELL) for text in cells.own_row(record, guard=False)]
            for record in records]  # fmt: skip
    longest = [max((len(row[index]) for row in rows), default=1) for index in range(len(cells.OWN))]
    names = [*cells.OWN, *(f"{field} ({n})" for field, most in zip(cells.OWN, longest, strict=True)
                           for n in range(2, most + 1))]  # fmt: skip
    book = Workbook(write_only=True)
    sheet = book.create_sheet("records")
    sheet.freeze_panes = "A2"
    for index, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(name, 14)

    head = [WriteOnlyCell(sheet, value=name) for name in names]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for texts in rows:
        more = (
            text for parts, most in zip(texts, longest, strict=True) for text in [*parts[1:], *[""] * most][: most - 1]
        )
        row = [WriteOnlyCell(sheet, value=value) for value in (*(parts[0] for parts in texts), *more)]
        for cell in row:
            cell.data_type = "s"  # a text, whatever it looks like
        sheet.append([cell if cell.value else None for cell in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), _THEN)
