"""Read and write CSV and TSV with the csv module; what the columns mean is in ``columns``."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from review.formats import cells
from review.formats import columns as tables
from review.formats.decode import decode, lines
from review.formats.losses import Losses
from review.record import Record, Rejected

_SEPARATORS = ",;\t|"
_SAMPLE = 100_000
_LINES = 3
_UNQUOTED = re.compile(rb"\s*PT\tA[UF]\t")
"""Web of Science parts cells by tabs and leaves quotation marks as they are."""
csv.field_size_limit(
    2**31 - 1
)  # the module knows one limit only, for the whole program; 3,000 authors go over its 131,072


def iterate(data: bytes, losses: Losses, columns: Mapping[str, str] | None = None) -> Iterator[Record | Rejected]:
    """Read the records of a delimited table one by one; the separator is the one that cuts the header best.

    Raises
    ------
    ReviewError
        The file is empty or no column name is known.

    Notes
    -----
    Source: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180, checked 2026-11-22.
    """
    text = decode(data, losses)
    if text.count(b'"') % 2 and not _UNQUOTED.match(text):
        losses.add("a quotation mark is never closed: one cell may have swallowed the rows after it")
    bad: list[Rejected] = []
    for item in tables.records(_rows(text, bad), losses, columns):
        yield from _drain(bad)
        yield item
    yield from _drain(bad)


def _drain(bad: list[Rejected]) -> Iterator[Rejected]:
    while bad:
        yield bad.pop(0)


def _rows(text: bytes, bad: list[Rejected]) -> Iterator[tuple[int, list[str]]]:
    """Give (line number, cells); a row that the csv module refuses goes to ``bad`` and reading goes on after it."""
    mark = separator(text)
    unquoted = bool(_UNQUOTED.match(text))
    reader = csv.reader(lines(text), delimiter=mark, quoting=csv.QUOTE_NONE if unquoted else csv.QUOTE_MINIMAL)
    count = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad.append(Rejected(count, f"line {reader.line_num}: the row cannot be read ({error})", ""))
            continue
        count += bool(any(row))
        yield reader.line_num, row


def separator(text: bytes) -> str:
    """Choose the separator that finds the most known columns in the first lines, else the most cells in the first.

    Not in the first line alone: a notice may stand above the header.
    """
    sample = text[:_SAMPLE].rpartition(b"\n")[0] or text
    first = list(itertools.islice((line for line in lines(sample) if line.strip()), _LINES)) or [""]
    return max(_SEPARATORS, key=lambda mark: _told(first, mark))


def _told(sample: list[str], mark: str) -> tuple[int, int]:
    try:
        rows = [next(csv.reader([line], delimiter=mark), []) for line in sample]
    except csv.Error:
        return 0, 0
    return max(map(tables.known, rows)), len(rows[0])


def write(records: Iterable[Record]) -> bytes:
    """Write records as CSV: UTF-8 with a byte order mark (for Excel), CR LF, one column per field of a record."""
    out = io.BytesIO()
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="")
    table = csv.writer(text)
    table.writerow(cells.OWN)
    table.writerows(cells.own_row(record) for record in records)
    text.flush()
    return out.getvalue()
