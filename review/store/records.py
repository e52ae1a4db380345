"""Turn a Record into a row of the record table and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal

from review.record import Record

Matched = Literal["yes", "no", "unknown"]

_COLUMNS = (
    "source_id", "title", "date", "journal", "volume", "issue", "pages", "abstract", "kind", "language",
    "doi", "pmid", "pmcid",
)  # fmt: skip
_LISTS = ("authors", "keywords")
_MORE = tuple(f.name for f in fields(Record) if f.name not in _COLUMNS + _LISTS)
_PAIRS = frozenset({"identifiers", "extra"})
_SCALARS = frozenset({"url", "publisher", "place"})


def as_row(record: Record) -> dict[str, Any]:
    """Give the columns of the record table that come from the record itself."""
    row: dict[str, Any] = {name: getattr(record, name) for name in _COLUMNS}
    row["authors"] = list(record.authors)
    row["keywords"] = list(record.keywords)
    row["more"] = {name: value for name in _MORE if (value := getattr(record, name))}
    return row


def from_row(row: Mapping[str, Any]) -> Record:
    """Rebuild the Record from a row of the record table."""
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    for name in _LISTS:
        values[name] = tuple(row[name])
    for name, value in row["more"].items():
        if name in _SCALARS:
            values[name] = value
        elif name in _PAIRS:
            values[name] = tuple((a, b) for a, b in value)
        else:
            values[name] = tuple(value)
    return Record(**values)
