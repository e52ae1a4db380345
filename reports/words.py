"""Read what the flow diagram says from the table of one language, and write numbers as that language does."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

NBSP = "\u00a0"


@cache
def wording(language: str = "en") -> Mapping[str, Any]:
    """Give the wording table of a language (``reports/wording/<language>.toml``)."""
    table: Mapping[str, Any] = tomllib.loads((files("reports") / "wording" / f"{language}.toml").read_text("utf-8"))
    return table


def number(n: int | None, language: str = "en") -> str:
    """Write a count; an unknown one is said to be not reported.

    >>> number(4669), number(0), number(None), number(4669, "de")
    ('4,669', '0', 'not reported', '4.669')
    """
    words = wording(language)
    if n is None:
        return str(words["not_reported"])
    return f"{n:,}".replace(",", words["thousands"]) if abs(n) >= words["grouped_from"] else str(n)


def counted(label: str, n: int | None, mark: str = "", *, after: int | None = None, language: str = "en") -> str:
    """Write a label with its count as PRISMA does, the count never broken over two lines.

    ``after`` is what is left of it without duplicates; it may stand on a line of its own.

    >>> counted("Records screened", 4628, "*").replace(NBSP, " ")
    'Records screened* (n = 4,628)'
    >>> counted("PubMed", 2310, after=1904).replace(NBSP, " ")
    'PubMed (n = 2,310; 1,904 without duplicates)'
    """
    count = f"n = {number(n, language)}".replace(" ", NBSP)
    if after is None:
        return f"{label}{mark} ({count})"
    left = str(wording(language)["after"]).format(n=number(after, language)).replace(" ", NBSP, 1)
    return f"{label}{mark} ({count}; {left})"
