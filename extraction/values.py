"""From what a person or a spreadsheet gives for a field to the value that is kept, and back. Pure.

``parse`` accepts what it gave before, so a value never changes by being written out and read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from extraction import compound
from extraction.scalars import LONGEST as LONGEST
from extraction.scalars import choice as choice
from extraction.scalars import country_list, day_of, number, several
from extraction.scalars import missing_code as missing_code
from extraction.scalars import text_of as text_of
from review import countries
from review.errors import DecisionError
from review.forms import COMPOUND, MISSING, Field
from review.store import Entry

Value = str | int | float | list[str] | list[dict[str, Any]]

T = TypeVar("T")


def parse(field: Field, raw: object) -> Value | None:
    """Read the value of a field; ``None`` when there is none.

    Parameters
    ----------
    raw : str, int, float, date, list or None
        What was typed, what a spreadsheet cell holds, or a value that was read before. Several codes or countries are
        separated by ``;``; options are given by code or label, countries by code or name; counts as
        ``"Agree [4]: 12; Neutral: not_reported"``; rows of a group or a table as ``extraction.compound.rows`` says.

    Raises
    ------
    DecisionError
        It is no value of this field; says why and what to write.
    """
    if field.type in COMPOUND:
        return compound.rows(field, raw, parse)
    if field.type == "counts":
        return compound.counts(raw)
    if field.type == "number":
        return number(raw)
    if field.type == "date":
        return day_of(raw)
    if field.type == "multiple":
        return several(raw, field.options)
    if field.type == "country":
        return country_list(raw)
    text = text_of(raw)
    return text if text is None or field.type == "text" else choice(text, field.options)


def show(value: Value | None) -> str | int | float | None:
    """Write a value as one cell that ``parse`` reads: several codes are joined by ``;``."""
    if not isinstance(value, list):
        return value
    rows = [part for part in value if isinstance(part, dict)]
    return compound.show(rows) if rows else "; ".join(str(part) for part in value)


def said(field: Field, value: Any, missing: str | None = None) -> str:
    """Say an answer to people: labels for codes, names for countries, a number with its unit; nothing is ``""``.

    A code that the field does not have (any more) is said as it is.
    """
    if missing is not None:
        return MISSING.get(missing, missing)
    if value is None:
        return ""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return compound.said(field, value, said)
    if field.type == "number":
        unit = {None: "", "%": "%"}.get(field.unit, f" {field.unit}")
        return f"{value}{unit}"
    names = countries.NAMES if field.type == "country" else {o.code: o.label for o in field.options}
    return "; ".join(names.get(str(part), str(part)) for part in (value if isinstance(value, list) else [value]))


def collect(items: Iterable[T], make: Callable[[T], Entry]) -> list[Entry]:
    """Make the events of several things a person gave: all of them, or none and one error that lists every fault."""
    entries, faults = [], []
    for item in items:
        try:
            entries.append(make(item))
        except DecisionError as error:
            faults.append(error.message + (f" ({error.hint})" if error.hint else ""))
    if faults:
        raise DecisionError("\n  ".join(["nothing was saved:", *faults]))
    return entries
