"""The cells of answers: where each part of a value stands in a table (``arms#1/n``, ``outcomes/baseline/n``). Pure.

``arms#1/n`` is the cell ``n`` of the first row of the group ``arms``; ``outcomes/baseline/n`` that of the row
``baseline`` of the table ``outcomes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from extraction.compound import MISSING_KEY, ROW
from extraction.tabular.exchange import DAY_ZERO, Row
from extraction.tabular.filled import cleared
from extraction.tabular.plans import Part
from extraction.values import missing_code, parse, said, show, text_of
from review.errors import DecisionError
from review.forms import COMPOUND, Field

_PATH = re.compile(r"(?P<field>[^#/]+)(?:#(?P<at>[1-9]\d{0,2})|/(?P<row>[^/]+))/(?P<sub>[^/]+)")
_DAY = re.compile(r"\d{5}")

Value = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a value: its path, the number (from 0) or the code of its row, its sub-field, how it is called."""

    path: str
    row: int | str
    sub: Field
    label: str


def places(field: Field, rows: int) -> Iterator[Place]:
    """Give the cells of a table, or of a group with so many rows, in order."""
    named: list[tuple[int | str, str, str]]
    if field.type == "table":
        named = [(row.code, f"{field.id}/{row.code}", row.label) for row in field.rows]
    else:
        named = [(at, f"{field.id}#{at + 1}", str(at + 1)) for at in range(rows)]
    for row, path, label in named:
        for sub in field.fields:
            yield Place(f"{path}/{sub.id}", row, sub, f"{field.label} · {label} · {sub.label}")


def cell_of(value: Sequence[Mapping[str, Any]], place: Place) -> Any:
    """Give what stands in a cell: a value, ``{"missing": code}`` or ``None``."""
    row = _rows(value).get(place.row)
    return None if row is None else row.get(place.sub.id)


def alike(field: Field, one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether two values are the same in every cell that the field has."""
    return all(cell_of(one, at) == cell_of(other, at) for at in places(field, max(len(one), len(other))))


def split(cell: Any) -> tuple[str | int | float | None, str | None]:
    """Give a cell as value and missing code, as a table shows them."""
    if isinstance(cell, Mapping):
        return None, cell[MISSING_KEY]
    return show(cell), None


def differences(field: Field, before: Any, after: Any) -> tuple[Part, ...]:
    """Give what differs between two values of a field, each cell of a group or a table on its own."""
    if field.type not in COMPOUND:
        return (("value", _said(field, before), _said(field, after)),)
    old, new = before or [], after or []
    found = []
    for place in places(field, max(len(old), len(new))):
        was, now = cell_of(old, place), cell_of(new, place)
        if was != now:
            found.append((place.path, _said(place.sub, was), _said(place.sub, now)))
    whole = (("value", said(field, old), said(field, new)),)  # a cell that the field has no more
    return tuple(found) or whole


def filled(field: Field, rows: Sequence[Row], before: Sequence[Mapping[str, Any]], day_zero: datetime) -> Value | None:
    """Give the value that the rows of a table make of what stood there before; empty rows leave it as it was.

    Raises
    ------
    DecisionError
        A row is about no cell of the field, or says what the cell does not take.
    """
    made = {row: dict(cells) for row, cells in _rows(before).items()}
    seen: dict[str, int] = {}
    for row in rows:
        path = text_of(row.cells["field"]) or ""
        place = _place(field, path)
        if path in seen:
            raise DecisionError(f"row {row.line} is about the same as row {seen[path]}: {path}")
        seen[path] = row.line
        try:
            cell = _read(place.sub, row, day_zero)
        except DecisionError as error:
            raise DecisionError(f"row {row.line}, {path}: {error.message}", hint=error.hint) from error
        if cleared(row):
            made.get(place.row, {}).pop(place.sub.id, None)
        elif cell is not None:
            made.setdefault(place.row, {})[place.sub.id] = cell
    known = {sub.id for sub in field.fields}
    if field.type == "table":
        kept = [(r.code, made.get(r.code, {})) for r in field.rows]
        return [{ROW: code, **_known(cells, known)} for code, cells in kept if _known(cells, known)] or None
    return [cells for _, row in sorted(made.items()) if (cells := _known(row, known))] or None


def undated(field: Field, raw: object, before: object, day_zero: datetime) -> object:
    """Give a date as it was meant, where a spreadsheet made a day of a month; say which day a bare number is.

    Raises
    ------
    DecisionError
        It is the spreadsheet's number of a day, and the file counts its days from another one than most.
    """
    if field.type != "date":
        return raw
    if isinstance(raw, datetime) and isinstance(before, str) and raw.date().isoformat() == (before + "-01-01")[:10]:
        return before
    text = text_of(raw) if isinstance(raw, str | int | float) else None
    if day_zero != DAY_ZERO and text is not None and _DAY.fullmatch(text):
        day = (day_zero + timedelta(days=int(text))).date().isoformat()
        hint = f"it is the number for {day} in this file, which counts days from {day_zero.year}: write that, if meant"
        raise DecisionError(f"{text} is not a date", hint=hint)
    return raw


def _rows(value: Sequence[Mapping[str, Any]]) -> dict[int | str, Mapping[str, Any]]:
    return {row.get(ROW, at): row for at, row in enumerate(value)}


def _known(cells: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    return {name: cell for name, cell in cells.items() if name in known}


def _place(field: Field, path: str) -> Place:
    match = _PATH.fullmatch(path)
    rows = int(match["at"] or 0) if match else 0
    found = {place.path: place for place in places(field, rows)} if field.type in COMPOUND else {}
    if path not in found:
        raise DecisionError(f"the form has no field '{path}'", hint=_shape(field))
    return found[path]


def _shape(field: Field) -> str | None:
    """Say how the rows of a field are named."""
    if field.type not in COMPOUND:
        return f"'{field.id}' has no rows"
    first = next(places(field, 1), None)
    return f"its rows are named as {first.path}" if first else None


def _read(sub: Field, row: Row, day_zero: datetime) -> Any:
    """Read one cell; ``None`` when it was left empty or is taken back."""
    value = parse(sub, undated(sub, row.cells["value"], None, day_zero))
    code = missing_code(row.cells["missing"])
    if value is not None and code is not None:
        raise DecisionError("both a value and a missing code", hint="leave one of the two cells empty")
    if row.cells["quote"] is not None or row.cells["place"] is not None:
        raise DecisionError("a quote and its place belong to the whole answer", hint="write them in the row above")
    return value if code is None else {MISSING_KEY: code}


def _said(field: Field, cell: Any) -> str | None:
    value, code = split(cell)
    return code or (None if value is None else str(value))
