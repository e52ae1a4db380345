"""Read and write CSV and TSV with the csv module; what the columns mean is in ``columns``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from review.formats import columns
from review.formats.decode import decode, lines
from review.formats.losses import Losses
from review.record import Record, Rejected

_SEPARATORS = ",;\t|"
_SAMPLE = 100_000
csv.field_size_limit(
    2**31 - 1
)  # the module knows one limit only, for the whole program; 3,000 authors go over its 131,072


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
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
    if text.count(b'"') % 2:
        losses.add("a quotation mark is never closed: one cell may have swallowed the rows after it")
    bad: list[Rejected] = []
    for item in columns.records(_rows(text, bad), losses):
        yield from _drain(bad)
        yield item
    yield from _drain(bad)


def _drain(bad: list[Rejected]) -> Iterator[Rejected]:
    while bad:
        yield bad.pop(0)


def _rows(text: bytes, bad: list[Rejected]) -> Iterator[tuple[int, list[str]]]:
    """Give (line number, cells); a row that the csv module refuses goes to ``bad`` and reading goes on after it."""
    reader = csv.reader(lines(text), delimiter=separator(text))
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
    """Choose the separator that cuts the header into the most cells; a comma when none does."""
    first = next((line for line in lines(text[:_SAMPLE].rpartition(b"\n")[0] or text) if line.strip()), "")
    return max(_SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def write(records: Iterable[Record]) -> bytes:
    """Write records as CSV: UTF-8 with a byte order mark (for Excel), CR LF, one column per field of a record."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(columns.OWN)
    table.writerows(columns.own_row(record) for record in records)
    return text.getvalue().encode("utf-8-sig", errors="replace")
