"""Limits on date and language that a strategy carries with it, and the spellings that platforms give them. No IO."""

from __future__ import annotations

import re
from dataclasses import dataclass

LANGUAGES: dict[str, str] = {
    "arabic": "ara", "chinese": "chi", "czech": "cze", "danish": "dan", "dutch": "dut", "english": "eng",
    "finnish": "fin", "french": "fre", "german": "ger", "greek": "gre", "hebrew": "heb", "hungarian": "hun",
    "italian": "ita", "japanese": "jpn", "korean": "kor", "norwegian": "nor", "persian": "per", "polish": "pol",
    "portuguese": "por", "russian": "rus", "spanish": "spa", "swedish": "swe", "turkish": "tur", "ukrainian": "ukr",
}  # fmt: skip
"""English names and the bibliographic codes of ISO 639-2: https://www.loc.gov/standards/iso639-2/php/code_list.php"""

_DATE = r"(\d{4}(?:[-/]\d{1,2}(?:[-/]\d{1,2})?)?|\d{8}|\d{6})"
_DATES = re.compile(rf"^\D*{_DATE}(?:\s*(-|–|:|/|to)\s*({_DATE}|current|present)?)?\D*$", re.IGNORECASE)
_PARTS = re.compile(r"^(\d{4})[-/]?(\d{1,2})?[-/]?(\d{1,2})?$")
_NEVER = ("1500", "2500")
"""Years before and after these stand for an open end: PubMed's help writes 3000 for the present."""


@dataclass(frozen=True, slots=True)
class Limited:
    """What a query was limited to; ``None`` and ``()`` mean no limit.

    ``start`` and ``end`` are ISO dates cut to a year, month or day, both inclusive; ``languages`` are ISO 639-2 codes.
    """

    start: str | None = None
    end: str | None = None
    languages: tuple[str, ...] = ()


UNLIMITED = Limited()


def both(one: Limited, other: Limited) -> Limited:
    """Join two limits as AND does.

    >>> both(Limited("2006", "2016"), Limited("2010-03", languages=("eng",)))
    Limited(start='2010-03', end='2016', languages=('eng',))
    """
    starts, ends = [v for v in (one.start, other.start) if v], [v for v in (one.end, other.end) if v]
    languages = one.languages or other.languages
    if one.languages and other.languages:
        languages = tuple(code for code in one.languages if code in other.languages)
    return Limited(max(starts, default=None), min(ends, key=_last, default=None), languages)


def either(one: Limited, other: Limited) -> tuple[Limited, bool]:
    """Join two limits as OR does, and say whether the result takes in more than they do."""
    languages = tuple(dict.fromkeys((*one.languages, *other.languages)))
    dated, spoken = bool(one.start or one.end), bool(one.languages)
    same_kind = dated == bool(other.start or other.end) and spoken == bool(other.languages) and dated != spoken
    if not same_kind:
        return UNLIMITED, (one, other) != (UNLIMITED, UNLIMITED)
    if spoken:
        return Limited(languages=languages), False
    start = None if one.start is None or other.start is None else min(one.start, other.start)
    end = None if one.end is None or other.end is None else max(one.end, other.end, key=_last)
    return Limited(start, end), not _touching(one, other)


def dates(text: str) -> Limited | None:
    """Read a year, a date or a range of them in any platform's spelling; ``None`` where there is none.

    >>> dates("20060101-20160131"), dates('yr="2006 -Current"')
    (Limited(start='2006-01-01', end='2016-01-31', languages=()), Limited(start='2006', end=None, languages=()))
    """
    found = _DATES.match(text.replace('"', " ").strip())
    if found is None:
        return None
    first, ranged, last = found[1], found[2], found[3]
    start, end = _iso(first), _iso(first if ranged is None else last or "")
    if start is None or (end is None and ranged is None):
        return None
    return Limited(start if start > _NEVER[0] else None, end if end is None or end < _NEVER[1] else None)


def language(text: str) -> str | None:
    """Give the code of a language, written as its English name, its code, or with ``language`` behind it.

    >>> language("English language"), language("eng"), language("Klingon")
    ('eng', 'eng', None)
    """
    name = text.strip().strip("\"'").casefold().removesuffix("language").strip()
    return LANGUAGES.get(name, name if name in LANGUAGES.values() else None)


def asked(text: str) -> Limited | None:
    """Read one part of a platform's limits: dates or a language; ``None`` where it is something else.

    >>> asked("english language"), asked("humans")
    (Limited(start=None, end=None, languages=('eng',)), None)
    """
    text = re.sub(r"^\s*(?:language|narrow by language)\s*:[\s-]*", "", text, flags=re.IGNORECASE)
    if code := language(text):
        return Limited(languages=(code,))
    named = re.match(r"\s*(?:yr|dp|dt|py|published date|publication (?:date|year)|date)\b", text, re.IGNORECASE)
    return dates(text[named.end() :]) if named else None


def _iso(text: str) -> str | None:
    found = _PARTS.match(text)
    if found is None:
        return None
    year, month, day = found.groups()
    if not (1 <= int(month or 1) <= 12 and 1 <= int(day or 1) <= 31):
        return None
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def _last(date: str) -> str:
    """Pad a date that is cut, so that a year ends behind its months."""
    return date + "-99-99"[len(date) - 4 :]


def _touching(one: Limited, other: Limited) -> bool:
    first, second = sorted((one, other), key=lambda limited: limited.start or "")
    if first.end is None or second.start is None:
        return True
    return second.start <= _last(first.end) or int(second.start[:4]) - int(first.end[:4]) <= (len(first.end) == 4)
