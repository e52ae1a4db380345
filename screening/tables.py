"""A file of decisions as rows with named cells: CSV, XLSX, or the records of RIS and its kin; no meaning yet."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass

from review.errors import DecisionError
from review.formats import registry, spreadsheet
from review.formats.cells import bare
from review.formats.decode import decode, lines
from review.formats.delimited import separator
from review.formats.detect import detect
from review.formats.losses import Losses
from review.record import Record
from screening.locating import Line

_RECORDS = frozenset({"ris", "bibtex", "endnote-xml", "endnote-refer", "medline", "refworks"})
"""Formats of records; every other text is taken for a table."""
_LONGEST = 1_000_000
"""Characters of a cell that is read as a decision; a longer one is an accident or an attack."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file by their number in a spreadsheet (the header is row 1), or the records by their position."""

    columns: frozenset[str]
    rows: dict[int, Line]
    records: bool = False


def read_sheet(data: bytes, name: str, losses: Losses) -> Sheet:
    """Read a file as rows; the column names are folded to lower case.

    Raises
    ------
    DecisionError
        A quotation mark is never closed and would swallow the rows after it.
    ReviewError
        The file is empty, damaged, or no table and no list of records.
    """
    if data.startswith(b"PK"):
        detect(data, name)  # a ZIP that is no workbook is refused there
        found = [(n, [cell.strip() for cell in cells]) for n, cells in spreadsheet.rows(data, losses)]
        return _sheet([(n, cells) for n, cells in found if any(cells)])
    if name and _is_records(data, name):
        reading = registry.read(data, name=name)
        for sentence in reading.losses:
            losses.add(sentence)
        for bad in reading.rejected:
            losses.add(f"a record cannot be read ({bad.reason})", f"record {bad.position}")
        return Sheet(frozenset(), {n: _line(record) for n, record in enumerate(reading.records, start=1)}, True)
    return _sheet(_csv(data, losses))


def _is_records(data: bytes, name: str) -> bool:
    return detect(data, name)[0] in _RECORDS


def _csv(data: bytes, losses: Losses) -> list[tuple[int, list[str]]]:
    text = decode(data, losses)
    reader = csv.reader(lines(text), delimiter=separator(text), strict=True)
    try:
        return [(n, row) for n, cells in enumerate(reader, start=1) if any(row := [c.strip() for c in cells])]
    except csv.Error as error:
        raise DecisionError(
            f"line {reader.line_num} of the file cannot be read as CSV ({error}); nothing was taken",
            hint="look for a quotation mark that is never closed, or save the table again as CSV",
        ) from error


def _sheet(table: list[tuple[int, list[str]]]) -> Sheet:
    header = [cell.casefold() for cell in table[0][1]] if table else []
    found: dict[int, Line] = {}
    for number, row in table[1:]:
        for column, cell in zip(header, row, strict=False):
            if len(cell) > _LONGEST:
                raise DecisionError(
                    f"the cell {column} of row {number} has {len(cell):,} characters: no decision has; "
                    "nothing was taken",
                    hint="look at the row: a quotation mark may have swallowed others",
                )
        found[number] = defaultdict(str, zip(header, map(bare, row), strict=False))
    return Sheet(frozenset(header), found)


def _line(record: Record) -> Line:
    cells = {
        "title": record.title,
        "year": str(record.year or ""),
        "doi": record.doi,
        "pmid": record.pmid,
        "notes": "\n".join(record.notes),
        "keywords": "; ".join(record.keywords),
    }
    return defaultdict(str, {key: value or "" for key, value in cells.items()})
