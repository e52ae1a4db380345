"""From what a person or a spreadsheet gives for a field to the value that is kept, and back. Pure.

``parse`` accepts what it gave before, so a value never changes by being written out and read again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from review import countries
from review.errors import DecisionError
from review.forms import Field, Option
from review.protocol.faults import meant
from review.store import Entry

Value = str | int | float | list[str]

LONGEST = 30_000
"""Characters of one text: a spreadsheet cell holds 32,767, and cuts the rest off in silence."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SEPARATOR = re.compile("[\x85\u2028\u2029]")  # line ends to some programs, lost on the way through CSV
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets (ECMA-376 part 1, 18.17.4.1: the 1900 date system)."""

T = TypeVar("T")


def text_of(raw: object) -> str | None:
    """Give clean text: line ends as ``\\n``, no control characters, no white space around; nothing left is ``None``.

    Raises
    ------
    DecisionError
        A spreadsheet turned the text into a date, or the text is too long to survive one.
    """
    if raw is None:
        return None
    if isinstance(raw, date):
        day = raw.date() if isinstance(raw, datetime) else raw
        raise DecisionError(
            f"the spreadsheet turned this into a date ({day.isoformat()})",
            hint="make the cell a text cell and type again what stood there",
        )
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = _CONTROL.sub("", _SEPARATOR.sub(" ", str(raw).replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len(text) > LONGEST:
        raise DecisionError(f"the text has {len(text):,} characters, more than {LONGEST:,}", hint="keep the main part")
    return text or None


def parse(field: Field, raw: object) -> Value | None:
    """Read the value of a field; ``None`` when there is none.

    Parameters
    ----------
    raw : str, int, float, date, list or None
        What was typed, what a spreadsheet cell holds, or a value that was read before. Several codes or countries are
        separated by ``;``; options are given by code or label, countries by code or name.

    Raises
    ------
    DecisionError
        It is no value of this field; says why and what to write.
    """
    if field.type == "number":
        return _number(raw)
    if field.type == "date":
        return _date(raw)
    if field.type == "multiple":
        chosen = {choice(part, field.options) for part in _parts(raw)}
        return [option.code for option in field.options if option.code in chosen] or None
    if field.type == "country":
        return list(dict.fromkeys(_country(part) for part in _parts(raw))) or None
    text = text_of(raw)
    return text if text is None or field.type == "text" else choice(text, field.options)


def show(value: Value | None) -> str | int | float | None:
    """Write a value as one cell: several codes are joined by ``;``."""
    return "; ".join(value) if isinstance(value, list) else value


def choice(text: str, options: Sequence[Option]) -> str:
    """Give the code of an option that is named by code or label."""
    wanted = text.strip().casefold()
    for option in options:
        if wanted in (option.code.casefold(), option.label.casefold()):
            return option.code
    codes = [option.code for option in options]
    raise DecisionError(f"'{text}' is not one of: {', '.join(codes)}", hint=meant(text, codes))


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


def _parts(raw: object) -> list[str]:
    if isinstance(raw, list):
        return [str(part) for part in raw]
    return [part.strip() for part in (text_of(raw) or "").split(";") if part.strip()]


def _country(text: str) -> str:
    code = countries.code_of(text)
    if code is None:
        near = countries.meant(text)
        raise DecisionError(f"'{text}' is no country", hint=f"did you mean {near}?" if near else "write its ISO code")
    return code


def _number(raw: object) -> int | float | None:
    if isinstance(raw, bool | date):
        text_of(raw)
        raise DecisionError(f"{raw} is not a number")
    if isinstance(raw, int | float):
        number: int | float = raw
    else:
        text = text_of(raw)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise DecisionError(f"'{text}' is not a number", hint="write digits only, such as 49 or 12.5")
        number = float(text) if "." in text else int(text)
    if not math.isfinite(number):
        raise DecisionError(f"{number} is not a number")
    return int(number) if float(number).is_integer() else number


def _date(raw: object) -> str | None:
    if isinstance(raw, date):
        return (raw.date() if isinstance(raw, datetime) else raw).isoformat()
    text = text_of(raw)
    if text is None:
        return None
    if _DATE.fullmatch(text):
        try:
            date.fromisoformat((text + "-01-01")[:10])
        except ValueError:
            raise DecisionError(f"{text} is not a day of the calendar") from None
        return text
    if text.isdigit() and 10_000 <= int(text) < 100_000:
        day = _DAY_ZERO + timedelta(days=int(text))
        hint = f"it is a spreadsheet's number for {day.isoformat()}: write that, if it is what you meant"
        raise DecisionError(f"{text} is not a date", hint=hint)
    raise DecisionError(f"'{text}' is not a date", hint="write 2014, 2014-05 or 2014-05-31")
