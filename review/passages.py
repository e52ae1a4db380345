"""Passages of a full text: as they read without what lines do to them, and whether a page holds them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from review.text import fold, tidy

_HYPHENS = "-\u2010\u2011"
_SOFT = re.compile("\u00ad[ \t]*\r?\n?[ \t]*")
_BROKEN = re.compile(rf"([^\W_]+)[{_HYPHENS}][ \t]*\r?\n\s*([^\W_]+)")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page of a file: its number from 1, and what a quote calls it (``12``, ``Methods``)."""

    number: int
    label: str
    text: str


def stands(text: str, page: str, pages: Sequence[Page]) -> Literal["yes", "no", "unknown"]:
    """Say whether a page holds a passage word for word; it may run on to the next. Only letters and digits count.

    >>> stands("Well-being rose.", "1", [Page(1, "1", "well-\\nbeing"), Page(2, "2", "rose.")])
    'yes'
    >>> stands("It fell.", "1", [Page(1, "1", "It rose.")]), stands("It fell.", "3", ())
    ('no', 'unknown')
    """
    at = [n for n, one in enumerate(pages) if page in (one.label, str(one.number)) and one.text.strip()]
    if not at:
        return "unknown"
    wanted = _letters(text)
    return "yes" if any(wanted in _letters(pages[n].text + _next(pages, n)) for n in at) else "no"


def _next(pages: Sequence[Page], n: int) -> str:
    return pages[n + 1].text if n + 1 < len(pages) else ""


def mend(text: str, told: str = "") -> str:
    """Give a passage without its line ends, words that were broken at them made whole.

    A hyphen at the end of a line stays when a capital or a digit follows it, and when ``told``, the text of the file,
    has the word with its hyphen in the middle of a line.

    >>> mend("Men-\\ntoring of well-\\nbeing  in Mann-\\nWhitney", "their well-being")
    'Mentoring of well-being in Mann-Whitney'
    """
    text = _SOFT.sub("", text)
    known = _one_hyphen(told)

    def whole(found: re.Match[str]) -> str:
        first, second = found[1], found[2]
        compound = f"{first}-{second}"
        if not second[0].islower() or first[-1].isdecimal() or re.search(rf"\b{re.escape(compound.casefold())}", known):
            return compound
        return first + second

    return tidy(_BROKEN.sub(whole, text.encode("utf-8", "replace").decode())) or ""


def _one_hyphen(text: str) -> str:
    """Give a text in lower case with one sort of hyphen."""
    return re.sub(f"[{_HYPHENS}]", "-", text.casefold())


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")
