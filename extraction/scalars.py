"""Single values as people and spreadsheets write them: text, a number, a date, a country, one of several options. Pure.

``extraction.values`` says which of them a field takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from review import countries
from review.errors import DecisionError
from review.forms import MISSING, Option
from review.protocol.faults import meant

LONGEST = 30_000
"""Characters of one text: a spreadsheet cell holds 32,767, and cuts the rest off in silence."""

_NAMED = 60
"""Characters of what was given that an error repeats."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SEPARATOR = re.compile("[\x85\u2028\u2029]")  # line ends to some programs, lost on the way through CSV
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_LARGEST = 10**300
"""No study reports more, and a spreadsheet holds hardly more."""
_LONGEST = 360
"""Characters of a number as text: any float without its exponent has fewer."""
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_SERIAL = 5
"""Digits of a day's number in a spreadsheet, from 1927 on."""
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets (ECMA-376 part 1, 18.17.4.1: the 1900 date system)."""


def text_of(raw: object) -> str | None:
    """Give clean text: line ends as ``\\n``, no control characters, no white space around; nothing left is ``None``.

    Raises
    ------
    DecisionError
        A spreadsheet turned the text into a date, the text is too long to survive one, or it is no single text.
    """
    if raw is None:
        return None
    if isinstance(raw, list | dict):
        raise DecisionError("that is several things, where one text belongs")
    if isinstance(raw, date):
        day = raw.date() if isinstance(raw, datetime) else raw
        raise DecisionError(
            f"the spreadsheet turned this into a date ({day.isoformat()})",
            hint="make the cell a text cell and type again what stood there",
        )
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = _CONTROL.sub("", _SEPARATOR.sub(" ", str(raw).replace("\r\n", "\n").replace("\r", "\n"))).strip()
    length = len(text) + (0 if text.isascii() else sum(one > "\uffff" for one in text))  # as spreadsheets count: UTF-16
    if length > LONGEST:
        raise DecisionError(f"the text has {length:,} characters, more than {LONGEST:,}", hint="keep the main part")
    return text or None


def _quoted(text: str) -> str:
    return f"'{text}'" if len(text) <= _NAMED else f"'{text[:_NAMED]}…'"


def choice(text: str, options: Sequence[Option]) -> str:
    """Give the code of an option that is named by code or label."""
    wanted = text.strip().casefold()
    for option in options:
        if wanted in (option.code.casefold(), option.label.casefold()):
            return option.code
    codes = [option.code for option in options]
    raise DecisionError(f"{_quoted(text)} is not one of: {', '.join(codes)}", hint=meant(text[:_NAMED], codes))


def missing_code(raw: object) -> str | None:
    """Read a missing code, as kept or in words (``Not reported``); nothing is ``None``."""
    text = text_of(raw)
    code = (text or "").lower().replace(" ", "_")
    if code and code not in MISSING:
        raise DecisionError(f"{_quoted(text or '')} is no missing code", hint=f"use one of: {', '.join(MISSING)}")
    return code or None


def parts(raw: object) -> list[str]:
    """Give several codes: a list, or a text with ``;`` between them."""
    if isinstance(raw, list):
        return [str(part) for part in raw]
    return [part.strip() for part in (text_of(raw) or "").split(";") if part.strip()]


def several(raw: object, options: Sequence[Option]) -> list[str] | None:
    """Give the codes of the options named, in the order of the options."""
    chosen = {choice(part, options) for part in parts(raw)}
    return [option.code for option in options if option.code in chosen] or None


def country_list(raw: object) -> list[str] | None:
    """Give the ISO codes of the countries named by code or name, in the order given."""
    return list(dict.fromkeys(_countries(parts(raw)))) or None


def _countries(names: Iterable[str]) -> Iterable[str]:
    for text in names:
        code = countries.code_of(text)
        if code is None:
            near = countries.meant(text)
            raise DecisionError(
                f"{_quoted(text)} is no country", hint=f"did you mean {near}?" if near else "write its ISO code"
            )
        yield code


def number(raw: object) -> int | float | None:
    """Read a number; one without a fraction is an int."""
    if isinstance(raw, bool | date):
        text_of(raw)
        raise DecisionError(f"{raw} is not a number")
    if isinstance(raw, int | float):
        found: int | float = raw
    else:
        text = text_of(raw)
        if text is None:
            return None
        if len(text) > _LONGEST:  # int() gives up on far longer ones
            raise DecisionError(f"{text[:20]}… is not a number that a study reports", hint="write fewer digits")
        if not _NUMBER.fullmatch(text):
            comma = f"if its comma is a decimal one, write {text.replace(',', '.')}; " if _COMMA.fullmatch(text) else ""
            raise DecisionError(
                f"{_quoted(text)} is not a number", hint=f"{comma}write digits only, such as 49 or 12.5"
            )
        found = float(text) if "." in text else int(text)
    if not abs(found) < _LARGEST:  # NaN is not either
        raise DecisionError(f"{str(found)[:20]} is not a number")
    return int(found) if float(found).is_integer() else found


def day_of(raw: object) -> str | None:
    """Read a date, cut to what is known: a year, a month, a day."""
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
    if len(text) == _SERIAL and text.isdecimal() and text[0] != "0":
        day = _DAY_ZERO + timedelta(days=int(text))
        hint = f"it is a spreadsheet's number for {day.isoformat()}: write that, if it is what you meant"
        raise DecisionError(f"{text} is not a date", hint=hint)
    raise DecisionError(f"{_quoted(text)} is not a date", hint="write 2014, 2014-05 or 2014-05-31")
