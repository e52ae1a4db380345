"""One field of a record as the text of one cell, and back, exactly: for our own tables and formats that lack fields."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import cast, get_args

from review.formats.losses import NO_RECORD
from review.formats.values import date
from review.record import Kind, Record
from review.text import tidy

OWN = (
    "title", "authors", "date", "journal", "volume", "issue", "pages", "abstract", "keywords", "kind", "language",
    "doi", "pmid", "pmcid", "issns", "isbns", "url", "publisher", "place", "flags", "source_id", "identifiers",
    "notes", "extra",
)  # fmt: skip
"""The columns that our own writer writes, in this order: one for each field of a record."""

_KINDS = frozenset(get_args(Kind))
_PAIRS = frozenset({"identifiers", "extra"})
_LISTS = frozenset({"authors", "keywords", "issns", "isbns", "flags", "notes"})
_COMPUTED = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20].", re.DOTALL)
"""What a spreadsheet program takes for a formula, in the wide letters of East Asian keyboards too; no lone sign."""
_MOST = ("title", "authors", "doi", "pmid", "pmcid", "source_id", "identifiers")
"""Without any of these a row is no record."""


def cell(value: object) -> str:
    """Write a value of a field: lists are joined by ``; `` or, where that cannot be taken apart again, as a JSON list.

    >>> cell(("Oak, A.", "Elm, B.")), cell(("b; c", "d")), cell(None)
    ('Oak, A.; Elm, B.', '["b; c", "d"]', '')
    """
    if isinstance(value, str):
        return value
    if not value or not isinstance(value, tuple):
        return ""
    joined = "; ".join(map(str, value)) if isinstance(value[0], str) else ""
    if joined and tuple(joined.split("; ")) == value and not joined.startswith("["):
        return joined
    return json.dumps(value, ensure_ascii=False)


def value(field: str, text: str) -> object:
    """Read a value that ``cell`` wrote.

    Raises
    ------
    ValueError, TypeError, RecursionError
        The cell is damaged.
    """
    if not text:
        return () if field in _PAIRS | _LISTS else None
    if field in _PAIRS:
        return tuple((str(name), str(one)) for name, one in json.loads(text))
    if field in _LISTS:
        return tuple(map(str, json.loads(text))) if text.startswith("[") else tuple(text.split("; "))
    if field == "kind" and text not in _KINDS:
        raise ValueError(text)
    if field == "date" and date(text) != text:
        raise ValueError(text)
    return cast(object, text)


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet program would compute; ``bare`` takes it away again.

    Source: OWASP, CSV injection, https://owasp.org/www-community/attacks/CSV_Injection, checked 2026-11-22.

    >>> guarded("=1+1"), guarded("-5 to +5"), guarded("1+1"), guarded("-")
    ("'=1+1", "'-5 to +5", '1+1', '-')
    """
    return "'" + text if _COMPUTED.match(text) else text


def bare(text: str) -> str:
    """Take away the apostrophe that ``guarded`` put.

    >>> bare("'=1+1"), bare("'tis"), bare(guarded("'=1"))
    ('=1+1', "'tis", "'=1")
    """
    return text[1:] if text.startswith("'") and _COMPUTED.match(text) else text


def own_row(record: Record, *, guard: bool = True) -> list[str]:
    """Give the cells of a record in the order of ``OWN``."""
    row = [cell(getattr(record, field)) for field in OWN]
    return [guarded(text) for text in row] if guard else row


def pieces(text: str, most: int) -> list[str]:
    """Cut a text into guarded cells of at most ``most`` characters, as UTF-16 counts them.

    >>> pieces("ab=cd", 3), pieces("", 3)
    (['ab', "'=c", 'd'], [''])
    """
    size = (most if max(text, default="") <= "\uffff" else most // 2) - 1
    return [guarded(text[at : at + size]) for at in range(0, len(text), size)] or [""]


def joined(header: list[str], row: list[str]) -> list[str]:
    """Put the pieces of long cells, which stand in columns behind the others, back to their beginnings."""
    whole = list(row[: len(OWN)])
    for name, text in zip(header[len(OWN) :], row[len(OWN) :], strict=False):
        if (match := MORE.match(name)) and OWN.index(match[1]) < len(whole):
            whole[OWN.index(match[1])] += bare(text)
    return whole


MORE = re.compile(rf"({'|'.join(OWN)}) \((\d+)\)\Z")
"""The name of a column that goes on with the cells of another (``abstract (2)``), because a cell has an end."""


def own_record(row: list[str]) -> Record | str:
    """Read a row of a table that our own writer wrote, or give the reason why it cannot be read."""
    values: dict[str, object] = {}
    for field, raw in zip(OWN, row, strict=False):
        text = bare(raw)
        if not text:
            continue
        try:
            values[field] = value(field, text)
        except (ValueError, TypeError, RecursionError):
            return f"the cell “{field}” cannot be read: {text[:60]}"
    if not any(values.get(field) for field in _MOST):
        return NO_RECORD
    return Record(**values)  # type: ignore[arg-type]  # fields and their types are those of OWN


def tidied(record: Record) -> Record:
    """Give a record whose texts hold single spaces only: what survives in formats that break lines where they like."""
    values = {f.name: _tidy(getattr(record, f.name)) for f in fields(Record)}
    return Record(**values)  # type: ignore[arg-type]  # each value keeps its type


def _tidy(found: object) -> object:
    if isinstance(found, tuple):
        kept = (tuple(tidy(part) or "" for part in one) if isinstance(one, tuple) else tidy(one) for one in found)
        return tuple(one for one in kept if one)
    return tidy(found) if isinstance(found, str) else found


def unsaid(record: Record, back: Record) -> dict[str, str]:
    """Give the fields of a record that a format gives back otherwise, as cells for it to carry along.

    >>> unsaid(Record(title="T", kind="review"), Record(title="T", kind="article"))
    {'kind': 'review'}
    """
    return {field: cell(getattr(record, field)) for field in OWN if getattr(record, field) != getattr(back, field)}


def restored(record: Record, carried: Mapping[str, str]) -> Record:
    """Put back what ``unsaid`` gave; a cell that is damaged or of no known field is kept as extra."""
    values: dict[str, object] = {}
    strange: list[tuple[str, str]] = []
    for field, text in carried.items():
        try:
            values[field if field in OWN else ""] = value(field, text)
        except (ValueError, TypeError, RecursionError):
            strange.append((f"review-{field}", text))
    strange += [(f"review-{field}", text) for field, text in carried.items() if field not in OWN]
    values.pop("", None)
    found = replace(record, **values)  # type: ignore[arg-type]  # fields and their types are those of OWN
    return replace(found, extra=(*found.extra, *strange)) if strange else found
